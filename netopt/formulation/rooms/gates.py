"""Nothing flows through a site that is not open.

flow[l,k,t] <= u[l,k,t] * open[i,t] at either end of the lane                                   (units per period)
(u is the tightest of capacities and demand, see `netopt.formulation.bounds`; the receiving site sees goods on arrival)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.bounds import Bounds
from netopt.formulation.draft import Draft
from netopt.network.sites import CONSIDER

__all__ = ["SiteGates"]


class SiteGates:
    """Tight linking of flows to the opening of the sites at their ends."""

    name = "gates"

    def build(self, draft: Draft) -> None:
        """Gate every flow by the sites that the solver may close."""
        network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
        n_i, n_t = len(network.facilities), len(network.periods)
        choice = np.vstack([network.facilities.status == CONSIDER, np.zeros((len(network.customers), n_t), dtype=bool)])
        if not choice.any():
            return
        bound = Bounds(network).flow
        flow = draft["flow"].at
        for place, period in ((lanes.origin[flows.lane], flows.period), (lanes.destination[flows.lane], flows.arrival)):
            at = np.nonzero(choice[place, period])[0]
            opener = draft["open"].start + place[at] * n_t + period[at]
            draft.gate(flow[at], opener, bound[at])
