"""The cost by bucket, with the share of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.console import TextTable
from netopt.report.words import money, share

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["cost_table"]


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
    return TextTable({"bucket": "name", "cost": "number", "share": "number"}, rows, titles=False)


def _share(cost: float, total: float) -> str:
    return share(cost / total) if total > 0 else ""
