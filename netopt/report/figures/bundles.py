"""Small customers drawn together, where there are more lanes than a page can show one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.report.figures.lanes import Lanes
from netopt.report.figures.style import GREY
from netopt.report.words import amount, count, percent

if TYPE_CHECKING:
    from netopt.network import Network

__all__ = ["MOST_LANES", "Bundles", "by_area", "by_origin"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

MOST_LANES = 10_000
"""Lanes that are drawn one by one."""

_MOST_IN_COLUMN = 100
"""Customers that have a place of their own in a column."""

_SHARE = 4
"""Bundles are at most this part of all lanes that are drawn."""

_CELLS = (24, 12, 6, 3, 1)
"""Cells across the map into which customers are put where their regions are too many, or none are given."""


@dataclass(frozen=True)
class Bundles:
    """Customers that are drawn together, as places of their own behind those of the network.

    Parameters
    ----------
    area : ndarray of int
        Which bundle each customer is in, -1 for those that are drawn alone, shape (customers,).
    names : tuple of str
        Of the bundles.
    first : int
        Position of the first customer among the places; bundles begin after the last one.
    """

    area: IntArray
    names: tuple[str, ...]
    first: int

    def __call__(self, lanes: Lanes) -> Lanes:
        """Return lanes of which those to bundled customers are summed by origin, mode and bundle."""
        if not self.names:
            return lanes
        small = self._small(lanes)
        alone, those = lanes.select(~small), lanes.select(small)
        bundle = self.first + len(self.area) + self.area[those.destination - self.first]
        ends, of = np.unique(np.column_stack([those.origin, bundle, those.mode]), axis=0, return_inverse=True)

        def total(values: npt.NDArray[np.float64]) -> FloatArray:
            return np.bincount(of, values, minlength=len(ends)).astype(np.float64)

        fastest, slowest = np.full(len(ends), np.inf), np.full(len(ends), -np.inf)
        np.fmin.at(fastest, of, those.fastest)
        np.fmax.at(slowest, of, those.slowest)
        known = np.isfinite(fastest)
        bundled = Lanes(
            ends[:, 0], ends[:, 1], ends[:, 2], total(those.count.astype(np.float64)).astype(np.int64),
            *map(total, (those.units, those.vehicles, those.cost)),
            *(np.where(known, span, np.nan) for span in (fastest, slowest)),
        )  # fmt: skip
        fields = Lanes.__dataclass_fields__
        return Lanes(*(np.concatenate([getattr(alone, name), getattr(bundled, name)]) for name in fields))

    def middles(self, at: FloatArray, units: FloatArray) -> FloatArray:
        """Return where the bundles are along an axis: in the middle of what their customers get.

        Parameters
        ----------
        at : ndarray
            Where the customers are, shape (customers,).
        units : ndarray
            What each gets, shape (customers,).
        """
        here = np.nonzero(self.area >= 0)[0]
        area, weight = self.area[here], np.maximum(units[here], 1e-300)
        total = np.bincount(area, weight, minlength=len(self.names))
        return np.round(np.bincount(area, weight * at[here], minlength=len(self.names)) / total)

    def words(self, lanes: Lanes) -> list[str]:
        """Return what is drawn together, of lanes before they are."""
        small = self._small(lanes)
        if not small.any():
            return []
        together = int((self(lanes).destination >= self.first + len(self.area)).sum())
        who = count(len(np.unique(lanes.destination[small])), "smaller customer")
        share = percent(float(lanes.units[small].sum() / lanes.units[lanes.destination >= self.first].sum()))
        return [
            f"{count(int(small.sum()), 'lane')} to {who}, {share} of what customers get, are drawn together as "
            f"{count(together, 'lane')}; each of them is in flows.csv."
        ]

    def traces(self, lanes: Lanes) -> Iterator[dict[str, Any]]:
        """Yield the bundles as marks.

        Parameters
        ----------
        lanes : Lanes
            As they are drawn.
        """
        after = self.first + len(self.area)
        last = lanes.select(lanes.destination >= after)
        units = np.bincount(last.destination - after, last.units, minlength=len(self.names))
        members = np.bincount(self.area[self.area >= 0], minlength=len(self.names))
        at = np.unique(last.destination)
        if len(at):
            yield {
                "type": "scatter", "mode": "markers", "showlegend": False,
                "marker": {"symbol": "circle-dot", "color": GREY, "size": 11, "opacity": 0.9},
                "meta": {"layer": "places", "place": "customer"},
                "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]}<br>get %{customdata[2]}<extra></extra>",
                "at": at.tolist(),
                "words": [[count(int(members[i]), "customer"), amount(units[i])] for i in (at - after).tolist()],
            }  # fmt: skip

    def _small(self, lanes: Lanes) -> BoolArray:
        """Return which lanes go to customers that are drawn together, shape (lanes,)."""
        small = lanes.destination >= self.first
        small[small] = self.area[lanes.destination[small] - self.first] >= 0
        return small


def by_origin(network: Network, lanes: Lanes) -> Bundles:
    """Return bundles for columns: beyond a hundred customers, the smaller ones by the site that serves them most.

    Parameters
    ----------
    network : Network
        Its places.
    lanes : Lanes
        All that carry anything.
    """
    last, customer, units = _last(network, lanes)
    origin = np.full(len(units), -1)
    order = np.argsort(last.units, kind="stable")  # the largest is written last
    origin[customer[order]] = last.origin[order]
    if np.count_nonzero(origin >= 0) > _MOST_IN_COLUMN:
        origin[np.argsort(-units, kind="stable")[:_MOST_IN_COLUMN]] = -1
    else:
        origin[:] = -1
    sites, area = _numbered(origin)
    names = tuple(f"smaller customers of {network.places.names[site]}" for site in sites)
    return Bundles(area, names, len(network.facilities))


def by_area(network: Network, lanes: Lanes, x: FloatArray, y: FloatArray) -> Bundles:
    """Return bundles for a map of more lanes than can be drawn: smaller customers by their region, or where they are.

    Parameters
    ----------
    network : Network
        With the regions of its customers.
    lanes : Lanes
        All that carry anything and are on the map.
    x, y : ndarray
        Where the customers are, NaN for those that are off the map, shape (customers,).
    """
    last, customer, units = _last(network, lanes)
    served = np.bincount(customer, minlength=len(units))
    room = max(MOST_LANES - (len(lanes) - len(last)), 0)
    if len(last) <= room:
        return Bundles(np.full(len(units), -1), (), len(network.facilities))
    for area in _areas(network, x, y):
        used = len(np.unique(np.column_stack([last.origin, area[customer], last.mode]), axis=0))
        if used <= room // _SHARE:
            break
    largest = np.argsort(-units, kind="stable")
    area = np.where(served > 0, area, -1)
    area[largest[np.cumsum(served[largest]) <= room - used]] = -1
    codes, area = _numbered(area)
    chief = np.zeros(len(codes), dtype=np.int64)
    order = np.argsort(units, kind="stable")
    order = order[area[order] >= 0]
    chief[area[order]] = order
    names = tuple(f"smaller customers around {network.customers.names[at]}" for at in chief.tolist())
    return Bundles(area, names, len(network.facilities))


def _last(network: Network, lanes: Lanes) -> tuple[Lanes, IntArray, FloatArray]:
    """Return the lanes to customers, the customer of each, and what every customer gets."""
    first = len(network.facilities)
    last = lanes.select(lanes.destination >= first)
    customer = last.destination - first
    return last, customer, np.bincount(customer, last.units, minlength=len(network.customers)).astype(np.float64)


def _areas(network: Network, x: FloatArray, y: FloatArray) -> list[IntArray]:
    """Return ways to put customers into areas, the finest first."""
    regions = np.unique(network.customers.region, return_inverse=True)[1].astype(np.int64)
    found = [regions] if len(np.unique(regions)) > 1 else []
    for across in _CELLS:
        size = max(float(np.nanmax(x)), 1.0) / across * 1.001
        column, row = (np.nan_to_num(at // size).astype(np.int64) for at in (x, y))
        found.append(column * 1_000 + row)
    return found


def _numbered(codes: IntArray) -> tuple[IntArray, IntArray]:
    """Return the codes of 0 or more that are there, and for each its position among them; -1 stays."""
    known = np.unique(codes[codes >= 0])
    return known, np.where(codes >= 0, np.searchsorted(known, codes), -1)
