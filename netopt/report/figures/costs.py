"""What the plan costs: by bucket in one bar, and by period where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from netopt.report.figures.style import SERIES, Figure, cash, hover, inert, label, layout, over_time
from netopt.report.words import money, share

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["by_bucket", "by_period"]

_WORDS = 0.09
"""Share of the bar from which a bucket has room for its name."""


def by_bucket(plan: Plan) -> Figure:
    """Return the cost in one bar, the largest bucket first."""
    costs, currency = _table(plan), plan.network.settings.currency
    totals = costs.sum(axis=1)
    total = float(totals.sum())
    traces = []
    for at, (bucket, cost) in enumerate(totals.items()):
        part = cost / total if total > 0 else 0.0
        words = share(part) if total > 0 else ""
        traces.append({
            "type": "bar", "orientation": "h", "name": label(bucket), "y": [""], "x": [float(cost)],
            "marker": {"color": SERIES[at]}, "textposition": "inside", "insidetextanchor": "middle",
            "text": [f"{label(bucket)}<br>{words}" if part >= _WORDS else ""], "textangle": 0,
            "customdata": [[cash(cost, currency, total), words]],
            "hovertemplate": hover(inert(bucket), "%{customdata[0]}", "%{customdata[1]} of the cost"),
        })  # fmt: skip
    says = f"{str(totals.index[0]).capitalize()} is {share(totals.iloc[0] / total)} of the cost." if total > 0 else ""
    ends = [min(0.0, float(totals[totals < 0].sum())), float(totals[totals > 0].sum())]
    axes: dict[str, Any] = {"xaxis": {"visible": False, "range": ends}, "yaxis": {"visible": False}}
    figure = layout(says or "The plan costs nothing.", barmode="relative", bargap=0, height=72, **axes)
    return {"data": traces, "layout": figure | {"margin": {"l": 0, "r": 0, "t": 0, "b": 4}}}


def by_period(plan: Plan) -> Figure:
    """Return the cost of each period, its buckets on top of each other; nothing where there is one period."""
    if len(plan.network.periods) < 2:
        return {"data": [], "layout": layout("There is one period.")}
    costs, currency = _table(plan), plan.network.settings.currency
    sums, scale = costs.sum(), float(costs.to_numpy().sum())
    periods = [str(name) for name in costs.columns]
    traces = [
        {
            "type": "bar", "name": label(bucket), "x": [label(period) for period in periods], "y": row.tolist(),
            "marker": {"color": SERIES[at]},
            "customdata": [[cash(cost, currency, scale)] for cost in row],
            "hovertemplate": hover(f"{inert(bucket)}, %{{x}}", "%{customdata[0]}"),
        }
        for at, (bucket, row) in enumerate(costs.iterrows())
    ]  # fmt: skip
    dearest, cheapest = int(sums.argmax()), int(sums.argmin())
    most, least = (money(float(sums.iloc[at]), currency, scale) for at in (dearest, cheapest))
    says = f"{periods[dearest]} costs the most, {most}, and {periods[cheapest]} the least, {least}."
    return {"data": traces, "layout": over_time(says, len(periods), "relative")}


def _table(plan: Plan) -> pd.DataFrame:
    """Return the cost by bucket and period, the largest bucket first; those for which no colour is left are one."""
    costs, periods = plan.costs(), [str(name) for name in plan.network.periods.names]
    table = costs.pivot_table(index="bucket", columns="period", values="cost", aggfunc="sum", fill_value=0.0)
    table = table.reindex(columns=periods, fill_value=0.0)
    totals = table.sum(axis=1)
    table = table.loc[totals[totals != 0].sort_values(ascending=False, kind="stable").index]
    if len(table) <= len(SERIES):
        return table
    rest = table.iloc[len(SERIES) - 1 :]
    table = table.iloc[: len(SERIES) - 1]
    return pd.concat([table, rest.sum().to_frame(f"{len(rest)} smaller ones").T])
