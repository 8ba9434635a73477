"""The workbook holds the plan's tables digit for digit, and nothing in it is ever run."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import netopt
from netopt.plan import Plan
from netopt.plan.tables import PLAN_TABLES
from netopt.report import workbook, write_workbook
from tests.report.conftest import DATA
from tests.report.pages import EVIL, FORMULA, evil_network

Rows = list[list[object]]


def read_back(folder: Path) -> dict[str, Rows]:
    book = CalamineWorkbook.from_path(str(folder / "plan.xlsx"))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def written(plan: Plan, folder: Path) -> dict[str, Rows]:
    write_workbook(plan, folder)
    return read_back(folder)


def as_rows(table: pd.DataFrame) -> Rows:
    """Return a table as a spreadsheet holds it: every number a float, nothing for NaN."""
    cells = [
        ["" if value != value else value if isinstance(value, str) else float(value) for value in row]
        for row in table.itertuples(index=False)
    ]
    return [list(table.columns), *cells]


def same(sheets: dict[str, Rows], plan: Plan) -> None:
    assert list(sheets) == ["summary", *PLAN_TABLES]
    for name in PLAN_TABLES:
        assert sheets[name] == as_rows(plan.tables[name]), name


def test_tables_read_back_to_the_last_digit(plan: Plan, monthly: Plan, tmp_path: Path) -> None:
    for each in (plan, monthly):
        same(written(each, tmp_path), each)


def test_large_plans_go_to_the_disk_and_read_back_the_same(
    monthly: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_IN_MEMORY", 2)
    same(written(monthly, tmp_path), monthly)


def test_names_stay_text(tmp_path: Path) -> None:
    plan = netopt.solve(evil_network())
    sheets = written(plan, tmp_path)
    same(sheets, plan)
    assert {EVIL, FORMULA} <= {row[0] for row in sheets["sites"]}
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    assert not any("<f>" in part or "<hyperlink" in part for part in parts.values())
    assert not any('TargetMode="External"' in part for part in parts.values())
    assert not any("<img" in part for part in parts.values())


def test_summary_sheet_has_the_headline_figures(plan: Plan, tmp_path: Path) -> None:
    sheet = written(plan, tmp_path)["summary"]
    assert sheet[0][0] == "3,780.00 USD   the cheapest plan"
    said = {row[0]: row[1] for row in sheet}
    summary = plan.summary()
    for label in ("status", "cost", "gap", "currency"):
        assert said[label] == summary[label]
    assert said["open sites"] == len(summary["open_sites"])
    assert said["input"] == "network.csv"
    assert said["input SHA-256"] == summary["input_sha256"]
    assert {bucket: said[bucket] for bucket in summary["costs"]} == summary["costs"]
    assert {name: said[name] for name in PLAN_TABLES} == {name: len(plan.tables[name]) for name in PLAN_TABLES}


def test_every_column_is_explained_with_its_unit(monthly: Plan, tmp_path: Path) -> None:
    write_workbook(monthly, tmp_path)
    with zipfile.ZipFile(tmp_path / "plan.xlsx") as archive:
        notes = [archive.read(name).decode() for name in sorted(archive.namelist()) if "comments" in name]
        tables = [name for name in archive.namelist() if name.startswith("xl/tables/")]
    assert len(notes) == len(tables) == len(PLAN_TABLES)
    assert sum(part.count("<comment ") for part in notes) == sum(
        len(monthly.tables[name].columns) for name in PLAN_TABLES
    )
    assert any("Unit: USD." in part for part in notes)
    assert any("Unit: USD per unit." in part for part in notes)
    assert any("Unit: mi." in part for part in notes)
    assert not any("Added by a script" in part for part in notes)


def test_what_a_sheet_has_no_room_for_is_said(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    sheets = written(plan, tmp_path)
    assert sheets["flows"] == as_rows(plan.flows())[:5]
    note = "The sheet flows has no room for 2 of 6 rows; all of them are in flows.csv."
    assert [note, ""] in sheets["summary"]
    assert ["flows", 6.0] in sheets["summary"]


def test_same_plan_same_bytes(plan: Plan, tmp_path: Path) -> None:
    write_workbook(plan, tmp_path)
    first = (tmp_path / "plan.xlsx").read_bytes()
    write_workbook(plan, tmp_path)
    assert (tmp_path / "plan.xlsx").read_bytes() == first
    assert len(first) < 40_000


def test_long_lists_and_blanks(plan: Plan, tmp_path: Path) -> None:
    service = plan.service().assign(sources=["x" * 40_000, "", "y"], note=[None, float("inf"), 1.0])
    rows = written(replace(plan, tables={**plan.tables, "service": service}), tmp_path)["service"]
    assert [len(str(row[8])) for row in rows[1:]] == [32_767, 0, 1]
    assert [row[9] for row in rows[1:]] == ["", "", 1.0]


def test_four_periods_and_no_plan(tmp_path: Path) -> None:
    plan = netopt.solve(evil_network(periods=4))
    assert len(plan.inventory()) == 4
    same(written(plan, tmp_path), plan)
    none = tmp_path / "none"
    none.mkdir()
    write_workbook(netopt.solve(DATA / "tiny-infeasible" / "network.csv"), none)
    assert not list(none.iterdir())
