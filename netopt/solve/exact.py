"""From a program to a proved point: by our own search over its relaxation, and where that does not close, by HiGHS.

What HiGHS gets is the exact mixed-integer program, as a Pyomo model where it is small or a script has amended it, with
the best plan so far as its start; then its choices are fixed and the rest is solved again.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from netopt.errors import SolverError
from netopt.formulation import Program
from netopt.solve.bound import Certificate
from netopt.solve.control import Control, gap_between, interruptible
from netopt.solve.form import Form
from netopt.solve.highs import Outcome, Run, Solver, check_solver
from netopt.solve.instance import guest
from netopt.solve.linking import add_needed_gates
from netopt.solve.resumed import Resumed
from netopt.solve.search import Found, Search
from netopt.solve.settle import Cutoff

if TYPE_CHECKING:
    from netopt.formulation.pyomo import Amend
    from netopt.solve.reuse import Start

__all__ = ["Answer", "solve_program"]

FloatArray = npt.NDArray[np.float64]

PYOMO_COLUMNS = 20_000
"""Up to this many columns the program goes through its Pyomo model; above, the same matrix goes to HiGHS directly."""

ALL_GATES = 50_000
"""Up to this many gates each is a row from the start; above, rows are added as the relaxation needs them."""

_CLEAN_UP_SECONDS = 60.0
_LOOSE = 1e-5
_FINEST = 1e-9
_TRACE = 1e-9
_SAME = 1e-9


@dataclass(frozen=True)
class Answer:
    """What solving a program gives.

    Parameters
    ----------
    status : {'optimal', 'feasible', 'infeasible', 'unbounded', 'interrupted'}
        As in the contract; ``infeasible`` and ``unbounded`` are said after a second run agrees.
    x : ndarray or None
        Values, shape (program columns,); None where there is no plan.
    cost, bound : float
        Of the point, and the solver's own lower bound, in money.
    row_price, column_price : ndarray or None
        Change of the cost per unit of a row's side and of a column, for the chosen whole numbers.
    seconds : float
        For everything.
    nodes : int
        Of the search tree.
    through_pyomo : bool
        Whether the Pyomo model was what HiGHS got.
    bound_by : {'HiGHS', 'netopt'}
        Whose search the bound is of.
    certificate : Certificate or None
        What the bound that trusts nobody rests on; None where a script has added constraints of its own.
    carried : bool
        Whether what an earlier answer proves here was enough, in one pass and without a search.
    """

    status: str
    x: FloatArray | None
    cost: float
    bound: float
    row_price: FloatArray | None
    column_price: FloatArray | None
    seconds: float
    nodes: int
    through_pyomo: bool
    bound_by: str = "HiGHS"
    certificate: Certificate | None = None
    carried: bool = False

    @property
    def gap(self) -> float:
        """How far the plan may be from the cheapest one, relative to its cost."""
        return gap_between(self.cost, self.bound)


@dataclass(frozen=True)
class _Model:
    """A form with the way back to the program; ``gates`` tells its rows that are gates."""

    form: Form
    position: npt.NDArray[np.int64] | None
    unused: FloatArray
    row: npt.NDArray[np.int64] | None
    gates: npt.NDArray[np.bool_]
    constant: float

    def columns(self, values: FloatArray, unused: FloatArray) -> FloatArray:
        """Return values by the program's columns, ``unused`` for those that the form does not have."""
        if self.position is None:
            return values
        return np.where(self.position >= 0, values[np.maximum(self.position, 0)], unused)

    def from_columns(self, x: FloatArray) -> FloatArray:
        """Return values of the form's columns, given the program's."""
        if self.position is None:
            return x
        values = np.zeros(len(self.form.cost))
        used = np.nonzero(self.position >= 0)[0]
        values[self.position[used]] = x[used]
        return values

    def rows(self, program: Program, values: FloatArray) -> FloatArray:
        """Return sums by the program's rows."""
        height = len(program.row_lower)
        if self.row is None:
            return values[:height]
        own = self.row >= 0
        summed: FloatArray = np.bincount(self.row[own], values[: len(self.row)][own], minlength=height).astype(float)
        return summed


def solve_program(program: Program, control: Control, amend: Amend | None = None, start: Start | None = None) -> Answer:
    """Solve a program to the asked gap.

    Parameters
    ----------
    program : Program
        What is solved.
    control : Control
        Gap, limits, progress.
    amend : callable, optional
        Gets the Pyomo model before it is solved.
    start : Start, optional
        The answer to a program that differs in a few numbers.

    Raises
    ------
    SolverError
        When HiGHS is too old, or fails without an answer.
    """
    check_solver()
    with interruptible(control), guest():
        found = _searched(program, control, start) if amend is None and len(program.cost) else None
        if found is not None and (_close(found, control) or _spent(control)):
            return _by_search(program, found, control)
        return _by_highs(program, control, amend, found)


def _searched(program: Program, control: Control, start: Start | None) -> Found | None:
    return (Search(program, control) if start is None else Resumed(program, control, start)).run()


def _close(found: Found, control: Control) -> bool:
    near = found.point is not None and gap_between(found.cost, found.bound) <= control.gap
    return near or control.cutoff < found.bound < np.inf  # that there is no plan at all HiGHS has to confirm


def _spent(control: Control) -> bool:
    late = control.time_limit is not None and control.seconds >= control.time_limit
    return late or control.stop.is_set()


def _by_search(program: Program, found: Found, control: Control) -> Answer:
    """Return what the search has found, with the prices of its last flows."""
    point = found.point
    gap = gap_between(found.cost, found.bound)
    if point is None or control.stop.is_set():
        status = "interrupted"
    else:
        status = "optimal" if gap <= control.gap else "feasible"
    column_price = None if point is None else np.asarray(program.cost - program.matrix.T @ point.row_dual)
    return Answer(
        status=status,
        x=None if point is None else point.x,
        cost=found.cost,
        bound=found.bound,
        row_price=None if point is None else point.row_dual,
        column_price=column_price,
        seconds=control.seconds,
        nodes=found.nodes,
        through_pyomo=False,
        bound_by="netopt" if found.own else "HiGHS",
        certificate=found.certificate,
        carried=found.carried,
    )


def _by_highs(program: Program, control: Control, amend: Amend | None, found: Found | None) -> Answer:
    """Solve a program by HiGHS, starting from what a search has found."""
    through_pyomo = amend is not None or len(program.cost) <= PYOMO_COLUMNS
    few_gates = len(program.gates) <= ALL_GATES
    model = _through_pyomo(program, amend) if through_pyomo else _directly(program, "all" if few_gates else "sum")
    solver = Solver(model.form)
    known = -np.inf if found is None else found.bound - model.constant
    if not through_pyomo and not few_gates:
        known = max(known, add_needed_gates(solver, program, control))
    if found is not None and found.point is not None:
        solver.start_from(model.from_columns(found.point.x))
    run = _up_to(solver, control, control.cutoff - model.constant)
    if run.x is None and run.outcome in (Outcome.INFEASIBLE, Outcome.UNBOUNDED, Outcome.UNSURE):
        run = _second_opinion(model.form, control, run)
    certificate = None if found is None else found.certificate
    if run.x is None:
        if found is not None and found.point is not None:
            return _by_search(program, found, control)
        return replace(_without_plan(run, control, through_pyomo, model.constant), certificate=certificate)
    clean = run
    if model.form.whole.any():
        run, clean = _sound(solver, model, run, control)
    if found is not None and found.cost < clean.cost + model.constant - _SAME * abs(found.cost):
        better = replace(found, bound=min(found.cost, max(found.bound, run.bound + model.constant)), nodes=run.nodes)
        answer = _by_search(program, better, control)
        return replace(answer, bound_by="HiGHS" if run.bound + model.constant > found.bound else "netopt")
    answer = _of_highs(program, control, model, run, clean, known)
    own = found is not None and found.bound >= run.bound + model.constant
    return replace(answer, through_pyomo=through_pyomo, bound_by="netopt" if own else "HiGHS", certificate=certificate)


def _up_to(solver: Solver, control: Control, cutoff: float) -> Run:
    """Run the solver until its bound is above a cutoff, if nothing else ends it before."""
    if not np.isfinite(cutoff):
        return solver.run(control, "searching")
    enough = threading.Event()
    above = float(np.nextafter(cutoff, np.inf))
    run = solver.run(replace(control, answered=enough), "searching", Cutoff(above, enough))
    stopped = enough.is_set() and run.outcome is Outcome.INTERRUPTED
    return replace(run, outcome=Outcome.LIMIT) if stopped else run  # nobody else has asked to stop


def _of_highs(program: Program, control: Control, model: _Model, run: Run, clean: Run, known: float) -> Answer:
    """Return the answer of a run of HiGHS and its clean-up."""
    point = run.x if clean.x is None else clean.x
    bound = min(max(run.bound, known), clean.cost)
    prices: tuple[FloatArray | None, FloatArray | None] = (None, None)
    if clean.row_dual is not None and clean.column_dual is not None:
        prices = model.rows(program, clean.row_dual), model.columns(clean.column_dual, program.cost)
    if run.outcome is Outcome.INTERRUPTED or control.stop.is_set():
        status = "interrupted"
    else:
        status = "optimal" if gap_between(clean.cost, bound) <= control.gap + 1e-9 else "feasible"
    return Answer(
        status,
        None if point is None else model.columns(point, model.unused),
        clean.cost + model.constant,
        bound + model.constant,
        *prices,
        control.seconds,
        run.nodes,
        through_pyomo=False,
    )


def _through_pyomo(program: Program, amend: Amend | None) -> _Model:
    from netopt.formulation.pyomo import compiled, to_model

    model = to_model(program)
    if amend is not None:
        amend(model)
    matrix = compiled(model, program)
    form = Form.scaled(
        cost=matrix.cost, lower=matrix.lower, upper=matrix.upper, whole=matrix.whole, quantity=matrix.quantity,
        matrix=matrix.matrix, row_lower=matrix.row_lower, row_upper=matrix.row_upper,
    )  # fmt: skip
    return _Model(form, matrix.position, matrix.unused, matrix.row, matrix.gates, matrix.constant)


def _directly(program: Program, gates: str) -> _Model:
    form = Form.of(program, gates)
    is_gate = np.arange(form.matrix.shape[0]) >= len(program.row_lower)
    return _Model(form, None, program.lower, None, is_gate, 0.0)


def _second_opinion(form: Form, control: Control, first: Run) -> Run:
    """Ask again without presolve and with another seed; two runs that disagree leave the question open."""
    solver = Solver(form)
    solver.option("presolve", "off")
    run = solver.run(replace(control, seed=control.seed + 1), "checking")
    if run.x is not None or run.outcome is first.outcome or first.outcome is Outcome.UNSURE:
        return run
    return run if run.outcome not in (Outcome.INFEASIBLE, Outcome.UNBOUNDED) else replace(run, outcome=Outcome.UNSURE)


def _without_plan(run: Run, control: Control, through_pyomo: bool, constant: float) -> Answer:
    statuses = {
        Outcome.INFEASIBLE: "infeasible",
        Outcome.UNBOUNDED: "unbounded",
        Outcome.LIMIT: "interrupted",
        Outcome.INTERRUPTED: "interrupted",
    }
    if run.outcome not in statuses:
        raise SolverError("HiGHS ended without an answer, and said different things when asked twice")
    bound = run.bound + constant
    return Answer(statuses[run.outcome], None, np.inf, bound, None, None, control.seconds, run.nodes, through_pyomo)


def _sound(solver: Solver, model: _Model, run: Run, control: Control) -> tuple[Run, Run]:
    """Return a run whose whole numbers can be made whole, and its clean-up.

    A site that is open by a millionth may let a unit through where the bound of its gate is a million. Where nothing is
    left once such numbers are rounded, the search is done again with the finest tolerance; where that does not help,
    what is open by a trace is opened, which is a plan, if not the cheapest, and the gap says so.
    """
    found = []
    clean = _cleaned(solver, model, run, np.round)
    if clean is not None:
        if clean.cost <= run.cost + _LOOSE * max(1.0, abs(run.cost)):
            return run, clean
        found.append((run, clean))
    finer = Solver(model.form)
    finer.option("mip_feasibility_tolerance", _FINEST)
    finer.option("primal_feasibility_tolerance", _FINEST)
    again = finer.run(control, "searching again")
    clean = _cleaned(finer, model, again, np.round) if again.x is not None else None
    if clean is not None:
        found.append((again, clean))
    if not found:
        clean = _cleaned(solver, model, run, lambda values: np.ceil(values - _TRACE))
        if clean is None:
            raise SolverError("HiGHS found a point, but none with whole numbers where they have to be")
        found.append((run, clean))
    return min(found, key=lambda pair: pair[1].cost)


def _cleaned(solver: Solver, model: _Model, run: Run, to_whole: Callable[[FloatArray], FloatArray]) -> Run | None:
    """Fix the whole numbers, make them continuous, and solve what is left exactly, for its prices; None where it fails.

    The gate of an open site often repeats a capacity, and a solver may hang the price of the one on the other. So open
    gates are lifted, unless the point then breaks one, which only a script's own gates can bring about.
    """
    point = np.zeros(len(model.form.cost)) if run.x is None else run.x
    whole = np.nonzero(model.form.whole)[0]
    fixed = to_whole(point[whole])
    solver.whole(False)
    solver.bound_columns(whole, fixed, fixed)
    solver.forget()
    choices = np.zeros(len(point))
    choices[whole] = fixed
    allowed = -solver.sums(choices)
    lifted = np.nonzero(solver.gates(model.gates) & (allowed > 0))[0]
    solver.bound_rows(lifted, np.inf)
    clean = solver.run(Control(time_limit=_CLEAN_UP_SECONDS), "cleaning up")
    if clean.x is not None and (solver.sums(clean.x)[lifted] > _LOOSE * allowed[lifted]).any():
        solver.bound_rows(lifted, 0.0)
        clean = solver.run(Control(time_limit=_CLEAN_UP_SECONDS), "cleaning up")
    if clean.outcome is Outcome.SOLVED:
        return clean
    if clean.outcome in (Outcome.INFEASIBLE, Outcome.UNSURE, Outcome.UNBOUNDED):
        return None
    rounded = point.copy()  # no time for prices
    rounded[whole] = fixed
    return replace(run, x=rounded)
