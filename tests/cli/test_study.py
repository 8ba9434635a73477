from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.study import run as study_run
from netopt.study.study import Study
from tests.cli.conftest import DATA, ROOT, Run, Shell

CASES = """\
scenario,table,filter,column,action,value,kind,probability
growth,demand,,quantity,scale,1.2,,0.5
Reno,facilities,name=Reno,status,set,open,option,
"""


@pytest.fixture
def cases(here: Path) -> Path:
    """A case and an option."""
    path = here / "cases.csv"
    path.write_text(CASES)
    return Path("cases.csv")


@pytest.fixture
def unsolved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when anything is solved."""
    monkeypatch.setattr(study_run, "solve", lambda *_, **__: pytest.fail("something was solved"))


def test_a_study_is_printed_and_written(run: Run, tiny: Path, cases: Path, here: Path) -> None:
    result = run("study", tiny, cases, "-o", "out", "--title", "Open Reno?")
    assert result.exit_code == 0
    assert result.stdout.startswith("None of the options saves anything\n")
    assert "growth" in result.stdout
    assert "Audit of every plan against the input tables: passed." in result.stdout
    assert "Files: out/" in result.stdout
    assert result.stderr.splitlines() == [
        "netopt: 1 of 4 plans: base 3,780",
        "netopt: 2 of 4 plans: growth 4,456",
        "netopt: 3 of 4 plans: Reno 3,780",
        "netopt: 4 of 4 plans: Reno / growth 4,456",
    ]
    assert {path.name for path in (here / "out").iterdir()} == {
        "results.jsonl", "plans", "study.json", "study.html", "scenarios.csv", "costs.csv", "regret.csv", "effects.csv",
        "sites.csv", "customers.csv", "appraisal.csv",
    }  # fmt: skip
    assert "Open Reno?" in (here / "out" / "study.html").read_text()


FLOWS = """\
origin,destination,quantity
Oakland,Dallas,300
Dallas,Boise,100
Dallas,Phoenix,120
Dallas,Austin,80
"""


def test_a_study_beside_what_is_run_today(run: Run, tiny: Path, cases: Path, here: Path) -> None:
    (here / "flows.csv").write_text(FLOWS)
    asked = ("study", tiny, cases, "-o", "out", "--gap", 0, "--baseline", "flows.csv", "--discount-rate", 0.1)
    result = run(*asked, "-q")
    assert result.exit_code == 0, result.output
    printed = " ".join(run(*asked).stdout.split())
    assert "As it is run today, the network costs 4,230.00 USD; the base costs 450.00 (10.6%) less" in printed
    assert "Over 5 years at 10% a year" in printed
    page = (here / "out" / "study.html").read_text()
    assert "Beside what is run today" in page
    assert "base, beside as run" in page
    assert run("verify", "out").exit_code == 0
    typed = here / "out" / "actual_flows.csv"
    typed.write_text(typed.read_text().replace("300", "299"))
    altered = run("verify", "out")
    assert altered.exit_code == 2
    assert "actual_flows.csv was altered" in altered.stderr
    assert "study.json, as_run is 4230.0; by the flows it is" in altered.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--baseline-sites", "sites.csv"], "go with --baseline"),
        (["--baseline", "nothing.csv"], "there is no such file"),
        (["--years", "0"], "--years"),
        (["--discount-rate", "-1"], "--discount-rate"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_2(
    run: Run, tiny: Path, cases: Path, here: Path, unsolved: None, words: list[str], said: str
) -> None:
    result = run("study", tiny, cases, "-o", "out", *words)
    assert result.exit_code == 2
    assert said in result.stderr


def test_every_plan_in_the_folder_verifies(run: Run, tiny: Path, cases: Path, here: Path) -> None:
    run("study", tiny, cases, "-o", "out", "-q", "--set", "lanes.unit_cost*=2")
    plans = sorted((here / "out" / "plans").iterdir())
    assert [plan.name for plan in plans] == ["Reno", "Reno in growth", "base", "growth"]
    for plan in plans:
        assert run("verify", plan).exit_code == 0
    assert run("verify", "out").exit_code == 0
    flows = plans[1] / "flows.csv"
    flows.write_text(flows.read_text().replace("120", "121", 1))
    result = run("verify", "out")
    assert result.exit_code == 2
    assert "flows.csv" in result.stderr


def test_json_is_one_object(shell: Shell, tiny: Path, cases: Path) -> None:
    done = shell("study", tiny, cases, "-o", "out", "--json")
    said = json.loads(done.stdout, parse_constant=pytest.fail)
    assert (done.returncode, done.stderr) == (0, "")
    assert [row["scenario"] for row in said["scenarios"]] == ["base", "growth", "Reno", "Reno / growth"]
    assert [row["cost"] for row in said["scenarios"]] == pytest.approx([3780, 4456, 3780, 4456])
    assert said["scenarios"][0]["change"] is None
    assert said["audit"] == "passed"


def test_json_without_a_plan(run: Run, tiny: Path, here: Path) -> None:
    (here / "cases.yaml").write_text("too much: [demand.quantity*=9]\n")
    result = run("study", tiny, "cases.yaml", "-o", "out", "--json")
    said = json.loads(result.stdout, parse_constant=pytest.fail)
    assert result.exit_code == 0
    assert (said["scenarios"][1]["status"], said["scenarios"][1]["cost"]) == ("infeasible", None)


@pytest.mark.slow
def test_quiet_prints_nothing(run: Run, tiny: Path, cases: Path) -> None:
    result = run("study", tiny, cases, "-o", "out", "-q")
    assert (result.exit_code, result.output) == (0, "")


@pytest.mark.slow
def test_the_same_command_goes_on(run: Run, tiny: Path, cases: Path, here: Path, request: pytest.FixtureRequest) -> None:
    first = run("study", tiny, cases, "-o", "out")
    tables = {path.name: path.read_bytes() for path in (here / "out").glob("*.csv")}
    request.getfixturevalue("unsolved")
    again = run("study", tiny, cases, "-o", "out")
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert {path.name: path.read_bytes() for path in (here / "out").glob("*.csv")} == tables


@pytest.mark.slow
def test_a_folder_in_which_nothing_was_finished_is_taken_up_again(run: Run, tiny: Path, cases: Path, here: Path) -> None:
    (here / "out" / "plans" / ".base-x7").mkdir(parents=True)
    (here / "out" / "results.jsonl").touch()
    assert run("study", tiny, cases, "-o", "out", "-q").exit_code == 0


# -- exit codes -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("unsolved")
@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("c.csv", CASES.replace("demand", "demnad"), 'c.csv row 2: in growth, demnad.quantity *= 1.2: "demnad" is not a table'),
        ("c.csv", CASES.replace("growth", "base"), 'c.csv row 2, scenario: "base" is the network as it is'),
        ("c.csv", CASES.replace("growth", "../growth"), 'c.csv row 2, scenario: "../growth" cannot name a folder'),
        ("c.csv", CASES.replace("option", "choice"), "c.csv row 3, kind: "),
        ("c.csv", CASES.replace("0.5", "5"), "c.csv row 2, probability: "),
        ("c.yaml", "growth: 5\n", 'c.yaml, growth: "5" is not an edit'),
        ("c.yaml", "growth: !!python/object/apply:os.getcwd []\n", "c.yaml row 1: it cannot be read"),
        ("c.yaml", "growth: 2027-13-45\n", "c.yaml: it cannot be read"),
        ("c.txt.gz", "x", "files like"),
    ],
)
def test_bad_scenarios_are_2_and_write_nothing(run: Run, tiny: Path, here: Path, name: str, text: str, line: str) -> None:
    (here / name).write_text(text)
    result = run("study", tiny, name, "-o", "out")
    assert result.exit_code == 2
    assert line in result.stderr
    assert "; " in result.stderr
    assert result.stdout == ""
    assert {path.name for path in here.iterdir()} == {"network.csv", name}
    said = json.loads(run("study", tiny, name, "-o", "out", "--json").stdout)
    assert said["status"] == "error"
    assert said["problems"][0]["fix"]
    assert not (here / "out").exists()


@pytest.mark.usefixtures("unsolved")
@pytest.mark.parametrize(
    "words",
    [
        ("none.csv", "cases.csv", "-o", "out"),
        ("network.csv", "none.csv", "-o", "out"),
        ("network.csv", "cases.csv"),
        ("network.csv", "cases.csv", "-o", "out", "--workers", "0"),
        ("network.csv", "cases.csv", "-o", "out", "--gap", "nan"),
        ("network.csv", "cases.csv", "-o", "out", "--set", "facilities.Rno.capacity=9"),
        ("network.csv", "cases.csv", "-o", "network.csv"),
        ("network.csv", "cases.csv", "-o", "."),
        ("network.csv", "cases.csv", "-o", "network.csv/out"),
    ],
)
def test_bad_usage_is_2_and_writes_nothing(run: Run, tiny: Path, cases: Path, here: Path, words: tuple[str, ...]) -> None:
    result = run("study", *words)
    assert result.exit_code == 2
    assert result.stderr
    assert {path.name for path in here.iterdir()} == {"network.csv", "cases.csv"}


def test_an_infeasible_base_is_3_and_written_all_the_same(run: Run, tiny: Path, cases: Path, here: Path) -> None:
    tiny.write_text((DATA / "tiny-infeasible" / "network.csv").read_text())
    (here / "cases.csv").write_text("scenario,table,column,action,value,kind\nless,demand,quantity,scale,0.1,\n")
    result = run("study", tiny, cases, "-o", "out")
    assert result.exit_code == 3
    assert result.stdout.startswith("The base has no plan\n")
    assert "less" in (here / "out" / "study.html").read_text()
    (here / "cases.csv").write_text("scenario,table,column,action,value,kind\nless,demand,quantity,scale,0.1,option\n"
                                    "more,demand,quantity,scale,2,\n")  # fmt: skip
    assert run("study", tiny, cases, "-o", "out", "-q").exit_code == 3
    assert run("study", tiny, cases, "-o", "out", "--json").exit_code == 3


def test_a_scenario_without_a_plan_is_an_answer(run: Run, tiny: Path, here: Path) -> None:
    (here / "c.yaml").write_text("too much: [demand.quantity*=9]\n")
    result = run("study", tiny, "c.yaml", "-o", "out")
    assert result.exit_code == 0
    assert "too much has no plan (infeasible)" in " ".join(result.stdout.split())


@pytest.mark.slow
def test_a_time_limit_is_4(run: Run, here: Path, cases: Path) -> None:
    (here / "c.yaml").write_text("still: []\n")
    result = run("study", DATA / "us-retail" / "network.csv", "c.yaml", "-o", "out", "--time-limit", "0.01", "--json")
    assert result.exit_code == 4
    assert {row["status"] for row in json.loads(result.stdout)["scenarios"]} == {"interrupted"}


def test_a_study_that_fails_its_audit_is_never_given_out(
    run: Run, tiny: Path, cases: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Study, "audit", lambda _: pd.DataFrame({"words": ["Reno takes 201, its capacity is 200"]}))
    result = run("study", tiny, cases, "-o", "out")
    assert result.exit_code == 1
    assert "Reno takes 201" in result.stderr
    assert result.stdout == ""
    assert not (here / "out" / "study.html").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_2(run: Run, tiny: Path, cases: Path, here: Path) -> None:
    (here / "shut").mkdir(mode=0o500)
    result = run("study", tiny, cases, "-o", "shut/out")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


def test_a_disk_that_is_full_is_2(run: Run, tiny: Path, cases: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(netopt.Plan, "save", full)
    result = run("study", tiny, cases, "-o", "out")
    assert result.exit_code == 2
    assert "out cannot be written: No space left on device" in result.stderr


def test_ctrl_c_is_4(run: Run, tiny: Path, cases: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual, solved = study_run.solve, []

    def stopped(*words: object, **options: object) -> netopt.Plan:
        solved.append(words)
        if len(solved) == 3:
            raise KeyboardInterrupt
        return usual(*words, **options)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(study_run, "solve", stopped)
        result = run("study", tiny, cases, "-o", "out")
    assert result.exit_code == 4
    assert "the same command goes on from there" in result.stderr
    assert not (here / "out" / "study.html").exists()
    again = run("study", tiny, cases, "-o", "out")
    assert again.exit_code == 0
    assert len((here / "out" / "results.jsonl").read_text().splitlines()) == 4


def started(*words: object) -> subprocess.Popen[str]:
    """A study in a process of its own, which Ctrl-C would reach with all its children."""
    argv = [sys.executable, "-m", "netopt", "study", *map(str, words)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True, preexec_fn=heeds_ctrl_c
    )


def heeds_ctrl_c() -> None:
    """What runs in the background of a shell ignores Ctrl-C, and so do its children unless they are told."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def of_session(session: int) -> list[int]:
    """Processes of a session that still run."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            stat = (path / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[3]) == session and stat[0] != "Z":
            found.append(int(path.name))
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "group", "workers"),
    [
        (signal.SIGINT, False, ()),
        (signal.SIGTERM, True, ()),
        (signal.SIGINT, True, ("--workers", "2")),
        (signal.SIGTERM, False, ("--workers", "2")),
    ],
    ids=["here, Ctrl-C alone", "here, SIGTERM with its children", "workers, Ctrl-C with them", "workers, SIGTERM alone"],
)
def test_a_signal_stops_a_study_and_the_same_command_goes_on(
    here: Path, number: signal.Signals, group: bool, workers: tuple[str, ...]
) -> None:
    (here / "c.yaml").write_text("more: [demand.quantity*=1.02]\nless: [demand.quantity*=0.98]\n")
    words = (DATA / "us-retail" / "network.csv", "c.yaml", "-o", "out", *workers)
    with started(*words, "--gap", "0") as process:
        time.sleep(8)
        assert process.poll() is None
        if group:
            os.killpg(process.pid, number)
        else:
            process.send_signal(number)
        begun = time.monotonic()
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (4, ""), err
    assert time.monotonic() - begun < 30
    assert "goes on from there" in err
    until = time.monotonic() + 10
    while of_session(process.pid) and time.monotonic() < until:
        time.sleep(0.1)
    assert of_session(process.pid) == []
    kept = [path for path in (here / "out").glob("plans/*") if not path.name.startswith(".")]
    assert all((path / "proof.json").is_file() for path in kept)
    assert list((here / "out").glob("plans/.*")) == []
    with started(*words, "--gap", "0.05", "-q") as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err


@pytest.mark.slow
def test_a_signal_early_on_is_4(here: Path, tiny: Path) -> None:
    """Many scenarios of a small network: Ctrl-C comes after some of them and before the last one."""
    (here / "c.yaml").write_text("".join(f"c{n}: [demand.quantity*={1 + n / 1000}]\n" for n in range(60)))
    with started("network.csv", "c.yaml", "-o", "out") as process:
        assert process.stderr is not None
        lines = [process.stderr.readline() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (4, ""), err
    assert lines[2].startswith("netopt: 3 of 61 plans: c1 ")
    assert list((here / "out").glob("plans/.*")) == []
    results = (here / "out" / "results.jsonl").read_text().splitlines()
    finished = {json.loads(line)["scenario"] for line in results}
    assert {"base", "c0", "c1"} <= finished
    assert len(finished) < 61
    (here / "c.yaml").write_text("".join(f"c{n}: [demand.quantity*={1 + n / 1000}]\n" for n in range(4)))
    with started("network.csv", "c.yaml", "-o", "out", "-q") as process:
        assert process.wait(60) == 0
    again = (here / "out" / "results.jsonl").read_text().splitlines()
    assert again[: len(results)] == results
    assert len(again) - len(results) == len({"base", "c0", "c1", "c2", "c3"} - finished)
