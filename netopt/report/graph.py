"""The network as a graph for other tools: GraphML and networkx node-link JSON, with the numbers of its lanes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from netopt.network import Network

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["lane_numbers", "numbered_graph", "write_graphml", "write_node_link"]


def numbered_graph(network: Network) -> nx.MultiDiGraph[str]:
    """Return the network's graph with numbers on its nodes and edges; what is not known or not limited is left out.

    Numbers of a lane that differ among products or periods are their means over what can flow; a site's are those of
    the first period.
    """
    graph = network.graph.copy()
    numbers = lane_numbers(network)
    for _, _, lane in graph.edges(data=True):
        lane.update(numbers[lane["lane"]])
    facilities = network.facilities
    for at, name in enumerate(facilities.names):
        node = graph.nodes[name]
        node["status"] = ("closed", "open", "consider")[int(facilities.status[at, 0])]
        node["existing"] = bool(facilities.existing[at])
        for column in ("capacity", "fixed_cost", "handling_cost"):
            value = float(getattr(facilities, column)[at, 0])
            if np.isfinite(value):
                node[column] = value
    wanted = np.bincount(network.demand.entity, network.demand["quantity"], minlength=len(network.customers))
    for at, name in enumerate(network.customers.names):
        graph.nodes[name]["demand"] = float(wanted[at])
    return graph


def lane_numbers(network: Network) -> list[dict[str, float | str]]:
    """Return mode, distance, days, unit cost, capacity and fixed cost of every lane, where they are known."""
    lanes, flows = network.lanes, network.flows
    count = np.bincount(flows.lane, minlength=len(lanes))
    cost = np.bincount(flows.lane, flows.unit_cost, minlength=len(lanes))
    with np.errstate(invalid="ignore", divide="ignore"):
        columns = {
            "distance": lanes.distance,
            "days": lanes.days[:, 0],
            "unit_cost": cost / count,
            "capacity": lanes.capacity[:, 0],
            "fixed_cost": lanes.fixed_cost[:, 0],
            "vehicle_capacity": lanes.vehicle_capacity[:, 0],
            "vehicle_cost": lanes.vehicle_cost[:, 0],
        }
    modes = lanes.modes.array[lanes.mode]
    found: list[dict[str, float | str]] = [{"mode": str(mode)} for mode in modes]
    for name, values in columns.items():
        for at in np.nonzero(np.isfinite(values))[0]:
            found[at][name] = float(values[at])
    return found


def write_graphml(network: Network, path: Path) -> None:
    """Write GraphML, as networkx, Gephi, yEd and igraph read it."""
    import networkx as nx

    nx.write_graphml_xml(numbered_graph(network), path)


def write_node_link(network: Network, path: Path) -> None:
    """Write the JSON that `networkx.node_link_graph` reads."""
    import networkx as nx

    content = nx.node_link_data(numbered_graph(network), edges="edges")
    with path.open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, allow_nan=False)
        out.write("\n")
