"""What suppliers sell, at what price, and their least and most."""

from __future__ import annotations

import pytest

from tests.formulation.networks import INF, PERIODS, PRODUCTS, Row, Written, cost, moved, solved, status, tables

TWO = "name type status\nS supplier {}\nT supplier -\nD dc -"
LANES = "origin destination unit_cost\nS D 1\nT D 1\nD C 2"


def test_bounds_moves_and_charges_of_an_open_supplier() -> None:
    written = Written(tables(supply="facility capacity min_quantity unit_cost\nS 50 4 3"))
    assert written.columns("buy") == {"buy S product 1": (4, 50)}
    assert written.charges("buy") == {"buy S product 1": 3}
    assert written.rows("balance")["S product 1"].terms == {"buy S product 1": 1, "flow S D product 1": -1}
    assert written.rows("min_quantity") == written.gates("buy", "open") == {}


def test_a_supplier_that_may_close_has_gates_and_its_minimum_only_while_open() -> None:
    given = tables(
        facilities=TWO.format("consider"), lanes=LANES, supply="facility capacity min_quantity unit_cost\nS 6 4 3"
    )
    written = Written(given)
    assert written.columns("buy") == {"buy S product 1": (0, 6), "buy T product 1": (0, INF)}
    assert written.gates("buy", "open") == {("buy S product 1", "open S 1"): 6}
    assert written.rows("min_quantity") == {"S product 1": Row({"buy S product 1": 1, "open S 1": -4}, 0, INF)}


def test_a_closed_supplier_sells_nothing() -> None:
    given = tables(facilities=TWO.format("closed"), lanes=LANES, supply="facility min_quantity unit_cost\nS 4 1")
    assert Written(given).columns("buy")["buy S product 1"] == (0, 0)
    assert cost(given) == 30


def test_the_cheap_supplier_sells_up_to_its_capacity() -> None:
    # 6 at 1, 4 at 5, and 30 for transport: 56
    given = tables(
        facilities=TWO.format("-"), lanes=LANES, supply="facility capacity unit_cost\nS 6 1\nT - 5"
    )
    plan = solved(given)
    assert plan.cost == pytest.approx(6 + 20 + 30)
    assert moved(plan)["S D product 1"] == 6


def test_the_dear_supplier_sells_its_minimum_while_open() -> None:
    # S (status open) must sell 4 at 5, T sells 6 at 1: 20 + 6 + 30
    supply = "facility min_quantity unit_cost\nS 4 5\nT - 1"
    assert cost(tables(facilities=TWO.format("-"), lanes=LANES, supply=supply)) == 56
    # May S close, it does: 10 + 30
    assert cost(tables(facilities=TWO.format("consider"), lanes=LANES, supply=supply)) == 40


def test_without_a_row_a_supplier_sells_everything_for_nothing() -> None:
    written = Written(tables(products=PRODUCTS))
    assert written.columns("buy") == {"buy S A 1": (0, INF), "buy S B 1": (0, INF)}
    assert written.charges("buy") == {}


def test_with_any_row_only_the_products_named() -> None:
    given = tables(products=PRODUCTS, supply="facility product unit_cost\nS A 1")
    assert set(Written(given).columns("buy")) == {"buy S A 1"}
    assert status(given) == "infeasible"


def test_a_blank_product_gives_each_product_that_capacity() -> None:
    written = Written(tables(products=PRODUCTS, supply="facility capacity\nS 6"))
    assert written.columns("buy") == {"buy S A 1": (0, 6), "buy S B 1": (0, 6)}


def test_a_row_for_one_period_overrides_cell_by_cell() -> None:
    given = tables(periods=PERIODS, supply="facility period capacity unit_cost\nS - 50 3\nS P2 - 4")
    assert Written(given).columns("buy") == {"buy S product P1": (0, 50), "buy S product P2": (0, 50)}
    assert cost(given) == 60 + 30 + 40


def test_more_is_wanted_than_is_sold() -> None:
    assert status(tables(supply="facility capacity\nS 9")) == "infeasible"
    assert status(tables(supply="facility capacity\nS 10")) == "optimal"


def test_no_suppliers_nothing_to_buy() -> None:
    given = tables(
        facilities="name type\nD dc", lanes="origin destination\nD C", demand="customer quantity unmet_cost\nC 10 5"
    )
    assert Written(given).columns("buy") == {}
    assert cost(given) == 50
