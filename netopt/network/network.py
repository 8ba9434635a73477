"""The network: places and lanes as a networkx graph, and the columns that carry their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import InputError, Problem
from netopt.network.catalog import Periods, Products, Settings
from netopt.network.lanes import Flows, Lanes, Places, lanes_and_flows
from netopt.network.resolve import (
    BLANK,
    Names,
    Records,
    code,
    expand_groups,
    members_of_groups,
    number,
    records,
    text,
    typed,
)
from netopt.network.sites import CLOSED, Customers, Facilities
from netopt.read import Tables, read_tables

if TYPE_CHECKING:
    from os import PathLike

    import networkx as nx

__all__ = ["Limit", "Network", "read"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Limit:
    """One row of the limits table.

    Parameters
    ----------
    what : {'open_sites', 'flow'}
        What is counted.
    sites : ndarray of bool
        Facilities it is counted over, shape (facilities,).
    customers : ndarray of bool or None
        Customers that the flow has to reach, shape (customers,); None where no customer is named.
    mode : int
        Position, `BLANK` for all.
    products, periods : ndarray of bool
        Products it sums over, shape (products,), and periods it holds in, each on its own, shape (periods,).
    at_least, at_most : float
        NaN where blank.
    row : int
        Row in the source.
    words : str
        The filters as typed, for messages.
    """

    what: str
    sites: BoolArray
    customers: BoolArray | None
    mode: int
    products: BoolArray
    periods: BoolArray
    at_least: float
    at_most: float
    row: int
    words: str

    def counts(self, lanes: Lanes, flows: Flows) -> BoolArray:
        """Return which flows a limit on flow counts: what leaves its sites, for its customers where it names some."""
        counted = self.sites[lanes.origin[flows.lane]] & self.products[flows.product]
        if self.customers is not None:
            reached = np.append(np.zeros(len(self.sites), dtype=bool), self.customers)
            counted &= reached[lanes.destination[flows.lane]]
        if self.mode != BLANK:
            counted &= lanes.mode[flows.lane] == self.mode
        return counted


@dataclass(frozen=True)
class Network:
    """A fulfillment network, ready to be formulated.

    Parameters
    ----------
    tables : Tables
        What the analyst typed.
    settings, products, periods, facilities, customers, places, lanes : Settings, Products, Periods, Facilities, \
Customers, Places, Lanes
        The resolved columns.
    flows : Flows
        What can move at all: over open lanes, between sites that are not closed, to customers that want it,
        arriving within the horizon.
    demand : Records
        By customer, product and period: ``quantity`` (above 0), ``unmet_cost`` (NaN: must be met),
        ``promise_days`` (NaN: none), ``promise_share``.
    supply : Records
        By facility, product and period: ``capacity`` (infinite where blank), ``min_quantity``, ``unit_cost``.
    handling : Records
        By facility, product and period: ``capacity`` (infinite where blank), ``min_throughput``, ``unit_cost`` (NaN:
        the facility's).
    inventory : Records
        By facility, product and every period: ``initial``, ``min_stock``, ``max_stock`` (infinite where blank),
        ``safety_stock``, ``cover_days``, ``storage_cost`` (NaN: the facility's).
    limits : tuple of Limit
        Rows of the limits table.
    """

    tables: Tables
    settings: Settings
    products: Products
    periods: Periods
    facilities: Facilities
    customers: Customers
    places: Places
    lanes: Lanes
    flows: Flows
    demand: Records
    supply: Records
    handling: Records
    inventory: Records
    limits: tuple[Limit, ...]

    @classmethod
    def from_tables(cls, tables: Tables) -> Network:
        """Return the network that checked tables describe.

        Raises
        ------
        InputError
            When rate cards lack coordinates or contradict each other, or a closed site has stock.
        """
        settings = Settings.from_tables(tables)
        products = Products.from_tables(tables)
        periods = Periods.from_tables(tables, settings)
        facilities = Facilities.from_tables(tables, periods)
        customers = Customers.from_tables(tables)
        places = Places(
            names=Names([*facilities.names, *customers.names]),
            kinds=np.concatenate([facilities.type, np.full(len(customers), "customer", dtype=object)]),
            latitude=np.concatenate([facilities.latitude, customers.latitude]),
            longitude=np.concatenate([facilities.longitude, customers.longitude]),
        )
        demand = _demand(tables, customers, products, periods)
        lanes, flows = lanes_and_flows(tables, places, products, periods, settings)
        inventory = _inventory(tables, facilities, products, periods)
        _check_initial_stock(tables, facilities, inventory)
        return cls(
            tables=tables,
            settings=settings,
            products=products,
            periods=periods,
            facilities=facilities,
            customers=customers,
            places=places,
            lanes=lanes,
            flows=flows.select(_usable(lanes, flows, facilities, demand, len(customers), len(products), len(periods))),
            demand=demand,
            supply=_supply(tables, facilities, products, periods),
            handling=_records(
                tables, "handling", facilities.names, products, periods, ("capacity", "min_throughput", "unit_cost")
            ),
            inventory=inventory,
            limits=_limits(tables, places, facilities, products, periods, lanes.modes),
        )

    @cached_property
    def handling_cost(self) -> FloatArray:
        """Money per unit of throughput, shape (facilities, products, periods)."""
        return self._replaced(self.facilities.handling_cost, self.handling, "unit_cost")

    @cached_property
    def storage_cost(self) -> FloatArray:
        """Money per unit in storage for a period, shape (facilities, products, periods)."""
        return self._replaced(self.facilities.storage_cost, self.inventory, "storage_cost")

    def _replaced(self, general: FloatArray, own: Records, column: str) -> FloatArray:
        shape = (len(self.facilities), len(self.products), len(self.periods))
        cost = np.broadcast_to(general[:, None, :], shape)
        given = ~np.isnan(own[column])
        if given.any():
            cost = cost.copy()
            cost[own.entity[given], own.product[given], own.period[given]] = own[column][given]
        return cost

    @property
    def throughput_of_flows(self) -> tuple[IntArray, IntArray, IntArray]:
        """Which flows count as throughput where: positions of flow, facility and period.

        What leaves counts for a supplier or plant, what enters for the rest; a flow between the two counts for both.
        """
        origin, destination = self.lanes.origin[self.flows.lane], self.lanes.destination[self.flows.lane]
        sends = np.append(self.facilities.sends, np.ones(len(self.customers), dtype=bool))
        leaves, enters = np.nonzero(sends[origin])[0], np.nonzero(~sends[destination])[0]
        return (
            np.concatenate([leaves, enters]),
            np.concatenate([origin[leaves], destination[enters]]),
            np.concatenate([self.flows.period[leaves], self.flows.arrival[enters]]),
        )

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """Places and lanes as a `networkx.MultiDiGraph`; an edge's key is its mode, its ``lane`` the position.

        A lane of its own for one product has the key ``mode/product``.
        """
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        for at, name in enumerate(self.places.names):
            where = {"latitude": self.places.latitude[at], "longitude": self.places.longitude[at]}
            known = {key: float(value) for key, value in where.items() if not np.isnan(value)}
            graph.add_node(name, type=str(self.places.kinds[at]), **known)
        names, lanes = self.places.names.array, self.lanes
        keys = lanes.modes.array[lanes.mode]
        own = lanes.product != BLANK
        keys = np.where(own, keys + "/" + self.products.names.array[np.maximum(lanes.product, 0)], keys)
        ends = zip(names[lanes.origin], names[lanes.destination], keys, strict=True)
        edges: Any = ((origin, destination, key, {"lane": at}) for at, (origin, destination, key) in enumerate(ends))
        graph.add_edges_from(edges)  # the stubs know edges without keys only
        return graph

    def replace(self, **frames: pd.DataFrame) -> Network:
        """Return a new network in which whole tables are replaced.

        Parameters
        ----------
        **frames : DataFrame
            New tables by name; an empty frame removes a table.

        Raises
        ------
        InputError
            When the tables do not stand up to the checks of `netopt.read`.
        """
        given: Mapping[str, pd.DataFrame] = {**self.tables.frames, **frames}
        return Network.from_tables(read_tables({name: frame for name, frame in given.items() if len(frame)}))

    def __repr__(self) -> str:
        return (
            f"<Network: {len(self.facilities):,} facilities, {len(self.customers):,} customers, "
            f"{len(self.lanes):,} lanes, {len(self.products):,} products, {len(self.periods):,} periods>"
        )


def read(source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network) -> Network:
    """Read a network from a stacked CSV, a folder, a workbook, parquet, DuckDB or a dict of DataFrames.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        Where the tables are; a network is returned as it is.

    Returns
    -------
    Network
        Checked and resolved.

    Raises
    ------
    InputError
        With every problem found in the input.
    """
    return source if isinstance(source, Network) else Network.from_tables(read_tables(source))


def _records(
    tables: Tables, table: str, names: Names, products: Products, periods: Periods, columns: tuple[str, ...]
) -> Records:
    frame = expand_groups(tables, table)
    who = "customer" if table == "demand" else "facility"
    values = {name: typed(frame, name) for name in columns}
    found = records(frame, table, code(frame, who, names), periods.names, values, products.names)
    if "capacity" in found.values:
        capacity = np.where(np.isnan(found["capacity"]), np.inf, found["capacity"])
        found = Records(found.entity, found.product, found.period, {**found.values, "capacity": capacity}, found.row)
    return found


def _demand(tables: Tables, customers: Customers, products: Products, periods: Periods) -> Records:
    columns = ("quantity", "unmet_cost", "promise_days", "promise_share")
    found = _records(tables, "demand", customers.names, products, periods, columns)
    days = np.where(np.isnan(found["promise_days"]), customers.promise_days[found.entity], found["promise_days"])
    values = {**found.values, "promise_days": days}
    return Records(found.entity, found.product, found.period, values, found.row).select(found["quantity"] > 0)


def _supply(tables: Tables, facilities: Facilities, products: Products, periods: Periods) -> Records:
    """Return what can be bought: a supplier or plant without any row sells every product, unlimited, at no cost."""
    found = _records(tables, "supply", facilities.names, products, periods, ("capacity", "min_quantity", "unit_cost"))
    listed = np.unique(code(expand_groups(tables, "supply"), "facility", facilities.names))
    free = np.setdiff1d(np.nonzero(facilities.sends)[0], listed)
    n_k, n_t = len(products), len(periods)
    count = len(free) * n_k * n_t
    more = {"capacity": np.full(count, np.inf), "min_quantity": np.zeros(count), "unit_cost": np.zeros(count)}
    return Records(
        entity=np.concatenate([found.entity, np.repeat(free, n_k * n_t)]),
        product=np.concatenate([found.product, np.tile(np.repeat(np.arange(n_k), n_t), len(free))]),
        period=np.concatenate([found.period, np.tile(np.arange(n_t), len(free) * n_k)]),
        values={name: np.concatenate([found[name], more[name]]) for name in more},
        row=np.concatenate([found.row, np.zeros(count, dtype=np.int64)]),
    )


def _inventory(tables: Tables, facilities: Facilities, products: Products, periods: Periods) -> Records:
    """Return the stock that is carried; a row for one period names the facility and product for all of them."""
    columns = ("initial", "min_stock", "max_stock", "safety_stock", "cover_days", "storage_cost")
    found = _records(tables, "inventory", facilities.names, products, periods, columns)
    n_k, n_t = len(products), len(periods)
    named = np.unique(found.entity * n_k + found.product)
    at = np.searchsorted(named, found.entity * n_k + found.product) * n_t + found.period
    blanks = {"max_stock": np.inf, "storage_cost": np.nan}
    values = {}
    for name in columns:
        blank = blanks.get(name, 0.0)
        values[name] = np.full(len(named) * n_t, blank)
        values[name][at] = np.where(np.isnan(found[name]), blank, found[name])
    row = np.zeros(len(named) * n_t, dtype=np.int64)
    row[at] = found.row
    initial = values["initial"].reshape(-1, n_t)
    initial[:, 1:] = 0  # only the stock before the first period counts
    period = np.tile(np.arange(n_t), len(named))
    return Records(np.repeat(named // n_k, n_t), np.repeat(named % n_k, n_t), period, values, row)


def _check_initial_stock(tables: Tables, facilities: Facilities, inventory: Records) -> None:
    closed = (inventory["initial"] > 0) & (facilities.status[inventory.entity, inventory.period] == CLOSED)
    problems = [
        Problem(
            tables.source("inventory"),
            int(inventory.row[at]) or None,
            "initial",
            f"{facilities.names[inventory.entity[at]]} has initial stock but is closed in the first period",
            "open the site, or leave initial blank",
        )
        for at in np.nonzero(closed & (inventory.period == 0))[0]
    ]
    if problems:
        raise InputError(problems)


def _usable(
    lanes: Lanes, flows: Flows, facilities: Facilities, demand: Records, n_c: int, n_k: int, n_t: int
) -> BoolArray:
    """Return which flows can carry anything at all."""
    keep = flows.arrival < n_t
    arrival = np.minimum(flows.arrival, n_t - 1)
    shut = np.vstack([facilities.status == CLOSED, np.zeros((n_c, n_t), dtype=bool)])
    if shut.any():
        keep &= ~shut[lanes.origin[flows.lane], flows.period] & ~shut[lanes.destination[flows.lane], arrival]
    wanted = np.ones((len(facilities) + n_c, n_k, n_t), dtype=bool)
    wanted[len(facilities) :] = False
    wanted[len(facilities) + demand.entity, demand.product, demand.period] = True
    if not wanted.all():
        keep &= wanted[lanes.destination[flows.lane], flows.product, arrival]
    return keep


def _limits(
    tables: Tables, places: Places, facilities: Facilities, products: Products, periods: Periods, modes: Names
) -> tuple[Limit, ...]:
    frame = tables["limits"]
    columns = ("what", "where", "type", "region", "mode", "product", "period")
    words = {name: text(frame, "limits", name) for name in columns}
    groups = members_of_groups(tables)

    def among(names: Names, word: str) -> BoolArray:
        chosen: BoolArray = np.isin(names.array, groups.get(word, [word])) if word else np.ones(len(names), dtype=bool)
        return chosen

    mode = modes.codes(pd.Series(words["mode"]))
    least, most = number(frame, "limits", "at_least"), number(frame, "limits", "at_most")
    n_i = len(facilities)
    found = []
    for at, row in enumerate(frame.index):
        where = among(places.names, words["where"][at])
        reaches = where[n_i:] if words["where"][at] and where[n_i:].any() else None
        inside = where[:n_i] if reaches is None else np.ones(n_i, dtype=bool)
        if words["type"][at]:
            inside = inside & (facilities.type == words["type"][at])
        if words["region"][at]:
            inside = inside & (facilities.region == words["region"][at])
        said = ", ".join(f"{name} {words[name][at]}" for name in list(words)[1:] if words[name][at])
        found.append(
            Limit(
                what=words["what"][at],
                sites=inside,
                customers=reaches,
                mode=int(mode[at]) if words["mode"][at] else BLANK,
                products=among(products.names, words["product"][at]),
                periods=among(periods.names, words["period"][at]),
                at_least=float(least[at]),
                at_most=float(most[at]),
                row=int(row),
                words=said,
            )
        )
    return tuple(found)
