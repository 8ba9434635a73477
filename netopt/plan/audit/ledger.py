"""What the plan costs, recomputed: quantities of the plan times prices of the input, by bucket and period.

cost[bucket, t] = discount[t] * sum of price * quantity       (money)

A flow pays in the period in which it leaves, handling and cycle stock in that in which goods arrive (leave, at a
supplier or plant). Every cost here is discounted, those of single rows too, so that rows add up to buckets.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from netopt.network import BLANK
from netopt.network.resolve import Records
from netopt.plan.audit.arrays import FloatArray, IntArray, summed
from netopt.plan.audit.stated import Stated
from netopt.plan.audit.stock import cycle_stock
from netopt.plan.audit.table import BUCKETS

__all__ = ["Ledger", "ledger_of"]


@dataclass(frozen=True, eq=False)
class Ledger:
    """What everything costs, discounted.

    Parameters
    ----------
    buckets : ndarray
        Money, shape (buckets, periods), buckets as in `netopt.plan.audit.table.BUCKETS`.
    moves : ndarray
        Each of `Stated.moves`, the lane's costs on its first row; NaN where nothing says the price, shape (moves,).
    freight : ndarray
        What moving each of them costs: transport, and by units a share of the vehicles and the fixed cost of its lane;
        neither duty nor emissions. NaN where nothing says the price, shape (moves,).
    sites, stock : ndarray
        Shapes (facilities, periods) and (facilities, products, periods).
    unmet, purchases : ndarray
        Each row of those tables, NaN where nothing says the price.
    """

    buckets: FloatArray
    moves: FloatArray
    freight: FloatArray
    sites: FloatArray
    stock: FloatArray
    unmet: FloatArray
    purchases: FloatArray

    @property
    def frame(self) -> pd.DataFrame:
        """Columns ``bucket``, ``period`` (position), ``cost``: every bucket in every period."""
        n_b, n_t = self.buckets.shape
        columns = {
            "bucket": np.repeat(np.array(BUCKETS, dtype=object), n_t),
            "period": np.tile(np.arange(n_t), n_b),
            "cost": self.buckets.ravel(),
        }
        return pd.DataFrame(columns)


def ledger_of(plan: Stated) -> Ledger:
    """Return what the plan costs by the prices of its network."""
    network, n_t = plan.network, plan.shape[2]
    discount = network.periods.discount
    moves, use = plan.moves, plan.lane_use
    transport, duty, emissions = _by_move(plan)
    vehicles, fixed = _by_lane(plan)
    site, handling, cycle = _by_site(plan)
    stock = plan.stock * _storage_cost(plan) * discount[None, None, :]
    unmet = _by_row(plan, "unmet", plan.unmet_record, network.demand["unmet_cost"])
    purchases = _by_row(plan, "purchases", plan.purchase_record, network.supply["unit_cost"])

    def by_period(period: IntArray, cost: FloatArray) -> FloatArray:
        return summed(period, np.nan_to_num(cost, nan=0.0), n_t)

    def of_rows(name: str, cost: FloatArray) -> FloatArray:
        known = plan.tables[name].known
        return by_period(plan.tables[name].codes["period"][known], cost[known])

    buckets = {
        "buy": of_rows("purchases", purchases),
        "transport": by_period(moves.period, transport),
        "vehicles": by_period(use.period, vehicles),
        "handling": handling.sum(axis=0),
        "storage": cycle.sum(axis=0) + stock.sum(axis=(0, 1)),
        "site": site.sum(axis=0),
        "lane": by_period(use.period, fixed),
        "duty": by_period(moves.period, duty),
        "unmet": of_rows("unmet", unmet),
        "emissions": by_period(moves.period, emissions),
    }
    rows = transport + duty + emissions
    rows[use.first] += (vehicles + fixed)[use.group[use.first]]
    return Ledger(
        buckets=np.stack([buckets[name] for name in BUCKETS]),
        moves=rows,
        freight=transport + _shared(plan, vehicles + fixed),
        sites=site + handling + cycle,
        stock=stock,
        unmet=unmet,
        purchases=purchases,
    )


def _by_move(plan: Stated) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return transport, duty and the price of emissions of each move; NaN where nothing may flow."""
    network, moves = plan.network, plan.moves
    flows, value = network.flows, network.products.value
    quantity = moves.quantity * network.periods.discount[moves.period]
    unit_cost, duty_rate, emissions = (
        np.append(column, np.nan)[moves.flow] for column in (flows.unit_cost, flows.duty_rate, flows.emissions)
    )
    return (
        quantity * unit_cost,
        quantity * duty_rate * value[moves.product],
        quantity * emissions * network.settings.emissions_price,
    )


def _by_lane(plan: Stated) -> tuple[FloatArray, FloatArray]:
    """Return what the vehicles and the use of each lane cost in each period in which it has rows."""
    use, lanes = plan.lane_use, plan.network.lanes
    discount = plan.network.periods.discount[use.period]
    counted = ~np.isnan(lanes.vehicle_capacity[use.lane, use.period])
    vehicles = np.where(counted, lanes.vehicle_cost[use.lane, use.period] * use.vehicles, 0.0)
    fixed = lanes.fixed_cost[use.lane, use.period] * use.used
    return vehicles * discount, fixed * discount


def _shared(plan: Stated, cost: FloatArray) -> FloatArray:
    """Return the share of each move, by its units, in what its lane costs in the period."""
    group, units = plan.lane_use.group, plan.lane_use.units
    per_unit = np.divide(cost, units, out=np.zeros(len(units)), where=units > 0)
    return np.append(per_unit, 0.0)[group] * plan.moves.quantity


def _by_site(plan: Stated) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return fixed, opening and closing cost; handling; storage of cycle stock; shape (facilities, periods) each."""
    sites, is_open = plan.network.facilities, plan.open
    before = np.column_stack([sites.existing, is_open[:, :-1]])
    starts, stops = is_open & ~before, before & ~is_open
    site = sites.fixed_cost * is_open + sites.opening_cost * starts + sites.closing_cost * stops
    handling = (plan.throughput * _handling_cost(plan)).sum(axis=1)
    cycle = (cycle_stock(plan) * _storage_cost(plan)).sum(axis=1)
    discount = plan.network.periods.discount[None, :]
    return site * discount, handling * discount, cycle * discount


def _handling_cost(plan: Stated) -> FloatArray:
    """Money per unit of throughput: the facility's, or the product's own, shape (facilities, products, periods)."""
    return _replaced(plan, plan.network.facilities.handling_cost, plan.network.handling, "unit_cost")


def _storage_cost(plan: Stated) -> FloatArray:
    """Money per unit and period in storage: the facility's, or the product's own."""
    return _replaced(plan, plan.network.facilities.storage_cost, plan.network.inventory, "storage_cost")


def _replaced(plan: Stated, general: FloatArray, own: Records, column: str) -> FloatArray:
    cost = np.repeat(general[:, None, :], plan.shape[1], axis=1)
    given = ~np.isnan(own[column])
    cost[own.entity[given], own.product[given], own.period[given]] = own[column][given]
    return cost


def _by_row(plan: Stated, name: str, record: IntArray, price: FloatArray) -> FloatArray:
    """Return the cost of each row of a table with a price per unit."""
    table = plan.tables[name]
    discount = plan.network.periods.discount[np.maximum(table.codes["period"], 0)]
    unit: FloatArray = np.append(price, np.nan)[np.where(record == BLANK, len(price), record)]
    return table.number("quantity") * unit * discount
