"""Branch and bound over the whole columns, each node a warm start of the relaxation: few nodes, strong bounds.

Nodes are taken by their bound, and each dives to the child that looks cheaper as long as it is not cut off. A column
that has not been tried is tried with a few iterations of the dual simplex method, one that has is judged by what it
brought before (pseudo-costs; Achterberg, Koch and Martin 2005, doi:10.1016/j.orl.2004.04.002). Nothing is cut off but
by a bound of the ledger, over all columns; so every leaf carries its proof.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from netopt.solve.bound import Bound, Certificate, Duals, Leaf
from netopt.solve.cuts import Dicuts
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.simplex import Basis, Verdict
from netopt.solve.sums import sums_of

__all__ = ["Node", "Tree"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

Settle = Callable[[IntArray, FloatArray, float], tuple[float, bool]]

_FRACTION = 1e-6
_TRIED = 1
_DIVE = 0.02
_ROUNDS = 1
_MOST_ROUNDS = 40
_LOOSE = 0.3
_CANDIDATES = 4
_TRIAL_ITERATIONS = 100


@dataclass(frozen=True)
class Node:
    """A part of the search.

    Parameters
    ----------
    lower, upper : ndarray
        Of the whole columns, shape (whole columns,).
    bound : float
        No plan in this part costs less, money.
    duals : int
        Position of the duals that prove it in `Tree.duals`.
    basis : Basis or None
        To start from.
    depth : int
        Below the root.
    y : ndarray or None
        Where its prices led, of the whole columns, shape (whole columns,); None where it has not been looked at.
    """

    lower: FloatArray
    upper: FloatArray
    bound: float
    duals: int
    basis: Basis | None
    depth: int
    y: FloatArray | None = None


class Tree:
    """Searches the whole columns of a relaxation.

    Parameters
    ----------
    relaxation : Relaxation
        Its bounds are changed on the way.
    dicuts : Dicuts
        Finds cuts at the nodes.
    gap : float
        Relative gap at which a part of the search is not worth looking at.
    plan : callable
        Told of every point whose whole columns are whole, ``plan(x)``.
    settle : callable, optional
        Asked for a bound where a relaxation without choices of one flow, which needs it, has decided the other whole
        columns: ``settle(columns, values, patience)``, the last one of which doubles each time it is asked again. It
        returns the bound, and whether asking again is of no use.
    """

    def __init__(
        self, relaxation: Relaxation, dicuts: Dicuts, gap: float,
        plan: Callable[[FloatArray], None], settle: Settle | None = None,
    ) -> None:  # fmt: skip
        self.relaxation, self.dicuts, self.gap, self.plan, self.settle = relaxation, dicuts, gap, plan, settle
        program = relaxation.program
        self.columns = np.nonzero(program.whole)[0]
        self.is_choice = np.isin(self.columns, relaxation.ledger.choices.column)
        self.lent = False
        """Whether the bound rests on what HiGHS said of a part."""
        self.is_sum = np.isin(self.columns, sums_of(program))
        self.best = np.inf
        self.enough = np.inf
        """A bound that is all that is asked for, with a plan or without one."""
        self.duals: list[Duals] = []
        self.leaves: list[Node] = []  # done: cut off or solved
        self._least = np.inf
        self.waiting: list[tuple[float, int, Node]] = []
        self.unsettled: list[tuple[float, float, Node]] = []
        """Where HiGHS needs more time: the bound that it has proved, and how patient one was, one being usual."""
        self.now: Node | None = None
        self.last: FloatArray | None = None
        self.price: FloatArray | None = None
        self.nodes = 0
        self._number = itertools.count()
        spent = np.abs(program.cost) * np.where(np.isfinite(program.most), program.most, 1.0)
        self.money = float(spent.sum()) + 1.0
        """More than any plan worth making costs."""
        self._gain = np.zeros((2, len(self.columns)))
        self._count = np.zeros((2, len(self.columns)))

    # -- what is known --------------------------------------------------------------------------------------------

    @property
    def cutoff(self) -> float:
        """Parts of the search whose bound is at least this are done."""
        return min(self._near, self.enough)

    @property
    def _near(self) -> float:
        """What is at least this is as good as the best plan, money."""
        return self.best - self.gap * abs(self.best) if np.isfinite(self.best) else np.inf

    @property
    def bound(self) -> float:
        """No plan costs less, money."""
        first = self.waiting[0][0] if self.waiting else np.inf
        here = np.inf if self.now is None else self.now.bound
        unsettled = min((bound for bound, _, _ in self.unsettled), default=np.inf)
        return float(min(first, here, unsettled, self._least, self.best))

    @property
    def least_done(self) -> float:
        """The least bound of what needs no further look, money; infinite where there is nothing."""
        return self._least

    def done(self, leaf: Node) -> None:
        """Take a part of the search that needs no further look."""
        self.leaves.append(leaf)
        self._least = min(self._least, leaf.bound)

    def size(self) -> int:
        """Return how many numbers a certificate of the bound takes."""
        used = {leaf.duals for leaf in self._parts()}
        return sum(int(np.count_nonzero(self.duals[at].row) + np.count_nonzero(self.duals[at].cut)) for at in used)

    def _parts(self) -> list[Node]:
        waiting = [node for _, _, node in self.waiting] + [node for _, _, node in self.unsettled]
        return [*self.leaves, *waiting, *([] if self.now is None else [self.now])]

    def certificate(self) -> Certificate:
        """Return what proves the bound."""
        leaves = self._parts()
        used = sorted({leaf.duals for leaf in leaves})
        number = {at: position for position, at in enumerate(used)}
        low, high = self.relaxation.program.lower[self.columns], self.relaxation.program.upper[self.columns]
        stated = []
        for leaf in leaves:
            narrow = np.nonzero((leaf.lower > low) | (leaf.upper < high))[0]
            columns = self.columns[narrow]
            stated.append(Leaf(columns, leaf.lower[narrow], leaf.upper[narrow], number[leaf.duals]))
        least = min(leaf.bound for leaf in leaves)  # a bound holds in every part of what it was computed for
        cuts = tuple(self.relaxation.ledger.cuts)
        return Certificate(float(least), cuts, tuple(self.duals[at] for at in used), tuple(stated))

    # -- the search -----------------------------------------------------------------------------------------------

    def begin(self, duals: Duals) -> None:
        """Start at the root, with any duals."""
        program, relaxation = self.relaxation.program, self.relaxation
        self.duals.append(duals)
        bound = relaxation.ledger.bound(duals).value
        self.push(Node(program.lower[self.columns], program.upper[self.columns], bound, 0, None, 0))

    def resume(self, duals: Iterable[Duals], leaves: Iterable[Leaf]) -> None:
        """Start from leaves that hold every choice together, and their duals."""
        relaxation, program = self.relaxation, self.relaxation.program
        ledger, place = relaxation.ledger, np.full(len(program.cost), -1, dtype=np.int64)
        place[self.columns] = np.arange(len(self.columns))
        self.duals += [ledger.short(each) for each in duals]
        low, high = program.lower.copy(), program.upper.copy()
        for leaf in leaves:
            low[leaf.columns], high[leaf.columns] = leaf.lower, leaf.upper
            bound = ledger.bound(self.duals[leaf.duals], low, high).value
            self.push(Node(low[self.columns], high[self.columns], bound, leaf.duals, None, len(leaf.columns)))
            low[leaf.columns], high[leaf.columns] = program.lower[leaf.columns], program.upper[leaf.columns]

    def move_to(self, relaxation: Relaxation) -> None:
        """Go on with another relaxation of the program; what waits starts without a basis."""
        self.relaxation = relaxation
        self.waiting = [(bound, number, replace(node, basis=None)) for bound, number, node in self.waiting]

    def push(self, node: Node) -> None:
        """Let a node wait."""
        heapq.heappush(self.waiting, (node.bound, next(self._number), node))

    def pop(self) -> Node | None:
        """Return the waiting node with the least bound, which waits no longer; None where there is none."""
        return heapq.heappop(self.waiting)[2] if self.waiting else None

    def enter(self, node: Node) -> None:
        """Set the bounds of a node, and the basis to start from."""
        self.relaxation.fix(self.columns, node.lower, node.upper)
        if node.basis is not None:
            self.relaxation.start_from(node.basis)

    def bounded(self, node: Node, point: Point, bound: float) -> Node:
        """Return a node with the bound that the duals of a point prove there, where it is a better one."""
        if bound <= node.bound:
            return node
        self.duals.append(point.duals)
        return replace(node, bound=bound, duals=len(self.duals) - 1)

    def split(self, node: Node, position: int, value: float) -> tuple[Node, Node]:
        """Return the two parts of a node where a column is less, and where it is more, than a value."""
        down = replace(node, upper=node.upper.copy(), depth=node.depth + 1)
        down.upper[position] = np.floor(value)
        up = replace(node, lower=node.lower.copy(), depth=node.depth + 1)
        up.lower[position] = np.ceil(value)
        return down, up

    def search(self, enough: Callable[[], bool]) -> bool:
        """Go on until nothing is left (True), or ``enough`` says so between two nodes (False)."""
        relaxation = self.relaxation
        while True:
            if self.now is None:
                while self.waiting and self.waiting[0][0] >= self.cutoff:
                    self.done(heapq.heappop(self.waiting)[2])
                self.now = self.pop()
                if self.now is None:
                    if not self.unsettled:
                        return True
                    if enough():
                        return False
                    _, patience, node = self.unsettled.pop(0)
                    self._settle(node, 2 * patience)
                    continue
                if self.now.basis is not None:
                    relaxation.start_from(self.now.basis)
            if enough():
                return False
            self.now = self._look_at(self.now)

    def _look_at(self, node: Node) -> Node | None:
        """Solve a node; return the child to dive to, None where the dive ends here."""
        relaxation = self.relaxation
        self.nodes += 1
        relaxation.fix(self.columns, node.lower, node.upper)
        node, point, bound = self._solved(node)
        if point is None or bound is None or node.bound >= self.cutoff:
            self.done(node)  # where the solver failed, with the bound that is known from above
            return None
        y = point.x[self.columns]
        self.last, self.price = point.x, bound.price
        split = np.abs(y - np.round(y)) > _FRACTION
        partly = np.nonzero(split & ~self.is_choice if relaxation.loose else split)[0]
        if not len(partly) and relaxation.loose:
            self._settle(self._split_off(self.fixed(node, point, bound), np.round(y)))
            return None
        if not len(partly):
            if point.cost < self.best and not len(relaxation.broken_gates(point.x)):
                self.best = point.cost
                self.plan(point.x)
            self.done(node)
            return None
        node = self.fixed(node, point, bound)
        node = replace(node, basis=relaxation.basis())
        partly = partly[node.lower[partly] < node.upper[partly]]
        if not len(partly):  # prices have decided all that was in doubt: solve it again
            return node
        self.now = node
        return self._branched(node, partly, y, point)

    def _split_off(self, node: Node, y: FloatArray) -> Node:
        """Return the part of a node where all but choices of one flow are as a point has them; what is left waits."""
        for at in np.nonzero((node.lower < node.upper) & ~self.is_choice)[0]:
            less, more = (
                replace(node, lower=node.lower.copy(), upper=node.upper.copy(), depth=node.depth + 1) for _ in range(2)
            )
            less.upper[at], more.lower[at] = y[at] - 1, y[at] + 1
            for other in (less, more):
                if other.lower[at] <= other.upper[at]:
                    self.push(other)
            node = replace(node, lower=node.lower.copy(), upper=node.upper.copy())
            node.lower[at] = node.upper[at] = y[at]
        return node

    def _settle(self, node: Node, patience: float = 1.0) -> None:
        """Have choices of one flow made where all others are decided."""
        if self.settle is None:
            raise ValueError("a tree over a relaxation without choices of one flow needs someone to make them")
        decided = ~self.is_choice
        bound, ended = self.settle(self.columns[decided], node.lower[decided], patience)
        bound, self.lent = max(bound, node.bound), True
        if bound < self.cutoff and not ended:
            self.unsettled.append((bound, patience, node))
        else:
            self.leaves.append(node)
            self._least = min(self._least, bound)

    def _solved(self, node: Node) -> tuple[Node, Point | None, Bound | None]:
        """Solve the relaxation at a node; a few rounds are enough unless the point is whole and has to be right."""
        relaxation = self.relaxation
        point, bound = None, None
        for turn in range(_MOST_ROUNDS):
            verdict, found = relaxation.run()
            if verdict is Verdict.INFEASIBLE:
                proved = self.infeasible(node)
                if proved.bound < self.cutoff and relaxation.price_infeasible():
                    continue
                return proved, None, None
            if found is None or verdict is not Verdict.OPTIMAL:
                return node, point, bound
            point = found
            bound = relaxation.bound(point, safe=True)
            node = self.bounded(node, point, bound.value)
            if node.bound >= self.cutoff:
                break
            y = point.x[self.columns]
            whole = bool((np.abs(y - np.round(y)) <= _FRACTION).all())  # choices of one flow hardly ever
            loose = point.cost - bound.value > _LOOSE * max(self.cutoff - bound.value, 1e-9 * abs(point.cost))
            if turn >= _ROUNDS - 1 and not whole and not loose:
                break
            gates = relaxation.broken_gates(point.x)
            columns = relaxation.asked_for(bound, point.x) if whole or loose else np.zeros(0, dtype=np.int64)
            cuts = [] if whole or turn >= _ROUNDS - 1 else self.dicuts.broken_by(point.x)
            if not len(columns) and not len(gates) and not cuts:
                break
            relaxation.add_gates(gates)
            relaxation.add_cuts(cuts)
            relaxation.add_columns(columns)
        return node, point, bound

    def infeasible(self, node: Node) -> Node:
        """Return a node with the proof that it holds no plan below the cutoff, where the solver's ray gives one."""
        relaxation = self.relaxation
        ray = relaxation.ray()
        if ray is None:
            return node
        base = self.duals[node.duals]
        # a bound that is just enough would be all that is known of this part
        wanted = self._near if np.isfinite(self._near) else 10 * abs(node.bound) + 10 * self.money
        for sign in (1.0, -1.0):
            scale = 1.0
            for _ in range(40):
                duals = relaxation.ledger.short(relaxation.along(base, ray, sign * scale))
                duals = relaxation.ledger.shut(duals, relaxation.upper)
                value = relaxation.ledger.bound(duals, relaxation.lower, relaxation.upper).value
                if value >= wanted:
                    self.duals.append(duals)
                    return replace(node, bound=value, duals=len(self.duals) - 1)
                scale *= 4
        return node

    def fixed(self, node: Node, point: Point, bound: Bound) -> Node:
        """Fix what the prices say no better plan does otherwise; each fixing leaves a leaf with the duals of the point.

        A negative price of a gated column is in its opener's price already, and says less than it seems to.
        """
        if not np.isfinite(self.cutoff):
            return node
        price = bound.price[self.columns]
        lower, upper = node.lower.copy(), node.upper.copy()
        loose = np.nonzero(upper - lower == 1)[0]
        room = self.cutoff - bound.value
        sure = (price > 0) | ~self.relaxation.ledger.gated[self.columns]
        decided = loose[(np.abs(price[loose]) > room) & sure[loose]]
        if not len(decided):
            return node
        duals = node.duals
        if self.duals[duals] is not point.duals:  # another point has given the node its bound
            self.duals.append(point.duals)
            duals = len(self.duals) - 1
        for at in decided:
            other = Node(lower.copy(), upper.copy(), bound.value + abs(price[at]), duals, None, node.depth + 1)
            if price[at] > 0:
                other.lower[at] = upper[at]
                upper[at] = lower[at]
            else:
                other.upper[at] = lower[at]
                lower[at] = upper[at]
            self.done(other)
        return replace(node, lower=lower, upper=upper)

    # -- branching ------------------------------------------------------------------------------------------------

    def _branched(self, node: Node, partly: IntArray, y: FloatArray, point: Point) -> Node | None:
        relaxation = self.relaxation
        cost = np.abs(relaxation.program.cost[self.columns[partly]])
        fraction = y[partly] - np.floor(y[partly])
        near = np.minimum(fraction, 1 - fraction)
        order = np.argsort(-near * (cost + 1e-3 * cost.max(initial=1.0)), kind="stable")
        is_sum = self.is_sum[partly[order]]
        order = np.append(order[is_sum][:_CANDIDATES], order[~is_sum][:_CANDIDATES])
        best, chosen, gains = -1.0, int(partly[order[0]]), (0.0, 0.0)
        for at in order:
            position, part = int(partly[at]), float(fraction[at])
            down = self._expected(node, position, 0, part, y, point)
            up = self._expected(node, position, 1, 1 - part, y, point)
            limit = max(self.cutoff - point.cost, 0.0) if np.isfinite(self.cutoff) else np.inf
            score = max(min(down, limit), 1e-6) * max(min(up, limit), 1e-6)
            if score > best:
                best, chosen, gains = score, position, (down, up)
        return self._children(node, chosen, y[chosen], gains)

    def _expected(self, node: Node, position: int, side: int, part: float, y: FloatArray, point: Point) -> float:
        """Return by how much the bound is expected to rise on one side of a column."""
        if self._count[side, position] < _TRIED:
            gain = self._trial(node, position, side, y, point)
            self._gain[side, position] += gain / part
            self._count[side, position] += 1
            return gain
        return float(self._gain[side, position] / self._count[side, position] * part)

    def _trial(self, node: Node, position: int, side: int, y: FloatArray, point: Point) -> float:
        relaxation = self.relaxation
        at = self.columns[position : position + 1]
        lower, upper = node.lower[position : position + 1], node.upper[position : position + 1]
        if side == 0:
            relaxation.fix(at, lower, np.floor(y[position : position + 1]))
        else:
            relaxation.fix(at, np.ceil(y[position : position + 1]), upper)
        found = relaxation.simplex.run(iterations=_TRIAL_ITERATIONS)
        relaxation.fix(at, lower, upper)
        if node.basis is not None:
            relaxation.start_from(node.basis)
        if found.verdict is Verdict.INFEASIBLE:
            return max(self.cutoff - point.cost, 0.0) if np.isfinite(self.cutoff) else abs(point.cost)
        return max(0.0, found.cost / relaxation.form.cost_scale - point.cost)

    def _children(self, node: Node, position: int, value: float, gains: tuple[float, float]) -> Node | None:
        """Return the child that looks cheaper, the other waits; None where other parts are more pressing."""
        down, up = self.split(node, position, value)
        first, second = (down, up) if gains[0] <= gains[1] else (up, down)
        self.push(second)
        if node.bound > self.bound + _DIVE * (self.cutoff - self.bound):  # others are more pressing
            self.push(first)
            return None
        return first
