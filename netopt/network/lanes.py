"""Lanes and the flows that may move over them, as arrays.

A lane is an origin, a destination and a mode; a lane row with a product is a lane of its own. A flow is a lane, a
product and the period in which goods leave.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import InputError, Problem
from netopt.network.catalog import Periods, Products, Settings, unit_codes
from netopt.network.distance import great_circle
from netopt.network.rates import Offers, RateCards, pair_keys
from netopt.network.resolve import BLANK, Names, code, expand_groups, number, records, text, typed
from netopt.read import Tables

__all__ = ["Flows", "Lanes", "Places", "lanes_and_flows"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_NUMBERS = (
    "unit_cost", "fixed_cost", "capacity", "min_flow", "days", "vehicle_capacity", "vehicle_cost", "emissions",
    "duty_rate", "lead_periods",
)  # fmt: skip


@dataclass(frozen=True)
class Places:
    """Facilities, then customers.

    Parameters
    ----------
    names : Names
        Shape (places,).
    kinds : ndarray of str
        Type of a facility, ``customer`` for a customer.
    latitude, longitude : ndarray
        Degrees, NaN where blank.
    """

    names: Names
    kinds: npt.NDArray[np.object_]
    latitude: FloatArray
    longitude: FloatArray


@dataclass(frozen=True)
class Lanes:
    """Every lane.

    Parameters
    ----------
    origin, destination, mode : ndarray of int
        Positions of places and modes, shape (lanes,).
    product : ndarray of int
        Product of a lane of its own, `BLANK` for a lane that serves all, shape (lanes,).
    modes : Names
        All modes; an empty name where the mode is blank.
    capacity_unit : ndarray of int
        Positions in `netopt.network.catalog.UNITS`, shape (lanes,).
    distance : ndarray
        As typed, or great-circle times the road factor, NaN where neither is known, shape (lanes,).
    open : ndarray of bool
        Whether the lane may be used, shape (lanes, periods).
    fixed_cost, capacity, min_flow, days, vehicle_capacity, vehicle_cost, lead_periods : ndarray
        Shape (lanes, periods); a blank capacity is infinite, a blank vehicle_capacity NaN.
    rated : ndarray of bool
        Whether a rate card generated the lane, shape (lanes,).
    row : ndarray of int
        Row in the lanes table, or in the rates table where `rated`.
    """

    origin: IntArray
    destination: IntArray
    mode: IntArray
    product: IntArray
    modes: Names
    capacity_unit: npt.NDArray[np.int8]
    distance: FloatArray
    open: BoolArray
    fixed_cost: FloatArray
    capacity: FloatArray
    min_flow: FloatArray
    days: FloatArray
    vehicle_capacity: FloatArray
    vehicle_cost: FloatArray
    lead_periods: FloatArray
    rated: BoolArray
    row: IntArray

    def __len__(self) -> int:
        return len(self.origin)


@dataclass(frozen=True)
class Flows:
    """Everything that may move: a lane, a product and the period in which it leaves.

    Parameters
    ----------
    lane, product, period, arrival : ndarray of int
        Positions, shape (flows,); `arrival` is the period in which the goods arrive.
    unit_cost, emissions, duty_rate : ndarray
        Money, kg and share of value per unit, shape (flows,).
    """

    lane: IntArray
    product: IntArray
    period: IntArray
    arrival: IntArray
    unit_cost: FloatArray
    emissions: FloatArray
    duty_rate: FloatArray

    def __len__(self) -> int:
        return len(self.lane)

    def select(self, keep: BoolArray) -> Flows:
        """Return the flows where ``keep`` holds."""
        if keep.all():
            return self
        return Flows(*(getattr(self, name)[keep] for name in self.__dataclass_fields__))


def lanes_and_flows(
    tables: Tables, places: Places, products: Products, periods: Periods, settings: Settings
) -> tuple[Lanes, Flows]:
    """Return the lanes of the input, typed and generated, and what may flow over them.

    A typed lane stands in place of the rate cards for its origin, destination, mode and product. Where its cost is
    blank, the rate card that fits it gives cost, days and vehicles, for the cells that are blank.
    """
    named = [tables[t]["mode"].dropna() for t in ("lanes", "rates") if "mode" in tables[t]]
    modes = Names(dict.fromkeys(["", *(str(mode) for column in named for mode in column.unique())]))
    cards = RateCards.from_tables(tables, places.names, places.kinds, products.names, modes)
    lanes, flows = _typed(tables, places, products, periods, settings, modes, cards)
    if len(cards):
        count = len(places.names)
        taken = pair_keys(lanes.origin, lanes.destination, lanes.mode, count)
        for_all = taken[lanes.product == BLANK]
        offers = cards.offers(places.latitude, places.longitude, products, settings, for_all)
        own = taken[lanes.product != BLANK] * len(products) + lanes.product[lanes.product != BLANK]
        asked = pair_keys(offers.origin, offers.destination, offers.mode, count) * len(products) + offers.product
        generated = _generated(offers.select(~np.isin(asked, own)), cards, count, len(periods), modes)
        lanes, flows = _joined(lanes, flows, *generated)
    return lanes, flows


def _typed(
    tables: Tables, places: Places, products: Products, periods: Periods, settings: Settings,
    modes: Names, cards: RateCards,
) -> tuple[Lanes, Flows]:  # fmt: skip
    """Return the lanes of the lanes table."""
    frame = expand_groups(tables, "lanes")
    origin, destination = code(frame, "origin", places.names), code(frame, "destination", places.names)
    mode = modes.codes(frame["mode"].fillna("")) if "mode" in frame else np.zeros(len(frame), dtype=np.int64)
    product = code(frame, "product", products.names)
    lane, first = _lanes_of_rows(frame, (origin, destination, mode, product))
    n_l, n_t = len(first), len(periods)

    columns = {name: typed(frame, name) for name in _NUMBERS if name in frame}
    if "status" in frame:
        columns["closed"] = np.where(frame["status"].isna(), np.nan, text(frame, "lanes", "status") == "closed")
    if n_t == 1 and n_l == len(frame):  # a row a lane: nothing to resolve
        values = {name: column[:, None] for name, column in columns.items()}
        exists = np.ones((n_l, 1), dtype=bool)
    else:
        found = records(frame, "lanes", lane, periods.names, columns)
        exists = np.zeros((n_l, n_t), dtype=bool)
        exists[found.entity, found.period] = True
        values = {}
        for name, column in found.values.items():
            values[name] = np.full((n_l, n_t), np.nan)
            values[name][found.entity, found.period] = column

    def by_period(name: str, blank: float) -> FloatArray:
        if name not in values:
            return np.broadcast_to(np.float64(blank), (n_l, n_t))
        return np.where(np.isnan(values[name]), blank, values[name])

    base = frame.iloc[first]
    origin, destination, mode, product = origin[first], destination[first], mode[first], product[first]
    straight = great_circle(
        places.latitude[origin], places.longitude[origin], places.latitude[destination],
        places.longitude[destination], settings.distance_unit,
    )  # fmt: skip
    distance = number(base, "lanes", "distance")
    is_open = exists & ~by_period("closed", 0).astype(bool)
    lanes = Lanes(
        origin=origin,
        destination=destination,
        mode=mode,
        product=product,
        modes=modes,
        capacity_unit=unit_codes(text(base, "lanes", "capacity_unit")),
        distance=np.where(np.isnan(distance), settings.distance_factor * straight, distance),
        open=is_open,
        fixed_cost=by_period("fixed_cost", 0),
        capacity=by_period("capacity", np.inf),
        min_flow=by_period("min_flow", 0),
        days=by_period("days", 0),
        vehicle_capacity=by_period("vehicle_capacity", np.nan),
        vehicle_cost=by_period("vehicle_cost", 0),
        lead_periods=by_period("lead_periods", 0),
        rated=np.zeros(n_l, dtype=bool),
        row=base.index.to_numpy(dtype=np.int64),
    )
    lane, k, t = _combinations(lanes, exists, len(products))
    unpriced = values.get("unit_cost", np.full((1, 1), np.nan))
    flows = Flows(
        lane=lane,
        product=k,
        period=t,
        arrival=t + lanes.lead_periods[lane, t].astype(np.int64),
        unit_cost=by_period("unit_cost", np.nan)[lane, t],
        emissions=by_period("emissions", 0)[lane, t],
        duty_rate=by_period("duty_rate", 0)[lane, t],
    )
    if len(cards) and np.isnan(unpriced).any():
        quotes = cards.quotes(
            origin, destination, mode, product, number(base, "lanes", "distance"), straight, products, settings
        )
        lanes, flows = _quoted(lanes, flows, quotes, cards, values, len(products))
    return lanes, _priced(flows).select(is_open[flows.lane, flows.period])


def _lanes_of_rows(frame: pd.DataFrame, key: tuple[IntArray, ...]) -> tuple[IntArray, IntArray]:
    """Return each row's lane, and the row that describes each lane (that with a blank period, where there is one)."""
    if "period" not in frame or frame["period"].isna().all():
        at = np.arange(len(frame))
        return at, at
    blank_first = np.argsort(frame["period"].notna().to_numpy(), kind="stable")
    keys = pd.MultiIndex.from_arrays([part[blank_first] for part in key])
    lane_of_sorted, _ = pd.factorize(keys)
    lane = np.empty(len(frame), dtype=np.int64)
    lane[blank_first] = lane_of_sorted
    _, first_sorted = np.unique(lane_of_sorted, return_index=True)
    return lane, blank_first[first_sorted]


def _combinations(lanes: Lanes, exists: BoolArray, n_k: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return lane, product and period of every flow: a lane of its own replaces the one that serves all."""
    lane, period = np.nonzero(exists)
    own = lanes.product[lane] != BLANK
    repeats = np.where(own, 1, n_k)
    source = np.repeat(np.arange(len(lane)), repeats)
    within = np.arange(len(source)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    l, t = lane[source], period[source]
    k = np.where(own[source], lanes.product[l], within)
    if own.any() and not own.all():
        width = int(max(lanes.origin.max(), lanes.destination.max())) + 1
        keys = pair_keys(lanes.origin[l], lanes.destination[l], lanes.mode[l], width) * n_k + k
        keys = keys * exists.shape[1] + t
        replaced = ~own[source] & np.isin(keys, keys[own[source]])
        l, k, t = l[~replaced], k[~replaced], t[~replaced]
    return l, k, t


def _quoted(
    lanes: Lanes, flows: Flows, quotes: Offers, cards: RateCards, values: dict[str, FloatArray], n_k: int
) -> tuple[Lanes, Flows]:
    """Fill the blank cells of typed lanes from the rate cards that fit them."""
    if not len(quotes):
        return lanes, flows
    asked = quotes.pair * n_k + quotes.product
    order = np.argsort(asked)
    key = flows.lane * n_k + flows.product
    place = np.minimum(np.searchsorted(asked[order], key), len(asked) - 1)
    quote = order[place]
    blank = np.isnan(flows.unit_cost) & (asked[quote] == key)
    unit_cost = np.where(blank, quotes.unit_cost[quote], flows.unit_cost)
    stated = values.get("emissions")
    silent = blank if stated is None else blank & np.isnan(stated[flows.lane, flows.period])
    emissions = np.where(silent, quotes.emissions[quote], flows.emissions)

    lane, t, q = flows.lane[blank], flows.period[blank], quote[blank]
    changed = {name: np.array(getattr(lanes, name)) for name in ("days", "vehicle_capacity", "vehicle_cost")}
    units = lanes.capacity_unit.copy()

    def fill(name: str, offered: FloatArray, where: BoolArray) -> None:
        typed_cells = values.get(name)
        free = where if typed_cells is None else where & np.isnan(typed_cells[lane, t])
        changed[name][lane[free], t[free]] = offered[free]

    by_vehicle = ~np.isnan(quotes.vehicle_cost[q])
    _check_vehicles(lanes, cards, lane, quotes.rate[q], by_vehicle)
    fill("days", quotes.days[q], np.ones(len(q), dtype=bool))
    fill("vehicle_cost", quotes.vehicle_cost[q], by_vehicle)
    fill("vehicle_capacity", cards.numbers["vehicle_capacity"].to_numpy()[quotes.rate[q]], by_vehicle)
    no_unit = by_vehicle & np.isinf(lanes.capacity[lane, t]) & (lanes.min_flow[lane, t] == 0)
    units[lane[no_unit]] = cards.numbers["capacity_unit"].to_numpy()[quotes.rate[q[no_unit]]]
    lanes = Lanes(**{**vars(lanes), **changed, "capacity_unit": units})
    return lanes, Flows(**{**vars(flows), "unit_cost": unit_cost, "emissions": emissions})


def _check_vehicles(lanes: Lanes, cards: RateCards, lane: IntArray, rate: IntArray, by_vehicle: BoolArray) -> None:
    """Refuse a lane that shares vehicles with goods that a card prices otherwise, or counts in another unit.

    Raises
    ------
    InputError
        Naming the rate and the lane.
    """
    if not by_vehicle.any():
        return
    priced_by_unit = np.zeros(len(lanes), dtype=bool)
    priced_by_unit[lane[~by_vehicle]] = True
    unit = cards.numbers["capacity_unit"].to_numpy()[rate]
    counted = np.isfinite(lanes.capacity.min(axis=1)) | (lanes.min_flow.max(axis=1) > 0)
    mixed = by_vehicle & priced_by_unit[lane]
    other = by_vehicle & counted[lane] & (unit != lanes.capacity_unit[lane])
    for wrong, message, fix in (
        (mixed, "prices by vehicle what another rate prices by unit", "give each product a lane of its own"),
        (
            other,
            "counts vehicles in another unit than the lane's capacity",
            "type vehicle_capacity on the lane as well",
        ),
    ):
        if wrong.any():
            at = int(np.nonzero(wrong)[0][0])
            words = f"on the lane of row {int(lanes.row[lane[at]])} of the lanes table the rate {message}"
            raise InputError([Problem(cards.source, int(cards.row[rate[at]]), None, words, fix)])


def _priced(flows: Flows) -> Flows:
    """Return flows in which a cost that nobody gave is 0."""
    return Flows(**{**vars(flows), "unit_cost": np.nan_to_num(flows.unit_cost, nan=0.0)})


def _generated(offers: Offers, cards: RateCards, n_places: int, n_t: int, modes: Names) -> tuple[Lanes, Flows]:
    """Return a lane for every pair that a rate serves, and the flows over it."""
    pair_of_rate = offers.rate * (n_places**2) + offers.origin * n_places + offers.destination
    _, first, lane = np.unique(pair_of_rate, return_index=True, return_inverse=True)
    shape = (len(first), n_t)
    rate = offers.rate[first]

    def every_period(values: FloatArray | float) -> FloatArray:
        return np.broadcast_to(np.asarray(values, dtype=np.float64).reshape(-1, 1), shape)

    by_vehicle = ~np.isnan(offers.vehicle_cost[first])
    size = np.where(by_vehicle, cards.numbers["vehicle_capacity"].to_numpy()[rate], np.nan)
    lanes = Lanes(
        origin=offers.origin[first],
        destination=offers.destination[first],
        mode=offers.mode[first],
        product=cards.product[rate],
        modes=modes,
        capacity_unit=cards.numbers["capacity_unit"].to_numpy(dtype=np.int8)[rate],
        distance=offers.distance[first],
        open=np.ones(shape, dtype=bool),
        fixed_cost=every_period(0),
        capacity=every_period(np.inf),
        min_flow=every_period(0),
        days=every_period(offers.days[first]),
        vehicle_capacity=every_period(size),
        vehicle_cost=every_period(np.nan_to_num(offers.vehicle_cost[first], nan=0.0)),
        lead_periods=every_period(0),
        rated=np.ones(len(first), dtype=bool),
        row=cards.row[rate],
    )
    period = np.tile(np.arange(n_t), len(offers))
    flows = Flows(
        lane=np.repeat(lane, n_t),
        product=np.repeat(offers.product, n_t),
        period=period,
        arrival=period,
        unit_cost=np.repeat(offers.unit_cost, n_t),
        emissions=np.repeat(offers.emissions, n_t),
        duty_rate=np.zeros(len(period)),
    )
    return lanes, flows


def _joined(lanes: Lanes, flows: Flows, more_lanes: Lanes, more_flows: Flows) -> tuple[Lanes, Flows]:
    """Return typed lanes and generated ones, one after the other."""
    if not len(lanes):
        return more_lanes, more_flows
    shifted = Flows(**{**vars(more_flows), "lane": more_flows.lane + len(lanes)})
    joined = {
        name: getattr(lanes, name)
        if name == "modes"
        else np.concatenate([getattr(lanes, name), getattr(more_lanes, name)])
        for name in Lanes.__dataclass_fields__
    }
    both = {name: np.concatenate([getattr(flows, name), getattr(shifted, name)]) for name in Flows.__dataclass_fields__}
    return Lanes(**joined), Flows(**both)  # type: ignore[arg-type]
