"""What SCIP's log tells of a search, on the way and when it is killed."""

from __future__ import annotations

import math
import re
from pathlib import Path

from tests.benchmarks.trajectory import Point

__all__ = ["first_line", "scip_points"]

_TIME = re.compile(r"^.?\s*([\d.]+)s\|")
_ROUNDED = 0.05  # it tells time to a tenth of a second: never earlier than it was
_MARK = "scale and start:"


def first_line(money: float, seconds: float) -> str:
    """Return what stands above SCIP's own lines: money per unit of its cost, and when its clock started."""
    return f"{_MARK} {money!r} {seconds!r}"


def scip_points(log: Path) -> list[Point]:
    """Return what a log tells, in money and since the hand-over; nothing where there is no log.

    Parameters
    ----------
    log : Path
        `first_line`, then SCIP's table: time first, the bounds fourth and third from the end.
    """
    points, money, began = [], 1.0, 0.0
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    for line in lines:
        if line.startswith(_MARK):
            money, began = (float(part) for part in line.split()[-2:])
        cells, time = line.split("|"), _TIME.match(line)
        if time is not None and len(cells) >= 6:
            bound, cost = _number(cells[-4]), _number(cells[-3])
            points.append(Point(
                round(began + float(time[1]) + _ROUNDED, 4),
                math.inf if cost is None else cost * money,
                -math.inf if bound is None else bound * money,
            ))
    return points


def _number(text: str) -> float | None:
    """Return a figure; None for ``--``, and for the infinities that SCIP writes as 1e+20."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e19 else None
