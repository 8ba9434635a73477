"""A plan as a workbook: the headline figures, then a sheet for every table."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pandas as pd

from netopt.plan.tables import PLAN_TABLES
from netopt.report.columns import MONEY, QUANTITY, SHARE, TEXT, WHOLE, Column, column_of
from netopt.report.headline import bound_by, certainty, headline
from netopt.report.origin import origin

if TYPE_CHECKING:
    from netopt.network.catalog import Settings
    from netopt.plan import Plan

__all__ = ["write_workbook"]

MOST_ROWS = 1_048_575
"""Rows of a sheet below its header."""

MOST_IN_MEMORY = 50_000
"""Rows of the largest table from which on rows go to the disk as they come, where XlsxWriter makes no Excel tables."""

_CREATED = datetime(2000, 1, 1)  # the same plan gives the same bytes
_LONGEST = 32_767
_MEASURED = 1_000
_NARROWEST, _WIDEST = 9, 48


class _Figure(NamedTuple):
    """A line of the summary sheet; one without a label is a heading or a sentence."""

    label: str
    value: object = None
    shown: str = TEXT


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
    import xlsxwriter

    large = any(len(plan.tables[name]) > MOST_IN_MEMORY for name in PLAN_TABLES)
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": large,
    }
    with xlsxwriter.Workbook(str(folder / "plan.xlsx"), options) as workbook:
        workbook.set_properties({"title": "Plan of netopt", "created": _CREATED})
        _Sheets(workbook, plan.network.settings, as_tables=not large).write(plan)


class _Sheets:
    """The sheets of one workbook and the formats that they share.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
        Still empty.
    settings : Settings
        Where the units of money and distance are.
    as_tables : bool
        Whether the sheets hold Excel tables, or plain rows with a filter.
    """

    def __init__(self, workbook: Any, settings: Settings, *, as_tables: bool) -> None:
        self.workbook = workbook
        self.settings = settings
        self.as_tables = as_tables
        shown = (TEXT, WHOLE, QUANTITY, MONEY, SHARE, "0.0", "#,##0.0", "0.0000%", "0.00")
        self.formats = {code: workbook.add_format({"num_format": code, "valign": "top"}) for code in shown}
        self.title = workbook.add_format({"bold": True, "font_size": 14})
        self.bold = workbook.add_format({"bold": True})

    def write(self, plan: Plan) -> None:
        """Write all sheets, the summary first."""
        from netopt.read.exact import ExactWorksheet

        summary = self.workbook.add_worksheet("summary", worksheet_class=ExactWorksheet)
        self._summary(summary, plan)
        for name in PLAN_TABLES:
            sheet = self.workbook.add_worksheet(name, worksheet_class=ExactWorksheet)
            self._table(sheet, name, plan.tables[name])

    def _summary(self, sheet: Any, plan: Plan) -> None:
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 24)
        figures = list(_figures(plan))
        for row, (label, value, shown) in enumerate(figures):
            if value is None:
                kind = self.title if row == 0 else self.bold if label and not label.endswith(".") else None
                sheet.write_string(row, 0, label, kind) if label else None
                continue
            sheet.write_string(row, 0, label)
            if isinstance(value, str):
                sheet.write_string(row, 1, value[:_LONGEST])
            else:
                sheet.write_number(row, 1, value, self.formats[shown])

    def _table(self, sheet: Any, name: str, table: pd.DataFrame) -> None:
        names = [str(column) for column in table.columns]
        shown = table.head(MOST_ROWS)
        columns = [column_of(name, column) or _guessed(table[column]) for column in table.columns]
        kinds = [_number_format(column, shown.iloc[:, at]) for at, column in enumerate(columns)]
        sheet.freeze_panes(1, 0)
        for at, (title, column) in enumerate(zip(names, columns, strict=True)):
            sheet.set_column(at, at, _width(title, shown.iloc[:, at]), self.formats[kinds[at]])
            note = column.meaning + (f". Unit: {self._unit(column.unit)}." if column.unit else ".")
            if at == 0 and len(table) > len(shown):
                note += f" {_left_out(name, table)}"
            sheet.write_comment(0, at, note, {"x_scale": 1.6, "y_scale": 0.8})
        last = max(len(shown), 1)
        if self.as_tables:
            heads = [{"header": title} for title in names]
            style = "Table Style Light 9"
            sheet.add_table(0, 0, last, len(names) - 1, {"name": name, "columns": heads, "style": style})
        else:
            sheet.write_row(0, 0, names, self.bold)
            sheet.autofilter(0, 0, last, len(names) - 1)
        self._rows(sheet, shown, kinds)

    def _rows(self, sheet: Any, table: pd.DataFrame, kinds: list[str]) -> None:
        """Write the rows one after the other, as XlsxWriter wants them when it keeps none of them."""
        formats = [self.formats[kind] for kind in kinds]
        cells = [table.iloc[:, at].tolist() for at in range(table.shape[1])]
        for row, values in enumerate(zip(*cells, strict=True), start=1):
            for at, value in enumerate(values):
                if isinstance(value, str):
                    if value:
                        sheet.write_string(row, at, value[:_LONGEST], formats[at])
                elif value is not None and math.isfinite(value):
                    sheet.write_number(row, at, value, formats[at])

    def _unit(self, unit: str) -> str:
        money, distance = self.settings.currency or "money", self.settings.distance_unit
        return unit.replace("money", money) if unit.startswith("money") else distance if unit == "distance" else unit


def _figures(plan: Plan) -> Iterator[_Figure]:
    """Yield the lines of the summary sheet."""
    summary = plan.summary()
    yield _Figure(headline(summary))
    yield from (_Figure(sentence) for sentence in certainty(summary))
    yield from (_Figure(""), _Figure("Figures"))
    yield _Figure("status", str(summary["status"]))
    yield _Figure("currency", str(summary["currency"]))
    for label, key, shown in (
        ("cost", "cost", MONEY),
        (f"bound ({bound_by(summary)})", "bound", MONEY),
        ("bound (proved)", "proved_bound", MONEY),
        ("gap", "gap", "0.0000%"),
        ("asked gap", "asked_gap", "0.0000%"),
        ("demand, units", "demand", QUANTITY),
        ("demand met", "demand_met", SHARE),
        ("on time", "on_time", SHARE),
        ("seconds", "seconds", "0.00"),
    ):
        if summary.get(key) is not None:
            yield _Figure(label, float(summary[key]), _exact(shown, float(summary[key])))
    yield _Figure("open sites", len(summary["open_sites"]), WHOLE)
    yield from (_Figure(""), _Figure("Cost by bucket"))
    yield from (_Figure(bucket, cost, MONEY) for bucket, cost in summary["costs"].items())
    yield from (_Figure(""), _Figure("Sheets (hold the pointer over a title for its unit)"))
    for name in PLAN_TABLES:
        table = plan.tables[name]
        yield _Figure(name, len(table), WHOLE)
        if len(table) > MOST_ROWS:
            yield _Figure(_left_out(name, table))
    yield from (_Figure(""), _Figure("How it was made"))
    yield from (_Figure(label, value) for label, value in origin(plan).items())


def _left_out(name: str, table: pd.DataFrame) -> str:
    rest = len(table) - MOST_ROWS
    return f"The sheet {name} has no room for {rest:,} of {len(table):,} rows; all of them are in {name}.csv."


def _guessed(values: pd.Series) -> Column:
    """Return what can be said of a column that the dictionary does not have."""
    numeric = pd.api.types.is_numeric_dtype(values.dtype)
    return Column("", QUANTITY if numeric else TEXT, "Added by a script")


def _number_format(column: Column, values: pd.Series) -> str:
    """Return how a column is shown; quantities have decimals only where one of them does."""
    if column.shown != QUANTITY:
        return column.shown
    numbers = pd.to_numeric(values, errors="coerce").dropna()
    return WHOLE if bool((numbers == numbers.round()).all()) else "#,##0.00"


def _exact(shown: str, value: float) -> str:
    return (WHOLE if value.is_integer() else MONEY) if shown == QUANTITY else shown


def _width(title: str, values: pd.Series) -> float:
    """Return a column width that fits the title with its filter button, and most of the first rows."""
    texts: Mapping[Any, str] = values.head(_MEASURED).map(_as_seen).to_dict()
    return min(max(_NARROWEST, len(title) + 4, *(len(text) + 2 for text in texts.values())), _WIDEST)


def _as_seen(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else str(value)
