"""What the charts of a workbook show, as numbers: cost, use of the sites, days to the customers, and stock."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
import pandas as pd

from netopt.report.columns import MONEY, QUANTITY, SHARE

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["Chart", "Series", "charts_of"]

MOST_SITES = 30
"""Bars of a chart."""

_STACKED_SITES = 8
_BINS = 12
_DUST = 1e-9


class Series(NamedTuple):
    """Numbers of one colour, one for each place along a chart; NaN where there is none."""

    name: str
    values: list[float]


class Chart(NamedTuple):
    """One chart.

    Parameters
    ----------
    title : str
        What it shows, and of what.
    kind : {'bar', 'column', 'stacked'}
        Bars side by side read from the top, columns read from the left, or columns on top of one another.
    along : str
        What the places along the chart are.
    unit : str
        Of the numbers.
    shown : str
        Number format of a spreadsheet.
    places : list of str
        Along the chart, in their order.
    series : list of Series
        At least one.
    line : Series or None
        Shares that are drawn above the columns.
    """

    title: str
    kind: Literal["bar", "column", "stacked"]
    along: str
    unit: str
    shown: str
    places: list[str]
    series: list[Series]
    line: Series | None = None


def charts_of(plan: Plan, currency: str) -> Iterator[Chart]:
    """Yield the charts that a plan has something to show for.

    Parameters
    ----------
    plan : Plan
        With tables.
    currency : str
        Unit of money.
    """
    periods = [str(name) for name in plan.network.periods.names]
    for chart in (
        cost_chart(plan.costs(), periods, currency),
        utilization_chart(plan.sites()),
        service_chart(plan.service()),
        stock_chart(plan.inventory(), periods),
    ):
        if chart is not None:
            yield chart


def cost_chart(costs: pd.DataFrame, periods: Sequence[str], currency: str) -> Chart | None:
    """Return the cost of each bucket, or of each period with the buckets on top of one another; None for no cost.

    Parameters
    ----------
    costs : DataFrame
        ``bucket``, ``period``, ``cost``.
    periods : sequence of str
        In their order.
    currency : str
        Unit of money.
    """
    by_bucket = costs.groupby("bucket", sort=False)["cost"].sum()
    buckets = by_bucket[by_bucket != 0].sort_values(ascending=False, kind="stable")
    if buckets.empty:
        return None
    if len(periods) == 1:
        series = [Series("cost", buckets.tolist())]
        return Chart("Cost by bucket", "bar", "bucket", currency, MONEY, list(map(str, buckets.index)), series)
    table = costs.pivot_table(index="period", columns="bucket", values="cost", aggfunc="sum", fill_value=0.0)
    table = table.reindex(index=list(periods), fill_value=0.0)
    stacked = [Series(str(bucket), table[bucket].tolist()) for bucket in buckets.index]
    return Chart("Cost by period and bucket", "stacked", "period", currency, MONEY, list(periods), stacked)


def utilization_chart(sites: pd.DataFrame) -> Chart | None:
    """Return how full the open sites are, the fullest first; None where none of them has a limit.

    Parameters
    ----------
    sites : DataFrame
        ``name``, ``open`` (0 or 1), ``utilization`` (share, NaN where there is no limit), a row for each period.
    """
    limited = sites[(sites["open"] == 1) & sites["utilization"].notna()]
    if limited.empty:
        return None
    by_site = limited.groupby("name", sort=False)["utilization"].agg(["mean", "max"])
    by_site = by_site.sort_values(["mean", "max"], ascending=False, kind="stable")
    shown = by_site.head(MOST_SITES)
    title = "Utilization of open sites"
    if len(shown) < len(by_site):
        title = f"Utilization of the {len(shown)} fullest of {len(by_site):,} open sites"
    if limited["name"].is_unique:
        series = [Series("utilization", shown["mean"].tolist())]
    else:
        series = [
            Series("mean while open", shown["mean"].tolist()),
            Series("fullest period", shown["max"].tolist()),
        ]
    return Chart(title, "bar", "site", "share", SHARE, list(map(str, shown.index)), series)


def service_chart(service: pd.DataFrame) -> Chart | None:
    """Return the units that arrive within so many days, and the share that does; None where no days are known.

    Parameters
    ----------
    service : DataFrame
        ``delivered``, ``on_time`` (units), ``promise_days``, ``average_days``; a row counts with its average.
    """
    found = service[(service["delivered"] > 0) & service["average_days"].notna()]
    longest = float(found["average_days"].max()) if len(found) else 0.0
    if longest <= _DUST:
        return None
    width = math.ceil(longest / _BINS - _DUST)
    count = max(math.ceil(longest / width - _DUST), 1)
    # a day counts as one until the next has begun
    at = np.clip(np.ceil(found["average_days"].to_numpy() / width - _DUST) - 1, 0, count - 1).astype(np.int64)
    delivered = np.bincount(at, found["delivered"].to_numpy(), minlength=count)
    share = np.cumsum(delivered) / delivered.sum()
    series = [Series("delivered", delivered.tolist())]
    if found["promise_days"].notna().any():
        on_time = np.minimum(np.bincount(at, found["on_time"].to_numpy(), minlength=count), delivered)
        series = [
            Series("in time", on_time.tolist()),
            Series("late", (delivered - on_time).tolist()),
        ]
    places = [f"{width * step}" for step in range(1, count + 1)]
    line = Series("share so far", share.tolist())
    along = "days from the last site to the customer, at most"
    return Chart("Units delivered, by days", "stacked", along, "units", QUANTITY, places, series, line)


def stock_chart(inventory: pd.DataFrame, periods: Sequence[str]) -> Chart | None:
    """Return the stock at the end of each period, the largest sites apart; None for one period, or without stock.

    Parameters
    ----------
    inventory : DataFrame
        ``facility``, ``period``, ``stock`` (units).
    periods : sequence of str
        In their order.
    """
    stocked = inventory[inventory["stock"] > 0]
    if stocked.empty or len(periods) == 1:
        return None
    table = stocked.pivot_table(index="period", columns="facility", values="stock", aggfunc="sum", fill_value=0.0)
    table = table.reindex(index=list(periods), fill_value=0.0)
    largest = table.sum().sort_values(ascending=False, kind="stable").index
    apart, rest = largest[:_STACKED_SITES], largest[_STACKED_SITES:]
    series = [Series(str(site), table[site].tolist()) for site in apart]
    if len(rest):
        series.append(Series(f"{len(rest):,} other sites", table[list(rest)].sum(axis=1).tolist()))
    return Chart("Stock at the end of each period", "stacked", "period", "units", QUANTITY, list(periods), series)
