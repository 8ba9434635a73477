"""Marks are as large as what they stand for, and names only where there is room."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.plan import Plan
from netopt.report.figures.map import Atlas
from netopt.report.figures.place_traces import customer_traces, diameters, name_traces, place_template, site_traces


def test_areas_grow_with_the_values() -> None:
    assert diameters(np.array([0.0, 25.0, 100.0]), (4.0, 20.0)).tolist() == [4.0, 12.0, 20.0]
    assert diameters(np.zeros(2), (4.0, 20.0)).tolist() == [4.0, 4.0]
    assert len(diameters(np.zeros(0), (4.0, 20.0))) == 0


def test_sites_that_stay_shut_are_below_those_that_are_open(placed: Plan) -> None:
    sites, on = placed.sites(), np.ones(len(placed.network.places.names), dtype=bool)
    layers = [trace["meta"]["layer"] for trace in site_traces(placed.network, sites, np.ones(5), on, whole=True)]
    assert layers == sorted(layers, reverse=True)
    names = {trace["meta"]["place"]: trace for trace in site_traces(placed.network, sites, np.ones(5), on, whole=False)}
    assert "costs" not in names["dc"]["hovertemplate"]  # a product has no share of what a site costs


def test_names_are_those_of_sites_in_use(placed: Plan) -> None:
    ground = Atlas(placed).ground
    through = np.array([5.0, 0.0, 3.0, 9.0, 0.0])
    texts = {text for trace in name_traces(placed.network, placed.sites(), through, ground) for text in trace["text"]}
    assert texts == {"S", "D", "E (opens)", "C", "X", "Y"}


def test_only_customers_that_are_drawn(placed: Plan) -> None:
    traces = list(customer_traces(placed.network, placed.service(), np.array([1])))
    first = len(placed.network.facilities)
    assert [at for trace in traces for at in trace["at"]] == [first + 1]
    assert list(customer_traces(placed.network, placed.service().head(0), np.array([1]))) == []


@pytest.mark.parametrize(("kind", "rows", "words"), [("fc", ["open"], "FC, open"), ("<b>", ["x", "y"], "&lt;b&gt;, x<br>y")])
def test_tooltips(kind: str, rows: list[str], words: str) -> None:
    assert place_template(kind, rows) == f"<b>%{{customdata[0]}}</b><br>{words}<extra></extra>"
