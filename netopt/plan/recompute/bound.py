"""The lower bound of a certificate, recomputed in exact arithmetic; the floats of the program are what they are.

For row duals pi and cut duals mu <= 0, with ``r = c - A'pi - cuts'mu`` and pi_i positive only on rows with a lower side
and negative only on those with an upper one,

    cost >= sum_i pi_i * side_i + sum_j r_j * x_j                                                           (money)

holds for every plan. What is left is the least of the second sum over a leaf's box. A column j with gates
``x_j <= u_g * y_g`` and a negative price is replaced by its upper bounds: each gate takes a share of the price, the
shares sum up to 1 (to more only where x_j >= 0), and ``share_g * r_j * b_g`` goes to the price of the opener, with
b_g = u_g, or the least of u_g and the column's own upper bound where y_g is a whole number of at least 0. Columns that
open nothing come first, so that an opener has its price when its own gates are looked at. In the end a price p adds
``min(p * low, p * high)``, that of a gated column ``p * low``, or nothing where it is negative, as it was passed on.

Which prices need no exact arithmetic
-------------------------------------
Most prices are far above zero and belong to columns with a lower bound of zero: those add exactly nothing and pass on
nothing, whatever their digits. To find them, the sum of n terms and its size ``s = sum |terms|`` are computed in
floating point. Whatever the order, rounding moves the sum by at most ``(n + 1) * 2**-53 / (1 - (n + 1) * 2**-53) * s``;
``least = sum - (n + 8) * 2**-52 * s`` is about twice as careful, which also covers the rounding of s itself, and steps
down to the next float after each further operation. Products too small for a float are kept out by a look at the
smallest factors. A price whose ``least`` is 0 or more is certainly not negative; any other, also one whose ``least`` is
not a number, is computed exactly. Floats thus decide only what is worth computing, never a digit of what is returned.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.errors import PlanError
from netopt.formulation import Program
from netopt.plan.recompute.cuts import cut_rows
from netopt.plan.recompute.dyadic import Dyadic, summed_by
from netopt.plan.recompute.leaves import check_cover
from netopt.plan.recompute.stated import Piece, Sums, claim_of

__all__ = ["recomputed_bound"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_EPS = float(np.finfo(np.float64).eps)
_SMALL = 1e-280
_DEEPEST = 64


def recomputed_bound(program: Program, stated: object) -> Fraction:
    """Return the lower bound that a certificate proves, exactly.

    Parameters
    ----------
    program : Program
        What is bounded.
    stated : object
        As `netopt.plan.certificate.stated` writes it and JSON gives it back; nothing in it is trusted.

    Returns
    -------
    Fraction
        Money; no plan costs less.

    Raises
    ------
    PlanError
        When the certificate is malformed, its leaves leave something out, a cut does not hold, a dual has the wrong
        sign, or it proves no bound at all.
    """
    claim = claim_of(stated, len(program.row_lower), len(program.cost), len(program.gates))
    for n, leaf in enumerate(claim.leaves):
        if not all(program.whole[column] for column in leaf.within):
            raise PlanError(f"leaf {n}: a column is not a whole number")
    check_cover((leaf.within for leaf in claim.leaves), program.lower, program.most)
    frame = _Frame(program, *cut_rows(program, claim.cuts))
    found = []
    for n, (row, cut, gate) in enumerate(claim.duals):
        leaves = [at for at, leaf in enumerate(claim.leaves) if leaf.duals == n]
        if leaves:
            duals = _row_duals(program, row, n), _cut_duals(cut, len(claim.cuts), n), _shares(frame, gate, n)
            prices = _Prices(frame, *duals)
            found += [_leaf_bound(prices, claim.leaves[at], at) for at in leaves]
    known = [bound for bound in found if bound is not None]
    if not known:
        raise PlanError("every leaf is empty")
    return min(known)


# -- the duals --------------------------------------------------------------------------------------------------------


def _row_duals(program: Program, sums: Sums, n: int) -> FloatArray:
    side = np.where(sums.value > 0, program.row_lower[sums.at], program.row_upper[sums.at])
    if not np.isfinite(side[sums.value != 0]).all():
        raise PlanError(f"duals {n}, row: a row has no side of that sign")
    return _spread(sums, len(program.row_lower))


def _cut_duals(sums: Sums, size: int, n: int) -> FloatArray:
    if (sums.value > 0).any():
        raise PlanError(f"duals {n}, cut: the dual of a cut is above 0")
    return _spread(sums, size)


def _spread(sums: Sums, size: int) -> FloatArray:
    found = np.zeros(size)
    found[sums.at] = sums.value
    return found


def _shares(frame: _Frame, sums: Sums, n: int) -> Dyadic:
    """Return the part of its column's price that each gate takes; the first gate of a column takes the rest of it."""
    if ((sums.value < 0) | (sums.value > 1)).any():
        raise PlanError(f"duals {n}, gate: a share is not from 0 to 1")
    gates, size = frame.program.gates, len(frame.program.gates)
    later = frame.first[gates.column[sums.at]] != sums.at
    at, value = sums.at[later], Dyadic.of(sums.value[later])
    share = Dyadic.of(np.zeros(size), value.bits)
    share.whole[at] = value.whole
    first = np.nonzero(frame.first[gates.column] == np.arange(size))[0]
    share.whole[first] = 1 << share.bits
    ours, group = np.unique(frame.first[gates.column[at]], return_inverse=True)
    rest = share[ours] - summed_by(group, value, len(ours))
    over = rest.negative
    if (frame.program.lower[gates.column[ours[over]]] < 0).any():
        raise PlanError(f"duals {n}, gate: the shares of a column sum up to more than 1")
    share.whole[ours] = np.where(over, 0, rest.whole)
    return share


# -- prices -----------------------------------------------------------------------------------------------------------


class _Frame:
    """What the bounds of all leaves have in common.

    Parameters
    ----------
    program : Program
        What is bounded.
    cuts : csr_array
        Rows that come after the program's.
    of_cut : ndarray of int
        The cut that each of them is a part of.
    """

    def __init__(self, program: Program, cuts: sp.csr_array, of_cut: IntArray) -> None:
        gates, width = program.gates, len(program.cost)
        self.program, self.of_cut = program, of_cut
        matrix = program.matrix if not len(of_cut) else sp.vstack([program.matrix, cuts], format="csc")
        self.by_column: sp.csr_array = matrix.T
        self.sizes = sp.csr_array(
            (np.abs(self.by_column.data), self.by_column.indices, self.by_column.indptr), shape=self.by_column.shape
        )
        self.terms = np.diff(self.by_column.indptr)
        self.least_size = _least(self.sizes.data)
        self.bits = Dyadic.bits_of(self.by_column.data)
        self.cost_bits = Dyadic.bits_of(program.cost)
        self.first = np.full(width, len(gates), dtype=np.int64)
        np.minimum.at(self.first, gates.column, np.arange(len(gates)))
        self.gated = self.first < len(gates)
        self.levels = _levels(gates.column, gates.opener, width)
        self.counts = program.whole[gates.opener] & (program.lower[gates.opener] >= 0)


def _levels(column: IntArray, opener: IntArray, width: int) -> list[IntArray]:
    """Return gates such that all those of an opener come before those that it is behind."""
    depth = np.zeros(width, dtype=np.int64)
    for _ in range(_DEEPEST):
        deeper = depth.copy()
        np.maximum.at(deeper, opener, depth[column] + 1)
        if (deeper == depth).all():
            of_gate = depth[column]
            return [np.nonzero(of_gate == level)[0] for level in range(int(of_gate.max(initial=-1)) + 1)]
        depth = deeper
    raise PlanError("gates open each other in a circle")


def _least(values: FloatArray) -> float:
    return float(np.abs(values[values != 0]).min(initial=np.inf))


class _Prices:
    """Prices of columns before any gate has passed something on: certain lower bounds, and exact ones on demand.

    Parameters
    ----------
    frame : _Frame
        Of the program.
    row, cut : ndarray
        Duals, shape (rows,) and (cuts,).
    share : Dyadic
        Part of its column's price that each gate takes, shape (gates,).
    """

    def __init__(self, frame: _Frame, row: FloatArray, cut: FloatArray, share: Dyadic) -> None:
        self.frame, program = frame, frame.program
        self.share = share
        self.takes: BoolArray = (share.whole != 0).astype(bool)
        self.duals = np.concatenate([row, cut[frame.of_cut]])
        self.exact_duals = Dyadic.of(self.duals)
        self.bits = max(frame.cost_bits, frame.bits + self.exact_duals.bits)
        used = np.nonzero(row)[0]
        side = np.where(row > 0, program.row_lower, program.row_upper)[used]
        self.paid = (Dyadic.of(row[used]) * Dyadic.of(side)).sum()
        with np.errstate(over="ignore", invalid="ignore"):
            price = program.cost - frame.by_column @ self.duals
            size = np.abs(program.cost) + frame.sizes @ np.abs(self.duals)
            blur = (frame.terms + 8) * _EPS * size
            if frame.least_size * _least(self.duals) < _SMALL:
                blur = blur + (frame.terms + 8) * _SMALL
            self.least: FloatArray = np.where(blur > 0, np.nextafter(price - blur, -np.inf), price)
        self._whole = np.full(len(price), None, dtype=object)
        self._known = np.zeros(len(price), dtype=bool)

    def exact(self, at: IntArray) -> Dyadic:
        """Return exact prices of columns, shape (n,)."""
        fresh = at[~self._known[at]]
        if len(fresh):
            self._whole[fresh] = self._computed(fresh).whole
            self._known[fresh] = True
        return Dyadic(self._whole[at], self.bits)

    def _computed(self, at: IntArray) -> Dyadic:
        part = self.frame.by_column[at]
        row = np.repeat(np.arange(len(at)), np.diff(part.indptr))
        used = self.duals[part.indices] != 0
        terms = Dyadic.of(part.data[used], self.frame.bits) * self.exact_duals[part.indices[used]]
        cost = Dyadic.of(self.frame.program.cost[at], self.frame.cost_bits)
        return cost.finer(self.bits) - summed_by(row[used], terms, len(at)).finer(self.bits)


# -- one leaf ---------------------------------------------------------------------------------------------------------


def _leaf_bound(prices: _Prices, leaf: Piece, n: int) -> Fraction | None:
    """Return the bound of a leaf; None where no choice is in it."""
    frame, program = prices.frame, prices.frame.program
    low, high = program.lower, program.most
    if leaf.within:
        low, high = low.copy(), high.copy()
        for column, (least, most) in leaf.within.items():
            low[column], high[column] = max(low[column], least), min(high[column], most)
        own = list(leaf.within)
        if (low[own] > high[own]).any():
            return None
    gates = program.gates
    reach = np.where(frame.counts, np.minimum(gates.bound, np.maximum(high[gates.column], 0.0)), gates.bound)
    passing = prices.takes & (reach != 0)
    needed = _screened(prices, passing, reach, low, high)
    at = np.nonzero(needed)[0]
    if not len(at):
        return prices.paid
    price = _passed(prices, reach, passing & needed[gates.column] & needed[gates.opener], at)
    negative = price.negative
    gated = frame.gated[at]
    held = np.where(negative, np.where(gated, 0.0, high[at]), low[at])
    adds = (price.whole != 0).astype(bool) & (held != 0)
    if not np.isfinite(held[adds]).all():
        column = int(at[adds][~np.isfinite(held[adds])][0])
        raise PlanError(f"leaf {n}: column {column} has no limit, and its price would lead there: no bound is proved")
    return prices.paid + (price[adds] * Dyadic.of(held[adds])).sum()


def _screened(prices: _Prices, passing: BoolArray, reach: FloatArray, low: FloatArray, high: FloatArray) -> BoolArray:
    """Return which columns have to be computed exactly, shape (columns,)."""
    frame, gates = prices.frame, prices.frame.program.gates
    least = prices.least
    with np.errstate(over="ignore", invalid="ignore"):
        for level in frame.levels:
            at = level[passing[level] & ~(least[gates.column[level]] >= 0)]
            if not len(at):
                continue
            lost = np.nextafter(np.maximum(-least[gates.column[at]] * reach[at], 0.0), np.inf)  # a share is at most 1
            count = np.bincount(gates.opener[at], minlength=len(least))
            total = np.bincount(gates.opener[at], lost, minlength=len(least)) * (1 + (count + 4) * _EPS)
            least = np.where(count > 0, np.nextafter(least - total, -np.inf), least)
    unsure = ~(least >= 0)
    needed: BoolArray = (low != 0) | (unsure & (high != 0) & ~frame.gated)
    for level in reversed(frame.levels):
        at = level[passing[level] & needed[gates.opener[level]] & unsure[gates.column[level]]]
        needed[gates.column[at]] = True
    return needed


def _passed(prices: _Prices, reach: FloatArray, passing: BoolArray, at: IntArray) -> Dyadic:
    """Return exact prices of columns after all gates have passed on what they have to."""
    frame, gates = prices.frame, prices.frame.program.gates
    place = np.full(len(frame.gated), -1, dtype=np.int64)
    place[at] = np.arange(len(at))
    price = prices.exact(at)
    for level in frame.levels:
        gate = level[passing[level]]
        gate = gate[price[place[gates.column[gate]]].negative]
        if len(gate):
            carried = prices.share[gate] * price[place[gates.column[gate]]] * Dyadic.of(reach[gate])
            price = price + summed_by(place[gates.opener[gate]], carried, len(at))
    return price
