"""A cut is made again from its rows, exactly: ``sum a_j x_j <= limit * y``.

The rows of a set R have upper sides, so ``sum_R (A x)_r <= sum_R upper_r = limit``. No column in R goes below zero.

- With y = 1, drop what has a positive coefficient and is not gated by y: the sum only gets smaller.
- With y = 0, what is gated by y is zero, and so all that is left has a negative coefficient: the sum is at most zero.

So it holds with a_j the sum of the rows' coefficients where that is negative, or positive and j is gated by y; y itself
is 0 or 1 and is dropped like any other column, which a negative coefficient forbids.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.errors import PlanError
from netopt.formulation import Program
from netopt.plan.recompute.dyadic import Dyadic, pieces, summed_by

__all__ = ["cut_rows"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]

_SURE = float(1 << 52)


def cut_rows(program: Program, cuts: Sequence[tuple[int, IntArray]]) -> tuple[sp.csr_array, IntArray]:
    """Return cuts as rows ``sum a_j x_j - limit * y <= 0`` whose floats are exact.

    Parameters
    ----------
    program : Program
        What they are cuts of.
    cuts : sequence of (int, ndarray of int)
        Opener and rows of each.

    Returns
    -------
    rows : csr_array
        A sum that no float can hold is spread over several rows, each with a part of it, shape (n, columns).
    cut : ndarray of int
        The cut that each row is a part of, shape (n,).

    Raises
    ------
    PlanError
        When a cut does not hold.
    """
    width = len(program.cost)
    if not cuts:
        return sp.csr_array((0, width)), np.zeros(0, dtype=np.int64)
    by_row = program.matrix.tocsr()
    columns, values, of_cut = [], [], []
    for n, (opener, rows) in enumerate(cuts):
        held, sums = _summed(by_row, rows)
        _check(program, n, opener, rows, held)
        negative, gated = sums[0] < 0, np.isin(held, program.gates.column[program.gates.opener == opener])
        if (negative & (held == opener)).any():
            raise PlanError(f"cut {n}: its rows hold its own opener, with a negative coefficient")
        kept = (negative | gated) & (held != opener)
        limit = sum((Fraction(side) for side in program.row_upper[rows].tolist()), Fraction(0))
        parts = [(held[kept], part[kept]) for part in sums]
        parts += [(np.array([opener]), np.array([part])) for part in pieces(-limit)]
        for column, value in parts:
            columns.append(column)
            values.append(value)
            of_cut.append(n)
    row = np.repeat(np.arange(len(columns)), np.array([len(part) for part in columns], dtype=np.int64))
    together = np.concatenate(values), (row, np.concatenate(columns))
    return sp.coo_array(together, shape=(len(columns), width)).tocsr(), np.array(of_cut, dtype=np.int64)


def _check(program: Program, n: int, opener: int, rows: IntArray, columns: IntArray) -> None:
    if not (program.whole[opener] and program.lower[opener] >= 0 and program.most[opener] <= 1):
        raise PlanError(f"cut {n}: column {opener} is not one that is 0 or 1")
    if not len(rows) or not np.isfinite(program.row_upper[rows]).all():
        raise PlanError(f"cut {n}: a row has no upper side")
    if not (program.lower[columns] >= 0).all():
        raise PlanError(f"cut {n}: a column may go below zero")


def _summed(by_row: sp.csr_array, rows: IntArray) -> tuple[IntArray, list[FloatArray]]:
    """Return the columns that rows hold, and floats that sum up to their summed coefficients, the largest first."""
    part = by_row[rows]
    columns, group = np.unique(part.indices.astype(np.int64), return_inverse=True)
    size = np.bincount(group, np.abs(part.data), minlength=len(columns))
    if (part.data == np.round(part.data)).all() and (size < _SURE).all():  # sums of such whole numbers are exact
        return columns, [np.bincount(group, part.data, minlength=len(columns)).astype(np.float64)]
    total = summed_by(group, Dyadic.of(part.data), len(columns))
    split = [pieces(Fraction(int(value), 1 << total.bits)) for value in total.whole.tolist()]
    longest = max(1, *map(len, split))
    return columns, [np.array([(found + [0.0] * longest)[level] for found in split]) for level in range(longest)]
