"""What the network costs as it is run: typed flows as the tables of a plan, valued by the audit's own ledger.

No optimisation. What was not typed follows from the flows:

bought = max(0, out + stock - in - stock before), where the product is for sale      (units)
stock  = as typed, else max(0, stock before + in - out), where it is carried         (units)
unmet  = max(0, demand - delivered)                                                  (units)

A site is open in a period if the table of sites says so. Without a word there it is open where its status is open,
where goods leave or enter it or it has stock, and where it is existing and not closed by its status: an existing site
without flow still costs its fixed cost. A potential site is open from the first to the last period in which it is
used; that it opens costs what opening it costs, as in any plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network import BLANK, Network
from netopt.network.resolve import Names
from netopt.network.sites import CLOSED, OPEN
from netopt.plan.audit.balance import stock_before
from netopt.plan.audit.ledger import Ledger, ledger_of
from netopt.plan.audit.sites import site_load
from netopt.plan.audit.stated import Stated
from netopt.study.today.actual import KEY, Actual
from netopt.study.today.permitted import permitted
from netopt.study.today.served import service_of

__all__ = ["AS_PAID", "Valued", "valued"]

AS_PAID = "off network"
"""Bucket of flows that the network has no rate for, at what was paid."""

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

_DUST = 1e-9


@dataclass(frozen=True, eq=False)
class Valued:
    """The network as it is run.

    Parameters
    ----------
    network : Network
        As typed.
    as_run : Network
        With lanes and sites that it forbids and that were used; `network` itself where there are none.
    actual : Actual
        What was typed.
    tables : dict of str to DataFrame
        Those of a plan, see `netopt.plan.tables.PLAN_TABLES`; costs discounted, by the prices of the network.
    is_open : ndarray of bool
        Shape (facilities, periods).
    idle : ndarray of bool
        Open without flow or stock, shape (facilities, periods).
    unknown : ndarray of bool
        Flows whose lane is not in the network, shape (flows,).
    freight : ndarray
        What each of the actual flows costs by the rates of the network, not discounted: transport and its share of
        vehicles and fixed cost. NaN where the network has no rate, shape (flows,).
    derived : bool
        Whether stock was derived from the flows.
    """

    network: Network
    as_run: Network
    actual: Actual
    tables: dict[str, pd.DataFrame]
    is_open: BoolArray
    idle: BoolArray
    unknown: BoolArray
    freight: FloatArray
    derived: bool

    @property
    def as_paid(self) -> FloatArray:
        """What was paid on flows without a rate in the network, not discounted; 0 for the others, shape (flows,)."""
        return np.where(np.isnan(self.freight), np.nan_to_num(self.actual.flows["spend"].to_numpy(np.float64)), 0.0)

    @property
    def worthless(self) -> BoolArray:
        """Flows without a rate in the network and without spend: nothing says what they cost, shape (flows,)."""
        return np.isnan(self.freight) & self.actual.flows["spend"].isna().to_numpy()

    @property
    def discount(self) -> FloatArray:
        """What money paid in the period of each flow counts for, shape (flows,)."""
        period = self.network.periods.names.codes(self.actual.flows["period"])
        discount: FloatArray = self.network.periods.discount[period]
        return discount

    @property
    def off_network(self) -> float:
        """What was paid on flows without a rate in the network, discounted."""
        return float((self.as_paid * self.discount).sum())

    def costs_as_paid(self) -> pd.DataFrame:
        """Return the table of costs with what was paid off the network in a bucket of its own."""
        if not self.off_network:
            return self.tables["costs"]
        period, cost = self.actual.flows["period"], self.as_paid * self.discount
        paid = pd.DataFrame({"bucket": AS_PAID, "period": period, "cost": cost})
        return pd.concat([self.tables["costs"], paid], ignore_index=True)


def valued(network: Network, actual: Actual) -> Valued:
    """Return what the network costs as it is run."""
    allowed = permitted(network, actual.flows)
    as_run = allowed.network
    flows = actual.flows[[*KEY, "quantity"]].assign(vehicles=0.0, cost=0.0)
    frames: dict[str, pd.DataFrame] = {"flows": flows, "sites": _no_sites(), "costs": _no_costs()}
    moving = Stated.from_frames(as_run, frames)
    flows["vehicles"] = _vehicles(moving, actual.flows["vehicles"].to_numpy(np.float64))
    frames["inventory"] = _inventory(moving, actual.stocks)
    frames["purchases"] = _purchases(Stated.from_frames(as_run, frames))
    frames["unmet"] = _unmet(moving)
    is_open, idle = _open(network, Stated.from_frames(as_run, frames), actual.sites)
    frames["sites"] = _sites(as_run, moving, is_open)
    stated = Stated.from_frames(as_run, frames)
    ledger = ledger_of(stated)
    _price(stated, ledger, frames)
    frames["service"] = service_of(stated)
    frames["prices"] = pd.DataFrame(columns=["what", "where", "product", "period", "price", "words"])
    freight = ledger.freight / as_run.periods.discount[stated.moves.period]
    freight[allowed.unknown[stated.moves.row]] = np.nan
    derived = actual.stocks is None and len(network.inventory) > 0
    return Valued(network, as_run, actual, frames, is_open, idle, allowed.unknown, freight, derived)


def _no_sites() -> pd.DataFrame:
    return pd.DataFrame(columns=["name", "type", "period", "open", "throughput", "utilization", "cost"])


def _no_costs() -> pd.DataFrame:
    return pd.DataFrame(columns=["bucket", "period", "cost"])


def _vehicles(plan: Stated, typed: FloatArray) -> npt.NDArray[np.float64]:
    """Return vehicles on the first row of each lane and period: as typed on any of its rows, else as they fill."""
    use, moves, lanes = plan.lane_use, plan.moves, plan.network.lanes
    holds = lanes.vehicle_capacity[use.lane, use.period]
    counted = ~np.isnan(holds)
    filled = np.ceil(use.load / np.where(counted, holds, 1.0) * (1 - _DUST))
    has = moves.lane != BLANK
    of_row, group = typed[moves.row[has]], use.group[has]
    said = np.bincount(group, ~np.isnan(of_row), minlength=len(use.lane)) > 0
    stated = np.bincount(group, np.nan_to_num(of_row), minlength=len(use.lane))
    vehicles = np.where(counted, np.where(said, stated, filled), 0.0)
    found = np.zeros(len(typed))
    found[moves.row[use.first]] = vehicles[use.group[use.first]]
    return found


def _inventory(plan: Stated, typed: pd.DataFrame | None) -> pd.DataFrame:
    """Return stock wherever it is carried, and where it was counted although it is not."""
    network, held = plan.network, plan.network.inventory
    names = (network.facilities.names, network.products.names, network.periods.names)
    carried = np.zeros(plan.shape, dtype=bool)
    carried[held.entity, held.product, held.period] = True
    stock = np.zeros(plan.shape)
    if typed is None:
        before = stock_before(plan)[:, :, 0]
        for now in range(plan.shape[2]):
            left = before + plan.inflow[:, :, now] - plan.outflow[:, :, now]
            dust = _DUST * (before + plan.inflow[:, :, now] + plan.scale)
            stock[:, :, now] = np.where(carried[:, :, now] & (left > dust), left, 0.0)
            before = stock[:, :, now]
    else:
        at = tuple(known.codes(typed[c]) for c, known in zip(("facility", "product", "period"), names, strict=True))
        stock[at] = typed["stock"].to_numpy(np.float64)
    f, k, t = np.nonzero(carried | (stock > 0))
    columns = _named(names, ("facility", "product", "period"), (f, k, t))
    return pd.DataFrame({**columns, "stock": stock[f, k, t], "cost": 0.0})


def _purchases(plan: Stated) -> pd.DataFrame:
    """Return what must have been bought, or made at plants, for what left."""
    network, sold = plan.network, plan.network.supply
    comes = plan.inflow + stock_before(plan)
    lacks = plan.outflow + plan.stock - comes
    lacks = np.where(lacks > _DUST * (comes + plan.outflow), lacks, 0.0)
    some = lacks[sold.entity, sold.product, sold.period] > 0
    f, k, t = sold.entity[some], sold.product[some], sold.period[some]
    names = (network.facilities.names, network.products.names, network.periods.names)
    columns = _named(names, ("facility", "product", "period"), (f, k, t))
    return pd.DataFrame({**columns, "quantity": lacks[f, k, t], "cost": 0.0})


def _unmet(plan: Stated) -> pd.DataFrame:
    """Return demand that was not delivered."""
    network, wants = plan.network, plan.network.demand
    lacks = wants["quantity"] - plan.delivered
    some = lacks > _DUST * wants["quantity"]
    names = (network.customers.names, network.products.names, network.periods.names)
    at = (wants.entity[some], wants.product[some], wants.period[some])
    columns = _named(names, ("customer", "product", "period"), at)
    return pd.DataFrame({**columns, "quantity": lacks[some], "cost": 0.0})


def _named(
    names: tuple[Names, Names, Names], columns: tuple[str, str, str], at: tuple[Any, Any, Any]
) -> dict[str, npt.NDArray[np.object_]]:
    return {column: known.array[here] for known, column, here in zip(names, columns, at, strict=True)}


def _open(network: Network, plan: Stated, typed: pd.DataFrame | None) -> tuple[BoolArray, BoolArray]:
    """Return which sites are open in which period, and which of them without flow or stock."""
    sites = network.facilities
    least = _DUST * plan.scale
    amounts = (plan.inflow, plan.outflow, plan.bought, plan.stock)
    used = np.max(np.stack([amount.max(axis=1, initial=0.0) for amount in amounts]), axis=0) > least
    used[:, 0] |= stock_before(plan)[:, :, 0].max(axis=1, initial=0.0) > least
    since = np.maximum.accumulate(used, axis=1)
    until = np.maximum.accumulate(used[:, ::-1], axis=1)[:, ::-1]
    shut = sites.status == CLOSED
    is_open = used | (sites.status == OPEN) | (~shut & sites.existing[:, None]) | (since & until & ~shut)
    if typed is not None:
        at = sites.names.codes(typed["name"]), network.periods.names.codes(typed["period"])
        is_open[at] = typed["open"].to_numpy(dtype=bool)
    return is_open, is_open & ~used


def _sites(network: Network, plan: Stated, is_open: BoolArray) -> pd.DataFrame:
    facilities, periods = network.facilities, network.periods.names
    before = np.column_stack([facilities.existing, is_open[:, :-1]])
    load = site_load(plan)
    with np.errstate(divide="ignore", invalid="ignore"):
        utilization = np.where(np.isfinite(facilities.capacity), load / facilities.capacity, np.nan)
    site, period = (axis.ravel() for axis in np.indices(is_open.shape))
    return pd.DataFrame(
        {
            "name": facilities.names.array[site],
            "type": facilities.type[site],
            "period": periods.array[period],
            "open": is_open.ravel().astype(np.int64),
            "throughput": plan.throughput.sum(axis=1).ravel(),
            "utilization": utilization.ravel(),
            "cost": 0.0,
            "opened": (is_open & ~before).ravel().astype(np.int64),
            "closed": (before & ~is_open).ravel().astype(np.int64),
        }
    )


def _price(plan: Stated, ledger: Ledger, frames: dict[str, pd.DataFrame]) -> None:
    """Fill in what everything costs, and what plans say of each flow beside it; unpriced rows cost 0."""
    network, moves = plan.network, plan.moves
    lanes, n_t = network.lanes, plan.shape[2]
    emissions = np.append(network.flows.emissions, 0.0)[moves.flow]
    arrival = np.minimum(moves.arrival, n_t - 1)
    frames["flows"] = frames["flows"].assign(
        cost=np.nan_to_num(ledger.moves),
        arrival=network.periods.names.array[arrival],
        distance=lanes.distance[moves.lane],
        days=lanes.days[moves.lane, moves.period],
        emissions=emissions * moves.quantity,
    )
    frames["sites"]["cost"] = ledger.sites.ravel()
    held = plan.tables["inventory"].codes
    frames["inventory"]["cost"] = ledger.stock[held["facility"], held["product"], held["period"]]
    frames["unmet"]["cost"] = np.nan_to_num(ledger.unmet)
    frames["purchases"]["cost"] = np.nan_to_num(ledger.purchases)
    costs = ledger.frame
    costs["period"] = network.periods.names.array[costs["period"].to_numpy()]
    paid = costs.groupby("bucket", sort=False)["cost"].transform(lambda cost: (cost != 0).any())
    frames["costs"] = costs[paid.astype(bool)].reset_index(drop=True)
