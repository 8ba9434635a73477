"""The weighted geometric median on the sphere: known triangles, points that hold it, the date line, and a brute force."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.network.distance import EARTH_RADIUS, great_circle
from netopt.study.greenfield.weber import angles, coordinates, moved, settled, unit_vectors, weighted_angle


def settle(
    places: list[tuple[float, float]], weights: list[float], start: tuple[float, float] | None = None
) -> tuple[float, float]:
    """Return where one centre comes to rest, in degrees."""
    points = unit_vectors(*np.array(places, dtype=float).T)
    begin = points[:1] if start is None else unit_vectors(*np.array([start], dtype=float).T)
    found = settled(begin, points, np.array(weights, dtype=float), np.zeros(len(points), dtype=np.int64))
    latitude, longitude = coordinates(found)
    return float(latitude[0]), float(longitude[0])


def random_points(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    count = int(rng.integers(2, 12))
    latitude = np.degrees(np.arcsin(rng.uniform(-1, 1, count)))
    return unit_vectors(latitude, rng.uniform(-180, 180, count)), rng.uniform(0.01, 1, count) ** 3


def test_angles_are_the_distances_of_the_network() -> None:
    rng = np.random.default_rng(1)
    latitude, longitude = rng.uniform(-90, 90, 60), rng.uniform(-180, 180, 60)
    vectors = unit_vectors(latitude, longitude)
    one, other = np.repeat(np.arange(60), 60), np.tile(np.arange(60), 60)
    for unit in ("km", "mi"):
        wanted = great_circle(latitude, longitude, one, other, unit)
        assert angles(vectors, vectors).ravel() * EARTH_RADIUS[unit] == pytest.approx(wanted, abs=1e-4)
    back = coordinates(vectors)
    assert back[0] == pytest.approx(latitude)
    assert back[1] == pytest.approx(longitude)


def test_equal_triangle() -> None:
    """Around a pole, each corner sees the others at less than 120 degrees: the pole is best, from everywhere."""
    corners = [(80.0, 0.0), (80.0, 120.0), (80.0, -120.0)]
    for start in ((80.0, 0.0), (70.0, 33.0), (-20.0, 50.0)):
        assert settle(corners, [1, 1, 1], start)[0] == pytest.approx(90, abs=1e-5)
    assert settle([(-80.0, east) for _, east in corners], [1, 1, 1])[0] == pytest.approx(-90, abs=1e-5)


def test_a_wide_angle_holds_the_centre_at_its_corner() -> None:
    """Near the equator the sphere's curve counts for nothing: at 120 degrees or more the corner is best (Fermat)."""
    for half, held in ((61.0, True), (59.0, False)):
        way = np.radians(90 - half)
        ends = [(0.1 * np.sin(way), 0.1 * np.cos(way)), (0.1 * np.sin(way), -0.1 * np.cos(way))]
        found = settle([(0.0, 0.0), *map(tuple, ends)], [1, 1, 1], (0.05, 0.01))
        assert (found == (0.0, 0.0)) is held


def test_a_heavy_point_has_the_centre_exactly() -> None:
    places = [(40.0, -75.0), (10.0, 20.0), (-33.0, 151.0), (51.0, 0.0)]
    assert settle(places, [3.001, 1, 1, 1], (0.0, 100.0)) == pytest.approx((40.0, -75.0), abs=1e-12)
    assert settle(places[:2], [2, 1], (10.0, 20.0)) == pytest.approx((40.0, -75.0), abs=1e-12)  # away from where it began
    light = settle(places, [0.5, 1, 1, 1], (40.0, -75.0))
    assert light != pytest.approx((40.0, -75.0), abs=1)


def test_points_on_the_date_line_and_points_that_are_there_twice() -> None:
    found = settle([(0.0, 179.0), (0.0, -179.0), (1.0, 180.0), (-1.0, -180.0)], [1, 1, 1, 1], (0.3, 179.5))
    assert (found[0], abs(found[1])) == pytest.approx((0, 180), abs=1e-6)
    assert settle([(5.0, 5.0)] * 4, [1, 2, 3, 4], (6.0, 7.0)) == pytest.approx((5, 5), abs=1e-12)
    twice = settle([(5.0, 5.0), (5.0, 5.0), (9.0, 9.0)], [1, 1, 1.5], (9.0, 9.0))
    assert twice == pytest.approx((5, 5), abs=1e-12)


def test_a_small_field_is_as_on_a_plane() -> None:
    """Four corners of a small square: their diagonals cross at the median, whatever the weights along them."""
    corners = [(0.01, 0.0), (-0.01, 0.0), (0.0, 0.01), (0.0, -0.01)]
    assert settle(corners, [2, 2, 5, 5], (0.005, 0.002)) == pytest.approx((0, 0), abs=1e-7)


@pytest.mark.parametrize("seed", range(20))
def test_no_step_makes_it_worse_and_the_end_is_no_worse_than_what_is_near(seed: int) -> None:
    points, weights = random_points(seed)
    label = np.zeros(len(points), dtype=np.int64)
    rng = np.random.default_rng(seed + 1000)
    centre = rng.normal(size=(1, 3))
    centre /= np.linalg.norm(centre)
    cost = weighted_angle(centre, points, weights, label)[0]
    for _ in range(30):
        centre = moved(centre, points, weights, label)
        after = weighted_angle(centre, points, weights, label)[0]
        assert after <= cost + 1e-13
        cost = after
    end = settled(centre, points, weights, label)
    least = weighted_angle(end, points, weights, label)[0]
    for size in (1e-3, 1e-5):
        near = end + size * rng.normal(size=(200, 3))
        near /= np.linalg.norm(near, axis=1)[:, None]
        assert (angles(near, points) @ weights >= least - 1e-12).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_best_of_some_starts_is_what_a_grid_finds(seed: int) -> None:
    points, weights = random_points(seed + 100)
    label = np.zeros(len(points), dtype=np.int64)
    ends = [settled(point[None], points, weights, label) for point in points]
    found = min(float(weighted_angle(end, points, weights, label)[0]) for end in ends)
    north, east = np.meshgrid(np.degrees(np.arcsin(np.linspace(-1, 1, 181))), np.linspace(-180, 178, 180))
    grid = unit_vectors(north.ravel(), east.ravel())
    cost = angles(grid, points) @ weights
    assert found <= float(cost.min()) + 1e-12
    fine = grid[cost.argmin()] + 0.01 * np.random.default_rng(seed).normal(size=(4000, 3))
    fine /= np.linalg.norm(fine, axis=1)[:, None]
    best = float((angles(fine, points) @ weights).min())
    assert found <= best + 1e-12
    assert found == pytest.approx(best, abs=3e-3 * weights.sum())


def test_several_centres_move_each_by_its_own_points() -> None:
    places = np.array([(10.0, 0.0), (10.0, 2.0), (50.0, 100.0), (50.0, 102.0), (52.0, 101.0)])
    points, label = unit_vectors(*places.T), np.array([0, 0, 1, 1, 1])
    both = settled(points[[0, 2]], points, np.array([1.0, 3, 1, 1, 1]), label)
    alone = settled(points[2:3], points[2:], np.ones(3), np.zeros(3, dtype=np.int64))
    assert coordinates(both[:1])[1] == pytest.approx(2.0)
    assert both[1] == pytest.approx(alone[0], abs=1e-9)
