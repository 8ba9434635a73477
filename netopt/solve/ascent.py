"""The relaxation without the simplex method: prices climb over few columns, which ask for others and for cuts.

The simplex method takes the more steps the more customers there are, and each step is dearer. A pass of the volume
algorithm costs as much as reading the columns, and a hundred of them between two looks at all columns bring the bound
up as far as an exact relaxation would, at a fraction of its time.

Its averaged point lies inside of what is optimal, not at a corner, so that the cuts found there hold for longer. Where
the choices of such a point are made one after the other, the surest first, they make a plan (a dive).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from netopt.solve.bound import Bound, Cut, Duals, Ledger, asked_for
from netopt.solve.control import Control
from netopt.solve.cuts import Dicuts
from netopt.solve.lagrange import HOPE, Climbed, Prices, Volume
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.screen import Screened

__all__ = ["Ascent"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_PASSES = 150
_DIVING = 100
_SETTLING, _RISES = 8, 3e-4
_SETTLED, _MISLED = 0.02, 0.25
_STALLED, _LOOKBACK = 1e-4, 4
_NEAREST = 6
_TRACE = 1e-6
_USED, _SPARED, _SOME = 0.99, 3.0, 50_000
_AT_ONCE, _SURE = 0.6, 0.45
_SPARE = 0.01
_LEFT = 0.02
"""When so few choices of a stage are left, all are rounded: a round would cost as much as the ones before."""


class Ascent:
    """Raises the bound of a program, within bounds of the columns that may be changed in between.

    Parameters
    ----------
    ledger : Ledger
        Gets the cuts.
    dicuts : Dicuts
        Finds them.
    control : Control
        When to stop.
    kept : ndarray of bool
        Columns to begin with, shape (columns,).
    point : Point
        Its duals are begun with, and rows are measured by what it moves through them.
    lower, upper : ndarray
        Of the columns, shape (columns,).
    shared : bool
        Whether others know of the ledger's cuts, so that none may be forgotten.
    """

    def __init__(
        self, ledger: Ledger, dicuts: Dicuts, control: Control, kept: BoolArray, point: Point,
        lower: FloatArray, upper: FloatArray, *, shared: bool = False,
    ) -> None:  # fmt: skip
        program = ledger.program
        self.ledger, self.dicuts, self.control, self.program = ledger, dicuts, control, program
        self._own = lower.copy(), upper.copy()
        self.lower, self.upper = lower.copy(), upper.copy()
        self._must = program.whole | ~ledger.gated | (program.lower > 0)
        self._must[program.gates.opener] = True
        self._never = np.zeros(len(program.cost), dtype=bool)
        self._never[ledger.choices.column] = True
        self._must &= ~self._never
        self.kept = (kept | self._must) & ~self._never
        self._like = point.x
        self._prices = Prices.of(point.duals, len(program.gates))
        self._begun = point.duals, self._prices
        self._x: FloatArray | None = None
        self._capacity: FloatArray = np.zeros(len(program.cost))
        self._shared = shared
        self.best: Climbed | None = None
        self.bound: Bound | None = None

    def climb(self, enough: Callable[[], bool], report: Callable[[float], None]) -> bool:
        """Raise the bound until it is enough, or hardly rises any more.

        Parameters
        ----------
        enough : callable
            Asked after every round.
        report : callable
            Told of every better bound.

        Returns
        -------
        bool
            False where the columns to begin with were not those that matter: a good part of all others is asked for.
        """
        history: list[float] = []
        while True:
            found, bound, asked = self._round(_PASSES)
            alone = not len(self.dicuts.openers)  # with several echelons nothing else gets there sooner
            if alone and self.bound is None and len(asked) > _MISLED * (~self.kept).sum():
                return False
            if self.bound is None or bound.value > self.bound.value:
                self.bound, self.best = bound, found
                report(bound.value)
            history.append(self.bound.value)
            if enough() or self.control.stop.is_set() or _stalled(history):
                return True
            if len(asked) < _SETTLED * self.kept.sum():
                self._forget_cuts()
                known = {_key(cut) for cut in self.ledger.cuts}  # an averaged point breaks them all by a little
                for cut in self.dicuts.broken_by(found.x):
                    if _key(cut) not in known:
                        self.ledger.add_cut(cut)
                self._drop_dear(bound, found.x)
            self.kept[asked] = True

    def _forget_cuts(self) -> None:
        """Forget the cuts without a price, as long as nobody else knows of them."""
        if self.best is None or self._shared:
            return
        best = self.best
        used = np.zeros(len(self.ledger.cuts), dtype=bool)
        for cut in (self._prices.cut, best.prices.cut):
            used[: len(cut)] |= cut != 0
        which = np.nonzero(used)[0]

        def left(prices: FloatArray) -> FloatArray:
            """Return the prices of the cuts that stay."""
            return np.append(prices, np.zeros(len(used) - len(prices)))[which]

        self.ledger.keep_cuts(which)
        self._prices = replace(self._prices, cut=left(self._prices.cut))
        prices = replace(best.prices, cut=left(best.prices.cut))
        self.best = replace(best, prices=prices, duals=replace(best.duals, cut=left(best.duals.cut)))

    @property
    def point(self) -> FloatArray:
        """The averaged point of the best bound, or what rows are measured by as long as there is none."""
        return self._like if self.best is None else self.best.x

    def root(self) -> Screened:
        """Return what is known of the root, where the best bound was found; once it has been climbed to."""
        self._shared = True
        found = self.best
        if found is None or self.bound is None:
            raise ValueError("nothing is known before the first climb")
        point = Point(found.value, found.x, found.duals, found.duals.row)
        return Screened(point, self.bound, point, solved=False)

    def relaxation(self) -> Relaxation:
        """Return the relaxation over the columns that are kept, with the cuts that have a price."""
        self._shared = True
        relaxation = Relaxation(self.ledger, self.control, self.kept, loose=True)
        whole = np.nonzero(self.program.whole)[0]
        relaxation.fix(whole, self.lower[whole], self.upper[whole])
        if self.best is not None:
            relaxation.heed_cuts(np.nonzero(self.best.prices.cut)[0])
        return relaxation

    def _round(self, passes: int, *, safe: bool = True, hope: float = HOPE) -> tuple[Climbed, Bound, IntArray]:
        """Go on over the columns that are kept; return where that led, and the columns that it asks for."""
        closed = self.ledger.closed(self.upper)
        at = np.nonzero(self.kept & (~closed | self._must))[0]
        volume = Volume(self.ledger, self.lower, self.upper, at)
        found = volume.climb(self._prices, self._like, passes, self.control.stop.is_set, self._x, hope)
        self.ledger.choices.follow(found.x)
        self._prices, self._x, self._capacity = found.prices, found.x, volume.capacities()
        found = replace(found, duals=self.ledger.shut(found.duals, self.upper))
        bound = self.ledger.bound(found.duals, self.lower, self.upper, safe=safe)
        return found, bound, asked_for(self.program, bound, found.x, ~self.kept & ~self._never & ~closed)

    def enter(self, columns: IntArray, lower: FloatArray, upper: FloatArray, prices: Prices) -> None:
        """Go on within other bounds of some columns, from other prices."""
        self.lower[columns], self.upper[columns] = lower, upper
        self._prices, self._x = prices, None

    def come_back(self) -> None:
        """Return to the program's own bounds, and to the prices of the best bound there."""
        self.lower, self.upper = self._own[0].copy(), self._own[1].copy()
        self._prices, self._x = self.start[1], None if self.best is None else self.best.x

    @property
    def start(self) -> tuple[Duals, Prices]:
        """Duals and prices of the best bound, or what was begun with as long as there is none."""
        return self._begun if self.best is None else (self.best.duals, self.best.prices)

    def go_on(self, passes: int, hope: float) -> tuple[Climbed, Bound]:
        """Go on, and take in the columns that are asked for; ``hope`` is as in `Volume.climb`."""
        found, bound, asked = self._round(passes, hope=hope)
        self.kept[asked] = True
        return found, bound

    def _keep_near(self, price: FloatArray) -> None:
        """Keep the nearest columns into every row, so that what is open can be reached from what is open."""
        into = np.nonzero((self.dicuts.head >= 0) & ~self.ledger.closed(self.upper))[0]
        self.kept[self.dicuts.nearest(into, price, _NEAREST)] = True

    def _drop_dear(self, bound: Bound, x: FloatArray) -> None:
        """Leave out what is not used and dear, save the nearest of every row through which something moves.

        Dear is what is priced above nearly all that is used, and what so many are cheaper than as no plan takes.
        """
        used = self.kept & (x > _TRACE)
        if not used.any():
            return
        optional = np.nonzero(self.kept & ~self._must & ~used)[0]
        price = bound.price[optional]
        spare = max(_SOME, int(_SPARED * used.sum()))
        limit = np.partition(price, spare)[spare] if spare < len(price) else np.inf
        dear = np.zeros(len(self.kept), dtype=bool)
        dear[optional[price > min(limit, np.quantile(bound.price[used], _USED))]] = True
        head = self.dicuts.head
        carries = np.zeros(len(self.dicuts.node) + 1, dtype=bool)
        carries[head[used]] = True  # a product may have no business in most places
        carries[-1] = False
        into = np.nonzero(self.kept & carries[head])[0]
        dear[self.dicuts.nearest(into, bound.price, _NEAREST)] = False
        self.kept[dear] = False

    # -- plans --------------------------------------------------------------------------------------------------------

    def stages(self) -> list[IntArray]:
        """Return what is chosen first, and what then: openers upstream, other ones of several flows, those of one.

        Choices that cost nothing by themselves are not among them.
        """
        upstream = self.dicuts.openers
        openers, flows = np.unique(self.program.gates.opener, return_counts=True)
        yes_no = (self.program.upper[openers] <= 1) & ~self._never[openers]
        openers, flows = openers[yes_no], flows[yes_no]
        return [upstream, np.setdiff1d(openers[flows > 1], upstream), np.setdiff1d(openers[flows == 1], upstream)]

    def dive(self, stages: list[IntArray], enough: Callable[[], bool]) -> tuple[FloatArray, FloatArray]:
        """Make choices one after the other, those first that the averaged point is surest of.

        Parameters
        ----------
        stages : list of ndarray of int
            Choices between 0 and 1: all of a stage are made before those of the next one.
        enough : callable
            Asked after every round; what has not been chosen by then is rounded.

        Returns
        -------
        x : ndarray
            The averaged point, with choices made, shape (columns,).
        price : ndarray
            As in `Bound.price`, of the last round, shape (columns,).
        """
        lower, upper, prices, averaged = self.lower.copy(), self.upper.copy(), self._prices, self._x
        found, bound = self._settled(enough)
        for stage in stages:
            before = np.clip(found.x, self.lower, self.upper)
            free = stage[self.lower[stage] < self.upper[stage]]
            while len(free) > _LEFT * len(stage) and not enough():
                self._choose(free, np.clip(found.x, self.lower, self.upper))
                free = stage[self.lower[stage] < self.upper[stage]]
                if len(free) > _LEFT * len(stage):
                    found, bound = self._next(_DIVING)
            self.lower[free] = self.upper[free] = np.round(np.clip(found.x, self.lower, self.upper)[free])
            self._make_room(stage, before)
            self._keep_near(bound.price)
            found, bound = self._settled(enough)  # the choices of a stage are worth a good look
        x = np.clip(found.x, self.lower, self.upper)
        self.lower, self.upper, self._prices, self._x = lower, upper, prices, averaged
        return x, bound.price

    def _make_room(self, stage: IntArray, before: FloatArray) -> None:
        """Open the most open ones of a stage besides, until there is as much capacity as there was by parts."""
        wanted = (1 + _SPARE) * before - self.lower  # the averaged point is not quite feasible itself
        lacking = float((self._capacity * wanted)[stage].sum())
        shut = stage[(self.upper[stage] <= 0) & (before[stage] > 0)]
        shut = shut[np.argsort(-before[shut], kind="stable")]
        gained = np.cumsum(self._capacity[shut])
        more = shut[: int(np.searchsorted(gained, lacking)) + 1] if lacking > 0 else shut[:0]
        self.lower[more] = self.upper[more] = 1.0

    def _choose(self, free: IntArray, x: FloatArray) -> None:
        """Round the choices that a point is surest of; where it is sure of none, open the most open ones."""
        doubt = np.abs(x[free] - np.round(x[free]))
        chosen = free[np.argsort(doubt, kind="stable")[: math.ceil(_AT_ONCE * len(free))]]
        chosen = chosen[np.abs(x[chosen] - np.round(x[chosen])) < _SURE]
        if len(chosen):
            self.lower[chosen] = self.upper[chosen] = np.round(x[chosen])
            return
        most = free[np.argsort(-x[free], kind="stable")[: math.ceil(_AT_ONCE * x[free].sum())]]
        self.lower[most] = self.upper[most] = 1.0  # some too many still make a plan

    def _next(self, passes: int) -> tuple[Climbed, Bound]:
        """Go on, and take in the columns that are asked for."""
        found, bound, asked = self._round(passes, safe=False)
        self.kept[asked] = True
        return found, bound

    def _settled(self, enough: Callable[[], bool]) -> tuple[Climbed, Bound]:
        """Go on until the bound within the choices made hardly rises."""
        found, bound = self._next(_PASSES)
        for _ in range(_SETTLING):
            before = found.value
            if enough():
                break
            found, bound = self._next(_PASSES)
            if found.value - before < _RISES * abs(before):
                break
        return found, bound


def _key(cut: Cut) -> tuple[int, bytes]:
    return cut.opener, cut.rows.tobytes()


def _stalled(history: list[float]) -> bool:
    """Return whether the bound hardly rose over the last rounds."""
    if len(history) <= _LOOKBACK:
        return False
    if not np.isfinite(history[-1]):
        return True
    return history[-1] - history[-1 - _LOOKBACK] < _LOOKBACK * _STALLED * abs(history[-1])
