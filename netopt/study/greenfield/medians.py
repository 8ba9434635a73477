"""What sites of a type cost and hold in the median, as cells of a new row, and product by product where they differ."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network import Network
from netopt.network.catalog import UNITS

__all__ = ["median_cells", "median_products"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_COSTS = ("fixed_cost", "closing_cost", "cycle_days", "processing_days")
_BY_PRODUCT = ("handling_cost", "storage_cost")
_DIGITS = 6


def median_cells(network: Network, at: IntArray) -> dict[str, float | str]:
    """Return the cells that sites have in the median; what is counted in another unit than usual is passed over.

    What a unit costs to handle and to store is what it costs for most of what customers want, whichever table says so.

    Parameters
    ----------
    network : Network
        Whose sites they are.
    at : ndarray of int
        Positions of the facilities, at least one.
    """
    facilities = network.facilities
    words: dict[str, float | str] = {}
    numbers: dict[str, float] = {}
    for unit, limit in (("capacity_unit", "capacity"), ("storage_unit", "storage_capacity")):
        codes = getattr(facilities, unit)[at]
        usual = int(np.bincount(codes).argmax())
        words |= {unit: UNITS[usual]} if usual else {}  # units are what a blank cell means
        numbers[limit] = float(_medians(getattr(facilities, limit)[at[codes == usual]]))
    numbers |= {name: float(_medians(getattr(facilities, name)[at])) for name in _COSTS}
    wanted = np.zeros(len(network.products))
    np.add.at(wanted, network.demand.product, network.demand["quantity"])
    numbers |= {name: _usual(_medians(getattr(network, name)[at]), wanted) for name in _BY_PRODUCT}
    new = at[~facilities.existing[at]]  # what is there was paid for long ago
    numbers["opening_cost"] = float(_medians(facilities.opening_cost[new if len(new) else at]))
    return words | {name: value for name, value in numbers.items() if np.isfinite(value) and value > 0}


def median_products(network: Network, at: IntArray, cells: Mapping[str, float | str]) -> dict[str, pd.DataFrame]:
    """Return rows of handling and inventory by table, for products that differ from the cells; without ``facility``.

    Parameters
    ----------
    network : Network
        Whose sites they are.
    at : ndarray of int
        Positions of the facilities, at least one.
    cells : mapping of str to float or str
        What `median_cells` returns.
    """
    tables = {"handling": _handling(network, at, cells)}
    if "cycle_days" in cells:  # nothing else is in storage at a site that carries no stock
        tables["inventory"] = _storage(network, at, cells)
    return {name: rows for name, rows in tables.items() if len(rows)}


def _handling(network: Network, at: IntArray, cells: Mapping[str, float | str]) -> pd.DataFrame:
    """Return what products cost to handle where it is not the cell, and how many of them can be, where limited."""
    cost = _medians(network.handling_cost[at])
    limits = np.full((len(network.facilities), len(network.products), len(network.periods)), np.inf)
    handling = network.handling
    limits[handling.entity, handling.product, handling.period] = handling["capacity"]
    most = _medians(limits[at])
    other, limited = cost != cells.get("handling_cost", 0.0), np.isfinite(most)
    rows = pd.DataFrame({
        "product": network.products.names.array,
        "unit_cost": np.where(other, cost, np.nan),
        "capacity": np.where(limited, most, np.nan),
    })  # fmt: skip
    found: pd.DataFrame = rows[other | limited].dropna(axis="columns", how="all")
    return found


def _storage(network: Network, at: IntArray, cells: Mapping[str, float | str]) -> pd.DataFrame:
    """Return what products cost in storage where it is not the cell; they carry no stock but what cycles."""
    cost = _medians(network.storage_cost[at])
    rows = pd.DataFrame({"product": network.products.names.array, "storage_cost": cost, "max_stock": 0.0})
    found: pd.DataFrame = rows[cost != cells.get("storage_cost", 0.0)]
    return found


def _usual(values: FloatArray, units: FloatArray) -> float:
    """Return the value that holds for the most units."""
    found, which = np.unique(values, return_inverse=True)
    return float(found[np.bincount(which.ravel(), units).argmax()])


def _medians(values: FloatArray) -> FloatArray:
    """Return the median over sites (first) of the mean over periods (last), to six digits; infinite is no limit."""
    middle = np.sort(values.mean(axis=-1), axis=0)
    low, high = middle[(len(middle) - 1) // 2], middle[len(middle) // 2]
    half = np.where(low == high, low, (low + high) / 2)
    return np.array([float(f"{value:.{_DIGITS}g}") for value in half.ravel()]).reshape(half.shape)
