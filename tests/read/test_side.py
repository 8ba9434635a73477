"""Tables beside a network: from every kind of file, every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from netopt import schema
from netopt.errors import InputError
from netopt.read import read_tables
from netopt.read.side import read_side_table
from tests.read.samples import GOOD

ROWS = pd.DataFrame(
    {
        "Scenario": ["More tea", "More tea", "Closed"],
        "Table": ["demand", None, "facilities"],
        "where": ["product=tea;customer.region=West", None, 'name="Reno; old"'],
        "field": ["quantity", None, "status"],
        "Action": ["SCALE", "include", None],
        "New_Value": ["1.2", "Closed", "closed"],
        "Probability": [None, 0.25, 1],
        "x_mine": ["a", "b", "c"],
    }
)


def refused(source: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_side_table(source, "scenarios")
    assert all(problem.fix for problem in caught.value.problems)
    return [str(problem) for problem in caught.value.problems]


def written(kind: str, at: Path) -> Any:
    """Return the rows as a source of some kind."""
    path = at / f"what if.{kind}"
    if kind == "frame":
        return ROWS
    if kind in ("csv", "txt"):
        ROWS.to_csv(path, index=False)
    elif kind == "tsv":
        ROWS.to_csv(path, index=False, sep="\t")
    elif kind == "xlsx":
        with pd.ExcelWriter(path, engine="xlsxwriter") as book:
            pd.DataFrame({"anything": [1]}).to_excel(book, sheet_name="Notes", index=False)
            ROWS.to_excel(book, sheet_name="Scenarios", index=False)
    else:
        ROWS.to_parquet(path, index=False)
    return path


@pytest.mark.parametrize("kind", ["csv", "txt", "xlsx", "parquet", "frame"])
def test_every_kind_of_source(kind: str, tmp_path: Path) -> None:
    frame, label = read_side_table(written(kind, tmp_path), "scenarios")
    assert list(frame) == list(schema.side_tables()["scenarios"].columns)
    assert frame.index.name == "row"
    assert frame.index.tolist() == [2, 3, 4]
    assert frame["scenario"].tolist() == ["More tea", "More tea", "Closed"]
    assert frame["table"].fillna("").tolist() == ["demand", "", "facilities"]
    assert frame["filter"].fillna("").tolist() == ["product=tea;customer.region=West", "", 'name="Reno; old"']
    assert frame["column"].fillna("").tolist() == ["quantity", "", "status"]
    assert frame["action"].fillna("").tolist() == ["scale", "include", ""]
    assert frame["value"].fillna("").tolist() == ["1.2", "Closed", "closed"]
    assert frame["probability"].fillna(-1).tolist() == [-1, 0.25, 1]
    assert frame["description"].isna().all()
    wanted = {"csv": "what if.csv", "txt": "what if.txt", "xlsx": "what if.xlsx, sheet Scenarios", "parquet": "what if.parquet"}
    assert label == wanted.get(kind, "scenarios table")


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("scenario,description\nA,\n\n,\nB,what if\n")
    assert read_side_table(path, "scenarios")[0].index.tolist() == [2, 5]
    numbered = pd.DataFrame({"scenario": ["A", "B"]}, index=pd.Index([7, 4], name="row"))
    assert read_side_table(numbered, "scenarios")[0].index.tolist() == [7, 4]


def test_the_frame_is_left_alone() -> None:
    before = ROWS.copy(deep=True)
    read_side_table(ROWS, "scenarios")
    pd.testing.assert_frame_equal(ROWS, before)


def test_numbers_are_as_they_were_typed(tmp_path: Path) -> None:
    frame = pd.DataFrame({"scenario": [1, 2], "value": [900.0, 0.1]})
    read, _ = read_side_table(frame, "scenarios")
    assert read["scenario"].tolist() == ["1", "2"]
    assert read["value"].tolist() == ["900", "0.1"]


def test_every_problem_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text("scenario,action,probability,tabel\nA,destroy,1.5,\n,set,50%,x\nB,scale,likely,\n")
    problems = refused(path)
    assert len(problems) == 6
    assert problems[0].startswith('cases.csv row 1, tabel: "tabel" is not a column of scenarios; did you mean table?')
    assert any(line.startswith('cases.csv row 2, action: "destroy" is not one of set, scale, add, remove or include') for line in problems)
    assert "cases.csv row 2, probability: 1.5 is more than 1; use a share from 0 to 1: write 0.015 for 1.5%" in problems
    assert "cases.csv row 3, scenario: the cell is blank; fill it in; every row of scenarios needs it" in problems
    assert 'cases.csv row 3, probability: "50%" is not a number; write 0.5 for 50%' in problems


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "cases.csv: there is nothing in the file"),
        ("scenario,table\n", "cases.csv: scenarios has no rows; add at least one row"),
        ("scenario,table\n,\n , \n", "cases.csv: scenarios has no rows"),
        ("table\ndemand\n", "cases.csv row 2, scenario: the cell is blank"),
        ("scenario,case\nA,B\n", 'the header "case" means the same as "scenario"'),
        ('scenario,value\n"A,x\n', "cases.csv row 2: a quoted cell that starts in this row is never closed"),
        ("scenario,value\nA\u202eB,x\n", "cases.csv row 2, scenario: "),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "cases.csv").write_text(text, encoding="utf-8")
    assert said in refused(tmp_path / "cases.csv")[0]


def test_sources_that_are_none(tmp_path: Path) -> None:
    assert "there is no such file; give a file with the table scenarios" in refused(tmp_path / "none.csv")[0]
    assert "it is a folder; give a file with the table scenarios" in refused(tmp_path)[0]
    (tmp_path / "cases.ods").write_text("x")
    assert 'files like "cases.ods" are not read as scenarios; give a .csv, .xlsx or .parquet file' in refused(tmp_path / "cases.ods")[0]
    assert "scenarios has no rows" in refused(pd.DataFrame())[0]
    for name in ("broken.xlsx", "broken.parquet"):
        (tmp_path / name).write_text("x")
        assert refused(tmp_path / name)[0].startswith(f"{name}: the file is not ")


def test_a_workbook_without_the_sheet(tmp_path: Path) -> None:
    with pd.ExcelWriter(tmp_path / "book.xlsx", engine="xlsxwriter") as book:
        ROWS.to_excel(book, sheet_name="Cases", index=False)
    assert refused(tmp_path / "book.xlsx") == ["book.xlsx: it has no sheet scenarios; name the sheet scenarios"]


def test_a_network_passes_over_what_stands_beside_it(tmp_path: Path) -> None:
    folder = tmp_path / "net"
    folder.mkdir()
    for name, text in GOOD.items():
        (folder / name).write_text(text)
    before = read_tables(folder)
    ROWS.to_csv(folder / "scenarios.csv", index=False)
    assert {*read_tables(folder).frames} == {*before.frames}
    with pd.ExcelWriter(tmp_path / "net.xlsx", engine="xlsxwriter") as book:
        for name, frame in before.frames.items():
            frame.to_excel(book, sheet_name=name, index=False)
        ROWS.to_excel(book, sheet_name="scenarios", index=False)
    assert {*read_tables(tmp_path / "net.xlsx").frames} == {*before.frames}
    with duckdb.connect(str(tmp_path / "net.duckdb")) as database:
        for name, frame in {**before.frames, "scenarios": ROWS}.items():
            database.register("given", frame)
            database.execute(f"create table {name} as select * from given")
            database.unregister("given")
    assert {*read_tables(tmp_path / "net.duckdb").frames} == {*before.frames}
