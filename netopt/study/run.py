"""Scenarios solved one after the other, or side by side by workers with one solver thread each."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from netopt.errors import PlanError, SolverError
from netopt.network import Network
from netopt.plan.footing import Footing, start_from
from netopt.plan.solve import solve
from netopt.study.scenario import Scenario

if TYPE_CHECKING:
    from netopt.plan.folder import Page
    from netopt.plan.plan import Plan
    from netopt.solve.reuse import Start

__all__ = ["Solved", "Task", "run_here", "run_with_workers"]

Solved = tuple[dict[str, Any], dict[str, pd.DataFrame]]
"""Summary and tables of a plan."""

_TRIES = 3
"""A task whose worker was lost is given to another one so often."""

_GROUND: list[tuple[Network, Start | None]] = []
"""Of a worker process: it gets the network once, and what is known of it."""


@dataclass(frozen=True)
class Task:
    """A scenario to solve.

    Parameters
    ----------
    scenario : Scenario
        Its edits are made on the network that workers have.
    folder : Path or None
        Where its plan is written.
    options : mapping of str to object
        Of `netopt.plan.solve.solve`.
    pages : tuple of callable
        Further files of the plan's folder.
    """

    scenario: Scenario
    folder: Path | None
    options: Mapping[str, Any]
    pages: tuple[Page, ...] = ()

    def run(self, network: Network, start: Start | None = None) -> Solved:
        """Return summary and tables of the plan, once it is written; raises what `plan` does."""
        plan = self.plan(network, None, start)
        if self.folder is not None and plan.found:
            plan.save(self.folder)
        return plan.summary(), dict(plan.tables)

    def plan(self, network: Network, stop: threading.Event | None = None, start: Start | None = None) -> Plan:
        """Return the plan, which has passed its audit.

        Parameters
        ----------
        network : Network
            As it is.
        stop : Event, optional
            Set by another thread to end the search, as Ctrl-C does.
        start : Start, optional
            What is known of the network as it is.

        Raises
        ------
        PlanError
            When the plan does not pass its audit.
        SolverError
            When the solver fails without an answer.
        KeyboardInterrupt
            When Ctrl-C came first.
        """
        edits = self.scenario.edits
        changed = network.edit(*edits) if edits else network
        plan = solve(changed, pages=self.pages, stop=stop, start=start, **self.options)
        if plan.status == "interrupted" and not (self._ran_out(plan.seconds) or self._is_above(plan.bound)):
            raise KeyboardInterrupt
        if plan.found and not plan.audit().ok:
            raise PlanError(f"the plan of {self.scenario.name} does not pass its audit")
        return plan

    def _is_above(self, bound: float) -> bool:
        cutoff = self.options.get("cutoff")
        return cutoff is not None and bound > float(cutoff)

    def _ran_out(self, seconds: float) -> bool:
        limit = self.options.get("time_limit")
        return limit is not None and seconds >= 0.9 * float(limit)


def run_here(network: Network, tasks: Sequence[Task], footing: Footing | None = None) -> Generator[tuple[Task, Solved]]:
    """Yield each task with its result, in their order; see `run_with_workers`."""
    start = start_from(footing, network) if tasks else None
    for task in tasks:
        yield task, task.run(network, start)


def run_with_workers(
    network: Network, tasks: Sequence[Task], footing: Footing | None = None, *, workers: int
) -> Generator[tuple[Task, Solved]]:
    """Yield each task with its result, as they come; tasks of a worker that was lost are run again.

    Parameters
    ----------
    network : Network
        Each worker gets it once.
    tasks : sequence of Task
        What is done.
    footing : Footing, optional
        What is known of the network as it is; searches begin with it.
    workers : int
        Processes side by side.

    Raises
    ------
    SolverError
        When a task has lost its worker time and again.
    """
    left, tries = list(tasks), 0
    while left:
        done: list[Task] = []
        try:
            for task, solved in _round(network, left, footing, min(workers, len(left))):
                done.append(task)
                yield task, solved
        except _LostWorkerError as error:
            tries = 0 if done else tries + 1
            if tries >= _TRIES:
                names = ", ".join(task.scenario.name for task in left[:3])
                raise SolverError(f"workers were lost again and again, at the latest with {names}") from error
        left = [task for task in left if task not in done]


class _LostWorkerError(Exception):
    """A worker process ended without an answer."""


def _round(
    network: Network, tasks: Sequence[Task], footing: Footing | None, workers: int
) -> Iterator[tuple[Task, Solved]]:
    from loky.process_executor import BrokenProcessPool, ProcessPoolExecutor

    with ProcessPoolExecutor(max_workers=workers, initializer=_begin, initargs=(network.tables, footing)) as pool:
        waiting: dict[Future[Solved], Task] = {pool.submit(_run, task): task for task in tasks}
        try:
            while waiting:
                for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                    yield waiting[future], future.result()
                    del waiting[future]
        except BrokenProcessPool as error:
            raise _LostWorkerError from error
        finally:
            pool.shutdown(wait=True, kill_workers=bool(waiting))


def _begin(tables: Any, footing: Footing | None) -> None:
    network = Network.from_tables(tables)
    _GROUND[:] = [(network, start_from(footing, network))]


def _run(task: Task) -> Solved:
    return task.run(*_GROUND[0])
