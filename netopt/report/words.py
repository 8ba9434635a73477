"""Numbers and names as a reader expects them; names that cannot do anything to a terminal."""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = [
    "NO_GAP",
    "WHOLE_MONEY",
    "amount",
    "at_most",
    "count",
    "days",
    "gap_words",
    "listed",
    "money",
    "money_at_least",
    "more",
    "percent",
    "safe",
    "seconds",
    "share",
]

WHOLE_MONEY = 100_000
"""From here on nobody reads the cents."""

NO_GAP = 1e-9
"""Up to here a gap is rounding."""

_NAMED = 5


def safe(value: object, width: int = 0) -> str:
    """Return text as one printable line: control, bidi and escape characters are spelled out.

    Parameters
    ----------
    value : object
        Anything that came from a user.
    width : int
        Longer text is cut with an ellipsis; 0 never cuts.
    """
    text = "".join(letter if letter.isprintable() else _spelled(letter) for letter in str(value))
    return text[: width - 1] + "…" if 0 < width < len(text) else text


def _spelled(letter: str) -> str:
    return letter.encode("unicode_escape").decode("ascii")


def money(value: float, currency: str = "", scale: float | None = None) -> str:
    """Return an amount of money, such as ``3,780.00 USD`` or ``$263,182,145``; without cents where it is large.

    Parameters
    ----------
    value : float
        Money.
    currency : str
        Name, or a sign that goes in front.
    scale : float, optional
        Largest amount of the same table, so that all of them show cents or none does.
    """
    if not math.isfinite(value):
        return "-"
    figures = _signed(f"{value:,.0f}" if abs(value if scale is None else scale) >= WHOLE_MONEY else f"{value:,.2f}")
    if not currency:
        return figures
    sign = safe(currency, 12)
    if len(sign) == 1 and not sign.isalnum():
        return f"-{sign}{figures[1:]}" if figures.startswith("-") else f"{sign}{figures}"
    return f"{figures} {sign}"


def money_at_least(value: float, currency: str = "") -> str:
    """Return an amount of money rounded down, for ``no plan costs less than``."""
    if not math.isfinite(value):
        return money(value, currency)
    steps = 1 if abs(value) >= WHOLE_MONEY else 100
    return money(math.floor(value * steps + 1e-6) / steps, currency, value)


def _signed(figures: str) -> str:
    """Return figures without the sign of a zero."""
    return figures if any(digit in figures for digit in "123456789") else figures.removeprefix("-")


def amount(value: float) -> str:
    """Return a quantity with thousands separators, with decimals only where it has any that count."""
    if not math.isfinite(value):
        return "-"
    if abs(value) >= 1000 or math.isclose(value, round(value), abs_tol=1e-9):
        return _signed(f"{value:,.0f}")
    return f"{value:,.2f}" if abs(value) >= 1 else f"{value:.3g}"


def count(number: int, noun: str, plural: str = "") -> str:
    """Return ``1 site``, ``2 sites``, ``1,000 facilities``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(share: float) -> str:
    """Return a share as a percentage that is never rounded to a better one: 99.996% does not read 100%."""
    if not math.isfinite(share):
        return "-"
    value = share * 100
    if value == round(value):
        return f"{value:.0f}%"
    for digits in (1, 2, 3, 4):
        text = f"{value:.{digits}f}"
        if float(text) not in (0.0, 100.0):
            return f"{text}%"
    return "under 0.0001%" if 0 < value < 1 else f"{math.floor(value * 1e4) / 1e4}%"


def at_most(share: float) -> str:
    """Return a share as a percentage that is never below it, for ``within 0.2% of the cheapest``."""
    if not math.isfinite(share):
        return "-"
    value = share * 100
    for digits in (1, 2, 3, 4):
        steps = math.ceil(value * 10**digits - 1e-6)
        if value == 0 or value * 10**digits > 1 - 1e-6:
            return f"{steps / 10**digits:.{digits}f}".rstrip("0").rstrip(".") + "%"
    return "0.0001%"


def gap_words(gap: float) -> str:
    """Return a gap as a percentage that is never below it, but ``0%`` for what rounding leaves of none."""
    return at_most(gap if gap > NO_GAP else 0.0)


def share(part: float) -> str:
    """Return a share with one decimal, as a column of them reads best; nothing where it is not known."""
    return f"{part * 100:.1f}%" if math.isfinite(part) else ""


def seconds(value: float) -> str:
    """Return a time span: ``0.4 s``, ``42 s``, ``3 min 12 s``, ``2 h 5 min``."""
    if value < 10:
        return f"{value:.1f} s"
    whole = int(value)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def days(value: float) -> str:
    """Return a number of days: ``1 day``, ``2.4 days``."""
    text = f"{value:.1f}".removesuffix(".0")
    return f"{text} day" if text == "1" else f"{text} days"


def more(number: int, file: str = "") -> str:
    """Return ``and 12 more``, or ``and 12 more in flows.csv``: what stands for the rows that a table leaves out."""
    return f"and {number:,} more in {file}" if file else f"and {number:,} more"


def listed(names: Sequence[object], most: int = _NAMED) -> str:
    """Return ``Reno, Dallas and Austin``, or the first few ``and 12 more``."""
    shown = [safe(name, 40) for name in names[:most]]
    if len(names) > most:
        return f"{', '.join(shown)} and {len(names) - most:,} more"
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
