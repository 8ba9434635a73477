"""``--set``: a network is changed before it is solved, checked or exported; the file stays as it is."""

from __future__ import annotations

import html
import json
import re
import shlex
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Shell


def test_solve_with_a_change(run: Run, tiny: Path, here: Path) -> None:
    before = tiny.read_bytes()
    result = run("solve", tiny, "--set", "facilities.Reno.status=closed", "--json", "--gap", 0)
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["cost"] == pytest.approx(4_230)
    assert said["edits"] == [{"table": "facilities", "filter": 'name="Reno"', "column": "status", "action": "set", "value": "closed"}]
    assert tiny.read_bytes() == before
    assert "edits" not in json.loads(run("solve", tiny, "--json").stdout)


def test_as_often_as_wanted_and_in_order(run: Run, tiny: Path) -> None:
    words = ["facilities.Dallas.fixed_cost+=50", "facilities.Dallas.fixed_cost*=2", "settings.currency=EUR"]
    said = json.loads(run("solve", tiny, "--json", "--gap", 0, *[part for each in words for part in ("--set", each)]).stdout)
    assert said["currency"] == "EUR"
    assert len(said["edits"]) == 3
    assert said["cost"] == pytest.approx(3_780 + 550)


def test_check_and_export(run: Run, tiny: Path, here: Path) -> None:
    assert json.loads(run("check", tiny, "--set", "demand.quantity*=10", "--json").stdout)["status"] == "infeasible"
    assert run("check", tiny, "--set", "demand.quantity*=10").exit_code == 3
    assert run("check", tiny, "--set", "demand.quantity*=1.1").exit_code == 0
    assert run("export", tiny, "a.json", "--set", '{"table": "customers", "filter": "Boise", "action": "remove"}').exit_code == 0
    assert "Boise" not in (here / "a.json").read_text()
    assert "Phoenix" in (here / "a.json").read_text()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("facilities.Renno.capacity=1", "did you mean Reno?"),
        ("facilities.Reno.capacty=1", "did you mean capacity?"),
        ("facilites.Reno.capacity=1", "did you mean facilities?"),
        ("facilities.Reno.capacity=lots", '"lots" is not a number'),
        ("facilities.Reno.capacity=-1", "network.csv (edited) row 3, capacity: -1 is negative"),
        ("facilities..capacity=1", "is not understood"),
        ("Reno", "write TABLE.NAME.COLUMN=VALUE"),
        ("", "write TABLE.NAME.COLUMN=VALUE"),
        ('facilities[name="Reno].capacity=1', "has a quote that does not end"),
    ],
)
@pytest.mark.parametrize("command", ["solve", "check", "export"])
def test_wrong_words_are_2_and_write_nothing(run: Run, tiny: Path, here: Path, command: str, words: str, said: str) -> None:
    result = run(command, tiny, *(["a.lp"] if command == "export" else []), "--set", words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr
    assert [file.name for file in here.iterdir()] == ["network.csv"]


def test_wrong_words_name_the_option(run: Run, tiny: Path) -> None:
    assert "--set: " in run("check", tiny, "--set", "facilities.Renno.capacity=1").stderr
    assert run("check", tiny, "--set").exit_code == 2


def test_saved_plans_stand_up_with_their_changes(run: Run, tiny: Path, here: Path) -> None:
    assert run("solve", tiny, "-q", "-o", "plan", "--set", "demand[Boise].quantity=50").exit_code == 0
    assert run("verify", "plan").exit_code == 0
    summary = json.loads((here / "plan" / "summary.json").read_text())
    summary["edits"][0]["value"] = "60"
    (here / "plan" / "summary.json").write_text(json.dumps(summary))
    result = run("verify", "plan")
    assert result.exit_code == 2
    assert "summary.json was altered" in result.stderr


EVIL = [
    "facilities.Reno.region=$(touch owned) `touch owned` <b>&amp; \"it's\"",
    'facilities["Reno";type=fc|dc].fixed_cost*=1.01',
    "demand[customer.name!=Bo*].quantity+=-5",
    '{"table": "customers", "filter": "name=\\"Ünï; <script>\\"", "action": "add"}',
    "settings.currency=€",
]


def test_the_command_in_the_report_makes_the_plan_again(run: Run, shell: Shell, tiny: Path, here: Path) -> None:
    result = run("solve", tiny, "-q", "-o", "plan", "--gap", 0, *[part for words in EVIL for part in ("--set", words)])
    assert result.exit_code == 0, result.output
    text = html.unescape(re.sub(r"<[^>]*>", "", (here / "plan" / "report.html").read_text(encoding="utf-8")))
    (line,) = {found.strip() for found in re.findall(r"netopt solve network\.csv .*--seed \d+", text)}
    again = shell(*shlex.split(line)[1:], "-o", "again", "-q")
    assert again.returncode == 0, again.stderr
    first, second = (json.loads((here / name / "summary.json").read_text(encoding="utf-8")) for name in ("plan", "again"))
    assert first["cost"] == second["cost"]
    assert first["edits"] == second["edits"]
    assert len(first["edits"]) == len(EVIL)
    assert {file.name for file in here.iterdir()} == {"network.csv", "plan", "again"}
    assert run("verify", "again").exit_code == 0
