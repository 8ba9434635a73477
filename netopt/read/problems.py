"""Gather what is wrong with an input: all of it, with long runs of one kind cut short and counted."""

from __future__ import annotations

import bisect
import difflib
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from netopt.errors import InputError, Problem

__all__ = ["Findings", "Nearest", "always", "closest", "fold", "plain", "shown"]

PRINTED = 50  # problems of one kind, in one column of one source, before the rest is only counted
WIDTH = 60  # characters of an offending value that a message repeats
CANDIDATES = 2_000  # names that difflib compares in reasonable time

Explain = Callable[[int], tuple[str, str]]
Rows = Sequence[int | None] | NDArray[np.int64]


class Findings:
    """Every problem of an input, in its order."""

    def __init__(self) -> None:
        self._sources: dict[str, int] = {}
        self._runs: dict[tuple[str, str | None, str], list[Problem]] = {}
        self._more: dict[tuple[str, str | None, str], int] = {}

    def __bool__(self) -> bool:
        """Whether anything was noted."""
        return bool(self._runs)

    def add(self, source: str, row: int | None, column: str | None, message: str, fix: str, *, kind: str = "") -> None:
        """Note one problem; those that share a source, column and non-empty `kind` are cut short together."""
        self.many(source, column, [row], always(message, fix), kind=kind or message)

    def many(self, source: str, column: str | None, rows: Rows, explain: Explain, *, kind: str) -> None:
        """Note a problem per row; `explain` gives the message and the fix for the i-th of `rows`."""
        if len(rows) == 0:
            return
        self._sources.setdefault(source, len(self._sources))
        run = (source, column, kind)
        kept = self._runs.setdefault(run, [])
        room = PRINTED - len(kept)
        for i, row in enumerate(rows[:room]):
            message, fix = explain(i)
            kept.append(Problem(source, None if row is None else int(row), column, message, fix))
        self._more[run] = self._more.get(run, 0) + max(len(rows) - room, 0)

    def problems(self) -> tuple[Problem, ...]:
        """Return the problems by source and row; a run that was cut short ends with the count of the rest."""
        ordered = []
        for run, kept in self._runs.items():
            rank = self._sources[run[0]]
            ordered += [(rank, problem.row or 0, problem) for problem in kept]
            more = self._more[run]
            if more:
                rows = "1 more row has" if more == 1 else f"{more:,} more rows have"
                rest = Problem(run[0], None, run[1], f"{rows} a problem of this kind: {run[2]}", "mend them alike")
                ordered.append((rank, kept[-1].row or 0, rest))
        return tuple(problem for _, _, problem in sorted(ordered, key=lambda entry: entry[:2]))

    def stop(self) -> None:
        """Raise InputError with everything noted, if anything was."""
        if self:
            raise InputError(self.problems())


def always(message: str, fix: str) -> Explain:
    """Return what explains every row of a run alike."""
    return lambda _: (message, fix)


def fold(text: str) -> str:
    """Return a name as names are compared: NFC, without blanks around it, case folded."""
    if text.isascii():
        return text.strip().lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).strip().casefold())


def shown(value: object) -> str:
    """Return a value in quotes as a message repeats it: on one line, printable, cut to a readable length."""
    return f'"{plain(value)}"'


def plain(value: object) -> str:
    """Return a value as a message repeats it, without quotes."""
    text = str(value)
    if len(text) > WIDTH:
        text = text[: WIDTH - 1] + "…"
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known name most like `word`, or None where none is like it."""
    folded: dict[str, str] = {}
    for name in known:
        folded.setdefault(fold(name), name)
    return Nearest(folded).to(word)


class Nearest:
    """Finds the name most like a word among many.

    Parameters
    ----------
    names : mapping of str to str
        Names by folded spelling.
    """

    def __init__(self, names: Mapping[str, str]) -> None:
        self._names = names
        self._sorted = sorted(names)

    def to(self, word: str) -> str | None:
        """Return the name most like a word, or None where none is like it."""
        wanted = fold(word)
        place = bisect.bisect(self._sorted, wanted)  # of very many names, those that begin alike
        options = self._sorted[max(place - CANDIDATES // 2, 0) : place + CANDIDATES // 2]
        if len(self._sorted) <= CANDIDATES:
            options = self._sorted
        found = difflib.get_close_matches(wanted, options, n=1, cutoff=0.6)
        return self._names[found[0]] if found else None
