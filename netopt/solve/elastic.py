"""A program that may be stretched, and the least that has to give.

A fact is one side of a row, or of a column's bounds. Stretching fact f by s[f] >= 0 costs weight[f] * s[f]:

row + s >= row_lower,   row - s <= row_upper,   x + s >= lower,   x - s <= upper           (units of the row)

The least total stretch is 0 if and only if the program has a point, so "infeasible" need not be taken on the
solver's word: the stretched program always has a point, and its optimum is positive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.errors import SolverError
from netopt.formulation import Program
from netopt.solve.control import Control
from netopt.solve.form import Form, gate_rows, summed_gates
from netopt.solve.highs import Outcome, Run, Solver

__all__ = ["Elastic", "Facts", "Stretch", "facts_of", "has_point"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

TOLERANCE = 1e-6
"""Relative to the size of the fact's own side, as everywhere."""

_ALL_GATES = 50_000
_IMPOSSIBLE = (Outcome.INFEASIBLE, Outcome.UNSURE)  # nothing that is minimised here can be unbounded
_GAP = 1e-6
_GIVE = 1e-9
_CLEAN_UP_SECONDS = 60.0


@dataclass(frozen=True)
class Facts:
    """Sides of rows and of bounds that may be stretched.

    Parameters
    ----------
    block : ndarray of str
        Name of each fact's block of rows, or of columns with the bound (``buy.upper``), shape (facts,).
    is_row : ndarray of bool
        Whether it is a row; a bound of a column otherwise.
    position : ndarray of int
        Position of the row or column in the program.
    above : ndarray of bool
        Whether it is the upper side.
    weight : ndarray
        Cost of a unit of the row's own scale.
    size : ndarray
        What the side is measured by when asking whether a stretch matters.
    """

    block: npt.NDArray[np.object_]
    is_row: BoolArray
    position: IntArray
    above: BoolArray
    weight: FloatArray
    size: FloatArray

    def __len__(self) -> int:
        return len(self.position)

    def select(self, which: npt.NDArray[np.generic]) -> Facts:
        """Return some of the facts."""
        return Facts(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def facts_of(program: Program, rows: Mapping[str, float], bounds: Mapping[str, float]) -> Facts:
    """Return the facts in blocks of a program.

    One unit of goods weighs 1, whatever unit the row counts in: a stretch is divided by the row's largest coefficient
    of a quantity. In rows about yes and no, one weighs as much as the typical quantity in the program.

    Parameters
    ----------
    program : Program
        What cannot be solved.
    rows : mapping of str to float
        Blocks of rows, and how much heavier than usual their stretch is. Both sides may be stretched, where finite;
        ``name.lower`` or ``name.upper`` for one of them.
    bounds : mapping of str to float
        Bounds of columns: ``flow.upper``, ``buy.lower``, …
    """
    sides = np.abs(np.concatenate([program.row_lower, program.row_upper, program.upper[program.quantity]]))
    usual = sides[np.isfinite(sides) & (sides > 0)]
    typical = float(np.median(usual)) if len(usual) else 1.0
    magnitude = abs(program.matrix).tocsr()
    of_goods = sp.csr_array(magnitude @ sp.diags_array(program.quantity.astype(np.float64)))
    unit = of_goods.max(axis=1).toarray().ravel()
    largest = magnitude.max(axis=1).toarray().ravel()
    parts: list[Facts] = []

    def add(name: str, is_row: bool, at: IntArray, above: bool, weight: FloatArray, size: FloatArray) -> None:
        n = len(at)
        block = np.full(n, name, dtype=object)
        parts.append(Facts(block, np.full(n, is_row), at, np.full(n, above), weight, size))

    for key, heavy in rows.items():
        name, _, side = key.partition(".")
        if name not in program.rows:
            continue
        for above, value in ((False, program.row_lower), (True, program.row_upper)):
            at = program.rows[name].at
            at = at[np.isfinite(value[at])]
            if side in ("", "upper" if above else "lower"):
                goods = unit[at] > 0
                weight = np.where(goods, 1.0 / np.where(goods, unit[at], 1.0), typical)
                add(name, True, at, above, heavy * weight, np.maximum(np.abs(value[at]), largest[at]))
    for key, heavy in bounds.items():
        name, _, side = key.partition(".")
        if name not in program.columns:
            continue
        value = program.upper if side == "upper" else program.lower
        at = program.columns[name].at
        at = at[np.isfinite(value[at]) & ((side == "upper") | (value[at] > 0))]
        weight = np.where(program.quantity[at], 1.0, typical)
        usual_size = np.where(program.quantity[at], typical, 1.0)
        add(key, False, at, side == "upper", heavy * weight, np.where(value[at] == 0, usual_size, np.abs(value[at])))
    if not parts:
        add("", True, np.zeros(0, dtype=np.int64), True, np.zeros(0), np.zeros(0))
    return Facts(*(np.concatenate([getattr(part, name) for part in parts]) for name in Facts.__dataclass_fields__))


@dataclass(frozen=True)
class Stretch:
    """A point of the stretched program.

    Parameters
    ----------
    x : ndarray
        Values of the program's columns.
    amount : ndarray
        Stretch of each fact, in the units of its row or column; 0 where it does not matter.
    total : float
        Weighted sum.
    bound : float
        No point is stretched less, as far as the solver says.
    cost : float
        Money of the point.
    best : bool
        Whether the search ended by itself.
    needed : bool
        Whether something has to give that has a price.
    """

    x: FloatArray
    amount: FloatArray
    total: float
    bound: float
    cost: float
    best: bool
    needed: bool


class Elastic:
    """A program whose facts may be stretched, in the solver.

    Parameters
    ----------
    program : Program
        What cannot be solved.
    facts : Facts
        What may give.
    relaxed : bool
        Leave out that whole numbers are whole.
    """

    def __init__(self, program: Program, facts: Facts, relaxed: bool = False) -> None:
        self.program, self.facts = program, facts
        self.width = len(program.cost)
        self.slack = self.width + np.arange(len(facts))
        self.weight = facts.weight
        self.form = self._form()
        self.mixed = bool(self.form.whole.any()) and not relaxed
        self.solver = Solver(self.form)
        if self.form.whole.any() and relaxed:
            self.solver.whole(False)

    def _form(self) -> Form:
        program, facts, n = self.program, self.facts, len(self.facts)
        lower, upper = program.lower.copy(), program.upper.copy()
        columns = np.nonzero(~facts.is_row)[0]
        below, above = columns[~facts.above[columns]], columns[facts.above[columns]]
        side = np.where(facts.above[columns], upper[facts.position[columns]], lower[facts.position[columns]])
        lower[facts.position[below]] = np.minimum(lower[facts.position[below]], 0.0)
        raised = facts.position[above]
        upper[raised] = np.where(program.whole[raised], upper[raised], np.inf)
        place = np.arange(len(columns)), facts.position[columns]
        bounds = sp.coo_array((np.ones(len(columns)), place), shape=(len(columns), self.width))
        few = len(program.gates) <= _ALL_GATES
        linking = gate_rows(program.gates, self.width) if few else summed_gates(program.gates, self.width)
        matrix = sp.vstack([program.matrix, linking, bounds.tocsc()], format="csc")

        start = matrix.shape[0] - len(columns)
        row = facts.position.copy()
        row[columns] = start + np.arange(len(columns))
        signs = np.where(facts.above, -1.0, 1.0)
        slack = sp.coo_array((signs, (row, np.arange(n))), shape=(matrix.shape[0], n)).tocsc()
        free, none = np.full(linking.shape[0], -np.inf), np.zeros(linking.shape[0])
        at_most = facts.above[columns]
        in_goods = np.zeros(n, dtype=bool)
        in_goods[columns] = program.quantity[facts.position[columns]]
        rows = np.nonzero(facts.is_row)[0]
        goods = (abs(program.matrix) @ program.quantity.astype(np.float64)) > 0
        in_goods[rows] = goods[facts.position[rows]]
        return Form.scaled(
            cost=np.append(np.zeros(self.width), facts.weight),
            lower=np.append(lower, np.zeros(n)),
            upper=np.append(upper, np.full(n, np.inf)),
            whole=np.append(program.whole, np.zeros(n, dtype=bool)),
            quantity=np.append(program.quantity, in_goods),
            matrix=sp.csc_array(sp.hstack([matrix, slack], format="csc")),
            row_lower=np.concatenate([program.row_lower, free, np.where(at_most, -np.inf, side)]),
            row_upper=np.concatenate([program.row_upper, none, np.where(at_most, side, np.inf)]),
        )

    # -- what is asked --------------------------------------------------------------------------------------------

    def price(self, weight: FloatArray) -> None:
        """Let a stretch cost this much per unit, shape (facts,)."""
        self.weight = weight
        scaled = weight * self.form.column_scale[self.slack] * self.form.cost_scale
        self.solver.highs.changeColsCost(len(weight), self.slack.astype(np.int32), scaled)

    def allow(self, upper: FloatArray) -> None:
        """Let each fact be stretched by at most this, shape (facts,)."""
        self.solver.bound_columns(self.slack, np.zeros(len(upper)), upper)

    def least(self, control: Control, phase: str = "diagnosing") -> Stretch | None:
        """Return the point whose stretch costs least; None where time ran out before any was found.

        Raises
        ------
        SolverError
            When the solver says that there is no point even so, or fails.
        """
        run = self.solver.run(replace(control, gap=_GAP), phase)
        if run.x is None and run.outcome in _IMPOSSIBLE:
            raise SolverError("what may not be stretched is infeasible by itself")
        return None if run.x is None else self._stretch(*self._rounded(run, run.x, control))

    def cheapest(self, stretch: Stretch, control: Control) -> Stretch:
        """Return the cheapest point that is stretched no more than another one.

        Parameters
        ----------
        stretch : Stretch
            The point that is stretched least.
        control : Control
            Gap and limits; where they end the search, the best point so far is returned.
        """
        facts, program, scale = self.facts, self.program, self.form.column_scale
        money = _money(program)
        row = sp.csr_array(np.append(np.zeros(self.width), facts.weight)[None, :])
        most = stretch.total * (1 + _GIVE)
        units = float(np.median(scale[self.slack])) if len(facts) else 1.0
        self.solver.add_rows(row, np.array([-np.inf]), np.array([most]), np.array([1.0 / units]))
        everything = np.arange(self.width + len(facts), dtype=np.int32)
        cost = np.append(program.cost * scale[: self.width] / money, np.zeros(len(facts)))
        self.solver.highs.changeColsCost(len(everything), everything, cost)
        self.solver.form = replace(self.form, cost_scale=1.0 / money)
        self.solver.start_from(np.append(stretch.x, stretch.amount))
        run = self.solver.run(control, "costing the repair")
        if run.x is None:
            return replace(stretch, best=False)
        return replace(self._stretch(*self._rounded(run, run.x, control)), bound=stretch.bound)

    def _rounded(self, run: Run, point: FloatArray, control: Control) -> tuple[Run, FloatArray]:
        """Fix the whole numbers where they are and solve what is left exactly, so that no stretch hides in a 1e-7."""
        if not self.mixed:
            return run, point
        whole = np.nonzero(self.form.whole)[0]
        fixed = np.round(point[whole])
        bounds = (self.form.lower * self.form.column_scale)[whole], (self.form.upper * self.form.column_scale)[whole]
        self.solver.whole(False)
        self.solver.bound_columns(whole, fixed, fixed)
        clean = self.solver.run(Control(time_limit=_CLEAN_UP_SECONDS, threads=control.threads), "cleaning up")
        self.solver.whole(True)
        self.solver.bound_columns(whole, *bounds)
        exact = clean.x is not None and clean.outcome is Outcome.SOLVED
        return run, clean.x if exact and clean.x is not None else point

    def _stretch(self, run: Run, point: FloatArray) -> Stretch:
        x, slack = point[: self.width], np.maximum(point[self.width :], 0.0)
        amount = np.where(slack > TOLERANCE * self.facts.size, slack, 0.0)
        priced = self.weight > 0
        return Stretch(
            x=x,
            amount=amount,
            total=float(self.weight @ slack),
            bound=run.bound,
            cost=float(self.program.cost @ x),
            best=run.outcome is Outcome.SOLVED,
            needed=bool((amount[priced] > 0).any()),
        )

    def holding(self, control: Control) -> IntArray | None:
        """Return the facts that the relaxation's prices say clash: those whose side has a price, if anything gives."""
        run = self.solver.run(replace(control, gap=_GAP), "explaining")
        if run.outcome is not Outcome.SOLVED or run.x is None or run.row_dual is None:
            return None
        if not self._stretch(run, run.x).needed:
            return np.zeros(0, dtype=np.int64)
        facts = self.facts
        row = facts.position.copy()
        columns = np.nonzero(~facts.is_row)[0]
        row[columns] = len(run.row_dual) - len(columns) + np.arange(len(columns))
        price = np.where(facts.above, -1.0, 1.0) * run.row_dual[row]
        return np.nonzero(price > 1e-9 * facts.weight)[0]


def has_point(program: Program, control: Control) -> bool | None:
    """Return whether the solver finds a point of the program itself, whatever it costs; None where it cannot tell."""
    few = len(program.gates) <= _ALL_GATES
    form = Form.of(replace(program, cost=np.zeros(len(program.cost))), gates="all" if few else "sum")
    run = Solver(form).run(control, "checking")
    if run.x is not None:
        return True
    return False if run.outcome in _IMPOSSIBLE else None


def _money(program: Program) -> float:
    """Return what to divide costs by, so that a typical one is near 1."""
    some = np.abs(program.cost[program.cost != 0])
    return float(2.0 ** np.round(np.log2(np.median(some)))) if len(some) else 1.0
