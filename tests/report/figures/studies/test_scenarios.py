"""Bars of scenarios hold the buckets of their plans, and what changes in them."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from netopt.report.figures.studies.scenarios import changes, cost_bars, costs
from netopt.report.figures.style import SERIES
from netopt.study.study import Study


def test_costs_are_those_of_the_plans(study: Study) -> None:
    figure = costs(study.outcomes)
    found = [each for each in study.outcomes if each.found]
    for at, outcome in enumerate(found):
        parts = {trace["name"]: trace["x"][at] for trace in figure["data"]}
        wanted = outcome.tables["costs"].groupby("bucket")["cost"].sum()
        assert parts == {bucket: pytest.approx(wanted[bucket]) for bucket in parts}
        assert sum(parts.values()) == pytest.approx(outcome.cost)
    assert "&lt;b&gt;both" in figure["layout"]["yaxis"]["ticktext"]
    json.dumps(figure, allow_nan=False)


def test_changes_add_up(study: Study) -> None:
    beside = study.comparisons()
    figure = changes(beside)
    for at, each in enumerate(beside):
        assert sum(trace["x"][at] for trace in figure["data"]) == pytest.approx(each.change)


def test_buckets_have_one_colour_in_both(study: Study) -> None:
    both = [{trace["name"]: trace["marker"]["color"] for trace in figure["data"]}
            for figure in (costs(study.outcomes), changes(study.comparisons()))]  # fmt: skip
    assert set(both[1]) & set(both[0])
    assert all(both[0][name] == colour for name, colour in both[1].items())


def test_the_finding() -> None:
    table = pd.DataFrame({"a": [3.0, 4.0], "b": [5.0, 0.5]}, index=["site", "transport"])
    assert cost_bars(table, "USD")["layout"]["meta"]["says"] == "b costs the least, 5.50 USD; a the most, 7.00 USD."


def test_more_buckets_than_colours_are_one() -> None:
    names = [f"b{at}" for at in range(len(SERIES) + 3)]
    table = pd.DataFrame({"a": [float(100 - at) for at in range(len(names))]}, index=names)
    figure = cost_bars(table, "USD")
    assert len(figure["data"]) == len(SERIES)
    assert figure["data"][-1]["name"] == "4 smaller ones"
    assert sum(trace["x"][0] for trace in figure["data"]) == pytest.approx(table["a"].sum())


def test_nothing_to_show() -> None:
    assert costs([])["data"] == []
    assert changes([])["data"] == []
