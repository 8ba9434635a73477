"""The Weber problem on the sphere: the place from which the weighted distance to given points is least.

f(x) = sum_i weight_i * angle(x, point_i)                                          (weight x radians)

Seen from x, each point lies on the tangent plane in its direction, as far away as on the sphere. Two ways out of x are
no further apart on the sphere than on that plane (Toponogov, for curvature above 0), so a step that lowers the sum of
distances on the plane lowers f at least as much: one step of Weiszfeld's there, with the rule of Vardi and Zhang where
x is itself a point. So f never rises, wherever the points lie; where it ends no small step lowers it, and whether that
is the least on the whole sphere only other starts can tell.

References
----------
E. Weiszfeld, "Sur le point pour lequel la somme des distances de n points donnés est minimum", Tohoku Mathematical
Journal 43 (1937) 355-386. Y. Vardi and C.-H. Zhang, "The multivariate L1-median and associated data depth", PNAS 97
(2000) 1423-1426. P. T. Fletcher, S. Venkatasubramanian and S. Joshi, "The geometric median on Riemannian manifolds",
NeuroImage 45 (2009) S143-S152.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.spatial.distance import cdist

__all__ = ["angles", "coordinates", "moved", "settled", "unit_vectors", "weighted_angle"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_HERE = 1e-12
"""Radians within which a centre is at a point: some micrometres on the Earth."""

_ROUNDS, _STEPS = 40, 50
_STILL = 1e-11


def unit_vectors(latitude: FloatArray, longitude: FloatArray) -> FloatArray:
    """Return places on the unit sphere, shape (n, 3), from degrees."""
    north, east = np.radians(latitude), np.radians(longitude)
    return np.column_stack([np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)])


def coordinates(vectors: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return latitude and longitude in degrees of unit vectors, shape (n, 3)."""
    level = np.hypot(vectors[:, 0], vectors[:, 1])
    return np.degrees(np.arctan2(vectors[:, 2], level)), np.degrees(np.arctan2(vectors[:, 1], vectors[:, 0]))


def angles(ones: FloatArray, others: FloatArray) -> FloatArray:
    """Return the angles between unit vectors in radians, shape (ones, others)."""
    found: FloatArray = 2 * np.arcsin(np.minimum(cdist(ones, others) / 2, 1.0))
    return found


def weighted_angle(centres: FloatArray, points: FloatArray, weights: FloatArray, label: IntArray) -> FloatArray:
    """Return f of each centre over the points that it has, shape (centres,)."""
    chord = np.linalg.norm(points - centres[label], axis=1)
    angle = weights * 2 * np.arcsin(np.minimum(chord / 2, 1.0))
    found: FloatArray = np.bincount(label, angle, minlength=len(centres)).astype(float)
    return found


def moved(centres: FloatArray, points: FloatArray, weights: FloatArray, label: IntArray) -> FloatArray:
    """Return each centre one step nearer to where f is least.

    Parameters
    ----------
    centres : ndarray
        Unit vectors, shape (k, 3).
    points : ndarray
        Unit vectors, shape (n, 3).
    weights : ndarray
        At least 0, shape (n,).
    label : ndarray of int
        The centre that each point has, shape (n,).

    Returns
    -------
    ndarray
        Unit vectors, shape (k, 3); f of none is larger than before.
    """
    count, own = len(centres), centres[label]
    apart = points - own
    chord = np.linalg.norm(apart, axis=1)
    angle = 2 * np.arcsin(np.minimum(chord / 2, 1.0))
    away = apart + (chord**2 / 2)[:, None] * own  # what of the way to a point lies on the tangent plane
    length = np.linalg.norm(away, axis=1)
    here = angle <= _HERE
    drawn = np.where(here | (length <= _HERE), 0.0, weights)  # from the far side of the sphere every way is as long
    pull = _by_centre(label, away * (drawn / np.maximum(length, _HERE))[:, None], count)
    stiff = np.bincount(label, np.where(here, 0.0, weights / np.maximum(angle, _HERE)), minlength=count)
    strength = np.linalg.norm(pull, axis=1)
    held = np.bincount(label, np.where(here, weights, 0.0), minlength=count)
    share = np.where(strength > held, 1 - held / np.where(strength > 0, strength, 1.0), 0.0)
    step = pull * (share / np.where(stiff > 0, stiff, 1.0))[:, None]
    return _walked(centres, step)


def _by_centre(label: IntArray, vectors: FloatArray, count: int) -> FloatArray:
    return np.column_stack([np.bincount(label, column, minlength=count) for column in vectors.T])


def _walked(centres: FloatArray, step: FloatArray) -> FloatArray:
    """Return where one is after a step on the tangent plane, taken along the great circle."""
    length = np.linalg.norm(step, axis=1)[:, None]
    ahead = np.cos(length) * centres + np.sinc(length / np.pi) * step
    found: FloatArray = ahead / np.linalg.norm(ahead, axis=1)[:, None]
    return found


def settled(centres: FloatArray, points: FloatArray, weights: FloatArray, label: IntArray) -> FloatArray:
    """Return where the centres come to rest, each with the points that it has; exactly at a point where that is best.

    Weiszfeld's steps get ever shorter on the way to a point, so points themselves are tried in between: the nearest and
    the heaviest one.
    """
    found = centres
    for _ in range(_ROUNDS):
        before = found
        for _ in range(_STEPS):
            nearer = moved(found, points, weights, label)
            way = float(np.linalg.norm(nearer - found, axis=1).max(initial=0.0))
            found = nearer
            if way <= _STILL:
                break
        found = _at_points(found, points, weights, label)
        if np.linalg.norm(found - before, axis=1).max(initial=0.0) <= _STILL:
            break
    return found


def _at_points(centres: FloatArray, points: FloatArray, weights: FloatArray, label: IntArray) -> FloatArray:
    """Return the centres, at one of their points where f is as small there."""
    found = centres.copy()
    for at in range(len(centres)):
        mine = np.nonzero((label == at) & (weights > 0))[0]
        if not len(mine):
            continue
        near = mine[np.argmin(angles(centres[at : at + 1], points[mine])[0])]
        tried = np.vstack([centres[at], points[near], points[mine[np.argmax(weights[mine])]]])
        cost = angles(tried, points[mine]) @ weights[mine]
        best = 1 + int(np.argmin(cost[1:]))
        if cost[best] <= cost[0] * (1 + 1e-15):
            found[at] = tried[best]
    return found
