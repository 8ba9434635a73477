"""A search that goes on where another one ended, on a program that differs in a few numbers.

Its plan is completed with flows of its own here, and its leaves are bounded here by the duals that they had there. The
two may be close enough already. If not, what is below the cutoff is lifted by prices: where a linear program takes
seconds, passes of the volume algorithm take tenths of one, and the duals of a leaf, which were only as good as was
needed to cut it off, are as a rule soon good enough to do so again. What is left is branched on, as ever; where
that is much, or the program is small, the whole search is made again, from the plan that there is by now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program
from netopt.solve.ascent import Ascent
from netopt.solve.control import Control, gap_between
from netopt.solve.lagrange import Prices
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.reuse import Carried, Start, carried, is_small
from netopt.solve.screen import FEW_COLUMNS
from netopt.solve.search import Found, Search
from netopt.solve.tree import Node, Tree

__all__ = ["Resumed"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_FAR = 0.05
"""Where the carried plan and bound are further apart than this, nothing is gained by going on from them."""

_NEAR = 2.0
"""Times the asked gap; where more is left after lifting, old leaves are too many to be worth it."""

_WIDER = 2
"""Times the columns that earlier duals ask for, to lift by prices."""

_PASSES, _ROUNDS, _HOPE = 50, 12, 2e-4
_HOPELESS = 6.0
"""Rounds like the last one, after which a leaf is left to the simplex method where they would not cut it off."""

_REPAIR = 5.0
"""Seconds to open what flows lack where the earlier choices are not enough."""


@dataclass(frozen=True)
class _Lifted:
    """A leaf whose bound has been raised; ``duals`` are those that it came with, the point is the last averaged one."""

    node: Node
    duals: int
    x: FloatArray
    price: FloatArray


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
            return super()._run()
        for cut in earlier.cuts:
            self.ledger.add_cut(cut)
        tree = self._planted()
        tree.resume(earlier.duals, earlier.leaves)
        self._take_over(earlier.choices)
        if gap_between(self.plans.cost, tree.bound) > max(_FAR, self.control.gap):
            return super()._run()  # the plan stays
        self.tree = tree
        tree.best = self.plans.cost
        self._raise(tree.bound)
        first = tree.certificate()
        if self._close_enough():
            return replace(self._found(tree, first), carried=True)
        lifted = [] if self._over() else self._lift(tree, earlier)
        if self._over():
            return self._found(tree, first)
        near = gap_between(self.plans.cost, self.bound) <= _NEAR * self.control.gap
        if near and len(self.program.cost) > FEW_COLUMNS:
            self._go_on(tree, earlier, lifted)
            return self._found(tree, first)
        proved, found = tree.certificate(), super()._run()
        return (
            replace(found, certificate=proved)
            if found is not None and proved.bound > found.certificate.bound
            else found
        )

    def _take_over(self, choices: FloatArray) -> None:
        """Make the choices of an earlier plan, and what flows need besides where they are not enough."""
        improver, program = self.plans.improver, self.program
        whole = improver.whole
        choice = np.clip(np.round(choices[whole]), program.lower[whole], program.upper[whole])
        if improver.completed(choice, seconds=self.control.remaining) is None and not self._over():
            improver.repaired(choice, choices, choices, seconds=_REPAIR)

    def _go_on(self, tree: Tree, earlier: Carried, lifted: list[_Lifted]) -> None:
        """Look for better plans where the best one and a relaxed point differ, and branch on what is left."""
        left = {each.duals for each in lifted if each.node.bound < tree.cutoff}
        price = earlier.prices(self.ledger, left)
        kept = self._needed() | (price <= 0) | is_small(self.ledger, price)
        self.relaxation = Relaxation(self.ledger, self.control, kept, loose=True)
        self.relaxation.add_gates(earlier.paid_gates(self.ledger, left))
        self.relaxation.heed_cuts(np.arange(len(self.ledger.cuts)))
        tree.move_to(self.relaxation)
        self._look_among_kept()
        if lifted:
            least = min(lifted, key=lambda each: each.node.bound)
            self.plans.improve(least.x, least.price)
        tree.best = self.plans.cost
        self._branch(tree)

    def _needed(self) -> BoolArray:
        """Return the columns that the best plan uses, or that no relaxation does without, shape (columns,)."""
        program = self.program
        return self._used() | program.whole | (program.lower > 0) | ~self.ledger.gated

    def _lift(self, tree: Tree, earlier: Carried) -> list[_Lifted]:
        """Raise the bounds of what waits below the cutoff by prices."""
        price = earlier.prices(self.ledger, range(len(earlier.duals)))
        kept = self._needed() | (price <= 0) | is_small(self.ledger, price)
        more = min(_WIDER * int(kept.sum()), len(kept) - 1)
        kept |= price <= np.partition(price, more)[more]
        best = self.plans.improver.values
        like = Point(0.0, earlier.choices if best is None else best, earlier.duals[0], earlier.duals[0].row)
        ascent = Ascent(self.ledger, self.dicuts, self.control, kept, like, self.program.lower, self.program.upper)
        lifted: list[_Lifted] = []
        while tree.waiting and tree.waiting[0][0] < tree.cutoff and not self._over():
            node = tree.pop()
            if node is not None:
                lifted.append(_lifted(tree, ascent, node))
        for each in lifted:
            tree.push(each.node)
        self._raise(tree.bound)
        return lifted


def _lifted(tree: Tree, ascent: Ascent, node: Node) -> _Lifted:
    """Raise the bound of a node until it is cut off, or hardly rises any more."""
    began = node.duals
    prices = Prices.within(tree.relaxation.ledger, tree.duals[began])
    ascent.enter(tree.columns, node.lower, node.upper, prices)
    for turn in range(_ROUNDS):
        before = node.bound
        found, bound = ascent.go_on(_PASSES, _HOPE)
        if bound.value > node.bound:
            tree.duals.append(found.duals)
            node = replace(node, bound=bound.value, duals=len(tree.duals) - 1)
        if node.bound >= tree.cutoff or (turn and (node.bound - before) * _HOPELESS < tree.cutoff - node.bound):
            break
    return _Lifted(node, began, found.x, bound.price)
