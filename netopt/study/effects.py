"""Why one plan costs more than another: prices, volume and rerouting, which add up to the change exactly.

change    = cost of the new plan at its prices - cost of the old plan at its prices                     (money)
price     = cost of the new plan at its prices - the same plan at the old prices
volume    = cost of the old plan, its flows scaled to what is wanted now - cost of the old plan, at the old prices
rerouting = the rest: other lanes, sites, vehicles, stock and purchases, at the old prices

All of it is the audit's arithmetic: plans valued with the tables of a network, and no solver. Flows to a customer scale
with what that customer wants of the product, all other quantities with what everybody wants of it; open sites and
vehicles stay as they are. What the old network has no price for, such as a new lane, has no price effect.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network import BLANK, Network
from netopt.plan.audit.ledger import ledger_of
from netopt.plan.audit.stated import Stated
from netopt.plan.audit.table import BUCKETS

__all__ = ["EFFECTS", "effects"]

Tables = Mapping[str, pd.DataFrame]
FloatArray = npt.NDArray[np.float64]

EFFECTS = ("price", "volume", "rerouting")

_VALUED = ("flows", "sites", "inventory", "unmet", "purchases")


def effects(old: tuple[Network, Tables], new: tuple[Network, Tables]) -> pd.DataFrame:
    """Split the change of cost between two plans, by bucket.

    Parameters
    ----------
    old, new : tuple of Network and mapping of str to DataFrame
        A network and the tables of a plan for it.

    Returns
    -------
    DataFrame
        ``bucket``, ``before``, ``after``, ``change``, ``price``, ``volume``, ``rerouting`` (money): every bucket.
    """
    before, after = _valued(*old), _valued(*new)
    priced = _priced(old[0], new[1])
    price = _valued(new[0], priced) - _valued(old[0], priced)
    volume = _valued(old[0], _scaled(old[1], new[1])) - before
    change = after - before
    return pd.DataFrame(
        {
            "bucket": np.array(BUCKETS, dtype=object),
            "before": before,
            "after": after,
            "change": change,
            "price": price,
            "volume": volume,
            "rerouting": change - price - volume,
        }
    )


def _valued(network: Network, tables: Tables) -> FloatArray:
    """Return what a plan costs with the prices of a network, shape (buckets,)."""
    found: FloatArray = ledger_of(Stated.from_frames(network, tables)).buckets.sum(axis=1)
    return found


def _priced(network: Network, tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the rows of a plan that a network has a price for."""
    plan = Stated.from_frames(network, tables)
    known = {name: np.ones(len(tables[name]), dtype=bool) for name in tables}
    known["flows"] = np.zeros(len(tables["flows"]), dtype=bool)
    known["flows"][plan.moves.row[plan.moves.flow != BLANK]] = True
    for name in ("sites", "inventory"):
        if name in tables:
            known[name] = plan.tables[name].known
    for name, record, cost in (
        ("unmet", plan.unmet_record, network.demand["unmet_cost"]),
        ("purchases", plan.purchase_record, network.supply["unit_cost"]),
    ):
        if name in tables:
            known[name] = (record != BLANK) & ~np.isnan(np.append(cost, np.nan)[record])
    return {name: tables[name][known[name]].reset_index(drop=True) for name in tables}


def _scaled(old: Tables, new: Tables) -> dict[str, pd.DataFrame]:
    """Return a plan with its quantities scaled to what another one has to serve."""
    by_product = _ratio(old, new, ["product"])
    by_customer = _ratio(old, new, ["customer", "product"])
    scaled = {name: old[name].copy() for name in old}
    for name in _VALUED:
        if name not in scaled or name == "sites":
            continue
        table = scaled[name]
        ratio = table["product"].map(by_product).fillna(1.0).to_numpy(dtype=float)
        customer = {"flows": "destination", "unmet": "customer"}.get(name)
        if customer is not None and len(table):
            own = by_customer.reindex(pd.MultiIndex.from_frame(table[[customer, "product"]])).to_numpy(dtype=float)
            ratio = np.where(np.isnan(own), ratio, own)
        column = "stock" if name == "inventory" else "quantity"
        scaled[name] = table.assign(**{column: table[column].to_numpy(dtype=float) * ratio})
    return scaled


def _ratio(old: Tables, new: Tables, by: list[str]) -> pd.Series:
    """Return what is wanted now over what was wanted, 1 where nothing was."""
    before, after = (tables["service"].groupby(by, sort=False)["demand"].sum() for tables in (old, new))
    return (after.reindex(before.index).fillna(0.0) / before).where(before > 0, 1.0)
