"""The limits table holds: counts of open sites and units moved, in each period on its own; and of periods open.

at_least <= open sites <= at_most       (sites)
at_least <= periods open <= at_most     (periods; those of all sites of the row added up)
at_least <= flow <= at_most             (units; a flow counts in the period in which it leaves)
"""

from __future__ import annotations

import numpy as np

from netopt.network import BLANK
from netopt.network.limits import Limit
from netopt.plan.audit.arrays import FloatArray, summed
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.say import count, when
from netopt.plan.audit.stated import Stated

__all__ = ["RULES", "flow_limit", "open_periods", "open_sites"]


def open_sites(plan: Stated) -> Finding:
    """Open sites are as many as the limits on open_sites allow."""
    limits = [limit for limit in plan.network.limits if limit.what == "open_sites"]
    values = [plan.open[limit.sites].sum(axis=0).astype(np.float64) for limit in limits]
    return _about_limits("open_sites", plan, limits, values, "site", "open", 1.0)


def open_periods(plan: Stated) -> Finding:
    """Sites are open in as many periods as the limits on open_periods allow."""
    limits = [limit for limit in plan.network.limits if limit.what == "open_periods"]
    values = [np.where(limit.stated, plan.open[np.ix_(limit.sites, limit.periods)].sum(), 0.0) for limit in limits]
    return _about_limits("open_periods", plan, limits, values, "period", "open", 1.0)


def flow_limit(plan: Stated) -> Finding:
    """Units that move are as many as the limits on flow allow."""
    limits = [limit for limit in plan.network.limits if limit.what == "flow"]
    values = [_flow(plan, limit) for limit in limits]
    return _about_limits("flow_limit", plan, limits, values, "unit", "moved", plan.scale)


def _flow(plan: Stated, limit: Limit) -> FloatArray:
    """Return the units that a limit counts, shape (periods,): what leaves its facilities and reaches its customers."""
    moves = plan.moves
    n_f, n_c = plan.shape[0], len(plan.network.customers)
    counted = np.append(limit.sites, np.zeros(n_c, dtype=bool))[moves.origin]
    if limit.customers is not None:
        counted = counted & np.append(np.zeros(n_f, dtype=bool), limit.customers)[moves.destination]
    counted = counted & limit.products[moves.product] & moves.counted
    if limit.mode != BLANK:
        counted = counted & (moves.mode == limit.mode)
    weights = np.where(counted, moves.quantity, 0.0)
    return summed(moves.period, weights, plan.shape[2])


def _about_limits(
    rule: str, plan: Stated, limits: list[Limit], values: list[FloatArray], thing: str, how: str, scale: float
) -> Finding:
    network = plan.network
    found: list[tuple[Limit, int, float, float, float, str]] = []
    checked = 0
    for limit, value in zip(limits, values, strict=True):
        for bound, sign, said in ((limit.at_least, 1.0, "at least"), (limit.at_most, -1.0, "at most")):
            if np.isnan(bound):
                continue
            checked += int(limit.stated.sum())
            excess = sign * (bound - value)
            off = limit.stated & broken(excess, np.maximum(np.abs(value), bound), scale)
            found.extend((limit, int(t), float(value[t]), bound, float(excess[t]), said) for t in np.nonzero(off)[0])

    def words(i: int) -> str:
        limit, t, value, bound, _, said = found[i]
        of = f" ({limit.words})" if limit.words else ""
        line = f"{count(value, thing)} {how}{of}{'' if limit.what == 'open_periods' else when(network, t)}"
        return f"{line}, the limit in row {limit.row} is {said} {shown(bound)}"

    where = np.array([item[0].words for item in found], dtype=object)
    period = network.periods.names.array[np.array([item[1] for item in found], dtype=np.int64)]
    numbers = np.array([item[2:5] for item in found], dtype=np.float64).reshape(-1, 3)
    return finding(rule, checked, where, period, numbers[:, 0], numbers[:, 1], numbers[:, 2], words)


RULES = (open_sites, open_periods, flow_limit)
