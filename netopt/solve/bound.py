"""A lower bound that trusts nobody: plain arithmetic over every column, from any duals whatsoever.

For any row duals pi (of the sign that a row's sides allow) and any mu <= 0 of the cuts

    cost >= sum_i pi_i * side_i + sum_j min over the box of r_j * x_j,      r = c - A'pi - cuts'mu           (money)

and a gated column, 0 <= x_j <= u_j * y_s, gives ``min(0, r_j) * u_j`` to the price v_s of opening s, so that

    cost >= sum_i pi_i * side_i + sum_s min(v_s * lower_s, v_s * upper_s) + columns without a gate.

Bad duals make the bound weak, never wrong. v_s above what is left of the gap closes s, below minus that opens it.
What rounding may have done is added up on the way and taken off at the end.

A cut is a sum of rows with an opener: ``sum_R (A x)_r <= sum_R upper_r`` holds anyway. Leave out what can only help
and is not gated by s; without s the rest is at most zero. So ``sum a_j x_j <= (sum_R upper_r) * y_s``, where a_j is the
sum's coefficient if it is negative or j is gated by s, and zero otherwise.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.formulation import Program
from netopt.solve.choices import Choices

__all__ = ["ASKED", "Bound", "Certificate", "Cut", "Duals", "Leaf", "Ledger", "asked_for", "size_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_EPS = float(np.finfo(np.float64).eps)
_CHUNK = 1 << 20
_SHARES = float(1 << 30)

ASKED = 1e-7
"""Prices this much below zero ask for a column, relative to its cost or what its rows bring, whichever is more."""


@dataclass(frozen=True)
class Cut:
    """The rows whose sum, with an opener, is a cut.

    Parameters
    ----------
    opener : int
        A column that is 0 or 1.
    rows : ndarray of int
        Rows with whole coefficients and a finite upper side, shape (n,).
    """

    opener: int
    rows: IntArray


@dataclass(frozen=True)
class Duals:
    """What a bound is computed from.

    Parameters
    ----------
    row : ndarray
        Money per unit of a row's side, shape (rows,).
    cut : ndarray
        Money per unit of a cut, at most 0, shape (cuts,); cuts that came later count with 0.
    gate : ndarray of int
        Gates that take a part of their column's reduced cost though they are not its first, shape (n,).
    share : ndarray
        That part, from 0 to 1, shape (n,); a column's first gate takes what its other gates leave.
    """

    row: FloatArray
    cut: FloatArray
    gate: IntArray
    share: FloatArray


@dataclass(frozen=True)
class Leaf:
    """A part of the search: columns within bounds, and the duals that bound the cost there.

    Parameters
    ----------
    columns : ndarray of int
        Whole columns whose bounds are narrower than the program's, shape (n,).
    lower, upper : ndarray
        Shape (n,).
    duals : int
        Position in `Certificate.duals`.
    """

    columns: IntArray
    lower: FloatArray
    upper: FloatArray
    duals: int


@dataclass(frozen=True)
class Certificate:
    """What anyone needs to recompute the bound: the leaves cover every choice, and each has its duals.

    Parameters
    ----------
    bound : float
        The least of the leaves' bounds, money.
    cuts : tuple of Cut
        All that the duals speak of.
    duals : tuple of Duals
        As the leaves name them.
    leaves : tuple of Leaf
        One without columns where nothing was branched on.
    """

    bound: float
    cuts: tuple[Cut, ...]
    duals: tuple[Duals, ...]
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Bound:
    """A lower bound and what it says about the columns.

    Parameters
    ----------
    value : float
        No plan costs less, money; minus infinity where a column without a limit has a negative reduced cost.
    price : ndarray
        v of the openers and r of the other columns: what the bound changes by with each unit, shape (columns,).
    share : ndarray
        Part of its column's price, where that is negative, that each gate hands to its opener, shape (gates,).
    """

    value: float
    price: FloatArray
    share: FloatArray


class Ledger:
    """Computes bounds for one program, and keeps its cuts.

    Parameters
    ----------
    program : Program
        What is bounded.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.cuts: list[Cut] = []
        self._cut_rows = sp.csr_array((0, len(program.cost)))
        self._by_column = program.matrix.T  # csr: a row a column
        gates, width = program.gates, len(program.cost)
        first = np.full(width, len(gates), dtype=np.int64)
        np.minimum.at(first, gates.column, np.arange(len(gates)))
        self.gated = first < len(gates)
        self.is_first = first[gates.column] == np.arange(len(gates))
        self._first = first
        self.several = np.bincount(gates.column, minlength=width) > 1
        self._levels = _levels(program)
        self._longest = int(np.diff(program.matrix.indptr).max(initial=0))

    @cached_property
    def choices(self) -> Choices:
        """Choices of one flow."""
        return Choices(self.program)

    @cached_property
    def _by_row(self) -> sp.csr_array:
        return self.program.matrix.tocsr()

    @cached_property
    def _of_opener(self) -> tuple[IntArray, IntArray]:
        """Gates in the order of their openers, and where each opener's begin."""
        order = np.argsort(self.program.gates.opener, kind="stable")
        start = np.searchsorted(self.program.gates.opener[order], np.arange(len(self.program.cost) + 1))
        return order, start

    def gates_of(self, opener: int) -> IntArray:
        """Return the positions of an opener's gates."""
        order, start = self._of_opener
        found: IntArray = order[start[opener] : start[opener + 1]]
        return found

    # -- cuts -----------------------------------------------------------------------------------------------------

    def coefficients(self, cut: Cut) -> tuple[IntArray, FloatArray]:
        """Return columns and values of a cut ``sum a_j x_j - limit * y <= 0``; the opener stands last."""
        part = self._by_row[cut.rows]
        columns, place = np.unique(part.indices, return_inverse=True)
        summed = np.bincount(place, part.data, minlength=len(columns))
        keep = summed < 0
        own = np.isin(columns, self.program.gates.column[self.gates_of(cut.opener)])
        keep |= own & (summed > 0)
        keep &= columns != cut.opener
        limit = math.fsum(self.program.row_upper[cut.rows])
        return np.append(columns[keep], cut.opener), np.append(summed[keep], -limit)

    def add_cut(self, cut: Cut) -> None:
        """Take a cut into account from now on."""
        self.cuts.append(cut)

    def keep_cuts(self, which: IntArray) -> None:
        """Forget all cuts but some; duals of cuts that were computed before lose their meaning."""
        rows = self.cut_rows()
        self.cuts[:] = [self.cuts[at] for at in which]
        self._cut_rows = sp.csr_array(rows[which])

    def cut_rows(self) -> sp.csr_array:
        """Return the cuts as rows ``<= 0``, shape (cuts, columns)."""
        fresh = [self.coefficients(cut) for cut in self.cuts[self._cut_rows.shape[0] :]]
        if fresh:
            height = np.cumsum([0, *(len(columns) for columns, _ in fresh)])
            column = np.concatenate([columns for columns, _ in fresh]).astype(np.int32)
            value = np.concatenate([value for _, value in fresh])
            rows = sp.csr_array((value, column, height), shape=(len(fresh), len(self.program.cost)))
            rows.sort_indices()  # once, not whenever they are used
            self._cut_rows = sp.csr_array(sp.vstack([self._cut_rows, rows]))
        return self._cut_rows

    def _cut_prices(self, mu: FloatArray) -> FloatArray:
        priced = np.nonzero(mu)[0]
        return np.asarray(self.cut_rows()[priced].T @ mu[priced])

    # -- the bound ------------------------------------------------------------------------------------------------

    def no_duals(self) -> Duals:
        """Return duals that are all zero."""
        nothing = np.zeros(0)
        return Duals(np.zeros(len(self.program.row_lower)), nothing, nothing.astype(np.int64), nothing)

    def short(self, duals: Duals) -> Duals:
        """Return duals of the sign that the rows allow, with few digits: any will do, and short ones check quickly."""
        program = self.program
        row = _digits(duals.row)
        row = np.where(np.isfinite(program.row_lower), row, np.minimum(row, 0.0))
        row = np.where(np.isfinite(program.row_upper), row, np.maximum(row, 0.0))
        cut = np.minimum(_digits(duals.cut), 0.0)
        return Duals(row, cut, duals.gate, np.clip(np.floor(duals.share * _SHARES) / _SHARES, 0.0, 1.0))

    def shut(self, duals: Duals, upper: FloatArray) -> Duals:
        """Return duals in which a column behind something closed is paid for there, where it is worth nothing.

        What opens one of its gates may be open, and would be paid for what cannot come through another one.

        Parameters
        ----------
        duals : Duals
            As `short` returns them.
        upper : ndarray
            Of all columns, shape (columns,).
        """
        gates = self.program.gates
        closed = np.nonzero((upper[gates.opener] <= 0) & self.several[gates.column])[0]
        if not len(closed):
            return duals
        price = self.reduced(duals)
        column, once = np.unique(gates.column[closed], return_index=True)
        once = once[price[column] < 0]
        closed = closed[once]
        behind = np.zeros(len(price), dtype=bool)
        behind[gates.column[closed]] = True
        left = ~behind[gates.column[duals.gate]]
        closed = closed[~self.is_first[closed]]  # a first gate takes what is left without being named
        gate = np.append(duals.gate[left], closed)
        return replace(duals, gate=gate, share=np.append(duals.share[left], np.ones(len(closed))))

    def closed(self, upper: FloatArray) -> BoolArray:
        """Return which columns cannot carry anything, as they or what opens them may not be more than zero.

        Parameters
        ----------
        upper : ndarray
            Of all columns, shape (columns,).
        """
        gates = self.program.gates
        closed: BoolArray = upper <= 0
        closed[gates.column[closed[gates.opener]]] = True
        return closed

    def reduced(self, duals: Duals) -> FloatArray:
        """Return ``c - A'pi - cuts'mu``, shape (columns,)."""
        return np.asarray(self.program.cost - self._by_column @ duals.row - self._cut_prices(duals.cut))

    def bound(
        self, duals: Duals, lower: FloatArray | None = None, upper: FloatArray | None = None, *, safe: bool = True
    ) -> Bound:
        """Return the lower bound that duals give.

        Parameters
        ----------
        duals : Duals
            Any; see `short` for the signs that rows with one side need.
        lower, upper : ndarray, optional
            Of all columns, shape (columns,); the program's where not given.
        safe : bool
            Take off what rounding may have done.
        """
        program, gates = self.program, self.program.gates
        low = program.lower if lower is None else lower
        high = program.most if upper is None else np.minimum(program.most, upper)
        price = self.reduced(duals)
        if safe:
            price -= self._blur(duals)
        share = self._shares(duals)
        for level in self._levels:
            at = level[price[gates.column[level]] < 0]
            column, opener = gates.column[at], gates.opener[at]
            reach = np.where(program.whole[opener], np.minimum(gates.bound[at], high[column]), gates.bound[at])
            carried = share[at] * price[column] * reach
            summed = np.bincount(opener, carried, minlength=len(price))
            if safe:
                summed = summed * (1 + _EPS * (4.0 + np.bincount(opener, minlength=len(price))))
            price = price + summed
            if safe:
                price -= _EPS * np.abs(price)
        negative = price < 0
        held = np.where(negative, high, low)
        held[negative & self.gated] = 0.0
        paid = duals.row * np.where(duals.row > 0, program.row_lower, np.where(duals.row < 0, program.row_upper, 0.0))
        worst = price * held
        value = float(paid.sum() + worst.sum())
        if safe and np.isfinite(value):
            size = float(np.abs(paid).sum() + np.abs(worst).sum())
            value -= _EPS * (16 + 2 * math.log2(len(price) + len(paid) + 2)) * size
        return Bound(value, price, share)

    def affine(self, duals: Duals, columns: IntArray) -> tuple[float, FloatArray]:
        """Return the lower bound that duals give as a function of some columns.

        Parameters
        ----------
        duals : Duals
            As in `bound`.
        columns : ndarray of int
            Columns behind no gate; what they open is counted for whole numbers alone, shape (n,).

        Returns
        -------
        constant : float
            Money; minus infinity where there is no bound.
        price : ndarray
            ``cost >= constant + price @ x[columns]`` at every point where those columns are whole as they have to be,
            shape (n,).

        Raises
        ------
        ValueError
            When a column is behind a gate.
        """
        if self.gated[columns].any():
            raise ValueError("a bound is no function of a column that others open")
        found = self.bound(duals)
        price = found.price[columns]
        worst = price * np.where(price < 0, self.program.most[columns], self.program.lower[columns])
        if not np.isfinite(found.value):
            return -np.inf, np.zeros(len(columns))
        blur = _EPS * (8 + len(columns)) * (abs(found.value) + float(np.abs(worst).sum()))
        return found.value - float(worst.sum()) - blur, price

    def _shares(self, duals: Duals) -> FloatArray:
        """Return the part of its column's reduced cost that each gate takes, shape (gates,)."""
        gates = self.program.gates
        share = self.is_first.astype(np.float64)
        later = ~self.is_first[duals.gate]
        at = duals.gate[later]
        share[at] = duals.share[later]
        np.subtract.at(share, self._first[gates.column[at]], duals.share[later])
        return np.asarray(np.maximum(share, 0.0))

    def _blur(self, duals: Duals) -> FloatArray:
        """Return how far the reduced costs may be off, shape (columns,)."""
        matrix, size = self._by_column, np.abs(duals.row)
        total = np.abs(self.program.cost)
        priced = np.nonzero(duals.cut)[0]
        rows = self.cut_rows()[priced]
        rows.data = np.abs(rows.data)
        total += rows.T @ np.abs(duals.cut[priced])
        for start in range(0, len(total), _CHUNK):
            stop = min(len(total), start + _CHUNK)
            part = slice(matrix.indptr[start], matrix.indptr[stop])
            spread = np.abs(matrix.data[part]) * size[matrix.indices[part]]
            row = np.repeat(np.arange(stop - start), np.diff(matrix.indptr[start : stop + 1]))
            total[start:stop] += np.bincount(row, spread, minlength=stop - start)
        blur: FloatArray = total * (_EPS * (8 + self._longest + len(self.cuts)))
        return blur


def asked_for(program: Program, bound: Bound, x: FloatArray, missing: BoolArray) -> IntArray:
    """Return which of the columns left out could lower the cost: their price says so, and their site may be open.

    Parameters
    ----------
    program : Program
        Its gates are looked at.
    bound : Bound
        From the duals of a relaxation over the others.
    x : ndarray
        Its point, shape (columns,).
    missing : ndarray of bool
        The columns left out that may be more than zero, shape (columns,).
    """
    price, gates = bound.price, program.gates
    at = np.nonzero((price < 0) & missing)[0]
    at = at[price[at] < -ASKED * size_of(program.cost[at], price[at])]
    carries = bound.share > 0
    shut = (x[gates.opener] <= 0) & (price[gates.opener] >= 0)
    held = np.zeros(len(price), dtype=bool)
    held[gates.column[carries]] = True
    held[gates.column[carries & ~shut]] = False
    return at[~held[at]]


def size_of(cost: FloatArray, price: FloatArray) -> FloatArray:
    """Return what prices of columns are large or small beside: their own costs, or what their rows bring.

    What a site costs once says nothing of what is little a unit.

    Parameters
    ----------
    cost, price : ndarray
        Of the same columns, money a unit, any shape.
    """
    return np.maximum(np.abs(cost), np.abs(cost - price))


def _digits(values: FloatArray) -> FloatArray:
    """Return values rounded to eleven digits."""
    size = np.abs(values)
    some = np.nonzero((size > 1e-280) & (size < 1e280))[0]
    scale = 10.0 ** (10 - np.floor(np.log10(size[some])))
    rounded = np.zeros(len(values))
    rounded[some] = np.round(values[some] * scale) / scale
    return rounded


def _levels(program: Program) -> list[IntArray]:
    """Return gates in the order in which openers get their prices: those of columns that open nothing come first.

    A customer's only source is an opener of flows and itself behind the gate of its site.
    """
    gates, width = program.gates, len(program.cost)
    depth = np.zeros(width, dtype=np.int64)
    for _ in range(8):
        deeper = depth.copy()
        np.maximum.at(deeper, gates.opener, depth[gates.column] + 1)
        if (deeper == depth).all():
            break
        depth = deeper
    else:
        raise ValueError("gates open each other in a circle")
    of_gate = depth[gates.column]
    return [np.nonzero(of_gate == level)[0] for level in range(int(of_gate.max(initial=-1)) + 1)]
