"""Tables with a cell typed: words that are no number stay words, for the reader to say what is wrong with them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netopt import schema
from netopt.read.numbers import number_of
from netopt.read.raw import cell_text

__all__ = ["columns_of", "filled", "with_blank_rows", "with_cell"]


def columns_of(table: str) -> list[schema.Column]:
    """Return the columns that can be edited: those that this version of netopt does not refuse when filled."""
    return [column for column in schema.tables()[table].columns.values() if column.room != "unmodelled"]


def filled(frame: pd.DataFrame) -> bool:
    """Return whether a table holds anything at all."""
    return bool(frame.notna().to_numpy().any())


def with_cell(table: str, frame: pd.DataFrame, row: int, column: schema.Column, text: str) -> pd.DataFrame:
    """Return a table with one cell typed; a numeric column that holds other words is one of text from then on."""
    kind = "float64" if column.numeric else "str"
    cells = frame[column.name] if column.name in frame else pd.Series(np.nan, index=frame.index, dtype=kind)
    number = number_of(text) if column.numeric else np.nan
    at = frame.index.get_indexer(pd.Index([row]))[0]
    if pd.api.types.is_float_dtype(cells.dtype) and (text == "" or not np.isnan(number)):
        numbers = cells.to_numpy(dtype=np.float64, copy=True)
        numbers[at] = number
        cells = pd.Series(numbers, index=frame.index)
    else:
        words = [cell_text(each) for each in cells.tolist()]
        words[at] = text or None
        cells = pd.Series(words, index=frame.index, dtype=object)
    order = [name for name in schema.tables()[table].columns if name in frame or name == column.name]
    return frame.assign(**{column.name: cells})[order]


def with_blank_rows(typed: pd.DataFrame | None, read: pd.DataFrame | None) -> pd.DataFrame:
    """Return a table as it was read, with the rows in it that are blank yet and that reading passes over."""
    if read is None:
        return typed if typed is not None else pd.DataFrame()
    if typed is None:
        return read
    blank = typed.index[np.asarray(typed.isna().to_numpy().all(axis=1))].difference(read.index)
    if not len(blank):
        return read
    order = [*(row for row in typed.index if row in read.index or row in blank)]
    order += [row for row in read.index if row not in typed.index]
    return read.reindex(pd.Index(order, name="row", dtype="int64"))
