"""Branching by prices: nodes are bounded by an ascent where the simplex method takes seconds for each.

An ascent goes on from the duals of the node above within a tenth of a second, and comes near enough to the relaxation
to cut most parts off: with several echelons a few centers upstream decide, and either side of one of them lifts the
bound by much more than prices miss. Where no choice lifts it any more, as downstream, where each is worth little, the
simplex method has to go on.

What a choice lifted the bound by is remembered (pseudo-costs; see `netopt.solve.tree`); one that has not been tried is
thought to lift it as much for its cost as those that have been.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from netopt.solve.ascent import Ascent
from netopt.solve.bound import Bound
from netopt.solve.lagrange import Climbed, Prices
from netopt.solve.relaxation import Point
from netopt.solve.sums import members_cost, members_of
from netopt.solve.tree import Node, Tree

__all__ = ["PricedBranching"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_PASSES, _HOPE = 50, 2e-4
_ROUNDS, _WORTH = 12, 0.1
"""A node gets so many rounds of passes at most, and no more once a round lifts it by less than this part of the way."""

_DECIDED = 0.02
"""A choice that the averaged point has made but for this is not branched on as long as there are others."""

_FRACTION = 1e-3
_UNTRIED = 0.1
"""What the first choice is thought to lift the bound by, as a part of its cost."""

_IN_VAIN, _NOTHING = 8, 2e-3
"""After so many branchings in a row that lift neither side by this part of the way, prices are of no more use."""

_DOUBLINGS = 60


class PricedBranching:
    """Searches a tree whose nodes are bounded by prices.

    Parameters
    ----------
    tree : Tree
        Its waiting nodes are where the search begins.
    ascent : Ascent
        Its prices begin at those of a node; its bounds of the columns are as before after every search.
    """

    def __init__(self, tree: Tree, ascent: Ascent) -> None:
        self.tree, self.ascent = tree, ascent
        program = ascent.program
        place = np.full(len(program.cost), -1, dtype=np.int64)
        place[tree.columns] = np.arange(len(tree.columns))
        self._sums = [(row, int(place[total]), place[members]) for row, total, members in members_of(program)]
        self._cost = np.abs(program.cost[tree.columns])
        self._cost[tree.is_sum] = members_cost(program, tree.columns[tree.is_sum])
        self._gain = np.zeros((2, len(tree.columns)))
        self._count = np.zeros((2, len(tree.columns)))
        self._in_vain = 0
        self.x: FloatArray | None = None

    @property
    def stalled(self) -> bool:
        """Whether prices lift the least bound no more."""
        return self._in_vain >= _IN_VAIN

    def search(self, enough: Callable[[], bool]) -> None:
        """Go on until nothing below the cutoff waits, it has stalled, or ``enough`` says so between two nodes."""
        tree = self.tree
        while tree.waiting and tree.waiting[0][0] < tree.cutoff and not self.stalled and not enough():
            node = tree.pop()
            if node is None:
                break
            if node.y is None:
                self._put(self._looked(node))
            else:
                self._branch(node, node.y)
        self.ascent.come_back()

    def lift(self, enough: Callable[[], bool]) -> None:
        """Raise the bounds of what waits below the cutoff, without branching."""
        tree, looked = self.tree, list[Node]()
        while tree.waiting and tree.waiting[0][0] < tree.cutoff and not enough():
            node = tree.pop()
            node = node and self._looked(node)
            if node is not None:
                looked.append(node)
        for node in looked:
            self._put(node)
        self.ascent.come_back()

    def enter_least(self) -> None:
        """Let the ascent go on from the node with the least bound."""
        if self.tree.waiting:
            self._enter(self.tree.waiting[0][2])

    # -- a node -------------------------------------------------------------------------------------------------------

    def _enter(self, node: Node) -> None:
        tree = self.tree
        prices = Prices.within(self.ascent.ledger, tree.duals[node.duals])
        self.ascent.enter(tree.columns, node.lower, node.upper, prices)

    def _put(self, node: Node | None) -> None:
        if node is not None:
            if node.bound >= self.tree.cutoff:
                self.tree.done(node)
            else:
                self.tree.push(node)

    def _looked(self, node: Node) -> Node | None:
        """Return a node with a better bound and the point that its prices lead to; None where it is empty."""
        tree = self.tree
        tree.nodes += 1
        self._enter(node)
        if self._is_empty(node):
            return None
        found, bound = self.ascent.go_on(_PASSES, _HOPE)
        best, best_bound = found, bound
        for _ in range(1, _ROUNDS):
            before = max(best_bound.value, node.bound)
            if before >= tree.cutoff or self.ascent.control.stop.is_set():
                break
            found, bound = self.ascent.go_on(_PASSES, _HOPE)
            if bound.value > best_bound.value:
                best, best_bound = found, bound
            if bound.value - before < _WORTH * (tree.cutoff - max(bound.value, before)):
                break
        self.x = found.x
        if best_bound.value > node.bound:
            tree.duals.append(best.duals)
            node = replace(node, bound=best_bound.value, duals=len(tree.duals) - 1)
            if node.bound < tree.cutoff:
                node = self._fixed(node, best, best_bound)
        y = np.clip(found.x[tree.columns], node.lower, node.upper)
        return replace(node, y=y)

    def _fixed(self, node: Node, found: Climbed, bound: Bound) -> Node:
        return self.tree.fixed(node, Point(found.value, found.x, found.duals, found.duals.row), bound)

    def _is_empty(self, node: Node) -> bool:
        """Return whether a node opens more, or allows fewer, than a sum of it may be; it is done with if so."""
        for row, total, members in self._sums:
            over = node.lower[members].sum() > node.upper[total]
            if not over and node.upper[members].sum() >= node.lower[total]:
                continue
            tree, ascent = self.tree, self.ascent
            base, step = tree.duals[node.duals], 1.0 + abs(node.bound)
            for _ in range(_DOUBLINGS):  # each unit of the row's dual lifts the bound by what is too much
                price = base.row.copy()
                price[row] += -step if over else step
                duals = ascent.ledger.short(replace(base, row=price))
                value = ascent.ledger.bound(duals, ascent.lower, ascent.upper).value
                if value >= min(tree.cutoff, tree.money):
                    tree.duals.append(duals)
                    tree.done(replace(node, bound=value, duals=len(tree.duals) - 1))
                    return True
                step *= 4
        return False

    # -- branching ----------------------------------------------------------------------------------------------------

    def _branch(self, node: Node, y: FloatArray) -> None:
        tree = self.tree
        chosen = self._chosen(node, y)
        if chosen is None:
            self._in_vain = _IN_VAIN
            tree.push(node)
            return
        position, value = chosen
        part = value - np.floor(value)
        most = -np.inf
        for side, (child, distance) in enumerate(zip(tree.split(node, position, value), (part, 1 - part), strict=True)):
            looked = self._looked(replace(child, y=None))
            bound = tree.cutoff if looked is None else min(looked.bound, tree.cutoff)
            if np.isfinite(bound):
                self._gain[side, position] += max(bound - node.bound, 0.0) / distance
                self._count[side, position] += 1
            most = max(most, bound)
            self._put(looked)
        rose = not np.isfinite(tree.cutoff) or most - node.bound > _NOTHING * (tree.cutoff - node.bound)
        self._in_vain = 0 if rose else self._in_vain + 1

    def _chosen(self, node: Node, y: FloatArray) -> tuple[int, float] | None:
        """Return what to branch on, and where; None where nothing is left."""
        free = (node.lower < node.upper) & ~self.tree.is_choice
        if not free.any():
            return None
        part = y - np.floor(y)
        room = self.tree.cutoff - node.bound
        down, up = (self._expected(side) * away for side, away in ((0, part), (1, 1 - part)))
        score = np.minimum(down, room) * np.minimum(up, room)
        near = np.minimum(part, 1 - part)
        open_ = free & (near > _DECIDED)
        order = np.where(open_, score, -1.0) if open_.any() else np.where(free, near, -1.0)
        position = int(np.argmax(order))
        low, high = node.lower[position], node.upper[position]
        value = float(np.clip(y[position], low + _FRACTION, high - _FRACTION))
        if abs(value - round(value)) < _FRACTION:  # at a whole number that it may as well exceed
            value = float(round(value)) + (_FRACTION if round(value) < high else -_FRACTION)
        return position, value

    def _expected(self, side: int) -> FloatArray:
        """Return by how much the bound is expected to rise for a whole step, money, shape (whole columns,)."""
        gain, count = self._gain[side], self._count[side]
        tried = float((self._cost * count).sum())
        unit = float(gain.sum()) / tried if tried > 0 else _UNTRIED
        found: FloatArray = np.maximum(np.where(count > 0, gain / np.maximum(count, 1), unit * self._cost), 1e-6)
        return found
