"""Suppliers and plants sell what they can, at their price.

min_quantity * open[i,t] <= buy[i,k,t] <= capacity * open[i,t]                          (units per period)
buy = sum(unit_cost * buy)                                                              (money)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft
from netopt.network.sites import CLOSED, OPEN

__all__ = ["Supply"]


class Supply:
    """What is bought from suppliers, or made at plants without recipes."""

    name = "supply"

    def build(self, draft: Draft) -> None:
        """Add ``buy``, its moves, its cost and its limits."""
        network, supply = draft.network, draft.network.supply
        site, product, period = supply.entity, supply.product, supply.period
        status = network.facilities.status[site, period]
        is_open = status == OPEN
        buy = draft.columns(
            "buy",
            {"site": site, "product": product, "period": period},
            lower=np.where(is_open, supply["min_quantity"], 0.0),
            upper=np.where(status == CLOSED, 0.0, supply["capacity"]),
            most=draft.bounds.purchase,
        )
        draft.move(buy.at, site, product, period, +1.0)
        draft.charge("buy", buy.at, supply["unit_cost"], period)

        choice = np.nonzero(~is_open & (status != CLOSED))[0]
        opener = draft["open"].start + site * len(network.periods) + period
        draft.gate(buy.at[choice], opener[choice], draft.bounds.purchase[choice])
        least = choice[supply["min_quantity"][choice] > 0]
        if len(least):
            labels = {"site": site[least], "product": product[least], "period": period[least]}
            rows = draft.rows("min_quantity", labels, lower=0.0)
            draft.term(rows.at, buy.at[least], 1.0)
            draft.term(rows.at, opener[least], -supply["min_quantity"][least])
