"""Flow, its moves, its cost, and goods that arrive later than they leave."""

from __future__ import annotations

import pytest

from tests.formulation.networks import (
    INF,
    PERIODS,
    PRODUCTS,
    Row,
    Written,
    cost,
    moved,
    open_sites,
    solved,
    status,
    tables,
)

LEAD = "origin destination unit_cost lead_periods\nS D 1 1\nD C 2 -"


def test_a_flow_takes_from_one_balance_and_gives_to_the_other() -> None:
    written = Written(tables(lanes="origin destination mode unit_cost\nS D truck 1\nS D rail 4\nD C - 2"))
    assert written.columns("flow") == dict.fromkeys(
        ["flow S D truck product 1", "flow S D rail product 1", "flow D C product 1"], (0, INF)
    )
    assert written.rows("balance")["D product 1"] == Row(
        {"flow S D truck product 1": 1, "flow S D rail product 1": 1, "flow D C product 1": -1}, 0, 0
    )
    assert written.charges("transport") == {
        "flow S D truck product 1": 1, "flow S D rail product 1": 4, "flow D C product 1": 2,
    }  # fmt: skip


def test_goods_arrive_lead_periods_later_and_not_after_the_horizon() -> None:
    written = Written(tables(periods=PERIODS, lanes=LEAD))
    assert set(written.columns("flow")) == {"flow S D product P1", "flow D C product P1", "flow D C product P2"}
    rows = written.rows("balance")
    assert rows["D product P2"].terms == {"flow S D product P1": 1, "flow D C product P2": -1}
    assert rows["D product P1"].terms == {"flow D C product P1": -1}
    assert rows["S product P1"].terms == {"buy S product P1": 1, "flow S D product P1": -1}


def test_what_is_wanted_in_the_second_period_leaves_in_the_first() -> None:
    plan = solved(tables(periods=PERIODS, lanes=LEAD, demand="customer period quantity\nC P2 10"))
    assert plan.cost == pytest.approx(30)
    assert moved(plan) == {"S D product P1": 10, "D C product P2": 10}
    assert plan.flows().set_index("origin")["arrival"].to_dict() == {"S": "P2", "D": "P2"}


def test_nothing_can_arrive_in_the_first_period() -> None:
    assert status(tables(periods=PERIODS, lanes=LEAD)) == "infeasible"
    # With a price on it the 10 of P1 go unmet at 5.
    assert cost(tables(periods=PERIODS, lanes=LEAD, demand="customer quantity unmet_cost\nC 10 5")) == 50 + 30


def test_the_receiving_site_sees_goods_on_arrival_the_sender_when_they_leave() -> None:
    # Fixed 7 at S and D, a period. Wanted in P2 only: S is open in P1 alone, D in P2 alone.
    given = tables(
        periods=PERIODS,
        lanes=LEAD,
        demand="customer period quantity\nC P2 10",
        facilities="name type status fixed_cost\nS supplier consider 7\nD dc consider 7",
    )
    plan = solved(given)
    assert plan.cost == pytest.approx(30 + 7 + 7)
    assert open_sites(plan) == {"S P1", "D P2"}


def test_a_lead_longer_than_the_horizon_ships_nothing() -> None:
    lanes = "origin destination unit_cost lead_periods\nS D 1 5\nD C 2 -"
    assert "flow S D product P1" not in Written(tables(periods=PERIODS, lanes=lanes)).columns("flow")


def test_lead_to_a_customer_counts_for_the_demand_of_the_period_of_arrival() -> None:
    lanes = "origin destination unit_cost lead_periods\nS D 1 -\nD C 2 1"
    plan = solved(tables(periods=PERIODS, lanes=lanes, demand="customer period quantity\nC P2 10"))
    assert moved(plan) == {"S D product P1": 10, "D C product P1": 10}


def test_a_lane_row_with_a_product_replaces_the_other_for_it() -> None:
    # A costs 3 on its own lane instead of 1: 10 * (3 + 2) + 10 * (1 + 2)
    lanes = "origin destination product unit_cost\nS D - 1\nS D A 3\nD C - 2"
    given = tables(products=PRODUCTS, lanes=lanes)
    assert Written(given).charges("transport") == {
        "flow S D A 1": 3, "flow S D B 1": 1, "flow D C A 1": 2, "flow D C B 1": 2,
    }  # fmt: skip
    assert cost(given) == 80


def test_a_row_for_one_period_overrides_the_cost() -> None:
    lanes = "origin destination period unit_cost\nS D - 1\nD C - 2\nS D P2 4"
    assert cost(tables(periods=PERIODS, lanes=lanes)) == 30 + 60


def test_a_closed_lane_carries_nothing() -> None:
    lanes = "origin destination unit_cost status\nS D 1 -\nD C 2 -\nS C 0 closed"
    assert set(Written(tables(lanes=lanes)).columns("flow")) == {"flow S D product 1", "flow D C product 1"}


def test_no_flow_to_a_customer_that_wants_nothing_or_through_a_closed_site() -> None:
    given = tables(
        customers="name\nC\nX",
        facilities="name type status\nS supplier -\nD dc -\nE dc closed",
        lanes="origin destination unit_cost\nS D 1\nD C 2\nD X 2\nS E 0\nE C 0",
    )
    assert set(Written(given).columns("flow")) == {"flow S D product 1", "flow D C product 1"}


def test_without_lanes_there_is_no_flow() -> None:
    given = tables(lanes="origin destination unit_cost\nS D 1", demand="customer quantity unmet_cost\nC 10 5")
    assert Written(given).columns("flow") == {"flow S D product 1": (0, INF)}
    assert cost(given) == 50
