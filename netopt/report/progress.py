"""While the solver works: how good the best plan is, and how much better one could be.

On a terminal that is one line that changes; for a log it is lines of words, and for a program lines of JSON.
"""

from __future__ import annotations

import json
import math
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from netopt.report.words import gap_words, money, money_at_least, seconds

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

    from netopt.solve.control import Progress

__all__ = ["LiveProgress", "Standing", "WrittenProgress", "progress_json", "progress_shown", "progress_words"]

_TIMES_A_SECOND = 5
_GAP = "   "
_JSON_SECONDS = 0.1
_PLAIN_SECONDS = 1.0
"""Between two lines, unless the second one has a new best plan or is the last one."""

_OTHER_QUESTIONS = frozenset({"checking", "cleaning up", "costing the repair", "diagnosing", "explaining"})
"""Phases whose numbers are not costs of plans for the network: whether there is one, what stands in its way."""

_FINEST = "searching again"
"""The phase that begins where the best plan of HiGHS rested on its tolerances."""

_ROUNDING = 1e-6


class Standing:
    """What is known so far; the phases of a search each say only what they know themselves.

    The cost never rises and the bound never falls, with one exception: a plan that turns out to rest on the
    tolerances of HiGHS, and is searched for again, counts no more.
    """

    def __init__(self) -> None:
        self._cost, self._sound, self._bound = math.inf, math.inf, -math.inf
        self._began: float | None = None

    def after(self, progress: Progress) -> Progress:
        """Return what is known once a phase has said where it stands.

        Parameters
        ----------
        progress : Progress
            What the phase says. A cost below what no plan costs is not that of a plan, and a cost or bound that is
            not a number says nothing.
        """
        now = time.perf_counter()
        if self._began is None:
            self._began = now - progress.seconds
        if progress.phase not in _OTHER_QUESTIONS:
            self._take(progress)
        lasted = max(progress.seconds, now - self._began)  # some phases count from their own start
        return replace(progress, cost=self._cost, bound=self._bound, seconds=lasted)

    def _take(self, progress: Progress) -> None:
        if progress.phase == _FINEST:
            self._cost = self._sound
        lowest = self._bound - _ROUNDING * max(1.0, abs(self._bound)) if math.isfinite(self._bound) else -math.inf
        if math.isfinite(progress.cost) and progress.cost >= lowest:
            self._cost = min(self._cost, progress.cost)
        if progress.phase != "searching":
            self._sound = self._cost
        if math.isfinite(progress.bound):
            self._bound = max(self._bound, min(progress.bound, self._cost))


def progress_words(progress: Progress | None, elapsed: float, width: int | None = None) -> str:
    """Return the line for a state of the search; without one the network is still being read.

    Parameters
    ----------
    progress : Progress or None
        The state.
    elapsed : float
        Seconds.
    width : int, optional
        Columns of the terminal: how much the relaxation keeps is said only where there is room for it.
    """
    if progress is None:
        return f"reading and formulating   {seconds(elapsed)}"
    parts = [progress.phase]
    parts.append(f"best plan {money(progress.cost)}" if math.isfinite(progress.cost) else "no plan yet")
    if math.isfinite(progress.bound):
        parts.append(f"none below {money_at_least(progress.bound)}")
    if math.isfinite(progress.gap):
        parts.append(f"gap {gap_words(progress.gap)}")
    parts.append(seconds(elapsed))
    if progress.looked is not None and progress.kept is not None:
        parts.append(f"keeps {progress.kept:,} of {progress.looked:,} columns")
        if width is not None and len(_GAP.join(parts)) > width:
            parts.pop()
    return _GAP.join(parts)


def progress_json(progress: Progress) -> str:
    """Return a state of the search as one line of JSON, with null for what is not known.

    Parameters
    ----------
    progress : Progress
        Becomes an object with ``phase``, ``cost``, ``bound``, ``gap``, ``seconds``, ``looked`` and ``kept``.
    """
    numbers = {"cost": progress.cost, "bound": progress.bound, "gap": progress.gap, "seconds": progress.seconds}
    known = {name: number if math.isfinite(number) else None for name, number in numbers.items()}
    known["seconds"] = round(progress.seconds, 3)
    event = {"phase": progress.phase, **known, "looked": progress.looked, "kept": progress.kept}
    return json.dumps(event, allow_nan=False)


class WrittenProgress:
    """Writes the progress of a search as lines, soon after each event but not too many of them.

    A new best plan is always written, and so is the last event; what comes between within the interval is left out
    where something newer is known before it is over.

    Parameters
    ----------
    line : callable
        Returns the line for a state, such as `progress_json`.
    every : float
        Seconds between two lines.
    stream : text file, optional
        Standard error without it.
    """

    def __init__(self, line: Callable[[Progress], str], every: float, stream: TextIO | None = None) -> None:
        self._line, self._every, self._stream = line, every, stream or sys.stderr
        self._standing = Standing()
        self._lock = threading.Lock()
        self._held: Progress | None = None
        self._timer: threading.Timer | None = None
        self._cost = math.inf
        self._written = -math.inf
        self._closed = False

    def __call__(self, progress: Progress) -> None:
        """Take the latest state; called from the solver's thread."""
        with self._lock:
            if self._closed:
                return
            self._held = self._standing.after(progress)
            left = self._written + self._every - time.perf_counter()
            if left <= 0 or self._held.cost != self._cost:
                self._write()
            elif self._timer is None:
                self._timer = threading.Timer(left, self._due)
                self._timer.daemon = True
                self._timer.start()

    def __enter__(self) -> WrittenProgress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._write()
            self._closed = True

    def _due(self) -> None:
        with self._lock:
            if self._timer is threading.current_thread():  # or something newer was written while it waited
                self._write()

    def _write(self) -> None:
        """Write what is held, if anything; a reader that has gone ends the writing, not the search."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        held, self._held = self._held, None
        if held is None or self._closed:
            return
        self._cost, self._written = held.cost, time.perf_counter()
        try:
            self._stream.write(self._line(held) + "\n")
            self._stream.flush()
        except (OSError, ValueError):
            self._closed = True


class LiveProgress:
    """Shows the progress of a search on a terminal, and nothing at all in a pipe.

    Parameters
    ----------
    stream : text file, optional
        Standard error without it, so that standard output stays clean.
    quiet : bool
        Show nothing.
    """

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet or not self._stream.isatty()
        self._standing = Standing()
        self._latest: Progress | None = None
        self._started = time.perf_counter()
        self._lock = threading.Lock()
        self._live: Live | None = None

    def __call__(self, progress: Progress) -> None:
        """Take the latest state; called from the solver's thread, so it only takes note."""
        with self._lock:
            self._latest = self._standing.after(progress)

    def __enter__(self) -> LiveProgress:
        if not self._quiet:
            from rich.live import Live

            from netopt.report.console import terminal

            self._live = Live(
                get_renderable=self._line,
                console=terminal(self._stream),
                refresh_per_second=_TIMES_A_SECOND,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def _line(self) -> Text:
        from rich.text import Text

        with self._lock:
            latest = self._latest
        width = self._live.console.width if self._live is not None else None
        words = progress_words(latest, time.perf_counter() - self._started, width)
        return Text(words, no_wrap=True, overflow="ellipsis")


def progress_shown(how: str, *, quiet: bool = False) -> AbstractContextManager[Callable[[Progress], None]]:
    """Return what shows the progress of a search on standard error while its block runs.

    Parameters
    ----------
    how : {'auto', 'none', 'plain', 'json'}
        ``auto`` is a line that changes, on a terminal only; the other two write lines wherever standard error goes.
    quiet : bool
        Makes nothing of ``auto``.
    """
    if how == "plain":
        return WrittenProgress(lambda progress: progress_words(progress, progress.seconds), _PLAIN_SECONDS)
    if how == "json":
        return WrittenProgress(progress_json, _JSON_SECONDS)
    return LiveProgress(quiet=quiet or how == "none")
