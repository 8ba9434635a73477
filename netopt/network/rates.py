"""Rate cards: a carrier's prices become lanes between every pair of places that fits.

Where several rows price the same pair, mode and product, the one that names more of them wins (a place over a type,
then a product over none), and among equals the cheapest, as the cheapest is what would be chosen anyway.
Bands hold their lower end and not their upper one: ``from <= x < to``. `netopt.network.offers` has the price.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import InputError, Problem
from netopt.network.catalog import Products, Settings, unit_codes
from netopt.network.distance import EARTH_RADIUS, great_circle
from netopt.network.offers import Offers
from netopt.network.resolve import BLANK, Names, code, expand_groups, number, text
from netopt.read import Tables

__all__ = ["Ends", "RateCards", "pair_keys"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_BLOCK = 1 << 20  # offers at a time: of all the pairs that a row names only those within its band are kept
_COUNTED = {"unit": "units", "vehicle": "units", "volume": "volume", "weight": "weight"}


@dataclass(frozen=True, eq=False)
class Ends:
    """Which places the rows of the rates table apply to, at one end.

    Parameters
    ----------
    named : ndarray of int
        Position of the place that a row names, `BLANK` where it names none, shape (rates,).
    group : ndarray of int
        What a row without a place names instead: a position in `groups`, shape (rates,).
    groups : ndarray of bool
        Which places each type stands for, shape (types, places).
    """

    named: IntArray
    group: IntArray
    groups: BoolArray

    @classmethod
    def of(cls, named: IntArray, wanted: npt.NDArray[np.object_], kinds: npt.NDArray[np.object_], blank: str) -> Ends:
        """Return the ends of rows that name a place or a type; those that name neither mean ``blank``.

        Parameters
        ----------
        named : ndarray of int
            As above.
        wanted : ndarray of str
            Type that each row names, shape (rates,).
        kinds : ndarray of str
            Type of each place, shape (places,).
        blank : {'facility', 'customer'}
            What a row stands for that names nothing.
        """
        group, types = pd.factorize(wanted)
        customer = kinds == "customer"
        groups = [kinds == kind if kind else customer if blank == "customer" else ~customer for kind in types]
        return cls(named, group.astype(np.int64), np.array(groups, dtype=bool).reshape(len(groups), len(kinds)))

    def at(self, rate: int) -> IntArray:
        """Return the places that a row applies to."""
        if self.named[rate] != BLANK:
            return self.named[rate : rate + 1]
        return np.nonzero(self.groups[self.group[rate]])[0]

    def includes(self, rate: int, place: IntArray) -> BoolArray:
        """Return which of some places a row applies to."""
        if self.named[rate] != BLANK:
            return np.asarray(place == self.named[rate])
        found: BoolArray = self.groups[self.group[rate]][place]
        return found


@dataclass(frozen=True, eq=False)
class RateCards:
    """The rates table, ready to price.

    Parameters
    ----------
    origins, destinations : Ends
        Which places each row applies to.
    mode, product : ndarray of int
        Positions, `BLANK` for every product, shape (rates,).
    rank : ndarray of int
        How much each row names, shape (rates,).
    numbers : DataFrame
        Its number columns with defaults, and ``per``.
    row : ndarray of int
        Row in the source.
    source : str
        Where the table came from.
    """

    origins: Ends
    destinations: Ends
    mode: IntArray
    product: IntArray
    rank: IntArray
    numbers: pd.DataFrame
    row: IntArray
    source: str

    def __len__(self) -> int:
        return len(self.mode)

    @classmethod
    def from_tables(
        cls, tables: Tables, places: Names, kinds: npt.NDArray[np.object_], products: Names, modes: Names
    ) -> RateCards:
        """Return the rate cards of the input.

        Parameters
        ----------
        tables : Tables
            The input.
        places : Names
            Facilities, then customers.
        kinds : ndarray of str
            Type of each facility, ``customer`` for customers, shape (places,).
        products, modes : Names
            All products and modes.
        """
        frame = expand_groups(tables, "rates")
        origin, destination = code(frame, "origin", places), code(frame, "destination", places)
        product = code(frame, "product", products)
        return cls(
            origins=Ends.of(origin, text(frame, "rates", "origin_type"), kinds, "facility"),
            destinations=Ends.of(destination, text(frame, "rates", "destination_type"), kinds, "customer"),
            mode=modes.codes(pd.Series(text(frame, "rates", "mode"))),
            product=product,
            rank=2 * ((origin != BLANK).astype(np.int64) + (destination != BLANK)) + (product != BLANK),
            numbers=_numbers(frame),
            row=frame.index.to_numpy(dtype=np.int64),
            source=tables.source("rates"),
        )

    def column(self, name: str) -> FloatArray:
        """Return a column of numbers, shape (rates,)."""
        return self.numbers[name].to_numpy(dtype=np.float64)

    @property
    def by_vehicle(self) -> BoolArray:
        """Whether each row is paid by the vehicle, shape (rates,)."""
        return (self.numbers["per"] == "vehicle").to_numpy(dtype=bool)

    @property
    def counts(self) -> IntArray:
        """What each row is paid for, as a position in `netopt.network.catalog.UNITS`, shape (rates,)."""
        return unit_codes(self.numbers["per"].map(_COUNTED).to_numpy(dtype=object)).astype(np.int64)

    def offers(
        self, latitude: FloatArray, longitude: FloatArray, products: Products, settings: Settings, typed: IntArray
    ) -> Offers:
        """Return the winning offer of every pair, mode and product that some row fits.

        Parameters
        ----------
        latitude, longitude : ndarray
            Of every place, degrees.
        products, settings : Products, Settings
            Of the network.
        typed : ndarray of int
            Pairs and modes, as `pair_keys` numbers them, that the analyst typed for every product: no offer is made.

        Raises
        ------
        InputError
            When a rate needs the distance of a place without coordinates, or two rates per vehicle that name as much
            as each other price the same pair, mode and product.
        """
        typed = np.unique(typed)
        factor, needs = self._factors(settings), self._needs_distance
        reach = np.degrees(self.column("distance_to") / (factor * EARTH_RADIUS[settings.distance_unit])) * (1 + 1e-9)
        found: list[Offers] = []
        unlocated: set[int] = set()
        for rate, origin, destination in self._pairs(max(1, _BLOCK // len(products))):
            keep = origin != destination
            keep &= ~(np.abs(latitude[origin] - latitude[destination]) > reach[rate])  # beyond the band already
            rate, origin, destination = rate[keep], origin[keep], destination[keep]
            road = factor[rate] * great_circle(latitude, longitude, origin, destination, settings.distance_unit)
            keep = self._within(rate, road) | (needs[rate] & np.isnan(road))
            rate, origin, destination, road = rate[keep], origin[keep], destination[keep], road[keep]
            if len(typed):
                free = ~_among(typed, pair_keys(origin, destination, self.mode[rate], len(latitude)))
                rate, origin, destination, road = rate[free], origin[free], destination[free], road[free]
            unlocated.update(np.unique(rate[needs[rate] & np.isnan(road)]).tolist())
            none = np.broadcast_to(np.int64(0), len(rate))  # nobody asked for these pairs
            found.append(self._fitting(rate, none, origin, destination, road, products))
        if unlocated:
            raise InputError([self._no_coordinates(rate) for rate in sorted(unlocated)])
        offers = Offers.joined(self, products, found)
        if len(self) == 1:
            return offers
        pair = pair_keys(offers.origin, offers.destination, offers.mode, len(latitude))
        return self._winners(offers, pair * len(products) + offers.product)

    def quotes(
        self, origin: IntArray, destination: IntArray, mode: IntArray, product: IntArray,
        distance: FloatArray, straight: FloatArray, products: Products, settings: Settings,
    ) -> Offers:  # fmt: skip
        """Return the winning offers for lanes that the analyst typed without a cost.

        Parameters
        ----------
        origin, destination, mode, product : ndarray of int
            Of each lane, shape (n,); a `BLANK` product asks for each product.
        distance : ndarray
            As typed, NaN where blank.
        straight : ndarray
            Great-circle distance, used with the rate's factor where `distance` is NaN.
        products, settings : Products, Settings
            Of the network.
        """
        factor, needs = self._factors(settings), self._needs_distance
        found = []
        for rate in range(len(self)):
            fits = self.origins.includes(rate, origin) & self.destinations.includes(rate, destination)
            fits &= mode == self.mode[rate]
            if self.product[rate] != BLANK:
                fits &= (product == BLANK) | (product == self.product[rate])
            at = np.nonzero(fits)[0]
            road = np.where(np.isnan(distance[at]), factor[rate] * straight[at], distance[at])
            if needs[rate] and np.isnan(road).any():
                raise InputError([self._no_coordinates(rate)])
            same = np.broadcast_to(np.int64(rate), len(at))
            keep = self._within(same, road)
            at, road, same = at[keep], road[keep], same[keep]
            offers = self._fitting(same, at, origin[at], destination[at], road, products)
            asked = product[offers.pair]
            found.append(offers.select((asked == BLANK) | (asked == offers.product)))
        offers = Offers.joined(self, products, found)
        return self._winners(offers, offers.pair * len(products) + offers.product)

    def _pairs(self, most: int) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
        """Yield row, origin and destination of the pairs that the rows name, in order, about ``most`` at a time."""
        waiting: list[tuple[IntArray, IntArray, IntArray]] = []
        size = 0
        for rate in range(len(self)):
            origins, destinations = self.origins.at(rate), self.destinations.at(rate)
            step = max(1, most // max(1, len(destinations)))
            for start in range(0, len(origins), step):
                origin = np.repeat(origins[start : start + step], len(destinations))
                count = len(origin)
                waiting.append((np.full(count, rate), origin, np.resize(destinations, count)))
                size += count
                if size >= most:
                    yield _stacked(waiting)
                    waiting, size = [], 0
        if waiting:
            yield _stacked(waiting)

    def _within(self, rate: IntArray, distance: FloatArray) -> BoolArray:
        """Return which distances are within the bands of their rows."""
        least, most = self.column("distance_from")[rate], self.column("distance_to")[rate]
        found: BoolArray = (np.isnan(least) | (distance >= least)) & (np.isnan(most) | (distance < most))
        return found

    def _fitting(
        self, rate: IntArray, pair: IntArray, origin: IntArray, destination: IntArray, distance: FloatArray,
        products: Products,
    ) -> Offers:  # fmt: skip
        """Return an offer of each row for every product that fits it."""
        least = np.nan_to_num(self.column("weight_from"), nan=0.0)[:, None]
        most = np.nan_to_num(self.column("weight_to"), nan=np.inf)[:, None]
        fits = (products.weight >= least) & (products.weight < most)
        fits &= (self.product[:, None] == BLANK) | (self.product[:, None] == np.arange(len(products)))
        at, product = np.nonzero(fits[rate])
        return Offers(self, products, rate[at], pair[at], origin[at], destination[at], product, distance[at])

    def _factors(self, settings: Settings) -> FloatArray:
        factor = self.column("distance_factor")
        return np.where(np.isnan(factor), settings.distance_factor, factor)

    @property
    def _needs_distance(self) -> BoolArray:
        """Whether each row has no price or no days without a distance, shape (rates,)."""
        banded = self.numbers[["distance_from", "distance_to", "speed"]].notna().any(axis=1).to_numpy(dtype=bool)
        needs: BoolArray = (
            banded | (self.column("cost_per_distance") != 0) | (self.column("emissions_per_distance") != 0)
        )
        return needs

    def _no_coordinates(self, rate: int) -> Problem:
        return Problem(
            self.source,
            int(self.row[rate]),
            None,
            "the rate depends on distance, and a place that it applies to has no latitude and longitude",
            "fill them in for every place of the rate, or type the lanes with their distance",
        )

    def _winners(self, offers: Offers, key: IntArray) -> Offers:
        """Keep one offer of those that have the same key."""
        order = np.argsort(key, kind="stable")
        again = key[order[1:]] == key[order[:-1]]
        if not again.any():
            return offers
        contested = np.zeros(len(offers), dtype=bool)
        contested[order[1:][again]] = True
        contested[order[:-1][again]] = True
        at = np.nonzero(contested)[0]
        some = offers.select(at)
        rank = self.rank[some.rate]
        order = np.lexsort((some.unit_cost, -rank, key[at]))
        same = key[at][order][1:] == key[at][order][:-1]
        first = np.append(True, ~same)
        vehicle = some.by_vehicle[order]
        tie = same & first[:-1] & (rank[order][1:] == rank[order][:-1]) & (vehicle[1:] | vehicle[:-1])
        if tie.any():
            place = int(np.nonzero(tie)[0][0])
            one, other = (int(self.row[some.rate[order[i]]]) for i in (place, place + 1))
            message = f"rows {min(one, other)} and {max(one, other)} price the same pair, mode and product by vehicle"
            fix = "give them bands that do not overlap, or different modes"
            raise InputError([Problem(self.source, max(one, other), None, message, fix)])
        contested[at[order[first]]] = False
        return offers.select(~contested)


def _numbers(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the number columns of the rates table with defaults, with ``per`` and ``capacity_unit``."""
    names = (
        "base_cost", "cost_per_distance", "min_charge", "weight_from", "weight_to", "distance_from", "distance_to",
        "distance_factor", "speed", "vehicle_capacity", "emissions_per_distance",
    )  # fmt: skip
    columns: dict[str, object] = {name: number(frame, "rates", name) for name in names}
    columns["per"] = text(frame, "rates", "per")
    columns["capacity_unit"] = unit_codes(text(frame, "rates", "capacity_unit"))
    return pd.DataFrame(columns)


def pair_keys(origin: IntArray, destination: IntArray, mode: IntArray, places: int) -> IntArray:
    """Return a number for each origin, destination and mode, given the number of places."""
    found: IntArray = (mode * places + origin) * places + destination
    return found


def _stacked(parts: list[tuple[IntArray, IntArray, IntArray]]) -> tuple[IntArray, IntArray, IntArray]:
    rate, origin, destination = (np.concatenate(part) for part in zip(*parts, strict=True))
    return rate, origin, destination


def _among(known: IntArray, keys: IntArray) -> BoolArray:
    """Return which keys are among the known ones, which are sorted and not empty."""
    found: BoolArray = known[np.minimum(np.searchsorted(known, keys), len(known) - 1)] == keys
    return found
