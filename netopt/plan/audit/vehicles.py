"""Vehicles are whole, and there are enough of them.

sum over products of (amount * flow) <= vehicle_capacity * vehicles       (units, volume or weight per period)
"""

from __future__ import annotations

import numpy as np

from netopt.network import BLANK
from netopt.plan.audit.finding import INTEGRALITY, Finding, broken, finding, shown
from netopt.plan.audit.say import amount, count, in_period, lane_words, when
from netopt.plan.audit.stated import Stated

__all__ = ["RULES", "vehicles_enough", "vehicles_stated", "vehicles_whole"]


def vehicles_whole(plan: Stated) -> Finding:
    """Vehicles are whole numbers."""
    table = plan.tables["flows"]
    vehicles = table.number("vehicles")
    off = np.abs(vehicles - np.round(vehicles))
    at = np.nonzero(off > INTEGRALITY)[0]
    texts = table.texts

    def words(i: int) -> str:
        row = at[i]
        said = f"{texts['origin'][row]} to {texts['destination'][row]} takes {shown(vehicles[row])} vehicles"
        return f"{said}{in_period(plan.network, texts['period'][row])}, which is no whole number"

    where, period = texts["origin"][at], texts["period"][at]
    whole = np.round(vehicles[at])
    return finding("vehicles_whole", len(table), where, period, vehicles[at], whole, off[at], words)


def vehicles_enough(plan: Stated) -> Finding:
    """Vehicles of a lane hold what it carries, all its products together, in its capacity_unit."""
    network, use = plan.network, plan.lane_use
    holds = network.lanes.vehicle_capacity[use.lane, use.period]
    counted = ~np.isnan(holds)
    bound = np.where(counted, holds, 0.0) * np.round(use.vehicles)
    excess = use.load - bound
    size = np.maximum(np.abs(use.load), np.abs(bound))
    at = np.nonzero(counted & broken(excess, size, plan.scale))[0]

    def words(i: int) -> str:
        lane, t = use.lane[at[i]], use.period[at[i]]
        unit = int(network.lanes.capacity_unit[lane])
        said = f"{lane_words(network, lane)} carries {amount(use.load[at[i]], unit)}{when(network, t)}"
        said += f", and {count(use.vehicles[at[i]], 'vehicle')} of {shown(holds[at[i]])}"
        return f"{said} {'holds' if use.vehicles[at[i]] == 1 else 'hold'} {shown(bound[at[i]])}"

    where = np.array([lane_words(network, lane) for lane in use.lane[at]], dtype=object)
    period = network.periods.names.array[use.period[at]]
    return finding("vehicles_enough", int(counted.sum()), where, period, use.load[at], bound[at], excess[at], words)


def vehicles_stated(plan: Stated) -> Finding:
    """Vehicles stand on the first row of each lane and period, and only where the lane has a vehicle_capacity."""
    moves, use, lanes = plan.moves, plan.lane_use, plan.network.lanes
    vehicles = plan.tables["flows"].number("vehicles")[moves.row]
    has = np.nonzero(moves.lane != BLANK)[0]
    counts = ~np.isnan(lanes.vehicle_capacity[moves.lane[has], moves.period[has]])
    at = has[(np.abs(vehicles[has]) > INTEGRALITY) & ~(use.first[has] & counts)]
    counted = np.zeros(len(moves), dtype=bool)
    counted[has] = counts
    names, table = plan.network.places.names, plan.tables["flows"]

    def words(i: int) -> str:
        lane = lane_words(plan.network, moves.lane[at[i]])
        said = f"flows row {moves.row[at[i]] + 1}: {count(vehicles[at[i]], 'vehicle')} on {lane}"
        if counted[at[i]]:
            return f"{said}, and the lane's vehicles belong on its first row of the period"
        return f"{said}, which has no vehicle_capacity"

    where, period = names.array[moves.origin[at]], table.texts["period"][moves.row[at]]
    none = np.zeros(len(at))
    return finding("vehicles_stated", len(has), where, period, vehicles[at], none, np.abs(vehicles[at]), words)


RULES = (vehicles_whole, vehicles_enough, vehicles_stated)
