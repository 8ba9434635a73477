"""What the plan costs: by bucket in one bar, and by period where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from netopt.report.figures.style import SERIES, Figure, hover, label, layout, over_time
from netopt.report.words import money, share

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["by_bucket", "by_period"]

_WORDS = 0.09
"""Share of the bar from which a bucket has room for its name."""


def by_bucket(plan: Plan) -> Figure:
    """Return the cost in one bar, the largest bucket first."""
    totals, colours = _totals(plan)
    total, currency = float(totals.sum()), plan.network.settings.currency
    traces = []
    for bucket, cost in totals.items():
        part = cost / total if total > 0 else 0.0
        words = share(part) if total > 0 else ""
        traces.append({
            "type": "bar", "orientation": "h", "name": label(bucket), "y": [""], "x": [float(cost)],
            "marker": {"color": colours[str(bucket)]}, "textposition": "inside", "insidetextanchor": "middle",
            "text": [f"{label(bucket)}<br>{words}" if part >= _WORDS else ""], "textangle": 0,
            "customdata": [[money(cost, currency, total), words]],
            "hovertemplate": hover(label(bucket), "%{customdata[0]}", "%{customdata[1]} of the cost"),
        })  # fmt: skip
    says = f"{str(totals.index[0]).capitalize()} is {share(totals.iloc[0] / total)} of the cost." if total > 0 else ""
    ends = [min(0.0, float(totals[totals < 0].sum())), float(totals[totals > 0].sum())]
    axes: dict[str, Any] = {"xaxis": {"visible": False, "range": ends}, "yaxis": {"visible": False}}
    figure = layout(says or "The plan costs nothing.", barmode="relative", bargap=0, height=72, **axes)
    return {"data": traces, "layout": figure | {"margin": {"l": 0, "r": 0, "t": 0, "b": 4}}}


def by_period(plan: Plan) -> Figure:
    """Return the cost of each period, its buckets on top of each other; nothing where there is one period."""
    periods = [str(name) for name in plan.network.periods.names]
    if len(periods) < 2:
        return {"data": [], "layout": layout("There is one period.")}
    totals, colours = _totals(plan)
    costs, currency = plan.costs(), plan.network.settings.currency
    table = costs.pivot_table(index="bucket", columns="period", values="cost", aggfunc="sum", fill_value=0.0)
    table = table.reindex(index=totals.index, columns=periods, fill_value=0.0)
    sums, scale = table.sum(), float(totals.sum())
    names = [label(period) for period in periods]
    traces = [
        {
            "type": "bar", "name": label(bucket), "x": names, "y": table.loc[bucket].tolist(),
            "marker": {"color": colours[str(bucket)]},
            "customdata": [[money(cost, currency, scale)] for cost in table.loc[bucket]],
            "hovertemplate": hover(f"{label(bucket)}, %{{x}}", "%{customdata[0]}"),
        }
        for bucket in table.index
    ]  # fmt: skip
    dearest, cheapest = int(sums.argmax()), int(sums.argmin())
    most, least = (money(float(sums.iloc[at]), currency, scale) for at in (dearest, cheapest))
    says = f"{periods[dearest]} costs the most, {most}, and {periods[cheapest]} the least, {least}."
    return {"data": traces, "layout": over_time(says, len(periods), "relative")}


def _totals(plan: Plan) -> tuple[pd.Series, dict[str, str]]:
    """Return buckets that cost anything, the largest first, and their colours, which are the same in all figures."""
    totals = plan.costs().groupby("bucket", sort=False)["cost"].sum()
    totals = totals[totals != 0].sort_values(ascending=False, kind="stable")
    return totals, {str(bucket): SERIES[at % len(SERIES)] for at, bucket in enumerate(totals.index)}
