"""Exit codes, and the error that carries one."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Any

import click

from netopt.errors import InputError, Problem

__all__ = ["MEANINGS", "ExitCode", "Failure", "as_problems"]


class ExitCode(IntEnum):
    """What the shell gets."""

    GOOD = 0
    BUG = 1
    INPUT = 2
    IMPOSSIBLE = 3
    STOPPED = 4


MEANINGS = {
    ExitCode.GOOD: "A plan within the asked gap; for the other commands: all is well.",
    ExitCode.BUG: "A bug of ours, or a plan that did not pass its audit. Please report it (--debug shows where).",
    ExitCode.INPUT: "Bad input or usage. From `netopt verify`: the plan on disk does not stand up.",
    ExitCode.IMPOSSIBLE: "Proved infeasible or unbounded: no plan can satisfy every limit, or cost has no floor.",
    ExitCode.STOPPED: "Stopped by a limit or Ctrl-C: the best plan so far, if any, is written and its gap said.",
}


class Failure(Exception):  # noqa: N818
    """Ends a command with words for the user and an exit code.

    Parameters
    ----------
    code : ExitCode
        What the shell gets.
    words : str
        What is wrong and what to do about it.
    details : iterable of str
        Lines that follow.
    """

    def __init__(self, code: ExitCode, words: str, details: Iterable[str] = ()) -> None:
        super().__init__(words)
        self.code = code
        self.words = words
        self.details = tuple(details)


def as_problems(error: BaseException) -> list[dict[str, Any]]:
    """Return the problems of an error as ``--json`` prints them: source, row, column, message, fix."""
    if isinstance(error, InputError):
        return [_fields(problem) for problem in error.problems]
    if isinstance(error, Failure):
        return [_fields(_bare(words)) for words in (error.words, *error.details)]
    if isinstance(error, click.ClickException):
        return [_fields(_bare(error.format_message()))]
    return [_fields(_bare(str(error) or type(error).__name__))]


def _bare(message: str) -> Problem:
    return Problem("", None, None, message, "")


def _fields(problem: Problem) -> dict[str, Any]:
    return {
        "source": problem.source or None,
        "row": problem.row,
        "column": problem.column,
        "message": problem.message,
        "fix": problem.fix or None,
    }
