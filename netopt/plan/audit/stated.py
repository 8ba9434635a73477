"""What the plan states, as arrays: its tables on the positions of the network, and the sums that rules share.

Goods count at the sender and on the lane in the period in which they leave, at the receiver in that in which they
arrive. Throughput is what leaves a supplier or plant, and what lanes bring into the rest, without what those buy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from netopt.network import BLANK, Network
from netopt.network.resolve import Records
from netopt.plan.audit.arrays import BoolArray, FloatArray, IntArray, find, summed
from netopt.plan.audit.finding import FEASIBILITY
from netopt.plan.audit.table import TABLES, Table, read_table

__all__ = ["LaneUse", "Moves", "Stated", "flow_at", "record_at"]


def record_at(network: Network, records: Records, entity: IntArray, product: IntArray, period: IntArray) -> IntArray:
    """Return the position of the record of each entity, product and period, `BLANK` where there is none."""
    n_k, n_t = len(network.products), len(network.periods)
    keys = (records.entity * n_k + records.product) * n_t + records.period
    wanted = (entity * n_k + product) * n_t + period
    known = (entity != BLANK) & (product != BLANK) & (period != BLANK)
    return np.where(known, find(keys, np.where(known, wanted, -1)), BLANK)


@dataclass(frozen=True, eq=False)
class Moves:
    """Rows of the flows table whose names are all known, with the lane that each goes over.

    Parameters
    ----------
    row, origin, destination, mode, product, period, arrival : ndarray of int
        Positions, shape (n,); `arrival` may lie past the horizon.
    lane, flow : ndarray of int
        Positions in the network's lanes and flows, `BLANK` where there is no such lane, or no such flow.
    quantity : ndarray
        Units, shape (n,).
    counted : ndarray of bool
        Whether the row moves goods: it has a lane, and they arrive within the horizon.
    """

    row: IntArray
    origin: IntArray
    destination: IntArray
    mode: IntArray
    product: IntArray
    period: IntArray
    arrival: IntArray
    lane: IntArray
    flow: IntArray
    quantity: FloatArray
    counted: BoolArray

    def __len__(self) -> int:
        return len(self.row)


@dataclass(frozen=True, eq=False)
class LaneUse:
    """What each lane carries in each period in which it has rows.

    Parameters
    ----------
    lane, period : ndarray of int
        Shape (n,).
    group : ndarray of int
        Position here of each row of `Moves`, `BLANK` for rows without a lane.
    first : ndarray of bool
        Whether a row of `Moves` is the first of its lane and period.
    units, load, vehicles : ndarray
        Units, amount in the lane's capacity_unit, and vehicles as stated, shape (n,).
    used : ndarray of bool
        Whether anything moves, shape (n,).
    """

    lane: IntArray
    period: IntArray
    group: IntArray
    first: BoolArray
    units: FloatArray
    load: FloatArray
    vehicles: FloatArray
    used: BoolArray


@dataclass(frozen=True, eq=False)
class Stated:
    """The plan's tables and what follows from them.

    Parameters
    ----------
    network : Network
        The network that the plan is for.
    tables : mapping of str to Table
        Under their names.
    """

    network: Network
    tables: Mapping[str, Table]

    @classmethod
    def from_frames(cls, network: Network, frames: Mapping[str, pd.DataFrame]) -> Stated:
        """Return what the tables of a plan state.

        Raises
        ------
        PlanError
            When a table or a column is absent.
        """
        return cls(network, {name: read_table(network, name, frames) for name in TABLES})

    @cached_property
    def scale(self) -> float:
        """Mean quantity of the demand rows, units: what a small quantity is small against."""
        quantity = self.network.demand["quantity"]
        return float(quantity.mean()) if len(quantity) else 1.0

    @cached_property
    def shape(self) -> tuple[int, int, int]:
        """Counts of facilities, products and periods."""
        return len(self.network.facilities), len(self.network.products), len(self.network.periods)

    @cached_property
    def open(self) -> BoolArray:
        """Whether each facility is open, shape (facilities, periods); one without a row is closed."""
        n_f, _, n_t = self.shape
        return self.tables["sites"].total("open", (n_f, n_t), "name", "period") >= 0.5

    @cached_property
    def stock(self) -> FloatArray:
        """Units at the end of each period, shape (facilities, products, periods)."""
        return self.tables["inventory"].total("stock", self.shape, "facility", "product", "period")

    @cached_property
    def bought(self) -> FloatArray:
        """Units, shape (facilities, products, periods)."""
        return self.tables["purchases"].total("quantity", self.shape, "facility", "product", "period")

    @cached_property
    def unmet(self) -> FloatArray:
        """Units of each demand record that go unmet, shape (records,)."""
        there = self.unmet_record != BLANK
        weights = self.tables["unmet"].number("quantity")[there]
        return summed(self.unmet_record[there], weights, len(self.network.demand))

    @cached_property
    def unmet_record(self) -> IntArray:
        """Demand record of each row of the unmet table, `BLANK` where there is none."""
        codes = self.tables["unmet"].codes
        return record_at(self.network, self.network.demand, codes["customer"], codes["product"], codes["period"])

    @cached_property
    def purchase_record(self) -> IntArray:
        """Supply record of each row of the purchases table, `BLANK` where there is none."""
        codes = self.tables["purchases"].codes
        return record_at(self.network, self.network.supply, codes["facility"], codes["product"], codes["period"])

    @cached_property
    def moves(self) -> Moves:
        """The rows of the flows table, with their lanes."""
        table, network = self.tables["flows"], self.network
        row = np.nonzero(table.known)[0]
        names = ("origin", "destination", "mode", "product", "period")
        origin, destination, mode, product, period = (table.codes[name][row] for name in names)
        lanes, n_t = network.lanes, len(network.periods)
        flow = flow_at(network, origin, destination, mode, product, period)
        lost = flow == BLANK
        lane = np.full(len(row), BLANK, dtype=np.int64)
        lane[~lost] = network.flows.lane[flow[~lost]]
        if lost.any():
            lane_pair = _pair(network, lanes.origin, lanes.destination, lanes.mode)
            pair = _pair(network, origin, destination, mode)
            lane[lost] = _nearest_lane(network, lane_pair, pair[lost], product[lost], period[lost])
        lead = lanes.lead_periods[lane, period] if len(lanes) else np.zeros(len(row))
        arrival = period + np.where(lane == BLANK, 0, lead).astype(np.int64)
        return Moves(
            row=row,
            origin=origin,
            destination=destination,
            mode=mode,
            product=product,
            period=period,
            arrival=arrival,
            lane=lane,
            flow=flow,
            quantity=table.number("quantity")[row],
            counted=(lane != BLANK) & (arrival < n_t),
        )

    @cached_property
    def inflow(self) -> FloatArray:
        """Units that arrive at each facility, shape (facilities, products, periods)."""
        moves = self.moves
        enters = moves.counted & (moves.destination < self.shape[0])
        return self._summed(moves.destination, moves.arrival, enters)

    @cached_property
    def outflow(self) -> FloatArray:
        """Units that leave each facility, shape (facilities, products, periods)."""
        moves = self.moves
        return self._summed(moves.origin, moves.period, moves.counted & (moves.origin < self.shape[0]))

    def _summed(self, place: IntArray, period: IntArray, rows: BoolArray) -> FloatArray:
        at = np.ravel_multi_index((place[rows], self.moves.product[rows], period[rows]), self.shape)
        size = int(np.prod(self.shape))
        return summed(at, self.moves.quantity[rows], size).reshape(self.shape)

    @cached_property
    def throughput(self) -> FloatArray:
        """Units through each facility, shape (facilities, products, periods)."""
        sends = np.isin(self.network.facilities.type, ("supplier", "plant"))
        return np.where(sends[:, None, None], self.outflow, self.inflow)

    @cached_property
    def wanted_by(self) -> IntArray:
        """Demand record that each of `moves` is delivered to, `BLANK` where it goes to none, shape (moves,)."""
        moves, n_f = self.moves, self.shape[0]
        customer = np.where(moves.counted & (moves.destination >= n_f), moves.destination - n_f, BLANK)
        return record_at(self.network, self.network.demand, customer, moves.product, moves.arrival)

    @cached_property
    def delivered(self) -> FloatArray:
        """Units that arrive for each demand record, shape (records,)."""
        there = self.wanted_by != BLANK
        weights = self.moves.quantity[there]
        return summed(self.wanted_by[there], weights, len(self.network.demand))

    @cached_property
    def lane_use(self) -> LaneUse:
        """What each lane carries in each period."""
        moves, lanes, n_t = self.moves, self.network.lanes, self.shape[2]
        has = np.nonzero(moves.lane != BLANK)[0]
        key = moves.lane[has] * n_t + moves.period[has]
        distinct, index, inverse = np.unique(key, return_index=True, return_inverse=True)
        group = np.full(len(moves), BLANK, dtype=np.int64)
        group[has] = inverse
        first = np.zeros(len(moves), dtype=bool)
        first[has[index]] = True
        size = self.network.products.measure[lanes.capacity_unit[moves.lane[has]], moves.product[has]]
        moved = np.where(moves.counted, moves.quantity, 0.0)[has]
        vehicles = self.tables["flows"].number("vehicles")[moves.row[has]]

        n_use = len(distinct)
        units = summed(inverse, moved, n_use)
        return LaneUse(
            lane=distinct // n_t,
            period=distinct % n_t,
            group=group,
            first=first,
            units=units,
            load=summed(inverse, moved * size, n_use),
            vehicles=summed(inverse, vehicles, n_use),
            used=units > FEASIBILITY**2 * self.scale,
        )


def flow_at(
    network: Network, origin: IntArray, destination: IntArray, mode: IntArray, product: IntArray, period: IntArray
) -> IntArray:
    """Return the position of the flow of each lane, product and period of departure, `BLANK` where there is none."""
    lanes, flows, n_k, n_t = network.lanes, network.flows, len(network.products), len(network.periods)
    pair = _pair(network, lanes.origin, lanes.destination, lanes.mode)[flows.lane]
    wanted = (_pair(network, origin, destination, mode) * n_k + product) * n_t + period
    return find((pair * n_k + flows.product) * n_t + flows.period, wanted)


def _pair(network: Network, origin: IntArray, destination: IntArray, mode: IntArray) -> IntArray:
    found: IntArray = (origin * len(network.places.names) + destination) * len(network.lanes.modes) + mode
    return found


def _nearest_lane(
    network: Network, lane_pair: IntArray, pair: IntArray, product: IntArray, period: IntArray
) -> IntArray:
    """Return, for rows that nothing may flow over, the lane they must mean: an open one first, then one of its own."""
    lanes = network.lanes
    near = np.nonzero(np.isin(lane_pair, pair))[0]
    rows = pd.DataFrame({"row": np.arange(len(pair)), "pair": pair, "product": product, "period": period})
    both = rows.merge(pd.DataFrame({"pair": lane_pair[near], "lane": near, "own": lanes.product[near]}), on="pair")
    both = both[(both["own"] == BLANK) | (both["own"] == both["product"])]
    both = both.assign(open=lanes.open[both["lane"].to_numpy(), both["period"].to_numpy()])
    both = both.sort_values(["row", "open", "own"], ascending=[True, False, False]).drop_duplicates("row")
    lane = np.full(len(pair), BLANK, dtype=np.int64)
    lane[both["row"].to_numpy()] = both["lane"].to_numpy()
    return lane
