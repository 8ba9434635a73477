"""What every site is worth, in company with the rest and alone, and what the number of sites costs.

In company: the plan beside the one in which the site is shut (if it was open) or open (if it was shut).
Alone: today's sites and one candidate, beside today's sites only.
Number: the cheapest plan with exactly n sites of a type, for each n.
Capacity: from which on each site is worth opening, where that is asked for (`netopt.study.sites.break_even`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from netopt.network import Network, read
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.network.sites import CONSIDER, OPEN
from netopt.study.cluster.connection import one_connection
from netopt.study.outcome import Outcome
from netopt.study.rounds import Heard, Rounds
from netopt.study.scenario import Scenario
from netopt.study.sites.break_even import BreakEven, break_evens
from netopt.study.sites.why import forced, site_named
from netopt.study.sites.worth import Worth
from netopt.study.study import Study, study

__all__ = ["SiteValues", "candidates", "value_sites"]

_BOUGHT_FROM = ("supplier",)
"""Types that are not asked about unless they are named, or may be opened or shut."""


@dataclass(frozen=True, eq=False)
class SiteValues:
    """What `value_sites` returns.

    Parameters
    ----------
    study : Study
        Every plan that was solved.
    worths : tuple of Worth
        Of each site, in company with the rest.
    alone : Study or None
        Today's sites as the base, and each candidate beside them.
    counts : mapping of int to Outcome
        The plan with exactly so many sites of the type asked for.
    counted : str
        That type.
    capacities : Study or None
        The plans at other capacities.
    break_evens : tuple of BreakEven
        Of each site, where they were asked for.
    """

    study: Study
    worths: tuple[Worth, ...]
    alone: Study | None
    counts: Mapping[int, Outcome]
    counted: str
    capacities: Study | None = None
    break_evens: tuple[BreakEven, ...] = ()

    def table(self) -> pd.DataFrame:
        """Return a row for each site, those that are worth most first, open ones before others.

        Returns
        -------
        DataFrame
            ``site``, ``type``, ``open`` (in the plan), ``worth`` (money: what it costs to shut it, or what opening it
            costs, as a negative number), ``at_least`` and ``at_most`` (proved of the cheapest plans), ``fixed_cost``
            (money a period), ``turns_not_below`` and ``turns_beyond`` (change of the fixed cost that turns the choice),
            ``units`` and ``customers`` (that it serves itself), ``days`` (change of the mean days of a unit from its
            last site when the site is there), ``opens_instead``, ``closes_instead`` (sites, when it is forced) and,
            where asked for, ``alone`` (money saved if it is the only addition to today's sites), ``capacity`` (as
            typed, a period, blank without a limit), ``capacity_unit``, ``capacity_not_enough`` and ``capacity_enough``
            (between which it begins to be worth opening, proved) and ``capacity_verdict``, see
            `netopt.study.sites.break_even.BreakEven`.
        """
        rows = [self._row(worth) for worth in self.worths]
        table = pd.DataFrame(rows)
        order = np.lexsort((-table["worth"].fillna(np.inf).to_numpy(dtype=float), ~table["open"].to_numpy(dtype=bool)))
        return table.iloc[order].reset_index(drop=True)

    def _row(self, worth: Worth) -> dict[str, Any]:
        sign = 1.0 if worth.is_open else -1.0
        bounds = sorted(sign * value for value in (worth.at_least, worth.at_most))
        least, sure = worth.flip() if worth.forced.found else (np.nan, np.nan)
        units, customers = worth.served()
        opened, closed = worth.instead()
        facilities = worth.chosen.network.facilities
        at = [str(name) for name in facilities.names].index(worth.site)
        row = {
            "site": worth.site,
            "type": str(facilities.type[at]),
            "open": worth.is_open,
            "worth": _known(sign * worth.extra),
            "at_least": _known(bounds[0]),
            "at_most": _known(bounds[1]),
            "fixed_cost": worth.fixed_cost(),
            "turns_not_below": _known(least),
            "turns_beyond": _known(sure),
            "units": units,
            "customers": customers,
            "days": _days_saved(worth),
            "opens_instead": "; ".join(opened),
            "closes_instead": "; ".join(closed),
        }
        row |= {} if self.alone is None else {"alone": self._alone(worth.site)}
        return row | self._capacity(worth.site)

    def _capacity(self, site: str) -> dict[str, Any]:
        """Return from which capacity a site is worth opening, where that was asked for."""
        return next((_cells(each) for each in self.break_evens if each.site == site), {})

    def audit(self) -> pd.DataFrame:
        """Recompute every plan; return what is wrong, by ``scenario``, see `netopt.study.study.Study.audit`."""
        studies = [each for each in (self.study, self.alone, self.capacities) if each is not None]
        wrong = [found for found in (each.audit() for each in studies) if len(found)]
        return pd.concat(wrong, ignore_index=True) if wrong else self.study.audit()

    def _alone(self, site: str) -> float | None:
        if self.alone is None or not self.alone.base.found:
            return None
        name = _alone(site).name
        found = [each for each in self.alone.outcomes if each.name == name]
        return _known(self.alone.base.cost - found[0].cost) if found else None

    def curve(self) -> pd.DataFrame:
        """Return cost and service for each number of sites.

        Returns
        -------
        DataFrame
            ``sites`` (open, of the type asked for), ``status``, ``cost``, ``bound`` (money), ``gap``, ``on_time``,
            ``days``, ``demand_met``, ``emissions``, ``open`` (which).
        """
        rows = []
        for number, outcome in self.counts.items():
            figures = outcome.figures()
            here = set(_of_type(outcome.network, self.counted))
            row = {"sites": number, **{name: figures[name] for name in ("status", "cost", "bound", "gap")}}
            row |= {name: figures[name] for name in ("on_time", "days", "demand_met", "emissions")}
            rows.append(row | {"open": "; ".join(name for name in outcome.open_sites() if name in here)})
        return pd.DataFrame(rows)


def _cells(found: BreakEven) -> dict[str, Any]:
    return {
        "capacity": _known(found.typed),
        "capacity_unit": found.unit,
        "capacity_not_enough": found.not_enough,
        "capacity_enough": found.enough,
        "capacity_verdict": found.verdict,
    }


def _known(value: float) -> float | None:
    return value if np.isfinite(value) else None


def _days_saved(worth: Worth) -> float | None:
    if not worth.forced.found:
        return None
    chosen, forced_days = worth.chosen.figures()["days"], worth.forced.figures()["days"]
    if not (isinstance(chosen, float) and isinstance(forced_days, float)):
        return None
    return chosen - forced_days if worth.is_open else forced_days - chosen


def candidates(network: Network) -> list[str]:
    """Return the sites whose status lets the solver choose, and open ones other than suppliers."""
    facilities = network.facilities
    free = (facilities.status == CONSIDER).any(axis=1)
    is_open = (facilities.status == OPEN).any(axis=1) & ~np.isin(facilities.type, _BOUGHT_FROM)
    return [str(name) for name in facilities.names.array[free | is_open]]


def _of_type(network: Network, kind: str) -> list[str]:
    facilities = network.facilities
    return [str(name) for name, own in zip(facilities.names, facilities.type, strict=True) if str(own) == kind]


@one_connection
def value_sites(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    *,
    names: Iterable[str] = (),
    alone: bool = False,
    counted: str = "",
    counts: Sequence[int] = (),
    break_even_capacity: bool = False,
    heard: Callable[[Outcome, int, int], None] | None = None,
    **options: Any,
) -> SiteValues:
    """Find out what each site is worth.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `netopt.read` takes.
    names : iterable of str
        Sites; without them all but suppliers, and suppliers that may be opened or shut.
    alone : bool
        Whether each candidate is also tried as the only addition to today's sites.
    counted : str
        A type of sites, such as ``fc``: the curve of cost against their number.
    counts : sequence of int
        The numbers; without them all from one to as many as there are.
    break_even_capacity : bool
        Whether it is found out from which capacity each site is worth opening, by up to eight more plans for each.
    heard : callable, optional
        Told each outcome, how many there are by then, and how many there will be.
    **options
        Of `netopt.study`: ``gap``, ``time_limit``, ``threads``, ``seed``, ``workers``, ``cluster``, ``out``,
        ``pages``.

    Returns
    -------
    SiteValues
        Answers ``.table()`` and ``.curve()``.

    Raises
    ------
    InputError
        When a site is not known, or the network cannot be used as it is.
    PlanError
        When the network as it is has no plan.
    """
    network = read(source)
    asked = [site_named(network, name) for name in names] or candidates(network)
    first = study(network, [], heard=None, **options).base
    is_open = set(first.open_sites())
    turned = {name: forced(network, name, is_open=name in is_open) for name in asked}
    scenarios = [*turned.values()]
    numbers = list(counts) or list(range(1, len(_of_type(network, counted)) + 1)) if counted else []
    scenarios += [_counted(counted, number) for number in numbers]
    found = study(network, scenarios, heard=heard, base=first, **options)
    worths = tuple(Worth(name, first, found[scenario.name]) for name, scenario in turned.items())
    by_count = {number: found[_counted(counted, number).name] for number in numbers}
    beside_today = _study_alone(network, asked, options) if alone else None
    values = SiteValues(found, worths, beside_today, by_count, counted)
    return _with_capacities(values, network, heard, options) if break_even_capacity else values


def _with_capacities(
    values: SiteValues, network: Network, heard: Heard | None, options: Mapping[str, Any]
) -> SiteValues:
    """Return what sites are worth, and from which capacity on."""
    solving = {name: options[name] for name in ("gap", "time_limit", "threads", "seed") if name in options}
    where = {name: options[name] for name in ("out", "workers", "cluster", "pages") if name in options}
    rounds = Rounds(network, solving, heard=heard, **where)
    rounds.outcomes.append(values.study.base)
    found = break_evens(rounds, values.worths)
    return replace(values, capacities=rounds.study(), break_evens=tuple(found))


def _counted(kind: str, number: int) -> Scenario:
    """Return the scenario with exactly so many sites of a type."""
    row = f"what=open_sites;type={kind};at_least={number};at_most={number}"
    return Scenario(f"{number} {kind}", (Edit("limits", row, action="add"),))


def _alone(site: str) -> Scenario:
    edit = Edit("facilities", f"name={quoted(site)}", "status", "set", "consider")
    return Scenario(f"only {site}", (edit,))


def _study_alone(network: Network, asked: Sequence[str], options: Mapping[str, Any]) -> Study | None:
    """Return today's sites and each candidate beside them; None where there is nothing to add."""
    potential = [str(name) for name in network.facilities.names.array[~network.facilities.existing]]
    new = [name for name in asked if name in potential]
    if not new:
        return None
    shut = "|".join(quoted(name) for name in potential)
    today = network.edit(Edit("facilities", f"name={shut}", "status", "set", "closed"))
    rest = {name: value for name, value in options.items() if name != "out"}
    return study(today, [_alone(name) for name in new], **rest)
