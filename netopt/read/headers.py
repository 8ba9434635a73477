"""Which table a name means and which column a header means: names and aliases of the dictionary, in any spelling."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from netopt import schema
from netopt.read.problems import Findings, closest, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from netopt.read.raw import Cells, RawTable

__all__ = [
    "IGNORED",
    "STACK_HEADER",
    "column_named",
    "columns_of",
    "ignorable",
    "known_header",
    "of_a_network",
    "side_table_named",
    "table_named",
]

STACK_HEADER = "table"
"""Header of the column that says, in a stacked file, which table a row belongs to."""

IGNORED = ("_", "x_", "note", "comment")
"""A column, sheet or file whose name starts like this is the analyst's own and is passed over."""


def ignorable(name: str) -> bool:
    """Return whether a column, sheet or file is the analyst's own: ``_…``, ``x_…``, ``note…``, ``comment…``."""
    return name.strip().casefold().startswith(IGNORED)


def elsewhere(name: str) -> bool:
    """Return whether a sheet or file is a table that stands beside a network."""
    return side_table_named(name) is not None


def side_table_named(name: str) -> str | None:
    """Return the table beside a network that a sheet or file names, or None."""
    return _side_names().get(schema.normalized(name))


def of_a_network(name: str) -> bool:
    """Return whether a sheet, table or file is one of a network's, and not somebody's own."""
    return table_named(name) is not None and not ignorable(name) and not elsewhere(name)


def table_named(name: str) -> schema.Table | None:
    """Return the table that a file, sheet or cell names, or None."""
    found = _table_names().get(schema.normalized(name))
    return None if found is None else schema.tables()[found]


def column_named(table: schema.Table, header: str) -> schema.Column | None:
    """Return the column of a table that a header means, or None.

    A unit may follow in brackets, as in ``plan.xlsx``: ``quantity (units)``. Any other than that of the dictionary is
    not understood, because pallets are no units; only a column that is not used may be in anything.
    """
    names = _column_names(table.name)
    found = names.get(schema.normalized(header))
    if found is not None:
        return table.columns[found]
    name, bracket, unit = header.strip().removesuffix(")").partition(" (")
    found = names.get(schema.normalized(name)) if bracket and header.strip().endswith(")") else None
    if found is None:
        return None
    column = table.columns[found]
    known = unit.casefold() in (column.unit, column.unit.removesuffix("/period"))
    return column if known or column.room == "information" else None


def known_header(header: str) -> bool:
    """Return whether any table has a column of this name."""
    return any(column_named(table, header) is not None for table in schema.tables().values())


def closest_table(name: str) -> str:
    """Return a fix that names the table closest to an unknown name."""
    near = closest(name, _table_names().values()) or _near(name, _table_names())
    return f"did you mean {near}?" if near else f"use one of {', '.join(schema.tables())}"


def closest_column(table: schema.Table, header: str) -> str:
    """Return a fix that names the column closest to an unknown header."""
    near = closest(header, table.columns) or _near(header, _column_names(table.name))
    own = "or start its name with x_ to keep it as a note of your own"
    return f"did you mean {near}? Rename it, remove it, {own}" if near else f"remove it, {own}"


def columns_of(raw: RawTable, table: schema.Table, findings: Findings) -> dict[str, tuple[str, Cells | None]]:
    """Return, for each column of the dictionary that a table has, the header as typed and the cells.

    Notes unknown headers with the closest known one, and two headers that mean the same column.
    """
    found: dict[str, tuple[str, Cells | None]] = {}
    for header, cells in zip(raw.headers, raw.columns, strict=True):
        if not header:
            message = "a column without a header has filled cells"
            findings.add(raw.source, raw.header_row, None, message, "give it a header or remove it")
            continue
        if ignorable(header):
            continue
        column = column_named(table, header)
        if column is None:
            message = f"{shown(header)} is not a column of {table.name}"
            findings.add(raw.source, raw.header_row, header, message, closest_column(table, header))
        elif column.name in found:
            other = found[column.name][0]
            same = "appears twice" if other == header else f"means the same as {shown(other)}"
            message = f"the header {shown(header)} {same}"
            findings.add(raw.source, raw.header_row, header, message, "keep one of the two columns")
        else:
            found[column.name] = (header, cells)
    return found


def _near(name: str, aliases: Mapping[str, str]) -> str | None:
    near = closest(schema.normalized(name), aliases)
    return None if near is None else aliases[near]


@cache
def _table_names() -> Mapping[str, str]:
    return _names((table.name, table.aliases) for table in schema.tables().values())


@cache
def _side_names() -> Mapping[str, str]:
    return _names((table.name, table.aliases) for table in schema.side_tables().values())


@cache
def _column_names(table: str) -> Mapping[str, str]:
    columns = {**schema.side_tables(), **schema.tables()}[table].columns.values()
    return _names((column.name, column.aliases) for column in columns)


def _names(entries: Iterable[tuple[str, tuple[str, ...]]]) -> Mapping[str, str]:
    """Return name by normalized spelling; a name itself wins over an alias of another."""
    listed = list(entries)
    names = {schema.normalized(name): name for name, _ in listed}
    for name, aliases in listed:
        for alias in aliases:
            names.setdefault(schema.normalized(alias), name)
    return names
