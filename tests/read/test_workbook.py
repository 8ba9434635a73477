"""Excel workbooks: what cells mean, and what is refused before or instead of being read as blank."""

from __future__ import annotations

import datetime
import zipfile
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest
import xlsxwriter

from netopt.errors import InputError
from netopt.read import read_tables

if TYPE_CHECKING:
    from pathlib import Path

Sheets = Mapping[str, Any]

GOOD: Sheets = {
    "facilities": [["name", "type"], ["Acme", "supplier"], ["Reno", "fc"]],
    "customers": [["name"], ["Boise"]],
    "demand": [["customer", "quantity"], ["Boise", 10]],
    "lanes": [["origin", "destination", "unit_cost"], ["Acme", "Reno", 1], ["Reno", "Boise", 2.5]],
}


def book(at: Path, changes: Sheets | None = None) -> Path:
    """Write the good workbook with some sheets replaced or added."""
    return write(at / "net.xlsx", {**GOOD, **(changes or {})})


def write(path: Path, sheets: Sheets) -> Path:
    with xlsxwriter.Workbook(str(path)) as workbook:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for i, row in enumerate(rows):
                for j, value in enumerate(row):
                    if isinstance(value, tuple):  # a formula and the value that Excel has stored for it
                        sheet.write_formula(i, j, value[0], None, value[1])
                    elif isinstance(value, datetime.date):
                        sheet.write_datetime(i, j, value, day)
                    elif value is not None:
                        sheet.write(i, j, value)
    return path


def refused(path: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_tables(path)
    return [str(problem) for problem in caught.value.problems]


def test_sheets_are_tables(tmp_path: Path) -> None:
    tables = read_tables(book(tmp_path))
    assert tables["lanes"]["unit_cost"].tolist() == [1, 2.5]
    assert tables["lanes"].index.tolist() == [2, 3]
    assert tables.source("lanes") == "net.xlsx, sheet lanes"


def test_cells(tmp_path: Path) -> None:
    changes = {
        "Customers ": [["Name", "SingleSource"], [2139, True], ["02139", False], ["NA", None]],
        "demand": [["customer", "quantity"], ["2139", ("=5*2", 10)]],
        "lanes": [["origin", "destination"], ["Acme", "Reno"], ["Reno", 2139.0]],
        "periods": [["name", "start"], [1, datetime.date(2027, 1, 1)], [2.0, datetime.datetime(2027, 2, 1)]],
        "_mine": [["anything"], [5]],
        "Empty": [],
    }
    sheets = {name: rows for name, rows in {**GOOD, **changes}.items() if name != "customers"}
    path = write(tmp_path / "net.xlsx", sheets)
    tables = read_tables(path)
    assert tables["customers"]["name"].tolist() == ["2139", "02139", "NA"]
    assert tables["customers"]["single_source"].tolist()[:2] == ["yes", "no"]
    assert tables["periods"]["start"].tolist() == ["2027-01-01", "2027-02-01"]
    assert tables["periods"]["name"].tolist() == ["1", "2"]
    assert tables["demand"]["quantity"].tolist() == [10]


def test_rows_and_columns_that_do_not_start_at_the_corner(tmp_path: Path) -> None:
    rows = [[], [], [None, None, "origin", "destination", "unit_cost"], [], [None, None, "Acme", "Reno", 1]]
    path = book(tmp_path, {"lanes": [*rows, [None, None, "Reno", "Boise", -2]]})
    assert refused(path) == ["net.xlsx, sheet lanes row 6, unit_cost: -2 is negative; use 0 or more, or leave it blank"]


@pytest.mark.parametrize("error", ["#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!"])
def test_formula_errors(error: str, tmp_path: Path) -> None:
    lanes = [["origin", "destination", "unit_cost"], ["Acme", "Reno", ("=1/0", error)], ["Reno", "Boise", 1]]
    assert refused(book(tmp_path, {"lanes": lanes})) == [
        f'net.xlsx, sheet lanes row 2, unit_cost: "{error}" is a formula error; '
        "mend the formula, or type the value over it"
    ]


def test_formulas_never_calculated(tmp_path: Path) -> None:
    lanes = [["origin", "destination", "unit_cost"], ["Acme", "Reno", 1], ["Reno", "Boise", ("=C2*2", "")]]
    (text,) = refused(book(tmp_path, {"lanes": lanes}))
    assert "row 3, unit_cost: the formula has never been calculated; open the workbook in Excel" in text


def test_errors_in_other_dialects_of_the_format(tmp_path: Path) -> None:
    lanes = [["origin", "destination", "unit_cost"], ["Acme", "Reno", ("=1/0", "#DIV/0!")], ["Reno", "Boise", 1]]
    path, other = book(tmp_path, {"lanes": lanes}), tmp_path / "other.xlsx"
    strict = (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    )
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(other, "w") as changed:
        for name in archive.namelist():
            data = archive.read(name).replace(b' t="e"', b" t='e'")
            changed.writestr(name, data.replace(*strict) if name == "xl/workbook.xml" else data)
    texts = refused(other)
    assert any('sheet lanes row 2, unit_cost: "#DIV/0!" is a formula error' in text for text in texts), texts


def test_formulas_in_own_columns_do_not_matter(tmp_path: Path) -> None:
    lanes = [["origin", "destination", "x_a"], ["Acme", "Reno", ("=1/0", "#DIV/0!")], ["Reno", "Boise", 1]]
    assert len(read_tables(book(tmp_path, {"lanes": lanes}))["lanes"]) == 2


def test_names_and_rules_that_lost_their_sheet_do_not_matter(tmp_path: Path) -> None:
    """What is left in a template when somebody deletes the sheet products."""
    path = tmp_path / "net.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        for name, rows in GOOD.items():
            sheet = workbook.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
            sheet.data_validation(1, 0, 9, 0, {"validate": "list", "source": "=product_names"})
            sheet.write_comment(0, 0, "a note")
        workbook.define_name("product_names", "=#REF!$A$2:INDEX(#REF!,MAX(2,COUNTA(#REF!)))")
    assert read_tables(path)["lanes"]["unit_cost"].tolist() == [1, 2.5]


def test_unknown_sheets(tmp_path: Path) -> None:
    (text,) = refused(book(tmp_path, {"lains": [["a"]]}))
    assert 'net.xlsx: "lains" is not a table that netopt knows; did you mean lanes? Rename the sheet' in text
    assert "none of its sheets is a table" in refused(write(tmp_path / "other.xlsx", {"Sheet1": []}))[0]


def test_two_sheets_for_a_table(tmp_path: Path) -> None:
    (text,) = refused(book(tmp_path, {"Lane": GOOD["lanes"]}))
    assert '"Lane" and "lanes" are both the table lanes' in text


def test_damaged(tmp_path: Path) -> None:
    path = tmp_path / "net.xlsx"
    path.write_bytes(b"hello")
    assert "not a readable .xlsx workbook" in refused(path)[0]
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600)
    assert "encrypted, or an old .xls file under a new name; save it as .xlsx without a password" in refused(path)[0]
    path.write_bytes(b"")
    assert "not a readable" in refused(path)[0]
    whole = book(tmp_path).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "not a readable" in refused(path)[0]
    place = whole.index(b"xl/worksheets/sheet1.xml") + 60
    path.write_bytes(whole[:place] + b"\xff\x00\xff\x00" + whole[place + 4 :])
    assert "not a readable" in refused(path)[0]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")
    assert "no workbook in it" in refused(path)[0]


def test_bombs_are_refused_before_they_inflate(tmp_path: Path) -> None:
    path = book(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/big.xml", b"0" * 20_000_000)
    (text,) = refused(path)
    assert "net.xlsx: the workbook would inflate from" in text
    assert "CSV or Parquet" in text


def test_empty_sheet_of_a_needed_table(tmp_path: Path) -> None:
    assert "net.xlsx, sheet customers: the sheet is empty; write a header row and the rows of the table" in refused(
        book(tmp_path, {"customers": []})
    )
