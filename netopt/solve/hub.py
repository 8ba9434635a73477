"""The mixed program over few columns, with hubs in place of the many: small enough for HiGHS, and a relaxation.

A flow that is left out, from balance p to balance q, goes p -> hub -> q instead, and

a_p + b_q <= c_j   for every column j left out from p to q                                        (money a unit)

so no plan becomes dearer and what HiGHS proves holds over all columns. Rows that such flows enter besides their two
balances count the least that any of them brings. The hubs keep apart what no flow joins (product, period, echelon).
Where the best point leaves the hubs alone it is a plan; where not, `wanted` tells which columns to keep next time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.solve.bound import Duals
from netopt.solve.cuts import Dicuts
from netopt.solve.form import Form
from netopt.solve.relaxation import Relaxation

__all__ = ["Hub"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_TRACE = 1e-7
_WIDE = 20
"""So many columns are brought in for each balance that a hub serves, at most, the cheapest ones."""


@dataclass(frozen=True)
class _Ends:
    """The columns left out, and their two ends among the balances that they leave and enter.

    ``tail`` and ``head`` are positions in ``tails`` and ``heads``, which are rows of the program.
    """

    column: IntArray
    tail: IntArray
    head: IntArray
    tails: IntArray
    heads: IntArray

    @property
    def rows(self) -> IntArray:
        """Tails, then heads."""
        return np.append(self.tails, self.heads)


class Hub:
    """The program over some columns, the others by way of hubs.

    Parameters
    ----------
    relaxation : Relaxation
        Its rows are taken, with the gates and cuts that it has found to matter.
    dicuts : Dicuts
        Knows the balances.
    keep : ndarray of bool
        Columns that are to stay as they are, shape (columns,); others may, where no hub can stand for them.
    row_dual : ndarray
        Money per unit of each row's side, by which costs are split between the two ends, shape (rows,).
    loose : bool
        Without choices of one flow.
    """

    def __init__(
        self, relaxation: Relaxation, dicuts: Dicuts, keep: BoolArray, row_dual: FloatArray, *, loose: bool = False
    ) -> None:
        self.program = program = relaxation.program
        self._ends = ends = _left_out(relaxation, dicuts, keep)
        left_out = np.zeros(len(program.cost), dtype=bool)
        left_out[ends.column] = True
        choices = relaxation.ledger.choices
        unused, at_most = (choices.column, choices.rows) if loose else _idle_choices(relaxation, left_out, keep)
        left_out[unused] = True  # a loose program may lack the choice of a flow that it has
        self._lacks_choices, self.loose = len(unused) > 0, loose and len(choices) > 0
        self.kept = np.nonzero(~left_out)[0]
        base, extra = relaxation.linked(~left_out, program.lower, program.upper, relaxation.extra_rows())
        base.row_lower[at_most] = -np.inf
        freed = np.zeros(len(program.cost), dtype=bool)
        freed[unused] = True
        rows = extra.tocoo()
        base.row_upper[len(program.row_lower) + rows.coords[0][freed[rows.coords[1]] & (rows.data < 0)]] = np.inf
        least = _least(relaxation, extra, ends, base.matrix.shape[0])
        self._cost_in, self._cost_out = _split_costs(ends, program.cost, self._paid(least, row_dual, relaxation.form))
        self._hub_of_tail, self._hub_of_head = _hubs(ends)
        self.form = self._with_hubs(base, relaxation.form, least)

    def _paid(self, least: sp.coo_array, row_dual: FloatArray, form: Form) -> FloatArray:
        """Return what the rows that a unit leaves want for it at given prices, by tail, money."""
        ends, height = self._ends, len(row_dual)
        row, at = least.coords
        own = (row < height) & (at < len(ends.tails))
        unit = form.column_scale[ends.column[:1]].sum()
        brought = least.data[own] / form.row_scale[row[own]] / unit
        other = np.bincount(at[own], brought * row_dual[row[own]], minlength=len(ends.tails))
        return np.asarray(other - row_dual[ends.tails])

    @classmethod
    def lean(
        cls, relaxation: Relaxation, dicuts: Dicuts, duals: Duals, used: BoolArray, share: int, *, loose: bool = False
    ) -> Hub | None:
        """Return the program over the columns that duals price lowest.

        Parameters
        ----------
        relaxation, dicuts
            As above.
        duals : Duals
            Of a bound, best of the root's.
        used : ndarray of bool
            Columns to keep at any price, shape (columns,).
        share : int
            How many columns to keep on average for each balance that they enter.
        loose : bool
            Without choices of one flow.

        Returns
        -------
        Hub or None
            None where that many leave out columns of a negative reduced cost: fixed costs of their own hold these, and
            a hub would make a present of them.
        """
        program = relaxation.program
        price = relaxation.ledger.choices.together(relaxation.ledger.reduced(duals))
        optional = np.nonzero(~used & (dicuts.tail >= 0) & (dicuts.head >= 0) & ~program.whole)[0]
        count = max(share * len(np.unique(dicuts.head[optional])) - int(used.sum()), 0)
        if (price[optional] < 0).sum() > count:
            return None
        keep = used.copy()
        keep[optional[np.argsort(price[optional], kind="stable")[:count]]] = True
        return cls(relaxation, dicuts, keep, duals.row, loose=loose)

    def _with_hubs(self, base: Form, form: Form, least: sp.coo_array) -> Form:
        ends = self._ends
        n_in, n_out, height = len(ends.tails), len(ends.heads), base.matrix.shape[0]
        unit = float(form.column_scale[ends.column[0]]) if len(ends.column) else 1.0
        own = sp.coo_array(
            (
                np.append(-np.ones(n_in), np.ones(n_out)) * form.row_scale[ends.rows] * unit,
                (ends.rows, np.arange(n_in + n_out)),
            ),
            shape=(height, n_in + n_out),
        )
        hubs = int(max(self._hub_of_tail.max(initial=-1), self._hub_of_head.max(initial=-1))) + 1
        balance = sp.coo_array(
            (
                np.concatenate([np.ones(n_in), -np.ones(n_out)]),
                (np.append(self._hub_of_tail, self._hub_of_head), np.arange(n_in + n_out)),
            ),
            shape=(hubs, n_in + n_out),
        )
        matrix = sp.block_array([[base.matrix, (own + least).tocsc()], [None, balance]], format="csc")
        cost = np.append(self._cost_in, self._cost_out) * unit * form.cost_scale
        most = self.program.most[ends.column] / unit
        upper = np.append(np.bincount(ends.tail, most, n_in), np.bincount(ends.head, most, n_out))
        return Form(
            cost=np.append(base.cost, cost),
            lower=np.append(base.lower, np.zeros(len(cost))),
            upper=np.append(base.upper, upper),
            whole=np.append(base.whole, np.zeros(len(cost), dtype=bool)),
            matrix=matrix,
            row_lower=np.append(base.row_lower, np.zeros(hubs)),
            row_upper=np.append(base.row_upper, np.zeros(hubs)),
            column_scale=np.append(base.column_scale, np.full(len(cost), unit)),
            row_scale=np.append(base.row_scale, np.full(hubs, 1.0 / unit)),
            cost_scale=base.cost_scale,
        )

    # -- there and back -----------------------------------------------------------------------------------------------

    def to_form(self, x: FloatArray) -> FloatArray:
        """Return a plan, shape (columns of the program,), as the form has it: shape (columns of the form,)."""
        ends = self._ends
        flow = x[ends.column]
        return np.concatenate(
            [
                x[self.kept],
                np.bincount(ends.tail, flow, minlength=len(ends.tails)),
                np.bincount(ends.head, flow, minlength=len(ends.heads)),
            ]
        )

    def from_form(self, values: FloatArray) -> FloatArray:
        """Return values by the columns of the program, without what goes through the hubs."""
        x = np.zeros(len(self.program.cost))
        x[self.kept] = values[: len(self.kept)]
        return x

    def tells(self, values: FloatArray) -> bool:
        """Return whether values have a choice for everything that flows."""
        return not self.loose and not (self._lacks_choices and (values[len(self.kept) :] > _TRACE).any())

    def wanted(self, values: FloatArray) -> IntArray:
        """Return columns in whose place the hubs carry something: from where it comes, or else all to where it goes.

        Parameters
        ----------
        values : ndarray
            By the columns of the form.
        """
        ends, start = self._ends, len(self.kept)
        into = values[start : start + len(ends.tails)] > _TRACE
        out = values[start + len(ends.tails) :] > _TRACE
        slack = self.program.cost[ends.column] - self._cost_in[ends.tail] - self._cost_out[ends.head]
        at = np.nonzero(into[ends.tail] & out[ends.head])[0]
        direct = np.zeros(len(ends.heads), dtype=bool)
        direct[ends.head[at]] = True
        rest = np.nonzero((out & ~direct)[ends.head])[0]
        return np.append(ends.column[_cheapest(at, slack, ends.head)], ends.column[rest])


def _cheapest(at: IntArray, slack: FloatArray, head: IntArray) -> IntArray:
    order = at[np.lexsort((slack[at], head[at]))]
    first = np.searchsorted(head[order], head[order])
    return order[np.arange(len(order)) - first < _WIDE]


def _left_out(relaxation: Relaxation, dicuts: Dicuts, keep: BoolArray) -> _Ends:
    """Return the columns that hubs can stand for among those that need not be kept."""
    program = relaxation.program
    able = ~keep & ~program.whole & (program.lower == 0) & (dicuts.tail >= 0) & (dicuts.head >= 0)
    matrix = program.matrix
    two_sided = np.isfinite(program.row_lower) & np.isfinite(program.row_upper)
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    # besides its two balances a column may only enter rows with one side
    several = np.bincount(column[two_sided[matrix.indices]], minlength=len(able)) > 2
    at = np.nonzero(able & ~several)[0]
    tails, tail = np.unique(dicuts.node[dicuts.tail[at]], return_inverse=True)
    heads, head = np.unique(dicuts.node[dicuts.head[at]], return_inverse=True)
    return _Ends(at, tail, head, tails, heads)


def _idle_choices(relaxation: Relaxation, left_out: BoolArray, keep: BoolArray) -> tuple[IntArray, IntArray]:
    """Return whole columns that open nothing but what is left out, and rows that hold without them as ``<=`` only."""
    program, gates = relaxation.program, relaxation.program.gates
    opens = np.zeros(len(left_out), dtype=bool)
    opens[gates.opener] = True
    opens[gates.opener[~left_out[gates.column]]] = False
    idle = opens & ~keep & program.whole & (program.lower == 0) & (program.cost >= 0)
    matrix = program.matrix
    column = np.repeat(np.arange(matrix.shape[1]), np.diff(matrix.indptr))
    idle[column[(matrix.data < 0) | ~np.isfinite(program.row_upper[matrix.indices])]] = False
    return np.nonzero(idle)[0], np.unique(matrix.indices[idle[column]])


def _split_costs(ends: _Ends, cost: FloatArray, paid: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return what it costs to come to a hub and to go on, a unit: neither can be raised alone."""
    unit = cost[ends.column]
    out = np.full(len(ends.heads), np.inf)
    np.minimum.at(out, ends.head, unit - paid[ends.tail])
    into = np.full(len(ends.tails), np.inf)
    np.minimum.at(into, ends.tail, unit - out[ends.head])
    return into, out


def _hubs(ends: _Ends) -> tuple[IntArray, IntArray]:
    """Return the hub of every tail and head: those that a column left out joins have the same."""
    n = len(ends.tails)
    graph = sp.coo_array((np.ones(len(ends.tail)), (ends.tail, n + ends.head)), shape=2 * (n + len(ends.heads),))
    hub = sp.csgraph.connected_components(graph, directed=False)[1].astype(np.int64)
    return hub[:n], hub[n:]


def _least(relaxation: Relaxation, extra: sp.csr_array, ends: _Ends, height: int) -> sp.coo_array:
    """Return what a unit through a hub brings to rows other than balances, at least, in the solver's scale."""
    program, form = relaxation.program, relaxation.form
    n_in, n_out = len(ends.tails), len(ends.heads)
    rows = sp.vstack([form.matrix[:, ends.column], extra[:, ends.column]], format="coo")
    row, at = rows.coords
    sign = np.ones(height)
    one_sided = ~np.isfinite(program.row_upper)
    sign[: len(one_sided)][one_sided] = -1.0
    balance = np.zeros(height, dtype=bool)
    balance[: len(one_sided)] = np.isfinite(program.row_lower) & np.isfinite(program.row_upper)
    other = ~balance[row]
    row, at, value = row[other], at[other], (rows.data * sign[row])[other]
    found = []
    left = np.ones(len(row), dtype=bool)
    for end, count, offset in ((ends.tail, n_in, 0), (ends.head, n_out, n_in)):
        size = np.bincount(end, minlength=count)
        key, group = np.unique(row.astype(np.int64) * count + end[at], return_inverse=True)
        least = np.full(len(key), np.inf)
        np.minimum.at(least, group[left], value[left])
        full = np.bincount(group[left], minlength=len(key)) == size[key % count]
        taken = (full & np.isfinite(least)) | (least < 0)
        coefficient = np.where(taken & full, least, np.minimum(least, 0.0))
        some = np.nonzero(taken)[0]
        found.append((key[some] // count, offset + key[some] % count, (coefficient * sign[key // count])[some]))
        left &= ~taken[group]
    r, c, v = (np.concatenate([part[k] for part in found]) for k in range(3))
    return sp.coo_array((v, (r, c)), shape=(height, n_in + n_out))
