"""A linear program in HiGHS that grows: columns and rows come and go, and the basis stays."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import highspy
import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.errors import SolverError
from netopt.solve.control import Control
from netopt.solve.instance import new_highs, run_here

__all__ = ["BASIC", "Basis", "Linear", "Simplex", "Verdict"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_STATUS = highspy.HighsModelStatus
_DUAL, _PRIMAL = 1, 4
_STATUSES = list(highspy.HighsBasisStatus.__members__.values())
_NUMBER = {status: number for number, status in enumerate(_STATUSES)}
BASIC, _LOWER = _NUMBER[highspy.HighsBasisStatus.kBasic], _NUMBER[highspy.HighsBasisStatus.kLower]


class Verdict(Enum):
    """What a linear program came to."""

    OPTIMAL = "optimal"
    INFEASIBLE = "infeasible"
    CUT_OFF = "cut off"
    """Stopped at a limit of iterations or time; the cost is that of a dual point."""
    FAILED = "failed"


@dataclass(frozen=True)
class Linear:
    """The answer to a linear program.

    Parameters
    ----------
    verdict : Verdict
        Whether to believe it.
    cost : float
        Of the point.
    x, row_dual : ndarray
        Shape (columns,) and (rows,); the duals are money per unit of the side that binds.
    """

    verdict: Verdict
    cost: float
    x: FloatArray
    row_dual: FloatArray


@dataclass(frozen=True)
class Basis:
    """Which rows and columns are basic, and where the others stand.

    Parameters
    ----------
    rows, columns : ndarray of int8
        Numbers of HiGHS's statuses.
    era : int
        How often rows had been deleted by then.
    """

    rows: npt.NDArray[np.int8]
    columns: npt.NDArray[np.int8]
    era: int = 0


class Simplex:
    """Minimise ``cost @ x`` subject to ``row_lower <= matrix @ x <= row_upper`` and bounds; all in the solver's scale.

    Parameters
    ----------
    cost, lower, upper : ndarray
        Shape (columns,).
    matrix : csc_array
        Shape (rows, columns).
    row_lower, row_upper : ndarray
        Shape (rows,).
    control : Control
        When to stop.
    """

    def __init__(
        self, cost: FloatArray, lower: FloatArray, upper: FloatArray, matrix: sp.csc_array,
        row_lower: FloatArray, row_upper: FloatArray, control: Control,
    ) -> None:  # fmt: skip
        self.control = control
        self.highs = new_highs()
        self.highs.setOptionValue("threads", 1)
        height, width = matrix.shape
        self.height, self.width, self._era = height, width, 0
        none = np.zeros(1, dtype=np.int32)
        status = self.highs.passModel(
            width, height, matrix.nnz, 0,
            int(highspy.MatrixFormat.kColwise), 1, int(highspy.ObjSense.kMinimize), 0.0,
            cost, lower, upper, row_lower, row_upper,
            matrix.indptr.astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
            none, none, np.zeros(1), np.zeros(width, dtype=np.int32),
        )  # fmt: skip
        if status == highspy.HighsStatus.kError:
            raise SolverError("HiGHS refused the model")
        self.highs.cbSimplexInterrupt.subscribe(self._stop)
        self.highs.cbIpmInterrupt.subscribe(self._stop)

    def _stop(self, event: highspy.highs.HighsCallbackEvent) -> None:
        event.interrupt(self.control.stop.is_set())

    def add_rows(self, matrix: sp.csr_array, lower: FloatArray, upper: FloatArray) -> None:
        """Add rows at the end."""
        self.highs.addRows(
            matrix.shape[0], lower, upper, matrix.nnz,
            matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        )  # fmt: skip
        self.height += matrix.shape[0]

    def add_columns(self, cost: FloatArray, lower: FloatArray, upper: FloatArray, matrix: sp.csc_array) -> None:
        """Add columns at the end, with their coefficients in all rows there are."""
        self.highs.addCols(
            len(cost), cost, lower, upper, matrix.nnz,
            matrix.indptr[:-1].astype(np.int32), matrix.indices.astype(np.int32), matrix.data,
        )  # fmt: skip
        self.width += len(cost)

    def delete_rows(self, rows: IntArray) -> None:
        """Delete rows; those behind move up."""
        self.highs.deleteRows(len(rows), rows.astype(np.int32))
        self.height -= len(rows)
        self._era += 1

    def bound_columns(self, columns: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Change bounds."""
        self.highs.changeColsBounds(len(columns), columns.astype(np.int32), lower, upper)

    def cost_columns(self, columns: IntArray, cost: FloatArray) -> None:
        """Change costs."""
        self.highs.changeColsCost(len(columns), columns.astype(np.int32), cost)

    def basis(self) -> Basis:
        """Return a copy of the basis."""
        held = self.highs.getBasis()
        rows, columns = (np.array([_NUMBER[s] for s in side], np.int8) for side in (held.row_status, held.col_status))
        return Basis(rows, columns, self._era)

    def start_from(self, basis: Basis) -> None:
        """Start the next run from an earlier basis; rows that came since are basic, columns at their lower bound.

        A basis from before rows were deleted says nothing any more: the present one stays.
        """
        if basis.era != self._era:
            return
        more_rows, more_columns = self.height - len(basis.rows), self.width - len(basis.columns)
        whole = highspy.HighsBasis()
        whole.row_status = [_STATUSES[s] for s in basis.rows.tolist()] + [_STATUSES[BASIC]] * more_rows
        whole.col_status = [_STATUSES[s] for s in basis.columns.tolist()] + [_STATUSES[_LOWER]] * more_columns
        whole.valid = True
        self.highs.setBasis(whole)

    def forget(self) -> None:
        """Drop the basis, so that the next run presolves."""
        self.highs.clearSolver()

    def run(
        self,
        *,
        iterations: int | None = None,
        seconds: float | None = None,
        primal: bool = False,
        method: str = "simplex",
        crossover: bool = True,
    ) -> Linear:
        """Solve from the basis there is.

        Parameters
        ----------
        iterations : int, optional
            Stop after as many iterations of the simplex method.
        seconds : float, optional
            Stop after so long, at the time limit of the control at the latest.
        primal : bool
            Use the primal simplex method, which suits new columns; the dual one suits new rows and bounds.
        method : {'simplex', 'ipm', 'hipo', 'choose'}
            Of HiGHS.
        crossover : bool
            Whether an interior point is moved to a basis.
        """
        highs = self.highs
        highs.setOptionValue("run_crossover", "on" if crossover else "off")
        highs.setOptionValue("solver", method)
        highs.setOptionValue("simplex_strategy", _PRIMAL if primal else _DUAL)
        highs.setOptionValue("simplex_iteration_limit", 2_147_483_647 if iterations is None else iterations)
        limits = [limit for limit in (seconds, self.control.remaining) if limit is not None]
        highs.setOptionValue("time_limit", highs.getRunTime() + min(limits) if limits else highspy.kHighsInf)
        run_here(highs)
        status = highs.getModelStatus()
        verdict = {
            _STATUS.kOptimal: Verdict.OPTIMAL,
            _STATUS.kInfeasible: Verdict.INFEASIBLE,
            _STATUS.kIterationLimit: Verdict.CUT_OFF,
            _STATUS.kTimeLimit: Verdict.CUT_OFF,
            _STATUS.kInterrupt: Verdict.CUT_OFF,
        }.get(status, Verdict.FAILED)
        solution = highs.getSolution()
        return Linear(
            verdict,
            float(highs.getInfo().objective_function_value),
            np.asarray(solution.col_value, dtype=np.float64),
            np.asarray(solution.row_dual, dtype=np.float64),
        )

    @property
    def iterations(self) -> int:
        """Of the last run."""
        return int(self.highs.getInfo().simplex_iteration_count)

    def ray(self) -> FloatArray | None:
        """Return row multipliers that prove the last run infeasible, shape (rows,); None where HiGHS has none."""
        _status, has_ray, values = self.highs.getDualRay()  # type: ignore[attr-defined]
        return np.asarray(values, dtype=np.float64) if has_ray else None
