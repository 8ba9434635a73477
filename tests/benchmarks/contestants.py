"""Who takes part: a name, what runs it, the matrix form it is handed, and what is imported before the clock starts."""

from __future__ import annotations

import importlib
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from tests.benchmarks.journal import Journal

# Nothing heavy is imported here: a contest begins with this module.

__all__ = ["CONTESTANTS", "Contestant", "Outcome", "Task"]


class Task(NamedTuple):
    """What one run is about.

    Attributes
    ----------
    folder : Path
        As `tests.benchmarks.cases.prepare` left it.
    form : str
        Matrix form to be handed over; blank for netopt, which reads the tables.
    start : Path or None
        Plan of netopt: what it leaves there, and what others start from.
    time, gap : float
        Limit in seconds, and the relative gap that is enough.
    log : Path
        Where libraries' own words went.
    """

    folder: Path
    form: str
    start: Path | None
    time: float
    gap: float
    log: Path


class Outcome(NamedTuple):
    """What came out.

    Attributes
    ----------
    status : str
        ``optimal``, ``feasible``, ``infeasible``, ``no plan``, or a solver's own word.
    cost, bound : float
        In money; infinite where there is none.
    more : dict
        Whatever else is measured of this contestant.
    """

    status: str
    cost: float
    bound: float
    more: dict[str, Any]


class Contestant(NamedTuple):
    """One that takes part.

    Attributes
    ----------
    run : callable
        Starts and stops the journal's clock around hand-over and search.
    form : str
        ``weak``, ``strong``, ``better`` (of the two in the same results), or blank.
    libraries : tuple of str
        Imported beforehand.
    """

    run: Callable[[Task, Journal], Outcome]
    form: str
    libraries: tuple[str, ...]


def netopt(task: Task, journal: Journal, threads: int | None = 1) -> Outcome:
    """Read the tables, solve them, and ask the plan's own audit; the clock runs from the network to the plan."""
    import numpy as np

    import netopt

    steps = importlib.import_module("netopt.plan.solve")  # by name: the package calls the function so, too
    solve_program, held = steps.solve_program, {}

    def kept(*args: Any, **more: Any) -> Any:
        held["build_seconds"] = journal.seconds
        held["answer"] = solve_program(*args, **more)
        return held["answer"]

    began = time.perf_counter()
    network = netopt.read(task.folder / "tables")
    read_seconds = time.perf_counter() - began
    with mock.patch.object(steps, "solve_program", kept):
        journal.start()
        plan = netopt.solve(
            network, gap=task.gap, time_limit=task.time, threads=threads,
            progress=lambda progress: journal.note(progress.cost, progress.bound),
        )
        journal.stop()
    more: dict[str, Any] = {"read_seconds": read_seconds, "build_seconds": held.get("build_seconds")}
    if plan.found:
        began = time.perf_counter()
        more["audit_ok"] = bool(plan.audit().ok)
        more["audit_seconds"] = time.perf_counter() - began
    more["proved_bound"] = plan.summary()["proved_bound"]
    x = getattr(held.get("answer"), "x", None)
    if task.start is not None and x is not None:
        at = np.flatnonzero(x)
        task.start.parent.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(task.start, at=at, value=x[at], width=len(x))
    return Outcome(plan.status, plan.cost, plan.bound if plan.status != "infeasible" else -math.inf, more)


def _peer(name: str, *settings: str) -> Callable[[Task, Journal], Outcome]:
    def run(task: Task, journal: Journal) -> Outcome:
        return getattr(importlib.import_module("tests.benchmarks.peers"), name)(task, journal, *settings)

    return run


def _two(task: Task, journal: Journal) -> Outcome:
    """Let HiGHS, with one thread, work beside the search of netopt, as it does where nobody asks for one thread."""
    return netopt(task._replace(start=None), journal, None)


_NETOPT = ("numpy", "pandas", "netopt", "netopt.network", "netopt.formulation", "netopt.plan.solve", "netopt.report",
           "netopt.solve.highs", "pyomo.environ")
_HIGHS = ("numpy", "scipy.sparse", "highspy", "tests.benchmarks.peers")
_ORTOOLS = ("numpy", "scipy.sparse", "ortools.linear_solver.pywraplp", "tests.benchmarks.peers",
            "ortools.linear_solver.linear_solver_pb2", "ortools.linear_solver.python.model_builder_helper")

CONTESTANTS: dict[str, Contestant] = {
    "netopt": Contestant(netopt, "", _NETOPT),
    "netopt-two": Contestant(_two, "", _NETOPT),
    "highs-weak": Contestant(_peer("highs"), "weak", _HIGHS),
    "highs-strong": Contestant(_peer("highs"), "strong", _HIGHS),
    "highs-started": Contestant(_peer("highs"), "better", _HIGHS),
    "scip": Contestant(_peer("ortools", "SCIP"), "weak", _ORTOOLS),
    "scip-strong": Contestant(_peer("ortools", "SCIP"), "strong", _ORTOOLS),
    "cbc": Contestant(_peer("ortools", "CBC"), "weak", _ORTOOLS),
    "cbc-strong": Contestant(_peer("ortools", "CBC"), "strong", _ORTOOLS),
}
"""By name. netopt stands before those that start from its plan."""
