"""Places and lanes as a networkx graph, for the algorithms and formats that people know."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.network.resolve import BLANK

if TYPE_CHECKING:
    import networkx as nx

    from netopt.network.network import Network

__all__ = ["LEFT_OUT", "MOST_LANES", "graph_of", "too_many"]

IntArray = npt.NDArray[np.int64]

MOST_LANES = 1_000_000
"""Lanes up to which a graph has an edge for each. An edge is some 450 bytes of Python objects, a lane in arrays 100."""

LEFT_OUT = "lanes_left_out"
"""Attribute of a graph that lacks lanes: how many."""


def too_many(network: Network) -> bool:
    """Return whether a network has more lanes than a graph has room for."""
    return len(network.lanes) > MOST_LANES


def graph_of(network: Network, used: IntArray | None = None) -> nx.MultiDiGraph[str]:
    """Return a network as a graph, see `Network.graph`.

    Parameters
    ----------
    network : Network
        Places and lanes.
    used : ndarray of int, optional
        Positions of lanes that are there even where there are too many lanes for all of them.
    """
    import networkx as nx

    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    places, lanes = network.places, network.lanes
    for at, name in enumerate(places.names):
        where = {"latitude": places.latitude[at], "longitude": places.longitude[at]}
        known = {key: float(value) for key, value in where.items() if not np.isnan(value)}
        graph.add_node(name, type=str(places.kinds[at]), **known)
    shown = np.arange(len(lanes))
    if too_many(network):
        shown = np.zeros(0, dtype=np.int64) if used is None else np.unique(used)
        graph.graph[LEFT_OUT] = len(lanes) - len(shown)
    names, product = places.names.array, lanes.product[shown]
    keys = lanes.modes.array[lanes.mode[shown]]
    keys = np.where(product != BLANK, keys + "/" + network.products.names.array[np.maximum(product, 0)], keys)
    ends = zip(names[lanes.origin[shown]], names[lanes.destination[shown]], keys, shown.tolist(), strict=True)
    edges: Any = ((origin, destination, key, {"lane": lane}) for origin, destination, key, lane in ends)
    graph.add_edges_from(edges)  # the stubs know edges without keys only
    return graph
