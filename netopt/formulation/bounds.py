"""How much a flow, a purchase or a stock can be in any plan worth making.

A gate ``x <= u * y`` is valid only when no plan worth making has ``x > u``. Three reasons give a u:

1. A capacity on the way: of the lane, of the site that sends or receives, of the product there.
2. The demand: what enters a customer is at most what it wants.
3. Everything that moves has a cause. Costs are never negative, so some best plan has no movement that could be
   reduced without breaking a rule. Decompose its movement over the time-expanded network into simple paths and
   cycles: those that end in demand carry at most the whole demand of the product; any other one passes a row that
   forces goods to move (a minimum, a stock that has nowhere to stay) and holds with equality, and a row that forces
   m units holds at most m of them. So no flow of the product exceeds demand plus all that is forced. Cover forces
   stock in proportion to outflow, at most ``ratio`` of it at each of the sites a path can pass, so the total is
   multiplied by ``1 + ratio`` once for every site with cover.

Reason 3 is used where reasons 1 and 2 leave the bound infinite or above it; rows that a script adds itself are not
known here, and a script that forces more goods to move than demand asks for must give its lanes capacities.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from netopt.network import Network

__all__ = ["Bounds"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Bounds:
    """Upper bounds on quantities, in units.

    Parameters
    ----------
    network : Network
        The network that is formulated.
    """

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def moved(self) -> FloatArray:
        """Most that any flow, purchase or stock of a product can be (reason 3), shape (products,)."""
        network = self.network
        n_k = len(network.products)
        demand = np.bincount(network.demand.product, network.demand["quantity"], minlength=n_k)
        return (demand + self._forced) * self._cover_factor

    @property
    def _forced(self) -> FloatArray:
        """Units of each product that some row may force to move, shape (products,)."""
        network, n_k = self.network, len(self.network.products)
        inventory, supply, handling = network.inventory, network.supply, network.handling
        own = np.zeros(n_k)
        own += np.bincount(inventory.product, inventory["initial"] + inventory["min_stock"], minlength=n_k)
        own += np.bincount(inventory.product, inventory["safety_stock"], minlength=n_k)
        own += np.bincount(supply.product, supply["min_quantity"], minlength=n_k)
        own += np.bincount(handling.product, handling["min_throughput"], minlength=n_k)
        for unit, size in enumerate(network.products.measure):
            least = network.facilities.min_throughput[network.facilities.capacity_unit == unit].sum()
            least += network.lanes.min_flow[network.lanes.capacity_unit == unit].sum()
            own += np.divide(least, size, out=np.zeros(n_k), where=size > 0)  # what has no size cannot fill a minimum
        for limit in network.limits:
            if limit.what == "flow" and limit.at_least > 0:
                own += limit.at_least * limit.periods.sum()
        return own

    @property
    def _cover_factor(self) -> float:
        inventory = self.network.inventory
        ratio = inventory["cover_days"] / self.network.periods.days.min()
        if not (ratio > 0).any():
            return 1.0
        covered = np.zeros(len(self.network.facilities))
        covered[inventory.entity[ratio > 0]] = 1
        return float((1 + ratio.max()) ** self._longest_chain(covered))

    def _longest_chain(self, covered: FloatArray) -> float:
        """Return the most covered sites that one path can pass; all of them where paths can go round."""
        lanes, n_i = self.network.lanes, len(self.network.facilities)
        inside = lanes.destination < n_i
        origin, destination = lanes.origin[inside], lanes.destination[inside]
        chain = covered
        for _ in range(n_i + 1):
            longer = covered.copy()
            np.maximum.at(longer, destination, chain[origin] + covered[destination])
            if (longer == chain).all():
                return float(chain.max())
            chain = longer
        return float(covered.sum())

    @cached_property
    def site(self) -> FloatArray:
        """Most throughput of a product at a site, from its capacities (reason 1).

        Shape (facilities, products, periods).
        """
        network = self.network
        facilities, measure = network.facilities, network.products.measure
        with np.errstate(divide="ignore", invalid="ignore"):
            per_product = measure[facilities.capacity_unit]
            bound = facilities.capacity[:, None, :] / per_product[:, :, None]
        bound = np.where((per_product == 0)[:, :, None], np.inf, bound)
        own = network.handling
        np.minimum.at(bound, (own.entity, own.product, own.period), own["capacity"])
        return bound

    @cached_property
    def flow(self) -> FloatArray:
        """Most that each flow can be, shape (flows,)."""
        network = self.network
        lanes, flows = network.lanes, network.flows
        origin, destination = lanes.origin[flows.lane], lanes.destination[flows.lane]
        bound = self.moved[flows.product]

        if np.isfinite(lanes.capacity).any():
            size = network.products.measure[lanes.capacity_unit[flows.lane], flows.product]
            with np.errstate(divide="ignore", invalid="ignore"):
                capacity = np.where(size > 0, lanes.capacity[flows.lane, flows.period] / size, np.inf)
            bound = np.minimum(bound, capacity)

        bound = np.minimum(bound, self._leaving[origin, flows.product, flows.period])
        return np.minimum(bound, self._entering[destination, flows.product, flows.arrival])

    @property
    def _leaving(self) -> FloatArray:
        """Most that leaves each site, shape (facilities, products, periods)."""
        free = self._keeps & ~self.network.facilities.sends[:, None]
        return np.where(free[:, :, None], np.inf, self.site)

    @property
    def _entering(self) -> FloatArray:
        """Most that enters each place, shape (places, products, periods)."""
        network = self.network
        wanted = np.zeros((len(network.customers), len(network.products), len(network.periods)))
        wanted[network.demand.entity, network.demand.product, network.demand.period] = network.demand["quantity"]
        return np.concatenate([np.where(network.facilities.sends[:, None, None], np.inf, self.site), wanted])

    @property
    def _keeps(self) -> npt.NDArray[np.bool_]:
        """Whether a site can send what did not enter it in the same period, shape (facilities, products)."""
        keeps = np.zeros((len(self.network.facilities), len(self.network.products)), dtype=bool)
        keeps[self.network.inventory.entity, self.network.inventory.product] = True
        keeps[self.network.supply.entity, self.network.supply.product] = True
        return keeps

    @cached_property
    def stock(self) -> FloatArray:
        """Most stock at the end of each period, by record of the inventory table."""
        network, inventory = self.network, self.network.inventory
        facilities = network.facilities
        size = network.products.measure[facilities.storage_unit[inventory.entity], inventory.product]
        room = facilities.storage_capacity[inventory.entity, inventory.period]
        with np.errstate(divide="ignore", invalid="ignore"):
            room = np.where(size > 0, room / size, np.inf)
        return np.minimum(np.minimum(inventory["max_stock"], room), self.moved[inventory.product])

    @cached_property
    def purchase(self) -> FloatArray:
        """Most that can be bought, by record of the supply table."""
        supply = self.network.supply
        return np.minimum(supply["capacity"], self.moved[supply.product])
