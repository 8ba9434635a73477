"""What a worker of a Dask cluster does: it keeps the network, and solves one scenario of it at a time.

Dask runs tasks in threads, which no signal reaches and nobody can end. So a task has an event that ends its search, set
when the scheduler takes the task back: because Ctrl-C has stopped the study, or the study is not there any more.
"""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd
from distributed import Reschedule, Worker, WorkerPlugin, get_worker

from netopt.errors import InputError, Problem, SolverError
from netopt.network import Network
from netopt.plan.folder import packed_plan
from netopt.plan.solve import versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netopt.read.tables import Tables
    from netopt.study.run import Task

__all__ = ["Carrier", "Returned", "other_versions", "solve_task"]

Returned = tuple[dict[str, Any], dict[str, pd.DataFrame], dict[str, bytes]]
"""Summary, tables and files of a plan."""

_ALONE = threading.Lock()
"""Held while a plan is made: Pyomo is not made for threads, and they would take turns in Python anyway."""

_UNWANTED = ("cancelled", "released", "forgotten")
"""States of a task that nobody waits for."""


class Carrier(WorkerPlugin):  # type: ignore[misc]
    """Brings a network to a worker when it is registered, or when the worker joins.

    Parameters
    ----------
    tables : Tables
        Of the network.
    wanted : mapping of str to str
        Versions that a plan may depend on, as the study has them.
    """

    def __init__(self, tables: Tables, wanted: Mapping[str, str]) -> None:
        self._tables = tables
        self._wanted = dict(wanted)

    @cached_property
    def network(self) -> Network:
        """Made of the tables by the first task, in its thread; the worker goes on listening meanwhile."""
        return Network.from_tables(self._tables)

    def setup(self, worker: Worker) -> None:
        """Begin on a worker; Dask calls it.

        Raises
        ------
        InputError
            When the worker has other versions; what it would find could not be told from what is found elsewhere.
        """
        self._stops: dict[object, threading.Event] = {}
        self._refusal = other_versions(f"the worker {worker.address}", versions(), self._wanted)
        if self._refusal is not None:
            raise self._refusal

    def transition(self, key: object, start: str, finish: str, **_: Any) -> None:  # noqa: ARG002
        """End the search of a task that is not wanted any more; Dask calls it."""
        if finish in _UNWANTED and key in self._stops:
            self._stops[key].set()

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002
        """End every search; Dask calls it when the study has ended or the worker is shut down."""
        for stop in list(self._stops.values()):
            stop.set()

    def solve(self, key: object, task: Task, source: str | None, *, packed: bool) -> Returned:
        """Solve a scenario; see `solve_task`."""
        if self._refusal is not None:  # it joined while the study ran
            raise self._refusal
        stop = self._stops[key] = threading.Event()
        try:
            with _ALONE:
                if stop.is_set():
                    raise Reschedule
                plan = task.plan(self.network, stop)
                files = packed_plan(plan, task.pages, source) if packed and plan.found else {}
        except KeyboardInterrupt:  # what a search says that was ended
            if stop.is_set():
                raise Reschedule from None
            raise SolverError(f"the search for {task.scenario.name} ended without an answer") from None
        finally:
            del self._stops[key]
        if stop.is_set():
            raise Reschedule  # perhaps it was cut short; this is for another worker, if anybody wants it
        return plan.summary(), dict(plan.tables), files


def solve_task(name: str, task: Task, source: str | None, packed: bool) -> Returned:
    """Solve a scenario of the network that was brought under a name, in a thread of a worker.

    Parameters
    ----------
    name : str
        Of the `Carrier`.
    task : Task
        What to solve; its folder is somewhere else.
    source : str or None
        Where the input is, seen from that folder.
    packed : bool
        Whether files are wanted.

    Raises
    ------
    InputError
        When the worker has other versions than the study.
    PlanError
        When the plan does not pass its audit.
    SolverError
        When the solver fails without an answer.
    Reschedule
        When the worker is to be shut down; another one does it.
    """
    worker = get_worker()
    carrier: Carrier = worker.plugins[name]
    return carrier.solve(worker.get_current_task(), task, source, packed=packed)


def other_versions(who: str, found: Mapping[str, str], wanted: Mapping[str, str]) -> InputError | None:
    """Return what is wrong with the versions of a machine, None where they are those of the study."""
    other = [name for name in wanted if found.get(name) != wanted[name]]
    if not other:
        return None
    has = ", ".join(f"{name} {found.get(name)}" for name in other)
    needs = ", ".join(f"{name} {wanted[name]}" for name in other)
    fix = f"install {needs} there, as it is here; results of other versions cannot be told from each other"
    return InputError([Problem("cluster", None, None, f"{who} has {has}", fix)])
