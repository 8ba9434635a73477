"""HiGHS on the whole program beside our own search: each tells the other of its plans, and the first proof ends both.

No rule tells beforehand which of two exact methods is the quicker one on a network that nobody has seen. Run side by
side on two cores, the pair is as quick as the better of them. On one core they take turns, HiGHS waiting in a callback
with its tree in memory, and the pair takes at most twice as long.

The program that HiGHS gets has the gates and cuts as rows that our relaxation has found to matter, and the sum of the
gates of every opener: strong where it counts, and small.
"""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import numpy.typing as npt

from netopt.errors import SolverError
from netopt.solve.control import Control
from netopt.solve.form import Form
from netopt.solve.highs import Outcome, Run, Solver

__all__ = ["Rival"]

FloatArray = npt.NDArray[np.float64]

_POLL = 0.02
_PLAN_SEEKERS = ("mip_heuristic_run_rens", "mip_heuristic_run_rins", "mip_heuristic_run_root_reduced_cost")
"""Programs within the program, by which HiGHS looks for plans: the search next door does that, and while one is solved
HiGHS hears nothing."""

_BRIEF = 1e-4
"""Seconds for which one thread may keep the interpreter from the other: HiGHS asks for it at every callback, and the
usual 5 ms a time would take more than the search itself."""


class Rival:
    """Solves a form in a thread of its own; methods are called from the thread of the search.

    Parameters
    ----------
    form : Form
        The program.
    control : Control
        Gap, time limit and seed; what stops the search does not stop this one, `end` does.
    start : ndarray, optional
        A plan to begin with, values of all columns of the program.
    delay : float
        Seconds to wait before it begins, once it is told to.
    gap : float, optional
        Relative gap at which it ends, where that is not the control's.
    """

    def __init__(
        self,
        form: Form,
        control: Control,
        start: FloatArray | None = None,
        delay: float = 0.0,
        gap: float | None = None,
    ) -> None:
        self._solver = Solver(form)
        if start is not None:
            self._solver.start_from(start)
            for name in _PLAN_SEEKERS:
                self._solver.option(name, False)
        self._scale = form.column_scale
        self._control = Control(
            gap=control.gap if gap is None else gap,
            time_limit=control.time_limit, threads=1, seed=control.seed, started=control.started,
        )  # fmt: skip
        self._delay, self._answered = delay, control.answered
        self._turn = threading.Event()
        self._lock = threading.Lock()
        self._found: FloatArray | None = None
        self._offered: FloatArray | None = None
        self._run: Run | None = None
        self._thread = threading.Thread(target=self._work, daemon=True)
        self.bound = -np.inf
        """What HiGHS has proved by now, money."""

    @property
    def done(self) -> bool:
        """Whether HiGHS has ended, for whatever reason."""
        return self._thread.ident is not None and not self._thread.is_alive()

    @property
    def solved(self) -> bool:
        """Whether it has ended with a proof that its plan is good enough, or that there is none."""
        return self._run is not None and self._run.outcome in (Outcome.SOLVED, Outcome.INFEASIBLE)

    @property
    def has_plan(self) -> bool:
        """Whether it has ended with a plan."""
        return self._run is not None and self._run.x is not None

    def go(self) -> None:
        """Begin, or go on."""
        self._turn.set()
        if self._thread.ident is None:
            self._usual = sys.getswitchinterval()
            sys.setswitchinterval(min(_BRIEF, self._usual))
            self._thread.start()

    def rest(self) -> None:
        """Wait at the next occasion until told to go on."""
        self._turn.clear()

    def wait(self, seconds: float, control: Control) -> None:
        """Let it work for some time, or until it is done or everything is to stop."""
        until = time.perf_counter() + seconds
        while time.perf_counter() < until and not self.done and not control.stop.is_set():
            self._thread.join(min(_POLL, seconds))

    def offer(self, x: FloatArray) -> None:
        """Give it a plan, values of all columns of the program."""
        with self._lock:
            self._offered = x / self._scale

    def found(self) -> FloatArray | None:
        """Return the last plan that it has found since the last call, None without one."""
        with self._lock:
            found, self._found = self._found, None
        return None if found is None else found * self._scale

    def end(self) -> None:
        """Stop it and wait until it has stopped."""
        self._control.stop.set()
        self._turn.set()
        if self._thread.ident is not None:
            self._thread.join()
            sys.setswitchinterval(self._usual)

    # -- in the thread of HiGHS ---------------------------------------------------------------------------------------

    def _work(self) -> None:
        if self._control.stop.wait(self._delay):
            return
        try:
            run = self._solver.run(self._control, "searching", self)
        except SolverError:
            return  # the search goes on without it
        self.bound = max(self.bound, run.bound)
        if run.x is not None:
            self.take(run.x / self._scale)
        self._run = run
        if self.solved:
            self._answered.set()

    def turn(self, bound: float) -> None:
        """Hear the bound that is proved, in money, and wait while it is not its turn."""
        self.bound = max(self.bound, bound)
        self._turn.wait()

    def take(self, x: FloatArray) -> None:
        """Keep a plan for the search, in the solver's scale."""
        with self._lock:
            self._found = x.copy()

    def give(self) -> FloatArray | None:
        """Return the plan that was offered last, in the solver's scale; None where it is known already."""
        with self._lock:
            offered, self._offered = self._offered, None
        return offered
