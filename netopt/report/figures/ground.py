"""Where the places of a network are on the drawing: on a map, or in columns where nothing has coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netopt.network import Network
from netopt.report.figures.borders import Line, Window, borders
from netopt.report.figures.lanes import Lanes, in_tiers
from netopt.report.figures.layered import columns
from netopt.report.figures.projection import fitted
from netopt.report.figures.style import INK, label, layout, plural

__all__ = ["UNITS_ACROSS", "Ground", "layered", "mapped", "on_earth"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]

UNITS_ACROSS = 10_000
"""Width of every drawing in its own units: whole ones are finer than a pixel, and short to write."""

_EDGE = 0.06
"""Share of the width that is left free around the places."""

_LEAST_KM = 50.0
_FLAT, _TALL = 0.45, 0.8
"""Height of a map for its width: wide ones get more of the earth above and below, tall ones beside them."""

_BESIDE, _ABOVE = 0.15, 0.4
"""Share of the map that is drawn beyond its frame, for moving it and for taller frames."""

_COLUMNS_FLAT = 0.6
_LONGEST = 80
"""Letters of a name in a tooltip."""

_COLUMN = 60
"""Sites of a type that all have a place in a column; of more, those in use."""


@dataclass(frozen=True)
class Ground:
    """Where the places are.

    Parameters
    ----------
    kind : {'map', 'layers'}
        Whether it is the earth, or columns from suppliers to customers.
    x, y : ndarray
        In drawing units, NaN for places that are left off, shape (places,).
    height : float
        Drawing units; the width is `UNITS_ACROSS`.
    behind : list of dict
        Traces below everything else.
    """

    kind: str
    x: FloatArray
    y: FloatArray
    height: float
    behind: list[dict[str, Any]]

    @property
    def on(self) -> BoolArray:
        """Which places are on the drawing, shape (places,)."""
        found: BoolArray = np.isfinite(self.x)
        return found

    def places(self, names: Iterable[str]) -> dict[str, list[Any]]:
        """Return ``name``, ``x`` and ``y`` of places by position, as `filled` needs them; None for those left off."""
        return {"name": [label(name, _LONGEST) for name in names], "x": _whole(self.x), "y": _whole(self.y)}

    def with_more(self, x: FloatArray, y: FloatArray) -> Ground:
        """Return the same ground with more places behind the others."""
        return replace(self, x=np.concatenate([self.x, x]), y=np.concatenate([self.y, y]))

    def here(self, lanes: Lanes) -> Lanes:
        """Return the lanes of which both ends are on the drawing."""
        return lanes.select(self.on[lanes.origin] & self.on[lanes.destination])

    def straight(self, lanes: Lanes) -> BoolArray:
        """Return which lanes are drawn straight: those between columns that stand side by side, shape (lanes,)."""
        if self.kind == "map":
            return np.zeros(len(lanes), dtype=bool)
        column = np.searchsorted(np.unique(self.x[self.on]), self.x)
        found: BoolArray = np.abs(column[lanes.destination] - column[lanes.origin]) == 1
        return found

    def layout(self, says: str) -> dict[str, Any]:
        """Return the layout of a figure on this ground: nothing is squeezed, and it can be moved."""
        hidden = {"visible": False, "fixedrange": False}
        return layout(
            says,
            xaxis={**hidden, "range": [0, UNITS_ACROSS]},
            yaxis={**hidden, "range": [0, round(self.height)], "scaleanchor": "x", "scaleratio": 1},
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            dragmode="pan",
            hovermode="closest",
            hoverdistance=24,
        )


def on_earth(network: Network, lanes: Lanes) -> bool:
    """Return whether any lane has coordinates at both of its ends, so that a map shows something."""
    known = np.isfinite(network.places.latitude) & np.isfinite(network.places.longitude)
    return bool((known[lanes.origin] & known[lanes.destination]).any())


def mapped(network: Network) -> Ground:
    """Return the places of a network on the earth; at least one has coordinates.

    Parameters
    ----------
    network : Network
        Places without coordinates are left off.
    """
    places = network.places
    known = np.isfinite(places.latitude) & np.isfinite(places.longitude)
    latitude, longitude = places.latitude[known], places.longitude[known]
    projection = fitted(latitude, longitude)
    x, y = projection(latitude, longitude)
    left, right, bottom, top = _framed(x, y)
    scale = UNITS_ACROSS / (right - left)
    beside, above = (right - left) * _BESIDE, (top - bottom) * _ABOVE
    window = Window(
        left - beside, right + beside, bottom - above, top + above,
        latitude=(float(latitude.min()), float(latitude.max())),
        east=float(np.abs(projection.around(longitude)).max()),
    )  # fmt: skip
    land, lines = borders(projection, window)

    def units(points: list[Line]) -> list[Line]:
        return [(line - [left, bottom]) * scale for line in points]

    across, up = np.full(len(known), np.nan), np.full(len(known), np.nan)
    across[known], up[known] = np.round((x - left) * scale), np.round((y - bottom) * scale)
    behind = [_land(units(land)), *(_line(kind, units(those)) for kind, those in lines.items() if those)]
    return Ground("map", across, up, (top - bottom) * scale, behind)


def _framed(x: FloatArray, y: FloatArray) -> tuple[float, float, float, float]:
    """Return left, right, bottom and top of a frame around points, kilometres."""
    width, height = float(np.ptp(x)), float(np.ptp(y))
    room = 1 - 2 * _EDGE
    width, height = max(width, _LEAST_KM) / room, max(height, _LEAST_KM * _FLAT) / room
    width, height = max(width, height / _TALL), max(height, width * _FLAT)
    middle, level = (x.max() + x.min()) / 2, (y.max() + y.min()) / 2
    return middle - width / 2, middle + width / 2, level - height / 2, level + height / 2


def _land(rings: list[Line]) -> dict[str, Any]:
    x, y = _with_gaps(rings)
    return {
        "type": "scatter", "uid": "land", "x": x, "y": y, "mode": "lines", "fill": "toself",
        "fillcolor": "rgba(128,128,128,0.10)", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False,
        "meta": {"layer": "ground"},
    }  # fmt: skip


def _line(kind: str, lines: list[Line]) -> dict[str, Any]:
    x, y = _with_gaps(lines)
    return {
        "type": "scatter", "uid": kind, "x": x, "y": y, "mode": "lines", "hoverinfo": "skip", "showlegend": False,
        "line": {"width": 0.6 if kind == "state" else 0.9, "color": "rgba(128,128,128,0.45)"},
        "meta": {"layer": "ground"},
    }  # fmt: skip


def _with_gaps(lines: list[Line]) -> tuple[list[int | None], list[int | None]]:
    """Return lines one after the other with a gap between them; points that round to the last one are left out."""
    x: list[int | None] = []
    y: list[int | None] = []
    for line in lines:
        whole = np.round(line).astype(np.int64)
        whole = whole[np.append(True, (np.diff(whole, axis=0) != 0).any(axis=1))]
        if len(whole) > 1:
            x += [*whole[:, 0].tolist(), None]
            y += [*whole[:, 1].tolist(), None]
    return x, y


def layered(kinds: Words, lanes: Lanes) -> Ground:
    """Return places in columns, from suppliers to customers.

    Parameters
    ----------
    kinds : ndarray of str
        Types of the places, shape (places,).
    lanes : Lanes
        What is drawn; sites without any stand beside the others where their column has room.
    """
    shown = np.zeros(len(kinds), dtype=bool)
    shown[lanes.origin] = shown[lanes.destination] = True
    for kind in set(kinds) - {"customer"}:
        if np.count_nonzero(kinds == kind) <= _COLUMN:
            shown |= kinds == kind
    across, up = columns(kinds, lanes, shown)
    height = UNITS_ACROSS * _COLUMNS_FLAT
    x, y = np.round(UNITS_ACROSS * (0.1 + 0.78 * across)), np.round(height * (0.02 + 0.88 * up))
    titles = {int(x[(kinds == kind) & shown][0]): plural(kind) for kind in in_tiers(kinds[shown])}
    behind = {
        "type": "scatter", "uid": "columns", "mode": "text", "hoverinfo": "skip", "showlegend": False,
        "x": list(titles), "y": [round(height * 0.95)] * len(titles), "text": list(titles.values()),
        "textfont": {"size": 13, "color": INK}, "meta": {"layer": "ground"},
    }  # fmt: skip
    return Ground("layers", x, y, height, [behind])


def _whole(values: FloatArray) -> list[int | None]:
    return [int(value) if value == value else None for value in values.tolist()]
