"""What draws new sites of a type: customers, sources of goods, and the sites that are there, with what distance costs.

Money per unit and distance is the slope of the line nearest to what the rate cards (or typed lanes) ask, from no
distance to the one within which 95% of the units are in a first solution that knows no rates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netopt.errors import InputError, Problem
from netopt.network import Network
from netopt.network.distance import EARTH_RADIUS
from netopt.network.sites import CLOSED
from netopt.study.greenfield.allocation import Pull, located
from netopt.study.greenfield.tariff import Cards, Fits, Tariff, straight_line, unit_costs
from netopt.study.greenfield.weber import angles, unit_vectors

__all__ = ["KINDS", "Model", "landed_costs", "modelled"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

KINDS = ("dc", "sort_center", "fc")
"""Types that may be proposed: they take goods in and send them on."""

_UPSTREAM = ("supplier", "plant", "dc", "sort_center", "fc")
_SHARE = 0.95
_STARTS = 4
_NEAR = 1e-6
"""Radians below which distances say nothing."""


@dataclass(frozen=True, eq=False)
class Model:
    """What sites of a type are drawn by.

    Parameters
    ----------
    network : Network
        As it is.
    kind : str
        Type of the sites that are looked for.
    customers : ndarray of int
        Positions of customers that want something and have coordinates and a price, shape (n,).
    units : ndarray
        What each wants over the horizon, shape (n, products).
    pull : Pull
        The same with places, and money per unit and radian; what is paid later is discounted.
    today, senders, sources : ndarray of int
        Positions of facilities: sites of the type that are there today, all that may send goods to one, and those of
        them that goods are taken from here.
    outward : Tariff
        From the site to customers.
    inward : Tariff or None
        To the site; None where nothing lies upstream.
    reach : float
        Straight distance up to which the outward rates were looked at.
    unplaced, unpriced : int
        Customers left out for want of coordinates, and of a price.
    """

    network: Network
    kind: str
    customers: IntArray
    units: FloatArray
    pull: Pull
    today: IntArray
    senders: IntArray
    sources: IntArray
    outward: Tariff
    inward: Tariff | None
    reach: float
    unplaced: int
    unpriced: int

    @property
    def radius(self) -> float:
        """Of the Earth, in the network's unit of distance."""
        return EARTH_RADIUS[self.network.settings.distance_unit]

    @property
    def slope(self) -> float:
        """Mean money per unit and road distance to customers."""
        wanted = self.pull.units.sum()
        return float(self.pull.weights.sum() / wanted / self.radius / self.network.settings.distance_factor)

    def vectors(self, facilities: IntArray) -> FloatArray:
        """Return facilities on the unit sphere, shape (n, 3)."""
        places = self.network.facilities
        return unit_vectors(places.latitude[facilities], places.longitude[facilities])


def modelled(network: Network, kind: str, count: int, seed: int) -> Model:
    """Return what draws sites of a type.

    Parameters
    ----------
    network : Network
        As it is.
    kind : str
        One of `KINDS`.
    count : int
        How many new sites are looked for; their distance to customers depends on it, and so may the rates.
    seed : int
        Of the first solution.

    Raises
    ------
    InputError
        When customers have no coordinates, when nothing says what distance costs, or it costs nothing.
    """
    customers, units, counted, unplaced = _wanting(network)
    at = unit_vectors(network.customers.latitude[customers], network.customers.longitude[customers])
    radius = EARTH_RADIUS[network.settings.distance_unit]
    today = _there(network, kind)
    fixed = unit_vectors(network.facilities.latitude[today], network.facilities.longitude[today])
    first, reach = _first(at, counted, fixed, count, seed, radius)

    outward = _outward(network, kind, len(network.facilities) + customers, reach)
    _, slope = straight_line(outward, len(network.facilities) + customers, reach)
    priced = ((counted == 0) | np.isfinite(slope)).all(axis=1)
    if not (np.where(np.isfinite(slope), slope, 0.0) * counted)[priced].sum() > 0:
        words = f"what it costs from a {kind} to customers does not grow with the distance, so no place is nearer"
        raise InputError([Problem("rates", None, None, words, "fill in cost_per_distance")])
    inward = _inward(network, kind, reach)
    sources, landed, per_distance = _sources(network, inward, first, radius)
    keep = np.nonzero(priced)[0]
    pull = Pull(
        customers=at[keep],
        units=counted[keep],
        outward=np.nan_to_num(slope[keep], nan=0.0) * radius,
        sources=unit_vectors(network.facilities.latitude[sources], network.facilities.longitude[sources]),
        landed=landed,
        inward=per_distance * radius,
    )
    return Model(
        network, kind, customers[keep], units[keep], pull, today, inward[0], sources, outward, inward[1], reach,
        unplaced, int((~priced).sum()),
    )  # fmt: skip


def _wanting(network: Network) -> tuple[IntArray, FloatArray, FloatArray, int]:
    """Return customers with demand and coordinates, their units, these discounted, and how many have no coordinates."""
    demand, shape = network.demand, (len(network.customers), len(network.products))
    units, counted = np.zeros(shape), np.zeros(shape)
    np.add.at(units, (demand.entity, demand.product), demand["quantity"])
    np.add.at(counted, (demand.entity, demand.product), demand["quantity"] * network.periods.discount[demand.period])
    wants = units.sum(axis=1) > 0
    placed = np.isfinite(network.customers.latitude) & np.isfinite(network.customers.longitude)
    at = np.nonzero(wants & placed)[0]
    if not len(at):
        words = "no customer with demand has latitude and longitude"
        raise InputError([Problem(network.tables.source("customers"), None, "latitude", words, "fill them in")])
    return at, units[at], counted[at], int((wants & ~placed).sum())


def _placed(network: Network) -> BoolArray:
    """Return which facilities have coordinates and are not closed throughout."""
    facilities = network.facilities
    found: BoolArray = np.isfinite(facilities.latitude) & np.isfinite(facilities.longitude)
    found &= ~(facilities.status == CLOSED).all(axis=1)
    return found


def _there(network: Network, kind: str) -> IntArray:
    """Return the sites of a type that are there today."""
    facilities = network.facilities
    return np.nonzero(_placed(network) & facilities.existing & (facilities.type == kind))[0]


def _first(
    at: FloatArray, counted: FloatArray, fixed: FloatArray, count: int, seed: int, radius: float
) -> tuple[FloatArray, float]:
    """Return centres by units alone, and the straight distance to the nearest within which most units are."""
    n_p = counted.shape[1]
    bare = Pull(at, counted, np.ones_like(counted), np.zeros((0, 3)), np.zeros((0, n_p)), np.zeros((0, n_p)))
    centres = np.vstack([located(bare, fixed, count, _STARTS, seed).centres, fixed])
    straight = angles(at, centres).min(axis=1) * radius
    order = np.argsort(straight)
    within = np.cumsum(counted.sum(axis=1)[order])
    reach = float(straight[order][np.searchsorted(within, _SHARE * within[-1])])
    widest = float(angles(at[:1], at).max()) * radius
    return centres, reach if reach > _NEAR * radius else max(widest, 1.0)


def _outward(network: Network, kind: str, places: IntArray, reach: float) -> Tariff:
    """Return what prices moves from a new site to customers: rate cards, else lines through typed lanes."""
    cards = Cards.of(network, kind, outward=True)
    if np.isfinite(cards.cost(places, reach / 2)).any():
        return cards
    kinds = network.places.kinds
    fits = Fits.of(network, kinds == kind, kinds == "customer")
    if fits.fits:
        return fits
    raise InputError([_unpriced(f"from a {kind} to customers", f"origin_type={kind} and destination_type=customer")])


def _unpriced(way: str, cells: str) -> Problem:
    words = f"no rate card fits, and no typed lanes of different lengths say what distance costs {way}"
    return Problem("rates", None, None, words, f"add a row to rates with {cells}")


def _inward(network: Network, kind: str, reach: float) -> tuple[IntArray, Tariff | None]:
    """Return the sites that may send goods to one of a type, and what prices the way; none with nothing upstream."""
    kinds = network.places.kinds
    upstream = np.isin(network.facilities.type, _UPSTREAM[: _UPSTREAM.index(kind)]) & _placed(network)
    above = np.nonzero(upstream)[0]
    if not len(above):
        return above, None
    cards = Cards.of(network, kind, outward=False)
    sends = np.isfinite(cards.cost(above, reach / 2)).any(axis=1)
    if sends.any():
        return above[sends], cards
    fits = Fits.of(network, np.append(upstream, np.zeros(len(network.customers), dtype=bool)), kinds == kind)
    sends = _with_lanes(network, kind, above)
    if not (fits.fits and sends.any()):
        raise InputError([_unpriced(f"to a {kind}", f"destination_type={kind}")])
    return above[sends], fits


def _sources(
    network: Network, inward: tuple[IntArray, Tariff | None], centres: FloatArray, radius: float
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return where goods are taken from, and by source and product what they cost at no distance, and per distance.

    These are sites that are there today; where none is, those that may be opened stand for them.
    """
    (senders, tariff), facilities, n_p = inward, network.facilities, len(network.products)
    landed = landed_costs(network)
    able = np.isfinite(landed[senders]).any(axis=1)
    there = able & facilities.existing[senders]
    sources = senders[there] if there.any() else senders[able]
    if tariff is None or not len(sources):
        return sources[:0], np.zeros((0, n_p)), np.zeros((0, n_p))
    apart = angles(unit_vectors(facilities.latitude[sources], facilities.longitude[sources]), centres)
    farthest = float(apart.min(axis=0).max()) * radius
    base, slope = straight_line(tariff, sources, max(farthest, _NEAR * radius))
    start = np.where(np.isfinite(slope), landed[sources] + np.nan_to_num(base, nan=0.0), np.inf)
    return sources, start, np.nan_to_num(slope, nan=0.0)


def _with_lanes(network: Network, kind: str, facilities: IntArray) -> BoolArray:
    """Return which facilities have a lane to a site of a type."""
    lanes = network.lanes
    found = np.zeros(len(network.places.names), dtype=bool)
    found[lanes.origin[network.places.kinds[lanes.destination] == kind]] = True
    return found[facilities]


def landed_costs(network: Network) -> FloatArray:
    """Return what a unit costs at least where it is ready to leave: bought, moved and handled, whatever the capacities.

    Returns
    -------
    ndarray
        Money per unit, infinite where a product cannot be had, shape (facilities, products).
    """
    n_f, n_p = len(network.facilities), len(network.products)
    landed = np.full((n_f, n_p), np.inf)
    handling = network.handling_cost.min(axis=2)
    supply = network.supply
    np.minimum.at(landed, (supply.entity, supply.product), np.nan_to_num(supply["unit_cost"], nan=0.0))
    landed += handling  # of suppliers and plants: what leaves them
    origin, destination = network.lanes.origin[network.flows.lane], network.lanes.destination[network.flows.lane]
    at = np.nonzero(destination < n_f)[0]  # customers come after the facilities, and send nothing on
    product, cost = network.flows.product[at], unit_costs(network, at)
    entering = np.where(network.facilities.sends[destination[at]], 0.0, handling[destination[at], product])
    for _ in range(n_f):
        nearer = landed.copy()
        np.minimum.at(nearer, (destination[at], product), landed[origin[at], product] + cost + entering)
        if (nearer >= landed).all():
            break
        landed = nearer
    return landed
