"""Facilities and customers as arrays: what holds at every place in every period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network.catalog import Periods, unit_codes
from netopt.network.resolve import Names, expand_groups, number, records, text, typed
from netopt.read import Tables

__all__ = ["CLOSED", "CONSIDER", "OPEN", "Customers", "Facilities"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

CLOSED, OPEN, CONSIDER = 0, 1, 2

_NUMBERS = (
    "fixed_cost",
    "opening_cost",
    "closing_cost",
    "capacity",
    "min_throughput",
    "handling_cost",
    "storage_capacity",
    "storage_cost",
    "cycle_days",
    "processing_days",
)


@dataclass(frozen=True)
class Facilities:
    """Every supplier, plant and center.

    Parameters
    ----------
    names : Names
        In the order of the table.
    type, country, region : ndarray of str
        Shape (facilities,).
    latitude, longitude : ndarray
        Degrees, NaN where blank, shape (facilities,).
    status : ndarray of int
        `CLOSED`, `OPEN` or `CONSIDER`, shape (facilities, periods).
    existing : ndarray of bool
        Open before the first period, shape (facilities,).
    capacity_unit, storage_unit : ndarray of int
        Positions in `netopt.network.catalog.UNITS`, shape (facilities,).
    fixed_cost, opening_cost, closing_cost, capacity, min_throughput, handling_cost, storage_capacity, storage_cost, \
cycle_days, processing_days : ndarray
        Shape (facilities, periods); a blank capacity is infinite.
    row : ndarray of int
        Row in the source, shape (facilities,).
    """

    names: Names
    type: Words
    country: Words
    region: Words
    latitude: FloatArray
    longitude: FloatArray
    status: npt.NDArray[np.int8]
    existing: BoolArray
    capacity_unit: npt.NDArray[np.int8]
    storage_unit: npt.NDArray[np.int8]
    fixed_cost: FloatArray
    opening_cost: FloatArray
    closing_cost: FloatArray
    capacity: FloatArray
    min_throughput: FloatArray
    handling_cost: FloatArray
    storage_capacity: FloatArray
    storage_cost: FloatArray
    cycle_days: FloatArray
    processing_days: FloatArray
    row: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.names)

    @property
    def sends(self) -> BoolArray:
        """Whether throughput is what leaves (suppliers and plants) rather than what enters, shape (facilities,)."""
        return np.isin(self.type, ("supplier", "plant"))

    @classmethod
    def from_tables(cls, tables: Tables, periods: Periods) -> Facilities:
        """Return the facilities of the input with period overrides resolved."""
        frame = expand_groups(tables, "facilities")
        names = Names(frame["name"].drop_duplicates())
        entity = names.codes(frame["name"])
        statuses = pd.Series(text(frame, "facilities", "status")).map(
            {"closed": CLOSED, "open": OPEN, "consider": CONSIDER}
        )
        blank = ~frame["status"].notna() if "status" in frame else np.ones(len(frame), dtype=bool)
        columns = {name: typed(frame, name) for name in _NUMBERS}
        columns["status"] = np.where(blank, np.nan, statuses.to_numpy(dtype=np.float64))
        found = records(frame, "facilities", entity, periods.names, columns)
        shape = (len(names), len(periods))

        def by_period(name: str, blank: float) -> FloatArray:
            values = np.full(shape, blank)
            values[found.entity, found.period] = np.where(np.isnan(found[name]), blank, found[name])
            return values

        base = _one_row_each(frame, names)
        status = by_period("status", OPEN).astype(np.int8)
        initial = text(base, "facilities", "initial")
        blank_status = text(base, "facilities", "status")
        existing = (initial == "existing") | ((initial == "") & (blank_status == "open"))
        limits = {"capacity": np.inf, "storage_capacity": np.inf}
        return cls(
            names=names,
            type=text(base, "facilities", "type"),
            country=text(base, "facilities", "country"),
            region=text(base, "facilities", "region"),
            latitude=number(base, "facilities", "latitude"),
            longitude=number(base, "facilities", "longitude"),
            status=status,
            existing=existing,
            capacity_unit=unit_codes(text(base, "facilities", "capacity_unit")),
            storage_unit=unit_codes(text(base, "facilities", "storage_unit")),
            row=base.index.to_numpy(dtype=np.int64),
            **{name: by_period(name, limits.get(name, 0.0)) for name in _NUMBERS},
        )


@dataclass(frozen=True)
class Customers:
    """Where demand arises.

    Parameters
    ----------
    names : Names
        In the order of the table.
    country, region : ndarray of str
        Shape (customers,).
    latitude, longitude, promise_days : ndarray
        NaN where blank, shape (customers,).
    single_source : ndarray of bool
        Shape (customers,).
    row : ndarray of int
        Row in the source, shape (customers,).
    """

    names: Names
    country: Words
    region: Words
    latitude: FloatArray
    longitude: FloatArray
    promise_days: FloatArray
    single_source: BoolArray
    row: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.names)

    @classmethod
    def from_tables(cls, tables: Tables) -> Customers:
        """Return the customers of the input."""
        frame = tables["customers"]
        return cls(
            names=Names(frame["name"]),
            country=text(frame, "customers", "country"),
            region=text(frame, "customers", "region"),
            latitude=number(frame, "customers", "latitude"),
            longitude=number(frame, "customers", "longitude"),
            promise_days=number(frame, "customers", "promise_days"),
            single_source=text(frame, "customers", "single_source") == "yes",
            row=frame.index.to_numpy(dtype=np.int64),
        )


def _one_row_each(frame: pd.DataFrame, names: Names) -> pd.DataFrame:
    """Return the row that describes each facility: the one with a blank period, filled up from its other rows."""
    if len(frame) == len(names):
        return frame
    blank_first = frame.assign(_period=frame["period"].notna()).sort_values("_period", kind="stable")
    row = blank_first.reset_index().groupby("name", sort=False)["row"].first()
    static = ["type", "latitude", "longitude", "country", "region", "capacity_unit", "storage_unit", "initial"]
    cells = blank_first.groupby("name", sort=False)[[c for c in static if c in frame]].first()
    if "status" in frame:  # the state before the first period follows from the blank-period row alone
        cells["status"] = blank_first.drop_duplicates("name").set_index("name")["status"]
    cells = cells.reindex(list(names))
    cells.index = pd.Index(row.reindex(list(names)).to_numpy(), name="row")
    return cells
