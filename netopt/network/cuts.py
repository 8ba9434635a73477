"""Where too little can pass: a maximum flow on a relaxation of the network, and its minimum cut in words.

The relaxation opens every site that may be opened, forgets all costs and minima, and knows only what can pass:
supply, capacities of lanes, sites, handling and storage, stock, lead periods, and promises. Sites are split into what
enters and what leaves, and stand once for every period. What cannot flow here cannot flow at all, so that a shortfall
is a proof. One product at a time, then all together in each unit that capacities count in.

Rounding: demand is rounded down and capacity up, each by the 1e-6 that a plan may be off as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import breadth_first_order, connected_components, maximum_flow

from netopt.network.network import Network
from netopt.network.reach import demand_cells, must_be_met
from netopt.network.reason import Reason, listed, of_product, shown, spell_periods
from netopt.network.sites import CLOSED

__all__ = ["cuts", "slow_flows"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

_FORGIVEN = 1e-6
_TOTAL = 1_000_000_000  # SciPy wants 32-bit capacities, and adds two of them
_SAME_DAY = 1e-9
_PARTS_SAID = 5

_Parts = tuple[tuple[str, float], ...]
_Cut = tuple[tuple[int, ...], float, float, _Parts, tuple[int, ...]]

LANE, SUPPLY, INITIAL, STOCK, SITE, HANDLING, ROOM, SLOW = range(8)


@dataclass(frozen=True)
class _Arcs:
    """Arcs of the relaxation: ends, what can pass, what kind they are, and the lane or place they are about."""

    tail: IntArray
    head: IntArray
    capacity: FloatArray
    kind: IntArray
    about: IntArray

    @classmethod
    def joined(cls, parts: list[tuple[IntArray, IntArray, FloatArray, npt.ArrayLike, IntArray]]) -> _Arcs:
        """Return arcs one after the other, without those that lead nowhere."""
        kinds = [np.broadcast_to(np.asarray(kind, dtype=np.int64), len(tail)) for tail, _, _, kind, _ in parts]
        tail, head, capacity, about = (np.concatenate([part[at] for part in parts]) for at in (0, 1, 2, 4))
        return cls(tail, head, capacity, np.concatenate(kinds), about)


def cuts(network: Network, explained: BoolArray) -> list[Reason]:
    """Return where less can pass than customers need.

    Parameters
    ----------
    network : Network
        The network.
    explained : ndarray of bool
        Demand records that other reasons speak of, which are left out here, shape (demand,).
    """
    wanted = must_be_met(network) & ~explained
    n_k = len(network.products)
    found: list[Reason] = []
    for k in np.unique(network.demand.product[wanted]):
        found += _Relaxation(network, wanted, np.arange(n_k) == k, 0).cuts()
    if found or n_k == 1:
        return found
    for unit in _shared_units(network):
        found = _Relaxation(network, wanted, np.ones(n_k, dtype=bool), unit).cuts()
        if found:
            break
    return found


def slow_flows(network: Network) -> tuple[BoolArray, FloatArray]:
    """Return which flows break the promise of the demand they serve, and that promise's share (NaN without one)."""
    flows, lanes, demand = network.flows, network.lanes, network.demand
    slow, share = np.zeros(len(flows), dtype=bool), np.full(len(flows), np.nan)
    promised = ~np.isnan(demand["promise_days"]) & (demand["promise_share"] > 0)
    if not promised.any():
        return slow, share
    record = np.full((len(network.places.names), len(network.products), len(network.periods)), -1)
    place, product, period = demand_cells(network)
    record[place[promised], product[promised], period[promised]] = np.nonzero(promised)[0]
    of_flow = record[lanes.destination[flows.lane], flows.product, flows.arrival]
    here = np.nonzero(of_flow >= 0)[0]
    lane, leaves = flows.lane[here], flows.period[here]
    days = network.facilities.processing_days[lanes.origin[lane], leaves] + lanes.days[lane, leaves]
    slow[here] = days > demand["promise_days"][of_flow[here]] + _SAME_DAY
    share[here] = demand["promise_share"][of_flow[here]]
    return slow, share


def _shared_units(network: Network) -> list[int]:
    """Return the units in which some capacity counts products together."""
    facilities, lanes = network.facilities, network.lanes
    used = [
        facilities.capacity_unit[np.isfinite(facilities.capacity).any(axis=1)],
        facilities.storage_unit[np.isfinite(facilities.storage_capacity).any(axis=1)],
        lanes.capacity_unit[np.isfinite(lanes.capacity).any(axis=1)],
    ]
    return [int(unit) for unit in np.unique(np.concatenate(used))]


class _Relaxation:
    """The network of what can pass, of some products, measured in one unit."""

    def __init__(self, network: Network, wanted: BoolArray, products: BoolArray, unit: int) -> None:
        self.network, self.products, self.unit = network, products, unit
        self.single = int(np.nonzero(products)[0][0]) if products.sum() == 1 else None
        self.size = np.where(products, network.products.measure[unit] if self.single is None else 1.0, 0.0)
        self.n_t = len(network.periods)
        self.n_cells = len(network.places.names) * self.n_t  # entering; leaving and "late, but within the share" follow
        self.source, self.sink = 3 * self.n_cells, 3 * self.n_cells + 1
        place, product, period = demand_cells(network)
        mine = wanted & products[product]
        self.customer = np.unique(place[mine] * self.n_t + period[mine])
        need = network.demand["quantity"][mine] * self.size[product[mine]]
        self.need = np.bincount(np.searchsorted(self.customer, place[mine] * self.n_t + period[mine]), need)
        self.arcs = _Arcs.joined([*self._lanes(), *self._supplies(), *self._stocks(), self._sites()])

    # -- the arcs -------------------------------------------------------------------------------------------------

    def _ratio(self, units: npt.NDArray[np.int8]) -> FloatArray:
        """Return the most of my unit that one of each capacity unit can stand for."""
        measure, size = self.network.products.measure, self.size
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(self.products & (size > 0), size / measure, 0.0).max(axis=1)
        return np.asarray(ratio[units], dtype=np.float64)

    def _lanes(self) -> Iterator[tuple[IntArray, IntArray, FloatArray, npt.ArrayLike, IntArray]]:
        network, lanes, flows, n_t = self.network, self.network.lanes, self.network.flows, self.n_t
        slow, share = slow_flows(network)
        use = self.products[flows.product] & ~(slow & (share >= 1))
        within = np.zeros(len(flows))
        if self.single is None:
            _, at = np.unique(flows.lane[use] * n_t + flows.period[use], return_index=True)
            at = np.nonzero(use)[0][at]
        else:
            at = np.nonzero(use)[0]
            within = np.where(slow & (share < 1), 1 - share, 0.0)
        lane, leaves, arrives = flows.lane[at], flows.period[at], flows.arrival[at]
        ratio = self._ratio(lanes.capacity_unit)
        capacity = _times(lanes.capacity[lane, leaves], ratio[lane])
        tail = self.n_cells + lanes.origin[lane] * n_t + leaves
        head = lanes.destination[lane] * n_t + arrives
        place = np.searchsorted(self.customer, head)
        firm = np.append(self.customer, -1)[place] == head
        limited = firm & (within[at] > 0)  # where demand may go unmet, the share is not of a known quantity
        detour = np.where(limited, 2 * self.n_cells, 0)
        yield tail, head + detour, capacity, LANE, lane
        late, first = np.unique(head[limited], return_index=True)
        most = within[at][limited][first] * np.append(self.need, 0.0)[place[limited][first]]
        yield late + 2 * self.n_cells, late, most, SLOW, late // n_t

    def _supplies(self) -> Iterator[tuple[IntArray, IntArray, FloatArray, npt.ArrayLike, IntArray]]:
        supply, facilities = self.network.supply, self.network.facilities
        here = self.products[supply.product] & (facilities.status[supply.entity, supply.period] != CLOSED)
        cell = supply.entity[here] * self.n_t + supply.period[here]
        capacity = _times(supply["capacity"][here], self.size[supply.product[here]])
        node = cell + np.where(facilities.sends[supply.entity[here]], 0, self.n_cells)  # throughput is what lanes bring
        yield np.full(len(cell), self.source), node, capacity, SUPPLY, supply.entity[here]

    def _stocks(self) -> Iterator[tuple[IntArray, IntArray, FloatArray, npt.ArrayLike, IntArray]]:
        inventory, facilities = self.network.inventory, self.network.facilities
        site, period = inventory.entity, inventory.period
        mine = self.products[inventory.product]
        node = site * self.n_t + period + np.where(facilities.sends[site], 0, self.n_cells)
        start = mine & (inventory["initial"] > 0)
        quantity = inventory["initial"][start] * self.size[inventory.product[start]]
        yield np.full(int(start.sum()), self.source), node[start], quantity, INITIAL, site[start]

        stays = mine & (period < self.n_t - 1) & (facilities.status[site, period] != CLOSED)
        nodes, first, of = np.unique(node[stays], return_index=True, return_inverse=True)
        site, period = site[stays][first], period[stays][first]
        most = _times(inventory["max_stock"][stays], self.size[inventory.product[stays]])
        room = _times(facilities.storage_capacity[site, period], self._ratio(facilities.storage_unit)[site])
        yield nodes, nodes + 1, np.minimum(_sums(of, most, len(nodes)), room), STOCK, site

    def _sites(self) -> tuple[IntArray, IntArray, FloatArray, npt.ArrayLike, IntArray]:
        """Return the arc through every site and period with the least of what bounds its throughput."""
        network, facilities = self.network, self.network.facilities
        n_i, n_t = facilities.status.shape
        bounds = [_times(facilities.capacity, self._ratio(facilities.capacity_unit)[:, None])]
        handling = network.handling
        limited = self.products[handling.product]
        cell = handling.entity[limited] * n_t + handling.period[limited]
        most = _times(handling["capacity"][limited], self.size[handling.product[limited]])
        each = np.bincount(cell, minlength=n_i * n_t) == (self.products & (self.size > 0)).sum()
        bounds.append(np.where(each, _sums(cell, most, n_i * n_t), np.inf).reshape(n_i, n_t))
        with np.errstate(divide="ignore", invalid="ignore"):
            room = facilities.storage_capacity * network.periods.days / facilities.cycle_days
        room = np.where(facilities.cycle_days > 0, room, np.inf)
        bounds.append(_times(room, self._ratio(facilities.storage_unit)[:, None]))
        least = np.stack(bounds).argmin(axis=0)
        cells = np.arange(n_i * n_t)
        kind = np.array([SITE, HANDLING, ROOM])[least].ravel()
        return cells, self.n_cells + cells, np.min(bounds, axis=0).ravel(), kind, cells // n_t

    # -- the cut --------------------------------------------------------------------------------------------------

    def cuts(self) -> list[Reason]:
        """Return a reason for every part of the minimum cut where less can pass than is needed."""
        arcs, total = self.arcs, float(self.need.sum())
        if not total > 0:
            return []
        scale = _TOTAL / total
        need = np.floor(self.need * (1 - _FORGIVEN) * scale).astype(np.int64)
        most = int(need.sum()) + 1
        capacity = np.minimum(np.ceil(arcs.capacity * ((1 + _FORGIVEN) * scale)), most).astype(np.int64)
        size = self.sink + 1
        tail, head = np.append(arcs.tail, self.customer), np.append(arcs.head, np.full(len(need), self.sink))
        summed = sp.csr_matrix((np.append(capacity, need), (tail, head)), shape=(size, size))  # parallel lanes as one
        at_most = np.minimum(summed.data, most).astype(np.int32)
        graph = sp.csr_array((at_most, summed.indices, summed.indptr), shape=(size, size))
        flow = maximum_flow(graph, self.source, self.sink)
        if flow.flow_value >= most - 1:
            return []
        residual = sp.csr_matrix(graph - flow.flow)
        residual.data[residual.data < 0] = 0
        residual.eliminate_zeros()
        lacking = np.zeros(size, dtype=bool)  # the smallest far side: what could still send to a customer that lacks
        lacking[breadth_first_order(residual.T.tocsr(), self.sink, return_predecessors=False)] = True
        return self._pieces(lacking)

    def _pieces(self, lacking: BoolArray) -> list[Reason]:
        """Return the far side of the cut piece by piece: first customers on their own, then what hangs together."""
        arcs, size = self.arcs, len(lacking)
        lacking[self.sink] = False
        need = np.zeros(size)
        need[self.customer] = self.need
        alone = lacking & _short(need, _sums(arcs.head, arcs.capacity, size))
        inside = lacking[arcs.tail] & lacking[arcs.head] & ~alone[arcs.head] & (arcs.capacity > 0)
        ends = arcs.tail[inside], arcs.head[inside]
        graph = sp.csr_matrix((np.ones(len(ends[0]), dtype=np.int32), ends), shape=(size, size))
        count, piece = connected_components(graph, directed=False)
        piece = np.where(lacking, piece, count).astype(np.int64)
        enters = np.nonzero((piece[arcs.tail] != piece[arcs.head]) & lacking[arcs.head])[0]
        wanted = _sums(piece, need, count + 1)
        allowed = _sums(piece[arcs.head[enters]], arcs.capacity[enters], count + 1)
        short = _short(wanted, allowed)
        short[count] = False

        found: dict[_Cut, list[int]] = defaultdict(list)  # the same cut in several periods is said once
        enters = enters[np.argsort(piece[arcs.head[enters]], kind="stable")]
        of = piece[arcs.head[enters]]
        cells = self.customer[np.argsort(piece[self.customer], kind="stable")]
        of_cells = piece[cells]
        for at in np.nonzero(short)[0]:
            through = enters[np.searchsorted(of, at) : np.searchsorted(of, at, side="right")]
            mine = cells[np.searchsorted(of_cells, at) : np.searchsorted(of_cells, at, side="right")]
            places = tuple(sorted(set((mine // self.n_t).tolist())))
            periods = sorted(set((mine % self.n_t).tolist()))
            several = tuple(periods) if len(periods) > 1 else ()  # tied together by stock or lead periods
            found[places, float(wanted[at]), float(allowed[at]), self._parts(through), several] += periods
        reasons = [
            self._said(places, need, can, parts, periods, each=not several)
            for (places, need, can, parts, several), periods in found.items()
        ]
        return sorted(reasons, key=lambda reason: (len(reason.places), -reason.need))

    def _said(
        self, places: tuple[int, ...], need: float, available: float, parts: _Parts, at: list[int], each: bool
    ) -> Reason:
        network = self.network
        names = [network.places.names[p] for p in places]
        things = f" units{of_product(network, self.single)}"
        if self.single is None:
            things = (" units", " of volume", " of weight")[self.unit] + " of all products"
        when = spell_periods(network, at, each)
        who = listed(names, more="customers") + (" needs " if len(names) == 1 else " need ")
        them = "it" if len(names) == 1 else "them"
        said = [f"{name} {shown(amount)}" for name, amount in parts if amount > 0]
        if len(said) > _PARTS_SAID + 1:
            rest = sum(amount for _, amount in parts[_PARTS_SAID:])
            said = [*said[:_PARTS_SAID], f"{len(said) - _PARTS_SAID:,} more {shown(rest)}"]
        can = f"only {shown(available)} can reach {them}: {' + '.join(said)}"
        if not said:
            can = f"nothing can reach {them}" + (f" ({listed([name for name, _ in parts])}: 0)" if parts else "")
        return Reason(
            kind="cut",
            words=f"{who}{shown(need)}{things}{when}; {can}",
            places=tuple(names),
            product=None if self.single is None else network.products.names[self.single],
            periods=tuple(network.periods.names[t] for t in sorted(at)),
            need=need,
            available=available,
            parts=parts,
        )

    def _parts(self, through: IntArray) -> _Parts:
        """Return what can pass the cut, by what lets it pass, most first."""
        network, lanes, arcs = self.network, self.network.lanes, self.arcs
        places = network.places.names
        amounts: dict[str, float] = defaultdict(float)
        for at in through:
            about = int(arcs.about[at])
            if arcs.kind[at] == LANE:
                mode = lanes.modes[int(lanes.mode[about])]
                name = f"lane {places[int(lanes.origin[about])]} to {places[int(lanes.destination[about])]}"
                name += f" by {mode}" if mode else ""
            else:
                name = _WORDS[int(arcs.kind[at])].format(places[about])
            amounts[name] += float(arcs.capacity[at])
        return tuple(sorted(amounts.items(), key=lambda part: -part[1]))


_WORDS = {
    SUPPLY: "supply of {}",
    INITIAL: "initial stock of {}",
    STOCK: "stock kept in {}",
    SITE: "{}",
    HANDLING: "handling in {}",
    ROOM: "storage in {}",
    SLOW: "what {} may get late",
}


def _times(amount: FloatArray, factor: FloatArray) -> FloatArray:
    """Return a product in which what is without limit stays so, and nothing of what has no size is nothing."""
    with np.errstate(invalid="ignore"):
        product = amount * factor
    return np.where(np.isinf(amount) | np.isinf(factor), np.where(factor == 0, 0.0, np.inf), product)


def _sums(group: npt.NDArray[np.integer[Any]], values: FloatArray, count: int) -> FloatArray:
    return np.bincount(group, values, minlength=count).astype(np.float64)


def _short(need: FloatArray, can: FloatArray) -> BoolArray:
    return np.asarray(need * (1 - _FORGIVEN) > can * (1 + _FORGIVEN) + 1e-12, dtype=bool)
