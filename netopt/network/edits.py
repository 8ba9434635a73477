"""What-if, as text: rows of tables that are set, scaled, added to, added or removed. Nothing of it is ever run.

An edit changes tables as they were typed; they are then read and checked as any others. Rows keep their numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.network.filters import Condition, FilterError, Rows, conditions, no_column, unknown_name
from netopt.read.headers import closest_table, column_named, table_named
from netopt.read.problems import fold, shown
from netopt.read.tables import Tables

__all__ = ["ACTIONS", "Edit", "as_edit", "as_words", "edited"]

ACTIONS = ("set", "scale", "add", "remove")

_SETTING = re.compile(r"\s*([A-Za-z_]+)(?:\[(.*)\])?((?:\.(?:\"[^\"]*\"|[^=\"])*?)?)\s*([*+-]?=)(.*)", re.DOTALL)
_SIGNS = {"set": "=", "scale": "*=", "add": "+="}
_DECLARES = {"facilities": "facility", "customers": "customer", "products": "product", "periods": "period"}


@dataclass(frozen=True)
class Edit:
    """One change of one table.

    Parameters
    ----------
    table : str
        Its name.
    filter : str
        Which rows, see `netopt.network.filters`; with ``add`` and no column the cells of the new row.
    column : str
        What changes, empty for rows as a whole.
    action : {'set', 'scale', 'add', 'remove'}
        What happens to it.
    value : str
        A number, a word, or empty for a blank cell.
    source : str
        Where the edit was typed, for messages.
    row : int or None
        Its row there.
    """

    table: str
    filter: str = ""
    column: str = ""
    action: str = "set"
    value: str = ""
    source: str = "edit"
    row: int | None = None

    def to_json(self) -> dict[str, str]:
        """Return what the edit does, without where it was typed."""
        said = asdict(self)
        return {name: said[name] for name in ("table", "filter", "column", "action", "value")}

    def __str__(self) -> str:
        rows = f"{self.table}[{self.filter}]" if self.filter else self.table
        if self.action not in _SIGNS or not self.column:
            return f"{self.action} {rows}"
        return f"{rows}.{self.column} {_SIGNS[self.action]} {self.value}".rstrip()


def as_edit(words: str | Mapping[str, Any] | Edit, source: str = "edit") -> Edit:
    """Return an edit from what stands for one.

    Parameters
    ----------
    words : str, mapping or Edit
        What `as_words` returns: ``facilities.Reno.capacity=900``, ``demand[customer.region=West].quantity*=1.2``,
        ``settings.emissions_price=0.1``; or what `Edit` takes.
    source : str
        For messages.

    Raises
    ------
    InputError
        When the words are not understood.
    """
    if isinstance(words, Edit):
        return words
    if isinstance(words, Mapping):
        return Edit(**{"source": source, **words})
    if words.lstrip().startswith("{"):
        return _from_json(words, source)
    found = _SETTING.fullmatch(words)
    if found is None:
        fix = "write TABLE.NAME.COLUMN=VALUE, such as facilities.Reno.capacity=900, or *= or += instead of ="
        raise InputError([Problem(source, None, None, f"{shown(words)} is not understood", fix)])
    table, inside, path, sign, value = found.groups()
    action, value = {"=": "set", "*=": "scale", "+=": "add", "-=": "add"}[sign], value.strip()
    if sign == "-=":
        value = value[1:] if value.startswith("-") else f"-{value}"
    name, _, column = path.removeprefix(".").rpartition(".")
    named = table_named(table)
    if named is not None and named.name == "settings" and inside is None and not name:
        return Edit("settings", f'key="{column}"', "value", action, value, source)
    if inside is None and name and named is not None:
        quoted = [f'{key}="{part}"' for key, part in zip(named.key, name.split("/"), strict=False) if part != "*"]
        inside = ";".join(quoted)
    return Edit(table, inside or "", column, action, value, source)


def _from_json(words: str, source: str) -> Edit:
    """Return an edit from a JSON object, which says what a short form cannot: rows added and removed."""
    try:
        return Edit(**json.loads(words), source=source)
    except (ValueError, TypeError) as error:
        fix = f"""write an object such as {json.dumps(Edit("facilities", "name=Reno", action="remove").to_json())}"""
        raise InputError([Problem(source, None, None, f"{shown(words)} is not understood", fix)]) from error


def as_words(edit: Mapping[str, str] | Edit) -> str:
    """Return an edit as words that `as_edit` understands."""
    edit = as_edit(edit)
    if not edit.column or edit.action == "remove":
        return json.dumps(edit.to_json(), ensure_ascii=False)
    sign = _SIGNS[edit.action]
    rows = f"{edit.table}[{edit.filter}]" if edit.filter else edit.table
    return f"{rows}.{edit.column}{sign}{edit.value}"


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
    if "period" in table.columns and table.name != "periods":
        _give_periods(frames, table, column.name, wanted)
    frame = frames[table.name]
    met = Rows(frames).matching(table.name, wanted)
    if not met.any():
        if table.name == "settings" and edit.action == "set":
            row = {"key": wanted[0].values[0], "value": edit.value}
            frames["settings"] = _with_row(frame, table, row, frames)
            return
        raise FilterError(f"no row of {table.name} is meant", unknown_name(edit.filter, frames, table.name))
    cells = frame[column.name] if column.name in frame else _blank(column, frame.index)
    met &= ~_inherits(frame, table, cells, wanted)
    changed = cells.copy()
    if edit.action == "set":
        changed[met] = _value(edit, column)
    else:
        changed[met] = _computed(edit, table, column, cells[met]).to_numpy()
    frames[table.name] = frame.assign(**{column.name: changed})


def _inherits(
    frame: pd.DataFrame, table: schema.Table, cells: pd.Series, wanted: tuple[Condition, ...]
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return the rows of a period that keep what the row without one says: those that are blank here."""
    if "period" not in frame or table.name == "periods" or any(each.column == "period" for each in wanted):
        return np.zeros(len(frame), dtype=bool)
    return (frame["period"].notna() & cells.isna()).to_numpy()


def _computed(edit: Edit, table: schema.Table, column: schema.Column, cells: pd.Series) -> pd.Series:
    """Return numbers scaled or added to; a blank counts as its default, and stays blank where that is no number."""
    if table.name == "settings":
        cells = pd.to_numeric(cells, errors="coerce")
    elif not column.numeric:
        raise FilterError(f"{column.name} holds words, which cannot be scaled or added to", "use the action set")
    try:
        by = float(edit.value)
    except ValueError:
        by = np.nan
    if not np.isfinite(by):
        raise FilterError(f"{shown(edit.value)} is not a number", "write a number, such as 1.2")
    default = column.default_value()
    numbers = cells if default is None or table.name == "settings" else cells.fillna(float(default))
    if numbers.isna().all():
        raise FilterError(f"{column.name} is blank in every row that is meant, so there is no number", "use set")
    found = numbers * by if edit.action == "scale" else numbers + by
    unchanged = cells.isna() & (found == numbers)
    found = found.where(~unchanged)
    return found.map(repr) if table.name == "settings" else found


def _value(edit: Edit, column: schema.Column) -> float | str | None:
    """Return what a cell is set to; NaN or None for blank."""
    if not column.numeric:
        return edit.value if edit.value != "" else None
    if edit.value == "":
        return np.nan
    try:
        return float(edit.value)
    except ValueError:
        message = f"{shown(edit.value)} is not a number"
        raise FilterError(message, "write a number, such as 12.5, or nothing for blank") from None


def _give_periods(
    frames: dict[str, pd.DataFrame], table: schema.Table, changing: str, wanted: tuple[Condition, ...]
) -> None:
    """Give rows that hold in every period a row of their own for each period that a filter names, if they have none.

    Their cells are blank, which keeps the values of the row that holds in every period, but for the key, what every
    row needs and the column that changes.
    """
    named = [value for each in wanted if each.column == "period" and not each.through for value in each.values]
    rest = tuple(each for each in wanted if each.column != "period")
    frame = frames[table.name]
    if not named or "" in named or any(each.compare != "=" for each in wanted if each.column == "period"):
        return
    known = {fold(str(name)): str(name) for name in frames["periods"]["name"]} if "periods" in frames else {}
    period = frame["period"] if "period" in frame else pd.Series(index=frame.index, dtype="str")
    met = Rows(frames).matching(table.name, rest) & period.isna().to_numpy()
    keys = [key for key in table.key if key != "period" and key in frame]
    columns = [name for name in frame if name in (*keys, changing) or table.columns[str(name)].required]
    added = []
    for name in (known[fold(value)] for value in named if fold(value) in known):
        there = frame.loc[(period == name).to_numpy(), keys]
        fresh = frame.loc[met, columns]
        taken = pd.MultiIndex.from_frame(fresh[keys]).isin(pd.MultiIndex.from_frame(there))
        added.append(fresh[~taken].assign(period=name))
    rows = pd.concat(added) if added else frame.iloc[:0]
    if len(rows):
        rows.index = pd.RangeIndex(_last_row(frames) + 1, _last_row(frames) + 1 + len(rows))
        frame = frame if "period" in frame else frame.assign(period=period)
        frames[table.name] = _stacked(frame, rows)


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
        row[name] = _value(Edit(table.name, value=value), column)
        row[name] = row[name].astype("float64" if column.numeric else "str")
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
    gone = {fold(str(name)) for name in before["name"][met]} - {fold(str(n)) for n in frames[table.name]["name"]}
    if not gone:
        return
    kind = _DECLARES[table.name]
    kinds = {kind, "place"} if kind in ("facility", "customer") else {kind}
    for name, frame in list(frames.items()):
        columns = schema.tables()[name].columns.values()
        naming = [column.name for column in columns if column.refers_to in kinds and column.name in frame]
        naming += [column for column in _NAMING.get((name, "place" in kinds), ()) if column in frame]
        kept = np.ones(len(frame), dtype=bool)
        for column in naming:
            kept &= ~frame[column].map(lambda value: isinstance(value, str) and fold(value) in gone).to_numpy(
                dtype=bool
            )
        frames[name] = frame[kept]


_NAMING = {("groups", True): ("member",), ("groups", False): ("member",), ("limits", True): ("where",)}
"""Columns of words that may name what is declared: by table, and whether it is a place."""


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
