"""What an earlier answer says of a program that differs in a few numbers: a plan to begin with, and a proof.

Duals prove a bound for any program, whatever they were computed for (see `netopt.solve.bound`). So those of an earlier
certificate are carried over, by what rows, columns and gates are about, and its leaves with them. A leaf narrows whole
columns only; where its side is that of the old program, it becomes that of the new one, and a column that is gone
counts as zero. So the leaves cover every choice there is now, as they did before.

What the duals do not ask for did not matter then and hardly matters now: the columns that they price at nothing or
less, and the gates through which those are paid for, are all that the relaxation begins with.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.formulation.program import Columns, Gates, Program, Rows
from netopt.solve.bound import Certificate, Cut, Duals, Leaf, Ledger, size_of

__all__ = ["Carried", "Start", "carried", "is_small"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_GONE = -1
_ASKED = 1e-9
"""Prices within this of zero, relative to what `size_of` says, count as zero."""


@dataclass(frozen=True)
class Start:
    """An earlier answer.

    Parameters
    ----------
    program : Program
        What was solved.
    choices : ndarray
        The whole columns of its plan, zero for all others, shape (columns,).
    certificate : Certificate
        Of its bound.
    """

    program: Program
    choices: FloatArray
    certificate: Certificate


@dataclass(frozen=True)
class Carried:
    """What an earlier answer comes to in another program.

    Parameters
    ----------
    choices : ndarray
        The whole columns of its plan, zero for those that were not there and for all others, shape (columns,).
    cuts : tuple of Cut
        Those that hold here as well.
    duals : tuple of Duals
        Of the rows, cuts and gates here.
    leaves : tuple of Leaf
        Of the columns here; together they hold every choice.
    """

    choices: FloatArray
    cuts: tuple[Cut, ...]
    duals: tuple[Duals, ...]
    leaves: tuple[Leaf, ...]

    def prices(self, ledger: Ledger, which: Iterable[int]) -> FloatArray:
        """Return the least that any of some duals price each column at, money a unit, shape (columns,).

        Parameters
        ----------
        ledger : Ledger
            Of the program, with the cuts.
        which : iterable of int
            Positions of the duals.
        """
        found = np.full(len(self.choices), np.inf)
        for at in which:
            np.minimum(found, ledger.bound(self.duals[at], safe=False).price, out=found)
        return found

    def paid_gates(self, ledger: Ledger, which: Iterable[int]) -> IntArray:
        """Return the gates through which columns are paid for, in some duals."""
        gates = ledger.program.gates
        paid = np.zeros(len(gates), dtype=bool)
        for at in which:
            share = ledger.bound(self.duals[at], safe=False).share
            price = ledger.reduced(self.duals[at])
            paid |= ((price < 0) & ~is_small(ledger, price))[gates.column] & (share > 0)
        return np.nonzero(paid)[0]


def is_small(ledger: Ledger, price: FloatArray) -> BoolArray:
    """Return which prices of columns, money a unit, count as nothing, shape (columns,)."""
    found: BoolArray = (np.abs(price) <= _ASKED * size_of(ledger.program.cost, price)) & np.isfinite(price)
    return found


def carried(start: Start, program: Program) -> Carried:
    """Return what an earlier answer comes to in another program.

    Parameters
    ----------
    start : Start
        The earlier answer.
    program : Program
        The other one.
    """
    old = start.program
    column = _places(old.columns, program.columns, (old.names, program.names), len(old.cost))
    row = _places(old.rows, program.rows, (old.names, program.names), len(old.row_lower))
    choices = np.zeros(len(program.cost))
    here = column >= 0
    choices[column[here]] = start.choices[here]
    kept, cuts = _cuts(start.certificate.cuts, program, column, row)
    gate = _gates(old.gates, program.gates, column)
    duals = tuple(_duals(each, program, row, kept, gate) for each in start.certificate.duals)
    leaves = [_leaf(leaf, old, program, column) for leaf in start.certificate.leaves]
    return Carried(choices, cuts, duals, tuple(leaf for leaf in leaves if leaf is not None))


def _places(
    old: Mapping[str, Columns] | Mapping[str, Rows],
    new: Mapping[str, Columns] | Mapping[str, Rows],
    names: tuple[Mapping[str, npt.NDArray[np.object_]], Mapping[str, npt.NDArray[np.object_]]],
    size: int,
) -> IntArray:
    """Return where each old column or row stands now, `_GONE` for what is not there any more, shape (size,)."""
    place = np.full(size, _GONE, dtype=np.int64)
    for name, block in old.items():
        other = new.get(name)
        if other is None or not block.size or not other.size or set(block.labels) != set(other.labels):
            continue
        if not block.labels:
            if block.size == other.size == 1:
                place[block.at] = other.start
            continue
        one, another = _keys(block, names[0]), _keys(other, names[1])
        if block.size == other.size and all((a == b).all() for a, b in zip(one, another, strict=True)):
            place[block.at] = other.at  # as a rule: nothing came, nothing went
            continue
        before, keys = pd.MultiIndex.from_arrays(one), pd.MultiIndex.from_arrays(another)
        if not before.has_duplicates and not keys.has_duplicates:
            found = keys.get_indexer(before)
            place[block.at] = np.where(found >= 0, other.start + found, _GONE)
    return place


def _keys(block: Columns | Rows, names: Mapping[str, npt.NDArray[np.object_]]) -> list[npt.NDArray[np.object_]]:
    """Return what the columns or rows of a block are about, in words where their positions stand for some."""
    found = []
    for dimension in sorted(block.labels):
        values = np.asarray(block.labels[dimension])
        is_place = values.dtype.kind == "i" and dimension in names
        found.append(names[dimension][values] if is_place else values.astype(object))
    return found


def _cuts(cuts: tuple[Cut, ...], program: Program, column: IntArray, row: IntArray) -> tuple[IntArray, tuple[Cut, ...]]:
    """Return the positions of the cuts that hold in a program, and the cuts as they are there."""
    kept, found = [], []
    for at, cut in enumerate(cuts):
        opener, rows = int(column[cut.opener]), row[cut.rows]
        rows = rows[rows >= 0]  # a cut holds for any rows, and most of them are still there
        if opener < 0 or not len(rows) or not np.isfinite(program.row_upper[rows]).all():
            continue
        if program.whole[opener] and program.lower[opener] >= 0 and program.upper[opener] <= 1:
            kept.append(at)
            found.append(Cut(opener, np.sort(rows)))
    return np.array(kept, dtype=np.int64), tuple(found)


def _gates(old: Gates, new: Gates, column: IntArray) -> IntArray:
    """Return where each old gate stands now, `_GONE` where it does not."""
    if len(old) == len(new) and (column[old.column] == new.column).all() and (column[old.opener] == new.opener).all():
        return np.arange(len(old))
    keys = pd.MultiIndex.from_arrays([new.column, new.opener])
    if keys.has_duplicates:
        return np.full(len(old), _GONE, dtype=np.int64)
    return np.asarray(keys.get_indexer(pd.MultiIndex.from_arrays([column[old.column], column[old.opener]])))


def _duals(duals: Duals, program: Program, row: IntArray, cuts: IntArray, gate: IntArray) -> Duals:
    moved = np.zeros(len(program.row_lower))
    here = row >= 0
    moved[row[here]] = duals.row[here]
    known = np.append(duals.cut, np.zeros(max(0, int(cuts.max(initial=-1)) + 1 - len(duals.cut))))
    at = gate[duals.gate]
    return Duals(moved, known[cuts], at[at >= 0], duals.share[at >= 0])


def _leaf(leaf: Leaf, old: Program, program: Program, column: IntArray) -> Leaf | None:
    """Return a leaf by the columns of a program; None where none of its choices is left."""
    lower = np.where(leaf.lower <= old.lower[leaf.columns], -np.inf, leaf.lower)
    upper = np.where(leaf.upper >= old.upper[leaf.columns], np.inf, leaf.upper)
    at = column[leaf.columns]
    gone = at < 0
    if ((lower > 0) | (upper < 0))[gone].any():
        return None
    at, lower, upper = at[~gone], lower[~gone], upper[~gone]
    lower, upper = np.maximum(lower, program.lower[at]), np.minimum(upper, program.upper[at])
    if (lower > upper).any():
        return None
    return Leaf(at, lower, upper, leaf.duals)
