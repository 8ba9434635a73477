"""Stock covers what is about to leave, and stays between its least and its most.

stock[i,k,t] >= min_stock, stock[i,k,t] >= safety_stock, each on its own, while the site is open      (units)
stock[i,k,t] <= max_stock                                                                             (units)
stock[i,k,t] >= sum_s share[t,s] * outflow[i,k,s] while the site is open                              (units)

share[t,s] is the part of period s that lies in the cover_days after t; past the horizon the last period repeats.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.formulation.draft import Draft
from netopt.network.sites import CONSIDER, OPEN

__all__ = ["Cover", "cover_shares"]


class Cover:
    """Least and most stock, safety stock, and days of cover."""

    name = "cover"

    def build(self, draft: Draft) -> None:
        """Bound the stock and state a row for every cover."""
        if "stock" not in draft:
            return
        network, inventory, stock = draft.network, draft.network.inventory, draft["stock"]
        site, product, period = inventory.entity, inventory.product, inventory.period
        status = network.facilities.status[site, period]
        opener = draft["open"].start + site * len(network.periods) + period
        draft.limit(stock.at, inventory["max_stock"])
        least = np.maximum(inventory["min_stock"], inventory["safety_stock"])
        fixed = status == OPEN
        draft.raise_lower(stock.at[fixed], least[fixed])
        choice = np.nonzero((status == CONSIDER) & (least > 0))[0]
        if len(choice):
            labels = {"site": site[choice], "product": product[choice], "period": period[choice]}
            rows = draft.rows("min_stock", labels, lower=0.0)
            draft.term(rows.at, stock.at[choice], 1.0)
            draft.term(rows.at, opener[choice], -least[choice])
        self._days(draft, np.nonzero((inventory["cover_days"] > 0) & (status != 0))[0], opener)

    def _days(self, draft: Draft, covered: npt.NDArray[np.int64], opener: npt.NDArray[np.int64]) -> None:
        """State ``stock >= what leaves in the next cover_days``; its opener frees a site that may be closed of it."""
        if not len(covered):
            return
        network, inventory = draft.network, draft.network.inventory
        lanes, flows = network.lanes, network.flows
        site, product, period = inventory.entity[covered], inventory.product[covered], inventory.period[covered]
        n_k = len(network.products)
        shares = cover_shares(network.periods.days, period, inventory["cover_days"][covered])

        cell_of_flow = lanes.origin[flows.lane] * n_k + flows.product
        order = np.argsort(cell_of_flow, kind="stable")
        first = np.searchsorted(cell_of_flow[order], site * n_k + product, side="left")
        last = np.searchsorted(cell_of_flow[order], site * n_k + product, side="right")
        count = last - first
        row = np.repeat(np.arange(len(covered)), count)
        flow = order[np.repeat(first, count) + np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)]
        share = shares[row, flows.period[flow]]
        row, flow, share = row[share > 0], flow[share > 0], share[share > 0]

        most = draft.bounds.flow[flow] * share
        elsewhen = flows.period[flow] != period[row]  # what leaves in t itself is none when the site is closed in t
        freed = np.bincount(row[elsewhen], most[elsewhen], minlength=len(covered))
        choice = network.facilities.status[site, period] == CONSIDER
        freed = np.where(choice, freed, 0.0)
        labels = {"site": site, "product": product, "period": period}
        rows = draft.rows("cover", labels, lower=-freed)
        draft.term(rows.at, draft["stock"].at[covered], 1.0)
        draft.term(rows.at[row], draft["flow"].at[flow], -share)
        some = np.nonzero(freed > 0)[0]
        draft.term(rows.at[some], opener[covered[some]], -freed[some])


def cover_shares(
    days: npt.NDArray[np.float64], period: npt.NDArray[np.int64], cover_days: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Return how much of each period lies within the days after another one.

    Parameters
    ----------
    days : ndarray
        Length of each period, shape (periods,).
    period : ndarray of int
        The periods at whose end the window starts, shape (n,).
    cover_days : ndarray
        Length of each window, shape (n,).

    Returns
    -------
    ndarray
        Share of each period's days in each window, shape (n, periods); above 1 for the last period where the window
        reaches past the horizon, which repeats it.
    """
    begins = np.cumsum(days) - days
    window = begins[period] + days[period]
    inside = np.clip(window[:, None] + cover_days[:, None] - begins[None, :], 0, days[None, :])
    inside = np.where(np.arange(len(days))[None, :] > period[:, None], inside, 0.0)
    beyond = np.maximum(window + cover_days - days.sum(), 0.0)
    inside[:, -1] += beyond
    return inside / days[None, :]
