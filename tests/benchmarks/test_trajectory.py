"""Seconds to a gap and gaps at a time, of searches that are made up."""

from __future__ import annotations

import math

import pytest

from tests.benchmarks.trajectory import Point, envelope, gap_at, measures, relative_gap, seconds_to

NOTHING = Point(0.0, math.inf, -math.inf)
ON_THE_WAY = [
    Point(1.0, math.inf, 80.0), Point(2.0, 120.0, 80.0), Point(5.0, 101.0, 90.0), Point(30.0, 101.0, 99.0),
    Point(61.0, 100.0, 99.0), Point(200.0, 100.0, 99.95),
]
END = Point(301.0, 100.0, 99.98)


def test_a_gap_needs_a_plan_and_a_bound() -> None:
    """Without one of them it is infinite; relative to the plan; never negative."""
    assert relative_gap(100.0, 99.0) == pytest.approx(0.01)
    assert relative_gap(-100.0, -101.0) == pytest.approx(0.01)
    assert relative_gap(100.0, 100.1) == 0.0
    assert relative_gap(math.inf, 5.0) == relative_gap(5.0, -math.inf) == math.inf


def test_measures_of_a_search_that_was_stopped() -> None:
    """Times are those of the first point close enough, gaps those of the last point before the moment."""
    found = measures(ON_THE_WAY, END, limit=300.0, done=False)
    assert found["to"] == {"0.01": 61.0, "0.001": 200.0, "0.0001": None}
    assert found["to_asked"] is None
    assert found["at"]["60"] == pytest.approx(2 / 101)
    assert found["at"]["300"] == found["at_limit"] == found["gap_end"] == pytest.approx(2e-4)


def test_bounds_and_plans_are_kept_even_where_a_later_point_is_worse() -> None:
    """A bound that was 100 stays 100 as long as the end does not say otherwise."""
    found = envelope([Point(1.0, 110.0, 100.0), Point(2.0, 120.0, 90.0)], Point(3.0, math.inf, -math.inf))
    assert [(point.cost, point.bound) for point in found] == [(110.0, 100.0)] * 3


def test_a_claim_that_the_end_does_not_hold_up_counts_for_what_it_came_to() -> None:
    """A plan that came out dearer and a bound that was taken back prove nothing before their time."""
    found = envelope([Point(1.0, 100.0, 99.999)], Point(9.0, 104.0, 99.0))
    assert [(point.cost, point.bound) for point in found] == [(104.0, 99.0)] * 2
    assert seconds_to(0.01, found) is None
    assert seconds_to(0.05, found) == 1.0


def test_a_search_that_is_done_keeps_its_gap() -> None:
    """Solved after 3 s is solved at 60 s; stopped after 3 s says nothing about 60 s."""
    end = Point(3.0, 100.0, 100.0)
    solved, stopped = measures([], end, 10.0, done=True), measures([], end._replace(bound=90.0), 3.0, done=False)
    assert solved["at"] == {"60": 0.0, "300": 0.0}
    assert solved["to"]["0.01"] == solved["to_asked"] == 3.0
    assert stopped["at"] == {"60": None, "300": None}
    assert stopped["at_limit"] == pytest.approx(0.1)


def test_what_comes_long_after_the_limit_does_not_count() -> None:
    """A little late is the end; very late is not."""
    points = envelope([Point(50.0, 110.0, 100.0)], Point(90.0, 100.0, 100.0))
    assert gap_at(60.0, points, done=True) == pytest.approx(10 / 110)
    assert gap_at(88.0, points, done=True) == 0.0


def test_no_plan_is_said_as_such_and_infeasible_is_an_answer() -> None:
    """A killed run without a plan has no gap, and a right "there is none" is as good as a gap of 0."""
    nothing = measures([NOTHING], NOTHING._replace(seconds=90.0), 60.0, done=False)
    assert (nothing["gap_end"], nothing["at_limit"], nothing["to_asked"]) == ("none", "none", None)
    right = measures([], NOTHING._replace(seconds=2.0), 60.0, done=True, infeasible=True)
    assert (right["gap_end"], right["at_limit"], right["to_asked"]) == (0.0, 0.0, 2.0)
