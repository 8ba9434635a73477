"""What is bought is for sale, and within what the supplier sells.

min_quantity <= bought <= capacity       (units per period; the minimum only while the site is open)
"""

from __future__ import annotations

import numpy as np

from netopt.network import BLANK
from netopt.plan.audit.arrays import FloatArray, IntArray
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.say import amount, when
from netopt.plan.audit.stated import Stated

__all__ = ["RULES", "supply_allowed", "supply_capacity", "supply_minimum"]


def supply_allowed(plan: Stated) -> Finding:
    """Goods are bought only where, and in periods in which, they are for sale."""
    table, network = plan.tables["purchases"], plan.network
    quantity = table.number("quantity")
    at = np.nonzero(table.known & (plan.purchase_record == BLANK) & broken(quantity, np.abs(quantity), plan.scale))[0]
    where, product, period = table.texts["facility"][at], table.texts["product"][at], table.texts["period"][at]

    def words(i: int) -> str:
        said = f"{where[i]} buys {amount(quantity[at[i]])} of {product[i]}"
        return f"{said}{when(network, table.codes['period'][at[i]])}, which is not for sale there"

    none = np.zeros(len(at))
    return finding("supply_allowed", len(table), where, period, quantity[at], none, quantity[at], words)


def supply_capacity(plan: Stated) -> Finding:
    """No more is bought than the supply capacity."""
    sells = plan.network.supply
    value, bound = _bought(plan), sells["capacity"]
    limited = np.isfinite(bound)
    at = np.nonzero(limited & broken(value - bound, np.maximum(np.abs(value), bound), plan.scale))[0]
    return _about_supply("supply_capacity", plan, int(limited.sum()), at, value, bound, value - bound, "the most is")


def supply_minimum(plan: Stated) -> Finding:
    """While the site is open, at least min_quantity is bought."""
    sells = plan.network.supply
    value, bound = _bought(plan), sells["min_quantity"]
    asked = (bound > 0) & plan.open[sells.entity, sells.period]
    at = np.nonzero(asked & broken(bound - value, np.maximum(np.abs(value), bound), plan.scale))[0]
    return _about_supply("supply_minimum", plan, int(asked.sum()), at, value, bound, bound - value, "the least is")


def _bought(plan: Stated) -> FloatArray:
    sells = plan.network.supply
    bought: FloatArray = plan.bought[sells.entity, sells.product, sells.period]
    return bought


def _about_supply(
    rule: str, plan: Stated, checked: int, at: IntArray, value: FloatArray, bound: FloatArray, excess: FloatArray,
    bound_words: str,
) -> Finding:  # fmt: skip
    network, sells = plan.network, plan.network.supply

    def words(i: int) -> str:
        name, product = network.facilities.names[sells.entity[at[i]]], network.products.names[sells.product[at[i]]]
        said = f"{amount(value[at[i]])} of {product} are bought at {name}{when(network, sells.period[at[i]])}"
        return f"{said}, {bound_words} {shown(bound[at[i]])}"

    where, period = network.facilities.names.array[sells.entity[at]], network.periods.names.array[sells.period[at]]
    return finding(rule, checked, where, period, value[at], bound[at], excess[at], words)


RULES = (supply_allowed, supply_capacity, supply_minimum)
