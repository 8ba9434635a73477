from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


@pytest.fixture
def plan(run: Run, tiny: Path, here: Path) -> Path:
    run("solve", tiny, "-q")
    return here / "network-plan"


def test_a_good_plan_is_0(run: Run, plan: Path) -> None:
    result = run("verify", plan)
    assert result.exit_code == 0
    assert "stands up" in result.stdout
    assert json.loads(run("verify", plan, "--json").stdout) == {"status": "good", "plan": str(plan), "problems": []}


def test_an_altered_digit_is_2(run: Run, plan: Path) -> None:
    flows = plan / "flows.csv"
    flows.write_text(flows.read_text().replace("100", "101", 1))
    result = run("verify", plan)
    assert result.exit_code == 2
    assert "flows.csv" in result.stderr
    assert result.stdout == ""
    said = json.loads(run("verify", plan, "--json").stdout)
    assert said["status"] == "bad"
    assert said["problems"]


def test_not_a_plan_is_2(run: Run, here: Path) -> None:
    result = run("verify", here)
    assert result.exit_code == 2
    assert json.loads(run("verify", here, "--json").stdout)["status"] == "error"


def test_network_at_another_place(run: Run, plan: Path, tiny: Path) -> None:
    tiny.rename("moved.csv")
    assert run("verify", plan).exit_code == 2
    assert run("verify", plan, "--network", "moved.csv").exit_code == 0
