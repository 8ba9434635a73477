"""A table of the plan as users see it, read into positions and numbers.

Names are looked up exactly; numbers stand as stated, NaN where blank or not a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netopt.errors import PlanError
from netopt.network import BLANK, Network
from netopt.network.resolve import Names
from netopt.plan.audit.arrays import BoolArray, FloatArray, IntArray, Words, summed

__all__ = ["BLANK_ALLOWED", "BUCKETS", "QUANTITIES", "TABLES", "Table", "read_table"]

BUCKETS = ("buy", "transport", "vehicles", "handling", "storage", "site", "lane", "duty", "unmet", "emissions")

TABLES: Mapping[str, tuple[Mapping[str, str], tuple[str, ...]]] = {
    "flows": (
        {"origin": "place", "destination": "place", "mode": "mode", "product": "product", "period": "period"},
        ("quantity", "vehicles", "cost"),
    ),
    "sites": ({"name": "facility", "period": "period"}, ("open", "throughput", "utilization", "cost")),
    "inventory": ({"facility": "facility", "product": "product", "period": "period"}, ("stock", "cost")),
    "unmet": ({"customer": "customer", "product": "product", "period": "period"}, ("quantity", "cost")),
    "purchases": ({"facility": "facility", "product": "product", "period": "period"}, ("quantity", "cost")),
    "costs": ({"bucket": "bucket", "period": "period"}, ("cost",)),
}
"""Each table's key columns with what they name, and its number columns."""

MAY_BE_ABSENT = ("inventory", "unmet", "purchases")

QUANTITIES = ("quantity", "vehicles", "stock", "throughput")
"""Number columns that are never below zero."""

BLANK_ALLOWED = ("utilization", "vehicles")
"""Number columns in which blank means something: no capacity, no vehicles counted."""


@dataclass(frozen=True, eq=False)
class Table:
    """One table of the plan.

    Parameters
    ----------
    name : str
        Such as ``flows``.
    texts : mapping of str to ndarray of str
        Key columns as stated, shape (rows,).
    codes : mapping of str to ndarray of int
        Their positions in the network, `BLANK` for names that it does not have, shape (rows,).
    stated : mapping of str to ndarray
        Number columns, NaN where blank or not a number, shape (rows,).
    blank : mapping of str to ndarray of bool
        Where their cells are blank, shape (rows,).
    known : ndarray of bool
        Whether every name of the row is in the network, shape (rows,).
    types : ndarray of str
        Column ``type`` of the sites table; empty text in the others, shape (rows,).
    """

    name: str
    texts: Mapping[str, Words]
    codes: Mapping[str, IntArray]
    stated: Mapping[str, FloatArray]
    blank: Mapping[str, BoolArray]
    known: BoolArray
    types: Words

    def __len__(self) -> int:
        return len(self.known)

    def number(self, column: str) -> FloatArray:
        """Return a number column for sums: 0 where it is blank, infinite or not a number."""
        values = self.stated[column]
        return np.where(np.isfinite(values), values, 0.0)

    def total(self, column: str, shape: tuple[int, ...], *keys: str) -> FloatArray:
        """Return the sums of a number column by key columns, over the rows whose names are known.

        Parameters
        ----------
        column : str
            Number column.
        shape : tuple of int
            Of the result: the counts of what the key columns name.
        *keys : str
            Key columns.
        """
        at = np.ravel_multi_index(tuple(self.codes[key][self.known] for key in keys), shape)
        size = int(np.prod(shape))
        return summed(at, self.number(column)[self.known], size).reshape(shape)


def read_table(network: Network, name: str, frames: Mapping[str, pd.DataFrame]) -> Table:
    """Return a table of the plan; inventory, unmet and purchases may be absent, which means empty.

    Raises
    ------
    PlanError
        When another table is absent, or a column is.
    """
    keys, numbers = TABLES[name]
    if name not in frames:
        if name not in MAY_BE_ABSENT:
            raise PlanError(f"the plan has no table {name}; give all of {', '.join(TABLES)}")
        frame = pd.DataFrame({column: pd.Series(dtype="object") for column in (*keys, *numbers)})
    else:
        frame = frames[name]
    needed = (*keys, *numbers, *(("type",) if name == "sites" else ()))
    missing = [column for column in needed if column not in frame]
    if missing:
        raise PlanError(f"the plan's table {name} has no column {', '.join(missing)}; it needs them all")
    texts, codes = {}, {}
    for column, kind in keys.items():
        texts[column], codes[column] = _coded(frame[column], _names(network, kind))
    stated = {column: _numbers(frame[column]) for column in numbers}
    blank = {column: _blanks(frame[column], stated[column]) for column in numbers}
    known = np.ones(len(frame), dtype=bool)
    for positions in codes.values():
        known &= positions != BLANK
    types = np.full(len(frame), "", dtype=object)
    if name == "sites":
        types = frame["type"].astype("object").where(frame["type"].notna(), "").to_numpy(dtype=object)
    return Table(name, texts, codes, stated, blank, known, types)


def _names(network: Network, kind: str) -> Names:
    if kind == "bucket":
        return Names(BUCKETS)
    found: Names = {
        "place": network.places.names,
        "facility": network.facilities.names,
        "customer": network.customers.names,
        "product": network.products.names,
        "period": network.periods.names,
        "mode": network.lanes.modes,
    }[kind]
    return found


def _coded(values: pd.Series, names: Names) -> tuple[Words, IntArray]:
    """Return a column of names as text and as positions; a blank is the empty name, as a blank mode is."""
    factors, found = pd.factorize(values, use_na_sentinel=True)
    words = np.array([*(_text(word) for word in found), ""], dtype=object)
    positions = names.index.get_indexer(pd.Index(words, dtype="object")).astype(np.int64)
    return words[factors], np.where(positions < 0, BLANK, positions)[factors]


def _text(word: object) -> str:
    """Return a name as text: a CSV reader may have made a number of it."""
    if isinstance(word, float | np.floating) and float(word).is_integer():
        return str(int(word))
    return str(word)


def _numbers(values: pd.Series) -> FloatArray:
    return pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _blanks(values: pd.Series, numbers: FloatArray) -> BoolArray:
    """Return which cells are blank, as against filled with something that is no number."""
    blank = np.isnan(numbers)
    if blank.any():
        odd = values[blank]
        blank[blank] = (odd.isna() | (odd.astype("str").str.strip() == "")).to_numpy(dtype=bool)
    return blank
