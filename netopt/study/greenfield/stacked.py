"""New rows as lines of a stacked table, in the order of the input's columns, so that they can be put below its rows."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pandas as pd

from netopt import schema
from netopt.network import Network
from netopt.read.headers import STACK_HEADER, column_named
from netopt.read.raw import cell_text

__all__ = ["header_for", "lines_of"]


def header_for(network: Network, rows: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return the columns of the input's one file where it is one, then those that it lacks.

    Parameters
    ----------
    network : Network
        As it was read.
    rows : mapping of str to DataFrame
        New rows by table.
    """
    header = _first_line(network) or [STACK_HEADER]
    for table, frame in rows.items():
        known = {*_owned(table, header).values()}
        header += [str(name) for name in frame if name not in known]
    return header


def _first_line(network: Network) -> list[str]:
    """Return the first line of a stacked CSV file, nothing for any other input."""
    path = network.tables.path
    if path is None or Path(path).suffix.casefold() != ".csv" or not Path(path).is_file():
        return []
    with Path(path).open(newline="", encoding="utf-8-sig") as source:
        line = next(csv.reader(source), [])
    named = [schema.normalized(name) for name in line]
    return line if STACK_HEADER in named and len(set(named)) == len(named) else []


def _owned(table: str, header: Sequence[str]) -> dict[str, str]:
    """Return which column of a table each header means; where several mean one, that which is spelled like it."""
    found: dict[str, str] = {}
    for name in header:
        column = column_named(schema.tables()[table], name)
        exact = column is not None and schema.normalized(name) == schema.normalized(column.name)
        if column is not None and (exact or column.name not in found):
            found[column.name] = name
    return {name: column for column, name in found.items()}


def lines_of(rows: Mapping[str, pd.DataFrame], header: Sequence[str]) -> Iterator[list[str]]:
    """Yield the header and the rows as text; numbers as they were, cells of other tables blank."""
    yield list(header)
    for table, frame in rows.items():
        columns = {str(name): [cell_text(value) or "" for value in frame[name].tolist()] for name in frame}
        owned, blank = _owned(table, header), [""] * len(frame)
        cells = [
            [table] * len(frame) if schema.normalized(name) == STACK_HEADER else columns.get(owned.get(name, ""), blank)
            for name in header
        ]
        yield from map(list, zip(*cells, strict=True))
