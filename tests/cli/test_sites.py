"""``netopt sites``: what sites are worth, and from which capacity."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def test_values_and_capacities(run: Run, tiny: Path, here: Path) -> None:
    result = run("sites", tiny, "-o", "out", "--site", "Reno", "--break-even-capacity", "--gap", 0)
    assert result.exit_code == 0
    assert "From which capacity it is worth opening" in result.stdout
    assert "Reno at " in result.stderr
    again = run("sites", tiny, "-o", "out", "--site", "Reno", "--break-even-capacity", "--gap", 0, "--json")
    (site,) = json.loads(again.stdout)["sites"]
    assert site["capacity_not_enough"] < 93.75 <= site["capacity_enough"]
    assert (here / "out" / "site_values.html").is_file()


@pytest.mark.slow
def test_without_asking_there_is_no_capacity(run: Run, tiny: Path) -> None:
    result = run("sites", tiny, "-o", "out", "--site", "Reno", "--gap", 0, "--json")
    assert "capacity" not in json.loads(result.stdout)["sites"][0]
