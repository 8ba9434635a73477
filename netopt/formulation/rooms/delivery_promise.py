"""Enough of what is delivered arrives within the promise.

sum of flow with processing_days + days <= promise_days  >=  promise_share * all flow           (units per period)
(into a customer, of a product, arriving in a period; a share of 1 closes the lanes that are too slow)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["DeliveryPromise"]

_SAME_DAY = 1e-9


class DeliveryPromise:
    """Delivery promises of customers and of single demand rows."""

    name = "delivery_promise"

    def build(self, draft: Draft) -> None:
        """State a row for every promise that may be broken for a share, and close slow lanes for the others."""
        network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
        demand = network.demand
        promised = ~np.isnan(demand["promise_days"]) & (demand["promise_share"] > 0)
        if not promised.any():
            return
        demand = demand.select(promised)
        n_i = len(network.facilities)
        record_of = np.full((n_i + len(network.customers), len(network.products), len(network.periods)), -1)
        record_of[n_i + demand.entity, demand.product, demand.period] = np.arange(len(demand))
        record = record_of[lanes.destination[flows.lane], flows.product, flows.arrival]
        here = np.nonzero(record >= 0)[0]
        record = record[here]
        origin, period = lanes.origin[flows.lane[here]], flows.period[here]
        days = network.facilities.processing_days[origin, period] + lanes.days[flows.lane[here], period]
        slow = days > demand["promise_days"][record] + _SAME_DAY
        share = demand["promise_share"]
        always = share[record] >= 1
        flow = draft["flow"].at[here]
        draft.limit(flow[slow & always], 0.0)

        mixed = np.unique(record[slow & ~always])
        if not len(mixed):
            return
        labels = {"customer": n_i + demand.entity, "product": demand.product, "period": demand.period}
        rows = draft.rows("delivery_promise", {key: value[mixed] for key, value in labels.items()}, lower=0.0)
        row_of = np.full(len(demand), -1)
        row_of[mixed] = rows.at
        some = row_of[record] >= 0
        draft.term(row_of[record[some]], flow[some], (~slow[some]).astype(float) - share[record[some]])
