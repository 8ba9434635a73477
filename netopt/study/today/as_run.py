"""The network as it is run today, as something that scenarios are compared with.

No search: typed flows valued with the network's prices (`netopt.study.today.valued`). What is run today is no plan that
something could be below, so its cost is its own bound; what was paid on flows that the network has no rate for counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from netopt.network import Network
from netopt.plan import Plan
from netopt.study.outcome import Outcome
from netopt.study.scenario import Scenario
from netopt.study.today.actual import KEY, Actual, Source, read_actual
from netopt.study.today.baseline import Baseline
from netopt.study.today.valued import Valued, valued

__all__ = ["AS_RUN", "FILES", "AsRun", "as_run", "read_as_run"]

AS_RUN = "as run"
"""What it is called among scenarios."""

FILES = {"flows": "actual_flows", "stocks": "actual_stocks", "sites": "actual_sites"}
"""Tables that say how a network is run, by what they are called here."""


@dataclass(frozen=True, eq=False)
class AsRun:
    """The network as it is run today.

    Parameters
    ----------
    run : Valued
        What it costs.
    """

    run: Valued

    @cached_property
    def outcome(self) -> Outcome:
        """As an outcome of the network with what it forbids and was done; what was paid off the network in its cost."""
        run = self.run
        plan = Plan(
            network=run.as_run, status="valued", tables=run.tables, bound=-np.inf, seconds=0.0, asked_gap=0.0, facts={}
        )
        cost = plan.cost + run.off_network
        return Outcome(Scenario(AS_RUN), plan.summary() | {"cost": cost, "bound": cost}, run.tables, run.as_run)

    @cached_property
    def paid(self) -> Outcome:
        """The same with what was paid off the network in its table of costs, as an appraisal needs it."""
        return replace(self.outcome, tables={**self.run.tables, "costs": self.run.costs_as_paid()})

    def open_sites(self) -> list[str]:
        """Return the sites that are open in some period, in the order of the facilities table."""
        is_open = self.run.is_open.any(axis=1)
        return [str(name) for name in self.run.network.facilities.names.array[is_open]]

    def typed(self) -> dict[str, pd.DataFrame]:
        """Return what was typed under the names of the network, by file, so that it can be typed again."""
        actual = self.run.actual
        tables = {FILES["flows"]: actual.flows[[*KEY, "quantity", "vehicles", "spend"]]}
        if actual.stocks is not None:
            tables[FILES["stocks"]] = actual.stocks
        if actual.sites is not None:
            said = np.where(actual.sites["open"].to_numpy(dtype=bool), "yes", "no").astype(object)
            tables[FILES["sites"]] = actual.sites.assign(open=said)
        return tables


def as_run(
    network: Network, flows: Source | Baseline, stocks: Source | None = None, sites: Source | None = None
) -> AsRun:
    """Value how a network is run.

    Parameters
    ----------
    network : Network
        With whose prices it is valued.
    flows : path, DataFrame, or Baseline
        What moved, as in `netopt.baseline`; or what that has returned, with its stocks and sites.
    stocks, sites : path or DataFrame, optional
        As in `netopt.baseline`.

    Raises
    ------
    InputError
        With every problem found in a table.
    """
    if isinstance(flows, Baseline):
        typed = AsRun(flows.run).typed()
        given = {name: typed.get(file) for name, file in FILES.items()}
        return _valued(network, read_actual(network, typed[FILES["flows"]], given["stocks"], None, given["sites"]))
    return _valued(network, read_actual(network, flows, stocks, None, sites))


def read_as_run(network: Network, folder: Path) -> AsRun:
    """Value how a network is run again, by the files that a study has written; raises as `as_run` does."""
    there: Mapping[str, Path] = {name: folder / f"{file}.csv" for name, file in FILES.items()}
    stocks, sites = (there[name] if there[name].is_file() else None for name in ("stocks", "sites"))
    return as_run(network, there["flows"], stocks, sites)


def _valued(network: Network, actual: Actual) -> AsRun:
    return AsRun(valued(network, actual))
