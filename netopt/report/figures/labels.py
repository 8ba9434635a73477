"""Names beside their marks, on the side where they hide the least."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["placed"]

FloatArray = npt.NDArray[np.float64]

_PER_PIXEL = 10.0
"""Drawing units in a pixel, of a drawing a thousand pixels wide."""

_LETTER, _LINE, _MARK = 6.4, 15.0, 8.0
"""Width of a letter, height of a line and half the size of a mark, pixels."""

_MIDDLE, _EDGE = ("middle right", "middle left", "top center", "bottom center"), ("right", "left")
BESIDE = (*_MIDDLE, *(f"{up} {side}" for side in _EDGE for up in ("top", "bottom")))
ABOVE = ("top center", "bottom center")
"""Where a name may stand, by plotly's words; the first ones read best."""

_HIDDEN = 0.25
"""Share of a name that may be covered."""


class Box(NamedTuple):
    """A rectangle in drawing units."""

    left: float
    bottom: float
    right: float
    top: float


def placed(
    x: FloatArray, y: FloatArray, names: Sequence[str], frame: Box, sides: Sequence[str] = BESIDE
) -> dict[int, str]:
    """Return on which side of its mark each name stands, by position; those without room have none.

    Parameters
    ----------
    x, y : ndarray
        Marks, the most important first, drawing units, shape (names,).
    names : sequence of str
        As they are read.
    frame : Box
        What names must stay inside of.
    sides : sequence of str
        Where they may stand, the best first.
    """
    half = _MARK * _PER_PIXEL / 2
    taken = [Box(a - half, b - half, a + half, b + half) for a, b in zip(x, y, strict=True)]
    found: dict[int, str] = {}
    for at, name in enumerate(names):
        width, height = len(name) * _LETTER * _PER_PIXEL, _LINE * _PER_PIXEL
        boxes = {side: _box(float(x[at]), float(y[at]), width, height, side) for side in sides}
        covered = {
            side: sum(_shared(box, other) for other in taken) / (width * height)
            for side, box in boxes.items()
            if _shared(box, frame) > width * height * (1 - 1e-9)
        }
        best = min(covered, key=lambda side: round(covered[side], 6), default="")
        if best and covered[best] <= _HIDDEN:
            found[at] = best
            taken.append(boxes[best])
    return found


def _box(x: float, y: float, width: float, height: float, side: str) -> Box:
    right, up = ("right" in side) - ("left" in side), ("top" in side) - ("bottom" in side)
    gap = _MARK * _PER_PIXEL * (0.7 if right and up else 1.0)
    middle = x + right * (gap + width / 2), y + up * (gap + height / 2)
    return Box(middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)


def _shared(one: Box, other: Box) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    up = min(one.top, other.top) - max(one.bottom, other.bottom)
    return across * up if across > 0 and up > 0 else 0.0
