"""HiGHS is quiet: what the process writes to standard output is the plan's alone."""

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import highspy
import pytest

import netopt
from netopt.formulation import build
from netopt.solve import Control, solve_program
from netopt.solve.benders import decomposed
from netopt.solve.instance import guest, new_highs, run_here
from tests.solve.hard import hard

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


def ours(threads: int) -> highspy.Highs:
    """Return a program with one variable from 1 up."""
    highs = new_highs()
    highs.setOptionValue("threads", threads)
    highs.addVar(1, 2)
    highs.changeColCost(0, 3)
    return highs


def in_a_thread_of_its_own(work: Callable[[], None]) -> None:
    """Work where HiGHS has not been run before."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(work).result()


@pytest.mark.parametrize("before", [1, 2, 3])
def test_it_runs_where_highs_ran_with_other_threads(before: int) -> None:
    def work() -> None:
        assert ours(before).run() == highspy.HighsStatus.kOk
        for threads in (1, 2, 1):
            highs = ours(threads)
            run_here(highs)
            assert highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
            assert highs.getObjectiveValue() == 3

    in_a_thread_of_its_own(work)


def test_a_program_that_fails_fails() -> None:
    highs = ours(1)
    highs.setOptionValue("solver", "ipm")
    highs.changeColIntegrality(0, highspy.HighsVarType.kInteger)
    highs.changeColBounds(0, 0.2, 0.8)
    run_here(highs)
    assert highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible


def test_a_caller_may_run_highs_as_it_likes_afterwards() -> None:
    def work() -> None:
        with guest():
            run_here(ours(1))
        assert ours(2).run() == highspy.HighsStatus.kOk

    in_a_thread_of_its_own(work)


@pytest.mark.parametrize("way", ["search", "decomposition"])
@pytest.mark.parametrize("before", [1, 3])
def test_solving_lives_beside_the_callers_own_runs(way: str, before: int) -> None:
    program = build(netopt.read(hard(6, 15)))

    def work() -> None:
        assert ours(before).run() == highspy.HighsStatus.kOk
        if way == "search":
            assert solve_program(program, Control(threads=1)).status == "optimal"
        else:
            assert decomposed([program], [1.0], Control()).status == "optimal"
        assert ours(2).run() == highspy.HighsStatus.kOk

    in_a_thread_of_its_own(work)
