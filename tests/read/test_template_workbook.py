"""A workbook to fill in says and checks what the dictionary says, and none of that disturbs the reader."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

from netopt import schema
from netopt.errors import InputError
from netopt.read import Tables, read_tables
from netopt.read.template_workbook import GUIDE, note, write_template
from netopt.read.write import write_tables
from tests.read.test_files import same
from tests.read.test_write import network
from tests.workbooks import MAIN, Book, formula, position

COMMAND = "=cmd|' /C calc'!A0"


def empty() -> dict[str, pd.DataFrame]:
    """Every table with every column that is modelled."""
    found = {}
    for name, table in schema.tables().items():
        columns = [column.name for column in table.columns.values() if column.room != "unmodelled"]
        if columns:
            found[name] = pd.DataFrame(columns=columns, dtype="str")
    return found


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    path = tmp_path_factory.mktemp("template") / "network.xlsx"
    write_template(empty(), path)
    return Book(path)


CASES = [(name, column) for name, frame in empty().items() for column in frame.columns]
COLUMNS = [schema.tables()[name].columns[column] for name, column in CASES]


def test_every_table_has_a_sheet_after_the_guide(book: Book) -> None:
    assert list(book.sheets) == [GUIDE, *empty()]
    for name, frame in empty().items():
        assert book.rows(name)[0] == list(frame.columns)
        (table,) = book.tables(name)
        assert table.get("displayName") == name
        pane = next(book.xml(book.sheets[name]).iter(f"{MAIN}pane"))
        assert (pane.get("ySplit"), pane.get("state")) == ("1", "frozen")


def test_every_title_has_a_note_that_is_the_dictionary(book: Book) -> None:
    for name, frame in empty().items():
        notes = book.notes(name)
        assert list(notes) == list(frame.columns)
        for column in frame.columns:
            known = schema.tables()[name].columns[column]
            assert notes[column] == "\n".join(note(known))


def test_a_note_has_meaning_unit_default_and_need() -> None:
    facilities = schema.tables()["facilities"].columns
    assert note(facilities["fixed_cost"]) == [
        "Paid in every period the site is open.", "Holds: 0 or more", "Unit: money/period", "Blank means: 0", "Optional",
    ]  # fmt: skip
    assert note(facilities["type"])[1:] == ["Holds: supplier, plant, dc, sort_center, fc", "Required in every row"]
    for column in COLUMNS:
        lines = note(column)
        assert column.description.rstrip(".") in lines[0]
        assert (f"Unit: {column.unit}" in lines) == bool(column.unit)
        assert (f"Blank means: {column.default}" in lines) == bool(column.default)
        assert lines[-1] == ("Required in every row" if column.required else "Optional")


@pytest.mark.parametrize(("table", "name"), [(t, c.name) for (t, _), c in zip(CASES, COLUMNS, strict=True) if c.choices])
def test_every_choice_is_a_list(book: Book, table: str, name: str) -> None:
    rule = book.validations(table)[name]
    assert rule.get("type") == "list"
    assert rule.get("errorStyle") is None  # which stops: the reader would refuse anything else
    assert formula(rule) == f'"{",".join(schema.tables()[table].columns[name].choices)}"'


def test_keys_of_settings_are_a_list(book: Book) -> None:
    assert formula(book.validations("settings")["key"]) == f'"{",".join(schema.setting_keys())}"'


NUMBERS = {
    "nonnegative": ("decimal", "greaterThanOrEqual", ["0"]),
    "positive": ("decimal", "greaterThan", ["0"]),
    "fraction": ("decimal", None, ["0", "1"]),
    "whole": ("whole", "greaterThanOrEqual", ["0"]),
    "latitude": ("decimal", None, ["-90", "90"]),
    "longitude": ("decimal", None, ["-180", "180"]),
}


def test_every_number_is_checked_by_its_type(book: Book) -> None:
    seen = set()
    for (table, name), column in zip(CASES, COLUMNS, strict=True):
        if column.numeric:
            rule = book.validations(table)[name]
            bounds = [element.text for element in rule if element.tag.startswith(f"{MAIN}formula")]
            assert (rule.get("type"), rule.get("operator"), bounds) == NUMBERS[column.type]
            assert rule.get("errorStyle") is None
            seen.add(column.type)
    assert seen == set(NUMBERS) == schema.NUMERIC


def test_names_are_offered_from_their_sheets_and_only_warned_of(book: Book) -> None:
    for (table, name), column in zip(CASES, COLUMNS, strict=True):
        if column.refers_to is None:
            continue
        rule = book.validations(table)[name]
        assert rule.get("errorStyle") == "warning"
        if column.refers_to == "place":
            cell = f"{chr(65 + list(empty()[table].columns).index(name))}2"
            assert rule.get("type") == "custom"
            assert formula(rule) == f"COUNTIF(facility_names,{cell})+COUNTIF(customer_names,{cell})>0"
        else:
            assert (rule.get("type"), formula(rule)) == ("list", f"{column.refers_to}_names")
    assert book.names() == {
        f"{kind}_names": f"{table}!$A$2:INDEX({table}!$A:$A,MAX(2,COUNTA({table}!$A:$A)))"
        for table, kind in (
            ("customers", "customer"), ("facilities", "facility"), ("periods", "period"), ("products", "product"),
        )
    }  # fmt: skip


def test_free_text_is_not_checked(book: Book) -> None:
    checked = {(table, column) for table in empty() for column in book.validations(table)}
    for (table, name), column in zip(CASES, COLUMNS, strict=True):
        free = column.type in ("text", "name") and (table, name) != ("settings", "key")
        assert ((table, name) in checked) != free, (table, name)


def test_messages_fit_into_what_a_spreadsheet_shows(book: Book) -> None:
    for table in empty():
        for name, rule in book.validations(table).items():
            assert rule.get("errorTitle") == name
            assert len(name) <= 32
            assert 10 < len(rule.get("error") or "") <= 255


def test_required_columns_look_different(book: Book) -> None:
    looks: dict[bool, set[str | None]] = {True: set(), False: set()}
    for (table, name), column in zip(CASES, COLUMNS, strict=True):
        cells = {cell.get("r"): cell.get("s") for cell in book.xml(book.sheets[table]).iter(f"{MAIN}c")}
        at = list(empty()[table].columns).index(name)
        looks[column.required].add(next(look for r, look in cells.items() if position(r or "") == (at, 0)))
    assert len(looks[True]) == len(looks[False]) == 1
    assert looks[True] != looks[False]


def test_names_stay_as_they_are_typed(book: Book) -> None:
    styles = book.xml("xl/styles.xml")
    forms = [cell.get("numFmtId") for cell in next(styles.iter(f"{MAIN}cellXfs"))]
    for (table, name), column in zip(CASES, COLUMNS, strict=True):
        at = list(empty()[table].columns).index(name) + 1
        cols = book.xml(book.sheets[table]).iter(f"{MAIN}col")
        style = next(int(col.get("style", 0)) for col in cols if int(col.get("min", 0)) <= at <= int(col.get("max", 0)))
        if not column.numeric and column.type != "date":
            assert forms[style] == "49", (table, name)  # text


def test_nothing_of_an_untouched_template_is_read_as_a_row(tmp_path: Path) -> None:
    filled = network(tmp_path).frames
    path = tmp_path / "template.xlsx"
    write_template(empty(), path, examples=filled)
    with pytest.raises(InputError) as caught:
        read_tables(path)
    assert [str(problem) for problem in caught.value.problems] == [
        *(
            f"template.xlsx, sheet {table}: the table {table} has no rows; add at least one row under the header"
            for table in ("facilities", "customers", "demand")
        ),
        "template.xlsx: there is neither a table lanes nor a table rates with rows; add lanes, or rates that generate them",
    ]


def test_examples_are_on_the_guide_only(tmp_path: Path) -> None:
    write_template(empty(), tmp_path / "template.xlsx", examples=network(tmp_path).frames)
    book = Book(tmp_path / "template.xlsx")
    rows = book.rows(GUIDE)
    words = [str(row[0]) for row in rows]
    assert "never read" in words[words.index("Sheets") :][len(empty()) + 2]
    for table in ("facilities", "customers", "demand", "lanes", "rates"):
        assert words.count(table) == 2  # in the list of sheets, and above its example
    assert ["Acme", "supplier"] in [row[:2] for row in rows]
    assert all(len(book.rows(name)) == 1 for name in empty())


def test_what_is_filled_in_is_read(tmp_path: Path) -> None:
    """Fill in a template as a person would, with xlsxwriter standing in for Excel."""
    path = tmp_path / "network.xlsx"
    frames = {
        "facilities": pd.DataFrame({"name": ["02139", COMMAND], "type": ["supplier", "fc"], "period": None}),
        "customers": pd.DataFrame({"name": ["Bob's \"best\""], "single_source": ["yes"]}),
        "demand": pd.DataFrame({"customer": ["Bob's \"best\""], "quantity": [0.1]}),
        "lanes": pd.DataFrame({"origin": ["02139", COMMAND], "destination": [COMMAND, "Bob's \"best\""], "days": [1, 2.5]}),
    }
    expected = read_tables(frames)
    write_template(frames, path)
    same(read_tables(path), expected)
    text = Book(path).text()
    assert "<f>" not in text
    assert "<hyperlink" not in text


@pytest.mark.parametrize("shape", ["network.xlsx", "other.xlsx"])
def test_any_network_reads_back_the_same(tmp_path: Path, shape: str) -> None:
    tables: Tables = network(tmp_path)
    write_template(tables.frames, tmp_path / shape)
    again = read_tables(tmp_path / shape)
    same(again, tables)
    write_tables(again, tmp_path / "network.csv")
    same(read_tables(tmp_path / "network.csv"), tables)


def test_lists_need_the_sheet_that_they_come_from(tmp_path: Path) -> None:
    frames = {name: frame for name, frame in empty().items() if name not in ("products", "periods")}
    write_template(frames, tmp_path / "network.xlsx")
    book = Book(tmp_path / "network.xlsx")
    assert set(book.names()) == {"facility_names", "customer_names"}
    checked = book.validations("demand")
    assert "customer" in checked
    assert not {"product", "period"} & set(checked)


def test_same_tables_same_bytes(tmp_path: Path) -> None:
    contents = []
    for _ in range(2):
        write_template(empty(), tmp_path / "network.xlsx")
        contents.append((tmp_path / "network.xlsx").read_bytes())
    assert contents[0] == contents[1]


def test_an_interrupted_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "network.xlsx"
    write_template(empty(), target)
    before = target.read_bytes()

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(xlsxwriter.Workbook, "close", fail)
    with pytest.raises(KeyboardInterrupt):
        write_template({"customers": empty()["customers"]}, target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["network.xlsx"]
