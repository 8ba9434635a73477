"""The matrix that is handed to the solver: rows, gates as rows, and scaled so that tolerances mean the same everywhere.

x = column_scale * x', rows are multiplied by row_scale, the cost by cost_scale, all powers of two. Quantities are
scaled together when typical ones are far from 1 to 10,000 units, money when a typical coefficient is; an analyst may
type cents or millions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.formulation import Program
from netopt.formulation.program import Gates

__all__ = ["Form"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_USUAL_QUANTITY = (1e-1, 1e5)
_USUAL_MONEY = (1e-2, 1e5)


@dataclass(frozen=True)
class Form:
    """Minimise ``cost @ x`` subject to ``row_lower <= matrix @ x <= row_upper`` and bounds, in the solver's scale.

    Parameters
    ----------
    cost, lower, upper : ndarray
        Shape (columns,).
    whole : ndarray of bool
        Shape (columns,).
    matrix : csc_array
        Shape (rows, columns).
    row_lower, row_upper : ndarray
        Shape (rows,).
    column_scale, row_scale : ndarray
        What an original unit is of the scaled ones, see above.
    cost_scale : float
        Scaled over original money.
    """

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: BoolArray
    matrix: sp.csc_array
    row_lower: FloatArray
    row_upper: FloatArray
    column_scale: FloatArray
    row_scale: FloatArray
    cost_scale: float

    @classmethod
    def of(cls, program: Program, gates: str = "all") -> Form:
        """Return a program in matrix form.

        Parameters
        ----------
        program : Program
            What is solved.
        gates : {'all', 'sum'}
            A row for every gate, or one row an opener with the sum of those that are needed: as exact, far smaller,
            and weaker.
        """
        matrix, width = program.matrix, len(program.cost)
        which = program.gates if gates == "all" else program.gates.select(program.gates.needed)
        if len(which):
            linking = gate_rows(which, width).tocsc() if gates == "all" else summed_gates(which, width)
            matrix = sp.vstack([matrix, linking], format="csc")
        more = matrix.shape[0] - len(program.row_lower)
        return cls.scaled(
            cost=program.cost,
            lower=program.lower,
            upper=program.upper,
            whole=program.whole,
            quantity=program.quantity,
            matrix=matrix,
            row_lower=np.append(program.row_lower, np.full(more, -np.inf)),
            row_upper=np.append(program.row_upper, np.zeros(more)),
        )

    @classmethod
    def scaled(
        cls, cost: FloatArray, lower: FloatArray, upper: FloatArray, whole: BoolArray, quantity: BoolArray,
        matrix: sp.csc_array, row_lower: FloatArray, row_upper: FloatArray,
    ) -> Form:  # fmt: skip
        """Return a form with typical quantities and costs brought to a size that the solver's tolerances suit."""
        holds_quantity = np.zeros(matrix.shape[0], dtype=bool)
        holds_quantity[matrix.indices[np.repeat(quantity, np.diff(matrix.indptr))]] = True
        sides = np.abs(np.concatenate([row_lower[holds_quantity], row_upper[holds_quantity], upper[quantity]]))
        units = _power_of_two(sides, _USUAL_QUANTITY)
        column_scale = np.where(quantity, units, 1.0)
        row_scale = np.where(holds_quantity, 1.0 / units, 1.0)
        money = _power_of_two(np.abs(cost * column_scale), _USUAL_MONEY)
        if units != 1.0:
            matrix = sp.csc_array(sp.diags_array(row_scale) @ matrix @ sp.diags_array(column_scale))
        return cls(
            cost=cost * column_scale / money,
            lower=lower / column_scale,
            upper=upper / column_scale,
            whole=whole,
            matrix=matrix,
            row_lower=row_lower * row_scale,
            row_upper=row_upper * row_scale,
            column_scale=column_scale,
            row_scale=row_scale,
            cost_scale=1.0 / money,
        )


def gate_rows(gates: Gates, width: int, which: IntArray | None = None) -> sp.csr_array:
    """Return ``x - u * y`` for gates, a row each."""
    at = np.arange(len(gates)) if which is None else which
    column = np.stack([gates.column[at], gates.opener[at]], axis=1).ravel()
    value = np.stack([np.ones(len(at)), -gates.bound[at]], axis=1).ravel()
    return sp.csr_array((value, column, np.arange(0, 2 * len(at) + 1, 2)), shape=(len(at), width))


def summed_gates(gates: Gates, width: int) -> sp.csc_array:
    """Return ``sum(x) - sum(u) * y``, a row for every opener."""
    openers, row = np.unique(gates.opener, return_inverse=True)
    total = np.bincount(row, gates.bound)
    n = len(openers)
    return sp.coo_array(
        (
            np.concatenate([np.ones(len(gates)), -total]),
            (np.concatenate([row, np.arange(n)]), np.concatenate([gates.column, openers])),
        ),
        shape=(n, width),
    ).tocsc()


def _power_of_two(values: FloatArray, usual: tuple[float, float]) -> float:
    """Return 1 where the median of the non-zero finite values is usual, else the power of two nearest to it."""
    some = values[np.isfinite(values) & (values > 0)]
    if not len(some):
        return 1.0
    typical = float(np.median(some))
    return 1.0 if usual[0] <= typical <= usual[1] else float(2.0 ** np.round(np.log2(typical)))
