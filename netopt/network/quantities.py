"""What is wanted, sold, handled and stocked: records by place, product and period."""

from __future__ import annotations

import numpy as np

from netopt.errors import InputError, Problem
from netopt.network.catalog import Periods, Products
from netopt.network.resolve import Names, Records, code, expand_groups, records, typed
from netopt.network.sites import CLOSED, Customers, Facilities
from netopt.read import Tables

__all__ = ["check_initial_stock", "demand_of", "handling_of", "inventory_of", "supply_of"]


def _records(
    tables: Tables, table: str, names: Names, products: Products, periods: Periods, columns: tuple[str, ...]
) -> Records:
    frame = expand_groups(tables, table)
    who = "customer" if table == "demand" else "facility"
    values = {name: typed(frame, name) for name in columns}
    found = records(frame, table, code(frame, who, names), periods.names, values, products.names)
    if "capacity" in found.values:
        capacity = np.where(np.isnan(found["capacity"]), np.inf, found["capacity"])
        found = Records(found.entity, found.product, found.period, {**found.values, "capacity": capacity}, found.row)
    return found


def demand_of(tables: Tables, customers: Customers, products: Products, periods: Periods) -> Records:
    """Return what customers want; a row without a promise has its customer's, rows that want nothing are left out."""
    columns = ("quantity", "unmet_cost", "promise_days", "promise_share")
    found = _records(tables, "demand", customers.names, products, periods, columns)
    days = np.where(np.isnan(found["promise_days"]), customers.promise_days[found.entity], found["promise_days"])
    values = {**found.values, "promise_days": days}
    return Records(found.entity, found.product, found.period, values, found.row).select(found["quantity"] > 0)


def supply_of(tables: Tables, facilities: Facilities, products: Products, periods: Periods) -> Records:
    """Return what can be bought: a supplier or plant without any row sells every product, unlimited, at no cost."""
    found = _records(tables, "supply", facilities.names, products, periods, ("capacity", "min_quantity", "unit_cost"))
    listed = np.unique(code(expand_groups(tables, "supply"), "facility", facilities.names))
    free = np.setdiff1d(np.nonzero(facilities.sends)[0], listed)
    n_k, n_t = len(products), len(periods)
    count = len(free) * n_k * n_t
    more = {"capacity": np.full(count, np.inf), "min_quantity": np.zeros(count), "unit_cost": np.zeros(count)}
    return Records(
        entity=np.concatenate([found.entity, np.repeat(free, n_k * n_t)]),
        product=np.concatenate([found.product, np.tile(np.repeat(np.arange(n_k), n_t), len(free))]),
        period=np.concatenate([found.period, np.tile(np.arange(n_t), len(free) * n_k)]),
        values={name: np.concatenate([found[name], more[name]]) for name in more},
        row=np.concatenate([found.row, np.zeros(count, dtype=np.int64)]),
    )


def inventory_of(tables: Tables, facilities: Facilities, products: Products, periods: Periods) -> Records:
    """Return the stock that is carried; a row for one period names the facility and product for all of them."""
    columns = ("initial", "min_stock", "max_stock", "safety_stock", "cover_days", "storage_cost")
    found = _records(tables, "inventory", facilities.names, products, periods, columns)
    n_k, n_t = len(products), len(periods)
    named = np.unique(found.entity * n_k + found.product)
    at = np.searchsorted(named, found.entity * n_k + found.product) * n_t + found.period
    blanks = {"max_stock": np.inf, "storage_cost": np.nan}
    values = {}
    for name in columns:
        blank = blanks.get(name, 0.0)
        values[name] = np.full(len(named) * n_t, blank)
        values[name][at] = np.where(np.isnan(found[name]), blank, found[name])
    row = np.zeros(len(named) * n_t, dtype=np.int64)
    row[at] = found.row
    initial = values["initial"].reshape(-1, n_t)
    initial[:, 1:] = 0  # only the stock before the first period counts
    period = np.tile(np.arange(n_t), len(named))
    return Records(np.repeat(named // n_k, n_t), np.repeat(named % n_k, n_t), period, values, row)


def check_initial_stock(tables: Tables, facilities: Facilities, inventory: Records) -> None:
    """Refuse stock before the first period at a site that is closed in it.

    Raises
    ------
    InputError
        Naming every such row.
    """
    closed = (inventory["initial"] > 0) & (facilities.status[inventory.entity, inventory.period] == CLOSED)
    problems = [
        Problem(
            tables.source("inventory"),
            int(inventory.row[at]) or None,
            "initial",
            f"{facilities.names[inventory.entity[at]]} has initial stock but is closed in the first period",
            "open the site, or leave initial blank",
        )
        for at in np.nonzero(closed & (inventory.period == 0))[0]
    ]
    if problems:
        raise InputError(problems)


def handling_of(tables: Tables, facilities: Facilities, products: Products, periods: Periods) -> Records:
    """Return the limits and costs of throughput, product by product."""
    return _records(
        tables, "handling", facilities.names, products, periods, ("capacity", "min_throughput", "unit_cost")
    )
