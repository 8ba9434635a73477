"""A customer that wants one source gets everything from one facility.

sum over modes of flow[i,c,k,t] <= quantity[c,k,t] * serve[i,c,t]; sum_i serve[i,c,t] <= 1      (units per period)
(t is the period of arrival; where nothing may go unmet the flows add up to the quantity, so both hold with equality)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["SingleSource"]


class SingleSource:
    """One facility serves the customer in each period, all products and modes together."""

    name = "single_source"

    def build(self, draft: Draft) -> None:
        """Add ``serve`` for every facility that reaches such a customer."""
        network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
        n_i, n_k, n_t = len(network.facilities), len(network.products), len(network.periods)
        single = np.append(np.zeros(n_i, dtype=bool), network.customers.single_source)
        if not single.any():
            return
        destination = lanes.destination[flows.lane]
        here = np.nonzero(single[destination])[0]
        if not len(here):
            return
        origin, customer = lanes.origin[flows.lane[here]], destination[here]
        product, arrival = flows.product[here], flows.arrival[here]
        pairs, pair = np.unique((customer * n_i + origin) * n_t + arrival, return_inverse=True)
        c, i, t = pairs // (n_i * n_t), pairs // n_t % n_i, pairs % n_t
        serve = draft.columns("serve", {"site": i, "customer": c, "period": t}, upper=1.0, kind="whole")
        customers, one = np.unique(c * n_t + t, return_inverse=True)
        sources = {"customer": customers // n_t, "period": customers % n_t}
        rows = draft.rows("one_source", sources, upper=1.0)
        draft.term(rows.at[one], serve.at, 1.0)

        wanted = np.zeros((n_i + len(network.customers), n_k, n_t))
        demand = network.demand
        wanted[n_i + demand.entity, demand.product, demand.period] = demand["quantity"]
        groups, group, count = np.unique(pair * n_k + product, return_inverse=True, return_counts=True)
        flow, alone = draft["flow"].at[here], count[group] == 1
        draft.gate(flow[alone], serve.at[pair[alone]], wanted[customer, product, arrival][alone])
        shared = np.nonzero(count > 1)[0]
        if not len(shared):
            return
        p, k = groups[shared] // n_k, groups[shared] % n_k
        labels = {"site": i[p], "customer": c[p], "product": k, "period": t[p]}
        rows = draft.rows("single_source", labels, upper=0.0)
        row_of = np.full(len(groups), -1)
        row_of[shared] = rows.at
        draft.term(row_of[group[~alone]], flow[~alone], 1.0)
        draft.term(rows.at, serve.at[p], -wanted[c[p], k, t[p]])
