"""The inputs of a network that can be scaled as a whole: demand, the rates of each cost, capacities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from netopt.network import Network
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.study.rounds import refusal

__all__ = ["Input", "inputs_of"]

_RATES = (
    ("handling", (("facilities", "handling_cost"), ("handling", "unit_cost"))),
    ("storage", (("facilities", "storage_cost"), ("inventory", "storage_cost"))),
    ("fixed cost of sites", (("facilities", "fixed_cost"),)),
    ("opening and closing", (("facilities", "opening_cost"), ("facilities", "closing_cost"))),
    ("fixed cost of lanes", (("lanes", "fixed_cost"),)),
    ("unmet demand", (("demand", "unmet_cost"),)),
    ("buying", (("supply", "unit_cost"),)),
)
_BY_MODE = (
    ("lanes", ("unit_cost", "vehicle_cost")),
    ("rates", ("base_cost", "cost_per_distance", "min_charge")),
)


@dataclass(frozen=True)
class Input:
    """An input that is scaled.

    Parameters
    ----------
    name : str
        What it is called.
    kind : {'demand', 'cost', 'capacity'}
        What follows from it: with other costs a plan is still one, with other demand it is not.
    cells : tuple of tuple of str
        Table, filter and column of what is scaled.
    """

    name: str
    kind: str
    cells: tuple[tuple[str, str, str], ...]

    def edits(self, factor: float) -> tuple[Edit, ...]:
        """Return the edits that scale it."""
        return tuple(Edit(table, rows, column, "scale", repr(float(factor))) for table, rows, column in self.cells)


def inputs_of(network: Network, most: int) -> list[Input]:
    """Return the inputs that are in the data, with numbers above 0.

    Parameters
    ----------
    network : Network
        Whose tables are looked at.
    most : int
        Products and regions that are scaled on their own, those that want the most first.
    """
    found = [*_demand(network, most), *_transport(network)]
    for name, columns in _RATES:
        cells = tuple((table, "", column) for table, column in columns if _filled(network, table, column))
        found.append(Input(name, "cost", cells))
    if _filled(network, "facilities", "capacity"):
        found.append(Input("capacity of sites", "capacity", (("facilities", "", "capacity"),)))
    return [each for each in found if each.cells and not refusal(network, each.edits(1.5))]


def _filled(network: Network, table: str, column: str, mode: str | None = None) -> bool:
    frame = network.tables.frames.get(table)
    if frame is None or column not in frame:
        return False
    cells = frame[column]
    if mode is not None:
        modes = frame["mode"].fillna("") if "mode" in frame else pd.Series("", index=frame.index)
        cells = cells[modes == mode]
    return bool((cells > 0).any())


def _demand(network: Network, most: int) -> Iterator[Input]:
    """Yield demand as a whole, then by product and by region of the customers, where there are several."""
    yield Input("demand", "demand", (("demand", "", "quantity"),))
    units = pd.Series(network.demand["quantity"])
    products = units.groupby(network.products.names.array[network.demand.product]).sum()
    regions = units.groupby(network.customers.region[network.demand.entity]).sum()
    for named, filtered, words in ((products, "product", "of"), (regions, "customer.region", "in")):
        known = named[named.index != ""].sort_values(ascending=False, kind="stable")
        for name in known.index[:most] if len(known) > 1 else ():
            rows = f"{filtered}={quoted(str(name))}"
            yield Input(f"demand {words} {name}", "demand", (("demand", rows, "quantity"),))


def _transport(network: Network) -> Iterator[Input]:
    for mode in network.lanes.modes:
        cells = tuple(
            (table, f"mode={quoted(mode)}" if mode else "mode=", column)
            for table, columns in _BY_MODE
            for column in columns
            if _filled(network, table, column, mode)
        )
        yield Input(f"transport by {mode}" if mode else "transport", "cost", cells)
