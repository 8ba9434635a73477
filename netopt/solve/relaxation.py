"""The relaxation over few columns and few rows, of which there may be millions: both are added only as they matter.

It holds all rows of the program, but of the gates and of the cuts only those that some point has broken, and of the
columns only those that some duals have asked for. What it leaves out, the `Ledger` counts: its bound is over all.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.solve.bound import ASKED, Bound, Cut, Duals, Ledger, asked_for
from netopt.solve.control import Control
from netopt.solve.form import Form, gate_rows, summed_gates
from netopt.solve.simplex import Basis, Linear, Simplex, Verdict

__all__ = ["Point", "Relaxation"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_GATE, _CUT, _SUM = 0, 1, 2
_BREACH = 1e-5
_FEW = 1_000


@dataclass(frozen=True)
class Point:
    """An optimal point of the relaxation over what is kept.

    Parameters
    ----------
    cost : float
        Money; no bound while columns are left out, see `Relaxation.bound`.
    x : ndarray
        Shape (columns of the program,).
    duals : Duals
        Of all rows that are kept, for the ledger.
    row_dual : ndarray
        Money per unit of each row's side to the last digit, shape (rows of the program,).
    """

    cost: float
    x: FloatArray
    duals: Duals
    row_dual: FloatArray


class Relaxation:
    """The linear program over what is kept of a program.

    Parameters
    ----------
    ledger : Ledger
        Of the program; gets the cuts.
    control : Control
        When to stop.
    kept : ndarray of bool, optional
        Columns to begin with, shape (columns,); all of them where not given.
    linked : bool
        Begin with a row for the sum of each opener's needed gates.
    loose : bool
        Without choices of one flow, their rows and their gates.
    """

    def __init__(
        self, ledger: Ledger, control: Control, kept: BoolArray | None = None, *,
        linked: bool = True, loose: bool = False,
    ) -> None:  # fmt: skip
        program = ledger.program
        self.program, self.ledger, self.control = program, ledger, control
        self.lower, self.upper = program.lower.copy(), program.upper.copy()
        self.form = Form.scaled(
            cost=program.cost, lower=program.lower, upper=program.upper, whole=program.whole,
            quantity=program.quantity, matrix=program.matrix,
            row_lower=program.row_lower, row_upper=program.row_upper,
        )  # fmt: skip
        self.loose = loose and len(ledger.choices) > 0
        self.never = np.zeros(len(program.cost), dtype=bool)
        row_lower, row_upper = self.form.row_lower.copy(), self.form.row_upper.copy()
        if self.loose:
            choices = ledger.choices
            self.never[choices.column] = True
            row_lower[choices.rows], row_upper[choices.rows] = -np.inf, np.inf
            self.upper[choices.flow] = np.minimum(self.upper[choices.flow], choices.bound)
            kept = ~self.never if kept is None else kept & ~self.never
        everything = kept is None or bool(kept.all())
        self.kept = np.arange(len(program.cost)) if kept is None else np.nonzero(kept)[0]
        self.position = np.full(len(program.cost), -1, dtype=np.int64)
        self.position[self.kept] = np.arange(len(self.kept))
        form = self.form
        self.simplex = Simplex(
            form.cost[self.kept], form.lower[self.kept], (self.upper / form.column_scale)[self.kept],
            form.matrix if everything else form.matrix[:, self.kept], row_lower, row_upper, control,
        )  # fmt: skip
        self.kind: IntArray = np.zeros(0, dtype=np.int64)
        self.index: IntArray = np.zeros(0, dtype=np.int64)
        self.age: IntArray = np.zeros(0, dtype=np.int64)
        self.extra_dual: FloatArray = np.zeros(0)
        self._extra: list[sp.csr_array] = []  # in the order of kind and index, over all columns, scaled
        self.has_gate = np.zeros(len(program.gates), dtype=bool)
        if self.loose:
            self.has_gate[ledger.choices.gate] = True  # they are not asked for
        self._to_link = np.zeros(len(program.cost), dtype=bool)
        if linked:
            self._to_link[program.gates.opener[program.gates.needed]] = True
            self._to_link &= ~self.never
            self._link(self.kept)

    @property
    def missing(self) -> BoolArray:
        """Which columns may be added, shape (columns,)."""
        return (self.position < 0) & ~self.never

    def paired(self) -> Relaxation:
        """Return the relaxation over the same columns, gates and cuts, with choices of one flow where there are any."""
        if not self.loose:
            return self
        kept = self.ledger.choices.with_flows(self.position >= 0)
        other = Relaxation(self.ledger, self.control, kept)
        whole = np.nonzero(self.program.whole & ~self.never)[0]
        other.fix(whole, self.lower[whole], self.upper[whole])
        other.add_gates(self.index[self.kind == _GATE])
        other.heed_cuts(self.index[self.kind == _CUT])
        return other

    # -- rows and columns -----------------------------------------------------------------------------------------

    def _link(self, columns: IntArray) -> None:
        """Add the rows for the sums of the needed gates of openers among columns that are kept."""
        wanted = columns[self._to_link[columns]]
        if not len(wanted):
            return
        self._to_link[wanted] = False
        opens = np.zeros(len(self.program.cost), dtype=bool)
        opens[wanted] = True
        gates = self.program.gates
        gates = gates.select(gates.needed & opens[gates.opener])
        rows = summed_gates(gates, len(self.program.cost)).tocsr()
        self._add(rows, np.full(rows.shape[0], _SUM), np.unique(gates.opener))

    def _add(self, rows: sp.csr_array, kind: IntArray, index: IntArray) -> None:
        """Add rows ``<= 0`` in the program's units."""
        scaled, n = self.scaled(rows), rows.shape[0]
        self._extra.append(scaled)
        in_order = np.array_equal(self.kept, np.arange(scaled.shape[1]))  # columns that came later stand at the end
        part = scaled if in_order else sp.csr_array(scaled[:, self.kept])
        self.simplex.add_rows(part, np.full(n, -np.inf), np.zeros(n))
        self.kind, self.index = np.append(self.kind, kind), np.append(self.index, index)
        self.age = np.append(self.age, np.zeros(n, dtype=np.int64))

    def scaled(self, rows: sp.csr_array) -> sp.csr_array:
        """Return rows in the solver's scale, each scaled as its first column is."""
        scale = self.form.column_scale
        first = rows.indices[rows.indptr[:-1]]
        return sp.csr_array(sp.diags_array(1.0 / scale[first]) @ rows @ sp.diags_array(scale))

    def add_gates(self, which: IntArray) -> None:
        """Add the rows of gates."""
        if len(which):
            self.has_gate[which] = True
            rows = gate_rows(self.program.gates, len(self.program.cost), which)
            self._add(rows, np.full(len(which), _GATE), which)

    def add_cuts(self, cuts: list[Cut]) -> None:
        """Add cuts to the ledger and to the rows."""
        known = len(self.ledger.cuts)
        for cut in cuts:
            self.ledger.add_cut(cut)
        self.heed_cuts(np.arange(known, len(self.ledger.cuts)))

    def heed_cuts(self, which: IntArray) -> None:
        """Add the rows of cuts that the ledger knows."""
        if len(which):
            self._add(sp.csr_array(self.ledger.cut_rows()[which]), np.full(len(which), _CUT), which)

    def add_columns(self, which: IntArray) -> None:
        """Keep more columns, and choices that open them alone."""
        if not len(which):
            return
        choices = self.ledger.choices
        if len(choices) and not self.loose:
            asked = np.zeros(len(self.position), dtype=bool)
            asked[which] = True
            asked[choices.column[asked[choices.flow]]] = True
            which = np.nonzero(asked & self.missing)[0]
        which = which[~self.never[which]]
        form = self.form
        matrix = sp.vstack([form.matrix[:, which], *(extra[:, which] for extra in self._extra)], format="csc")
        scale = form.column_scale[which]
        self.simplex.add_columns(form.cost[which], self.lower[which] / scale, self.upper[which] / scale, matrix)
        self.position[which] = len(self.kept) + np.arange(len(which))
        self.kept = np.append(self.kept, which)
        self._link(which)

    def extra_rows(self) -> sp.csr_array:
        """Return the gates, sums and cuts that are rows, ``<= 0`` over all columns, in the solver's scale."""
        self._extra = [sp.csr_array(sp.vstack(self._extra, format="csr"))] if self._extra else []
        return self._extra[0] if self._extra else sp.csr_array((0, len(self.program.cost)))

    def mixed(
        self, columns: IntArray, lower: FloatArray, upper: FloatArray, whole: BoolArray, extra: sp.csr_array
    ) -> Form:
        """Return the mixed program over some columns.

        Parameters
        ----------
        columns : ndarray of int
            Those it has, shape (n,).
        lower, upper, whole : ndarray
            Of all columns, in the units of the program, shape (columns,).
        extra : csr_array
            Rows ``<= 0`` besides the program's own, over all columns, in the solver's scale.
        """
        own, n = self.form, extra.shape[0]
        scale = own.column_scale[columns]
        return Form(
            cost=own.cost[columns], lower=lower[columns] / scale, upper=upper[columns] / scale, whole=whole[columns],
            matrix=sp.vstack([own.matrix[:, columns], extra[:, columns]], format="csc"),
            row_lower=np.append(own.row_lower, np.full(n, -np.inf)), row_upper=np.append(own.row_upper, np.zeros(n)),
            column_scale=scale, row_scale=np.append(own.row_scale, np.ones(n)), cost_scale=own.cost_scale,
        )  # fmt: skip

    def linked(
        self, kept: BoolArray, lower: FloatArray, upper: FloatArray, extra: sp.csr_array
    ) -> tuple[Form, sp.csr_array]:
        """Return the mixed program over kept columns with the gates of choices of one flow, and its extra rows.

        Parameters
        ----------
        kept : ndarray of bool
            The columns it has, shape (columns,).
        lower, upper, extra
            As in `mixed`.
        """
        links, exact = self.ledger.choices.linking(kept)
        extra = sp.csr_array(sp.vstack([extra, self.scaled(links)], format="csr"))
        form = self.mixed(np.nonzero(kept)[0], lower, upper, self.program.whole, extra)
        form.row_lower[len(form.row_lower) - len(exact) :][exact] = 0.0
        return form, extra

    def weak_rows(self) -> BoolArray:
        """Return which of the extra rows are sums or cuts."""
        weak: BoolArray = self.kind != _GATE
        return weak

    def drop_loose(self, age: int) -> None:
        """Delete gates and cuts that have not held with a price for some rounds."""
        old = np.nonzero((self.age > age) & (self.kind != _SUM))[0]
        if len(old) < 50:
            return
        self.simplex.delete_rows(len(self.program.row_lower) + old)
        keep = np.ones(len(self.age), dtype=bool)
        keep[old] = False
        self._extra = [sp.csr_array(self.extra_rows()[np.nonzero(keep)[0]])]
        self.has_gate[self.index[old[self.kind[old] == _GATE]]] = False
        self.kind, self.index, self.age = self.kind[keep], self.index[keep], self.age[keep]

    def fix(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Change bounds of columns."""
        self.lower[columns], self.upper[columns] = lower, upper
        self.add_columns(columns[(self.lower[columns] > 0) & self.missing[columns]])
        here = self.position[columns] >= 0
        scale = self.form.column_scale[columns[here]]
        self.simplex.bound_columns(self.position[columns[here]], lower[here] / scale, upper[here] / scale)

    def charge(self, columns: IntArray, cost: FloatArray) -> None:
        """Change what columns cost that are kept: from then on the relaxation is of another program."""
        form = self.form
        scaled = cost * form.column_scale[columns] * form.cost_scale
        self.simplex.cost_columns(self.position[columns], scaled)

    # -- solving --------------------------------------------------------------------------------------------------

    def run(self, **options: object) -> tuple[Verdict, Point | None]:
        """Solve over what is kept; the point is None unless it is optimal or the iterations ran out."""
        found = self.simplex.run(**options)  # type: ignore[arg-type]
        if found.verdict is Verdict.FAILED:
            self.simplex.forget()
            found = self.simplex.run()
        if found.verdict in (Verdict.INFEASIBLE, Verdict.FAILED):
            return found.verdict, None
        return found.verdict, self._point(found)

    def _point(self, found: Linear) -> Point:
        x = np.zeros(len(self.program.cost))
        x[self.kept] = found.x * self.form.column_scale[self.kept]
        if self.loose:
            self.ledger.choices.follow(x)
        extra = found.row_dual[len(self.program.row_lower) :]
        self.age = np.where(extra < 0, 0, self.age + 1)
        self.extra_dual = extra
        row = found.row_dual[: len(self.program.row_lower)] * self.form.row_scale / self.form.cost_scale
        return Point(found.cost / self.form.cost_scale, x, self._duals(row, extra), row)

    def _extra_scale(self) -> FloatArray:
        """Return money per unit of the rows after the program's over the solver's."""
        first = [block.indices[block.indptr[:-1]] for block in self._extra]
        column = np.concatenate([np.zeros(0, dtype=np.int64), *first])
        return np.asarray(1.0 / self.form.column_scale[column] / self.form.cost_scale)

    def _duals(self, row: FloatArray, extra: FloatArray) -> Duals:
        extra = np.minimum(extra, 0.0)
        cut = np.zeros(len(self.ledger.cuts))
        is_cut = self.kind == _CUT
        cut[self.index[is_cut]] = (extra * self._extra_scale())[is_cut]
        gates, shares = self._shares(extra)
        duals = self.ledger.short(Duals(row, cut, gates, shares))
        return self.ledger.shut(self._by_sites(duals) if self.loose else duals, self.upper)

    @cached_property
    def _of_sites(self) -> IntArray:
        """A gate of each choice's flow other than the choice's own, -1 where there is none, shape (choices,)."""
        gates, choices = self.program.gates, self.ledger.choices
        first = np.full(len(self.program.cost), len(gates))
        others = np.delete(np.arange(len(gates)), choices.gate)
        np.minimum.at(first, gates.column[others], others)
        found = first[choices.flow]
        return np.where(found < len(gates), found, -1)

    def _by_sites(self, duals: Duals) -> Duals:
        """Let sites, not choices, take what flows are worth to them where no gate has a price."""
        choices = self.ledger.choices
        worth = self.ledger.reduced(duals)[choices.flow] < 0
        worth &= (self._of_sites >= 0) & self.ledger.is_first[choices.gate]
        known = np.zeros(len(self.program.cost), dtype=bool)
        known[self.program.gates.column[duals.gate]] = True
        at = np.nonzero(worth & ~known[choices.flow])[0]
        gate, share = np.append(duals.gate, self._of_sites[at]), np.append(duals.share, np.ones(len(at)))
        return replace(duals, gate=gate, share=share)

    def _shares(self, extra: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return which gates beyond a column's first carry a price, and what part of the column's price it is."""
        if not self.ledger.several.any():
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        gates = self.program.gates
        price = np.zeros(len(gates))
        is_gate = self.kind == _GATE
        price[self.index[is_gate]] = extra[is_gate]
        sums = np.zeros(len(self.program.cost))
        is_sum = self.kind == _SUM
        sums[self.index[is_sum]] = extra[is_sum]
        price += np.where(gates.needed, sums[gates.opener], 0.0)
        total = np.bincount(gates.column, price, minlength=len(self.program.cost))
        at = np.nonzero((price < 0) & self.ledger.several[gates.column])[0]
        return at, price[at] / total[gates.column[at]]

    def bound(self, point: Point, *, safe: bool = False) -> Bound:
        """Return the bound over all columns that the duals of a point give, within the bounds as they are now."""
        return self.ledger.bound(point.duals, self.lower, self.upper, safe=safe)

    def priced_gates(self, share: float) -> IntArray:
        """Return the gates whose prices, at the last point, make up a share of those of all gates."""
        at = np.nonzero((self.kind == _GATE)[: len(self.extra_dual)] & (self.extra_dual < 0))[0]
        worth = -self.extra_dual[at] * self.program.gates.bound[self.index[at]]
        order = np.argsort(-worth, kind="stable")
        count = int(np.searchsorted(np.cumsum(worth[order]), share * worth.sum())) + 1
        found: IntArray = self.index[at[order[:count]]]
        return found

    def broken_gates(self, x: FloatArray) -> IntArray:
        """Return gates without a row that a point breaks, the worst first."""
        gates = self.program.gates
        over = x[gates.column] - gates.bound * x[gates.opener]
        over[self.has_gate] = 0.0
        at = np.nonzero(over > _BREACH * np.maximum(gates.bound, 1e-3))[0]
        return at[np.argsort(-over[at], kind="stable")]

    def asked_for(self, bound: Bound, x: FloatArray) -> IntArray:
        """Return columns left out that could lower the cost: their price says so, and their site is or may be open."""
        return asked_for(self.program, bound, x, self.missing & ~self.ledger.closed(self.upper))

    def ray(self) -> FloatArray | None:
        """Return multipliers of all rows that prove what is kept infeasible, in the solver's scale."""
        return self.simplex.ray()

    def along(self, duals: Duals, ray: FloatArray, step: float) -> Duals:
        """Return duals moved along a ray."""
        height = len(self.program.row_lower)
        row = duals.row + step * ray[:height] * self.form.row_scale / self.form.cost_scale
        extra = np.minimum(step * ray[height:], 0.0)
        cut = np.zeros(len(self.ledger.cuts))
        cut[: len(duals.cut)] = duals.cut
        is_cut = self.kind == _CUT
        cut[self.index[is_cut]] += (extra * self._extra_scale())[is_cut]
        gate, share = self._shares(extra)  # a long step leaves the duals behind
        return Duals(row, cut, gate, share)

    def price_infeasible(self) -> bool:
        """Keep the columns that may make the program feasible again; False where there are none left out."""
        missing = np.nonzero(self.missing & ~self.ledger.closed(self.upper))[0]
        if not len(missing):
            return False
        ray = self.ray()
        if ray is not None:
            pull = self.form.matrix.T[missing] @ ray[: len(self.program.row_lower)]
            for side in (pull, -pull):  # HiGHS does not say which way its rays point
                wanted = np.argsort(-side, kind="stable")[: max(_FEW, len(self.kept) // 4)]
                wanted = wanted[side[wanted] > ASKED]
                if len(wanted) and len(wanted) < len(missing):
                    self.add_columns(missing[wanted])
                    return True
        self.add_columns(missing)
        return True

    def basis(self) -> Basis:
        """Return the basis."""
        return self.simplex.basis()

    def start_from(self, basis: Basis) -> None:
        """Go on from a basis that was taken earlier."""
        self.simplex.start_from(basis)
