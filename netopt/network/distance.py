"""Distance between places: great-circle length times a road factor, unless the analyst typed one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["EARTH_RADIUS", "great_circle"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

EARTH_RADIUS = {"km": 6371.0088, "mi": 6371.0088 / 1.609344}
"""Mean radius of the Earth (IUGG) in each distance unit."""

_BLOCK = 1 << 18  # pairs at a time: what is worked out on the way stays small


def great_circle(
    latitude: FloatArray, longitude: FloatArray, origin: IntArray, destination: IntArray, unit: str
) -> FloatArray:
    """Return the haversine distance between pairs of places.

    Parameters
    ----------
    latitude, longitude : ndarray
        Degrees, shape (places,).
    origin, destination : ndarray of int
        Positions of places, shape (n,).
    unit : {'km', 'mi'}
        Unit of the result.

    Returns
    -------
    ndarray
        Distance, NaN where a coordinate is NaN, shape (n,).

    References
    ----------
    R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984) 159.
    """
    north = np.radians(latitude)
    inward = np.cos(north)
    distance = np.empty(len(origin))
    for start in range(0, len(origin), _BLOCK):
        one, other = origin[start : start + _BLOCK], destination[start : start + _BLOCK]
        east = np.radians(longitude[other] - longitude[one])
        half = np.sin((north[other] - north[one]) / 2) ** 2 + inward[one] * inward[other] * np.sin(east / 2) ** 2
        distance[start : start + _BLOCK] = 2 * EARTH_RADIUS[unit] * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance
