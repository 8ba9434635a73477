"""What passes through a site fits the capacity that is open, and makes opening it worth while.

min_throughput[i,t] * open[i,t] <= sum_k w_k * throughput[i,k,t] <= capacity[i,t] * open[i,t]
(capacity_unit per period; w_k is 1, the volume or the weight of a unit)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["SiteThroughput"]


class SiteThroughput:
    """Throughput of all products together: what leaves a supplier or plant, what enters the rest."""

    name = "site_throughput"

    def build(self, draft: Draft) -> None:
        """State a row for every site and period with a capacity, and with a minimum."""
        facilities, products = draft.network.facilities, draft.network.products
        column, site, product, period = draft.throughput
        size = products.measure[facilities.capacity_unit[site], product]
        limited = np.isfinite(facilities.capacity)
        least = facilities.min_throughput > 0
        for name, wanted, bound, side in (
            ("site_throughput", limited, facilities.capacity, {"upper": 0.0}),
            ("min_throughput", least, facilities.min_throughput, {"lower": 0.0}),
        ):
            if not wanted.any():
                continue
            i, t = np.nonzero(wanted)
            rows = draft.rows(name, {"site": i, "period": t}, **side)
            row_of = np.full(wanted.shape, -1)
            row_of[i, t] = rows.at
            row = row_of[site, period]
            here = row >= 0
            draft.term(row[here], column[here], size[here])
            draft.term(rows.at, draft["open"].start + i * wanted.shape[1] + t, -bound[i, t])
