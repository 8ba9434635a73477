"""Handling a unit that passes through a site costs money, and may be limited product by product.

handling = sum(unit_cost[i,k,t] * throughput[i,k,t])                                    (money)
min_throughput * open[i,t] <= throughput[i,k,t] <= capacity * open[i,t]                 (units per period)
"""

from __future__ import annotations

import numpy as np

from netopt.formulation.draft import Draft

__all__ = ["Handling"]


class Handling:
    """Cost and limits of throughput, product by product."""

    name = "handling"

    def build(self, draft: Draft) -> None:
        """Charge handling, and state a row for every limit in the handling table."""
        network, handling = draft.network, draft.network.handling
        column, site, product, period = draft.throughput
        draft.charge("handling", column, network.handling_cost[site, product, period], period)

        shape = network.handling_cost.shape
        for name, wanted, bound, side in (
            ("handling_capacity", np.isfinite(handling["capacity"]), handling["capacity"], {"upper": 0.0}),
            ("min_handling", handling["min_throughput"] > 0, handling["min_throughput"], {"lower": 0.0}),
        ):
            if not wanted.any():
                continue
            some = handling.select(wanted)
            labels = {"site": some.entity, "product": some.product, "period": some.period}
            rows = draft.rows(name, labels, **side)
            row_of = np.full(shape, -1)
            row_of[some.entity, some.product, some.period] = rows.at
            row = row_of[site, product, period]
            here = row >= 0
            draft.term(row[here], column[here], 1.0)
            draft.term(rows.at, draft["open"].start + some.entity * shape[2] + some.period, -bound[wanted])
