"""The first sheet says what the terminal says, and what is on the other sheets."""

from __future__ import annotations

from pathlib import Path

from netopt.plan import Plan
from netopt.plan.tables import PLAN_TABLES
from netopt.report import write_workbook
from netopt.report.columns import TABLES
from netopt.report.headline import certainty, headline
from tests.workbooks import Book


def test_headline_figures(plan: Plan, tmp_path: Path) -> None:
    write_workbook(plan, tmp_path)
    rows = Book(tmp_path / "plan.xlsx").rows("summary")
    summary = plan.summary()
    assert rows[0][0] == headline(summary) == "3,780.00 USD   the cheapest plan"
    assert [row[0] for row in rows[1:3]] == certainty(summary)
    said = {row[0]: row[1] for row in rows}
    for label in ("status", "cost", "gap", "currency"):
        assert said[label] == summary[label]
    assert said["open sites"] == len(summary["open_sites"])
    assert said["input"] == "network.csv"
    assert said["input SHA-256"] == summary["input_sha256"]
    assert {bucket: said[bucket] for bucket in summary["costs"]} == summary["costs"]


def test_units_beside_the_figures(plan: Plan, tmp_path: Path) -> None:
    write_workbook(plan, tmp_path)
    beside = {row[0]: row[2] for row in Book(tmp_path / "plan.xlsx").rows("summary")}
    assert {beside[label] for label in ("cost", "bound (proved)", *plan.summary()["costs"])} == {"USD"}
    assert beside["demand"] == "units"
    assert beside["time of the search"] == "seconds"


def test_every_sheet_is_announced(plan: Plan, tmp_path: Path) -> None:
    write_workbook(plan, tmp_path)
    rows = Book(tmp_path / "plan.xlsx").rows("summary")
    for name in PLAN_TABLES:
        assert [name, len(plan.tables[name]), TABLES[name]] in rows
    assert set(TABLES) == set(PLAN_TABLES)
    assert not any("too large" in str(row[0]) for row in rows)
