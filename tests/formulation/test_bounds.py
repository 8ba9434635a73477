"""No bound is below what some plan worth making needs."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.formulation import build
from netopt.formulation.bounds import Bounds
from netopt.network import Network, read
from netopt.solve import Control, solve_program
from tests.formulation.networks import PERIODS, PRODUCTS, solved, tables
from tests.random_networks import accepted

KEEP = {"inventory": "facility\nD"}
CONSIDER = "name type status fixed_cost\nS supplier - -\nD dc consider 7"


def bounds(**typed: str) -> Bounds:
    return Bounds(read(tables(**typed)))


def flow_bounds(**typed: str) -> dict[str, float]:
    """Return bounds of flows by origin and destination, of the first product and period."""
    network = read(tables(**typed))
    names, lanes, flows = network.places.names.array, network.lanes, network.flows
    found: dict[str, float] = {}
    for lane, bound in zip(flows.lane, Bounds(network).flow, strict=True):
        found.setdefault(f"{names[lanes.origin[lane]]} {names[lanes.destination[lane]]}", float(bound))
    return found


def cost_with_gates(network: Network, factor: float, monkeypatch: pytest.MonkeyPatch) -> float | str:
    """Return the optimum, or the status without one, when every bound that a room asks for is multiplied.

    Rows of cover and of vehicles use the bounds, too; so the bounds themselves are changed, not the gates.
    """
    with monkeypatch.context() as patch:
        if factor != 1:
            for name in ("flow", "stock", "purchase"):
                patch.setattr(Bounds, name, property(_times(getattr(Bounds, name), factor)))
        program = build(network)
    answer = solve_program(program, Control(gap=1e-8, time_limit=20, threads=1))
    return answer.cost if answer.x is not None and answer.gap <= 1e-7 else answer.status


def _assert_same(narrow: float | str, wide: float | str) -> None:
    if "feasible" in (narrow, wide) or "interrupted" in (narrow, wide):
        pytest.skip("not solved in time")
    assert narrow == wide if isinstance(narrow, str) else narrow == pytest.approx(wide, rel=1e-6)


def _times(own, factor: float):
    get = own.func if hasattr(own, "func") else own.fget
    return lambda self: get(self) * factor + factor


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    "switches",
    [
        {"cover": True, "inventory": True, "sites": True},
        {"min_throughput": True, "inventory": True, "min_flow": True, "lane_fixed": True, "limits": True},
    ],
    ids=["cover", "minima"],
)
def test_ten_times_wider_bounds_change_nothing(
    seed: int, switches: dict[str, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = read(accepted(900 + seed, broken=None, **switches))
    narrow, wide = (cost_with_gates(network, factor, monkeypatch) for factor in (1, 10))
    _assert_same(narrow, wide)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100))
def test_ten_times_wider_bounds_change_nothing_on_many(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    network = read(accepted(5_000 + seed, broken=None))
    narrow, wide = (cost_with_gates(network, factor, monkeypatch) for factor in (1, 10))
    _assert_same(narrow, wide)


def test_demand_bounds_what_is_moved() -> None:
    assert bounds(products=PRODUCTS, periods=PERIODS).moved.tolist() == [20, 20]
    assert flow_bounds(customers="name\nC\nX", demand="customer quantity\nC 10\nX 4",
                       lanes="origin destination\nS D\nD C\nD X") == {"S D": 14, "D C": 10, "D X": 4}  # fmt: skip


def test_a_lane_to_a_customer_carries_what_is_wanted_on_arrival() -> None:
    found = flow_bounds(
        periods=PERIODS, demand="customer period quantity\nC P1 3\nC P2 10",
        lanes="origin destination lead_periods\nS D -\nD C 1",
    )  # fmt: skip
    assert found["D C"] == 10


def test_a_minimum_throughput_that_fills_a_stock() -> None:
    # D must pass 25 through while open, 10 are wanted; the other 15 stay there. Bound: 10 + 25.
    typed = dict(facilities="name type status min_throughput\nS supplier - -\nD dc consider 25", **KEEP)
    assert flow_bounds(**typed)["S D"] >= 25
    plan = solved(tables(**typed))
    assert plan.cost == pytest.approx(25 + 20)
    assert plan.inventory()["stock"].tolist() == [15]


def test_a_minimum_throughput_in_weight_of_a_light_product() -> None:
    # 25 of weight are 50 units of A (weight 0.5); B (weight 0) cannot help
    typed = dict(
        products="name weight\nA 0.5\nB 0",
        facilities="name type status min_throughput capacity_unit\nS supplier - - -\nD dc consider 25 weight",
        demand="customer product quantity\nC A 10\nC B 10", **KEEP,
    )  # fmt: skip
    assert bounds(**typed).moved.tolist() == [10 + 50, 10]
    assert solved(tables(**typed)).cost == pytest.approx(50 + 20 + 30)


def test_a_chain_of_minima() -> None:
    # E must take in 40 of which it keeps 30; D takes them in before: both gates must let 40 through
    typed = dict(
        facilities="name type status min_throughput\nS supplier - -\nD dc consider 30\nE dc consider 40",
        lanes="origin destination unit_cost\nS D 1\nD E 1\nE C 1", inventory="facility\nE",
    )  # fmt: skip
    assert min(flow_bounds(**typed)[lane] for lane in ("S D", "D E")) >= 40
    assert solved(tables(**typed)).cost == pytest.approx(40 + 40 + 10)


def test_cover_is_taken_in_before_it_is_sent() -> None:
    # 45 of 30 days: 1.5 times the outflow of 10 stays behind, 25 come in
    typed = dict(periods="name days\nP1 30", facilities=CONSIDER, inventory="facility cover_days\nD 45")
    assert flow_bounds(**typed)["S D"] == 25
    assert solved(tables(**typed)).cost == pytest.approx(25 + 20 + 7)


def test_cover_in_a_chain_multiplies() -> None:
    # E keeps 15 beside 10, D keeps 37.5 beside 25
    typed = dict(
        periods="name days\nP1 30",
        facilities="name type status\nS supplier -\nD dc consider\nE dc consider",
        lanes="origin destination unit_cost\nS D 1\nD E 1\nE C 1", inventory="facility cover_days\nD 45\nE 45",
    )  # fmt: skip
    assert flow_bounds(**typed)["S D"] >= 62.5
    assert flow_bounds(**typed)["D E"] >= 25
    assert solved(tables(**typed)).cost == pytest.approx(62.5 + 25 + 10)


def test_cover_where_goods_can_go_round() -> None:
    # D and E send to each other: the chain is as long as there are sites with cover
    typed = dict(
        periods="name days\nP1 30",
        facilities="name type\nS supplier\nD dc\nE dc",
        lanes="origin destination unit_cost\nS D 1\nD E 1\nE D 1\nE C 1\nD C 1",
        inventory="facility cover_days\nD 30\nE 30",
    )
    assert bounds(**typed).moved.tolist() == [40]


def test_cover_over_short_periods() -> None:
    # 30 days are three periods of ten
    typed = dict(periods="name days\nP1 10\nP2 40", facilities=CONSIDER, inventory="facility cover_days\nD 30")
    assert bounds(**typed).moved[0] == pytest.approx(20 * 4)
    assert solved(tables(**typed)).status == "optimal"


def test_initial_stock_may_leave() -> None:
    # 50 lie in D, whose max_stock of 5 makes 35 leave for E
    typed = dict(
        facilities="name type status\nS supplier -\nD dc consider\nE dc consider",
        lanes="origin destination unit_cost\nS D 1\nD C 1\nD E 1", inventory="facility initial max_stock\nD 50 5\nE - -",
    )  # fmt: skip
    assert flow_bounds(**typed)["D E"] >= 35
    assert solved(tables(**typed)).cost == pytest.approx(10 + 35)


def test_a_supplier_that_must_sell() -> None:
    # 30 must be bought; 20 of them stay in D
    typed = dict(facilities=CONSIDER, supply="facility min_quantity unit_cost\nS 30 1", **KEEP)
    assert solved(tables(**typed)).cost == pytest.approx(30 + 30 + 20 + 7)


def test_a_limit_that_makes_goods_move() -> None:
    typed = dict(facilities=CONSIDER, limits="what at_least\nflow 50", **KEEP)
    assert flow_bounds(**typed)["S D"] >= 40
    assert solved(tables(**typed)).cost == pytest.approx(40 + 20 + 7)


def test_a_product_without_weight_has_no_bound_from_weight() -> None:
    found = bounds(
        products="name weight\nA 0\nB 2",
        facilities="name type capacity capacity_unit\nS supplier - -\nD dc 8 weight",
    )
    assert found.site[1, :, 0].tolist() == [np.inf, 4]


@pytest.mark.filterwarnings("error")
def test_no_capacity_at_all_for_a_product_without_weight() -> None:
    typed = dict(
        products="name weight\nA 0", facilities="name type status capacity capacity_unit\nS supplier - - -\nD dc consider 0 weight"
    )
    assert bounds(**typed).site[1, 0, 0] == np.inf
    assert solved(tables(**typed)).cost == pytest.approx(30)


@pytest.mark.filterwarnings("error")
def test_a_site_that_keeps_stock_and_may_take_in_nothing() -> None:
    # Infinity times nothing is not a number: what leaves D is bounded by demand alone
    typed = dict(facilities="name type status capacity\nS supplier - -\nD dc consider 0", inventory="facility initial\nD 50")
    assert flow_bounds(**typed) == {"S D": 0, "D C": 10}
    assert solved(tables(**typed)).cost == pytest.approx(20)


def test_stock_and_purchases() -> None:
    found = bounds(
        products=PRODUCTS, inventory="facility max_stock\nD 7", supply="facility capacity\nS 8",
        facilities="name type storage_capacity storage_unit\nS supplier - -\nD dc 12 weight",
    )  # fmt: skip
    assert found.stock.tolist() == [3, 7]  # 12 / 4; 7 of 12
    assert found.purchase.tolist() == [8, 8]
    assert bounds(**KEEP).stock.tolist() == bounds(**KEEP).purchase.tolist() == [10]


def test_every_quantity_of_an_optimal_plan_is_within_its_bound() -> None:
    for seed in range(40, 46):
        plan = netopt.solve(accepted(seed, broken=None, inventory=True, unmet=1.0), threads=1, time_limit=10, gap=0.01)
        if not plan.found:
            continue
        found = Bounds(plan.network)
        _assert_within(plan.flows(), plan.network, found.flow)


def _assert_within(table: pd.DataFrame, network: Network, bound: np.ndarray) -> None:
    names, lanes, flows = network.places.names.array, network.lanes, network.flows
    most: dict[tuple[str, ...], float] = {}
    columns = (
        names[lanes.origin[flows.lane]], names[lanes.destination[flows.lane]], lanes.modes.array[lanes.mode[flows.lane]],
        network.products.names.array[flows.product], network.periods.names.array[flows.period],
    )  # fmt: skip
    for *key, value in zip(*columns, bound, strict=True):
        most[tuple(key)] = max(most.get(tuple(key), 0.0), float(value))
    keys = table[["origin", "destination", "mode", "product", "period"]].itertuples(index=False, name=None)
    for key, quantity in zip(keys, table["quantity"], strict=True):
        assert quantity <= most[key] * (1 + 1e-6) + 1e-6, key


def test_gates_are_finite_and_positive_or_nothing_can_flow() -> None:
    for seed in range(60, 70):
        program = build(read(accepted(seed, cover=True, inventory=True)))
        assert np.isfinite(program.gates.bound).all()
        assert (program.gates.bound >= 0).all()
