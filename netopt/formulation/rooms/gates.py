"""Nothing flows through a site that is not open.

flow[l,k,t] <= u[l,k,t] * open[i,t] at either end of the lane                                   (units per period)
(u is the tightest of capacities and demand, see `netopt.formulation.bounds`; the receiving site sees goods on arrival)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.formulation.draft import Draft
from netopt.network import Network
from netopt.network.sites import CONSIDER

__all__ = ["SiteGates"]

IntArray = npt.NDArray[np.int64]


class SiteGates:
    """Tight linking of flows to the opening of the sites at their ends."""

    name = "gates"

    def build(self, draft: Draft) -> None:
        """Gate every flow by the sites that the solver may close."""
        network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
        n_t = len(network.periods)
        choice = np.vstack([network.facilities.status == CONSIDER, np.zeros((len(network.customers), n_t), dtype=bool)])
        if not choice.any():
            return
        bound = draft.bounds.flow
        flow = draft["flow"].at
        ends = ((lanes.origin[flows.lane], flows.period), (lanes.destination[flows.lane], flows.arrival))
        for end, (place, period) in enumerate(ends):
            at = np.nonzero(choice[place, period])[0]
            place, period = place[at], period[at]
            opener = draft["open"].start + place * n_t + period
            needed = self._needed(network, place, flows.product[at], period, leaves=end == 0)
            draft.gate(flow[at], opener, bound[at], needed)

    @staticmethod
    def _needed(
        network: Network, site: IntArray, product: IntArray, period: IntArray, *, leaves: bool
    ) -> npt.NDArray[np.bool_]:
        """Return which gates no other row implies.

        A capacity closes throughput with its site. What leaves a closed site that has no throughput and keeps no
        stock is nothing, by its balance.
        """
        facilities = network.facilities
        keeps = np.zeros((len(facilities), len(network.products)), dtype=bool)
        keeps[network.inventory.entity, network.inventory.product] = True
        size = network.products.measure[facilities.capacity_unit[site], product]
        capacity = np.isfinite(facilities.capacity[site, period]) & (size > 0)
        counts = facilities.sends[site] == leaves  # this end is the one where throughput is counted
        needed: npt.NDArray[np.bool_] = np.where(counts, ~capacity, keeps[site, product] | facilities.sends[site])
        return needed
