"""Gate rows on demand: of millions of rows ``x <= u * y`` the relaxation needs only a few.

Each round solves the relaxation and adds the rows that its point breaks. The sums of the gates are rows already, so
the program stays exact whichever rows are left out.
"""

from __future__ import annotations

import numpy as np

from netopt.formulation import Program
from netopt.solve.control import Control
from netopt.solve.form import gate_rows
from netopt.solve.highs import Outcome, Solver

__all__ = ["add_needed_gates"]

_ROUNDS = 12
_BREACH = 1e-4
_PROGRESS = 1e-5


def add_needed_gates(solver: Solver, program: Program, control: Control) -> float:
    """Add the gate rows that the relaxation breaks, round after round.

    Parameters
    ----------
    solver : Solver
        Holds the program with one row an opener for the sum of its gates; left with whole numbers asked for again.
    program : Program
        What is solved.
    control : Control
        Half of the time that is left may go into this.

    Returns
    -------
    float
        The cost of the last relaxation, a lower bound; minus infinity where none was solved.
    """
    gates = program.gates
    missing = np.ones(len(gates), dtype=bool)
    share = None if control.remaining is None else control.seconds + control.remaining / 2
    limited = Control(time_limit=share, threads=control.threads, started=control.started, stop=control.stop)
    solver.whole(False)
    before = -np.inf
    for _ in range(_ROUNDS):
        run = solver.run(limited, "relaxing")
        if run.outcome is not Outcome.SOLVED or run.x is None or control.stop.is_set():
            break
        control.report("relaxing", np.inf, run.cost)
        allowed = gates.bound * run.x[gates.opener]
        broken = missing & (run.x[gates.column] - allowed > _BREACH * np.maximum(gates.bound, _BREACH))
        stalled = run.cost - before < _PROGRESS * abs(run.cost)
        before = run.cost
        if stalled or not broken.any():
            break
        which = np.nonzero(broken)[0]
        rows = gate_rows(gates, len(program.cost), which)
        scale = 1.0 / solver.form.column_scale[gates.column[which]]
        solver.add_rows(rows, np.full(len(which), -np.inf), np.zeros(len(which)), scale)
        missing[which] = False
    solver.whole(True)
    return before
