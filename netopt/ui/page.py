"""The page: figures to look at first, then the map, the tables, the result, and the plans that were kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Protocol

from nicegui import run, ui

from netopt.errors import NetoptError
from netopt.report.service import met
from netopt.report.words import amount, gap_words, money, percent, safe
from netopt.ui.dialogs import ask_edit, ask_path
from netopt.ui.export import exports, write_export
from netopt.ui.map import MapView
from netopt.ui.parts import button, complain, tell
from netopt.ui.result import ResultView
from netopt.ui.scenarios import ScenariosView
from netopt.ui.solving import SearchBar
from netopt.ui.tables import TablesView

if TYPE_CHECKING:
    from netopt.ui.draft import Draft
    from netopt.ui.state import Workspace

__all__ = ["draw_page"]

_SECONDS = 0.25
"""Between two looks at what a search, or another window of this page, has changed."""

_COLOURS = {"primary": "#2f6f8f", "negative": "#a8231d", "positive": "#1c6b45", "info": "#4a5560"}
_TABS = {"Map": "map", "Tables": "table_view", "Result": "insights", "Scenarios": "compare"}

Figure = tuple[str, str, str]
"""Title, words and class of a figure to look at first."""


class View(Protocol):
    """What stands under a tab."""

    def update(self) -> None:
        """Draw what has changed."""


def draw_page(workspace: Workspace) -> None:
    """Draw the page for one window of the browser."""
    style, script = (
        files("netopt.ui").joinpath(name).read_text(encoding="utf-8") for name in ("page.css", "resize.js")
    )
    ui.add_css(style)
    ui.add_body_html(f'<script type="module">{script}</script>')
    ui.colors(**_COLOURS)
    _Page(workspace).draw()


class _Page:
    """One window."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._seen = -1
        self._one = asyncio.Lock()  # changes are made in the order in which they are typed
        self.tab = "Map"
        self.views: dict[str, View] = {}
        self._figured: object = None

    def draw(self) -> None:
        """Draw everything, and look for changes from then on."""
        workspace = self.workspace
        self.bar = SearchBar(workspace)
        with ui.header().classes("head"):
            self._draw_head()
        with ui.column().classes("body"):
            self.bar.draw_line()
            self.figures = ui.row().classes("figures")
            with ui.tabs(on_change=self._turn).props("no-caps align=left dense inline-label").classes("tabs") as tabs:
                for name, icon in _TABS.items():
                    ui.tab(name, icon=icon)
            made: dict[str, Callable[[], View]] = {
                "Map": lambda: MapView(workspace, self.act),
                "Tables": lambda: TablesView(workspace, self.act),
                "Result": lambda: ResultView(workspace, self.changed),
                "Scenarios": lambda: ScenariosView(workspace, self.changed),
            }
            with ui.tab_panels(tabs, value=self.tab, animated=False, keep_alive=True).classes("panels"):
                for name, make in made.items():
                    with ui.tab_panel(name):
                        self.views[name] = make()
        self.update()
        ui.timer(_SECONDS, self._look)

    def _draw_head(self) -> None:
        ui.label("netopt").classes("brand")
        self.name = ui.label().classes("name")
        ui.space()
        with button("", "undo", partial(self._step, "undo")).props("round aria-label=Undo") as self.undo:
            self.undoing = ui.tooltip("")
        with button("", "redo", partial(self._step, "redo")).props("round aria-label=Redo") as self.redo:
            self.redoing = ui.tooltip("")
        button("What if", "edit_note", lambda: ask_edit(self.act))
        button("Save as", "save", lambda: ask_path(self.workspace, self.update))
        with button("Export", "download", None), ui.menu() as menu:
            self.exports = ui.column().classes("close")
        menu.on("before-show", self._list_exports)
        self.bar.draw_buttons(self._solve)

    # -- keeping up ---------------------------------------------------------------------------------------------------

    def _look(self) -> None:
        if self.workspace.changes != self._seen:
            self.update()
        elif self.workspace.solving:
            self.bar.update()
            self.views[self.tab].update()

    def _turn(self, event: Any) -> None:
        self.tab = str(event.value)
        if self.tab in self.views:
            self.views[self.tab].update()

    def changed(self) -> None:
        """Draw this window anew at once, and the others soon."""
        self.workspace.changed()
        self.update()

    def update(self) -> None:
        """Draw what has changed."""
        workspace, draft = self.workspace, self.workspace.draft
        self._seen = workspace.changes
        self.name.text = safe(workspace.name, 60) + (" (not saved)" if draft.unsaved else "")
        for each, words, label in ((self.undo, draft.undoing, self.undoing), (self.redo, draft.redoing, self.redoing)):
            each.set_enabled(words is not None)
            label.text = safe(words or "Nothing", 80)
        self._draw_figures()
        self.bar.update()
        self.views[self.tab].update()  # the others when they are turned to: nothing is drawn where nobody sees it

    def _draw_figures(self) -> None:
        told = (self.workspace.draft.now, self.workspace.result, self.workspace.stale)
        if told == self._figured:
            return
        self._figured = told
        self.figures.clear()
        with self.figures:
            for title, words, kind in (*_network_figures(self.workspace), *_plan_figures(self.workspace)):
                with ui.column().classes(f"figure {kind}"):
                    ui.label(title).classes("note")
                    ui.label(words).classes("value")

    # -- what is asked ------------------------------------------------------------------------------------------------

    async def act(self, made: Callable[[Draft], object]) -> bool:
        """Make a change of the draft, away from this thread; say what is wrong where it cannot be made."""
        async with self._one:
            try:
                await run.io_bound(self.workspace.change, made)
            except NetoptError as error:
                complain(error)
                return False
        self.update()
        return True

    async def _step(self, which: str) -> None:
        await self.act(lambda draft: getattr(draft, which)())

    def _solve(self) -> None:
        try:
            self.workspace.solve()
        except RuntimeError as error:
            complain(error)
        self.update()

    def _list_exports(self) -> None:
        self.exports.clear()
        with self.exports:
            for file, export in exports(self.workspace).items():
                with ui.menu_item(on_click=partial(self._export, file)), ui.column().classes("close"):
                    ui.label(export.title)
                    ui.label(file).classes("note")

    async def _export(self, file: str) -> None:
        export = exports(self.workspace).get(file)
        if export is None:
            return
        if self.workspace.folder is None:
            ui.download.from_url(f"/export/{file}")
            return
        try:
            target = await run.io_bound(write_export, self.workspace, export)
        except (NetoptError, OSError) as error:
            complain(error)
            return
        tell(f"Written to {target}.", "positive")


def _network_figures(workspace: Workspace) -> Iterator[Figure]:
    network = workspace.network
    yield "Sites", amount(len(network.facilities)), ""
    yield "Customers", amount(len(network.customers)), ""
    yield "Demand", amount(float(network.demand["quantity"].sum())), ""
    yield "Lanes", amount(len(network.lanes)), ""


def _plan_figures(workspace: Workspace) -> Iterator[Figure]:
    result = workspace.result
    if result is None or not result.plan.found:
        yield "Cost", "no plan yet" if result is None else "no plan", "plan cost"
        return
    summary, sites = result.plan.summary(), result.plan.sites()
    kind = "plan old" if workspace.stale else "plan"
    title = "Cost, before the changes" if workspace.stale else "Cost"
    yield title, money(summary["cost"], summary["currency"] or ""), f"{kind} cost"
    yield "Within", "not known" if summary["gap"] is None else gap_words(summary["gap"]), kind
    yield "Open sites", f"{len(summary['open_sites']):,} of {sites['name'].nunique():,}", kind
    yield "Demand met", percent(met(result.plan.service())), kind
