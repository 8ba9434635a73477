"""A first guess of the duals by many cheap passes over all columns, where simplex steps would be many and dear.

All rows are relaxed but one capacity row an opener and the sums of openers, so that a pass is a continuous knapsack
for each opener and a choice of the best of them:

    v_s = r_s + min { sum r_j x_j : 0 <= x_j <= u_j, sum a_j x_j <= capacity_s },   y_s = 1 where v_s < mu      (money)

with mu such that as many are chosen as the bounds of their sum allow, 0 as a rule.

The duals move along what the averaged points lack (the volume algorithm; Barahona and Anbil 2000,
doi:10.1007/s101070050002), which also gives a point near the optimum of the relaxation.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netopt.solve.bound import Duals, Ledger
from netopt.solve.sums import members_of

__all__ = ["Volume"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_TARGET = 0.1
_AVERAGE = 0.1
_LEAST_AVERAGE = 0.005
_PATIENCE = 20
_LOOK = 50
_NOTHING = 1e-18


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
        Of the program; its cuts are not used.
    lower, upper : ndarray
        Of the columns, shape (columns,).
    """

    def __init__(self, ledger: Ledger, lower: FloatArray, upper: FloatArray) -> None:
        program = ledger.program
        self.lower, self.upper = lower, upper
        self.ledger, self.program = ledger, program
        gates, width = program.gates, len(program.cost)
        self.opener = np.full(width, -1, dtype=np.int64)
        self.room = np.where(np.isfinite(program.most), program.most, 0.0)
        self.opener[gates.column[::-1]] = gates.opener[::-1]
        self.row_of = np.full(width, -1, dtype=np.int64)
        self.weight = np.ones(width)
        self.capacity = np.zeros(len(program.row_lower))
        self._find_knapsacks()
        bound = np.full(width, np.inf)
        np.minimum.at(bound, gates.column, gates.bound)
        self.room = np.minimum(self.room, bound)
        self.relaxed = np.ones(len(program.row_lower), dtype=bool)
        self.relaxed[self.row_of[self.row_of >= 0]] = False
        self._is_opener = np.zeros(width, dtype=bool)
        self._is_opener[gates.opener] = True
        self._is_opener[self.opener[self.opener >= 0]] = True
        self._sums = self._find_sums()
        self._by_column = program.matrix.T

    def _find_sums(self) -> list[tuple[int, int, IntArray]]:
        """Return row, sum and members of the sums that count openers and nothing else."""
        found = [(row, total, of) for row, total, of in members_of(self.program) if self._is_opener[of].all()]
        self.relaxed[[row for row, _, _ in found]] = False
        return found

    def _find_knapsacks(self) -> None:
        """Find rows ``sum a_j x_j <= capacity * y`` with all x behind y, and give each column at most one."""
        program, gates = self.program, self.program.gates
        matrix = program.matrix.tocsr()
        row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
        negative = matrix.data < 0
        one = np.bincount(row[negative], minlength=matrix.shape[0]) == 1
        one &= (program.row_upper == 0) & np.isneginf(program.row_lower)
        chief = np.full(matrix.shape[0], -1, dtype=np.int64)
        chief[row[negative]] = matrix.indices[negative]
        one &= program.whole[np.maximum(chief, 0)] & (chief >= 0)
        pair = np.sort(gates.column * np.int64(matrix.shape[1]) + gates.opener)
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

    # -- one pass -------------------------------------------------------------------------------------------------

    def look(self, row: FloatArray) -> _Pass:
        """Return the bound that duals of the relaxed rows give, with the best duals of the knapsacks."""
        program = self.program
        reduced = np.asarray(program.cost - self._by_column @ row)
        x = np.where(reduced < 0, self.room, self.lower)
        x[program.whole] = 0.0
        duals = row.copy()
        price = np.where(self._is_opener, reduced, 0.0)

        packed = np.nonzero((reduced < 0) & (self.row_of >= 0) & (self.room > 0))[0]
        if len(packed):
            x[packed] = self._packed(packed, reduced, duals)
        behind = np.nonzero((self.opener >= 0) & (x > 0) & ~program.whole)[0]
        price += np.bincount(self.opener[behind], reduced[behind] * x[behind], minlength=len(price))
        opens = self._is_opener
        y = np.where(price < 0, self.upper, self.lower)
        for at, total, members in self._sums:
            y[total], duals[at] = self._counted(total, members, price, y)
        x[opens] = y[opens]
        x[behind] *= x[self.opener[behind]]
        other = program.whole & ~opens
        x[other] = np.where(reduced[other] < 0, self.upper[other], self.lower[other])
        for _, total, _ in self._sums:
            x[total] = y[total]
        paid = row * np.where(row > 0, program.row_lower, np.where(row < 0, program.row_upper, 0.0))
        return _Pass(float(paid.sum() + reduced @ x), x, duals)

    def _counted(self, total: int, members: IntArray, price: FloatArray, y: FloatArray) -> tuple[float, float]:
        """Choose as many of some openers as their sum may be; return how many, and the price of the last one."""
        count = float(y[members].sum())
        wanted = float(np.clip(count, self.lower[total], self.upper[total]))
        if wanted == count:
            return count, 0.0
        free = members[self.lower[members] < self.upper[members]]
        order = free[np.argsort(price[free], kind="stable")]
        chosen = round(float(wanted - self.lower[members].sum()))
        if not 0 < chosen <= len(order):
            return wanted, 0.0
        y[order[:chosen]], y[order[chosen:]] = 1.0, 0.0
        return wanted, float(price[order[chosen - 1 if wanted > count else min(chosen, len(order) - 1)]])

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
        short = np.nonzero((filled < size) & (before <= self.capacity[row]))[0]
        duals[row[short]] = ratio[short]
        values = np.empty(len(packed))
        values[order] = filled / weight[order]
        return values

    # -- the ascent -----------------------------------------------------------------------------------------------

    def climb(
        self, row: FloatArray, x: FloatArray, passes: int, enough: Callable[[], bool]
    ) -> tuple[Duals, FloatArray]:
        """Raise the bound.

        Parameters
        ----------
        row : ndarray
            Duals to begin with, shape (rows,).
        x : ndarray
            A point of about the right size, shape (columns,): rows are measured by what it moves through them.
        passes : int
            At most.
        enough : callable
            Asked after each.

        Returns
        -------
        duals : Duals
            The best ones.
        x : ndarray
            The averaged point, shape (columns,).
        """
        size = self._size(x)
        best_row = self._allowed(np.where(self.relaxed, row, 0.0))
        best = self.look(best_row)
        x = best.x
        target = best.value + _TARGET * max(abs(best.value), 1.0)
        step, average, red, checkpoint = 1.0, _AVERAGE, 0, best.value
        for turn in range(1, passes + 1):
            lack = self._lack(x, best_row) / size
            norm = float(lack @ lack)
            if norm <= _NOTHING or enough():
                break
            trial_row = self._allowed(best_row + step * (target - best.value) / norm * lack / size)
            trial = self.look(trial_row)
            change = self._lack(trial.x, best_row) / size - lack
            if trial.value > best.value:
                if lack @ (self._lack(trial.x, trial_row) / size) >= 0:
                    step = min(2.0, step * 1.1)
                best, best_row, red = trial, trial_row, 0
                if best.value > target - _TARGET / 2 * abs(target):
                    target = best.value + _TARGET * max(abs(best.value), 1.0)
            else:
                red += 1
                if red >= _PATIENCE:
                    step, red = step * 0.66, 0
            long = float(change @ change)
            part = float(np.clip(-(lack @ change) / long, average / 10, average)) if long > 0 else average
            x = part * trial.x + (1 - part) * x
            if turn % _LOOK == 0:
                rise, checkpoint = best.value - checkpoint, best.value
                if rise < 0.01 * abs(best.value):
                    average = max(_LEAST_AVERAGE, average / 2)
        gates, share = self._shares()
        return self.ledger.short(Duals(best.row, np.zeros(len(self.ledger.cuts)), gates, share)), x

    def _size(self, x: FloatArray) -> FloatArray:
        """Return what a row is measured by: its side, or half of what a point moves through it."""
        program = self.program
        low, high = (np.where(np.isfinite(side), np.abs(side), 0.0) for side in (program.row_lower, program.row_upper))
        moved: FloatArray = np.asarray(abs(program.matrix) @ np.abs(x)) / 2
        usual = moved[moved > 0].mean() if (moved > 0).any() else 1.0
        size = np.maximum(low, high)
        return np.where(size > 0, size, np.maximum(moved, usual))

    def _shares(self) -> tuple[IntArray, FloatArray]:
        """Return the gates that carry a column's price though they are not its first: those of its knapsack."""
        gates = self.program.gates
        own = (gates.opener == self.opener[gates.column]) & self.ledger.several[gates.column]
        own &= ~self.ledger.is_first
        at = np.nonzero(own)[0]
        return at, np.ones(len(at))

    def _lack(self, x: FloatArray, row: FloatArray) -> FloatArray:
        """Return what a point lacks in the relaxed rows: positive where it should be more."""
        program = self.program
        total = program.matrix @ x
        low, high = program.row_lower, program.row_upper
        lack = np.where(row > 0, low - total, np.where(row < 0, high - total, 0.0))
        idle = row == 0
        under, over = low[idle] - total[idle], high[idle] - total[idle]
        lack[idle] = np.where(under > 0, under, np.minimum(over, 0.0))
        lack[~self.relaxed] = 0.0
        return lack

    def _allowed(self, row: FloatArray) -> FloatArray:
        """Return duals of the sign that each row allows."""
        program = self.program
        row = np.where(np.isfinite(program.row_lower), row, np.minimum(row, 0.0))
        return np.where(np.isfinite(program.row_upper), row, np.maximum(row, 0.0))
