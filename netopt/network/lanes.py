"""Lanes and the flows that may move over them, as arrays.

A lane is an origin, a destination and a mode; a lane row with a product is a lane of its own. A flow is a lane, a
product and the period in which goods leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from netopt.network.resolve import Names

__all__ = ["Flows", "Lanes", "Places", "joined", "same", "taken_at"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


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
        at = np.nonzero(keep)[0]
        return Flows(*(taken_at(getattr(self, name), at) for name in self.__dataclass_fields__))


def joined(lanes: Lanes, flows: Flows, more_lanes: Lanes, more_flows: Flows) -> tuple[Lanes, Flows]:
    """Return typed lanes and generated ones, one after the other."""
    if not len(lanes):
        return more_lanes, more_flows
    shifted = Flows(**{**vars(more_flows), "lane": more_flows.lane + len(lanes)})
    merged = {
        name: getattr(lanes, name)
        if name == "modes"
        else np.concatenate([getattr(lanes, name), getattr(more_lanes, name)])
        for name in Lanes.__dataclass_fields__
    }
    both = {name: np.concatenate([getattr(flows, name), getattr(shifted, name)]) for name in Flows.__dataclass_fields__}
    return Lanes(**merged), Flows(**both)  # type: ignore[arg-type]


_Number = TypeVar("_Number", np.int64, np.int8, np.float64)


def same(value: _Number, count: int) -> npt.NDArray[_Number]:
    """Return one number for everything, as an array that takes no memory and is never written to."""
    return np.broadcast_to(value, count)


def taken_at(values: npt.NDArray[_Number], at: IntArray) -> npt.NDArray[_Number]:
    """Return values at positions; where there is but one value it takes no memory (see `same`)."""
    if len(values) and (values.strides == (0,) or (len(values) < len(at) and (values == values[0]).all())):
        return np.broadcast_to(values[0], len(at))
    taken: npt.NDArray[_Number] = values[at]
    return taken
