"""A study: the network as it is and its scenarios, solved, kept, and compared.

Where there are options (what may be decided) as well as cases (what may happen), every option is solved in every case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.errors import InputError, PlanError, Problem
from netopt.network import Network, read
from netopt.read.problems import fold
from netopt.study.cluster.connection import Cluster, as_cluster, one_connection
from netopt.study.cluster.run import run_on_cluster
from netopt.study.comparison import SERVICE, Comparison
from netopt.study.effects import EFFECTS
from netopt.study.outcome import Outcome
from netopt.study.run import run_here, run_with_workers
from netopt.study.scenario import BASE, Scenario, Scenarios, read_scenarios
from netopt.study.solving import Run, Solving
from netopt.study.store import Store
from netopt.study.today.as_run import AS_RUN, AsRun, as_run
from netopt.study.today.finance import YEARS, check_appraisal

if TYPE_CHECKING:
    from os import PathLike

    from netopt.plan.folder import Page
    from netopt.study.today.actual import Source
    from netopt.study.today.baseline import Baseline

__all__ = ["Study", "combined", "study"]


@dataclass(frozen=True, eq=False)
class Study:
    """What `netopt.study` returns.

    Parameters
    ----------
    outcomes : tuple of Outcome
        The network as it is, named ``base``, then every scenario; with options, every option in every case, named
        ``option / case``.
    options, cases : tuple of Scenario
        What may be decided, and what may happen; ``base`` first in both.
    today : AsRun or None
        How the network is run today, where that was given: scenarios are compared with it, too.
    years : float
        How far `appraisal` looks.
    rate : float or None
        Discount rate a year of `appraisal`; that of the network without it.
    """

    outcomes: tuple[Outcome, ...]
    options: tuple[Scenario, ...]
    cases: tuple[Scenario, ...]
    today: AsRun | None = None
    years: float = YEARS
    rate: float | None = None

    def __getitem__(self, name: str) -> Outcome:
        """Return the outcome of a scenario by its name."""
        for outcome in self.outcomes:
            if outcome.name == name:
                return outcome
        raise KeyError(f"{name} is not among {', '.join(outcome.name for outcome in self.outcomes)}")

    def outcome(self, option: str, case: str) -> Outcome:
        """Return the outcome of an option in a case."""
        return self[_name(option, case)]

    @property
    def base(self) -> Outcome:
        """The network as it is."""
        return self.outcomes[0]

    def table(self) -> pd.DataFrame:
        """Return the figures of all scenarios, a row each.

        Returns
        -------
        DataFrame
            ``scenario``, ``status``, ``cost``, ``bound``, ``gap``, ``open_sites`` (how many), ``demand_met``,
            ``on_time`` (shares), ``days`` (mean, from the last site), ``emissions`` (kg), and beside the base:
            ``change`` of the cost, ``at_least`` and ``at_most`` (what is proved of the change between cheapest plans),
            ``opens``, ``closes`` (sites), ``customers_moved`` (served from elsewhere in part or altogether),
            ``demand_met_change``, ``on_time_change``, ``days_change``, ``emissions_change``, and ``carried`` (whether
            what was proved of the base was enough, without a search). Where it is known how the network is run today,
            ``change_today`` is the change of the cost beside that.
        """
        return pd.DataFrame([self._row(outcome) for outcome in self.outcomes])

    def _row(self, outcome: Outcome) -> dict[str, Any]:
        return outcome.figures() | self._beside_base(outcome) | self._beside_today(outcome)

    def _beside_base(self, outcome: Outcome) -> dict[str, Any]:
        changes = {f"{name}_change": None for name in SERVICE}
        row: dict[str, Any] = {"change": None, "at_least": None, "at_most": None, "opens": "", "closes": ""}
        row |= {"customers_moved": None, **changes, "carried": bool(outcome.summary.get("carried", False))}
        if outcome is self.base or not (outcome.found and self.base.found):
            return row
        beside = Comparison(self.base, outcome)
        return row | {
            "change": beside.change,
            "at_least": beside.least if np.isfinite(beside.least) else None,
            "at_most": beside.most if np.isfinite(beside.most) else None,
            "opens": "; ".join(beside.opened()),
            "closes": "; ".join(beside.closed()),
            "customers_moved": float(len(beside.customers())),
            **{f"{name}_change": change for name, change in beside.service().items()},
        }

    def _beside_today(self, outcome: Outcome) -> dict[str, float | None]:
        if self.today is None:
            return {}
        return {"change_today": outcome.cost - self.today.outcome.cost if outcome.found else None}

    def compare(self, before: str, after: str) -> Comparison:
        """Return what changes from one scenario to another.

        Parameters
        ----------
        before, after : str
            Names.

        Raises
        ------
        KeyError
            When there is no such scenario.
        PlanError
            When one of them has no plan.
        """
        one, other = self[before], self[after]
        for outcome in (one, other):
            if not outcome.found:
                raise PlanError(f"{outcome.name} has no plan to compare: it is {outcome.summary['status']}")
        return Comparison(one, other)

    def comparisons(self) -> list[Comparison]:
        """Return what is worth comparing: cases with the base, options with what would be without them in that case."""
        return [
            Comparison(self.beside(each), each) for each in self.outcomes[1:] if each.found and self.beside(each).found
        ]

    def beside(self, outcome: Outcome) -> Outcome:
        """Return the outcome that another one is compared with."""
        for case in self.cases[1:]:
            if any(outcome.name == _name(option.name, case.name) for option in self.options[1:]):
                return self[case.name]
        return self.base

    def compared_with_today(self) -> list[Comparison]:
        """Return every plan beside how the network is run today; nothing where that is not known."""
        if self.today is None:
            return []
        paid = self.today.run.off_network
        return [Comparison(self.today.outcome, each, paid) for each in self.outcomes if each.found]

    def appraisal(self) -> pd.DataFrame:
        """Return what each change is worth over the years: NPV, payback and rate of return of what is paid once.

        Beside how the network is run today, where that is known; else beside what `beside` says. A case is no choice:
        beside today its saving counts what happens as well, such as more demand.

        Returns
        -------
        DataFrame
            ``scenario``, ``compared_with``, ``change`` of the cost and what it is made of (``price``, ``volume``,
            ``rerouting``), and the fields of `netopt.study.today.finance.Appraisal`. Scenarios with other periods are
            left out.
        """
        against = self.compared_with_today() or self.comparisons()
        before = None if self.today is None else self.today.paid
        rows = []
        for each in against:
            worth = each.appraisal(years=self.years, rate=self.rate, before=before)
            if worth is not None:
                why = each.costs()[[*EFFECTS]].sum()
                names = {"scenario": each.after.name, "compared_with": each.before.name, "change": each.change}
                rows.append({**names, **{str(part): float(why[part]) for part in EFFECTS}, **vars(worth)})
        return pd.DataFrame(rows)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return every table of the study by name, as it is written: figures, regret, and what changes and why."""
        frames = {"scenarios": self.table()}
        if len(self.options) > 1:
            frames["costs"] = self.costs().reset_index()
            frames["regret"] = self.regret().reset_index()
        appraisal = self.appraisal()
        if len(appraisal):
            frames["appraisal"] = appraisal
        beside = [*self.comparisons(), *self.compared_with_today()]
        made = {"effects": Comparison.costs, "sites": Comparison.sites, "customers": Comparison.customers}
        for name, make in made.items():
            parts = []
            for each in beside:
                part = make(each)
                part.insert(0, "scenario", each.after.name)
                part.insert(1, "compared_with", each.before.name)
                parts.append(part)
            if parts:
                frames[name] = pd.concat(parts, ignore_index=True)
        return frames

    def definition(self) -> dict[str, Any]:
        """Return what was asked, so that the study can be made again: scenarios with their edits, as plain data."""
        today = {} if self.today is None else {"as_run": self.today.outcome.cost}
        return {
            **today,
            "years": self.years,
            "discount_rate": self.rate,
            "base_edits": [dict(edit) for edit in self.base.source.tables.edits],
            "options": [scenario.to_json() for scenario in self.options[1:]],
            "cases": [scenario.to_json() for scenario in self.cases[1:]],
        }

    def costs(self) -> pd.DataFrame:
        """Return the cost of every option in every case, money: a row an option, a column a case.

        Where there is no plan, the cost is infinite.
        """
        costs = [[self.outcome(option.name, case.name).cost for case in self.cases] for option in self.options]
        return pd.DataFrame(costs, index=_names(self.options, "option"), columns=_names(self.cases, "case"))

    def regret(self) -> pd.DataFrame:
        """Return what each option costs more than the best one, in every case.

        Without options there is the base alone, which decides anew in each case and regrets nothing; what the sites of
        one case cost in another `netopt.hedge` says.

        Returns
        -------
        DataFrame
            Money, a row an option, a column a case, then ``largest`` (over the cases) and, where every case has a
            probability, ``expected``. What an option costs and what is the best one are known within their gaps.
        """
        costs = self.costs()
        with np.errstate(invalid="ignore"):
            regret = (costs - costs.min(axis=0)).fillna(np.inf)  # where no option has a plan
        table = regret.assign(largest=regret.max(axis=1))
        weights = self.probabilities()
        if weights is not None:
            table["expected"] = (regret * weights).to_numpy()[:, weights > 0].sum(axis=1)
        return table

    def probabilities(self) -> np.ndarray[Any, np.dtype[np.float64]] | None:
        """Return how likely each case is, shape (cases,), the base having the rest; None where one has no number."""
        said = [case.probability for case in self.cases[1:]]
        given = [share for share in said if share is not None]
        if not given or len(given) < len(said) or sum(given) > 1 + 1e-9:
            return None
        return np.array([max(0.0, 1.0 - sum(given)), *given])

    def audit(self) -> pd.DataFrame:
        """Recompute every plan from the tables of its network; return what is wrong, by ``scenario``, if anything.

        The effects of comparisons are the audit's own arithmetic.
        """
        found = [outcome.audit().breaches.assign(scenario=outcome.name) for outcome in self.outcomes if outcome.found]
        wrong = [breaches for breaches in found if len(breaches)]
        return pd.concat(wrong, ignore_index=True) if wrong else pd.DataFrame(columns=["scenario", "rule", "words"])

    def __repr__(self) -> str:
        return f"<Study: {len(self.outcomes)} scenarios, {len(self.options)} options in {len(self.cases)} cases>"


def _names(scenarios: Sequence[Scenario], name: str) -> pd.Index:
    return pd.Index([scenario.name for scenario in scenarios], name=name, dtype=object)


def _name(option: str, case: str) -> str:
    """Return the name of an option in a case."""
    if BASE in (option, case):
        return case if option == BASE else option
    return f"{option} / {case}"


@one_connection
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
    pages: Iterable[Page] = (),
    base: Outcome | None = None,
    known: Iterable[Outcome] = (),
    cluster: str | Cluster | None = None,
    cutoff: float | None = None,
    baseline: Source | Baseline | AsRun | None = None,
    years: float = YEARS,
    discount_rate: float | None = None,
) -> Study:
    """Solve a network and its scenarios; see `netopt.study`.

    ``base`` is the outcome of the network as it is, where that has been solved with the same options already; ``known``
    are those of scenarios. ``cutoff`` is money: of what is proved to cost more, no plan is asked for.
    """
    if workers is not None and workers < 1:
        raise ValueError(f"workers is {workers}; it must be 1 or more")
    run = _runner(workers, cluster)
    network, listed = read(source), read_scenarios(scenarios)
    options, cases, wanted = combined(listed)
    check_appraisal(years, discount_rate)
    today = baseline if baseline is None or isinstance(baseline, AsRun) else as_run(network, baseline)
    if today is not None and any(fold(each.name) == AS_RUN for each in listed):
        fix = "give the scenario another name"
        raise InputError([Problem("scenarios", None, "scenario", f"{AS_RUN} is how the network is run today", fix)])
    solved = {} if base is None else {BASE: base}
    solved |= {each.name: each for each in known}
    fresh = [each for each in wanted[1:] if each.name not in solved]
    _check(network, [each for each in listed if each in fresh or each not in wanted])
    _check(network, [each for each in fresh if each not in listed])  # said before anything is solved, too
    given = {"gap": gap, "time_limit": time_limit, "threads": threads if run is run_here else 1, "seed": seed}
    store = None if out is None else Store(Path(out))
    solving = Solving(network, given, run, store, heard, tuple(pages), near=cluster is None, cutoff=cutoff)
    solving.results |= {name: (dict(each.summary), dict(each.tables)) for name, each in solved.items()}
    solving.footing = None if base is None else base.footing
    solving.solve(wanted)
    first, *others = (Outcome(scenario, *solving.results[scenario.name], network) for scenario in wanted)
    outcomes = (replace(first, footing=solving.footing), *others)
    return Study(outcomes, options, cases, today, years, discount_rate)


def _runner(workers: int | None, cluster: str | Cluster | None) -> Run:
    """Return what solves tasks: this process, workers beside it, or a cluster."""
    if workers is not None and cluster is not None:
        raise ValueError("workers and cluster are both given; choose one of them")
    if cluster is not None:
        return partial(run_on_cluster, cluster=as_cluster(cluster))
    return run_here if workers is None else partial(run_with_workers, workers=workers)


def combined(listed: Sequence[Scenario]) -> tuple[tuple[Scenario, ...], tuple[Scenario, ...], list[Scenario]]:
    """Return the options, the cases, and every option in every case; the base first in all of them."""
    base = Scenario(BASE)
    options = (base, *(scenario for scenario in listed if scenario.kind == "option"))
    cases = (base, *(scenario for scenario in listed if scenario.kind == "case"))
    return options, cases, [_within(option, case) for option in options for case in cases]


def _check(network: Network, scenarios: Iterable[Scenario]) -> None:
    """Make the edits of every scenario; raise InputError with all that cannot be made."""
    problems: list[Problem] = []
    for scenario in scenarios:
        try:
            network.edit(*scenario.edits)
        except InputError as error:
            problems += [replace(each, message=f"in {scenario.name}, {each.message}") for each in error.problems]
    if problems:
        raise InputError(problems)


def _within(option: Scenario, case: Scenario) -> Scenario:
    if option.name == BASE:
        return case
    return option if case.name == BASE else option.within(case)
