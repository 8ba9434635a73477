"""What all workbooks that are written have in common; imported only where one is written."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

__all__ = [
    "DARK", "INK", "LAST_ROW", "LINE", "LONGEST", "SOFT", "TEXT_FORMAT", "TINT", "column_width", "new_workbook",
    "on_paper", "write_note",
]  # fmt: skip

LAST_ROW = 1_048_575
"""Last row of a sheet, counted from 0."""

LONGEST = 32_767
"""Characters that a cell holds."""

TEXT_FORMAT = 49
"""Number format of text: what is typed stays as it is, 02139 no number and 2027-01 no date."""

DARK, TINT, INK, SOFT, LINE = "#2F6F8F", "#E4EDF2", "#1C1F23", "#5C636B", "#D9D6D0"
"""Colours: headers that matter most, those that matter less, text, text aside, rules."""

_CREATED = datetime(2000, 1, 1)  # the same content gives the same bytes
_NARROWEST, _WIDEST = 9, 48
_NOTE_LETTERS = 44  # that a line of a note has room for


class ExactWorksheet(Worksheet):  # type: ignore[misc]
    """A worksheet whose numbers keep all 17 digits; XlsxWriter writes 16."""

    def _xml_number_element(self, number: float, attributes: Sequence[tuple[str, object]] = ()) -> None:
        marks = "".join(f' {key}="{value}"' for key, value in attributes)
        self.fh.write(f"<c{marks}><v>{number!r}</v></c>")


class _ExactWorkbook(Workbook):  # type: ignore[misc]
    worksheet_class = ExactWorksheet


def new_workbook(path: Path, title: str = "", *, streamed: bool = False) -> Any:
    """Return an empty workbook in which text is never a formula, a link or a number; it is written when it is closed.

    Parameters
    ----------
    path : Path
        Where it goes.
    title : str
        What the properties of the file say.
    streamed : bool
        Whether rows go to the disk as they come, one after the other.
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": streamed,
    }
    workbook = _ExactWorkbook(str(path), options)
    workbook.set_properties({"title": title, "created": _CREATED})
    return workbook


def column_width(title: str, texts: Iterable[str]) -> float:
    """Return a width, in characters, that fits a title with its filter button, and texts unless they are very long."""
    return min(max(_NARROWEST, _seen(title) + 4, *(_seen(text) + 2 for text in texts)), _WIDEST)


def _seen(text: str) -> int:
    """Return how many characters wide a text is; those of Chinese, Japanese and Korean are as wide as two."""
    return len(text) if text.isascii() else sum(2 if unicodedata.east_asian_width(a) in "WF" else 1 for a in text)


def on_paper(sheet: Any, titles: int = 1, pages: int = 0) -> None:
    """Have a sheet printed across, as wide as a page, with its first rows on every one of so many (0: as it needs)."""
    sheet.set_landscape()
    sheet.fit_to_pages(1, pages)
    if titles:
        sheet.repeat_rows(0, titles - 1)


def write_note(sheet: Any, column: int, lines: Sequence[str]) -> None:
    """Put a note on the title of a column, as large as its lines need."""
    height = 12 + 15 * sum(1 + len(line) // _NOTE_LETTERS for line in lines)
    look = {"width": 300, "height": height, "font_name": "Calibri", "font_size": 10}
    sheet.write_comment(0, column, "\n".join(lines), look)
