"""Better plans region by region: a few openers that serve the same rows are decided again, the rest is held.

Where a small program over all that is in doubt is still too large, one over some twenty neighbouring sites, their lanes
and what flows through them is solved in a moment, and hundreds of them cover the network. (Large neighbourhood search:
Shaw 1998, doi:10.1007/3-540-49481-2_30; regions as neighbourhoods of location problems as in kernel search, Guastaroba
and Speranza 2014, doi:10.1016/j.ejor.2014.04.008.)

What is held moves to the rows' sides: for the free columns F at the plan x,

    row_lower - A_rest x_rest <= A_F x_F <= row_upper - A_rest x_rest                           (units of each row)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.solve.control import Control
from netopt.solve.form import Form
from netopt.solve.highs import Outcome, Solver
from netopt.solve.relaxation import Relaxation

__all__ = ["Regions"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_FIRST = 24
_LEAST, _MOST = 6, 400
_GROWS, _SHRINKS = 1.25, 0.7
_QUICK = 0.3
_COLUMNS_A_ROW = 4
_GAP = 5e-4
_OPEN = 0.5
_CHAIN = 3
_BETTER = 1e-9


class Regions:
    """Improves a plan.

    Parameters
    ----------
    relaxation : Relaxation
        Its kept columns are those that are looked at.
    control : Control
        Seed and when to stop.
    """

    def __init__(self, relaxation: Relaxation, control: Control) -> None:
        self.relaxation, self.control = relaxation, control
        program = relaxation.program
        gates = program.gates
        self.size = float(_FIRST)
        openers, flows = np.unique(gates.opener, return_counts=True)
        shared = np.bincount(gates.column, minlength=len(program.cost)) > 1
        alone = np.ones(len(program.cost), dtype=bool)
        alone[gates.opener[~shared[gates.column]]] = False
        openers = openers[(flows > 1) | ~alone[openers]]  # a choice of a flow behind a site goes with the site
        behind = np.zeros(len(program.cost), dtype=bool)
        behind[gates.column] = True
        self.openers = openers[(program.lower[openers] < program.upper[openers]) & ~behind[openers]]
        self._single = np.bincount(gates.opener, minlength=len(program.cost)) == 1
        self._looks = np.zeros(len(self.openers))
        self._known = -1
        self._refresh()

    def _refresh(self) -> None:
        """Find the gates and rows of the columns that are kept by now."""
        relaxation, program = self.relaxation, self.relaxation.program
        if self._known == len(relaxation.kept):
            return
        self._known = len(relaxation.kept)
        gates = program.gates
        self._kept = np.sort(relaxation.kept)
        self._gates = np.nonzero(relaxation.position[gates.column] >= 0)[0]
        self._part = sp.csc_array(relaxation.form.matrix[:, self._kept])
        place = np.full(len(program.cost), -1)
        place[self.openers] = np.arange(len(self.openers))
        own = self._gates[place[gates.opener[self._gates]] >= 0]
        at = np.searchsorted(self._kept, gates.column[own])
        step = sp.csr_array((np.ones(len(own)), (place[gates.opener[own]], at)), shape=(len(self.openers), self._known))
        serves = sp.csr_array(step @ abs(self._part.T))
        serves.data[:] = 1.0
        shared = np.asarray(serves.sum(axis=0)).ravel()
        self._serves = serves
        self._by_row = sp.csr_array(sp.diags_array(1.0 / np.maximum(shared, 1.0)) @ serves.T)

    # -- the search -----------------------------------------------------------------------------------------------

    def improve(self, x: FloatArray, relaxed: FloatArray, price: FloatArray, seconds: float) -> FloatArray | None:
        """Return a better plan, None where none was found in time.

        Parameters
        ----------
        x : ndarray
            The plan, shape (columns,).
        relaxed : ndarray
            A point of the relaxation: where it differs from the plan is looked at first, shape (columns,).
        price : ndarray
            As in `Bound.price`: columns that are priced low are looked at, shape (columns,).
        seconds : float
            After which no other region begins.
        """
        self._refresh()
        started, found = self.control.seconds, False
        x = x.copy()
        x[self.relaxation.program.whole] = np.round(x[self.relaxation.program.whole])
        doubt = np.abs(relaxed - x)[self.openers]
        while len(self.openers) and not self._over() and self.control.seconds - started < seconds:
            seed = int(np.lexsort((-doubt, self._looks))[0])
            like = np.asarray((self._serves[[seed]] @ self._by_row).todense()).ravel()
            like[seed] = np.inf
            chosen = np.argsort(-like, kind="stable")[: int(self.size)]
            chosen = chosen[like[chosen] > 0]
            self._looks[chosen] += 1
            self._looks[seed] += 1
            limit = max(0.5, seconds / 20)
            better = self._region(x, self.openers[chosen], price, limit)
            if better is not None:
                x, found = better, True
        return x if found else None

    def _over(self) -> bool:
        remaining = self.control.remaining
        late = self.control.time_limit is not None and remaining is not None and remaining <= 0.1
        return late or self.control.stop.is_set() or self.control.answered.is_set()

    def _region(self, x: FloatArray, openers: IntArray, price: FloatArray, limit: float) -> FloatArray | None:
        """Return a better plan in which some openers and what depends on them are decided again."""
        free = self._free(x, openers, price)
        form, at = self._form(x, free)
        before = float(form.cost @ (x[at] / form.column_scale)) / form.cost_scale
        solver = Solver(form)
        solver.start_from(x[at])
        started = self.control.seconds
        run = solver.run(self.control.part(limit, _GAP), "improving")
        spent = self.control.seconds - started
        if run.outcome is Outcome.LIMIT:
            self.size = max(_LEAST, self.size * _SHRINKS)
        elif spent < _QUICK * limit:
            self.size = min(_MOST, self.size * _GROWS)
        if run.x is None or run.cost >= before - _BETTER * abs(before):
            return None
        better = x.copy()
        better[at] = run.x
        whole = at[self.relaxation.program.whole[at]]
        better[whole] = np.round(better[whole])
        return better

    # -- what is free ---------------------------------------------------------------------------------------------

    def _free(self, x: FloatArray, openers: IntArray, price: FloatArray) -> BoolArray:
        """Return which kept columns are free, shape (kept columns,): behind the openers, and what they pass on."""
        program = self.relaxation.program
        gates, which = program.gates, self._gates
        column, opener = gates.column[which], gates.opener[which]
        ours = np.zeros(len(x), dtype=bool)
        ours[openers] = True
        for _ in range(_CHAIN):  # choices behind choices
            ours[column[ours[opener]]] = True
        ours[opener[ours[column] & self._single[opener]]] = True  # such as a customer's only source
        shut = np.zeros(len(x), dtype=bool)
        shut[column[(x[opener] < _OPEN) & ~ours[opener]]] = True
        mine = ours[self._kept] & ~shut[self._kept]
        touched = np.zeros(self._part.shape[0], dtype=bool)
        touched[self._part[:, np.nonzero(mine)[0]].indices] = True
        mine &= ~self._dear(mine, x, price, _COLUMNS_A_ROW * int(touched.sum()))

        is_opener = np.zeros(len(x), dtype=bool)
        is_opener[gates.opener] = True
        held = program.row_lower == program.row_upper
        column_of = np.repeat(np.arange(len(self._kept)), np.diff(self._part.indptr))
        touches = np.bincount(column_of[touched[self._part.indices]], minlength=len(self._kept)) > 0
        leads_out = np.bincount(column_of[(held & ~touched)[self._part.indices]], minlength=len(self._kept)) > 0
        passes = touches & ~leads_out & ~shut[self._kept] & ~is_opener[self._kept] & ~ours[self._kept]
        return mine | passes

    def _dear(self, mine: BoolArray, x: FloatArray, price: FloatArray, spare: int) -> BoolArray:
        """Return which of the free columns are left out: dear ones that the plan does not use."""
        program, kept = self.relaxation.program, self._kept
        optional = np.nonzero(mine & ~program.whole[kept] & (program.lower[kept] == 0) & (x[kept] == 0))[0]
        dear = np.zeros(len(kept), dtype=bool)
        dear[optional[np.argsort(price[kept[optional]], kind="stable")[spare:]]] = True
        choices = self.relaxation.ledger.choices
        gone = np.zeros(len(x), dtype=bool)
        gone[kept[dear]] = True
        gone[choices.column[gone[choices.flow]]] = True
        return dear | (gone[kept] & mine)

    def _form(self, x: FloatArray, free: BoolArray) -> tuple[Form, IntArray]:
        """Return the program over the free columns, and their positions."""
        program, own = self.relaxation.program, self.relaxation.form
        at = self._kept[free]
        place = np.full(len(x), -1)
        place[at] = np.arange(len(at))
        part = sp.csc_array(self._part[:, np.nonzero(free)[0]])
        rows = np.unique(part.indices)
        scaled = x / own.column_scale
        rest = (own.matrix @ scaled - part @ scaled[at])[rows]
        low, high = program.lower[at], program.upper[at].copy()
        gates = program.gates.select(self._gates[place[program.gates.column[self._gates]] >= 0])
        inside = place[gates.opener] >= 0
        outside = gates.select(~inside)
        np.minimum.at(high, place[outside.column], outside.bound * x[outside.opener])
        gates = gates.select(inside)
        n = len(gates)
        column, opener = place[gates.column], place[gates.opener]
        scale = own.column_scale[at]
        links = sp.csr_array(
            (
                np.stack([np.ones(n), -gates.bound * scale[opener] / scale[column]], axis=1).ravel(),
                (np.repeat(np.arange(n), 2), np.stack([column, opener], axis=1).ravel()),
            ),
            shape=(n, len(at)),
        )
        form = Form(
            cost=own.cost[at], lower=low / scale, upper=np.maximum(high, low) / scale, whole=program.whole[at],
            matrix=sp.vstack([sp.csr_array(part)[rows], links], format="csc"),
            row_lower=np.append(own.row_lower[rows] - rest, np.full(n, -np.inf)),
            row_upper=np.append(own.row_upper[rows] - rest, np.zeros(n)),
            column_scale=scale, row_scale=np.append(own.row_scale[rows], np.ones(n)), cost_scale=own.cost_scale,
        )  # fmt: skip
        return form, at
