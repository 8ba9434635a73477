"""Leaves cover every choice: no combination of whole numbers is left out by all of them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from netopt.errors import PlanError

__all__ = ["check_cover"]

FloatArray = npt.NDArray[np.float64]
Within = dict[int, tuple[float, float]]

_PATIENCE = 50_000_000
"""Looks at a leaf, after which a heap of leaves that no tree has made is given up."""

_NAMED = 8


def check_cover(leaves: Iterable[Mapping[int, tuple[float, float]]], lower: FloatArray, upper: FloatArray) -> None:
    """Check that every choice of whole numbers between bounds is in a leaf.

    A box is covered where one leaf holds all of it. Else it is cut in two between two whole numbers, where that cuts
    the fewest leaves, and both halves are looked at, each with the leaves that reach into it. The leaves of a tree can
    always be told apart without cutting any; others only cost more time.

    Parameters
    ----------
    leaves : iterable of mapping of int to (float, float)
        The range of each column that a leaf narrows, whole numbers or infinite.
    lower, upper : ndarray
        Bounds of all columns, shape (columns,).

    Raises
    ------
    PlanError
        When a choice is in no leaf, or the leaves are too wild to tell.
    """
    whole: Within = {}
    meeting = []
    for leaf in leaves:
        for column in leaf:
            if column not in whole:
                whole[column] = _ceil(lower[column]), _floor(upper[column])
        narrowed = _meet(leaf, whole)
        if narrowed is not None:
            meeting.append(narrowed)
    stack: list[tuple[Within, list[Within]]] = [({}, meeting)]
    looks = 0
    while stack:
        box, meeting = stack.pop()
        smallest = min(meeting, key=len, default=None)
        if smallest is None:
            raise PlanError(f"no leaf holds {_named(box) or 'anything'}")
        if not smallest:
            continue
        looks += len(meeting)
        if looks > _PATIENCE:
            raise PlanError("the leaves are too many to see that they leave nothing out")
        column, last = _split(smallest, meeting, {**{c: whole[c] for c in smallest}, **box})
        low, high = box.get(column, whole[column])
        below, above = _parted(meeting, column, last, low, high)
        stack.append(({**box, column: (low, last)}, below))
        stack.append(({**box, column: (last + 1, high)}, above))


def _meet(leaf: Mapping[int, tuple[float, float]], whole: Mapping[int, tuple[float, float]]) -> Within | None:
    """Return what a leaf narrows, nothing else; None where it is empty or outside."""
    found = {}
    for column, (low, high) in leaf.items():
        least, most = whole[column]
        if max(low, least) > min(high, most):
            return None
        if low > least or high < most:
            found[column] = (low, high)
    return found


def _parted(
    meeting: list[Within], column: int, last: float, low: float, high: float
) -> tuple[list[Within], list[Within]]:
    """Return the leaves that reach into either half of a box, without what they do not narrow there.

    A leaf that is in one half only is changed in place: nobody else has it.
    """
    below, above = [], []
    for leaf in meeting:
        start, end = leaf.get(column, (low, high))
        both = start <= last < end
        if start <= last:
            below.append(_freed(dict(leaf) if both else leaf, column, start <= low and end >= last))
        if end > last:
            above.append(_freed(leaf, column, start <= last + 1 and end >= high))
    return below, above


def _freed(leaf: Within, column: int, free: bool) -> Within:
    if free:
        leaf.pop(column, None)
    return leaf


def _split(smallest: Within, meeting: list[Within], ranges: Within) -> tuple[int, float]:
    """Return a column of the smallest leaf and the last number of the lower half, so that few leaves are cut."""
    best: tuple[int, int, int, float] | None = None
    for column in smallest:
        low, high = ranges[column]
        own = [leaf[column] for leaf in meeting if column in leaf]
        starts, ends = sorted(side[0] for side in own), sorted(side[1] for side in own)
        anywhere = len(meeting) - len(own)
        for last in {start - 1 for start in starts if start > low} | {end for end in ends if end < high}:
            before, after = bisect_right(starts, last), len(own) - bisect_right(ends, last)
            cut = anywhere + before + after - len(own)
            found = (cut, abs(before - after), column, last)
            if best is None or found < best:
                best = found
        if best is not None and best[0] == 0:
            break
    if best is None:
        raise PlanError("a leaf narrows nothing")
    return best[2], best[3]


def _ceil(value: float) -> float:
    return math.ceil(value) if math.isfinite(value) else float(value)


def _floor(value: float) -> float:
    return math.floor(value) if math.isfinite(value) else float(value)


def _named(box: Within) -> str:
    words = [f"column {column} from {low} to {high}" for column, (low, high) in box.items()]
    return ", ".join(words[:_NAMED] + ([f"and {len(words) - _NAMED} more"] if len(words) > _NAMED else []))
