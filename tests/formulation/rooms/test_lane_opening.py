"""A lane in use costs a fixed amount and carries at least its least flow."""

from __future__ import annotations

import pytest

from tests.formulation.networks import INF, PERIODS, PRODUCTS, Row, Written, asleep, cost, moved, solved, tables

HEADER = "origin destination mode unit_cost fixed_cost min_flow capacity capacity_unit\nD C - 2 - - - -\n"
AIR = "S D air 4 - - - -\n"


def test_columns_gates_and_charges() -> None:
    written = Written(tables(lanes=HEADER + "S D truck 1 20 - 6 -"))
    assert written.columns("use") == {"use S D truck 1": (0, 1)}
    assert "use S D truck 1" in written.whole()
    assert written.charges("lane") == {"use S D truck 1": 20}
    assert written.gates("flow", "use") == {("flow S D truck product 1", "use S D truck 1"): 6}
    assert written.rows("min_flow") == written.rows("lane_opening") == {}  # one product: the gate says it all


def test_rows_where_products_share_a_lane() -> None:
    written = Written(tables(products=PRODUCTS, lanes=HEADER + "S D truck 1 20 4 30 weight"))
    assert written.gates("flow", "use") == {
        ("flow S D truck A 1", "use S D truck 1"): 7.5,  # 30 / 4
        ("flow S D truck B 1", "use S D truck 1"): 14,  # demand 10, and the 4 that the least flow may force
    }
    terms = {"flow S D truck A 1": 4, "flow S D truck B 1": 1}
    assert written.rows("lane_opening") == {"S D truck 1": Row({**terms, "use S D truck 1": -30}, -INF, 0)}
    assert written.rows("min_flow") == {"S D truck 1": Row({**terms, "use S D truck 1": -4}, 0, INF)}


def test_lanes_that_share_their_ends_and_mode_are_told_apart() -> None:
    lanes = "origin destination mode product unit_cost fixed_cost\nD C - - 2 -\nS D truck - 1 20\nS D truck B 3 5"
    written = Written(tables(products=PRODUCTS, lanes=lanes))
    assert written.charges("lane") == {"use S D truck 1 1": 20, "use S D truck 1 2": 5}  # the last is the lane's number
    assert set(written.gates("flow", "use")) == {
        ("flow S D truck A 1", "use S D truck 1 1"), ("flow S D truck B 1", "use S D truck 1 2"),
    }  # fmt: skip


@pytest.mark.parametrize(("fixed", "money"), [(29, 59), (31, 60)])
def test_a_lane_is_used_where_it_saves_its_fixed_cost(fixed: float, money: float) -> None:
    # Truck saves 3 a unit against air, 30 in all
    plan = solved(tables(lanes=HEADER + AIR + f"S D truck 1 {fixed} - - -"))
    assert plan.cost == pytest.approx(money)
    assert ("S D truck product 1" in moved(plan)) == (fixed < 30)


def test_the_fixed_cost_is_paid_in_every_period_of_use_once_for_all_products() -> None:
    # P1 wants 10 A and 10 B, P2 2 A: truck saves 60 - 29 in P1, not in P2.
    given = tables(
        products=PRODUCTS, periods=PERIODS, lanes=HEADER + AIR + "S D truck 1 29 - - -",
        demand="customer product period quantity\nC A P1 10\nC B P1 10\nC A P2 2",
    )  # fmt: skip
    plan = solved(given)
    assert plan.cost == pytest.approx(60 + 29 + 12)
    flows = plan.flows()
    truck = flows[flows["mode"] == "truck"]
    assert truck["cost"].tolist() == [39, 10]  # the first of its rows carries the fixed cost


@pytest.mark.parametrize(("least", "money"), [(10, 30), (11, 60)])
def test_a_lane_that_cannot_reach_its_least_flow_is_not_used(least: float, money: float) -> None:
    assert cost(tables(lanes=HEADER + AIR + f"S D truck 1 - {least} - -")) == money


def test_the_least_flow_counts_weight() -> None:
    # 10 A of weight 4 are 40
    for least, money in ((40, 30), (41, 60)):
        given = tables(products="name weight\nA 4", lanes=HEADER + AIR + f"S D truck 1 - {least} - weight")
        assert cost(given) == money


def test_the_least_flow_splits_a_stream() -> None:
    # Truck takes at most 6; rail, 2 dearer than truck, at least 5 or nothing; air 3 dearer: 5 + 5 beats 6 + 4 by air
    lanes = HEADER + AIR + "S D truck 1 - - 6 -\nS D rail 3 - 5 - -"
    plan = solved(tables(lanes=lanes))
    assert plan.cost == pytest.approx(30 + 5 * 2)
    assert moved(plan) == {"S D truck product 1": 5, "S D rail product 1": 5, "D C product 1": 10}


def test_more_than_is_wanted_may_go_over_a_lane_to_a_site_that_keeps_it() -> None:
    # Truck must carry 14 or nothing; the 4 too many stay in stock at D: 14 + 20 beats 10 by air: 40 + 20
    given = tables(lanes=HEADER + AIR + "S D truck 1 - 14 - -", inventory="facility\nD")
    assert cost(given) == 34


def test_a_fixed_cost_in_one_period() -> None:
    lanes = "origin destination mode period unit_cost fixed_cost\nS D truck - 1 -\nS D truck P2 - 8\nD C - - 2 -"
    given = tables(periods=PERIODS, lanes=lanes)
    assert set(Written(given).columns("use")) == {"use S D truck P2"}
    assert cost(given) == 60 + 8


def test_a_lane_that_nothing_can_use_has_no_choice_to_make() -> None:
    given = tables(customers="name\nC\nX", lanes=HEADER + "S D truck 1 - - - -\nD X - 2 50 - - -")
    assert Written(given).columns("use") == {}
    assert cost(given) == 30


def test_two_lanes_of_one_origin_destination_and_mode_have_names_of_their_own() -> None:
    lanes = (
        "origin destination mode product unit_cost fixed_cost\nS D truck - 1 5\nS D truck A 1 7\nD C - - 2 -"
    )
    given = tables(products=PRODUCTS, lanes=lanes)
    assert len(Written(given).columns("use")) == 2
    assert cost(given) == 60 + 12


def test_asleep_without_fixed_costs_and_least_flows() -> None:
    assert asleep("lane_opening", tables())
    assert not asleep("lane_opening", tables(lanes=HEADER + "S D truck 1 - 5 - -"))
