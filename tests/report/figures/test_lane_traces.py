"""Classes of thickness and price are the same in every view; modes differ in more than colour."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.report.figures.lane_traces import (
    bend,
    classes_of,
    dashes,
    kind_colour,
    lane_span,
    lane_words,
    mode_colour,
    ranks,
)
from netopt.report.figures.lanes import Lanes


def lanes(units: list[float], cost: list[float]) -> Lanes:
    n = len(units)
    at, one = np.arange(n), np.ones(n, dtype=np.int64)
    return Lanes(at, at + n, 0 * one, one, np.array(units), np.zeros(n), np.array(cost), np.full(n, 1.0), np.full(n, 2.5))


def test_thickness_goes_by_the_largest_lane() -> None:
    found = lanes([1.0, 5.0, 20.0, 100.0], [1.0] * 4)
    classes = classes_of(found)
    assert classes.units.tolist() == [1.0, 6.0, 25.0, 100.0]
    assert classes.width(found).tolist() == [0, 1, 2, 3]
    assert list(classes.widths) == sorted(classes.widths)


def test_each_price_class_has_as_many_lanes() -> None:
    found = lanes([1.0] * 50, [float(price) for price in range(50)])
    assert np.bincount(classes_of(found).price(found)).tolist() == [10] * 5


def test_one_price_is_one_class() -> None:
    found = lanes([1.0, 2.0], [3.0, 6.0])
    classes = classes_of(found)
    assert classes.per_unit.tolist() == []
    assert classes.price(found).tolist() == [0, 0]


def test_nothing_has_classes_too() -> None:
    assert classes_of(lanes([], [])).per_unit.tolist() == []


def test_words() -> None:
    assert lane_words(lanes([1234.5], [10.0]), "<$>") == [["1,234", "0", "10.00 &lt;$&gt;", "0.01 &lt;$&gt;", "1 to 2.5 days"]]
    assert (lane_span(1.0, 1.0), lane_span(np.nan, np.nan)) == ("1 day", "not known how long")


def test_modes_of_a_kind_bend_and_dash_apart() -> None:
    found = ranks(np.array([0, 1, 1, 1]), np.array([0, 1, 2, 2]))
    assert found.tolist() == [[0, 1, 1], [0, 0, 1]]
    assert len({bend(rank) for rank in range(4)}) == 4
    assert bend(0, straight=True) == 0.0
    assert dashes(0) == "solid"
    assert len({dashes(rank) for rank in range(4)}) == 4
    assert len({mode_colour(mode) for mode in range(7)}) == 7
    assert len({kind_colour(kind) for kind in range(8)}) == 8


def test_a_bundle_says_of_how_many() -> None:
    found = lanes([5.0], [5.0])
    many = Lanes(found.origin, found.destination, found.mode, np.array([1_200]), found.units, found.vehicles, found.cost, found.fastest, found.slowest)
    assert lane_words(many, "")[0][-1] == "1,200"
    assert pytest.approx(1.0) == many.per_unit[0]
