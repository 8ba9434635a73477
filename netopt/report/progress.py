"""One line that says, while the solver works, how good the best plan is and how much better one could be."""

from __future__ import annotations

import math
import sys
import threading
import time
from types import TracebackType
from typing import TYPE_CHECKING, TextIO

from netopt.report.words import money, percent, seconds

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

    from netopt.solve.control import Progress

__all__ = ["LiveProgress", "progress_words"]

_TIMES_A_SECOND = 5


def progress_words(progress: Progress | None, elapsed: float) -> str:
    """Return the line for a state of the search; without one the network is still being read."""
    if progress is None:
        return f"reading and formulating   {seconds(elapsed)}"
    parts = [progress.phase]
    parts.append(f"best plan {money(progress.cost)}" if math.isfinite(progress.cost) else "no plan yet")
    if math.isfinite(progress.bound):
        parts.append(f"none below {money(progress.bound)}")
    if math.isfinite(progress.gap):
        parts.append(f"gap {percent(round(progress.gap, 6))}")
    parts.append(seconds(elapsed))
    return "   ".join(parts)


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
        self._latest: Progress | None = None
        self._started = time.perf_counter()
        self._lock = threading.Lock()
        self._live: Live | None = None

    def __call__(self, progress: Progress) -> None:
        """Take the latest state; called from the solver's thread, so it only takes note."""
        with self._lock:
            self._latest = progress

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
        words = progress_words(latest, time.perf_counter() - self._started)
        return Text(words, no_wrap=True, overflow="ellipsis")
