"""``netopt why`` and ``netopt sites``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.report.pages import Seen


@pytest.fixture
def plan(run: Run, tiny: Path, here: Path) -> Path:
    assert run("solve", tiny, "--gap", 0, "-o", "plan", "-q").exit_code == 0
    return here / "plan"


def test_why_says_what_it_costs_and_what_would_turn_it(run: Run, plan: Path) -> None:
    result = run("why", plan, "reno")
    assert result.exit_code == 0, result.output
    assert "Reno is open: the best plan without it costs 450.00 USD more." in result.stdout
    assert "rises by less than 450.00 USD" in " ".join(result.stdout.split())
    assert "Closes Reno." in result.stdout


def test_why_in_json_is_one_object_and_its_effects_add_up(run: Run, plan: Path) -> None:
    said = json.loads(run("why", plan, "Reno", "--json").stdout)
    assert (said["extra"], said["at_least"], said["at_most"]) == pytest.approx((450, 450, 450))
    assert sum(row["change"] for row in said["effects"]) == pytest.approx(450)
    for row in said["effects"]:
        assert row["price"] + row["volume"] + row["rerouting"] == pytest.approx(row["change"])


def test_why_where_there_is_no_other_plan(run: Run, plan: Path) -> None:
    result = run("why", plan, "Dallas")
    assert result.exit_code == 0
    assert "there is no plan without it" in result.stdout
    assert result.stdout.endswith("The network then costs 3,570 USD.\n")  # the repair is said, not announced only


def test_why_starts_from_the_edits_of_the_plan(run: Run, tiny: Path, here: Path) -> None:
    run("solve", tiny, "--set", "facilities.Reno.fixed_cost=1200", "--gap", 0, "-o", "dear", "-q")
    result = run("why", "dear", "Reno")
    assert "Reno is not open: the best plan with it costs 150.00 USD more." in result.stdout


def test_why_refuses_what_it_cannot_explain(run: Run, plan: Path, tiny: Path) -> None:
    assert "did you mean Reno" in run("why", plan, "Rno").stderr
    assert run("why", plan, "Rno").exit_code == 2
    assert run("why", plan.parent / "nothing", "Reno").exit_code == 2
    tiny.write_text(tiny.read_text().replace("600", "601"))
    result = run("why", plan, "Reno")
    assert result.exit_code == 2
    assert "has changed since the plan was made" in result.stderr


def test_sites_prints_writes_and_goes_on(run: Run, tiny: Path, here: Path) -> None:
    result = run("sites", tiny, "--curve", "fc:1-2", "--alone", "--gap", 0, "-o", "values")
    assert result.exit_code == 0, result.output
    assert "There is no plan without Dallas." in result.stdout
    assert "+450.00" in result.stdout
    page = (here / "values" / "site_values.html").read_text()
    assert Seen(page).runs_own_scripts_alone
    assert "+450.00" in page
    assert (here / "values" / "curve.csv").read_text().splitlines()[1].startswith("1,optimal,4230")
    again = run("sites", tiny, "--curve", "fc:1-2", "--gap", 0, "-o", "values", "--json")
    assert json.loads(again.stdout)["sites"][1]["worth"] == pytest.approx(450)


@pytest.mark.parametrize("curve", ["warehouse", "fc:2", "fc:a-b"])
def test_sites_refuses_other_curves(run: Run, tiny: Path, curve: str) -> None:
    result = run("sites", tiny, "--curve", curve, "-o", "values")
    assert result.exit_code == 2
    assert "write a type" in result.stderr


def test_sites_leaves_other_folders_alone(run: Run, tiny: Path, here: Path) -> None:
    (here / "mine").mkdir()
    (here / "mine" / "letter.txt").write_text("keep")
    assert run("sites", tiny, "-o", "mine").exit_code == 2
    assert [path.name for path in (here / "mine").iterdir()] == ["letter.txt"]
