"""Stock is carried, cycle stock stands behind throughput, and both cost money and take up room."""

from __future__ import annotations

import pytest

from tests.formulation.networks import (
    INF,
    PERIODS,
    PRODUCTS,
    Row,
    Written,
    asleep,
    cost,
    open_sites,
    solved,
    status,
    tables,
)

RISING = {
    "periods": PERIODS,
    "supply": "facility capacity\nS 12",
    "demand": "customer period quantity\nC P1 5\nC P2 15",
}
"""3 of the 15 wanted in P2 must be bought in P1 and kept."""


def site(**cells: object) -> str:
    """Return a facilities table in which D has these cells."""
    blank = " ".join("-" for _ in cells)
    return f"name type {' '.join(cells)}\nS supplier {blank}\nD dc {' '.join(map(str, cells.values()))}"


def test_stock_leaves_one_period_and_enters_the_next() -> None:
    written = Written(tables(**RISING, inventory="facility initial storage_cost\nD 5 0.5"))
    assert written.columns("stock") == {"stock D product P1": (0, INF), "stock D product P2": (0, INF)}
    rows = written.rows("balance")
    assert rows["D product P1"] == Row(
        {"flow S D product P1": 1, "flow D C product P1": -1, "stock D product P1": -1}, -5, -5
    )
    assert rows["D product P2"] == Row(
        {"flow S D product P2": 1, "flow D C product P2": -1, "stock D product P2": -1, "stock D product P1": 1}, 0, 0
    )
    assert written.charges("storage") == {"stock D product P1": 0.5, "stock D product P2": 0.5}


def test_cycle_stock_is_charged_on_throughput() -> None:
    # 3 of 30 days of stock at 2 a unit: 0.2 a unit of throughput
    written = Written(tables(periods=PERIODS, facilities=site(cycle_days=3, storage_cost=2)))
    assert written.charges("storage") == {"flow S D product P1": 0.2, "flow S D product P2": 0.2}


@pytest.mark.parametrize(("unit", "a", "b"), [("-", 1, 1), ("volume", 2, 1), ("weight", 4, 1)])
def test_the_row_of_a_storage_capacity(unit: str, a: float, b: float) -> None:
    given = tables(
        products=PRODUCTS, periods="name days\nP1 30",
        facilities=site(cycle_days=3, storage_capacity=7, storage_unit=unit), inventory="facility product\nD A",
    )  # fmt: skip
    row = Written(given).rows("storage_capacity")["D P1"]
    assert row.terms == pytest.approx(
        {"flow S D A P1": 0.1 * a, "flow S D B P1": 0.1 * b, "stock D A P1": a, "open D P1": -7}
    )
    assert (row.lower, row.upper) == (-INF, 0)


def test_a_site_that_may_close_gates_its_stock() -> None:
    given = tables(**RISING, facilities=site(status="consider", storage_capacity=4), inventory="facility max_stock\nD 6")
    assert Written(given).gates("stock", "open") == {
        ("stock D product P1", "open D P1"): 4, ("stock D product P2", "open D P2"): 4,
    }  # fmt: skip


def test_what_is_missing_later_is_kept_from_before() -> None:
    # 20 * 3 and 3 units kept for a period at 1
    plan = solved(tables(**RISING, facilities=site(storage_cost=1), inventory="facility\nD"))
    assert plan.cost == pytest.approx(63)
    assert plan.inventory()["stock"].tolist() == [3, 0]
    assert plan.inventory()["cost"].tolist() == [3, 0]


def test_nothing_is_kept_without_a_row_in_inventory() -> None:
    assert status(tables(**RISING, facilities=site(storage_cost=1))) == "infeasible"
    two = {**RISING, "products": PRODUCTS, "demand": "customer product period quantity\nC A P1 5\nC A P2 15"}
    assert status(tables(**two, inventory="facility product\nD B")) == "infeasible"
    assert status(tables(**two, inventory="facility product\nD A")) == "optimal"


def test_the_inventory_table_replaces_the_storage_cost() -> None:
    assert cost(tables(**RISING, facilities=site(storage_cost=1), inventory="facility storage_cost\nD 0.5")) == 61.5
    assert cost(tables(**RISING, facilities=site(storage_cost=1), inventory="facility storage_cost\nD 0")) == 60


def test_it_replaces_it_for_cycle_stock_too() -> None:
    # 3 kept at 0.5, and 20 units of throughput * 3 / 30 days at 0.5
    given = tables(
        **RISING, facilities=site(storage_cost=9, cycle_days=3), inventory="facility storage_cost\nD 0.5"
    )
    assert cost(given) == 60 + 1.5 + 1


@pytest.mark.parametrize(("room", "word"), [(2.9, "infeasible"), (3, "optimal")])
def test_stock_fits_the_storage_capacity(room: float, word: str) -> None:
    assert status(tables(**RISING, facilities=site(storage_capacity=room), inventory="facility\nD")) == word


def test_stock_and_cycle_stock_share_the_room() -> None:
    # P1: 3 kept and 8 * 3 / 30 of cycle stock are 3.8; P2: 12 * 0.1 = 1.2
    for room, word in ((3.7, "infeasible"), (3.8, "optimal")):
        given = tables(**RISING, facilities=site(storage_capacity=room, cycle_days=3), inventory="facility\nD")
        assert status(given) == word


@pytest.mark.parametrize(("unit", "size"), [("units", 1), ("volume", 2), ("weight", 4)])
def test_room_in_each_unit(unit: str, size: float) -> None:
    # 3 of A are kept: 3, 6 or 12 of room
    for room, word in ((3 * size - 0.1, "infeasible"), (3 * size, "optimal")):
        given = tables(
            **RISING, products=PRODUCTS, inventory="facility\nD",
            facilities=site(storage_capacity=room, storage_unit=unit),
        )  # fmt: skip
        given["demand"] = given["demand"].assign(product="A")
        assert status(given) == word


def test_initial_stock_is_used_before_anything_is_bought() -> None:
    # 20 leave D at 2, 15 come in at 1
    assert cost(tables(**RISING, inventory="facility initial\nD 5")) == 40 + 15


def test_initial_stock_that_nobody_wants_is_kept_and_paid_for() -> None:
    # 25 at the start, 5 go in P1: 20 are kept over P1; 15 go in P2, 5 are kept over P2. 20 * 2 + 25 * 1
    given = tables(**RISING, facilities=site(storage_cost=1), inventory="facility initial\nD 25")
    assert cost(given) == 40 + 25


def test_a_site_with_initial_stock_opens_in_the_first_period() -> None:
    # Nobody needs D, S serves C itself; its 5 units make it open (fixed 100), and then they are used: 15 * 1 + 5 * 2
    given = tables(
        facilities=site(status="consider", fixed_cost=100),
        lanes="origin destination unit_cost\nS C 1\nD C 0.5",
        inventory="facility initial\nD 5",
    )
    plan = solved(given)
    assert open_sites(plan) == {"S", "D"}
    assert plan.cost == pytest.approx(100 + 5 + 2.5)


def test_a_site_that_closes_keeps_nothing() -> None:
    # Stock would be kept in D from P1 to P3, but D is closed in P2 by the data: P3 cannot have its 15.
    periods = "name days\nP1 30\nP2 30\nP3 30"
    given = dict(
        periods=periods, supply="facility capacity\nS 12", inventory="facility\nD",
        demand="customer period quantity\nC P3 15", lanes="origin destination unit_cost\nS D 1\nD C 2",
    )  # fmt: skip
    assert status(tables(**given, facilities="name type period status\nS supplier - -\nD dc - open")) == "optimal"
    shut = "name type period status\nS supplier - -\nD dc - open\nD dc P2 closed"
    assert status(tables(**given, facilities=shut)) == "infeasible"


def test_stock_at_the_end_is_free() -> None:
    plan = solved(tables(inventory="facility initial\nD 50"))
    assert plan.cost == pytest.approx(20)
    assert plan.inventory()["stock"].tolist() == [40]


def test_a_site_that_keeps_stock_and_takes_nothing_in_for_a_period() -> None:
    # D may take in nothing in P2 (capacity 0): all 20 come in P1 and 15 are kept.
    given = tables(
        periods=PERIODS, demand=RISING["demand"], inventory="facility storage_cost\nD 1",
        facilities="name type period status capacity fixed_cost\nS supplier - - - -\nD dc - consider 50 4\nD dc P2 - 0 -",
    )  # fmt: skip
    assert cost(given) == 60 + 15 + 8


def test_asleep_without_stock_or_storage() -> None:
    assert asleep("storage", tables())
    assert asleep("storage", tables(facilities=site(storage_cost=1)))  # neither cycle stock nor carried stock
    assert not asleep("storage", tables(facilities=site(storage_capacity=1)))
    assert not asleep("storage", tables(inventory="facility\nD"))
