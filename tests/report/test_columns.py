"""Every column of a plan has a meaning, and a title of its own with its unit."""

from __future__ import annotations

from dataclasses import replace

from netopt.plan import Plan
from netopt.report.columns import Column, column_of, titles, unit_of


def test_every_column_of_a_plan_is_known(plan: Plan, monthly: Plan) -> None:
    for each in (plan, monthly):
        for name, table in each.tables.items():
            assert all(column_of(name, column) is not None for column in table.columns), name


def test_units_are_those_of_the_network(plan: Plan) -> None:
    settings = replace(plan.network.settings, currency="", distance_unit="km")
    assert unit_of(Column("money per unit", "0", "price"), settings) == "money per unit"
    assert unit_of(Column("distance", "0", "length"), settings) == "km"
    assert unit_of(Column("money", "0", "cost"), replace(settings, currency="$")) == "$"


def test_a_unit_that_the_name_says_is_not_said_again(plan: Plan) -> None:
    days, vehicles = Column("days", "0", "time"), Column("vehicles", "0", "trucks")
    assert titles(["promise_days", "vehicles"], [days, vehicles], plan.network.settings) == ["promise_days", "vehicles"]


def test_titles_differ_whatever_a_script_adds(plan: Plan) -> None:
    plain, money = Column("", "@", "text"), Column("money", "0", "cost")
    names = ["cost", "cost (USD)", "COST (usd)", "", "a" * 300, "a\nb"]
    found = titles(names, [money, plain, plain, plain, plain, plain], plan.network.settings)
    assert found[:4] == ["cost (USD)", "cost (USD) [2]", "COST (usd) [3]", "column 4"]
    assert len(found[4]) == 200
    assert found[5] == "a\\nb"
