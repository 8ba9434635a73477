"""The formats that the sheets of a workbook share, and how its numbers are shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from netopt.read.worksheet import DARK, INK, LINE, SOFT, TEXT_FORMAT, TINT
from netopt.report.columns import MONEY, QUANTITY, TEXT, WHOLE
from netopt.report.words import WHOLE_MONEY

__all__ = ["Styles", "number_format"]


class Styles:
    """Formats of a workbook, each made once.

    Parameters
    ----------
    workbook : xlsxwriter.Workbook
        Whose they are.
    """

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._cells: dict[str, Any] = {}
        self.title = workbook.add_format({"bold": True, "font_size": 16, "font_color": DARK})
        self.heading = workbook.add_format({"bold": True, "font_size": 12, "font_color": DARK})
        self.aside = workbook.add_format({"font_color": SOFT, "indent": 1})
        self.header = workbook.add_format({"bold": True, "font_color": "#FFFFFF", "bg_color": DARK, "indent": 1})
        minor = {"font_color": INK, "bg_color": TINT, "bottom": 1, "bottom_color": LINE}
        self.minor = workbook.add_format(minor | {"indent": 1})
        self.minor_number = workbook.add_format(minor | {"align": "right", "shrink": True})
        self.text = self.cell(TEXT)

    def cell(self, code: str) -> Any:
        """Return the format of cells with a number format; text keeps off the numbers beside it."""
        if code not in self._cells:
            form = {"num_format": TEXT_FORMAT, "indent": 1} if code == TEXT else {"num_format": code}
            self._cells[code] = self._workbook.add_format(form)
        return self._cells[code]

    def numbers(self, shown: str, values: pd.Series | Sequence[float]) -> Any:
        """Return the format of cells that hold these values."""
        return self.cell(number_format(shown, values))


def number_format(shown: str, values: pd.Series | Sequence[float]) -> str:
    """Return how values are shown together: without cents or decimals where one of them is large or none has any.

    Parameters
    ----------
    shown : str
        Number format of their kind.
    values : Series or sequence of float
        All of them; what is no number does not count.
    """
    if shown not in (QUANTITY, MONEY):
        return shown
    numbers = pd.to_numeric(pd.Series(values), errors="coerce").dropna()
    if len(numbers) and float(numbers.abs().max()) >= WHOLE_MONEY:
        return WHOLE
    return WHOLE if shown == QUANTITY and bool((numbers == numbers.round()).all()) else MONEY
