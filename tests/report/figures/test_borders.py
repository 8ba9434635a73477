"""Borders are cut to what a map shows, and in one piece across the date line and around a pole."""

from __future__ import annotations

import json
from importlib.resources import files

import numpy as np
import pytest

from netopt.report.figures.borders import Window, borders
from netopt.report.figures.projection import Projection, fitted


def window(latitude: list[float], longitude: list[float], beyond: float = 0.1) -> tuple[Projection, Window]:
    projection = fitted(latitude, longitude)
    x, y = projection(latitude, longitude)
    wide, tall = beyond * np.ptp(x), beyond * np.ptp(y)
    east = float(np.abs(projection.around(longitude)).max())
    reach = (min(latitude), max(latitude))
    return projection, Window(x.min() - wide, x.max() + wide, y.min() - tall, y.max() + tall, reach, east)


def covers(rings: list[np.ndarray], x: float, y: float) -> bool:
    """Return whether a point is on land, by the winding number."""
    turns = 0
    for ring in rings:
        a, b = ring, np.roll(ring, -1, axis=0)
        side = (b[:, 0] - a[:, 0]) * (y - a[:, 1]) - (x - a[:, 0]) * (b[:, 1] - a[:, 1])
        turns += int(((a[:, 1] <= y) & (b[:, 1] > y) & (side > 0)).sum() - ((a[:, 1] > y) & (b[:, 1] <= y) & (side < 0)).sum())
    return turns != 0


@pytest.mark.parametrize(
    ("around", "land", "sea"),
    [
        (([25, 49], [-124, -67]), [(39.7, -105), (45.5, -100), (52, -105)], [(27, -90), (36, -72), (43.5, -87)]),
        (([36, 60], [-9, 30]), [(48.9, 2.3), (52.5, 13.4), (41.9, 12.6)], [(40, 5), (57, 3)]),
        (([-45, -10], [113, 178]), [(-25, 135), (-38.5, 176)], [(-35, 160), (-25, 110)]),
        (([60, 70], [170, -155]), [(66, 175), (66, -175), (65.3, -163)], [(62, -178)]),
        (([-50, 70, 0, 0, 0], [-120, 150, 20, -50, 100]), [(60, 100), (0, 20), (-10, -55), (40, -100)], [(0, -30), (-30, 80), (30, -50)]),
    ],
)
def test_land_is_where_it_is(around: tuple, land: list, sea: list) -> None:
    projection, frame = window(*around)
    rings, _ = borders(projection, frame)
    for point in land:
        assert covers(rings, *map(float, projection(*point))), point
    for point in sea:
        assert not covers(rings, *map(float, projection(*point))), point


def test_nothing_is_outside_and_no_line_runs_across_the_map() -> None:
    for around in (([25, 49], [-124, -67]), ([-50, 70, 0, 0, 0], [-120, 150, 20, -50, 100]), ([60, 70], [170, -155])):
        projection, frame = window(*around)
        rings, lines = borders(projection, frame)
        for line in [*rings, *(line for those in lines.values() for line in those)]:
            assert (line[:, 0] >= frame.left - 1e-6).all()
            assert (line[:, 0] <= frame.right + 1e-6).all()
            assert (line[:, 1] >= frame.bottom - 1e-6).all()
            assert (line[:, 1] <= frame.top + 1e-6).all()
        longest = max(float(np.hypot(*np.diff(line, axis=0).T).max()) for those in lines.values() for line in those)
        assert longest < 250  # kilometres: a degree, and a little more for coarse coasts


def test_states_are_drawn_in_the_usa_and_countries_elsewhere() -> None:
    _, usa = borders(*window([25, 49], [-124, -67]))
    assert len(usa["state"]) > 50
    _, europe = borders(*window([36, 60], [-9, 30]))
    assert europe["state"] == []
    assert len(europe["border"]) > 30
    _, world = borders(*window([-50, 70, 0, 0, 0], [-120, 150, 20, -50, 100]))
    assert world["state"] == []


def test_the_file_is_small_and_says_where_it_is_from() -> None:
    text = files("netopt.report").joinpath("assets/borders.json").read_text(encoding="utf-8")
    assert len(text) < 400_000
    assert all(word in json.loads(text)["about"] for word in ("Natural Earth", "public domain", "ISC", "us-atlas 3.0.1"))
