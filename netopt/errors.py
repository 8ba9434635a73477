"""What can go wrong, in words an analyst can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["InputError", "NetoptError", "PlanError", "Problem", "SolverError"]


class NetoptError(Exception):
    """Base of every error that netopt raises on purpose."""


@dataclass(frozen=True)
class Problem:
    """One thing wrong with the input: where it stands, what it is, and how to mend it.

    Parameters
    ----------
    source : str
        File, sheet or frame, such as ``lanes.csv`` or ``network.xlsx, sheet lanes``.
    row : int or None
        Row as a spreadsheet counts it (the header is row 1); None when the whole table is meant.
    column : str or None
        Column as the analyst typed it; None when the whole row is meant.
    message : str
        What is wrong, with the offending value.
    fix : str
        What to do about it.
    """

    source: str
    row: int | None
    column: str | None
    message: str
    fix: str

    def __str__(self) -> str:
        where = self.source
        if self.row is not None:
            where += f" row {self.row}"
        if self.column is not None:
            where += f", {self.column}"
        return f"{where}: {self.message}; {self.fix}"


class InputError(NetoptError):
    """The input cannot be used as it is; carries every problem found, not just the first.

    Parameters
    ----------
    problems : sequence of Problem
        In the order of the input.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = "1 problem" if count == 1 else f"{count:,} problems"
        super().__init__("\n".join([f"{head} in the input", *(str(problem) for problem in self.problems)]))

    def __reduce__(self) -> tuple[type[InputError], tuple[tuple[Problem, ...]]]:
        """Return what makes the same error in another process."""
        return type(self), (self.problems,)


class SolverError(NetoptError):
    """The solver failed in a way that says nothing about the network."""


class PlanError(NetoptError):
    """A plan does not stand up to the audit, or its files do not agree with one another."""
