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

_SIDES = {
    "middle right": (1, 0),
    "middle left": (-1, 0),
    "top center": (0, 1),
    "bottom center": (0, -1),
    "top right": (1, 1),
    "bottom right": (1, -1),
    "top left": (-1, 1),
    "bottom left": (-1, -1),
}
"""By plotly's word for them, to the right and up; the first ones read best."""

_HIDDEN = 0.25
"""Share of a name that may be covered."""


class Box(NamedTuple):
    """A rectangle in drawing units."""

    left: float
    bottom: float
    right: float
    top: float


def placed(
    x: FloatArray, y: FloatArray, names: Sequence[str], around: Box, marks: tuple[FloatArray, FloatArray]
) -> dict[int, str]:
    """Return where names go, by position; those without room have none.

    Parameters
    ----------
    x, y : ndarray
        Marks that are named, the most important first, drawing units, shape (names,).
    names : sequence of str
        As they are read.
    around : Box
        What they must stay inside of.
    marks : pair of ndarray
        All marks that should not be covered, x and y.
    """
    half = _MARK * _PER_PIXEL / 2
    taken = [Box(a - half, b - half, a + half, b + half) for a, b in zip(*marks, strict=True)]
    found: dict[int, str] = {}
    for at, name in enumerate(names):
        width, height = len(name) * _LETTER * _PER_PIXEL, _LINE * _PER_PIXEL
        best, side = np.inf, ""
        for word, (right, up) in _SIDES.items():
            box = _box(float(x[at]), float(y[at]), width, height, right, up)
            inside = around.left <= box.left and box.right <= around.right
            if not inside or box.bottom < around.bottom or box.top > around.top:
                continue
            covered = sum(_shared(box, other) for other in taken) / (width * height)
            if covered < best - 1e-9:
                best, side = covered, word
        if best <= _HIDDEN:
            found[at] = side
            taken.append(_box(float(x[at]), float(y[at]), width, height, *_SIDES[side]))
    return found


def _box(x: float, y: float, width: float, height: float, right: int, up: int) -> Box:
    gap = _MARK * _PER_PIXEL * (0.7 if right and up else 1.0)
    middle = x + right * (gap + width / 2), y + up * (gap + height / 2)
    return Box(middle[0] - width / 2, middle[1] - height / 2, middle[0] + width / 2, middle[1] + height / 2)


def _shared(one: Box, other: Box) -> float:
    across = min(one.right, other.right) - max(one.left, other.left)
    up = min(one.top, other.top) - max(one.bottom, other.bottom)
    return across * up if across > 0 and up > 0 else 0.0
