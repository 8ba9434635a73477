"""Choices of one flow for given sites: an assignment of customers to what is open, solved by HiGHS.

With sites decided little is left in doubt, and the assignment ends quickly or is shown to be dearer than a plan that is
known. Where a flow is nothing or all that its choice lets through, the row says so as an equation: HiGHS then counts in
whole customers, and its bounds are far better.
"""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.solve.control import Control
from netopt.solve.form import Form
from netopt.solve.highs import Outcome, Solver
from netopt.solve.relaxation import Relaxation

__all__ = ["Cutoff", "settle"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


class Cutoff:
    """Ends a run of HiGHS when its bound has come to a cost.

    Parameters
    ----------
    cost : float
        Money.
    stop : Event
        Set then.
    """

    def __init__(self, cost: float, stop: threading.Event) -> None:
        self.cost, self.stop = cost, stop

    def turn(self, bound: float) -> None:
        """Hear of the bound that is proved by now."""
        if bound >= self.cost:
            self.stop.set()

    def take(self, x: FloatArray) -> None:
        """Hear of a point that will be told of at the end as well."""

    def give(self) -> FloatArray | None:
        """Return nothing: it has no plans of its own."""
        return None


def settle(
    relaxation: Relaxation,
    decided: IntArray,
    value: FloatArray,
    part: Control,
    cutoff: float,
    known: FloatArray | None = None,
) -> tuple[float, FloatArray | None, bool]:
    """Return a bound on the cost with sites decided, the best plan found, and whether that is the end of it.

    Parameters
    ----------
    relaxation : Relaxation
        Over the program.
    decided : ndarray of int
        Whole columns, shape (n,).
    value : ndarray
        What they are, shape (n,).
    part : Control
        Gap, and when to stop, see `Control.part`.
    cutoff : float
        A bound above this is good enough, money.
    known : ndarray, optional
        A plan to begin with if it has these sites, shape (columns,).

    Returns
    -------
    bound : float
        No plan with these sites costs less, money; infinite where there is none.
    x : ndarray or None
        Shape (columns,).
    ended : bool
        Whether HiGHS has nothing to add to the bound, however much time it gets.
    """
    program = relaxation.program
    low, high = program.lower.copy(), program.upper.copy()
    low[decided] = high[decided] = value
    columns, form = _form(relaxation, low, high)
    solver, enough = Solver(form), threading.Event()
    if known is not None and np.array_equal(np.round(known[decided]), value):
        solver.start_from(known[columns])
    run = solver.run(replace(part, answered=enough), "improving", Cutoff(cutoff, enough))
    x = None
    if run.x is not None:
        x = np.zeros(len(low))
        x[columns] = run.x
    if run.outcome is Outcome.INFEASIBLE:
        return np.inf, None, True
    return run.bound, x, run.outcome not in (Outcome.LIMIT, Outcome.INTERRUPTED)


def _form(relaxation: Relaxation, low: FloatArray, high: FloatArray) -> tuple[IntArray, Form]:
    """Return the columns that may be used, and the program over them."""
    gates, choices = relaxation.program.gates, relaxation.ledger.choices
    np.minimum.at(high, gates.column, gates.bound * np.maximum(high[gates.opener], 0.0))
    high[choices.column[high[choices.flow] <= 0]] = 0.0
    high = np.maximum(high, low)
    open_ = (high > 0) | (low < 0)
    # sites are decided, so that their gates are limits by now
    form, _ = relaxation.linked(open_, low, high, sp.csr_array((0, len(low))))
    return np.nonzero(open_)[0], form
