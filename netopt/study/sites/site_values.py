"""What every site is worth, in company with the rest and alone, and what the number of sites costs.

In company: the plan beside the one in which the site is shut (if it was open) or open (if it was shut).
Alone: today's sites and one change, a site opened or one of them closed (`netopt.study.sites.alone`).
Number: the cheapest plan with exactly n sites of a type, for each n.
Capacity: from which on each site is worth opening, where that is asked for (`netopt.study.sites.break_even`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.network import Network, read
from netopt.network.edits import Edit
from netopt.network.sites import CONSIDER, OPEN
from netopt.study.cluster.connection import one_connection
from netopt.study.comparison import SERVICE
from netopt.study.outcome import Outcome
from netopt.study.rounds import Heard, Rounds, distinct
from netopt.study.scenario import Scenario
from netopt.study.sites.alone import Alone, alone_scenarios, existing_sites
from netopt.study.sites.break_even import BreakEven, break_evens
from netopt.study.sites.why import forced, site_named
from netopt.study.sites.worth import Worth
from netopt.study.study import Study, study
from netopt.study.today.as_run import AsRun, as_run
from netopt.study.today.finance import YEARS, Appraisal, check_appraisal

if TYPE_CHECKING:
    from netopt.study.today.actual import Source
    from netopt.study.today.baseline import Baseline

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
    alone : tuple of Alone
        Each site as the only change to today's sites, where that was asked for.
    counts : mapping of int to Outcome
        The plan with exactly so many sites of the type asked for.
    counted : str
        That type.
    break_evens : tuple of BreakEven
        Of each site, where they were asked for.
    """

    study: Study
    worths: tuple[Worth, ...]
    alone: tuple[Alone, ...]
    counts: Mapping[int, Outcome]
    counted: str
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
            last site when the site is there), ``opens_instead``, ``closes_instead`` (sites, when it is forced),
            ``substitute`` (the site of its type that takes over the most units without it) and ``substitute_units``;
            ``once_only``, ``yearly_saving``, ``npv``, ``payback_years``, ``irr`` (of having it, beside the plan without
            it); and, where asked for, ``alone`` (money saved if it is the only change to today's sites, see
            `alone_table`), ``capacity`` (as typed, a period, blank without a limit), ``capacity_unit``,
            ``capacity_not_enough`` and ``capacity_enough`` (between which it begins to be worth opening, proved) and
            ``capacity_verdict``, see `netopt.study.sites.break_even.BreakEven`.
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
            **dict(zip(("substitute", "substitute_units"), worth.substitute(), strict=True)),
            **_worth_over_years(worth.appraisal(years=self.study.years, rate=self.study.rate)),
        }
        alone = next((each for each in self.alone if each.site == worth.site), None)
        return row | ({} if alone is None else {"alone": _known(alone.saving)}) | self._capacity(worth.site)

    @property
    def today(self) -> Outcome | None:
        """The plan with today's sites, where it was asked for."""
        return self.alone[0].today if self.alone else None

    def alone_table(self) -> pd.DataFrame:
        """Return each site as the only change to today's sites, what saves most first; empty where that was not asked.

        Returns
        -------
        DataFrame
            ``site``, ``type``, ``change`` (opens or closes), ``status``, ``cost`` (after it), ``saving``, ``at_least``
            and ``at_most`` (proved of the cheapest plans), ``customers_moved``, ``demand_met_change``,
            ``on_time_change``, ``days_change``, ``emissions_change``, ``once_only``, ``yearly_saving``, ``npv``,
            ``payback_years``, ``irr``, and ``change_today`` (beside what is run today, where that is known).
        """
        table = pd.DataFrame([self._alone_row(each) for each in self.alone])
        return table if table.empty else table.sort_values("saving", ascending=False, kind="stable", ignore_index=True)

    def _alone_row(self, alone: Alone) -> dict[str, Any]:
        changed, facilities = alone.changed, alone.today.source.facilities
        at = [str(name) for name in facilities.names].index(alone.site)
        beside, as_run = alone.comparison(), self.study.today
        service = dict.fromkeys(SERVICE) if beside is None else beside.service()
        worth = None if beside is None else beside.appraisal(years=self.study.years, rate=self.study.rate)
        row = {
            "site": alone.site,
            "type": str(facilities.type[at]),
            "change": "opens" if alone.opens else "closes",
            "status": str(changed.summary["status"]),
            "cost": _known(changed.cost),
            "saving": _known(alone.saving),
            "at_least": _known(alone.at_least),
            "at_most": _known(alone.at_most),
            "customers_moved": None if beside is None else float(len(beside.customers())),
            **{f"{name}_change": change for name, change in service.items()},
            **_worth_over_years(worth),
        }
        return row | ({} if as_run is None else {"change_today": _known(changed.cost - as_run.outcome.cost)})

    def _capacity(self, site: str) -> dict[str, Any]:
        """Return from which capacity a site is worth opening, where that was asked for."""
        return next((_cells(each) for each in self.break_evens if each.site == site), {})

    def audit(self) -> pd.DataFrame:
        """Recompute every plan; return what is wrong, by ``scenario``, see `netopt.study.study.Study.audit`."""
        return self.study.audit()

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the names of their files."""
        tables = {"site_values": self.table(), "curve": self.curve(), "alone": self.alone_table()}
        return {name: table for name, table in tables.items() if name == "site_values" or len(table)}

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


_YEARS = ("once_only", "yearly_saving", "npv", "payback_years", "irr")


def _worth_over_years(worth: Appraisal | None) -> dict[str, float | None]:
    return {name: None if worth is None else getattr(worth, name) for name in _YEARS}


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
    baseline: Source | Baseline | AsRun | None = None,
    years: float = YEARS,
    discount_rate: float | None = None,
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
        Whether each site is also tried as the only change to today's sites: opened beside them, or closed.
    counted : str
        A type of sites, such as ``fc``: the curve of cost against their number.
    counts : sequence of int
        The numbers; without them all from one to as many as there are.
    break_even_capacity : bool
        Whether it is found out from which capacity each site is worth opening, by up to eight more plans for each.
    baseline : path, DataFrame, or Baseline, optional
        How the network is run today, as in `netopt.study`: then today's sites are those that are open there.
    years, discount_rate : float
        Of the appraisals, as in `netopt.study`.
    heard : callable, optional
        Told each outcome, how many there are by then, and how many there will be.
    **options
        Of `netopt.study`: ``gap``, ``time_limit``, ``threads``, ``seed``, ``workers``, ``cluster``, ``out``,
        ``pages``.

    Returns
    -------
    SiteValues
        Answers ``.table()``, ``.alone_table()`` and ``.curve()``.

    Raises
    ------
    InputError
        When a site is not known, or the network cannot be used as it is.
    PlanError
        When the network as it is has no plan.
    """
    network = read(source)
    check_appraisal(years, discount_rate)
    asked = list(dict.fromkeys(site_named(network, name) for name in names)) or candidates(network)
    as_run_today = baseline if baseline is None or isinstance(baseline, AsRun) else as_run(network, baseline)
    first = study(network, [], heard=None, **options).base
    is_open = set(first.open_sites())
    turned = [forced(network, name, is_open=name in is_open) for name in asked]
    numbers = list(counts) or list(range(1, len(_of_type(network, counted)) + 1)) if counted else []
    today = existing_sites(network) if as_run_today is None else as_run_today.open_sites()
    changed = alone_scenarios(network, today, asked) if alone else []
    scenarios = _named([*turned, *(_counted(counted, number) for number in numbers), *changed])
    solved = study(network, scenarios, heard=heard, base=first, **options)
    found = replace(solved, today=as_run_today, years=years, rate=discount_rate)
    turns, curve, alone_ones = _cut(found.outcomes[1:], len(asked), len(numbers))
    values = SiteValues(
        study=found,
        worths=tuple(Worth(name, first, outcome) for name, outcome in zip(asked, turns, strict=True)),
        alone=tuple(
            Alone(name, name not in today, alone_ones[0], outcome)
            for name, outcome in zip(asked, alone_ones[1:], strict=False)
        ),
        counts=dict(zip(numbers, curve, strict=True)),
        counted=counted,
    )
    return _with_capacities(values, network, heard, options) if break_even_capacity else values


def _cut(outcomes: Sequence[Outcome], *lengths: int) -> list[Sequence[Outcome]]:
    """Return outcomes in parts of some lengths, and the rest."""
    ends = [0, *np.cumsum(lengths).tolist(), len(outcomes)]
    return [outcomes[begin:end] for begin, end in pairwise(ends)]


def _named(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """Return scenarios whose names can name folders, whatever sites are called."""
    names = distinct(each.name for each in scenarios)
    return [replace(each, name=name) for each, name in zip(scenarios, names, strict=True)]


def _with_capacities(
    values: SiteValues, network: Network, heard: Heard | None, options: Mapping[str, Any]
) -> SiteValues:
    """Return what sites are worth, and from which capacity on; the further plans are among those of the study."""
    solving = {name: options[name] for name in ("gap", "time_limit", "threads", "seed") if name in options}
    where = {name: options[name] for name in ("out", "workers", "cluster", "pages") if name in options}
    rounds = Rounds(network, solving, heard=heard, **where)
    rounds.outcomes.append(values.study.base)
    found = break_evens(rounds, values.worths)
    more = [each for each in rounds.outcomes[1:] if each.name not in {one.name for one in values.study.outcomes}]
    outcomes, cases = (*values.study.outcomes, *more), (*values.study.cases, *(each.scenario for each in more))
    return replace(values, study=replace(values.study, outcomes=outcomes, cases=cases), break_evens=tuple(found))


def _counted(kind: str, number: int) -> Scenario:
    """Return the scenario with exactly so many sites of a type."""
    row = f"what=open_sites;type={kind};at_least={number};at_most={number}"
    return Scenario(f"{number} {kind}", (Edit("limits", row, action="add"),))
