from __future__ import annotations

from pathlib import Path

import pytest

from netopt import schema
from netopt.errors import InputError
from netopt.network import read
from netopt.read import read_tables
from tests.cli.conftest import Run


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
