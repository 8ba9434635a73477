"""Sites are open or not, and opening and closing them costs money.

status open: open[i,t] = 1; closed: open[i,t] = 0; consider: the solver chooses        (yes or no)
open[i,t] - open[i,t-1] = starts[i,t] - stops[i,t]; open[i,0] is 1 for existing sites   (yes or no)
site = sum(fixed_cost * open + opening_cost * starts + closing_cost * stops)            (money)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft
from netopt.network.sites import CONSIDER, OPEN

__all__ = ["SiteOpening"]


class SiteOpening:
    """Which sites are open in which period."""

    name = "site_opening"

    def build(self, draft: Draft) -> None:
        """Add ``open`` for every site and period, and ``starts`` and ``stops`` where they cost something."""
        facilities = draft.network.facilities
        site, period = (axis.ravel() for axis in np.indices(facilities.status.shape))
        status = facilities.status.ravel()
        opened = draft.columns(
            "open",
            {"site": site, "period": period},
            lower=(status == OPEN).astype(float),
            upper=((status == OPEN) | (status == CONSIDER)).astype(float),
            kind="whole",
        )
        draft.charge("site", opened.at, facilities.fixed_cost.ravel(), period)

        once = (facilities.opening_cost + facilities.closing_cost).max(axis=1) > 0
        if not once.any():
            return
        here = np.nonzero(once[site])[0]
        labels = {"site": site[here], "period": period[here]}
        starts = draft.columns("starts", labels, upper=1.0, kind="share")
        stops = draft.columns("stops", labels, upper=1.0, kind="share")
        first = period[here] == 0
        before = np.where(first, facilities.existing[site[here]].astype(float), 0.0)
        rows = draft.rows("change_of_state", labels, before, before)
        draft.term(rows.at, opened.at[here], 1.0)
        later = ~first
        draft.term(rows.at[later], opened.at[here[later]] - 1, -1.0)
        draft.term(rows.at, starts.at, -1.0)
        draft.term(rows.at, stops.at, 1.0)
        draft.charge("site", starts.at, facilities.opening_cost.ravel()[here], period[here])
        draft.charge("site", stops.at, facilities.closing_cost.ravel()[here], period[here])
