"""One file for all tables: a column `table` says which table a row belongs to; the other columns are the union."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from netopt import schema
from netopt.read.headers import (
    STACK_HEADER,
    closest_column,
    closest_table,
    column_named,
    elsewhere,
    ignorable,
    known_header,
    table_named,
)
from netopt.read.problems import Findings, always, closest, shown
from netopt.read.raw import Cells, RawTable, valid

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["is_stacked", "unstacked"]


def is_stacked(raw: RawTable) -> bool:
    """Return whether a table has the column that names tables."""
    return any(schema.normalized(header) == STACK_HEADER for header in raw.headers)


def unstacked(raw: RawTable, findings: Findings) -> dict[str, RawTable]:
    """Return the tables that a stacked file holds, each with the columns that are filled in its rows.

    Notes unknown tables and headers, and cells filled in a column that the row's table does not have.
    """
    if not is_stacked(raw):
        _refuse_single(raw, findings)
        return {}
    _check_headers(raw, findings)
    at = next(i for i, header in enumerate(raw.headers) if schema.normalized(header) == STACK_HEADER)
    owners = _owners(raw, at, findings)
    first = {schema.normalized(header): i for i, header in reversed(list(enumerate(raw.headers)))}
    columns = [
        (header, column.combine_chunks())
        for i, (header, column) in enumerate(zip(raw.headers, raw.columns, strict=True))
        if column is not None and not ignorable(header) and known_header(header)
        if i != at and i == first[schema.normalized(header)]
    ]
    found = {}
    for table in schema.tables():
        rows = np.flatnonzero(owners == table)
        if len(rows):
            found[table] = _own_columns(raw, schema.tables()[table], columns, rows, findings)
    return found


def _refuse_single(raw: RawTable, findings: Findings) -> None:
    fix = "add a first column `table` that says which table a row belongs to, or give the folder of one file per table"
    first = raw.headers[0] if raw.headers else ""
    near = closest(first, [STACK_HEADER])
    if near:
        fix = f"rename {shown(first)} to {near}"
    findings.add(raw.source, raw.header_row, None, "there is no column `table`", fix)


def _check_headers(raw: RawTable, findings: Findings) -> None:
    """Note headers that no table has, and those that stand twice."""
    seen: set[str] = set()
    for header in raw.headers:
        if not header:
            message = "a column without a header has filled cells"
            findings.add(raw.source, raw.header_row, None, message, "give it a header or remove it")
        elif ignorable(header):
            continue
        elif schema.normalized(header) in seen:
            message = f"the header {shown(header)} appears twice"
            findings.add(raw.source, raw.header_row, header, message, "keep one of the two columns")
        elif not known_header(header) and schema.normalized(header) != STACK_HEADER:
            every = {name: None for table in schema.tables().values() for name in table.columns}
            near = closest(header, every)
            own = "or start its name with x_ to keep it as a note of your own"
            fix = f"did you mean {near}? Rename it, remove it, {own}" if near else f"remove it, {own}"
            findings.add(raw.source, raw.header_row, header, f"{shown(header)} is not a column of any table", fix)
        seen.add(schema.normalized(header))


def _owners(raw: RawTable, at: int, findings: Findings) -> NDArray[np.object_]:
    """Return each row's table; an empty string where the cell names none."""
    cells = raw.columns[at]
    if cells is None:
        names: NDArray[np.object_] = np.full(len(raw.rows), "", dtype=object)
        words: list[str] = [""]
        codes = np.zeros(len(raw.rows), dtype=np.int64)
    else:
        encoded = cells.combine_chunks().cast(pa.large_string()).dictionary_encode()
        words = [*encoded.dictionary.to_pylist(), ""]
        codes = encoded.indices.fill_null(len(words) - 1).to_numpy().astype(np.int64)
    tables = [table_named(word) for word in words]
    names = np.array(["" if table is None else table.name for table in tables], dtype=object)
    for code, word in enumerate(words):
        rows = raw.rows[codes == code]
        if tables[code] is not None or not len(rows) or elsewhere(word) or (word and ignorable(word)):
            continue
        message = f"{shown(word)} is not a table" if word else "the row does not say which table it belongs to"
        fix = closest_table(word) if word else "write the name of the table"
        findings.many(raw.source, raw.headers[at], rows, always(message, fix), kind=message)
    return names[codes]


def _own_columns(
    raw: RawTable, table: schema.Table, columns: list[tuple[str, Cells]], rows: NDArray[np.int64], findings: Findings
) -> RawTable:
    """Return the rows of one table with its own columns; note cells filled in a column that it does not have."""
    own: list[tuple[str, Cells]] = []
    strangers: list[tuple[str, Cells]] = []
    for header, column in columns:
        cells = _taken(column, rows)
        if cells.null_count < len(cells):
            (strangers if column_named(table, header) is None else own).append((header, cells))
    for header, cells in strangers:
        at = np.flatnonzero(valid(cells))
        fix = closest_column(table, header)
        fix = fix if not fix.startswith("remove it") else f"{table.name} has no such column; clear the cell"

        def explain(
            i: int, cells: Cells = cells, at: NDArray[np.int64] = at, header: str = header, fix: str = fix
        ) -> tuple[str, str]:
            value = cells[int(at[i])].as_py()
            return f"{shown(value)} stands in a row of {table.name}, which has no column {shown(header)}", fix

        findings.many(raw.source, header, raw.rows[rows[at]], explain, kind=f"not a column of {table.name}")
    return RawTable(
        table.name,
        raw.source,
        [header for header, _ in own],
        [pa.chunked_array([cells]) for _, cells in own],
        raw.rows[rows],
        raw.header_row,
        raw.partial,
    )


def _taken(column: Cells, rows: NDArray[np.int64]) -> Cells:
    """Return some cells of a column, without a copy where the rows follow one another."""
    if rows[-1] - rows[0] + 1 == len(rows):
        return column.slice(int(rows[0]), len(rows))
    return column.take(pa.array(rows))
