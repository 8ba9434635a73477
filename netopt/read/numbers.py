"""Text to numbers: finite, within the range of the column's type, never guessed."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from netopt.read.problems import shown

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from netopt import schema
    from netopt.read.raw import Cells

__all__ = ["explained", "number_of", "out_of_range", "parsed"]

PLAIN = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([,'’ \u00a0\u202f]\d{3})+(\.\d*)?", re.ASCII)
DECIMAL_COMMA = re.compile(r"[+-]?(\d{1,3}(\.\d{3})+|\d*),\d+", re.ASCII)
LEADING = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
CURRENCIES = "$€£¥₹"
ENDLESS = frozenset({"inf", "infinity", "∞", "unlimited", "none", "no limit"})
MISSING = frozenset({"nan", "na", "n/a", "null", "nil", "-", "?", "tbd", "#n/a"})


def parsed(cells: Cells) -> NDArray[np.float64]:
    """Return numbers, NaN for blank cells and for those that hold none; infinite ones stay infinite."""
    if not pa.types.is_large_string(cells.type):
        return _array(cells.cast(pa.float64()))
    try:
        return _array(cells.cast(pa.float64()))
    except pa.ArrowInvalid:
        plain = pc.match_substring_regex(cells, PLAIN)
        return _array(pc.if_else(plain, cells, pa.scalar(None, pa.large_string())).cast(pa.float64()))


def number_of(text: str) -> float:
    """Return the finite number that a text is, NaN where it is none."""
    value = float(text) if re.fullmatch(PLAIN, text) else math.nan
    return value if math.isfinite(value) else math.nan


def _array(numbers: Cells) -> NDArray[np.float64]:
    # adding zero turns -0.0 into 0.0
    return np.asarray(numbers.to_numpy(), dtype=np.float64) + 0.0


def out_of_range(values: NDArray[np.float64], kind: str) -> NDArray[np.bool_]:
    """Return which numbers the type of a column does not allow."""
    if kind == "latitude":
        return np.asarray(np.abs(values) > 90)
    if kind == "longitude":
        return np.asarray(np.abs(values) > 180)
    if kind == "positive":
        return np.asarray(values <= 0)
    wrong = values < 0
    if kind == "fraction":
        wrong |= values > 1
    if kind == "whole":
        wrong |= np.isfinite(values) & (values != np.floor(values))
    return np.asarray(wrong)


def explained(text: str, column: schema.Column) -> tuple[str, str]:
    """Return what is wrong with a cell of a numeric column, and the fix."""
    if re.fullmatch(PLAIN, text):
        value = float(text)
        if math.isinf(value):
            return f"{shown(text)} is too large for a number", f"write a smaller number{_or_blank(column)}"
        return _out_of_range(text, value, column)
    return f"{shown(text)} is not a number", _fix(text, column)


def _out_of_range(text: str, value: float, column: schema.Column) -> tuple[str, str]:
    if column.type == "latitude":
        return f"{text} is not a latitude", "use degrees from -90 to 90, north positive (are the columns swapped?)"
    if column.type == "longitude":
        return f"{text} is not a longitude", "use degrees from -180 to 180, east positive"
    if column.type == "fraction" and value > 1:
        share = f"write {value / 100:g} for {value:g}%" if value <= 100 else "write 0.95 for 95%"
        return f"{text} is more than 1", f"use a share from 0 to 1: {share}"
    if column.type == "positive" and value == 0:
        return "0 is not above 0", f"use a number above 0{_or_blank(column)}"
    if value < 0:
        least = "a number above 0" if column.type == "positive" else "0 or more"
        return f"{text} is negative", f"use {least}{_or_blank(column)}"
    return f"{text} is not a whole number", f"use a whole number, 0 or more{_or_blank(column)}"


def _fix(text: str, column: schema.Column) -> str:
    """Return how to write what the analyst may have meant; the cell itself is never taken for it."""
    example = "3" if column.type == "whole" else "12.5"
    for hint in (_fix_of_word, _fix_of_grouping, _fix_of_sign, _fix_of_digits):
        fix = hint(text, column)
        if fix:
            return fix
    return f"write a number, such as {example}{_or_blank(column)}"


def _fix_of_word(text: str, column: schema.Column) -> str | None:
    low = text.casefold().lstrip("+-")
    if low in MISSING:
        return f"write a number{_or_blank(column) or ', the column needs one'}"
    if low in ENDLESS or low in ("true", "false", "yes", "no"):
        return f"write a number{_or_blank(column)}"
    if text.startswith("#"):
        return "mend the formula in the spreadsheet, or write the number"
    return "write the number, not the formula" if text.startswith("=") else None


def _fix_of_grouping(text: str, _: schema.Column) -> str | None:
    if GROUPED.fullmatch(text):
        whole = re.sub(r"[,'’ \u00a0\u202f]", "", text)
        point = text.replace(",", ".")
        decimal = f" (or {point} if the comma is a decimal comma)" if text.count(",") == 1 and "." not in text else ""
        return f"write {whole} without a thousands separator{decimal}"
    if DECIMAL_COMMA.fullmatch(text):
        return f"write {text.replace('.', '').replace(',', '.')} with a decimal point instead of the comma"
    if "_" in text and LEADING.fullmatch(text.replace("_", "")):
        return f"write {text.replace('_', '')} without underscores"
    return None


def _fix_of_sign(text: str, _: schema.Column) -> str | None:
    if text.endswith("%") and LEADING.fullmatch(text[:-1].strip()):
        return f"write {float(text[:-1]) / 100:g} for {text}"
    if text[0] in CURRENCIES or text[-1] in CURRENCIES:
        return "write the number without the currency sign"
    return None


def _fix_of_digits(text: str, column: schema.Column) -> str | None:
    if text.casefold().lstrip("+-").startswith("0x"):
        return "write the number in decimal digits"
    if any(letter.isdigit() and not letter.isascii() for letter in text):
        return "use the digits 0 to 9"
    if LEADING.match(text):
        unit = f" (the unit is {column.unit})" if column.unit else ""
        return f"write the number alone{unit}"
    return None


def _or_blank(column: schema.Column) -> str:
    """Return what leaving the cell blank would mean, as the end of a fix."""
    if column.required:
        return ""
    if column.default:
        return f", or leave it blank for {column.default}"
    if "Blank: no limit" in column.description:
        return ", or leave it blank for no limit"
    return ", or leave it blank"
