"""From latitude and longitude to a flat map: kilometres to the right and up from its middle.

Albers' equal-area conic up to a continent, fitted to the places; Natural Earth (Patterson, Savric and Jenny 2014) for
the world. Along the equator, where a cone has no tip, equirectangular. All on a sphere.

Snyder, Map Projections: A Working Manual (1987), pages 98 to 103; https://doi.org/10.1080/15230406.2015.1014425.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Projection", "fitted", "middle_longitude"]

FloatArray = npt.NDArray[np.float64]

EARTH_KM = 6371.0088

_CONTINENT = (110.0, 75.0)
"""Degrees of longitude and latitude up to which a cone shows a region as people know it."""

_FLATTEST = 0.15
"""The sine of the mean parallel below which a cone looks like a cylinder, its tip too far away to compute with."""

_ACROSS = (0.870700, -0.131979, -0.013791, 0.003971, -0.001529)
_UP = (1.007226, 0.015085, -0.044475, 0.028874, -0.005916)
"""Natural Earth's polynomials in latitude: powers 0, 2, 4, 10, 12, and 1, 3, 7, 9, 11."""


@dataclass(frozen=True)
class Projection:
    """One way to draw a part of the earth.

    Parameters
    ----------
    kind : {'albers', 'equirectangular', 'natural earth'}
        Formula.
    longitude, latitude : float
        Middle of the map, degrees.
    parallels : tuple of float
        Latitudes that are true to scale, degrees.
    """

    kind: str
    longitude: float
    latitude: float
    parallels: tuple[float, float] = (0.0, 0.0)

    def around(self, longitude: npt.ArrayLike) -> FloatArray:
        """Return longitudes east of the middle, from -180 to 180: the map is cut on the other side of the earth."""
        found: FloatArray = (np.asarray(longitude, dtype=np.float64) - self.longitude + 180.0) % 360.0 - 180.0
        return found

    def flat(self, latitude: npt.ArrayLike, east: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return kilometres to the right and up of points.

        Parameters
        ----------
        latitude : array-like
            Degrees.
        east : array-like
            Longitudes east of the middle, as `around` returns them, degrees.
        """
        phi = np.radians(np.asarray(latitude, dtype=np.float64))
        turn = np.radians(np.asarray(east, dtype=np.float64))
        x, y = {"albers": self._albers, "natural earth": _natural_earth}.get(self.kind, self._plain)(phi, turn)
        return x * EARTH_KM, y * EARTH_KM

    def __call__(self, latitude: npt.ArrayLike, longitude: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
        """Return kilometres to the right and up of points, by latitude and longitude in degrees."""
        return self.flat(latitude, self.around(longitude))

    def _albers(self, phi: FloatArray, turn: FloatArray) -> tuple[FloatArray, FloatArray]:
        one, two = np.radians(self.parallels)
        n = (np.sin(one) + np.sin(two)) / 2
        c = np.cos(one) ** 2 + 2 * n * np.sin(one)
        radius = np.sqrt(np.maximum(c - 2 * n * np.sin(phi), 0.0)) / n
        middle = np.sqrt(max(c - 2 * n * np.sin(np.radians(self.latitude)), 0.0)) / n
        return radius * np.sin(n * turn), middle - radius * np.cos(n * turn)

    def _plain(self, phi: FloatArray, turn: FloatArray) -> tuple[FloatArray, FloatArray]:
        middle = np.radians(self.latitude)
        return turn * np.cos(middle), phi - middle


def _natural_earth(phi: FloatArray, turn: FloatArray) -> tuple[FloatArray, FloatArray]:
    across = sum(factor * phi**power for factor, power in zip(_ACROSS, (0, 2, 4, 10, 12), strict=True))
    up = sum(factor * phi**power for factor, power in zip(_UP, (1, 3, 7, 9, 11), strict=True))
    return turn * across, np.asarray(up)


def middle_longitude(longitude: npt.ArrayLike) -> float:
    """Return the middle of the shortest stretch that holds all longitudes, degrees: it may lie across the date line."""
    around = np.sort(np.asarray(longitude, dtype=np.float64) % 360.0)
    gap = np.diff(np.append(around, around[0] + 360.0))
    widest = int(gap.argmax())
    west = around[(widest + 1) % len(around)]
    return float((west + (360.0 - gap[widest]) / 2 + 180.0) % 360.0 - 180.0)


def fitted(latitude: npt.ArrayLike, longitude: npt.ArrayLike) -> Projection:
    """Return the projection that suits some places, at least one.

    Parameters
    ----------
    latitude, longitude : array-like
        Degrees.
    """
    north, south = float(np.max(latitude)), float(np.min(latitude))
    middle = middle_longitude(longitude)
    width = 2 * float(np.abs(Projection("", middle, 0.0).around(longitude)).max())
    if width > _CONTINENT[0] or north - south > _CONTINENT[1]:
        return Projection("natural earth", middle, 0.0)
    sixth = (north - south) / 6
    parallels = south + sixth, north - sixth
    if abs(np.sin(np.radians(parallels)).mean()) < _FLATTEST:
        return Projection("equirectangular", middle, (north + south) / 2)
    return Projection("albers", middle, (north + south) / 2, parallels)
