"""Why one plan costs more than another: by hand, and for any network the parts add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import netopt
from netopt.network import Network
from netopt.plan.audit.table import BUCKETS
from netopt.study.effects import EFFECTS, effects
from tests.formulation.networks import tables
from tests.random_networks import accepted
from tests.study.small import TINY

few = settings(max_examples=2, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

USUAL = ("transport", "buy", "site")


def apart(before: Network, after: Network) -> pd.DataFrame:
    """The effects between the cheapest plans of two networks, by bucket; checked for what always holds."""
    plans = [netopt.solve(network, gap=1e-8, threads=1) for network in (before, after)]
    found = effects(*((plan.network, plan.tables) for plan in plans))
    adds_up(found)
    for column, plan in zip(("before", "after"), plans, strict=True):
        assert found[column].sum() == pytest.approx(plan.cost)
    return found.set_index("bucket")


def adds_up(found: pd.DataFrame) -> None:
    """Check that the parts of every bucket add up to its change."""
    assert found["bucket"].tolist() == list(BUCKETS)
    scale = max(1.0, float(np.abs(found[["before", "after"]].to_numpy()).max()))
    assert np.allclose(found["change"], found["after"] - found["before"], rtol=0, atol=1e-9 * scale)
    assert np.allclose(found[list(EFFECTS)].sum(axis=1), found["change"], rtol=0, atol=1e-9 * scale)


def changed(*edits: str, **typed: str) -> pd.DataFrame:
    """The effects of edits of a network typed as text, or of data/tiny."""
    network = netopt.read(tables(**typed) if typed else TINY)
    return apart(network, network.edit(*edits))


def parts(found: pd.DataFrame, *buckets: str) -> dict[str, tuple[float, ...]]:
    """Price, volume and rerouting of the buckets that change, or of some."""
    rows = found[list(EFFECTS)].round(6) + 0.0
    named = rows.loc[list(buckets)] if buckets else rows[(rows != 0).any(axis=1)]
    return {str(name): tuple(row) for name, row in zip(named.index, named.to_numpy().tolist(), strict=True)}


def test_dearer_lanes_with_the_same_flows_are_all_price() -> None:
    # 300 units leave Oakland: 200 at 1 and 100 at 4, then at twice that
    assert parts(changed("lanes[origin=Oakland].unit_cost*=2")) == {"transport": (600, 0, 0)}


def test_every_price_is_one() -> None:
    found = changed(
        "supply.unit_cost+=1", "facilities[type=fc].handling_cost*=2", "facilities.Dallas.fixed_cost+=50",
        "facilities.Reno.opening_cost*=2",
    )  # fmt: skip
    assert parts(found) == {"buy": (300, 0, 0), "handling": (300, 0, 0), "site": (200, 0, 0)}


def test_closing_a_site_is_all_rerouting() -> None:
    # by the table of data/tiny: Dallas alone carries 4,230 instead of 3,780, of which 750 is Reno itself
    assert parts(changed("facilities.Reno.status=closed")) == {"transport": (0, 0, 1200), "site": (0, 0, -750)}


def test_growth_that_only_scales_is_all_volume() -> None:
    found = changed("demand.quantity*=1.5", demand="customer quantity\nC 10")
    assert parts(found) == {"transport": (0, 15, 0)}


def test_growth_scales_open_sites_and_capacities_do_the_rest() -> None:
    # a fifth more: 360 bought and handled. By volume 1,680 becomes 2,016; but Reno is full, so its 40 go round by Dallas
    found = changed("demand.quantity*=1.2")
    assert parts(found) == {"buy": (0, 120, 0), "transport": (0, 336, 160), "handling": (0, 60, 0)}


def test_growth_of_one_customer_scales_its_own_lanes_and_a_share_of_the_others() -> None:
    typed = {
        "customers": "name\nC\nE", "demand": "customer quantity\nC 10\nE 30",
        "lanes": "origin destination unit_cost\nS D 1\nD C 2\nD E 3",
    }  # fmt: skip
    found = changed("demand.C.quantity=20", **typed)
    # 10 more in all: 10 x 1 into D, 10 x 2 to C
    assert parts(found) == {"transport": (0, 30, 0)}


def test_price_volume_and_rerouting_side_by_side() -> None:
    typed = {"facilities": "name type status\nS supplier -\nD dc consider\nE dc consider",
             "lanes": "origin destination unit_cost\nS D 1\nD C 2\nS E 1\nE C 5"}  # fmt: skip
    # 10 units at 3 by D. Then 20 units, D at 9 a unit and E at 6.5: 130. Price: E's 0.5 on 20. Volume: 10 x 3.
    found = changed("demand.quantity*=2", "lanes.D/C.unit_cost=8", "lanes.S/E.unit_cost=1.5", **typed)
    assert found.loc["transport", "change"] == pytest.approx(100)
    assert parts(found) == {"transport": (10, 30, 60)}


def test_a_new_lane_has_no_old_price_so_it_is_rerouting() -> None:
    rows = {"table": "lanes", "filter": "origin=S;destination=C;unit_cost=0.5", "action": "add"}
    before = netopt.read(tables())
    found = apart(before, before.edit(rows))
    assert parts(found) == {"transport": (0, 0, -25)}


def test_a_new_site_is_rerouting() -> None:
    before = netopt.read(tables())
    add = [
        {"table": "facilities", "filter": "name=E;type=dc;fixed_cost=3;handling_cost=0.1", "action": "add"},
        {"table": "lanes", "filter": "origin=S;destination=E;unit_cost=0.5", "action": "add"},
        {"table": "lanes", "filter": "origin=E;destination=C;unit_cost=0.5", "action": "add"},
    ]
    found = apart(before, before.edit(*add))
    assert parts(found) == {"transport": (0, 0, -20), "handling": (0, 0, 1), "site": (0, 0, 3)}


def test_a_new_product_and_a_new_customer_have_no_old_price() -> None:
    typed = {"products": "name\nA\nB", "demand": "customer product quantity\nC A 10"}
    before = netopt.read(tables(**typed))
    product = before.edit({"table": "demand", "filter": "customer=C;product=B;quantity=5", "action": "add"})
    found = apart(before, product)
    assert found.loc["transport", "change"] == pytest.approx(15)
    assert parts(found)["transport"][0] == 0  # the lanes had this price before
    add = [
        {"table": "customers", "filter": "name=F", "action": "add"},
        {"table": "demand", "filter": "customer=F;product=A;quantity=10", "action": "add"},
        {"table": "lanes", "filter": "origin=D;destination=F;unit_cost=7", "action": "add"},
    ]
    found = apart(before, before.edit(*add))
    # twice as much of A is wanted: 10 more over S to D, which is volume; the lane to F is new
    assert parts(found) == {"transport": (0, 10, 70)}


def test_what_is_gone_is_volume() -> None:
    before = netopt.read(TINY)
    found = apart(before, before.edit({"table": "customers", "filter": "name=Austin", "action": "remove"}))
    # 220 of 300 units are wanted: buying, handling and lanes in lose 80/300, Austin's lane all of its 160
    volume = {name: values[1] for name, values in parts(found).items()}
    assert volume["buy"] == pytest.approx(-160)
    assert volume["handling"] == pytest.approx(-80)
    assert volume["transport"] == pytest.approx(-160 - 600 * 80 / 300, abs=1e-6)
    assert found["price"].abs().max() < 1e-6


def test_demand_that_may_go_unmet() -> None:
    typed = {"demand": "customer quantity unmet_cost\nC 10 9", "supply": "facility capacity\nS 6"}
    # 4 go unmet at 9; at 11 it is 8 more. With twice the demand, 14 go unmet: volume 8 of 4's 36, and 6 x 9 more
    assert parts(changed("demand.unmet_cost=11", **typed)) == {"unmet": (8, 0, 0)}
    found = changed("demand.quantity*=2", **typed)
    assert parts(found) == {"transport": (0, 18, -18), "unmet": (0, 36, 54)}


def test_demand_that_had_to_be_met_has_no_old_price_when_it_is_not() -> None:
    typed = {"demand": "customer quantity\nC 10"}
    found = changed("demand.unmet_cost=1", **typed)
    assert parts(found) == {"transport": (0, 0, -30), "unmet": (0, 0, 10)}


def test_stock_and_whole_vehicles() -> None:
    typed = {
        "periods": "name days\nP1 30\nP2 30", "demand": "customer period quantity\nC P1 0\nC P2 10",
        "supply": "facility period capacity\nS P1 -\nS P2 0",
        "inventory": "facility storage_cost\nD 0.5",
        "lanes": "origin destination unit_cost vehicle_capacity vehicle_cost\nS D 1 4 10\nD C 2 - -",
    }  # fmt: skip
    found = changed("inventory.storage_cost=0.7", "lanes.S/D.vehicle_cost=11", **typed)
    assert parts(found) == {"storage": (2, 0, 0), "vehicles": (3, 0, 0)}
    grown = changed("demand.quantity*=2", **typed)
    assert parts(grown) == {"transport": (0, 30, 0), "vehicles": (0, 0, 20), "storage": (0, 5, 0)}  # 3 vehicles, then 5


def test_a_plan_beside_itself_has_not_changed() -> None:
    plan = netopt.solve(TINY)
    found = effects((plan.network, plan.tables), (plan.network, plan.tables))
    adds_up(found)
    assert not found[["change", *EFFECTS]].any(axis=None)
    assert found["before"].sum() == pytest.approx(3780)


def test_plans_are_left_as_they_are() -> None:
    network = netopt.read(TINY)
    one, other = netopt.solve(network), netopt.solve(network.edit("demand.quantity*=1.1"))
    copies = [{name: table.copy() for name, table in plan.tables.items()} for plan in (one, other)]
    effects((one.network, one.tables), (other.network, other.tables))
    for plan, copy in zip((one, other), copies, strict=True):
        for name, table in plan.tables.items():
            pd.testing.assert_frame_equal(table, copy[name])


# -- any network ----------------------------------------------------------------------------------------------------

EDITS = (
    ["demand.quantity*=1.1"], ["demand.quantity*=0.7"], ["lanes.unit_cost*=1.3"], ["lanes.unit_cost+=0.25"],
    ["facilities.fixed_cost*=2", "facilities.handling_cost+=0.5"], ["demand.quantity*=1.05", "lanes.unit_cost*=0.9"],
)  # fmt: skip


def trial(seed: int, edits: list[str]) -> tuple[netopt.Plan, netopt.Plan]:
    """Plans of a random network and of the same with edits; skipped where there are none."""
    before = netopt.read(accepted(seed))
    try:
        after = before.edit(*edits)
    except netopt.InputError:
        assume(False)
    plans: list[Any] = [netopt.solve(network, gap=1, threads=1, time_limit=3) for network in (before, after)]
    assume(all(plan.found for plan in plans))
    return plans[0], plans[1]


@given(seed=st.integers(0, 10_000), edits=st.sampled_from(EDITS))
@few
def test_parts_add_up_in_any_network(seed: int, edits: list[str]) -> None:
    there_and_back(*trial(seed, edits))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
def test_parts_add_up_in_many_networks(seed: int) -> None:
    network = netopt.read(accepted(seed + 500))
    plan = netopt.solve(network, gap=1, threads=1, time_limit=5)
    for edits in EDITS:
        try:
            other = netopt.solve(network.edit(*edits), gap=1, threads=1, time_limit=5)
        except netopt.InputError:  # a limit below a minimum, now
            continue
        if plan.found and other.found:
            there_and_back(plan, other)


def there_and_back(one: netopt.Plan, other: netopt.Plan) -> None:
    """Check the effects from one plan to another, and back."""
    found = effects((one.network, one.tables), (other.network, other.tables))
    adds_up(found)
    assert found["before"].sum() == pytest.approx(one.cost, rel=1e-6, abs=1e-4)
    assert found["after"].sum() == pytest.approx(other.cost, rel=1e-6, abs=1e-4)
    back = effects((other.network, other.tables), (one.network, one.tables))
    adds_up(back)
    assert np.allclose(back["change"], -found["change"], rtol=0, atol=1e-6 * max(1, one.cost))


@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.5, 1.25, 3.0]))
@few
def test_the_same_plan_at_other_prices_is_all_price(seed: int, factor: float) -> None:
    network = netopt.read(accepted(seed))
    plan = netopt.solve(network, gap=1, threads=1, time_limit=3)
    assume(plan.found)
    dearer = network.edit(f"lanes.unit_cost*={factor}")
    found = effects((network, plan.tables), (dearer, plan.tables))
    adds_up(found)
    assert np.allclose(found["price"], found["change"])
    assert np.allclose(found[["volume", "rerouting"]], 0)


@given(seed=st.integers(0, 10_000), seed_after=st.integers(0, 10_000))
@few
def test_parts_add_up_between_networks_that_have_nothing_in_common(seed: int, seed_after: int) -> None:
    plans = [netopt.solve(netopt.read(accepted(one)), gap=1, threads=1, time_limit=3) for one in (seed, seed_after)]
    assume(all(plan.found for plan in plans))
    adds_up(effects(*((plan.network, plan.tables) for plan in plans)))
