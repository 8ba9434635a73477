"""Which goods can be where at all, and which customers they never reach.

reached[p,k,t] is true where product k may be at place p in period t: bought, in stock from the start, carried over,
or brought there by a flow that starts where it is true. Amounts do not matter here (see `netopt.network.cuts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from netopt.network.network import Network
from netopt.network.reason import Reason, listed, of_product, shown, spell_periods
from netopt.network.resolve import BLANK
from netopt.network.sites import CLOSED

__all__ = ["demand_cells", "must_be_met", "reached", "unreached"]

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def must_be_met(network: Network) -> BoolArray:
    """Return which demand records have no price on going unmet, shape (demand,)."""
    return np.isnan(network.demand["unmet_cost"])


def demand_cells(network: Network) -> tuple[IntArray, IntArray, IntArray]:
    """Return place, product and period of every demand record."""
    return len(network.facilities) + network.demand.entity, network.demand.product, network.demand.period


def reached(network: Network) -> BoolArray:
    """Return where goods can be, every site to consider being open, shape (places, products, periods)."""
    flows, lanes, n_i = network.flows, network.lanes, len(network.facilities)
    shape = (len(network.places.names), len(network.products), len(network.periods))
    found = np.zeros(shape, dtype=bool)
    supply, inventory, status = network.supply, network.inventory, network.facilities.status
    sells = (supply["capacity"] > 0) & (status[supply.entity, supply.period] != CLOSED)
    found[supply.entity[sells], supply.product[sells], supply.period[sells]] = True
    stocked = inventory["initial"] > 0
    found[inventory.entity[stocked], inventory.product[stocked], inventory.period[stocked]] = True

    keeps = np.nonzero((inventory.period < shape[2] - 1) & (status[inventory.entity, inventory.period] != CLOSED))[0]
    held = np.ravel_multi_index((inventory.entity[keeps], inventory.product[keeps], inventory.period[keeps]), shape)
    start = np.ravel_multi_index((lanes.origin[flows.lane], flows.product, flows.period), shape)
    end = np.ravel_multi_index((lanes.destination[flows.lane], flows.product, flows.arrival), shape)
    between = lanes.destination[flows.lane] < n_i  # the many flows to customers lead nowhere further
    tails = np.concatenate([start[between], held])
    heads = np.concatenate([end[between], held + 1])
    cells = found.reshape(-1)
    while True:
        new = heads[cells[tails] & ~cells[heads]]
        if not len(new):
            break
        cells[new] = True
    cells[end[~between][cells[start[~between]]]] = True
    return found


@dataclass
class _Lack:
    """Customers that lack for the same cause, gathered before it is said."""

    customers: dict[int, None] = field(default_factory=dict)
    periods: set[int] = field(default_factory=set)
    need: float = 0.0


def unreached(network: Network, has: BoolArray) -> tuple[list[Reason], BoolArray]:
    """Return why demand that must be met is out of reach, and which demand records that concerns.

    Parameters
    ----------
    network : Network
        The network.
    has : ndarray of bool
        What `reached` returns.
    """
    place, product, period = demand_cells(network)
    lacking = must_be_met(network) & ~has[place, product, period]
    if not lacking.any():
        return [], lacking
    link = _MissingLink(network, has, np.unique(place[lacking]))
    lacks: dict[tuple[str, str, int | None], _Lack] = defaultdict(_Lack)
    causes: dict[tuple[int, int, int], tuple[str, str, int | None]] = {}
    for at in np.nonzero(lacking)[0]:
        cell = (int(place[at]), int(product[at]), int(period[at]))
        causes[cell] = link.cause(*cell)
        lack = lacks[causes[cell]]
        lack.customers[cell[0]] = None
        lack.periods.add(cell[2])
        lack.need += float(network.demand["quantity"][at])
    return [_said(network, *cause, lack) for cause, lack in lacks.items()], lacking


def _said(network: Network, kind: str, words: str, product: int | None, lack: _Lack) -> Reason:
    names = [network.places.names[c] for c in lack.customers]
    about = 0 if product is None and len(network.products) == 1 else product
    they = "which needs" if len(names) == 1 else "which need"
    need = f"{shown(lack.need)} unit{'' if lack.need == 1 else 's'}{of_product(network, about)}"
    need += spell_periods(network, sorted(lack.periods))
    who = listed(names, more="customers")
    if "{names}" in words:
        said = words.replace("{names}", who) + f", {they} {need}"
    else:
        said = f"{who} need{'s' if len(names) == 1 else ''} {need}, but "
        said += words.replace("{it}", "it" if len(names) == 1 else "them")
    return Reason(
        kind=kind,
        words=said,
        places=tuple(names),
        product=None if product is None else network.products.names[product],
        periods=tuple(network.periods.names[t] for t in sorted(lack.periods)),
        need=lack.need,
        available=0.0,
    )


class _MissingLink:
    """Finds which link is missing on the way to a place."""

    def __init__(self, network: Network, has: BoolArray, places: IntArray) -> None:
        self.network, self.has = network, has
        lanes = network.lanes
        wanted = np.append(places, np.arange(len(network.facilities)))  # one step further up as well
        ends_here = np.nonzero(np.isin(lanes.destination, wanted))[0]
        self.lanes = ends_here[np.argsort(lanes.destination[ends_here], kind="stable")]
        self.ends = lanes.destination[self.lanes]
        supply = network.supply
        self.listed = np.zeros(has.shape[1], dtype=bool)
        self.listed[supply.product] = True
        self.sold = np.zeros(has.shape[1:], dtype=bool)
        sites = has[: len(network.facilities)]
        self.sold |= sites.any(axis=0)

    def cause(self, place: int, product: int, period: int, *, further: bool = True) -> tuple[str, str, int | None]:
        """Return kind, words with ``{names}`` or ``{it}`` for the places, and the product where it matters.

        With ``further``, one more step up the lanes is told, and no more: sites may send to each other in circles.
        """
        lanes, network = self.network.lanes, self.network
        tea = of_product(network, product).removeprefix(" of ")
        what = tea or "goods"
        if not self.sold[product, period]:
            when = spell_periods(network, [period]) if len(network.periods) > 1 else ""
            return "no_supply", self._unsold(product, period, what) + when, product
        into = self.lanes[np.searchsorted(self.ends, place) : np.searchsorted(self.ends, place, side="right")]
        if not len(into):
            return "no_lane", "no lane ends at {names}", None
        into = into[lanes.open[into].any(axis=1)]
        if not len(into):
            return "closed_lane", "every lane that ends at {it} is closed", None
        into = into[self._carries(into, product)]
        if not len(into):
            return "no_lane_for_product", f"no lane that ends at {{it}} carries {what}", product
        leaves, departs = self._arriving(into, period)
        when = spell_periods(network, [period]) if len(network.periods) > 1 else ""
        if not len(leaves):
            words = f"nothing that is sent to {{it}} can arrive{when} (lead_periods, or lanes closed then)"
            return "late", words, product
        origin = lanes.origin[leaves]
        shut = network.facilities.status[origin, departs] == CLOSED
        if shut.all():
            words = f"every lane that ends at {{it}} starts at a closed site: {self._names(origin)}"
            return "closed_site", words, product
        origin = np.unique(origin[~shut])
        words = f"what reaches {{it}} comes from {self._names(origin)}"
        return "no_source", words + (self._upstream(origin, product, period, tea) if further else ""), product

    def _unsold(self, product: int, period: int, what: str) -> str:
        supply, status = self.network.supply, self.network.facilities.status
        here = (supply.product == product) & (supply.period == period)
        if not here.any():
            return f"no supplier sells {what}"
        shut = status[supply.entity[here], period] == CLOSED
        names = self._names(supply.entity[here])
        return f"whoever sells {what} is closed ({names})" if shut.all() else f"{names} can sell no {what}"

    def _carries(self, into: IntArray, product: int) -> BoolArray:
        lanes = self.network.lanes
        own = lanes.product[into] == product
        serves: BoolArray = own | (lanes.product[into] == BLANK)
        if own.any():  # a lane of its own replaces the one that serves all products
            key = lanes.origin[into] * len(lanes.modes) + lanes.mode[into]
            serves &= own | ~np.isin(key, key[own])
        return serves

    def _arriving(self, into: IntArray, period: int) -> tuple[IntArray, IntArray]:
        """Return lanes that are open when goods for the period have to leave, and when that is."""
        lanes = self.network.lanes
        lane, departs = np.nonzero(lanes.open[into])
        lane = into[lane]
        arrives = departs + lanes.lead_periods[lane, departs].astype(np.int64)
        return lane[arrives == period], departs[arrives == period]

    def _upstream(self, origin: IntArray, product: int, period: int, tea: str) -> str:
        """Return why the sites at the other end of the lanes have nothing to send."""
        supplier = "no supplier" + (f" of {tea}" if tea else "")
        if len(origin) > 1:
            return f", and {supplier} reaches any of these"
        general = f", which {supplier} reaches"
        at = int(origin[0])
        facilities = self.network.facilities
        if facilities.sends[at] and not (self.ends == at).any():
            return f", which does not sell {tea or 'anything'}"
        kind, words, _ = self.cause(at, product, period, further=False)
        if kind in ("no_lane", "closed_lane", "no_lane_for_product", "closed_site"):
            name = self.network.places.names[at]
            return general + ": " + words.replace("{names}", name).replace("{it}", name)
        return general

    def _names(self, places: Iterable[int]) -> str:
        names = self.network.places.names
        return listed([names[int(p)] for p in dict.fromkeys(places)], more="sites")
