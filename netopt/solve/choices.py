"""Choices that open one flow and cost nothing by themselves: which facility is a customer's only source.

flow_j <= u_j * choice_j,   sum of choices <= 1                                                          (units; a row)

A relaxation says hardly more with such choices than without: whatever the flows are, the choices can be parts that add
up. So they go where their flow goes, or are left out altogether while sites are decided.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.formulation import Program
from netopt.solve.form import gate_rows

__all__ = ["Choices"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class Choices:
    """The choices of one flow in a program.

    Parameters
    ----------
    program : Program
        Looked through once.

    Attributes
    ----------
    gate : ndarray of int
        Their gates, shape (choices,).
    column, flow : ndarray of int
        The choices and what they open, shape (choices,).
    bound : ndarray
        How much they let through, units, shape (choices,).
    rows : ndarray of int
        Rows that speak of choices alone.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        gates, width = program.gates, len(program.cost)
        alone = np.bincount(gates.opener, minlength=width) == 1
        free = alone & program.whole & (program.lower == 0) & (program.upper == 1) & (program.cost == 0)
        free[gates.opener[program.whole[gates.column]]] = False
        free[gates.column] = False
        self.gate: IntArray = np.zeros(0, dtype=np.int64)
        self.rows: IntArray = np.zeros(0, dtype=np.int64)
        if free.any():
            self._find(free)
        self.column, self.flow, self.bound = gates.opener[self.gate], gates.column[self.gate], gates.bound[self.gate]

    def _find(self, free: BoolArray) -> None:
        """Keep those that share their rows with nothing else."""
        program, matrix = self.program, self.program.matrix
        column_of = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
        other = np.zeros(matrix.shape[0], dtype=bool)  # rows that speak of something else as well
        other[matrix.indices[~free[column_of]]] = True
        plain = (matrix.data > 0) & np.isfinite(program.row_upper[matrix.indices]) & ~other[matrix.indices]
        free[column_of[~plain]] = False
        self.gate = np.nonzero(free[program.gates.opener])[0]
        self.rows = np.unique(matrix.indices[free[column_of]])

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.gate)

    def with_flows(self, kept: BoolArray) -> BoolArray:
        """Return which columns are kept where choices go with their flows, shape (columns,)."""
        if not len(self):
            return kept
        kept = kept.copy()
        kept[self.column] = kept[self.flow]
        return kept

    def follow(self, x: FloatArray) -> None:
        """Let the choices of a point, shape (columns,), be as large a part as their flows need."""
        x[self.column] = x[self.flow] / self.bound

    def together(self, price: FloatArray) -> FloatArray:
        """Return prices of a unit in which that of a flow has its choice's in it, shape (columns,)."""
        price = price.copy()
        np.add.at(price, self.flow, price[self.column] / self.bound)
        return price

    def linking(self, kept: BoolArray) -> tuple[sp.csr_array, BoolArray]:
        """Return the gates of choices as rows ``<= 0``, and which of them hold as equations.

        Parameters
        ----------
        kept : ndarray of bool
            Columns of a program that is to have them, shape (columns,).
        """
        at = np.nonzero(kept[self.column] | kept[self.flow])[0]
        rows = gate_rows(self.program.gates, len(self.program.cost), self.gate[at])
        return rows, self.sure[at] & kept[self.flow[at]]

    @cached_property
    def sure(self) -> BoolArray:
        """Whether a flow is nothing or all that its choice lets through, in every plan, shape (choices,).

        It is where the flows of choices that exclude each other are all that enters a row, each can be what the row
        wants, and nothing leaves.
        """
        program, matrix = self.program, self.program.matrix
        height, width = matrix.shape
        if not len(self):
            return np.zeros(0, dtype=bool)
        column_of = np.repeat(np.arange(width), np.diff(matrix.indptr))
        choice_of = np.full(width, -1)
        choice_of[self.flow] = np.arange(len(self))
        spare = np.zeros(height, dtype=bool)  # rows in which something else may make room
        spare[matrix.indices[(matrix.data < 0) | (program.lower[column_of] < 0)]] = True
        one = (program.row_upper[matrix.indices] == 1) & (matrix.data == 1) & ~spare[matrix.indices]
        one &= np.isin(matrix.indices, self.rows)
        group = np.full(width, -1)  # the row of those that exclude each other
        group[column_of[one]] = matrix.indices[one]
        wanted = np.where(program.row_lower == program.row_upper, program.row_upper, np.nan)
        at = choice_of[column_of]
        fits = (at >= 0) & (matrix.data == 1) & (np.abs(self.bound[at] - wanted[matrix.indices]) <= 0)
        of_entry = np.where(fits, group[self.column[at]], -1)
        low, high = np.full(height, width), np.full(height, -2)
        np.minimum.at(low, matrix.indices, of_entry)
        np.maximum.at(high, matrix.indices, of_entry)
        settles = (low == high) & (low >= 0) & (wanted > 0)
        sure = np.zeros(len(self), dtype=bool)
        sure[at[fits & settles[matrix.indices]]] = True
        return sure
