"""What can be out: a site that is open in the base, or a lane that is used there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from netopt.errors import InputError
from netopt.network import Network
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.network.resolve import BLANK
from netopt.study.outcome import Outcome
from netopt.study.rounds import distinct, refusal

__all__ = ["Outage", "outages_of"]


@dataclass(frozen=True)
class Outage:
    """A site or a lane that is out.

    Parameters
    ----------
    name : str
        Of its scenario.
    edits : tuple of Edit
        What makes it.
    quantity : float
        Units through it in the base.
    site : str
        The site, empty for a lane.
    lane : tuple of str
        Origin, destination and mode, empty for a site.
    reason : str
        Why it cannot be out, if it cannot.
    """

    name: str
    edits: tuple[Edit, ...]
    quantity: float
    site: str = ""
    lane: tuple[str, str, str] = ("", "", "")
    reason: str = ""

    @property
    def words(self) -> str:
        """What is out, in a few words."""
        if self.site:
            return self.site
        origin, destination, mode = self.lane
        return f"{origin} to {destination}" + (f" by {mode}" if mode else "")

    def figures(self) -> dict[str, Any]:
        """Return what is out as cells."""
        origin, destination, mode = self.lane
        where = {"site": self.site, "origin": origin, "destination": destination, "mode": mode}
        return {"scenario": self.name, "what": "site" if self.site else "lane", **where, "quantity": self.quantity}


def outages_of(base: Outcome, lanes: int) -> list[Outage]:
    """Return every site that is open in the base, then the lanes with the most units, those that cannot be included.

    Parameters
    ----------
    base : Outcome
        With a plan.
    lanes : int
        How many.
    """
    found = [*_sites(base), *_lanes(base, lanes)]
    names = distinct(f"{each.words} out" for each in found)
    return [replace(each, name=name) for each, name in zip(found, names, strict=True)]


def _sites(base: Outcome) -> Iterator[Outage]:
    through = base.tables["sites"].groupby("name", sort=False)["throughput"].sum()
    for site in base.open_sites():
        edits = _closing(base.network, site)
        yield Outage("", edits, float(through[site]), site, reason=refusal(base.network, edits))


def _closing(network: Network, site: str) -> tuple[Edit, ...]:
    """Return the edits that close a site; nobody decided it, so leaving costs nothing."""
    rows = f"name={quoted(site)}"
    closed = Edit("facilities", rows, "status", "set", "closed")
    at = list(network.facilities.names).index(site)
    if not (network.facilities.closing_cost[at] > 0).any():
        return (closed,)
    return (closed, Edit("facilities", rows, "closing_cost", "set", "0"))


def _lanes(base: Outcome, most: int) -> Iterator[Outage]:
    flows = base.tables["flows"].fillna({"mode": ""})
    units = flows.groupby(["origin", "destination", "mode"], sort=False)["quantity"].sum()
    for key, quantity in units[units > 0].sort_values(ascending=False, kind="stable").head(most).items():
        origin, destination, mode = (str(part) for part in key)  # type: ignore[attr-defined]
        lane = origin, destination, mode
        edits = _closing_lane(base.network, lane)
        yield Outage("", edits, float(quantity), lane=lane, reason=_wrong(base.network, edits, lane))


def _closing_lane(network: Network, lane: tuple[str, str, str]) -> tuple[Edit, ...]:
    """Return the edits that close a lane for every product: the rows that were typed, and one instead of rate cards."""
    typed = _on(network, lane) & ~network.lanes.rated
    rows = ";".join(f"{name}={quoted(part)}" for name, part in zip(_KEY, lane, strict=True) if part)
    edits = []
    if typed.any():
        edits.append(Edit("lanes", rows if lane[2] else f"{rows};mode=", "status", "set", "closed"))
    if not (network.lanes.product[typed] == BLANK).any():  # a row for every product takes the place of rate cards
        edits.append(Edit("lanes", f"{rows};status=closed", "", "add"))
    return tuple(edits)


_KEY = ("origin", "destination", "mode")


def _on(network: Network, lane: tuple[str, str, str]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which lanes of the network have an origin, destination and mode."""
    origin, destination, mode = lane
    lanes, places = network.lanes, list(network.places.names)
    if mode not in list(lanes.modes):
        return np.zeros(len(lanes), dtype=bool)
    here = (lanes.origin == places.index(origin)) & (lanes.destination == places.index(destination))
    return np.asarray(here & (lanes.mode == list(lanes.modes).index(mode)))


def _wrong(network: Network, edits: tuple[Edit, ...], lane: tuple[str, str, str]) -> str:
    """Return why edits do not close one lane and no other, nothing where they do."""
    try:
        after = network.edit(*edits)
    except InputError as error:
        return error.problems[0].message
    gone = int(_on(network, lane)[network.flows.lane].sum())
    if _on(after, lane)[after.flows.lane].any() or len(after.flows) != len(network.flows) - gone:
        return "the rows of the lanes table do not let it be closed alone"
    return ""
