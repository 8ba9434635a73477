"""Outages of data/tiny by hand, one at a time; the first network has Dallas open and Reno, large, beside it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.network import Network
from netopt.study.risk.outage import outages_of
from netopt.study.risk.stress import Stress, stress
from netopt.study.rounds import distinct
from tests.study.small import TINY


@pytest.fixture(scope="module")
def tiny() -> Stress:
    return stress(TINY)


@pytest.fixture(scope="module")
def spare() -> Stress:
    """Dallas alone costs 4,230, Reno alone 600 + 100*5 + 120*7 + 80*11 + 2150 = 4,970, both 5,100."""
    network = netopt.read(TINY).edit("facilities.Reno.capacity=400", "facilities.Reno.fixed_cost=2000")
    return stress(network, lanes=0)


def row(found: Stress, name: str) -> pd.Series:
    return found.table().set_index("scenario").loc[name]


def test_a_site_that_can_be_done_without(tiny: Stress) -> None:
    reno = row(tiny, "Reno out")
    assert (reno["cost"], reno["change"], reno["unmet"]) == pytest.approx((4230, 450, 0))
    assert (reno["what"], reno["site"], reno["quantity"], reno["priced"]) == ("site", "Reno", 200, False)
    assert reno["held_cost"] == reno["cost"]


def test_demand_that_cannot_be_met_is_priced(tiny: Stress) -> None:
    assert tiny.unmet_cost == pytest.approx(10 * 3780 / 300)
    dallas = row(tiny, "Dallas out")
    served = 200 * 2 + 100 * 5 + 100 * 7 + 750
    assert (dallas["unmet"], dallas["unmet_cost"], dallas["priced"]) == pytest.approx((100, 12600, True))
    assert dallas["cost"] == pytest.approx(served + 12600)
    assert dallas["change"] == pytest.approx(served - 3780)
    unmet = tiny.unmet()
    gone = unmet[(unmet["scenario"] == "Dallas out") & (unmet["sites"] == "any")].set_index("customer")["quantity"]
    assert gone.to_dict() == pytest.approx({"Phoenix": 20, "Austin": 80})


def test_lanes_out(tiny: Stress) -> None:
    """Without Dallas to Austin, Reno sends those 80 at 11, and 120 to Boise at 5 and Phoenix at 7."""
    table = tiny.table()
    lanes = table[table["what"] == "lane"].set_index("scenario")
    assert len(lanes) == 6  # as many as are used
    both, bought = 1200, 600
    austin = both + bought + 80 * 11 + 100 * 5 + 20 * 7 + 100 * 11
    assert lanes.loc["Dallas to Austin by truck out", "cost"] == pytest.approx(austin)
    assert lanes.loc["Dallas to Phoenix by truck out", "cost"] == pytest.approx(3860)
    assert lanes.loc["Reno to Phoenix by truck out", "cost"] == pytest.approx(3780 + 100 * 4)


def test_the_worst_is_first(tiny: Stress) -> None:
    table = tiny.table()
    assert table["unmet"].is_monotonic_decreasing
    assert table["scenario"].iloc[0] == "Oakland out"
    rest = table[table["unmet"] == 0]
    assert rest["cost"].is_monotonic_decreasing


def test_opening_a_site_is_the_remedy(spare: Stress) -> None:
    assert spare.base.open_sites() == ["Oakland", "Dallas"]
    dallas = row(spare, "Dallas out")
    assert (dallas["cost"], dallas["unmet"], dallas["priced"]) == pytest.approx((4970, 0, False))
    assert (dallas["opens"], dallas["opening"]) == ("Reno", 2150)
    assert (dallas["held_unmet"], dallas["held_cost"]) == pytest.approx((300, 10 * 4230))
    assert dallas["held_change"] == pytest.approx(-4230)
    assert dallas["opening_saves"] == pytest.approx(10 * 4230 - 4970)


def test_at_most_two_plans_an_outage(spare: Stress) -> None:
    names = [outcome.name for outcome in spare.study.outcomes]
    assert names == [
        "base", "Oakland out", "Dallas out", "Oakland out, unmet priced", "Dallas out, nothing opened",
        "Dallas out, nothing opened, unmet priced",
    ]  # fmt: skip
    assert spare.study.audit().empty


def test_a_price_of_ones_own() -> None:
    """At 1 a unit, nothing is worth serving once it may go unmet; the base must serve all the same."""
    found = stress(TINY, lanes=0, unmet_cost=1)
    dallas = row(found, "Dallas out")
    assert found.base.cost == pytest.approx(3780)
    assert (dallas["unmet"], dallas["cost"]) == pytest.approx((300, 300))


def test_demand_with_prices_of_its_own_gets_no_other() -> None:
    found = stress(netopt.read(TINY).edit("demand.unmet_cost=100"), lanes=0)
    assert np.isnan(found.unmet_cost)
    oakland = row(found, "Oakland out")
    assert (oakland["unmet"], oakland["unmet_cost"], oakland["priced"]) == pytest.approx((300, 30000, False))


def test_leaving_a_site_costs_nothing_when_nobody_decides_it() -> None:
    dearer = netopt.read(TINY).edit("facilities.Dallas.closing_cost=1000", "facilities.Reno.capacity=400")
    assert row(stress(dearer, lanes=0), "Dallas out")["cost"] == pytest.approx(600 + 2220 + 750)


def test_a_site_with_stock_is_explained() -> None:
    stocked = netopt.read(TINY).edit('{"table": "inventory", "action": "add", "filter": "facility=Dallas;initial=5"}')
    found = stress(stocked, lanes=0)
    (refused,) = found.refused
    assert (refused.site, refused.edits[0].value) == ("Dallas", "closed")
    assert "initial stock" in refused.reason
    assert row(found, "Dallas out")["reason"] == refused.reason
    assert "Dallas out" not in [outcome.name for outcome in found.study.outcomes]


def rated() -> Network:
    """A rate card in place of the lanes from Reno, and one product more."""
    edits = [
        '{"table": "lanes", "action": "remove", "filter": "origin=Reno"}',
        '{"table": "products", "action": "add", "filter": "name=cups"}',
        '{"table": "demand", "action": "add", "filter": "customer=Boise;product=cups;quantity=10"}',
        '{"table": "supply", "action": "add", "filter": "facility=Oakland;product=cups"}',
        '{"table": "rates", "action": "add", "filter": "origin=Reno;mode=truck;base_cost=1"}',
        '{"table": "rates", "action": "add", "filter": "origin=Reno;mode=air;base_cost=9"}',
    ]
    return netopt.read(TINY).edit(*edits)


@pytest.mark.parametrize("own", [False, True])
def test_a_lane_is_out_for_all_products_and_no_other_lane_is(own: bool) -> None:
    """Whether a rate card, a row, or a row for one product beside a card states it."""
    network = rated()
    if own:
        row_of_tea = "origin=Reno;destination=Boise;mode=truck;product=tea;unit_cost=1"
        network = network.edit({"table": "lanes", "action": "add", "filter": row_of_tea})
    base = netopt.study(network, {}).base
    lanes = [each for each in outages_of(base, 100) if not each.site]
    assert {each.lane for each in lanes} >= {("Reno", "Boise", "truck"), ("Oakland", "Reno", "truck")}
    for outage in lanes:
        assert outage.reason == ""
        after = network.edit(*outage.edits)
        assert keys(network) - keys(after) == {key for key in keys(network) if key[:3] == outage.lane}
        assert keys(after) <= keys(network)


def keys(network: Network) -> set[tuple[str, str, str, str]]:
    """Return origin, destination, mode and product of all that can move."""
    lanes, places = network.lanes, network.places.names
    return {
        (places[lanes.origin[l]], places[lanes.destination[l]], lanes.modes[lanes.mode[l]], network.products.names[k])
        for l, k in zip(network.flows.lane, network.flows.product, strict=True)
    }


def test_a_lane_whose_row_stands_for_a_group_is_explained() -> None:
    network = netopt.read(TINY).edit(
        '{"table": "groups", "action": "add", "filter": "name=West;member=Boise"}',
        '{"table": "groups", "action": "add", "filter": "name=West;member=Phoenix"}',
        '{"table": "lanes", "action": "remove", "filter": "origin=Dallas;destination=Boise|Phoenix"}',
        '{"table": "lanes", "action": "add", "filter": "origin=Dallas;destination=West;mode=truck;unit_cost=6"}',
    )
    (refused,) = stress(network, lanes=10).refused
    assert refused.lane == ("Dallas", "Phoenix", "truck")
    assert "West" in refused.reason


def test_a_base_without_a_plan_has_no_outages() -> None:
    found = stress(netopt.read(TINY).edit("demand.quantity*=9"))
    assert (found.found, found.refused, len(found.study.outcomes)) == ((), (), 1)
    assert found.table().empty


def test_an_outage_costs_no_less_than_the_base_is_proved_to(tiny: Stress, spare: Stress) -> None:
    for found in (tiny, spare):
        table = found.table()
        assert (table["cost"] >= found.base.bound - 1e-6).all()
        assert (table["held_cost"] >= table["cost"] - 1e-6).all()
        assert (table["at_least"] <= table["cost"] - found.base.cost + 1e-6).all()


def test_what_is_kept_is_not_solved_again(tmp_path: Path) -> None:
    one = stress(TINY, lanes=1, out=tmp_path)
    written = (tmp_path / "results.jsonl").read_bytes()
    again = stress(TINY, lanes=1, out=tmp_path)
    assert (tmp_path / "results.jsonl").read_bytes() == written
    pd.testing.assert_frame_equal(one.table(), again.table())


@pytest.mark.parametrize("options", [{"lanes": -1}, {"unmet_cost": 0.0}, {"unmet_cost": np.inf}, {"workers": 0}, {"gap": -1.0}])
def test_options_out_of_range(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="it must be"):
        stress(TINY, **options)  # type: ignore[arg-type]


def test_names_of_scenarios_name_folders() -> None:
    assert distinct(["a/b", "A-b", "base", ".x", "\n"]) == ["a-b", "A-b (2)", "base (2)", "x", "-"]
    assert all(len(name.encode()) <= 100 for name in distinct(["ü" * 300] * 20))
