"""``netopt tornado``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_bars_are_printed_and_written(run: Run, tiny: Path, here: Path) -> None:
    result = run("tornado", tiny, "-o", "out", "--no-thresholds")
    assert result.exit_code == 0
    assert result.stdout.startswith("The cost depends most on demand\n")
    assert "-330.00" in result.stdout
    assert (here / "out" / "tornado.html").is_file()
    again = run("tornado", tiny, "-o", "out", "--no-thresholds")
    assert again.stdout == result.stdout
    assert run("verify", "out").exit_code == 0


@pytest.mark.slow
def test_json_alone(run: Run, tiny: Path) -> None:
    result = run("tornado", tiny, "-o", "out", "--by", 0.2, "--no-thresholds", "--json")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["cost"], said["by"]) == (0, 3780, 0.2)
    buying = next(each for each in said["inputs"] if each["input"] == "buying")
    assert (buying["low_change"], buying["high_change"]) == pytest.approx((-120, 120))


def test_a_network_without_a_plan_is_3(run: Run, tiny: Path) -> None:
    result = run("tornado", tiny, "-o", "out", "--set", "demand.quantity*=9", "-q")
    assert (result.exit_code, result.output) == (3, "")


@pytest.mark.parametrize("words", [["--by", "0"], ["--by", "1"], ["--by", "nan"], ["--steps", "0"], ["--gap", "-1"]])
def test_wrong_options_are_2_and_write_nothing(run: Run, tiny: Path, here: Path, words: list[str]) -> None:
    assert run("tornado", tiny, "-o", "out", *words).exit_code == 2
    assert not (here / "out").exists()
