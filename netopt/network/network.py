"""The network: places and lanes as a networkx graph, and the columns that carry their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.drawing import draw
from netopt.errors import InputError, Problem
from netopt.network.catalog import Periods, Products, Settings
from netopt.network.edited import edited
from netopt.network.edits import Edit, as_edit
from netopt.network.filters import quoted
from netopt.network.graph import graph_of
from netopt.network.lanes import Flows, Lanes, Places, joined
from netopt.network.limits import Limit, limits_of
from netopt.network.quantities import check_initial_stock, demand_of, handling_of, inventory_of, supply_of
from netopt.network.rated_lanes import rated_lanes
from netopt.network.rates import RateCards
from netopt.network.resolve import Names, Records
from netopt.network.sites import CLOSED, CONSIDER, OPEN, Customers, Facilities
from netopt.network.typed_lanes import typed_lanes
from netopt.read import Tables, read_tables
from netopt.read.problems import fold

if TYPE_CHECKING:
    from os import PathLike

    import networkx as nx
    import plotly.graph_objects as go

__all__ = ["Network", "read"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


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
        demand = demand_of(tables, customers, products, periods)
        lanes, flows = _lanes(tables, places, products, periods, settings)
        inventory = inventory_of(tables, facilities, products, periods)
        check_initial_stock(tables, facilities, inventory)
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
            supply=supply_of(tables, facilities, products, periods),
            handling=handling_of(tables, facilities, products, periods),
            inventory=inventory,
            limits=limits_of(tables, places, facilities, products, periods, lanes.modes),
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

        A lane of its own for one product has the key ``mode/product``. A network of more than
        `netopt.network.graph.MOST_LANES` lanes keeps them as arrays only: its graph holds the places, and its attribute
        ``lanes_left_out`` says how many lanes are not there. `netopt.Plan.graph` has those that a plan uses.
        """
        return graph_of(self)

    def map(self) -> go.Figure:
        """Return the places on a map, and the lanes that a plan may use, as a plotly figure.

        Raises
        ------
        ValueError
            When no place has coordinates.
        """
        return draw(self, "map")

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

    # -- what if ------------------------------------------------------------------------------------------------------

    def edit(self, *edits: str | Mapping[str, Any] | Edit) -> Network:
        """Return a new network with rows of its tables changed; this one stays as it is.

        Parameters
        ----------
        *edits : str, mapping or Edit
            ``facilities.Reno.capacity=900``, ``demand[customer.region=West].quantity*=1.2``, or what
            `netopt.network.edits.Edit` takes; made in their order.

        Raises
        ------
        InputError
            When an edit cannot be made, or the tables then do not stand up to the checks of `netopt.read`.
        """
        listed = [as_edit(edit) for edit in edits]
        tables = self.tables
        try:
            fresh = read_tables(edited(tables, listed))
        except InputError as error:
            raise InputError([_at_home(problem, tables) for problem in error.problems]) from error
        said = tuple(edit.to_json() for edit in listed)
        sources = {name: tables.sources.get(name, source) for name, source in fresh.sources.items()}
        return Network.from_tables(
            Tables(fresh.frames, sources, tables.sha256, tables.path, (*tables.edits, *said)),
        )

    def open_site(self, name: str, **columns: float | str) -> Network:
        """Return a new network in which a site is open; its opening cost is paid unless it was open before.

        Parameters
        ----------
        name : str
            A facility, or a new one, which needs at least a ``type``.
        **columns : float or str
            Its cells in the facilities table, such as ``capacity=6_000_000``.

        Raises
        ------
        InputError
            When the tables do not stand up to the checks of `netopt.read`.
        """
        cells = {"status": "open"} | {column: _cell(value) for column, value in columns.items()}
        if fold(name) in {fold(known) for known in self.facilities.names}:
            return self.edit(
                *(Edit("facilities", f"name={quoted(name)}", column, "set", v) for column, v in cells.items())
            )
        row = {"name": name, "initial": "potential", **cells}
        said = ";".join(f"{column}={quoted(value)}" for column, value in row.items())
        return self.edit(Edit("facilities", said, action="add"))

    def close_site(self, name: str) -> Network:
        """Return a new network in which a facility is closed; its closing cost is paid if it was open before."""
        return self.edit(Edit("facilities", f"name={quoted(name)}", "status", "set", "closed"))

    def scale_demand(self, factor: float, where: str = "") -> Network:
        """Return a new network in which customers want more or less.

        Parameters
        ----------
        factor : float
            What quantities are multiplied with.
        where : str
            Which rows of demand, such as ``customer.region=West;product=tea``; all of them without it.
        """
        return self.edit(Edit("demand", where, "quantity", "scale", _cell(factor)))

    def __repr__(self) -> str:
        return (
            f"<Network: {len(self.facilities):,} facilities, {len(self.customers):,} customers, "
            f"{len(self.lanes):,} lanes, {len(self.products):,} products, {len(self.periods):,} periods>"
        )

    def _repr_html_(self) -> str:
        """Return what a notebook shows: how many sites there are of each type, and what a plan may do with them."""
        status = self.facilities.status.max(axis=1)  # for the period in which it may do the most
        sites = pd.DataFrame(
            {
                "sites": self.facilities.type,
                "open": status == OPEN,
                "may be open": status == CONSIDER,
                "closed": status == CLOSED,
            }
        )
        counted = sites.groupby("sites", sort=False).sum().reset_index()
        wanted = f"{len(self.customers):,} customers want {self.demand['quantity'].sum():,.0f} units"
        over = f"{len(self.lanes):,} lanes, {len(self.products):,} products, {len(self.periods):,} periods"
        return f"<p><b>{wanted}</b><br>{over}</p>{counted.to_html(index=False, escape=True)}"


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


def _cell(value: float | str) -> str:
    return value if isinstance(value, str) else repr(float(value))


def _at_home(problem: Problem, tables: Tables) -> Problem:
    """Return a problem of edited tables with the place where its row was typed."""
    for name, source in tables.sources.items():
        if problem.source == f"{name} table":
            return replace(problem, source=f"{source} (edited)")
    return problem


def _lanes(
    tables: Tables, places: Places, products: Products, periods: Periods, settings: Settings
) -> tuple[Lanes, Flows]:
    """Return the lanes that were typed, then those that rate cards generate, and what may flow over them."""
    named = [tables[table]["mode"].dropna() for table in ("lanes", "rates") if "mode" in tables[table]]
    modes = Names(dict.fromkeys(["", *(str(mode) for column in named for mode in column.unique())]))
    cards = RateCards.from_tables(tables, places.names, places.kinds, products.names, modes)
    lanes, flows = typed_lanes(tables, places, products, periods, settings, modes, cards)
    if not len(cards):
        return lanes, flows
    return joined(lanes, flows, *rated_lanes(cards, lanes, places, products, settings, len(periods)))


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
