"""Where a search stands: the best plan, the bound and who proved it, and what HiGHS beside it has to say."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program
from netopt.solve.bound import Ledger
from netopt.solve.control import Control, gap_between
from netopt.solve.cuts import Dicuts
from netopt.solve.duo import Duo
from netopt.solve.plans import Plans
from netopt.solve.relaxation import Relaxation
from netopt.solve.screen import FEW_COLUMNS, Screened, first_columns
from netopt.solve.settle import settle
from netopt.solve.tree import Tree

__all__ = ["Standing"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_SETTLING = 10
"""Slices of time for choices of one flow, once the others have been made."""

_ROOTLESS = 1.5
"""After so many seconds HiGHS begins on a program of few columns even if it is not known yet which rows matter."""


class Standing:
    """What a search knows by now, and how it hears of more.

    Parameters
    ----------
    program : Program
        What is solved.
    control : Control
        Gap, limits, progress.
    """

    def __init__(self, program: Program, control: Control) -> None:
        self.program, self.control = program, control
        self.ledger = Ledger(program)
        self.dicuts = Dicuts(self.ledger)
        self.relaxation = Relaxation(self.ledger, control, first_columns(self.dicuts), loose=True)
        self.bound = -np.inf
        self.plans = self._new_plans()
        self.tree: Tree | None = None
        self.duo = Duo(program, control, self.dicuts)
        self.root: Screened | None = None
        self._alone = len(program.cost) <= FEW_COLUMNS and not self.duo.in_turns
        self._branching, self._own = False, True

    def _new_plans(self) -> Plans:
        def tell() -> None:
            self._report("improving")

        return Plans(self.relaxation.paired(), self.dicuts, self.control, self._over, lambda: self.bound, tell)

    def _look_among_kept(self) -> None:
        """Look for plans among the columns that are kept by now."""
        best, self.plans = self.plans.improver.best, self._new_plans()
        if best is not None:
            self.plans.improver.take(best)

    # -- two at work --------------------------------------------------------------------------------------------------

    def _used(self) -> BoolArray:
        """Return the columns that the best plan needs."""
        best = self.plans.improver.best
        return np.zeros(len(self.program.cost), dtype=bool) if best is None else best.x != 0

    def _invite(self, delay: float = 0.0) -> None:
        """Let HiGHS work on the program as well, with the rows that are known to matter, after some seconds."""
        self.duo.invite(self.relaxation, self.plans.improver.values, self.plans.cost, delay)

    def _take_turns(self, seconds: float) -> None:
        """Let HiGHS work as long as our own search has just done, where only one may, and look around its answer."""
        until = self.control.seconds + max(seconds, self.plans.slice)
        while not self._over() and not self.duo.failed and self.control.seconds < until:
            if not self.duo.take_turns(until - self.control.seconds):
                break
        answer = None if self._over() else self.duo.answer
        if answer is not None:
            self.duo.answer = None
            self._follow_answer(answer)

    def _follow_answer(self, x: FloatArray) -> None:
        """Look for plans around the best point of a program with hubs."""
        if not len(self.ledger.choices):
            self.plans.around(x)
            return
        sites = np.setdiff1d(self.plans.improver.whole, self.ledger.choices.column)
        self._settle(sites, np.round(x[sites]), 1.0)

    def _hear(self) -> None:
        """Take over what HiGHS has found, and tell it what it does not know."""
        duo = self.duo
        if duo.rival is None:
            if self._alone and self.control.seconds > _ROOTLESS:
                self._invite()
            return
        x = duo.found()
        if x is not None and self.plans.improver.completed(np.round(x[self.plans.improver.whole])) is not None:
            self._report("branching")
        if self.tree is not None:
            self.tree.best = min(self.tree.best, self.plans.cost)
        if np.isfinite(duo.bound):  # "infeasible" is not taken on its word
            self._raise(duo.bound, own=False)
        best, cost = self.plans.improver.values, self.plans.cost
        if self.root is None or self._close_enough() or not duo.widen(self.relaxation, self.root, best, cost):
            duo.tell(best, cost)

    # -- what is known ------------------------------------------------------------------------------------------------

    def _take(self, x: FloatArray) -> None:
        """Take a point of the tree, cheapest over what is kept; over all columns its flows may be cheaper."""
        self.plans.improver.completed(np.round(x[self.plans.improver.whole]))
        if self.tree is not None:
            self.tree.best = min(self.tree.best, self.plans.cost)
        self._report("branching")

    def _settle(self, columns: IntArray, values: FloatArray, patience: float) -> tuple[float, bool]:
        """Have choices of one flow made and take the plan; return the bound and whether it is final."""
        part = self.control.part(_SETTLING * patience * self.plans.slice, self.control.gap)
        return self._assign(columns, values, part)

    def _assign(self, columns: IntArray, values: FloatArray, part: Control) -> tuple[float, bool]:
        cutoff = np.inf if self.tree is None else self.tree.cutoff
        bound, x, ended = settle(self.plans.relaxation, columns, values, part, cutoff, self.plans.improver.values)
        if x is not None:
            self._take(x)
        return bound, ended

    def _raise(self, bound: float, own: bool = True) -> None:
        if bound > self.bound:
            self.bound, self._own = bound, own
            self._report("branching" if self._branching else "screening")

    def _report(self, phase: str) -> None:
        cost = self.plans.cost
        self.control.report(
            phase, cost, min(self.bound, cost), looked=len(self.program.cost), kept=len(self.relaxation.kept)
        )

    def _over(self) -> bool:
        """Return whether to stop; what HiGHS has found by now is taken over."""
        control = self.control
        answered = self.duo.answered  # asked first: then there is nothing more to hear later
        self._hear()
        late = control.time_limit is not None and control.seconds >= control.time_limit
        return late or control.stop.is_set() or answered or self._close_enough()

    def _close_enough(self) -> bool:
        control = self.control
        return gap_between(self.plans.cost, self.bound) <= control.gap or self.bound > control.cutoff
