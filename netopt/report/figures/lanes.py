"""What moves over each lane in what is shown: all of a plan, a product, a period, or both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from netopt.network.resolve import Names
from netopt.report.figures.style import singular

if TYPE_CHECKING:
    import pandas as pd

    from netopt.network import Network

__all__ = ["TIERS", "Carried", "Kinds", "Lanes", "carried", "in_tiers", "offered"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

TIERS = ("supplier", "plant", "dc", "sort_center", "fc", "customer")
"""Types of places in the order in which goods move."""


@dataclass(frozen=True)
class Lanes:
    """Lanes with what they carry, all products and periods that are shown together.

    Parameters
    ----------
    origin, destination : ndarray of int
        Positions of places, shape (lanes,).
    mode : ndarray of int
        Position in `Carried.modes`, shape (lanes,).
    count : ndarray of int
        How many lanes each stands for, shape (lanes,).
    units, vehicles, cost : ndarray
        Sums of the flows, shape (lanes,).
    fastest, slowest : ndarray
        Days on the lane, NaN where not known, shape (lanes,).
    """

    origin: IntArray
    destination: IntArray
    mode: IntArray
    count: IntArray
    units: FloatArray
    vehicles: FloatArray
    cost: FloatArray
    fastest: FloatArray
    slowest: FloatArray

    def __len__(self) -> int:
        return len(self.origin)

    def select(self, keep: BoolArray | IntArray) -> Lanes:
        """Return some of the lanes, by position or by whether they stay."""
        return replace(self, **{name: getattr(self, name)[keep] for name in self.__dataclass_fields__})

    @property
    def per_unit(self) -> FloatArray:
        """Cost per unit, 0 where nothing moves, shape (lanes,)."""
        return np.divide(self.cost, self.units, out=np.zeros(len(self)), where=self.units > 0)


@dataclass(frozen=True)
class Carried:
    """The flows of a plan as numbers, from which the lanes of any product and period are summed.

    Parameters
    ----------
    modes, products, periods : tuple of str
        Those that move anything, the busiest mode first.
    lane : ndarray of int
        Lane of each flow: a position in `origin`, `destination` and `mode`, shape (flows,).
    product, period : ndarray of int
        Shape (flows,).
    origin, destination, mode : ndarray of int
        Shape (lanes,).
    values : ndarray
        Units, vehicles, cost and days of each flow, shape (4, flows).
    """

    modes: tuple[str, ...]
    products: tuple[str, ...]
    periods: tuple[str, ...]
    lane: IntArray
    product: IntArray
    period: IntArray
    origin: IntArray
    destination: IntArray
    mode: IntArray
    values: FloatArray

    def count(self, product: str | None = None, period: str | None = None) -> int:
        """Return how many lanes carry a product in a period; all of them without these."""
        return len(np.unique(self.lane[self._shown(product, period)]))

    def lanes(self, product: str | None = None, period: str | None = None) -> Lanes:
        """Return the lanes that carry a product, and leave in a period; all of them without these."""
        keep = self._shown(product, period)
        lane, total = self.lane[keep], len(self.origin)
        units, vehicles, cost, days = self.values[:, keep]
        fastest, slowest = np.full(total, np.inf), np.full(total, -np.inf)
        np.fmin.at(fastest, lane, days)
        np.fmax.at(slowest, lane, days)
        known = np.isfinite(fastest)
        return Lanes(
            self.origin, self.destination, self.mode, np.ones(total, dtype=np.int64),
            *(np.bincount(lane, column, minlength=total).astype(np.float64) for column in (units, vehicles, cost)),
            *(np.where(known, column, np.nan) for column in (fastest, slowest)),
        ).select(np.unique(lane))  # fmt: skip

    def choices(self) -> Iterator[tuple[str | None, str | None]]:
        """Yield what can be shown, product and period: all, each product, each period, each pair."""
        products = self.products if len(self.products) > 1 else ()
        periods = self.periods if len(self.periods) > 1 else ()
        yield None, None
        yield from ((product, None) for product in products)
        yield from ((None, period) for period in periods)
        yield from ((product, period) for product in products for period in periods)

    def _shown(self, product: str | None, period: str | None) -> BoolArray:
        keep = np.ones(len(self.lane), dtype=bool)
        if product is not None:
            keep &= self.product == self.products.index(product)
        if period is not None:
            keep &= self.period == self.periods.index(period)
        return keep


def carried(network: Network, flows: pd.DataFrame) -> Carried:
    """Return the flows of a plan as numbers.

    Parameters
    ----------
    network : Network
        Its places and the order of its products and periods.
    flows : DataFrame
        As `Plan.flows`.
    """
    places = network.places.names
    known = flows["origin"].isin(places.index) & flows["destination"].isin(places.index) & (flows["quantity"] > 0)
    flows = flows[known]
    busiest = flows.groupby("mode", sort=False)["quantity"].sum().sort_values(ascending=False, kind="stable")
    modes = Names(map(str, busiest.index))
    products = Names(name for name in network.products.names if (flows["product"] == name).any())
    periods = Names(name for name in network.periods.names if (flows["period"] == name).any())
    origin, destination = places.codes(flows["origin"]), places.codes(flows["destination"])
    mode = modes.codes(flows["mode"])
    key = (origin * len(places) + destination) * max(len(modes), 1) + mode
    _, first, lane = np.unique(key, return_index=True, return_inverse=True)
    values = [flows[column].to_numpy(dtype=np.float64) for column in ("quantity", "vehicles", "cost", "days")]
    return Carried(
        tuple(modes), tuple(products), tuple(periods), lane.astype(np.int64), products.codes(flows["product"]),
        periods.codes(flows["period"]), origin[first], destination[first], mode[first], np.array(values),
    )  # fmt: skip


def offered(network: Network) -> Lanes:
    """Return the lanes that a network has, whether a plan uses them or not, the short ones first.

    Lanes of one product between the same places by the same mode are one.
    """
    lanes = network.lanes
    key = (lanes.origin * len(network.places.names) + lanes.destination) * len(lanes.modes) + lanes.mode
    at = np.sort(np.unique(key, return_index=True)[1])
    at = at[np.argsort(lanes.distance[at], kind="stable")]  # NaN, where no distance is known, comes last
    nothing, days = np.zeros(len(at)), lanes.days[at]
    return Lanes(
        lanes.origin[at], lanes.destination[at], lanes.mode[at], np.ones(len(at), dtype=np.int64),
        nothing, nothing, nothing, days.min(axis=1, initial=np.inf), days.max(axis=1, initial=-np.inf),
    )  # fmt: skip


@dataclass(frozen=True)
class Kinds:
    """What goes from where to where: suppliers to DCs, FCs to customers, in the order in which goods move.

    Parameters
    ----------
    places : ndarray of str
        Types of places, by position.
    ends : tuple of pair of str
        Types of the places at both ends of a lane.
    """

    places: Words
    ends: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, places: Words, lanes: Lanes) -> Kinds:
        """Return the kinds of some lanes between places of these types."""
        found = set(zip(places[lanes.origin], places[lanes.destination], strict=True))
        return cls(places, tuple(sorted(found, key=lambda ends: tuple(map(_tier, ends)))))

    def at(self, lanes: Lanes) -> IntArray:
        """Return the position of each lane's kind, shape (lanes,)."""
        place = {ends: at for at, ends in enumerate(self.ends)}
        pairs = zip(self.places[lanes.origin], self.places[lanes.destination], strict=True)
        return np.fromiter((place[ends] for ends in pairs), dtype=np.int64, count=len(lanes))

    @property
    def titles(self) -> list[str]:
        """What each kind is called: ``DC → FC``."""
        return [" → ".join(map(singular, ends)) for ends in self.ends]


def in_tiers(kinds: Iterable[str]) -> list[str]:
    """Return types of places, each once, in the order in which goods move."""
    return sorted(dict.fromkeys(kinds), key=_tier)


def _tier(kind: str) -> int:
    return TIERS.index(kind) if kind in TIERS else len(TIERS)
