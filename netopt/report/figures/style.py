"""What all figures have in common: one palette that colour-blind readers can tell apart, one type, no background.

Colours are Okabe and Ito's (2008), https://jfly.uni-koeln.de/color/. Text and grid are grey here, which reads on light
and on dark; `netopt/report/page.css` gives them the colours of the page.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from textwrap import wrap
from typing import Any

from netopt.report.words import money, safe

__all__ = [
    "BLUE",
    "COSTS",
    "FAINT",
    "FONT",
    "GREEN",
    "GREY",
    "INK",
    "KINDS",
    "ORANGE",
    "PURPLE",
    "SERIES",
    "SKY",
    "SYMBOLS",
    "VERMILION",
    "YELLOW",
    "Figure",
    "cash",
    "faint",
    "height",
    "hover",
    "inert",
    "label",
    "layout",
    "over_time",
    "plural",
    "rows",
    "singular",
]  # fmt: skip

Figure = dict[str, Any]
"""``{"data": [...], "layout": {...}}`` as plotly reads it; ``layout["meta"]["says"]`` is the finding in a sentence."""

BLUE, VERMILION, GREEN, ORANGE = "#0072B2", "#D55E00", "#009E73", "#E69F00"
SKY, PURPLE, YELLOW, GREY = "#56B4E9", "#CC79A7", "#F0E442", "#8A929A"
INK, FAINT = "#6B737B", "rgba(128,128,128,0.22)"

SERIES = (BLUE, ORANGE, GREEN, VERMILION, SKY, PURPLE, YELLOW, GREY)
"""Colours of things that have no order, in the order in which they are given out."""

COSTS = ("#2F6FB5", "#74ABD8", "#A9A69C", "#E3A33C", "#D55E00")
"""From little to much: blue to orange, which all readers tell apart, and none too dark or too light for a page."""

KINDS = {"supplier": PURPLE, "plant": VERMILION, "dc": ORANGE, "sort_center": YELLOW, "fc": GREEN, "customer": GREY}
SYMBOLS = {
    "supplier": "triangle-up",
    "plant": "pentagon",
    "dc": "square",
    "sort_center": "hexagon",
    "fc": "diamond",
    "customer": "circle",
}

_NAMES = {
    "supplier": ("supplier", "suppliers"),
    "plant": ("plant", "plants"),
    "dc": ("DC", "DCs"),
    "sort_center": ("sort center", "sort centers"),
    "fc": ("FC", "FCs"),
    "customer": ("customer", "customers"),
}

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'


def label(name: object, width: int = 0) -> str:
    """Return a name as plotly shows it as it is: plotly reads a few tags and entities of HTML in every text.

    Parameters
    ----------
    name : object
        Anything that came from a user.
    width : int
        Longer names are cut with an ellipsis; 0 never cuts.
    """
    return html.escape(safe(name, width), quote=False)


def faint(colour: str, opacity: float) -> str:
    """Return a colour such as ``#0072B2`` through which others are seen."""
    return f"{colour}{round(255 * opacity):02X}"


def inert(name: object) -> str:
    """Return a name for a template, in which plotly would read ``%{x}``."""
    return label(name).replace("%", "&#37;")


def cash(value: float, currency: str, scale: float | None = None) -> str:
    """Return an amount of money as plotly shows it as it is; see `netopt.report.words.money`."""
    return label(money(value, currency, scale))


def rows(names: Sequence[str], width: int) -> dict[str, Any]:
    """Return the axis of horizontal bars at 0, 1, 2 and so on: names that are cut may look the same, and stay apart."""
    lines = ("<br>".join(map(label, _cut(wrap(safe(name), width)))) for name in names)
    return {"autorange": "reversed", "showgrid": False, "tickvals": list(range(len(names))), "ticktext": list(lines)}


def _cut(lines: list[str]) -> list[str]:
    """Return two lines at most."""
    return lines if len(lines) <= 2 else [lines[0], f"{lines[1][:-1]}…"]


def height(count: int, each: int = 34) -> int:
    """Return the height of so many horizontal bars and their axis, pixels."""
    return each * max(count, 2) + 48


def singular(kind: str) -> str:
    """Return what a place of a type is called: ``DC``, ``sort center``."""
    return _NAMES[kind][0] if kind in _NAMES else label(kind)


def plural(kind: str) -> str:
    """Return what several places of a type are called: ``DCs``, ``customers``."""
    return _NAMES[kind][1] if kind in _NAMES else f"{label(kind)}s"


def hover(head: str, *rows: str) -> str:
    """Return a tooltip: a line in bold, then others."""
    return f"<b>{head}</b><br>{'<br>'.join(rows)}<extra></extra>"


def layout(says: str, **more: Any) -> dict[str, Any]:
    """Return the layout of a figure.

    Parameters
    ----------
    says : str
        The finding, for those who hear the page and for the line below the figure.
    **more
        What this figure has of its own; entries of ``xaxis``, ``yaxis``, ``margin`` and ``legend`` are added to the
        common ones.
    """
    common: dict[str, Any] = {
        "font": {"family": FONT, "size": 13, "color": INK},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,  # nothing can be moved, and a finger scrolls the page
        "legend": {
            "orientation": "h",
            "x": 0,
            "xanchor": "left",
            "y": 1.02,
            "yanchor": "bottom",
            "traceorder": "normal",
        },
        "hoverlabel": {
            "align": "left",
            "bgcolor": "#23282D",
            "bordercolor": "#23282D",
            "font": {"family": FONT, "size": 13, "color": "#FFFFFF"},
        },
        "xaxis": _axis(),
        "yaxis": _axis(),
        "meta": {"says": says},
    }
    for name, value in more.items():
        common[name] = {**common[name], **value} if isinstance(common.get(name), dict) else value
    return common


def over_time(says: str, bars: int, barmode: str, title: str = "") -> dict[str, Any]:
    """Return the layout of bars side by side, one for each period or step, on top of each other by series."""
    below = {"title": {"text": title, "standoff": 8, "font": {"size": 13}}} if title else {}
    return layout(
        says,
        barmode=barmode,
        bargap=max(0.25, 1 - 0.12 * bars),  # a few bars need not be as wide as the page
        height=300,
        showlegend=True,
        xaxis={"type": "category", "showgrid": False, **below},
        yaxis={"tickformat": "~s", "rangemode": "tozero"},
    )


def _axis() -> dict[str, Any]:
    return {
        "gridcolor": FAINT,
        "zeroline": False,
        "fixedrange": True,
        "automargin": True,
        "ticks": "",
        "ticklabelstandoff": 6,
    }
