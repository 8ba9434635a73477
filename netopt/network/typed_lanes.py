"""Lanes that the analyst typed: a row each, or one for each period, and the rate cards where a row states no cost."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import InputError, Problem
from netopt.network.catalog import Periods, Products, Settings, unit_codes
from netopt.network.distance import great_circle
from netopt.network.lanes import Flows, Lanes, Places
from netopt.network.rates import Offers, RateCards, pair_keys
from netopt.network.resolve import BLANK, Names, code, expand_groups, number, records, text, typed
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
