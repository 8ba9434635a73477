"""Who goes without, and how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.figures.style import VERMILION, Figure, cash, height, hover, label, layout, rows
from netopt.report.words import amount, count, money, percent

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["who_goes_without"]

_MOST = 15
_NAME = 28
_ROOM = 1.2
"""Length of the axis beside the longest bar: its figure stands behind it."""


def who_goes_without(plan: Plan) -> Figure:
    """Return the customers with the most unmet demand."""
    table, currency = plan.unmet(), plan.network.settings.currency
    if table.empty:
        return {"data": [], "layout": layout("All demand is met.")}
    found = table.groupby("customer", sort=False)[["quantity", "cost"]].sum()
    found = found.sort_values("quantity", ascending=False, kind="stable")
    wanted = plan.service().groupby("customer", sort=False)["demand"].sum()
    top = found.head(_MOST)
    bars = {
        "type": "bar", "orientation": "h", "y": list(range(len(top))), "x": top["quantity"].tolist(),
        "text": [amount(units) for units in top["quantity"]], "textposition": "outside", "cliponaxis": False,
        "marker": {"color": VERMILION},
        "customdata": [
            [label(name), amount(units), percent(units / wanted[name]), cash(cost, currency)]
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
    across = {"range": [0, float(top["quantity"].max()) * _ROOM], "tickformat": "~s", "nticks": 6}
    names = [str(name) for name in top.index]
    figure = layout(says, height=height(len(top), 28), bargap=0.4, xaxis=across, yaxis=rows(names, _NAME))
    return {"data": [bars], "layout": figure}
