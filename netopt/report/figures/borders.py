"""Coasts, countries and states of the USA, cut to what a map shows.

`data/build_borders.py` makes the file and says where it comes from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from netopt.report.figures.projection import Projection

__all__ = ["Window", "borders"]

FloatArray = npt.NDArray[np.float64]
Line = FloatArray
"""Points of a line or of a ring, shape (points, 2)."""

_WORLD_KM = 9_000.0
"""From this width on, the coarse sheet has all that can be seen."""

_STEP = 1.0
"""Degrees between points of a long straight border, such as the 49th parallel, which is an arc on the map."""

_CUT = 179.0
"""Degrees from the middle at which the earth is cut open."""

_REACH = 40.0
"""Degrees around the places from which anything could show; a cone draws the other side of the earth over this one."""

_SMALLEST = 2e-6
"""Land of a smaller share of the map is not seen."""


@dataclass(frozen=True)
class Window:
    """What a map shows of the plane.

    Parameters
    ----------
    left, right, bottom, top : float
        Kilometres, as the projection counts them.
    latitude : tuple of float
        The lowest and highest of the places, degrees.
    east : float
        The farthest place from the middle, degrees of longitude.
    """

    left: float
    right: float
    bottom: float
    top: float
    latitude: tuple[float, float]
    east: float

    @property
    def width(self) -> float:
        """Kilometres."""
        return self.right - self.left


def borders(projection: Projection, window: Window) -> tuple[list[Line], dict[str, list[Line]]]:
    """Return the land as rings, and the lines by kind: ``coast``, ``border`` and ``state``.

    Parameters
    ----------
    projection : Projection
        Of the map.
    window : Window
        Nothing outside is returned.
    """
    names = ("world",) if window.width > _WORLD_KM else ("fine", "usa")
    land: list[Line] = []
    lines: dict[str, list[Line]] = {"coast": [], "border": [], "state": []}
    for name in names:
        arcs, sheet = _sheets()[name]
        for ring in sheet["rings"]:
            points = np.concatenate([arcs[at] if at >= 0 else arcs[~at][::-1] for at in ring])
            land += _land(points, projection, window)
        for kind, those in sheet["lines"].items():
            for at in those:
                lines[kind] += _lines(arcs[at], projection, window)
    return land, lines


@lru_cache(maxsize=1)
def _sheets() -> dict[str, tuple[list[FloatArray], dict[str, Any]]]:
    """Return arcs in degrees, longitude first, and what is made of them, by sheet."""
    text = files("netopt.report").joinpath("assets/borders.json").read_text(encoding="utf-8")
    content = json.loads(text)
    scale = float(content["per_degree"])
    return {
        name: ([np.cumsum(np.reshape(arc, (-1, 2)), axis=0) / scale for arc in sheet["arcs"]], sheet)
        for name, sheet in content["sheets"].items()
    }


def _land(points: Line, projection: Projection, window: Window) -> Iterator[Line]:
    """Yield what a ring of land leaves in the window; a ring across the cut is there on both sides."""
    reach = min(window.east + _REACH, _CUT)
    low, high = window.latitude[0] - _REACH, window.latitude[1] + _REACH
    around = _whole(points)
    for turn in range(-720, 721, 360):
        east = around[:, 0] - projection.longitude + turn
        if east.max() < -reach or east.min() > reach or around[:, 1].max() < low or around[:, 1].min() > high:
            continue
        ring = _inside(np.column_stack([east, around[:, 1]]), (-reach, low, reach, high))
        if len(ring) < 3:
            continue
        ring = _dense(np.vstack([ring, ring[:1]]))
        ring = np.column_stack(projection.flat(ring[:, 1], ring[:, 0]))
        ring = _inside(ring, (window.left, window.bottom, window.right, window.top))
        if len(ring) > 2 and _area(ring) > _SMALLEST * window.width * (window.top - window.bottom):
            yield ring


def _whole(ring: Line) -> Line:
    """Return a ring in one piece across the date line; one around a pole, as Antarctica is, is closed there."""
    longitude, latitude = np.unwrap(ring[:, 0], period=360.0), ring[:, 1]
    if abs(longitude[-1] - longitude[0]) > 180.0:
        pole = float(np.copysign(90.0, latitude.mean()))
        longitude = np.concatenate([longitude, longitude[[-1, 0]]])
        latitude = np.concatenate([latitude, [pole, pole]])
    return np.column_stack([longitude, latitude])


def _inside(ring: FloatArray, box: tuple[float, float, float, float]) -> FloatArray:
    """Return the part of a ring inside a box: left, bottom, right, top (Sutherland and Hodgman 1974)."""
    for axis, limit, sign in ((0, box[0], 1.0), (1, box[1], 1.0), (0, box[2], -1.0), (1, box[3], -1.0)):
        if not len(ring):
            return ring
        depth = sign * (ring[:, axis] - limit)
        here = depth >= 0
        if here.all():
            continue
        after, there = np.roll(ring, -1, axis=0), np.roll(here, -1)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = depth / (depth - np.roll(depth, -1))
            crossing = ring + share[:, None] * (after - ring)
        # every point gives itself where it is inside, then the crossing where its edge leaves or enters
        both = np.stack([ring, crossing], axis=1)
        ring = both[np.column_stack([here, here != there])]
    return ring


def _area(ring: FloatArray) -> float:
    x, y = ring.T
    return abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2


def _dense(points: FloatArray) -> FloatArray:
    """Return points with others between those that are far apart, all in degrees."""
    if len(points) < 2:
        return points
    far = np.abs(np.diff(points, axis=0)).max(axis=1)
    pieces = np.maximum(np.ceil(far / _STEP), 1).astype(np.int64)
    if (pieces == 1).all():
        return points
    at = np.concatenate([np.arange(n) / n + place for place, n in enumerate(pieces)] + [[float(len(pieces))]])
    return np.column_stack([np.interp(at, np.arange(len(points)), column) for column in points.T])


def _lines(points: Line, projection: Projection, window: Window) -> Iterator[Line]:
    """Yield the pieces of a line in the window."""
    line = _dense(np.column_stack([np.unwrap(points[:, 0], period=360.0), points[:, 1]]))
    east = projection.around(line[:, 0])
    near = np.abs(east) < min(window.east + _REACH, _CUT)
    near &= (line[:, 1] > window.latitude[0] - _REACH) & (line[:, 1] < window.latitude[1] + _REACH)
    if not near.any():
        return
    x, y = projection.flat(line[:, 1], east)
    near &= (x >= window.left) & (x <= window.right) & (y >= window.bottom) & (y <= window.top)
    jump = np.append(False, np.abs(np.diff(east)) > 180.0)  # from one side of the cut to the other
    group = np.cumsum((near & np.append(True, ~near[:-1])) | jump)[near]
    for piece in np.split(np.column_stack([x, y])[near], np.nonzero(np.diff(group))[0] + 1):
        if len(piece) > 1:
            yield piece
