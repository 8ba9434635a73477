"""Tables that stand beside a network, each from a file of its own: scenarios, and how the network is run today."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.read.cells import typed
from netopt.read.csv_file import read_csv
from netopt.read.frames import read_frame
from netopt.read.headers import columns_of, side_table_named
from netopt.read.problems import Findings, always, shown

if TYPE_CHECKING:
    import os

    from netopt.read.raw import RawTable

__all__ = ["read_side_table"]


def read_side_table(source: str | os.PathLike[str] | pd.DataFrame, name: str) -> tuple[pd.DataFrame, str]:
    """Read one table of `netopt.schema.side_tables`, its cells checked by their types.

    Parameters
    ----------
    source : path or DataFrame
        A CSV or Parquet file, a workbook with a sheet of that name, or a frame.
    name : str
        Of the table.

    Returns
    -------
    frame : DataFrame
        Every column of the dictionary, blank where the input has none; index ``row``, as a spreadsheet counts.
    label : str
        What to call the source in messages.

    Raises
    ------
    InputError
        With every problem found in the table.
    """
    findings = Findings()
    table = schema.side_tables()[name]
    raw = read_frame(name, source, findings) if isinstance(source, pd.DataFrame) else _raw(Path(source), name, findings)
    findings.stop()
    if raw is None or not len(raw.rows):
        label = name if raw is None else raw.source
        raise InputError([Problem(label, None, None, f"{name} has no rows", "add at least one row under the header")])
    columns = columns_of(raw, table, findings)
    frame = pd.DataFrame(index=pd.Index(raw.rows, name="row"))
    for column in table.columns.values():
        header, cells = columns.get(column.name, (column.name, None))
        blank = pd.Series(index=frame.index, dtype="float64" if column.numeric else "str")
        wrong = None
        if cells is not None:
            values, wrong = typed(raw, header, cells, column, findings)
            blank = pd.Series(values, index=frame.index)
        frame[column.name] = blank
        empty = blank.isna().to_numpy() if wrong is None else blank.isna().to_numpy() & ~wrong
        if column.required and empty.any():
            message, fix = "the cell is blank", f"fill it in; every row of {name} needs it"
            findings.many(raw.source, header, raw.rows[empty], always(message, fix), kind=message)
    findings.stop()
    return frame, raw.source


def _raw(path: Path, name: str, findings: Findings) -> RawTable | None:
    if not path.exists() or path.is_dir():
        message = "it is a folder" if path.is_dir() else "there is no such file"
        raise InputError([Problem(str(path), None, None, message, f"give a file with the table {name}")])
    extension, digest = path.suffix.casefold(), hashlib.sha256()
    try:
        if extension in (".csv", ".txt", ".tsv"):
            return read_csv(path, path.name, digest, findings)
        if extension in (".parquet", ".pq"):
            from netopt.read.parquet import read_parquet

            return read_parquet(path, path.name, digest, findings)
        if extension in (".xlsx", ".xlsm"):
            return _sheet_of(path, name, findings)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([Problem(path.name, None, None, f"it cannot be read ({reason})", "check the file")]) from error
    message = f"files like {shown(path.name)} are not read as {name}"
    raise InputError([Problem(path.name, None, None, message, "give a .csv, .xlsx or .parquet file")])


def _sheet_of(path: Path, name: str, findings: Findings) -> RawTable:
    from netopt.read.workbook import read_workbook

    sheets = read_workbook(path, hashlib.sha256(), findings, lambda sheet: side_table_named(sheet) == name)
    found = [raw for sheet, raw in sheets if raw is not None and side_table_named(sheet) == name]
    if not found:
        findings.stop()
        raise InputError([Problem(path.name, None, None, f"it has no sheet {name}", f"name the sheet {name}")])
    return found[0]
