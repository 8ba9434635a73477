"""Lanes that the analyst typed: a row each, or one for each period, and the rate cards where a row states no cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import InputError, Problem
from netopt.network.catalog import UNITS, Periods, Products, Settings
from netopt.network.distance import great_circle
from netopt.network.lanes import Flows, Lanes, Places, same, taken_at
from netopt.network.offers import Offers
from netopt.network.rates import RateCards, pair_keys
from netopt.network.resolve import BLANK, Names, code, expand_groups, number, records, typed, word
from netopt.read import Tables

__all__ = ["typed_lanes"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_NUMBERS = (
    "unit_cost", "fixed_cost", "capacity", "min_flow", "days", "vehicle_capacity", "vehicle_cost", "emissions",
    "duty_rate", "lead_periods",
)  # fmt: skip


def typed_lanes(
    tables: Tables, places: Places, products: Products, periods: Periods, settings: Settings,
    modes: Names, cards: RateCards,
) -> tuple[Lanes, Flows]:  # fmt: skip
    """Return the lanes of the lanes table, and what may flow over them.

    Parameters
    ----------
    tables : Tables
        The input.
    places, products, periods, settings : Places, Products, Periods, Settings
        Of the network.
    modes : Names
        All modes.
    cards : RateCards
        Where a lane's cost is blank, the card that fits gives cost, days and vehicles for the cells that are blank.

    Raises
    ------
    InputError
        When such a card needs coordinates that are not there, or prices by vehicle what the lane counts otherwise.
    """
    frame = expand_groups(tables, "lanes")
    origin, destination = code(frame, "origin", places.names), code(frame, "destination", places.names)
    mode = _modes(frame, modes)
    product = code(frame, "product", products.names)
    lane, first = _lanes_of_rows(frame, (origin, destination, mode, product))
    n_l, n_t = len(frame) if first is None else len(first), len(periods)

    columns = {name: typed(frame, name) for name in _NUMBERS if name in frame}
    if "status" in frame:
        columns["closed"] = _closed(frame)
    if n_t == 1 and n_l == len(frame):  # a row a lane: nothing to resolve
        values = {name: column[:, None] for name, column in columns.items()}
        exists = np.broadcast_to(np.True_, (n_l, 1))
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

    base = frame
    if first is not None:
        base = frame.iloc[first]
        keys = (origin, destination, mode, product)
        origin, destination, mode, product = (taken_at(column, first) for column in keys)
    stated = number(base, "lanes", "distance")
    straight = _straight(places, origin, destination, stated, settings)
    is_open = exists & ~by_period("closed", 0).astype(bool) if "closed" in values else exists
    lanes = Lanes(
        origin=origin,
        destination=destination,
        mode=mode,
        product=product,
        modes=modes,
        capacity_unit=word(base, "lanes", "capacity_unit", UNITS),
        distance=np.where(np.isnan(stated), settings.distance_factor * straight, stated),
        open=is_open,
        fixed_cost=by_period("fixed_cost", 0),
        capacity=by_period("capacity", np.inf),
        min_flow=by_period("min_flow", 0),
        days=by_period("days", 0),
        vehicle_capacity=by_period("vehicle_capacity", np.nan),
        vehicle_cost=by_period("vehicle_cost", 0),
        lead_periods=by_period("lead_periods", 0),
        rated=np.broadcast_to(np.False_, n_l),
        row=base.index.to_numpy(dtype=np.int64),
    )
    lane, k, t = _combinations(lanes, exists, len(products))

    def of_flows(name: str, blank: float) -> FloatArray:
        return by_period(name, blank)[lane, t] if name in values else same(np.float64(blank), len(lane))

    flows = Flows(
        lane=lane,
        product=k,
        period=t,
        arrival=t + lanes.lead_periods[lane, t].astype(np.int64) if "lead_periods" in values else t,
        unit_cost=of_flows("unit_cost", np.nan),
        emissions=of_flows("emissions", 0),
        duty_rate=of_flows("duty_rate", 0),
    )
    unpriced = np.isnan(flows.unit_cost)
    if len(cards) and unpriced.any():
        lanes, flows = _rated(lanes, flows, unpriced, stated, straight, cards, values, products, settings)
    flows = replace(flows, unit_cost=np.nan_to_num(flows.unit_cost, nan=0.0))  # a cost that nobody gave is 0
    return lanes, flows if is_open is exists else flows.select(is_open[flows.lane, flows.period])


def _modes(frame: pd.DataFrame, modes: Names) -> IntArray:
    """Return the position of each row's mode; a blank one is the mode without a name."""
    unnamed = np.int64(list(modes).index(""))
    if "mode" not in frame:
        return same(unnamed, len(frame))
    found = modes.codes(frame["mode"])
    found[found == BLANK] = unnamed
    return found


def _closed(frame: pd.DataFrame) -> FloatArray:
    """Return 1 for rows that say closed, 0 for those that say open, NaN for blank ones."""
    status = frame["status"]
    closed = (status == "closed").to_numpy(dtype=bool)
    return np.where(status.isna().to_numpy(dtype=bool), np.nan, closed)


def _straight(
    places: Places, origin: IntArray, destination: IntArray, stated: FloatArray, settings: Settings
) -> FloatArray:
    """Return great-circle distances of the lanes whose distance is not stated, NaN for the rest."""
    straight = np.full(len(origin), np.nan)
    at = np.nonzero(np.isnan(stated))[0]
    straight[at] = great_circle(places.latitude, places.longitude, origin[at], destination[at], settings.distance_unit)
    return straight


def _lanes_of_rows(frame: pd.DataFrame, key: tuple[IntArray, ...]) -> tuple[IntArray, IntArray | None]:
    """Return each row's lane, and the row that describes each lane (that with a blank period, where there is one).

    None stands for every row in its order, as where no row has a period.
    """
    if "period" not in frame or frame["period"].isna().all():
        return np.arange(len(frame)), None
    blank_first = np.argsort(frame["period"].notna().to_numpy(), kind="stable")
    keys = pd.MultiIndex.from_arrays([part[blank_first] for part in key])
    lane_of_sorted, _ = pd.factorize(keys)
    lane = np.empty(len(frame), dtype=np.int64)
    lane[blank_first] = lane_of_sorted
    _, first_sorted = np.unique(lane_of_sorted, return_index=True)
    return lane, blank_first[first_sorted]


def _combinations(lanes: Lanes, exists: BoolArray, n_k: int) -> tuple[IntArray, IntArray, IntArray]:
    """Return lane, product and period of every flow: a lane of its own replaces the one that serves all."""
    n_l, n_t = exists.shape
    if n_k * n_t == 1 and exists.all() and (lanes.product == BLANK).all():
        return np.arange(n_l), same(np.int64(0), n_l), same(np.int64(0), n_l)
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
        keys = keys * n_t + t
        replaced = ~own[source] & np.isin(keys, keys[own[source]])
        l, k, t = l[~replaced], k[~replaced], t[~replaced]
    return l, k, t


def _rated(
    lanes: Lanes, flows: Flows, unpriced: BoolArray, stated: FloatArray, straight: FloatArray,
    cards: RateCards, values: dict[str, FloatArray], products: Products, settings: Settings,
) -> tuple[Lanes, Flows]:  # fmt: skip
    """Fill the blank cells of typed lanes from the rate cards that fit them; only lanes without a cost ask."""
    asks = np.zeros(len(lanes), dtype=bool)
    asks[flows.lane[unpriced]] = True
    at = np.nonzero(asks)[0]
    columns = (lanes.origin, lanes.destination, lanes.mode, lanes.product)
    origin, destination, mode, product = (taken_at(column, at) for column in columns)
    quotes = cards.quotes(origin, destination, mode, product, stated[at], straight[at], products, settings)
    return _quoted(lanes, flows, replace(quotes, pair=at[quotes.pair]), cards, values, len(products))


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
