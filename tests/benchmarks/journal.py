"""What a run writes while it goes on, so that one that is killed has still told how far it came."""

from __future__ import annotations

import json
import math
import resource
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.benchmarks.trajectory import Point

__all__ = ["Journal", "peak_mb", "read_points"]

PHASES = ("loading", "running", "closing")

_WORTH_TELLING = 1e-6  # relative: bounds creep up a thousand times a second


class Journal:
    """The clock and the notes of one run.

    Parameters
    ----------
    folder : Path
        Gets ``points.jsonl``, and ``phase``, whose age says for how long the run is in it.

    Attributes
    ----------
    cost, bound : float
        The best that were noted.
    taken : float
        Seconds between start and stop, nan before.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._phase = folder / "phase"
        self._file = (folder / "points.jsonl").open("w", encoding="utf-8", buffering=1)
        self.cost, self.bound = math.inf, -math.inf
        self._written = -math.inf
        self._began = 0.0
        self.taken = math.nan
        self.enter("loading")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def enter(self, phase: str) -> None:
        """Say which of `PHASES` begins."""
        self._phase.write_text(phase, encoding="utf-8")

    def start(self) -> None:
        """Start the clock: the program is being handed over."""
        self.enter("running")
        self._began = time.perf_counter()

    def stop(self) -> float:
        """Stop the clock and return the seconds."""
        self.taken = self.seconds
        self.enter("closing")
        return self.taken

    @property
    def seconds(self) -> float:
        """Since the hand-over."""
        return time.perf_counter() - self._began

    def note(self, cost: float, bound: float) -> None:
        """Note the best plan and the best bound, where they are better than those noted before."""
        cost = cost if abs(cost) < 1e29 else math.inf  # solvers have infinities of their own
        bound = bound if abs(bound) < 1e29 else -math.inf
        rise = _WORTH_TELLING * abs(self._written) if math.isfinite(self._written) else 0.0
        tell = cost < self.cost or bound > self._written + rise
        self.cost, self.bound = min(cost, self.cost), max(bound, self.bound)
        if tell and not self._file.closed:
            self._written = self.bound
            self._file.write(json.dumps([round(self.seconds, 4), finite(self.cost), finite(self.bound)]) + "\n")


def finite(value: float) -> float | None:
    """Return a number as JSON can say it: None where it is not finite."""
    return float(value) if math.isfinite(value) else None


def read_points(folder: Path) -> list[Point]:
    """Return what a journal noted, the last line perhaps cut short by a kill."""
    path = folder / "points.jsonl"
    points = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        try:
            seconds, cost, bound = json.loads(line)
        except ValueError:
            break
        points.append(Point(seconds, math.inf if cost is None else cost, -math.inf if bound is None else bound))
    return points


def peak_mb(process: int | str = "self") -> float:
    """Return the most memory that a process has held, in MB.

    Linux hands the peak of a parent down to the child that it forks, but not to the memory that the child has after it
    started a program: `VmHWM` counts only that.

    Parameters
    ----------
    process : int or str
        Its id; ``self`` for this one.
    """
    try:
        for line in Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return float(line.split()[1]) / 2**10
    except OSError:
        pass
    if process != "self":
        return math.nan
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10  # bytes there, kilobytes on Linux
