"""Cells to values of their column's type, a whole column at a time; slow paths run only to explain an error."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from netopt import schema
from netopt.read import numbers
from netopt.read.problems import Findings, closest, shown
from netopt.read.raw import Cells, RawTable, number_text, valid

__all__ = ["typed"]

STR = pd.StringDtype(na_value=np.nan)
LONGEST_NAME = 200
LONGEST_TEXT = 2_000
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
YES = {"yes": "yes", "y": "yes", "true": "yes", "1": "yes", "no": "no", "n": "no", "false": "no", "0": "no"}

Mask = NDArray[np.bool_]
Values = tuple[pd.Series, Mask | None]
Explain = Callable[[str], tuple[str, str]]


def typed(raw: RawTable, header: str, cells: Cells, column: schema.Column, findings: Findings) -> Values:
    """Return a column of a table as values: ``float64`` for numbers, ``str`` for the rest, NaN for blank.

    With them comes which cells the type does not allow: None if it allows all, else one bool per row.

    Parameters
    ----------
    raw : RawTable
        The table, for messages.
    header : str
        The column's header as typed.
    cells : ChunkedArray
        Its cells, trimmed.
    column : schema.Column
        What the dictionary says of it.
    findings : Findings
        Where cells that the type does not allow are noted.
    """
    if column.numeric:
        return _numbers(raw, header, cells, column, findings)
    codes, words = _words(cells)
    convert, explain = _conversion(column)
    values = [convert(word) for word in words]
    wrong = None
    if None in values:
        wrong = np.isin(codes, [i for i, value in enumerate(values) if value is None])
        at = np.flatnonzero(wrong)
        kind = "the value" if column.choices or column.type == "date" else "the text"
        findings.many(raw.source, header, raw.rows[at], lambda i: explain(words[codes[at[i]]]), kind=kind)
    if values == words and pa.types.is_large_string(cells.type):
        array = cells
    else:
        kept = [word if value is None else value for word, value in zip(words, values, strict=True)]
        array = pa.chunked_array([pa.array(kept, pa.large_string()).take(pa.array(codes, mask=codes < 0))])
    values_in_order: pd.Series = array.to_pandas(types_mapper=lambda _: STR)
    values_in_order.index = _index(raw)
    return values_in_order, wrong


def _index(raw: RawTable) -> pd.Index[Any]:
    return pd.Index(raw.rows, name="row")


def _numbers(raw: RawTable, header: str, cells: Cells, column: schema.Column, findings: Findings) -> Values:
    values = numbers.parsed(cells)
    filled = valid(cells)
    wrong = filled & ~np.isfinite(values) | numbers.out_of_range(values, column.type)
    at = np.flatnonzero(wrong)
    if len(at):

        def explain(i: int) -> tuple[str, str]:
            value = cells[int(at[i])].as_py()
            return numbers.explained(value if isinstance(value, str) else number_text(value), column)

        findings.many(raw.source, header, raw.rows[at], explain, kind=f"not a {column.type} number")
        values[at] = np.nan
    return pd.Series(values, index=_index(raw)), wrong if len(at) else None


def _words(cells: Cells) -> tuple[NDArray[np.int64], list[str]]:
    """Return the position of every cell's text among the distinct ones (-1 for blank), and these."""
    encoded = cells.combine_chunks().dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy().astype(np.int64)
    words: list[Any] = encoded.dictionary.to_pylist()
    if not pa.types.is_large_string(cells.type):
        words = [number_text(word) for word in words]
    return codes, words


def _conversion(column: schema.Column) -> tuple[Callable[[str], str | None], Explain]:
    """Return what turns a cell into its value (None where it has none), and what explains those."""
    if column.type == "yesno":
        return _yes_or_no, lambda word: (f"{shown(word)} is neither yes nor no", "write yes or no")
    if column.choices:
        known = {schema.normalized(choice): choice for choice in column.choices}
        return lambda word: known.get(schema.normalized(word)), lambda word: _no_choice(word, column)
    if column.type == "date":
        return _date, _no_date
    longest = LONGEST_TEXT if column.type == "text" and not column.key else LONGEST_NAME
    return lambda word: _text(word, longest), lambda word: _no_text(word, longest)


def _yes_or_no(word: str) -> str | None:
    return YES.get(word.casefold())


def _no_choice(word: str, column: schema.Column) -> tuple[str, str]:
    near = closest(word, column.choices)
    words = _listed(column.choices)
    return f"{shown(word)} is not one of {words}", f"did you mean {near}?" if near else f"write {words}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _date(word: str) -> str | None:
    if not ISO_DATE.fullmatch(word):
        return None
    try:
        return datetime.date.fromisoformat(word).isoformat()
    except ValueError:
        return None


def _no_date(word: str) -> tuple[str, str]:
    if ISO_DATE.fullmatch(word):
        return f"{shown(word)} is not a day of the calendar", "correct the month or the day"
    return f"{shown(word)} is not a date", "write year, month and day as 2027-01-31"


def _text(word: str, longest: int) -> str | None:
    """Return a text in NFC, or None where it is too long or has letters that cannot be seen."""
    if len(word) > longest:
        return None
    if word.isprintable():
        return word if word.isascii() else unicodedata.normalize("NFC", word).strip()
    return None if any(map(_hidden, word)) else unicodedata.normalize("NFC", word).strip()


def _hidden(letter: str) -> bool:
    """Return whether a letter is a control, format (bidi, zero width), surrogate or line separating one."""
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _no_text(word: str, longest: int) -> tuple[str, str]:
    if len(word) > longest:
        return f"{shown(word)} has {len(word):,} characters", f"use at most {longest:,}"
    letter = next(filter(_hidden, word))
    if letter in "\r\n\u2028\u2029\x85\x0b\x0c":
        return f"{shown(word)} has a line break in it", "write it on one line"
    if letter == "\t":
        return f"{shown(word)} has a tab in it", "use a space"
    name = unicodedata.name(letter, "a control character").lower()
    return f"{shown(word)} has an invisible character in it (U+{ord(letter):04X}, {name})", "type the text again"
