"""Sensitivity as tables, sentences and a chart, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from netopt.report.console import TextTable
from netopt.report.markup import text
from netopt.report.studies.study import signed
from netopt.report.words import at_most, listed, money, percent

if TYPE_CHECKING:
    from netopt.study.risk.tornado import Bar, End, Tornado

__all__ = ["NOTE", "chart", "swings_table", "thresholds_table", "tornado_answer"]

NOTE = (
    "One input at a time is scaled, and the network is planned anew. A change is that of the best plan known; it is "
    "known within the gap. With other costs, sites count as changed where that saves more than the gap of the base. "
    "Pale bars: scaled down; full bars: scaled up."
)

_TIGHT = 1e-4

_WIDE, _ROW, _LEFT, _RIGHT = 400, 40, 4, 396
"""Of the chart, in units that a phone shows as about a pixel."""


def tornado_answer(tornado: Tornado) -> tuple[str, list[str]]:
    """Return the answer in a few words, and the sentences that explain it."""
    if not tornado.base.found:
        return "The base has no plan", ["There is nothing to compare with."]
    if not tornado.bars:
        return "No input is there to be scaled", []
    first, scale = tornado.bars[0], tornado.base.cost
    currency = str(tornado.base.summary["currency"] or "")
    share = percent(tornado.by)
    if np.isfinite(first.swing(tornado.base)):
        head = f"The cost depends most on {first.input.name}"
    else:
        head = f"With {share} {_impossible(first)} {first.input.name}, there is no plan"
    return head, [
        f"The base costs {money(scale, currency)}. Each input is scaled by {share} down and up.",
        *_none(tornado),
        *_changing(tornado),
        *_small(tornado),
    ]


def _impossible(bar: Bar) -> str:
    return "more" if bar.high.outcome.summary["status"] == "infeasible" else "less"


def _ends(bar: Bar) -> tuple[tuple[str, End], tuple[str, End]]:
    return ("low", bar.low), ("high", bar.high)


def _none(tornado: Tornado) -> Iterator[str]:
    for bar in tornado.bars:
        for _, end in _ends(bar):
            if not np.isfinite(end.cost):
                why = "there is no plan" if end.outcome.summary["status"] == "infeasible" else "no plan was found"
                yield f"{bar.input.name} x {end.factor:g}: {why}."


def _changing(tornado: Tornado) -> Iterator[str]:
    changing = [bar.input.name for bar in tornado.bars if bar.low.changes or bar.high.changes]
    if changing:
        yield f"Other sites are open, or none suffice, with another {listed(changing, 12)}."
        gap = tornado.base.summary["gap"]
        if gap and float(gap) > _TIGHT:
            within = at_most(float(gap))
            yield f"The base is known within {within}; other sites may cost as little, which a smaller --gap tells."
    steady = [bar.input.name for bar in tornado.bars if not (bar.low.changes or bar.high.changes)]
    if steady:
        yield f"The open sites stay as they are, as far as the gap tells, with another {listed(steady, 12)}."


def _small(tornado: Tornado) -> Iterator[str]:
    gap = tornado.base.summary["gap"]
    small = [
        bar.input.name for bar in tornado.bars if gap and bar.swing(tornado.base) <= float(gap) * tornado.base.cost
    ]
    if small:
        yield f"The gap of the base, {at_most(float(gap))}, is more than the swing of {listed(small, 8)}."


def swings_table(tornado: Tornado, most: int) -> TextTable:
    """Return the change of the cost at both ends of each input, the largest swing first."""
    scale = tornado.base.cost
    rows = [
        [bar.input.name, *(_change(end, tornado) for _, end in _ends(bar)), _swing(bar, tornado, scale)]
        for bar in tornado.bars[:most]
    ]
    kinds = {f"x {1 - tornado.by:g}": "number", f"x {1 + tornado.by:g}": "number", "swing": "number"}
    return TextTable({"input": "name", **kinds}, rows)


def _swing(bar: Bar, tornado: Tornado, scale: float) -> str:
    swing = bar.swing(tornado.base)
    return money(swing, scale=scale) if np.isfinite(swing) else ""


def _change(end: End, tornado: Tornado) -> str:
    found = np.isfinite(end.cost)
    return signed(end.cost - tornado.base.cost, tornado.base.cost) if found else "no plan"


def thresholds_table(tornado: Tornado) -> TextTable:
    """Return which sites open and close at each end where some do, and between which factors that begins."""
    rows = []
    for bar in tornado.bars:
        for side, end in _ends(bar):
            if end.changes:
                rows.append([bar.input.name, f"{end.factor:g}", _between(bar, side), *_moves(end)])
    kinds = {"x": "number", "begins between": "number", "opens": "name", "closes": "name"}
    columns = {"input": "name", **kinds}
    if all(row[2] == "" for row in rows):
        del columns["begins between"]
        rows = [[*row[:2], *row[3:]] for row in rows]
    return TextTable(columns, rows)


def _between(bar: Bar, side: str) -> str:
    if side not in bar.thresholds:
        return ""
    low, high = sorted(bar.thresholds[side])
    return f"{low:.6g} and {high:.6g}"


def _moves(end: End) -> tuple[str, str]:
    if not end.outcome.found:
        return "no plan", ""
    return ", ".join(end.opens), ", ".join(end.closes)


def chart(tornado: Tornado, most: int) -> str:
    """Return the bars as a picture: pale where the input is scaled down, full where up; no script."""
    bars = tornado.bars[:most]
    base = tornado.base.cost
    known = [end.cost - base for bar in bars for _, end in _ends(bar) if np.isfinite(end.cost)]
    least, largest = min([0.0, *known]), max([0.0, *known])
    if largest == least:
        return ""
    across = (_RIGHT - _LEFT) / (largest - least)
    zero = _LEFT - least * across
    rows = "".join(_bar(bar, tornado, at * _ROW, zero, across) for at, bar in enumerate(bars))
    height = len(bars) * _ROW
    label = f"Change of cost with each input scaled by {percent(tornado.by)} down (pale) and up, largest swing first"
    line = f'<line x1="{zero:.1f}" y1="0" x2="{zero:.1f}" y2="{height}" stroke="var(--soft)" stroke-width="1"/>'
    return (
        f'<svg viewBox="0 0 {_WIDE} {height}" role="img" aria-label="{text(label)}" '
        f'style="width:100%;max-width:40rem;display:block" font-size="12" fill="var(--ink)">{rows}{line}</svg>'
    )


def _bar(bar: Bar, tornado: Tornado, top: int, zero: float, across: float) -> str:
    """Return an input: its name and both changes, and the bars below them."""
    words = " / ".join(_change(end, tornado) for _, end in _ends(bar))
    parts = [
        f'<text x="{_LEFT}" y="{top + 15}">{text(bar.input.name)}</text>',
        f'<text x="{_RIGHT}" y="{top + 15}" text-anchor="end" fill="var(--soft)" font-size="11">{text(words)}</text>',
    ]
    for (_, end), faint in zip(_ends(bar), ("0.45", "1"), strict=True):
        if np.isfinite(end.cost):
            to = zero + (end.cost - tornado.base.cost) * across
            left, width = min(zero, to), abs(to - zero)
            parts.append(
                f'<rect x="{left:.1f}" y="{top + 20}" width="{width:.1f}" height="12" fill="var(--bar)" '
                f'fill-opacity="{faint}"/>'
            )
    return "".join(parts)
