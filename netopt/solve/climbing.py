"""The part of a search that does without exact relaxations: prices climb, lead to plans, and branch.

On large programs an exact relaxation takes as long as hundreds of passes of the volume algorithm, which come nearly as
high. So prices are what the bound is raised by, as long as they raise it; plans are looked for where they lead.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program
from netopt.solve.ascent import Ascent
from netopt.solve.bound import Certificate
from netopt.solve.control import Control, gap_between
from netopt.solve.priced import PricedBranching
from netopt.solve.relaxation import Point
from netopt.solve.screen import FEW_COLUMNS, Screened, scout
from netopt.solve.standing import Standing
from netopt.solve.tree import Node, Tree
from netopt.solve.upstream import Upstream

__all__ = ["Climbing"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_CERTIFICATE = 3_000_000
"""Numbers in a certificate, at most; above, it proves the root's bound."""

_DIVE_SHARE = 0.3
_TALL, _ROUNDS_OF_SIMPLEX = 5_000, 100
"""Programs of more rows do without exact relaxations as long as something else helps: those of all that matters take so
many times as long as the first one."""

_ROUNDS_OF_FEW = 30
"""The same for programs of fewer rows: they do without where that is more than half of the time there is."""

_FEW_GATES = 12_000
"""Rows of gates, at most, that small programs get where no relaxation has said which matter."""

_MOST_SHARE = 2.0
"""Times as long as looks for plans have taken, for the bound where it narrows the gap faster."""

_PATIENCE = 4.0
_TRACE = 1e-3
_LONG = 5.0
"""Seconds for the flows of a plan, or twice what its choices took: where they take longer it is as a rule for want of a
way through, and what lacks is opened."""

_NEWS = 1e-4
"""A bound that rose by less has nothing new to say of the choices."""

_WORTH = 0.1
"""Part of the gap that a round has to save for the next one not to take longer."""

_COARSE = 20
"""Times the gap that is enough for choices of one flow after a dive."""

_FEW_UPSTREAM = 100
"""Of more centers one or two do not make a difference that would be worth a look of its own."""

_RANKING = 0.6
"""Part of what the search has taken so far, to find out which centers upstream to look for a plan with."""

_SOON, _TRIAL, _NODES = 10.0, 1.0, 40
"""Times what the search has taken so far; where branching by prices would take longer, exact relaxations are tried,
but not before it has had as long as all that came before, and so many nodes."""

_NEAR = 2.0
"""Times the asked gap; where more is left, the leaves of a search are too many to go on from with exact relaxations."""

_COARSE_GAP = 5e-3
"""Nearer than this branching by prices hardly comes; where more is asked, exact relaxations begin without it, if there
is time for them."""

_MARGIN, _WIDE_MARGIN = 0.99, 0.9
"""Part of the asked gap at which parts of a search are done. Where prices bound them, they are done a bit better than
is asked: what is proved of them then still holds, as a rule, where a few numbers are others.
"""


class Climbing(Standing):
    """Raises the bound and looks for plans by prices.

    Parameters
    ----------
    program : Program
        What is solved.
    control : Control
        Gap, limits, progress.
    """

    def __init__(self, program: Program, control: Control) -> None:
        super().__init__(program, control)
        self.ascent: Ascent | None = None
        self.proved: Certificate | None = None
        """By a search by prices that was given up."""
        self._looked_upstream = np.inf
        """Cost of the last plan from which other centers upstream were looked for."""
        self._begun: tuple[list[Node], list[Node]] = [], []

    def _planted(self) -> Tree:
        """Return a tree that has not begun."""
        margin = _WIDE_MARGIN if self._branches_by_prices else _MARGIN
        tree = Tree(self.relaxation, self.dicuts, margin * self.control.gap, self._take, self._settle)
        tree.enough = float(np.nextafter(self.control.cutoff, np.inf))
        return tree

    def _ascend(self, tree: Tree, weak: Point, seconds: float) -> bool:
        """Raise the bound without the simplex method, and keep what mattered on the way; False where that misleads."""
        kept = np.zeros(len(self.program.cost), dtype=bool)
        kept[self.relaxation.kept] = True
        until = self.control.seconds + seconds
        lower, upper = self.relaxation.lower, self.relaxation.upper
        shared = len(self.ledger.cuts) > 0  # by an earlier search
        ascent = Ascent(self.ledger, self.dicuts, self.control, kept, weak, lower, upper, shared=shared)
        if not ascent.climb(lambda: self.control.seconds > until, self._raise_root):
            return False
        self.ascent, self.relaxation = ascent, ascent.relaxation()
        self._prove_root(tree, ascent)
        return True

    def _raise_root(self, bound: float) -> None:
        """Take a bound of the root, beside which parts may be done already."""
        self._raise(bound if self.tree is None else min(bound, self.tree.least_done))

    def _prove_root(self, tree: Tree, ascent: Ascent) -> None:
        """Let the root of a tree, which waits, know of the best bound there."""
        self._bound_root(tree, ascent.root())

    def _bound_root(self, tree: Tree, root: Screened) -> None:
        node = tree.pop()
        if node is not None:
            tree.push(tree.bounded(node, root.best, root.bound.value))

    def _by_prices(self, tree: Tree, weak: Point, seconds: float, spent: float) -> None:
        """Raise the bound and look for plans by prices, as long as exact relaxations would take too long.

        Parameters
        ----------
        tree : Tree
            Its root gets the bound.
        weak : Point
            Of the first relaxation.
        seconds, spent : float
            For raising the bound, and for the first relaxation.
        """
        if not self._ascend(tree, weak, seconds):
            self.relaxation = scout(self.relaxation, seconds / 2, self._raise_root)
        tree.move_to(self.relaxation)
        if self.ascent is None:
            return
        self._add_used_gates(self.ascent.point)
        self._look_among_kept()
        self.plans.by_regions(*self._dive(self.ascent, self.ascent.point))
        tall, several = len(self.program.row_lower) > _TALL, len(self.dicuts.openers) > 0
        expected = (_ROUNDS_OF_SIMPLEX if tall or several else _ROUNDS_OF_FEW) * spent
        remaining = self.control.remaining
        pressed = remaining is not None and expected > remaining / 2
        hurried = tall or pressed
        self._prove_root(tree, self.ascent)
        tree.best = self.plans.cost
        if self._branches_by_prices or (pressed and several):
            self._begun = [node for _, _, node in tree.waiting], list(tree.leaves)
            self._narrow(tree, self.ascent, expected if hurried else None, PricedBranching(tree, self.ascent))
        elif hurried:
            self._narrow(tree, self.ascent, expected)
            self._prove_root(tree, self.ascent)
        else:
            self._look_upstream(Upstream(self.ascent, self.dicuts.openers))

    def _add_used_gates(self, x: FloatArray) -> None:
        """Add the rows of gates through which something moves, where they are few enough for small programs."""
        used = np.nonzero((x[self.program.gates.column] > _TRACE) & ~self.relaxation.has_gate)[0]
        if len(used) <= _FEW_GATES:
            self.relaxation.add_gates(used)

    def _dive(self, ascent: Ascent, relaxed: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Look for a plan by prices; return the choices and the prices that led to it."""
        remaining = self.control.remaining
        until = np.inf if remaining is None else self.control.seconds + _DIVE_SHARE * remaining
        started = self.control.seconds
        x, price = ascent.dive(ascent.stages(), self._until(until))
        patience = max(_LONG, 2 * (self.control.seconds - started))
        for relaxation in (self.relaxation, self.plans.relaxation):
            relaxation.add_columns(np.nonzero(ascent.kept & (relaxation.position < 0))[0])
        self.plans.improver.heed(price)
        self._follow(x, relaxed, patience)
        self._report("improving")
        return x, price

    def _follow(self, x: FloatArray, relaxed: FloatArray, seconds: float) -> None:
        """Make a plan of the choices that a dive led to, and of a relaxed point before any choice where that fails."""
        improver = self.plans.improver
        if len(self.ledger.choices):
            sites = np.setdiff1d(improver.whole, self.ledger.choices.column)
            self._assign(sites, np.ceil(x[sites] - _TRACE), self.control.part(seconds, _COARSE * self.control.gap))
            return
        choice = np.ceil(x[improver.whole] - _TRACE)
        found = improver.completed(choice, rough=True, seconds=seconds)
        if found is None and not self._over():
            improver.repaired(choice, x, relaxed, seconds=seconds)
        if improver.best is None and not self._over():
            improver.opened(x)

    def _narrow(
        self, tree: Tree, ascent: Ascent, expected: float | None, branching: PricedBranching | None = None
    ) -> None:
        """Raise the bound and look for plans in turn, as long as exact relaxations would not do so faster.

        Parameters
        ----------
        tree : Tree
            What waits in it is what the bound rests on.
        ascent : Ascent
            Goes on.
        expected : float or None
            Seconds that the relaxation with all that matters is thought to take, where there is hardly time for it.
        branching : PricedBranching, optional
            Raises the bound where the ascent does so no more.
        """
        patience, looking, share, led = 1.0, 0.0, 1.0, None
        upstream = Upstream(ascent, self.dicuts.openers)
        dived, begun = self.bound, (self.control.seconds, self.bound)
        while not self._over():
            if expected is not None and patience > _PATIENCE:
                remaining = self.control.remaining
                if remaining is None or expected < remaining / 2:
                    return
            started, cost, bound = self.control.seconds, self.plans.cost, self.bound
            until = started + share * max(patience * self.plans.slice, looking)
            x = self._rise(tree, ascent, branching, until, expected is not None and not tree.nodes)
            risen = self.control.seconds
            if led is None or self.bound - dived > _NEWS * abs(self.bound):
                led, dived = self._dive_from(ascent, branching, x), self.bound
            self._look_from(x, led, patience)
            self._look_upstream(upstream)
            tree.best = min(tree.best, self.plans.cost)
            looking = self.control.seconds - risen
            saved = np.inf if np.isinf(cost) else (cost - self.plans.cost) / max(looking, 1e-3)
            rises = saved <= (self.bound - bound) / max(risen - started, 1e-3)
            share = min(2 * share, _MOST_SHARE) if rises and branching is not None else 1.0
            gap = gap_between(cost, bound)
            if gap - gap_between(self.plans.cost, self.bound) < _WORTH * gap:
                patience *= 2
            if expected is None and (branching is None or branching.stalled or self._is_slow(tree, *begun)):
                return
            if patience >= _PATIENCE:
                self._invite()
            self._take_turns(self.control.seconds - started)

    def _rise(
        self, tree: Tree, ascent: Ascent, branching: PricedBranching | None, until: float, climbs: bool
    ) -> FloatArray:
        """Raise the bound for a while, first at the root where that may help; return the point that led to."""

        def enough() -> bool:
            self._raise(tree.bound)
            return self._over() or self.control.seconds > until

        if branching is None or climbs:
            ascent.climb(enough, self._raise_root)
            self._prove_root(tree, ascent)
        if branching is not None and self.control.seconds <= until:
            branching.search(enough)
            self._raise(tree.bound)
        return ascent.point if branching is None or branching.x is None else branching.x

    def _dive_from(
        self, ascent: Ascent, branching: PricedBranching | None, x: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """Look for a plan where the least bound is."""
        if branching is not None:
            branching.enter_least()
        led = self._dive(ascent, x)
        ascent.come_back()
        return led

    def _look_from(self, x: FloatArray, led: tuple[FloatArray, FloatArray], patience: float) -> None:
        """Look for plans around a relaxed point, and by regions where a dive has led."""
        self.plans.by_regions(*led, patience)
        self.plans.around(x, patience)
        self.plans.decide_doubts(x, patience)

    def _look_upstream(self, upstream: Upstream) -> None:
        """Look for plans with other centers upstream, as long as that finds better ones, once around each plan."""
        before = self._looked_upstream
        if not 0 < len(upstream.openers) <= _FEW_UPSTREAM:
            return
        while self.plans.improver.best is not None and self.plans.cost < before and not self._over():
            before = self._looked_upstream = self.plans.cost
            found = upstream.next(
                self.plans.improver.best.x, before, self._until((1 + _RANKING) * self.control.seconds)
            )
            if found is None or self._over():
                return
            upstream.enter(*found)
            led = self._dive(upstream.ascent, found[1].x)
            upstream.ascent.come_back()
            self.plans.by_regions(*led)

    def _until(self, seconds: float) -> Callable[[], bool]:
        """Return what says whether to stop, or that so many seconds have gone by."""
        return lambda: self._over() or self.control.seconds > seconds

    def _is_slow(self, tree: Tree, begun: float, bound: float) -> bool:
        """Return whether what is left would take long if the bound went on to rise as it has since some moment."""
        spent, left, rise = self.control.seconds - begun, tree.cutoff - self.bound, self.bound - bound
        return (
            spent > _TRIAL * begun and tree.nodes >= _NODES and not left * spent <= _SOON * rise * self.control.seconds
        )

    @property
    def _branches_by_prices(self) -> bool:
        """Whether nodes bounded by prices are worth it: centers upstream decide much, and the gap need not be small."""
        large = len(self.program.cost) > FEW_COLUMNS
        return large and len(self.dicuts.openers) > 0 and self.control.gap >= _COARSE_GAP

    def _may_go_on(self, tree: Tree) -> bool:
        """Return whether a search by prices has come so near that exact relaxations can go on from its leaves."""
        return tree.nodes > 0 and gap_between(self.plans.cost, self.bound) <= _NEAR * self.control.gap

    def _certified(self, tree: Tree) -> Certificate | None:
        """Return the certificate of the bound of a tree, None where it would be too long."""
        return tree.certificate() if tree.size() <= _CERTIFICATE else None

    def _give_up(self, tree: Tree) -> Tree:
        """Return a tree that begins at its root again; what has been proved by prices stays proved."""
        self.proved, fresh = self._certified(tree), self._planted()
        fresh.duals, fresh.nodes, fresh.best = tree.duals, tree.nodes, tree.best
        waiting, leaves = self._begun
        for leaf in leaves:
            fresh.done(leaf)
        for node in waiting:
            fresh.push(node)
        return fresh
