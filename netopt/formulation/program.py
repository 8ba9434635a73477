"""The mixed-integer program as sparse arrays: a matrix, gates, costs by bucket, and what every label means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

__all__ = ["Charges", "Columns", "Gates", "Labels", "Program", "Rows", "assembled"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
Words = npt.NDArray[np.object_]
Labels = Mapping[str, IntArray | Words]


@dataclass(frozen=True)
class Columns:
    """A block of variables.

    Parameters
    ----------
    name : str
        ``flow``, ``open``, …
    labels : mapping of str to ndarray
        What each column is about, by dimension, each of shape (size,): positions in `Program.names`, other numbers, or
        words.
    start, size : int
        Where the block stands in the program.
    kind : {'quantity', 'whole', 'share'}
        Units of goods, whole numbers, or a number without a unit.
    """

    name: str
    labels: Labels
    start: int
    size: int
    kind: str

    @cached_property
    def at(self) -> IntArray:
        """Positions of the columns, shape (size,); not to be written to."""
        return _positions(self.start, self.size)


@dataclass(frozen=True)
class Rows:
    """A block of constraints ``lower <= sum of terms <= upper``.

    Parameters
    ----------
    name : str
        ``balance``, ``site_throughput``, …
    labels : mapping of str to ndarray
        What each row is about, by dimension, each of shape (size,): positions in `Program.names`, other numbers, or
        words.
    start, size : int
        Where the block stands in the program.
    lower, upper : ndarray
        Shape (size,).
    """

    name: str
    labels: Labels
    start: int
    size: int
    lower: FloatArray
    upper: FloatArray

    @cached_property
    def at(self) -> IntArray:
        """Positions of the rows, shape (size,); not to be written to."""
        return _positions(self.start, self.size)


@dataclass(frozen=True)
class Gates:
    """``column <= bound * opener``, kept apart from the rows.

    Parameters
    ----------
    column, opener : ndarray of int
        Positions, shape (n,).
    bound : ndarray
        Finite, shape (n,).
    needed : ndarray of bool
        False where other rows imply the gate for whole openers, and it only tightens the relaxation, shape (n,).
    """

    column: IntArray
    opener: IntArray
    bound: FloatArray
    needed: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.column)

    def select(self, which: npt.NDArray[np.bool_] | IntArray) -> Gates:
        """Return the gates at ``which``."""
        return Gates(self.column[which], self.opener[which], self.bound[which], self.needed[which])


@dataclass(frozen=True)
class Charges:
    """Money per unit of columns, in one bucket; discounted where the network says so.

    Parameters
    ----------
    bucket : str
        ``transport``, ``site``, …
    column, period : ndarray of int
        Shape (n,).
    cost : ndarray
        Money per unit of the column, shape (n,).
    """

    bucket: str
    column: IntArray
    cost: FloatArray
    period: IntArray


@dataclass(frozen=True)
class Program:
    """Minimise ``cost @ x`` subject to ``row_lower <= matrix @ x <= row_upper``, bounds, gates and whole numbers.

    Parameters
    ----------
    columns, rows : mapping of str to Columns or Rows
        Blocks by name, in the order in which they stand.
    cost, lower, upper : ndarray
        Shape (columns,).
    most : ndarray
        What no plan worth making exceeds, at most `upper`, shape (columns,).
    whole : ndarray of bool
        Which columns are whole numbers, shape (columns,).
    quantity : ndarray of bool
        Which columns are units of goods, and so may be scaled together, shape (columns,).
    matrix : csc_array
        Shape (rows, columns).
    row_lower, row_upper : ndarray
        Shape (rows,).
    gates : Gates
        All of them.
    charges : tuple of Charges
        The cost by bucket; sums up to `cost`.
    names : mapping of str to ndarray
        What the positions in the labels of a dimension stand for.
    """

    columns: Mapping[str, Columns]
    rows: Mapping[str, Rows]
    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    most: FloatArray
    whole: npt.NDArray[np.bool_]
    quantity: npt.NDArray[np.bool_]
    matrix: sp.csc_array
    row_lower: FloatArray
    row_upper: FloatArray
    gates: Gates
    charges: tuple[Charges, ...]
    names: Mapping[str, Words]

    def words(self, block: Columns | Rows, at: IntArray | slice = slice(None)) -> dict[str, Words]:
        """Return the labels of a block in words, by dimension, each of shape (size,); or of some of it, ``at``."""
        found = {}
        for dimension, values in block.labels.items():
            some = values[at]
            if some.dtype.kind == "i" and dimension in self.names:
                some = self.names[dimension][some]
            found[dimension] = some.astype(str).astype(object) if some.dtype.kind == "i" else some.astype(object)
        return found

    def __repr__(self) -> str:
        height, width = self.matrix.shape
        return (
            f"<Program: {width:,} columns ({int(self.whole.sum()):,} whole), {height:,} rows, "
            f"{self.matrix.nnz:,} coefficients, {len(self.gates):,} gates>"
        )


def assembled(
    columns: Mapping[str, Columns],
    rows: Mapping[str, Rows],
    lower: FloatArray,
    upper: FloatArray,
    most: FloatArray,
    terms: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], FloatArray],
    gates: Sequence[Gates],
    charges: Sequence[Charges],
    names: Mapping[str, Words],
) -> Program:
    """Return the program made of blocks and terms."""
    width = sum(block.size for block in columns.values())
    height = sum(block.size for block in rows.values())
    row, column, value = terms
    matrix = sp.coo_array((value, (row, column)), shape=(height, width)).tocsc()
    del terms, row, column, value  # the largest of all that is there, and no longer needed
    matrix.eliminate_zeros()
    cost = np.zeros(width)
    for charge in charges:
        cost += np.bincount(charge.column, charge.cost, minlength=width)
    kinds = {
        kind: np.concatenate([np.zeros(0, dtype=bool), *(np.full(b.size, b.kind == kind) for b in columns.values())])
        for kind in ("whole", "quantity")
    }
    none: IntArray = np.zeros(0, dtype=np.int64)
    joined = Gates(
        np.concatenate([none, *(gate.column for gate in gates)]),
        np.concatenate([none, *(gate.opener for gate in gates)]),
        np.concatenate([np.zeros(0), *(gate.bound for gate in gates)]),
        np.concatenate([np.zeros(0, dtype=bool), *(gate.needed for gate in gates)]),
    )
    most = np.minimum(upper, most)
    np.minimum.at(most, joined.column, joined.bound * np.maximum(upper[joined.opener], 0.0))
    return Program(
        columns=dict(columns),
        rows=dict(rows),
        cost=cost,
        lower=lower,
        upper=upper,
        most=most,
        whole=kinds["whole"],
        quantity=kinds["quantity"],
        matrix=matrix,
        row_lower=np.concatenate([np.zeros(0), *(block.lower for block in rows.values())]),
        row_upper=np.concatenate([np.zeros(0), *(block.upper for block in rows.values())]),
        gates=joined,
        charges=tuple(charges),
        names=names,
    )


def _positions(start: int, size: int) -> IntArray:
    found = np.arange(start, start + size)
    found.flags.writeable = False  # blocks hand out the same array to everyone
    return found
