"""Parquet files: typed columns keep their type, everything else becomes the text a CSV file would hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from netopt.read.headers import known_header
from netopt.read.raw import Cells, RawTable, cell_text, raw_table

if TYPE_CHECKING:
    from hashlib import _Hash
    from pathlib import Path

    from netopt.read.problems import Findings

__all__ = ["arrow_table", "read_parquet"]

BLOCK = 1 << 20
CHUNK = 20_000  # cells held as Python objects at a time
WHOLE = 2**53


def read_parquet(path: Path, source: str, digest: _Hash, findings: Findings) -> RawTable | None:
    """Return the table of a Parquet file, or None with the reason noted; rows are counted from 2, as under a header."""
    import pyarrow.parquet as pq

    with path.open("rb") as blocks:
        for block in iter(lambda: blocks.read(BLOCK), b""):
            digest.update(block)
    try:
        table = pq.ParquetFile(path).read()
    except (pa.ArrowException, OSError) as error:
        reason = str(error).splitlines()[0]
        findings.add(source, None, None, f"the file is not readable as Parquet ({reason})", "write it again")
        return None
    return arrow_table(path.stem, source, table)


def arrow_table(name: str, source: str, table: Cells) -> RawTable:
    """Return an Arrow table as a RawTable; a saved pandas index is part of it only if it is a known column."""
    saved = (table.schema.pandas_metadata or {}).get("index_columns", [])
    index = {header for header in saved if isinstance(header, str) and not known_header(header)}
    inside = [i for i, header in enumerate(table.column_names) if header not in index]
    columns = [_cells(table.column(i)) for i in inside]
    headers = [table.column_names[i] for i in inside]
    return raw_table(name, source, headers, columns, np.arange(2, table.num_rows + 2, dtype=np.int64))


def _cells(column: Cells) -> Cells:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _cells(column.cast(kind.value_type))
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_floating(kind):
        return column
    if pa.types.is_integer(kind) and not pa.types.is_uint64(kind):
        numbers = column.cast(pa.int64())
        largest = pc.max(pc.abs_checked(numbers)).as_py() if len(numbers) else 0
        if largest is None or largest <= WHOLE:
            return numbers
    some = (column.slice(start, CHUNK) for start in range(0, len(column), CHUNK))
    texts = [pa.array([cell_text(value) for value in cells.to_pylist()], pa.large_string()) for cells in some]
    return pa.chunked_array(texts, pa.large_string())
