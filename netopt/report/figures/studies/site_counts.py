"""What the number of open sites costs, what is proved of it, and how long customers wait."""

from __future__ import annotations

import pandas as pd

from netopt.report.figures.style import BLUE, ORANGE, Figure, hover, label, layout
from netopt.report.words import money

__all__ = ["site_counts"]

_BAND = "rgba(0,114,178,0.25)"


def site_counts(curve: pd.DataFrame, counted: str, currency: str) -> Figure:
    """Return cost by number of sites, with the band between bound and cost, and days on the other axis.

    Parameters
    ----------
    curve : DataFrame
        ``sites`` (how many), ``cost``, ``bound`` (money), ``days`` (mean, from the last site), a row each; missing
        where there is no plan.
    counted : str
        What is counted, such as ``fc``.
    currency : str
        Of the money.
    """
    found = curve[curve["cost"].notna()]
    if found.empty:
        return {"data": [], "layout": layout("No number of sites has a plan.")}
    x, cost = [str(sites) for sites in found["sites"]], found["cost"].to_numpy(dtype=float).tolist()
    scale = min(cost)
    says = f"{x[cost.index(scale)]} open cost the least, {money(scale, currency)}."
    without = [str(sites) for sites in curve["sites"][curve["cost"].isna()]]
    says += f" No plan was found with {', '.join(without)}." if without else ""
    bound = [min(float(low), high) if pd.notna(low) else high for low, high in zip(found["bound"], cost, strict=True)]
    days = [None if pd.isna(value) else float(value) for value in found["days"]]
    words = [
        [money(high, currency, scale), money(low, currency, scale), "" if wait is None else f"{wait:.2f} days"]
        for high, low, wait in zip(cost, bound, days, strict=True)
    ]
    rows = ("%{customdata[0]}", "no plan costs less than %{customdata[1]}", "%{customdata[2]}")
    data = [
        {"type": "scatter", "mode": "lines", "name": "proved bound", "x": x, "y": bound, "hoverinfo": "skip",
         "line": {"color": BLUE, "width": 1, "dash": "dot"}},
        {"type": "scatter", "mode": "lines+markers", "name": "cost", "x": x, "y": cost, "fill": "tonexty",
         "fillcolor": _BAND, "line": {"color": BLUE, "width": 2.5}, "marker": {"size": 8}, "customdata": words,
         "hovertemplate": hover(f"%{{x}} {label(counted)}", *rows)},
    ]  # fmt: skip
    if any(days):
        data.append({
            "type": "scatter", "mode": "lines+markers", "name": "days to the customer (right)", "x": x, "y": days,
            "yaxis": "y2", "line": {"color": ORANGE, "width": 2, "dash": "dash"},
            "marker": {"size": 7, "symbol": "square"}, "customdata": words,
            "hovertemplate": hover(f"%{{x}} {label(counted)}", "%{customdata[2]}"),
        })  # fmt: skip
    right = {"overlaying": "y", "side": "right", "showgrid": False, "zeroline": False, "rangemode": "tozero"}
    right |= {"fixedrange": True, "automargin": True, "tickformat": ".1f"}
    title = {"text": f"open sites ({label(counted)})", "standoff": 8}
    axes = {"xaxis": {"type": "category", "title": title, "showgrid": False}, "yaxis": {"tickformat": "~s"}}
    return {"data": data, "layout": layout(says, height=340, showlegend=True, yaxis2=right, **axes)}
