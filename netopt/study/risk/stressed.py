"""An outage, solved: with any candidate site, and with today's open sites only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netopt.network import Network
from netopt.study.comparison import Comparison
from netopt.study.outcome import Outcome
from netopt.study.risk.outage import Outage

__all__ = ["Stressed", "served_cost", "unmet_price", "unmet_units"]

_TIMES = 10.0
"""The price of a unit that goes unmet, in times of what a unit costs in the base."""


@dataclass(frozen=True, eq=False)
class Stressed:
    """What an outage comes to.

    Parameters
    ----------
    outage : Outage
        What is out.
    free : Outcome
        Where any candidate may open.
    held : Outcome
        Where no site may open that is not open in the base; the same one where ``free`` opens none.
    """

    outage: Outage
    free: Outcome
    held: Outcome

    @property
    def priced(self) -> bool:
        """Whether demand that must be met had to be given a price, as it cannot all be met."""
        return any(edit.table == "demand" for edit in self.free.scenario.edits)

    @property
    def held_priced(self) -> bool:
        """Whether that is so with today's sites."""
        return any(edit.table == "demand" for edit in self.held.scenario.edits)

    @property
    def severity(self) -> tuple[float, float]:
        """What outages are ordered by: units that go unmet, then cost; without a plan, it is the worst."""
        return (unmet_units(self.free), self.free.cost) if self.free.found else (np.inf, np.inf)

    def opens(self, base: Outcome) -> list[str]:
        """Return the sites that open, which is the mitigation."""
        today = set(base.open_sites())
        return [site for site in self.free.open_sites() if site not in today]

    def opening(self, base: Outcome) -> float:
        """Return the fixed and opening cost of the sites that open, money over all periods."""
        sites, facilities = self.free.tables["sites"], self.free.network.facilities
        position = {name: at for at, name in enumerate(facilities.names)}
        period = {name: at for at, name in enumerate(self.free.network.periods.names)}
        discount = self.free.network.periods.discount
        total = 0.0
        for row in sites[sites["name"].isin(self.opens(base))].to_dict("records"):
            i, t = position[str(row["name"])], period[str(row["period"])]
            once = float(row["opened"]) * facilities.opening_cost[i, t]
            total += float(discount[t]) * (float(row["open"]) * facilities.fixed_cost[i, t] + once)
        return float(total)

    def figures(self, base: Outcome) -> dict[str, Any]:
        """Return the outage as cells, see `netopt.study.risk.stress.Stress.table`."""
        row: dict[str, Any] = self.outage.figures() | {"priced": self.priced, "reason": ""}
        for prefix, outcome in (("", self.free), ("held_", self.held)):
            row |= {f"{prefix}{name}": value for name, value in _figures(base, outcome).items()}
        if not self.free.found:
            return row
        beside = Comparison(base, self.free)
        return row | {
            "at_least": beside.least if np.isfinite(beside.least) else None,
            "at_most": beside.most if np.isfinite(beside.most) else None,
            "opens": "; ".join(self.opens(base)),
            "opening": self.opening(base),
            "opening_saves": self.held.bound - self.free.cost if np.isfinite(self.held.bound) else None,
        }

    def unmet(self) -> Iterator[pd.DataFrame]:
        """Yield what goes unmet, with any site and with today's."""
        outcomes = {"any": self.free, "today's": self.held}
        for sites, outcome in outcomes.items():
            if outcome.found and len(outcome.tables["unmet"]):
                yield outcome.tables["unmet"].assign(scenario=self.outage.name, sites=sites)


def _figures(base: Outcome, outcome: Outcome) -> dict[str, Any]:
    status = str(outcome.summary["status"])
    if not outcome.found:
        return {"status": status}
    return {
        "status": status,
        "cost": outcome.cost,
        "change": served_cost(outcome) - served_cost(base),
        "unmet": unmet_units(outcome),
        "unmet_cost": outcome.cost - served_cost(outcome),
    }


def served_cost(outcome: Outcome) -> float:
    """Return the cost without what unmet demand is priced at, money."""
    costs = outcome.tables["costs"]
    return float(costs["cost"][costs["bucket"] != "unmet"].sum())


def unmet_units(outcome: Outcome) -> float:
    """Return how many units go unmet."""
    return float(outcome.tables["unmet"]["quantity"].sum())


def unmet_price(base: Outcome, network: Network, asked: float | None) -> float:
    """Return what a unit of demand that must be met costs where it is not, NaN where all demand has a price."""
    if not np.isnan(network.demand["unmet_cost"]).any():
        return np.nan
    if asked is not None:
        return asked
    delivered = float(base.tables["service"]["delivered"].sum())
    price = _TIMES * base.cost / delivered if delivered > 0 else 0.0
    return price if price > 0 else 1.0
