"""What one more unit is worth: the duals of the chosen plan, in words an analyst can use.

A price is the change of the total cost when the right-hand side of a row grows by one, with the whole-number choices
(open sites, used lanes, vehicles) kept as they are.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.formulation import Program
from netopt.formulation.program import Rows
from netopt.network import Network

__all__ = ["prices"]

FloatArray = npt.NDArray[np.float64]

_WORTH = 1e-7
_COLUMNS = ("what", "where", "product", "period", "price", "words")

_UNITS = ("unit", "unit of volume", "unit of weight")
"""By position in `netopt.network.catalog.UNITS`."""

_PHRASES = {
    "site_throughput": "capacity at {where}",
    "handling_capacity": "capacity for {product} at {where}",
    "storage_capacity": "storage capacity at {where}",
    "lane_capacity": "capacity on {where}",
    "min_throughput": "minimum throughput at {where}",
    "min_handling": "minimum throughput of {product} at {where}",
    "min_stock": "minimum stock of {product} at {where}",
    "supply": "supply of {product} from {where}",
    "demand": "demand for {product} at {where}",
    "limits": "limit {where}",
}


def prices(program: Program, network: Network, x: FloatArray, row: FloatArray, column: FloatArray) -> pd.DataFrame:
    """Return the prices of everything that holds the plan back.

    Parameters
    ----------
    program, network : Program, Network
        What was solved.
    x : ndarray
        Values, shape (columns,).
    row, column : ndarray
        Change of the cost per unit of a row's side and of a column's bound, shapes (rows,) and (columns,).

    Returns
    -------
    DataFrame
        Columns what, where, product, period, price and words, dearest first, demand after everything else. A negative
        price is money saved by one unit more.
    """
    parts = [_rows(program, network, x, row), _bounds(program, network, x, column)]
    found = pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=list(_COLUMNS))])
    order = np.lexsort((-found["price"].abs().to_numpy(dtype=np.float64), (found["what"] == "demand").to_numpy()))
    return found.iloc[order].reset_index(drop=True)


def _rows(program: Program, network: Network, x: FloatArray, row: FloatArray) -> pd.DataFrame:
    parts = []
    opened = x[program.columns["open"].at].reshape(-1, len(network.periods)) > 0.5
    for block in program.rows.values():
        price = row[block.start : block.start + block.size]
        if block.name == "lane_capacity":
            price = price + _of_openings(program, network, block, row)
        wanted = np.abs(price) > _WORTH
        what = block.name
        if what == "balance":
            place = np.asarray(block.labels["place"], dtype=np.int64)
            wanted = wanted & (place >= len(network.facilities))  # at sites it is a value on the way, not a limit
            what = "demand"
        if what not in _PHRASES:
            continue
        if "site" in block.labels:  # more capacity at a site that is closed changes nothing
            site, period = (np.asarray(block.labels[key], dtype=np.int64) for key in ("site", "period"))
            wanted = wanted & opened[site, period]
        if not wanted.any():
            continue
        at = np.nonzero(wanted)[0]
        # rows read "sum of w * flow - capacity * open <= 0": a unit of capacity of an open site moves the side by 1
        parts.append(_frame(what, program.words(block, at), price[at], network, _unit(program, block, network, at)))
    return pd.concat(parts) if parts else pd.DataFrame(columns=list(_COLUMNS))


def _unit(program: Program, block: Rows, network: Network, at: npt.NDArray[np.int64]) -> list[str]:
    labels, name = block.labels, block.name
    if name in ("site_throughput", "min_throughput"):
        code = network.facilities.capacity_unit[np.asarray(labels["site"], dtype=np.int64)[at]]
    elif name == "storage_capacity":
        code = network.facilities.storage_unit[np.asarray(labels["site"], dtype=np.int64)[at]]
    elif name == "lane_capacity":
        code = network.lanes.capacity_unit[_lanes(program, network, block)[at] // len(network.periods)]
    else:
        return [_UNITS[0]] * len(at)
    return [_UNITS[c] for c in code]


def _lanes(program: Program, network: Network, block: Rows) -> npt.NDArray[np.int64]:
    """Return lane and period, as one number, of rows over the flows of one lane."""
    part = program.matrix[block.start : block.start + block.size].tocsr()
    first = np.minimum.reduceat(part.indices, part.indptr[:-1]) - program.columns["flow"].start
    found: npt.NDArray[np.int64] = network.flows.lane[first] * len(network.periods) + network.flows.period[first]
    return found


def _of_openings(program: Program, network: Network, block: Rows, row: FloatArray) -> FloatArray:
    """Return the prices that hang on ``capacity * use``, which repeats the capacity of a lane that may stay unused."""
    if "lane_opening" not in program.rows:
        return np.zeros(block.size)
    opening = program.rows["lane_opening"]
    total = np.zeros(len(network.lanes) * len(network.periods))
    total[_lanes(program, network, opening)] = row[opening.start : opening.start + opening.size]
    found: FloatArray = total[_lanes(program, network, block)]
    return found


def _bounds(program: Program, network: Network, x: FloatArray, column: FloatArray) -> pd.DataFrame:
    """Return prices of limits that are bounds of a column: supply, and lanes with one product."""
    parts = []
    for name, what in (("buy", "supply"), ("flow", "lane_capacity")):
        block = program.columns[name]
        at = block.at
        full = np.isfinite(program.upper[at]) & (program.upper[at] > 0) & (x[at] >= program.upper[at] * (1 - 1e-9))
        some = np.nonzero(full & (column[at] < -_WORTH))[0]
        if len(some):
            words = program.words(block, some)
            price, units = column[at][some], [_UNITS[0]] * len(some)
            if name == "flow":
                code = network.lanes.capacity_unit[network.flows.lane[some]]
                price = price / network.products.measure[code, network.flows.product[some]]
                units = [_UNITS[c] for c in code]
            parts.append(_frame(what, words, price, network, units))
    return pd.concat(parts) if parts else pd.DataFrame(columns=list(_COLUMNS))


def _frame(
    what: str, words: dict[str, npt.NDArray[np.object_]], price: FloatArray, network: Network, units: list[str]
) -> pd.DataFrame:
    blank = np.full(len(price), "", dtype=object)
    where = blank
    for key in ("site", "place", "customer", "limit"):
        if key in words:
            where = words[key]
    if "origin" in words:
        where = words["origin"] + " → " + words["destination"]
        where = np.where(words["mode"] != "", where + " by " + words["mode"], where)
    product, period = words.get("product", blank), words.get("period", blank)
    phrases = [_PHRASES[what].format(where=w, product=p) for w, p in zip(where, product, strict=True)]
    when = [f" in {t}" if len(network.periods) > 1 else "" for t in period]
    sentences = [
        f"one more {unit} of {phrase}{then} {'saves' if p < 0 else 'costs'} {abs(p):,.2f}, for the chosen sites"
        for unit, phrase, then, p in zip(units, phrases, when, price, strict=True)
    ]
    return pd.DataFrame(dict(zip(_COLUMNS, (what, where, product, period, price, sentences), strict=True)))
