"""The search as it goes: one line, and a chart of the best plan and of what no plan can cost less than."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from nicegui import ui

from netopt.report.figures.style import BLUE, ORANGE, layout
from netopt.report.headline import headline_parts, no_plan
from netopt.report.progress import progress_words
from netopt.report.words import at_most, safe, seconds
from netopt.ui.parts import button

if TYPE_CHECKING:
    from netopt.ui.search import Search
    from netopt.ui.state import Workspace

__all__ = ["SearchBar", "search_chart", "search_words"]

_GAPS = (1e-4, 1e-3, 5e-3, 1e-2, 5e-2)
_WEAK = 0.5
_SERIES = (("best plan", "cost", BLUE), ("no plan costs less than", "bound", ORANGE))


def search_chart(search: Search) -> dict[str, Any]:
    """Return the chart of a search: cost of the best plan and bound, over time."""
    last = search.history[-1].bound if search.history else -math.inf
    least = last * _WEAK if last > 0 else -math.inf  # the first bounds may be so weak that nothing else is seen
    data = []
    for name, column, colour in _SERIES:
        known = [(at.seconds, getattr(at, column)) for at in search.history if getattr(at, column) > least]
        known = [point for point in known if math.isfinite(point[1])]
        points = [*known, (max(search.elapsed, known[-1][0]), known[-1][1])] if known else []
        data.append(
            {
                "type": "scatter", "mode": "lines", "name": name, "line": {"color": colour, "width": 2, "shape": "hv"},
                "x": [x for x, _ in points], "y": [y for _, y in points],
                "hovertemplate": f"%{{y:,.0f}} after %{{x:.1f}} s<extra>{name}</extra>",
            }
        )  # fmt: skip
    says = "Cost of the best plan, and what no plan costs less than, over the seconds of the search."
    axes = {"xaxis": {"rangemode": "tozero", "ticksuffix": " s"}, "yaxis": {"tickformat": ",.4~s"}}
    return {"data": data, "layout": layout(says, showlegend=True, margin={"l": 8, "r": 8, "t": 28, "b": 8}, **axes)}


def search_words(search: Search) -> str:
    """Return where a search stands, or how it ended, in one line."""
    if search.failure:
        return f"No plan: {safe(search.failure)}"
    if search.running:
        words = progress_words(search.latest, search.elapsed)
        return f"stopping   {words}" if search.stopping else words
    if search.plan is None or not search.plan.found:
        return "No plan." if search.plan is None else no_plan(search.plan.summary())
    return "   ".join((*headline_parts(search.plan.summary()), seconds(search.plan.seconds)))


class SearchBar:
    """Buttons to solve and to stop, what is asked of the search, and the line of its progress.

    Parameters
    ----------
    workspace : Workspace
        What is solved.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def draw_buttons(self, solve: Callable[[], None]) -> None:
        """Draw the buttons, where the page has room for them."""
        workspace = self._workspace
        gaps = sorted({*_GAPS, workspace.gap})
        with ui.button("Stop", icon="stop", on_click=workspace.stop).props("no-caps unelevated") as self._stop:
            self._stop.props("color=negative")
            ui.tooltip("End the search with the best plan so far")
        with ui.button("Solve", icon="play_arrow", on_click=solve).props("no-caps unelevated") as self._solve:
            self._why = ui.tooltip("")
        with button("", "tune", None).props("aria-label='How to solve'"), ui.menu(), ui.column().classes("asked"):
            ui.select({gap: at_most(gap) for gap in gaps}, value=workspace.gap, label="Good enough within",
                      on_change=self._set_gap)  # fmt: skip
            limit = ui.number("Seconds at most", value=workspace.time_limit, min=1, on_change=self._set_limit)
            limit.props("clearable debounce=300")
            ui.switch("Begin where the last plan ended", value=workspace.again, on_change=self._set_again)

    def draw_line(self) -> None:
        """Draw the line of the progress."""
        with ui.row().classes("progress") as self._row:
            self._spinner = ui.spinner(size="1.1em")
            self._line = ui.label().props("aria-live=polite").classes("line")

    def update(self) -> None:
        """Say where the search stands."""
        workspace, search = self._workspace, self._workspace.search
        running, reason = workspace.solving, workspace.why_not_solve()
        self._stop.set_visibility(running)
        self._solve.set_visibility(not running)
        self._solve.set_enabled(reason is None)
        self._why.text = reason or "Look for the cheapest plan of the tables as they are"
        self._spinner.set_visibility(running)
        self._row.set_visibility(search is not None)
        if search is not None:
            self._line.text = search_words(search)
            self._row.classes(add="failed") if search.failure else self._row.classes(remove="failed")

    def _set_gap(self, event: Any) -> None:
        self._workspace.gap = float(event.value)

    def _set_limit(self, event: Any) -> None:
        self._workspace.time_limit = float(event.value) if event.value and event.value > 0 else None

    def _set_again(self, event: Any) -> None:
        self._workspace.again = bool(event.value)
