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

__all__ = ["MOST", "changes", "cost_bars", "costs"]

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
    return cost_bars(table, str(found[0].summary["currency"] or ""))


def cost_bars(table: pd.DataFrame, currency: str) -> Figure:
    """Return the cost of each column of a table in one bar.

    Parameters
    ----------
    table : DataFrame
        Buckets by whatever is compared, money.
    currency : str
        Of the money.
    """
    total = table.sum()
    names, scale = [str(name) for name in table.columns], float(total.abs().max())
    cheapest, dearest = int(total.argmin()), int(total.argmax())
    low, high = (money(float(total.iloc[at]), currency, scale) for at in (cheapest, dearest))
    says = f"{names[cheapest]} costs the least, {low}; {names[dearest]} the most, {high}."
    if cheapest == dearest:
        says = f"{names[cheapest]} costs {low}."
    return {"data": _bars(table, _order(table), currency, scale), "layout": listed_layout(says, names)}


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
    sides = {each.name: _buckets(each) for one in shown for each in (one.before, one.after)}
    order = _order(pd.DataFrame(sides).fillna(0.0))
    return {
        "data": _bars(table, order, currency, shown[0].before.cost, sign=True),
        "layout": listed_layout(says, list(table.columns), xaxis=ZERO),
    }


def _buckets(outcome: Outcome) -> pd.Series:
    found: pd.Series = outcome.tables["costs"].groupby("bucket", sort=False)["cost"].sum()
    return found


def _order(table: pd.DataFrame) -> list[str]:
    """Return the buckets that cost anything, the largest first: their order gives them their colours in all figures."""
    size = table.abs().max(axis=1)
    return [str(bucket) for bucket in size[size > 0].sort_values(ascending=False, kind="stable").index]


def _bars(
    table: pd.DataFrame, order: list[str], currency: str, scale: float, *, sign: bool = False
) -> list[dict[str, Any]]:
    """Return a series of bars for each bucket; those for which no colour is left are one."""
    names = [label(name) for name in table.columns]
    own = order if len(order) <= len(SERIES) else order[: len(SERIES) - 1]
    parts = {bucket: table.loc[bucket] for bucket in own if bucket in table.index}
    rest = [bucket for bucket in order[len(own) :] if bucket in table.index]
    if rest:
        parts[f"{len(order) - len(own)} smaller ones"] = table.loc[rest].sum()
    series = []
    for bucket, row in parts.items():
        values = [float(value) for value in row.to_numpy(dtype=float)]
        if not any(values):
            continue
        words = [("+" if sign and value > 0 else "") + money(value, currency, scale) for value in values]
        series.append({
            "type": "bar", "orientation": "h", "name": label(bucket), "x": values, "y": list(range(len(names))),
            "marker": {"color": SERIES[order.index(bucket) if bucket in own else len(SERIES) - 1]},
            "customdata": [list(pair) for pair in zip(names, words, strict=True)],
            "hovertemplate": hover(f"{label(bucket)}, %{{customdata[0]}}", "%{customdata[1]}"),
        })  # fmt: skip
    return series
