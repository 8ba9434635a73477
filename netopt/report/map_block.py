"""The map in the page: its controls, which are its legend as well, the drawing, and what it says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from netopt.report.figures.ground import UNITS_ACROSS
from netopt.report.figures.lane_traces import kind_colour, mode_colour
from netopt.report.figures.map import Atlas
from netopt.report.figures.place_traces import PROMISES
from netopt.report.figures.style import GREY, KINDS, SYMBOLS, VERMILION, plural
from netopt.report.markup import text
from netopt.report.words import amount

__all__ = ["map_block"]

_SHAPES = {
    "triangle-up": "M8 2.5 14 13H2Z",
    "triangle-down": "M8 13.5 14 3H2Z",
    "pentagon": "M8 2 14.2 6.6 11.8 13.8H4.2L1.8 6.6Z",
    "square": "M3 3H13V13H3Z",
    "hexagon": "M8 1.8 13.6 5V11.2L8 14.4 2.4 11.2V5Z",
    "diamond": "M8 1.5 14.5 8 8 14.5 1.5 8Z",
    "circle": "M8 2.5a5.5 5.5 0 1 0 .01 0Z",
    "x": "M3 5 5 3 8 6 11 3 13 5 10 8 13 11 11 13 8 10 5 13 3 11 6 8Z",
}
"""Marks of the map, as paths in a square of 16."""

_TOOLS = (
    ("in", "M8 3V13M3 8H13", "Zoom in"),
    ("out", "M3 8H13", "Zoom out"),
    ("whole", "M6 2.5H2.5V6M10 2.5H13.5V6M13.5 10V13.5H10M2.5 10V13.5H6", "Show all of it"),
    ("picture", "M8 2.5V10M4.5 7 8 10.5 11.5 7M3 13.5H13", "Save as a picture"),
)

Item = tuple[str, str]
"""A mark, as markup, and what it means."""


def map_block(atlas: Atlas, payload: dict[str, Any]) -> str:
    """Return the map with its controls; it is seen where scripts run.

    Parameters
    ----------
    atlas : Atlas
        What the map can show.
    payload : dict
        The same for the script; see `netopt.report.figures.payload`.
    """
    says = payload["views"]["0,0"]["says"]
    ratio = f"--ratio:{UNITS_ACROSS / atlas.ground.height:.3f}"
    notes = "".join(f'<p class="note">{text(note)}</p>' for note in payload["notes"])
    return f"""<figure class="plot map" data-colour="{atlas.colour}" data-customers="demand">
<div class="controls" role="group" aria-label="What the map shows">{"".join(_controls(atlas, payload))}</div>
<div class="ground"><div class="canvas" data-map-canvas role="img" aria-label="{text(says)}" style="{ratio}">
</div><div class="tools" role="group" aria-label="Move the map">{"".join(_tool(*tool) for tool in _TOOLS)}</div></div>
<div class="legend">{"".join(_legend(atlas, payload))}</div>
<figcaption data-map-says aria-live="polite">{text(says)}</figcaption>{notes}
</figure>"""


def _controls(atlas: Atlas, payload: dict[str, Any]) -> Iterator[str]:
    for name, title in (("product", "Product"), ("period", "Period")):
        words = payload[f"{name}s"]
        if len(words) > 1:
            yield _select(name, title, enumerate([f"all {name}s", *words]))
    colours = [("kind", "from and to"), ("cost", "cost per unit")]
    if len(atlas.carried.modes) > 1:
        colours.insert(0, ("mode", "mode"))
    yield _select("colour", "Lane colour", colours)
    if atlas.promises:
        yield _select("customers", "Customers", [("demand", "by demand"), ("promise", "by promise kept")])
    yield _check("thick", "", "Thick by units", "")
    yield _check("names", "", "Site names", "")


def _legend(atlas: Atlas, payload: dict[str, Any]) -> Iterator[str]:
    traces = [trace["meta"] for trace in payload["views"]["0,0"]["traces"]]
    yield _group(
        "Lanes",
        [(f"kind:{at}", title, _stroke(kind_colour(at), "by-kind")) for at, title in enumerate(atlas.kinds.titles)],
    )
    modes = [
        (f"mode:{at}", text(mode) or "no mode", _stroke(mode_colour(at), "by-mode", dash=atlas.dash(at)))
        for at, mode in enumerate(atlas.carried.modes)
    ]
    if len(modes) > 1:
        yield _group("Modes", modes)
    kinds = {meta["place"] for meta in traces if "place" in meta}
    marks = [
        (f"place:{kind}", plural(kind), _mark(symbol, KINDS.get(kind, GREY)))
        for kind, symbol in SYMBOLS.items()
        if kind in kinds
    ]
    if any(meta["layer"] == "shut" for meta in traces):
        marks.append(("shut:", "not open", _mark("diamond", "none", "hollow")))
    sites = atlas.plan.tables["sites"]
    closing = ((sites["closed"] > 0) & (sites["open"] == 0)).any()
    yield _group("Places", marks) + (_key("", "", [(_mark("x", VERMILION), "closes")]) if closing else "")
    fates = [meta["fate"] for meta in traces if "fate" in meta]
    yield _key("Customers", "by-promise", [(_mark(*PROMISES[fate]), fate) for fate in fates])
    prices = zip(atlas.classes.colours, atlas.prices, strict=False)
    yield _key("Cost per unit", "by-cost", [(_stroke(colour, "", 4), words) for colour, words in prices])
    yield _key("Units on a lane", "by-width", _widths(atlas))


def _widths(atlas: Atlas) -> Iterator[Item]:
    for width, end in zip(atlas.classes.widths, atlas.classes.units.tolist(), strict=True):
        yield _stroke("currentColor", "", width), f"up to {amount(end)}"


def _group(title: str, items: Iterable[tuple[str, str, str]]) -> str:
    checks = "".join(_check("layer", value, words, mark) for value, words, mark in items)
    return f"<fieldset><legend>{title}</legend>{checks}</fieldset>"


def _key(title: str, kind: str, items: Iterable[Item]) -> str:
    spans = "".join(f"<span>{mark}{text(words)}</span>" for mark, words in items)
    head = f"<strong>{title}</strong>" if title else ""
    return f'<div class="key {kind}">{head}{spans}</div>'


def _check(name: str, value: str, words: str, mark: str) -> str:
    box = f'<input type="checkbox" data-map="{name}" value="{value}" checked autocomplete="off">'
    return f"<label>{box}{mark}{words}</label>"


def _select(name: str, title: str, options: Iterable[tuple[object, str]]) -> str:
    inner = "".join(f'<option value="{value}">{text(word)}</option>' for value, word in options)
    return f'<label>{title} <select data-map="{name}" autocomplete="off">{inner}</select></label>'


def _tool(name: str, path: str, label: str) -> str:
    sign = f'<svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d="{path}"/></svg>'
    return f'<button type="button" data-tool="{name}" aria-label="{label}" title="{label}">{sign}</button>'


def _stroke(colour: str, kind: str, width: float = 3, dash: str = "solid") -> str:
    gaps = "" if dash == "solid" else f' stroke-dasharray="{dash.replace("px", "")}"'
    line = f'<path d="M1 8H23" stroke="{colour}" stroke-width="{width:g}"{gaps} fill="none"/>'
    return f'<svg class="swatch {kind}" viewBox="0 0 24 16" width="24" height="16" aria-hidden="true">{line}</svg>'


def _mark(symbol: str, colour: str, kind: str = "") -> str:
    path = f'<path d="{_SHAPES[symbol]}" fill="{colour}"/>'
    return f'<svg class="swatch {kind}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">{path}</svg>'
