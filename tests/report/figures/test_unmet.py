"""Who goes without is the unmet table."""

from __future__ import annotations

import pytest

import netopt
from netopt.plan import Plan
from netopt.report.figures import unmet as drawing
from netopt.report.figures.unmet import who_goes_without
from tests.report.pages import evil_network


def test_bars_are_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = netopt.solve(evil_network(periods=2, unmet=True))
    table = plan.unmet().groupby("customer")["quantity"].sum().sort_values(ascending=False)
    bars = who_goes_without(plan)["data"][0]
    assert bars["x"] == pytest.approx(table.tolist())
    assert {words[0].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for words in bars["customdata"]} == set(table.index)
    monkeypatch.setattr(drawing, "_MOST", 1)
    assert who_goes_without(plan)["data"][0]["x"] == pytest.approx(table.tolist()[:1])


def test_the_finding_counts_all_of_it(rich: Plan) -> None:
    table = rich.unmet()
    says = who_goes_without(rich)["layout"]["meta"]["says"]
    assert says == f"1 customer does not get {table['quantity'].sum():.0f} units, 16.1% of all demand, which costs 119.61 EUR."


def test_all_met(plan: Plan) -> None:
    assert who_goes_without(plan)["data"] == []
