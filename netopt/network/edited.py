"""Tables with edits made: what a filter means is changed, and tables are then read and checked as any others.

Rows keep their numbers, so that messages lead to what was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.network.edits import ACTIONS, Edit
from netopt.network.filters import (
    Condition,
    FilterError,
    Rows,
    conditions,
    no_column,
    unknown_name,
)
from netopt.network.overrides import in_force, overrides, same_keys
from netopt.read.headers import closest_table, column_named, table_named
from netopt.read.numbers import explained, number_of
from netopt.read.problems import fold, shown
from netopt.read.tables import Tables

__all__ = ["edited", "naming"]

_DECLARES = {"facilities": "facility", "customers": "customer", "products": "product", "periods": "period"}


def edited(tables: Tables, edits: Iterable[Edit]) -> dict[str, pd.DataFrame]:
    """Return the tables with edits made, one after the other; what was given stays as it is.

    Parameters
    ----------
    tables : Tables
        Before.
    edits : iterable of Edit
        In their order.

    Returns
    -------
    dict of str to DataFrame
        Tables by name, to be read and checked again.

    Raises
    ------
    InputError
        With every edit that cannot be made: unknown tables and columns, filters that no row meets, values that are no
        numbers.
    """
    frames, problems = dict(tables.frames), list[Problem]()
    for edit in edits:
        try:
            _make(frames, edit)
        except FilterError as error:
            message, fix = error.args
            problems.append(Problem(edit.source, edit.row, None, f"{edit}: {message}", fix))
    if problems:
        raise InputError(problems)
    return frames


def _make(frames: dict[str, pd.DataFrame], edit: Edit) -> None:
    table = table_named(edit.table)
    if table is None:
        raise FilterError(f"{shown(edit.table)} is not a table", closest_table(edit.table))
    if edit.action not in ACTIONS:
        raise FilterError(f"{shown(edit.action)} is not an action", f"use one of {', '.join(ACTIONS)}")
    if edit.action == "add" and not edit.column:
        _add_row(frames, table, edit)
        return
    if table.name not in frames:
        if table.name != "settings":
            raise FilterError(f"the network has no table {table.name}", "add a row first, or take the edit out")
        frames["settings"] = pd.DataFrame({"key": pd.Series(dtype="str"), "value": pd.Series(dtype="str")})
    wanted = conditions(edit.filter, table)
    if edit.action == "remove":
        _remove(frames, table, edit, wanted)
        return
    column = column_named(table, edit.column)
    if column is None:
        raise no_column(table, edit.column)
    _change(frames, table, column, edit, wanted)


def _change(
    frames: dict[str, pd.DataFrame],
    table: schema.Table,
    column: schema.Column,
    edit: Edit,
    wanted: tuple[Condition, ...],
) -> None:
    """Change a column in the rows that are meant."""
    if overrides(table):
        _give_periods(frames, table, column.name, wanted)
    frame, rows = frames[table.name], Rows(frames)
    met = rows.matching(table.name, wanted)
    if not met.any():
        _nothing_met(frames, table, edit, wanted)
        return
    cells = frame[column.name] if column.name in frame else _blank(column, frame.index)
    base = rows.base(table.name)
    met &= ~(cells.isna().to_numpy() & (base >= 0) & met[base])  # what is blank follows the row that it overrides
    changed = cells.copy()
    if edit.action == "set":
        changed[met] = _value(edit.value, column)
    else:
        changed[met] = _computed(edit, table, column, in_force(cells, base)[met], cells[met]).to_numpy()
    frames[table.name] = frame.assign(**{column.name: changed})
    if (table.name, column.name) == ("facilities", "status"):
        _keep_initial(frames, cells)


def _keep_initial(frames: dict[str, pd.DataFrame], before: pd.Series) -> None:
    """Write down what a blank ``initial`` meant before the status changed, or opening would cost nothing."""
    frame = frames["facilities"]
    column = schema.tables()["facilities"].columns["initial"]
    initial = frame["initial"] if "initial" in frame else _blank(column, frame.index)
    was, now = (status.fillna("open") for status in (before, frame["status"]))
    meant = (was != now) & initial.isna()
    if "period" in frame:
        meant &= frame["period"].isna()
    if meant.any():
        said = pd.Series(np.where(was == "open", "existing", "potential"), index=frame.index, dtype="str")
        frames["facilities"] = frame.assign(initial=initial.where(~meant, said))


def _nothing_met(
    frames: dict[str, pd.DataFrame], table: schema.Table, edit: Edit, wanted: tuple[Condition, ...]
) -> None:
    """Add a setting that is named and not there; refuse all else."""
    named = len(wanted) == 1 and wanted[0].column == "key" and wanted[0].compare == "=" and len(wanted[0].values) == 1
    if table.name != "settings" or edit.action != "set" or not named:
        raise FilterError(f"no row of {table.name} is meant", unknown_name(edit.filter, frames, table.name))
    row = {"key": wanted[0].values[0], "value": edit.value}
    frames["settings"] = _with_row(frames["settings"], table, row, frames)


def _computed(edit: Edit, table: schema.Table, column: schema.Column, in_force: pd.Series, own: pd.Series) -> pd.Series:
    """Return numbers scaled or added to; a blank counts as its default, and stays blank where that changes nothing."""
    if table.name == "settings":
        in_force = pd.to_numeric(own, errors="coerce")
    if not column.numeric and (table.name != "settings" or (in_force.isna() & own.notna()).any()):
        raise FilterError(f"{column.name} holds words, which cannot be scaled or added to", "use the action set")
    by = number_of(edit.value)
    if np.isnan(by):
        raise FilterError(f"{shown(edit.value)} is not a number", "write a number, such as 1.2")
    default = column.default_value()
    numbers = in_force if default is None else in_force.fillna(float(default))
    if numbers.isna().all():
        raise FilterError(f"{column.name} is blank in every row that is meant, so there is no number", "use set")
    found = numbers * by if edit.action == "scale" else numbers + by
    found = found.where(~(own.isna() & (found == numbers)))
    return found.map(repr, na_action="ignore").astype("str") if table.name == "settings" else found


def _value(words: str, column: schema.Column) -> float | str:
    """Return what a cell is set to; NaN for blank."""
    if words == "":
        return np.nan
    if not column.numeric:
        return words
    if np.isnan(number_of(words)):
        raise FilterError(*explained(words, column))
    return number_of(words)


def _give_periods(
    frames: dict[str, pd.DataFrame], table: schema.Table, changing: str, wanted: tuple[Condition, ...]
) -> None:
    """Give rows that hold in every period a row of their own for each period that a filter means, if they have none.

    Their cells are blank, which keeps the values of the row that holds in every period, but for the key, what every
    row needs and the column that changes.
    """
    rows, frame = Rows(frames), frames[table.name]
    of_period = tuple(each for each in wanted if each.column == "period")
    blank = any("" in each.values and not each.through for each in of_period)
    named = rows.meant_periods(of_period)
    if not of_period or blank or len(named) == len(rows.periods):
        return
    period = frame["period"] if "period" in frame else pd.Series(index=frame.index, dtype="str")
    held = rows.possible(table.name, tuple(each for each in wanted if each.column != "period"))
    held &= period.isna().to_numpy(dtype=bool)
    keys = [key for key in table.key if key != "period" and key in frame]
    columns = [name for name in frame if name in (*keys, changing) or table.columns[str(name)].required]
    codes = same_keys(frame, keys)
    said = [{fold(name) for name in rows.groups.get(fold(str(word)), (str(word),))} for word in period]
    added = []
    for name in named:
        there = codes[np.array([fold(name) in names for names in said], dtype=bool)]
        added.append(frame.loc[held & ~np.isin(codes, there), columns].assign(period=name))
    if any(map(len, added)):
        fresh = _numbered(pd.concat(added), frames)
        trial = {**frames, table.name: _stacked(frame.assign(period=period), fresh)}
        met = Rows(trial).matching(table.name, wanted)[len(frame) :]
        if met.any():
            frames[table.name] = _stacked(frame.assign(period=period), _numbered(fresh[met], frames))


def _numbered(rows: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return rows with the numbers that follow all others."""
    first = _last_row(frames) + 1
    return rows.set_axis(pd.RangeIndex(first, first + len(rows)))


def _add_row(frames: dict[str, pd.DataFrame], table: schema.Table, edit: Edit) -> None:
    cells: dict[str, str] = {}
    for condition in conditions(edit.filter, table):
        if condition.through or condition.compare != "=" or len(condition.values) != 1:
            raise FilterError("a new row needs one value for each column", "write name=Reno;type=fc;capacity=900")
        cells[condition.column] = condition.values[0]
    if not cells:
        raise FilterError("a new row needs cells", "write them as the filter: name=Reno;type=fc;capacity=900")
    columns = schema.tables()[table.name].columns
    frame = frames.get(table.name)
    if frame is None:
        frame = pd.DataFrame({name: _blank(columns[name], pd.Index([], dtype="int64")) for name in cells})
    frames[table.name] = _with_row(frame, table, cells, frames)


def _with_row(
    frame: pd.DataFrame, table: schema.Table, cells: Mapping[str, str], frames: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    at = pd.Index([_last_row(frames) + 1])
    row = pd.DataFrame(index=at)
    for name, value in cells.items():
        column = table.columns[name]
        row[name] = pd.Series([_value(value, column)], index=at, dtype="float64" if column.numeric else "str")
    return _stacked(frame, row)


def _remove(frames: dict[str, pd.DataFrame], table: schema.Table, edit: Edit, wanted: tuple[Condition, ...]) -> None:
    """Remove rows, and what names those that are declared no longer."""
    met = Rows(frames).matching(table.name, wanted)
    if not met.any():
        raise FilterError(f"no row of {table.name} is meant", unknown_name(edit.filter, frames, table.name))
    before = frames[table.name]
    frames[table.name] = before[~met]
    if table.name not in _DECLARES:
        return
    gone = _folded(before["name"][met]) - _folded(frames[table.name]["name"])
    if gone:
        _remove_naming(frames, table, gone, _folded(before["name"]))


def _remove_naming(frames: dict[str, pd.DataFrame], table: schema.Table, gone: set[str], before: set[str]) -> None:
    """Remove the rows that name what is gone, or a group that has nothing left in it.

    Parameters
    ----------
    frames : dict of str to DataFrame
        Tables by name; changed.
    table : Table
        The one that declared what is gone.
    gone, before : set of str
        What is declared there no longer and what was, folded.
    """
    gone = gone | _leave_groups(frames, gone, before)
    for name, frame in list(frames.items()):
        kept = np.ones(len(frame), dtype=bool)
        for column in naming(table.name, name):
            if column in frame:
                codes, words = pd.factorize(frame[column], use_na_sentinel=True)
                kept &= np.array([*(fold(str(word)) not in gone for word in words), True], dtype=bool)[codes]
        if not kept.all():
            frames[name] = frame[kept]


def naming(declaring: str, table: str) -> list[str]:
    """Return the columns of a table that may name a row of a declaring one, such as the customer of demand."""
    kind = _DECLARES[declaring]
    kinds = {kind, "place"} if kind in ("facility", "customer") else {kind}
    columns = [column.name for column in schema.tables()[table].columns.values() if column.refers_to in kinds]
    return columns + list(_NAMING.get(table, ()) if "place" in kinds else ())


def _leave_groups(frames: dict[str, pd.DataFrame], gone: set[str], before: set[str]) -> set[str]:
    """Take what is gone out of the groups of its kind; return those that are left without members, folded."""
    if "groups" not in frames:
        return set()
    groups, frame = Rows(frames).groups, frames["groups"]
    alike = {name for name, members in groups.items() if _folded(members) <= before}
    pairs = zip(map(fold, map(str, frame["name"])), map(fold, map(str, frame["member"])), strict=True)
    frames["groups"] = frame[[name not in alike or member not in gone for name, member in pairs]]
    return {name for name in alike if _folded(groups[name]) <= gone}


def _folded(names: Iterable[object]) -> set[str]:
    return {fold(str(name)) for name in names}


_NAMING = {"limits": ("where",), "steps": ("name", "origin", "destination")}
"""Columns of words that may name a place, by table."""


def _blank(column: schema.Column, index: pd.Index) -> pd.Series:
    return pd.Series(np.nan, index=index, dtype="float64" if column.numeric else "str")


def _stacked(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with rows below it, its columns of words and of numbers as they were."""
    every = [*frame.columns, *(name for name in rows if name not in frame)]
    kinds = {name: (frame if name in frame else rows)[name].dtype for name in every}
    parts = [part.reindex(columns=every).astype(kinds) for part in (frame, rows) if len(part)]
    return pd.concat(parts).rename_axis("row")


def _last_row(frames: Mapping[str, pd.DataFrame]) -> int:
    return max(int(frame.index.max()) for frame in frames.values() if len(frame))
