"""Which rows of a table are meant: conditions as text, such as ``name=Reno;type=fc``. Nothing of it is ever run.

Conditions are separated by ``;`` and all of them have to hold. One is a column, a comparison and values:

=====================  ==========================================================================================
``type=fc|dc``         either word; names are compared as everywhere, a group's name means its members too
``name!=Reno``         anything else
``name=*DC``           ``*`` stands for any letters
``capacity>=500``      a number, compared with ``<``, ``<=``, ``>``, ``>=``, ``=`` or ``!=``
``product=``           a blank cell
``customer.region=W``  what the row's customer says in its own table
``Reno``               no column: the first column of the key
``name="A;B"``         in quotes, letters mean themselves
=====================  ==========================================================================================

A blank cell is compared as its default in the dictionary where it has one.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fnmatch import translate
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt import schema
from netopt.network.resolve import text as filled_text
from netopt.read.headers import column_named
from netopt.read.problems import closest, fold, shown

__all__ = ["Condition", "FilterError", "Rows", "conditions", "no_column", "unknown_name"]

BoolArray = npt.NDArray[np.bool_]

_CLAUSE = re.compile(r"\s*([A-Za-z_][\w ]*(?:\.[A-Za-z_][\w ]*)?)\s*(!=|<=|>=|=|<|>)(.*)", re.DOTALL)
_ORDER: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
_TABLES = {
    "facility": ("facilities",),
    "customer": ("customers",),
    "place": ("facilities", "customers"),
    "product": ("products",),
    "period": ("periods",),
}


class FilterError(ValueError):
    """A filter that cannot be understood; the second argument says how to mend it."""


@dataclass(frozen=True)
class Condition:
    """One condition.

    Parameters
    ----------
    column : str
        Of the table.
    through : str
        Column of what the row names there, empty where the cell itself is compared.
    compare : str
        ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``.
    values : tuple of str
        Any of which may be met; an empty string is a blank cell.
    literal : bool
        Whether ``*`` is a letter like others, as it is in quotes.
    """

    column: str
    through: str
    compare: str
    values: tuple[str, ...]
    literal: bool = False


def conditions(words: str, table: schema.Table) -> tuple[Condition, ...]:
    """Return the conditions of a filter.

    Raises
    ------
    FilterError
        When it names a column that is not there, or compares words by size.
    """
    return tuple(_condition(part, table) for part in _split(words, ";") if part.strip())


def _condition(words: str, table: schema.Table) -> Condition:
    found = _CLAUSE.fullmatch(words)
    if found is None:
        return Condition(table.key[0], "", "=", _values(words), '"' in words)
    name, compare, values = found.groups()
    own, _, through = name.partition(".")
    column = column_named(table, own)
    if column is None:
        raise no_column(table, own)
    compared = column
    if through:
        compared, through = _referred(column, through)
    if compare not in ("=", "!=") and not compared.numeric:
        raise FilterError(f"{shown(name)} holds words, which {compare} does not compare", "use = or !=")
    listed = _values(values)
    if compared.numeric:
        for value in filter(None, listed):
            _number(value)
    return Condition(column.name, through, compare, listed, '"' in values)


def _referred(column: schema.Column, name: str) -> tuple[schema.Column, str]:
    """Return the column of the tables that a reference leads to."""
    tables = [schema.tables()[table] for table in _TABLES.get(column.refers_to or "", ())]
    if not tables:
        fix = f"write {column.name} alone, or look through a column that names a customer, site, product or period"
        raise FilterError(f"{column.name} does not name anything that has columns of its own", fix)
    for table in tables:
        found = column_named(table, name)
        if found is not None:
            return found, found.name
    raise no_column(tables[0], name)


def _split(words: str, mark: str) -> list[str]:
    """Return the parts between marks; quotes keep a part together."""
    return re.findall(rf'((?:"[^"]*"|[^{mark}"])*)(?:{re.escape(mark)}|$)', words)[: _count(words, mark)]


def _count(words: str, mark: str) -> int:
    return re.sub(r'"[^"]*"', "", words).count(mark) + 1


def _values(words: str) -> tuple[str, ...]:
    if words.count('"') % 2:
        raise FilterError(f"{shown(words)} has a quote that does not end", 'close it with another "')
    return tuple(part.strip().replace('"', "") for part in _split(words, "|"))


def _number(value: str) -> float:
    try:
        found = float(value)
    except ValueError:
        found = np.nan
    if np.isnan(found):
        raise FilterError(f"{shown(value)} is not a number", "compare the column with a number, such as 12.5")
    return found


class Rows:
    """Finds the rows that conditions mean.

    Parameters
    ----------
    frames : mapping of str to DataFrame
        Tables by name.
    """

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = frames

    @cached_property
    def _groups(self) -> dict[str, list[str]]:
        groups: dict[str, list[str]] = {}
        if "groups" in self._frames:
            frame = self._frames["groups"]
            for name, member in zip(frame["name"], frame["member"], strict=True):
                groups.setdefault(fold(str(name)), []).append(str(member))
        return groups

    def matching(self, table: str, wanted: tuple[Condition, ...]) -> BoolArray:
        """Return which rows of a table meet all conditions, shape (rows,).

        Raises
        ------
        FilterError
            When a row stands for a group of which only a part is meant.
        """
        frame = self._frames[table]
        met = np.ones(len(frame), dtype=bool)
        for condition in wanted:
            met &= self._met(schema.tables()[table], frame, condition)
        return met

    def _met(self, table: schema.Table, frame: pd.DataFrame, condition: Condition) -> BoolArray:
        column = table.columns[condition.column]
        if condition.through:
            return self._through(frame, column, condition)
        found = _compared(frame, table.name, column, condition, self._with_members(column, condition.values))
        if column.refers_to and column.name in frame:
            self._refuse_parts(frame, column, {fold(value) for value in condition.values}, found)
        return found

    def _with_members(self, column: schema.Column, values: tuple[str, ...]) -> tuple[str, ...]:
        """Return values, with the members of those that are groups where the column names such things."""
        if not column.refers_to and column.type != "name":
            return values
        return tuple(dict.fromkeys([*values, *(m for value in values for m in self._groups.get(fold(value), ()))]))

    def _through(self, frame: pd.DataFrame, column: schema.Column, condition: Condition) -> BoolArray:
        """Return the rows whose customer, site, product or period meets a condition on its own columns."""
        named: set[str] = set()
        for name in _TABLES[column.refers_to or ""]:
            table = schema.tables()[name]
            if name in self._frames and condition.through in table.columns:
                inner = replace(condition, column=condition.through, through="")
                met = self._met(table, self._frames[name], inner)
                named |= {fold(str(value)) for value in self._frames[name]["name"][met]}
        if column.name not in frame:
            return np.zeros(len(frame), dtype=bool)
        codes, words = pd.factorize(frame[column.name], use_na_sentinel=True)
        here = [self._is_among(str(word), named, column) for word in words]
        found: BoolArray = np.array([*here, False], dtype=bool)[codes]
        return found

    def _is_among(self, name: str, named: set[str], column: schema.Column) -> bool:
        """Return whether a name, or every member of the group that it is, is among the named."""
        within = [fold(member) in named for member in self._groups.get(fold(name), (name,))]
        if any(within) and not all(within):
            self._refuse(name, column)
        return all(within)

    def _refuse_parts(self, frame: pd.DataFrame, column: schema.Column, values: set[str], found: BoolArray) -> None:
        """Refuse a filter that means a part of a group that a row stands for."""
        if not self._groups:
            return
        for word in frame[column.name][~found].dropna().unique():
            members = self._groups.get(fold(str(word)), ())
            if any(fold(member) in values for member in members):
                self._refuse(str(word), column)

    def _refuse(self, group: str, column: schema.Column) -> None:
        message = f"only a part of the group {shown(group)} is meant, for all of which a row stands"
        raise FilterError(message, f"give the members that change rows of their own, by {column.name}")


def _compared(
    frame: pd.DataFrame, table: str, column: schema.Column, condition: Condition, values: tuple[str, ...]
) -> BoolArray:
    if column.numeric:
        return _numbers_compared(frame, column, condition)
    words, excludes = filled_text(frame, table, column.name), condition.compare == "!="
    codes, distinct = pd.factorize(words)
    free = [] if condition.literal else [value for value in values if "*" in value]
    patterns = [re.compile(translate(fold(value))) for value in free]
    plain = {fold(value) for value in values if value not in free}
    met = [fold(str(word)) in plain or any(each.match(fold(str(word))) for each in patterns) for word in distinct]
    found: BoolArray = np.array(met, dtype=bool)[codes] != excludes
    return found


def _numbers_compared(frame: pd.DataFrame, column: schema.Column, condition: Condition) -> BoolArray:
    """Compare numbers; a blank without a default is met by a blank alone."""
    cells = frame[column.name].to_numpy(dtype=float) if column.name in frame else np.full(len(frame), np.nan)
    default = column.default_value()
    numbers = cells if default is None else np.where(np.isnan(cells), float(default), cells)
    parts = [
        np.isnan(cells) if value == "" else _ORDER["=" if condition.compare == "!=" else condition.compare](
            numbers, _number(value)
        )
        for value in condition.values
    ]  # fmt: skip
    met: BoolArray = np.logical_or.reduce(parts)
    return ~met if condition.compare == "!=" else met


def no_column(table: schema.Table, name: str) -> FilterError:
    """Return the error for a column that a table does not have."""
    near = closest(name, table.columns)
    fix = f"did you mean {near}?" if near else f"use one of {', '.join(table.columns)}"
    return FilterError(f"{shown(name)} is not a column of {table.name}", fix)


def unknown_name(words: str, frames: Mapping[str, pd.DataFrame], table: str) -> str:
    """Return a fix for a filter that no row meets: the closest name there is."""
    wanted = conditions(words, schema.tables()[table])
    for condition in wanted:
        if condition.through or condition.compare != "=" or condition.column not in frames[table]:
            continue
        known = [str(name) for name in frames[table][condition.column].dropna().unique()]
        for value in condition.values:
            near = closest(value, known)
            if value and near is not None and fold(near) != fold(value):
                return f"did you mean {near}?"
    return f"check the filter against the rows of {table}"
