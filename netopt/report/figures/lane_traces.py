"""Lanes as lines: a trace for each kind of lane, mode, thickness and price class, and one to point at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netopt.report.figures.lanes import Lanes
from netopt.report.figures.style import COSTS, SERIES, cash, faint, inert
from netopt.report.words import amount, days

__all__ = [
    "Classes", "Sorted", "classes_of", "dashes", "kind_colour", "lane_lines", "lane_points", "lane_rows", "lane_span",
    "lane_words", "mode_colour", "ranks",
]  # fmt: skip

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_SHARES = (0.01, 0.06, 0.25)
_WIDTHS = (0.9, 2.0, 3.6, 6.0)
"""Shares of the largest lane at which lines become thicker, and how thick they are, pixels."""

_MODES = (SERIES[0], SERIES[3], SERIES[4], SERIES[5], SERIES[2], SERIES[1], SERIES[7])
_DASHES = ("solid", "6px,3px", "2px,3px", "9px,3px,2px,3px")
"""Modes differ in colour, and where they go between the same kinds of places in their dashes, too."""

_BEND, _MORE = 0.07, 0.06
"""How far a lane bends to its right, beside its length; each further mode bends more, so that all of them show."""

_NUMBERS, _OPACITY = (300, 3_000, 10_000), (0.8, 0.5, 0.3)
"""The more lanes, the fainter each."""


@dataclass(frozen=True)
class Classes:
    """What thickness and price class mean, the same in all that is shown.

    Parameters
    ----------
    units : ndarray
        Upper ends of all classes of thickness, units.
    per_unit : ndarray
        Ends between the classes of cost, money per unit; empty where all cost the same.
    """

    units: FloatArray
    per_unit: FloatArray

    widths = _WIDTHS
    """Pixels, by class."""

    colours = COSTS
    """Of cost, by class."""

    def width(self, lanes: Lanes) -> IntArray:
        """Return the class of thickness of each lane."""
        found: IntArray = np.searchsorted(self.units[:-1], lanes.units, side="left").astype(np.int64)
        return found

    def price(self, lanes: Lanes) -> IntArray:
        """Return the class of cost per unit of each lane."""
        found: IntArray = np.searchsorted(self.per_unit, lanes.per_unit, side="left").astype(np.int64)
        return found


@dataclass(frozen=True)
class Sorted:
    """What each lane is.

    Parameters
    ----------
    kind : ndarray of int
        From what to what it goes, see `Kinds`, shape (lanes,).
    rank : ndarray of int
        Place of its mode among those of its kind, shape (lanes,).
    straight : ndarray of bool
        Whether it is drawn straight, as between columns that stand side by side, shape (lanes,).
    """

    kind: IntArray
    rank: IntArray
    straight: BoolArray


def classes_of(lanes: Lanes) -> Classes:
    """Return the classes for all lanes of a plan: thickness by the largest, price so that each has as many lanes."""
    most, per_unit = float(lanes.units.max(initial=0.0)), lanes.per_unit
    ends = np.unique(np.quantile(per_unit, np.arange(1, len(COSTS)) / len(COSTS))) if len(lanes) else np.zeros(0)
    return Classes(np.array([*_SHARES, 1.0]) * most, ends[ends < per_unit.max(initial=-np.inf)])


def mode_colour(mode: int) -> str:
    """Return the colour of a mode, by its position."""
    return _MODES[mode % len(_MODES)]


def dashes(rank: int) -> str:
    """Return the dashes of a mode by its rank among those of a kind of lane; the first one has none."""
    return _DASHES[rank % len(_DASHES)]


def kind_colour(at: int) -> str:
    """Return the colour of a kind of lane, by its position."""
    return SERIES[at % len(SERIES)]


def ranks(kind: IntArray, mode: IntArray) -> IntArray:
    """Return the place of each mode among those of each kind of lane, shape (kinds, modes).

    Parameters
    ----------
    kind, mode : ndarray of int
        Of all lanes, shape (lanes,).
    """
    there = np.zeros((int(kind.max(initial=0)) + 1, int(mode.max(initial=0)) + 1), dtype=np.int64)
    there[kind, mode] = 1
    found: IntArray = np.cumsum(there, axis=1) - there
    return found


def bend(rank: int, *, straight: bool = False) -> float:
    """Return how far lanes of a mode bend to their right, beside their length; straight ones only by its rank."""
    return round((0.0 if straight else _BEND) + _MORE * rank, 2)


def lane_words(lanes: Lanes, currency: str) -> list[list[str]]:
    """Return what a reader is told of each lane: units, vehicles, cost, cost per unit, days, and of how many lanes."""
    scale = float(np.abs(lanes.cost).max(initial=0.0))
    columns = (lanes.units, lanes.vehicles, lanes.cost, lanes.per_unit, lanes.fastest, lanes.slowest, lanes.count)
    return [
        [
            amount(units),
            amount(vehicles),
            cash(cost, currency, scale),
            cash(each, currency),
            lane_span(fastest, slowest),
            *([f"{number:,}"] if number > 1 else []),
        ]
        for units, vehicles, cost, each, fastest, slowest, number in zip(*columns, strict=True)
    ]


def lane_rows(lanes: Lanes) -> list[str]:
    """Return the lines of a tooltip for `lane_words`: vehicles and days only where any lane has them."""
    rows = ["%{customdata[2]} units"]
    rows += ["%{customdata[3]} vehicles"] if (lanes.vehicles > 0).any() else []
    rows += ["%{customdata[4]}, %{customdata[5]} per unit"]
    return rows + (["%{customdata[6]} on the way"] if np.isfinite(lanes.fastest).any() else [])


def lane_span(fastest: float, slowest: float) -> str:
    """Return the days on a lane: ``2 days``, ``1.5 to 2 days``."""
    if not np.isfinite(fastest):
        return "not known how long"
    return days(fastest) if days(fastest) == days(slowest) else f"{days(fastest).split()[0]} to {days(slowest)}"


def lane_lines(lanes: Lanes, of: Sorted, classes: Classes, clear: float = 1.0) -> Iterator[dict[str, Any]]:
    """Yield lanes as lines; ``at`` stands for their coordinates until they are filled in.

    Parameters
    ----------
    lanes : Lanes
        What is drawn.
    of : Sorted
        What each of them is.
    classes : Classes
        Of the plan.
    clear : float
        Share of the usual strength at which lines are drawn.
    """
    width, price = classes.width(lanes), classes.price(lanes)
    opacity = clear * float(np.interp(len(lanes), _NUMBERS, _OPACITY))
    for e, m, w, p in np.unique(np.column_stack([of.kind, lanes.mode, width, price]), axis=0).tolist():
        at = np.nonzero((of.kind == e) & (lanes.mode == m) & (width == w) & (price == p))[0]
        plain = {"mode": mode_colour(m), "kind": kind_colour(e), "cost": classes.colours[p]}
        colours = {name: faint(colour, opacity) for name, colour in plain.items()}
        rank, straight = int(of.rank[at[0]]), bool(of.straight[at[0]])
        yield {
            "type": "scatter", "mode": "lines", "hoverinfo": "skip", "showlegend": False,
            "line": {
                "color": colours["mode"], "width": classes.widths[w], "dash": dashes(rank),
                "shape": "spline",
            },
            "meta": {
                "layer": "lanes", "kind": e, "mode": m, "bend": bend(rank, straight=straight), "colours": colours,
                "width": classes.widths[w],
            },
            "at": at.tolist(),
        }  # fmt: skip


def lane_points(
    lanes: Lanes, of: Sorted, titles: Sequence[str], modes: Sequence[str], rows: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Yield the middles of lanes, which are not seen: pointed at, they say what a lane carries.

    Parameters
    ----------
    lanes : Lanes
        What is drawn.
    of : Sorted
        What each of them is.
    titles, modes : sequence of str
        What kinds of lanes and modes are called, by position.
    rows : sequence of str
        Lines of the tooltip below from, to and mode; words of a lane begin at ``customdata[2]``.
    """
    together = lanes.count > 1
    for e, m, more in np.unique(np.column_stack([of.kind, lanes.mode, together]), axis=0).tolist():
        at = np.nonzero((of.kind == e) & (lanes.mode == m) & (together == more))[0]
        by = f" by {inert(modes[m])}" if modes[m] else ""
        head = f"<b>%{{customdata[0]}} → %{{customdata[1]}}</b><br>{titles[e]}{by}"
        last = ["%{customdata[7]} lanes together"] if more else []
        turn = bend(int(of.rank[at[0]]), straight=bool(of.straight[at[0]]))
        yield {
            "type": "scatter", "mode": "none", "showlegend": False,
            "meta": {"layer": "lanes", "kind": e, "mode": m, "bend": turn, "pointed": True},
            "hovertemplate": "<br>".join([head, *rows, *last]) + "<extra></extra>", "at": at.tolist(),
        }  # fmt: skip
