"""Names stand beside their marks, stay inside, and do not cover each other."""

from __future__ import annotations

import numpy as np

from netopt.report.figures.labels import ABOVE, Box, placed

FRAME = Box(0, 0, 10_000, 6_000)


def test_a_name_stands_to_the_right_unless_it_would_leave_the_map() -> None:
    found = placed(np.array([5_000.0, 9_900.0, 100.0]), np.array([3_000.0, 4_000.0, 1_000.0]), ["Reno", "Boston", "Oakland"], FRAME)
    assert found == {0: "middle right", 1: "middle left", 2: "middle right"}


def test_neighbours_take_other_sides_and_the_last_of_a_crowd_has_none() -> None:
    x, y = np.full(30, 5_000.0), np.full(30, 3_000.0)
    found = placed(x, y, ["Los Angeles"] * 30, FRAME)
    assert found[0] == "middle right"
    assert found[1] == "middle left"
    assert 4 <= len(found) < 30
    assert len(set(found.values())) == len(found)


def test_only_the_sides_that_are_asked_for() -> None:
    found = placed(np.array([5_000.0]), np.array([3_000.0]), ["Reno"], FRAME, ABOVE)
    assert found == {0: "top center"}
