"""Maps side by side: where each plan is open, and where it differs from the first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netopt.report.figures.map import plan_map
from netopt.report.figures.style import GREEN, INK, VERMILION, Figure, label
from netopt.report.words import count, listed

if TYPE_CHECKING:
    from netopt.study.outcome import Outcome

__all__ = ["MOST_MAPS", "maps"]

MOST_MAPS = 4
"""Maps that a page has room for."""

_HEIGHT = 320
_LEFT_OUT = ("names", "legend", "shut")
"""Layers that are too much for a small map."""

_NAMED = 4


def maps(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    """Return the maps of the first plans by name, those sites marked that open or close beside the first of them.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Those without a plan are left out.
    """
    found = [each for each in outcomes if each.found and (each.tables["flows"]["quantity"] > 0).any()][:MOST_MAPS]
    return {each.name: _map(each, None if each is found[0] else found[0]) for each in found}


def _map(outcome: Outcome, first: Outcome | None) -> Figure:
    figure = plan_map(outcome)
    kept = [trace for trace in figure["data"] if trace.get("meta", {}).get("layer") not in _LEFT_OUT]
    here = set(outcome.open_sites())
    before = here if first is None else set(first.open_sites())
    opened = [name for name in outcome.open_sites() if name not in before]
    closed = [] if first is None else [name for name in first.open_sites() if name not in here]
    places = _places(figure["data"])
    marks = [_marked(opened, places, GREEN, "circle-open", "opens"), _marked(closed, places, VERMILION, "x", "closes")]
    layout = figure["layout"] | {
        "height": _HEIGHT,
        "showlegend": False,
        "meta": {"says": _says(outcome, opened, closed)},
    }
    for trace in kept:
        trace["showlegend"] = False
    return {"data": [*kept, *filter(None, marks)], "layout": layout}


def _says(outcome: Outcome, opened: list[str], closed: list[str]) -> str:
    said = f"{outcome.name}: {count(len(outcome.open_sites()), 'site')} open"
    if opened:
        said += f", opens {listed(opened, _NAMED)}"
    if closed:
        said += f", closes {listed(closed, _NAMED)}"
    return f"{said}."


def _places(traces: Sequence[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Return where sites are on a map, by their names as the map shows them."""
    found = {}
    for trace in traces:
        if trace.get("meta", {}).get("layer") not in ("places", "shut"):
            continue
        for words, x, y in zip(trace.get("customdata", ()), trace["x"], trace["y"], strict=False):
            found[str(words[0])] = (x, y)
    return found


def _marked(
    names: Sequence[str], places: dict[str, tuple[float, float]], colour: str, symbol: str, word: str
) -> dict[str, Any] | None:
    """Return marks with names around sites, None where none of them is on the map."""
    at = [(label(name), *places[label(name)]) for name in names if label(name) in places]
    if not at:
        return None
    return {
        "type": "scatter", "mode": "markers+text", "hoverinfo": "skip", "showlegend": False, "cliponaxis": False,
        "x": [x for _, x, _ in at], "y": [y for _, _, y in at], "text": [f"{name} ({word})" for name, _, _ in at],
        "textposition": "top center", "textfont": {"size": 12, "color": INK},
        "marker": {"symbol": symbol, "size": 22 if symbol != "x" else 13, "color": colour, "line": {"width": 2.5}},
        "meta": {"layer": "changes"},
    }  # fmt: skip
