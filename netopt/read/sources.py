"""Where tables come from: one stacked file, a folder, a workbook, Parquet, DuckDB, or frames in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.read.csv_file import read_csv
from netopt.read.frames import read_frame, rendered
from netopt.read.headers import closest_table, elsewhere, ignorable, table_named
from netopt.read.problems import Findings, shown
from netopt.read.stacked import is_stacked, unstacked

if TYPE_CHECKING:
    import os

    import pandas as pd

    from netopt.read.raw import RawTable

__all__ = ["Gathered", "gather"]

FORMATS = "a .csv, .xlsx, .parquet or .duckdb file, or a folder of .csv or .parquet files"


@dataclass
class Gathered:
    """The raw tables of a source under the names of the contract; those in `broken` may lack rows."""

    tables: dict[str, RawTable]
    broken: set[str]
    label: str
    sha256: str
    path: str | None


def gather(source: str | os.PathLike[str] | Mapping[str, pd.DataFrame], findings: Findings) -> Gathered:
    """Return the raw tables of a source; tables that are there but cannot be read are in `broken`.

    Raises
    ------
    InputError
        When there is no such source, or it has no readable table at all.
    """
    if isinstance(source, Mapping):
        return _frames(source, findings)
    path = Path(source)
    if not path.exists():
        raise InputError([Problem(str(path), None, None, "there is no such file or folder", "check the path")])
    try:
        gathered = _folder(path, findings) if path.is_dir() else _file(path, findings)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError([Problem(path.name, None, None, f"it cannot be read ({reason})", "check the file")]) from error
    gathered.path = str(path)
    return gathered


def _frames(frames: Mapping[str, pd.DataFrame], findings: Findings) -> Gathered:
    listed: list[tuple[str, RawTable | None]] = []
    for name, frame in frames.items():
        listed.append((str(name), read_frame(str(name), frame, findings)))
    tables, broken = _by_table(listed, findings, "table")
    return Gathered(tables, broken, "tables", rendered(tables), None)


def _file(path: Path, findings: Findings) -> Gathered:
    extension = path.suffix.casefold()
    digest = hashlib.sha256()
    if extension in (".csv", ".txt", ".tsv"):
        raw = read_csv(path, path.name, digest, findings)
    elif extension in (".parquet", ".pq"):
        from netopt.read.parquet import read_parquet

        raw = read_parquet(path, path.name, digest, findings)
    elif extension in (".xlsx", ".xlsm"):
        from netopt.read.workbook import read_workbook

        return _many(path, read_workbook(path, digest, findings), findings, "sheet", digest.hexdigest())
    elif extension in (".duckdb", ".db", ".ddb"):
        from netopt.read.duckdb_file import read_duckdb

        return _many(path, read_duckdb(path, digest), findings, "table", digest.hexdigest())
    else:
        fix = "save it as .xlsx" if extension == ".xls" else f"give {FORMATS}"
        message = (
            "old Excel files are not read" if extension == ".xls" else f"files like {shown(path.name)} are not read"
        )
        raise InputError([Problem(path.name, None, None, message, fix)])
    tables = {} if raw is None else unstacked(raw, findings)
    if raw is None or not is_stacked(raw):
        findings.stop()
    partial = set(schema.tables()) if raw is not None and raw.partial else set()
    return Gathered(tables, partial, path.name, digest.hexdigest(), None)


def _many(
    path: Path, listed: list[tuple[str, RawTable | None]], findings: Findings, noun: str, sha256: str
) -> Gathered:
    """Return the tables of a file that holds several."""
    tables, broken = _by_table(listed, findings, noun, path.name)
    if not tables and not broken:
        findings.stop()
        message = f"none of its {noun}s is a table that netopt knows"
        fix = f"name the {noun}s {', '.join(schema.tables())}"
        raise InputError([Problem(path.name, None, None, message, fix)])
    return Gathered(tables, broken, path.name, sha256, None)


def _folder(path: Path, findings: Findings) -> Gathered:
    listed: list[tuple[str, RawTable | None]] = []
    digest = hashlib.sha256()
    for file in sorted(path.iterdir(), key=lambda file: file.name):
        extension = file.suffix.casefold()
        if extension not in (".csv", ".parquet") or not file.is_file() or file.name.startswith((".", "~")):
            continue
        if table_named(file.stem) is None:
            listed.append((file.name, None))
            continue
        digest.update(file.name.encode() + b"\0")
        if extension == ".csv":
            listed.append((file.name, read_csv(file, file.name, digest, findings)))
        else:
            from netopt.read.parquet import read_parquet

            listed.append((file.name, read_parquet(file, file.name, digest, findings)))
    if not any(table_named(Path(name).stem) for name, _ in listed):
        stacked = [name for name, _ in listed if Path(name).stem.casefold() == "network"]
        message = "no file in the folder is a table that netopt knows"
        fix = (
            f"give {stacked[0]} itself"
            if stacked
            else f"name the files {', '.join(f'{t}.csv' for t in schema.tables())}"
        )
        raise InputError([Problem(path.name or str(path), None, None, message, fix)])
    tables, broken = _by_table(listed, findings, "file")
    return Gathered(tables, broken, path.name or str(path), digest.hexdigest(), None)


def _by_table(
    listed: list[tuple[str, RawTable | None]], findings: Findings, noun: str, holder: str | None = None
) -> tuple[dict[str, RawTable], set[str]]:
    """Return tables by the name of the contract; note unknown names, and two sources of the same table."""
    tables: dict[str, RawTable] = {}
    origins: dict[str, str] = {}
    broken: set[str] = set()
    for label, raw in listed:
        name = Path(label).stem if noun == "file" else label
        source = holder or label
        table = table_named(name)
        if table is None:
            if not ignorable(name) and not elsewhere(name):
                fix = f"{closest_table(name)} Rename the {noun}, or start its name with _ to have it passed over"
                findings.add(source, None, None, f"{shown(label)} is not a table that netopt knows", fix)
        elif table.name in origins:
            message = f"{shown(label)} and {shown(origins[table.name])} are both the table {table.name}"
            findings.add(source, None, None, message, "keep one of them")
        else:
            origins[table.name] = label
            if raw is None or raw.partial:
                broken.add(table.name)
            if raw is not None:
                tables[table.name] = raw
    ordered = {name: tables[name] for name in schema.tables() if name in tables}
    return ordered, broken
