"""From files or frames to checked `Tables`: every problem found at once, with its place and its fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from netopt import schema
from netopt.read.cells import typed
from netopt.read.headers import columns_of
from netopt.read.problems import Findings
from netopt.read.rules import check
from netopt.read.sheet import Sheet
from netopt.read.sources import gather
from netopt.read.tables import Tables

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from netopt.read.raw import RawTable

__all__ = ["Tables", "read_tables"]


def read_tables(source: str | os.PathLike[str] | Mapping[str, pd.DataFrame]) -> Tables:
    """Read and check the tables of a network.

    Parameters
    ----------
    source : path or mapping of str to DataFrame
        One stacked file (``network.csv`` or ``.parquet``, with a column ``table``), a folder of ``.csv`` or
        ``.parquet`` files named after the tables, an ``.xlsx`` workbook with a sheet per table, a ``.duckdb`` file,
        or frames by table name.

    Returns
    -------
    Tables
        The tables that have rows, names spelled as declared, nothing filled in.

    Raises
    ------
    InputError
        When anything is wrong: all problems together, each with source, row, column and fix. More than fifty of
        a kind in one column are counted rather than listed.

    Notes
    -----
    Names are compared in Unicode NFC, without blanks around them and without regard to case. Columns, sheets and
    files whose names start with ``_``, ``x_``, ``note`` or ``comment`` are passed over. Columns that are blank
    throughout are left out.
    """
    findings = Findings()
    gathered = gather(source, findings)
    sheets: dict[str, Sheet] = {}
    for name, raw in gathered.tables.items():
        sheet = _sheet(raw, schema.tables()[name], findings)
        if sheet is not None:
            sheets[name] = sheet
    given = {name: raw.source for name, raw in gathered.tables.items()}
    check(sheets, given, gathered.broken, gathered.label, findings)
    findings.stop()
    frames = {name: sheets[name].frame for name in schema.tables() if name in sheets}
    sources = {name: sheet.source for name, sheet in sheets.items()}
    return Tables(frames, sources, gathered.sha256, gathered.path)


def _sheet(raw: RawTable, table: schema.Table, findings: Findings) -> Sheet | None:
    """Return a table with typed columns; None where it has no rows."""
    columns = columns_of(raw, table, findings)
    if not len(raw.rows):
        return None
    typed_columns = {
        name: typed(raw, columns[name][0], cells, column, findings)
        for name, column in table.columns.items()
        if name in columns and (cells := columns[name][1]) is not None
    }
    frame = pd.DataFrame(
        {name: values for name, (values, _) in typed_columns.items()},
        index=pd.Index(raw.rows, name="row"),
        copy=False,
    )
    headers = {name: header for name, (header, _) in columns.items()}
    flawed = {name: wrong for name, (_, wrong) in typed_columns.items() if wrong is not None}
    return Sheet(table, raw.source, frame, headers, flawed)
