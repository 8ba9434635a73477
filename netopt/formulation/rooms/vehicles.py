"""Whole vehicles carry the goods, and whole vehicles are paid for.

sum_k w_k * flow[l,k,t] <= vehicle_capacity[l,t] * vehicles[l,t]                        (capacity_unit per period)
vehicles = sum(vehicle_cost[l,t] * vehicles[l,t])                                       (money)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.bounds import Bounds
from netopt.formulation.draft import Draft

__all__ = ["Vehicles"]


class Vehicles:
    """Vehicles on lanes that charge for them."""

    name = "vehicles"

    def build(self, draft: Draft) -> None:
        """Add ``vehicles`` and a row for each; free vehicles need no decision and are counted by the plan."""
        network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
        paid = np.isfinite(lanes.vehicle_capacity) & (lanes.vehicle_cost > 0)
        if not paid.any():
            return
        n_t = len(network.periods)
        size = network.products.measure[lanes.capacity_unit[flows.lane], flows.product]
        here = np.nonzero(paid[flows.lane, flows.period] & (size > 0))[0]
        if not len(here):
            return
        cells, row = np.unique(flows.lane[here] * n_t + flows.period[here], return_inverse=True)
        lane, period = cells // n_t, cells % n_t
        capacity = lanes.vehicle_capacity[lane, period]
        most = np.bincount(row, Bounds(network).flow[here] * size[here], minlength=len(cells))
        most = np.minimum(most, lanes.capacity[lane, period])
        labels = draft.lane_labels(lane, period)
        vehicles = draft.columns("vehicles", labels, upper=np.ceil(most / capacity) + 1, kind="whole")
        draft.charge("vehicles", vehicles.at, lanes.vehicle_cost[lane, period], period)
        rows = draft.rows("vehicles", labels, upper=0.0)
        draft.term(rows.at[row], draft["flow"].at[here], size[here])
        draft.term(rows.at, vehicles.at, -capacity)
