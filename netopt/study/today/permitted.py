"""The network with what was done allowed, and with today's sites fixed: two edits of its tables.

What the model forbids still happened and has to be valued. Lanes that are not there are added without a cost, closed
lanes are opened, and closed sites may be open; nothing else changes, so that every other rule and price stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network import Network
from netopt.network.resolve import expand_groups
from netopt.network.sites import CLOSED

__all__ = ["Permitted", "permitted", "with_sites"]

BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Permitted:
    """A network in which flows that were typed can move.

    Parameters
    ----------
    network : Network
        The network itself where it forbids none of them.
    unknown : ndarray of bool
        Flows over lanes that the network does not have, shape (flows,).
    """

    network: Network
    unknown: BoolArray


def permitted(network: Network, flows: pd.DataFrame) -> Permitted:
    """Return the network with what these flows need and it does not have.

    Parameters
    ----------
    network : Network
        As it was typed.
    flows : DataFrame
        ``origin``, ``destination``, ``mode``, ``product``.
    """
    unknown, closed_lane = _lanes_of(network, flows)
    frames: dict[str, pd.DataFrame] = {}
    lanes = network.tables["lanes"]
    if closed_lane and "status" in lanes:
        lanes = lanes.assign(status="open")
        frames["lanes"] = lanes
    if unknown.any():
        added = flows.loc[unknown, ["origin", "destination", "mode", "product"]].drop_duplicates()
        added = added.assign(mode=added["mode"].replace("", None), unit_cost=0.0)
        frames["lanes"] = pd.concat([lanes, added], ignore_index=True) if len(lanes) else added
    shut = network.facilities.names.array[(network.facilities.status == CLOSED).any(axis=1)]
    used = np.intersect1d(shut.astype(str), pd.unique(flows[["origin", "destination"]].to_numpy().ravel()).astype(str))
    if len(used):
        sites = network.tables["facilities"]
        closed = (sites["status"] == "closed") & sites["name"].isin(used)
        frames["facilities"] = sites.assign(status=sites["status"].mask(closed, "consider"))
    return Permitted(network.replace(**frames) if frames else network, unknown)


def _lanes_of(network: Network, flows: pd.DataFrame) -> tuple[BoolArray, bool]:
    """Return which flows have no lane, and whether any lane that they may go over is closed in some period."""
    lanes, places, products = network.lanes, network.places.names, network.products.names
    n_p, n_m = len(places), len(lanes.modes)
    mode = lanes.modes.codes(flows["mode"])
    pair = (places.codes(flows["origin"]) * n_p + places.codes(flows["destination"])) * n_m + mode
    of_lanes = (lanes.origin * n_p + lanes.destination) * n_m + lanes.mode
    near = np.isin(of_lanes, pair)
    n_k = len(products) + 1  # a lane for every product counts as one of its own product -1
    there = of_lanes[near] * n_k + lanes.product[near] + 1
    product = products.codes(flows["product"])
    known = (mode >= 0) & (np.isin(pair * n_k, there) | np.isin(pair * n_k + product + 1, there))
    return ~known, bool((~lanes.open[near]).any())


def with_sites(network: Network, is_open: BoolArray) -> Network:
    """Return the network with every site fixed open or closed.

    Parameters
    ----------
    network : Network
        Its sites keep the state that they have before the first period.
    is_open : ndarray of bool
        Shape (facilities, periods). One with stock before the first period is open in it, whatever is said here.
    """
    held = network.inventory
    stocked = held.entity[(held["initial"] > 0) & (held.period == 0)]
    is_open = is_open.copy()
    is_open[stocked, 0] = True
    sites, periods = network.facilities, network.periods.names
    frame = expand_groups(network.tables, "facilities")
    at = sites.names.codes(frame["name"])
    initial = np.where(sites.existing, "existing", "potential").astype(object)
    period = periods.codes(frame["period"]) if "period" in frame else np.full(len(frame), -1, dtype=np.int64)
    status = np.where(np.where(period < 0, is_open[at, 0], is_open[at, period]), "open", "closed")
    frame = frame.assign(initial=initial[at], status=status.astype(object))
    f, t = np.nonzero(is_open != is_open[:, :1])  # what differs from the first period needs a row of its own
    based = np.zeros(len(sites), dtype=bool)
    based[at[period < 0]] = True
    said = set(zip(at.tolist(), period.tolist(), strict=True))
    cells = [*zip(f.tolist(), t.tolist(), strict=True)]
    cells += [(int(i), j) for i in np.nonzero(~based)[0] for j in range(len(periods))]
    more = [cell for cell in dict.fromkeys(cells) if cell not in said]
    rows = {
        "name": [sites.names[i] for i, _ in more],
        "type": [str(sites.type[i]) for i, _ in more],
        "period": [periods[j] for _, j in more],
        "status": ["open" if is_open[i, j] else "closed" for i, j in more],
    }
    return network.replace(facilities=pd.concat([frame, pd.DataFrame(rows)], ignore_index=True) if more else frame)
