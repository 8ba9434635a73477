"""Figures of a plan, each a function from a plan to what plotly reads: ``{"data": [...], "layout": {...}}``.

A figure is plain data; plotly itself is needed to look at one outside of the page (`netopt.report.figures.shown`).
``layout["meta"]["says"]`` holds the finding in a sentence. A plan that has nothing of a kind, such as stock, has a
figure without data, whose sentence says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netopt.report.figures.costs import by_bucket, by_period
from netopt.report.figures.map import plan_map
from netopt.report.figures.prices import worth_of_limits
from netopt.report.figures.sankey import from_supplier_to_region
from netopt.report.figures.service import days_and_promises
from netopt.report.figures.stock import stock_over_time
from netopt.report.figures.style import Figure
from netopt.report.figures.unmet import who_goes_without
from netopt.report.figures.utilization import how_full

__all__ = ["FIGURES", "Figure"]

FIGURES: Mapping[str, Callable[..., Figure]] = {
    "map": plan_map,
    "costs": by_bucket,
    "costs_by_period": by_period,
    "utilization": how_full,
    "service": days_and_promises,
    "stock": stock_over_time,
    "sankey": from_supplier_to_region,
    "prices": worth_of_limits,
    "unmet": who_goes_without,
}
"""By name, in the order of the page; `map` takes product, period and colour, `stock` a site, the others nothing."""
