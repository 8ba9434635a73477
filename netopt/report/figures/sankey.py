"""From suppliers through the sites to regions, as wide as what flows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from netopt.report.figures.lanes import in_tiers
from netopt.report.figures.style import GREY, KINDS, Figure, label, layout, plural
from netopt.report.words import amount, count, share

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["from_supplier_to_region", "stages"]

_MOST = 24
"""Nodes of a type; smaller ones are one."""

_CUSTOMERS = 12
"""Customers that are shown one by one where they have no regions."""


def from_supplier_to_region(plan: Plan) -> Figure:
    """Return what flows from suppliers through the sites to the customers, by their regions."""
    table = stages(plan)
    if table.empty:
        return {"data": [], "layout": layout("Nothing moves.")}
    ends = pd.concat([table[["from", "from type"]].set_axis(["name", "type"], axis=1),
                      table[["to", "to type"]].set_axis(["name", "type"], axis=1)]).drop_duplicates()  # fmt: skip
    order = {kind: at for at, kind in enumerate(in_tiers(ends["type"]))}
    ends = ends.sort_values("type", key=lambda kinds: kinds.map(order), kind="stable").reset_index(drop=True)
    place = {(str(name), str(kind)): at for at, (name, kind) in enumerate(zip(ends["name"], ends["type"], strict=True))}
    source, target = (
        [place[str(name), str(kind)] for name, kind in zip(table[end], table[f"{end} type"], strict=True)]
        for end in ("from", "to")
    )
    through = np.maximum(
        np.bincount(source, table["units"], minlength=len(ends)),
        np.bincount(target, table["units"], minlength=len(ends)),
    )
    trace = {
        "type": "sankey", "arrangement": "fixed", "valueformat": ",.0f",
        "node": {
            "label": [label(name, 32) for name in ends["name"]], "pad": 12, "thickness": 14,
            "color": [KINDS.get(kind, GREY) for kind in ends["type"]], "line": {"width": 0},
            "customdata": [[label(name), amount(units)] for name, units in zip(ends["name"], through, strict=True)],
            "hovertemplate": "<b>%{customdata[0]}</b><br>%{customdata[1]} units<extra></extra>",
        },
        "link": {
            "source": source, "target": target, "value": table["units"].tolist(), "color": "rgba(128,134,140,0.28)",
            "customdata": [
                [label(a), label(b), amount(units)]
                for a, b, units in zip(table["from"], table["to"], table["units"], strict=True)
            ],
            "hovertemplate": "<b>%{customdata[0]} → %{customdata[1]}</b><br>%{customdata[2]} units<extra></extra>",
        },
    }  # fmt: skip
    tallest = int(ends["type"].value_counts().max())
    height = min(max(26 * tallest, 260), 900)
    return {
        "data": [trace],
        "layout": layout(_says(plan), height=height) | {"margin": {"l": 4, "r": 4, "t": 8, "b": 8}},
    }


def stages(plan: Plan) -> pd.DataFrame:
    """Return what flows between sites, and to the regions of customers: from, to, their types, units.

    Returns
    -------
    DataFrame
        Columns ``from``, ``from type``, ``to``, ``to type`` and ``units``; the smallest of many are one.
    """
    network, flows = plan.network, plan.flows()
    kinds = pd.Series(network.places.kinds, index=network.places.names.index)
    groups = pd.Series(_groups(plan), index=network.customers.names.index)
    table = pd.DataFrame(
        {
            "from": flows["origin"],
            "from type": flows["origin"].map(kinds),
            "to": flows["destination"].map(groups).fillna(flows["destination"]),
            "to type": flows["destination"].map(kinds),
            "units": flows["quantity"],
        }
    )
    for kind in in_tiers(kinds):
        _together(table, str(kind))
    keys = ["from", "from type", "to", "to type"]
    return table.groupby(keys, sort=False)["units"].sum().reset_index()


def _groups(plan: Plan) -> list[str]:
    """Return under which name each customer is shown: its region, its country, its own, or that of all."""
    customers = plan.network.customers
    for words in (customers.region, customers.country):
        if len(set(words)) > 1:
            return [str(word) or "elsewhere" for word in words]
    if len(customers) <= _CUSTOMERS:
        return [str(name) for name in customers.names]
    return [str(customers.region[0] or customers.country[0]) or "customers"] * len(customers)


def _together(table: pd.DataFrame, kind: str) -> None:
    """Give the smallest of too many places of a type one name."""
    sums = pd.concat([
        table.loc[table[f"{end} type"] == kind].groupby(end, sort=False)["units"].sum() for end in ("from", "to")
    ])  # fmt: skip
    sums = sums.groupby(level=0, sort=False).max().sort_values(ascending=False, kind="stable")
    small = sums.index[_MOST - 1 :] if len(sums) > _MOST else sums.index[:0]
    if len(small):
        other = f"{len(small):,} other {plural(kind) if kind != 'customer' else 'regions'}"
        for end in ("from", "to"):
            table[end] = table[end].mask(table[end].isin(small) & (table[f"{end} type"] == kind), other)


def _says(plan: Plan) -> str:
    """Return the finding: which site most of the goods reach their customers from."""
    flows, customers = plan.flows(), plan.network.customers.names
    last = flows[flows["destination"].isin(customers.index)].groupby("origin", sort=False)["quantity"].sum()
    if last.empty:
        return "Nothing reaches a customer."
    largest, part = last.index[int(last.argmax())], share(float(last.max() / last.sum()))
    if len(last) == 1:
        return f"{largest} serves all customers."
    return f"{count(len(last), 'site')} serve customers; {largest} is the largest with {part} of the units."
