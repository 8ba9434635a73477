"""The graph has an edge per lane, or says how many it lacks."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.errors import PlanError
from netopt.network import Network, graph
from netopt.plan.graph import graph_with_flows
from tests.formulation.networks import PERIODS, PRODUCTS, tables

LANES = "origin destination mode product unit_cost\nS D - - 1\nS D rail - 4\nD C - - 2\nD C - B 1\nS C - - 9"


@pytest.fixture
def network() -> Network:
    demand = "customer product period quantity\nC A P1 10\nC B P1 5\nC B P2 7"
    return netopt.read(tables(lanes=LANES, products=PRODUCTS, periods=PERIODS, demand=demand))


@pytest.fixture
def large(network: Network, monkeypatch: pytest.MonkeyPatch) -> Network:
    """The same network, as one that has too many lanes."""
    monkeypatch.setattr(graph, "MOST_LANES", len(network.lanes) - 1)
    return network


def test_a_graph_has_every_lane(network: Network) -> None:
    found = network.graph
    edges = {(tail, head, key): lane for tail, head, key, lane in found.edges(keys=True, data="lane")}
    ends = [("S", "D", ""), ("S", "D", "rail"), ("D", "C", ""), ("D", "C", "/B"), ("S", "C", "")]
    assert edges == dict(zip(ends, range(5), strict=True))
    assert found.graph == {}


def test_as_many_lanes_as_there_is_room_for_are_all_there(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph, "MOST_LANES", len(network.lanes))
    assert network.graph.number_of_edges() == len(network.lanes)
    assert "lanes_left_out" not in network.graph.graph


def test_a_graph_of_too_many_lanes_has_the_places_and_says_so(large: Network) -> None:
    found = large.graph
    assert dict(found.nodes(data="type")) == {"S": "supplier", "D": "dc", "C": "customer"}
    assert found.number_of_edges() == 0
    assert found.graph == {"lanes_left_out": 5}


def test_a_plan_adds_the_lanes_that_it_uses(large: Network) -> None:
    plan = netopt.solve(large, gap=0)
    found = plan.graph
    carried = {(tail, head, key): units for tail, head, key, units in found.edges(keys=True, data="quantity")}
    assert carried == {("S", "D", ""): 22, ("D", "C", ""): 10, ("D", "C", "/B"): 12}
    assert found.graph == {"lanes_left_out": 2}
    assert nx.has_path(found, "S", "C")
    assert large.graph.number_of_edges() == 0  # the network's own graph is as it was


def test_a_plan_of_a_smaller_network_says_what_each_lane_carries(network: Network) -> None:
    plan = netopt.solve(network, gap=0)
    quantity = {lane["lane"]: lane.get("quantity") for _, _, lane in plan.graph.edges(data=True)}
    assert quantity == {0: 22, 1: None, 2: 10, 3: 12, 4: None}
    assert plan.graph.graph == {}
    assert not any("quantity" in lane for _, _, lane in network.graph.edges(data=True))


def test_without_a_plan_the_graph_is_the_networks() -> None:
    plan = netopt.solve(tables(lanes="origin destination unit_cost capacity\nS D 1 5\nD C 2 -"))
    assert plan.status == "infeasible"
    assert plan.graph is plan.network.graph


@pytest.mark.parametrize(("column", "name"), [("origin", "X"), ("mode", "air"), ("period", "P9"), ("destination", "S")])
def test_flows_that_the_network_has_no_lane_for_are_refused(network: Network, column: str, name: str) -> None:
    row = {"origin": "S", "destination": "D", "mode": "", "product": "A", "period": "P1", "quantity": 3.0}
    assert graph_with_flows(network, pd.DataFrame([row])).edges["S", "D", ""]["quantity"] == 3
    with pytest.raises(PlanError, match="the network has no lane"):
        graph_with_flows(network, pd.DataFrame([{**row, column: name}]))


def test_lanes_stay_arrays(large: Network) -> None:
    lane = np.array([0, 3, 3])
    found = graph.graph_of(large, lane)
    assert sorted(at for _, _, at in found.edges(data="lane")) == [0, 3]
    assert found.graph == {"lanes_left_out": 3}
