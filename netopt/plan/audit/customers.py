"""Customers get what they are promised, and from one facility where they ask for that.

on time >= promise_share * delivered; a delivery is on time if processing_days + lane days <= promise_days   (units)
"""

from __future__ import annotations

import numpy as np

from netopt.network import BLANK
from netopt.plan.audit.arrays import summed
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.say import amount, when
from netopt.plan.audit.stated import Stated

__all__ = ["RULES", "delivery_promise", "single_source"]

SAME_DAYS = 1e-9
"""Days that differ by less, relative to the promise, are the same: 0.1 + 0.2 keeps a promise of 0.3."""


def single_source(plan: Stated) -> Finding:
    """All that a single_source customer receives in a period comes from one facility."""
    moves, network, (n_f, _, n_t) = plan.moves, plan.network, plan.shape
    customer = np.where(moves.counted & (moves.destination >= n_f), moves.destination - n_f, BLANK)
    rows = (customer != BLANK) & np.append(network.customers.single_source, False)[customer]
    key = (customer[rows] * n_t + moves.arrival[rows]) * len(network.places.names) + moves.origin[rows]
    pair, inverse = np.unique(key, return_inverse=True)
    quantity = summed(inverse, moves.quantity[rows], len(pair))
    origin = pair % len(network.places.names)
    who, group = np.unique(pair // len(network.places.names), return_inverse=True)
    total = summed(group, quantity, len(who))
    most = np.zeros(len(who))
    np.maximum.at(most, group, quantity)
    at = np.nonzero(broken(total - most, np.abs(total), plan.scale))[0]

    def words(i: int) -> str:
        c, t = divmod(int(who[at[i]]), n_t)
        mine = np.nonzero((group == at[i]) & (quantity != 0))[0]
        sources = [f"{shown(quantity[j])} from {network.places.names[origin[j]]}" for j in mine]
        said = f"{network.customers.names[c]} wants a single source and gets {' and '.join(sources)}"
        return said + when(network, t)

    where, period = network.customers.names.array[who[at] // n_t], network.periods.names.array[who[at] % n_t]
    excess = total[at] - most[at]
    return finding("single_source", len(who), where, period, total[at], most[at], excess, words)


def delivery_promise(plan: Stated) -> Finding:
    """At least promise_share of what is delivered for a demand row comes within promise_days."""
    moves, network, wants = plan.moves, plan.network, plan.network.demand
    promised = ~np.isnan(wants["promise_days"])
    rows = np.nonzero(plan.wanted_by != BLANK)[0]
    record = plan.wanted_by[rows]
    rows, record = rows[promised[record]], record[promised[record]]
    lane, period = moves.lane[rows], moves.period[rows]
    days = network.facilities.processing_days[moves.origin[rows], period] + network.lanes.days[lane, period]
    promise = wants["promise_days"][record]
    in_time = days <= promise + SAME_DAYS * np.maximum(promise, 1.0)
    value = summed(record, moves.quantity[rows] * in_time, len(wants))
    share = np.where(promised, wants["promise_share"], 0.0)
    bound = share * plan.delivered
    excess = bound - value
    at = np.nonzero(promised & broken(excess, np.maximum(np.abs(value), np.abs(plan.delivered)), plan.scale))[0]

    def words(i: int) -> str:
        name, product = network.customers.names[wants.entity[at[i]]], network.products.names[wants.product[at[i]]]
        said = f"{name} gets {shown(value[at[i]])} of {amount(plan.delivered[at[i]])} of {product}"
        said += f" within {shown(wants['promise_days'][at[i]])} days{when(network, wants.period[at[i]])}"
        return f"{said}, the promise is {shown(100 * share[at[i]])}%"

    where, period_names = network.customers.names.array[wants.entity[at]], network.periods.names.array
    return finding(
        "delivery_promise", int(promised.sum()), where, period_names[wants.period[at]], value[at], bound[at],
        excess[at], words,
    )  # fmt: skip


RULES = (single_source, delivery_promise)
