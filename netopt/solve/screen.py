"""Which lanes and rows matter: the relaxation from a few lanes a customer to a bound over all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program
from netopt.solve.bound import Bound
from netopt.solve.control import Control
from netopt.solve.cuts import Dicuts
from netopt.solve.lagrange import Prices, Volume
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.simplex import Verdict

__all__ = ["FEW_COLUMNS", "Screened", "first_columns", "scout", "screen"]

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

FEW_COLUMNS = 20_000
"""Up to this many columns the simplex method takes all of them in its stride."""

_ALL_COLUMNS = 3_000
_SHARE = 1 / 3
"""Of a customer's columns, the nearest by either cost, where there are no more than `FEW_COLUMNS`: with fewer of them
the bound takes more rounds to settle, with all of them each round takes twice as long."""

_A_CUSTOMER = 12
_ROUNDS = 200
_STALLED = 1e-4
_MANY_COLUMNS = 0.02
_SCOUTINGS = 8
_NEAR = 5e-3
_SPARE = 2.0
_PASSES = 300
_TRACE = 1e-3
_PRICED = 0.999
_LOST = 1.0


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

    Dear is what costs much together with its opener's cost a unit, were the opener used to the full.

    Parameters
    ----------
    dicuts : Dicuts
        Knows the balance of the program.
    """
    program = dicuts.program
    kept = np.ones(len(program.cost), dtype=bool)
    if len(kept) <= _ALL_COLUMNS:
        return kept
    share = _SHARE if len(kept) <= FEW_COLUMNS else 0.0
    last = dicuts.last()
    if not len(last):
        return kept
    kept[last] = False
    for cost in (program.cost, program.cost + _opening_cost(program)):
        kept[dicuts.nearest(last, cost, _A_CUSTOMER // 2, share)] = True
    return dicuts.ledger.choices.with_flows(kept)


def _opening_cost(program: Program) -> FloatArray:
    """Return for each column what its first opener costs a unit that it can carry, shape (columns,)."""
    gates, matrix = program.gates, program.matrix
    openers = np.unique(gates.opener)
    room = np.full(len(program.cost), np.nan)
    part = matrix[:, openers]
    room[openers] = np.maximum(-part.min(axis=0).toarray().ravel(), 0.0)
    alone = np.isin(np.arange(len(room)), openers) & (room <= 0)
    room[alone] = np.bincount(gates.opener, gates.bound, minlength=len(room))[alone]
    unit = np.zeros(len(room))
    with np.errstate(divide="ignore", invalid="ignore"):
        price = np.nan_to_num(program.cost / room, nan=0.0, posinf=0.0, neginf=0.0)
    unit[gates.column[::-1]] = price[gates.opener[::-1]]
    return unit


def scout(relaxation: Relaxation, seconds: float, report: Callable[[float], None]) -> Relaxation:
    """Return a relaxation over the few columns and gates that an interior point says matter.

    The simplex method finds the gates that matter in many rounds when openers are few and customers many; an interior
    point method takes all gates of the kept columns at once, and its duals need no basis to ask for columns.

    Parameters
    ----------
    relaxation : Relaxation
        Over columns to begin with; not used afterwards.
    seconds : float
        After which no other round begins.
    report : callable
        Told of every better bound.
    """
    ledger, control, gates = relaxation.ledger, relaxation.control, relaxation.program.gates
    started, best = control.seconds, -np.inf
    point = bound = None
    weak = relaxation.run()[1]
    for turn in range(_SCOUTINGS):
        relaxation.add_gates(np.nonzero((relaxation.position[gates.column] >= 0) & ~relaxation.has_gate)[0])
        verdict, found = relaxation.run(method="ipm", crossover=False)
        if verdict is Verdict.INFEASIBLE and relaxation.price_infeasible():
            continue
        if verdict is not Verdict.OPTIMAL or found is None:
            break
        point, bound = found, relaxation.bound(found, safe=True)
        if bound.value > best:
            best = bound.value
            report(best)
        if found.cost - best < _NEAR * abs(found.cost) or control.seconds - started > seconds or control.stop.is_set():
            break
        if turn == 0 and weak is not None and found.cost - best > _LOST * abs(found.cost):
            relaxation = _by_volume(relaxation, weak, seconds / 2)  # the nearest lanes are not those that matter
            continue
        asked = relaxation.asked_for(bound, found.x)
        worth = bound.price[asked] * np.minimum(relaxation.upper[asked], relaxation.program.most[asked])
        relaxation.add_columns(asked[np.argsort(worth, kind="stable")[: len(relaxation.kept)]])
    if point is None or bound is None:
        return relaxation
    x, most = point.x, relaxation.program.most
    used = x > 1e-5 * np.maximum(1.0, np.where(np.isfinite(most), most, 1.0))
    kept = np.zeros(len(x), dtype=bool)
    kept[relaxation.kept] = True
    priced = relaxation.priced_gates(_PRICED)
    used[gates.column[priced]] = True
    optional = kept & ~used & ~relaxation.program.whole & (relaxation.program.lower == 0) & ledger.gated
    dear = np.nonzero(optional)[0]
    spare = int(_SPARE * used.sum())
    if len(dear) > spare:
        kept[dear[np.argsort(bound.price[dear], kind="stable")[spare:]]] = False
    lean = _over(relaxation, ledger.choices.with_flows(kept))
    lean.add_gates(priced)
    return lean


def _by_volume(relaxation: Relaxation, weak: Point, seconds: float) -> Relaxation:
    """Return a relaxation over the columns that the duals of the volume algorithm ask for."""
    ledger, control, program = relaxation.ledger, relaxation.control, relaxation.program
    started = control.seconds
    volume = Volume(ledger, relaxation.lower, relaxation.upper)
    begin = Prices(weak.duals.row, weak.duals.cut, np.zeros(len(program.gates)))
    found = volume.climb(begin, weak.x, _PASSES, lambda: control.stop.is_set() or control.seconds - started > seconds)
    price = ledger.bound(found.duals, relaxation.lower, relaxation.upper).price
    kept = (price < 0) | (found.x > _TRACE * volume.room) | program.whole | ~ledger.gated | (program.lower > 0)
    return _over(relaxation, ledger.choices.with_flows(kept))


def _over(relaxation: Relaxation, kept: BoolArray) -> Relaxation:
    """Return a relaxation over other columns, within the same bounds of whole columns."""
    other = Relaxation(relaxation.ledger, relaxation.control, kept, loose=relaxation.loose)
    whole = np.nonzero(relaxation.program.whole & ~other.never)[0]
    other.fix(whole, relaxation.lower[whole], relaxation.upper[whole])
    return other


def screen(
    relaxation: Relaxation,
    dicuts: Dicuts,
    control: Control,
    seconds: float,
    report: Callable[[float], None],
    enough: Callable[[], bool] | None = None,
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
    enough : callable, optional
        Asked after every round whether to end.

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
        if (
            over
            or (enough is not None and enough())
            or (settled and not _wide(point, bound) and _rise(history, 4) < 4 * _STALLED)
        ):
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
