"""A plan on the graph of its network: how much goes over each lane."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from netopt.errors import PlanError
from netopt.network import BLANK, Network
from netopt.network.graph import graph_of
from netopt.plan.audit.stated import flow_at

if TYPE_CHECKING:
    import networkx as nx

__all__ = ["graph_with_flows"]

_KEY = ("origin", "destination", "mode", "product", "period")


def graph_with_flows(network: Network, flows: pd.DataFrame) -> nx.MultiDiGraph[str]:
    """Return the graph of a network in which the lanes that a plan uses have their ``quantity``.

    Parameters
    ----------
    network : Network
        What the plan is for; of one that has too many lanes for a graph, those in use are there.
    flows : DataFrame
        ``origin``, ``destination``, ``mode``, ``product``, ``period`` and ``quantity`` (units), as in a plan.

    Raises
    ------
    PlanError
        When the network has no such lane.
    """
    places = network.places.names
    names = (places, places, network.lanes.modes, network.products.names, network.periods.names)
    codes = [known.codes(flows[column]) for known, column in zip(names, _KEY, strict=True)]
    flow = flow_at(network, *codes)
    lost = np.logical_or.reduce([column == BLANK for column in (flow, *codes)])
    if lost.any():
        row = flows.iloc[int(np.argmax(lost))]
        raise PlanError(f"the plan ships from {row['origin']} to {row['destination']}, where the network has no lane")
    used, place = np.unique(network.flows.lane[flow], return_inverse=True)
    quantity = np.bincount(place, flows["quantity"].to_numpy(dtype=np.float64), minlength=len(used))
    of_lane = dict(zip(used.tolist(), quantity.tolist(), strict=True))
    graph = graph_of(network, used)
    for _, _, lane in graph.edges(data=True):
        if lane["lane"] in of_lane:
            lane["quantity"] = of_lane[lane["lane"]]
    return graph
