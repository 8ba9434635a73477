"""The way from a program to a plan with a proof: screen, improve, then branch, with improvements in between."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netopt.solve.bound import Certificate
from netopt.solve.climbing import Climbing
from netopt.solve.control import gap_between
from netopt.solve.plans import unheard
from netopt.solve.relaxation import Point
from netopt.solve.screen import FEW_COLUMNS, Screened, screen
from netopt.solve.sums import split_sums, tighten_sums
from netopt.solve.tree import Tree

__all__ = ["Found", "Search"]


_ROOT_SHARE = 0.2

_BRANCHED = 1_000
"""Where no price decides more whole columns than this, HiGHS branches, not our tree."""

_SINGLE = 20
"""Choices of one flow, such as a customer's only source: more of them than this are left to HiGHS as well."""

_ALONE, _NODES = 0.3, 500
"""After so many seconds HiGHS begins on a program of few columns; where the two take turns, after so many nodes."""

_FIRST_LOOK = 6.0
_SHRINKS = 0.7
"""Part of the gap that may be left after twice the time; where it is more, HiGHS is asked as well."""

_FIRST_TURN = 2.0
"""Times what the search has taken so far, for HiGHS on a program that hubs have made small."""

_TRY = 0.5
"""Seconds for HiGHS on a small program whose customers have one source each, before we branch."""


@dataclass(frozen=True)
class Found:
    """What a search came to.

    Parameters
    ----------
    point : Point or None
        The best plan, with the prices of its flows.
    bound : float
        No plan costs less, money.
    certificate : Certificate
        Proves the bound; the root's where that of the tree would be too long.
    nodes : int
        That were looked at.
    own : bool
        Whether the certificate proves the bound to the asked gap, or HiGHS had the better one.
    carried : bool
        Whether what an earlier answer proves here was enough, in one pass and without a search.
    """

    point: Point | None
    bound: float
    certificate: Certificate
    nodes: int
    own: bool = True
    carried: bool = False

    @property
    def cost(self) -> float:
        """Of the best plan, infinite without one."""
        return np.inf if self.point is None else self.point.cost


class Search(Climbing):
    """Solves a program by its relaxation.

    Parameters
    ----------
    program : Program
        What is solved.
    control : Control
        Gap, limits, progress.
    """

    # -- the phases ---------------------------------------------------------------------------------------------------

    def run(self) -> Found | None:
        """Search until the gap is reached, time is over, or nothing is left to try.

        Returns
        -------
        Found or None
            None where the relaxation has no optimal point.
        """
        try:
            return self._run()
        finally:
            self.duo.end()

    def _run(self) -> Found | None:
        remaining = self.control.remaining
        seconds = np.inf if remaining is None else _ROOT_SHARE * remaining
        tree = self.tree = self._planted()
        weak = self.relaxation.run()[1]
        tree.begin(self.ledger.no_duals() if weak is None else weak.duals)
        if weak is not None:
            expected = self.control.seconds
            tighten_sums(tree, weak, expected)
            if len(self.program.cost) > FEW_COLUMNS:
                tree = self._climbed(tree, weak, seconds, expected)
        first = tree.certificate()
        if self._over():
            return self._found(tree, first)
        if self._may_go_on(tree) or self._is_rooted:
            self._branch(tree)
            return self._found(tree, first)
        root = screen(self.relaxation, self.dicuts, self.control, seconds, self._raise_root, self._over)
        if root is None:
            return None
        self._bound_root(tree, root)
        if self._alone:
            self._invite(max(0.0, _ALONE - self.control.seconds))
        if not self._over():
            root = self._split(tree, root, seconds)
        first, self.root = tree.certificate(), root
        if self.ascent is None:
            self._look_among_kept()
        self._finish(tree, root)
        return self._found(tree, first)

    @property
    def _is_rooted(self) -> bool:
        """Whether prices have come as near at the root as is of use: with several echelons branching is what helps."""
        if self.ascent is None or not len(self.dicuts.openers):
            return False
        return self._suits_a_tree(self.ascent.root())

    def _climbed(self, tree: Tree, weak: Point, seconds: float, spent: float) -> Tree:
        """Do what can be done without exact relaxations; return the tree, which has begun again where that failed."""
        self._by_prices(tree, weak, seconds, spent)
        if not self._over() and tree.nodes and not self._may_go_on(tree):
            tree = self.tree = self._give_up(tree)
        return tree

    def _finish(self, tree: Tree, root: Screened) -> None:
        """Look for plans, and branch: with a tree of our own or HiGHS's, or both."""
        lean = self.duo.prepare(self.relaxation, root, self._used())
        if lean and not self.duo.in_turns:
            self._invite()
        self.plans.first(root)
        tree.best = self.plans.cost
        if lean:
            self._invite()
            self._take_turns(_FIRST_TURN * self.control.seconds)
        if self._suits_a_tree(root):
            self._branch(tree)
        else:
            self._leave_branching(root)

    def _found(self, tree: Tree, first: Certificate) -> Found:
        certificate = self._certified(tree) or first
        if self.proved is not None and self.proved.bound > certificate.bound:
            certificate = self.proved
        bound = min(max(self.bound, certificate.bound), self.plans.cost)
        return Found(self.plans.improver.best, bound, certificate, tree.nodes, self._own or certificate.bound >= bound)

    def _split(self, tree: Tree, root: Screened, seconds: float) -> Screened:
        """Split the sums first; what is known of the best part says more than the root does."""
        started, seconds = self.control.seconds, max(self.control.seconds, seconds)

        def solve() -> Screened | None:
            left = seconds - (self.control.seconds - started)
            return screen(self.relaxation, self.dicuts, self.control, left, unheard)

        def enough() -> bool:
            self._raise(tree.bound, own=not tree.lent)
            return self._over() or self.control.seconds - started > seconds

        return split_sums(tree, root, solve, enough)

    def _suits_a_tree(self, root: Screened) -> bool:
        """Return whether few enough whole columns are left undecided by their prices, and hardly any opens but one."""
        whole = self.plans.improver.whole
        wide = self.program.upper[whole] > self.program.lower[whole]
        wide &= ~np.isin(whole, self.ledger.choices.column)  # settled where the rest is decided
        undecided = whole[wide & (np.abs(root.bound.price[whole]) <= self.plans.cost - root.bound.value)]
        opened = np.bincount(self.program.gates.opener, minlength=len(self.program.cost))[undecided]
        return len(undecided) <= _BRANCHED and int((opened <= 1).sum()) <= _SINGLE

    def _branch(self, tree: Tree) -> None:
        """Search the tree, with looks around what it finds in between; what narrows the gap faster gets more time."""
        self._branching = True
        resting, patience = self._tried_at_once(), 1.0
        begun, look, before = self.control.seconds, _FIRST_LOOK, gap_between(self.plans.cost, self.bound)
        while not self._over():
            started, bound = self.control.seconds, self.bound
            if started - begun > look:
                now = gap_between(self.plans.cost, self.bound)
                if now > _SHRINKS * before:
                    self._invite()
                    resting = False
                look, before = 2 * (started - begun), now
            if self._many_nodes(tree):
                self._invite()
            share = patience * max(2 * self.plans.slice, self.plans.spent)
            until = min(started + share, begun + look)

            def enough(until: float = until) -> bool:
                self._raise(tree.bound, own=not tree.lent)
                return self._over() or self.control.seconds > until or self._many_nodes(tree)

            done = tree.search(enough)
            self._raise(tree.bound, own=not tree.lent)
            if done:
                return
            rise = (self.bound - bound) / max(self.control.seconds - started, 1e-3)
            while tree.last is not None and tree.price is not None and not self._over():
                saved = self.plans.improve(tree.last, tree.price)
                tree.best = min(tree.best, self.plans.cost)
                if saved <= rise:
                    patience = 1.0 if saved > 0 else 2 * patience
                    break
            if not resting or tree.nodes > _NODES:
                self._take_turns(self.control.seconds - started)

    def _tried_at_once(self) -> bool:
        """Let HiGHS have a try at a small program with one source for each customer; return whether it was asked."""
        if not len(self.ledger.choices) or len(self.program.cost) > FEW_COLUMNS:
            return False
        self._invite()  # often it settles at once who serves whom; otherwise it had better not have half the time
        self._take_turns(_TRY)
        return True

    def _leave_branching(self, root: Screened) -> None:
        """Let HiGHS branch, and look for plans beside it."""
        self._branching, patience = True, 1.0
        while not self._over():
            self._invite()
            if self.duo.rival is None or self.duo.failed:
                return
            started, before = self.control.seconds, self.plans.cost
            self.plans.by_regions(root.point.x, root.bound.price, patience)
            self.plans.around(root.point.x, patience)
            if self.plans.cost >= before:
                patience *= 2
            if self.control.seconds - started < self.plans.slice / 2 and not self.duo.in_turns:
                self.duo.rival.wait(self.plans.slice, self.control)  # such as without a plan to make better
            self._take_turns(self.control.seconds - started)

    def _many_nodes(self, tree: Tree) -> bool:
        """Return whether so small a program has taken so many nodes that HiGHS may be quicker, and is not at it yet."""
        return self.duo.rival is None and len(self.program.cost) <= FEW_COLUMNS and tree.nodes > _NODES
