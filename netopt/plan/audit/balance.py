"""What comes in goes out, everywhere, and customers get what they want or are counted as unmet.

stock[t-1] + in + bought = out + stock[t]       (units, at every facility, product, period)
delivered + unmet = quantity                    (units, for every demand row)
"""

from __future__ import annotations

import numpy as np

from netopt.network import BLANK
from netopt.plan.audit.arrays import FloatArray
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.say import amount, when
from netopt.plan.audit.stated import Stated

__all__ = ["RULES", "balance", "demand", "unmet_allowed", "wanted"]


def balance(plan: Stated) -> Finding:
    """At every facility, for every product and period, what comes in goes out or stays in stock."""
    network = plan.network
    before = stock_before(plan)
    inn = before + plan.inflow + plan.bought
    out = plan.outflow + plan.stock
    size = np.max(np.abs(np.stack([before, plan.inflow, plan.bought, plan.outflow, plan.stock])), axis=0)
    excess = np.abs(inn - out)
    f, k, t = np.nonzero(broken(excess, size, plan.scale))
    at = (f, k, t)

    def words(i: int) -> str:
        cell = (f[i], k[i], t[i])
        comes = _sum_words({"in stock": before[cell], "arriving": plan.inflow[cell], "bought": plan.bought[cell]})
        goes = _sum_words({"shipped": plan.outflow[cell], "kept": plan.stock[cell]})
        name, product = network.facilities.names[f[i]], network.products.names[k[i]]
        return (
            f"{name} has {amount(inn[cell])} of {product}{when(network, t[i])} ({comes}) "
            f"and accounts for {shown(out[cell])} ({goes})"
        )

    where, period = network.facilities.names.array[f], network.periods.names.array[t]
    return finding("balance", inn.size, where, period, inn[at], out[at], excess[at], words)


def stock_before(plan: Stated) -> FloatArray:
    """Return the stock at the start of each period, units, shape (facilities, products, periods)."""
    held = plan.network.inventory
    before = np.zeros(plan.shape)
    before[:, :, 1:] = plan.stock[:, :, :-1]
    first = held.period == 0
    before[held.entity[first], held.product[first], 0] = held["initial"][first]
    return before


def _sum_words(parts: dict[str, float]) -> str:
    return ", ".join(f"{shown(value)} {word}" for word, value in parts.items() if value) or "nothing"


def demand(plan: Stated) -> Finding:
    """Deliveries and what goes unmet are together what the customer wants."""
    network = plan.network
    wants = network.demand
    value, bound = plan.delivered + plan.unmet, wants["quantity"]
    excess = np.abs(value - bound)
    size = np.maximum(np.maximum(np.abs(plan.delivered), np.abs(plan.unmet)), bound)
    at = np.nonzero(broken(excess, size, plan.scale))[0]

    def words(i: int) -> str:
        name, product = network.customers.names[wants.entity[at[i]]], network.products.names[wants.product[at[i]]]
        gets, lacks = plan.delivered[at[i]], plan.unmet[at[i]]
        said = f"{name} wants {amount(bound[at[i]])} of {product}{when(network, wants.period[at[i]])}"
        return f"{said}, {shown(gets)} arrive and {shown(lacks)} are counted as unmet"

    where, period = network.customers.names.array[wants.entity[at]], network.periods.names.array[wants.period[at]]
    return finding("demand", len(wants), where, period, value[at], bound[at], excess[at], words)


def wanted(plan: Stated) -> Finding:
    """Nothing is delivered that the customer does not want in that period."""
    network, moves, n_f, n_t = plan.network, plan.moves, plan.shape[0], plan.shape[2]
    delivers = moves.counted & (moves.destination >= n_f)
    at = np.nonzero(delivers & (plan.wanted_by == BLANK))[0]
    quantity = moves.quantity[at]

    def words(i: int) -> str:
        name, product = network.places.names[moves.destination[at[i]]], network.products.names[moves.product[at[i]]]
        return f"{name} gets {amount(quantity[i])} of {product}{when(network, moves.arrival[at[i]])} and wants none"

    where = network.places.names.array[moves.destination[at]]
    period = network.periods.names.array[np.minimum(moves.arrival[at], n_t - 1)]
    return finding("wanted", int(delivers.sum()), where, period, quantity, np.zeros(len(at)), np.abs(quantity), words)


def unmet_allowed(plan: Stated) -> Finding:
    """Demand goes unmet only where it has an unmet_cost."""
    network, table = plan.network, plan.tables["unmet"]
    quantity = table.number("quantity")
    record = plan.unmet_record
    priced = np.append(~np.isnan(network.demand["unmet_cost"]), False)[record]
    at = np.nonzero(table.known & ~priced & broken(quantity, np.abs(quantity), plan.scale))[0]
    where, product, period = table.texts["customer"][at], table.texts["product"][at], table.texts["period"][at]

    def words(i: int) -> str:
        said = f"{where[i]} goes without {amount(quantity[at[i]])} of {product[i]}"
        said += when(network, table.codes["period"][at[i]])
        return said + (", which it does not want" if record[at[i]] == BLANK else ", and no unmet_cost allows that")

    return finding("unmet_allowed", len(table), where, period, quantity[at], np.zeros(len(at)), quantity[at], words)


RULES = (balance, demand, wanted, unmet_allowed)
