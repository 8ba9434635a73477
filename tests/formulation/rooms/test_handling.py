"""Handling is paid per unit of throughput and limited product by product."""

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
    tables,
)

OPEN_D = "name type handling_cost\nS supplier -\nD dc 0.5"
D_AND_E = "name type status\nS supplier -\nD dc {}\nE dc -"


def test_charges_and_rows() -> None:
    written = Written(
        tables(
            products=PRODUCTS,
            facilities="name type status handling_cost\nS supplier - -\nD dc consider 0.5",
            handling="facility product capacity min_throughput unit_cost\nD A 4 3 2",
        )
    )
    assert written.charges("handling") == {"flow S D A 1": 2, "flow S D B 1": 0.5}
    assert written.rows("handling_capacity") == {"D A 1": Row({"flow S D A 1": 1, "open D 1": -4}, -INF, 0)}
    assert written.rows("min_handling") == {"D A 1": Row({"flow S D A 1": 1, "open D 1": -3}, 0, INF)}


def test_both_ends_of_a_lane_handle_what_they_count() -> None:
    # S pays for what leaves (0.25), D for what enters (0.5): 10 * 0.75
    given = tables(facilities="name type handling_cost\nS supplier 0.25\nD dc 0.5")
    assert Written(given).charges("handling") == {"flow S D product 1": 0.75}
    assert solved(given).summary()["costs"]["handling"] == pytest.approx(7.5)


def test_handling_is_paid_per_unit_whatever_the_capacity_unit() -> None:
    # 20 units at 0.5, although the capacity counts weight
    given = tables(
        products=PRODUCTS, facilities="name type handling_cost capacity capacity_unit\nS supplier - - -\nD dc 0.5 99 weight"
    )
    assert cost(given) == 60 + 10


def test_an_own_cost_of_zero_replaces_the_general_one() -> None:
    given = tables(products=PRODUCTS, facilities=OPEN_D, handling="facility product unit_cost\nD A 0")
    assert Written(given).charges("handling") == {"flow S D B 1": 0.5}
    assert cost(given) == 60 + 5


def test_a_blank_cost_keeps_the_general_one() -> None:
    given = tables(products=PRODUCTS, facilities=OPEN_D, handling="facility product capacity unit_cost\nD A 50 -")
    assert cost(given) == 60 + 10


def test_a_product_over_its_capacity_goes_elsewhere() -> None:
    # 4 A through D, 6 A through E, 3 a unit dearer
    given = tables(
        products=PRODUCTS, lanes=TWO_SITES, facilities=D_AND_E.format("-"), handling="facility product capacity\nD A 4"
    )
    plan = solved(given)
    assert plan.cost == pytest.approx(60 + 18)
    assert moved(plan)["S D A 1"] == 4


def test_a_minimum_of_a_product() -> None:
    # E must handle 3 A: 3 * 3 dearer
    given = tables(
        products=PRODUCTS, lanes=TWO_SITES, facilities=D_AND_E.format("-"),
        handling="facility product min_throughput\nE A 3",
    )  # fmt: skip
    assert cost(given) == 60 + 9


def test_a_minimum_holds_only_while_the_site_is_open() -> None:
    # D would have to handle 11 A, but only 10 are wanted: it stays closed
    given = tables(
        products=PRODUCTS, lanes=TWO_SITES, facilities=D_AND_E.format("consider"),
        handling="facility product min_throughput\nD A 11",
    )  # fmt: skip
    assert cost(given) == 120


def test_a_cost_for_one_period() -> None:
    given = tables(
        periods=PERIODS, facilities=OPEN_D, handling="facility period unit_cost\nD - 1\nD P2 2"
    )
    assert cost(given) == 60 + 10 + 20


def test_asleep_without_costs_or_limits() -> None:
    assert asleep("handling", tables())
    assert not asleep("handling", tables(facilities=OPEN_D))
    assert not asleep("handling", tables(handling="facility capacity\nD 50"))
