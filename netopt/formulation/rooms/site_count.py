"""How many sites of a type are open: a whole number, which the search may split before it asks which ones they are.

open_sites[type,t] = sum of open[i,t] over the sites of the type                               (sites)
(where two or more of them may be chosen)

A relaxation that opens 4.3 centers out of a hundred says of no single one that it is open or closed. It does say that
there are at most four, or at least five; where four cannot hold the demand, that alone lifts the bound.
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft
from netopt.network.sites import CONSIDER

__all__ = ["SiteCount"]


class SiteCount:
    """The number of open sites of a type in a period."""

    name = "site_count"

    def build(self, draft: Draft) -> None:
        """Add ``open_sites`` for every type and period with something to choose, and the rows that define it."""
        facilities = draft.network.facilities
        types, of_site = np.unique(facilities.type.astype(str), return_inverse=True)
        opened = draft["open"]
        site, period = (np.asarray(opened.labels[axis], dtype=np.int64) for axis in ("site", "period"))
        n_t = len(draft.network.periods)
        group = of_site[site] * n_t + period
        chosen = facilities.status[site, period] == CONSIDER
        size = len(types) * n_t
        used = np.nonzero(np.bincount(group[chosen], minlength=size) > 1)[0]
        if not len(used):
            return
        labels = {"type": types[used // n_t].astype(object), "period": used % n_t}
        most = np.bincount(group, minlength=size)[used]
        count = draft.columns("open_sites", labels, upper=most.astype(float), kind="whole")
        rows = draft.rows("site_count", labels, 0.0, 0.0)
        place = np.full(size, -1)
        place[used] = np.arange(len(used))
        here = np.nonzero(place[group] >= 0)[0]
        draft.term(rows.at[place[group[here]]], opened.at[here], 1.0)
        draft.term(rows.at, count.at, -1.0)
