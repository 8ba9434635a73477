"""A search that goes on where another one ended, on a program that differs in a few numbers.

Its plan is completed with flows of its own here, and its leaves are bounded here by the duals that they had there. The
two may be close enough already. If not, the leaves below the cutoff are lifted by prices: where a linear program takes
seconds, passes of the volume algorithm take tenths of one, and the duals of a leaf, which were only as good as was
needed to cut it off, are as a rule soon good enough to do so again. What is left is branched on, and better plans are
looked for in between; where that takes long, or the program is small, the whole search is made again, from the plan
that there is by now.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program
from netopt.solve.ascent import Ascent
from netopt.solve.control import Control, gap_between
from netopt.solve.priced import PricedBranching
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.reuse import Carried, Start, carried, is_small
from netopt.solve.screen import FEW_COLUMNS
from netopt.solve.search import Found, Search
from netopt.solve.tree import Tree

__all__ = ["Resumed"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_WIDER = 2
"""Times the columns that earlier duals ask for, to lift by prices."""

_FAR = 0.05
"""Where the carried plan and bound are further apart than this, nothing is gained by going on from them."""

_FEW = 8
"""Duals that say which columns such a plan may need."""

_REPAIR = 5.0
"""Seconds to open what flows lack where the earlier choices are not enough."""


class Resumed(Search):
    """Solves a program by what is known of another one.

    Parameters
    ----------
    program : Program
        What is solved.
    control : Control
        Gap, limits, progress.
    start : Start
        The answer to the other one.
    """

    def __init__(self, program: Program, control: Control, start: Start) -> None:
        super().__init__(program, control)
        self.start = start

    def _run(self) -> Found | None:
        earlier = carried(self.start, self.program)
        if not earlier.leaves:
            return self._again()
        for cut in earlier.cuts:
            self.ledger.add_cut(cut)
        tree = self._planted()
        tree.resume(earlier.duals, earlier.leaves)
        self._take_over(earlier)
        finds_plans = self._branches_by_prices and np.isinf(self.plans.cost)
        if gap_between(self.plans.cost, tree.bound) > max(_FAR, self.control.gap) and not finds_plans:
            return self._again()
        self.tree = tree
        tree.best = self.plans.cost
        self._raise(tree.bound)
        first = tree.certificate()
        if self._close_enough():
            return replace(self._found(tree, first), carried=True)
        if not self._over():
            self._resume(tree, earlier)
        if self._over():
            return self._found(tree, first)
        if len(self.program.cost) > FEW_COLUMNS and self._may_go_on(tree):
            self._branch(tree)
            return self._found(tree, first)
        self.proved = self._certified(tree)
        return self._again()

    def _again(self) -> Found | None:
        """Search from scratch but for the plan, and for what has been proved by now."""
        again = Search(self.program, self.control)
        again.proved, again.bound = self.proved, self.bound
        if self.plans.improver.best is not None:
            again.plans.improver.take(self.plans.improver.best)
        return again.run()

    def _take_over(self, earlier: Carried) -> None:
        """Make the choices of an earlier plan, and what flows need besides where they are not enough."""
        improver, program = self.plans.improver, self.program
        whole = improver.whole
        choice = np.clip(np.round(earlier.choices[whole]), program.lower[whole], program.upper[whole])
        if improver.completed(choice, seconds=self.control.remaining) is None and not self._over():
            price = earlier.prices(self.ledger, range(min(_FEW, len(earlier.duals))))
            improver.heed(price)
            asked = earlier.choices + ((price <= 0) | is_small(self.ledger, price))
            improver.repaired(choice, asked, asked, seconds=_REPAIR)
            if not self._over():
                improver.around(choice, 0.5, _REPAIR, self.control.gap)  # as a rule it opens more than are needed

    def _resume(self, tree: Tree, earlier: Carried) -> None:
        """Raise the bounds of what waits below the cutoff by prices, and look for plans where they lead."""
        price = earlier.prices(self.ledger, range(len(earlier.duals)))
        kept = self._needed() | (price <= 0) | is_small(self.ledger, price)
        self.relaxation = Relaxation(self.ledger, self.control, kept, loose=True)
        self.relaxation.add_gates(earlier.paid_gates(self.ledger, range(len(earlier.duals))))
        self.relaxation.heed_cuts(np.arange(len(self.ledger.cuts)))
        tree.move_to(self.relaxation)
        more = min(_WIDER * int(kept.sum()), len(kept) - 1)
        kept = kept | (price <= np.partition(price, more)[more])
        best = self.plans.improver.values
        like = Point(0.0, earlier.choices if best is None else best, earlier.duals[0], earlier.duals[0].row)
        lower, upper = self.program.lower, self.program.upper
        ascent = Ascent(self.ledger, self.dicuts, self.control, kept, like, lower, upper, shared=True)
        branching = PricedBranching(tree, ascent)
        self._look_among_kept()
        self.plans.improver.heed(price)
        if not self._branches_by_prices:
            branching.lift(self._over)
            self._raise(tree.bound)
            return
        self._narrow(tree, ascent, None, branching)

    def _needed(self) -> BoolArray:
        """Return the columns that the best plan uses, or that no relaxation does without, shape (columns,)."""
        program = self.program
        return self._used() | program.whole | (program.lower > 0) | ~self.ledger.gated
