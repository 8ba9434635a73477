"""HiGHS beside a search: when it is asked, which program it gets, and what each hears of the other.

Of a program of few columns HiGHS gets all, with the rows that have been found to matter. Of a larger one it gets the
columns that matter and hubs for the others, see `Hub`: what it proves holds over all columns, and where its best point
needs a hub, it gets more columns and begins again from the best plan.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program
from netopt.solve.control import Control
from netopt.solve.cuts import Dicuts
from netopt.solve.hub import Hub
from netopt.solve.relaxation import Relaxation
from netopt.solve.rival import Rival
from netopt.solve.screen import FEW_COLUMNS, Screened

__all__ = ["Duo"]

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_ALL_COLUMNS = 100_000
"""Up to this many columns HiGHS gets them all where hubs do not stand for most of them."""

_A_HEAD = 32
"""Columns that stay as they are, for each balance where columns end that hubs may stand for."""

_MORE = 2
_FINER = 0.5
"""Part of the gap at which HiGHS ends where there are hubs: plans cost a little more than its best point, which may
need one."""


class Duo:
    """HiGHS on a program that a search is at.

    Parameters
    ----------
    program : Program
        What is solved.
    control : Control
        Gap, limits and how many may work at a time.
    dicuts : Dicuts
        Knows the balances.
    """

    def __init__(self, program: Program, control: Control, dicuts: Dicuts) -> None:
        self.program, self.control, self.dicuts = program, control, dicuts
        self.rival: Rival | None = None
        self.bound = -np.inf
        self.hub: Hub | None = None
        self.answer: FloatArray | None = None
        """Where the last program with hubs had its best point, shape (columns,); plans may be near."""
        self._values: FloatArray | None = None
        self._told = np.inf
        self._share, self._loose = _A_HEAD, True

    @property
    def in_turns(self) -> bool:
        """Whether only one may work at a time."""
        return self.control.threads == 1

    @property
    def answered(self) -> bool:
        """Whether HiGHS has ended with a proof that its plan is good enough, or that there is none."""
        rival = self.rival
        return rival is not None and rival.solved and (self.hub is None or not rival.has_plan)

    @property
    def failed(self) -> bool:
        """Whether HiGHS has ended without a proof."""
        return self.rival is not None and self.rival.done and not self.rival.solved

    # -- the program that it gets -------------------------------------------------------------------------------------

    def prepare(self, relaxation: Relaxation, root: Screened, used: BoolArray) -> bool:
        """Build the program with hubs; return whether it has so few columns that HiGHS is worth asking at once.

        Parameters
        ----------
        relaxation : Relaxation
            Its rows are taken.
        root : Screened
            Tells by its prices which columns matter.
        used : ndarray of bool
            Columns that plans need, shape (columns,).
        """
        if len(self.program.cost) <= FEW_COLUMNS or (self.rival is not None and self.hub is None):
            return False  # it has or gets all columns
        self.hub = None
        duals = root.best.duals
        used = used | (root.point.x != 0)
        hub = Hub.lean(relaxation, self.dicuts, duals, used, self._share, loose=self._loose)
        if hub is not None and len(hub.form.cost) <= (FEW_COLUMNS if self.rival is None else _ALL_COLUMNS):
            self.hub = hub
        return self.hub is not None

    def invite(self, relaxation: Relaxation, best: FloatArray | None, cost: float, delay: float = 0.0) -> None:
        """Let HiGHS work as well, after some seconds, unless it does or the program is too large.

        Parameters
        ----------
        relaxation : Relaxation
            Its rows are taken.
        best : ndarray or None
            The best plan, shape (columns,).
        cost : float
            What it costs.
        delay : float
            Seconds to wait.
        """
        if self.rival is None and (self.hub is not None or len(self.program.cost) <= _ALL_COLUMNS):
            self._begin(relaxation, best, cost, delay)

    def _begin(self, relaxation: Relaxation, best: FloatArray | None, cost: float, delay: float = 0.0) -> None:
        program, hub = self.program, self.hub
        if hub is None:
            every = np.ones(len(program.cost), dtype=bool)
            form, _ = relaxation.linked(every, program.lower, program.upper, relaxation.extra_rows())
        else:
            form = hub.form
        start = best if best is None or hub is None else hub.to_form(best)
        gap = self.control.gap if hub is None else _FINER * self.control.gap
        self.rival, self._values, self._told = Rival(form, self.control, start, delay, gap), None, cost
        if not self.in_turns:
            self.rival.go()

    def widen(self, relaxation: Relaxation, root: Screened, best: FloatArray | None, cost: float) -> bool:
        """Begin again with more columns where the answer needs hubs; return whether there was cause to.

        Parameters
        ----------
        relaxation, root
            As in `prepare`.
        best, cost
            As in `invite`.
        """
        rival, hub = self.rival, self.hub
        if rival is None or hub is None or not rival.solved or not rival.has_plan:
            return False
        rival.end()
        self.control.answered.clear()
        used = np.zeros(len(self.program.cost), dtype=bool)
        used[hub.kept] = True
        if self._values is not None:
            used[hub.wanted(self._values)] = True
            self.answer = hub.from_form(self._values)
        if best is not None:
            used |= best != 0
        if hub.loose:
            self._loose = False  # sites first, then who serves whom
        else:
            self._share *= _MORE
        if not self.prepare(relaxation, root, used):
            self.rival = None  # it has said all that it can say
            return False
        self._begin(relaxation, best, cost)
        return True

    # -- while it works -----------------------------------------------------------------------------------------------

    def take_turns(self, seconds: float) -> bool:
        """Let HiGHS work for some time where only one may; return whether it is the time for that."""
        if self.rival is None or not self.in_turns:
            return False
        self.rival.go()
        remaining = self.control.remaining
        self.rival.wait(seconds if remaining is None else min(seconds, remaining), self.control)
        self.rival.rest()
        return True

    def found(self) -> FloatArray | None:
        """Return the last plan that it has found since the last call, shape (columns,); None without one.

        What goes through hubs is missing: of such a plan only the choices are worth trying.
        """
        if self.rival is None:
            return None
        self.bound = max(self.bound, self.rival.bound)
        values = self.rival.found()
        if values is None or self.hub is None:
            return values
        self._values = values
        return self.hub.from_form(values) if self.hub.tells(values) else None

    def tell(self, best: FloatArray | None, cost: float) -> None:
        """Tell it of the best plan, if that is news."""
        if self.rival is not None and best is not None and cost < self._told:
            self.rival.offer(best if self.hub is None else self.hub.to_form(best))
        self._told = min(self._told, cost)

    def end(self) -> None:
        """Stop it."""
        if self.rival is not None:
            self.rival.end()
        self.control.answered.clear()
