"""netopt finds the cheapest way to run a fulfillment network, and proves how close to cheapest it is.

>>> import netopt
>>> plan = netopt.solve("network.csv")  # doctest: +SKIP
>>> plan.cost, plan.gap  # doctest: +SKIP
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from types import ModuleType
from typing import TYPE_CHECKING, Any

from netopt.errors import InputError, NetoptError, PlanError, Problem, SolverError

if TYPE_CHECKING:
    import pandas as pd
    import pyomo.environ as pyo

    from netopt.formulation import ROOMS, Draft, Room
    from netopt.formulation.pyomo import Amend
    from netopt.network import Network
    from netopt.plan import Plan
    from netopt.solve.control import Progress

__version__ = "0.1.0"

__all__ = [
    "ROOMS",
    "Draft",
    "InputError",
    "NetoptError",
    "Network",
    "Plan",
    "PlanError",
    "Problem",
    "SolverError",
    "__version__",
    "read",
    "solve",
    "to_pyomo",
]


_LAZY = {
    "ROOMS": "netopt.formulation",
    "Draft": "netopt.formulation",
    "Network": "netopt.network",
    "Plan": "netopt.plan",
}


def read(source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network) -> Network:
    """Read a network and check it.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        A stacked ``network.csv``, a folder of CSVs, a workbook, parquet, DuckDB, or frames by table name.

    Returns
    -------
    Network
        Checked and resolved.

    Raises
    ------
    InputError
        With every problem found, each with its place and its fix.
    """
    from netopt.network import read as read_network

    return read_network(source)


def solve(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    rooms: Iterable[Room] | None = None,
    amend: Amend | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Plan:
    """Find the cheapest way to run a network, and say how close to cheapest it is.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `read` takes.
    gap : float
        Relative gap at which a plan is good enough.
    time_limit : float, optional
        Seconds; the best plan so far is returned when they are over.
    threads : int, optional
        Of HiGHS; with 1 the search and HiGHS take turns, otherwise they work side by side.
    seed : int
        Of the solver.
    rooms : iterable of Room, optional
        Modelling features; ``netopt.ROOMS + (UnionHours(),)`` adds one of your own.
    amend : callable, optional
        Gets the Pyomo model before it is solved and may add variables and constraints.
    progress : callable, optional
        Called with a `netopt.solve.Progress` from the solver's thread while the search goes on.

    Returns
    -------
    Plan
        With status ``infeasible`` or ``unbounded`` and no tables where there is no plan; Ctrl-C and SIGTERM give back
        the best plan so far, with status ``interrupted``.

    Raises
    ------
    InputError
        When the input cannot be used as it is.
    SolverError
        When the solver fails without an answer.
    ValueError
        When an option is out of range.
    """
    from netopt.plan.solve import solve as solve_network
    from netopt.report import PAGES

    return solve_network(
        source,
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        rooms=rooms,
        amend=amend,
        progress=progress,
        pages=PAGES,
    )


def to_pyomo(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network, rooms: Iterable[Room] | None = None
) -> pyo.ConcreteModel:
    """Return the mixed-integer program of a network as a Pyomo model, for any solver that Pyomo knows.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `read` takes.
    rooms : iterable of Room, optional
        Modelling features, netopt's own without it.

    Returns
    -------
    ConcreteModel
        With names such as ``model.flow['Reno', 'Boise', 'ground', 'tea', '2027-01']``.
    """
    from netopt.formulation import ROOMS, build
    from netopt.formulation.pyomo import to_model

    return to_model(build(read(source), ROOMS if rooms is None else rooms))


class _Package(ModuleType):
    """The package itself: heavy names are imported when they are first asked for.

    ``netopt.read`` and ``netopt.solve`` are functions and folders both. Importing a folder would put the module in
    the place of the function, so those two bindings are refused here; ``from netopt.solve import …`` works as ever.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("read", "solve") and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in _LAZY:
            raise AttributeError(f"module 'netopt' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)


sys.modules[__name__].__class__ = _Package
