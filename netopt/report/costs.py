"""The cost by bucket, with the share of each, and by period."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.console import TextTable
from netopt.report.words import money, more, share

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cost_table", "period_table"]


def cost_table(costs: pd.DataFrame) -> TextTable:
    """Return the buckets, largest first; those of nothing are left out.

    Parameters
    ----------
    costs : DataFrame
        ``bucket``, ``period``, ``cost``.
    """
    by_bucket = costs.groupby("bucket", sort=False)["cost"].sum()
    total = float(by_bucket.sum())
    largest = by_bucket[by_bucket != 0].sort_values(ascending=False, kind="stable")
    rows = [[str(bucket), money(cost, scale=total), _share(cost, total)] for bucket, cost in largest.items()]
    rows.append(["total", money(total), ""])
    return TextTable({"bucket": "name", "cost": "number", "share": "share"}, rows, titles=False)


def period_table(costs: pd.DataFrame, most: int) -> TextTable:
    """Return the cost of each period, in their order.

    Parameters
    ----------
    costs : DataFrame
        ``bucket``, ``period``, ``cost``.
    most : int
        Periods shown; the rest are one row.
    """
    by_period = costs.groupby("period", sort=False)["cost"].sum()
    total = float(by_period.sum())
    rows = [
        [str(period), money(cost, scale=total), _share(cost, total)] for period, cost in by_period.head(most).items()
    ]
    rest = by_period.iloc[most:]
    if len(rest):
        cost = float(rest.sum())
        rows.append([more(len(rest), "costs.csv"), money(cost, scale=total), _share(cost, total)])
    return TextTable({"period": "name", "cost": "number", "share": "share"}, rows)


def _share(cost: float, total: float) -> str:
    return share(cost / total) if total > 0 else ""
