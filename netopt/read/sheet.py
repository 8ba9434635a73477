"""A table whose headers are understood: typed columns beside what the analyst typed above them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netopt.read.problems import Findings, fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from netopt import schema

__all__ = ["Mask", "Sheet"]

Mask = NDArray[np.bool_]
Codes = NDArray[np.int64]

_LARGEST = 2**62


@dataclass
class Sheet:
    """One table on its way to `Tables`.

    Parameters
    ----------
    table : schema.Table
        Its entry in the dictionary.
    source : str
        Where it stands, for messages.
    frame : DataFrame
        Typed columns; index ``row``.
    headers : mapping of str to str
        Header as typed, by column.
    flawed : mapping of str to array of bool
        Cells, by column, that are filled with what the column's type does not allow.
    """

    table: schema.Table
    source: str
    frame: pd.DataFrame
    headers: Mapping[str, str]
    flawed: Mapping[str, Mask] = field(default_factory=dict)
    _factors: dict[str, tuple[Codes, list[str]]] = field(default_factory=dict, init=False, repr=False)
    _folded: dict[str, Codes] = field(default_factory=dict, init=False, repr=False)

    @property
    def name(self) -> str:
        """Name of the table."""
        return self.table.name

    def __contains__(self, column: str) -> bool:
        """Whether the table has a column with filled cells."""
        return column in self.frame

    def header(self, column: str) -> str:
        """Return a column's header as the analyst typed it."""
        return self.headers.get(column, column)

    def text(self, column: str) -> pd.Series:
        """Return a text column, blank throughout where the input has none."""
        if column in self.frame:
            return self.frame[column]
        return pd.Series(np.nan, index=self.frame.index, dtype="str")

    def number(self, column: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN throughout where the input has none."""
        if column in self.frame:
            return self.frame[column].to_numpy(dtype=np.float64)
        return np.full(len(self.frame), np.nan)

    def filled(self, column: str) -> Mask:
        """Return which rows have something in a column, right or wrong."""
        if column in self.frame:
            filled = self.frame[column].notna().to_numpy(dtype=bool, copy=True)
            return filled | self.flawed[column] if column in self.flawed else filled
        return np.zeros(len(self.frame), dtype=bool)

    def factors(self, column: str) -> tuple[Codes, list[str]]:
        """Return the position of each row's word among the distinct ones (-1 for blank), and these."""
        if column not in self._factors:
            codes, distinct = pd.factorize(self.text(column), use_na_sentinel=True)
            self._factors[column] = np.asarray(codes, dtype=np.int64), distinct.tolist()
        return self._factors[column]

    def same(self, column: str) -> Codes:
        """Return a number per distinct value, names compared as `fold` does; -1 for blank."""
        if column not in self._folded:
            if self.table.columns[column].numeric:
                codes, _ = pd.factorize(self.number(column), use_na_sentinel=True)
            else:
                words, distinct = self.factors(column)
                alike, _ = pd.factorize(np.array([*map(fold, distinct)], dtype=object))
                codes = np.append(alike, -1)[words]
            self._folded[column] = np.asarray(codes, dtype=np.int64)
        return self._folded[column]

    def combined(self, columns: Sequence[str]) -> Codes:
        """Return a number per distinct combination of values, compared as in `same`."""
        combined, size = np.zeros(len(self.frame), dtype=np.int64), 1
        for column in columns:
            part = self.same(column) + 1
            count = int(part.max(initial=0)) + 1
            if size * count > _LARGEST:
                combined, distinct = pd.factorize(combined)
                size = len(distinct)
            combined, size = combined * count + part, size * count
        return combined

    def respell(self, column: str, spelling: Callable[[str], str | None]) -> None:
        """Rewrite a text column with `spelling`; words for which it returns None stay as they are."""
        if column not in self:
            return
        codes, distinct = self.factors(column)
        new = [spelling(word) or word for word in distinct]
        if new != distinct:
            words = pd.array([*new, None], dtype="str").take(codes)
            self.frame[column] = pd.Series(words, index=self.frame.index, dtype="str")
            del self._factors[column]
            self._folded.pop(column, None)

    def note(
        self,
        findings: Findings,
        where: Mask,
        column: str | None,
        explain: Callable[[int], tuple[str, str]],
        *,
        kind: str,
    ) -> None:
        """Note a problem in every row of the mask; `explain` takes the position in the frame."""
        positions = np.flatnonzero(where)
        if len(positions):
            rows = self.frame.index.to_numpy()[positions]
            label = None if column is None else self.header(column)
            findings.many(self.source, label, rows, lambda i: explain(int(positions[i])), kind=kind)
