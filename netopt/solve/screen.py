"""Which lanes and rows matter: the relaxation from a few lanes a customer to a bound over all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netopt.solve.bound import Bound
from netopt.solve.control import Control
from netopt.solve.cuts import Dicuts
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.simplex import Verdict

__all__ = ["Screened", "first_columns", "screen"]

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_FEW = 20_000
_A_CUSTOMER = 12
_ROUNDS = 200
_STALLED = 1e-4
_MANY_COLUMNS = 0.02


@dataclass(frozen=True)
class Screened:
    """What the root of the search knows.

    Parameters
    ----------
    point : Point
        Optimal for what is kept.
    bound : Bound
        The best one over all columns, with rounding taken off.
    best : Point
        The point whose duals gave it.
    solved : bool
        Whether nothing is left to add: no column, no gate, no cut.
    """

    point: Point
    bound: Bound
    best: Point
    solved: bool


def first_columns(dicuts: Dicuts) -> BoolArray:
    """Return the columns to begin with: all but the dear ones of those that end at a customer.

    Parameters
    ----------
    dicuts : Dicuts
        Knows the balance of the program.
    """
    program = dicuts.program
    kept = np.ones(len(program.cost), dtype=bool)
    if len(kept) <= _FEW:
        return kept
    ends = np.ones(len(dicuts.node), dtype=bool)
    ends[dicuts.tail[dicuts.tail >= 0]] = False
    last = np.nonzero((dicuts.head >= 0) & (dicuts.tail >= 0) & (program.lower == 0) & ~program.whole)[0]
    last = last[ends[dicuts.head[last]]]
    if not len(last):
        return kept
    row = dicuts.head[last]
    order = np.lexsort((program.cost[last], row))
    last, row = last[order], row[order]
    first = np.searchsorted(row, row)
    kept[last[np.arange(len(row)) - first >= _A_CUSTOMER]] = False
    return kept


def screen(
    relaxation: Relaxation, dicuts: Dicuts, control: Control, seconds: float, report: Callable[[float], None]
) -> Screened | None:
    """Solve the relaxation with the columns, gates and cuts that it asks for, until it hardly rises any more.

    Parameters
    ----------
    relaxation : Relaxation
        Grows on the way.
    dicuts : Dicuts
        Finds cuts.
    control : Control
        When to stop.
    seconds : float
        For all of it.
    report : callable
        Told of every better bound.

    Returns
    -------
    Screened or None
        None where the relaxation has no optimal point, for whatever reason.
    """
    started = control.seconds
    best: Bound | None = None
    best_point, point = None, None
    core: FloatArray | None = None
    history: list[float] = []
    solved = False
    for _ in range(_ROUNDS):
        verdict, found = relaxation.run()
        if verdict is Verdict.INFEASIBLE and relaxation.price_infeasible():
            continue
        if verdict is not Verdict.OPTIMAL or found is None:
            break
        point = found
        bound = relaxation.bound(point, safe=True)
        if best is None or bound.value > best.value:
            best, best_point = bound, point
            report(bound.value)
        columns, gates = relaxation.asked_for(bound, point.x), relaxation.broken_gates(point.x)
        history.append(point.cost)
        settled = len(columns) < _MANY_COLUMNS * len(relaxation.kept) and _rise(history, 1) < _STALLED
        cuts = []
        if settled or not len(gates):
            # a point between the last ones is broken by cuts that hold for longer
            middle = point.x if core is None else (core + point.x) / 2
            cuts = dicuts.broken_by(middle) or dicuts.broken_by(point.x)
            core = middle
        if not len(columns) and not len(gates) and not cuts:
            solved = True
            break
        over = control.seconds - started > seconds or control.stop.is_set()
        if over or (settled and not _wide(point, bound) and _rise(history, 4) < 4 * _STALLED):
            break
        relaxation.add_gates(gates)
        relaxation.add_cuts(cuts)
        relaxation.add_columns(columns)
        relaxation.drop_loose(6)
    if best is None or best_point is None or point is None:
        return None
    return Screened(point, best, best_point, solved)


def _rise(history: list[float], rounds: int) -> float:
    """Return how much the cost rose over the last rounds, relative."""
    if len(history) <= rounds:
        return np.inf
    return (history[-1] - history[-1 - rounds]) / max(abs(history[-1]), 1e-12)


def _wide(point: Point, bound: Bound) -> bool:
    """Return whether columns left out still matter to the bound."""
    return point.cost - bound.value > _STALLED * abs(point.cost)
