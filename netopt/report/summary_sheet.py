"""The first sheet of a workbook: what the plan costs, how sure we are, what is on the other sheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from netopt.plan.tables import PLAN_TABLES
from netopt.read.worksheet import LONGEST, on_paper
from netopt.report.columns import MONEY, QUANTITY, SHARE, TABLES, TEXT, WHOLE, currency_of
from netopt.report.headline import bound_by, certainty, headline
from netopt.report.origin import origin

if TYPE_CHECKING:
    from netopt.plan import Plan
    from netopt.report.styles import Styles

__all__ = ["write_summary"]

_WIDTHS = (28, 24, 100)
_ADVICE = (
    "Titles have their unit in brackets, and say more when the pointer is held over them.",
    "To pivot: Insert, PivotTable, and the name of a sheet as the table.",
    "The next plan in this folder replaces this file: keep what you add to it in a copy.",
    "Scripts read the .csv files beside it: the same rows, titles without units.",
)


class _Figure(NamedTuple):
    """A line: a label, its value and what is said of it; without a value, a sentence, or a heading where `heads`."""

    label: str
    value: str | float | None = None
    shown: str = TEXT
    said: str = ""
    heads: bool = False


def write_summary(sheet: Any, plan: Plan, notes: Mapping[str, Sequence[str]], styles: Styles) -> None:
    """Write the sheet.

    Parameters
    ----------
    sheet : Worksheet
        Still empty.
    plan : Plan
        With tables.
    notes : mapping of str to sequence of str
        What has to be said of the sheets of some tables.
    styles : Styles
        Formats of the workbook.
    """
    sheet.hide_gridlines(2)
    on_paper(sheet, titles=0, pages=1)
    for at, width in enumerate(_WIDTHS):
        sheet.set_column(at, at, width)
    for row, figure in enumerate(_figures(plan, notes)):
        if figure.value is None:
            kind = styles.title if row == 0 else styles.heading if figure.heads else None
            sheet.write_string(row, 0, figure.label, kind) if figure.label else None
            continue
        sheet.write_string(row, 0, figure.label)
        if isinstance(figure.value, str):
            sheet.write_string(row, 1, figure.value[:LONGEST])
        else:
            cents = figure.shown == MONEY  # a bound without them might be rounded up
            form = styles.cell(MONEY) if cents else styles.numbers(figure.shown, [figure.value])
            sheet.write_number(row, 1, figure.value, form)
        if figure.said:
            sheet.write_string(row, 2, figure.said, styles.aside)


def _figures(plan: Plan, notes: Mapping[str, Sequence[str]]) -> Iterator[_Figure]:
    summary = plan.summary()
    currency = currency_of(plan.network.settings)
    yield _Figure(headline(summary))
    yield from (_Figure(sentence) for sentence in certainty(summary))
    yield from _heading("Figures")
    yield _Figure("status", str(summary["status"]))
    yield _Figure("currency", str(summary["currency"]))
    for label, key, shown, unit in (
        ("cost", "cost", MONEY, currency),
        (f"bound ({bound_by(summary)})", "bound", MONEY, currency),
        ("bound (proved)", "proved_bound", MONEY, currency),
        ("gap", "gap", "0.0000%", ""),
        ("asked gap", "asked_gap", "0.0000%", ""),
        ("demand", "demand", QUANTITY, "units"),
        ("demand met", "demand_met", SHARE, ""),
        ("on time", "on_time", SHARE, ""),
        ("time of the search", "seconds", "0.00", "seconds"),
    ):
        if summary.get(key) is not None:
            yield _Figure(label, float(summary[key]), shown, unit)
    yield _Figure("open sites", len(summary["open_sites"]), WHOLE)
    yield from _heading("Cost by bucket")
    yield from (_Figure(bucket, cost, MONEY, currency) for bucket, cost in summary["costs"].items())
    yield from _sheets(plan, notes)
    yield from _heading("How it was made")
    yield from (_Figure(label, value) for label, value in origin(plan).items())


def _sheets(plan: Plan, notes: Mapping[str, Sequence[str]]) -> Iterator[_Figure]:
    """Yield how many rows every sheet has and what is in them, and how to go on from there."""
    yield from _heading("Sheets, and how many rows they have")
    for name in PLAN_TABLES:
        yield _Figure(name, len(plan.tables[name]), WHOLE, TABLES[name])
        yield from (_Figure(note) for note in notes.get(name, ()))
    yield from map(_Figure, _ADVICE)


def _heading(words: str) -> Iterator[_Figure]:
    yield from (_Figure(""), _Figure(words, heads=True))
