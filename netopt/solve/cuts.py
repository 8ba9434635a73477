"""Cuts that see through several echelons: what a site can bring to customers is at most what they want, if it is open.

For a set R of balance rows and an opener s, what s brings into R either stays there, where no more than the demand of
R is wanted, or leaves R again:

sum of flows into R that s gates - sum of flows out of R <= demand(R) * open_s                          (units)

Gates say this of one lane at a time. For a distribution center and a set of fulfillment centers with some of their
customers it says much more: a center opened by a third serves no customer entirely. (Dicut inequalities of network
design; for the lot-sizing form see Rardin and Wolsey 1993, doi:10.1016/0377-2217(93)90263-S.)

The R that a point breaks most is a minimum cut. Nodes are balance rows, source side is R:

source -> q at x_j   for a flow j of s from p to q: its gain is lost when q is not in R
p -> sink at x_j     for the same flow: its gain is lost, or it leaves, when p is in R
p -> q at x_j        for a flow that s does not gate: it leaves when p is in R and q is not
q -> sink at b*y_s   for the demand b of row q (source -> q where b is negative)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, maximum_flow

from netopt.solve.bound import Cut, Ledger

__all__ = ["Dicuts"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_SOME = 1e-9
_BREACH = 1e-4
_WHOLE = 1e8
"""Flows are rounded down to whole numbers of this sum: the library's maximum flow counts in 32 bits."""


class Dicuts:
    """Finds dicuts that a point breaks.

    Parameters
    ----------
    ledger : Ledger
        Of the program.
    """

    def __init__(self, ledger: Ledger) -> None:
        program = ledger.program
        self.ledger, self.program = ledger, program
        self.node, self.tail, self.head = _network(ledger)
        self.demand = program.row_upper[self.node]
        self.openers = self._worthwhile()
        self._marked = np.zeros(len(program.cost), dtype=bool)

    def last(self) -> IntArray:
        """Return the columns that may be zero and end where nothing leaves, as a rule at a customer."""
        program = self.program
        ends = np.ones(len(self.node), dtype=bool)
        ends[self.tail[self.tail >= 0]] = False
        last = np.nonzero((self.head >= 0) & (self.tail >= 0) & (program.lower == 0) & ~program.whole)[0]
        found: IntArray = last[ends[self.head[last]]]
        return found

    def nearest(self, columns: IntArray, cost: FloatArray, count: int, share: float = 0.0) -> IntArray:
        """Return the cheapest of some columns, so many for each row where they end, or a share of those that end there.

        Parameters
        ----------
        columns : ndarray of int
            That end somewhere, shape (n,).
        cost : ndarray
            By which they are compared, shape (columns,).
        count : int
            For each row, at least.
        share : float
            Of the columns of each row, where that is more.
        """
        row = self.head[columns]
        order = np.lexsort((cost[columns], row))
        first = np.searchsorted(row[order], row[order])
        kept = np.maximum(count, np.ceil(share * np.bincount(row)))[row[order]]
        found: IntArray = columns[order[np.arange(len(row)) - first < kept]]
        return found

    def _worthwhile(self) -> IntArray:
        """Return openers whose flows come to a row that others leave: for the rest the gates say it all."""
        gates, n = self.program.gates, len(self.node)
        if not n:
            return np.zeros(0, dtype=np.int64)
        leaves = self.tail >= 0
        # flows out of a row, all of them behind one opener: what comes in is behind it as well
        opener_of = np.full(len(self.tail), -1, dtype=np.int64)
        opener_of[gates.column] = gates.opener
        low, high = np.full(n, len(opener_of)), np.full(n, -2)
        np.minimum.at(low, self.tail[leaves], opener_of[leaves])
        np.maximum.at(high, self.tail[leaves], opener_of[leaves])
        head = self.head[gates.column]
        onward = (head >= 0) & (high[head] >= -1)  # also where no opener stands before what leaves
        alone = onward & (low[head] == high[head]) & (low[head] == gates.opener)
        openers = np.unique(gates.opener[onward & ~alone])
        yes_no = self.program.whole[openers] & (self.program.lower[openers] >= 0) & (self.program.upper[openers] <= 1)
        found: IntArray = openers[yes_no]
        return found

    def broken_by(self, x: FloatArray) -> list[Cut]:
        """Return for each fractional opener the dicut that a point breaks most, where it breaks one."""
        y = x[self.openers]
        partly = self.openers[(y > 1e-6) & (y < 1 - 1e-6)]
        if not len(partly):
            return []
        used = np.nonzero((x > _SOME) & ((self.tail >= 0) | (self.head >= 0)))[0]
        cuts = [self._worst(int(opener), x, used) for opener in partly]
        return [cut for cut in cuts if cut is not None]

    def _worst(self, opener: int, x: FloatArray, used: IntArray) -> Cut | None:
        y, n = x[opener], len(self.node)
        source, sink = n, n + 1
        gated = self.program.gates.column[self.ledger.gates_of(opener)]
        self._marked[gated] = True
        is_own = self._marked[used]
        self._marked[gated] = False
        own, others = used[is_own], used[~is_own]
        into, out = own[self.head[own] >= 0], own[self.tail[own] >= 0]
        gain = float(x[into].sum())
        if gain <= _BREACH:
            return None
        others = others[self.tail[others] >= 0]
        wants = np.nonzero(self.demand)[0]
        positive = self.demand[wants] > 0
        tail = np.concatenate(
            [np.full(len(into), source), self.tail[out], self.tail[others], np.where(positive, wants, source)]
        )
        head = np.concatenate(
            [
                self.head[into],
                np.full(len(out), sink),
                np.where(self.head[others] >= 0, self.head[others], sink),
                np.where(positive, sink, wants),
            ]
        )
        size = np.concatenate([x[into], x[out], x[others], np.abs(self.demand[wants]) * y])
        scale = _WHOLE / gain
        room = np.minimum(np.floor(size * scale), 2 * _WHOLE).astype(np.int32)
        graph = sp.coo_array((room, (tail, head)), shape=(n + 2, n + 2)).tocsr()
        flow = maximum_flow(graph, source, sink)
        left = graph - flow.flow
        left.data = np.maximum(left.data, 0)
        left.eliminate_zeros()
        inside = breadth_first_order(left, source, return_predecessors=False)
        rows = np.sort(inside[inside < n])
        if not len(rows):
            return None
        cut = Cut(opener, self.node[rows])
        return cut if self._breach(cut, x) > _BREACH * gain else None

    def _breach(self, cut: Cut, x: FloatArray) -> float:
        columns, value = self.ledger.coefficients(cut)
        return float(value @ x[columns])


def _network(ledger: Ledger) -> tuple[IntArray, IntArray, IntArray]:
    """Return balance rows, and for every column the balance that it leaves and enters, -1 where it does not."""
    program = ledger.program
    matrix = program.matrix
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    unit = np.abs(matrix.data) == 1
    plain = (program.row_lower == program.row_upper) & np.isfinite(program.row_upper)
    plain[matrix.indices[~unit | program.whole[column] | (program.lower[column] < 0)]] = False
    node = np.nonzero(plain)[0]
    number = np.full(len(plain), -1, dtype=np.int64)
    number[node] = np.arange(len(node))
    ends = []
    for sign in (-1.0, 1.0):
        at = np.nonzero((matrix.data == sign) & plain[matrix.indices])[0]
        end = np.full(matrix.shape[1], -1, dtype=np.int64)
        count = np.bincount(column[at], minlength=matrix.shape[1])
        end[column[at]] = number[matrix.indices[at]]
        end[count > 1] = -1
        ends.append(end)
    return node, ends[0], ends[1]
