"""Sums by position, and positions by key."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.network import BLANK

__all__ = ["BoolArray", "FloatArray", "IntArray", "Words", "find", "summed"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
Words = npt.NDArray[np.object_]


def summed(at: IntArray, values: FloatArray, count: int) -> FloatArray:
    """Return the sum of the values at each of ``count`` positions."""
    return np.bincount(at, weights=values, minlength=count).astype(np.float64)


def find(keys: IntArray, wanted: IntArray) -> IntArray:
    """Return the position in ``keys`` (distinct) of each of ``wanted``, `BLANK` where it is not there."""
    if not len(keys) or not len(wanted):
        return np.full(len(wanted), BLANK, dtype=np.int64)
    distinct, inverse = np.unique(wanted, return_inverse=True)
    place = np.minimum(np.searchsorted(distinct, keys), len(distinct) - 1)
    hit = np.nonzero(distinct[place] == keys)[0]
    found = np.full(len(distinct), BLANK, dtype=np.int64)
    found[place[hit]] = hit
    return found[inverse]
