"""Figures of sites: what they are worth, how many are open, what their outage costs, and maps side by side."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.report.figures.studies.frontier import frontier
from netopt.report.figures.studies.maps import MOST_MAPS, maps
from netopt.report.figures.studies.outages import outages
from netopt.report.figures.studies.site_counts import site_counts
from netopt.report.figures.studies.site_worth import site_worth
from netopt.study.outcome import Outcome
from netopt.study.scenario import Scenario
from netopt.study.study import Study
from tests.report.conftest import DATA


def test_worth_and_what_is_proved_of_it() -> None:
    table = pd.DataFrame({
        "site": ["Reno", "Dallas", "Omaha"], "open": [True, False, True], "worth": [450.0, -30.0, np.nan],
        "at_least": [400.0, np.nan, np.nan], "at_most": [460.0, -10.0, np.nan],
    })  # fmt: skip
    figure = site_worth(table, "USD", 1_000.0)
    opened, shut = figure["data"]
    assert (opened["y"], opened["x"], shut["y"], shut["x"]) == ([0], [450.0], [1], [-30.0])
    assert (opened["error_x"]["arrayminus"], opened["error_x"]["array"]) == ([50.0], [10.0])
    assert (shut["error_x"]["arrayminus"], shut["error_x"]["array"]) == ([0.0], [20.0])
    assert figure["layout"]["meta"]["says"] == "Reno saves the most: 450.00 USD."


def test_counts_hold_cost_bound_and_days() -> None:
    curve = pd.DataFrame({
        "sites": [1, 2, 3], "cost": [np.nan, 90.0, 95.0], "bound": [np.nan, 89.0, np.nan], "days": [np.nan, 2.0, 1.5],
    })  # fmt: skip
    bound, cost, days = site_counts(curve, "fc", "USD")["data"]
    assert (cost["x"], cost["y"], bound["y"], days["y"]) == (["2", "3"], [90.0, 95.0], [89.0, 95.0], [2.0, 1.5])
    says = site_counts(curve, "fc", "USD")["layout"]["meta"]["says"]
    assert says == "2 open cost the least, 90.00 USD. No plan was found with 1."


def test_outages_are_red_where_demand_goes_unmet() -> None:
    table = pd.DataFrame({
        "scenario": ["no A", "no B", "no C"], "change": [5.0, 9.0, np.nan], "unmet": [0.0, 3.0, np.nan],
        "opens": ["X", "", ""],
    })  # fmt: skip
    figure = outages(table, "USD", 100.0)
    met, unmet = figure["data"]
    assert (met["y"], met["x"], unmet["y"], unmet["x"]) == ([0], [5.0], [1], [9.0])
    assert met["customdata"][0][3] == "X"
    assert figure["layout"]["meta"]["says"].startswith("no B costs the most: 9.00 USD more. In 1 of 2 outages")


def outcome(name: str, cost: float, days: float) -> Outcome:
    """A plan of which only the figures matter."""
    service = pd.DataFrame({"delivered": [10.0], "average_days": [days]})
    summary = {"status": "optimal", "cost": cost, "bound": cost, "gap": 0.0, "currency": "USD",
               "open_sites": [], "demand_met": 1.0, "on_time": 1.0}  # fmt: skip
    flows = pd.DataFrame({"quantity": [10.0], "emissions": [0.0]})
    network = netopt.read(DATA / "tiny" / "network.csv")
    return Outcome(Scenario(name), summary, {"flows": flows, "service": service}, network)


def test_the_frontier_leaves_out_what_is_beaten() -> None:
    figure = frontier([outcome("a", 100.0, 3.0), outcome("b", 110.0, 3.5), outcome("c", 120.0, 2.0)])
    line, dots = figure["data"]
    assert (line["x"], line["y"]) == ([3.0, 2.0], [100.0, 120.0])
    assert sorted(zip(dots["x"], dots["y"], strict=True)) == [(2.0, 120.0), (3.0, 100.0), (3.5, 110.0)]
    assert figure["layout"]["meta"]["says"] == "a costs the least; c is 1.00 days quicker for 20.00 USD more."
    assert frontier([outcome("a", 1.0, 3.0), outcome("b", 2.0, 3.0)])["data"] == []


def test_maps_mark_what_opens_and_closes(study: Study) -> None:
    found = maps(study.outcomes)
    assert list(found) == [each.name for each in study.outcomes if each.found][:MOST_MAPS]
    first, *others = found.values()
    assert not [trace for trace in first["data"] if trace["meta"]["layer"] == "changes"]
    marked = {text for figure in others for trace in figure["data"] if trace["meta"]["layer"] == "changes" for text in trace["text"]}
    assert marked <= {"Reno (closes)", "Dallas (opens)", "Dallas (closes)", "Reno (opens)"}
    assert "Reno (closes)" in marked
    units = {trace["meta"]["layer"] for trace in first["data"]}
    assert "lanes" in units
    json.dumps(list(found.values()), allow_nan=False)


def test_the_sentence_of_a_map(study: Study) -> None:
    says = maps([study.base, study["no Reno"]])["no Reno"]["layout"]["meta"]["says"]
    assert says.startswith("no Reno: ")
    assert "closes Reno" in says
    assert pytest.approx(study["no Reno"].cost - study.base.cost) == study.compare("base", "no Reno").change
