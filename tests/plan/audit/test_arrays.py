from __future__ import annotations

import numpy as np

from netopt.plan.audit.arrays import find, summed


def test_find_gives_positions_and_blank() -> None:
    assert list(find(np.array([7, 3, 9]), np.array([9, 4, 7, 7, -1, 100]))) == [2, -1, 0, 0, -1, -1]


def test_find_among_none_and_of_none() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert list(find(none, np.array([1, 2]))) == [-1, -1]
    assert list(find(np.array([1, 2]), none)) == []


def test_summed_by_position() -> None:
    assert list(summed(np.array([2, 0, 2]), np.array([1.0, 2.0, 3.0]), 4)) == [2, 0, 4, 0]
    assert summed(np.zeros(0, dtype=np.int64), np.zeros(0), 2).dtype == np.float64
