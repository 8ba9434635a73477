"""DataFrames in memory: the same checks as a file of the same cells, and the caller's frames left as they are."""

from __future__ import annotations

import csv
import hashlib
import io
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from netopt.read.raw import Cells, RawTable, cell_text, number_text, raw_table

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from netopt.read.problems import Findings

__all__ = ["column_of", "read_frame", "rendered"]

WHOLE = 2**53
CHUNK = 20_000


def read_frame(name: str, frame: object, findings: Findings) -> RawTable | None:
    """Return a frame as a table; rows are counted from 2, as if it stood in a file under its header.

    An index ``row`` of distinct numbers says which rows they are, as in a table that was read before.
    """
    source = f"{name} table"
    if not isinstance(frame, pd.DataFrame):
        message = f"a {type(frame).__name__} was given"
        findings.add(source, None, None, message, "give a pandas DataFrame")
        return None
    columns = [column_of(frame.iloc[:, i]) for i in range(frame.shape[1])]
    headers = ["" if header is None else str(header) for header in frame.columns]
    numbered = frame.index.name == "row" and isinstance(frame.index.dtype, np.dtype) and frame.index.dtype.kind == "i"
    numbered = numbered and frame.index.is_unique
    rows = frame.index.to_numpy(dtype=np.int64) if numbered else np.arange(2, len(frame) + 2, dtype=np.int64)
    return raw_table(name, source, headers, columns, rows)


def column_of(values: pd.Series) -> Cells:
    """Return a column of a frame as cells: numbers as they are, everything else as text."""
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        return column_of(values.astype(kind.categories.dtype))
    if pd.api.types.is_float_dtype(kind):
        floats = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return pa.chunked_array([pa.array(floats, pa.float64(), from_pandas=True)])
    if pd.api.types.is_integer_dtype(kind) and not values.isna().any():
        whole = values.to_numpy()
        if len(whole) == 0 or (int(whole.max()) <= WHOLE and int(whole.min()) >= -WHOLE):
            return pa.chunked_array([pa.array(whole.astype(np.int64))])
    if isinstance(kind, pd.StringDtype):
        cells = pa.array(values.array, from_pandas=True)
        return cells if isinstance(cells, pa.ChunkedArray) else pa.chunked_array([cells])
    return _by_cell(values.astype(object).tolist())


def _by_cell(values: Sequence[Any]) -> Cells:
    return pa.chunked_array([pa.array([cell_text(value) for value in values], pa.large_string())])


def rendered(raw: Mapping[str, RawTable]) -> str:
    """Return the SHA-256 of tables written as CSV, in the order of their names."""
    digest = hashlib.sha256()
    for name in sorted(raw):
        table = raw[name]
        digest.update(f"{name}\n".encode())
        filled = [
            (header, column) for header, column in zip(table.headers, table.columns, strict=True) if column is not None
        ]
        for start in range(0, max(len(table.rows), 1), CHUNK):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\n")
            if start == 0:
                writer.writerow([header for header, _ in filled])
            writer.writerows(zip(*(_texts(column.slice(start, CHUNK)) for _, column in filled), strict=True))
            digest.update(text.getvalue().encode("utf-8", "surrogatepass"))
    return digest.hexdigest()


def _texts(cells: Cells) -> list[str | None]:
    values = cells.to_pylist()
    return values if pa.types.is_large_string(cells.type) else [None if v is None else number_text(v) for v in values]
