"""Columns run from suppliers to customers, and neighbours stand beside each other."""

from __future__ import annotations

import numpy as np

from netopt.report.figures.lanes import Lanes
from netopt.report.figures.layered import columns


def lanes(pairs: list[tuple[int, int]]) -> Lanes:
    origin, destination = np.array(pairs).T
    one, many = np.ones(len(pairs)), np.ones(len(pairs), dtype=np.int64)
    return Lanes(origin, destination, 0 * many, many, one, one, one, one, one)


def crossings(y: np.ndarray, pairs: list[tuple[int, int]]) -> int:
    return sum((y[a] - y[c]) * (y[b] - y[d]) < 0 for i, (a, b) in enumerate(pairs) for c, d in pairs[:i])


def test_lanes_that_need_not_cross_do_not() -> None:
    rng = np.random.default_rng(3)
    order = rng.permutation(12)
    kinds = np.array(["dc"] * 3 + ["customer"] * 12, dtype=object)
    pairs = [(int(site), 3 + int(order[4 * site + k])) for site in range(3) for k in range(4)]
    x, y = columns(kinds, lanes(pairs), np.ones(15, dtype=bool))
    assert crossings(y, pairs) == 0
    assert set(x[:3]) == {0.0}
    assert set(x[3:]) == {1.0}
    assert len(set(y[3:])) == 12


def test_columns_are_in_the_order_of_the_goods() -> None:
    kinds = np.array(["customer", "fc", "supplier", "kiosk"], dtype=object)
    x, y = columns(kinds, lanes([(2, 1), (1, 0), (1, 3)]), np.ones(4, dtype=bool))
    assert x[2] < x[1] < x[0] < x[3]
    assert ((y > 0) & (y < 1)).all()


def test_what_is_not_shown_has_no_place() -> None:
    kinds = np.array(["fc", "fc", "customer"], dtype=object)
    x, y = columns(kinds, lanes([(0, 2)]), np.array([True, False, True]))
    assert np.isnan(x[1])
    assert np.isnan(y[1])
    assert np.isfinite(x[[0, 2]]).all()
