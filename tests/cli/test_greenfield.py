"""``netopt greenfield``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.study.small import files_of

FEW = ("--starts", 8)


def test_sites_are_printed_and_written_and_written_again(run: Run, tiny: Path, here: Path) -> None:
    result = run("greenfield", tiny, "-o", "out", "--count", 2, *FEW)
    assert result.exit_code == 0
    assert result.stdout.startswith("2 new sites of type fc bring the mean distance from ")
    assert "Phoenix AZ FC" in result.stdout
    assert {path.name for path in (here / "out").iterdir()} == {
        "candidates.csv", "greenfield.csv", "greenfield.html", "greenfield.json", "greenfield_customers.csv", "network.csv",
    }  # fmt: skip
    assert run("greenfield", tiny, "-o", "out", "--count", 2, *FEW).stdout == result.stdout
    assert run("check", "out/network.csv").exit_code == 0


def test_with_plans_it_is_a_study_that_verifies(run: Run, tiny: Path) -> None:
    words = ("greenfield", tiny, "-o", "out", "--count", 2, "--solve", "--gap", 0, *FEW, "--set", "facilities.Dallas.fixed_cost=440")
    result = run(*words)
    assert result.exit_code == 0
    assert result.stdout.startswith("Phoenix AZ FC and Boise ID FC save ")
    assert "of 2 plans" in result.stderr
    assert run("verify", "out").exit_code == 0
    assert run(*words, "--json").exit_code == 0


def test_json_alone(run: Run, tiny: Path) -> None:
    result = run("greenfield", tiny, "-o", "out", "--no-snap", "--fresh", "--like", "Reno", "--json", *FEW)
    said = json.loads(result.stdout)
    assert (said["type"], said["unit"], len(said["sites"])) == ("fc", "mi", 1)
    assert said["rows"]["facilities"][0]["fixed_cost"] == 600
    assert said["sites"][0]["place"] == ""


def test_no_plan_is_3(run: Run, tiny: Path) -> None:
    result = run("greenfield", tiny, "-o", "out", "--solve", "--set", "demand.quantity*=9", "-q", *FEW)
    assert (result.exit_code, result.output) == (3, "")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--like", "Renno"], "did you mean Reno"), (["--type", "supplier"], "supplier"), (["--count", "0"], "--count"),
        (["--country", "Narnia"], "is not a country"), (["--type", "dc"], "say what distance costs from a dc"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_2_and_writes_nothing(run: Run, tiny: Path, here: Path, words: list[str], said: str) -> None:
    result = run("greenfield", tiny, "-o", "out", *FEW, *words)
    assert result.exit_code == 2
    assert said in result.stderr
    assert not (here / "out").exists()


def test_the_input_is_never_overwritten(run: Run, tiny: Path, here: Path) -> None:
    assert run("greenfield", tiny, "-o", "out", *FEW).exit_code == 0
    before = (here / "out" / "network.csv").read_bytes()
    again = run("greenfield", "out/network.csv", "-o", "out", *FEW)
    assert (again.exit_code, "its own input" in again.stderr) == (2, True)
    assert (here / "out" / "network.csv").read_bytes() == before
    assert json.loads((here / "out" / "greenfield.json").read_text())["input"] == "../network.csv"


def test_a_study_keeps_the_network_that_it_is_of(run: Run, tiny: Path, here: Path) -> None:
    words = ("greenfield", tiny, "-o", "out", "--no-snap", "-q", *FEW)
    assert run(*words, "--solve", "--gap", 0).exit_code == 0
    before = files_of(here / "out")
    refused = run(*words, "--count", 2)
    assert refused.exit_code == 2
    assert "the study in out is of the network.csv that is there, and this one has other rows" in refused.stderr
    assert "name another folder with --out, or add --solve" in refused.stderr
    assert files_of(here / "out") == before
    assert run(*words).exit_code == 0  # the same rows
    assert run("verify", "out").exit_code == 0
    assert run(*words, "--count", 2, "--solve", "--gap", 0).exit_code == 0
    assert run("verify", "out").exit_code == 0


def test_a_study_of_another_network_is_no_hindrance(run: Run, tiny: Path, here: Path) -> None:
    (here / "cases.yaml").write_text("dear: [lanes.unit_cost*=2]\n", encoding="utf-8")
    assert run("study", tiny, "cases.yaml", "-o", "out", "-q").exit_code == 0
    for count in (1, 2):
        assert run("greenfield", tiny, "-o", "out", "--no-snap", "-q", "--count", count, *FEW).exit_code == 0
    assert run("verify", "out").exit_code == 0


def test_a_folder_with_something_else_is_left_alone(run: Run, tiny: Path, here: Path) -> None:
    (here / "out").mkdir()
    (here / "out" / "mine.txt").write_text("x")
    result = run("greenfield", tiny, "-o", "out", *FEW)
    assert (result.exit_code, "holds something else" in result.stderr) == (2, True)
