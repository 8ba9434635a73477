"""What moves goes over a lane that is there, open, in time and large enough.

sum over products of (amount * flow) <= capacity       (units, volume or weight per period)
min_flow <= flow, where the lane is used
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from netopt.network import BLANK
from netopt.network.sites import CLOSED
from netopt.plan.audit.arrays import BoolArray, FloatArray, IntArray
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.say import amount, lane_words, when
from netopt.plan.audit.stated import Stated

__all__ = ["RULES", "horizon", "lane_capacity", "lane_exists", "lane_open", "min_flow"]


def lane_exists(plan: Stated) -> Finding:
    """Every flow names a lane of the network that is there for its product."""
    table = plan.tables["flows"]
    unknown_mode = table.codes["mode"] == BLANK
    for column, codes in table.codes.items():
        unknown_mode &= (codes != BLANK) | (column == "mode")
    missing = unknown_mode
    missing[plan.moves.row[plan.moves.lane == BLANK]] = True
    at = np.nonzero(missing)[0]
    quantity = table.number("quantity")[at]
    texts = table.texts

    def words(i: int) -> str:
        row = at[i]
        mode = f" by {texts['mode'][row]}" if texts["mode"][row] else ""
        lane = f"{texts['origin'][row]} to {texts['destination'][row]}{mode}"
        return f"{amount(quantity[i])} of {texts['product'][row]} go from {lane}, and there is no such lane"

    none = np.zeros(len(at))
    where, period = texts["origin"][at], texts["period"][at]
    return finding("lane_exists", len(table), where, period, quantity, none, np.abs(quantity), words)


def lane_open(plan: Stated) -> Finding:
    """Every flow goes over a lane that is open in its period and carries its product."""
    moves, network = plan.moves, plan.network
    has = moves.lane != BLANK
    closed = has & (moves.flow == BLANK) & ~_explained(plan)
    closed[has] |= ~network.lanes.open[moves.lane[has], moves.period[has]]
    at = np.nonzero(closed)[0]

    def words(i: int) -> str:
        lane, product, t = moves.lane[at[i]], network.products.names[moves.product[at[i]]], moves.period[at[i]]
        said = f"{amount(moves.quantity[at[i]])} of {product} go from {lane_words(network, lane)}{when(network, t)}"
        return f"{said}, where the lane is closed or does not carry {product}"

    return _about_moves("lane_open", plan, int(has.sum()), at, words)


def _explained(plan: Stated) -> BoolArray:
    """Return which moves another rule speaks of: late ones, those nobody wants, those at sites that must be closed."""
    moves, n_f, n_t = plan.moves, plan.shape[0], plan.shape[2]
    shut = plan.network.facilities.status == CLOSED
    arrival = np.minimum(moves.arrival, n_t - 1)
    sender, receiver = np.minimum(moves.origin, n_f - 1), np.minimum(moves.destination, n_f - 1)
    unwanted = (moves.destination >= n_f) & (plan.wanted_by == BLANK)
    closed = (moves.origin < n_f) & shut[sender, moves.period]
    closed |= (moves.destination < n_f) & shut[receiver, arrival]
    explained: BoolArray = (moves.arrival >= n_t) | unwanted | closed
    return explained


def horizon(plan: Stated) -> Finding:
    """Everything shipped arrives before the horizon ends."""
    moves, network, n_t = plan.moves, plan.network, plan.shape[2]
    has = moves.lane != BLANK
    at = np.nonzero(has & (moves.arrival >= n_t))[0]

    def words(i: int) -> str:
        lane, t = moves.lane[at[i]], moves.period[at[i]]
        lead = moves.arrival[at[i]] - t
        said = f"{amount(moves.quantity[at[i]])} leave from {lane_words(network, lane)}{when(network, t)}"
        return f"{said} and would arrive {lead} period{'s' if lead != 1 else ''} later, after the horizon"

    return _about_moves("horizon", plan, int(has.sum()), at, words)


def _about_moves(rule: str, plan: Stated, checked: int, at: IntArray, words: Callable[[int], str]) -> Finding:
    moves, network = plan.moves, plan.network
    quantity = moves.quantity[at]
    where = network.places.names.array[moves.origin[at]]
    period = network.periods.names.array[moves.period[at]]
    return finding(rule, checked, where, period, quantity, np.zeros(len(at)), np.abs(quantity), words)


def lane_capacity(plan: Stated) -> Finding:
    """No lane carries more than its capacity, all its products together, in its capacity_unit."""
    network, use = plan.network, plan.lane_use
    bound = network.lanes.capacity[use.lane, use.period]
    limited = np.isfinite(bound)
    excess = np.where(limited, use.load - bound, -np.inf)
    at = np.nonzero(broken(excess, np.maximum(np.abs(use.load), bound), plan.scale) & limited)[0]

    def words(i: int) -> str:
        lane, t = use.lane[at[i]], use.period[at[i]]
        unit = int(network.lanes.capacity_unit[lane])
        said = f"{lane_words(network, lane)} carries {amount(use.load[at[i]], unit)}{when(network, t)}"
        return f"{said}, its capacity is {shown(bound[at[i]])}"

    return _about_lanes("lane_capacity", plan, int(limited.sum()), at, use.load, bound, excess, words)


def min_flow(plan: Stated) -> Finding:
    """Every lane that is used carries at least its min_flow."""
    network, use = plan.network, plan.lane_use
    bound = network.lanes.min_flow[use.lane, use.period]
    asked = use.used & (bound > 0)
    excess = bound - use.load
    at = np.nonzero(asked & broken(excess, np.maximum(np.abs(use.load), bound), plan.scale))[0]

    def words(i: int) -> str:
        lane, t = use.lane[at[i]], use.period[at[i]]
        unit = int(network.lanes.capacity_unit[lane])
        said = f"{lane_words(network, lane)} carries {amount(use.load[at[i]], unit)}{when(network, t)}"
        return f"{said}, and a lane that is used needs {shown(bound[at[i]])}"

    return _about_lanes("min_flow", plan, int(asked.sum()), at, use.load, bound, excess, words)


def _about_lanes(
    rule: str, plan: Stated, checked: int, at: IntArray,
    value: FloatArray, bound: FloatArray, excess: FloatArray, words: Callable[[int], str],
) -> Finding:  # fmt: skip
    use, network = plan.lane_use, plan.network
    where = np.array([lane_words(network, lane) for lane in use.lane[at]], dtype=object)
    period = network.periods.names.array[use.period[at]]
    return finding(rule, checked, where, period, value[at], bound[at], excess[at], words)


RULES = (lane_exists, lane_open, horizon, lane_capacity, min_flow)
