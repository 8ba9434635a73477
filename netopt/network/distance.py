"""Distance between places: great-circle length times a road factor, unless the analyst typed one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["EARTH_RADIUS", "great_circle"]

FloatArray = npt.NDArray[np.float64]

EARTH_RADIUS = {"km": 6371.0088, "mi": 6371.0088 / 1.609344}
"""Mean radius of the Earth (IUGG) in each distance unit."""


def great_circle(
    latitude: FloatArray, longitude: FloatArray, to_latitude: FloatArray, to_longitude: FloatArray, unit: str
) -> FloatArray:
    """Return the haversine distance between points.

    Parameters
    ----------
    latitude, longitude, to_latitude, to_longitude : ndarray
        Degrees, of shapes that broadcast together.
    unit : {'km', 'mi'}
        Unit of the result.

    Returns
    -------
    ndarray
        Distance, NaN where a coordinate is NaN.

    References
    ----------
    R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68 (1984) 159.
    """
    north, to_north = np.radians(latitude), np.radians(to_latitude)
    east = np.radians(to_longitude - longitude)
    half = np.sin((to_north - north) / 2) ** 2 + np.cos(north) * np.cos(to_north) * np.sin(east / 2) ** 2
    distance: FloatArray = 2 * EARTH_RADIUS[unit] * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return distance
