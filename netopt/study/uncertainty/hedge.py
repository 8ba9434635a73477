"""The sites that cost least over all that may happen: decided once, while flows follow each case.

1. Every case on its own: what knowing the future would allow.
2. All cases at once, with the sites in common (`netopt.study.uncertainty.decide`).
3. These sites, those of the forecast and those that single cases ask for, each in every case: costs, regret, promises.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.network import Network, read
from netopt.network.edits import Edit
from netopt.read.problems import fold
from netopt.study.cluster.connection import Cluster, one_connection
from netopt.study.outcome import Outcome
from netopt.study.risk.stressed import unmet_price
from netopt.study.rounds import Heard
from netopt.study.scenario import BASE, Scenario, Scenarios, read_scenarios
from netopt.study.study import Study, study
from netopt.study.uncertainty.cases import Case, cases_of, expected_demand
from netopt.study.uncertainty.decide import METHODS, Decider, Decision, Told
from netopt.study.uncertainty.hedged import Hedge
from netopt.study.uncertainty.site_set import SiteSet, of_outcome

if TYPE_CHECKING:
    from os import PathLike

    from netopt.plan.folder import Page

__all__ = ["hedge"]

_LONGEST = 80
"""Bytes in the name of some sites, which names folders together with that of a case."""


@one_connection
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
    out: str | PathLike[str] | None = None,
    heard: Heard | None = None,
    told: Told | None = None,
    pages: Iterable[Page] = (),
    cluster: str | Cluster | None = None,
) -> Hedge:
    """Decide on sites once for all cases; see `netopt.hedge`.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `netopt.read` takes.
    cases : path, DataFrame, mapping, or iterable of Scenario
        What `netopt.study.scenario.read_scenarios` takes: cases with probabilities.
    unmet_cost : float, optional
        Money a unit, at which demand that must be met may go unmet after all.
    min_max : bool
        Whether the sites with the smallest largest regret are looked for, too.
    sets : int
        How many of the other sets of sites that single cases ask for are tried in every case.
    method : {'extensive', 'benders'}, optional
        Chosen by size without it.
    gap, time_limit, threads, seed, workers, out, heard, pages, cluster
        As in `netopt.study.study.study`; gap and time limit are those of the decision, too.
    told : callable, optional
        Hears of the decision, in words.

    Raises
    ------
    InputError
        When the network or a case cannot be used as it is.
    ValueError
        When an option is out of range.
    """
    if unmet_cost is not None and not 0 < unmet_cost < np.inf:
        raise ValueError(f"unmet_cost is {unmet_cost}; it must be above 0")
    if sets < 0:
        raise ValueError(f"sets is {sets}; it must be 0 or more")
    if method is not None and method not in METHODS:
        raise ValueError(f"method is {method!r}; it must be one of {', '.join(METHODS)}")
    network = read(source)
    if unmet_cost is not None and np.isnan(network.demand["unmet_cost"]).any():
        network = network.edit(_priced(unmet_cost))
    options: dict[str, Any] = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
    solve = partial(
        study, network, workers=workers, cluster=cluster, out=out, heard=heard, pages=tuple(pages), **options
    )  # fmt: skip
    found = cases_of(network, read_scenarios(cases))
    hedging = _Hedging(network, found, solve, min_max=min_max, sets=sets)
    folder = None if out is None else Path(out)
    likely = [case for case in found if case.weight > 0]
    return hedging.run(Decider(likely, options, method, folder, told))


def _priced(price: float) -> Edit:
    return Edit("demand", "unmet_cost=", "unmet_cost", "set", repr(float(price)))


class _Hedging:
    """The three rounds, of which each solves what the one before has led to."""

    def __init__(
        self, network: Network, cases: tuple[Case, ...], solve: Callable[..., Study], *, min_max: bool, sets: int
    ) -> None:
        self.network, self.cases, self._solve = network, cases, solve
        self.min_max, self.most = min_max, sets
        self._names: dict[str, str] = {}
        self.known: dict[str, Outcome] = {}
        self.options: list[Scenario] = []
        self.scenarios = [case.scenario for case in cases[1:]]
        self.forecast, self.taken = BASE, {fold(BASE)} | {fold(case.name) for case in cases}
        self._of_forecast()

    def _of_forecast(self) -> None:
        """Add the mean demand as a case that will not come true, where that is what one would plan for."""
        edits = expected_demand(self.cases)
        if edits:
            self.forecast = self._named("mean demand")
            words = "what customers want on average; not a case that may happen"
            self.scenarios.append(Scenario(self.forecast, edits, probability=0.0, description=words))

    def _named(self, name: str) -> str:
        name = name.encode()[:_LONGEST].decode(errors="ignore")
        number, own = 1, name
        while fold(own) in self.taken:
            number += 1
            own = f"{name} ({number})"
        self.taken.add(fold(own))
        return own

    def solved(self, *options: Scenario) -> Study:
        """Return all that is solved so far and these options in every case."""
        self.options += options
        base = self.known.get(BASE)
        rest = [outcome for name, outcome in self.known.items() if name != BASE]
        found = self._solve([*self.scenarios, *self.options], base=base, known=rest)
        self.known = {outcome.name: outcome for outcome in found.outcomes}
        return found

    # -- the rounds ---------------------------------------------------------------------------------------------------

    def run(self, decider: Decider) -> Hedge:
        """Solve each case, decide, and try what was decided in every case."""
        alone = self.solved()
        likely = decider.cases
        if any(alone[case.name].summary["status"] in ("infeasible", "unbounded") for case in likely):
            return self._hedge(alone, [], None, None)
        own = self._own(alone)
        usual = next((each for each in own if each.name == self._usual_name), None)
        bounds = [alone[case.name].bound for case in likely]
        decision = decider.expected(own, bounds)
        tried = self._distinct([decision.sites(*self._of("hedged")), usual, *own])
        found = self.solved(*(each.option(self.network) for each in tried))
        made = self._hedge(found, tried, usual, decision)
        if self.min_max and made.hedged is not None:
            made = self._with_least_regret(made, decider)
        return self._with_unmet(made)

    @property
    def _usual_name(self) -> str:
        return self._names["usual"]

    def _own(self, alone: Study) -> list[SiteSet]:
        """Return the sites of the forecast, then those that cases ask for, the likeliest first."""
        self._names = {"usual": self._named("forecast sites"), "hedged": self._named("hedged sites")}
        words = "the plan of the base" if self.forecast == BASE else "the plan for the mean demand"
        found = [of_outcome(self._usual_name, alone[self.forecast], words)] if alone[self.forecast].found else []
        asked: list[tuple[float, SiteSet]] = []
        for case in self.cases:
            if case.weight <= 0 or not alone[case.name].found:
                continue
            one = of_outcome(f"sites for {case.name}", alone[case.name], f"the plan of {case.name} alone")
            same = next((at for at, (_weight, other) in enumerate(asked) if other.same(one)), None)
            if same is None:
                asked.append((case.weight, one))
            else:
                asked[same] = (asked[same][0] + case.weight, asked[same][1])
        asked.sort(key=lambda each: -each[0])
        return [*found, *(each for _weight, each in asked)]

    def _of(self, kind: str) -> tuple[str, str]:
        words = {"hedged": "decided over all cases at once", "regret": "the smallest largest regret"}
        return self._names.get(kind, kind), words[kind]

    def _distinct(self, wanted: Sequence[SiteSet | None]) -> list[SiteSet]:
        """Return different sets of sites under names of their own, no more of single cases than asked for."""
        kept: list[SiteSet] = []
        own = 0
        for each in wanted:
            if each is None or any(each.same(other) for other in kept):
                continue
            if each.name not in self._names.values():
                own += 1
                if own > self.most:
                    continue
                each = SiteSet(self._named(each.name), each.open, each.words)
            kept.append(each)
        return kept

    def _hedge(
        self, found: Study, tried: Sequence[SiteSet], usual: SiteSet | None, decision: Decision | None,
        least_regret: Decision | None = None,
    ) -> Hedge:  # fmt: skip
        """Return the result, its sets by expected cost: those that were found to be cheapest are the ones to take."""
        same = None if usual is None else next((each for each in tried if each.same(usual)), None)
        made = Hedge(found, self.cases, tuple(tried), same, self.forecast, decision, least_regret, {}, np.nan)
        order = sorted(tried, key=made.expected)
        return Hedge(found, self.cases, tuple(order), same, self.forecast, decision, least_regret, {}, np.nan)

    def _with_least_regret(self, made: Hedge, decider: Decider) -> Hedge:
        """Look for the sites with the smallest largest regret, and try them in every case."""
        best = [made.best(case) for case in made.likely]
        if not np.isfinite(best).all():
            return made
        most = float(made.table()["largest_regret"].min())
        decision = decider.least_regret(best, most + 1e-6 * abs(sum(best)))
        self._names["regret"] = self._named("least regret sites")
        sites = decision.sites(*self._of("regret"))
        tried = list(made.sets)
        if sites is not None and not any(sites.same(other) for other in tried):
            tried.append(sites)
            found = self.solved(sites.option(self.network))
            return self._hedge(found, tried, made.usual, made.decision, decision)
        return self._hedge(made.study, tried, made.usual, made.decision, decision)

    def _with_unmet(self, made: Hedge) -> Hedge:
        """Solve sets that have no plan in some case again with a price on unmet demand, to see how much that is."""
        stuck = [
            each
            for each in made.sets
            if any(made.outcome(each, case).summary["status"] == "infeasible" for case in made.likely)
        ]
        price = unmet_price(made.study.base, self.network, None) if made.study.base.found else np.nan
        if not stuck or np.isnan(price):
            return made
        names = {each.name: self._named(f"{each.name}, unmet priced") for each in stuck}
        more = [SiteSet(names[each.name], each.open, each.words).option(self.network, _priced(price)) for each in stuck]
        found = self.solved(*more)
        return Hedge(
            found, made.cases, made.sets, made.usual, made.forecast, made.decision, made.least_regret, names, price
        )
