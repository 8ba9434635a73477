"""Where plans are looked for, and how long: small programs around a relaxed point, and regions of neighbouring openers.

What an attempt may take is a slice of the time that has gone by, so that looks get longer as the search does.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np
import numpy.typing as npt

from netopt.solve.control import Control
from netopt.solve.cuts import Dicuts
from netopt.solve.improve import Improver
from netopt.solve.regions import Regions
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.screen import Screened, screen

__all__ = ["Plans", "unheard"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_SLICES, _LATER = 6, 30
_COARSE = 20
_DOUBTS = (0.45, 0.3, 0.2, 0.1, 0.0)
_DIFFERENCES = (0.6, 0.4, 0.25, 0.1, 0.02)
_MANY_OPENERS = 60
"""More openers than this are decided region by region."""

_WORTH = 0.1
"""Part of the gap that a round of regions has to save for another one to follow at once."""

Attempt = Callable[[FloatArray, float, float, float], Point | None]


class Plans:
    """Looks for plans among the columns that a relaxation keeps by now.

    Parameters
    ----------
    relaxation : Relaxation
        Tells which columns matter.
    dicuts : Dicuts
        Knows where columns end.
    control : Control
        Gap, seed and time.
    over : callable
        Whether to stop.
    bound : callable
        What is proved by now, money.
    tell : callable
        Called when there is a better plan.
    """

    def __init__(
        self, relaxation: Relaxation, dicuts: Dicuts, control: Control,
        over: Callable[[], bool], bound: Callable[[], float], tell: Callable[[], None],
    ) -> None:  # fmt: skip
        self.relaxation, self.dicuts, self.control = relaxation, dicuts, control
        self.program = relaxation.program
        self._over, self._bound, self._tell = over, bound, tell
        self.improver = Improver(relaxation, control, dicuts)
        self.slice = max(0.5, control.seconds / _SLICES)
        self.spent = 0.0

    @cached_property
    def regions(self) -> Regions:
        """Over what the relaxation keeps."""
        return Regions(self.relaxation, self.control)

    @property
    def cost(self) -> float:
        """Of the best plan, infinite without one."""
        return self.improver.cost

    def first(self, root: Screened) -> None:
        """Look for plans around the point of the root, those upstream decided first."""
        x, price = root.point.x, root.bound.price
        self.improver.heed(price)
        wide = len(self.regions.openers) > _MANY_OPENERS
        upstream = self._upstream(wide)
        if len(upstream) and self.improver.best is None:
            x, price = self._upstream_first(upstream, x, price)
        for doubt in _DOUBTS:
            if self._over():
                return
            before = self.improver.cost
            hard = self._try(self.improver.rounded, x[self.improver.whole], doubt)
            if not np.isfinite(self.improver.cost) and not self._over():
                self.improver.opened(x)
                self._tell()
            elif np.isfinite(before) and (hard or self.improver.cost >= before):
                break
            if wide and np.isfinite(self.improver.cost):
                break
        self.improve(x, price)

    def _upstream(self, wide: bool) -> IntArray:
        """Return openers to decide before the others: those of several flows, or with several echelons the first."""
        openers, flows = np.unique(self.program.gates.opener, return_counts=True)
        free = self.program.lower[openers] < self.program.upper[openers]
        if (flows[free] == 1).any():
            return openers[free & (flows > 1)]
        return self.dicuts.openers if wide else openers[:0]

    def _upstream_first(self, upstream: IntArray, x: FloatArray, price: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Decide the openers upstream while the others may be open by a part, and relax what is left."""
        seconds = 3 * self.slice
        z = self.improver.decided(np.isin(self.improver.whole, upstream), seconds, _COARSE * self.control.gap)
        if z is None or self._over():
            return x, price
        relaxation, whole = self.relaxation, np.nonzero(self.program.whole)[0]
        lower, upper = relaxation.lower[whole], relaxation.upper[whole]
        relaxation.fix(whole, self.program.lower[whole], self.program.upper[whole])  # also of what counts them
        relaxation.fix(upstream, z[upstream], z[upstream])
        found = screen(relaxation, self.dicuts, self.control, 2 * self.slice, unheard)
        relaxation.fix(whole, lower, upper)
        return (x, price) if found is None else (found.point.x, found.bound.price)

    def improve(self, x: FloatArray, price: FloatArray) -> float:
        """Look for better plans where the best one and a relaxed point differ; return the money saved a second."""
        started, before = self.control.seconds, self.improver.cost
        self.slice = max(self.slice, started / _LATER)
        self.improver.heed(price)
        if len(self.regions.openers) > _MANY_OPENERS:
            self.by_regions(x, price)
        self.around(x)
        spent = self.control.seconds - started
        return (before - self.improver.cost) / max(spent, 1e-3) if np.isfinite(before) else 0.0

    def around(self, x: FloatArray, patience: float = 1.0) -> None:
        """Decide again where the best plan and a relaxed point differ, less and less of it held."""
        between = self.control.seconds
        for differ in _DIFFERENCES:
            if self._over() or self._try(self.improver.around, x[self.improver.whole], differ, patience):
                return
            if self.control.seconds - between > patience * self.slice:
                return

    def decide_doubts(self, x: FloatArray, patience: float) -> None:
        """Decide what a relaxed point leaves in doubt, more and more of it."""
        for doubt in _DOUBTS:
            if self._over() or self._try(self.improver.rounded, x[self.improver.whole], doubt, patience):
                return

    def by_regions(self, x: FloatArray, price: FloatArray, patience: float = 1.0) -> None:
        """Decide regions again, as long as that saves something."""
        while self.improver.best is not None and not self._over():
            started, before = self.control.seconds, self.improver.cost
            better = self.regions.improve(self.improver.best.x, x, price, patience * self.slice)
            if better is not None:
                self.improver.completed(np.round(better[self.improver.whole]))
                self._tell()
            self.spent += self.control.seconds - started
            if before - self.improver.cost < _WORTH * max(self.improver.cost - self._bound(), 0.0):
                return

    def _try(self, attempt: Attempt, y: FloatArray, width: float, patience: float = 1.0) -> bool:
        """Make an attempt at a plan; return whether it ran out of time."""
        started, before, limit = self.control.seconds, self.improver.cost, patience * self.slice
        attempt(y, width, limit, self.control.gap)
        spent = self.control.seconds - started
        self.spent += spent
        if self.improver.cost < before:
            self._tell()
        return spent > limit


def unheard(_bound: float) -> None:
    """Take no notice of a bound that holds in a part of the search only."""
