"""The bar of costs adds up to the cost of the plan, bucket by bucket and period by period."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from netopt.plan import Plan
from netopt.report.figures.costs import by_bucket, by_period
from netopt.report.figures.style import SERIES
from netopt.report.words import money


def test_buckets_are_those_of_the_table(rich: Plan, plan: Plan) -> None:
    for drawn in (plan, replace(rich, network=rich.network)):
        figure = by_bucket(drawn)
        costs = drawn.costs().groupby("bucket")["cost"].sum()
        for trace in figure["data"]:
            if trace["name"] in costs.index:
                assert trace["x"] == [pytest.approx(costs[trace["name"]])]
                assert trace["customdata"][0][0] == money(costs[trace["name"]], drawn.network.settings.currency, drawn.cost)
        assert sum(trace["x"][0] for trace in figure["data"]) == pytest.approx(drawn.cost)


def test_the_finding(plan: Plan) -> None:
    assert by_bucket(plan)["layout"]["meta"]["says"] == "Transport is 44.4% of the cost."


def test_more_buckets_than_colours_are_one(rich: Plan) -> None:
    figure = by_bucket(rich)
    assert len(figure["data"]) == len(SERIES)
    assert figure["data"][-1]["name"] == f"{rich.costs()['bucket'].nunique() - len(SERIES) + 1} smaller ones"


def test_periods_are_those_of_the_table(monthly: Plan) -> None:
    figure = by_period(monthly)
    costs = monthly.costs()
    for trace in figure["data"]:
        mine = costs[costs["bucket"] == trace["name"]].groupby("period", sort=False)["cost"].sum()
        assert trace["x"] == list(mine.index)
        assert trace["y"] == pytest.approx(mine.tolist())
    assert sum(sum(trace["y"]) for trace in figure["data"]) == pytest.approx(monthly.cost)
    assert figure["layout"]["meta"]["says"] == "2027-03 costs the most, 1,810.00 USD, and 2027-01 the least, 710.00 USD."


def test_one_period_needs_no_figure(plan: Plan) -> None:
    assert by_period(plan)["data"] == []


def test_credits_and_nothing(plan: Plan) -> None:
    costs = pd.concat([plan.costs(), pd.DataFrame({"bucket": ["amended"], "period": ["1"], "cost": [-500.0]})])
    figure = by_bucket(replace(plan, tables={**plan.tables, "costs": costs}))
    assert figure["layout"]["xaxis"]["range"] == [-500.0, pytest.approx(3_780.0)]
    free = plan.costs().assign(cost=0.0)
    nothing = by_bucket(replace(plan, tables={**plan.tables, "costs": free}))
    assert nothing["data"] == []
    assert nothing["layout"]["meta"]["says"] == "The plan costs nothing."
