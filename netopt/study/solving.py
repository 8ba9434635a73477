"""Scenarios of one network solved, but for those whose results are kept already."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from netopt.network import Network
from netopt.plan.footing import Footing, footing_of, read_footing
from netopt.plan.solve import versions
from netopt.study.outcome import Outcome
from netopt.study.run import Solved, Task
from netopt.study.scenario import BASE, Scenario
from netopt.study.store import Store, folder_of, key_of

if TYPE_CHECKING:
    from netopt.plan.folder import Page

__all__ = ["Run", "Solving"]

Run = Callable[..., Generator[tuple[Task, Solved]]]
"""Solves tasks on a network."""


@dataclass
class Solving:
    """Solves scenarios of one network, but for those that are in its store.

    Parameters
    ----------
    network : Network
        As it is.
    options : mapping of str to object
        Of `netopt.plan.solve.solve`.
    run : callable
        Solves tasks.
    store : Store or None
        Where results are kept.
    heard : callable or None
        Told of each outcome, how many there are, and how many there will be.
    pages : tuple of callable
        Further files of the plans' folders.
    near : bool
        Whether plans may be made in this process as well.
    cutoff : float or None
        Money: of what is proved to cost more, no plan is asked for.
    """

    network: Network
    options: Mapping[str, Any]
    run: Run
    store: Store | None
    heard: Callable[[Outcome, int, int], None] | None
    pages: tuple[Page, ...]
    near: bool = True
    cutoff: float | None = None
    results: dict[str, Solved] = field(default_factory=dict)
    footing: Footing | None = None
    total: int = 0

    def solve(self, wanted: Sequence[Scenario]) -> None:
        """Add the result of every scenario by name: those in the store, then the base, then what begins with it."""
        self.total = len(wanted)
        tasks = [task for task in map(self._task, wanted) if task is not None]
        if tasks and tasks[0].scenario.name == BASE:
            self._solve_base(tasks.pop(0))
        if self.store is not None and self.footing is None and "flows" in self.results[BASE][1]:
            self.footing = read_footing(self.store.plan(folder_of(BASE)), self.network)
        self._work_off(tasks)

    def _task(self, scenario: Scenario) -> Task | None:
        """Return what is to be done for a scenario, None where its result is there."""
        if scenario.name in self.results:
            return None
        asked = dict(self.options) if self.cutoff is None else {**self.options, "cutoff": self.cutoff}
        if self.store is None:
            return Task(scenario, None, asked, self.pages)
        folder = folder_of(scenario.name)
        known = self.store.get(self._key(scenario), folder)
        if known is None or not _is_enough(known[0], self.cutoff):
            return Task(scenario, self.store.plan(folder), asked, self.pages)
        self._take(scenario, known)
        return None

    def _key(self, scenario: Scenario) -> str:
        edits = [*self.network.tables.edits, *(edit.to_json() for edit in scenario.edits)]
        return key_of(self.network.tables.sha256, edits, self.options, versions())

    def _solve_base(self, task: Task) -> None:
        if self.store is not None or not self.near:
            self._work_off([task])
            return
        plan = task.plan(self.network)  # workers would not hand on what others are to begin with
        self.footing = footing_of(plan)
        self._take(task.scenario, (plan.summary(), dict(plan.tables)))

    def _work_off(self, tasks: Sequence[Task]) -> None:
        with closing(self.run(self.network, tasks, self.footing)) as found:
            for task, solved in found:
                if self.store is not None:
                    self.store.put(self._key(task.scenario), folder_of(task.scenario.name), solved[0])
                self._take(task.scenario, solved)

    def _take(self, scenario: Scenario, solved: Solved) -> None:
        self.results[scenario.name] = solved
        if self.heard is not None:
            self.heard(Outcome(scenario, *solved, self.network), len(self.results), self.total)


def _is_enough(summary: Mapping[str, Any], cutoff: float | None) -> bool:
    """Return whether a result that may have been cut off answers what is asked now."""
    before, bound = summary.get("cutoff"), summary["bound"]
    if before is None or bound is None or bound <= before:
        return True
    return summary["status"] in ("optimal", "infeasible") or (cutoff is not None and bound > cutoff)
