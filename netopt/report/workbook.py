"""A plan as a workbook: the headline figures, the charts, then a sheet for every table."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from xlsxwriter.utility import xl_range

from netopt.plan.tables import PLAN_TABLES
from netopt.read.raw import cell_text
from netopt.read.worksheet import LAST_ROW, LONGEST, column_width, new_workbook, on_paper, write_note
from netopt.report.chart_sheet import write_charts
from netopt.report.charts import charts_of
from netopt.report.columns import QUANTITY, SHARE, TEXT, Column, column_of, currency_of, titles, unit_of
from netopt.report.styles import Styles, number_format
from netopt.report.summary_sheet import write_summary

if TYPE_CHECKING:
    from netopt.network.catalog import Settings
    from netopt.plan import Plan

__all__ = ["write_workbook"]

MOST_ROWS = LAST_ROW
"""Rows of a sheet below its header."""

MOST_IN_MEMORY = 50_000
"""Rows from which on a table goes to the disk row by row, where XlsxWriter makes no Excel table of it."""

_MEASURED = 1_000


def write_workbook(plan: Plan, folder: Path) -> None:
    """Write ``plan.xlsx``; a plan without tables has none.

    Parameters
    ----------
    plan : Plan
        What is written.
    folder : Path
        Where.
    """
    if not plan.found:
        return
    settings = plan.network.settings
    with new_workbook(folder / "plan.xlsx", "Plan of netopt") as workbook:
        styles = Styles(workbook)
        write_summary(workbook.add_worksheet("summary"), plan, _notes(plan), styles)
        charts = list(charts_of(plan, currency_of(settings)))
        if charts:
            write_charts(workbook, workbook.add_worksheet("charts"), charts, styles)
        for name in PLAN_TABLES:
            # each sheet takes this as it is made: only large ones are written row by row
            workbook.constant_memory = _large(plan.tables[name])
            _Sheet(workbook.add_worksheet(name), name, plan.tables[name], settings, styles).write()
        workbook.constant_memory = False


def _large(table: pd.DataFrame) -> bool:
    return len(table) > MOST_IN_MEMORY


def _notes(plan: Plan) -> Mapping[str, list[str]]:
    """Return what has to be said of the sheets of large tables."""
    found: dict[str, list[str]] = {}
    for name in PLAN_TABLES:
        table = plan.tables[name]
        if _large(table):
            plain = f"The sheet {name} is too large for an Excel table; mark it and press Ctrl+T to make it one."
            found.setdefault(name, []).append(plain)
        if len(table) > MOST_ROWS:
            found.setdefault(name, []).append(_left_out(name, table))
    return found


def _left_out(name: str, table: pd.DataFrame) -> str:
    rest = len(table) - MOST_ROWS
    return f"The sheet {name} has no room for {rest:,} of {len(table):,} rows; all of them are in {name}.csv."


class _Sheet:
    """The sheet of one table.

    Parameters
    ----------
    sheet : Worksheet
        Still empty.
    name : str
        Of the table.
    table : DataFrame
        What is written.
    settings : Settings
        Where the units of money and distance are.
    styles : Styles
        Formats of the workbook.
    """

    def __init__(self, sheet: Any, name: str, table: pd.DataFrame, settings: Settings, styles: Styles) -> None:
        self.sheet = sheet
        self.name = name
        self.table = table
        self.settings = settings
        self.shown = table.head(MOST_ROWS)
        names = [str(column) for column in table.columns]
        self.columns = [column_of(name, column) or _guessed(table.iloc[:, at]) for at, column in enumerate(names)]
        self.titles = titles(names, self.columns, settings)
        self.header = styles.header
        self.codes = [number_format(c.shown, self.shown.iloc[:, at]) for at, c in enumerate(self.columns)]
        self.formats = [styles.cell(code) for code in self.codes]

    def write(self) -> None:
        """Write the header with its notes, then the rows one after the other, as XlsxWriter wants them."""
        last = max(len(self.shown), 1)
        self.sheet.freeze_panes(1, 0)
        on_paper(self.sheet)
        for at, title in enumerate(self.titles):
            width = column_width(title, _as_seen(self.shown.iloc[:_MEASURED, at], self.codes[at]))
            self.sheet.set_column(at, at, width, self.formats[at])
        self._notes(last)
        if _large(self.table):
            self.sheet.write_row(0, 0, self.titles, self.header)
            self.sheet.autofilter(0, 0, last, len(self.titles) - 1)
        else:
            heads = [{"header": title, "header_format": self.header} for title in self.titles]
            shape = {"name": self.name, "columns": heads, "style": "Table Style Light 1"}
            self.sheet.add_table(0, 0, last, len(self.titles) - 1, shape)
        cells = [self.shown.iloc[:, at].tolist() for at in range(self.shown.shape[1])]
        for row, values in enumerate(zip(*cells, strict=True), start=1):
            self._row(row, values)

    def _notes(self, last: int) -> None:
        """Say what the columns are, and mark what helps to read them."""
        for at, column in enumerate(self.columns):
            unit = unit_of(column, self.settings)
            note = [f"{column.meaning}.", *([f"Unit: {unit}"] if unit else [])]
            if at == 0 and len(self.table) > len(self.shown):
                note.append(_left_out(self.name, self.table))
            write_note(self.sheet, at, note)
            if column.shown == TEXT:  # a name may be 2139
                self.sheet.ignore_errors({"number_stored_as_text": xl_range(1, at, last, at)})
            elif column.shown == SHARE:
                self.sheet.conditional_format(1, at, last, at, _SHADE)

    def _row(self, row: int, values: Iterable[object]) -> None:
        for at, value in enumerate(values):
            if isinstance(value, str):
                if value:
                    self.sheet.write_string(row, at, value[:LONGEST], self.formats[at])
            elif isinstance(value, int | float):
                if math.isfinite(value):
                    self.sheet.write_number(row, at, value + 0, self.formats[at])  # a script's True is 1
            elif text := cell_text(value):
                self.sheet.write_string(row, at, text[:LONGEST], self.formats[at])


# no bars: those of Excel 2007 show some for nothing, later ones are an extension of which openpyxl and pandas warn
_SHADE = {
    "type": "2_color_scale", "min_type": "num", "max_type": "num", "min_value": 0, "max_value": 1,
    "min_color": "#FFFFFF", "max_color": "#8FB4C8",
}  # fmt: skip


def _guessed(values: pd.Series) -> Column:
    """Return what can be said of a column that the dictionary does not have."""
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    return Column("", QUANTITY if numeric else TEXT, "Added by a script")


def _as_seen(values: pd.Series, code: str) -> Iterable[str]:
    """Yield values about as they look in a spreadsheet."""
    for value in values:
        if isinstance(value, float):
            yield "" if value != value else f"{value:,.2f}" if "." in code else f"{value:,.0f}"
        else:
            yield f"{value:,}" if isinstance(value, int) else str(value)
