"""Places in columns, from suppliers to customers, for networks that have no coordinates.

Within a column places are put beside those that they trade with, so that few lanes cross: each column is sorted by the
mean height of its neighbours, to the right and back again (Sugiyama, Tagawa and Toda 1981,
https://doi.org/10.1109/TSMC.1981.4308636).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.report.figures.lanes import TIERS, Lanes

__all__ = ["columns"]

FloatArray = npt.NDArray[np.float64]

_SWEEPS = 6


def columns(
    kinds: npt.NDArray[np.object_], lanes: Lanes, shown: npt.NDArray[np.bool_]
) -> tuple[FloatArray, FloatArray]:
    """Return where places stand, from 0 to 1 to the right and up; NaN for those that are not shown.

    Parameters
    ----------
    kinds : ndarray of str
        Types of the places, shape (places,).
    lanes : Lanes
        What they trade with; a neighbour counts as much as it trades.
    shown : ndarray of bool
        Which places stand anywhere, shape (places,).
    """
    order = [*TIERS, *sorted(set(kinds) - set(TIERS))]
    tiers = [np.nonzero((kinds == kind) & shown)[0] for kind in order]
    tiers = [tier for tier in tiers if len(tier)]
    x, y = np.full(len(kinds), np.nan), np.full(len(kinds), np.nan)
    for at, tier in enumerate(tiers):
        x[tier] = at / max(len(tiers) - 1, 1) if len(tiers) > 1 else 0.5
        y[tier] = _spread(len(tier))
    for sweep in range(_SWEEPS):
        for tier in tiers if sweep % 2 == 0 else tiers[::-1]:
            wanted = _beside(y, lanes, len(kinds))[tier]
            wanted = np.where(np.isnan(wanted), y[tier], wanted)
            y[tier[np.argsort(wanted, kind="stable")]] = _spread(len(tier))
    return x, y


def _spread(count: int) -> FloatArray:
    found: FloatArray = (np.arange(count) + 0.5) / count
    return found


def _beside(y: FloatArray, lanes: Lanes, count: int) -> FloatArray:
    """Return the mean height of the neighbours of every place, NaN for those that have none."""
    weight = np.maximum(lanes.units, 1e-12)
    total = np.bincount(lanes.origin, weight, minlength=count) + np.bincount(lanes.destination, weight, minlength=count)
    heights = np.bincount(lanes.origin, weight * y[lanes.destination], minlength=count)
    heights += np.bincount(lanes.destination, weight * y[lanes.origin], minlength=count)
    found: FloatArray = np.divide(heights, total, out=np.full(count, np.nan), where=total > 0)
    return found
