"""Stock is carried where the inventory table says so, fits the storage, and covers what is to come.

stock + throughput * cycle_days / days <= storage_capacity               (units, volume or weight)
stock >= min_stock, safety_stock, outflow of the next cover_days         (units, each on its own, while open)
stock <= max_stock                                                       (units)
"""

from __future__ import annotations

import numpy as np

from netopt.plan.audit.arrays import BoolArray, FloatArray
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.say import amount, when
from netopt.plan.audit.stated import Stated

__all__ = [
    "RULES", "cover", "cycle_stock", "max_stock", "min_stock", "outflow_ahead", "safety_stock", "stock_carried",
    "storage_capacity",
]  # fmt: skip


def stock_carried(plan: Stated) -> Finding:
    """Stock is kept only where an inventory row names the facility and the product."""
    network, held = plan.network, plan.network.inventory
    carried = np.zeros(plan.shape, dtype=bool)
    carried[held.entity, held.product, :] = True
    f, k, t = np.nonzero(~carried & broken(plan.stock, np.abs(plan.stock), plan.scale))

    def words(i: int) -> str:
        name, product = network.facilities.names[f[i]], network.products.names[k[i]]
        said = f"{name} keeps {amount(plan.stock[f[i], k[i], t[i]])} of {product}{when(network, t[i])}"
        return f"{said}, and no inventory row lets it"

    where, period = network.facilities.names.array[f], network.periods.names.array[t]
    value = plan.stock[f, k, t]
    checked = len(plan.tables["inventory"])
    return finding("stock_carried", checked, where, period, value, np.zeros(len(f)), value, words)


def cycle_stock(plan: Stated) -> FloatArray:
    """Return throughput * cycle_days / days of the period, units, shape (facilities, products, periods)."""
    network = plan.network
    share = network.facilities.cycle_days / network.periods.days[None, :]
    return plan.throughput * share[:, None, :]


def storage_capacity(plan: Stated) -> Finding:
    """Stock at the end of the period and cycle stock fit the storage, all products together, in the storage_unit."""
    network, bound = plan.network, plan.network.facilities.storage_capacity
    size = network.products.measure[network.facilities.storage_unit]
    kept, cycle = (np.einsum("fk,fkt->ft", size, held) for held in (plan.stock, cycle_stock(plan)))
    value = kept + cycle
    asked = np.isfinite(bound)
    excess = np.where(asked, value - bound, -np.inf)
    f, t = np.nonzero(asked & broken(excess, np.maximum(np.abs(value), np.where(asked, bound, 0.0)), plan.scale))

    def words(i: int) -> str:
        at = (f[i], t[i])
        unit = int(network.facilities.storage_unit[f[i]])
        said = f"{network.facilities.names[f[i]]} stores {amount(value[at], unit)}{when(network, t[i])}"
        said += f" ({shown(kept[at])} at the end, {shown(cycle[at])} in the cycle)" if cycle[at] else ""
        return f"{said}, its storage_capacity is {shown(bound[at])}"

    where, period = network.facilities.names.array[f], network.periods.names.array[t]
    return finding("storage_capacity", int(asked.sum()), where, period, value[f, t], bound[f, t], excess[f, t], words)


def max_stock(plan: Stated) -> Finding:
    """Stock at the end of a period is at most max_stock."""
    bound = plan.network.inventory["max_stock"]
    return _about_stock("max_stock", plan, np.isfinite(bound), bound, -1.0, "its max_stock is")


def min_stock(plan: Stated) -> Finding:
    """Stock at the end of a period in which the site is open is at least min_stock."""
    bound = plan.network.inventory["min_stock"]
    return _about_stock("min_stock", plan, (bound > 0) & _open(plan), bound, 1.0, "its min_stock is")


def safety_stock(plan: Stated) -> Finding:
    """Stock at the end of a period in which the site is open is at least safety_stock."""
    bound = plan.network.inventory["safety_stock"]
    return _about_stock("safety_stock", plan, (bound > 0) & _open(plan), bound, 1.0, "its safety_stock is")


def cover(plan: Stated) -> Finding:
    """Stock at the end of a period in which the site is open covers the outflow of the next cover_days."""
    asked = (plan.network.inventory["cover_days"] > 0) & _open(plan)
    return _about_stock("cover", plan, asked, outflow_ahead(plan), 1.0, "the outflow of its cover_days is")


def outflow_ahead(plan: Stated) -> FloatArray:
    """Return the outflow over the next cover_days of each inventory record, units, shape (records,).

    Each following period gives the share of its days that falls in the window; past the horizon the last repeats.
    """
    held, days = plan.network.inventory, plan.network.periods.days
    ends = np.cumsum(days)
    until = ends[held.period] + held["cover_days"]
    last = len(days) - 1
    whole = np.minimum(np.searchsorted(ends, until, side="left"), last)  # the period in which the window ends
    leaves = plan.outflow[held.entity, held.product]
    total = np.cumsum(leaves, axis=1)
    at = np.arange(len(held))
    before_window = total[at, held.period]
    # past the horizon the share of the last period grows beyond 1, which is how it repeats
    share = (until - (ends - days)[whole]) / days[whole]
    return total[at, whole] - leaves[at, whole] + leaves[at, whole] * share - before_window


def _open(plan: Stated) -> BoolArray:
    held = plan.network.inventory
    return plan.open[held.entity, held.period]


def _about_stock(
    rule: str, plan: Stated, asked: BoolArray, bound: FloatArray, sign: float, bound_words: str
) -> Finding:
    """Return what breaks ``stock >= bound`` (sign 1) or ``stock <= bound`` (sign -1) where it is asked."""
    network, held = plan.network, plan.network.inventory
    value = plan.stock[held.entity, held.product, held.period]
    limit = np.where(asked, bound, 0.0)
    excess = sign * (limit - value)
    at = np.nonzero(asked & broken(excess, np.maximum(np.abs(value), np.abs(limit)), plan.scale))[0]

    def words(i: int) -> str:
        name, product = network.facilities.names[held.entity[at[i]]], network.products.names[held.product[at[i]]]
        said = f"{name} keeps {amount(value[at[i]])} of {product}{when(network, held.period[at[i]])}"
        return f"{said}, {bound_words} {shown(limit[at[i]])}"

    where, period = network.facilities.names.array[held.entity[at]], network.periods.names.array[held.period[at]]
    return finding(rule, int(asked.sum()), where, period, value[at], limit[at], excess[at], words)


RULES = (stock_carried, storage_capacity, max_stock, min_stock, safety_stock, cover)
