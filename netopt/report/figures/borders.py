"""Coasts, countries and states of the USA, cut to what a map shows.

`data/build_borders.py` makes the file and says where it comes from.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

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


@lru_cache(maxsize=4)  # all scenarios of a network have the same ground
def borders(projection: Projection, window: Window) -> tuple[list[Line], dict[str, list[Line]]]:
    """Return the land as rings, and the lines by kind: ``state``, ``border`` and ``coast``.

    Parameters
    ----------
    projection : Projection
        Of the map.
    window : Window
        Nothing outside is returned.
    """
    land: list[Line] = []
    lines: dict[str, list[Line]] = {"state": [], "border": [], "coast": []}
    for name in ("world",) if window.width > _WORLD_KM else ("fine", "usa"):
        sheet = _sheets()[name]
        for ring, turn in _near(sheet["land"], projection, window):
            land += _land(ring, turn, projection, window)
        for kind in lines:
            for line in dict.fromkeys(at for at, _ in _near(sheet.get(kind, []), projection, window)):
                lines[kind] += _lines(line.points, projection, window)
    return land, lines


@dataclass(frozen=True, eq=False)
class _Shape:
    """A line or ring in degrees, longitude first, in one piece across the date line, and what it lies between."""

    points: Line
    low: FloatArray
    high: FloatArray

    @classmethod
    def of(cls, points: Line) -> _Shape:
        """Return the shape of some points."""
        return cls(points, points.min(axis=0), points.max(axis=0))


@lru_cache(maxsize=1)
def _sheets() -> dict[str, dict[str, list[_Shape]]]:
    """Return land and lines by sheet and kind."""
    text = files("netopt.report").joinpath("assets/borders.json").read_text(encoding="utf-8")
    content = json.loads(text)
    scale, found = float(content["per_degree"]), {}
    for name, sheet in content["sheets"].items():
        arcs = [np.cumsum(np.reshape(arc, (-1, 2)), axis=0) / scale for arc in sheet["arcs"]]
        rings = ([arcs[at] if at >= 0 else arcs[~at][::-1] for at in ring] for ring in sheet["rings"])
        found[name] = {"land": [_Shape.of(_closed(_whole(np.concatenate(ring)))) for ring in rings]} | {
            kind: [_Shape.of(_whole(arcs[at])) for at in those] for kind, those in sheet["lines"].items()
        }
    return found


def _whole(points: Line) -> Line:
    """Return a line in one piece across the date line."""
    return np.column_stack([np.unwrap(points[:, 0], period=360.0), points[:, 1]])


def _closed(ring: Line) -> Line:
    """Return a ring that goes around a pole, as that of Antarctica does, closed there."""
    if abs(ring[-1, 0] - ring[0, 0]) < 180.0:
        return ring
    pole = float(np.copysign(90.0, ring[:, 1].mean()))
    return np.vstack([ring, [ring[-1, 0], pole], [ring[0, 0], pole]])


def _near(shapes: list[_Shape], projection: Projection, window: Window) -> Iterator[tuple[_Shape, float]]:
    """Yield the shapes that could show, each with the turn of the earth, in degrees, at which it does."""
    reach, (south, north) = _reach(window)
    for shape in shapes:
        if shape.high[1] < south or shape.low[1] > north:
            continue
        for turn in range(-720, 721, 360):
            shift = turn - projection.longitude
            if shape.low[0] + shift <= reach and shape.high[0] + shift >= -reach:
                yield shape, shift


def _reach(window: Window) -> tuple[float, tuple[float, float]]:
    """Return how far east and west of the middle, and between which latitudes anything could show."""
    return min(window.east + _REACH, _CUT), (window.latitude[0] - _REACH, window.latitude[1] + _REACH)


def _land(shape: _Shape, shift: float, projection: Projection, window: Window) -> Iterator[Line]:
    """Yield what a ring of land leaves in the window; one across the cut is there on both sides."""
    reach, (south, north) = _reach(window)
    ring = _inside(shape.points + np.array([shift, 0.0]), (-reach, south, reach, north))
    if len(ring) < 3:
        return
    ring = _dense(np.vstack([ring, ring[:1]]))
    ring = np.column_stack(projection.flat(ring[:, 1], ring[:, 0]))
    ring = _inside(ring, (window.left, window.bottom, window.right, window.top))
    if len(ring) > 2 and _area(ring) > _SMALLEST * window.width * (window.top - window.bottom):
        yield ring


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
    line = _dense(points)
    east = projection.around(line[:, 0])
    reach, (south, north) = _reach(window)
    near = (np.abs(east) < reach) & (line[:, 1] > south) & (line[:, 1] < north)
    x, y = projection.flat(line[:, 1], east)
    near &= (x >= window.left) & (x <= window.right) & (y >= window.bottom) & (y <= window.top)
    if not near.any():
        return
    jump = np.append(False, np.abs(np.diff(east)) > 180.0)  # from one side of the cut to the other
    group = np.cumsum((near & np.append(True, ~near[:-1])) | jump)[near]
    for piece in np.split(np.column_stack([x, y])[near], np.nonzero(np.diff(group))[0] + 1):
        if len(piece) > 1:
            yield piece
