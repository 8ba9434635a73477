"""A customer that wants one source gets everything of a period from one facility."""

from __future__ import annotations

import pytest

from tests.formulation.networks import (
    INF,
    PERIODS,
    PRODUCTS,
    TWO_SITES,
    Row,
    Written,
    asleep,
    cost,
    moved,
    solved,
    status,
    tables,
)

ONE = "name single_source\nC yes"
CAPACITY = "name type capacity\nS supplier -\nD dc {}\nE dc -"


def test_columns_rows_and_gates() -> None:
    written = Written(tables(customers=ONE, lanes=TWO_SITES, facilities=CAPACITY.format("-")))
    assert written.columns("serve") == {"serve D C 1": (0, 1), "serve E C 1": (0, 1)}
    assert "serve D C 1" in written.whole()
    assert written.rows("one_source") == {"C 1": Row({"serve D C 1": 1, "serve E C 1": 1}, -INF, 1)}
    assert written.gates("flow", "serve") == {
        ("flow D C product 1", "serve D C 1"): 10, ("flow E C product 1", "serve E C 1"): 10,
    }  # fmt: skip
    assert written.rows("single_source") == {}


def test_modes_of_one_facility_share_a_row() -> None:
    lanes = "origin destination mode unit_cost\nS D - 1\nD C truck 2\nD C air 5"
    written = Written(tables(customers=ONE, lanes=lanes))
    assert written.rows("single_source") == {
        "D C product 1": Row({"flow D C truck product 1": 1, "flow D C air product 1": 1, "serve D C 1": -10}, -INF, 0)
    }
    assert written.gates("flow", "serve") == {}


@pytest.mark.parametrize(("customers", "money"), [("name\nC", 18 + 24), (ONE, 60)])
def test_all_or_nothing(customers: str, money: float) -> None:
    # D has room for 6 of 10: shared, 6 * 3 + 4 * 6; from one source, all 10 through E
    assert cost(tables(customers=customers, lanes=TWO_SITES, facilities=CAPACITY.format(6))) == money


def test_several_modes_from_one_facility_are_fine() -> None:
    lanes = "origin destination mode unit_cost capacity\nS D - 1 -\nD C truck 2 6\nD C air 5 -\nS E - 9 -\nE C - 9 -"
    plan = solved(tables(customers=ONE, lanes=lanes, facilities="name type\nS supplier\nD dc\nE dc"))
    assert plan.cost == pytest.approx(30 + 12)
    assert moved(plan)["D C air product 1"] == 4


def test_one_facility_for_all_products() -> None:
    # D cannot handle more than 4 A; B alone through D is not allowed either: all 20 through E
    given = tables(
        products=PRODUCTS, customers=ONE, lanes=TWO_SITES, facilities=CAPACITY.format("-"),
        handling="facility product capacity\nD A 4",
    )  # fmt: skip
    assert cost(given) == 120


def test_the_choice_is_free_in_every_period() -> None:
    # D has room for 6 in P1 only
    given = tables(
        periods=PERIODS, customers=ONE, lanes=TWO_SITES,
        facilities="name type period capacity\nS supplier - -\nD dc - 20\nD dc P1 6\nE dc - -",
    )  # fmt: skip
    assert cost(given) == 60 + 30


def test_what_may_go_unmet_may_be_part_of_it() -> None:
    # 6 through D and 4 unmet at 5: 18 + 20 = 38, less than 60 through E
    given = tables(
        customers=ONE, lanes=TWO_SITES, facilities=CAPACITY.format(6), demand="customer quantity unmet_cost\nC 10 5"
    )
    assert cost(given) == 38


def test_the_period_is_that_of_arrival() -> None:
    # To C: from D in the same period, from E a period later. In P2 all 10 must come from one of the two.
    lanes = (
        "origin destination unit_cost lead_periods capacity\nS D 1 - -\nS E 1 - -\nD C 2 - 6\nE C 3 1 -"
    )
    given = tables(
        periods=PERIODS, customers=ONE, lanes=lanes, facilities=CAPACITY.format("-"),
        demand="customer period quantity\nC P2 10",
    )  # fmt: skip
    assert "serve E C P1" not in Written(given).columns("serve")
    assert cost(given) == 40


def test_customers_choose_on_their_own() -> None:
    given = tables(
        customers="name single_source\nC yes\nX -", demand="customer quantity\nC 10\nX 10",
        lanes=TWO_SITES + "\nD X 2\nE X 5", facilities=CAPACITY.format(16),
    )  # fmt: skip
    # 16 fit D: C whole (10) and 6 of X; 4 of X through E
    assert cost(given) == 48 + 24


def test_nobody_can_serve_it_all() -> None:
    given = tables(customers=ONE, lanes=TWO_SITES, facilities="name type capacity\nS supplier -\nD dc 6\nE dc 9")
    assert status(given) == "infeasible"


def test_asleep_without_such_customers() -> None:
    assert asleep("single_source", tables())
    assert asleep("single_source", tables(customers="name single_source\nC no"))
    assert not asleep("single_source", tables(customers=ONE))
