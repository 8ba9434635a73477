"""All sets of open sites within a share of the best plan, what they have in common, and proof that there is no other.

best = cost of the cheapest plan that is known                                                            (money)
limit = best + within * |best|; a set is within it where its plan costs at most that                      (money)
above = (cost - best) / |best|                                                                            (share)

The cheapest plan of all costs at most `best`, so a set that is proved to be above the limit is not within the share of
the optimum either. Sets, parts and the search: `netopt.study.sites.parts` and `netopt.study.sites.enumeration`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.network import Network, read
from netopt.study.cluster.connection import Cluster, one_connection
from netopt.study.outcome import Outcome
from netopt.study.rounds import Heard, Rounds
from netopt.study.scenario import Scenario
from netopt.study.sites.enumeration import Asked, Enumeration, Solve
from netopt.study.sites.parts import Decided, Part
from netopt.study.sites.set_tables import parts_of, roles_of, sets_of, swaps_of
from netopt.study.study import Study

if TYPE_CHECKING:
    from netopt.plan.folder import Page

__all__ = ["Alternatives", "alternatives", "enumerated_again"]

_TOGETHER = 16
"""Parts that a cluster is given at a time."""

_STUDIED = 60
"""Sets whose plans are compared with the base customer by customer."""

_ROUGH = 0.1
"""Part of the share within which plans of parts are solved, where the gap asked for is smaller."""


@dataclass(frozen=True, eq=False)
class Alternatives:
    """What `alternatives` returns.

    Parameters
    ----------
    base : Outcome
        The network as it is.
    within : float
        Share that a set may cost more than the best plan.
    kind : str
        The type of the sites that make up a set; empty for all.
    count, different : int or None
        How many of the best sets were asked for, and how many that differ most; None for all.
    search : Enumeration or None
        All that was found; None where the base has no plan.
    """

    base: Outcome
    within: float
    kind: str
    count: int | None
    different: int | None
    search: Enumeration | None

    # -- the sets -------------------------------------------------------------------------------------------------

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites that plans may differ in, in the order of the facilities table."""
        return () if self.search is None else self.search.decided.names

    @cached_property
    def found(self) -> tuple[int, ...]:
        """All sets whose plans are within the limit, the cheapest first; a bit for each of the sites."""
        return () if self.search is None else tuple(self.search.sets())

    @cached_property
    def undecided(self) -> tuple[int, ...]:
        """Sets whose plans are above the limit and may still be within it, as far as their bounds tell."""
        return () if self.search is None else tuple(self.search.undecided())

    @cached_property
    def listed(self) -> tuple[int, ...]:
        """The sets asked for, the cheapest first."""
        if self.different is not None:
            return tuple(sorted(_spread(self.found, self.different), key=self.found.index))
        return self.found if self.count is None else self.found[: self.count]

    @property
    def best(self) -> float:
        """Cost of the cheapest plan found, money; infinite without one."""
        return np.inf if self.search is None else self.search.best

    @property
    def limit(self) -> float:
        """What a set may cost, money."""
        return np.inf if self.search is None else self.search.limit

    @property
    def plans(self) -> Mapping[int, Outcome]:
        """The cheapest plan found of each set, within the limit or not."""
        return {} if self.search is None else self.search.answers.plans

    def bound(self, sites: int) -> float:
        """Return what no plan of a set costs less than, money; at most what its plan costs."""
        return -np.inf if self.search is None else self.search.answers.known(sites)

    def bound_of(self, part: Part) -> float:
        """Return what no plan of a part costs less than, money; infinite where it has none."""
        return -np.inf if self.search is None else self.search.answers.bound(part)

    def plan(self, sites: int) -> Outcome:
        """Return the plan of a set; where it is known, with exactly these sites forced open and the others shut."""
        return self.plans[sites]

    def asked(self) -> dict[str, Any]:
        """Return what was asked, and how far the search went, so that it can be made again from the plans."""
        asked = None if self.search is None else self.search.asked
        said = {"within": self.within, "type": self.kind, "count": self.count, "different": self.different}
        if asked is None or self.search is None:
            return said
        solved = {"gap": asked.gap, "rough": asked.rough, "together": asked.together}
        return said | solved | {"parts": self.search.begun, "stopped": self.search.stopped}

    # -- what is proved -------------------------------------------------------------------------------------------

    @cached_property
    def rest(self) -> float:
        """What no other set costs less than, money, as far as it is proved: none found, or of the best, none listed."""
        if self.search is None:
            return np.inf
        known = set(self.found if self.count is None else self.listed)
        others = [self.bound(each) for each in self.plans if each not in known]
        return min([self.search.rest, *others])

    @cached_property
    def floor(self) -> float:
        """What no plan of the network costs less than, money: by the base, or by all sets, found and not found."""
        if self.search is None:
            return self.base.bound
        return max(self.base.bound, min([self.search.rest, *map(self.bound, self.plans)]))

    @property
    def complete(self) -> bool:
        """Whether every set within the limit is found, which is proved."""
        return self.finished and self.count is None

    @cached_property
    def finished(self) -> bool:
        """Whether nothing is left open: all sets within the limit are found, or so many that none is better."""
        if self.search is None or self.search.open_parts():
            return False
        return self.count is not None or not self.undecided

    @property
    def ranked(self) -> bool:
        """Whether no set that is not listed costs less than one that is, beyond any gap."""
        return bool(self.listed) and self.rest >= self.plan(self.listed[-1]).cost

    def everywhere_but(self, apart: Part) -> bool:
        """Return whether all sets within the limit are known, and none of them is in a part."""
        return self.complete and not any(apart.holds(sites) for sites in self.found)

    # -- tables ---------------------------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """Return a row for each set that is listed, see `netopt.study.sites.set_tables.sets_of`."""
        return sets_of(self)

    def roles(self) -> pd.DataFrame:
        """Return a row for each decided site, see `netopt.study.sites.set_tables.roles_of`."""
        return roles_of(self)

    def swaps(self) -> pd.DataFrame:
        """Return pairs of sites that stand in for one another, see `netopt.study.sites.set_tables.swaps_of`."""
        return swaps_of(self)

    def parts(self) -> pd.DataFrame:
        """Return every part that was solved, see `netopt.study.sites.set_tables.parts_of`."""
        return parts_of(self)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the names of their files."""
        tables = {"alternatives": self.table(), "site_roles": self.roles(), "site_swaps": self.swaps()}
        return {**tables, "parts": self.parts()}

    @cached_property
    def study(self) -> Study:
        """The base and the plan of each set that is listed, as a study; of many sets, the first ones."""
        plans = [self.plan(sites) for sites in self.listed[:_STUDIED]]
        outcomes = (self.base, *(plan for plan in plans if plan is not self.base))
        scenarios = tuple(outcome.scenario for outcome in outcomes)
        return Study(outcomes, scenarios[:1], scenarios)

    def __repr__(self) -> str:
        return f"<Alternatives: {len(self.found)} sets within {self.within:g}, {'all' if self.finished else 'not all'}>"


def _spread(found: Sequence[int], count: int) -> list[int]:
    """Return sets that differ from one another, the best one first, then each as far from those before as can be.

    The least difference among them is at least half of the largest that is possible for so many of the sets: while
    fewer are chosen, the sets nearer than that half to one of them hold at most one each of the best choice (Ravi,
    Rosenkrantz and Tayi 1994, doi:10.1287/opre.42.2.299).
    """
    chosen = list(found[:1])
    apart = {sites: (sites ^ found[0]).bit_count() for sites in found}
    while len(chosen) < min(count, len(found)):
        chosen.append(max(found, key=lambda sites: apart[sites]))  # of those as far, the cheapest
        apart = {sites: min(far, (sites ^ chosen[-1]).bit_count()) for sites, far in apart.items()}
    return chosen


@one_connection
def alternatives(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    *,
    within: float = 0.01,
    count: int | None = None,
    different: int | None = None,
    kind: str = "",
    most: int | None = None,
    seconds: float | None = None,
    gap: float = 1e-4,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    out: str | PathLike[str] | None = None,
    heard: Heard | None = None,
    pages: Iterable[Page] = (),
    cluster: str | Cluster | None = None,
) -> Alternatives:
    """Find the sets of open sites within a share of the cheapest plan.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `netopt.read` takes.
    within : float
        Share that a set may cost more than the best plan, from 0 on.
    count : int, optional
        Only the best so many.
    different : int, optional
        List so many that differ most, of all within the share; not with ``count``.
    kind : str
        A type of sites, such as ``fc``: sets are of those, and the others are as is best for each.
    most : int, optional
        Parts of the search that are solved, at most.
    seconds : float, optional
        After so many no further part is begun.
    gap, time_limit, threads, seed, workers, cluster, out, heard, pages
        As in `netopt.study.study.study`.

    Returns
    -------
    Alternatives
        Without sets where the base has no plan.

    Raises
    ------
    InputError
        When the network cannot be used as it is.
    ValueError
        When an option is out of range.
    """
    _check(within, {"count": count, "different": different, "most": most}, seconds)
    network = read(source)
    given = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
    rounds = Rounds(network, given, out, workers, heard, cluster=cluster)
    if not rounds.base.found:
        return Alternatives(rounds.base, within, kind, count, different, None)
    together = _TOGETHER if cluster is not None else workers or 1
    asked = Asked(within, count, gap, max(gap, _ROUGH * within), most, seconds, together)

    def solve(scenarios: Sequence[Scenario], gap: float, cutoff: float) -> list[Outcome]:
        alone = not np.isfinite(cutoff)  # the plan of a set, which is looked at
        return rounds.solve(scenarios, gap=gap, cutoff=None if alone else cutoff, pages=pages if alone else ())

    return _enumerated(rounds.base, kind, different, asked, solve)


def _enumerated(base: Outcome, kind: str, different: int | None, asked: Asked, solve: Solve) -> Alternatives:
    search = Enumeration(Decided.of_network(base.network, kind, base.open_sites()), base, asked, solve)
    search.run()
    return Alternatives(base, asked.within, kind, asked.count, different, search)


def enumerated_again(base: Outcome, asked: Mapping[str, Any], recall: Callable[[Scenario], Outcome]) -> Alternatives:
    """Go through an enumeration again with what its parts came to, and no solver.

    Parameters
    ----------
    base : Outcome
        The network as it is.
    asked : mapping of str to object
        What `Alternatives.asked` has returned.
    recall : callable
        Returns what a scenario came to.
    """
    most = int(asked["parts"]) if asked["stopped"] else None
    told = Asked(asked["within"], asked["count"], asked["gap"], asked["rough"], most, None, asked["together"])
    return _enumerated(
        base, asked["type"], asked["different"], told, lambda parts, *_: [recall(each) for each in parts]
    )


def _check(within: float, counts: Mapping[str, int | None], seconds: float | None) -> None:
    if not 0 <= within < np.inf:
        raise ValueError(f"within is {within}; it must be 0 or more")
    for name, value in counts.items():
        if value is not None and value < 1:
            raise ValueError(f"{name} is {value}; it must be 1 or more")
    if counts["count"] is not None and counts["different"] is not None:
        raise ValueError("count and different are both given; it must be one of the two")
    if seconds is not None and not seconds > 0:
        raise ValueError(f"seconds is {seconds}; it must be above 0")
