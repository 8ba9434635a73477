"""How close a search came, and when: from (seconds, cost, bound) points to seconds to a gap and gaps at a time.

    gap = (cost - bound) / |cost|        infinite without a plan or a bound
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

__all__ = ["LEVELS", "MOMENTS", "Point", "envelope", "gap_at", "measures", "relative_gap", "seconds_to"]

LEVELS = (0.01, 0.001, 0.0001)
"""Gaps whose time is measured."""

MOMENTS = (60.0, 300.0)
"""Seconds at which the gap is measured."""

_ROUNDING = 1e-9  # a solver that was asked for 0.01% may stop a hair above it


class Point(NamedTuple):
    """Where a search stands.

    Attributes
    ----------
    seconds : float
        Since the program was handed over.
    cost : float
        Of the best plan, infinite without one.
    bound : float
        No plan costs less; minus infinity where nothing is known.
    """

    seconds: float
    cost: float
    bound: float


def relative_gap(cost: float, bound: float) -> float:
    """Return how far a plan may be from the cheapest one, relative to its cost; infinite without plan or bound."""
    if not (math.isfinite(cost) and math.isfinite(bound)):
        return math.inf
    return max(0.0, cost - bound) / max(abs(cost), 1e-12)


def envelope(points: Iterable[Point], end: Point) -> list[Point]:
    """Return the best plan and bound so far at each point, none better than what the search has to show at its end.

    A claim made on the way that the end does not hold up (a plan that turned out to cost more, a bound that was taken
    back) counts as no more than what it came to.

    Parameters
    ----------
    points : iterable of Point
        In the order of time.
    end : Point
        What the search returned, and when; an infinite cost or bound there says nothing about those before.

    Returns
    -------
    list of Point
        Costs fall, bounds rise; the last one is at the end.
    """
    least = end.cost if math.isfinite(end.cost) else -math.inf
    most = end.bound if math.isfinite(end.bound) else math.inf
    cost, bound, found = math.inf, -math.inf, []
    for point in (*points, end):
        cost = min(cost, max(point.cost, least))
        bound = max(bound, min(point.bound, most))
        found.append(Point(min(point.seconds, end.seconds), cost, bound))
    return found


def seconds_to(level: float, points: list[Point]) -> float | None:
    """Return when an envelope's gap first was a level or less; None where it never was."""
    for point in points:
        if relative_gap(point.cost, point.bound) <= level + _ROUNDING:
            return point.seconds
    return None


def gap_at(moment: float, points: list[Point], done: bool) -> float | None:
    """Return an envelope's gap at a moment.

    Parameters
    ----------
    moment : float
        Seconds.
    points : list of Point
        As `envelope` returns them.
    done : bool
        Whether the search ended by itself; then its last gap holds for ever.

    Returns
    -------
    float or None
        Infinite without a plan or a bound; None when the search was stopped before the moment.
    """
    slack = max(1.0, 0.05 * moment)  # a search that is told to stop at 60 s ends a little later
    end = points[-1].seconds
    if end < moment - slack and not done:
        return None
    last = math.inf if end <= moment + slack else moment
    reached = [point for point in points if point.seconds <= last]
    return relative_gap(reached[-1].cost, reached[-1].bound) if reached else math.inf


def measures(
    points: list[Point], end: Point, limit: float, done: bool, infeasible: bool = False, asked: float = LEVELS[-1]
) -> dict[str, Any]:
    """Return what is measured of a search.

    Parameters
    ----------
    points : list of Point
        What was told on the way.
    end : Point
        What came out.
    limit : float
        Time limit in seconds.
    done : bool
        Whether the search ended by itself.
    infeasible : bool
        Whether it said, rightly, that there is no plan: that is as good as a gap of 0.
    asked : float
        Gap that the search was asked for.

    Returns
    -------
    dict
        Seconds ``to`` each level and ``to_asked``, None where it was never reached; gaps ``at`` each moment,
        ``at_limit`` and ``gap_end``, None where the search was stopped before, ``none`` without a plan or a bound.
    """
    found = [end._replace(cost=0.0, bound=0.0)] if infeasible else envelope(points, end)
    last = relative_gap(found[-1].cost, found[-1].bound)
    return {
        "to": {f"{level:g}": seconds_to(level, found) for level in LEVELS},
        "to_asked": seconds_to(asked, found),
        "at": {f"{moment:g}": _known(gap_at(moment, found, done)) for moment in MOMENTS},
        "at_limit": _known(gap_at(limit, found, done)),
        "gap_end": _known(last),
    }


def _known(gap: float | None) -> float | str | None:
    """Return a gap as JSON can say it: an infinite one is the word ``none``."""
    return "none" if gap is not None and math.isinf(gap) else gap
