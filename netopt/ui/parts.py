"""Pieces that several views share; user text is escaped by the report's markup, or set as text."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nicegui import ui

from netopt.errors import InputError
from netopt.report import markup
from netopt.report.console import TextTable
from netopt.report.words import safe
from netopt.ui.grid import problem_words

__all__ = ["block", "button", "complain", "plot", "redraw", "report_table", "tell"]

_PLOT = {"displaylogo": False, "responsive": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}
"""`resize.js` lets charts follow the room that they have."""

_SHOWN = 4


def block(*parts: str) -> ui.html:
    """Show markup of the report, in which every text is escaped already."""
    return ui.html("\n".join(filter(None, parts)), sanitize=False).classes("report")


def report_table(content: TextTable, label: str, *, total: bool = False, minor: Iterable[str] = ()) -> ui.html:
    """Show a table of the report."""
    return block(markup.table(content, label, total=total, minor=minor))


def button(words: str, icon: str, pressed: Callable[..., Any] | None) -> ui.button:
    """Show a flat button in the colour of the text around it."""
    return ui.button(words, icon=icon or None, on_click=pressed, color=None).props("no-caps flat dense")


def plot(figure: dict[str, Any], *, zoom: bool = False) -> ui.plotly:
    """Show a figure of the report."""
    config = {**_PLOT, "scrollZoom": zoom, "displayModeBar": zoom}
    return ui.plotly({**figure, "config": config}).classes("plot")


def redraw(shown: ui.plotly, figure: dict[str, Any]) -> None:
    """Show another figure in the place of one."""
    shown.update_figure({**figure, "config": shown.figure["config"]})


def tell(words: str, kind: str = "info") -> None:
    """Say something for a few seconds."""
    ui.notify(safe(words), type=kind, position="bottom", multi_line=True)  # type: ignore[arg-type]


def complain(error: Exception) -> None:
    """Say why something was not done."""
    if not isinstance(error, InputError):
        tell(str(error) or type(error).__name__, "negative")
        return
    for problem in error.problems[:_SHOWN]:
        where = "" if problem.row is None else f"{problem.source} row {problem.row}, "
        tell(f"{where}{problem_words(problem)}", "negative")
    if len(error.problems) > _SHOWN:
        tell(f"and {len(error.problems) - _SHOWN:,} more problems", "negative")
