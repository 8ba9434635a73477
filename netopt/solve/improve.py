"""Plans from a relaxation: few sites and few lanes make a small mixed program, which HiGHS solves.

A relaxation this strong leaves few openers in doubt. Those are decided, the others rounded; then those in which the
best plan and a relaxed point differ are decided again, the others held. (Relaxation enforced neighbourhoods: Berthold
2014, doi:10.1007/s10732-013-9238-3; relaxation induced ones: Danna, Rothberg and Le Pape 2005,
doi:10.1007/s10107-004-0518-7.)

Whatever HiGHS finds, the whole columns are held and the flows solved exactly over all columns: that is the plan.
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from netopt.solve.control import Control
from netopt.solve.cuts import Dicuts
from netopt.solve.form import Form
from netopt.solve.highs import Outcome, Run, Solver
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.simplex import Verdict
from netopt.solve.sums import members_of, sums_of

__all__ = ["Improver"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_ROUNDS = 30
_FEW_ROUNDS = 6
_NEAREST = 8
_CLOSE, _ROUGHLY = 1e-7, 3e-3
_FRACTION = 1e-6
_OPENED = ((0.02, 0.5), (0.1, 0.3), (0.3, 0.15), (1.0, 0.05), (np.inf, 1e-6))
"""How many more to open than a relaxed point does; and where nothing counts them, the part from which one opens."""

_TRACE = 1e-6
_SPARED, _RARE = 2.0, 0.01
_LAST, _ONWARD = 4, 12
_STRONG = 15_000
"""Above this many rows a small program has a row an opener in place of its gates: the search needs many relaxations."""


class Improver:
    """Finds plans.

    Parameters
    ----------
    relaxation : Relaxation
        Tells which columns and rows matter.
    control : Control
        Gap, seed and when to stop.
    dicuts : Dicuts, optional
        Knows where columns end.
    """

    def __init__(self, relaxation: Relaxation, control: Control, dicuts: Dicuts | None = None) -> None:
        self.relaxation, self.control = relaxation, control
        self.dicuts = Dicuts(relaxation.ledger) if dicuts is None else dicuts
        program = relaxation.program
        counted = np.zeros(len(program.cost), dtype=bool)
        counted[sums_of(program)] = True
        self.whole = np.nonzero(program.whole & ~counted)[0]  # what is counted decides the sums
        self._single = np.bincount(program.gates.opener, minlength=len(program.cost))[self.whole] == 1
        self.best: Point | None = None
        self._ended = False  # whether the last small program was solved: then the best plan shortens the next one
        self._price: FloatArray | None = None

    def heed(self, price: FloatArray) -> None:
        """Look among the columns that a bound prices lowest from now on.

        Parameters
        ----------
        price : ndarray
            As in `Bound.price`, shape (columns,).
        """
        self._price = price

    @property
    def cost(self) -> float:
        """Of the best plan, infinite without one."""
        return np.inf if self.best is None else self.best.cost

    @property
    def values(self) -> FloatArray | None:
        """Of the best plan, shape (columns,)."""
        return None if self.best is None else self.best.x

    @cached_property
    def _flows(self) -> Relaxation:
        kept = np.zeros(len(self.relaxation.program.cost), dtype=bool)
        kept[self.relaxation.kept] = True
        return Relaxation(self.relaxation.ledger, self.control, kept, linked=False)

    # -- exact flows for given whole columns --------------------------------------------------------------------------

    def completed(self, choice: FloatArray, *, rough: bool = False, seconds: float | None = None) -> Point | None:
        """Return the cheapest point over all columns with the whole columns held; None where there is none.

        Gates of what is open are left out, and so are columns behind what is closed; a gate that is broken all the
        same, which only a script's own rows can bring about, is put back.

        Parameters
        ----------
        choice : ndarray
            The whole columns, shape (whole columns,).
        rough : bool
            Nearly the cheapest is enough, but openers that nothing needs are shut.
        seconds : float, optional
            For each linear program; None where one takes longer.
        """
        flows, program = self._flows, self.relaxation.program
        rounds, close = (_FEW_ROUNDS, _ROUGHLY) if rough else (_ROUNDS, _CLOSE)
        closed = np.zeros(len(program.cost), dtype=bool)
        closed[self.whole] = choice <= 0
        shut = np.zeros(len(program.cost), dtype=bool)
        shut[program.gates.column[closed[program.gates.opener]]] = True
        upper = np.where(shut, np.minimum(program.upper, 0.0), program.upper)
        lower = program.lower.copy()
        lower[self.whole] = upper[self.whole] = choice
        changed = np.nonzero((lower != flows.lower) | (upper != flows.upper))[0]
        flows.fix(changed, lower[changed], upper[changed])
        flows.add_columns(np.nonzero((flows.position < 0) & (self.relaxation.position >= 0))[0])
        added = rough and self._add_nearest()
        point = None
        for turn in range(rounds):
            verdict, found = flows.run(seconds=seconds)
            nearest = turn == 0 and not added
            if verdict is Verdict.INFEASIBLE and ((nearest and self._add_nearest()) or flows.price_infeasible()):
                continue
            if verdict is not Verdict.OPTIMAL or found is None:
                break
            bound = flows.bound(found)
            gates = flows.broken_gates(found.x)
            point = point if len(gates) else found
            near = found.cost - bound.value <= close * abs(found.cost)
            columns = np.zeros(0, dtype=np.int64) if near else flows.asked_for(bound, found.x)
            if not len(columns) and not len(gates):
                break
            flows.add_gates(gates)
            flows.add_columns(columns)
        if point is not None and point.cost < self.cost:
            self.take(point)
        if rough and point is not None:
            idle = self._idle(point.x)
            if idle.any():
                return self.completed(np.where(idle, program.lower[self.whole], choice), seconds=seconds) or point
        return point

    def take(self, point: Point) -> None:
        """Take a point for the best plan."""
        self.best = point
        used = np.nonzero((point.x != 0) & (self.relaxation.position < 0))[0]
        self.relaxation.add_columns(used)  # small programs are over what the relaxation keeps

    def _idle(self, x: FloatArray) -> BoolArray:
        """Return which whole columns are openers that cost something though nothing flows, shape (whole columns,)."""
        program, gates = self.relaxation.program, self.relaxation.program.gates
        serves = np.zeros(len(x), dtype=bool)
        serves[gates.opener] = True
        serves[gates.opener[x[gates.column] > _TRACE]] = False
        idle: BoolArray = serves & (program.cost > 0) & (x > program.lower)
        return idle[self.whole]

    def _add_nearest(self) -> bool:
        """Add the cheapest columns into every row from what is open; return whether there were any to add."""
        flows, program = self._flows, self.relaxation.program
        into = np.nonzero((self.dicuts.head >= 0) & (flows.upper > 0))[0]
        price = program.cost if self._price is None else self._price
        near = self.dicuts.nearest(into, price, _NEAREST)
        near = near[flows.position[near] < 0]
        flows.add_columns(near)
        return len(near) > 0

    # -- small mixed programs -----------------------------------------------------------------------------------------

    def small(
        self, lower: FloatArray, upper: FloatArray, whole: BoolArray, seconds: float, gap: float, *, strong: bool = True
    ) -> Run | None:
        """Solve the mixed program over what the relaxation keeps.

        Parameters
        ----------
        lower, upper : ndarray
            Of the whole columns.
        whole : ndarray of bool
            Which of them have to be whole numbers.
        seconds, gap : float
            When to stop.
        strong : bool
            With the gates that the relaxation has, unless there are too many.

        Returns
        -------
        Run or None
            With values by the columns of the program; None without a plan.
        """
        form, columns = self._form(lower, upper, whole, strong)
        if not len(columns):
            return None
        solver = Solver(form)
        solver.option("mip_heuristic_effort", 0.15)
        best = self._within(lower, upper)
        if best is not None and self._ended:
            solver.start_from(best.x[columns])
        run = solver.run(self.control.part(seconds, gap), "improving")
        self._ended = run.outcome is Outcome.SOLVED
        if run.x is None:
            return run if run.outcome is Outcome.INFEASIBLE else None
        x = np.zeros(len(self.relaxation.program.cost))
        x[columns] = run.x
        return replace(run, x=x)

    def _within(self, lower: FloatArray, upper: FloatArray) -> Point | None:
        """Return the best plan if it keeps bounds of the whole columns."""
        if self.best is None:
            return None
        choice = np.round(self.best.x[self.whole])
        return self.best if ((choice >= lower) & (choice <= upper)).all() else None

    def _form(self, lower: FloatArray, upper: FloatArray, whole: BoolArray, strong: bool) -> tuple[Form, IntArray]:
        """Return the mixed program over kept columns whose openers may be open, with the rows the relaxation has."""
        relaxation, program = self.relaxation, self.relaxation.program
        low, high = program.lower.copy(), program.upper.copy()
        low[self.whole], high[self.whole] = lower, upper
        dead = high <= 0
        closed = np.zeros(len(high), dtype=bool)
        closed[program.gates.column[dead[program.gates.opener]]] = True
        kept = relaxation.kept[~closed[relaxation.kept] & ~(dead[relaxation.kept] & (low[relaxation.kept] >= 0))]
        kept = self._kernel(kept)
        extra = relaxation.extra_rows()
        if not strong or extra.shape[0] + len(program.row_lower) > _STRONG:
            extra = extra[np.nonzero(relaxation.weak_rows())[0]]
        mixed = np.zeros(len(high), dtype=bool)
        mixed[self.whole[whole]] = True
        return relaxation.mixed(kept, low, high, mixed, extra), kept

    def _kernel(self, columns: IntArray) -> IntArray:
        """Return columns without the dear ones of those that may as well be zero.

        For every row some of those that end there are left, and what the best plan uses.
        """
        program, price = self.relaxation.program, self._price
        if price is None:
            return columns
        optional = ~program.whole[columns] & (program.lower[columns] == 0) & (self.dicuts.head[columns] >= 0)
        if self.best is not None:
            optional &= self.best.x[columns] == 0
        dear = np.zeros(len(price), dtype=bool)
        at = columns[optional]
        dear[at] = True
        last = np.zeros(len(price), dtype=bool)
        last[self.dicuts.last()] = True
        for part, count in ((at[last[at]], _LAST), (at[~last[at]], _ONWARD)):
            dear[self.dicuts.nearest(part, price, count)] = False
        choices = self.relaxation.ledger.choices
        dear[choices.column[dear[choices.flow]]] = True
        return columns[~dear[columns]]

    def decided(self, which: BoolArray, seconds: float, gap: float) -> FloatArray | None:
        """Return a point in which some whole columns are whole numbers, None where none was found in time.

        Parameters
        ----------
        which : ndarray of bool
            Of the whole columns.
        seconds, gap : float
            When to stop.
        """
        program = self.relaxation.program
        run = self.small(program.lower[self.whole], program.upper[self.whole], which, seconds, gap, strong=False)
        if run is None or run.x is None:
            return None
        x = run.x.copy()
        x[self.whole[which]] = np.round(x[self.whole[which]])
        return x

    # -- where to look ------------------------------------------------------------------------------------------------

    def rounded(self, y: FloatArray, doubt: float, seconds: float, gap: float) -> Point | None:
        """Decide the whole columns that a relaxed point leaves in doubt; the others are rounded.

        Parameters
        ----------
        y : ndarray
            Of the whole columns.
        doubt : float
            From 0 to 0.5: what is within it of a whole number is rounded, if it is a choice of several flows.
        seconds, gap : float
            When to stop.
        """
        program = self.relaxation.program
        lower, upper = program.lower[self.whole], program.upper[self.whole]
        near = (np.abs(y - np.round(y)) <= doubt) & ~self._single
        held = np.clip(np.round(y), lower, upper)
        return self._decided(np.where(near, held, lower), np.where(near, held, upper), seconds, gap)

    def opened(self, x: FloatArray) -> Point | None:
        """Open as many as a relaxed point opens altogether, the most used ones first; where that fails, some more.

        Parameters
        ----------
        x : ndarray
            The relaxed point, shape (columns,).
        """
        program = self.relaxation.program
        counted = members_of(program)
        for spare, least in _OPENED:
            choice = np.floor(x + 1 - least)
            for _, total, members in counted:
                order = members[np.argsort(-x[members], kind="stable")]
                most = x[total] * (1 + spare) if x[total] > 0 else spare
                count = max(0, math.ceil(min(most - _FRACTION, len(order))))
                choice[order[:count]], choice[order[count:]] = 1.0, 0.0
            choice = np.clip(choice, program.lower, program.upper)
            point = self.completed(choice[self.whole], rough=True)
            if point is not None:
                return point
        return None

    def repaired(
        self, choice: FloatArray, x: FloatArray, relaxed: FloatArray, *, seconds: float = np.inf
    ) -> Point | None:
        """Open what flows need besides choices made; it costs the more the less a relaxed point opens it.

        Parameters
        ----------
        choice : ndarray
            The whole columns; what they open is at hand for nothing, shape (whole columns,).
        x, relaxed : ndarray
            The point that led to the choices, and one before any choice, shape (columns,).
        seconds : float
            For all linear programs together.
        """
        program, gates, whole = self.relaxation.program, self.relaxation.program.gates, self.whole
        price = program.cost if self._price is None else self._price
        used = (x > _TRACE) | (relaxed > _TRACE)
        some = min(int(_SPARED * used.sum()), len(price) - 1)
        kept = used | (price <= np.partition(price, some)[some]) | program.whole | (program.lower > 0)
        flows = Relaxation(self.relaxation.ledger, self.control, self.relaxation.ledger.choices.with_flows(kept))
        lower = np.maximum(program.lower[whole], choice)
        flows.fix(whole, lower, program.upper[whole])
        part = np.maximum(relaxed[whole], _RARE)
        flows.charge(whole, np.where(lower > 0, 0.0, np.maximum(program.cost[whole], 0.0) / part))
        until = self.control.seconds + seconds
        for _ in range(_ROUNDS):
            verdict, found = flows.run(seconds=max(until - self.control.seconds, 0.0))
            if verdict is Verdict.INFEASIBLE and flows.price_infeasible():
                continue
            if verdict is not Verdict.OPTIMAL or found is None:
                return None
            opened = np.zeros(len(x), dtype=bool)
            opened[gates.opener[found.x[gates.column] > _TRACE]] = True
            self.relaxation.add_columns(np.nonzero((found.x != 0) & (self.relaxation.position < 0))[0])
            needed = np.where(opened[whole], 1.0, np.ceil(found.x[whole] - _TRACE))  # such as vehicles
            opens = np.isin(whole, gates.opener) & ~opened[whole]
            return self.completed(np.where(opens, lower, np.maximum(lower, needed)), rough=True)
        return None

    def around(self, y: FloatArray, differ: float, seconds: float, gap: float) -> Point | None:
        """Decide again where the best plan and a relaxed point differ by more than ``differ``, holding the rest."""
        if self.best is None:
            return None
        program = self.relaxation.program
        best = np.round(self.best.x[self.whole])
        free = np.abs(y - best) > differ
        lower = np.where(free, program.lower[self.whole], best)
        upper = np.where(free, program.upper[self.whole], best)
        return self._decided(lower, upper, seconds, gap)

    def _decided(self, lower: FloatArray, upper: FloatArray, seconds: float, gap: float) -> Point | None:
        if (lower == upper).all():
            return self.completed(lower)
        run = self.small(lower, upper, np.ones(len(self.whole), dtype=bool), seconds, gap)
        if run is None or run.x is None:
            return None
        return self.completed(np.round(run.x[self.whole]))
