"""Why a site is open, or is not: the plan beside the best one in which it is the other way round."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netopt.errors import InputError, PlanError, Problem
from netopt.network import Network, read
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.plan.folder import read_plan_table
from netopt.plan.plan import Plan
from netopt.plan.solve import solve
from netopt.plan.tables import PLAN_TABLES
from netopt.read.problems import closest, fold, shown
from netopt.study.outcome import Outcome
from netopt.study.scenario import BASE, Scenario
from netopt.study.sites.worth import Worth

if TYPE_CHECKING:
    from netopt.solve.control import Progress

__all__ = ["forced", "outcome_of", "read_outcome", "site_named", "why"]


def why(
    plan: str | Path | Plan | Outcome,
    site: str,
    *,
    network: str | Path | Network | None = None,
    gap: float | None = None,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Worth:
    """Find out what it costs to force a site open that is shut in a plan, or shut that is open.

    Parameters
    ----------
    plan : path, Plan or Outcome
        A plan, or the folder that it was written to.
    site : str
        A facility.
    network : path or Network, optional
        For a folder: the input, where it is not at its old place.
    gap, time_limit, threads, seed, progress
        As in `netopt.solve`; the gap is that of the plan without it.

    Returns
    -------
    Worth
        Both plans, the difference and its bounds.

    Raises
    ------
    InputError
        When the network has no such site.
    PlanError
        When the folder is not a plan, or there is no plan in it.
    """
    chosen = plan if isinstance(plan, Outcome) else outcome_of(plan) if isinstance(plan, Plan) else None
    chosen = chosen or read_outcome(Path(str(plan)), network)
    if not chosen.found:
        raise PlanError(f"there is no plan to explain: it is {chosen.summary['status']}")
    name = site_named(chosen.network, site)
    scenario = forced(chosen.network, name, is_open=name in chosen.open_sites())
    other = chosen.network.edit(*scenario.edits)
    wanted = float(chosen.summary["asked_gap"]) if gap is None else gap
    found = solve(other, gap=wanted, time_limit=time_limit, threads=threads, seed=seed, progress=progress)
    return Worth(name, chosen, Outcome(scenario, found.summary(), found.tables, chosen.network))


def forced(network: Network, site: str, *, is_open: bool) -> Scenario:
    """Return the scenario in which a site is shut that is open, or open that is shut.

    With several periods it is open in at least one of them, whichever is best: only of that the opposite is shut.
    """
    rows = f"name={quoted(site)}"
    if is_open:
        return Scenario(f"without {site}", (Edit("facilities", rows, "status", "set", "closed"),))
    name = f"with {site}"
    if len(network.periods) == 1:
        return Scenario(name, (Edit("facilities", rows, "status", "set", "open"),))
    kind = network.facilities.type[[str(each) for each in network.facilities.names].index(site)]
    some = f"what=open_periods;where={quoted(site)};type={kind};at_least=1"
    choice = Edit("facilities", rows, "status", "set", "consider")
    return Scenario(name, (choice, Edit("limits", some, action="add")))


def site_named(network: Network, site: str) -> str:
    """Return the name of a facility as it is declared.

    Raises
    ------
    InputError
        When there is none of that name.
    """
    names = [str(name) for name in network.facilities.names]
    for name in names:
        if fold(name) == fold(site):
            return name
    near = closest(site, names)
    fix = f"did you mean {near}?" if near else "name one of the facilities"
    raise InputError([Problem("facilities", None, None, f"{shown(site)} is not a facility", fix)])


def outcome_of(plan: Plan) -> Outcome:
    """Return a plan as the outcome of a network as it is."""
    return Outcome(Scenario(BASE), plan.summary(), plan.tables, plan.network)


def read_outcome(folder: Path, network: str | Path | Network | None = None) -> Outcome:
    """Return the plan in a folder, with the network that it was made for.

    Raises
    ------
    PlanError
        When the folder is not a plan, or its network is not where it was or is another one.
    """
    try:
        summary: dict[str, Any] = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        tables = {} if summary["cost"] is None else {n: read_plan_table(folder / f"{n}.csv") for n in PLAN_TABLES}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise PlanError(f"{folder} is not a plan: {error}") from error
    if network is None and not summary.get("input"):
        raise PlanError("the plan was made from tables in memory; name the network with --network")
    place = folder / str(summary.get("input")) if network is None else network
    if isinstance(place, Path) and not place.exists():
        raise PlanError(f"the network {summary.get('input')} is not there any more; name it with --network")
    source = read(place)
    if source.tables.sha256 != summary.get("input_sha256"):
        raise PlanError("the network has changed since the plan was made; solve it again")
    edits = summary.get("edits", [])
    if edits and not source.tables.edits:
        source = source.edit(*edits)
    return Outcome(Scenario(BASE), summary, tables, source)
