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

from netopt.drawing import draws
from netopt.errors import InputError, NetoptError, PlanError, Problem, SolverError

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go
    import pyomo.environ as pyo

    from netopt.formulation import ROOMS, Draft, Room
    from netopt.formulation.pyomo import Amend
    from netopt.network import Network
    from netopt.plan import Plan
    from netopt.solve.control import Progress
    from netopt.study.cluster.connection import Cluster
    from netopt.study.compared import compare
    from netopt.study.greenfield.greenfield import Greenfield, greenfield
    from netopt.study.outcome import Outcome
    from netopt.study.scenario import Scenario, Scenarios
    from netopt.study.sites.alternatives import Alternatives, alternatives
    from netopt.study.sites.site_values import SiteValues, value_sites
    from netopt.study.sites.why import why
    from netopt.study.sites.worth import Worth
    from netopt.study.study import Study
    from netopt.study.today.actual import Source
    from netopt.study.today.as_run import AsRun
    from netopt.study.today.baseline import Baseline, baseline
    from netopt.study.uncertainty.hedged import Hedge
    from netopt.study.uncertainty.sampler import sample_demand

__version__ = "0.1.0"

__all__ = [
    "ROOMS",
    "Alternatives",
    "Baseline",
    "Cluster",
    "Draft",
    "Greenfield",
    "Hedge",
    "InputError",
    "NetoptError",
    "Network",
    "Plan",
    "PlanError",
    "Problem",
    "Scenario",
    "SiteValues",
    "SolverError",
    "Study",
    "Worth",
    "__version__",
    "alternatives",
    "baseline",
    "compare",
    "greenfield",
    "hedge",
    "read",
    "sample_demand",
    "solve",
    "study",
    "to_pyomo",
    "value_sites",
    "why",
]


_LAZY = {
    "ROOMS": "netopt.formulation",
    "Alternatives": "netopt.study.sites.alternatives",
    "alternatives": "netopt.study.sites.alternatives",
    "Baseline": "netopt.study.today.baseline",
    "Cluster": "netopt.study.cluster.connection",
    "Draft": "netopt.formulation",
    "Greenfield": "netopt.study.greenfield.greenfield",
    "Hedge": "netopt.study.uncertainty.hedged",
    "Network": "netopt.network",
    "Plan": "netopt.plan",
    "Scenario": "netopt.study.scenario",
    "Study": "netopt.study.study",
    "SiteValues": "netopt.study.sites.site_values",
    "Worth": "netopt.study.sites.worth",
    "baseline": "netopt.study.today.baseline",
    "compare": "netopt.study.compared",
    "greenfield": "netopt.study.greenfield.greenfield",
    "sample_demand": "netopt.study.uncertainty.sampler",
    "value_sites": "netopt.study.sites.site_values",
    "why": "netopt.study.sites.why",
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
    start: Plan | None = None,
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
    start : Plan, optional
        Of a network that differs in a few numbers, such as the one before `Network.edit`: the search begins with its
        choices and with what its certificate proves here, and is often over at once. Not used with rooms of your own
        or `amend`.

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
        start=start,
        pages=PAGES,
    )


def study(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    scenarios: Scenarios,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    out: str | PathLike[str] | None = None,
    heard: Callable[[Outcome, int, int], None] | None = None,
    cluster: str | Cluster | None = None,
    baseline: Source | Baseline | AsRun | None = None,
    years: float = 5.0,
    discount_rate: float | None = None,
) -> Study:
    """Solve a network as it is and as scenarios change it, and compare.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `read` takes.
    scenarios : path, DataFrame, mapping, or iterable of Scenario
        A table of rows, a YAML file, or edits by name: ``{"west": ["demand[customer.region=West].quantity*=1.2"]}``.
        Where some are options (what may be decided), each is solved in every case (what may happen).
    gap : float
        Relative gap at which a plan is good enough.
    time_limit : float, optional
        Seconds for each scenario.
    threads : int, optional
        As in `solve`; workers have one each.
    seed : int
        Of the solver.
    workers : int, optional
        Processes that solve scenarios side by side; without it, one after the other in this one. A script that asks
        for them needs ``if __name__ == "__main__":``.
    out : path, optional
        A folder for the plans and results; what is solved there already, from the same input with the same options
        and versions, is not solved again.
    heard : callable, optional
        Called with each outcome, how many there are by then, and how many there will be.
    cluster : str or Cluster, optional
        In place of `workers`, a Dask cluster, by the address of its scheduler: ``tls://host:port``, or
        ``tcp://127.0.0.1:port`` on this machine. Its workers have one solver thread each.
    baseline : path, DataFrame, or Baseline, optional
        How the network is run today: the flows that `baseline` takes, or what it has returned. Every scenario is
        compared with that as well.
    years : float
        How far the appraisal of what is paid once looks.
    discount_rate : float, optional
        Of the appraisal, a year; that of the network without it.

    Returns
    -------
    Study
        Answers ``.table()``, ``.compare("base", "west")``, ``.costs()``, ``.appraisal()``, ``.audit()`` and, of options
        in cases, ``.regret()``.

    Raises
    ------
    InputError
        When the network or a scenario cannot be used as it is, and nothing has been solved then; when the cluster
        cannot be used, or its scheduler is lost, and what is solved is in `out`.
    PlanError
        When a plan does not pass its audit.
    SolverError
        When the solver fails without an answer, or a scenario has lost its worker time and again.
    ValueError
        When an option is out of range, or `workers` and `cluster` are both given.
    """
    from netopt.report import PAGES
    from netopt.study.study import study as study_network

    return study_network(
        source,
        scenarios,
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        workers=workers,
        out=out,
        heard=heard,
        pages=PAGES,
        cluster=cluster,
        baseline=baseline,
        years=years,
        discount_rate=discount_rate,
    )


def hedge(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    cases: Scenarios,
    *,
    unmet_cost: float | None = None,
    min_max: bool = False,
    sets: int = 5,
    method: str | None = None,
    gap: float = 1e-4,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    cluster: str | Cluster | None = None,
    out: str | PathLike[str] | None = None,
    heard: Callable[[Outcome, int, int], None] | None = None,
    told: Callable[[str], None] | None = None,
) -> Hedge:
    """Decide once which sites to open, for all cases that may come true; flows follow each case.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `read` takes.
    cases : path, DataFrame, mapping, or iterable of Scenario
        What `study` takes: cases with probabilities, of which the base has the rest, and no options. Or what
        `sample_demand` returns. A site that a case closes is out there: it stays as decided, is paid for, and does
        nothing.
    unmet_cost : float, optional
        Money a unit, at which demand that must be met may go unmet after all.
    min_max : bool
        Whether the sites with the smallest largest regret are looked for, too.
    sets : int
        How many of the other sets of sites that single cases ask for are tried in every case.
    method : {'extensive', 'benders'}, optional
        All cases as one program, or decomposed; chosen by size without it.
    gap : float
        Relative gap of the decision, and of each plan.
    time_limit : float, optional
        Seconds for the decision, and for each plan.
    threads, seed, workers, cluster, out, heard
        As in `study`; workers solve the plans of single cases.
    told : callable, optional
        Called with a line of words while the decision is made.

    Returns
    -------
    Hedge
        Answers ``.hedged``, ``.table()``, ``.costs()``, ``.measures()`` and ``.broken(sites)``.

    Raises
    ------
    InputError
        When the network or a case cannot be used as it is; nothing has been solved then.
    PlanError
        When a plan does not pass its audit.
    SolverError
        When the solver fails without an answer.
    ValueError
        When an option is out of range.
    """
    from netopt.report import PAGES
    from netopt.study.uncertainty.hedge import hedge as hedge_network

    return hedge_network(
        source,
        cases,
        unmet_cost=unmet_cost,
        min_max=min_max,
        sets=sets,
        method=method,
        gap=gap,
        time_limit=time_limit,
        threads=threads,
        seed=seed,
        workers=workers,
        cluster=cluster,
        out=out,
        heard=heard,
        told=told,
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


def _figure(subject: Plan | Network, name: str, **options: Any) -> go.Figure:
    """Draw what `Plan.chart`, `Plan.map` and `Network.map` return."""
    from netopt.report.figures.shown import shown

    return shown(subject, name, **options)


draws(_figure)


class _Package(ModuleType):
    """The package itself: heavy names are imported when they are first asked for.

    ``netopt.read``, ``netopt.solve`` and ``netopt.study`` are functions and folders both. Importing a folder would put
    the module in the place of the function, so these are refused here; ``from netopt.solve import …`` works as ever.
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("read", "solve", "study") and isinstance(value, ModuleType):
            return
        super().__setattr__(name, value)

    def __getattr__(self, name: str) -> Any:
        if name not in _LAZY:
            raise AttributeError(f"module 'netopt' has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(_LAZY[name]), name)


sys.modules[__name__].__class__ = _Package
