"""What one more unit is worth is the prices table, without the demand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netopt.plan import Plan
from netopt.report.figures import prices as drawing
from netopt.report.figures.prices import worth_of_limits


def test_bars_are_the_table(rich: Plan) -> None:
    figure, table = worth_of_limits(rich), rich.prices()
    limits = table[table["what"] != "demand"]
    assert figure["data"][0]["x"] == pytest.approx(sorted(limits["price"].abs(), reverse=True))
    for (name, words), text in zip(figure["data"][0]["customdata"], limits["words"], strict=True):
        assert text.startswith(f"one more unit of {name} ")
        assert words.split()[3] == text.removeprefix(f"one more unit of {name} ").split()[0]


def test_the_finding(plan: Plan) -> None:
    assert worth_of_limits(plan)["layout"]["meta"]["says"] == "One more unit of capacity at Reno saves 4.00 USD, for the chosen sites."


def test_a_site_called_like_the_verb(plan: Plan) -> None:
    words = "one more unit of capacity at Dan saves money costs 4.00, for the chosen sites"
    table = plan.prices().assign(words=words, price=4.0)
    says = worth_of_limits(replace(plan, tables={**plan.tables, "prices": table}))["layout"]["meta"]["says"]
    assert says == "One more unit of capacity at Dan saves money costs 4.00 USD, for the chosen sites."


def test_only_the_largest(rich: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST", 1)
    assert len(worth_of_limits(rich)["data"][0]["x"]) == 1


def test_no_limits(plan: Plan) -> None:
    none = replace(plan, tables={**plan.tables, "prices": plan.prices().head(0)})
    assert worth_of_limits(none)["data"] == []
