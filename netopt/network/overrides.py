"""Rows of one period and the rows that they override: a blank cell keeps what the row without a period says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt import schema
from netopt.read.problems import fold

__all__ = ["base_rows", "in_force", "overrides", "same_keys"]

IntArray = npt.NDArray[np.int64]
Groups = Mapping[str, Sequence[str]]


def overrides(table: schema.Table) -> bool:
    """Return whether rows with a period override those without; limits stand side by side."""
    return "period" in table.key and table.name != "limits"


def base_rows(frame: pd.DataFrame, table: schema.Table, groups: Groups) -> IntArray:
    """Return the position of the row that each row with a period overrides, -1 where there is none.

    Parameters
    ----------
    frame : DataFrame
        Rows of the table.
    table : Table
        What the dictionary says of it.
    groups : mapping of str to sequence of str
        Members by folded name: a row that holds in every period may name a group for the name in the row of a period.
    """
    base = np.full(len(frame), -1, dtype=np.int64)
    if not overrides(table) or "period" not in frame:
        return base
    with_period = frame["period"].notna().to_numpy(dtype=bool)
    if with_period.all() or not with_period.any():
        return base
    keys = [name for name in table.key if name != "period" and name in frame]
    codes = same_keys(frame, keys)
    at = np.full(int(codes.max()) + 1, -1, dtype=np.int64)
    at[codes[~with_period]] = np.flatnonzero(~with_period)
    base[with_period] = at[codes[with_period]]
    if groups and (base[with_period] < 0).any():
        _through_groups(frame[keys], table, groups, with_period, base)
    return base


def in_force(cells: pd.Series, base: IntArray) -> pd.Series:
    """Return the cells of a column, blank ones of a period as in the row that is overridden."""
    inherited = cells.isna().to_numpy(dtype=bool) & (base >= 0)
    if not inherited.any():
        return cells
    return cells.take(np.where(inherited, base, np.arange(len(cells)))).set_axis(cells.index)


def same_keys(frame: pd.DataFrame, keys: Sequence[str]) -> IntArray:
    """Return a number per distinct combination of words, compared as names are; blank is a word of its own."""
    combined = np.zeros(len(frame), dtype=np.int64)
    for name in keys:
        codes, words = pd.factorize(frame[name], use_na_sentinel=True)
        alike, distinct = pd.factorize(np.array([*(fold(str(word)) for word in words), ""], dtype=object))
        combined, _ = pd.factorize(combined * len(distinct) + alike[codes])
    return combined


def _through_groups(
    keys: pd.DataFrame, table: schema.Table, groups: Groups, with_period: npt.NDArray[np.bool_], base: IntArray
) -> None:
    """Find the rows that hold in every period and name a group, for rows of a period without one of their own."""
    holding: dict[str, list[str]] = {}
    for group, members in groups.items():
        for member in members:
            holding.setdefault(fold(member), []).append(group)
    words = list(keys.fillna("").map(lambda word: fold(str(word))).itertuples(index=False, name=None))
    there = {words[i]: int(i) for i in np.flatnonzero(~with_period)}
    refers = [table.columns[str(name)].refers_to is not None for name in keys]
    for i in np.flatnonzero(with_period & (base < 0)):
        options = product(*([word, *holding.get(word, ())] if refers[j] else [word] for j, word in enumerate(words[i])))
        base[i] = next((there[option] for option in options if option in there), -1)
