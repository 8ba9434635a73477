from __future__ import annotations

from pathlib import Path

import pytest

from netopt import schema
from netopt.errors import InputError
from netopt.network import read
from netopt.read import read_tables
from tests.cli.conftest import Run
from tests.workbooks import Book


@pytest.mark.parametrize("target", ["network.csv", "tables", "network.xlsx"])
def test_filled_template_can_be_checked_and_solved(run: Run, target: str) -> None:
    assert run("template", target, "--filled").exit_code == 0
    assert run("check", target).exit_code == 0
    solved = run("solve", target, "-o", "plan")
    assert solved.exit_code == 0, solved.output
    assert "opens" in solved.stdout


def test_empty_template_has_every_modelled_column(run: Run, here: Path) -> None:
    assert run("template", "tables").exit_code == 0
    for name, table in schema.tables().items():
        columns = [column.name for column in table.columns.values() if column.room != "unmodelled"]
        file = here / "tables" / f"{name}.csv"
        assert (file.read_text().strip().split(",") if file.exists() else []) == columns


@pytest.mark.parametrize("target", ["network.csv", "tables", "network.xlsx"])
def test_empty_template_is_read_as_empty_tables(run: Run, target: str) -> None:
    run("template", target)
    with pytest.raises(InputError) as caught:
        read_tables(target)
    assert {problem.column for problem in caught.value.problems} == {None}  # tables without rows, no unknown column


def test_default_paths(run: Run, here: Path) -> None:
    run("template")
    run("template", "--excel")
    assert {file.name for file in here.iterdir()} == {"network.csv", "network.xlsx"}


def test_nothing_is_overwritten_without_force(run: Run, tiny: Path) -> None:
    before = tiny.read_text()
    result = run("template")
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert tiny.read_text() == before
    assert run("template", "--force", "--filled").exit_code == 0
    assert len(read(tiny).customers) == 4


@pytest.mark.parametrize("words", [("a.parquet",), ("a.csv", "--excel"), ("none/a.csv",)])
def test_wrong_paths(run: Run, here: Path, words: tuple[str, ...]) -> None:
    assert run("template", *words).exit_code == 2
    assert list(here.iterdir()) == []


def test_an_untouched_workbook_is_refused_with_what_to_do(run: Run) -> None:
    run("template", "--excel")
    checked = run("check", "network.xlsx")
    assert checked.exit_code == 2
    problems = checked.stderr.splitlines()
    assert problems[0] == "netopt: 4 problems in the input"
    assert "sheet facilities: the table facilities has no rows; add at least one row under the header" in problems[1]
    assert "Oakland" not in checked.output  # the example stays an example


def test_a_workbook_shows_rows_of_the_filled_template_as_examples(run: Run, here: Path) -> None:
    run("template", "--excel")
    book = Book(here / "network.xlsx")
    cells = {cell for row in book.rows("_guide") for cell in row}
    assert {"Oakland", "Boise", "Then run: netopt check network.xlsx"} <= cells
    assert all(len(book.rows(name)) == 1 for name in book.sheets if name != "_guide")


def test_a_filled_workbook_has_lists_and_notes_as_well(run: Run, here: Path) -> None:
    run("template", "--filled", "--excel")
    book = Book(here / "network.xlsx")
    assert "Oakland" not in {cell for row in book.rows("_guide") for cell in row}
    assert {"type", "status", "initial", "capacity"} <= set(book.validations("facilities"))
    for name in book.sheets:
        if name != "_guide":
            assert list(book.notes(name)) == book.rows(name)[0]
