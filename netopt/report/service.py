"""Who is served from where, how much of it in time, and who is left wanting."""

from __future__ import annotations

import pandas as pd

from netopt.report.console import TextTable
from netopt.report.words import amount, count, days, listed, money, percent, share

__all__ = ["served_table", "service_words", "unmet_table"]

_MOST = 12
_UNMET = 5


def service_words(service: pd.DataFrame) -> list[str]:
    """Return how much of the demand is met, how much in time, and after how many days on average.

    Parameters
    ----------
    service : DataFrame
        ``customer``, ``demand``, ``delivered``, ``on_time`` (units), ``promise_days``, ``average_days``, ``sources``.
    """
    wanted, delivered = float(service["demand"].sum()), float(service["delivered"].sum())
    if not wanted:
        return ["Nobody wants anything."]
    met = min(delivered / wanted, 1.0) if delivered < wanted * (1 - 1e-9) else 1.0
    lines = [f"{percent(met)} of the demand of {amount(wanted)} units is met."]
    promised = service[service["promise_days"].notna()]
    if len(promised) and promised["delivered"].sum() > 0:
        kept = min(float(promised["on_time"].sum() / promised["delivered"].sum()), 1.0)
        lines.append(f"{percent(kept if kept < 1 - 1e-9 else 1.0)} of what has a delivery promise arrives in time.")
    moved = service[(service["delivered"] > 0) & service["average_days"].notna()]
    if len(moved) and (moved["average_days"] > 0).any():
        average = (moved["average_days"] * moved["delivered"]).sum() / moved["delivered"].sum()
        lines.append(f"A unit takes {days(float(average))} from its last site to the customer on average.")
    split = service[service["sources"].fillna("").str.contains(";", regex=False)]["customer"].nunique()
    if split:
        served = count(split, "customer is", "customers are")
        lines.append(f"{served} served from more than one place.")
    return lines


def served_table(flows: pd.DataFrame, customers: pd.Index) -> TextTable:
    """Return, for every site that ships to customers, how many, which and how much, the largest first."""
    last = flows[flows["destination"].isin(customers)]
    by_origin = last.groupby("origin", sort=False)
    found = pd.DataFrame(
        {
            "customers": by_origin["destination"].nunique(),
            "units": by_origin["quantity"].sum(),
            "largest": [_largest(part) for _, part in by_origin],
        }
    ).sort_values("units", ascending=False, kind="stable")
    total = float(found["units"].sum())
    rows = [
        [str(origin), amount(row["units"]), _share(row["units"], total), amount(row["customers"]), row["largest"]]
        for origin, row in found.head(_MOST).iterrows()
    ]
    rest = found.iloc[_MOST:]
    if len(rest):
        units = float(rest["units"].sum())
        rows.append([f"and {len(rest):,} more", amount(units), _share(units, total), "", ""])
    columns = {"from": "name", "units": "number", "share": "number", "customers": "number", "largest": "name"}
    return TextTable(columns, rows)


def unmet_table(unmet: pd.DataFrame) -> TextTable:
    """Return the customers with the most unmet demand, and what that costs."""
    found = unmet.groupby("customer", sort=False)[["quantity", "cost"]].sum()
    found = found.sort_values("quantity", ascending=False, kind="stable")
    rows = [
        [str(customer), amount(row["quantity"]), money(row["cost"])] for customer, row in found.head(_UNMET).iterrows()
    ]
    rest = found.iloc[_UNMET:]
    if len(rest):
        rows.append([f"and {len(rest):,} more", amount(rest["quantity"].sum()), money(rest["cost"].sum())])
    return TextTable({"customer": "name", "unmet units": "number", "cost": "number"}, rows)


def _share(units: float, total: float) -> str:
    return share(units / total) if total else ""


def _largest(part: pd.DataFrame) -> str:
    """Return the names of the two largest customers of a site."""
    by_customer = part.groupby("destination", sort=False)["quantity"].sum()
    return listed(list(by_customer.nlargest(3).index)) if len(by_customer) <= 3 else (
        ", ".join(map(str, by_customer.nlargest(2).index)) + ", …"
    )  # fmt: skip
