"""Rate cards: a carrier's prices become lanes between every pair of places that fits.

cost = max(min_charge, base_cost + cost_per_distance * distance)      (money per unit, weight, volume or vehicle)

Where several rows price the same pair, mode and product, the one that names more of them wins (a place over a type,
then a product over none), and among equals the cheapest, as the cheapest is what would be chosen anyway.
Bands hold their lower end and not their upper one: ``from <= x < to``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import InputError, Problem
from netopt.network.catalog import Products, Settings, unit_codes
from netopt.network.distance import great_circle
from netopt.network.resolve import BLANK, Names, code, expand_groups, number, text
from netopt.read import Tables

__all__ = ["Offers", "RateCards", "pair_keys"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Offers:
    """What the rate cards ask for moving a product over a pair of places.

    Parameters
    ----------
    rate, pair, origin, destination, mode, product : ndarray of int
        Positions, shape (n,); `pair` is the position of the pair of places among those that were asked for.
    distance, unit_cost, vehicle_cost, days, emissions : ndarray
        Shape (n,); `unit_cost` is 0 where the vehicle is paid, and `vehicle_cost` NaN where it is not.
    """

    rate: IntArray
    pair: IntArray
    origin: IntArray
    destination: IntArray
    mode: IntArray
    product: IntArray
    distance: FloatArray
    unit_cost: FloatArray
    vehicle_cost: FloatArray
    days: FloatArray
    emissions: FloatArray

    def __len__(self) -> int:
        return len(self.rate)

    def select(self, keep: npt.NDArray[np.bool_] | IntArray) -> Offers:
        """Return the offers at ``keep``."""
        return Offers(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class RateCards:
    """The rates table, ready to price.

    Parameters
    ----------
    origins, destinations : ndarray of bool
        Which places each row applies to, shape (rates, places).
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

    origins: BoolArray
    destinations: BoolArray
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
        facility, customer = kinds != "customer", kinds == "customer"
        columns = _numbers(frame)
        origin, destination = code(frame, "origin", places), code(frame, "destination", places)
        product = code(frame, "product", products)
        at = np.arange(len(places))

        def applies(named: IntArray, column: str, blank: BoolArray) -> BoolArray:
            wanted = text(frame, "rates", column)[:, None]
            by_type = np.where(wanted == "", blank[None, :], kinds[None, :] == wanted)
            return np.where(named[:, None] == BLANK, by_type, at[None, :] == named[:, None]).astype(bool)

        return cls(
            origins=applies(origin, "origin_type", facility) & facility[None, :],
            destinations=applies(destination, "destination_type", customer),
            mode=modes.codes(pd.Series(text(frame, "rates", "mode"))),
            product=product,
            rank=2 * ((origin != BLANK).astype(np.int64) + (destination != BLANK)) + (product != BLANK),
            numbers=columns,
            row=frame.index.to_numpy(dtype=np.int64),
            source=tables.source("rates"),
        )

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
        found, problems = [], []
        for rate in range(len(self)):
            origin, destination = np.nonzero(self.origins[rate][:, None] & self.destinations[rate][None, :])
            distinct = origin != destination
            if len(typed):
                mode = np.full(len(origin), self.mode[rate])
                distinct &= ~np.isin(pair_keys(origin, destination, mode, len(latitude)), typed)
            origin, destination = origin[distinct], destination[distinct]
            road = self._factor(rate, settings) * great_circle(
                latitude[origin], longitude[origin], latitude[destination], longitude[destination],
                settings.distance_unit,
            )  # fmt: skip
            if self._needs_distance(rate) and np.isnan(road).any():
                problems.append(self._no_coordinates(rate))
                continue
            found.append(self.price(rate, origin, destination, road, products))
        if problems:
            raise InputError(problems)
        return self._winners(_joined(found), ("origin", "destination", "mode", "product"))

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
        found = []
        for rate in range(len(self)):
            fits = self.origins[rate][origin] & self.destinations[rate][destination] & (mode == self.mode[rate])
            if self.product[rate] != BLANK:
                fits &= (product == BLANK) | (product == self.product[rate])
            at = np.nonzero(fits)[0]
            road = np.where(np.isnan(distance[at]), self._factor(rate, settings) * straight[at], distance[at])
            if self._needs_distance(rate) and np.isnan(road).any():
                raise InputError([self._no_coordinates(rate)])
            offers = self.price(rate, origin[at], destination[at], road, products, at)
            asked = product[offers.pair]
            found.append(offers.select((asked == BLANK) | (asked == offers.product)))
        return self._winners(_joined(found), ("pair", "product"))

    def price(
        self, rate: int, origin: IntArray, destination: IntArray, distance: FloatArray, products: Products,
        pair: IntArray | None = None,
    ) -> Offers:  # fmt: skip
        """Return what one row asks for pairs of places at given distances, for every product that fits it."""
        pair = np.arange(len(origin)) if pair is None else pair
        row = self.numbers.iloc[rate]
        within = np.ones(len(origin), dtype=bool)
        if not np.isnan(row["distance_from"]):
            within &= distance >= row["distance_from"]
        if not np.isnan(row["distance_to"]):
            within &= distance < row["distance_to"]
        origin, destination, distance, pair = origin[within], destination[within], distance[within], pair[within]
        heavy = np.nan_to_num(row["weight_from"], nan=0.0), np.nan_to_num(row["weight_to"], nan=np.inf)
        fits = (products.weight >= heavy[0]) & (products.weight < heavy[1])
        if self.product[rate] != BLANK:
            fits &= np.arange(len(products)) == self.product[rate]
        chosen = np.nonzero(fits)[0]
        per = str(row["per"])
        slope = row["cost_per_distance"] * distance if row["cost_per_distance"] else np.zeros(len(distance))
        charge = np.maximum(row["min_charge"], row["base_cost"] + slope)
        carbon = row["emissions_per_distance"] * distance if row["emissions_per_distance"] else np.zeros(len(distance))
        size = {"weight": products.weight, "volume": products.volume}.get(per, np.ones(len(products)))[chosen]
        n, k = len(origin), len(chosen)
        by_vehicle = per == "vehicle"
        return Offers(
            rate=np.full(n * k, rate),
            pair=np.repeat(pair, k),
            origin=np.repeat(origin, k),
            destination=np.repeat(destination, k),
            mode=np.full(n * k, self.mode[rate]),
            product=np.tile(chosen, n),
            distance=np.repeat(distance, k),
            unit_cost=np.zeros(n * k) if by_vehicle else np.outer(charge, size).ravel(),
            vehicle_cost=np.repeat(charge, k) if by_vehicle else np.full(n * k, np.nan),
            days=np.nan_to_num(np.repeat(distance, k) / row["speed"], nan=0.0),
            emissions=np.outer(carbon, size).ravel(),
        )

    def _factor(self, rate: int, settings: Settings) -> float:
        factor = float(self.numbers["distance_factor"].iloc[rate])
        return settings.distance_factor if np.isnan(factor) else factor

    def _needs_distance(self, rate: int) -> bool:
        row = self.numbers.iloc[rate]
        banded = row[["distance_from", "distance_to", "speed"]].notna().any()
        return bool(banded or row["cost_per_distance"] or row["emissions_per_distance"])

    def _no_coordinates(self, rate: int) -> Problem:
        return Problem(
            self.source,
            int(self.row[rate]),
            None,
            "the rate depends on distance, and a place that it applies to has no latitude and longitude",
            "fill them in for every place of the rate, or type the lanes with their distance",
        )

    def _winners(self, offers: Offers, key: tuple[str, ...]) -> Offers:
        """Keep one offer of those that agree in the columns of ``key``."""
        if len(self) == 1:
            return offers
        rank = self.rank[offers.rate]
        order = np.lexsort((offers.unit_cost, -rank, *(getattr(offers, name) for name in key)))
        sorted_offers = offers.select(order)
        same = np.ones(max(len(offers) - 1, 0), dtype=bool)
        for name in key:
            column = getattr(sorted_offers, name)
            same &= column[1:] == column[:-1]
        if not same.any():
            return offers
        vehicle = ~np.isnan(sorted_offers.vehicle_cost)
        tie = same & (rank[order][1:] == rank[order][:-1]) & (vehicle[1:] | vehicle[:-1])
        first = np.append(True, ~same)
        if (tie & first[:-1]).any():
            at = int(np.nonzero(tie & first[:-1])[0][0])
            one, other = (int(self.row[sorted_offers.rate[i]]) for i in (at, at + 1))
            message = f"rows {min(one, other)} and {max(one, other)} price the same pair, mode and product by vehicle"
            fix = "give them bands that do not overlap, or different modes"
            raise InputError([Problem(self.source, max(one, other), None, message, fix)])
        return offers.select(np.sort(order[first]))


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


def _joined(parts: list[Offers]) -> Offers:
    empty_int, empty = np.zeros(0, dtype=np.int64), np.zeros(0)
    none = Offers(*([empty_int] * 6), *([empty] * 5))  # type: ignore[arg-type]
    return Offers(
        *(np.concatenate([getattr(part, name) for part in [none, *parts]]) for name in Offers.__dataclass_fields__)
    )
