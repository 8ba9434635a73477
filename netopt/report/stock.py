"""Where stock is kept at the end of each period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netopt.report.console import TextTable
from netopt.report.words import amount, money, more, share

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["stock_by_site", "stock_table"]


def stock_table(inventory: pd.DataFrame, periods: Sequence[str], most: int) -> TextTable:
    """Return the stock of all sites at the end of each period, beside its share of the highest.

    Parameters
    ----------
    inventory : DataFrame
        ``facility``, ``period``, ``stock`` (units), ``cost``.
    periods : sequence of str
        In their order.
    most : int
        Periods shown; the rest are one row.
    """
    found = inventory.groupby("period", sort=False)[["stock", "cost"]].sum().reindex(list(periods), fill_value=0.0)
    highest = float(found["stock"].max())
    rows = [
        [str(period), amount(row["stock"]), _part(row["stock"], highest), money(row["cost"])]
        for period, row in found.head(most).iterrows()
    ]
    rest = found.iloc[most:]
    if len(rest):
        rows.append([more(len(rest), "inventory.csv"), "", "", money(rest["cost"].sum())])
    return TextTable({"end of": "name", "units": "number", "of the highest": "share", "cost": "number"}, rows)


def stock_by_site(inventory: pd.DataFrame, periods: Sequence[str], most: int) -> TextTable:
    """Return the stock of each site at the end of each period, the largest first; sites without any are left out.

    Parameters
    ----------
    inventory : DataFrame
        ``facility``, ``period``, ``stock`` (units).
    periods : sequence of str
        In their order; one column each.
    most : int
        Sites shown; the rest are one row.
    """
    found = inventory.pivot_table(index="facility", columns="period", values="stock", aggfunc="sum", fill_value=0.0)
    found = found.reindex(columns=list(periods), fill_value=0.0)
    sums = found.sum(axis=1)
    found = found.loc[sums[sums > 0].sort_values(ascending=False, kind="stable").index]
    rows = [[str(site), *map(amount, row)] for site, row in found.head(most).iterrows()]
    rest = found.iloc[most:]
    if len(rest):
        rows.append([more(len(rest), "inventory.csv"), *map(amount, rest.sum())])
    return TextTable({"site": "name", **dict.fromkeys(map(str, periods), "number")}, rows)


def _part(stock: float, highest: float) -> str:
    return share(stock / highest) if highest > 0 else ""
