"""From the values of the program's columns to the tables that people read: flows, sites, stock, costs, service."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.formulation import Program
from netopt.network import Network

__all__ = ["PLAN_TABLES", "plan_tables", "settled"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

PLAN_TABLES = ("flows", "sites", "inventory", "costs", "service", "prices", "unmet", "purchases")
"""Tables of a plan, each a CSV of the same name in the output folder."""

_NOTHING = 1e-9
_LEAST = 1e-6


def settled(program: Program, network: Network, x: FloatArray, *, trim: bool) -> FloatArray:
    """Return values without the solver's dust: whole numbers whole, and nothing where next to nothing moves.

    That is less than a billionth of the largest quantity, and less than a millionth of the smallest demand.

    Parameters
    ----------
    program, network : Program, Network
        What was solved.
    x : ndarray
        Values, shape (columns,).
    trim : bool
        Whether lanes that nothing uses and vehicles that nothing fills are given up as well; a script's own rules
        may need them.
    """
    x = np.clip(x, program.lower, program.upper)
    x[program.whole] = np.round(x[program.whole])
    quantities = x[program.quantity]
    least = float(
        network.demand["quantity"].min(initial=np.inf)
    )  # beside a billion, one unit may be all a customer wants
    dust = max(min(_NOTHING * float(quantities.max(initial=0.0)), _LEAST * least), 1e-300)
    x[program.quantity] = np.where(quantities > dust, quantities, 0.0)
    gates = program.gates
    x[gates.column[x[gates.opener] < 0.5]] = 0.0
    if not trim:
        return x
    flow = x[program.columns["flow"].at]
    lane_of_flow, load = _lane_period(network), _load(network, flow)
    n_cells = len(network.lanes) * len(network.periods)
    if "use" in program.columns:
        block = program.columns["use"]
        moved = np.bincount(lane_of_flow, flow, minlength=n_cells) > 0
        cells = _cells_of(network, "use")
        x[block.at] = np.minimum(x[block.at], moved[cells])
    if "vehicles" in program.columns:
        block = program.columns["vehicles"]
        total = np.bincount(lane_of_flow, load, minlength=n_cells)[_cells_of(network, "vehicles")]
        cells = _cells_of(network, "vehicles")
        capacity = network.lanes.vehicle_capacity[cells // len(network.periods), cells % len(network.periods)]
        x[block.at] = np.minimum(x[block.at], _whole_vehicles(total, capacity))
    if "starts" in program.columns:
        change = _changes(network, _open(program, network, x))
        labels = program.columns["starts"].labels
        here = labels["site"].astype(np.int64), labels["period"].astype(np.int64)
        x[program.columns["starts"].at] = np.maximum(change, 0)[here]
        x[program.columns["stops"].at] = np.maximum(-change, 0)[here]
    return x


def plan_tables(program: Program, network: Network, x: FloatArray) -> dict[str, pd.DataFrame]:
    """Return every table of a plan but its prices.

    Parameters
    ----------
    program, network : Program, Network
        What was solved.
    x : ndarray
        Settled values, shape (columns,).
    """
    flows = _flows(program, network, x)
    return {
        "flows": flows,
        "sites": _sites(program, network, x),
        "inventory": _inventory(program, network, x),
        "costs": _costs(program, network, x),
        "service": _service(program, network, x),
        "unmet": _unmet(program, network, x),
        "purchases": _purchases(program, network, x),
    }


def _open(program: Program, network: Network, x: FloatArray) -> FloatArray:
    return x[program.columns["open"].at].reshape(len(network.facilities), len(network.periods))


def _changes(network: Network, opened: FloatArray) -> FloatArray:
    """Return +1 where a site starts and -1 where it stops, shape (facilities, periods)."""
    before = np.column_stack([network.facilities.existing.astype(float), opened[:, :-1]])
    change: FloatArray = opened - before
    return change


def _lane_period(network: Network) -> IntArray:
    found: IntArray = network.flows.lane * len(network.periods) + network.flows.period
    return found


def _load(network: Network, flow: FloatArray) -> FloatArray:
    """Return flows in the capacity unit of their lanes."""
    lanes, flows = network.lanes, network.flows
    found: FloatArray = flow * network.products.measure[lanes.capacity_unit[flows.lane], flows.product]
    return found


def _cells_of(network: Network, block: str) -> IntArray:
    """Return lane and period, as one number, of the columns of a block that has one for each lane in use."""
    lanes, flows, n_t = network.lanes, network.flows, len(network.periods)
    if block == "use":
        wanted = (lanes.fixed_cost > 0) | (lanes.min_flow > 0)
        here = wanted[flows.lane, flows.period]
    else:
        wanted = np.isfinite(lanes.vehicle_capacity) & (lanes.vehicle_cost > 0)
        size = network.products.measure[lanes.capacity_unit[flows.lane], flows.product]
        here = wanted[flows.lane, flows.period] & (size > 0)
    found: IntArray = np.unique(flows.lane[here] * n_t + flows.period[here])
    return found


def _whole_vehicles(load: npt.NDArray[Any], capacity: FloatArray) -> FloatArray:
    """Return the vehicles that a load fills; a billionth of a vehicle is not worth another one."""
    found: FloatArray = np.ceil(load / capacity * (1 - _NOTHING))
    return found


def _flows(program: Program, network: Network, x: FloatArray) -> pd.DataFrame:
    lanes, flows, n_t = network.lanes, network.flows, len(network.periods)
    flow = x[program.columns["flow"].at]
    n_cells = len(lanes) * n_t
    cell = _lane_period(network)
    at = np.nonzero(flow > 0)[0]
    lane, period, product = flows.lane[at], flows.period[at], flows.product[at]
    first = np.zeros(len(at), dtype=bool)
    first[np.unique(cell[at], return_index=True)[1]] = True

    capacity = lanes.vehicle_capacity[lane, period]
    vehicles = np.zeros(len(at))
    counted = first & np.isfinite(capacity)
    if counted.any():
        load = np.bincount(cell, _load(network, flow), minlength=n_cells)[cell[at]]
        vehicles[counted] = _whole_vehicles(load[counted], capacity[counted])
        if "vehicles" in program.columns:
            paid = np.full(n_cells, np.nan)
            paid[_cells_of(network, "vehicles")] = x[program.columns["vehicles"].at]
            known = counted & ~np.isnan(paid[cell[at]])
            vehicles[known] = paid[cell[at]][known]

    per_unit = flows.unit_cost[at] + flows.duty_rate[at] * network.products.value[product]
    per_unit = per_unit + network.settings.emissions_price * flows.emissions[at]
    once = vehicles * lanes.vehicle_cost[lane, period] + first * lanes.fixed_cost[lane, period]
    names = network.places.names.array
    return pd.DataFrame(
        {
            "origin": names[lanes.origin[lane]],
            "destination": names[lanes.destination[lane]],
            "mode": lanes.modes.array[lanes.mode[lane]],
            "product": network.products.names.array[product],
            "period": network.periods.names.array[period],
            "quantity": flow[at],
            "vehicles": vehicles.astype(np.int64),
            "cost": (per_unit * flow[at] + once) * network.periods.discount[period],
            "arrival": network.periods.names.array[flows.arrival[at]],
            "distance": lanes.distance[lane],
            "days": lanes.days[lane, period],
            "emissions": flows.emissions[at] * flow[at],
        }
    )


def _throughput(program: Program, network: Network, x: FloatArray) -> FloatArray:
    """Return units that pass through each site, shape (facilities, products, periods)."""
    at, site, period = network.throughput_of_flows
    flow = x[program.columns["flow"].at]
    total = np.zeros((len(network.facilities), len(network.products), len(network.periods)))
    np.add.at(total, (site, network.flows.product[at], period), flow[at])
    return total


def _sites(program: Program, network: Network, x: FloatArray) -> pd.DataFrame:
    facilities, periods = network.facilities, network.periods
    opened = _open(program, network, x)
    change = _changes(network, opened)
    throughput = _throughput(program, network, x)
    size = network.products.measure[facilities.capacity_unit]
    used = np.einsum("ikt,ik->it", throughput, size)
    stays = (facilities.cycle_days / periods.days)[:, None, :]
    cost = facilities.fixed_cost * opened
    cost = cost + facilities.opening_cost * np.maximum(change, 0) + facilities.closing_cost * np.maximum(-change, 0)
    cost = cost + ((network.handling_cost + stays * network.storage_cost) * throughput).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        utilization = np.where(np.isfinite(facilities.capacity), used / facilities.capacity, np.nan)
    site, period = (axis.ravel() for axis in np.indices(opened.shape))
    return pd.DataFrame(
        {
            "name": facilities.names.array[site],
            "type": facilities.type[site],
            "period": periods.names.array[period],
            "open": opened.ravel().astype(np.int64),
            "throughput": throughput.sum(axis=1).ravel(),
            "utilization": utilization.ravel(),
            "cost": (cost * periods.discount).ravel(),
            "opened": (change.ravel() > 0.5).astype(np.int64),
            "closed": (change.ravel() < -0.5).astype(np.int64),
        }
    )


def _inventory(program: Program, network: Network, x: FloatArray) -> pd.DataFrame:
    inventory, periods = network.inventory, network.periods
    stock = x[program.columns["stock"].at] if "stock" in program.columns else np.zeros(0)
    where = inventory.entity, inventory.product, inventory.period
    return pd.DataFrame(
        {
            "facility": network.facilities.names.array[inventory.entity],
            "product": network.products.names.array[inventory.product],
            "period": periods.names.array[inventory.period],
            "stock": stock,
            "cost": stock * network.storage_cost[where] * periods.discount[inventory.period],
        }
    )


def _costs(program: Program, network: Network, x: FloatArray) -> pd.DataFrame:
    n_t = len(network.periods)
    totals: dict[str, FloatArray] = {}
    for charge in program.charges:
        paid = np.bincount(charge.period, charge.cost * x[charge.column], minlength=n_t)
        totals[charge.bucket] = totals.get(charge.bucket, np.zeros(n_t)) + paid
    names = list(totals)
    return pd.DataFrame(
        {
            "bucket": np.repeat(np.array(names, dtype=object), n_t),
            "period": np.tile(network.periods.names.array, len(names)),
            "cost": np.concatenate([np.zeros(0), *totals.values()]),
        }
    )


def _unmet(program: Program, network: Network, x: FloatArray) -> pd.DataFrame:
    demand = network.demand
    demand = demand.select(~np.isnan(demand["unmet_cost"]))
    unmet = x[program.columns["unmet"].at] if "unmet" in program.columns else np.zeros(0)
    some = unmet > 0
    demand, unmet = demand.select(some), unmet[some]
    return pd.DataFrame(
        {
            "customer": network.customers.names.array[demand.entity],
            "product": network.products.names.array[demand.product],
            "period": network.periods.names.array[demand.period],
            "quantity": unmet,
            "cost": unmet * demand["unmet_cost"] * network.periods.discount[demand.period],
        }
    )


def _purchases(program: Program, network: Network, x: FloatArray) -> pd.DataFrame:
    bought = x[program.columns["buy"].at]
    some = bought > 0
    supply, bought = network.supply.select(some), bought[some]
    return pd.DataFrame(
        {
            "facility": network.facilities.names.array[supply.entity],
            "product": network.products.names.array[supply.product],
            "period": network.periods.names.array[supply.period],
            "quantity": bought,
            "cost": bought * supply["unit_cost"] * network.periods.discount[supply.period],
        }
    )


def _service(program: Program, network: Network, x: FloatArray) -> pd.DataFrame:
    """Return what every demand got: how much, in time, after how many days, and from where."""
    demand, lanes, flows = network.demand, network.lanes, network.flows
    n_i = len(network.facilities)
    shape = (len(network.customers), len(network.products), len(network.periods))
    record_of: npt.NDArray[np.int64] = np.full(shape, -1)
    record_of[demand.entity, demand.product, demand.period] = np.arange(len(demand))
    flow = x[program.columns["flow"].at]
    at = np.nonzero((flow > 0) & (lanes.destination[flows.lane] >= n_i))[0]
    lane, period = flows.lane[at], flows.period[at]
    record = record_of[lanes.destination[lane] - n_i, flows.product[at], flows.arrival[at]]
    quantity = flow[at]
    days = network.facilities.processing_days[lanes.origin[lane], period] + lanes.days[lane, period]
    promise = demand["promise_days"]
    kept = np.isnan(promise[record]) | (days <= promise[record] + _NOTHING)
    count = len(demand)

    def total(values: FloatArray) -> FloatArray:
        found: FloatArray = np.bincount(record, values, minlength=count).astype(np.float64)
        return found

    delivered = total(quantity)
    with np.errstate(divide="ignore", invalid="ignore"):
        average = np.where(delivered > 0, total(quantity * days) / delivered, np.nan)
    origin = network.facilities.names.array[lanes.origin[lane]]
    biggest_first = np.lexsort((-quantity, record))
    sources = pd.Series(origin[biggest_first], dtype=object).groupby(record[biggest_first]).agg(_listed)
    return pd.DataFrame(
        {
            "customer": network.customers.names.array[demand.entity],
            "product": network.products.names.array[demand.product],
            "period": network.periods.names.array[demand.period],
            "demand": demand["quantity"],
            "delivered": delivered,
            "on_time": total(quantity * kept),
            "promise_days": promise,
            "average_days": average,
            "sources": sources.reindex(range(count), fill_value="").to_numpy(dtype=object),
        }
    )


def _listed(names: pd.Series) -> str:
    return "; ".join(dict.fromkeys(names))
