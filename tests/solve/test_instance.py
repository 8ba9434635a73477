"""HiGHS is quiet: what the process writes to standard output is the plan's alone."""

import json
import subprocess
import sys
from pathlib import Path

import highspy

from netopt.solve.instance import new_highs

ROOT = Path(__file__).parents[2]


def test_a_process_that_solves_prints_nothing_but_its_own_words(tmp_path: Path) -> None:
    script = "import netopt; print('before'); netopt.solve('data/tiny/network.csv'); print('after')"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True)
    assert run.stdout == "before\nafter\n"


def test_the_summary_stands_alone_on_standard_output(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "netopt", "solve", "data/tiny/network.csv", "--json", "--out", str(tmp_path / "plan")]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert json.loads(run.stdout)["status"] == "optimal"


def test_without_a_standard_output_there_is_still_a_plan(tmp_path: Path) -> None:
    script = f"import os; os.close(1); import netopt; netopt.solve('data/tiny/network.csv').save({str(tmp_path / 'plan')!r})"
    run = subprocess.run([sys.executable, "-c", script], stderr=subprocess.PIPE, text=True, cwd=ROOT)
    assert run.returncode in (0, 120), run.stderr  # 120: Python cannot flush what is closed
    assert json.loads((tmp_path / "plan" / "summary.json").read_text())["cost"] == 3780


def test_an_instance_logs_nothing() -> None:
    assert new_highs().getOptionValue("log_to_console") == (highspy.HighsStatus.kOk, False)
