"""Every set of open sites whose plan costs at most so much: parts of all sets, split until each is settled.

A part whose proved bound is above the limit holds no set that is asked for. Where the cheapest plan of a part is known
within the gap, the part is split at a site: one half keeps that plan, the other one is solved. So a set that is found
takes about as many solved parts as there are sites in doubt, or fewer (Lawler 1972, doi:10.1287/mnsc.18.7.401). Parts
are taken by their bounds, the least first; the best sets are found first, and no set that is still to come costs less
than the least bound of the parts that wait.

First each decided site is tried the other way than in the best plan. Where that is above the limit, it is settled for
all sets that are asked for: the site is in every one of them, or in none.
"""

from __future__ import annotations

import heapq
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from netopt.study.outcome import Outcome
from netopt.study.scenario import Scenario
from netopt.study.sites.parts import Answers, Decided, Part, bits

__all__ = ["Asked", "Enumeration", "Solve"]

_SAME = 1e-9
_CLOSER = 0.01
"""Part of the gap for sets of which it is in doubt whether they are within the limit."""

Solve = Callable[[Sequence[Scenario], float, float], list[Outcome]]
"""Solves scenarios: ``solve(scenarios, gap, cutoff)``. What answers a part otherwise than by a search belongs here."""


@dataclass(frozen=True)
class Asked:
    """What is asked of an enumeration.

    Parameters
    ----------
    within : float
        Share that a set may cost more than the best plan.
    count : int or None
        How many sets, the best ones; None for all.
    gap : float
        Of the plan of each set.
    rough : float
        Of the plan of a part, at least ``gap``.
    most : int or None
        Parts that are solved, at most.
    seconds : float or None
        After so many no further part is begun.
    together : int
        Parts that are solved side by side.
    """

    within: float
    count: int | None
    gap: float
    rough: float
    most: int | None
    seconds: float | None
    together: int = 1


@dataclass
class Enumeration:
    """Finds the sets within a share of the best plan.

    Parameters
    ----------
    decided : Decided
        The sites.
    base : Outcome
        The network as it is, solved; it has a plan.
    asked : Asked
        What is asked.
    solve : callable
        See `Solve`.
    """

    decided: Decided
    base: Outcome
    asked: Asked
    solve: Solve
    answers: Answers = field(init=False)
    begun: int = field(default=0, init=False)
    """Parts that have been solved."""
    stopped: bool = field(default=False, init=False)
    """Whether it ended before all parts were settled because of ``most`` or ``seconds``."""

    def __post_init__(self) -> None:
        """Begin with the plan of the network as it is."""
        self.answers = Answers(self.decided)
        self.answers.add(Part(0, 0), self.base)
        self._waiting: list[tuple[float, Part]] = []
        self._left: list[Part] = []
        self._least = np.inf  # of the bounds of what is settled and holds nothing that is asked for
        self._started = time.perf_counter()

    # -- what is known --------------------------------------------------------------------------------------------

    @property
    def best(self) -> float:
        """Cost of the cheapest plan that is known, money."""
        return min(plan.cost for plan in self.answers.plans.values())

    @property
    def limit(self) -> float:
        """What a set may cost, money; rounding does not tell sets of the same cost apart."""
        return self.best + (self.asked.within + _SAME) * abs(self.best)

    @property
    def cutoff(self) -> float:
        """What is above this is not asked for: the limit, or what the last of so many best sets costs."""
        costs = sorted(plan.cost for plan in self.answers.plans.values())
        count = self.asked.count
        return self.limit if count is None or len(costs) < count else min(self.limit, costs[count - 1])

    def sets(self) -> list[int]:
        """Return the sets whose plans are within the limit, the cheapest first."""
        return self._sorted(sites for sites, plan in self.answers.plans.items() if plan.cost <= self.limit)

    def undecided(self) -> list[int]:
        """Return the sets whose plans are above the limit, though their bounds are not."""
        above = (sites for sites, plan in self.answers.plans.items() if plan.cost > self.limit)
        return self._sorted(sites for sites in above if self.answers.known(sites) <= self.limit)

    def _sorted(self, sets: object) -> list[int]:
        return sorted(sets, key=lambda sites: (self.answers.cost(sites), sites))  # type: ignore[call-overload, no-any-return]

    @property
    def rest(self) -> float:
        """What no set costs less than that has not been found, money."""
        return min([self._least, *map(self.answers.bound, self.open_parts())])

    def _is_dear(self, part: Part) -> bool:
        """Return whether it is proved that a part holds nothing that is asked for."""
        bound = self.answers.bound(part)
        if bound <= self.cutoff:
            return False
        self._least = min(self._least, bound)
        return True

    def open_parts(self) -> list[Part]:
        """Return the parts that have not been settled."""
        waiting = [part for _, part in self._waiting]
        return [part for part in (*waiting, *self._left) if not self._is_dear(part)]

    # -- the search -----------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Go on until every part is settled, or as many have been solved, or as much time has gone by, as asked."""
        ever, never = self._try_each()
        if not self.stopped:
            self._push(Part(ever, never))
            while self._waiting:
                batch = self._batch()
                if batch and self._enough():
                    for part in batch:
                        self._push(part)
                    break
                self._solved(batch, self.asked.rough, self.cutoff)
                self.begun += len(batch)
                for part in batch:
                    self._split(part)
        self._finish()

    def _enough(self) -> bool:
        late = self.asked.seconds is not None and time.perf_counter() - self._started > self.asked.seconds
        self.stopped = late or (self.asked.most is not None and self.begun >= self.asked.most)
        return self.stopped

    def _solved(self, parts: Sequence[Part], gap: float, cutoff: float, name: str = "") -> None:
        outcomes = self.solve([self.decided.scenario(part, name) for part in parts], gap, cutoff)
        for part, outcome in zip(parts, outcomes, strict=True):
            self.answers.add(part, outcome)

    def _try_each(self) -> tuple[int, int]:
        """Solve each site the other way than in the base; return those that are in all sets, and those in none."""
        here, waiting = self.decided.of(self.base), [*bits(self.decided.all)]
        other = {site: Part(0, site) if here & site else Part(site, 0) for site in waiting}
        while waiting and not self._enough():
            taken, waiting = waiting[: self.asked.together], waiting[self.asked.together :]
            self._solved([other[site] for site in taken], self.asked.rough, self.limit)
            self.begun += len(taken)
        settled = [site for site, part in other.items() if self.answers.bound(part) > self.limit]
        self._least = min([np.inf, *(self.answers.bound(other[site]) for site in settled)])
        if waiting:
            self._waiting = [(self.answers.bound(Part(0, 0)), Part(0, 0))]
        return sum(site for site in settled if here & site), sum(site for site in settled if not here & site)

    def _push(self, part: Part) -> None:
        heapq.heappush(self._waiting, (self.answers.bound(part), part))

    def _batch(self) -> list[Part]:
        """Return the next parts that have to be solved, and split those on the way that need not be."""
        batch: list[Part] = []
        while self._waiting and len(batch) < self.asked.together:
            bound, part = heapq.heappop(self._waiting)
            known = self.answers.bound(part)
            if self._is_dear(part):
                continue
            if known > bound:
                self._push(part)
            elif self._is_known(part, known):
                self._split(part)
            else:
                batch.append(part)
        return batch

    def _is_known(self, part: Part, bound: float) -> bool:
        """Return whether the cheapest plan of a part is known, within the gap."""
        sites = self.answers.best(part)
        return sites is not None and self.answers.cost(sites) - bound <= self.asked.rough * abs(
            self.answers.cost(sites)
        )

    def _split(self, part: Part) -> None:
        """Split a part, unless it is settled, where that says most: where its best plan has no near neighbour."""
        if self._is_dear(part):
            return
        free = self.decided.all & ~(part.opened | part.shut)
        if not free:
            if self.answers.best(part) is None:  # otherwise its one set is found, or undecided
                self._left.append(part)
            return
        best = self.answers.best(part)
        sites = [*bits(free)]
        if best is not None:
            flipped = [self.answers.bound(part.split(site)[1 if best & site else 0]) for site in sites]
            sites = [sites[int(np.argmax(flipped))]]
        for half in part.split(sites[0]):
            self._push(half)

    def _finish(self) -> None:
        """Solve each set that may be asked for by itself, so that its cost is known within the gap, or closer."""
        first = self.decided.of(self.base)
        asked = [sites for sites in self.answers.plans if self.answers.known(sites) <= self.cutoff and sites != first]
        parts = [self.decided.alone(sites) for sites in self._sorted(asked)]
        for at in range(0, len(parts), self.asked.together):
            self._solved(parts[at : at + self.asked.together], self.asked.gap, np.inf, "set")
        doubtful = [] if self.asked.count is not None else [self.decided.alone(sites) for sites in self.undecided()]
        for at in range(0, len(doubtful), self.asked.together):
            self._solved(
                doubtful[at : at + self.asked.together], _CLOSER * self.asked.gap, self.limit, "closer look at set"
            )
