"""Customers get what they want, less what goes unmet.

delivered[c,k,t] + unmet[c,k,t] = quantity[c,k,t]                                       (units per period)
"""

from __future__ import annotations

from netopt.formulation.draft import Draft

__all__ = ["Demand"]


class Demand:
    """The demand of every customer, product and period."""

    name = "demand"

    def build(self, draft: Draft) -> None:
        """Let every quantity be used up at its customer; the balance there becomes the equation above."""
        demand = draft.network.demand
        customer = len(draft.network.facilities) + demand.entity
        draft.require(customer, demand.product, demand.period, demand["quantity"])
