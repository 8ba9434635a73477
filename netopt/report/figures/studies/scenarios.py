"""What scenarios cost, by bucket, and what they cost more or less than what they are compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.report.figures.studies.listed import ZERO, listed_layout
from netopt.report.figures.style import SERIES, Figure, hover, label, layout
from netopt.report.words import money

if TYPE_CHECKING:
    from netopt.study.comparison import Comparison
    from netopt.study.outcome import Outcome

__all__ = ["MOST", "changes", "costs"]

MOST = 30
"""Scenarios that one figure has room for."""


def costs(outcomes: Sequence[Outcome]) -> Figure:
    """Return the cost of each scenario in one bar, its buckets side by side.

    Parameters
    ----------
    outcomes : sequence of Outcome
        Those without a plan are left out.
    """
    found = [each for each in outcomes if each.found][:MOST]
    if not found:
        return {"data": [], "layout": layout("No scenario has a plan.")}
    table = pd.DataFrame({each.name: _buckets(each) for each in found}).fillna(0.0)
    cheapest, dearest = (pick(found, key=lambda each: each.cost) for pick in (min, max))
    currency, scale = str(found[0].summary["currency"] or ""), dearest.cost
    low, high = (money(each.cost, currency, scale) for each in (cheapest, dearest))
    says = f"{cheapest.name} costs the least, {low}; {dearest.name} the most, {high}."
    if cheapest is dearest:
        says = f"{cheapest.name} costs {low}."
    return {"data": _bars(table, _colours(found), currency, scale), "layout": listed_layout(says, list(table.columns))}


def changes(beside: Sequence[Comparison]) -> Figure:
    """Return what each scenario costs more (right) or less (left), bucket by bucket.

    Parameters
    ----------
    beside : sequence of Comparison
        Each scenario and what it is compared with.
    """
    shown = list(beside)[:MOST]
    table = pd.DataFrame({each.after.name: each.costs().set_index("bucket")["change"] for each in shown}).fillna(0.0)
    if table.empty or not table.abs().to_numpy().any():
        return {"data": [], "layout": layout("Nothing changes in any bucket.")}
    currency = str(shown[0].before.summary["currency"] or "")
    row, column = np.unravel_index(int(np.argmax(np.abs(table.to_numpy()))), table.shape)
    bucket, name, change = table.index[int(row)], table.columns[int(column)], float(table.to_numpy()[row, column])
    amount = money(abs(change), currency, shown[0].before.cost)
    says = f"The largest change is that of {bucket} in {name}: {amount} {'more' if change > 0 else 'less'}."
    colours = _colours([*(each.before for each in shown), *(each.after for each in shown)])
    return {
        "data": _bars(table, colours, currency, shown[0].before.cost, sign=True),
        "layout": listed_layout(says, list(table.columns), xaxis=ZERO),
    }


def _buckets(outcome: Outcome) -> pd.Series:
    found: pd.Series = outcome.tables["costs"].groupby("bucket", sort=False)["cost"].sum()
    return found


def _colours(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Return the colours of buckets, the largest first: the same in all figures of the same plans."""
    whole = {each.name: _buckets(each).abs() for each in outcomes}
    size = pd.DataFrame(whole).fillna(0.0).max(axis=1)
    order = size[size > 0].sort_values(ascending=False, kind="stable").index
    return {str(bucket): SERIES[at % len(SERIES)] for at, bucket in enumerate(order)}


def _bars(
    table: pd.DataFrame, colours: dict[str, str], currency: str, scale: float, *, sign: bool = False
) -> list[dict[str, Any]]:
    """Return a series of bars for each bucket that has any."""
    names = [label(name) for name in table.columns]
    series = []
    for bucket, colour in colours.items():
        if bucket not in table.index or not table.loc[bucket].any():
            continue
        values = [float(value) for value in table.loc[bucket].to_numpy(dtype=float)]
        words = [("+" if sign and value > 0 else "") + money(value, currency, scale) for value in values]
        series.append({
            "type": "bar", "orientation": "h", "name": label(bucket), "x": values, "y": list(range(len(names))),
            "marker": {"color": colour},
            "customdata": [list(pair) for pair in zip(names, words, strict=True)],
            "hovertemplate": hover(f"{label(bucket)}, %{{customdata[0]}}", "%{customdata[1]}"),
        })  # fmt: skip
    return series
