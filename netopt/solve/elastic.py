"""A program that may be stretched: which of its facts cannot hold together, and the least that has to give.

A fact is one side of a row, or of a column's bounds. Stretching fact f by s[f] >= 0 costs weight[f] * s[f]:

row + s >= row_lower,   row - s <= row_upper,   x + s >= lower,   x - s <= upper           (units of the row)

The least total stretch is 0 if and only if the program has a point, so "infeasible" need not be taken on the
solver's word: the stretched program always has a point, and its optimum is positive.

References
----------
J. W. Chinneck, Feasibility and Infeasibility in Optimization, Springer 2008: the elastic filter (chapter 6.1) and the
deletion filter (6.2).
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

__all__ = ["Elastic", "Facts", "Stretch", "clash", "facts_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

TOLERANCE = 1e-6
"""Relative to the size of the fact's own side, as everywhere."""

_ALL_GATES = 50_000
_GAP = 1e-6
_CLEAN_UP_SECONDS = 60.0


@dataclass(frozen=True)
class Facts:
    """Sides of rows and of bounds that may be stretched.

    Parameters
    ----------
    block : ndarray of str
        Name of each fact's block of rows or columns, shape (facts,).
    is_row : ndarray of bool
        Whether it is a row; a bound of a column otherwise.
    at : ndarray of int
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
    at: IntArray
    above: BoolArray
    weight: FloatArray
    size: FloatArray

    def __len__(self) -> int:
        return len(self.at)

    def select(self, which: npt.NDArray[np.generic]) -> Facts:
        """Return some of the facts."""
        return Facts(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


def facts_of(program: Program, rows: Mapping[str, float], bounds: Mapping[str, float]) -> Facts:
    """Return the facts in blocks of a program.

    One unit of goods weighs 1, whatever unit the row counts in: a stretch is divided by the row's largest coefficient of
    a quantity. In rows about yes and no, one weighs as much as the typical quantity in the program.

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
        add(name, False, at, side == "upper", heavy * weight, np.maximum(np.abs(value[at]), 1e-3))
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
    """

    x: FloatArray
    amount: FloatArray
    total: float
    bound: float
    cost: float
    best: bool

    @property
    def needed(self) -> bool:
        """Whether something has to give."""
        return bool((self.amount > 0).any())


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
        side = np.where(facts.above[columns], upper[facts.at[columns]], lower[facts.at[columns]])
        lower[facts.at[below]] = np.minimum(lower[facts.at[below]], 0.0)
        upper[facts.at[above]] = np.where(program.whole[facts.at[above]], upper[facts.at[above]], np.inf)
        ones = np.ones(len(columns))
        bounds = sp.coo_array((ones, (np.arange(len(columns)), facts.at[columns])), shape=(len(columns), self.width))
        gates = gate_rows if len(program.gates) <= _ALL_GATES else summed_gates
        linking = gates(program.gates, (len(program.gates), self.width))
        matrix = sp.vstack([program.matrix.tocsr(), linking, bounds.tocsr()], format="csr")

        start = matrix.shape[0] - len(columns)
        row = facts.at.copy()
        row[columns] = start + np.arange(len(columns))
        signs = np.where(facts.above, -1.0, 1.0)
        slack = sp.coo_array((signs, (row, np.arange(n))), shape=(matrix.shape[0], n)).tocsr()
        free, none = np.full(linking.shape[0], -np.inf), np.zeros(linking.shape[0])
        at_most = facts.above[columns]
        in_goods = np.zeros(n, dtype=bool)
        in_goods[columns] = program.quantity[facts.at[columns]]
        rows = np.nonzero(facts.is_row)[0]
        goods = (abs(program.matrix) @ program.quantity.astype(np.float64)) > 0
        in_goods[rows] = goods[facts.at[rows]]
        return Form.scaled(
            cost=np.append(np.zeros(self.width), facts.weight),
            lower=np.append(lower, np.zeros(n)),
            upper=np.append(upper, np.full(n, np.inf)),
            whole=np.append(program.whole, np.zeros(n, dtype=bool)),
            quantity=np.append(program.quantity, in_goods),
            matrix=sp.csr_array(sp.hstack([matrix, slack], format="csr")),
            row_lower=np.concatenate([program.row_lower, free, np.where(at_most, -np.inf, side)]),
            row_upper=np.concatenate([program.row_upper, none, np.where(at_most, side, np.inf)]),
        )

    # -- what is asked --------------------------------------------------------------------------------------------

    def price(self, weight: FloatArray) -> None:
        """Let a stretch cost this much per unit, shape (facts,)."""
        scaled = weight * self.form.column_scale[self.slack] * self.form.cost_scale
        self.solver.highs.changeColsCost(len(weight), self.slack.astype(np.int32), scaled)

    def allow(self, upper: FloatArray) -> None:
        """Let each fact be stretched by at most this, shape (facts,)."""
        self.solver.bound_columns(self.slack, np.zeros(len(upper)), upper)

    def least(self, control: Control, phase: str = "diagnosing") -> Stretch | None:
        """Return the point that is stretched least; None where time ran out before any was found.

        Raises
        ------
        SolverError
            When the solver says that there is no point even so, or fails.
        """
        run = self.solver.run(replace(control, gap=_GAP), phase)
        if run.outcome in (Outcome.INFEASIBLE, Outcome.UNBOUNDED):
            raise SolverError("what may not be stretched is infeasible by itself")
        return None if run.x is None else self._stretch(self._rounded(run, control))

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
        most = stretch.total + TOLERANCE * max(stretch.total, 1e-3)
        units = float(np.median(scale[self.slack])) if len(facts) else 1.0
        self.solver.add_rows(row, np.array([-np.inf]), np.array([most]), np.array([1.0 / units]))
        everything = np.arange(self.width + len(facts), dtype=np.int32)
        cost = np.append(program.cost * scale[: self.width] / money, np.zeros(len(facts)))
        self.solver.highs.changeColsCost(len(everything), everything, cost)
        self.solver.start_from(np.append(stretch.x, stretch.amount))
        run = self.solver.run(control, "costing the repair")
        if run.x is None:
            return replace(stretch, best=False)
        return self._stretch(self._rounded(run, control))

    def _rounded(self, run: Run, control: Control) -> Run:
        """Fix the whole numbers where they are and solve what is left exactly, so that no stretch hides in a 1e-7."""
        if not self.mixed or run.x is None:
            return run
        whole = np.nonzero(self.form.whole)[0]
        fixed = np.round(run.x[whole])
        bounds = (self.form.lower * self.form.column_scale)[whole], (self.form.upper * self.form.column_scale)[whole]
        self.solver.whole(False)
        self.solver.bound_columns(whole, fixed, fixed)
        clean = self.solver.run(Control(time_limit=_CLEAN_UP_SECONDS, threads=control.threads), "cleaning up")
        self.solver.whole(True)
        self.solver.bound_columns(whole, *bounds)
        if clean.x is None or clean.outcome is not Outcome.SOLVED:
            return run
        return replace(clean, bound=run.bound, outcome=run.outcome)

    def _stretch(self, run: Run) -> Stretch:
        assert run.x is not None
        x, slack = run.x[: self.width], np.maximum(run.x[self.width :], 0.0)
        amount = np.where(slack > TOLERANCE * self.facts.size, slack, 0.0)
        return Stretch(
            x=x,
            amount=amount,
            total=float(self.facts.weight @ amount),
            bound=run.bound,
            cost=float(self.program.cost @ x),
            best=run.outcome is Outcome.SOLVED,
        )

    def holding(self, control: Control) -> IntArray | None:
        """Return the facts that the relaxation's prices say clash: those whose side has a price, if anything gives."""
        run = self.solver.run(replace(control, gap=_GAP), "explaining")
        if run.outcome is not Outcome.SOLVED or run.x is None or run.row_dual is None:
            return None
        if not self._stretch(run).needed:
            return np.zeros(0, dtype=np.int64)
        facts = self.facts
        row = facts.at.copy()
        columns = np.nonzero(~facts.is_row)[0]
        row[columns] = len(run.row_dual) - len(columns) + np.arange(len(columns))
        price = np.where(facts.above, -1.0, 1.0) * run.row_dual[row]
        return np.nonzero(price > 1e-9 * facts.weight)[0]


def clash(program: Program, facts: Facts, control: Control, candidates: IntArray | None = None) -> IntArray | None:
    """Return facts that cannot hold together with the rest of the program, none of which can be left out.

    HiGHS' own ``getIis`` is not asked: it knows only of the linear program, and what it drops from the rows that may
    not be stretched makes its set of facts irreducible for another program than this one.

    Parameters
    ----------
    program : Program
        What cannot be solved.
    facts : Facts
        What may give.
    control : Control
        Time limit; where it ends the search, the set still clashes but may not be the smallest.
    candidates : ndarray of int, optional
        Facts to look among, when they are known to clash.

    Returns
    -------
    ndarray of int or None
        Positions of facts; None where no clash was found in time.
    """
    elastic = Elastic(program, facts, relaxed=True)
    found = elastic.holding(control)
    if found is not None and len(found):
        return _deleted(elastic, found, control)
    if found is None or not program.whole.any():
        return None
    elastic = Elastic(program, facts)
    hard = _hardened(elastic, control) if candidates is None else candidates
    return None if hard is None else _deleted(elastic, hard, control)


def _hardened(elastic: Elastic, control: Control) -> IntArray | None:
    """Forbid what was stretched, again and again, until nothing else can give: what was forbidden clashes."""
    upper = np.full(len(elastic.facts), np.inf)
    while not _over(control):
        elastic.allow(upper)
        try:
            point = elastic.least(control, "explaining")
        except SolverError:
            return np.nonzero(upper == 0)[0]
        if point is None or not point.needed:
            return None
        upper[point.amount > 0] = 0.0
    return None


def _deleted(elastic: Elastic, found: IntArray, control: Control) -> IntArray:
    """Leave out whole blocks, then ever smaller parts of what is left, as long as the rest still clashes."""
    facts = elastic.facts
    elastic.allow(np.full(len(facts), np.inf))
    kept = found
    waiting = [kept[facts.block[kept] == name] for name in dict.fromkeys(facts.block[kept])]
    while waiting and not _over(control):
        part = waiting.pop()
        part = part[np.isin(part, kept)]
        rest = kept[~np.isin(kept, part)]
        if not len(part) or not len(rest):
            smaller = None
        else:
            smaller = _still_clashing(elastic, rest, control)
        if smaller is not None:
            kept = smaller
        elif len(part) > 1:
            half = len(part) // 2
            waiting += [part[:half], part[half:]]
    return kept


def _still_clashing(elastic: Elastic, rest: IntArray, control: Control) -> IntArray | None:
    """Return what of some facts clashes when the others may give for nothing; None where they can hold, or may."""
    facts = elastic.facts
    weight = np.zeros(len(facts))
    weight[rest] = facts.weight[rest]
    elastic.price(weight)
    if not elastic.mixed:
        found = elastic.holding(control)
        return None if found is None or not len(found) else np.intersect1d(found, rest)
    try:
        point = elastic.least(control, "explaining")
    except SolverError:
        return None
    if point is None or not (point.amount[rest] > 0).any() or not point.bound > 0:
        return None
    return rest


def _over(control: Control) -> bool:
    return control.stop.is_set() or (control.time_limit is not None and control.seconds >= control.time_limit)


def _money(program: Program) -> float:
    """Return what to divide costs by, so that a typical one is near 1."""
    some = np.abs(program.cost[program.cost != 0])
    return float(2.0 ** np.round(np.log2(np.median(some)))) if len(some) else 1.0
