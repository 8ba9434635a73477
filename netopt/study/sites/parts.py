"""Parts of all sets of open sites, and what is known of each.

A set holds the decided sites that are open in some period of a plan; its cost is that of the cheapest such plan. A part
holds every set with the sites that it says are open, and without those that it says are shut. Shut means status closed
in every period. Open means status open where there is one period; with several, a site may open and close between
them, so that a row of limits says that it is open in at least one: sum of open[i,t] over t >= 1. A plan leaves a site
shut in every period or it does not, so the two parts of a part, with and without one more site, hold all of its sets,
and no set twice.

A bound on the cost of a part holds for every part of it, and a plan whose set is in a part is a plan of that part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from netopt.network import Network
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.network.sites import CONSIDER, OPEN
from netopt.study.outcome import Outcome
from netopt.study.rounds import distinct, refusal
from netopt.study.scenario import Scenario

__all__ = ["Answer", "Answers", "Decided", "Part", "bits", "decided_sites"]

_SAME = 1e-9
_NAMED = 48
"""Letters of a part's name before what tells it from others."""


@dataclass(frozen=True, order=True)
class Part:
    """The sets with some sites and without others.

    Parameters
    ----------
    opened, shut : int
        A bit for each decided site that is in all of the sets, and in none.
    """

    opened: int
    shut: int

    def holds(self, sites: int) -> bool:
        """Return whether a set, a bit for each of its sites, is in the part."""
        return sites & self.opened == self.opened and not sites & self.shut

    def within(self, other: Part) -> bool:
        """Return whether every set of the part is in another one."""
        return other.opened & self.opened == other.opened and other.shut & self.shut == other.shut

    def split(self, site: int) -> tuple[Part, Part]:
        """Return the two parts with and without a site, given as its bit."""
        return Part(self.opened | site, self.shut), Part(self.opened, self.shut | site)


def bits(number: int) -> Iterator[int]:
    """Yield each bit of a number by itself, the lowest first."""
    while number:
        lowest = number & -number
        yield lowest
        number ^= lowest


def decided_sites(network: Network, kind: str = "") -> tuple[str, ...]:
    """Return the sites that plans may differ in: those that may be open in some period, and shut in all of them.

    Parameters
    ----------
    network : Network
        Its statuses and initial stocks are looked at.
    kind : str
        Only sites of this type; of all types without it.
    """
    facilities = network.facilities
    free = (facilities.status == CONSIDER).any(axis=1) & ~(facilities.status == OPEN).any(axis=1)
    if kind:
        free &= facilities.type == kind
    names = [str(name) for name in facilities.names.array[np.nonzero(free)[0]]]
    return tuple(name for name in names if not refusal(network, [_status([name], "closed")]))  # stock keeps a site open


def _status(names: Iterable[str], status: str) -> Edit:
    return Edit("facilities", f"name={'|'.join(map(quoted, names))}", "status", "set", status)


@dataclass(frozen=True)
class Decided:
    """The decided sites of a network, and what a part of their sets is as a scenario.

    Parameters
    ----------
    names : tuple of str
        In the order of the facilities table; the first has the lowest bit.
    types : tuple of str
        Of each of them.
    periods : int
        Of the network.
    usual : frozenset of str
        The sites that are open in the plan of the network as it is: names of scenarios say what differs.
    """

    names: tuple[str, ...]
    types: tuple[str, ...]
    periods: int
    usual: frozenset[str] = frozenset()

    @classmethod
    def of_network(cls, network: Network, kind: str, usual: Iterable[str]) -> Decided:
        """Return the decided sites of a network, those of a type where it is named."""
        names = decided_sites(network, kind)
        types = dict(zip(map(str, network.facilities.names), map(str, network.facilities.type), strict=True))
        return cls(names, tuple(types[name] for name in names), len(network.periods), frozenset(usual))

    @property
    def all(self) -> int:
        """Every site."""
        return (1 << len(self.names)) - 1

    def named(self, sites: int) -> tuple[str, ...]:
        """Return the names of sites that are given as bits."""
        return tuple(name for at, name in enumerate(self.names) if sites >> at & 1)

    def of(self, outcome: Outcome) -> int:
        """Return the set of a plan."""
        opened = set(outcome.open_sites())
        return sum(1 << at for at, name in enumerate(self.names) if name in opened)

    def alone(self, sites: int) -> Part:
        """Return the part that holds one set only."""
        return Part(sites, self.all & ~sites)

    def scenario(self, part: Part, name: str = "") -> Scenario:
        """Return the network with the sites of a part open and shut as it says.

        Parameters
        ----------
        part : Part
            What is forced.
        name : str
            Its name begins with this and says how it differs from the usual, where that tells it from all others that
            begin so; without it, from all that have no such beginning.
        """
        opened, shut = self.named(part.opened), self.named(part.shut)
        other = [site for site in opened if site not in self.usual], [site for site in shut if site in self.usual]
        words = f"{name} {_words(*other) or 'as usual'}".lstrip()
        tells = bool(name) or len(opened) + len(shut) == sum(map(len, other)) == 1
        called = _called(words, (*opened, "", *shut), tells=tells)
        return Scenario(called, tuple(self._edits(opened, shut)), description=_words(opened, shut))

    def _edits(self, opened: Sequence[str], shut: Sequence[str]) -> Iterator[Edit]:
        if shut:
            yield _status(shut, "closed")
        if opened and self.periods == 1:
            yield _status(opened, "open")
        elif opened:
            for name in opened:
                kind = self.types[
                    self.names.index(name)
                ]  # or the row may be told by the same key as one that was typed
                row = f"what=open_periods;where={quoted(name)};type={quoted(kind)};at_least=1"
                yield Edit("limits", row, action="add")


def _called(words: str, told: Sequence[str], *, tells: bool) -> str:
    """Return a name that says what it can in few words, and that no other part has."""
    (plain,) = distinct([words])
    if tells and plain == words and len(words) <= _NAMED:
        return words
    digest = hashlib.sha256("\n".join(told).encode()).hexdigest()[:8]
    short = plain if len(plain) <= _NAMED else f"{plain[:_NAMED].rstrip(', ')}…"
    return f"{short} {digest}"


def _words(opened: Sequence[str], shut: Sequence[str]) -> str:
    parts = (("with", opened), ("without", shut))
    return ", ".join(f"{word} {', '.join(names)}" for word, names in parts if names)


@dataclass(frozen=True, eq=False)
class Answer:
    """What solving a part came to.

    Parameters
    ----------
    part : Part
        What was solved.
    outcome : Outcome
        Its plan if there is one, and the bound that is proved.
    sites : int or None
        The set of the plan.
    """

    part: Part
    outcome: Outcome
    sites: int | None


@dataclass
class Answers:
    """All parts that have been solved, and what follows from them for any part.

    Parameters
    ----------
    decided : Decided
        The sites.
    """

    decided: Decided
    solved: list[Answer] = field(default_factory=list, init=False)
    plans: dict[int, Outcome] = field(default_factory=dict, init=False)
    """The cheapest plan found for each set."""

    def add(self, part: Part, outcome: Outcome) -> None:
        """Take what a part came to."""
        sites = self.decided.of(outcome) if outcome.found else None
        self.solved.append(Answer(part, outcome, sites))
        if sites is None:
            return
        before = self.plans.get(sites)
        if before is None or outcome.cost <= before.cost + _SAME * abs(before.cost):  # of equals the later one
            self.plans[sites] = outcome

    def bound(self, part: Part) -> float:
        """Return what no plan of a part costs less than, money: the best bound of a part that it is within."""
        known = (each.outcome.bound for each in self.solved if part.within(each.part))
        return max(known, default=-np.inf)

    def best(self, part: Part) -> int | None:
        """Return the set of the cheapest plan that is known in a part, None where none is."""
        here = [sites for sites in self.plans if part.holds(sites)]
        return min(here, key=lambda sites: (self.plans[sites].cost, sites), default=None)

    def cost(self, sites: int) -> float:
        """Return what the cheapest plan costs that is known of a set, money."""
        return self.plans[sites].cost

    def known(self, sites: int) -> float:
        """Return what no plan with a set costs less than, money; at most the cost of its plan."""
        return min(self.bound(self.decided.alone(sites)), self.cost(sites))
