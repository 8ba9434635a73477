"""Duals by many cheap passes over few columns, where simplex steps would be many and dear.

All rows are relaxed but one capacity row an opener and the sums of openers, so that a pass is a continuous knapsack
for each opener and a choice of the best of them:

    v_s = r_s + min { sum r_j x_j : 0 <= x_j <= u_j, sum a_j x_j <= capacity_s },   y_s = 1 where v_s < mu      (money)

with mu such that as many are chosen as the bounds of their sum allow, 0 as a rule. Cuts are relaxed as rows are, and so
are the gates of a column beyond the one of its knapsack.

The duals move along what the averaged points lack (the volume algorithm; Barahona and Anbil 2000,
doi:10.1007/s101070050002), which also gives a point near the optimum of the relaxation. A row through which n units
move is measured by the square root of n: its dual, money a unit, then moves with the part of n that it lacks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.solve.bound import Duals, Ledger
from netopt.solve.form import gate_rows
from netopt.solve.sums import members_of

__all__ = ["HOPE", "Climbed", "Prices", "Volume"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

HOPE = 0.02
"""By how much a bound is hoped to rise, relative."""

_AVERAGE = 0.1
_LEAST_AVERAGE = 0.005
_LEAST_STEP, _MOST_STEP = 0.02, 2.0
_PATIENCE = 20
_LOOK = 50
_NOTHING = 1e-18
_FADED = 1e-9
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Prices:
    """Multipliers of what is relaxed.

    Parameters
    ----------
    row : ndarray
        Money per unit of a row's side, shape (rows,).
    cut : ndarray
        At most 0, shape (cuts,); cuts that came later count with 0.
    gate : ndarray
        At most 0, shape (gates,).
    step : float
        How far the next move goes, as a part of what is hoped for.
    """

    row: FloatArray
    cut: FloatArray
    gate: FloatArray
    step: float = 1.0

    @classmethod
    def of(cls, duals: Duals, gates: int) -> Prices:
        """Return prices to begin with: those of rows and cuts."""
        return cls(duals.row, duals.cut, np.zeros(gates))

    @classmethod
    def within(cls, ledger: Ledger, duals: Duals) -> Prices:
        """Return prices to go on from: those of gates are what their columns are worth to them."""
        gates = ledger.program.gates
        share = ledger.bound(duals, safe=False).share
        return cls(duals.row, duals.cut, np.minimum(ledger.reduced(duals)[gates.column], 0.0) * share)


@dataclass(frozen=True)
class Climbed:
    """Where an ascent came to.

    Parameters
    ----------
    value : float
        What the duals prove for the columns that were looked at, money.
    prices : Prices
        To go on from.
    duals : Duals
        For the ledger.
    x : ndarray
        The averaged point, shape (columns,).
    """

    value: float
    prices: Prices
    duals: Duals
    x: FloatArray


@dataclass(frozen=True)
class _Pass:
    """One evaluation: the bound, the point that attains it, and the duals with those of the knapsacks."""

    value: float
    x: FloatArray
    row: FloatArray


class Volume:
    """Raises a lower bound by subgradients.

    Parameters
    ----------
    ledger : Ledger
        Of the program, with the cuts that it has by now.
    lower, upper : ndarray
        Of the columns, shape (columns,).
    kept : ndarray of int, optional
        The columns that are looked at, in ascending order; all of them where not given.
    """

    def __init__(self, ledger: Ledger, lower: FloatArray, upper: FloatArray, kept: IntArray | None = None) -> None:
        program = ledger.program
        self.ledger, self.program = ledger, program
        self.kept = np.arange(len(program.cost)) if kept is None else kept
        self._height = len(program.row_lower)
        place = np.full(len(program.cost), -1, dtype=np.int64)
        place[self.kept] = np.arange(len(self.kept))
        self.lower, self.upper = lower[self.kept], upper[self.kept]
        self.cost, self.whole = program.cost[self.kept], program.whole[self.kept]
        gates = program.gates
        self._gates = np.nonzero((place[gates.column] >= 0) & (place[gates.opener] >= 0))[0]
        self._column, self._opener = (place[end[self._gates]] for end in (program.gates.column, program.gates.opener))
        matrix = program.matrix if kept is None else program.matrix[:, self.kept]
        width = len(self.kept)
        self.opener = np.full(width, -1, dtype=np.int64)
        self.opener[self._column[::-1]] = self._opener[::-1]
        self.row_of = np.full(width, -1, dtype=np.int64)
        self.weight = np.ones(width)
        self.capacity = np.zeros(self._height)
        self._find_knapsacks(matrix)
        own = self._opener == self.opener[self._column]
        bound = np.full(width, np.inf)
        np.minimum.at(bound, self._column[own], program.gates.bound[self._gates[own]])
        most = program.most[self.kept]
        self.room = np.minimum(np.minimum(np.where(np.isfinite(most), most, 0.0), bound), np.maximum(self.upper, 0.0))
        self._others = self._gates[~own]
        self._is_opener = np.zeros(width, dtype=bool)
        self._is_opener[self._opener] = True
        self._is_opener[self.opener[self.opener >= 0]] = True
        others = gate_rows(program.gates, len(program.cost), self._others)
        extra = [ledger.cut_rows(), others]
        self._matrix = sp.vstack([matrix, *(rows[:, self.kept] for rows in extra)], format="csr")
        self._by_column = sp.csr_array(self._matrix.T)
        loose = self._matrix.shape[0] - self._height
        self.row_lower = np.append(program.row_lower, np.full(loose, -np.inf))
        self.row_upper = np.append(program.row_upper, np.zeros(loose))
        self.relaxed = np.ones(self._height + loose, dtype=bool)
        self.relaxed[self.row_of[self.row_of >= 0]] = False
        self._sums = self._find_sums(place)

    def _find_sums(self, place: IntArray) -> list[tuple[int, int, IntArray]]:
        """Return row, sum and members of the sums that count openers and nothing else."""
        found = [(row, int(place[total]), place[of]) for row, total, of in members_of(self.program)]
        found = [(row, total, of) for row, total, of in found if (of >= 0).all() and self._is_opener[of].all()]
        self.relaxed[[row for row, _, _ in found]] = False
        return found

    def _find_knapsacks(self, by_column: sp.csc_array) -> None:
        """Find rows ``sum a_j x_j <= capacity * y`` with all x behind y, and give each column at most one."""
        program = self.program
        matrix = sp.csr_array(by_column)
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        negative = matrix.data < 0
        one = np.bincount(row[negative], minlength=matrix.shape[0]) == 1
        one &= (program.row_upper == 0) & np.isneginf(program.row_lower)
        chief = np.full(matrix.shape[0], -1, dtype=np.int64)
        chief[row[negative]] = matrix.indices[negative]
        one &= self.whole[np.maximum(chief, 0)] & (chief >= 0)
        pair = np.sort(self._column * np.int64(matrix.shape[1]) + self._opener)
        key = matrix.indices.astype(np.int64) * matrix.shape[1] + chief[row]
        place = np.minimum(np.searchsorted(pair, key), max(len(pair) - 1, 0))
        behind = (pair[place] == key) if len(pair) else np.zeros(len(key), dtype=bool)
        fixed = self.lower[chief[row]] >= 1  # of a site that is always open nothing needs a gate
        stray = np.bincount(row[~negative & ~behind & ~fixed], minlength=matrix.shape[0]) > 0
        one &= ~stray
        at = np.nonzero(one[row] & ~negative)[0]
        at = at[np.argsort(~fixed[at], kind="stable")]  # a row of a site that may be closed comes last, and wins
        column = matrix.indices[at]
        self.row_of[column], self.weight[column] = row[at], matrix.data[at]
        own = self.row_of[column] == row[at]
        self.opener[column[own]] = chief[row[at][own]]
        held = np.nonzero(one[row] & negative)[0]
        self.capacity[row[held]] = -matrix.data[held]

    def capacities(self) -> FloatArray:
        """Return what the knapsack of each opener holds, shape (columns,)."""
        packed = np.nonzero(self.row_of >= 0)[0]
        held = np.zeros(len(self.program.cost))
        np.maximum.at(held, self.kept[self.opener[packed]], self.capacity[self.row_of[packed]])
        return held

    # -- one pass -------------------------------------------------------------------------------------------------

    def look(self, row: FloatArray) -> _Pass:
        """Return the bound that duals of the relaxed rows give, with the best duals of the knapsacks.

        Parameters
        ----------
        row : ndarray
            Of the program's rows, the cuts and the other gates, shape (all of them,).
        """
        reduced = np.asarray(self.cost - self._by_column @ row)
        x = np.where(reduced < 0, self.room, self.lower)
        x[self.whole] = 0.0
        duals = row.copy()
        price = np.where(self._is_opener, reduced, 0.0)

        packed = np.nonzero((reduced < 0) & (self.row_of >= 0) & (self.room > 0))[0]
        if len(packed):
            x[packed] = self._packed(packed, reduced, duals)
        behind = np.nonzero((self.opener >= 0) & (x > 0) & ~self.whole)[0]
        price += np.bincount(self.opener[behind], reduced[behind] * x[behind], minlength=len(price))
        opens = self._is_opener
        y = np.where(price < 0, self.upper, self.lower)
        for at, total, members in self._sums:
            y[total], duals[at] = self._counted(total, members, price, y)
        x[opens] = y[opens]
        x[behind] *= x[self.opener[behind]]
        other = self.whole & ~opens
        x[other] = np.where(reduced[other] < 0, self.upper[other], self.lower[other])
        for _, total, _ in self._sums:
            x[total] = y[total]
        return _Pass(self._paid(row) + _dot(reduced, x), x, duals)

    def _paid(self, row: FloatArray) -> float:
        side = np.where(row > 0, self.row_lower, np.where(row < 0, self.row_upper, 0.0))
        return float((row * side).sum())

    def _counted(self, total: int, members: IntArray, price: FloatArray, y: FloatArray) -> tuple[float, float]:
        """Choose as many of some openers as their sum may be; return how many, and the price of the last one."""
        count = float(y[members].sum())
        wanted = float(np.clip(count, self.lower[total], self.upper[total]))
        if wanted == count:
            return count, 0.0
        free = members[self.lower[members] < self.upper[members]]
        order = free[np.argsort(price[free], kind="stable")]
        if not len(order):
            return wanted, 0.0
        chosen = int(np.clip(round(float(wanted - self.lower[members].sum())), 0, len(order)))
        y[order[:chosen]], y[order[chosen:]] = 1.0, 0.0
        marginal = max(chosen - 1, 0) if wanted > count else min(chosen, len(order) - 1)
        return wanted, float(price[order[marginal]])

    def _packed(self, packed: IntArray, reduced: FloatArray, duals: FloatArray) -> FloatArray:
        """Fill the knapsacks, the best per unit of capacity first, and note the price of the last unit."""
        row, weight = self.row_of[packed], self.weight[packed]
        ratio = reduced[packed] / weight
        order = np.lexsort((ratio, row))
        row, ratio = row[order], ratio[order]
        size = (self.room[packed] * weight)[order]
        total = np.cumsum(size)
        first = np.searchsorted(row, row)
        before = total - size - (total[first] - size[first])
        filled = np.clip(self.capacity[row] - before, 0.0, size)
        # what fills a knapsack to the last unit leaves the price to the next one, rounding or not
        short = np.nonzero((filled < size) & (before <= self.capacity[row] * (1 + _ROUNDING)))[0][::-1]
        duals[row[short]] = ratio[short]
        values = np.empty(len(packed))
        values[order] = filled / weight[order]
        return values

    # -- the ascent -----------------------------------------------------------------------------------------------

    def climb(
        self, prices: Prices, like: FloatArray, passes: int, enough: Callable[[], bool],
        x: FloatArray | None = None, hope: float = HOPE,
    ) -> Climbed:  # fmt: skip
        """Raise the bound.

        Parameters
        ----------
        prices : Prices
            To begin with.
        like : ndarray
            A point of about the right size, shape (columns,): rows are measured by what it moves through them.
        passes : int
            At most.
        enough : callable
            Asked after each.
        x : ndarray, optional
            The averaged point of an ascent that this one goes on from, shape (columns,).
        hope : float
            By how much the bound is hoped to rise, relative; less from prices that are nearly right.
        """
        size = self._size(like[self.kept])
        best_row = self._allowed(np.where(self.relaxed, self._start(prices), 0.0))
        best = self.look(best_row)
        # what fades away is dropped before its numbers get so small that arithmetic with them is slow
        point = best.x if x is None else np.where(np.abs(x[self.kept]) > _FADED, x[self.kept], 0.0)
        moved = self._matrix @ point
        hoped = hope * max(abs(best.value), 1.0)
        step, average, red, checkpoint = max(prices.step, _LEAST_STEP), _AVERAGE, 0, best.value
        for turn in range(1, passes + 1):
            lack = self._lack(moved, best_row) / size
            norm = _dot(lack, lack)
            if norm <= _NOTHING or enough():
                break
            trial_row = self._allowed(best_row + (step * hoped / norm) * lack / size)
            trial = self.look(trial_row)
            trial_moved = self._matrix @ trial.x
            change = self._lack(trial_moved, best_row) / size - lack
            if trial.value > best.value:
                if _dot(lack, self._lack(trial_moved, trial_row) / size) >= 0:
                    step = min(_MOST_STEP, step * 1.1)
                best, best_row, red = trial, trial_row, 0
            else:
                red += 1
                if red >= _PATIENCE:
                    step, red = step * 0.66, 0
            long = _dot(change, change)
            part = float(np.clip(-_dot(lack, change) / long, average / 10, average)) if long > 0 else average
            point = part * trial.x + (1 - part) * point
            moved = part * trial_moved + (1 - part) * moved
            if turn % _LOOK == 0:
                rise, checkpoint = best.value - checkpoint, best.value
                if rise < 0.01 * abs(best.value):
                    average = max(_LEAST_AVERAGE, average / 2)
        return self._climbed(best, best_row, point, step)

    def _start(self, prices: Prices) -> FloatArray:
        cut = np.zeros(len(self.ledger.cuts))
        cut[: len(prices.cut)] = prices.cut
        return np.concatenate([prices.row, cut, prices.gate[self._others]])

    def _climbed(self, best: _Pass, row: FloatArray, point: FloatArray, step: float) -> Climbed:
        ends = np.cumsum([self._height, len(self.ledger.cuts)])
        _, cut, gate = np.split(row, ends)
        every = np.zeros(len(self.program.gates))
        every[self._others] = gate
        x = np.zeros(len(self.program.cost))
        x[self.kept] = point
        gates, share = self._shares(best.row)
        duals = self.ledger.short(Duals(best.row[: self._height], cut, gates, share))
        return Climbed(best.value, Prices(row[: self._height], cut, every, step), duals, x)

    def _size(self, x: FloatArray) -> FloatArray:
        """Return what a row is measured by: the root of its side, or of half of what a point moves through it."""
        low, high = (np.where(np.isfinite(side), np.abs(side), 0.0) for side in (self.row_lower, self.row_upper))
        moved: FloatArray = np.asarray(abs(self._matrix) @ np.abs(x)) / 2
        usual = moved[moved > 0].mean() if (moved > 0).any() else 1.0
        size = np.maximum(low, high)
        return np.sqrt(np.where(size > 0, size, np.maximum(moved, usual)))

    def _shares(self, row: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return the gates that carry a part of a column's price though they are not its first, and that part.

        Other gates carry their own multiplier, the gate of the column's knapsack what is left.
        """
        ledger, gates = self.ledger, self.program.gates
        height = self._height + len(ledger.cuts)
        reduced = np.asarray(self.cost - self._by_column[:, :height] @ row[:height])
        place = np.searchsorted(self.kept, gates.column[self._others])
        with np.errstate(divide="ignore", invalid="ignore"):
            part = np.where(reduced[place] < 0, np.clip(row[height:] / reduced[place], 0.0, 1.0), 0.0)
        taken = np.minimum(np.bincount(place, part, minlength=len(self.kept)), 1.0)
        own = self._opener == self.opener[self._column]
        share = np.zeros(len(gates))
        share[self._others] = part
        share[self._gates[own]] = 1.0 - taken[self._column[own]]
        at = self._gates[ledger.several[gates.column[self._gates]] & ~ledger.is_first[self._gates]]
        return at, share[at]

    def _lack(self, moved: FloatArray, row: FloatArray) -> FloatArray:
        """Return what a point that moves so much through the rows lacks in those that are relaxed."""
        low, high = self.row_lower, self.row_upper
        # a row with a price is held to the side that the price stands for, another one between its sides
        lack = np.where(row >= 0, np.where(row > 0, low, np.maximum(low, np.minimum(moved, high))), high) - moved
        lack[~self.relaxed] = 0.0
        return lack

    def _allowed(self, row: FloatArray) -> FloatArray:
        """Return duals of the sign that each row allows."""
        row = np.where(np.isfinite(self.row_lower), row, np.minimum(row, 0.0))
        return np.where(np.isfinite(self.row_upper), row, np.maximum(row, 0.0))


def _dot(one: FloatArray, other: FloatArray) -> float:
    """Return the sum of products; BLAS would wake its threads for it, which takes longer than the sum itself."""
    return float(np.einsum("i,i->", one, other))
