"""What a rule finds: how many rows it checked, and the rows that break it, in words.

Tolerance: a row is broken when ``excess > 1e-6 * max(size, 1e-6 * scale)``. ``size`` is the largest absolute term or
bound of the row, in the row's own unit; ``scale`` is the mean quantity of the demand rows (units). The second term
only matters in rows whose terms are all next to nothing, such as what a closed site takes in: it forgives 1e-12 of
a typical demand row, which is rounding and not a unit of anything.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netopt.plan.audit.arrays import BoolArray, FloatArray, Words

__all__ = ["COLUMNS", "FEASIBILITY", "INTEGRALITY", "UNIT_WORDS", "Finding", "broken", "finding", "shown"]

FEASIBILITY = 1e-6
"""Relative to the row's own size."""

INTEGRALITY = 1e-6
"""Distance from a whole number, absolute."""

COLUMNS = ("rule", "where", "period", "value", "bound", "excess", "words")

UNIT_WORDS = ("units", "of volume", "of weight")
"""How an amount is said, by position in `netopt.network.catalog.UNITS`."""

DIGITS = 10


@dataclass(frozen=True, eq=False)
class Finding:
    """What one rule found.

    Parameters
    ----------
    rule : str
        Its name.
    checked : int
        How many rows it looked at.
    breaches : DataFrame
        Those that break it, columns `COLUMNS`.
    """

    rule: str
    checked: int
    breaches: pd.DataFrame


def broken(excess: FloatArray, size: FloatArray | float, scale: float) -> BoolArray:
    """Return which rows are broken: the excess is above the tolerance for the row's size.

    Parameters
    ----------
    excess : ndarray
        By how much each row misses its bound; 0 or less where it does not.
    size : ndarray or float
        The largest absolute term or bound of each row, same shape.
    scale : float
        The network's typical quantity; sizes below 1e-6 of it count as that.
    """
    tolerance = FEASIBILITY * np.maximum(size, FEASIBILITY * scale)
    # turned round, so that what overflowed (inf - inf is NaN) is broken and not passed over
    return np.asarray(~(excess <= tolerance) | (excess == np.inf), dtype=bool)


def finding(
    rule: str,
    checked: int,
    where: Words,
    period: Words,
    value: FloatArray,
    bound: FloatArray,
    excess: FloatArray,
    words: Callable[[int], str],
) -> Finding:
    """Return a finding whose arrays hold the broken rows only.

    Parameters
    ----------
    rule : str
        Name of the rule.
    checked : int
        How many rows it looked at, broken or not.
    where, period : ndarray of str
        Place and period of each broken row, shape (n,).
    value, bound, excess : ndarray
        What the plan says, what it should be, and by how much it misses, shape (n,).
    words : callable
        Returns the sentence about the broken row at a position.
    """
    if not len(where):
        return Finding(rule, int(checked), pd.DataFrame(columns=list(COLUMNS)))
    frame = pd.DataFrame(
        {
            "rule": pd.Series([rule] * len(where), dtype="object"),
            "where": pd.Series(where, dtype="object"),
            "period": pd.Series(period, dtype="object"),
            "value": np.asarray(value, dtype=np.float64),
            "bound": np.asarray(bound, dtype=np.float64),
            "excess": np.asarray(excess, dtype=np.float64),
            "words": pd.Series([words(at) for at in range(len(where))], dtype="object"),
        }
    )
    return Finding(rule, int(checked), frame)


def shown(value: float) -> str:
    """Return a number as an analyst writes it: ``1,020`` or ``0.25``, at most ten digits that matter."""
    if not np.isfinite(value):
        return str(value)
    if value == 0:
        return "0"
    size = int(np.floor(np.log10(abs(value))))
    if size < -4:
        return f"{value:.3g}"
    text = f"{value:,.{max(0, DIGITS - 1 - size)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text
