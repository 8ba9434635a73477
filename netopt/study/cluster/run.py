"""Scenarios handed out to the workers of a Dask cluster, one at a time each.

Workers have the network already; a task is a scenario and how to solve it. Summary, tables and files of a plan come
back and are written here, so workers need no disk that we can see. What a lost worker had in hand another one does.
"""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netopt.errors import SolverError
from netopt.network import Network
from netopt.plan.folder import seen_from, write_packed
from netopt.study.cluster.address import problem, said_by
from netopt.study.cluster.connection import Cluster, quietly
from netopt.study.run import Solved, Task

if TYPE_CHECKING:
    from distributed import Future

__all__ = ["run_on_cluster"]

_LOOK = 1.0
"""Seconds between looks at how many workers there are."""


def run_on_cluster(network: Network, tasks: Sequence[Task], cluster: Cluster) -> Generator[tuple[Task, Solved]]:
    """Yield each task with its result, as they come; tasks of a worker that was lost are run again.

    Each worker has one task in hand, and gets another one when it is done; so a worker that joins late takes its share.

    Parameters
    ----------
    network : Network
        Each worker gets it once.
    tasks : sequence of Task
        What is done; their folders are written here.
    cluster : Cluster
        Where.

    Raises
    ------
    InputError
        When the scheduler or the workers are not there, or cannot run netopt as it is here.
    SolverError
        When a task has lost its worker time and again.
    """
    if not tasks:
        return
    with cluster:
        cluster.workers()
        with _Hand(cluster, cluster.bring(network), network.tables.path) as hand:
            waiting = deque(tasks)
            while waiting or hand:
                there = cluster.workers()
                while waiting and len(hand) < there:
                    hand.give(waiting.popleft())
                found = hand.take(_LOOK)
                if found is not None:
                    yield found


class _Hand:
    """The tasks that workers have in hand.

    Parameters
    ----------
    cluster : Cluster
        Where.
    name : str
        Of the network there.
    path : str or None
        Where the network was read.
    """

    def __init__(self, cluster: Cluster, name: str, path: str | None) -> None:
        self._cluster, self._name, self._path = cluster, name, path
        self._held: dict[Future[Any], Task] = {}
        self._done: queue.SimpleQueue[Future[Any]] = queue.SimpleQueue()

    def __len__(self) -> int:
        return len(self._held)

    def __enter__(self) -> _Hand:
        return self

    def __exit__(self, *_: object) -> None:
        """Take back what is not done; its search ends soon."""
        if self._held:
            with quietly():
                self._cluster.client().cancel(list(self._held), force=True)

    def give(self, task: Task) -> None:
        from netopt.study.cluster.worker import solve_task

        source = None if task.folder is None else seen_from(task.folder, self._path)
        with self._cluster.talking() as client:
            future = client.submit(
                solve_task, self._name, replace(task, folder=None), source, task.folder is not None, pure=False
            )
            self._held[future] = task
            future.add_done_callback(self._done.put)

    def take(self, seconds: float) -> tuple[Task, Solved] | None:
        """Return a task that is done, and its result; None when none is after some seconds."""
        try:
            future = self._done.get(timeout=seconds)
        except queue.Empty:
            return None
        task = self._held.pop(future)
        with self._cluster.talking():
            error = future.exception()
        if error is not None:
            raise _told(task, error) from error
        with self._cluster.talking():
            summary, tables, files = future.result()
        if task.folder is not None and files:
            write_packed(files, task.folder)
        return task, (summary, tables)


def _told(task: Task, error: Exception) -> Exception:
    """Return what is said of an error that came out of a worker."""
    from distributed.scheduler import KilledWorker

    if isinstance(error, KilledWorker):
        return SolverError(f"workers were lost again and again, at the latest with {task.scenario.name}")
    if isinstance(error, ImportError):
        said = f"a worker cannot run netopt ({said_by(error)})"
        return problem(said, "install netopt on every worker, as it is here")
    if isinstance(error, OSError):
        return problem(f"a worker could not write its files ({said_by(error)})", "make room on its disk")
    return error
