"""What a site is worth: the plan beside the one in which it is forced open, or forced shut.

worth = cost of the cheapest plan without the site - cost of the cheapest plan with it            (money)

Both costs are known within their gaps, so the worth is an interval. From it follows by how much its fixed cost may rise
before the site is no longer worth keeping, or has to fall before it is worth opening: a change of x money in every
period changes the cost of a plan in which it is open in n periods by n x, the more the less the site is used otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netopt.errors import PlanError
from netopt.study.comparison import Comparison
from netopt.study.outcome import Outcome
from netopt.study.today.finance import Appraisal

__all__ = ["Worth"]

_NONE = 1e-9


@dataclass(frozen=True, eq=False)
class Worth:
    """A site in a plan and in another one where it is forced to be otherwise.

    Parameters
    ----------
    site : str
        A facility.
    chosen : Outcome
        The plan as it was chosen.
    forced : Outcome
        The plan with the site shut if it was open, and open if it was shut.
    """

    site: str
    chosen: Outcome
    forced: Outcome

    def __post_init__(self) -> None:
        """Refuse a chosen network without a plan."""
        if not self.chosen.found:
            raise PlanError("there is no plan that a site could be worth anything in")

    @property
    def is_open(self) -> bool:
        """Whether the site is open in the chosen plan, in any period."""
        return self.site in self.chosen.open_sites()

    @property
    def extra(self) -> float:
        """What forcing the site costs, money; infinite where there is no plan then."""
        return self.forced.cost - self.chosen.cost

    @property
    def at_least(self) -> float:
        """Forcing the site costs at least this much between the cheapest plans, money; below 0 where that is open."""
        return self.forced.bound - self.chosen.cost

    @property
    def at_most(self) -> float:
        """Forcing the site costs at most this much between the cheapest plans, money."""
        return self.forced.cost - self.chosen.bound

    @property
    def decided(self) -> bool:
        """Whether it is proved that forcing the site is dearer."""
        return self.at_least > 0

    def comparison(self) -> Comparison | None:
        """Return the two plans beside each other, None where the forced one does not exist."""
        return Comparison(self.chosen, self.forced) if self.forced.found else None

    def appraisal(self, *, years: float, rate: float | None = None) -> Appraisal | None:
        """Return what it is worth to have the site, beside the plan without it; None where one of the two has no plan.

        Parameters
        ----------
        years : float
            How far to look.
        rate : float, optional
            Discount rate a year; that of the network without it.
        """
        if not self.forced.found:
            return None
        without, having = (self.forced, self.chosen) if self.is_open else (self.chosen, self.forced)
        return Comparison(without, having).appraisal(years=years, rate=rate)

    def substitute(self) -> tuple[str, float]:
        """Return the next best substitute, and how many units more pass through it when the site is not there.

        The site of the same type that takes over the most units when this one is shut, or gives up the most when it is
        opened; an empty name where there is none.
        """
        beside = self.comparison()
        if beside is None:
            return "", 0.0
        sites = beside.sites().set_index("site")
        kind = str(self.chosen.network.facilities.type[self._at])
        others = sites[(sites["type"] == kind) & (sites.index != self.site)]
        moved = (others["throughput_after"] - others["throughput_before"]) * (1.0 if self.is_open else -1.0)
        if moved.empty or moved.max() <= _NONE * max(1.0, float(others["throughput_before"].max())):
            return "", 0.0
        return str(moved.idxmax()), float(moved.max())

    def fixed_cost(self) -> float:
        """Return the site's fixed cost a period as typed, money; the mean over periods where they differ."""
        facilities = self.chosen.network.facilities
        return float(facilities.fixed_cost[self._at].mean())

    @property
    def _at(self) -> int:
        return [str(name) for name in self.chosen.network.facilities.names].index(self.site)

    def _periods_open(self, outcome: Outcome) -> float:
        """Return in how many periods the site is open, discounted as costs are."""
        sites = outcome.tables["sites"]
        here = sites[sites["name"] == self.site].set_index("period")["open"]
        names = outcome.network.periods.names.array
        return float((here.reindex(names).to_numpy(dtype=float) * outcome.network.periods.discount).sum())

    def flip(self) -> tuple[float, float]:
        """Return the change of the fixed cost a period that turns the choice: surely not below, surely beyond.

        Returns
        -------
        tuple of float
            Money a period, both at least 0: a rise for a site that is open, a fall for one that is not. The second is
            infinite where nothing is known, as for an open site without which there is no plan. With several periods
            the two are far apart for an open site, as it may then be open in fewer of them.
        """
        discount = self.chosen.network.periods.discount
        if self.is_open:
            least = self.at_least / self._periods_open(self.chosen)
            most = self.at_most / float(discount.min())  # where it is still open, it is so in one period at least
        else:
            least = self.at_least / float(discount.sum())
            open_for = self._periods_open(self.forced) if self.forced.found else 0.0
            most = self.at_most / open_for if open_for > 0 else np.inf
        return max(0.0, least), max(0.0, most)

    def flip_by_unit(self) -> tuple[float, float]:
        """Return the change of the cost of each unit through the site that turns the choice, as `flip` does.

        Returns
        -------
        tuple of float
            Money a unit, a rise for a site that is open, a fall for one that is not. For an open site nothing is sure
            beyond the first: less may pass through it. The first is 0 for a shut one whose throughput has no limit.
        """
        if self.is_open:
            through = self._through(self.chosen)
            return (max(0.0, self.at_least / through) if through > 0 else np.inf), np.inf
        limit = self._most_through()
        least = self.at_least / limit if limit > 0 else np.inf
        through = self._through(self.forced) if self.forced.found else 0.0
        return max(0.0, least), max(0.0, self.at_most / through) if through > 0 else np.inf

    def _through(self, outcome: Outcome) -> float:
        """Return the units through the site, discounted as costs are."""
        sites = outcome.tables["sites"]
        here = sites[sites["name"] == self.site].set_index("period")["throughput"]
        periods = outcome.network.periods
        return float((here.reindex(periods.names.array).to_numpy(dtype=float) * periods.discount).sum())

    def _most_through(self) -> float:
        """Return the most units that may pass through the site, discounted; infinite without a limit."""
        network = self.chosen.network
        facilities, smallest = network.facilities, network.products.measure.min(axis=1)
        size = float(smallest[facilities.capacity_unit[self._at]])
        if size <= 0:
            return np.inf
        return float((facilities.capacity[self._at] * network.periods.discount).sum()) / size

    def surely_kept(self) -> float:
        """Return by how much the fixed cost a period has to change the other way for the choice to be proved, money.

        A fall for a site that is open, a rise for one that is not; 0 where it is proved already, infinite where
        nothing is.
        """
        if self.decided:
            return 0.0
        if self.is_open:
            return -self.at_least / self._periods_open(self.chosen)
        return -self.at_least / float(self.chosen.network.periods.discount.min())

    def never(self) -> bool:
        """Return whether a shut site stays shut even if its fixed cost is nothing, proved."""
        return not self.is_open and self.flip()[0] > self.fixed_cost() + _NONE

    def served(self) -> tuple[float, int]:
        """Return units that go straight from the site to customers, and how many customers, where it is open."""
        outcome = self.chosen if self.is_open else self.forced
        if not outcome.found:
            return 0.0, 0
        flows = outcome.tables["flows"]
        here = flows[(flows["origin"] == self.site) & flows["destination"].isin(set(outcome.network.customers.names))]
        return float(here["quantity"].sum()), int(here["destination"].nunique())

    def instead(self) -> tuple[list[str], list[str]]:
        """Return the sites that open, and those that close, when this one is forced."""
        beside = self.comparison()
        if beside is None:
            return [], []
        return [n for n in beside.opened() if n != self.site], [n for n in beside.closed() if n != self.site]
