"""Whole vehicles carry the goods, and whole vehicles are paid for.

sum_k w_k * flow[l,k,t] <= vehicle_capacity[l,t] * vehicles[l,t]                        (capacity_unit per period)
vehicles = sum(vehicle_cost[l,t] * vehicles[l,t])                                       (money)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.errors import InputError, Problem
from netopt.formulation.draft import Draft

__all__ = ["Vehicles"]

_COUNTABLE = 1e9
"""Whole numbers of the solver end at 2 ** 31; beyond, it was seen to call a plan 15 times too dear the cheapest."""


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
        most = np.bincount(row, draft.bounds.flow[here] * size[here], minlength=len(cells))
        most = np.minimum(most, lanes.capacity[lane, period])
        _check_count(draft, lane, most / capacity)
        labels = draft.lane_labels(lane, period)
        vehicles = draft.columns("vehicles", labels, upper=np.ceil(most / capacity) + 1, kind="whole")
        draft.charge("vehicles", vehicles.at, lanes.vehicle_cost[lane, period], period)
        rows = draft.rows("vehicles", labels, upper=0.0)
        draft.term(rows.at[row], draft["flow"].at[here], size[here])
        draft.term(rows.at, vehicles.at, -capacity)


def _check_count(draft: Draft, lane: npt.NDArray[np.int64], vehicles: npt.NDArray[np.float64]) -> None:
    """Refuse lanes that may need more vehicles than can be counted.

    Raises
    ------
    InputError
        Naming the first such row.
    """
    beyond = np.nonzero(vehicles > _COUNTABLE)[0]
    if len(beyond):
        lanes, at = draft.network.lanes, int(beyond[0])
        table = "rates" if lanes.rated[lane[at]] else "lanes"
        message = f"the lane may need up to {vehicles[at]:,.0f} vehicles, more than can be counted"
        fix = "state quantities and vehicle_capacity in larger units, such as thousands"
        source = draft.network.tables.source(table)
        raise InputError([Problem(source, int(lanes.row[lane[at]]), "vehicle_capacity", message, fix)])
