"""Counts of open sites and totals of flow stay within their limits.

at_least <= sum of open[i,t] over the sites of the row <= at_most                               (sites)
at_least <= sum of flow[l,k,t] over the lanes and products of the row <= at_most                (units per period)
(in each period of the row on its own; flow is counted when it leaves)
at_least <= sum of open[i,t] over the sites and periods of the row <= at_most                   (periods open)
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.formulation.draft import Draft
from netopt.network.limits import Limit

__all__ = ["Limits"]


class Limits:
    """Rows of the limits table."""

    name = "limits"

    def build(self, draft: Draft) -> None:
        """State a row for every limit and period."""
        limits, n_t = draft.network.limits, len(draft.network.periods)
        if not limits:
            return
        which, period = np.nonzero(np.stack([limit.stated for limit in limits]))
        least = np.array([limit.at_least for limit in limits])[which]
        most = np.array([limit.at_most for limit in limits])[which]
        words = np.array([f"row {limit.row}: {limit.what} {limit.words}".strip() for limit in limits], dtype=object)
        rows = draft.rows(
            "limits",
            {"limit": words[which], "period": period},
            lower=np.where(np.isnan(least), -np.inf, least),
            upper=np.where(np.isnan(most), np.inf, most),
        )
        row_of = np.full((len(limits), n_t), -1)
        row_of[which, period] = rows.at
        for at, limit in enumerate(limits):
            column, when = _columns(draft, limit)
            row = row_of[at, when]
            if limit.what == "open_periods":  # one row, for all of its periods
                row = np.where(limit.periods[when], row_of[at].max(), -1)
            draft.term(row[row >= 0], column[row >= 0], 1.0)


def _columns(draft: Draft, limit: Limit) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the columns that a limit counts, and their periods."""
    network, n_t = draft.network, len(draft.network.periods)
    if limit.what != "flow":
        site = np.nonzero(limit.sites)[0]
        return draft["open"].start + np.add.outer(site * n_t, np.arange(n_t)).ravel(), np.tile(
            np.arange(n_t), len(site)
        )
    at = np.nonzero(limit.counts(network.lanes, network.flows))[0]
    return draft["flow"].at[at], network.flows.period[at]
