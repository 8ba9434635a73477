"""Sites are open or closed as their status says, and nothing happens at a closed one.

min_throughput * open <= throughput <= capacity * open       (units, volume or weight per period)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netopt.network.sites import CLOSED, CONSIDER, OPEN
from netopt.plan.audit.arrays import BoolArray, FloatArray
from netopt.plan.audit.finding import INTEGRALITY, Finding, broken, finding, shown
from netopt.plan.audit.say import amount, in_period, when
from netopt.plan.audit.stated import Stated

__all__ = [
    "RULES", "site_capacity", "site_closed", "site_load", "site_minimum", "site_status", "site_throughput",
    "site_type", "site_utilization", "site_whole",
]  # fmt: skip


def site_type(plan: Stated) -> Finding:
    """Every site has the type that the network gives it."""
    table, network = plan.tables["sites"], plan.network
    named = table.codes["name"] >= 0
    right = network.facilities.type[table.codes["name"]]
    at = np.nonzero(named & (table.types != right))[0]
    where, period = table.texts["name"][at], table.texts["period"][at]

    def words(i: int) -> str:
        said = f"{where[i]} has type {table.types[at[i]] or 'blank'} in the sites table{in_period(network, period[i])}"
        return f"{said}, in the network {right[at[i]]}"

    blank = np.full(len(at), np.nan)
    return finding("site_type", len(table), where, period, blank, blank, blank, words)


def site_whole(plan: Stated) -> Finding:
    """Every site is open (1) or closed (0)."""
    table = plan.tables["sites"]
    stated = table.number("open")
    nearest = np.clip(np.round(stated), 0, 1)
    off = np.abs(stated - nearest)
    at = np.nonzero(off > INTEGRALITY)[0]
    where, period = table.texts["name"][at], table.texts["period"][at]

    def words(i: int) -> str:
        said = in_period(plan.network, period[i])
        return f"{where[i]} is {shown(stated[at[i]])} open{said}, which is neither 0 nor 1"

    return finding("site_whole", len(table), where, period, stated[at], nearest[at], off[at], words)


def site_status(plan: Stated) -> Finding:
    """Sites are open or closed as their status says, and open where they have initial stock."""
    network, is_open = plan.network, plan.open
    status, held = network.facilities.status, network.inventory
    stocked = np.zeros(is_open.shape, dtype=bool)
    stocked[held.entity[(held["initial"] > 0) & (held.period == 0)], 0] = True
    must = (status == OPEN) | ((status == CONSIDER) & stocked)
    fixed = must | (status == CLOSED)
    f, t = np.nonzero(fixed & (is_open != must))

    def words(i: int) -> str:
        name, said = network.facilities.names[f[i]], when(network, t[i])
        if not must[f[i], t[i]]:
            return f"{name} is open{said}, its status is closed"
        reason = "its status is open" if status[f[i], t[i]] == OPEN else "it has initial stock"
        return f"{name} is closed{said}, and {reason}"

    value, bound = is_open[f, t].astype(np.float64), must[f, t].astype(np.float64)
    where, period = network.facilities.names.array[f], network.periods.names.array[t]
    return finding("site_status", int(fixed.sum()), where, period, value, bound, np.abs(value - bound), words)


def site_closed(plan: Stated) -> Finding:
    """No closed site takes in, ships, buys or keeps anything."""
    network = plan.network
    parts = {
        "takes in": plan.inflow.sum(axis=1),
        "ships": plan.outflow.sum(axis=1),
        "buys": plan.bought.sum(axis=1),
        "keeps": plan.stock.sum(axis=1),
    }
    most = np.max(np.abs(np.stack(list(parts.values()))), axis=0)
    f, t = np.nonzero(~plan.open & broken(most, most, plan.scale))

    def words(i: int) -> str:
        does = [f"{verb} {amount(value[f[i], t[i]])}" for verb, value in parts.items() if value[f[i], t[i]]]
        return f"{network.facilities.names[f[i]]} {' and '.join(does)}{when(network, t[i])}, and is closed"

    where, period = network.facilities.names.array[f], network.periods.names.array[t]
    value = most[f, t]
    return finding("site_closed", int((~plan.open).sum()), where, period, value, np.zeros(len(f)), value, words)


def site_load(plan: Stated) -> FloatArray:
    """Return throughput in each site's capacity_unit, all products together, shape (facilities, periods)."""
    network = plan.network
    size = network.products.measure[network.facilities.capacity_unit]
    load: FloatArray = np.einsum("fk,fkt->ft", size, plan.throughput)
    return load


def site_capacity(plan: Stated) -> Finding:
    """Throughput is within the capacity, all products together, in the site's capacity_unit."""
    sites, value = plan.network.facilities, site_load(plan)
    asked = np.isfinite(sites.capacity) & plan.open

    def words(name: str, load: str, said: str, bound: str) -> str:
        return f"{name} {load}{said}, its capacity is {bound}"

    excess = np.where(asked, value - sites.capacity, -np.inf)
    return _about_load("site_capacity", plan, asked, value, sites.capacity, excess, words)


def site_minimum(plan: Stated) -> Finding:
    """Every open site has at least its min_throughput, in its capacity_unit."""
    sites, value = plan.network.facilities, site_load(plan)
    asked = (sites.min_throughput > 0) & plan.open

    def words(name: str, load: str, said: str, bound: str) -> str:
        return f"{name} {load}{said}, and while it is open the least is {bound}"

    excess = sites.min_throughput - value
    return _about_load("site_minimum", plan, asked, value, sites.min_throughput, excess, words)


def _about_load(
    rule: str, plan: Stated, asked: BoolArray, value: FloatArray, bound: FloatArray, excess: FloatArray,
    sentence: Callable[[str, str, str, str], str],
) -> Finding:  # fmt: skip
    network = plan.network
    f, t = np.nonzero(asked & broken(excess, np.maximum(np.abs(value), bound), plan.scale))
    sends = np.isin(network.facilities.type, ("supplier", "plant"))

    def words(i: int) -> str:
        load = amount(value[f[i], t[i]], int(network.facilities.capacity_unit[f[i]]))
        does = f"{'ships' if sends[f[i]] else 'takes in'} {load}"
        return sentence(network.facilities.names[f[i]], does, when(network, t[i]), shown(bound[f[i], t[i]]))

    where, period = network.facilities.names.array[f], network.periods.names.array[t]
    return finding(rule, int(asked.sum()), where, period, value[f, t], bound[f, t], excess[f, t], words)


def site_throughput(plan: Stated) -> Finding:
    """Throughput in the sites table is what the flows make it, in units."""
    network, (n_f, _, n_t) = plan.network, plan.shape
    stated = plan.tables["sites"].total("throughput", (n_f, n_t), "name", "period")
    right = plan.throughput.sum(axis=1)
    excess = np.abs(stated - right)
    f, t = np.nonzero(broken(excess, np.maximum(np.abs(stated), np.abs(right)), plan.scale))

    def words(i: int) -> str:
        name, at = network.facilities.names[f[i]], (f[i], t[i])
        said = f"{name} has a throughput of {shown(stated[at])} in the sites table{when(network, t[i])}"
        return f"{said}, by its flows it is {shown(right[at])}"

    where, period = network.facilities.names.array[f], network.periods.names.array[t]
    return finding("site_throughput", right.size, where, period, stated[f, t], right[f, t], excess[f, t], words)


def site_utilization(plan: Stated) -> Finding:
    """Utilization is throughput over capacity, in the capacity_unit, and blank where there is no capacity."""
    network, table = plan.network, plan.tables["sites"]
    rows = np.nonzero(table.known)[0]
    f, t = table.codes["name"][rows], table.codes["period"][rows]
    capacity, stated = network.facilities.capacity[f, t], table.stated["utilization"][rows]
    limited = np.isfinite(capacity) & (capacity > 0)
    right = np.where(limited, site_load(plan)[f, t] / np.where(limited, capacity, 1.0), np.nan)
    shows = np.nan_to_num(stated, nan=0.0)
    excess = np.abs(shows - np.nan_to_num(right, nan=0.0))
    off = broken(excess, np.maximum(np.abs(shows), np.nan_to_num(np.abs(right))), 1.0)
    off |= limited & np.isnan(stated)
    off |= ~limited & ~np.isnan(stated) & (np.isinf(capacity) | (shows != 0))  # of capacity 0, zero or blank will do
    at = np.nonzero(off)[0]

    def words(i: int) -> str:
        name, value = network.facilities.names[f[at[i]]], stated[at[i]]
        said = "blank" if np.isnan(value) else shown(value)
        bound = right[at[i]]
        so = f"it is {shown(bound)}" if not np.isnan(bound) else "without a capacity it is blank"
        return f"{name} has a utilization of {said} in the sites table{when(network, t[at[i]])}, {so}"

    where, period = network.facilities.names.array[f[at]], network.periods.names.array[t[at]]
    return finding("site_utilization", len(rows), where, period, stated[at], right[at], excess[at], words)


RULES = (
    site_type, site_whole, site_status, site_closed, site_capacity, site_minimum, site_throughput, site_utilization,
)  # fmt: skip
