"""The peers: HiGHS, and SCIP and CBC by way of OR-Tools. Each is handed a matrix and searches on one thread.

highspy and OR-Tools cannot be imported in one process.
"""

from __future__ import annotations

import ctypes
import math
from pathlib import Path
from typing import Any

import numpy as np

from tests.benchmarks.contestants import Outcome, Task
from tests.benchmarks.journal import Journal
from tests.benchmarks.scip_log import first_line, scip_points

__all__ = ["highs", "ortools"]


class _Form:
    """A matrix form as `tests.benchmarks.cases.prepare` wrote it, in the solver's scale."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as file:
            held = {name: file[name] for name in file.files}
        self.cost, self.lower, self.upper = held["cost"], held["lower"], held["upper"]
        self.row_lower, self.row_upper = held["row_lower"], held["row_upper"]
        self.start, self.row, self.value = held["start"].astype(np.int32), held["row"].astype(np.int32), held["value"]
        self.whole, self.column_scale = held["whole"], held["column_scale"]
        self.money = 1.0 / float(held["cost_scale"])
        self.shape = len(self.row_lower), len(self.cost)

    def facts(self) -> dict[str, Any]:
        """Return its sizes."""
        return {"rows": self.shape[0], "columns": self.shape[1], "entries": len(self.value)}


def _started(path: Path | None) -> np.ndarray:
    """Return the columns of netopt's plan.

    Raises
    ------
    FileNotFoundError
        When netopt left none.
    """
    if path is None or not path.is_file():
        raise FileNotFoundError("netopt left no plan to start from")
    with np.load(path) as file:
        x = np.zeros(int(file["width"]))
        x[file["at"]] = file["value"]
    return x


def highs(task: Task, journal: Journal) -> Outcome:
    """One HiGHS MIP; from netopt's plan where the task names one."""
    import highspy

    form = _Form(task.folder / f"{task.form}.npz")
    nothing = np.zeros(1, dtype=np.int32)
    solution = None
    if task.start is not None:
        x = _started(task.start)
        if len(x) != len(form.cost):
            raise ValueError("netopt's plan is of another program")
        solution = highspy.HighsSolution()
        solution.col_value = (x / form.column_scale).tolist()
    solver = highspy.Highs()
    solver.setOptionValue("log_to_console", False)  # output_flag off would silence the callbacks too
    for name, value in (("threads", 1), ("mip_rel_gap", task.gap)):
        if solver.setOptionValue(name, value) != highspy.HighsStatus.kOk:
            raise RuntimeError(f"HiGHS refused {name} = {value}")

    def tell(event: Any) -> None:
        found = event.data_out
        journal.note(found.mip_primal_bound * form.money, found.mip_dual_bound * form.money)

    def stop(event: Any) -> None:
        tell(event)
        event.interrupt(journal.seconds >= task.time)  # HiGHS looks at its own clock rarely in places

    solver.cbMipInterrupt.subscribe(stop)
    for source in (solver.cbMipLogging, solver.cbMipImprovingSolution):
        source.subscribe(tell)
    journal.start()
    status = solver.passModel(
        form.shape[1], form.shape[0], len(form.value), 0,
        int(highspy.MatrixFormat.kColwise), 1, int(highspy.ObjSense.kMinimize), 0.0,
        form.cost, form.lower, form.upper, form.row_lower, form.row_upper,
        form.start, form.row, form.value, nothing, nothing, np.zeros(1), form.whole.astype(np.int32),
    )  # fmt: skip
    if status == highspy.HighsStatus.kError:
        raise RuntimeError("HiGHS refused the model")
    if solution is not None:
        solver.setSolution(solution)
    handed = journal.seconds
    solver.setOptionValue("time_limit", max(0.01, task.time - handed))
    solver.run()
    journal.stop()
    return _highs_outcome(solver, form, journal.bound, {**form.facts(), "hand_over_seconds": handed})


def _highs_outcome(solver: Any, form: _Form, told: float, more: dict[str, Any]) -> Outcome:
    import highspy

    kinds = highspy.HighsModelStatus
    info, verdict = solver.getInfo(), solver.getModelStatus()
    solved, mixed = verdict == kinds.kOptimal, bool(form.whole.any())
    found = info.primal_solution_status == int(highspy.SolutionStatus.kSolutionStatusFeasible)
    cost = info.objective_function_value * form.money if found else math.inf
    if mixed:
        bound = info.mip_dual_bound * form.money
        more["nodes"] = int(info.mip_node_count)
        bound = max(bound, told) if abs(bound) < 1e29 else told  # an interrupted search may forget what it told
    else:
        bound = cost if solved else -math.inf
    if solved:
        status = "optimal"
    elif verdict in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
        status, cost, bound = "infeasible", math.inf, -math.inf
    else:
        status = "feasible" if found else "no plan"
    return Outcome(status, cost, bound, {**more, "verdict": solver.modelStatusToString(verdict)})


def ortools(task: Task, journal: Journal, solver_name: str) -> Outcome:
    """SCIP or CBC with their own settings but for gap, time and threads.

    SCIP's log tells the way there. CBC's does not: the searches inside its heuristics write the same lines about other
    programs, so only its end is noted.
    """
    import scipy.sparse as sp
    from ortools.linear_solver import linear_solver_pb2, pywraplp
    from ortools.linear_solver.python import model_builder_helper

    form = _Form(task.folder / f"{task.form}.npz")
    speaks = solver_name == "SCIP"
    journal.start()
    matrix = sp.csr_matrix(sp.csc_matrix((form.value, form.row, form.start), shape=form.shape))
    helper = model_builder_helper.ModelBuilderHelper()
    helper.fill_model_from_sparse_data(form.lower, form.upper, form.cost, form.row_lower, form.row_upper, matrix)
    for column in np.flatnonzero(form.whole).tolist():
        helper.set_var_integrality(column, True)
    path = task.log.with_suffix(".pb")  # the one way from a sparse matrix to a solver that takes a gap
    helper.write_model_to_proto_file(str(path))
    model = linear_solver_pb2.MPModelProto()
    model.ParseFromString(path.read_bytes())
    path.unlink()
    solver = pywraplp.Solver.CreateSolver(solver_name)
    if solver is None:
        raise RuntimeError(f"this OR-Tools has no {solver_name}")
    if fault := solver.LoadModelFromProto(model):
        raise RuntimeError(fault)
    del helper, model, matrix
    if speaks:
        solver.EnableOutput()
        print(first_line(form.money, journal.seconds), flush=True)
    parameters = pywraplp.MPSolverParameters()
    parameters.SetDoubleParam(parameters.RELATIVE_MIP_GAP, task.gap)
    handed = journal.seconds
    solver.SetTimeLimit(max(1, int(1000 * (task.time - handed))))
    verdict = solver.Solve(parameters)
    journal.stop()
    statuses = {pywraplp.Solver.OPTIMAL: "optimal", pywraplp.Solver.FEASIBLE: "feasible"}
    status = statuses.get(verdict, "infeasible" if verdict == pywraplp.Solver.INFEASIBLE else "no plan")
    found = status in ("optimal", "feasible")
    ctypes.CDLL(None).fflush(None)
    told = scip_points(task.log) if speaks else []
    if found:
        cost, bound = (value * form.money for value in (solver.Objective().Value(), solver.Objective().BestBound()))
    else:
        cost, bound = math.inf, told[-1].bound if told else -math.inf
    more = {**form.facts(), "hand_over_seconds": handed}
    return Outcome(status, cost, bound if abs(bound) < 1e29 else -math.inf, more)
