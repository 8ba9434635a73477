"""How full sites are is what the sites table says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netopt.plan import Plan
from netopt.report.figures import utilization as drawing
from netopt.report.figures.utilization import how_full


def test_bars_are_the_table(plan: Plan) -> None:
    figure = how_full(plan)
    bars = figure["data"][0]
    full = plan.sites().dropna(subset="utilization").set_index("name")["utilization"]
    assert dict(zip(figure["layout"]["yaxis"]["ticktext"], bars["x"], strict=True)) == pytest.approx(full.to_dict())
    assert bars["customdata"][0] == ["Reno", "FC", "200", "100.0%"]
    assert figure["layout"]["meta"]["says"] == "Reno is full, of 2 open sites with a limit."


def test_fields_are_the_table(monthly: Plan) -> None:
    figure = how_full(monthly)
    fields = figure["data"][0]
    sites = monthly.sites()
    for name, row in zip(figure["layout"]["yaxis"]["ticktext"], fields["z"], strict=True):
        mine = sites[(sites["name"] == name)].set_index("period")
        for period, part in zip(fields["x"], row, strict=True):
            assert (part is None) == (mine.loc[period, "open"] == 0)
            assert part is None or part == pytest.approx(mine.loc[period, "utilization"])
    assert fields["text"][0][0] == "not open"


def test_only_the_fullest_and_it_says_so(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST", 1)
    figure = how_full(plan)
    assert figure["layout"]["yaxis"]["ticktext"] == ["Reno"]
    assert figure["layout"]["meta"]["says"].endswith("The 1 fullest are shown.")


def test_names_that_are_cut_to_the_same_stay_apart(plan: Plan) -> None:
    long = "a very long name of a site that goes on and on and on for ever and ever"
    sites = plan.sites().assign(name=lambda frame: [f"{long} {name}" for name in frame["name"]])
    figure = how_full(replace(plan, tables={**plan.tables, "sites": sites}))
    assert len(set(figure["layout"]["yaxis"]["ticktext"])) == 1
    assert figure["data"][0]["y"] == [0, 1]
    assert figure["data"][0]["x"] == pytest.approx([1.0, 100 / 320])


def test_none_full_and_no_limits(plan: Plan) -> None:
    sites = plan.sites().assign(utilization=lambda frame: frame["utilization"] * 0.999)
    says = how_full(replace(plan, tables={**plan.tables, "sites": sites}))["layout"]["meta"]["says"]
    assert says == "No open site is full; Reno is the fullest at 99.9%."
    free = plan.sites().assign(utilization=float("nan"))
    assert how_full(replace(plan, tables={**plan.tables, "sites": free}))["data"] == []
