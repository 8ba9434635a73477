"""Who is served from where, how much of it in time, and who is left wanting."""

from __future__ import annotations

import math

import pandas as pd

from netopt.report.console import TextTable
from netopt.report.words import amount, count, days, listed, money, more, percent, share

__all__ = ["customer_table", "met", "served_table", "service_words", "unmet_table"]

_MOST = 12
_UNMET = 5


def met(service: pd.DataFrame) -> float:
    """Return the share of the demand that is met, 1 where only the solver's dust is missing."""
    wanted, delivered = float(service["demand"].sum()), float(service["delivered"].sum())
    return delivered / wanted if delivered < wanted * (1 - 1e-9) else 1.0


def service_words(service: pd.DataFrame) -> list[str]:
    """Return how much of the demand is met, how much in time, and after how many days on average.

    Parameters
    ----------
    service : DataFrame
        ``customer``, ``demand``, ``delivered``, ``on_time`` (units), ``promise_days``, ``average_days``, ``sources``.
    """
    wanted = float(service["demand"].sum())
    if not wanted:
        return ["Nobody wants anything."]
    lines = [f"{percent(met(service))} of the demand of {amount(wanted)} units is met."]
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


def served_table(flows: pd.DataFrame, customers: pd.Index, most: int = _MOST, file: str = "") -> TextTable:
    """Return, for every site that ships to customers, how many, which and how much, the largest first.

    Parameters
    ----------
    flows : DataFrame
        ``origin``, ``destination``, ``quantity``.
    customers : Index
        Names of those who are customers.
    most : int
        Sites shown; the rest are one row.
    file : str
        Where all of them are.
    """
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
        for origin, row in found.head(most).iterrows()
    ]
    rest = found.iloc[most:]
    if len(rest):
        units = float(rest["units"].sum())
        rows.append([more(len(rest), file), amount(units), _share(units, total), "", ""])
    columns = {"from": "name", "units": "number", "share": "share", "customers": "number", "largest": "name"}
    shown = found.head(most)
    values = {
        "units": shown["units"].tolist(),
        "share": shown["units"].tolist(),
        "customers": shown["customers"].tolist(),
    }
    return TextTable(columns, rows, values=values, rest=len(rest) > 0)


def customer_table(service: pd.DataFrame, most: int) -> TextTable:
    """Return what every customer wants, gets, from where and after how many days, the largest first.

    Parameters
    ----------
    service : DataFrame
        ``customer``, ``demand``, ``delivered`` (units), ``average_days``, ``sources``.
    most : int
        Customers shown; the rest are one row.
    """
    weight = service["delivered"].where(service["average_days"].notna(), 0.0)
    found = (
        service.assign(weight=weight, unit_days=service["average_days"].fillna(0.0) * weight)
        .groupby("customer", sort=False)[["demand", "delivered", "weight", "unit_days"]]
        .sum()
        .sort_values("demand", ascending=False, kind="stable")
    )
    shown = found.head(most)
    sources = (
        service[service["customer"].isin(shown.index)].groupby("customer", sort=False)["sources"].agg(_merged).to_dict()
    )
    timed = bool((found["unit_days"] > 0).any())
    rows = []
    after: list[float] = []
    for customer, row in shown.iterrows():
        cells = [str(customer), sources[customer], amount(row["demand"]), amount(row["delivered"])]
        spent = row["unit_days"] / row["weight"] if row["weight"] else math.nan
        after.append(spent)
        rows.append([*cells, f"{spent:.1f}" if spent == spent else ""] if timed else cells)
    rest = found.iloc[most:]
    if len(rest):
        cells = [more(len(rest), "service.csv"), "", amount(rest["demand"].sum()), amount(rest["delivered"].sum())]
        rows.append([*cells, ""] if timed else cells)
    columns = {"customer": "name", "from": "name", "wants": "number", "gets": "number"}
    values = {"wants": shown["demand"].tolist(), "gets": shown["delivered"].tolist(), "days": after}
    return TextTable({**columns, "days": "number"} if timed else columns, rows, values=values, rest=len(rest) > 0)


def _merged(lists: pd.Series) -> str:
    """Return the sources of several demands of a customer, each once."""
    names = dict.fromkeys(name for text in lists if isinstance(text, str) and text for name in text.split("; "))
    return listed(list(names))


def unmet_table(unmet: pd.DataFrame, most: int = _UNMET, file: str = "") -> TextTable:
    """Return the customers with the most unmet demand, and what that costs.

    Parameters
    ----------
    unmet : DataFrame
        ``customer``, ``quantity``, ``cost``.
    most : int
        Customers shown; the rest are one row.
    file : str
        Where all of them are.
    """
    found = unmet.groupby("customer", sort=False)[["quantity", "cost"]].sum()
    found = found.sort_values("quantity", ascending=False, kind="stable")
    rows = [
        [str(customer), amount(row["quantity"]), money(row["cost"])] for customer, row in found.head(most).iterrows()
    ]
    rest = found.iloc[most:]
    if len(rest):
        rows.append([more(len(rest), file), amount(rest["quantity"].sum()), money(rest["cost"].sum())])
    shown = found.head(most)
    values = {"unmet units": shown["quantity"].tolist(), "cost": shown["cost"].tolist()}
    return TextTable(
        {"customer": "name", "unmet units": "number", "cost": "number"}, rows, values=values, rest=len(rest) > 0
    )


def _share(units: float, total: float) -> str:
    return share(units / total) if total else ""


def _largest(part: pd.DataFrame) -> str:
    """Return the names of the two largest customers of a site."""
    by_customer = part.groupby("destination", sort=False)["quantity"].sum()
    return listed(list(by_customer.nlargest(3).index)) if len(by_customer) <= 3 else (
        ", ".join(map(str, by_customer.nlargest(2).index)) + ", …"
    )  # fmt: skip
