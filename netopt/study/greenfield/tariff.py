"""What a unit costs to move to or from a site that is not there yet: by rate cards, or by lines through typed lanes.

A rate card prices a place by its type, so a place with no name is asked about. Where no card fits, what sites of the
type pay on their typed lanes is taken as a line:  cost per unit = base + slope * distance, base and slope at least 0,
by mode (and product, where lanes differ in it), least squares over the lanes.

References
----------
C. L. Lawson and R. J. Hanson, "Solving Least Squares Problems" (1974), chapter 23: least squares at least 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import nnls

from netopt.network import BLANK, Network
from netopt.network.rates import RateCards
from netopt.network.resolve import Names

__all__ = ["Cards", "Fit", "Fits", "Tariff", "straight_line", "unit_costs"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_PROBE = "\0a place that is not there yet"
_SAMPLES = 13
_APART = 1e-6


class Tariff(Protocol):
    """Prices moves between a new site and places."""

    def cost(self, places: IntArray, straight: float) -> FloatArray:
        """Return money per unit of the cheapest way over a straight distance, infinite where there is none.

        The shape is (places, products).
        """


@dataclass(frozen=True, eq=False)
class Cards:
    """The rate cards that fit a site of a type.

    Parameters
    ----------
    network : Network
        Whose rates table is asked.
    cards : RateCards
        Its rows that name no place at the end of the new site.
    outward : bool
        Whether goods leave the new site.
    """

    network: Network
    cards: RateCards
    outward: bool

    @classmethod
    def of(cls, network: Network, kind: str, *, outward: bool) -> Cards:
        """Return the cards for a site of a type, in one direction."""
        frame, end = network.tables["rates"], "origin" if outward else "destination"
        unnamed = frame[frame[end].isna()] if end in frame else frame
        frames = {name: table for name, table in network.tables.frames.items() if name != "rates"}
        tables = replace(network.tables, frames=frames | ({"rates": unnamed} if len(unnamed) else {}))
        names = Names([*network.places.names, _PROBE])
        kinds = np.append(network.places.kinds, kind)
        return cls(
            network,
            RateCards.from_tables(tables, names, kinds, network.products.names, network.lanes.modes),
            outward,
        )

    def cost(self, places: IntArray, straight: float) -> FloatArray:
        """Return money per unit by the winning card of the cheapest mode; whole vehicles are full ones."""
        found = np.full((len(places), len(self.network.products)), np.inf)
        if not len(self.cards) or not len(places):
            return found
        modes = np.unique(self.cards.mode)
        at = np.tile(np.arange(len(places)), len(modes))
        probe = np.full(len(at), len(self.network.places.names))
        origin, destination = (probe, places[at]) if self.outward else (places[at], probe)
        offers = self.cards.quotes(
            origin, destination, np.repeat(modes, len(places)), np.full(len(at), BLANK), np.full(len(at), np.nan),
            np.full(len(at), straight), self.network.products, self.network.settings,
        )  # fmt: skip
        unit = self.cards.numbers["capacity_unit"].to_numpy()[offers.rate]
        share = self.network.products.measure[unit, offers.product] / self.cards.column("vehicle_capacity")[offers.rate]
        cost = np.where(offers.by_vehicle, offers.vehicle_cost * share, offers.unit_cost)
        np.minimum.at(found, (at[offers.pair], offers.product), cost)
        return found


@dataclass(frozen=True)
class Fit:
    """A line through what typed lanes cost.

    Parameters
    ----------
    mode : str
        Of the lanes.
    product : str
        Of the lanes, empty where they do not differ in it.
    base, slope : float
        Money per unit, and per unit and distance.
    days_base, days_slope : float
        Days, and days per distance.
    lanes : int
        How many there were.
    explained : float
        Share of the variance of the cost that the line explains; 1 where there is none.
    """

    mode: str
    product: str
    base: float
    slope: float
    days_base: float
    days_slope: float
    lanes: int
    explained: float


@dataclass(frozen=True, eq=False)
class Fits:
    """Lines through typed lanes, a line for each mode and product.

    Parameters
    ----------
    network : Network
        Whose lanes they are.
    fits : tuple of Fit
        None where the lanes do not say how their cost goes with the distance.
    """

    network: Network
    fits: tuple[Fit, ...]

    @classmethod
    def of(cls, network: Network, origins: BoolArray, destinations: BoolArray) -> Fits:
        """Return lines through the typed lanes between two sets of places, shape (places,) each."""
        lanes, flows = network.lanes, network.flows
        here = origins[lanes.origin] & destinations[lanes.destination] & ~lanes.rated & np.isfinite(lanes.distance)
        at = np.nonzero(here[flows.lane])[0]
        lane = flows.lane[at]
        cost = unit_costs(network, at)
        alike = bool((lanes.product[lane] == BLANK).all() and (cost == flows.unit_cost[at]).all())
        table = pd.DataFrame(
            {
                "mode": lanes.modes.array[lanes.mode[lane]],
                "product": "" if alike else network.products.names.array[flows.product[at]],
                "distance": lanes.distance[lane],
                "cost": cost,
                "days": lanes.days[lane, flows.period[at]],
                "lane": lane,
            }
        )
        lines = (_line(str(mode), str(product), part) for (mode, product), part in table.groupby(["mode", "product"]))
        return cls(network, tuple(line for line in lines if line is not None))

    def cost(self, places: IntArray, straight: float) -> FloatArray:
        """Return money per unit by the line of the cheapest mode."""
        found = np.full((len(places), len(self.network.products)), np.inf)
        road = straight * self.network.settings.distance_factor
        for fit in self.fits:
            columns = slice(None) if not fit.product else list(self.network.products.names).index(fit.product)
            found[:, columns] = np.minimum(found[:, columns], fit.base + fit.slope * road)
        return found


def unit_costs(network: Network, at: IntArray) -> FloatArray:
    """Return what a unit costs on flows, with its share of a full vehicle; money, shape of the positions."""
    lanes, flows = network.lanes, network.flows
    lane, period = flows.lane[at], flows.period[at]
    size = network.products.measure[lanes.capacity_unit[lane], flows.product[at]]
    room = lanes.vehicle_capacity[lane, period]
    found: FloatArray = flows.unit_cost[at] + np.where(
        np.isnan(room), 0.0, lanes.vehicle_cost[lane, period] * size / room
    )
    return found


def _line(mode: str, product: str, lanes: pd.DataFrame) -> Fit | None:
    """Return the line through lanes; None where they are all as long as each other."""
    distance, cost = (lanes[name].to_numpy(dtype=float) for name in ("distance", "cost"))
    if np.ptp(distance) <= _APART * max(1.0, float(distance.max(initial=0.0))):
        return None
    base, slope, explained = _fitted(distance, cost)
    days_base, days_slope, _ = _fitted(distance, lanes["days"].to_numpy(dtype=float))
    return Fit(mode, product, base, slope, days_base, days_slope, int(lanes["lane"].nunique()), explained)


def _fitted(distance: FloatArray, values: FloatArray) -> tuple[float, float, float]:
    """Return base and slope, at least 0, and the share of the variance that they explain."""
    scale = float(distance.max())  # both columns of a size, or the solution is less exact
    (base, slope), _ = nnls(np.column_stack([np.ones(len(distance)), distance / scale]), values)
    rest = values - base - slope * distance / scale
    spread = float(((values - values.mean()) ** 2).sum())
    explained = 1.0 - float((rest**2).sum()) / spread if spread > 0 else 1.0
    return float(base), float(slope / scale), explained


def straight_line(tariff: Tariff, places: IntArray, reach: float) -> tuple[FloatArray, FloatArray]:
    """Return base and slope of the line that is nearest to what a tariff asks from no distance to a reach.

    Parameters
    ----------
    tariff : Tariff
        What is asked, at distances evenly apart.
    places : ndarray of int
        Positions of places.
    reach : float
        Straight distance, above 0.

    Returns
    -------
    tuple of ndarray
        Money per unit, and per unit and straight distance (at least 0), shape (places, products); NaN where the tariff
        has no price at all.
    """
    at = np.linspace(0.0, reach, _SAMPLES)
    cost = np.stack([tariff.cost(places, float(straight)) for straight in at])
    known = np.isfinite(cost)
    count, asked = known.sum(axis=0), np.where(known, cost, 0.0)
    x = np.broadcast_to(at[:, None, None], cost.shape)
    with np.errstate(invalid="ignore", divide="ignore"):
        middle, mean = np.where(known, x, 0.0).sum(axis=0) / count, asked.sum(axis=0) / count
        spread = np.where(known, (x - middle) ** 2, 0.0).sum(axis=0)
        slope = np.where(known, (x - middle) * (asked - mean), 0.0).sum(axis=0) / spread
    slope = np.where(count > 1, np.maximum(slope, 0.0), np.where(count == 1, 0.0, np.nan))
    return mean - slope * middle, slope
