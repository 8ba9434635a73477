"""Sites decided once for all cases, and what that is worth: the measures of two-stage stochastic programming.

RP   expected cost of the sites decided once                    (here and now)
WS   expected cost where the sites follow what happens          (wait and see)
EEV  expected cost of the sites that one forecast asks for      (the forecast's sites, in every case)
EVPI = RP - WS: what knowing the future would be worth          (expected value of perfect information)
VSS  = EEV - RP: what planning with the cases saves             (value of the stochastic solution)

Every cost is known between a bound and a plan, and so is every difference. Money. (Birge and Louveaux, Introduction to
Stochastic Programming, 2011, chapter 4.)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netopt.study.outcome import Outcome
from netopt.study.risk.stressed import unmet_units
from netopt.study.study import Study
from netopt.study.uncertainty.cases import Case
from netopt.study.uncertainty.decide import Decision
from netopt.study.uncertainty.site_set import SiteSet

__all__ = ["Between", "Hedge"]

_UNITS = 1e-6


@dataclass(frozen=True)
class Between:
    """A figure and what is proved of it.

    Parameters
    ----------
    value : float
        Of the plans that were found, money.
    at_least, at_most : float
        Between the cheapest plans, money; infinite where nothing is proved.
    """

    value: float
    at_least: float
    at_most: float


@dataclass(frozen=True, eq=False)
class Hedge:
    """What `netopt.hedge` returns.

    Parameters
    ----------
    study : Study
        Every set of sites as an option, in every case; ``base`` among the options decides anew in each case.
    cases : tuple of Case
        The base first; probabilities add up to 1.
    sets : tuple of SiteSet
        Sites that were tried in every case: those that hedge best first.
    usual : SiteSet or None
        Among them, the sites that one forecast asks for: the mean demand, or the base where cases change other things.
    forecast : str
        The case that is this forecast: ``base``, or the mean demand.
    decision : Decision or None
        Over all cases at once; None where some case has no plan at all.
    least_regret : Decision or None
        The same for the largest regret, where it was asked for.
    priced : mapping of str to str
        For sets that have no plan in some case, the option that tells how much goes unmet there.
    unmet_cost : float
        Price of a unit of demand that must be met and cannot be, money; NaN where there was no need of one.
    """

    study: Study
    cases: tuple[Case, ...]
    sets: tuple[SiteSet, ...]
    usual: SiteSet | None
    forecast: str
    decision: Decision | None
    least_regret: Decision | None
    priced: Mapping[str, str]
    unmet_cost: float

    @property
    def hedged(self) -> SiteSet | None:
        """The sites to decide on: those with the least expected cost; None where no sites serve every case."""
        return self.sets[0] if self.sets and np.isfinite(self.expected(self.sets[0])) else None

    @property
    def likely(self) -> tuple[Case, ...]:
        """The cases whose probability is above 0."""
        return tuple(case for case in self.cases if case.weight > 0)

    @property
    def status(self) -> str:
        """``optimal``, ``feasible``, ``infeasible`` or ``interrupted``, of the sites over all cases."""
        if self.hedged is None:
            impossible = self.decision is None or self.decision.status == "infeasible"
            return "infeasible" if impossible else "interrupted"
        within = self.here_and_now.at_least >= self.here_and_now.value * (1 - self._asked)
        return "optimal" if within else "feasible"

    @property
    def _asked(self) -> float:
        """The gap asked for, with what the plans of the cases may add to that of the decision."""
        return 2 * float(self.study.base.summary["asked_gap"]) + 1e-9

    def outcome(self, sites: SiteSet, case: Case) -> Outcome:
        """Return the plan of some sites in a case."""
        return self.study.outcome(sites.name, case.name)

    def unmet_priced(self, sites: SiteSet, case: Case) -> Outcome | None:
        """Return the plan in which unmet demand has a price, where the sites have none without it."""
        own = self.outcome(sites, case)
        if own.summary["status"] != "infeasible":
            return own
        return self.study.outcome(self.priced[sites.name], case.name) if sites.name in self.priced else None

    # -- expected costs -----------------------------------------------------------------------------------------------

    def expected(self, sites: SiteSet) -> float:
        """Return the expected cost of some sites, infinite where a case has no plan with them."""
        return float(sum(case.weight * self.outcome(sites, case).cost for case in self.likely))

    def expected_bound(self, sites: SiteSet) -> float:
        """Return what the expected cost of some sites is at least."""
        return float(sum(case.weight * self.outcome(sites, case).bound for case in self.likely))

    def best(self, case: Case) -> float:
        """Return the least that is known to be possible in a case: its own plan, or that of any sites tried."""
        costs = [self.study.outcome("base", case.name).cost, *(self.outcome(each, case).cost for each in self.sets)]
        return float(min(costs))

    @property
    def here_and_now(self) -> Between:
        """RP: the sites decided once."""
        if not self.sets:
            return Between(np.inf, np.inf if self.status == "infeasible" else -np.inf, np.inf)
        cost = self.expected(self.sets[0])
        proved = -np.inf if self.decision is None else self.decision.proved
        return Between(cost, min(max(proved, self.wait_and_see.at_least), cost), cost)

    @property
    def wait_and_see(self) -> Between:
        """WS: the sites as each case would have them."""
        cost = float(sum(case.weight * self.best(case) for case in self.likely))
        bounds = (case.weight * self.study.outcome("base", case.name).bound for case in self.likely)
        return Between(cost, min(float(sum(bounds)), cost), cost)

    @property
    def forecast_sites(self) -> Between:
        """EEV: the sites that one forecast asks for; NaN where it, or a case with its sites, has no plan yet."""
        if self.usual is None:
            return Between(np.nan, -np.inf, np.inf)
        cost, bound = self.expected(self.usual), self.expected_bound(self.usual)
        known = np.isfinite(cost) or bound == np.inf
        return Between(cost if known else np.nan, min(bound, cost), cost)

    @property
    def perfect_information(self) -> Between:
        """EVPI: what knowing the future would be worth."""
        return _less(self.here_and_now, self.wait_and_see)

    @property
    def stochastic_solution(self) -> Between:
        """VSS: what planning with the cases saves beside planning for one forecast."""
        return _less(self.forecast_sites, self.here_and_now)

    # -- promises -----------------------------------------------------------------------------------------------------

    def is_broken(self, sites: SiteSet, case: Case) -> bool | None:
        """Return whether demand goes unmet, or cannot be met as promised; None where that is not known."""
        outcome = self.outcome(sites, case)
        if outcome.summary["status"] == "infeasible":
            return True
        if not outcome.found:
            return None
        return unmet_units(outcome) > _UNITS * max(1.0, float(outcome.summary["demand"]))

    def broken(self, sites: SiteSet) -> float:
        """Return the probability that a promise is broken, NaN where a case is not known."""
        said = {case.name: self.is_broken(sites, case) for case in self.likely}
        if None in said.values():
            return np.nan
        return float(sum(case.weight for case in self.likely if said[case.name]))

    # -- tables -------------------------------------------------------------------------------------------------------

    def table(self) -> pd.DataFrame:
        """Return a row for each set of sites, those that hedge best first.

        Returns
        -------
        DataFrame
            ``sites`` (name of the set), ``description``, ``open`` (sites that are open), ``expected_cost``,
            ``at_least`` (what is proved of it), ``largest_regret`` (beside the best plans that are known),
            ``worst_case`` (where that is), ``regret_at_most`` (beside what is proved of the best ones),
            ``expected_regret`` (money), ``broken`` (probability that demand goes unmet or promises cannot be kept),
            ``expected_unmet`` (units), ``on_time`` (expected share of what is delivered). Blank where it is not known;
            costs and regrets are infinite where a case has no plan.
        """
        return pd.DataFrame([self._row(each) for each in self.sets], columns=[*_SETS])

    def _row(self, sites: SiteSet) -> dict[str, Any]:
        regret = {case.name: self._regret(sites, case) for case in self.likely}
        worst = max(regret, key=regret.__getitem__)
        unmet = [self._unmet(sites, case) for case in self.likely]
        weights = np.array([case.weight for case in self.likely])
        on_time = [self._on_time(sites, case) for case in self.likely]
        return {
            "sites": sites.name,
            "description": sites.words,
            "open": "; ".join(sites.sites(self.cases[0].network)),
            "expected_cost": self.expected(sites),
            "at_least": self.expected_bound(sites),
            "largest_regret": regret[worst],
            "worst_case": worst if regret[worst] > 0 else "",
            "regret_at_most": self.regret_at_most(sites)[0],
            "expected_regret": float(sum(case.weight * regret[case.name] for case in self.likely)),
            "broken": self.broken(sites),
            "expected_unmet": float(weights @ unmet),
            "on_time": float(weights @ on_time),
        }

    def _regret(self, sites: SiteSet, case: Case) -> float:
        cost, best = self.outcome(sites, case).cost, self.best(case)
        return np.inf if not np.isfinite(cost) else cost - best

    def regret_at_most(self, sites: SiteSet) -> tuple[float, str]:
        """Return what some sites cost more than the best ones at most, whatever happens, and the case where that is.

        The best sites of a case cost no less than what is proved of its own plan. Infinite where nothing is.
        """
        over = {case.name: self._regret_at_most(sites, case) for case in self.likely}
        worst = max(over, key=over.__getitem__)
        return over[worst], worst

    def _regret_at_most(self, sites: SiteSet, case: Case) -> float:
        cost, bound = self.outcome(sites, case).cost, self.study.outcome("base", case.name).bound
        return (
            np.inf if not (np.isfinite(cost) and np.isfinite(bound)) else max(cost - bound, self._regret(sites, case))
        )

    def _unmet(self, sites: SiteSet, case: Case) -> float:
        outcome = self.unmet_priced(sites, case)
        return np.nan if outcome is None or not outcome.found else unmet_units(outcome)

    def _on_time(self, sites: SiteSet, case: Case) -> float:
        outcome = self.unmet_priced(sites, case)
        return np.nan if outcome is None or not outcome.found else float(outcome.summary["on_time"])

    def costs(self) -> pd.DataFrame:
        """Return a row for each set of sites in each case.

        Returns
        -------
        DataFrame
            ``sites``, ``case``, ``probability``, ``out`` (sites that are out), ``status``, ``cost``, ``bound``,
            ``best`` (the least known to be possible in the case, whatever the sites), ``regret`` (cost less best),
            ``unmet`` (units; where there is no plan, what cannot be served for less than the price put on it),
            ``demand_met``, ``on_time`` (shares).
        """
        rows = [self._cell(sites, case) for sites in self.sets for case in self.cases]
        return pd.DataFrame(rows, columns=[*_CELLS])

    def _cell(self, sites: SiteSet, case: Case) -> dict[str, Any]:
        outcome, served = self.outcome(sites, case), self.unmet_priced(sites, case)
        found = outcome.found
        return {
            "sites": sites.name,
            "case": case.name,
            "probability": case.weight,
            "out": "; ".join(case.out),
            "status": str(outcome.summary["status"]),
            "cost": outcome.cost if found else None,
            "bound": outcome.bound if np.isfinite(outcome.bound) else None,
            "best": self.best(case) if np.isfinite(self.best(case)) else None,
            "regret": self._regret(sites, case) if found else None,
            "unmet": self._unmet(sites, case),
            "demand_met": None if served is None or not served.found else float(served.summary["demand_met"]),
            "on_time": self._on_time(sites, case),
        }

    def measures(self) -> pd.DataFrame:
        """Return ``measure``, ``meaning``, ``value``, ``at_least``, ``at_most`` (money): RP, WS, EEV, EVPI and VSS."""
        said = {
            "RP": ("cost, sites decided once (RP)", self.here_and_now),
            "WS": ("cost, sites as each case wants them (WS)", self.wait_and_see),
            "EEV": (f"cost, sites for the {self.forecast} (EEV)", self.forecast_sites),
            "EVPI": ("knowing the future: RP - WS (EVPI)", self.perfect_information),
            "VSS": ("planning with cases: EEV - RP (VSS)", self.stochastic_solution),
        }
        rows = [
            {"measure": name, "meaning": words, "value": each.value, "at_least": each.at_least, "at_most": each.at_most}
            for name, (words, each) in said.items()
        ]
        return pd.DataFrame(rows)

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the tables by the names of their files."""
        return {"hedge": self.table(), "hedge_cases": self.costs(), "hedge_measures": self.measures()}

    def __repr__(self) -> str:
        return f"<Hedge: {self.status}, {len(self.likely)} cases, {len(self.sets)} sets of sites>"


_SETS = (
    "sites", "description", "open", "expected_cost", "at_least", "largest_regret", "worst_case", "regret_at_most",
    "expected_regret", "broken", "expected_unmet", "on_time",
)  # fmt: skip
_CELLS = (
    "sites", "case", "probability", "out", "status", "cost", "bound", "best", "regret", "unmet", "demand_met",
    "on_time",
)  # fmt: skip


def _less(more: Between, less: Between) -> Between:
    """Return the difference of two costs of which the first cannot be below the second."""
    if np.isnan(more.value):
        return Between(np.nan, 0.0, np.inf)
    if not np.isfinite(more.value):
        known = np.inf if more.at_least == np.inf and np.isfinite(less.value) else 0.0
        return Between(np.inf if np.isfinite(less.value) else np.nan, known, np.inf)
    return Between(
        max(0.0, more.value - less.value),
        max(0.0, more.at_least - less.at_most),
        max(0.0, more.at_most - less.at_least),
    )
