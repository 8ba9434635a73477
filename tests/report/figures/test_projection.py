"""Flat maps are true: areas on a cone, places across the date line, and the published values of Natural Earth."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.report.figures.projection import EARTH_KM, Projection, fitted, middle_longitude


def area(x: np.ndarray, y: np.ndarray) -> float:
    return abs(float(np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)))) / 2


def box(south: float, north: float, west: float, east: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the outline of a box of the earth, with many points along its sides."""
    t = np.linspace(0, 1, 400, endpoint=False)
    latitude = np.concatenate([south + 0 * t, south + (north - south) * t, north + 0 * t, north - (north - south) * t])
    longitude = np.concatenate([west + (east - west) * t, east + 0 * t, east - (east - west) * t, west + 0 * t])
    return latitude, longitude


@pytest.mark.parametrize("where", [(25, 49, -124, -67), (-44, -10, 113, 154), (36, 70, -10, 40)])
def test_a_continent_has_its_area(where: tuple[float, float, float, float]) -> None:
    projection = fitted([where[0], where[1]], [where[2], where[3]])
    assert projection.kind == "albers"
    south, north, west, east = where
    true = EARTH_KM**2 * np.radians(east - west) * (np.sin(np.radians(north)) - np.sin(np.radians(south)))
    assert area(*projection(*box(*where))) == pytest.approx(true, rel=1e-3)


def test_snyders_example_of_albers() -> None:
    """Page 291: a unit sphere, parallels 29.5 and 45.5, origin 23 N 96 W; 35 N 75 W is at 0.2952720, 0.2416774."""
    x, y = Projection("albers", -96.0, 23.0, (29.5, 45.5))(35.0, -75.0)
    assert (float(x) / EARTH_KM, float(y) / EARTH_KM) == pytest.approx((0.2952720, 0.2416774), abs=2e-7)


def test_the_world_is_natural_earth() -> None:
    projection = fitted([-50, 70, 0], [-170, 100, 10])
    assert projection.kind == "natural earth"
    x, y = Projection("natural earth", 0.0, 0.0)([0.0, 90.0], [90.0, 0.0])
    assert x[0] / EARTH_KM == pytest.approx(0.8707 * np.pi / 2)
    assert y[1] / EARTH_KM == pytest.approx(1.42239, abs=1e-4)


def test_along_the_equator_a_degree_is_a_degree() -> None:
    projection = fitted([-2, 2], [100, 104])
    assert projection.kind == "equirectangular"
    x, y = projection([-2, 2], [100, 104])
    assert np.ptp(x) == pytest.approx(np.ptp(y))
    assert np.ptp(y) == pytest.approx(EARTH_KM * np.radians(4))


def test_places_across_the_date_line_are_neighbours() -> None:
    assert middle_longitude([179.0, -179.0]) == pytest.approx(-180.0)
    assert abs(middle_longitude([-170, 170, 175])) == pytest.approx(180.0)
    projection = fitted([-17, -18], [179.0, -179.0])
    x, _ = projection([-17, -18], [179.0, -179.0])
    assert np.ptp(x) == pytest.approx(2 * 111.2 * np.cos(np.radians(17.5)), rel=0.01)


def test_one_place_is_the_middle() -> None:
    x, y = fitted([47.0], [8.5])([47.0], [8.5])
    assert (x[0], y[0]) == pytest.approx((0.0, 0.0), abs=1e-9)


def test_north_is_up_and_east_is_right_on_both_halves() -> None:
    for latitudes in ([30.0, 50.0], [-50.0, -30.0]):
        x, y = fitted(latitudes, [10.0, 30.0])([latitudes[0], latitudes[1], latitudes[0]], [20.0, 20.0, 25.0])
        assert y[1] > y[0]
        assert x[2] > x[0]
