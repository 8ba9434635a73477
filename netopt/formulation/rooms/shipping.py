"""Goods move over lanes, and moving them costs money.

transport = sum(unit_cost[l,k,t] * flow[l,k,t])                                        (money)
what leaves in t arrives in t + lead_periods[l,t], within the horizon                   (units)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["Shipping"]


class Shipping:
    """Flow over every lane, at the cost per unit that the analyst or the rate card states."""

    name = "shipping"

    def build(self, draft: Draft) -> None:
        """Add ``flow``, its moves, its throughput and the transport cost."""
        network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
        origin, destination = lanes.origin[flows.lane], lanes.destination[flows.lane]
        labels = {
            "origin": origin,
            "destination": destination,
            "mode": lanes.mode[flows.lane],
            "product": flows.product,
            "period": flows.period,
        }
        flow = draft.columns("flow", labels, most=draft.bounds.flow)
        draft.move(flow.at, origin, flows.product, flows.period, -1.0)
        draft.move(flow.at, destination, flows.product, flows.arrival, +1.0)
        at, site, period = network.throughput_of_flows
        draft.pass_through(flow.at[at], site, flows.product[at], period)
        draft.charge("transport", flow.at, np.asarray(flows.unit_cost), flows.period)
