"""Stock is carried from one period to the next, and what lies in a site costs money and takes up room.

stock[i,k,t] is what is left at the end of t; stock[i,k,0] = initial                    (units)
stored[i,k,t] = stock[i,k,t] + throughput[i,k,t] * cycle_days[i,t] / days[t]            (units)
storage = sum(storage_cost[i,k,t] * stored[i,k,t])                                      (money)
sum_k w_k * stored[i,k,t] <= storage_capacity[i,t] * open[i,t]                          (storage_unit)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft
from netopt.network.sites import CLOSED, CONSIDER

__all__ = ["Storage"]


class Storage:
    """Carried stock where the inventory table names it, and cycle stock behind throughput."""

    name = "storage"

    def build(self, draft: Draft) -> None:
        """Add ``stock``, charge what is stored, and keep it within the room there is."""
        network, facilities = draft.network, draft.network.facilities
        self._carry(draft)
        column, site, product, period = draft.throughput
        days = (facilities.cycle_days / network.periods.days)[site, period]
        draft.charge("storage", column, days * network.storage_cost[site, product, period], period)

        limited = np.isfinite(facilities.storage_capacity)
        if not limited.any():
            return
        i, t = np.nonzero(limited)
        rows = draft.rows("storage_capacity", {"site": i, "period": t}, upper=0.0)
        row_of = np.full(limited.shape, -1)
        row_of[i, t] = rows.at
        draft.term(rows.at, draft["open"].start + i * limited.shape[1] + t, -facilities.storage_capacity[i, t])
        size = network.products.measure[facilities.storage_unit]
        here = (row_of[site, period] >= 0) & (days > 0)
        site, product, period = site[here], product[here], period[here]
        draft.term(row_of[site, period], column[here], days[here] * size[site, product])
        if "stock" in draft:
            inventory = network.inventory
            row = row_of[inventory.entity, inventory.period]
            here = row >= 0
            draft.term(row[here], draft["stock"].at[here], size[inventory.entity, inventory.product][here])

    def _carry(self, draft: Draft) -> None:
        network, inventory = draft.network, draft.network.inventory
        if not len(inventory):
            return
        site, product, period = inventory.entity, inventory.product, inventory.period
        status = network.facilities.status[site, period]
        stock = draft.columns(
            "stock",
            {"site": site, "product": product, "period": period},
            upper=np.where(status == CLOSED, 0.0, np.inf),
            most=draft.bounds.stock,
        )
        draft.move(stock.at, site, product, period, -1.0)
        stays = period < len(network.periods) - 1
        draft.move(stock.at[stays], site[stays], product[stays], period[stays] + 1, +1.0)
        start = inventory["initial"] > 0
        draft.require(site[start], product[start], period[start], -inventory["initial"][start])
        draft.charge("storage", stock.at, network.storage_cost[site, product, period], period)
        choice = np.nonzero(status == CONSIDER)[0]
        opener = draft["open"].start + site * len(network.periods) + period
        draft.gate(stock.at[choice], opener[choice], draft.bounds.stock[choice])
