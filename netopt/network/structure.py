"""Why there can be no plan, found without a solver: by reachability, by promises, by counting, and by a minimum cut.

Every check is of a relaxation in which each site to consider is open, so that what is found here is proved; finding
nothing proves nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, connected_components

from netopt.network.cuts import cuts, slow_flows
from netopt.network.network import Network
from netopt.network.reach import demand_cells, must_be_met, reached, unreached
from netopt.network.reason import Reason, listed, of_product, shown, spell_periods
from netopt.network.sites import CLOSED, CONSIDER, OPEN

__all__ = ["Reason", "structural_reasons"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_BEYOND = 1 + 2e-6
"""What a plan may be off by, on both sides of a row."""


def structural_reasons(network: Network) -> tuple[Reason, ...]:
    """Return why the network has no plan, as far as that can be seen without a solver.

    Parameters
    ----------
    network : Network
        The network.

    Returns
    -------
    tuple of Reason
        The most local ones first; each is a proof. Empty where nothing was found.
    """
    has = reached(network)
    reasons, explained = unreached(network, has)
    for check in (_promises, _single_sources):
        more, which = check(network, has, explained)
        reasons += more
        explained |= which
    reasons += cuts(network, explained)
    reasons += _idle_sites(network)
    reasons += _counts(network)
    return tuple(reasons)


def _promises(network: Network, has: BoolArray, explained: BoolArray) -> tuple[list[Reason], BoolArray]:
    """Find promises that no lane is quick enough for."""
    demand, flows, lanes = network.demand, network.flows, network.lanes
    promised = must_be_met(network) & ~explained & ~np.isnan(demand["promise_days"]) & (demand["promise_share"] > 0)
    if not promised.any():
        return [], np.zeros(len(demand), dtype=bool)
    shape = has.shape
    slow, _ = slow_flows(network)
    carries = has[lanes.origin[flows.lane], flows.product, flows.period]
    quick = np.zeros(shape, dtype=bool)
    at = carries & ~slow
    quick[lanes.destination[flows.lane[at]], flows.product[at], flows.arrival[at]] = True
    place, product, period = demand_cells(network)
    broken = promised & ~quick[place, product, period]
    reasons, said = [], set()
    for d in np.nonzero(broken)[0]:
        here = np.nonzero(
            carries & (lanes.destination[flows.lane] == place[d]) & (flows.product == product[d])
            & (flows.arrival == period[d])
        )[0]  # fmt: skip
        lane, leaves = flows.lane[here], flows.period[here]
        origin = lanes.origin[lane]
        days = network.facilities.processing_days[origin, leaves] + lanes.days[lane, leaves]
        best = int(days.argmin())
        name, source = network.places.names[place[d]], network.places.names[origin[best]]
        mode = lanes.modes[int(lanes.mode[lane[best]])]
        tea = of_product(network, int(product[d])).removeprefix(" of ") or "delivery"
        words = (
            f"{name} is promised {tea} within {shown(float(demand['promise_days'][d]))} days, but the quickest way, "
            f"from {source}{' by ' + mode if mode else ''}, takes {shown(float(days[best]))} days"
        )
        if words in said:
            continue
        said.add(words)
        when = (network.periods.names[int(period[d])],)
        quantity = float(demand["quantity"][d] * demand["promise_share"][d])
        tea_name = network.products.names[int(product[d])]
        reasons.append(Reason("promise", words, (name,), tea_name, when, quantity, 0.0))
    return reasons, broken


def _single_sources(network: Network, has: BoolArray, explained: BoolArray) -> tuple[list[Reason], BoolArray]:
    """Find customers that want one source where no single site can bring all they need of a product."""
    demand, flows, lanes, facilities = network.demand, network.flows, network.lanes, network.facilities
    asked = must_be_met(network) & ~explained & network.customers.single_source[demand.entity]
    none = np.zeros(len(demand), dtype=bool)
    if not asked.any():
        return [], none
    place, product, period = demand_cells(network)
    record = np.full(has.shape, -1)
    record[place[asked], product[asked], period[asked]] = np.nonzero(asked)[0]
    of_flow = record[lanes.destination[flows.lane], flows.product, flows.arrival]
    slow, share = slow_flows(network)
    carries = has[lanes.origin[flows.lane], flows.product, flows.period]
    here = np.nonzero((of_flow >= 0) & carries & ~(slow & (share >= 1)))[0]
    measure, lane, k, t = network.products.measure, flows.lane[here], flows.product[here], flows.period[here]
    origin = lanes.origin[lane]

    with np.errstate(divide="ignore", invalid="ignore"):
        size = measure[lanes.capacity_unit[lane], k]
        most = np.where(size > 0, lanes.capacity[lane, t] / size, np.inf)
        size = measure[facilities.capacity_unit[origin], k]
        site = np.where(size > 0, facilities.capacity[origin, t] / size, np.inf)
    stocks = np.zeros((len(facilities), len(network.products)), dtype=bool)
    stocks[network.inventory.entity, network.inventory.product] = True
    site[stocks[origin, k] & ~facilities.sends[origin]] = np.inf  # it can send what came in earlier

    pairs, pair = np.unique(of_flow[here] * len(facilities) + origin, return_inverse=True)
    can = np.bincount(pair, most, minlength=len(pairs))
    leaving = np.zeros((len(pairs), len(network.periods)))  # goods for one period may leave in several
    leaving[pair, t] = site
    can = np.minimum(can, leaving.sum(axis=1))
    best = np.zeros(len(demand))
    np.maximum.at(best, pairs // len(facilities), can)
    broken = asked & (demand["quantity"] > best * _BEYOND)
    reasons = []
    for d in np.nonzero(broken)[0]:
        mine = np.nonzero(pairs // len(facilities) == d)[0]
        parts = [(network.places.names[int(pairs[p] % len(facilities))], float(can[p])) for p in mine]
        parts.sort(key=lambda part: -part[1])
        name = network.places.names[int(place[d])]
        need = f"{shown(float(demand['quantity'][d]))} units{of_product(network, int(product[d]))}"
        words = (
            f"{name} wants {need}{spell_periods(network, [int(period[d])])} from a single source, but the most that "
            f"one can bring is {shown(float(best[d]))}: {listed([f'{who} {shown(much)}' for who, much in parts])}"
        )
        reasons.append(
            Reason(
                "single_source", words, (name,), network.products.names[int(product[d])],
                (network.periods.names[int(period[d])],), float(demand["quantity"][d]), float(best[d]), tuple(parts),
            )
        )  # fmt: skip
    return reasons, broken


def _idle_sites(network: Network) -> list[Reason]:
    """Find open sites that must let more pass than anyone behind them can take."""
    facilities, lanes, flows = network.facilities, network.lanes, network.flows
    n_p, n_t = len(network.places.names), len(network.periods)
    asked = (facilities.status == OPEN) & (facilities.min_throughput > 0)
    if not asked.any():
        return []
    used = np.unique(lanes.origin[flows.lane] * n_p + lanes.destination[flows.lane])
    edges = np.ones(len(used), dtype=np.int32), (used // n_p, used % n_p)
    graph = sp.csr_matrix(edges, shape=(n_p, n_p))
    _, circle = connected_components(graph, directed=True, connection="strong")
    on_circle = np.bincount(circle)[circle] > 1  # goods may go round and pass again
    stocks = np.zeros(n_p, dtype=bool)
    stocks[network.inventory.entity] = True
    place, product, period = demand_cells(network)
    reasons = []
    for i in np.nonzero(asked.any(axis=1))[0]:
        behind = np.zeros(n_p, dtype=bool)
        behind[breadth_first_order(graph, int(i), return_predecessors=False)] = True
        if (behind & stocks).any() or on_circle[i]:
            continue
        size = network.products.measure[facilities.capacity_unit[i]]
        taken = behind[place]
        wanted = np.bincount(period[taken], network.demand["quantity"][taken] * size[product[taken]], minlength=n_t)
        later = np.cumsum(wanted[::-1])[::-1] if (lanes.lead_periods > 0).any() else wanted
        for t in np.nonzero(asked[i])[0]:
            least = float(facilities.min_throughput[i, t])
            if least <= float(later[t]) * _BEYOND:
                continue
            name, what = facilities.names[int(i)], ("units", "of volume", "of weight")[facilities.capacity_unit[i]]
            words = (
                f"{name} is open and must let at least {shown(least)} {what} pass{spell_periods(network, [int(t)])} "
                f"(min_throughput), but those it reaches want only {shown(float(later[t]))}"
            )
            when = (network.periods.names[int(t)],)
            reasons.append(Reason("min_throughput", words, (name,), None, when, least, float(later[t])))
    return reasons


def _counts(network: Network) -> list[Reason]:
    """Find limits on open sites that the sites' states contradict."""
    reasons = []
    status, names = network.facilities.status, network.facilities.names
    for limit in network.limits:
        if limit.what != "open_sites":
            continue
        inside = limit.sites[:, None] & limit.periods[None, :]
        can = (inside & (status != CLOSED)).sum(axis=0)
        must = (inside & (status == OPEN)).sum(axis=0)
        where = f"{network.tables.source('limits')} row {limit.row}"
        which = f" ({limit.words})" if limit.words else ""
        for t in np.nonzero(limit.periods)[0]:
            when = spell_periods(network, [int(t)]) if len(network.periods) > 1 else ""
            period = (network.periods.names[int(t)],)
            here = inside[:, t] & (status[:, t] != CLOSED)
            if can[t] < limit.at_least - 1e-6:
                asked = f"at least {shown(limit.at_least)} sites{which} shall be open{when}"
                words = f"{where}: {asked}, but only {can[t]} can be"
            elif must[t] > limit.at_most + 1e-6:
                here &= status[:, t] != CONSIDER
                asked = f"at most {shown(limit.at_most)} sites{which} may be open{when}"
                among = listed([names[int(i)] for i in np.nonzero(here)[0]], more="sites")
                words = f"{where}: {asked}, but {must[t]} have status open: {among}"
            else:
                continue
            places = tuple(names[int(i)] for i in np.nonzero(here)[0])
            need, available = (limit.at_least, can[t]) if can[t] < limit.at_least else (must[t], limit.at_most)
            reasons.append(Reason("limit", words, places, None, period, float(need), float(available)))
    return reasons
