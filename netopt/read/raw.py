"""A table as it stands in the source: headers as typed, cells trimmed but not yet understood."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["RawTable", "cell_text", "number_text", "raw_table", "valid"]

WHOLE = 2.0**53  # beyond this a float no longer tells neighbouring whole numbers apart

Cells = Any  # pa.ChunkedArray: pyarrow ships no type hints


@dataclass(frozen=True)
class RawTable:
    """A table before its headers and cells have been looked at.

    Parameters
    ----------
    name : str
        What the source calls it: the file, sheet or key, without extension.
    source : str
        Where it stands, for messages.
    headers : list of str
        Headers as typed, trimmed.
    columns : list of ChunkedArray or None
        One per header: ``large_string``, ``double`` or ``int64`` with null for blank; None if blank throughout.
    rows : array of int64
        Row of each record as a spreadsheet counts it.
    header_row : int
        Row of the header.
    partial : bool
        Some rows are left out because they could not be read; each has been noted.
    """

    name: str
    source: str
    headers: list[str]
    columns: list[Cells | None]
    rows: NDArray[np.int64]
    header_row: int = 1
    partial: bool = False


def raw_table(
    name: str,
    source: str,
    headers: Sequence[str],
    columns: Sequence[Cells | None],
    rows: NDArray[np.int64],
    header_row: int = 1,
    *,
    partial: bool = False,
) -> RawTable:
    """Return a RawTable with cells trimmed, blank cells null, blank rows and nameless blank columns left out."""
    cells = [None if column is None else _trimmed(column) for column in columns]
    named = [(header.strip(), column) for header, column in zip(headers, cells, strict=True)]
    named = [(header, column) for header, column in named if header or column is not None]
    filled = _filled_rows([column for _, column in named], len(rows))
    if filled is not None:
        named = [(header, None if column is None else column.filter(pa.array(filled))) for header, column in named]
        rows = rows[filled]
    return RawTable(name, source, [h for h, _ in named], [c for _, c in named], rows, header_row, partial)


def _trimmed(column: Cells) -> Cells | None:
    """Return cells without blanks around them and null where nothing is left; None if that is everywhere."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
        empty = pc.equal(column, "")
        if pc.any(empty).as_py():
            column = pc.if_else(empty, pa.scalar(None, pa.large_string()), column)
    elif pa.types.is_floating(kind):
        column = column.cast(pa.float64())
        missing = pc.is_nan(column)
        if pc.any(missing).as_py():
            column = pc.if_else(missing, pa.scalar(None, pa.float64()), column)
    return None if column.null_count == len(column) else column


def _filled_rows(columns: Sequence[Cells | None], count: int) -> NDArray[np.bool_] | None:
    """Return which rows have a filled cell; None when all of them do."""
    filled = np.zeros(count, dtype=bool)
    for column in columns:
        if column is None:
            continue
        if column.null_count == 0:
            return None
        filled |= valid(column)
    return None if filled.all() else filled


def valid(cells: Cells) -> NDArray[np.bool_]:
    """Return which cells are filled."""
    return np.asarray(pc.is_valid(cells).to_numpy(zero_copy_only=False), dtype=bool)


def number_text(value: float) -> str:
    """Return a number as a person would type it: whole numbers without ``.0``."""
    if isinstance(value, float) and (not value.is_integer() or abs(value) > WHOLE):
        return repr(float(value))
    return str(int(value))


def cell_text(value: object) -> str | None:
    """Return a cell of a workbook, frame or database as the text that a CSV file would hold; None for blank."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "true" if value else "false"
    if isinstance(value, int | np.integer):
        return str(int(value))
    if isinstance(value, float | np.floating):
        return None if value != value else number_text(float(value))
    if isinstance(value, datetime.datetime):
        if value != value:  # NaT
            return None
        midnight = value.time() == datetime.time() and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat(sep=" ")
    if isinstance(value, datetime.date):
        return value.isoformat()
    text = str(value)
    return None if text in ("<NA>", "NaT") else text
