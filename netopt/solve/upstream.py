"""Other centers upstream than a plan has: sets that differ in one or two of them, ranked by prices.

With several echelons a few centers upstream decide, and with others of them a plan is another one all the way down, so
that no look around a plan finds it. What a set U of openers cannot cost less than is, for any prices p of the rows,

    L(p, U) = L(p, U0) + sum over u in U - U0 of v_u(p) - sum over u in U0 - U of v_u(p)        (money)

with v_u the price of an opener (see `netopt.solve.bound`). So the prices of the plan's own set rank all the sets next
to it in one pass; some passes of the volume algorithm from there bound the first of them well enough to tell which one
to dive from. (Lagrangean heuristics for location problems: Beasley 1993, European Journal of Operational Research 65.)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from netopt.solve.ascent import Ascent
from netopt.solve.bound import Bound, Duals
from netopt.solve.lagrange import Climbed, Prices
from netopt.solve.sums import members_of

__all__ = ["Upstream"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_EXCHANGED = 8
"""Openers that may be opened, and as many that may be shut, in exchange for each other."""

_BOUNDED = 12
"""Sets that are bounded at a time, those first that prices rank highest."""

_PASSES, _HOPE = 50, 2e-4
_ROUNDS, _SETTLED = 6, 2e-4
"""Rounds of passes for a set, and the relative rise below which there is not another one."""


class Upstream:
    """Finds sets of openers to look for plans with.

    Parameters
    ----------
    ascent : Ascent
        Bounds them; its bounds of the columns are as before whenever it is not asked.
    openers : ndarray of int
        Columns that decide what others can do, at most one each.
    """

    def __init__(self, ascent: Ascent, openers: IntArray) -> None:
        self.ascent = ascent
        program = ascent.program
        self.openers = openers[program.lower[openers] < program.upper[openers]]
        place = np.full(len(program.cost), -1, dtype=np.int64)
        place[self.openers] = np.arange(len(self.openers))
        self._sums = [(total, place[of][place[of] >= 0], of[place[of] < 0]) for _, total, of in members_of(program)]
        self._bounds: dict[bytes, float] = {}
        self._tried: set[bytes] = set()

    def next(self, x: FloatArray, cost: float, enough: Callable[[], bool]) -> tuple[FloatArray, Climbed] | None:
        """Return the best set next to those that plans have had, and what its prices lead to; None where there is none.

        What the openers downstream add to a bound hardly differs from one set to the next, so that only sets with a
        lower bound than the plan's own are worth it.

        Parameters
        ----------
        x : ndarray
            The best plan, shape (columns,).
        cost : float
            Its cost: sets that cannot cost less are none.
        enough : callable
            Asked after every set: then no other one is bounded.
        """
        here = np.round(x[self.openers])
        self._tried.add(here.tobytes())
        found = self._around(here, cost, enough)
        self.ascent.come_back()
        least = self._bounds[here.tobytes()]
        left = [(bound, key) for key, bound in self._bounds.items() if bound < least and key not in self._tried]
        if not left:
            return None
        best = min(left)[1]
        self._tried.add(best)
        choice = np.frombuffer(best)
        climbed = found.get(best)
        if climbed is None:
            climbed = self._bounded(choice, cost, [self.ascent.start])[0]
            self.ascent.come_back()
        return choice, climbed

    def enter(self, choice: FloatArray, climbed: Climbed) -> None:
        """Let the ascent go on within a set."""
        self.ascent.enter(self.openers, choice, choice, climbed.prices)

    def _around(self, here: FloatArray, cost: float, enough: Callable[[], bool]) -> dict[bytes, Climbed]:
        """Bound sets next to one; return what the prices of each lead to."""
        climbed, bound = self._bounded(here, cost, [self.ascent.start])
        key = here.tobytes()
        self._bounds[key] = max(bound.value, self._bounds.get(key, -np.inf))
        starts = [self.ascent.start, (climbed.duals, climbed.prices)]
        found: dict[bytes, Climbed] = {}
        for other in self._ranked(here, bound.price[self.openers]):
            if len(found) == _BOUNDED or enough():
                break
            key = other.tobytes()
            if key not in self._bounds and self._may_be(other):
                found[key], bound = self._bounded(other, cost, starts)
                self._bounds[key] = bound.value
        return found

    def _ranked(self, here: FloatArray, price: FloatArray) -> list[FloatArray]:
        """Return sets with one opener more or less, or one in exchange for another, those that cost least first."""
        rise = np.where(here > 0, -price, price)
        order = np.argsort(rise, kind="stable")
        shut, opened = order[here[order] == 0], order[here[order] > 0]
        changes = [[at] for at in order.tolist()]
        changes += [[a, b] for a in shut[:_EXCHANGED].tolist() for b in opened[:_EXCHANGED].tolist()]
        changes.sort(key=lambda change: float(rise[change].sum()))
        sets = []
        for change in changes:
            other = here.copy()
            other[change] = 1.0 - other[change]
            sets.append(other)
        return sets

    def _may_be(self, choice: FloatArray) -> bool:
        """Return whether a set opens as many as the sums say that there are."""
        lower, upper = self.ascent.lower, self.ascent.upper
        for total, inside, outside in self._sums:
            least, most = choice[inside].sum() + lower[outside].sum(), choice[inside].sum() + upper[outside].sum()
            if least > upper[total] or most < lower[total]:
                return False
        return True

    def _bounded(self, choice: FloatArray, cost: float, starts: list[tuple[Duals, Prices]]) -> tuple[Climbed, Bound]:
        """Bound a set from the better one of some prices; return where that led."""
        ascent = self.ascent
        ascent.come_back()
        lower, upper = ascent.lower.copy(), ascent.upper.copy()
        lower[self.openers] = upper[self.openers] = choice
        values = [ascent.ledger.bound(duals, lower, upper, safe=False).value for duals, _ in starts]
        ascent.enter(self.openers, choice, choice, starts[int(np.argmax(values))][1])
        best, bound = ascent.go_on(_PASSES, _HOPE)
        for _ in range(1, _ROUNDS):
            before = bound.value
            if before >= cost or ascent.control.stop.is_set():
                break
            found, there = ascent.go_on(_PASSES, _HOPE)
            if there.value > before:
                best, bound = found, there
            if there.value - before < _SETTLED * abs(before):
                break
        return best, bound
