"""The whole report of a plan, and the tables it is made of."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.plan import Plan
from netopt.report.console import terminal
from netopt.report.costs import cost_table
from netopt.report.plan import print_plan, print_without_plan
from netopt.report.prices import price_words
from netopt.report.service import served_table, service_words, unmet_table
from netopt.report.sites import closed_words, site_table
from tests.report.conftest import DATA, Printed


def report(plan: Plan, folder: Path | None = None) -> str:
    out = io.StringIO()
    print_plan(plan, terminal(out), folder)
    return out.getvalue()


def test_report_answers_the_four_questions(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    text = report(plan, Path("somewhere/plan"))
    assert "3,780.00 USD" in text  # what does it cost
    assert "No plan costs less than" in text  # how sure are we
    assert "Open\n" in text  # what is open
    assert "Served from\n" in text  # who is served from where
    assert text.endswith("Files: somewhere/plan/\n")
    assert max(map(len, text.splitlines())) <= 80


def test_costs(plan: Plan, printed: Printed) -> None:
    lines = [line.split() for line in printed(cost_table(plan.costs())).splitlines()]
    assert lines[0] == ["transport", "1,680.00", "44.4%"]
    assert lines[-1] == ["total", "3,780.00"]
    amounts = [float(line[1].replace(",", "")) for line in lines[:-1]]
    assert amounts == sorted(amounts, reverse=True)
    assert sum(amounts) == pytest.approx(3780)


def test_costs_of_nothing(printed: Printed) -> None:
    empty = pd.DataFrame({"bucket": ["transport"], "period": ["1"], "cost": [0.0]})
    assert printed(cost_table(empty)) == "total  0.00\n"


def test_sites_over_periods(monthly: Plan, printed: Printed) -> None:
    lines = {line.split()[0]: line.split() for line in printed(site_table(monthly.sites())).splitlines()}
    assert lines["Reno"] == ["Reno", "FC", "opens", "160", "100.0%", "1,000.00", "2", "of", "3"]
    assert lines["Dallas"][-3:] == ["3", "of", "3"]


def sites(rows: list[dict[str, object]]) -> pd.DataFrame:
    base = {"type": "fc", "period": "1", "open": 1, "throughput": 1.0, "utilization": 0.5, "cost": 10.0}
    return pd.DataFrame([{**base, "opened": 0, "closed": 0, **row} for row in rows])


def test_many_sites_are_cut_and_summed(printed: Printed) -> None:
    text = printed(site_table(sites([{"name": f"S{i}", "throughput": float(i)} for i in range(1, 31)])))
    assert text.splitlines()[1].startswith("S30")
    assert text.splitlines()[-1].split() == ["and", "15", "more", "120", "150.00"]


def test_closed_sites_are_told_from_those_never_opened() -> None:
    shut = {"open": 0, "throughput": 0.0, "cost": 0.0}
    frame = sites(
        [{"name": "A"}, {"name": "B", **shut, "closed": 1, "cost": 9.0}, {"name": "C", **shut}, {"name": "D", **shut}]
    )
    assert closed_words(frame) == ["Closes: B.", "Not open: 2 sites, C and D."]
    idle = sites([{"name": "Port", "type": "supplier", "throughput": 0.0, "cost": 0.0}])
    assert closed_words(idle) == ["Not used: Port."]


def test_served_from(plan: Plan, printed: Printed) -> None:
    lines = printed(served_table(plan.flows(), pd.Index(["Boise", "Phoenix", "Austin"]))).splitlines()
    assert lines[1].split() == ["Reno", "200", "66.7%", "2", "Boise", "and", "Phoenix"]
    assert len(lines) == 3


def service(**fields: object) -> pd.DataFrame:
    base = {"customer": ["a", "b"], "demand": [10.0, 30.0], "delivered": [10.0, 30.0], "on_time": [10.0, 30.0]}
    more = {"promise_days": [float("nan")] * 2, "average_days": [0.0, 0.0], "sources": ["x", "x; y"]}
    return pd.DataFrame({**base, **more, **fields})


def test_service_words() -> None:
    assert service_words(service()) == [
        "100% of the demand of 40 units is met.",
        "1 customer is served from more than one place.",
    ]
    said = service_words(
        service(delivered=[10.0, 29.9], promise_days=[2.0, 3.0], on_time=[10.0, 20.0], average_days=[1.0, 3.0])
    )
    assert said[0] == "99.8% of the demand of 40 units is met."
    assert said[1] == "75.2% of what has a delivery promise arrives in time."
    assert said[2].startswith("A unit takes 2.5 days")
    assert service_words(service(demand=[0.0, 0.0])) == ["Nobody wants anything."]
    assert service_words(service(delivered=[0.0, 0.0], promise_days=[1.0, 1.0]))[0].startswith("0% of")


def test_unmet(printed: Printed) -> None:
    frame = pd.DataFrame({"customer": [f"c{i}" for i in range(8)], "quantity": range(8), "cost": [1.0] * 8})
    lines = printed(unmet_table(frame)).splitlines()
    assert lines[1].split() == ["c7", "7", "1.00"]
    assert lines[-1].split() == ["and", "3", "more", "3", "3.00"]


def test_prices_are_the_dearest_limits_and_not_the_demand(monthly: Plan) -> None:
    said = price_words(monthly.prices())
    assert len(said) <= 5
    assert "Reno" in said[0]
    assert not any("demand" in words for words in said)
    assert price_words(pd.DataFrame()) == []


def test_unmet_demand_is_reported(plan: Plan) -> None:
    unmet = pd.DataFrame(
        {"customer": ["Boise"], "product": ["tea"], "period": ["1"], "quantity": [5.0], "cost": [50.0]}
    )
    assert "Not served" in report(replace(plan, tables={**plan.tables, "unmet": unmet}))


def test_no_plan_says_why() -> None:
    plan = netopt.solve(DATA / "tiny-infeasible" / "network.csv")
    out = io.StringIO()
    print_without_plan(plan, terminal(out))
    assert out.getvalue().startswith("No plan exists")
    assert "500" in out.getvalue()
