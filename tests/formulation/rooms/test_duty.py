"""Duty is a share of the value of what moves."""

from __future__ import annotations

import pytest

from tests.formulation.networks import Written, asleep, cost, solved, tables

PRODUCTS = "name value\nA 40\nB 5"
LANES = "origin destination unit_cost duty_rate\nS D 1 0.1\nD C 2 -"


def test_charges() -> None:
    written = Written(tables(products=PRODUCTS, lanes=LANES))
    assert written.charges("duty") == {"flow S D A 1": 4, "flow S D B 1": 0.5}


def test_duty_is_paid() -> None:
    plan = solved(tables(products=PRODUCTS, lanes=LANES))
    assert plan.cost == pytest.approx(60 + 40 + 5)
    assert plan.summary()["costs"]["duty"] == pytest.approx(45)
    assert plan.flows()["cost"].sum() == pytest.approx(105)


def test_duty_sends_goods_the_other_way_round() -> None:
    # Through E each unit is 3 dearer and free of duty: A goes there (4 against 3), B does not (0.5 against 3)
    lanes = "origin destination unit_cost duty_rate\nS D 1 0.1\nD C 2 -\nS E 4 -\nE C 2 -"
    given = tables(products=PRODUCTS, lanes=lanes, facilities="name type\nS supplier\nD dc\nE dc")
    assert cost(given) == 60 + 30 + 5


def test_asleep_without_value_or_rate() -> None:
    assert asleep("duty", tables(products=PRODUCTS))
    assert asleep("duty", tables(lanes=LANES))
    assert not asleep("duty", tables(products=PRODUCTS, lanes=LANES))
