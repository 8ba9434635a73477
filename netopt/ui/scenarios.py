"""Plans that were kept, side by side: what each costs, how sure that is, and why it differs."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from nicegui import ui

from netopt.report import markup
from netopt.report.console import TextTable
from netopt.report.studies.study import change_words, customers_table, effects_table, scenarios_table, signed
from netopt.report.words import listed, more, safe
from netopt.ui.parts import block, button, report_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netopt.network.edits import Edit
    from netopt.study.comparison import Comparison
    from netopt.ui.state import Workspace

__all__ = ["ScenariosView", "buckets_table", "sites_table"]

_CUSTOMERS = 10
_EDITS = 12
_NAMED = 8


def buckets_table(beside: Sequence[Comparison]) -> TextTable:
    """Return the change of every bucket beside the reference, a column for each plan."""
    scale = beside[0].before.cost
    costs = [each.costs().set_index("bucket")["change"] for each in beside]
    rows = [
        [str(bucket), *(signed(float(each[bucket]), scale) for each in costs)]
        for bucket in costs[0].index
        if any(abs(float(each[bucket])) > np.spacing(scale) for each in costs)
    ]
    rows.append(["total", *(signed(each.change, scale) for each in beside)])
    return TextTable({"bucket": "name", **{each.after.name: "number" for each in beside}}, rows)


def sites_table(beside: Sequence[Comparison]) -> TextTable:
    """Return which sites open and close beside the reference."""
    rows = [
        [each.after.name, listed(each.opened(), _NAMED) or "-", listed(each.closed(), _NAMED) or "-"] for each in beside
    ]
    return TextTable({"scenario": "name", "opens": "words", "closes": "words"}, rows)


class ScenariosView:
    """The plans that were kept.

    Parameters
    ----------
    workspace : Workspace
        What is shown.
    changed : callable
        Draws the page anew.
    """

    def __init__(self, workspace: Workspace, changed: Any) -> None:
        self._workspace, self._changed = workspace, changed
        self._drawn: object = None
        self._content = ui.column().classes("wide")

    def update(self) -> None:
        """Draw what has changed."""
        workspace = self._workspace
        told = (tuple(workspace.kept), workspace.reference)
        if told == self._drawn:
            return
        self._drawn = told
        self._content.clear()
        with self._content:
            if not workspace.kept:
                ui.label("No plan is kept yet: solve, and keep the plan under a name on Result.").classes("empty")
                return
            self._draw()

    def _draw(self) -> None:
        study = self._workspace.study()
        if study is None:
            return
        report_table(scenarios_table(study), "Kept plans", minor=("days",))
        for kept in self._workspace.kept:
            self._row(kept.name)
        beside = self._workspace.comparisons()
        if not beside:
            words = "Change the tables or switch a site, solve again, and keep that plan to compare the two."
            ui.label(words).classes("note")
            return
        name = study.base.name
        buckets = markup.table(buckets_table(beside), "Change of cost by bucket", total=True)
        block(markup.section(f"Sites, beside {name}", markup.table(sites_table(beside), "Sites")))
        block(markup.section(f"Change of cost, beside {name}", buckets))
        for each in beside:
            self._compared(each)

    def _row(self, name: str) -> None:
        first = self._workspace.reference
        with ui.row().classes("kept"):
            ui.label(safe(name)).classes("name")
            ui.label(safe(_edits_words(self._workspace[name].result.version.edits))).classes("note grow")
            if first is not None and first.name != name:
                button("Compare with", "", partial(self._compare_with, name))
            button("Go back to", "", partial(self._go_back, name))
            button("", "close", partial(self._forget, name)).props("round size=sm aria-label=Forget").tooltip("Forget")

    def _compared(self, each: Comparison) -> None:
        with ui.expansion(safe(f"{each.after.name}, beside {each.before.name}"), value=False).classes("wide"):
            block(
                markup.bullets(change_words(each)),
                markup.table(effects_table(each), "Change of cost by bucket", total=True, minor=("before", "after")),
                markup.paragraph(
                    "Price: the new plan at its prices less the same plan at the old ones. Volume: the old plan scaled "
                    "to what is wanted now. Rerouting: the rest. They add up to the change.", "note",
                ),
                _moved(each),
            )  # fmt: skip

    def _compare_with(self, name: str) -> None:
        self._workspace.beside = name
        self._changed()

    def _go_back(self, name: str) -> None:
        self._workspace.go_back_to(name)
        self._changed()

    def _forget(self, name: str) -> None:
        self._workspace.forget(name)
        self._changed()


def _edits_words(edits: tuple[Edit, ...] | None) -> str:
    """Return what leads from the file to the tables of a plan."""
    if edits is None:
        return "no words say what changed"
    said = "; ".join(map(str, edits[:_EDITS])) or "the file as it is"
    return f"{said} {more(len(edits) - _EDITS)}" if len(edits) > _EDITS else said


def _moved(each: Comparison) -> str:
    customers = customers_table(each, _CUSTOMERS)
    return markup.table(customers, "Customers served from elsewhere") if customers.rows else ""
