"""The data dictionary: every table and column that netopt reads, one CSV per table.

A column's ``type`` says what a cell may hold:

====================  =====================================================================
``name``              an identifier, unique in its table (after trimming and case folding)
``ref:KIND``          the name of a facility, customer, place (either), product or period
``text``              anything printable
``choice:a|b``        one of the listed words
``yesno``             yes or no
``nonnegative``       a finite number, 0 or more
``positive``          a finite number above 0
``fraction``          a number from 0 to 1
``whole``             a whole number, 0 or more
``latitude`` etc.     degrees within range
``date``              YYYY-MM-DD
====================  =====================================================================

``room`` names the modelling feature that uses the column; ``information`` marks columns that are carried along,
and ``unmodelled`` those that this version refuses when filled, because an answer that ignored them would be wrong.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

__all__ = ["Column", "Table", "normalized", "setting_keys", "side_tables", "tables"]

NUMERIC = frozenset({"nonnegative", "positive", "fraction", "whole", "latitude", "longitude"})

_HELD = {
    "name": "a name",
    "date": "YYYY-MM-DD",
    "nonnegative": "0 or more",
    "positive": "above 0",
    "fraction": "0 to 1",
    "whole": "0, 1, 2, …",
    "latitude": "-90 to 90",
    "longitude": "-180 to 180",
}


@dataclass(frozen=True)
class Column:
    """One column of a table.

    Parameters
    ----------
    name : str
        Name in the contract, lower case with underscores.
    type : str
        One of the types above.
    unit : str
        Unit of the numbers, empty for text.
    default : str
        What a blank cell means, empty for "nothing".
    required : bool
        A row without it is refused.
    key : bool
        Part of what makes a row unique in its table.
    room : str
        Modelling feature that uses it.
    description : str
        One sentence for the analyst.
    aliases : tuple of str
        Other headers that mean the same, normalized.
    """

    name: str
    type: str
    unit: str
    default: str
    required: bool
    key: bool
    room: str
    description: str
    aliases: tuple[str, ...]

    @property
    def numeric(self) -> bool:
        """Whether the cells are numbers."""
        return self.type in NUMERIC

    @property
    def choices(self) -> tuple[str, ...]:
        """The words a ``choice`` or ``yesno`` column allows; empty for other types."""
        if self.type == "yesno":
            return ("yes", "no")
        kind, _, words = self.type.partition(":")
        return tuple(words.split("|")) if kind == "choice" else ()

    @property
    def refers_to(self) -> str | None:
        """Kind of thing a ``ref`` column names: facility, customer, place, product or period."""
        kind, _, target = self.type.partition(":")
        return target if kind == "ref" else None

    @property
    def holds(self) -> str:
        """What a cell may hold, in words."""
        if self.choices:
            return ", ".join(self.choices)
        return f"a {self.refers_to}" if self.refers_to is not None else _HELD.get(self.type, self.type)

    def default_value(self) -> float | str | None:
        """Default as a value of the column's type, or None where blank means nothing."""
        if self.default == "":
            return None
        return float(self.default) if self.numeric else self.default


@dataclass(frozen=True)
class Table:
    """One table: its columns in the order of the contract."""

    name: str
    required: bool
    description: str
    aliases: tuple[str, ...]
    columns: Mapping[str, Column]

    @property
    def key(self) -> tuple[str, ...]:
        """Names of the columns that make a row unique."""
        return tuple(column.name for column in self.columns.values() if column.key)


def normalized(header: str) -> str:
    """Return a header in lower case without blanks, hyphens and underscores, for comparing names."""
    return "".join(letter for letter in header.casefold() if letter.isalnum())


@cache
def tables() -> Mapping[str, Table]:
    """Return every table of the dictionary by name, in the order of the contract."""
    return _tables("tables.csv")


@cache
def side_tables() -> Mapping[str, Table]:
    """Return the tables that stand beside a network by name: what is asked of it, and how it is run today."""
    return _tables("side_tables.csv")


@cache
def setting_keys() -> Mapping[str, Column]:
    """Return every key of the settings table by name."""
    return _columns("setting_keys.csv")


def _tables(file: str) -> Mapping[str, Table]:
    found = {}
    for row in _rows(file):
        name = row["table"]
        found[name] = Table(name, row["required"] == "yes", row["description"], _aliases(row), _columns(f"{name}.csv"))
    return MappingProxyType(found)


def _columns(file: str) -> Mapping[str, Column]:
    columns = {
        row["column"]: Column(
            name=row["column"],
            type=row["type"],
            unit=row["unit"],
            default=row["default"],
            required=row["required"] == "yes",
            key=row["key"] == "yes",
            room=row["room"],
            description=row["description"],
            aliases=_aliases(row),
        )
        for row in _rows(file)
    }
    return MappingProxyType(columns)


def _aliases(row: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(normalized(alias) for alias in row["aliases"].split(";") if alias)


def _rows(file: str) -> list[dict[str, str]]:
    text = files(__name__).joinpath(file).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), strict=True))
