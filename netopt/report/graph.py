"""The network as a graph for other tools: GraphML and networkx node-link JSON, with the numbers of its lanes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network import Network
from netopt.plan.graph import graph_with_flows

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["lane_numbers", "numbered_graph", "write_graphml", "write_node_link"]

IntArray = npt.NDArray[np.int64]

_BLOCK = 10_000  # lanes at a time whose numbers are Python's own


def numbered_graph(network: Network, flows: pd.DataFrame | None = None) -> nx.MultiDiGraph[str]:
    """Return the network's graph with numbers on its nodes and edges; what is not known or not limited is left out.

    Numbers of a lane that differ among products or periods are their means over what can flow; a site's are those of
    the first period.

    Parameters
    ----------
    network : Network
        What is shown; see `Network.graph` for the one that is too large for an edge per lane.
    flows : DataFrame, optional
        ``flows`` of a plan: the lanes that it uses have their ``quantity``.

    Raises
    ------
    PlanError
        When the plan uses a lane that the network does not have.
    """
    graph = network.graph.copy() if flows is None else graph_with_flows(network, flows)
    edges = {int(edge["lane"]): edge for _, _, edge in graph.edges(data=True)}
    at = np.fromiter(edges, dtype=np.int64, count=len(edges))
    for edge, numbers in zip(edges.values(), lane_numbers(network, at), strict=True):
        edge.update(numbers)
    facilities = network.facilities
    for place, name in enumerate(facilities.names):
        node = graph.nodes[name]
        node["status"] = ("closed", "open", "consider")[int(facilities.status[place, 0])]
        node["existing"] = bool(facilities.existing[place])
        for column in ("capacity", "fixed_cost", "handling_cost"):
            value = float(getattr(facilities, column)[place, 0])
            if np.isfinite(value):
                node[column] = value
    wanted = np.bincount(network.demand.entity, network.demand["quantity"], minlength=len(network.customers))
    for place, name in enumerate(network.customers.names):
        graph.nodes[name]["demand"] = float(wanted[place])
    return graph


def lane_numbers(network: Network, lane: IntArray) -> Iterator[dict[str, float | str]]:
    """Yield mode, distance, days, unit cost, capacity and fixed cost of lanes, where they are known."""
    lanes, flows = network.lanes, network.flows
    count = np.bincount(flows.lane, minlength=len(lanes))
    cost = np.bincount(flows.lane, flows.unit_cost, minlength=len(lanes))
    for start in range(0, len(lane), _BLOCK):
        at = lane[start : start + _BLOCK]
        with np.errstate(invalid="ignore", divide="ignore"):
            columns = {
                "distance": lanes.distance[at],
                "days": lanes.days[at, 0],
                "unit_cost": cost[at] / count[at],
                "capacity": lanes.capacity[at, 0],
                "fixed_cost": lanes.fixed_cost[at, 0],
                "vehicle_capacity": lanes.vehicle_capacity[at, 0],
                "vehicle_cost": lanes.vehicle_cost[at, 0],
            }
        modes = lanes.modes.array[lanes.mode[at]]
        found: list[dict[str, float | str]] = [{"mode": str(mode)} for mode in modes]
        for name, values in columns.items():
            for place in np.nonzero(np.isfinite(values))[0]:
                found[place][name] = float(values[place])
        yield from found


def write_graphml(network: Network, path: Path, flows: pd.DataFrame | None = None) -> None:
    """Write GraphML, as networkx, Gephi, yEd and igraph read it."""
    import networkx as nx

    nx.write_graphml_xml(numbered_graph(network, flows), path)


def write_node_link(network: Network, path: Path, flows: pd.DataFrame | None = None) -> None:
    """Write the JSON that `networkx.node_link_graph` reads."""
    import networkx as nx

    content = nx.node_link_data(numbered_graph(network, flows), edges="edges")
    with path.open("w", encoding="utf-8") as out:
        json.dump(content, out, ensure_ascii=False, allow_nan=False)
        out.write("\n")
