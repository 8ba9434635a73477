"""What an analyst should look at before solving: sound data that is still unlikely to be meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netopt import schema
from netopt.network import Network
from netopt.network.sites import CLOSED
from netopt.report.words import amount, count, listed, safe

__all__ = ["Checked", "check_network"]

BoolArray = npt.NDArray[np.bool_]

_LANES = 3
_SPREAD = 1e6
"""Largest over smallest number of a column from which units are probably mixed, and solvers lose digits."""


@dataclass(frozen=True)
class Checked:
    """What a network holds and what is odd about it.

    Parameters
    ----------
    rows : dict of str to int
        Rows of every table that has any.
    network : dict of str to int
        Places, lanes and flows after groups, periods and rate cards are resolved.
    warnings : tuple of str
        Sentences.
    """

    rows: dict[str, int]
    network: dict[str, int]
    warnings: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON takes them."""
        return {"rows": self.rows, "network": self.network, "warnings": list(self.warnings)}


def check_network(network: Network) -> Checked:
    """Return counts and warnings for a network that has been read."""
    sizes = {
        "facilities": len(network.facilities),
        "customers": len(network.customers),
        "products": len(network.products),
        "periods": len(network.periods),
        "lanes": len(network.lanes),
        "lanes from rate cards": int(network.lanes.rated.sum()),
        "possible flows": len(network.flows),
    }
    rules = (_sites_without_lanes, _idle_customers, _idle_products, _dead_lanes, _free_lanes, _at_zero, _spreads)
    warnings = tuple(words for rule in rules for words in rule(network))
    return Checked({name: len(frame) for name, frame in network.tables.frames.items()}, sizes, warnings)


def _sites_without_lanes(network: Network) -> list[str]:
    """Warn of sites that nothing can reach, or that nothing can leave."""
    lanes, flows, n = network.lanes, network.flows, len(network.facilities)
    leaves = np.isin(np.arange(n), lanes.origin[flows.lane])
    enters = np.isin(np.arange(n), lanes.destination[flows.lane])
    usable = (network.facilities.status != CLOSED).any(axis=1)
    buys = np.isin(np.arange(n), network.supply.entity)
    found = []
    names = network.facilities.names
    for wrong, words in (
        (usable & ~leaves, "nothing can leave"),
        (usable & ~enters & ~network.facilities.sends & ~buys, "nothing can reach"),
    ):
        if wrong.any():
            found.append(f"{words} {_named(names.array, wrong, 'site')}: no open lane or rate card fits")
    return found


def _idle_customers(network: Network) -> list[str]:
    """Warn of customers without demand."""
    idle = ~np.isin(np.arange(len(network.customers)), network.demand.entity)
    if not idle.any():
        return []
    return [f"no demand for {_named(network.customers.names.array, idle, 'customer')}"]


def _idle_products(network: Network) -> list[str]:
    """Warn of products that nobody wants, or that nobody sells."""
    n = len(network.products)
    wanted = np.isin(np.arange(n), network.demand.product)
    sold = np.isin(np.arange(n), network.supply.product)
    stocked = np.isin(np.arange(n), network.inventory.product)
    found = []
    if (~wanted).any():
        found.append(f"nobody wants {_named(network.products.names.array, ~wanted, 'product')}")
    missing = wanted & ~sold & ~stocked
    if missing.any():
        found.append(f"nobody sells {_named(network.products.names.array, missing, 'product')}")
    return found


def _dead_lanes(network: Network) -> list[str]:
    """Warn of typed lanes over which nothing can move."""
    typed = ~network.lanes.rated
    dead = typed & ~np.isin(np.arange(len(network.lanes)), network.flows.lane)
    if not dead.any():
        return []
    why = "closed, from or to a closed site, or to a customer that wants nothing it carries"
    return [f"{count(int(dead.sum()), 'lane')} can carry nothing ({why}): {_lanes_named(network, dead)}"]


def _free_lanes(network: Network) -> list[str]:
    """Warn of lanes that cost nothing."""
    lanes, flows = network.lanes, network.flows
    paid = np.zeros(len(lanes), dtype=bool)
    paid[flows.lane[(flows.unit_cost > 0) | (flows.duty_rate > 0)]] = True
    paid |= ((lanes.vehicle_cost > 0) | (lanes.fixed_cost > 0)).any(axis=1)
    used = np.isin(np.arange(len(lanes)), flows.lane)
    free = used & ~paid
    if not free.any():
        return []
    return [f"{count(int(free.sum()), 'lane costs', 'lanes cost')} nothing: {_lanes_named(network, free)}"]


def _at_zero(network: Network) -> list[str]:
    """Warn of places at 0, 0, which is in the Gulf of Guinea."""
    at_zero = (network.places.latitude == 0) & (network.places.longitude == 0)
    if not at_zero.any():
        return []
    return [
        f"latitude and longitude are both 0, in the sea, for {_named(network.places.names.array, at_zero, 'place')}"
    ]


def _spreads(network: Network) -> list[str]:
    """Warn of columns whose numbers are so far apart that their units are probably mixed."""
    found = []
    for name, frame in network.tables.frames.items():
        for column in schema.tables()[name].columns.values():
            if column.name not in frame or not column.numeric or column.type in ("latitude", "longitude"):
                continue
            values = frame[column.name].to_numpy(dtype=np.float64)
            values = np.abs(values[np.isfinite(values) & (values != 0)])
            if len(values) and values.max() / values.min() > _SPREAD:
                span = f"from {values.min():g} to {amount(float(values.max()))}"
                found.append(f"{name}, {column.name} runs {span}: are all rows in the same unit ({column.unit})?")
    return found


def _named(names: npt.NDArray[np.object_], chosen: BoolArray, noun: str) -> str:
    """Return the chosen names, with their number where there are many."""
    found = list(names[chosen])
    return listed(found) if len(found) <= 3 else f"{count(len(found), noun)}: {listed(found)}"


def _lanes_named(network: Network, chosen: BoolArray) -> str:
    """Return the ends of the first lanes chosen, however many there are."""
    names, lanes = network.places.names.array, network.lanes
    first = np.nonzero(chosen)[0][:_LANES]
    pairs = [f"{safe(names[lanes.origin[at]], 40)} to {safe(names[lanes.destination[at]], 40)}" for at in first]
    rest = int(chosen.sum()) - len(pairs)
    return f"{', '.join(pairs)} and {rest:,} more" if rest else listed(pairs, _LANES)
