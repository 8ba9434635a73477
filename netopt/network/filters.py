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
``name="A;B"``         in quotes, letters mean themselves; a quote is written twice
=====================  ==========================================================================================

A blank cell is compared as its default in the dictionary where it has one, and in the row of a period as in the row
that it overrides.
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
from netopt.network.overrides import base_rows, in_force, same_keys
from netopt.read.headers import column_named
from netopt.read.numbers import number_of
from netopt.read.problems import closest, fold, shown

__all__ = [
    "Condition",
    "FilterError",
    "Rows",
    "conditions",
    "no_column",
    "quoted",
    "split",
    "unknown_name",
    "unquoted",
]

BoolArray = npt.NDArray[np.bool_]
IntArray = npt.NDArray[np.int64]

_CLAUSE = re.compile(r"([A-Za-z_][\w ]*(?:\.[A-Za-z_][\w ]*)?)(!=|<=|>=|=|<|>)(.*)", re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
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
    free : tuple of str
        Those of the values in which ``*`` stands for any letters, as it does outside quotes.
    """

    column: str
    through: str
    compare: str
    values: tuple[str, ...]
    free: tuple[str, ...] = ()


def conditions(words: str, table: schema.Table) -> tuple[Condition, ...]:
    """Return the conditions of a filter.

    Raises
    ------
    FilterError
        When it names a column that is not there, or compares words by size.
    """
    return tuple(_condition(part, table) for part in split(words, ";") if part.strip())


def _condition(words: str, table: schema.Table) -> Condition:
    found = _CLAUSE.fullmatch(words.strip())
    if found is None:
        return Condition(table.key[0], "", "=", *_values(words))
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
    listed, free = _values(values)
    if compare not in ("=", "!=") and "" in listed:
        raise FilterError(f"{shown(words.strip())} compares with nothing", f"write a number after {compare}")
    if compared.numeric:
        for value in filter(None, listed):
            _number(value)
    return Condition(column.name, through, compare, listed, free)


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


def quoted(value: str) -> str:
    """Return a value in quotes, so that its letters mean themselves."""
    return '"' + value.replace('"', '""') + '"'


def unquoted(words: str) -> str:
    """Return what words in quotes stand for."""
    return _QUOTED.sub(lambda found: found[1].replace('""', '"'), words.strip())


def split(words: str, mark: str) -> list[str]:
    """Return the parts between marks; quotes keep a part together."""
    parts, begin = [], 0
    for found in re.finditer(rf'"[^"]*"|{re.escape(mark)}', words):
        if found[0] == mark:
            parts.append(words[begin : found.start()])
            begin = found.end()
    return [*parts, words[begin:]]


def _values(words: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the values of a condition, and those among them with a ``*`` that stands for any letters."""
    if words.count('"') % 2:
        raise FilterError(f"{shown(words)} has a quote that does not end", 'close it with another "')
    parts = split(words, "|")
    free = tuple(part.strip() for part in parts if "*" in part and '"' not in part)
    return tuple(map(unquoted, parts)), free


def _number(value: str) -> float:
    found = number_of(value)
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
    def groups(self) -> dict[str, list[str]]:
        """Members of every group by its folded name."""
        groups: dict[str, list[str]] = {}
        frame = self._frames.get("groups")
        if frame is not None and {"name", "member"} <= {*frame}:
            for name, member in zip(frame["name"], frame["member"], strict=True):
                groups.setdefault(fold(str(name)), []).append(str(member))
        return groups

    @cached_property
    def periods(self) -> list[str]:
        """Names of the periods."""
        return [str(name) for name in self._frames["periods"]["name"]] if "periods" in self._frames else []

    def base(self, table: str) -> IntArray:
        """Return the position of the row that each row of a table overrides, see `base_rows`."""
        return base_rows(self._frames[table], schema.tables()[table], self.groups)

    def matching(self, table: str, wanted: tuple[Condition, ...]) -> BoolArray:
        """Return which rows of a table meet all conditions, shape (rows,).

        Raises
        ------
        FilterError
            When a row stands for a group of which only a part is meant.
        """
        frame = self._frames[table]
        found = self._each(table, wanted)
        some, met = np.ones((2, len(frame)), dtype=bool)
        for any_of, _ in found:
            some &= any_of
        for condition, (_, every) in zip(wanted, found, strict=True):
            met &= every
            partly = np.flatnonzero(some & ~every)
            if len(partly):
                self._refuse(str(frame[condition.column].iloc[partly[0]]), condition.column)
        return met

    def possible(self, table: str, wanted: tuple[Condition, ...]) -> BoolArray:
        """Return which rows meet all conditions for a part of what they stand for, shape (rows,)."""
        some = np.ones(len(self._frames[table]), dtype=bool)
        for any_of, _ in self._each(table, wanted):
            some &= any_of
        return some

    def _each(self, table: str, wanted: tuple[Condition, ...]) -> list[tuple[BoolArray, BoolArray]]:
        base = self.base(table)
        return [self._met(schema.tables()[table], self._frames[table], condition, base) for condition in wanted]

    def meant_periods(self, wanted: tuple[Condition, ...]) -> list[str]:
        """Return the periods that all conditions on a column ``period`` mean."""
        tests = [self._test(schema.tables()["demand"].columns["period"], each) for each in wanted]
        return [name for name in self.periods if all(test(name) for test in tests)]

    def _met(
        self, table: schema.Table, frame: pd.DataFrame, condition: Condition, base: IntArray
    ) -> tuple[BoolArray, BoolArray]:
        """Return which rows meet a condition for some and for all of what they stand for."""
        column = table.columns[condition.column]
        if column.refers_to:
            return self._referring(table, frame, column, condition)
        cells = in_force(frame[column.name], base) if column.name in frame else None
        if column.numeric:
            met = _numbers_compared(cells, len(frame), column, condition)
        else:
            met = _words_compared(cells, len(frame), column, self._test(column, condition))
        return met, met

    def _referring(
        self, table: schema.Table, frame: pd.DataFrame, column: schema.Column, condition: Condition
    ) -> tuple[BoolArray, BoolArray]:
        """Return which rows name, or are groups that hold, something that meets a condition; some and all of it."""
        test = self._test(column, condition)
        blank = self._blank(column, condition, test)
        if column.name not in frame:
            return np.full(len(frame), blank), np.full(len(frame), blank)
        codes, words = pd.factorize(frame[column.name], use_na_sentinel=True)
        within = [[test(member) for member in self.groups.get(fold(str(word)), (str(word),))] for word in words]
        some = np.array([*map(any, within), blank], dtype=bool)[codes]
        every = np.array([*map(all, within), blank], dtype=bool)[codes]
        if (some & ~every).any():
            self._without_own(table, frame, column, test, some, every)
        return some, every

    def _blank(self, column: schema.Column, condition: Condition, test: Callable[[str], bool]) -> bool:
        """Return whether a blank reference meets a condition; a blank period is every period."""
        if column.name == "period" and not ("" in condition.values and not condition.through):
            return bool(self.periods) and all(map(test, self.periods))
        return not condition.through and test("")

    def _without_own(
        self,
        table: schema.Table,
        frame: pd.DataFrame,
        column: schema.Column,
        test: Callable[[str], bool],
        some: BoolArray,
        every: BoolArray,
    ) -> None:
        """Judge groups of which a part is meant by the members that have no row of their own, which would win."""
        others = same_keys(frame, [name for name in table.key if name != column.name and name in frame])
        own = set(zip(others.tolist(), (fold(str(word)) for word in frame[column.name]), strict=True))
        for i in np.flatnonzero(some & ~every):
            members = self.groups[fold(str(frame[column.name].iloc[i]))]
            within = [test(member) for member in members if (int(others[i]), fold(member)) not in own]
            some[i], every[i] = any(within), bool(within) and all(within)

    def _test(self, column: schema.Column, condition: Condition) -> Callable[[str], bool]:
        """Return what says whether a name or a word meets a condition."""
        if condition.through:
            named = self._named(column, condition)
            return lambda word: fold(word) in named
        patterns = [re.compile(translate(re.sub(r"([?[])", r"[\1]", fold(value)))) for value in condition.free]
        plain = {fold(value) for value in condition.values}
        if column.refers_to or column.type == "name":
            named = {name for name in self.groups if name in plain or any(each.match(name) for each in patterns)}
            plain |= {fold(member) for name in named for member in self.groups[name]}
        excludes = condition.compare == "!="
        return lambda word: (fold(word) in plain or any(each.match(fold(word)) for each in patterns)) != excludes

    def _named(self, column: schema.Column, condition: Condition) -> set[str]:
        """Return the customers, sites, products or periods that meet a condition on their own columns, folded."""
        named: set[str] = set()
        for name in _TABLES[column.refers_to or ""]:
            table = schema.tables()[name]
            if name in self._frames and condition.through in table.columns:
                inner = replace(condition, column=condition.through, through="")
                met, _ = self._met(table, self._frames[name], inner, self.base(name))
                named |= {fold(str(value)) for value in self._frames[name]["name"][met]}
        return named

    def _refuse(self, group: str, column: str) -> None:
        message = f"only a part of the group {shown(group)} is meant, for all of which a row stands"
        raise FilterError(message, f"give the members that change rows of their own, by {column}")


def _words_compared(
    cells: pd.Series | None, count: int, column: schema.Column, test: Callable[[str], bool]
) -> BoolArray:
    if cells is None:
        return np.full(count, test(column.default))
    codes, words = pd.factorize(cells, use_na_sentinel=True)
    met: BoolArray = np.array([*(test(str(word)) for word in words), test(column.default)], dtype=bool)[codes]
    return met


def _numbers_compared(cells: pd.Series | None, count: int, column: schema.Column, condition: Condition) -> BoolArray:
    """Compare numbers; a blank without a default is met by a blank alone."""
    typed = np.full(count, np.nan) if cells is None else cells.to_numpy(dtype=float)
    default = column.default_value()
    numbers = typed if default is None else np.where(np.isnan(typed), float(default), typed)
    compared = _ORDER["=" if condition.compare == "!=" else condition.compare]
    parts = [np.isnan(typed) if value == "" else compared(numbers, _number(value)) for value in condition.values]
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
