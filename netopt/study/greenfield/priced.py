"""What the lanes of a network ask for serving customers from some sites, whatever the capacities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.network import Network
from netopt.study.greenfield.model import landed_costs
from netopt.study.greenfield.tariff import unit_costs

__all__ = ["transport_costs"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def transport_costs(network: Network, customers: IntArray, sites: IntArray, sources: IntArray) -> FloatArray:
    """Return what a unit costs on the lanes to each customer, and before that to the site, from the cheapest site.

    Parameters
    ----------
    network : Network
        Whose lanes are asked, typed or by rate cards.
    customers : ndarray of int
        Positions among customers, shape (n,).
    sites, sources : ndarray of int
        Positions of facilities: those that may serve, and those that may send goods to them; without sources, the way
        to a site costs nothing.

    Returns
    -------
    ndarray
        Money per unit, infinite where no lane goes there, shape (n, products).
    """
    n_f, places, n_p = len(network.facilities), len(network.places.names), len(network.products)
    origin, destination = network.lanes.origin[network.flows.lane], network.lanes.destination[network.flows.lane]
    row = np.full(places, -1, dtype=np.int64)
    row[n_f + customers] = np.arange(len(customers))
    serves = np.zeros(places, dtype=bool)
    serves[sites] = True
    inward = np.zeros((places, n_p)) if not len(sources) else _inbound(network, serves, sources, origin, destination)
    at = np.nonzero(serves[origin] & (row[destination] >= 0))[0]
    product = network.flows.product[at]
    found = np.full((len(customers), n_p), np.inf)
    np.minimum.at(found, (row[destination[at]], product), inward[origin[at], product] + unit_costs(network, at))
    return found


def _inbound(
    network: Network, serves: npt.NDArray[np.bool_], sources: IntArray, origin: IntArray, destination: IntArray
) -> FloatArray:
    """Return what a unit costs on the lane to a place from the source that is cheapest with what goods cost there."""
    sends = np.zeros(len(serves), dtype=bool)
    sends[sources] = True
    at = np.nonzero(sends[origin] & serves[destination])[0]
    here, product, cost = destination[at], network.flows.product[at], unit_costs(network, at)
    whole = landed_costs(network)[origin[at], product] + cost
    least, found = (np.full((len(serves), len(network.products)), np.inf) for _ in range(2))
    np.minimum.at(least, (here, product), whole)
    best = whole <= least[here, product]
    np.minimum.at(found, (here[best], product[best]), cost[best])
    return found
