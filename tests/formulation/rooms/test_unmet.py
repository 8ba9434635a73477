"""Demand goes unmet at its price, and nowhere else."""

from __future__ import annotations

import pytest

from tests.formulation.networks import PERIODS, Row, Written, asleep, cost, solved, tables

TWO = {"customers": "name\nC\nX", "lanes": "origin destination unit_cost\nS D 1\nD C 2\nD X 9"}


def test_column_move_and_charge() -> None:
    written = Written(tables(**TWO, demand="customer quantity unmet_cost\nC 10 -\nX 4 8"))
    assert written.columns("unmet") == {"unmet X product 1": (0, 4)}
    assert written.rows("balance")["X product 1"] == Row({"flow D X product 1": 1, "unmet X product 1": 1}, 4, 4)
    assert written.charges("unmet") == {"unmet X product 1": 8}


def test_dear_customers_go_without() -> None:
    # X: 1 + 9 = 10 a unit against 8 unmet; C: 3 against 8. 10 * 3 + 4 * 8
    plan = solved(tables(**TWO, demand="customer quantity unmet_cost\nC 10 8\nX 4 8"))
    assert plan.cost == pytest.approx(62)
    assert plan.unmet()[["customer", "quantity", "cost"]].to_numpy().tolist() == [["X", 4.0, 32.0]]
    assert plan.summary()["demand_met"] == pytest.approx(10 / 14)


def test_part_of_a_demand_goes_unmet_where_capacity_ends() -> None:
    # 6 * 3 + 4 * 8
    given = tables(supply="facility capacity\nS 6", demand="customer quantity unmet_cost\nC 10 8")
    assert cost(given) == 50


def test_a_price_of_zero_is_a_price() -> None:
    assert cost(tables(demand="customer quantity unmet_cost\nC 10 0")) == 0


def test_a_price_in_one_period_only() -> None:
    given = tables(periods=PERIODS, demand="customer period quantity unmet_cost\nC - 10 -\nC P2 10 1")
    assert set(Written(given).columns("unmet")) == {"unmet C product P2"}
    assert cost(given) == 30 + 10


def test_a_blank_quantity_in_a_period_row_keeps_that_of_the_other_row() -> None:
    assert cost(tables(periods=PERIODS, demand="customer period quantity unmet_cost\nC - 10 -\nC P2 - 1")) == 40


def test_asleep_where_everything_must_be_met() -> None:
    assert asleep("unmet", tables())
    two = {"customers": "name\nC\nX", "lanes": "origin destination\nS D\nD C\nD X"}
    assert asleep("unmet", tables(**two, demand="customer quantity unmet_cost\nC 10 -\nX 0 5"))
    assert not asleep("unmet", tables(demand="customer quantity unmet_cost\nC 10 5"))
