"""Demand may go unmet at a price, where the analyst states one.

0 <= unmet[c,k,t] <= quantity[c,k,t] where unmet_cost is filled, else 0                 (units per period)
unmet = sum(unmet_cost * unmet)                                                         (money)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["Unmet"]


class Unmet:
    """Demand that is not delivered."""

    name = "unmet"

    def build(self, draft: Draft) -> None:
        """Add ``unmet`` for demand with a price on it."""
        demand = draft.network.demand
        demand = demand.select(~np.isnan(demand["unmet_cost"]))
        if not len(demand):
            return
        customer = len(draft.network.facilities) + demand.entity
        labels = {"customer": customer, "product": demand.product, "period": demand.period}
        unmet = draft.columns("unmet", labels, upper=demand["quantity"])
        draft.move(unmet.at, customer, demand.product, demand.period, +1.0)
        draft.charge("unmet", unmet.at, demand["unmet_cost"], demand.period)
