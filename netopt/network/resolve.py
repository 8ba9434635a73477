"""From rows as typed to one record per place, product and period: groups, blanks and period overrides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.read import Tables

__all__ = [
    "BLANK",
    "Names",
    "Records",
    "code",
    "expand_groups",
    "members_of_groups",
    "number",
    "records",
    "text",
    "typed",
    "word",
]

BLANK = -1

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


class Names:
    """An ordered set of names and their positions.

    Parameters
    ----------
    names : iterable of str
        Distinct names.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.index = pd.Index(list(names), dtype="object")
        self.array: npt.NDArray[np.object_] = self.index.to_numpy()

    def __len__(self) -> int:
        return len(self.index)

    def __iter__(self) -> Iterator[str]:
        return iter(self.array)

    def __getitem__(self, position: int) -> str:
        return str(self.array[position])

    def codes(self, values: pd.Series) -> IntArray:
        """Return the position of every value, `BLANK` for blank ones and for names that are not here."""
        factors, found = pd.factorize(values, use_na_sentinel=True)
        positions = self.index.get_indexer(pd.Index(found, dtype="object")).astype(np.int64)
        codes: IntArray = np.append(positions, BLANK)[factors]  # a blank is factor -1, and so the last of them
        return codes


def code(frame: pd.DataFrame, column: str, names: Names) -> IntArray:
    """Return the positions of a column's names, `BLANK` throughout where the table has no such column."""
    if column not in frame:
        return np.broadcast_to(np.int64(BLANK), len(frame))
    return names.codes(frame[column])


def word(frame: pd.DataFrame, table: str, column: str, words: Sequence[str]) -> npt.NDArray[np.int8]:
    """Return the position among ``words`` of each row's word, the dictionary's default where the cell is blank.

    This is `text` for columns of millions of rows: no word becomes an object of its own.
    """
    default = np.int8(words.index(schema.tables()[table].columns[column].default))
    if column not in frame:
        return np.broadcast_to(default, len(frame))
    factors, found = pd.factorize(frame[column], use_na_sentinel=True)
    codes: npt.NDArray[np.int8] = np.array([*(words.index(each) for each in found), default], dtype=np.int8)[factors]
    return codes


def number(frame: pd.DataFrame, table: str, column: str) -> FloatArray:
    """Return a column of numbers with the dictionary's default for blank cells, NaN where blank means nothing.

    Columns that the input does not have cost no memory: the default is broadcast.
    """
    default = schema.tables()[table].columns[column].default_value()
    blank = np.nan if default is None else float(default)
    if column not in frame:
        return np.broadcast_to(np.float64(blank), len(frame))
    values = typed(frame, column)
    return values if default is None else np.where(np.isnan(values), blank, values)


def text(frame: pd.DataFrame, table: str, column: str) -> npt.NDArray[np.object_]:
    """Return a column of words with the dictionary's default for blank cells (an empty string without one)."""
    default = schema.tables()[table].columns[column].default
    if column not in frame:
        return np.full(len(frame), default, dtype=object)
    return frame[column].astype("object").where(frame[column].notna(), default).to_numpy(dtype=object)


def members_of_groups(tables: Tables) -> dict[str, list[str]]:
    """Return the members of every group by its name."""
    frame, members = tables["groups"], dict[str, list[str]]()
    for name, member in zip(frame["name"], frame["member"], strict=True):
        members.setdefault(str(name), []).append(str(member))
    return members


def expand_groups(tables: Tables, table: str) -> pd.DataFrame:
    """Return a table with every group's name replaced by its members, a row each.

    A row that names a member itself wins over one that reaches it through a group.

    Raises
    ------
    InputError
        When two groups bring the same key.
    """
    frame = tables[table]
    if "groups" not in tables or frame.empty:
        return frame
    members = members_of_groups(tables)
    columns = [c.name for c in schema.tables()[table].columns.values() if c.refers_to and c.name in frame]
    through = np.zeros(len(frame), dtype=np.int64)
    for column in columns:
        factors, found = pd.factorize(frame[column], use_na_sentinel=True)
        count = np.array([*(len(members.get(name, ())) for name in found), 0])[factors]
        if count.any():
            repeats = np.maximum(count, 1)
            at = np.repeat(np.arange(len(frame)), repeats)
            within = np.arange(len(at)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
            frame = frame.iloc[at].assign(**{column: _spelled(factors[at], within, list(found), members)})
            through = (through + (count > 0))[at]
    if not through.any():
        return frame
    return _without_repeats(tables, table, frame, through)


def _spelled(
    factors: IntArray, within: IntArray, found: Sequence[str], members: Mapping[str, Sequence[str]]
) -> pd.api.extensions.ExtensionArray:
    """Return the names that the rows of one column stand for.

    Parameters
    ----------
    factors : ndarray of int
        Position in ``found`` of what each row says, -1 for blank.
    within : ndarray of int
        Which member of its group each row stands for.
    found : sequence of str
        Distinct words of the column.
    members : mapping of str to sequence of str
        Members of the groups among them.
    """
    words: list[str | None] = []
    first = []
    for name in found:
        first.append(len(words))
        words += members.get(name, [name])
    return pd.array([*words, None], dtype="str").take(np.array([*first, len(words)])[factors] + within)


def _without_repeats(tables: Tables, table: str, frame: pd.DataFrame, through: IntArray) -> pd.DataFrame:
    if table == "limits":
        return frame
    key = [column for column in schema.tables()[table].key if column in frame]
    ranked = frame.assign(_through=through).sort_values("_through", kind="stable")
    clash = ranked.duplicated([*key, "_through"], keep="first")
    named = ranked.duplicated(key, keep="first")
    problems = [
        Problem(
            tables.source(table),
            int(row),
            None,
            "another row with a group brings the same " + ", ".join(key),
            "name the member in a row of its own, or take it out of one group",
        )
        for row in ranked.index[clash & (ranked["_through"] > 0)]
    ]
    if problems:
        raise InputError(problems)
    return ranked[~named].drop(columns="_through").sort_index(kind="stable")


@dataclass(frozen=True)
class Records:
    """One record per entity, product and period, with the values that hold there.

    Parameters
    ----------
    entity, product, period : ndarray of int
        Positions, shape (n,).
    values : mapping of str to ndarray
        Columns of the table, shape (n,), with the dictionary's defaults.
    row : ndarray of int
        Row in the source that set the record, the overriding one where several did; 0 for records that follow
        from the absence of a row.
    """

    entity: IntArray
    product: IntArray
    period: IntArray
    values: Mapping[str, FloatArray]
    row: IntArray

    def __len__(self) -> int:
        return len(self.entity)

    def __getitem__(self, column: str) -> FloatArray:
        return self.values[column]

    def select(self, mask: npt.NDArray[np.bool_]) -> Records:
        """Return the records where ``mask`` holds."""
        values = {name: column[mask] for name, column in self.values.items()}
        return Records(self.entity[mask], self.product[mask], self.period[mask], values, self.row[mask])


def typed(frame: pd.DataFrame, column: str) -> FloatArray:
    """Return a column of numbers as typed: NaN for blank cells, and throughout where the input has no such column."""
    if column not in frame:
        return np.broadcast_to(np.float64(np.nan), len(frame))
    return frame[column].to_numpy(dtype=np.float64, na_value=np.nan)


def records(
    frame: pd.DataFrame,
    table: str,
    entity: IntArray,
    periods: Names,
    columns: Mapping[str, FloatArray],
    products: Names | None = None,
) -> Records:
    """Return the records of a table keyed by entity, product and period.

    A blank product stands for each product, a blank period for each period. A row with a product replaces the
    blank-product row; a row with a period overrides, cell by cell, the same row with a blank period.

    Parameters
    ----------
    frame : DataFrame
        Rows as typed, groups expanded.
    table : str
        Name in the dictionary, for the defaults.
    entity : ndarray of int
        Position of each row's facility, customer or lane, shape (len(frame),).
    periods : Names
        All periods.
    columns : mapping of str to ndarray
        Values to resolve as typed, NaN for blank, each of shape (len(frame),).
    products : Names, optional
        All products; None where the product is part of the entity or the table has none.
    """
    n_t, n_k = len(periods), 1 if products is None else len(products)
    product = np.zeros(len(frame), dtype=np.int64) if products is None else code(frame, "product", products)
    period = code(frame, "period", periods)
    at, product_of = _spread(product, n_k)
    again, period_of = _spread(period[at], n_t)
    at, product_of = at[again], product_of[again]

    key = (entity[at] * n_k + product_of) * n_t + period_of
    own = product[at] != BLANK
    order = np.lexsort((period[at] == BLANK, ~own, key))
    key, own, at = key[order], own[order], at[order]
    rows = frame.index.to_numpy(dtype=np.int64)[at]
    raw = {name: column[at] for name, column in columns.items()}
    if len(key) and (key[1:] == key[:-1]).any():
        key, rows, raw = _overridden(key, own, rows, raw)
    values = {name: _filled(table, name, column) for name, column in raw.items()}
    return Records(key // (n_k * n_t), key // n_t % n_k, key % n_t, values, rows)


def _spread(codes: IntArray, count: int) -> tuple[IntArray, IntArray]:
    """Repeat every blank code once for each of ``count`` positions; return where each came from, and the codes."""
    repeats = np.where(codes == BLANK, count, 1)
    source = np.repeat(np.arange(len(codes)), repeats)
    within = np.arange(len(source)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    return source, np.where(codes[source] == BLANK, within, codes[source])


def _overridden(
    key: IntArray, own: npt.NDArray[np.bool_], rows: IntArray, raw: Mapping[str, FloatArray]
) -> tuple[IntArray, IntArray, dict[str, FloatArray]]:
    """Merge records of one key: the product's own rows only where it has any, then the first filled cell."""
    frame = pd.DataFrame({"key": key, "own": own, "row": rows, **raw})
    frame = frame[frame["own"] == frame.groupby("key")["own"].transform("max")]
    first = frame.groupby("key", sort=True).first()  # skips blanks, and the overriding row stands first
    merged = {name: first[name].to_numpy(dtype=np.float64) for name in raw}
    return first.index.to_numpy(dtype=np.int64), first["row"].to_numpy(dtype=np.int64), merged


def _filled(table: str, column: str, values: FloatArray) -> FloatArray:
    found = schema.tables()[table].columns.get(column)
    default = found.default_value() if found is not None and found.numeric else None
    return values if default is None else np.where(np.isnan(values), default, values)
