"""Whole vehicles carry the goods, and whole vehicles are paid for."""

from __future__ import annotations

import pytest

from tests.formulation.networks import INF, PERIODS, PRODUCTS, Row, Written, asleep, cost, solved, tables

HEADER = "origin destination mode unit_cost vehicle_capacity vehicle_cost capacity_unit\nD C - 2 - - -\n"
AIR = "S D air 4 - - -\n"


def test_column_row_and_charge() -> None:
    written = Written(tables(lanes=HEADER + "S D truck 1 4 5 -"))
    assert written.columns("vehicles") == {"vehicles S D truck 1": (0, 4)}  # 10 / 4, up, and one to spare
    assert "vehicles S D truck 1" in written.whole()
    assert written.rows("vehicles") == {
        "S D truck 1": Row({"flow S D truck product 1": 1, "vehicles S D truck 1": -4}, -INF, 0)
    }
    assert written.charges("vehicles") == {"vehicles S D truck 1": 5}


@pytest.mark.parametrize(("unit", "a", "b"), [("units", 1, 1), ("volume", 2, 1), ("weight", 4, 1)])
def test_products_share_vehicles(unit: str, a: float, b: float) -> None:
    written = Written(tables(products=PRODUCTS, lanes=HEADER + f"S D truck 1 4 5 {unit}"))
    assert written.rows("vehicles")["S D truck 1"].terms == {
        "flow S D truck A 1": a, "flow S D truck B 1": b, "vehicles S D truck 1": -4,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("capacity", "count"), [(10, 1), (9.999, 2), (5, 2), (4, 3), (3.3333333333333335, 3), (100, 1)]
)
def test_vehicles_are_whole(capacity: float, count: int) -> None:
    plan = solved(tables(lanes=HEADER + f"S D truck 1 {capacity} 5 -"))
    assert plan.cost == pytest.approx(30 + 5 * count)
    assert plan.flows().set_index("mode").loc["truck", "vehicles"] == count


def test_the_last_vehicle_leaves_only_if_it_pays() -> None:
    # Vehicles of 4 at 10: two carry 8 and save 24 against air; a third would save 6 for the last 2
    plan = solved(tables(lanes=HEADER + AIR + "S D truck 1 4 10 -"))
    assert plan.cost == pytest.approx(30 + 2 * 10 + 2 * 3)


@pytest.mark.parametrize(("unit", "count"), [("units", 4), ("volume", 5), ("weight", 9)])
def test_vehicles_in_each_unit(unit: str, count: int) -> None:
    # 10 A and 10 B are 20 units, 30 of volume, 50 of weight; vehicles of 6
    assert cost(tables(products=PRODUCTS, lanes=HEADER + f"S D truck 1 6 5 {unit}")) == 60 + 5 * count


def test_vehicles_leave_in_every_period() -> None:
    assert cost(tables(periods=PERIODS, lanes=HEADER + "S D truck 1 6 5 -")) == 60 + 20


def test_free_vehicles_are_counted_and_need_no_decision() -> None:
    given = tables(lanes=HEADER + "S D truck 1 4 - -")
    assert Written(given).columns("vehicles") == {}
    assert solved(given).flows().set_index("mode").loc["truck", "vehicles"] == 3


def test_products_without_size_ride_along() -> None:
    given = tables(products="name weight\nA 0\nB 1", lanes=HEADER + "S D truck 1 6 5 weight")
    assert Written(given).rows("vehicles")["S D truck 1"].terms == {
        "flow S D truck B 1": 1, "vehicles S D truck 1": -6,
    }  # fmt: skip
    assert cost(given) == 60 + 10


def test_a_rate_card_by_vehicle() -> None:
    # 10 units in vehicles of 4 at a flat 5 each
    given = tables(
        facilities="name type latitude longitude\nS supplier 40 -100\nD dc 41 -100",
        rates="origin destination per base_cost vehicle_capacity\nS D vehicle 5 4",
        lanes="origin destination unit_cost\nD C 2",
    )
    assert cost(given) == 20 + 15


def test_asleep_without_a_vehicle_cost() -> None:
    assert asleep("vehicles", tables())
    assert asleep("vehicles", tables(lanes=HEADER + "S D truck 1 4 - -"))
    assert not asleep("vehicles", tables(lanes=HEADER + "S D truck 1 4 5 -"))
