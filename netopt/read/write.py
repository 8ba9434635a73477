"""Write tables in any of the shapes that `read_tables` reads, whole or not at all."""

from __future__ import annotations

import csv
import os
import tempfile
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from netopt import schema
from netopt.read.headers import table_named
from netopt.read.raw import cell_text
from netopt.read.tables import Tables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["replacing", "write_cells", "write_tables"]

CHUNK = 20_000


def write_tables(tables: Tables | Mapping[str, pd.DataFrame], path: str | os.PathLike[str]) -> None:
    """Write tables as one stacked file, a folder of CSV files, or a workbook, so that they read back the same.

    Parameters
    ----------
    tables : Tables or mapping of str to DataFrame
        Tables by their names in the contract; other columns than those of the contract are written too.
    path : path
        ``.csv`` for one stacked file, ``.xlsx`` for a workbook, no extension for a folder.

    Raises
    ------
    FileExistsError
        When the folder holds a table that is not among those to be written, and that would be read with them.
    ValueError
        When the path has another extension, or a table is not one of the contract.

    Notes
    -----
    Numbers keep every digit: floats as their ``repr``, whole numbers without ``.0``. Each file is written beside its
    place, flushed to the disk and then moved there. Text is written as it is, because this is input that must
    read back; a cell that starts with ``=`` is thus a formula to a spreadsheet that opens the CSV file. The
    workbook stores such cells as text.
    """
    frames = dict(tables.frames if isinstance(tables, Tables) else tables)
    for name in frames:
        if name not in schema.tables():
            raise ValueError(f"{name!r} is not a table of netopt; use {', '.join(schema.tables())}")
    target = Path(path)
    extension = target.suffix.casefold()
    ordered = {name: frames[name] for name in schema.tables() if name in frames}
    if extension == ".csv":
        with replacing(target) as file:
            _write_csv(file, _stacked(ordered))
    elif extension == ".xlsx":
        with replacing(target) as file:
            _write_workbook(file, ordered)
    elif extension == "":
        _write_folder(target, ordered)
    else:
        raise ValueError(f"cannot write {target.name}: use .csv, .xlsx or a folder")


def _write_folder(folder: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in folder.iterdir():
        table = table_named(file.stem) if file.suffix.casefold() in (".csv", ".parquet") else None
        if table is not None and file.name not in {f"{name}.csv" for name in frames}:
            raise FileExistsError(f"{file} would be read with the tables written to {folder}; move it away first")
    for name, frame in frames.items():
        with replacing(folder / f"{name}.csv") as file:
            _write_csv(file, _plain(frame))


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Yield a new file beside the target; move it there once it is complete and on the disk."""
    handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    os.close(handle)
    file = Path(name)
    try:
        yield file
        with file.open("rb") as written:
            os.fsync(written.fileno())
        file.chmod(0o666 & ~_umask())
        file.replace(target)
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_csv(file: Path, rows: Iterator[Sequence[str | None]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        while chunk := list(islice(rows, CHUNK)):
            writer.writerows(chunk)
        out.flush()


def _plain(frame: pd.DataFrame) -> Iterator[Sequence[str | None]]:
    """Yield the header and the rows of one table as text."""
    yield [str(column) for column in frame.columns]
    yield from zip(*_texts(frame), strict=True)


def _stacked(frames: Mapping[str, pd.DataFrame]) -> Iterator[Sequence[str | None]]:
    """Yield one header for all tables, then their rows."""
    columns = list(dict.fromkeys(str(column) for frame in frames.values() for column in frame.columns))
    yield ["table", *columns]
    for name, frame in frames.items():
        own = dict(zip(map(str, frame.columns), _texts(frame), strict=True))
        blank = [None] * len(frame)
        yield from zip([name] * len(frame), *(own.get(column, blank) for column in columns), strict=True)


def _texts(frame: pd.DataFrame) -> list[list[str | None]]:
    return [[cell_text(value) for value in frame.iloc[:, i].tolist()] for i in range(frame.shape[1])]


def _write_workbook(file: Path, frames: Mapping[str, pd.DataFrame]) -> None:
    from netopt.read.worksheet import new_workbook

    with new_workbook(file, streamed=True) as workbook:
        bold = workbook.add_format({"bold": True})
        for name, frame in frames.items():
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, [str(column) for column in frame.columns], bold)
            write_cells(sheet, frame)


def write_cells(sheet: Any, frame: pd.DataFrame) -> None:
    """Write the rows of a table below the header of a sheet, so that they read back the same."""
    writers = [_writer(sheet, frame.iloc[:, i]) for i in range(frame.shape[1])]
    lists = [frame.iloc[:, i].tolist() for i in range(frame.shape[1])]
    for row, values in enumerate(zip(*lists, strict=True), start=1):
        for column, value in enumerate(values):
            writers[column](row, column, value)


def _writer(sheet: Any, values: pd.Series) -> Callable[[int, int, Any], None]:
    """Return what writes a cell of a column: numbers as numbers, the rest as text, blanks not at all."""
    if pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype):

        def number(row: int, column: int, value: float) -> None:
            if not pd.isna(value):
                sheet.write_number(row, column, int(value) if float(value).is_integer() else float(value))

        return number

    def text(row: int, column: int, value: object) -> None:
        written = cell_text(value)
        if written:
            sheet.write_string(row, column, written)

    return text
