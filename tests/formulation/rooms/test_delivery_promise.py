"""Enough of what is delivered arrives within the promise."""

from __future__ import annotations

import pytest

from tests.formulation.networks import INF, PERIODS, PRODUCTS, Written, asleep, cost, solved, status, tables

HEADER = "origin destination mode unit_cost days\nS D - 1 9\n"
LANES = HEADER + "D C truck 2 3\nD C air 7 1"
"""Air is 5 a unit dearer and two days faster; the lane into D does not count."""


def demand(days: object, share: object = "-", more: str = "") -> str:
    """Return a demand of 10 with a promise."""
    return f"customer quantity promise_days promise_share\nC 10 {days} {share}{more}"


def test_a_share_is_a_row() -> None:
    written = Written(tables(lanes=LANES, demand=demand(2, 0.8)))
    (name, row), = written.rows("delivery_promise").items()
    assert name == "C product 1"
    assert row.terms == pytest.approx({"flow D C truck product 1": -0.8, "flow D C air product 1": 0.2})
    assert (row.lower, row.upper) == (0, INF)


def test_a_whole_promise_closes_slow_lanes() -> None:
    written = Written(tables(lanes=LANES, demand=demand(2)))
    assert written.columns("flow") == {
        "flow S D product 1": (0, INF), "flow D C truck product 1": (0, 0), "flow D C air product 1": (0, INF),
    }  # fmt: skip
    assert written.rows("delivery_promise") == {}


@pytest.mark.parametrize(("share", "air"), [(0, 0), (0.3, 3), (0.8, 8), (1, 10)])
def test_the_dear_lane_carries_the_share(share: float, air: int) -> None:
    plan = solved(tables(lanes=LANES, demand=demand(2, share)))
    assert plan.cost == pytest.approx(30 + 5 * air)
    assert plan.service()["on_time"].tolist() == pytest.approx([air])


def test_days_at_the_promise_are_in_time() -> None:
    assert cost(tables(lanes=LANES, demand=demand(3))) == 30
    assert cost(tables(lanes=LANES, demand=demand(2.999))) == 80


def test_processing_days_count() -> None:
    # 0.5 + 3 > 3
    facilities = "name type processing_days\nS supplier 9\nD dc 0.5"
    assert cost(tables(lanes=LANES, facilities=facilities, demand=demand(3))) == 80
    assert cost(tables(lanes=LANES, facilities=facilities, demand=demand(3.5))) == 30


def test_the_promise_of_a_customer_is_the_default_of_its_rows() -> None:
    customers = "name promise_days\nC 2"
    assert cost(tables(lanes=LANES, customers=customers)) == 80
    assert cost(tables(lanes=LANES, customers=customers, demand=demand("-", 0.3))) == 45
    assert cost(tables(lanes=LANES, customers=customers, demand=demand(5))) == 30  # the row's own promise


def test_the_share_is_of_what_is_delivered_not_of_what_is_wanted() -> None:
    # Air takes 4: of what arrives 80% must be by air, so 5 are delivered (4 by air, 1 by truck), 5 go unmet at 9
    lanes = "origin destination mode unit_cost days capacity\nS D - 1 9 -\nD C truck 2 3 -\nD C air 7 1 4"
    given = tables(lanes=lanes, demand="customer quantity promise_days promise_share unmet_cost\nC 10 2 0.8 9")
    assert cost(given) == 4 * 8 + 3 + 5 * 9


def test_each_row_of_demand_on_its_own() -> None:
    # A promises everything, B nothing: 10 by air
    given = tables(
        products=PRODUCTS, lanes=LANES, demand="customer product quantity promise_days\nC A 10 2\nC B 10 -"
    )
    assert cost(given) == 80 + 30


def test_a_promise_in_one_period() -> None:
    given = tables(periods=PERIODS, lanes=LANES, demand="customer period quantity promise_days\nC - 10 -\nC P2 10 2")
    assert cost(given) == 30 + 80


def test_processing_days_of_the_period_in_which_goods_leave() -> None:
    facilities = "name type period processing_days\nS supplier - -\nD dc - 0\nD dc P2 1"
    given = tables(periods=PERIODS, lanes=LANES, facilities=facilities, demand=demand(3))
    assert cost(given) == 30 + 80


def test_a_promise_that_nobody_can_keep() -> None:
    assert status(tables(lanes=LANES, demand=demand(0.5))) == "infeasible"


def test_days_from_a_rate_card() -> None:
    # One degree of latitude is 111.2 km; at 100 a day that is over a day.
    given = dict(
        facilities="name type latitude longitude\nS supplier 40 -100\nD dc 40 -100",
        customers="name latitude longitude\nC 41 -100",
        lanes="origin destination unit_cost\nS D 1",
        rates="origin_type destination_type base_cost speed\ndc customer 2 100",
    )
    assert status(tables(**given, demand=demand(1))) == "infeasible"
    assert cost(tables(**given, demand=demand(1.2))) == 30


def test_asleep_without_promises() -> None:
    assert asleep("delivery_promise", tables(lanes=LANES))
    assert asleep("delivery_promise", tables(lanes=LANES, demand=demand(5, 0.5)))  # nothing is that slow
    assert asleep("delivery_promise", tables(lanes=LANES, demand=demand(2, 0)))
    assert not asleep("delivery_promise", tables(lanes=LANES, demand=demand(2, 0.5)))
