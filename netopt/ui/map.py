"""The map: sites are switched by a click, or by the buttons beside it; a plan's flows once there is one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from nicegui import ui

from netopt.report.figures.map import plan_map
from netopt.report.figures.network_map import network_map
from netopt.report.figures.style import FAINT, INK, label, singular
from netopt.report.words import count, safe
from netopt.ui.parts import plot, redraw

if TYPE_CHECKING:
    from netopt.network import Network
    from netopt.ui.draft import Draft
    from netopt.ui.state import Workspace

__all__ = ["MapView", "statuses"]

Act = Callable[[Callable[["Draft"], object]], Awaitable[bool]]

STATUSES = {"open": "Open", "consider": "Solver", "closed": "Closed"}
_NEXT = {"open": "closed", "closed": "consider", "consider": "open"}
_WORDS = {"open": "must be open", "consider": "the solver chooses", "closed": "must be closed"}
_SAID = ("closed", "open", "consider")
"""By the number that `netopt.network.sites` gives a status."""

_NETWORK_KEY = "Filled: must be open. Hollow: the solver chooses. Crossed: closed. Click a site to switch it."
_PLAN_KEY = "Filled marks are open, hollow ones are not. Click a site to switch it for the next search."

_STALE_KEY = (
    "This plan is for the tables before the changes; Network shows them as they are, and Solve finds their plan."
)

_SYMBOLS = {"closed": "x-thin-open", "may be open": "{}-open"}
"""What a mark becomes by what the map says of a site; a site that must be open keeps its own."""

_LAYOUT = {
    "showlegend": True,
    "legend": {"orientation": "h", "x": 0.01, "y": 0.01, "xanchor": "left", "yanchor": "bottom", "font": {"size": 12}},
    "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": FAINT, "activecolor": INK},
}
"""The map fills its frame, so that its legend is in it."""

_CLICKED = """(clicked) => {
  const chart = clicked.event?.target?.closest?.(".js-plotly-plot");
  if (!chart) return;
  const { xaxis, yaxis } = chart._fullLayout, frame = chart.querySelector(".nsewdrag").getBoundingClientRect();
  const [left, top] = [clicked.event.clientX - frame.x, clicked.event.clientY - frame.y];
  let nearest = 14, name = null;
  for (const trace of chart.data) {
    const { layer, place } = trace.meta ?? {};
    if (!["places", "shut"].includes(layer) || place === "customer" || !trace.customdata) continue;
    trace.customdata.forEach((said, at) => {
      const away = Math.hypot(xaxis.l2p(trace.x[at]) - left, yaxis.l2p(trace.y[at]) - top);
      if (away < nearest) [nearest, name] = [away, said[0]];
    });
  }
  if (name !== null) emit(name);
}"""
"""The site that is nearest to where the map was clicked, in pixels: customers and lanes lie over sites."""

_MOST_BUTTONS = 40
_MOST_LANES = 400
"""More lanes than that hide the sites, so that they are drawn only when asked for."""


def statuses(network: Network) -> dict[str, str]:
    """Return what is said of every site: open, consider or closed; where periods differ, what leaves most room."""
    facilities = network.facilities
    return {str(name): _SAID[int(facilities.status[at].max())] for at, name in enumerate(facilities.names)}


class MapView:
    """The map with its controls.

    Parameters
    ----------
    workspace : Workspace
        What is shown.
    act : callable
        Makes a change of the draft, away from the page's own thread, and says what is wrong with it.
    """

    def __init__(self, workspace: Workspace, act: Act) -> None:
        self._workspace, self._act = workspace, act
        self._last: object = workspace.result
        self._drawn: tuple[object, ...] = ()
        self._listed: tuple[object, ...] = ()
        self._rowed: object = None
        self._buttons: dict[tuple[str, str], ui.button] = {}
        self._options: dict[str, Any] = {}
        self._shows_plan = workspace.result is not None and workspace.result.plan.found
        self._lanes = len(workspace.network.lanes) <= _MOST_LANES
        with ui.row().classes("split"):
            with ui.column().classes("stage"):
                with ui.row().classes("controls"):
                    self._which = ui.toggle(
                        {False: "Network", True: "Plan"}, value=self._shows_plan, on_change=self._turn
                    )
                    self._which.props("no-caps dense unelevated")
                    self._boxes = ui.row().classes("controls")
                self._holder = ui.element("div").classes("map")
                self._says = ui.label().classes("note")
                self._key = ui.label().classes("note")
            with ui.column().classes("side"):
                ui.label("Sites").classes("title")
                self._find = ui.input(placeholder="Find a site", on_change=self.list_sites)
                self._find.props("dense outlined clearable debounce=200 aria-label='Find a site'").classes("wide")
                self._sites = ui.column().classes("sites")
        self._plot: ui.plotly | None = None
        self._boxes_anew()

    def _turn(self) -> None:
        if self._shows_plan != bool(self._which.value):
            self._shows_plan = bool(self._which.value)
            self._boxes_anew()
            self.update()

    def update(self) -> None:
        """Draw what has changed."""
        result = self._workspace.result
        found = result is not None and result.plan.found
        self._which.set_visibility(found)
        if result is not self._last:  # what has just been found is what one wants to see
            self._last = result
            self._shows_plan = self._which.value = found
            self._boxes_anew()
        self._draw()
        stale = self._shows_plan and self._workspace.stale
        self._key.text = _STALE_KEY if stale else _PLAN_KEY if self._shows_plan else self._network_key()
        self._key.classes(add="stale") if stale else self._key.classes(remove="stale")
        self.list_sites()

    def _network_key(self) -> str:
        free = list(statuses(self._workspace.network).values()).count("consider")
        return f"{_NETWORK_KEY} The solver chooses of {count(free, 'site')}."

    def _boxes_anew(self) -> None:
        """Offer what the map of the plan, or of the network, can show."""
        self._boxes.clear()
        self._options = {}
        result = self._workspace.result
        with self._boxes:
            if not self._shows_plan or result is None:
                ui.switch("Lanes", value=self._lanes, on_change=self._switch_lanes).props("dense")
                return
            network = result.plan.network
            if len(network.products) > 1:
                self._choice("product", [str(name) for name in network.products.names])
            if len(network.periods) > 1:
                self._choice("period", [str(name) for name in network.periods.names])
            colours = {None: "colour by mode", "kind": "colour by type", "cost": "colour by cost"}
            ui.select(colours, value=None, on_change=partial(self._choose, "colour")).props("dense borderless")

    def _choice(self, name: str, words: list[str]) -> None:
        options: dict[str | None, str] = {None: f"all {name}s"} | {word: safe(word, 40) for word in words}
        ui.select(options, value=None, on_change=partial(self._choose, name)).props("dense borderless")

    def _choose(self, name: str, event: Any) -> None:
        self._options[name] = event.value
        self._draw()

    def _switch_lanes(self, event: Any) -> None:
        self._lanes = bool(event.value)
        self._draw()

    # -- drawing ------------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        workspace = self._workspace
        subject = workspace.result if self._shows_plan else workspace.draft.now
        wanted = (subject, self._shows_plan, self._lanes, tuple(self._options.items()))
        if wanted == self._drawn:
            return
        self._drawn = wanted
        try:
            figure = self._figure()
        except ValueError as error:  # nothing moves of this product in this period
            self._says.text = safe(error)
            return
        self._says.text = safe(figure["layout"]["meta"]["says"])
        if self._plot is None:
            with self._holder:
                self._plot = plot(figure, zoom=True)
                self._plot.on("plotly_click", self._click, js_handler=_CLICKED)
            return
        redraw(self._plot, figure)

    def _figure(self) -> dict[str, Any]:
        result = self._workspace.result
        if self._shows_plan and result is not None:
            figure = plan_map(result.plan, **self._options)
        else:
            figure = _marked(network_map(self._workspace.network), lanes=self._lanes)
        return {**figure, "layout": figure["layout"] | _LAYOUT}

    async def _click(self, event: Any) -> None:
        names = {label(name): str(name) for name in self._workspace.network.facilities.names}
        name = names.get(str(event.args))
        if name is not None:
            await self._switch(name, _NEXT[statuses(self._workspace.network)[name]])

    async def _switch(self, name: str, status: str) -> None:
        await self._act(lambda draft: draft.set_status(name, status))

    # -- the list beside it -------------------------------------------------------------------------------------------

    def list_sites(self) -> None:
        """List the sites that are looked for, each with its three buttons."""
        network = self._workspace.network
        wanted = str(self._find.value or "").casefold().strip()
        told = (self._workspace.draft.now, self._workspace.result, wanted)
        if told == self._listed:
            return
        self._listed = told
        said, result = statuses(network), self._workspace.result
        opened = set(result.plan.summary()["open_sites"]) if result is not None and result.plan.found else set()
        names = [name for name in said if wanted in name.casefold()]
        types = dict(zip(map(str, network.facilities.names), network.facilities.type, strict=True))
        kinds = {name: singular(str(types[name])) + ", open" * (name in opened) for name in names[:_MOST_BUTTONS]}
        if (kinds, len(names)) != self._rowed:
            self._rowed = (kinds, len(names))
            self._draw_rows(kinds, len(names) - len(kinds))
        for (name, status), each in self._buttons.items():  # in their place, so that the keyboard keeps its own
            pressed = said[name] == status
            each.classes(add="on", remove="off") if pressed else each.classes(add="off", remove="on")
            each.props["aria-pressed"] = "true" if pressed else "false"

    def _draw_rows(self, kinds: dict[str, str], left: int) -> None:
        self._sites.clear()
        self._buttons = {}
        with self._sites:
            for name, kind in kinds.items():
                self._draw_row(name, kind)
            if left:
                ui.label(f"and {count(left, 'more site')}: find them by name").classes("note")

    def _draw_row(self, name: str, kind: str) -> None:
        with ui.row().classes("site"):
            with ui.column().classes("named"):
                ui.label(safe(name))
                ui.label(kind).classes("note")
            with ui.button_group().props("flat").classes("three"):
                for status, words in STATUSES.items():
                    each = ui.button(words, on_click=partial(self._switch, name, status), color=None)
                    each.props("no-caps dense flat size=sm")
                    each.props["aria-label"] = f"{safe(name)}: {_WORDS[status]}"
                    self._buttons[name, status] = each


def _marked(figure: dict[str, Any], *, lanes: bool) -> dict[str, Any]:
    """Return the map of a network with a mark for what is said of each site, and its lanes where they are asked for."""
    if not lanes:
        figure["data"] = [trace for trace in figure["data"] if trace.get("meta", {}).get("layer") != "lanes"]
    for trace in figure["data"]:
        meta = trace.get("meta", {})
        if meta.get("layer") == "places" and meta.get("place") != "customer" and trace.get("customdata"):
            own = trace["marker"]["symbol"]
            said = [words[1] for words in trace["customdata"]]
            line = {"width": [2.5 if word == "closed" else 1.5 if word != "open" else 0.5 for word in said]}
            symbols = [_SYMBOLS.get(word, "{}").format(own) for word in said]
            trace["marker"] = trace["marker"] | {"symbol": symbols, "line": line, "size": 13}
    return figure
