"""``netopt stress``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_outages_are_printed_and_written(run: Run, tiny: Path, here: Path) -> None:
    result = run("stress", tiny, "-o", "out", "--lanes", 1)
    assert result.exit_code == 0
    assert result.stdout.startswith("Without Oakland, 300 units go unmet\n")
    assert "Files: out/" in result.stdout
    assert (here / "out" / "stress.html").is_file()
    again = run("stress", tiny, "-o", "out", "--lanes", 1)
    assert again.stdout == result.stdout
    assert run("verify", "out").exit_code == 0


@pytest.mark.slow
def test_json_alone(run: Run, tiny: Path) -> None:
    result = run("stress", tiny, "-o", "out", "--lanes", 0, "--unmet-cost", 50, "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["cost"], said["unmet_cost"]) == (0, 3780, 50)
    assert {each["site"]: each["unmet"] for each in said["outages"]}["Oakland"] == 300


def test_a_network_without_a_plan_is_3(run: Run, tiny: Path) -> None:
    result = run("stress", tiny, "-o", "out", "--set", "demand.quantity*=9")
    assert result.exit_code == 3
    assert result.stdout.startswith("The base has no plan")


def test_quiet(run: Run, tiny: Path) -> None:
    result = run("stress", tiny, "-o", "out", "--lanes", 0, "-q")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("words", [["--lanes", "-1"], ["--unmet-cost", "0"], ["--unmet-cost", "nan"], ["--gap", "-1"]])
def test_wrong_options_are_2_and_write_nothing(run: Run, tiny: Path, here: Path, words: list[str]) -> None:
    assert run("stress", tiny, "-o", "out", *words).exit_code == 2
    assert not (here / "out").exists()


def test_a_folder_of_something_else_is_refused(run: Run, tiny: Path, here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / "letter.txt").write_text("dear")
    result = run("stress", tiny, "-o", "out")
    assert result.exit_code == 2
    assert "something else" in result.output
