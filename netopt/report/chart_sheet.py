"""The sheet of charts: native ones that an analyst can restyle, above the numbers that they are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netopt.read.worksheet import DARK, INK, LINE, SOFT, on_paper
from netopt.report.columns import SHARE, WHOLE

if TYPE_CHECKING:
    from netopt.report.charts import Chart
    from netopt.report.styles import Styles

__all__ = ["write_charts"]

_COLOURS = (
    DARK, "#E0A33A", "#5B9E6F", "#B5523B", "#7A6BA8", "#8FB4C8", "#C98BA5", "#8A7A4C", "#4C566A", "#A9C77F", "#D9C2A0",
    "#3B3B6D",
)  # fmt: skip
_WIDTH, _SPACE = 660, 20  # pixels
_TOP = 3  # rows above the charts
_ROW = 20  # pixels of a row
_NIL = "[=0]0;"  # no 0M
_FIRST, _OTHERS = 34, 16  # characters that columns are wide


def write_charts(workbook: Any, sheet: Any, charts: Sequence[Chart], styles: Styles) -> None:
    """Write the charts, and below them their numbers.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
        Of the sheet.
    sheet : Worksheet
        Still empty.
    charts : sequence of Chart
        At least one.
    styles : Styles
        Formats of the workbook.
    """
    sheet.hide_gridlines(2)
    on_paper(sheet, titles=0)
    sheet.set_column(0, 0, _FIRST)
    sheet.set_column(1, 40, _OTHERS)
    sheet.write_string(0, 0, "Charts", styles.title)
    sheet.write_string(1, 0, "Their numbers are below, added up from the other sheets of this workbook.")
    beside = [0, 0]  # pixels that the two columns of charts are high
    places = []
    for chart in charts:
        side = beside.index(min(beside))
        places.append((side * (_WIDTH + _SPACE), beside[side]))
        beside[side] += _height(chart) + _SPACE
    row = _TOP + -(-max(beside) // _ROW) + 1
    for chart, (left, top) in zip(charts, places, strict=True):
        drawn = _drawn(workbook, sheet.name, chart, row)
        drawn.set_size({"width": _WIDTH, "height": _height(chart)})
        look = {"x_offset": left, "y_offset": top, "object_position": 3, "description": chart.title}
        sheet.insert_chart(_TOP, 0, drawn, look)
        row = _write_numbers(sheet, chart, row, styles)


def _write_numbers(sheet: Any, chart: Chart, row: int, styles: Styles) -> int:
    """Write the numbers of a chart from a row on: a heading, titles, then a line a place; return the row after them."""
    sheet.write_string(row, 0, f"{chart.title} ({chart.unit})", styles.heading)
    sheet.write_string(row + 1, 0, chart.along, styles.minor)
    for at, place in enumerate(chart.places):
        sheet.write_string(row + 2 + at, 0, place, styles.text)
    columns = [(series, chart.shown) for series in chart.series]
    if chart.line is not None:
        columns.append((chart.line, SHARE))
    for column, (series, shown) in enumerate(columns, start=1):
        sheet.write_string(row + 1, column, series.name, styles.minor_number)
        form = styles.numbers(shown, series.values)
        for at, value in enumerate(series.values):
            sheet.write_number(row + 2 + at, column, value, form)
    return row + len(chart.places) + 4


def _drawn(workbook: Any, sheet: str, chart: Chart, row: int) -> Any:
    """Return a chart that refers to the cells below row `row` of its sheet."""
    first, last = row + 2, row + 1 + len(chart.places)
    places = [sheet, first, 0, last, 0]
    kind = {"type": "bar"} if chart.kind == "bar" else {"type": "column"}
    drawn = workbook.add_chart(kind | ({"subtype": "stacked"} if chart.kind == "stacked" else {}))
    for column in range(1, len(chart.series) + 1):
        drawn.add_series(
            {
                "name": [sheet, row + 1, column],
                "categories": places,
                "values": [sheet, first, column, last, column],
                "fill": {"color": _COLOURS[(column - 1) % len(_COLOURS)]},
                "gap": 45,
                "overlap": 100 if chart.kind == "stacked" else 0,
                **_labels(chart),
            }
        )
    _axes(drawn, chart)
    if chart.line is not None:
        drawn.combine(_line(workbook, sheet, row, places, len(chart.series) + 1))
    drawn.set_title({"name": chart.title, "name_font": _font(12, INK, bold=True), "overlay": False})
    drawn.set_chartarea({"border": {"color": LINE}})
    named = len(chart.series) > 1 or chart.kind == "stacked"
    drawn.set_legend({"position": "bottom", "font": _font(9, SOFT)} if named else {"none": True})
    return drawn


def _axes(drawn: Any, chart: Chart) -> None:
    rule = {"color": LINE, "width": 0.75}
    along = {"num_font": _font(9, INK), "line": rule, "major_tick_mark": "none"}
    amount: dict[str, Any] = {
        "num_font": _font(9, SOFT),
        "line": {"none": True},
        "major_tick_mark": "none",
        "num_format": _axis(chart),
    }
    amount |= {"major_gridlines": {"visible": True, "line": rule}}
    if chart.unit == "share":
        amount |= {"min": 0, "max": 1.1, "major_unit": 0.2}  # figures stand beside full bars
    else:
        amount |= {"name": chart.unit, "name_font": _font(9, SOFT)}
    if chart.kind == "bar":  # the places are along the y axis, from the top, and the amounts stay below them
        drawn.set_y_axis(along | {"reverse": True, "major_gridlines": {"visible": False}})
        drawn.set_x_axis(amount | {"label_position": "high"})
    else:
        drawn.set_x_axis(along | {"name": chart.along, "name_font": _font(9, SOFT)})
        drawn.set_y_axis(amount)


def _line(workbook: Any, sheet: str, row: int, places: Sequence[Any], column: int) -> Any:
    """Return shares as a line, on an axis of its own."""
    line = workbook.add_chart({"type": "line"})
    line.add_series(
        {
            "name": [sheet, row + 1, column],
            "categories": places,
            "values": [sheet, places[1], column, places[3], column],
            "line": {"color": INK, "width": 1.5},
            "marker": {"type": "circle", "size": 5, "fill": {"color": INK}, "border": {"color": INK}},
            "y2_axis": True,
        }
    )
    axis = {
        "min": 0,
        "max": 1,
        "major_unit": 0.25,
        "num_format": "0%",
        "num_font": _font(9, SOFT),
        "line": {"none": True},
    }
    line.set_y2_axis(axis | {"major_tick_mark": "none", "major_gridlines": {"visible": False}})
    return line


def _labels(chart: Chart) -> dict[str, Any]:
    """Return the figures beside the bars of a chart that has room for them."""
    if chart.kind != "bar" or len(chart.series) > 1:
        return {}
    return {"data_labels": {"value": True, "num_format": _axis(chart), "font": _font(9, INK)}}


def _axis(chart: Chart) -> str:
    """Return a short number format for the largest number of a chart."""
    if chart.unit == "share":
        return "0%"
    largest = max(abs(value) for series in chart.series for value in series.values)
    for least, code in ((1e7, f'{_NIL}#,##0,,"M"'), (1e6, f'{_NIL}0.0,,"M"'), (1e4, f'{_NIL}#,##0,"k"'), (10, WHOLE)):
        if largest >= least:
            return code
    return "General"


def _height(chart: Chart) -> int:
    return max(320, 110 + 22 * len(chart.places) * len(chart.series)) if chart.kind == "bar" else 320


def _font(size: int, color: str, *, bold: bool = False) -> dict[str, Any]:
    return {"size": size, "color": color, "bold": bold}
