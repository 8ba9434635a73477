"""The workbook holds the plan's tables digit for digit, and nothing in it is ever run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

import netopt
from netopt.plan import Plan
from netopt.plan.tables import PLAN_TABLES
from netopt.read.side import read_side_table
from netopt.report import workbook, write_workbook
from netopt.report.columns import column_of
from tests.report.conftest import DATA
from tests.report.pages import EVIL, FORMULA, evil_network
from tests.workbooks import MAIN, Book, Rows

COMMAND = "=cmd|' /C calc'!A0"


def read_back(folder: Path) -> dict[str, Rows]:
    book = CalamineWorkbook.from_path(str(folder / "plan.xlsx"))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def written(plan: Plan, folder: Path) -> dict[str, Rows]:
    write_workbook(plan, folder)
    return read_back(folder)


def as_rows(table: pd.DataFrame) -> Rows:
    """Return a table as a spreadsheet holds it below its titles: every number a float, nothing for NaN."""
    return [
        ["" if value != value else value if isinstance(value, str) else float(value) for value in row]
        for row in table.itertuples(index=False)
    ]


def same(sheets: dict[str, Rows], plan: Plan) -> None:
    assert list(sheets) == ["summary", "charts", *PLAN_TABLES]
    for name in PLAN_TABLES:
        assert [str(title).partition(" (")[0] for title in sheets[name][0]] == list(plan.tables[name].columns), name
        assert sheets[name][1:] == as_rows(plan.tables[name]), name


def test_tables_read_back_to_the_last_digit(plan: Plan, monthly: Plan, tmp_path: Path) -> None:
    for each in (plan, monthly):
        same(written(each, tmp_path), each)


def test_large_tables_go_to_the_disk_and_read_back_the_same(
    monthly: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "MOST_IN_MEMORY", 4)
    sheets = written(monthly, tmp_path)
    same(sheets, monthly)
    book = Book(tmp_path / "plan.xlsx")
    large = {name for name in PLAN_TABLES if len(monthly.tables[name]) > 4}
    assert large == {"flows", "sites", "costs", "prices"}
    assert {name for name in PLAN_TABLES if not book.tables(name)} == large
    said = [row[0] for row in sheets["summary"] if "too large for an Excel table" in str(row[0])]
    assert [str(words).split()[2] for words in said] == ["flows", "sites", "costs", "prices"]
    for name in large:  # what else a table brings, they have as well
        root = book.xml(book.sheets[name])
        assert next(root.iter(f"{MAIN}autoFilter")).get("ref") == next(root.iter(f"{MAIN}dimension")).get("ref")
        assert len(book.notes(name)) == len(monthly.tables[name].columns)
    assert book.charts()
    for chart in book.charts():
        assert "numCache" in {element.tag.partition("}")[2] for element in chart.iter()}


def test_sheets_are_tables_with_their_titles_in_sight(monthly: Plan, tmp_path: Path) -> None:
    sheets = written(monthly, tmp_path)
    book = Book(tmp_path / "plan.xlsx")
    for name in PLAN_TABLES:
        (table,) = book.tables(name)
        assert table.get("displayName") == name
        assert [column.get("name") for column in table.iter(f"{MAIN}tableColumn")] == sheets[name][0]
        pane = next(book.xml(book.sheets[name]).iter(f"{MAIN}pane"))
        assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")


def test_names_stay_text(tmp_path: Path) -> None:
    plan = netopt.solve(evil_network())
    sheets = written(plan, tmp_path)
    same(sheets, plan)
    assert {EVIL, FORMULA} <= {row[0] for row in sheets["sites"]}
    nothing_runs(Book(tmp_path / "plan.xlsx"))


def nothing_runs(book: Book) -> None:
    text = book.text()
    for harmful in ("<f>", "<f ", "<hyperlink", 'TargetMode="External"', "<img"):
        assert harmful not in text


@pytest.mark.parametrize(
    ("name", "currency"),
    [
        (COMMAND, COMMAND),
        ('"quoted" \'names\'', "'\"<&>"),
        ("_x0041_", "_x0041_[#]"),
        ("@SUM(1)", "€" * 50),
        ("#REF!", "a\u202eb\tc"),
    ],
)
def test_hostile_names_and_currencies(plan: Plan, tmp_path: Path, name: str, currency: str) -> None:
    settings = replace(plan.network.settings, currency=currency)
    tables = {key: table.replace("Reno", name) for key, table in plan.tables.items()}
    hostile = replace(plan, network=replace(plan.network, settings=settings), tables=tables)
    sheets = written(hostile, tmp_path)
    same(sheets, hostile)
    book = Book(tmp_path / "plan.xlsx")
    nothing_runs(book)
    assert name in {row[0] for row in sheets["sites"]}
    assert name in {row[0] for row in sheets["charts"]}
    for table in PLAN_TABLES:  # a table whose titles are not those of its cells is one that Excel repairs
        (part,) = book.tables(table)
        listed = [column.get("name") or "" for column in part.iter(f"{MAIN}tableColumn")]
        assert listed == sheets[table][0]
        assert all(title.isprintable() and len(title) < 255 for title in listed)


def test_units_are_in_the_titles(monthly: Plan, tmp_path: Path) -> None:
    sheets = written(monthly, tmp_path)
    assert sheets["flows"][0] == [
        "origin", "destination", "mode", "product", "period", "quantity (units)", "vehicles", "cost (USD)", "arrival",
        "distance (mi)", "days", "emissions (kg)",
    ]  # fmt: skip
    assert sheets["sites"][0] == [
        "name", "type", "period", "open", "throughput (units)", "utilization (share)", "cost (USD)", "opened", "closed",
    ]  # fmt: skip
    assert "price (USD per unit)" in sheets["prices"][0]
    assert sheets["inventory"][0][3:] == ["stock (units)", "cost (USD)"]


def test_flows_of_a_workbook_can_be_read_as_those_of_today(monthly: Plan, tmp_path: Path) -> None:
    write_workbook(monthly, tmp_path)
    monthly.flows().to_csv(tmp_path / "flows.csv", index=False)
    from_workbook, _ = read_side_table(tmp_path / "plan.xlsx", "actual_flows")
    from_csv, _ = read_side_table(tmp_path / "flows.csv", "actual_flows")
    read = ["origin", "destination", "mode", "product", "period", "quantity", "vehicles"]
    pd.testing.assert_frame_equal(from_workbook[read], from_csv[read])


def test_every_column_is_explained_with_its_unit(monthly: Plan, tmp_path: Path) -> None:
    write_workbook(monthly, tmp_path)
    book = Book(tmp_path / "plan.xlsx")
    for name in PLAN_TABLES:
        notes = book.notes(name)
        assert len(notes) == len(monthly.tables[name].columns)
        for column, note in zip(monthly.tables[name].columns, notes.values(), strict=True):
            known = column_of(name, column)
            assert known is not None
            assert note.startswith(f"{known.meaning}.")
            assert ("Unit: " in note) == bool(known.unit)
    assert book.notes("flows")["cost (USD)"].endswith("Unit: USD")
    assert book.notes("flows")["distance (mi)"].endswith("Unit: mi")
    assert book.notes("prices")["price (USD per unit)"].endswith("Unit: USD per unit")


def test_what_a_sheet_has_no_room_for_is_said(plan: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    sheets = written(plan, tmp_path)
    assert sheets["flows"][1:] == as_rows(plan.flows())[:4]
    note = "The sheet flows has no room for 2 of 6 rows; all of them are in flows.csv."
    assert note in [row[0] for row in sheets["summary"]]
    assert ["flows", 6.0] in [row[:2] for row in sheets["summary"]]
    assert note in Book(tmp_path / "plan.xlsx").notes("flows")["origin"]


def test_same_plan_same_bytes(plan: Plan, monthly: Plan, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for most in (workbook.MOST_IN_MEMORY, 4):
        monkeypatch.setattr(workbook, "MOST_IN_MEMORY", most)
        for each in (plan, monthly):
            write_workbook(each, tmp_path)
            first = (tmp_path / "plan.xlsx").read_bytes()
            write_workbook(each, tmp_path)
            assert (tmp_path / "plan.xlsx").read_bytes() == first
            assert len(first) < 50_000


def test_columns_of_a_script(plan: Plan, tmp_path: Path) -> None:
    service = plan.service().assign(
        sources=["x" * 40_000, "", "y"],
        note=[None, float("inf"), 1.0],
        Cost=[True, False, True],
        when=[pd.Timestamp("2027-01-31"), pd.NaT, pd.Timestamp("2027-02-01")],
    )
    service["cost"] = 1.5
    rows = written(replace(plan, tables={**plan.tables, "service": service}), tmp_path)["service"]
    assert [len(str(row[8])) for row in rows[1:]] == [32_767, 0, 1]
    assert [row[9] for row in rows[1:]] == ["", "", 1.0]
    assert rows[0][10:] == ["Cost", "when", "cost (USD)"]
    assert [row[10:] for row in rows[1:]] == [[1.0, "2027-01-31", 1.5], [0.0, "", 1.5], [1.0, "2027-02-01", 1.5]]


def test_four_periods_and_no_plan(tmp_path: Path) -> None:
    plan = netopt.solve(evil_network(periods=4))
    assert len(plan.inventory()) == 4
    same(written(plan, tmp_path), plan)
    none = tmp_path / "none"
    none.mkdir()
    write_workbook(netopt.solve(DATA / "tiny-infeasible" / "network.csv"), none)
    assert not list(none.iterdir())
