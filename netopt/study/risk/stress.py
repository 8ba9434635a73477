"""Every site and every top lane out, one at a time: what the network then costs, who goes without, and what helps.

An outage is an edit: the site's status is closed (and leaving it costs nothing, since nobody decided to), or a closed
row stands for the lane. Each is solved twice at most: with any candidate site, and with today's open sites only.
Where demand that must be met cannot be, the outage is solved again with a price on what goes unmet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from netopt.network import Network, read
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.study.cluster.connection import Cluster, one_connection
from netopt.study.outcome import Outcome
from netopt.study.risk.outage import Outage, outages_of
from netopt.study.risk.stressed import Stressed, unmet_price
from netopt.study.rounds import Heard, Rounds
from netopt.study.scenario import Scenario
from netopt.study.study import Study

if TYPE_CHECKING:
    from collections.abc import Iterable
    from os import PathLike

    from netopt.plan.folder import Page

__all__ = ["Stress", "stress"]


@dataclass(frozen=True, eq=False)
class Stress:
    """What `stress` returns.

    Parameters
    ----------
    study : Study
        All that was solved, each outage and remedy a case.
    found : tuple of Stressed
        The outages, the worst first: by demand that goes unmet, then by cost.
    refused : tuple of Outage
        Those that cannot be, each with its ``reason``.
    unmet_cost : float
        Money a unit, where it was asked for; NaN where every demand has a price of its own.
    """

    study: Study
    found: tuple[Stressed, ...]
    refused: tuple[Outage, ...]
    unmet_cost: float

    @property
    def base(self) -> Outcome:
        """The network as it is."""
        return self.study.base

    def table(self) -> pd.DataFrame:
        """Return a row for each outage, the worst first, then those that cannot be.

        Returns
        -------
        DataFrame
            ``scenario``, ``what`` (site or lane), ``site``, ``origin``, ``destination``, ``mode``, ``quantity``
            (units through it in the base), ``status``, ``cost``, ``change`` (beside the base, both without what unmet
            demand is priced at), ``at_least`` and ``at_most`` (what is proved of the change of the whole cost between
            cheapest plans), ``unmet`` (units), ``unmet_cost`` (money, part of the cost), ``priced`` (whether unmet
            demand had to be given a price), ``opens`` (sites that were not open), ``opening`` (their fixed and opening
            cost), ``opening_saves`` (at least, as proved, beside today's sites), the same figures with today's sites
            only as ``held_status``, ``held_cost``, ``held_change``, ``held_unmet`` and ``held_unmet_cost``, and the
            ``reason`` why an outage cannot be.
        """
        rows = [each.figures(self.base) for each in self.found]
        rows += [outage.figures() | {"reason": outage.reason} for outage in self.refused]
        return pd.DataFrame(rows, columns=[*_COLUMNS])

    def unmet(self) -> pd.DataFrame:
        """Return ``scenario``, ``sites`` (any or today's), ``customer``, ``product``, ``period``, units and cost."""
        parts = [part for each in self.found for part in each.unmet()]
        columns = ["scenario", "sites", "customer", "product", "period", "quantity", "cost"]
        return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the names of their files."""
        return {"stress": self.table(), "stress_unmet": self.unmet()}

    def __repr__(self) -> str:
        return f"<Stress: {len(self.found)} outages, {len(self.refused)} that cannot be>"


_COLUMNS = (
    "scenario", "what", "site", "origin", "destination", "mode", "quantity", "status", "cost", "change", "at_least",
    "at_most", "unmet", "unmet_cost", "priced", "opens", "opening", "opening_saves", "held_status", "held_cost",
    "held_change", "held_unmet", "held_unmet_cost", "reason",
)  # fmt: skip


@one_connection
def stress(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    *,
    lanes: int = 10,
    unmet_cost: float | None = None,
    gap: float = 1e-4,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    cluster: str | Cluster | None = None,
    out: str | PathLike[str] | None = None,
    heard: Heard | None = None,
    pages: Iterable[Page] = (),
) -> Stress:
    """Take every open site and the busiest lanes out, one at a time.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `netopt.read` takes.
    lanes : int
        How many lanes, those with the most units in the base first.
    unmet_cost : float, optional
        Money a unit, for demand that must be met and cannot be; ten times what a unit costs in the base without it.
    gap, time_limit, threads, seed, workers, cluster, out, heard, pages
        As in `netopt.study.study.study`.

    Returns
    -------
    Stress
        Without outages where the base has no plan.

    Raises
    ------
    InputError
        When the network cannot be used as it is.
    ValueError
        When an option is out of range.
    """
    if lanes < 0:
        raise ValueError(f"lanes is {lanes}; it must be 0 or more")
    if unmet_cost is not None and not 0 < unmet_cost < np.inf:
        raise ValueError(f"unmet_cost is {unmet_cost}; it must be above 0")
    network = read(source)
    given = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
    rounds = Rounds(network, given, out, workers, heard, pages, cluster)
    if not rounds.base.found:
        return Stress(rounds.study(), (), (), np.nan)
    every = outages_of(rounds.base, lanes)
    price = unmet_price(rounds.base, network, unmet_cost)
    found = _Remedies(rounds, price).solved([outage for outage in every if not outage.reason])
    return Stress(
        rounds.study(),
        tuple(sorted(found, key=lambda each: each.severity, reverse=True)),
        tuple(outage for outage in every if outage.reason),
        price,
    )


@dataclass(frozen=True)
class _Remedies:
    """Solves outages with any candidate and with today's sites, with a price on unmet demand where there is need."""

    rounds: Rounds
    price: float

    def solved(self, outages: Sequence[Outage]) -> list[Stressed]:
        base, network = self.rounds.base, self.rounds.network
        free = self._solve([Scenario(each.name, each.edits, description=each.words) for each in outages])
        closed = _unused(network, base)
        hold = Edit("facilities", f"name={'|'.join(map(quoted, closed))}", "status", "set", "closed")
        asked = [at for at, outcome in enumerate(free) if _opens(base, outcome)]
        held = dict(
            zip(asked, self._solve([_held(outages[at], hold, free[at].scenario) for at in asked]), strict=True)
        )  # fmt: skip
        return [Stressed(outage, *_cheaper(free[at], held.get(at))) for at, outage in enumerate(outages)]

    def _solve(self, scenarios: Sequence[Scenario]) -> list[Outcome]:
        """Return the outcomes, those without a plan again with a price on demand that must be met."""
        outcomes = self.rounds.solve(scenarios)
        if np.isnan(self.price):
            return outcomes
        edit = Edit("demand", "unmet_cost=", "unmet_cost", "set", repr(float(self.price)))
        again = [at for at, outcome in enumerate(outcomes) if outcome.summary["status"] == "infeasible"]
        unpriced = [at for at in again if edit not in scenarios[at].edits]
        priced = [
            replace(scenarios[at], name=f"{scenarios[at].name}, unmet priced", edits=(*scenarios[at].edits, edit))
            for at in unpriced
        ]
        for at, outcome in zip(unpriced, self.rounds.solve(priced), strict=True):
            outcomes[at] = outcome
        return outcomes


def _held(outage: Outage, hold: Edit, free: Scenario) -> Scenario:
    """Return an outage in which nothing may be opened; what is not possible with more sites is not with fewer."""
    priced = tuple(edit for edit in free.edits if edit.table == "demand")
    name = f"{outage.name}, nothing opened" + ", unmet priced" * bool(priced)
    return Scenario(name, (*outage.edits, hold, *priced), description=f"{outage.words}, with today's sites only")


def _unused(network: Network, base: Outcome) -> list[str]:
    """Return the sites that are open in no period of the base."""
    today = set(base.open_sites())
    return [name for name in network.facilities.names if name not in today]


def _opens(base: Outcome, outcome: Outcome) -> bool:
    return bool(outcome.found and set(outcome.open_sites()) - set(base.open_sites()))


def _cheaper(free: Outcome, held: Outcome | None) -> tuple[Outcome, Outcome]:
    """Return both plans; today's sites are among the candidates, so a plan with them that costs less serves both."""
    if held is None:
        return free, free
    alike = _priced(free) == _priced(held)
    return (held if alike and held.cost <= free.cost else free), held


def _priced(outcome: Outcome) -> bool:
    return any(edit.table == "demand" for edit in outcome.scenario.edits)
