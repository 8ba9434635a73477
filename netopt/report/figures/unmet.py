"""Who goes without, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.figures.style import VERMILION, Figure, hover, label, layout
from netopt.report.words import amount, count, money, percent

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["unmet"]

_MOST = 15
_NAME = 32


def unmet(plan: Plan) -> Figure:
    """Return the customers with the most unmet demand."""
    table, currency = plan.unmet(), plan.network.settings.currency
    if table.empty:
        return {"data": [], "layout": layout("All demand is met.")}
    found = table.groupby("customer", sort=False)[["quantity", "cost"]].sum()
    found = found.sort_values("quantity", ascending=False, kind="stable")
    wanted = plan.service().groupby("customer", sort=False)["demand"].sum()
    top = found.head(_MOST)
    bars = {
        "type": "bar", "orientation": "h", "y": [label(name, _NAME) for name in top.index],
        "x": top["quantity"].tolist(), "text": [amount(units) for units in top["quantity"]], "textposition": "outside",
        "cliponaxis": False, "marker": {"color": VERMILION},
        "customdata": [
            [label(name), amount(units), percent(units / wanted[name]), money(cost, currency)]
            for name, units, cost in zip(top.index, top["quantity"], top["cost"], strict=True)
        ],
        "hovertemplate": hover(
            "%{customdata[0]}",
            "%{customdata[1]} units go unmet, %{customdata[2]} of what it wants",
            "costs %{customdata[3]}",
        ),
    }  # fmt: skip
    units, total = float(found["quantity"].sum()), float(wanted.sum())
    says = (
        f"{count(len(found), 'customer')} do not get {amount(units)} units, {percent(units / total)} of all demand, "
        f"which costs {money(float(found['cost'].sum()), currency)}."
    )
    if len(found) == 1:
        says = says.replace(" do not ", " does not ", 1)
    axes = {
        "xaxis": {"range": [0, float(top["quantity"].max()) * 1.2], "tickformat": "~s", "nticks": 6},
        "yaxis": {"autorange": "reversed", "type": "category", "showgrid": False},
    }
    return {"data": [bars], "layout": layout(says, height=26 * len(top) + 44, bargap=0.4, **axes)}
