"""A lane carries no more than its capacity, all its products together."""

from __future__ import annotations

import pytest

from tests.formulation.networks import INF, PERIODS, PRODUCTS, Row, Written, asleep, cost, moved, solved, tables

MODES = "origin destination mode unit_cost capacity{}\nS D truck 1 {}\nS D air 4 -{}\nD C - 2 -{}"
"""Air costs 3 more than truck."""


def modes(capacity: float, unit: str = "") -> str:
    """Return lanes of which the truck has a capacity, in a unit where one is given."""
    blank = " -" if unit else ""
    return MODES.format(" capacity_unit" if unit else "", f"{capacity} {unit}".strip(), blank, blank)


def test_one_product_is_bounded_where_it_is_alone() -> None:
    written = Written(tables(lanes=modes(6)))
    assert written.columns("flow") == {
        "flow S D truck product 1": (0, 6), "flow S D air product 1": (0, INF), "flow D C product 1": (0, INF),
    }  # fmt: skip
    assert written.rows("lane_capacity") == {}


@pytest.mark.parametrize(("unit", "a", "b"), [("units", 1, 1), ("volume", 2, 1), ("weight", 4, 1)])
def test_products_share_a_lane(unit: str, a: float, b: float) -> None:
    written = Written(tables(products=PRODUCTS, lanes=modes(6, unit)))
    assert written.rows("lane_capacity") == {
        "S D truck 1": Row({"flow S D truck A 1": a, "flow S D truck B 1": b}, -INF, 6)
    }
    assert written.columns("flow")["flow S D truck A 1"] == (0, INF)


def test_a_product_alone_on_a_lane_that_counts_weight() -> None:
    given = tables(products="name weight\nA 4", lanes=modes(6, "weight"))
    assert Written(given).columns("flow")["flow S D truck A 1"] == (0, 1.5)


def test_what_does_not_fit_goes_by_air() -> None:
    plan = solved(tables(lanes=modes(6)))
    assert plan.cost == pytest.approx(30 + 4 * 3)
    assert moved(plan) == {"S D truck product 1": 6, "S D air product 1": 4, "D C product 1": 10}


@pytest.mark.parametrize(
    ("unit", "air"),
    [("units", 0), ("volume", 4), ("weight", 7)],  # as for a site of 22: see test_site_throughput
)
def test_capacity_in_each_unit(unit: str, air: int) -> None:
    assert cost(tables(products=PRODUCTS, lanes=modes(22, unit))) == 60 + 3 * air


def test_a_lane_of_its_own_for_one_product_has_its_own_capacity() -> None:
    # The general lane takes 6 (of B alone), the one of A takes 2: 4 B and 8 A by air
    lanes = "origin destination mode product unit_cost capacity\nS D truck - 1 6\nS D truck A 1 2\nS D air - 4 -\nD C - - 2 -"
    given = tables(products=PRODUCTS, lanes=lanes)
    written = Written(given)
    assert written.columns("flow")["flow S D truck A 1"] == (0, 2)
    assert written.columns("flow")["flow S D truck B 1"] == (0, 6)
    assert cost(given) == 60 + 3 * 12


def test_capacity_in_one_period() -> None:
    lanes = "origin destination mode period unit_cost capacity\nS D truck - 1 -\nS D truck P2 - 6\nS D air - 4 -\nD C - - 2 -"
    assert cost(tables(periods=PERIODS, lanes=lanes)) == 60 + 12


def test_a_capacity_counts_what_leaves_in_the_period() -> None:
    lanes = "origin destination unit_cost capacity lead_periods\nS D 1 6 1\nD C 2 - -"
    given = tables(periods=PERIODS, lanes=lanes, demand="customer period quantity unmet_cost\nC P2 10 5")
    assert cost(given) == 18 + 20


def test_products_without_size_are_not_limited() -> None:
    given = tables(products="name weight\nA 0\nB 1", lanes=modes(4, "weight"))
    assert Written(given).columns("flow")["flow S D truck A 1"] == (0, INF)
    assert cost(given) == 60 + 3 * 6


def test_asleep_without_capacities() -> None:
    assert asleep("lane_capacity", tables(products=PRODUCTS))
    assert not asleep("lane_capacity", tables(lanes=modes(6)))
