"""What flows from stage to stage is the flows table, with customers by region."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netopt.plan import Plan
from netopt.report.figures import sankey as drawing
from netopt.report.figures.sankey import from_supplier_to_region, stages


def with_regions(plan: Plan, regions: list[str]) -> Plan:
    customers = replace(plan.network.customers, region=np.array(regions, dtype=object))
    return replace(plan, network=replace(plan.network, customers=customers))


def test_links_are_the_flows(rich: Plan) -> None:
    link = from_supplier_to_region(rich)["data"][0]["link"]
    flows = rich.flows()
    sums = flows.groupby(["origin", "destination"])["quantity"].sum()
    assert {(a, b): units for (a, b, _), units in zip(link["customdata"], link["value"], strict=True)} == pytest.approx(sums.to_dict())


def test_customers_are_put_together_by_region(rich: Plan) -> None:
    table = stages(with_regions(rich, ["West", "East", "East"]))
    last = table[table["to type"] == "customer"]
    assert set(last["to"]) == {"West", "East"}
    flows = rich.flows()
    assert last[last["to"] == "West"]["units"].sum() == pytest.approx(flows[flows["destination"] == "C"]["quantity"].sum())
    assert table["units"].sum() == pytest.approx(flows["quantity"].sum())


def test_a_customer_and_a_site_of_one_name_stay_apart(rich: Plan) -> None:
    figure = from_supplier_to_region(with_regions(rich, ["E", "D", "D"]))
    node, link = (figure["data"][0][part] for part in ("node", "link"))
    assert node["label"].count("E") == 2
    assert all(a != b for a, b in zip(link["source"], link["target"], strict=True))


def test_the_smallest_of_many_are_one(rich: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST", 2)
    table = stages(rich)
    last = table[table["to type"] == "customer"].groupby("to")["units"].sum()
    flows = rich.flows()
    largest = flows[flows["destination"].isin(["C", "X", "Y"])].groupby("destination")["quantity"].sum().nlargest(1)
    assert set(last.index) == {largest.index[0], "2 other regions"}
    assert last[largest.index[0]] == pytest.approx(largest.iloc[0])
    assert table["units"].sum() == pytest.approx(rich.flows()["quantity"].sum())


def test_many_customers_without_regions_are_one(rich: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_CUSTOMERS", 2)
    assert set(stages(rich)["to"][stages(rich)["to type"] == "customer"]) == {"customers"}


def test_the_finding(plan: Plan) -> None:
    assert from_supplier_to_region(plan)["layout"]["meta"]["says"] == "2 sites serve customers; Reno is the largest with 66.7% of the units."
    only = plan.flows()[lambda flows: flows["origin"] != "Dallas"]
    assert from_supplier_to_region(replace(plan, tables={**plan.tables, "flows": only}))["layout"]["meta"]["says"] == "Reno serves all customers."
    empty = replace(plan, tables={**plan.tables, "flows": plan.flows().head(0)})
    assert from_supplier_to_region(empty)["data"] == []
