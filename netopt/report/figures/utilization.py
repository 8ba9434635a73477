"""How full the open sites are: a bar for each, or a field for each period where there are several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netopt.report.figures.style import COSTS, SKY, VERMILION, Figure, height, hover, label, layout, rows, singular
from netopt.report.words import amount, count, listed, percent, share

if TYPE_CHECKING:
    import pandas as pd

    from netopt.plan import Plan

__all__ = ["how_full"]

_MOST = 30
_FULL = 1 - 1e-6
_NAME = 28
_ROOM = 1.12
"""Length of the axis beside a full bar: its figure stands behind it."""

_WORDS = 14
"""Periods up to which a field has room for its figure."""


def how_full(plan: Plan) -> Figure:
    """Return how much of its capacity every open site uses, the fullest first; sites without a limit have no bar."""
    sites = plan.sites()
    limited = sites[(sites["open"] == 1) & sites["utilization"].notna()]
    if limited.empty:
        return {"data": [], "layout": layout("No open site has a limit of its capacity.")}
    peak = limited.groupby("name", sort=False)["utilization"].max().sort_values(ascending=False, kind="stable")
    says = _says(peak)
    shown = peak.head(_MOST)
    if len(shown) < len(peak):
        says += f" The {len(shown)} fullest are shown."
    several = len(plan.network.periods) > 1
    return _fields(plan, limited, shown, says) if several else _bars(limited, shown, says)


def _says(peak: pd.Series) -> str:
    full = [str(name) for name in peak.index[peak >= _FULL]]
    if full:
        are = "is" if len(full) == 1 else "are"
        return f"{listed(full)} {are} full, of {count(len(peak), 'open site')} with a limit."
    return f"No open site is full; {peak.index[0]} is the fullest at {percent(float(peak.iloc[0]))}."


def _bars(limited: pd.DataFrame, shown: pd.Series, says: str) -> Figure:
    table = limited.groupby("name", sort=False)[["type", "throughput"]].agg({"type": "first", "throughput": "sum"})
    table = table.reindex(shown.index)
    words = [share(part) for part in shown]
    bars = {
        "type": "bar", "orientation": "h", "y": list(range(len(shown))), "x": shown.clip(lower=0.0).tolist(),
        "text": words, "textposition": "outside", "cliponaxis": False,
        "marker": {"color": [VERMILION if part >= _FULL else SKY for part in shown]},
        "customdata": [
            [label(name), singular(kind), amount(units), part]
            for name, kind, units, part in zip(shown.index, table["type"], table["throughput"], words, strict=True)
        ],
        "hovertemplate": hover("%{customdata[0]}", "%{customdata[1]}, %{customdata[2]} units", "%{customdata[3]} full"),
    }  # fmt: skip
    across = {"range": [0, max(1.0, float(shown.max())) * _ROOM], "tickformat": ".0%", "dtick": 0.25}
    names = [str(name) for name in shown.index]
    figure = layout(says, height=height(len(shown), 26), bargap=0.4, xaxis=across, yaxis=rows(names, _NAME))
    return {"data": [bars], "layout": figure}


def _fields(plan: Plan, limited: pd.DataFrame, shown: pd.Series, says: str) -> Figure:
    periods = [str(name) for name in plan.network.periods.names]
    names = [str(name) for name in shown.index]
    table = limited.pivot_table(index="name", columns="period", values="utilization", aggfunc="max")
    table = table.reindex(index=shown.index, columns=periods)
    parts = [[None if np.isnan(part) else float(part) for part in row] for row in table.to_numpy()]
    fields = {
        "type": "heatmap", "x": [label(period) for period in periods], "y": list(range(len(names))), "z": parts,
        "zmin": 0, "zmax": 1, "xgap": 2, "ygap": 2, "showscale": False, "hoverongaps": False,
        "colorscale": [[at / (len(COSTS) - 1), colour] for at, colour in enumerate(COSTS)],
        "text": [["not open" if part is None else share(part) for part in row] for row in parts],
        "texttemplate": "%{text}" if len(periods) <= _WORDS else "",
        "customdata": [[label(name)] * len(periods) for name in names],
        "hovertemplate": hover("%{customdata}, %{x}", "%{text} full"),
    }  # fmt: skip
    across = {"type": "category", "showgrid": False, "side": "top"}
    figure = layout(says, height=height(len(shown), 28), xaxis=across, yaxis=rows(names, _NAME))
    return {"data": [fields], "layout": figure}
