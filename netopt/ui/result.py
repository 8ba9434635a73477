"""The plan in the tables and figures of the report, or why there is none; and how the search went."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
from nicegui import ui

from netopt.errors import NetoptError
from netopt.report import markup
from netopt.report.costs import cost_table
from netopt.report.figures import FIGURES
from netopt.report.figures.style import layout
from netopt.report.headline import certainty, headline_parts, no_plan
from netopt.report.prices import price_words
from netopt.report.service import served_table, service_words, unmet_table
from netopt.report.sites import closed_words, opened_words, site_table
from netopt.report.words import safe
from netopt.ui.parts import block, button, complain, plot, redraw, tell
from netopt.ui.solving import search_chart

if TYPE_CHECKING:
    from netopt.plan import Plan
    from netopt.ui.state import Workspace

__all__ = ["ResultView"]

_ROWS = 50
_NAMED = 12


class ResultView:
    """The plan that was found last.

    Parameters
    ----------
    workspace : Workspace
        What is shown.
    changed : callable
        Draws the page anew.
    """

    def __init__(self, workspace: Workspace, changed: Callable[[], None]) -> None:
        self._workspace, self._changed = workspace, changed
        self._drawn: object = None
        self._charted: object = None
        with ui.row().classes("pair"):
            self._answer = ui.column().classes("wide")
            with ui.column().classes("wide") as self._searched:
                ui.label("The search").classes("title")
                self._chart = plot({"data": [], "layout": layout("")}).classes("chart")
        self._content = ui.column().classes("wide")

    def update(self) -> None:
        """Draw what has changed."""
        workspace = self._workspace
        self._searched.set_visibility(workspace.search is not None)
        self._draw_chart()
        told = (workspace.result, workspace.stale, len(workspace.kept), workspace.result is None and workspace.solving)
        if told == self._drawn:
            return
        self._drawn = told
        self._answer.clear()
        self._content.clear()
        plan = workspace.result.plan if workspace.result is not None else None
        with self._answer:
            if plan is None:
                words = "No plan yet: the search goes on." if workspace.solving else "No plan yet: press Solve."
                ui.label(words).classes("empty")
                return
            _draw_answer(plan)
            if workspace.stale:
                ui.label("The tables have changed since: this plan is for what they were.").classes("stale")
            self._draw_buttons(plan)
        with self._content:
            _draw_tables(plan) if plan.found else _draw_reasons(plan)

    def _draw_buttons(self, plan: Plan) -> None:
        with ui.row().classes("controls"):
            if plan.found:
                name = ui.input("Name", value=self._workspace.next_name()).props("dense outlined")
                button("Keep this plan", "bookmark_add", lambda: self._keep(str(name.value or "")))
            ui.link("Whole report", "/export/report.html?show=1", new_tab=True)

    def _keep(self, name: str) -> None:
        try:
            self._workspace.keep(name)
        except (NetoptError, RuntimeError) as error:
            complain(error)
            return
        tell(f"Kept as {name.strip()}: see Scenarios.", "positive")
        self._changed()

    def _draw_chart(self) -> None:
        """Draw the chart anew, once a second while the search goes on."""
        search = self._workspace.search
        if search is None:
            return
        told = (id(search), search.running, int(search.elapsed))
        if told != self._charted:
            self._charted = told
            redraw(self._chart, search_chart(search))


def _draw_answer(plan: Plan) -> None:
    summary = plan.summary()
    if not plan.found:
        ui.label("No plan").classes("headline")
        ui.label(no_plan(summary)).classes("verdict bad")
        return
    cost, sure = headline_parts(summary)
    ui.label(cost).classes("headline")
    ui.label(sure).classes("verdict").classes("good" if summary["status"] == "optimal" else "fair")
    sites = plan.sites()
    block(markup.bullets([*certainty(summary), *opened_words(sites, _NAMED), *closed_words(sites, _NAMED)]))


def _draw_tables(plan: Plan) -> None:
    sites, service, unmet = plan.sites(), plan.service(), plan.unmet()
    customers = pd.Index(list(plan.network.customers.names))
    served = served_table(plan.flows(), customers, _ROWS, "flows.csv")
    with ui.row().classes("pair wider"):
        block(markup.section("Cost", markup.table(cost_table(plan.costs()), "Cost by bucket", total=True)))
        block(
            markup.section(
                "Served from",
                markup.table(served, "Sites that serve customers", minor=("largest",)),
                markup.bullets(service_words(service)),
            )
        )
    block(markup.section("Open sites", markup.table(site_table(sites, _ROWS, "sites.csv"), "Open sites")))
    if len(unmet):
        block(markup.section("Not served", markup.table(unmet_table(unmet, _ROWS, "unmet.csv"), "Not served")))
    prices = price_words(plan.prices())
    if prices:
        block(markup.section("What holds the plan back", markup.bullets(prices)))
    _draw_figures(plan)


def _draw_figures(plan: Plan) -> None:
    """Draw the figures of the report; the map has a place of its own."""
    with ui.row().classes("pair drawings"):
        for name, make in FIGURES.items():
            figure = make(plan) if name != "map" else {"data": []}
            if figure["data"]:
                with ui.column().classes("wide drawn"):
                    ui.label(safe(figure["layout"]["meta"]["says"]))
                    plot(figure).style(f"height: {int(figure['layout']['height'])}px")


def _draw_reasons(plan: Plan) -> None:
    lines = plan.diagnosis.words()[1:] if plan.diagnosis is not None else []
    block(markup.bullets(line.strip() for line in lines))
