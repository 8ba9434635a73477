"""A table as AG Grid shows it: columns from the dictionary, rows as they are typed, and what is wrong at its cell.

Keys of what a grid gets are names of the dictionary, never a user's words: NiceGUI runs what stands under some keys.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from netopt import schema
from netopt.errors import Problem
from netopt.read.numbers import number_of
from netopt.report.words import safe
from netopt.ui.typed import columns_of

__all__ = ["PAGE", "by_cell", "column_defs", "grid_options", "grid_rows", "problem_words", "table_of"]

PAGE = 500
"""Rows that a grid holds; the others are found by searching or turning the page."""

_MOST_CHOICES = 200
"""Names that a drop-down offers; of more, the cell is typed and the reader knows the nearest one."""

_NAMED_IN = {
    "facility": ("facilities",),
    "customer": ("customers",),
    "place": ("facilities", "customers"),
    "product": ("products",),
    "period": ("periods",),
}

_SHOWN = "p => typeof p.value === 'number' ? p.value.toLocaleString('en-US', {maximumFractionDigits: 20}) : p.value"
_COMPARED = "(a, b) => (a ?? -Infinity) - (b ?? -Infinity)"
_TOLD = "p => p.data?.wrong?.[p.column?.getColId()] ?? p.data?.wrong?.row ?? null"

Wrong = Mapping[tuple[str, int], Mapping[str, str]]


def grid_options(columns: list[dict[str, Any]], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the options of a grid in which cells are typed and rows are chosen by boxes."""
    return {
        "columnDefs": columns,
        "rowData": rows,
        "defaultColDef": {
            "editable": True, "sortable": True, "resizable": True, "cellDataType": False, "minWidth": 84,
            "cellEditor": "agTextCellEditor", "suppressMovable": True,
        },
        ":getRowId": "p => String(p.data.row)",
        "rowSelection": {"mode": "multiRow", "enableClickSelection": False},
        "selectionColumnDef": {"pinned": "left", "width": 44},
        "autoSizeStrategy": {"type": "fitCellContents"},
        "rowHeight": 34, "headerHeight": 38,
        "stopEditingWhenCellsLoseFocus": True,
        "enterNavigatesVerticallyAfterEdit": True,
        "suppressFieldDotNotation": True,
        "tooltipShowDelay": 300,
        "animateRows": False,
    }  # fmt: skip


def column_defs(table: str, frames: Mapping[str, pd.DataFrame], *, every: bool) -> list[dict[str, Any]]:
    """Return the columns of a grid.

    Parameters
    ----------
    table : str
        Its name.
    frames : mapping of str to DataFrame
        All tables as they are typed.
    every : bool
        Whether columns that the table does not have are there, too.
    """
    frame = frames.get(table, pd.DataFrame())
    shown = [column for column in columns_of(table) if every or column.required or column.name in frame]
    first = {
        "field": "row", "headerName": "row", "width": 84, "pinned": "left", "editable": False, "type": "rightAligned",
        "cellClass": ["number-of-row", "ag-right-aligned-cell"], "headerTooltip": "Row in the file",
    }  # fmt: skip
    return [first, *(_column_def(table, column, frames) for column in shown)]


def _column_def(table: str, column: schema.Column, frames: Mapping[str, pd.DataFrame]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "field": column.name,
        "headerName": column.name,
        "headerTooltip": _described(column),
        ":tooltipValueGetter": _TOLD,
        ":cellClassRules": f"{{wrong: p => Boolean(p.data?.wrong?.['{column.name}'])}}",
    }
    if column.numeric:
        said |= {"type": "rightAligned", ":valueFormatter": _SHOWN, ":comparator": _COMPARED}
    choices = [*column.choices] or _names(table, column, frames)
    if choices:
        values = choices if column.required else ["", *choices]
        said |= {"cellEditor": "agSelectCellEditor", "cellEditorParams": {"values": values}}
    return said


def _described(column: schema.Column) -> str:
    """Return what a column means, its unit, and what a blank cell means."""
    words = f"{column.description.rstrip('.')}."
    words += f" Unit: {column.unit}." if column.unit else ""
    words += " Needed." if column.required else ""
    return words + (f" Blank: {column.default}." if column.default else "")


def _names(table: str, column: schema.Column, frames: Mapping[str, pd.DataFrame]) -> list[str]:
    """Return what a cell may name, where that fits a drop-down."""
    if (table, column.name) == ("settings", "key"):
        return list(schema.setting_keys())
    if not column.refers_to:
        return []
    tables = [frames[name] for name in (*_NAMED_IN[column.refers_to], "groups") if name in frames]
    names = dict.fromkeys(str(name) for frame in tables if "name" in frame for name in frame["name"].dropna())
    return list(names) if len(names) <= _MOST_CHOICES else []


def grid_rows(
    table: str, frame: pd.DataFrame, wrong: Wrong, search: str, first: int
) -> tuple[list[dict[str, Any]], int]:
    """Return the rows that a grid holds, and how many meet the search.

    Parameters
    ----------
    table : str
        Its name.
    frame : DataFrame
        As typed.
    wrong : mapping
        What `by_cell` returns.
    search : str
        What some cell of a row has to hold; all rows without it.
    first : int
        Position of the first row that is shown among those that meet the search.
    """
    found = frame[_holding(frame, search.casefold())] if search else frame
    page = found.iloc[first : first + PAGE]
    known = [column.name for column in columns_of(table) if column.name in page]
    cells = zip(*(_cells(page[name], schema.tables()[table].columns[name]) for name in known), strict=True)
    rows = []
    for row, each in zip(page.index.tolist(), cells, strict=True):
        rows.append({"row": row, **dict(zip(known, each, strict=True)), "wrong": wrong.get((table, row), {})})
    return rows, len(found)


def _cells(values: pd.Series, column: schema.Column) -> list[str | float | None]:
    """Return cells as a grid takes them: numbers as numbers, also in a column where somebody typed a word."""
    cells = [None if cell is None or cell != cell else cell for cell in values.tolist()]
    if not column.numeric or pd.api.types.is_float_dtype(values.dtype):
        return cells
    numbers = [math.nan if cell is None else number_of(cell) for cell in cells]
    return [cell if math.isnan(number) else number for cell, number in zip(cells, numbers, strict=True)]


def _holding(frame: pd.DataFrame, words: str) -> pd.Series:
    met = pd.Series(False, index=frame.index)
    for name in frame:
        cells = frame[name]
        met |= cells.notna() & cells.astype("str").str.casefold().str.contains(words, regex=False)
    return met


def by_cell(problems: Iterable[Problem]) -> dict[tuple[str, int], dict[str, str]]:
    """Return the words of problems by table and row, and then by column (``row`` where all of it is meant)."""
    found: dict[tuple[str, int], dict[str, str]] = {}
    for problem in problems:
        if problem.row is not None:
            table = schema.tables().get(table_of(problem))
            column = problem.column if table is not None and problem.column in table.columns else "row"
            found.setdefault((table_of(problem), problem.row), {})[column or "row"] = problem_words(problem)
    return found


def table_of(problem: Problem) -> str:
    """Return the name of the table that a problem of tables in memory is in."""
    return problem.source.removesuffix(" table")


def problem_words(problem: Problem) -> str:
    """Return a problem with its fix."""
    return safe(f"{problem.message}; {problem.fix}" if problem.fix else problem.message)
