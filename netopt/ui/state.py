"""Everything that one user's page shows: the tables, the search, its plan, and the plans that were kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netopt.study.comparison import Comparison
from netopt.study.outcome import Outcome
from netopt.study.scenario import BASE, Scenario, read_scenarios
from netopt.study.study import Study
from netopt.ui.draft import Draft, Version
from netopt.ui.search import Search, Solver

if TYPE_CHECKING:
    from netopt.network import Network
    from netopt.plan import Plan

__all__ = ["Kept", "Result", "Workspace"]


@dataclass(frozen=True, eq=False)
class Result:
    """A plan, or that there is none, and the tables that it is for.

    Parameters
    ----------
    plan : Plan
        Of the network of these tables.
    version : Version
        The tables.
    """

    plan: Plan
    version: Version


@dataclass(frozen=True, eq=False)
class Kept:
    """A result under a name.

    Parameters
    ----------
    name : str
        Unique, as scenarios are named.
    result : Result
        What was kept.
    """

    name: str
    result: Result

    @property
    def plan(self) -> Plan:
        """The plan."""
        return self.result.plan

    @property
    def scenario(self) -> Scenario | None:
        """The edits of the file that make its network; None where no words say them."""
        edits = self.result.version.edits
        return None if edits is None else Scenario(self.name, edits)

    def outcome(self) -> Outcome:
        """Return the plan as studies compare it: its network is the source already, so that no edits are left."""
        return Outcome(Scenario(self.name), self.plan.summary(), self.plan.tables, self.plan.network)


class Workspace:
    """One user's network, edits, search and scenarios.

    Parameters
    ----------
    network : Network
        As it was read.
    name : str
        What it is called.
    gap : float
        Relative gap at which a plan is good enough.
    time_limit : float, optional
        Seconds for a search.
    folder : Path, optional
        Where exports are written; without one they are downloads.
    """

    def __init__(
        self, network: Network, name: str, *, gap: float = 1e-4, time_limit: float | None = None,
        folder: Path | None = None,
    ) -> None:  # fmt: skip
        self.draft = Draft(network)
        self.name = name
        self.gap, self.time_limit, self.again = gap, time_limit, True
        self.folder = folder
        self.solver = Solver(self._heard)
        self.search: Search | None = None
        self.result: Result | None = None
        self.kept: list[Kept] = []
        self.beside: str | None = None
        self.changes = 0
        self._solved: Version | None = None
        self._lock = threading.Lock()

    @property
    def network(self) -> Network:
        """The last network that stood up to the checks."""
        return self.draft.network

    @property
    def stale(self) -> bool:
        """Whether the tables have changed since the plan that is shown."""
        return self.result is not None and self.result.version.tables is not self.draft.now.tables

    def changed(self) -> None:
        """Note that something is to be drawn anew."""
        self.changes += 1

    def change(self, made: Callable[[Draft], object]) -> None:
        """Change the tables.

        Raises
        ------
        InputError
            When the change cannot be made; nothing has changed then.
        """
        with self._lock:  # of two windows
            made(self.draft)
            _ = self.draft.network  # built here, in the thread of the change
        self.changed()

    # -- solving ------------------------------------------------------------------------------------------------------

    @property
    def solving(self) -> bool:
        """Whether a search goes on."""
        return self.solver.search is not None

    def why_not_solve(self) -> str | None:
        """Return why no search can begin, None where one can."""
        if self.solving:
            return "A search is going on."
        if self.draft.problems:
            count = len(self.draft.problems)
            cells, them = ("cell has", "it") if count == 1 else ("cells have", "them")
            return f"{count:,} {cells} to be mended first; the tables show {them}."
        return None

    def solve(self) -> Search:
        """Begin a search for the network as it is now.

        Raises
        ------
        RuntimeError
            When none can begin, see `why_not_solve`.
        """
        reason = self.why_not_solve()
        if reason is not None:
            raise RuntimeError(reason)
        self._solved = self.draft.now
        options = {"gap": self.gap, "time_limit": self.time_limit}
        self.search = self.solver.solve(self.draft.network, again=self.again, **options)
        self.changed()
        return self.search

    def stop(self) -> None:
        """Ask the search to end with the best plan so far."""
        self.solver.stop()
        self.changed()

    def _heard(self, search: Search) -> None:
        """Take what a search has found; called from a thread."""
        if search.plan is not None and self._solved is not None:
            self.result = Result(search.plan, self._solved)
        self.changed()

    # -- scenarios ----------------------------------------------------------------------------------------------------

    def keep(self, name: str) -> Kept:
        """Keep the plan that is shown under a name.

        Raises
        ------
        InputError
            When the name cannot be that of a scenario, or is taken.
        RuntimeError
            When there is no plan.
        """
        if self.result is None or not self.result.plan.found:
            raise RuntimeError("there is no plan to keep")
        name = name.strip()
        others = [each.name for each in self.kept if each.name != BASE]
        if name != BASE or any(each.name == BASE for each in self.kept):
            read_scenarios([Scenario(each) for each in (*others, name)])
        kept = Kept(name, self.result)
        self.kept.append(kept)
        self.changed()
        return kept

    def next_name(self) -> str:
        """Return a name that no kept plan has."""
        if not self.kept and self.result is not None and self.result.version.edits == ():
            return BASE
        taken = {each.name for each in self.kept}
        return next(name for number in range(1, len(taken) + 2) if (name := f"Plan {number}") not in taken)

    def forget(self, name: str) -> None:
        """Let a kept plan go."""
        self.kept = [each for each in self.kept if each.name != name]
        self.changed()

    def go_back_to(self, name: str) -> None:
        """Take the tables and the plan of a kept one; that can be undone."""
        kept = self[name]
        self.draft.go_back_to(kept.result.version, f"back to {name}")
        self.result = kept.result
        self.changed()

    def __getitem__(self, name: str) -> Kept:
        """Return a kept plan by its name."""
        return next(each for each in self.kept if each.name == name)

    @property
    def reference(self) -> Kept | None:
        """The kept plan that others are compared with: the one that was chosen, else the first."""
        chosen = [each for each in self.kept if each.name == self.beside]
        return next(iter(chosen or self.kept), None)

    def study(self) -> Study | None:
        """Return the kept plans as a study, the reference first; None where nothing is kept."""
        first = self.reference
        if first is None:
            return None
        others = [each for each in self.kept if each is not first]
        cases = [each.scenario or Scenario(each.name, description="no words say what changed") for each in others]
        return Study(
            tuple(each.outcome() for each in (first, *others)), (Scenario(BASE),), (Scenario(first.name), *cases)
        )

    def comparisons(self) -> list[Comparison]:
        """Return each kept plan beside the reference."""
        found = self.study()
        return [] if found is None else [Comparison(found.base, each) for each in found.outcomes[1:]]

    def close(self) -> None:
        """End the solver's process."""
        self.solver.close()
