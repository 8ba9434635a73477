"""Who is served from where with certain sites of a type, and what that comes to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netopt.network import Network
from netopt.study.greenfield.allocation import Allocation
from netopt.study.greenfield.model import Model
from netopt.study.greenfield.priced import transport_costs
from netopt.study.greenfield.weber import angles

__all__ = ["Side", "distance_costs"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Side:
    """Customers and the sites that serve them.

    Parameters
    ----------
    units : ndarray
        What each customer wants over the horizon, shape (customers,).
    allocation : Allocation
        The position in `names` of the site that serves each.
    names : ndarray of str
        Of the sites.
    road : ndarray
        Road distance of each customer from its site, shape (customers,).
    weighted, transport : ndarray
        What distance costs each, and what lanes ask, money, infinite where no lane brings all that is wanted, shape
        (customers,).
    """

    units: FloatArray
    allocation: Allocation
    names: npt.NDArray[np.object_]
    road: FloatArray
    weighted: FloatArray
    transport: FloatArray

    @classmethod
    def of(cls, model: Model, centres: FloatArray, sites: IntArray, network: Network) -> Side:
        """Return customers with some sites.

        Parameters
        ----------
        model : Model
            Of the network as it was given.
        centres : ndarray
            Unit vectors of the sites, shape (k, 3).
        sites : ndarray of int
            Their positions among the facilities of `network`, shape (k,).
        network : Network
            Whose lanes are asked.
        """
        allocation, wanted = model.pull.allocated(centres), model.pull.units
        apart = angles(model.pull.customers, centres)[np.arange(len(wanted)), allocation.centre]
        asked = transport_costs(network, model.customers, sites, model.sources)
        return cls(
            units=model.units.sum(axis=1),
            allocation=allocation,
            names=network.facilities.names.array[sites],
            road=apart * model.radius * model.network.settings.distance_factor,
            weighted=distance_costs(model, centres, allocation),
            transport=(np.where(wanted > 0, asked, 0.0) * wanted).sum(axis=1),
        )

    def total(self, name: str, mine: BoolArray) -> float:
        """Return what some customers come to.

        Parameters
        ----------
        name : {'distance', 'weighted', 'transport'}
            The mean road distance of a unit, or money.
        mine : ndarray of bool
            Which customers.

        Returns
        -------
        float
            NaN where no lane brings one of them all that it wants.
        """
        if name == "distance":
            units = float(self.units[mine].sum())
            return float((self.road * self.units)[mine].sum()) / units if units else np.nan
        cost = float((self.weighted if name == "weighted" else self.transport)[mine].sum())
        return cost if np.isfinite(cost) else np.nan

    @property
    def reached(self) -> BoolArray:
        """Which customers some lane brings all that they want, shape (customers,)."""
        found: BoolArray = np.isfinite(self.transport)
        return found


def distance_costs(model: Model, centres: FloatArray, allocation: Allocation) -> FloatArray:
    """Return what distance costs each customer, to its site and from there, money, shape (customers,)."""
    pull, every = model.pull, np.arange(len(model.customers))
    out: FloatArray = angles(pull.customers, centres)[every, allocation.centre] * pull.weights
    if not len(pull.sources):
        return out
    product = np.arange(pull.units.shape[1])
    known = np.isfinite(pull.landed[allocation.source, product])
    rate = np.where(known, pull.inward[allocation.source, product], 0.0)
    inward = angles(centres, pull.sources)[np.arange(len(centres))[:, None], allocation.source] * rate
    found: FloatArray = out + (pull.units * inward[allocation.centre]).sum(axis=1)
    return found
