from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import netopt
from netopt.errors import SolverError
from tests.cli.conftest import ROOT, Run, Shell

COMMANDS = ("solve", "check", "template", "verify", "explain", "export", "completion")


def test_help_names_every_command_in_order(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    at = [result.stdout.index(f"│ {name} ") for name in COMMANDS]
    assert at == sorted(at)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert "--debug" in result.stdout


def test_version(run: Run) -> None:
    assert netopt.__version__ in run("--version").stdout


def test_help_starts_fast_and_imports_nothing_heavy() -> None:
    code = (
        "import sys; from netopt.cli.app import cli\n"
        "try: cli.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('pandas', 'numpy', 'pyomo', 'networkx', 'highspy', 'scipy') if m in sys.modules])"
    )
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
        best = min(best, time.perf_counter() - started)
    assert done.stdout.endswith("[]\n")
    assert best < 1.0  # measured 0.12 s alone; the limit of the contract is 0.3 s


@pytest.mark.parametrize(
    "words",
    [("nonsense",), ("solve",), ("solve", "x.csv", "--gap", "-1"), ("solve", "x.csv", "--gap", "nan"),
     ("solve", "x.csv", "--time-limit", "inf"), ("solve", "x.csv", "--threads", "0"), ("solve", "x.csv", "--wrong"),
     ("completion", "cmd"), ("explain", "nonsense"), ("export", "x.csv", "y.what")],
)  # fmt: skip
def test_usage_errors_are_2_and_go_to_standard_error(run: Run, here: Path, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("netopt: ")
    assert list(here.iterdir()) == []


def test_usage_error_as_json(run: Run) -> None:
    result = run("solve", "x.csv", "--json", "--gap", "-1")
    said = json.loads(result.stdout)
    assert (result.exit_code, said["status"], said["exit_code"]) == (2, "error", 2)
    assert "--gap" in said["problems"][0]["message"]


def test_a_bug_is_1_with_a_short_message(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("oops\x1b[31m")

    monkeypatch.setattr(netopt, "solve", broken)
    result = run("solve", tiny)
    assert result.exit_code == 1
    assert "ZeroDivisionError: oops\\x1b[31m" in result.stderr
    assert "Traceback" not in result.stderr
    assert "bug in netopt" in result.stderr
    assert "Traceback" in run("solve", tiny, "--debug").stderr
    assert "Traceback" in run("--debug", "solve", tiny).stderr
    monkeypatch.setenv("NETOPT_DEBUG", "1")
    assert "Traceback" in run("solve", tiny).stderr


def test_solver_error_is_1(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise SolverError("HiGHS ended without an answer")

    monkeypatch.setattr(netopt, "solve", broken)
    result = run("solve", tiny, "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["problems"][0]["message"] == "HiGHS ended without an answer"


def test_interrupt_outside_the_search_is_4(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(netopt, "solve", stopped)
    result = run("solve", tiny)
    assert result.exit_code == 4
    assert "stopped" in result.stderr


def test_file_names_cannot_write_to_the_terminal(run: Run) -> None:
    result = run("solve", "a\x1b[2J\u202e.csv")
    assert result.exit_code == 2
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output


def test_a_reader_that_goes_away_changes_nothing(tiny: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-m", "netopt", "solve", str(tiny)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(60) == 0
    assert said == b""
    assert Path("network-plan/summary.json").is_file()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_is_said(tiny: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("w") as full:
        argv = [sys.executable, "-m", "netopt", "explain"]
        done = subprocess.run(argv, stdout=full, stderr=subprocess.PIPE, text=True, env=env, check=False)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr


def test_terminal_without_unicode(shell: Shell, tiny: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "netopt", "explain", "lanes"],
        capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert done.returncode == 0
    done.stdout.decode("ascii")
