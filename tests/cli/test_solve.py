from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest

import netopt
from netopt.network import Network
from netopt.plan import Plan
from tests.cli.conftest import DATA, ROOT, Run, Shell

FILES = {"summary.json", "proof.json", "flows.csv", "sites.csv", "costs.csv", "service.csv", "unmet.csv"}


def test_solve_prints_the_plan_and_writes_it(run: Run, tiny: Path, here: Path) -> None:
    result = run("solve", tiny)
    assert result.exit_code == 0
    assert result.stdout.startswith("3,780.00 USD   the cheapest plan\n")
    assert re.search(r"^  Reno +FC +opens +200 +100\.0% +950\.00$", result.stdout, re.MULTILINE)
    assert "Files: network-plan/" in result.stdout
    assert result.stderr == ""
    assert {file.name for file in (here / "network-plan").iterdir()} >= FILES
    assert {file.name for file in here.iterdir()} == {"network.csv", "network-plan"}


def test_report_is_plain_and_narrow_in_a_pipe(shell: Shell, tiny: Path) -> None:
    done = shell("solve", tiny)
    assert done.returncode == 0
    assert not re.search(r"[\x00-\x09\x0b-\x1f─-╿]", done.stdout)
    assert max(map(len, done.stdout.splitlines())) <= 80
    assert not any(line.endswith(" ") for line in done.stdout.splitlines())


def test_json_is_alone_on_standard_output(shell: Shell, tiny: Path, here: Path) -> None:
    done = shell("solve", tiny, "--json")
    said = json.loads(done.stdout)
    assert done.returncode == 0
    assert said["cost"] == pytest.approx(3780)
    assert {"status", "cost", "bound", "gap", "proved_bound", "currency", "seconds", "open_sites", "demand_met",
            "input_sha256", "versions"} <= set(said)  # fmt: skip
    assert [file.name for file in here.iterdir()] == ["network.csv"]


def test_json_with_out_writes_the_same_summary(run: Run, tiny: Path, here: Path) -> None:
    said = json.loads(run("solve", tiny, "--json", "-o", "a/b").stdout)
    assert json.loads((here / "a/b/summary.json").read_text())["cost"] == said["cost"]


EVENT = ["phase", "cost", "bound", "gap", "seconds", "looked", "kept"]


def test_progress_as_json_goes_to_standard_error(shell: Shell, tiny: Path) -> None:
    done = shell("solve", tiny, "--json", "--progress", "json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["cost"] == pytest.approx(3780)
    told = [json.loads(line, parse_constant=pytest.fail) for line in done.stderr.splitlines()]
    assert [list(event) for event in told] == [EVENT] * len(told)
    assert told[0]["cost"] is None
    assert told[-1]["cost"] == pytest.approx(3780)
    assert told[-1]["gap"] <= 1e-4


def test_progress_as_words(run: Run, tiny: Path) -> None:
    result = run("solve", tiny, "--progress", "plain", "-q")
    assert result.stdout == ""
    assert "   best plan 3,780.00   none below 3,780.00   " in result.stderr.splitlines()[-1]


@pytest.mark.parametrize("how", ["auto", "none"])
def test_no_progress_in_a_pipe(run: Run, tiny: Path, how: str) -> None:
    assert run("solve", tiny, "--progress", how).stderr == ""


def test_progress_of_another_kind(run: Run, tiny: Path) -> None:
    result = run("solve", tiny, "--progress", "xml")
    assert result.exit_code == 2
    assert "'auto', 'none', 'plain', 'json'" in result.stderr


def test_messages_are_told_from_progress_by_their_first_letter(run: Run, tiny: Path) -> None:
    tiny.write_text((DATA / "tiny-infeasible" / "network.csv").read_text())
    result = run("solve", tiny, "--json", "--progress", "json")
    assert result.exit_code == 3
    lines = result.stderr.splitlines()
    told = [json.loads(line) for line in lines if line.startswith("{")]
    assert told
    assert all(event["cost"] is None and event["gap"] is None for event in told)
    assert [line for line in lines if line.startswith("netopt: No plan exists")]


def test_quiet_prints_nothing(run: Run, tiny: Path, here: Path) -> None:
    result = run("solve", tiny, "--quiet")
    assert (result.exit_code, result.output) == (0, "")
    assert (here / "network-plan").is_dir()


def test_bad_input_writes_nothing(run: Run, tiny: Path, here: Path) -> None:
    tiny.write_text(tiny.read_text().replace(",200,1,", ",-200,1,").replace("lanes,,", "lanes,,bad", 1))
    result = run("solve", tiny, "-o", "plan")
    assert result.exit_code == 2
    assert re.search(r"^  network\.csv row 3, capacity: .*-200.*; .+$", result.stderr, re.MULTILINE)
    assert result.stdout == ""
    assert [file.name for file in here.iterdir()] == ["network.csv"]
    said = json.loads(run("solve", tiny, "--json").stdout)
    assert said["status"] == "error"
    assert {"source", "row", "column", "message", "fix"} == set(said["problems"][0])


def test_missing_file(run: Run, here: Path) -> None:
    assert run("solve", "none.csv").exit_code == 2
    assert list(here.iterdir()) == []


def test_infeasible_is_3_and_keeps_an_earlier_plan(run: Run, tiny: Path, here: Path) -> None:
    assert run("solve", tiny).exit_code == 0
    before = (here / "network-plan" / "summary.json").read_text()
    tiny.write_text((DATA / "tiny-infeasible" / "network.csv").read_text())
    result = run("solve", tiny)
    assert result.exit_code == 3
    assert "No plan exists" in result.stdout
    assert "500" in result.stdout
    assert (here / "network-plan" / "summary.json").read_text() == before
    said = json.loads(run("solve", tiny, "--json", "-o", "out").stdout)
    assert (said["status"], said["cost"]) == ("infeasible", None)
    assert json.loads((here / "out" / "summary.json").read_text())["status"] == "infeasible"


def test_time_limit_without_a_plan_is_4(run: Run, here: Path) -> None:
    result = run("solve", DATA / "us-retail" / "network.csv", "--time-limit", "0.01", "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["cost"] is None
    assert "no plan found" in result.stderr
    assert list(here.iterdir()) == []


def test_a_plan_short_of_the_gap_is_4(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = _changed(netopt.solve(tiny), status="feasible", bound=3700.0)
    monkeypatch.setattr(netopt, "solve", lambda *_, **__: stopped)
    result = run("solve", tiny)
    assert result.exit_code == 4
    assert "the best plan so far, within 2.2% of the cheapest" in result.stdout
    assert "No plan costs less than 3,700.00 USD" in result.stdout
    assert Path("network-plan/flows.csv").is_file()
    quiet = run("solve", tiny, "--json")
    assert quiet.exit_code == 4
    assert "best plan so far, within 2.2%" in quiet.stderr


def test_interrupted_within_the_gap_is_0(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped = _changed(netopt.solve(tiny), status="interrupted", bound=3779.9)
    monkeypatch.setattr(netopt, "solve", lambda *_, **__: stopped)
    assert run("solve", tiny).exit_code == 0


def test_a_plan_that_fails_its_audit_is_never_given_out(
    run: Run, tiny: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = netopt.solve(tiny)
    wrong = SimpleNamespace(ok=False, breaches=pd.DataFrame({"words": ["Reno takes 201, its capacity is 200"]}))
    monkeypatch.setattr(Plan, "audit", lambda _: wrong)
    monkeypatch.setattr(netopt, "solve", lambda *_, **__: plan)
    result = run("solve", tiny)
    assert result.exit_code == 1
    assert "Reno takes 201" in result.stderr
    assert "audit" in result.stderr
    assert result.stdout == ""
    assert [file.name for file in here.iterdir()] == ["network.csv"]


def test_options_reach_the_solver(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, object] = {}
    plan = netopt.solve(tiny)

    def noted(source: object, **options: object) -> Plan:
        seen.update(options, source=source)
        return plan

    monkeypatch.setattr(netopt, "solve", noted)
    run("solve", tiny, "--gap", "0.01", "--time-limit", "7", "--threads", "2", "--seed", "3")
    del seen["progress"]
    source = seen.pop("source")
    assert isinstance(source, Network)
    assert source.tables.path == str(tiny)
    assert seen == {"gap": 0.01, "time_limit": 7.0, "threads": 2, "seed": 3}


@pytest.mark.parametrize("name", ["[red]Reno[/red]", "[bold", "Re:smile:no"])
def test_names_are_printed_as_text(run: Run, tiny: Path, name: str) -> None:
    tiny.write_text(tiny.read_text().replace("Reno", name).replace("USD", "[b]"))
    result = run("solve", tiny)
    assert result.exit_code == 0
    assert name in result.stdout
    assert "[b]" in result.stdout


def test_no_color_on_a_terminal() -> None:
    """The live line and the report on a terminal, with and without colour."""
    pty = pytest.importorskip("pty")
    for more, wanted in (({}, True), ({"NO_COLOR": "1"}, False)):
        main, other = pty.openpty()
        env = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "80", **more}
        argv = [sys.executable, "-m", "netopt", "explain", "exit-codes"]
        with subprocess.Popen(argv, stdout=other, stderr=other, env=env) as process:
            os.close(other)
            text = _all_of(main)
            assert process.wait(60) == 0
        assert (
            bool(re.search(rb"\x1b\[[0-9;]*3[0-9]m", text)) is False
        )  # headings are bold or dim, never red by accident
        assert (b"\x1b[1m" in text) or not wanted


def _all_of(descriptor: int) -> bytes:
    found = b""
    while True:
        try:
            part = os.read(descriptor, 65536)
        except OSError:
            return found
        if not part:
            return found
        found += part


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_gives_the_best_plan_so_far(here: Path, number: signal.Signals) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    network = DATA / "us-retail" / "network.csv"
    argv = [sys.executable, "-m", "netopt", "solve", str(network), "-o", "plan", "--gap", "0", "--progress", "json"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env) as process:
        assert process.stderr is not None
        event = next(line for line in process.stderr if json.loads(line)["cost"] is not None)
        assert json.loads(event)["gap"] > 0
        process.send_signal(number)
        out, _ = process.communicate(timeout=60)
    assert process.returncode == 4
    assert "the best plan so far" in out
    assert json.loads((here / "plan" / "summary.json").read_text())["status"] == "interrupted"


@pytest.mark.slow
def test_us_retail_costs_what_its_readme_says(run: Run) -> None:
    said = json.loads(run("solve", DATA / "us-retail" / "network.csv", "--json").stdout)
    assert said["cost"] == pytest.approx(263_182_145.16, rel=1e-4)


def _changed(plan: Plan, **fields: object) -> Plan:
    from dataclasses import replace

    return replace(plan, **fields)  # type: ignore[arg-type]
