"""How long to look and how close to come; progress while looking; and stopping when told to."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

__all__ = ["Control", "Progress", "interruptible"]


@dataclass(frozen=True)
class Progress:
    """Where the search stands.

    Parameters
    ----------
    phase : str
        What is being done.
    cost : float
        Cost of the best plan so far, infinite without one.
    bound : float
        No plan costs less, minus infinity where nothing is known.
    seconds : float
        Since the start.
    looked, kept : int or None
        How many columns the bound looks at, and how many of them the relaxation keeps; None where nothing is left out.
    """

    phase: str
    cost: float
    bound: float
    seconds: float
    looked: int | None = None
    kept: int | None = None

    @property
    def gap(self) -> float:
        """How far the best plan may be from the cheapest one, relative to its cost."""
        return gap_between(self.cost, self.bound)


@dataclass
class Control:
    """What the caller asks of the search.

    Parameters
    ----------
    gap : float
        Relative gap at which a plan is good enough.
    time_limit : float or None
        Seconds for everything.
    threads : int or None
        Of the solver; None leaves it the choice.
    seed : int
        Of the solver.
    progress : callable or None
        Called with a `Progress`, from the solver's thread.
    started : float
        What `seconds` counts from.
    stop : Event
        Set by the caller to end everything.
    answered : Event
        Set while parts of a search, see `part`, are not worth finishing.
    cutoff : float
        Money: a bound above it is all that is asked for, with a plan or without one. Parts of a search have none.
    """

    gap: float = 1e-4
    time_limit: float | None = None
    threads: int | None = None
    seed: int = 0
    progress: Callable[[Progress], None] | None = None
    started: float = field(default_factory=time.perf_counter)
    stop: threading.Event = field(default_factory=threading.Event)
    answered: threading.Event = field(default_factory=threading.Event)
    cutoff: float = float("inf")

    @property
    def seconds(self) -> float:
        """Time since the start."""
        return time.perf_counter() - self.started

    @property
    def remaining(self) -> float | None:
        """Seconds that are left, at least a little; None without a limit."""
        return None if self.time_limit is None else max(0.01, self.time_limit - self.seconds)

    def part(self, seconds: float, gap: float) -> Control:
        """Return what is asked of a small part of the search: one thread, and no more time than there is."""
        limit = seconds if self.remaining is None else min(seconds, self.remaining)
        return Control(gap, limit, 1, self.seed, stop=self.stop, answered=self.answered)

    def report(
        self, phase: str, cost: float, bound: float, *, looked: int | None = None, kept: int | None = None
    ) -> None:
        """Tell the caller where the search stands."""
        if self.progress is not None:
            self.progress(Progress(phase, cost, bound, self.seconds, looked, kept))


def gap_between(cost: float, bound: float) -> float:
    """Return ``(cost - bound) / cost``, 0 where they meet and infinite without a plan or a bound."""
    if cost == bound:
        return 0.0
    if not (abs(cost) < float("inf") and abs(bound) < float("inf")):
        return float("inf")
    return max(0.0, cost - bound) / max(abs(cost), 1e-12)


@contextmanager
def interruptible(control: Control) -> Iterator[None]:
    """Let SIGTERM and Ctrl-C ask the search to stop with what it has, while the block runs.

    Signals can only be handled in the main thread; elsewhere this does nothing, and the caller sets ``control.stop``.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def ask(_number: int, _frame: FrameType | None) -> None:
        if control.stop.is_set():  # asked twice: the caller does not want to wait
            raise KeyboardInterrupt
        control.stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
