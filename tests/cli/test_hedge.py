"""``netopt hedge``."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest

import netopt
from netopt.cli.hedge import hedge
from tests.cli.conftest import Run

CASES = """scenario,table,filter,column,action,value,probability
boom,demand,,quantity,scale,1.3,0.3
Dallas out,facilities,name=Dallas,status,set,closed,0.2
Dallas out,demand,,quantity,scale,0.5,
"""


@pytest.fixture
def cases(here: Path) -> Path:
    (here / "cases.csv").write_text(CASES)
    return Path("cases.csv")


def test_sites_are_printed_and_written(run: Run, tiny: Path, cases: Path, here: Path) -> None:
    result = run("hedge", tiny, cases, "-o", "out", "--sets", 0)
    assert result.exit_code == 0
    assert result.stdout.startswith("The sites planned for the base hedge best as well\n")
    assert "3,850.20 USD" in result.stdout
    assert "Files: out/" in result.stdout
    assert "deciding on sites for 3 cases at once" in result.stderr
    assert (here / "out" / "hedge.html").is_file()
    again = run("hedge", tiny, cases, "-o", "out", "--sets", 0)
    assert again.stdout == result.stdout
    assert "deciding" not in again.stderr
    assert run("verify", "out").exit_code == 0


@pytest.mark.slow
def test_sampled_cases_can_be_given_back(run: Run, tiny: Path, here: Path) -> None:
    words = ("--set", "supply.capacity=900", "--unmet-cost", 40, "--sets", 0, "--json")
    sampled = run("hedge", tiny, "-o", "out", "--sample", 3, "--seed", 7, *words)
    said = json.loads(sampled.stdout)
    assert (sampled.exit_code, said["status"], len(said["cases"])) == (0, "optimal", 4 * len(said["sites"]))
    again = run("hedge", tiny, "out/cases.csv", "-o", "again", *words)
    assert json.loads(again.stdout)["cost"] == pytest.approx(said["cost"])


def test_no_sites_for_every_case_is_3(run: Run, tiny: Path, here: Path) -> None:
    (here / "cases.csv").write_text(
        "scenario,table,column,action,value,probability\nmuch,demand,quantity,scale,2,0.1\n"
    )
    result = run("hedge", tiny, "cases.csv", "-o", "out")
    assert result.exit_code == 3
    assert result.stdout.startswith("No sites serve every case")
    assert (here / "out" / "hedge.json").is_file()


def test_a_base_that_does_not_happen_needs_no_plan(run: Run, tiny: Path, here: Path) -> None:
    head = "scenario,table,column,action,value,probability\n"
    (here / "cases.csv").write_text(f"{head}half,demand,quantity,scale,0.5,0.5\nless,demand,quantity,scale,0.4,0.5\n")
    result = run("hedge", tiny, "cases.csv", "-o", "out", "--set", "demand.quantity*=1.6", "--sets", 0)
    said = json.loads((here / "out" / "hedge.json").read_text())
    assert (result.exit_code, said["status"]) == (0, "optimal")
    assert result.stdout.startswith("The sites planned for the mean demand hedge best as well\n")
    assert "nothing to hedge" not in result.stdout
    assert f"costs {said['cost']:,.2f} USD" in result.stdout


@pytest.mark.slow
def test_quiet(run: Run, tiny: Path, cases: Path) -> None:
    result = run("hedge", tiny, cases, "-o", "out", "--sets", 0, "-q")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.parametrize("words", [
    [], ["cases.csv", "--sample", "3"], ["--sample", "0"], ["--sample", "2", "--correlation", "2"],
    ["--sample", "2", "--demand-cv", "0"], ["cases.csv", "--unmet-cost", "0"], ["cases.csv", "--method", "magic"],
    ["nowhere.csv"], ["--sample", "2", "--sample-by", "region"], ["cases.csv", "--demand-cv", "0.2"],
    ["cases.csv", "--correlation", "0.5"], ["cases.csv", "--correlation-distance", "9"],
    ["cases.csv", "--sample-by", "customer"],
])  # fmt: skip
def test_wrong_options_are_2_and_write_nothing(run: Run, tiny: Path, cases: Path, here: Path, words: list[str]) -> None:
    assert run("hedge", tiny, *words, "-o", "out").exit_code == 2
    assert not (here / "out").exists()


def test_options_of_sampling_beside_cases_are_named(run: Run, tiny: Path, cases: Path) -> None:
    result = run("hedge", tiny, cases, "--correlation", 0.3, "-o", "out")
    assert "--correlation goes with --sample, not with a table of CASES" in " ".join(result.stderr.split())


def test_a_sample_is_correlated_alike_in_scripts_and_on_the_command_line() -> None:
    said = next(each for each in hedge.params if each.name == "correlation").default
    assert inspect.signature(netopt.sample_demand).parameters["correlation"].default == said == 0.5


def test_a_case_without_a_probability_is_named(run: Run, tiny: Path, here: Path) -> None:
    (here / "cases.csv").write_text("scenario,table,column,action,value\nmuch,demand,quantity,scale,2\n")
    result = run("hedge", tiny, "cases.csv", "-o", "out")
    assert result.exit_code == 2
    assert "cases.csv row 2, probability" in result.stderr
