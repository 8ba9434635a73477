"""``netopt alternatives``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_sets_are_printed_written_and_verified(run: Run, tiny: Path, here: Path) -> None:
    result = run("alternatives", tiny, "-o", "out", "--within", "15%")
    assert result.exit_code == 0
    assert result.stdout.startswith("2 sets of open sites are within 15% of the best plan\n")
    assert "In every set within 15%, proved: Dallas." in result.stdout
    assert "Files: out/" in result.stdout
    assert (here / "out" / "alternatives.html").is_file()
    assert (here / "out" / "plans" / "set without Reno" / "report.html").is_file()
    again = run("alternatives", tiny, "-o", "out", "--within", "0.15")
    assert again.stdout == result.stdout
    assert run("verify", "out").exit_code == 0


def test_json_alone(run: Run, tiny: Path) -> None:
    result = run("alternatives", tiny, "-o", "out", "--within", "10%", "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["cost"], said["found"], said["finished"]) == (0, 3780, 1, True)
    assert {row["site"]: row["role"] for row in said["sites"]} == {"Reno": "must-have", "Dallas": "must-have"}
    assert 3780 * 1.1 < said["rest_at_least"] <= 4230


def test_what_is_left_open_is_4(run: Run, tiny: Path) -> None:
    result = run("alternatives", tiny, "-o", "out", "--within", "15%", "--max-solves", 1)
    assert result.exit_code == 4
    assert "The search was stopped after 1 part of all sets" in result.stdout


def test_a_network_without_a_plan_is_3(run: Run, tiny: Path) -> None:
    result = run("alternatives", tiny, "-o", "out", "--set", "demand.quantity*=9", "-q")
    assert (result.exit_code, result.stdout) == (3, "")


@pytest.mark.parametrize(
    "words", [["--within", "-1%"], ["--within", "much"], ["--count", "0"], ["--different", "1"], ["--type", "shop"],
     ["--count", "2", "--different", "2"]]
)
def test_wrong_options_are_2_and_write_nothing(run: Run, tiny: Path, here: Path, words: list[str]) -> None:
    assert run("alternatives", tiny, "-o", "out", *words).exit_code == 2
    assert not (here / "out").exists()
