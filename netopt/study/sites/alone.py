"""Today's sites and one change: a site opened beside them, or one of them closed, and nothing else.

saving = cost of the cheapest plan with today's sites - cost of the cheapest plan after that one change      (money)

Today's sites are held open and all others shut, so that neither plan may open or close anything else. Flows are free in
both. Today's sites are those that are existing and not closed by their status, or those that are open as the network is
run, where that is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netopt.network import Network
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.network.sites import CLOSED, OPEN
from netopt.study.comparison import Comparison
from netopt.study.outcome import Outcome
from netopt.study.scenario import Scenario

__all__ = ["Alone", "alone_scenarios", "existing_sites"]


@dataclass(frozen=True, eq=False)
class Alone:
    """One change to today's sites.

    Parameters
    ----------
    site : str
        A facility.
    opens : bool
        Whether it is opened beside today's sites; else it is one of them, and closed.
    today, changed : Outcome
        Today's sites, and after the change.
    """

    site: str
    opens: bool
    today: Outcome
    changed: Outcome

    @property
    def saving(self) -> float:
        """Money, below zero where the change costs more; NaN where one of the two has no plan."""
        both = self.today.found and self.changed.found
        return self.today.cost - self.changed.cost if both else np.nan

    @property
    def at_least(self) -> float:
        """Between the cheapest plans the change saves at least this much, money."""
        return self.today.bound - self.changed.cost if self.changed.found else -np.inf

    @property
    def at_most(self) -> float:
        """Between the cheapest plans the change saves at most this much, money."""
        return self.today.cost - self.changed.bound if self.today.found else np.inf

    def comparison(self) -> Comparison | None:
        """Return both plans side by side, None where one of them does not exist."""
        return Comparison(self.today, self.changed) if self.today.found and self.changed.found else None


def existing_sites(network: Network) -> list[str]:
    """Return the sites that are there today: existing, and not closed by their status throughout."""
    facilities = network.facilities
    here = facilities.existing & ~(facilities.status == CLOSED).all(axis=1)
    return [str(name) for name in facilities.names.array[here]]


def alone_scenarios(network: Network, today: Sequence[str], asked: Sequence[str]) -> list[Scenario]:
    """Return the scenario of today's sites, then that of each site asked about, opened beside them or closed."""
    base = _held(network, today)
    scenarios = [Scenario("today's sites", base)]
    for site in asked:
        is_there = site in today
        name = f"today's sites {'without' if is_there else 'and'} {site}"
        status = "closed" if is_there else "open"
        scenarios.append(Scenario(name, (*base, Edit("facilities", f"name={quoted(site)}", "status", "set", status))))
    return scenarios


def _held(network: Network, today: Sequence[str]) -> tuple[Edit, ...]:
    """Return the edits that hold today's sites open, with those that have stock to begin with, and shut all others."""
    facilities, held = network.facilities, network.inventory
    names = [str(name) for name in facilities.names]
    stocked = {names[at] for at in held.entity[(held["initial"] > 0) & (held.period == 0)]}
    there = {*today, *stocked}
    edits = []
    for is_open, status, already in ((True, "open", OPEN), (False, "closed", CLOSED)):
        fixed = (facilities.status == already).all(axis=1)
        chosen = [name for name, done in zip(names, fixed, strict=True) if (name in there) is is_open and not done]
        if chosen:
            edits.append(Edit("facilities", f"name={'|'.join(map(quoted, chosen))}", "status", "set", status))
    return tuple(edits)
