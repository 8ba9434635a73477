"""Sensitivity of data/tiny by hand: 600 bought, 1,680 for lanes, 300 handled, 600 + 450 fixed, 150 to open Reno."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.study.outcome import Outcome
from netopt.study.risk.inputs import inputs_of
from netopt.study.risk.tornado import End, Tornado, tornado
from netopt.study.scenario import BASE, Scenario
from tests.study.small import TINY


@pytest.fixture(scope="module")
def tenth() -> Tornado:
    return tornado(TINY)


@pytest.fixture(scope="module")
def wide() -> Tornado:
    return tornado(TINY, by=0.4)


def changes(found: Tornado) -> dict[str, tuple[float, float]]:
    table = found.table().set_index("input")
    return {str(name): (row["low_change"], row["high_change"]) for name, row in table.iterrows()}


def test_ends_by_hand(tenth: Tornado) -> None:
    """Beyond Reno's 200, ten per cent more demand goes by Dallas: 10 to Boise at 13, 12 to Phoenix, 8 to Austin."""
    found = changes(tenth)
    assert found["transport by truck"] == pytest.approx((-168, 168))
    assert found["buying"] == pytest.approx((-60, 60))
    assert found["handling"] == pytest.approx((-30, 30))
    assert found["fixed cost of sites"] == pytest.approx((-105, 105))
    assert found["capacity of sites"] == pytest.approx((20 * 4, -20 * 4))
    assert found["demand"] == pytest.approx((-330, 30 * 2 + 10 * 5 + 20 * 11 + 8 * 7 - 10 * (7 - 11 + 4) - 48))


def test_the_largest_swing_is_first(tenth: Tornado) -> None:
    swings = tenth.table()["swing"].to_numpy()
    assert [bar.input.name for bar in tenth.bars][:2] == ["demand", "transport by truck"]
    assert (np.diff(swings) <= 0).all()
    assert swings[1] == pytest.approx(336)


def test_inputs_that_are_not_there_are_left_out() -> None:
    names = [each.name for each in inputs_of(netopt.read(TINY), 10)]
    sites = ["fixed cost of sites", "opening and closing"]
    assert names == ["demand", "transport by truck", "handling", *sites, "buying", "capacity of sites"]
    bare = netopt.read(TINY).edit("facilities.handling_cost=0", "supply.unit_cost=", "facilities.capacity=")
    assert [each.name for each in inputs_of(bare, 10)] == ["demand", "transport by truck", *sites]


def test_fixed_costs_of_lanes_and_unmet_demand_are_inputs() -> None:
    network = netopt.read(TINY).edit("lanes.fixed_cost=5", "demand.unmet_cost=90")
    cells = {each.name: each.cells for each in inputs_of(network, 10)}
    assert cells["fixed cost of lanes"] == (("lanes", "", "fixed_cost"),)
    assert cells["unmet demand"] == (("demand", "", "unmet_cost"),)


def test_products_regions_and_modes_on_their_own() -> None:
    network = netopt.read(TINY).edit(
        "customers.Boise.region=West", "customers.Phoenix.region=West", "customers.Austin.region=South",
        '{"table": "products", "action": "add", "filter": "name=cups"}',
        '{"table": "demand", "action": "add", "filter": "customer=Boise;product=cups;quantity=10"}',
        '{"table": "supply", "action": "add", "filter": "facility=Oakland;product=cups"}',
        '{"table": "rates", "action": "add", "filter": "origin=Reno;mode=air;base_cost=9"}',
    )  # fmt: skip
    names = [each.name for each in inputs_of(network, 10)]
    assert names[:7] == [
        "demand", "demand of tea", "demand of cups", "demand in West", "demand in South", "transport by truck",
        "transport by air",
    ]  # fmt: skip
    assert [each for each in inputs_of(network, 1) if each.kind == "demand"] == [
        each for each in inputs_of(network, 10) if each.name in ("demand", "demand of tea", "demand in West")
    ]
    west = next(each for each in inputs_of(network, 10) if each.name == "demand in West")
    scaled = network.edit(*west.edits(2)).demand["quantity"]
    assert scaled.sum() == pytest.approx(310 + 230)


def test_thresholds_hold_what_is_true(wide: Tornado) -> None:
    """Dallas alone has 2,880 of transport and 450 less of sites, so it is cheaper below 1 - 450 / 1200 = 0.625."""
    bars = {bar.input.name: bar for bar in wide.bars}
    truck = bars["transport by truck"]
    assert (truck.low.closes, truck.low.opens, truck.high.changes) == (["Reno"], [], False)
    assert truck.low.cost == pytest.approx(4230 - 0.4 * 2880)
    same, other = truck.thresholds["low"]
    assert other <= 0.625 <= same
    assert same - other == pytest.approx(0.4 / 2**4)
    demand = bars["demand"]
    assert demand.low.closes == ["Dallas"]  # from 200 units on, Reno is enough
    same, other = demand.thresholds["low"]
    assert other <= 2 / 3 <= same
    same, other = demand.thresholds["high"]  # 400 are for sale
    assert same <= 4 / 3 <= other


def test_no_plan_is_the_largest_swing(wide: Tornado) -> None:
    assert wide.bars[0].input.name == "demand"
    assert np.isinf(wide.bars[0].swing(wide.base))
    assert wide.bars[0].high.figures(wide.base)["cost"] is None


@pytest.mark.slow
def test_without_thresholds_there_are_two_plans_an_input(tenth: Tornado) -> None:
    found = tornado(TINY, by=0.4, steps=0)
    assert len(found.study.outcomes) == 1 + 2 * 7
    assert all(not bar.thresholds for bar in found.bars)
    assert len(tenth.study.outcomes) == 1 + 2 * 7  # nothing opens or closes
    assert found.study.audit().empty


def test_costs_are_between_their_bounds(tenth: Tornado, wide: Tornado) -> None:
    for found in (tenth, wide):
        for bar in found.bars:
            for end in (bar.low, bar.high):
                assert end.outcome.bound <= end.cost + 1e-6 or not np.isfinite(end.cost)
                if bar.input.kind == "cost":
                    assert end.cost <= end.kept + 1e-6
                    share = min(1.0, end.factor)
                    assert end.cost >= share * found.base.bound - 1e-6


def test_a_plan_that_is_no_better_than_that_of_the_base_changes_nothing() -> None:
    network = netopt.read(TINY)
    plan = netopt.solve(network.edit("facilities.Reno.status=closed"))
    other = Outcome(Scenario(BASE), plan.summary(), dict(plan.tables), network)
    today = frozenset({"Oakland", "Reno", "Dallas"})
    assert not End(1.0, other, 4230.0, today).changes
    assert End(1.0, other, 4229.0, today).cost == 4229
    assert End(1.0, other, 4231.0, today).closes == ["Reno"]
    assert End(1.0, other, 4231.0, today, leeway=2.0).closes == []  # the gap of the base leaves as much open
    assert End(1.0, other, np.nan, today, leeway=2.0).closes == ["Reno"]


def test_a_base_without_a_plan_has_no_bars() -> None:
    found = tornado(netopt.read(TINY).edit("demand.quantity*=9"))
    assert (found.bars, len(found.study.outcomes)) == ((), 1)
    assert found.table().empty


@pytest.mark.slow
def test_what_is_kept_is_not_solved_again(tmp_path: Path) -> None:
    one = tornado(TINY, steps=0, out=tmp_path)
    written = (tmp_path / "results.jsonl").read_bytes()
    again = tornado(TINY, steps=0, out=tmp_path)
    assert (tmp_path / "results.jsonl").read_bytes() == written
    pd.testing.assert_frame_equal(one.table(), again.table())


@pytest.mark.parametrize("options", [{"by": 0.0}, {"by": 1.0}, {"by": np.nan}, {"steps": -1}, {"workers": 0}])
def test_options_out_of_range(options: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="it must be"):
        tornado(TINY, **options)  # type: ignore[arg-type]
