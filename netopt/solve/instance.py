"""An instance of HiGHS that gets on with its surroundings: standard output is the plan's, the thread the caller's."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache

import highspy

__all__ = ["guest", "new_highs", "run_here"]

_STDOUT = 1


def new_highs() -> highspy.Highs:
    """Return an instance of HiGHS that logs nothing to the console."""
    _greet()
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("log_to_console", False)  # output_flag off would silence the MIP callbacks too
    return highs


def run_here(highs: highspy.Highs) -> None:
    """Run in this thread, whatever number of threads HiGHS was run with in it before.

    HiGHS keeps a scheduler for each thread that calls it, made for the number of threads of the first run, and refuses
    to run with another number until that scheduler is given back.
    """
    if highs.run() == highspy.HighsStatus.kError and highs.getModelStatus() == highspy.HighsModelStatus.kNotset:
        highspy.Highs.resetGlobalScheduler(True)
        highs.run()


@contextmanager
def guest() -> Iterator[None]:
    """Give the scheduler of this thread back in the end: the caller's own runs of HiGHS choose their threads anew."""
    try:
        yield
    finally:
        highspy.Highs.resetGlobalScheduler(True)


@cache
def _greet() -> None:
    """Let HiGHS say who it is, where nobody hears it.

    From 1.16 on, the first instance of a process prints a banner before any option can be set, which would stand
    before the summary of ``netopt solve --json``.
    """
    with _muted():
        highspy.Highs()  # type: ignore[no-untyped-call]


@contextmanager
def _muted() -> Iterator[None]:
    """Send what the process itself writes to its standard output nowhere; Python's own output is written before."""
    with suppress(AttributeError, ValueError, OSError):  # no standard output, or it is closed
        sys.stdout.flush()
    try:
        kept = os.dup(_STDOUT)
    except OSError:  # closed: there is nothing to keep clean
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:  # noqa: PTH123  # a descriptor is wanted, not a path
            os.dup2(nowhere.fileno(), _STDOUT)
            yield
    finally:
        os.dup2(kept, _STDOUT)
        os.close(kept)
