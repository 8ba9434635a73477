"""The only calls of HiGHS: hand a form over, run it, and read the answer in our own words."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from typing import Protocol

import highspy
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.errors import SolverError
from netopt.formulation import Program
from netopt.solve.control import Control
from netopt.solve.form import Form
from netopt.solve.instance import new_highs

__all__ = ["FLOOR", "Outcome", "Partner", "Run", "Solver", "check_solver", "load", "version"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

FLOOR = (1, 15, 1)
"""Oldest version that is trusted: 1.14.0 called wrong plans optimal."""

_POLL = 0.05


class Outcome(Enum):
    """What a run of the solver says."""

    SOLVED = "solved"
    INFEASIBLE = "infeasible"
    UNBOUNDED = "unbounded"
    LIMIT = "limit"
    INTERRUPTED = "interrupted"
    UNSURE = "unsure"
    FAILED = "failed"


_STATUS = highspy.HighsModelStatus
OUTCOMES = {
    _STATUS.kOptimal: Outcome.SOLVED,
    _STATUS.kModelEmpty: Outcome.SOLVED,
    _STATUS.kInfeasible: Outcome.INFEASIBLE,
    _STATUS.kUnbounded: Outcome.UNBOUNDED,
    _STATUS.kUnboundedOrInfeasible: Outcome.UNSURE,
    _STATUS.kObjectiveBound: Outcome.LIMIT,
    _STATUS.kObjectiveTarget: Outcome.LIMIT,
    _STATUS.kTimeLimit: Outcome.LIMIT,
    _STATUS.kIterationLimit: Outcome.LIMIT,
    _STATUS.kSolutionLimit: Outcome.LIMIT,
    _STATUS.kMemoryLimit: Outcome.LIMIT,
    _STATUS.kInterrupt: Outcome.INTERRUPTED,
    _STATUS.kHighsInterrupt: Outcome.INTERRUPTED,  # type: ignore[attr-defined]  # the stubs lag behind
    _STATUS.kUnknown: Outcome.UNSURE,
    _STATUS.kNotset: Outcome.FAILED,
    _STATUS.kLoadError: Outcome.FAILED,
    _STATUS.kModelError: Outcome.FAILED,
    _STATUS.kPresolveError: Outcome.FAILED,
    _STATUS.kSolveError: Outcome.FAILED,
    _STATUS.kPostsolveError: Outcome.FAILED,
}
"""Every status of HiGHS; a test fails when a new version has one that is not here."""


@dataclass(frozen=True)
class Run:
    """What came out of one run, in the units of the program.

    Parameters
    ----------
    outcome : Outcome
        What the solver says.
    x : ndarray or None
        Values, shape (columns,); None without a feasible point.
    cost, bound : float
        Of the best point, and what no point can be below; infinite where unknown.
    row_dual, column_dual : ndarray or None
        Money per unit, only of a linear program that was solved.
    nodes : int
        Of the search tree.
    """

    outcome: Outcome
    x: FloatArray | None
    cost: float
    bound: float
    row_dual: FloatArray | None
    column_dual: FloatArray | None
    nodes: int


class Partner(Protocol):
    """Who works on the same program at the same time; called in the solver's thread, points in the solver's scale."""

    def turn(self, bound: float) -> None:
        """Hear the bound that is proved by now, in money; return when the solver may go on."""

    def take(self, x: FloatArray) -> None:
        """Hear of a better point; the array is not to be kept."""

    def give(self) -> FloatArray | None:
        """Return a point for the solver, None where there is no new one."""


class Solver:
    """One HiGHS instance that holds a form.

    Parameters
    ----------
    form : Form
        Handed over as it is.
    """

    def __init__(self, form: Form) -> None:
        self.form = form
        self.highs = new_highs()
        height, width = form.matrix.shape
        matrix = form.matrix
        status = self.highs.passModel(  # arrays as they are: a HighsLp would copy each of them several times
            width, height, form.matrix.nnz, 0,
            int(highspy.MatrixFormat.kColwise), 1, int(highspy.ObjSense.kMinimize), 0.0,
            form.cost, form.lower, form.upper, form.row_lower, form.row_upper,
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
            np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32), np.zeros(1),
            form.whole.astype(np.int32),
        )  # fmt: skip
        if status == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refused the model")
        self._row_scale = form.row_scale
        self._added: list[sp.csr_array] = []
        self._mixed = bool(form.whole.any())
        self._seen_bound = -np.inf

    def option(self, name: str, value: float | str | bool) -> None:
        """Set an option of HiGHS.

        Raises
        ------
        SolverError
            When HiGHS does not know it or refuses the value.
        """
        if self.highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise SolverError(f"HiGHS refused {name} = {value}")

    def add_rows(
        self, matrix: sp.csr_array, row_lower: FloatArray, row_upper: FloatArray, row_scale: FloatArray
    ) -> None:
        """Add rows in the units of the program."""
        scaled = sp.csr_array(sp.diags_array(row_scale) @ matrix @ sp.diags_array(self.form.column_scale))
        self.highs.addRows(
            scaled.shape[0], row_lower * row_scale, row_upper * row_scale, scaled.nnz,
            scaled.indptr[:-1].astype(np.int32), scaled.indices.astype(np.int32), scaled.data,
        )  # fmt: skip
        self._row_scale = np.append(self._row_scale, row_scale)
        self._added.append(scaled)

    def sums(self, x: FloatArray) -> FloatArray:
        """Return the sum of every row, those added too, at a point in the units of the program; sums are scaled."""
        at = x / self.form.column_scale
        return np.concatenate([self.form.matrix @ at, *(matrix @ at for matrix in self._added)])

    def gates(self, own: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return which rows are gates: ``own`` says it of the form's, and rows that were added are."""
        return np.append(own, np.ones(len(self._row_scale) - len(own), dtype=bool))

    def bound_rows(self, rows: IntArray, upper: float) -> None:
        """Give rows that have no lower side another upper one, in the solver's scale."""
        n = len(rows)
        sides = np.full(n, -np.inf), np.full(n, upper)
        self.highs.changeRowsBounds(n, rows.astype(np.int32), *sides)  # type: ignore[attr-defined]

    def whole(self, wanted: bool) -> None:
        """Ask for whole numbers, or relax them."""
        at = np.nonzero(self.form.whole)[0].astype(np.int32)
        kind = highspy.HighsVarType.kInteger if wanted else highspy.HighsVarType.kContinuous
        self.highs.changeColsIntegrality(len(at), at, np.full(len(at), int(kind), dtype=np.uint8))
        self._mixed = wanted and bool(len(at))

    def bound_columns(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Change bounds, in the units of the program."""
        scale = self.form.column_scale[columns]
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), lower / scale, upper / scale)

    def forget(self) -> None:
        """Drop basis and solution, so that the next run presolves; from a basis HiGHS would not."""
        self.highs.clearSolver()

    def start_from(self, x: FloatArray) -> None:
        """Offer a point to start the search from."""
        solution = highspy.HighsSolution()
        solution.col_value = (x / self.form.column_scale).tolist()
        self.highs.setSolution(solution)

    def run(self, control: Control, phase: str, partner: Partner | None = None) -> Run:
        """Run the solver until it is done, out of time, or told to stop.

        Parameters
        ----------
        control : Control
            Gap, limits, progress.
        phase : str
            As progress tells of it.
        partner : Partner, optional
            Who hears of plans and bounds on the way, and has plans of its own.

        Raises
        ------
        SolverError
            When the solver fails without an answer.
        """
        highs = self.highs
        self.option("mip_rel_gap", control.gap)
        self.option("mip_abs_gap", 0.0)
        self.option("random_seed", control.seed)
        if control.remaining is not None:
            # HiGHS counts the time of a linear program from the first run on, that of a mixed one from its start
            spent = 0.0 if self._mixed else highs.getRunTime()
            self.option("time_limit", spent + control.remaining)
        if control.threads is not None:
            self.option("threads", control.threads)
        late = threading.Event()
        self._listen(control, phase, late)
        if partner is not None:
            self._talk_to(partner, control, late)
        failure: list[BaseException] = []

        def work() -> None:
            try:
                highs.run()
            except BaseException as error:  # noqa: BLE001 - handed on to the caller below
                failure.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        deadline = None if control.remaining is None else control.seconds + control.remaining
        while thread.is_alive():
            thread.join(_POLL)
            if deadline is not None and control.seconds > deadline:
                late.set()  # HiGHS looks at its clock rarely in places; its callbacks come more often
        highs.clearCallbacks()  # type: ignore[no-untyped-call]
        if failure:
            raise SolverError(f"HiGHS failed: {failure[0]}") from failure[0]
        run = self._answer()
        return replace(run, outcome=Outcome.LIMIT) if late.is_set() and run.outcome is Outcome.INTERRUPTED else run

    def _listen(self, control: Control, phase: str, late: threading.Event) -> None:
        highs, scale = self.highs, self.form.cost_scale

        def stop(event: highspy.highs.HighsCallbackEvent) -> None:
            # said each time: HiGHS remembers an old yes
            event.interrupt(control.stop.is_set() or late.is_set() or control.answered.is_set())

        def note(event: highspy.highs.HighsCallbackEvent) -> None:
            stop(event)
            self._seen_bound = max(self._seen_bound, event.data_out.mip_dual_bound)

        def tell(event: highspy.highs.HighsCallbackEvent) -> None:
            data = event.data_out
            control.report(phase, data.mip_primal_bound / scale, data.mip_dual_bound / scale)

        self._seen_bound = -np.inf  # an interrupted search may forget the bound it has told
        for source in (highs.cbSimplexInterrupt, highs.cbIpmInterrupt):
            source.subscribe(stop)
        highs.cbMipInterrupt.subscribe(note)
        if control.progress is not None:
            highs.cbMipLogging.subscribe(tell)
            highs.cbMipImprovingSolution.subscribe(tell)

    def _talk_to(self, partner: Partner, control: Control, late: threading.Event) -> None:
        highs, scale = self.highs, self.form.cost_scale

        def turn(event: highspy.highs.HighsCallbackEvent) -> None:
            partner.turn(event.data_out.mip_dual_bound / scale)
            stopped = control.stop.is_set() or control.answered.is_set()  # perhaps while it waited
            event.interrupt(stopped or late.is_set())

        def take(event: highspy.highs.HighsCallbackEvent) -> None:
            partner.take(np.asarray(event.data_out.mip_solution, dtype=np.float64))

        def give(event: highspy.highs.HighsCallbackEvent) -> None:
            offered = partner.give()
            if offered is not None and event.data_in is not None:
                event.data_in.setSolution(offered)

        highs.cbMipInterrupt.subscribe(turn)
        highs.cbMipImprovingSolution.subscribe(take)
        highs.cbMipUserSolution.subscribe(give)

    def _answer(self) -> Run:
        highs, form = self.highs, self.form
        outcome = OUTCOMES[highs.getModelStatus()]
        info, solution = highs.getInfo(), highs.getSolution()
        mixed = self._mixed
        feasible = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
        feasible = feasible and outcome is not Outcome.UNBOUNDED  # a point on the way down is no plan
        x = np.asarray(solution.col_value) * form.column_scale if feasible else None
        cost = info.objective_function_value / form.cost_scale if feasible else np.inf
        if mixed:
            bound = max(info.mip_dual_bound, self._seen_bound) / form.cost_scale
        else:
            bound = cost if outcome is Outcome.SOLVED else -np.inf
        has_dual = not mixed and outcome is Outcome.SOLVED and solution.dual_valid
        return Run(
            outcome=outcome,
            x=x,
            cost=float(cost),
            bound=float(bound),
            row_dual=np.asarray(solution.row_dual) * self._row_scale / form.cost_scale if has_dual else None,
            column_dual=np.asarray(solution.col_dual) / form.column_scale / form.cost_scale if has_dual else None,
            nodes=int(info.mip_node_count) if mixed else 0,
        )


def load(program: Program) -> highspy.Highs:
    """Return HiGHS holding a program with a row for each opener's gates."""
    return Solver(Form.of(program, gates="sum")).highs


def version() -> str:
    """Return the version of HiGHS."""
    return str(new_highs().version())


@cache
def check_solver() -> None:
    """Check once that HiGHS is new enough and gets a problem right that older versions got wrong.

    Raises
    ------
    SolverError
        When it does not.
    """
    numbers = tuple(int(part) for part in version().split("."))
    if numbers < FLOOR:
        wanted = ".".join(map(str, FLOOR))
        raise SolverError(f"HiGHS {version()} is too old; run: python -m pip install 'highspy>={wanted}'")
    # maximise 3a + 2b, 2a + 2b <= 9, 4a + 2b <= 13, whole numbers: (2, 2) is worth 10, the relaxation 11
    form = Form(
        cost=np.array([-3.0, -2.0]), lower=np.zeros(2), upper=np.full(2, 10.0), whole=np.ones(2, dtype=bool),
        matrix=sp.csc_array(np.array([[2.0, 2.0], [4.0, 2.0]])), row_lower=np.full(2, -np.inf),
        row_upper=np.array([9.0, 13.0]), column_scale=np.ones(2), row_scale=np.ones(2), cost_scale=1.0,
    )  # fmt: skip
    answer = Solver(form).run(Control(gap=0.0), "self-test")
    if answer.outcome is not Outcome.SOLVED or answer.x is None or abs(answer.cost + 10) > 1e-6:
        raise SolverError(f"HiGHS {version()} fails a self-test with two variables; reinstall highspy")
