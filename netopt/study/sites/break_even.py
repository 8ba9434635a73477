"""Break-even capacity: the least capacity at which a site is worth opening, between what is proved not and what is.

saving(x) = cost of the cheapest plan without the site - cost of the cheapest plan with it open at capacity x  (money)

The site is open in every period, at the same capacity. More capacity takes no plan away, so the saving never falls as x
rises, and one x parts what is worth it from what is not. Each cost is known within its gap: x is proved enough where
the plan found there costs no more than the bound of those without the site, and proved not enough where its bound is
above what a plan without costs. A plan with the site needs no more capacity than passes through, so where x is enough,
that is. Where unlimited capacity is proved not enough, no capacity is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from netopt.network import Network
from netopt.network.catalog import UNITS
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.study.outcome import Outcome
from netopt.study.rounds import Rounds, distinct
from netopt.study.scenario import Scenario
from netopt.study.sites.worth import Worth

__all__ = ["BreakEven", "break_evens", "largest_throughput"]

_SAME = 1e-9
_NEAR = 0.9
"""Of the width that is asked for: how far beyond an end the other one is tried."""

_CLEAR = 1.1
"""Of what the gap leaves open: how much is to be saved or lost for it to be told."""

_HALVE = 3
"""Every so many plans an interval is halved, whatever the savings say."""


@dataclass(frozen=True)
class BreakEven:
    """The capacity from which a site is worth opening, as far as it is proved.

    Parameters
    ----------
    site : str
        A facility.
    typed : float
        Its capacity a period, the largest over periods; infinite without a limit.
    unit : {'units', 'volume', 'weight'}
        What capacities count.
    not_enough : float or None
        The largest capacity that is proved not enough.
    enough : float or None
        The smallest one that is proved enough.
    verdict : {'between', 'always', 'never', 'unsure'}
        The capacity lies between the two (below `enough`, where nothing is proved not enough); any is enough; none is,
        proved; or what the gap leaves open hides it.
    """

    site: str
    typed: float
    unit: str
    not_enough: float | None
    enough: float | None
    verdict: str


@dataclass
class _Search:
    """Closes in on the break-even capacity of a site.

    Parameters
    ----------
    worth : Worth
        Of the site.
    share : float
        How far apart both ends may be, as a share of the larger one.
    """

    worth: Worth
    share: float
    low: float | None = None
    high: float | None = None
    never: bool = False
    first: float = 0.0
    tried: int = 0
    leeway: float = 0.0
    unsure: list[float] = field(default_factory=list)
    asked: set[float | None] = field(default_factory=set)
    savings: dict[float, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the plan that is there, if it has the site open in every period."""
        self.savings[self.floor] = -self._idle()  # a guess, which only says where to look
        found = self.worth.chosen if self.worth.is_open else self.worth.forced
        if not found.found or self._throughout(found):  # without a plan in some period, there is none throughout
            self.learn(None, found)

    @property
    def _at(self) -> int:
        return [str(name) for name in self._network.facilities.names].index(self.worth.site)

    @property
    def _network(self) -> Network:
        return self.worth.chosen.network

    @property
    def floor(self) -> float:
        """What must pass through the site in some period; no capacity may be less."""
        return float(self._network.facilities.min_throughput[self._at].max())

    @property
    def typed(self) -> tuple[float, float]:
        """The smallest and the largest capacity over periods, as typed."""
        capacity = self._network.facilities.capacity[self._at]
        return float(capacity.min()), float(capacity.max())

    @property
    def without(self) -> Outcome:
        """The plan without the site."""
        return self.worth.forced if self.worth.is_open else self.worth.chosen

    def _idle(self) -> float:
        """Return what it costs to have the site open with nothing in it, beside having it shut."""
        facilities, at = self._network.facilities, self._at
        fixed = float((facilities.fixed_cost[at] * self._network.periods.discount).sum())
        once = -facilities.closing_cost[at, 0] if facilities.existing[at] else facilities.opening_cost[at, 0]
        return fixed + float(once)

    def _throughout(self, outcome: Outcome) -> bool:
        sites = outcome.tables["sites"]
        return bool((sites.loc[sites["name"] == self.worth.site, "open"] > 0).all())

    def learn(self, capacity: float | None, outcome: Outcome) -> None:
        """Take in what came out with the site open at a capacity: None as it is typed, infinite without a limit."""
        self.asked.add(capacity)
        self.tried += capacity is not None
        least, most = self.typed if capacity is None else (capacity, capacity)
        used = most
        if outcome.found:
            used = min(most, max(self.floor, largest_throughput(outcome, self.worth.site)))
            self.savings[used] = self.without.cost - outcome.cost
            self.leeway = max(self.leeway, outcome.cost - outcome.bound)
        if outcome.found and outcome.cost <= self.without.bound + _SAME * abs(outcome.cost):
            self.high = used if self.high is None else min(self.high, used)
            self.first = max(self.first, used)
        elif outcome.summary["status"] == "infeasible" or outcome.bound > self.without.cost:
            self.never |= bool(np.isinf(least))
            if np.isfinite(least):
                self.low = least if self.low is None else max(self.low, least)
                self.savings[least] = self.without.cost - outcome.cost
        elif outcome.found:
            self.unsure.append(used)

    def next(self) -> tuple[float | None] | None:
        """Return the capacity to ask about next (None: as typed), or nothing where all is said that can be."""
        if None not in self.asked:
            return (None,)
        if self.high is None and not self.never and np.isfinite(self.typed[0]) and np.inf not in self.asked:
            return (np.inf,)
        low = self.floor if self.low is None else self.low
        unsure = sorted(each for each in self.unsure if each >= low and (self.high is None or each < self.high))
        spans = [(low, unsure[0], -1.0)] if unsure else []
        if self.high is not None:
            spans.append((unsure[-1], self.high, 1.0) if unsure else (low, self.high, 0.0))
        if self.never or not spans:
            return None
        step = self.share * spans[-1][1]
        low, high, side = max(spans, key=lambda span: span[1] - span[0])
        close = high - low <= step or high <= self.share * self.first
        if close and self.low is None and self.floor not in self.asked:
            return (self.floor,)  # is any capacity enough?
        return (self._between(low, high, _NEAR * step, side),) if high - low > step else None

    def _between(self, low: float, high: float, step: float, side: float) -> float:
        """Return a capacity between two ends: where nothing would be saved, or near an end just beyond that.

        On one side of what the gap leaves open, it is where so much would be saved, or lost, that the gap can tell.
        """
        below, above = self.savings.get(low, -np.inf), self.savings.get(high, -np.inf)
        wanted = side * _CLEAR * (self.leeway + max(0.0, self.without.cost - self.without.bound))
        middle = (low + high) / 2
        if (self.tried + 1) % _HALVE and np.isfinite(below) and np.isfinite(wanted) and above > below:
            there = low + (high - low) * (wanted - below) / (above - below)
            middle = min(max(there, low + step), high - step)
        rounded = float(f"{middle:.4g}")
        return rounded if low < rounded < high else middle

    def said(self) -> BreakEven:
        """Return what is known."""
        facilities = self._network.facilities
        always = self.high is not None and self.high <= self.floor
        verdict = "never" if self.never else "always" if always else "unsure" if self.high is None else "between"
        unit = UNITS[int(facilities.capacity_unit[self._at])]
        enough, not_enough = (None, None) if self.never else (self.high, self.low)
        return BreakEven(self.worth.site, self.typed[1], unit, not_enough, enough, verdict)

    def scenario(self, capacity: float | None) -> Scenario:
        """Return the site open at a capacity."""
        rows = f"name={quoted(self.worth.site)}"
        status = Edit("facilities", rows, "status", "set", "open")
        if capacity is None:
            return Scenario(f"{self.worth.site} open throughout", (status,))
        value = "" if np.isinf(capacity) else repr(float(capacity))
        words = "without limit" if np.isinf(capacity) else f"at {capacity:.12g}"
        return Scenario(f"{self.worth.site} {words}", (status, Edit("facilities", rows, "capacity", "set", value)))


def largest_throughput(outcome: Outcome, site: str) -> float:
    """Return what passes through a site in the period in which that is most, in the unit of its capacity."""
    network, flows = outcome.network, outcome.tables["flows"]
    at = [str(name) for name in network.facilities.names].index(site)
    leaves = bool(network.facilities.sends[at])
    here = flows[flows["origin" if leaves else "destination"] == site]
    size = network.products.measure[network.facilities.capacity_unit[at], network.products.names.codes(here["product"])]
    period = network.periods.names.codes(here["period" if leaves else "arrival"])
    return float(np.bincount(period, here["quantity"].to_numpy(dtype=float) * size, minlength=1).max())


def break_evens(rounds: Rounds, worths: Sequence[Worth], *, share: float = 0.05, solves: int = 8) -> list[BreakEven]:
    """Return from which capacity each site is worth opening.

    Parameters
    ----------
    rounds : Rounds
        Of the network; the base is solved.
    worths : sequence of Worth
        Of the sites.
    share : float
        How far apart what is proved enough and not enough may be, as a share of the larger one.
    solves : int
        Plans for each site at most; sites are solved side by side.

    Returns
    -------
    list of BreakEven
        In the order of the sites.
    """
    searches = [_Search(worth, share) for worth in worths]
    for _ in range(solves):
        asked = [(search, wanted[0]) for search in searches if (wanted := search.next()) is not None]
        if not asked:
            break
        scenarios = [search.scenario(capacity) for search, capacity in asked]
        names = distinct(each.name for each in scenarios)
        named = [Scenario(name, each.edits) for name, each in zip(names, scenarios, strict=True)]
        for (search, capacity), outcome in zip(asked, rounds.solve(named), strict=True):
            search.learn(capacity, outcome)
    return [search.said() for search in searches]
