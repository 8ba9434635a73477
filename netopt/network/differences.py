"""What was changed, in the words that change it: the edits that lead from some tables to others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from netopt import schema
from netopt.errors import InputError
from netopt.network.edited import edited
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.read.raw import cell_text
from netopt.read.tables import Tables

__all__ = ["differences"]

_DECLARING = ("facilities", "customers", "products", "periods")
"""Rows of these go last: removing one of them removes the rows that name it, too."""

_MOST = 2_000
"""More edits say nothing to anybody, and each of them looks for its rows."""


def differences(before: Tables, after: Mapping[str, pd.DataFrame]) -> tuple[Edit, ...] | None:
    """Return the edits that make some tables of others.

    Parameters
    ----------
    before : Tables
        As they were.
    after : mapping of str to DataFrame
        As they are now, typed as in `before`; rows that are the same have the same number.

    Returns
    -------
    tuple of Edit, or None
        None where no words say it, such as for a change of one of two rows that a filter cannot tell apart, or where
        there would be thousands.
    """
    frames = dict(before.frames)
    empty = pd.DataFrame(index=pd.Index([], name="row", dtype="int64"))
    changed = [name for name in schema.tables() if not _same(frames.get(name, empty), after.get(name, empty))]
    last = [name for name in changed if name in _DECLARING]
    order = [*(name for name in changed if name not in last), *last]
    edits = [edit for name in order for edit in _removed(name, frames.get(name, empty), after.get(name, empty))]
    for name in (*last, *(name for name in order if name not in last)):  # a name is declared before it is used
        edits += _added(name, frames.get(name, empty), after.get(name, empty))
    for name in order:
        edits += _set(name, frames.get(name, empty), after.get(name, empty))
    if len(edits) > _MOST:
        return None
    try:
        made = edited(before, edits)
    except InputError:
        return None
    reached = all(_same(made.get(name, empty), after.get(name, empty)) for name in schema.tables())
    return tuple(edits) if reached else None


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Return whether two tables hold the same cells in the same order, whatever their rows are numbered."""
    if one is other:
        return True
    if len(one) != len(other):
        return False
    return not any(_unlike(one, other, str(name)).any() for name in {*one.columns, *other.columns})


def _unlike(one: pd.DataFrame, other: pd.DataFrame, column: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return in which of as many rows a column differs; a column that is not there is blank."""
    cells = [frame.get(column) for frame in (one, other)]
    if cells[0] is cells[1]:
        return np.zeros(len(one), dtype=bool)
    blank = [np.ones(len(one), dtype=bool) if each is None else each.isna().to_numpy(dtype=bool) for each in cells]
    unlike: np.ndarray[tuple[int], np.dtype[np.bool_]] = blank[0] != blank[1]
    both = np.flatnonzero(~blank[0] & ~blank[1])
    if len(both) and cells[0] is not None and cells[1] is not None:
        left, right = (each.to_numpy(dtype=object)[both] for each in (cells[0], cells[1]))
        unlike[both] = left != right
    return unlike


def _removed(table: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Edit]:
    for row in before.index.difference(after.index, sort=False):
        yield Edit(table, _meant(table, before, row), action="remove")


def _added(table: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Edit]:
    for row in after.index.difference(before.index, sort=False):
        cells = {str(name): cell_text(after[name].loc[row]) for name in after.columns}
        yield Edit(table, ";".join(f"{name}={quoted(cell)}" for name, cell in cells.items() if cell), action="add")


def _set(table: str, before: pd.DataFrame, after: pd.DataFrame) -> Iterator[Edit]:
    """Yield the cells that change, those of the key last: until then they say which row is meant."""
    rows = before.index.intersection(after.index, sort=False)
    old, new = before.loc[rows], after.loc[rows]
    known = schema.tables()[table]
    columns = [name for name in known.columns if name in old or name in new]
    filters: dict[int, dict[str, str]] = {}
    for name in sorted(columns, key=lambda name: (name in known.key, name == "status")):  # status asks for `initial`
        for at in np.flatnonzero(_unlike(old, new, name)):
            value = cell_text(new[name].iloc[at]) if name in new else None
            said = filters.setdefault(int(at), _conditions(table, old, int(rows[int(at)])))
            yield Edit(table, ";".join(said.values()), name, "set", value or "")
            if name in known.key:
                said[name] = _condition(known.columns[name], value)


def _meant(table: str, frame: pd.DataFrame, row: int) -> str:
    return ";".join(_conditions(table, frame, row).values())


def _conditions(table: str, frame: pd.DataFrame, row: int) -> dict[str, str]:
    """Return what says which row is meant, by column of the key."""
    known = schema.tables()[table]
    cells = {name: cell_text(frame[name].loc[row]) for name in known.key if name in frame}
    return {name: _condition(known.columns[name], cell) for name, cell in cells.items()}


def _condition(column: schema.Column, cell: str | None) -> str:
    if not cell:
        return f"{column.name}="
    return f"{column.name}={cell if column.numeric else quoted(cell)}"
