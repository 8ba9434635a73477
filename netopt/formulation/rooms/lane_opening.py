"""A lane that is used costs a fixed amount, and carries at least its least flow.

flow[l,k,t] <= u[l,k,t] * use[l,t]; sum_k w_k * flow <= capacity * use; sum_k w_k * flow >= min_flow * use
lane = sum(fixed_cost[l,t] * use[l,t])                                                  (money)
(capacity_unit per period; u is the tightest of capacities and demand, see `netopt.formulation.bounds`)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["LaneOpening"]


class LaneOpening:
    """Whether a lane with a fixed cost or a least flow is used."""

    name = "lane_opening"

    def build(self, draft: Draft) -> None:
        """Add ``use`` and what follows from it."""
        network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
        optional = (lanes.fixed_cost > 0) | (lanes.min_flow > 0)
        if not optional.any():
            return
        n_t = len(network.periods)
        here = np.nonzero(optional[flows.lane, flows.period])[0]
        cells, row, count = np.unique(
            flows.lane[here] * n_t + flows.period[here], return_inverse=True, return_counts=True
        )
        lane, period = cells // n_t, cells % n_t
        labels = draft.lane_labels(lane, period)
        use = draft.columns("use", labels, upper=1.0, kind="whole")
        draft.charge("lane", use.at, lanes.fixed_cost[lane, period], period)

        flow = draft["flow"].at[here]
        draft.gate(flow, use.at[row], draft.bounds.flow[here])
        size = network.products.measure[lanes.capacity_unit[flows.lane[here]], flows.product[here]]
        for name, wanted, bound, side in (
            (
                "lane_opening",
                (count > 1) & np.isfinite(lanes.capacity[lane, period]),
                lanes.capacity[lane, period],
                {"upper": 0.0},
            ),
            ("min_flow", lanes.min_flow[lane, period] > 0, lanes.min_flow[lane, period], {"lower": 0.0}),
        ):
            if not wanted.any():
                continue
            at = np.nonzero(wanted)[0]
            rows = draft.rows(name, {key: value[at] for key, value in labels.items()}, **side)
            row_of = np.full(len(cells), -1)
            row_of[at] = rows.at
            some = row_of[row] >= 0
            draft.term(row_of[row[some]], flow[some], size[some])
            draft.term(rows.at, use.at[at], -bound[at])
