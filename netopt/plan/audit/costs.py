"""Every cost that the plan states is what its quantities cost by the prices of the input.

Buckets are compared to 1e-6 of the bucket over all periods, and rows to 1e-6 of the row.   (money)
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netopt.plan.audit.arrays import FloatArray, Words
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.ledger import Ledger
from netopt.plan.audit.say import when
from netopt.plan.audit.stated import Stated
from netopt.plan.audit.table import BUCKETS

__all__ = ["RULES", "bucket_costs", "flow_costs", "purchase_costs", "site_costs", "stock_costs", "unmet_costs"]


def bucket_costs(plan: Stated, ledger: Ledger) -> Finding:
    """Each bucket in each period of the costs table is what the plan costs there."""
    network, right = plan.network, ledger.buckets
    stated = plan.tables["costs"].total("cost", right.shape, "bucket", "period")
    size = np.maximum(np.abs(stated).sum(axis=1), np.abs(right).sum(axis=1))[:, None]
    excess = np.abs(stated - right)
    b, t = np.nonzero(broken(excess, np.broadcast_to(size, right.shape), float(np.abs(right).sum())))

    def words(i: int) -> str:
        said = f"{BUCKETS[b[i]]} costs {shown(stated[b[i], t[i]])}{when(network, t[i])} in the costs table"
        return f"{said}, by the plan's quantities {shown(right[b[i], t[i]])}"

    where, period = np.array(BUCKETS, dtype=object)[b], network.periods.names.array[t]
    return finding("bucket_costs", right.size, where, period, stated[b, t], right[b, t], excess[b, t], words)


def flow_costs(plan: Stated, ledger: Ledger) -> Finding:
    """Each flow costs its transport, duty and emissions, and the first of a lane its vehicles and fixed cost too."""
    table, rows = plan.tables["flows"], plan.moves.row
    texts = table.texts

    def words(at: int) -> str:
        mode = f" by {texts['mode'][rows[at]]}" if texts["mode"][rows[at]] else ""
        lane = f"{texts['origin'][rows[at]]} to {texts['destination'][rows[at]]}{mode}"
        return f"{texts['product'][rows[at]]} from {lane}{when(plan.network, plan.moves.period[at])}"

    where, period = texts["origin"][rows], texts["period"][rows]
    return _compared("flow_costs", where, period, table.number("cost")[rows], ledger.moves, words)


def site_costs(plan: Stated, ledger: Ledger) -> Finding:
    """Each site costs its fixed, opening, closing and handling cost and the storage of its cycle stock."""
    n_f, _, n_t = plan.shape
    stated = plan.tables["sites"].total("cost", (n_f, n_t), "name", "period").ravel()
    names = plan.network.facilities.names

    def words(at: int) -> str:
        return f"{names[at // n_t]}{when(plan.network, at % n_t)}"

    where, period = np.repeat(names.array, n_t), np.tile(plan.network.periods.names.array, n_f)
    return _compared("site_costs", where, period, stated, ledger.sites.ravel(), words)


def stock_costs(plan: Stated, ledger: Ledger) -> Finding:
    """Each stock costs its storage."""
    table = plan.tables["inventory"]
    rows = np.nonzero(table.known)[0]
    at = tuple(table.codes[key][rows] for key in ("facility", "product", "period"))
    own = table.number("stock")[rows]
    held = plan.stock[at]
    right = np.where(held == 0, 0.0, ledger.stock[at] * np.where(held == 0, 0.0, own / np.where(held == 0, 1, held)))
    return _of_rows("stock_costs", plan, "inventory", "facility", right, "stock of")


def unmet_costs(plan: Stated, ledger: Ledger) -> Finding:
    """Each unmet quantity costs its unmet_cost."""
    right = ledger.unmet[plan.tables["unmet"].known]
    return _of_rows("unmet_costs", plan, "unmet", "customer", right, "unmet")


def purchase_costs(plan: Stated, ledger: Ledger) -> Finding:
    """Each purchase costs what the supplier asks."""
    right = ledger.purchases[plan.tables["purchases"].known]
    return _of_rows("purchase_costs", plan, "purchases", "facility", right, "buying")


def _of_rows(rule: str, plan: Stated, name: str, who: str, right: FloatArray, verb: str) -> Finding:
    table = plan.tables[name]
    rows = np.nonzero(table.known)[0]
    texts = table.texts

    def words(at: int) -> str:
        said = when(plan.network, table.codes["period"][rows[at]])
        return f"{verb} {texts['product'][rows[at]]} at {texts[who][rows[at]]}{said}"

    return _compared(rule, texts[who][rows], texts["period"][rows], table.number("cost")[rows], right, words)


def _compared(
    rule: str, where: Words, period: Words, stated: FloatArray, right: FloatArray, subject: Callable[[int], str]
) -> Finding:
    """Return the rows whose stated cost is not the right one; rows without a price are another rule's."""
    priced = ~np.isnan(right)
    excess = np.where(priced, np.abs(stated - right), 0.0)
    typical = float(np.abs(right[priced]).mean()) if priced.any() else 0.0
    at = np.nonzero(priced & broken(excess, np.maximum(np.abs(stated), np.abs(right)), typical))[0]

    def words(i: int) -> str:
        return f"{subject(at[i])} costs {shown(stated[at[i]])} in the plan, by its quantities {shown(right[at[i]])}"

    return finding(rule, int(priced.sum()), where[at], period[at], stated[at], right[at], excess[at], words)


RULES = (bucket_costs, flow_costs, site_costs, stock_costs, unmet_costs, purchase_costs)
