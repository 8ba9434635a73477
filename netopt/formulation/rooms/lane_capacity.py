"""What moves over a lane fits the lane.

sum_k w_k * flow[l,k,t] <= capacity[l,t]                              (capacity_unit per period)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["LaneCapacity"]


class LaneCapacity:
    """Capacity of a lane in a period, all its products together."""

    name = "lane_capacity"

    def build(self, draft: Draft) -> None:
        """Bound the flow where it is alone on its lane, and state a row where products share one."""
        network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
        limited = np.isfinite(lanes.capacity)
        if not limited.any():
            return
        n_t = lanes.capacity.shape[1]
        size = network.products.measure[lanes.capacity_unit[flows.lane], flows.product]
        used = np.nonzero(limited[flows.lane, flows.period] & (size > 0))[0]
        cell = flows.lane[used] * n_t + flows.period[used]
        cells, row, count = np.unique(cell, return_inverse=True, return_counts=True)
        capacity = lanes.capacity[cells // n_t, cells % n_t]
        alone = count[row] == 1
        draft.limit(draft["flow"].at[used[alone]], capacity[row[alone]] / size[used[alone]])
        shared = np.nonzero(count > 1)[0]
        if not len(shared):
            return
        lane, period = cells[shared] // n_t, cells[shared] % n_t
        rows = draft.rows("lane_capacity", draft.lane_labels(lane, period), upper=capacity[shared])
        row_of = np.full(len(cells), -1)
        row_of[shared] = rows.at
        here = ~alone
        draft.term(row_of[row[here]], draft["flow"].at[used[here]], size[used[here]])
