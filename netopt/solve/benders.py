"""Benders' decomposition: what is decided once in a small program of its own, each case in another one.

minimise  sum_s weight_s * t_s   over the decisions y that the cases share                       (money)
t_s >= constant + price @ y      from the duals of case s, counted by `netopt.solve.bound`: valid whatever the duals
t_s >= b - (b - floor_s) * d(y)  where b is proved of case s at y' and d counts the choices in which y differs from y'
0 >= constant + price @ y        from a ray that proves case s infeasible at some y

The first kind comes from relaxations, at points between the last ones (Magnanti and Wong 1981; Fischetti, Ljubic and
Sinnl 2016), so that whole vehicles and lanes in a case leave a gap, which the second kind closes one choice at a time
(Laporte and Louveaux 1993). Plans are exact: every case solved with the decisions fixed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.formulation import Program
from netopt.formulation.stacked import FirstStage, first_stage, narrowed
from netopt.solve.bound import Duals, Ledger
from netopt.solve.control import Control, gap_between, interruptible
from netopt.solve.cuts import Dicuts
from netopt.solve.exact import solve_program
from netopt.solve.form import Form
from netopt.solve.highs import Outcome, Run, Solver
from netopt.solve.instance import guest
from netopt.solve.relaxation import Relaxation
from netopt.solve.screen import first_columns, screen

__all__ = ["Decomposed", "decomposed"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_ROUNDS = 200
_TOWARDS, _FOLLOW = 0.3, 0.1
"""How far from the core to the last decisions cuts are made, and how far the core follows."""

_STALLED = 1e-5
_CONTINUOUS_SHARE = 0.4
"""Of the time, for cuts before any decision is made whole."""

_PART_OF_GAP = 0.25
"""Of the asked gap, for each case and for the decisions: what they leave open adds up."""

_SIZE = 1e3
"""What the typical cost of a case is brought to in the program of decisions."""


@dataclass(frozen=True)
class Decomposed:
    """What the decomposition came to.

    Parameters
    ----------
    status : {'optimal', 'feasible', 'infeasible', 'interrupted'}
        As of `netopt.solve.Answer`.
    x : ndarray or None
        Values by the columns of the first program, where they are decided once; zero elsewhere.
    cost, bound : float
        Expected, money.
    rounds : int
        Decisions that were tried.
    """

    status: str
    x: FloatArray | None
    cost: float
    bound: float
    rounds: int


def decomposed(
    programs: Sequence[Program],
    weights: Sequence[float],
    control: Control,
    start: Sequence[FloatArray] = (),
    floors: Sequence[float] | None = None,
    told: Callable[[str], None] | None = None,
    *,
    search: bool = True,
) -> Decomposed:
    """Find the decisions with the least expected cost.

    Parameters
    ----------
    programs : sequence of Program
        Of the cases.
    weights : sequence of float
        Their probabilities, above 0.
    control : Control
        Gap and limits of the whole.
    start : sequence of ndarray
        Decisions to try first, by the columns of the first program.
    floors : sequence of float, optional
        What each case is known to cost at least, whatever is decided, money.
    told : callable, optional
        Hears where it stands.
    search : bool
        Whether to go on beyond `start`, of which at least one and the floors are then needed.
    """
    with interruptible(control), guest():
        return _Search(programs, weights, control, floors, told or (lambda _words: None)).run(start, search)


class _Case:
    """One case: its relaxation for cuts, and itself for plans."""

    def __init__(self, program: Program, at: IntArray, control: Control) -> None:
        self.program, self.at, self.control = program, at, control
        self.ledger = Ledger(program)
        self.dicuts = Dicuts(self.ledger)
        self.relaxation = Relaxation(self.ledger, control, first_columns(self.dicuts))

    def cut(self, y: FloatArray | None, seconds: float) -> tuple[str, float, FloatArray] | None:
        """Return ``cost`` or ``possible``, the constant and the prices of a cut at decisions, free ones for None."""
        program, at = self.program, self.at
        low, high = (program.lower[at], program.upper[at]) if y is None else (y, y)
        self.relaxation.fix(at, low, high)
        found = screen(self.relaxation, self.dicuts, self.control, seconds, lambda _bound: None)
        if found is not None:
            return "cost", *self.ledger.affine(found.best.duals, at)
        return None if y is None else self._impossible(y)

    def _impossible(self, y: FloatArray) -> tuple[str, float, FloatArray] | None:
        """Return the cut that a ray gives, None where it proves nothing."""
        ray = self.relaxation.ray()
        if ray is None:
            return None
        free = Ledger(replace(self.program, cost=np.zeros(len(self.program.cost))))
        free.cuts[:] = self.ledger.cuts
        for step in (1.0, -1.0):  # HiGHS does not say which way its rays point
            duals = free.short(self._along(ray, step))
            constant, price = free.affine(duals, self.at)
            if constant + price @ y > 1e-6 * max(1.0, abs(constant)):
                size = max(float(np.abs(price).max(initial=0.0)), abs(constant))
                return "possible", constant / size, price / size
        return None

    def _along(self, ray: FloatArray, step: float) -> Duals:
        return self.relaxation.along(self.ledger.no_duals(), ray, step)

    def solve(self, columns: IntArray, values: FloatArray, control: Control) -> tuple[float, float]:
        """Return what the case costs with choices fixed, and at least; infinite both where there is no plan."""
        answer = solve_program(narrowed(self.program, columns, values), control)
        if answer.status == "infeasible":
            return np.inf, np.inf
        return answer.cost, answer.bound


class _Search:
    def __init__(
        self,
        programs: Sequence[Program],
        weights: Sequence[float],
        control: Control,
        floors: Sequence[float] | None,
        told: Callable[[str], None],
    ) -> None:
        self.weights, self.control, self.told = np.asarray(weights), control, told
        self.first: FirstStage = first_stage(programs)
        first = self.first
        self.choice = np.nonzero(first.whole & (first.lower >= 0) & (first.upper <= 1))[0]
        kept = [np.isin(to, self.choice) for to in first.to]  # what else is decided once follows from the choices
        self.at = [at[here] for at, here in zip(first.at, kept, strict=True)]
        self.to = [to[here] for to, here in zip(first.to, kept, strict=True)]
        self.cases = [_Case(program, at, control) for program, at in zip(programs, self.at, strict=True)]
        self.floor = np.full(len(programs), -np.inf) if floors is None else np.asarray(floors, dtype=np.float64)
        self.bound, self.cost = -np.inf, np.inf
        self.best: FloatArray | None = None
        self.core: FloatArray | None = None
        self.tried: set[bytes] = set()
        self._rows: list[tuple[FloatArray, FloatArray, float]] = []  # of the decisions, of the costs, at least

    # -- the phases ---------------------------------------------------------------------------------------------------

    def run(self, start: Sequence[FloatArray], search: bool) -> Decomposed:
        """Cut with continuous decisions, then decide, until the gap is closed or time is over."""
        known = bool(np.isfinite(self.floor).all())
        if not known:
            self._begin()
        if not np.isfinite(self.floor).all():
            return self._answer()  # a relaxation without an optimum: nothing to stand on
        self._raise(float(self.weights @ self.floor))
        self._try_all(start)
        if not search or self._over():
            return self._answer()
        if known:
            self._begin()
        self._climb()
        while not self._over():
            found = self._decide(whole=True)
            if found is None:
                break
            decided, bound = found
            self._raise(bound)
            if decided is None or self._over():
                break
            self._cut_all(decided, decided)
            self._cut_all(self._between(decided), decided)
            if not self._try(decided):
                break  # all that is known of these decisions is in the cuts; what is left is the cases' own gap
        return self._answer()

    def _begin(self) -> None:
        """Add the cuts of the cases alone, and what they cost at least."""
        for at in range(len(self.cases)):
            self._cut(at, None)
        if np.isfinite(self.floor).all():
            self._raise(float(self.weights @ self.floor))

    def _try_all(self, start: Sequence[FloatArray]) -> None:
        """Try decisions that may be good; cuts begin near their mean."""
        decisions = np.zeros((len(start), len(self.first.lower)))
        for y, x in zip(decisions, start, strict=True):
            y[self.to[0]] = x[self.at[0]]
            if not self._over():
                self._try(y)
        if len(start):
            self.core = decisions.mean(axis=0)

    def _climb(self) -> None:
        """Add cuts at points between the decisions of the relaxation and earlier ones."""
        remaining = self.control.remaining
        until = np.inf if remaining is None else self.control.seconds + _CONTINUOUS_SHARE * remaining
        for _ in range(_ROUNDS):
            found = self._decide(whole=False)
            if found is None or self._over() or self.control.seconds > until:
                return
            y, bound = found
            self._raise(bound)
            if y is None:
                return
            if not self._cut_all(self._between(y), y) and not self._cut_all(y, y):
                return

    def _between(self, y: FloatArray) -> FloatArray:
        """Return a point between the core and decisions, to which the core then moves a little."""
        core = y if self.core is None else self.core
        self.core = (1 - _FOLLOW) * core + _FOLLOW * y
        return (1 - _TOWARDS) * core + _TOWARDS * y

    def _value(self, y: FloatArray) -> float:
        """Return what the cuts say of the expected cost at decisions."""
        cost = self.floor.copy()
        for decided, of_costs, least in self._rows:
            case = np.nonzero(of_costs)[0]
            if len(case):
                cost[case[0]] = max(cost[case[0]], least - float(decided @ y))
        return float(self.weights @ cost)

    # -- cuts ---------------------------------------------------------------------------------------------------------

    def _cut_all(self, point: FloatArray, y: FloatArray) -> bool:
        """Add the cuts of all cases at a point; return whether they say more than was known of some decisions."""
        known = self._value(y)
        ruled_out = [self._cut(at, point) for at in range(len(self.cases))]
        return any(ruled_out) or self._value(y) > known + _STALLED * abs(known)

    def _cut(self, at: int, y: FloatArray | None) -> bool:
        """Add the cut of a case at decisions; return whether it rules them out."""
        case, to = self.cases[at], self.to[at]
        remaining = self.control.remaining
        found = case.cut(None if y is None else y[to], np.inf if remaining is None else remaining)
        if found is None or not np.isfinite(found[1]):
            return False
        kind, constant, price = found
        decided, costs = np.zeros(len(self.first.lower)), np.zeros(len(self.cases))
        np.subtract.at(decided, to, price)
        if kind == "cost":
            costs[at] = 1.0
            worst = np.where(price < 0, price * self.first.upper[to], price * self.first.lower[to])
            self.floor[at] = max(self.floor[at], constant + float(worst.sum()))
        self._rows.append((decided, costs, constant))
        return kind == "possible"

    def _try(self, y: FloatArray) -> bool:
        """Solve every case with choices fixed; return whether that had not been done."""
        name = self._name(y)
        if name in self.tried:
            return False
        self.tried.add(name)
        values = np.round(y[self.choice])
        total, proved, part = 0.0, 0.0, _PART_OF_GAP * self.control.gap
        for at, case in enumerate(self.cases):
            if self._late():
                return True
            limit = np.inf if self.control.remaining is None else self.control.remaining
            own = replace(self.control.part(limit, part), threads=self.control.threads)
            cost, bound = case.solve(case.at, np.round(y[self.to[at]]), own)
            total, proved = total + self.weights[at] * cost, proved + self.weights[at] * bound
            self._near(at, values, bound)
            if not np.isfinite(cost):
                return True
            if proved + float(self.weights[at + 1 :] @ self.floor[at + 1 :]) >= self.cost:
                self._near(at, values, np.inf)  # whatever the other cases cost, these decisions are no better
                return True
        if total < self.cost:
            self.cost, self.best = total, y.copy()
            self.best[self.choice] = values
            self.told(f"expected cost at most {total:,.0f}, at least {min(self.bound, total):,.0f}")
        return True

    def _near(self, at: int, values: FloatArray, bound: float) -> None:
        """Add what is proved of a case at choices, and so of choices near them."""
        sign = np.where(values > 0.5, -1.0, 1.0)  # each choice that is made otherwise counts one
        differs, ones = np.zeros(len(self.first.lower)), float((values > 0.5).sum())
        differs[self.choice] = sign
        none = np.zeros(len(self.cases))
        if bound == np.inf:
            self._rows.append((differs, none, 1.0 - ones))
        elif np.isfinite(bound) and bound > self.floor[at]:
            drop, none[at] = bound - self.floor[at], 1.0
            self._rows.append((drop * differs, none, bound - drop * ones))

    # -- the program of decisions -------------------------------------------------------------------------------------

    def _decide(self, *, whole: bool) -> tuple[FloatArray | None, float] | None:
        """Return decisions that the cuts allow and what they prove; None where there are no decisions at all."""
        first, n = self.first, len(self.cases)
        size = max(1.0, float(np.abs(self.floor).max())) / _SIZE
        rows = [(d / s, c * (size / s), least / s) for d, c, least in self._rows for s in (self._scale(d, c, size),)]
        own = sp.hstack([first.matrix, sp.csr_array((first.matrix.shape[0], n))])
        cuts = sp.csr_array(np.array([np.append(d, c) for d, c, _ in rows]).reshape(len(rows), len(first.lower) + n))
        form = Form(
            cost=np.append(np.zeros(len(first.lower)), self.weights),
            lower=np.append(first.lower, self.floor / size),
            upper=np.append(first.upper, np.full(n, np.inf)),
            whole=np.append(first.whole & whole, np.zeros(n, dtype=bool)),
            matrix=sp.csc_array(sp.vstack([own, cuts])),
            row_lower=np.append(first.row_lower, [least for _d, _c, least in rows]),
            row_upper=np.append(first.row_upper, np.full(len(rows), np.inf)),
            column_scale=np.ones(len(first.lower) + n),
            row_scale=np.ones(first.matrix.shape[0] + len(rows)),
            cost_scale=1.0,
        )
        run = self._solved(form)
        if run.outcome is Outcome.INFEASIBLE:
            if whole and self._solved(form, again=True).outcome is Outcome.INFEASIBLE:
                self._raise(self.cost)  # nothing is left beside what was tried
            return None
        if run.x is None:  # cuts too far apart in size for the solver to be sure of
            return None, -np.inf
        return run.x[: len(first.lower)], run.bound * size

    def _solved(self, form: Form, *, again: bool = False) -> Run:
        """Solve the program of decisions, once more without presolve and with another seed to be sure."""
        solver, control = Solver(form), replace(self.control, gap=_PART_OF_GAP * self.control.gap, progress=None)
        if again:
            solver.option("presolve", "off")
        return solver.run(replace(control, seed=control.seed + again), "deciding")

    @staticmethod
    def _scale(decided: FloatArray, costs: FloatArray, size: float) -> float:
        return size if costs.any() else max(1.0, float(np.abs(decided).max(initial=0.0)))

    # -- what is known ------------------------------------------------------------------------------------------------

    def _name(self, y: FloatArray) -> bytes:
        return np.round(y[self.choice]).astype(np.int8).tobytes()

    def _raise(self, bound: float) -> None:
        self.bound = max(self.bound, bound)

    def _late(self) -> bool:
        control = self.control
        return control.stop.is_set() or (control.time_limit is not None and control.seconds >= control.time_limit)

    def _over(self) -> bool:
        return self._late() or gap_between(self.cost, min(self.bound, self.cost)) <= self.control.gap

    def _answer(self) -> Decomposed:
        rounds, bound = len(self.tried), min(self.bound, self.cost)
        if self.best is None:
            ended = self.bound == np.inf and not self._late()
            return Decomposed("infeasible" if ended else "interrupted", None, np.inf, bound, rounds)
        x = np.zeros(len(self.cases[0].program.cost))
        x[self.at[0]] = self.best[self.to[0]]
        status = "optimal" if gap_between(self.cost, bound) <= self.control.gap else "feasible"
        if self.control.stop.is_set():
            status = "interrupted"
        return Decomposed(status, x, self.cost, bound, rounds)
