"""Each product's throughput at a site is within what the handling table allows.

min_throughput * open <= throughput <= capacity * open       (units per period, by product)
"""

from __future__ import annotations

import numpy as np

from netopt.plan.audit.arrays import FloatArray, IntArray
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.say import amount, when
from netopt.plan.audit.stated import Stated

__all__ = ["RULES", "handling_capacity", "handling_minimum"]


def handling_capacity(plan: Stated) -> Finding:
    """Throughput of a product is within its handling capacity."""
    rows = plan.network.handling
    value, bound = _through(plan), rows["capacity"]
    asked = np.isfinite(bound) & plan.open[rows.entity, rows.period]
    at = np.nonzero(asked & broken(value - bound, np.maximum(np.abs(value), bound), plan.scale))[0]
    said = "its handling capacity for it is"
    return _about_handling("handling_capacity", plan, int(asked.sum()), at, value, bound, value - bound, said)


def handling_minimum(plan: Stated) -> Finding:
    """While the site is open, throughput of a product is at least its handling minimum."""
    rows = plan.network.handling
    value, bound = _through(plan), rows["min_throughput"]
    asked = (bound > 0) & plan.open[rows.entity, rows.period]
    at = np.nonzero(asked & broken(bound - value, np.maximum(np.abs(value), bound), plan.scale))[0]
    said = "and while it is open the least is"
    return _about_handling("handling_minimum", plan, int(asked.sum()), at, value, bound, bound - value, said)


def _through(plan: Stated) -> FloatArray:
    rows = plan.network.handling
    through: FloatArray = plan.throughput[rows.entity, rows.product, rows.period]
    return through


def _about_handling(
    rule: str, plan: Stated, checked: int, at: IntArray, value: FloatArray, bound: FloatArray, excess: FloatArray,
    bound_words: str,
) -> Finding:  # fmt: skip
    network, rows = plan.network, plan.network.handling

    def words(i: int) -> str:
        name, product = network.facilities.names[rows.entity[at[i]]], network.products.names[rows.product[at[i]]]
        said = f"{name} handles {amount(value[at[i]])} of {product}{when(network, rows.period[at[i]])}"
        return f"{said}, {bound_words} {shown(bound[at[i]])}"

    where, period = network.facilities.names.array[rows.entity[at]], network.periods.names.array[rows.period[at]]
    return finding(rule, checked, where, period, value[at], bound[at], excess[at], words)


RULES = (handling_capacity, handling_minimum)
