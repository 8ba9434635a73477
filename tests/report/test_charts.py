"""The numbers of the charts are those of the plan's tables."""

from __future__ import annotations

import pandas as pd
import pytest

from netopt.plan import Plan
from netopt.report.charts import (
    MOST_SITES,
    charts_of,
    cost_chart,
    service_chart,
    stock_chart,
    utilization_chart,
)


def service(days: list[float], delivered: list[float], promise: float | None = None, late: float = 0) -> pd.DataFrame:
    table = pd.DataFrame({"delivered": delivered, "average_days": days, "promise_days": promise}, dtype=float)
    return table.assign(on_time=table["delivered"] - late)


def test_charts_of_plans(plan: Plan, monthly: Plan) -> None:
    assert [chart.title for chart in charts_of(plan, "USD")] == ["Cost by bucket", "Utilization of open sites"]
    assert [chart.title for chart in charts_of(monthly, "USD")] == [
        "Cost by period and bucket", "Utilization of open sites", "Stock at the end of each period",
    ]  # fmt: skip


def test_cost_of_one_period_is_a_bar_a_bucket_the_largest_first(plan: Plan) -> None:
    chart = cost_chart(plan.costs(), ["1"], "USD")
    assert chart is not None
    assert dict(zip(chart.places, chart.series[0].values, strict=True)) == plan.summary()["costs"]
    assert chart.series[0].values == sorted(chart.series[0].values, reverse=True)
    assert sum(chart.series[0].values) == pytest.approx(plan.cost)


def test_costs_of_periods_are_stacked_and_add_up(monthly: Plan) -> None:
    periods = [str(name) for name in monthly.network.periods.names]
    chart = cost_chart(monthly.costs(), periods, "USD")
    assert chart is not None
    assert (chart.kind, chart.places, chart.unit) == ("stacked", periods, "USD")
    by_period = monthly.costs().groupby("period")["cost"].sum()
    for at, period in enumerate(periods):
        assert sum(series.values[at] for series in chart.series) == pytest.approx(by_period[period])
    assert [series.name for series in chart.series] == ["transport", "site", "buy", "storage"]


def test_nothing_to_show() -> None:
    assert cost_chart(pd.DataFrame({"bucket": ["site"], "period": ["1"], "cost": [0.0]}), ["1"], "USD") is None
    sites = pd.DataFrame({"name": ["A", "B"], "period": "1", "open": [1, 0], "utilization": [None, 0.0]})
    assert utilization_chart(sites) is None
    assert service_chart(service([0.0, 0.0], [5, 5])) is None
    assert service_chart(service([2.0], [0.0])) is None
    stock = pd.DataFrame({"facility": ["A", "A"], "period": ["1", "2"], "stock": [0.0, 0.0]})
    assert stock_chart(stock, ["1", "2"]) is None
    assert stock_chart(stock.assign(stock=1.0).head(1), ["1"]) is None


def test_utilization_leaves_out_closed_sites_and_those_without_a_limit() -> None:
    sites = pd.DataFrame(
        {"name": ["A", "B", "C", "D"], "period": "1", "open": [1, 1, 0, 1], "utilization": [0.2, 0.9, 0.0, None]}
    )
    chart = utilization_chart(sites)
    assert chart is not None
    assert chart.places == ["B", "A"]
    assert [series.values for series in chart.series] == [[0.9, 0.2]]


def test_utilization_over_periods_is_the_mean_and_the_fullest() -> None:
    sites = pd.DataFrame(
        {"name": ["A", "A", "A", "B"], "period": ["1", "2", "3", "1"], "open": [1, 1, 0, 1],
         "utilization": [0.2, 0.6, 0.0, 0.5]}
    )  # fmt: skip
    chart = utilization_chart(sites)
    assert chart is not None
    assert chart.places == ["B", "A"]
    assert [series.values for series in chart.series] == [[0.5, pytest.approx(0.4)], [0.5, 0.6]]


def test_many_sites_are_cut_and_the_title_says_so() -> None:
    sites = pd.DataFrame(
        {"name": [f"S{at}" for at in range(100)], "period": "1", "open": 1, "utilization": [at / 100 for at in range(100)]}
    )
    chart = utilization_chart(sites)
    assert chart is not None
    assert len(chart.places) == MOST_SITES
    assert chart.places[0] == "S99"
    assert chart.title == "Utilization of the 30 fullest of 100 open sites"


def test_days_are_rounded_up_to_whole_ones() -> None:
    chart = service_chart(service([0.0, 1.0, 1.2, 4.0], [10, 20, 30, 40]))
    assert chart is not None
    assert chart.places == ["1", "2", "3", "4"]
    assert [series.name for series in chart.series] == ["delivered"]
    assert chart.series[0].values == [30, 30, 0, 40]
    assert chart.line is not None
    assert chart.line.values == pytest.approx([0.3, 0.6, 0.6, 1.0])


def test_what_comes_late_is_on_top() -> None:
    chart = service_chart(service([1.0, 3.0], [10, 20], promise=2, late=4))
    assert chart is not None
    assert [(series.name, series.values) for series in chart.series] == [("in time", [6, 0, 16]), ("late", [4, 0, 4])]


@pytest.mark.parametrize(("longest", "places"), [(0.25, ["1"]), (12, 12), (13, 7), (60, 12), (61, 11)])
def test_days_of_long_journeys_share_columns(longest: float, places: list[str] | int) -> None:
    chart = service_chart(service([0.1, longest], [1, 1]))
    assert chart is not None
    assert chart.places == places if isinstance(places, list) else len(chart.places) == places
    assert float(chart.places[-1]) >= longest
    assert sum(chart.series[0].values) == 2


def test_small_stocks_are_added_up() -> None:
    rows = [(f"S{at}", period, 10.0 + at) for at in range(12) for period in ("b", "a")]
    stock = pd.DataFrame(rows, columns=["facility", "period", "stock"])
    chart = stock_chart(stock, ["b", "a", "c"])
    assert chart is not None
    assert chart.places == ["b", "a", "c"]
    assert [series.name for series in chart.series][:2] == ["S11", "S10"]
    assert chart.series[-1].name == "4 other sites"
    assert chart.series[-1].values == [46.0, 46.0, 0.0]
    assert sum(sum(series.values) for series in chart.series) == stock["stock"].sum()
