"""Add a modelling feature of your own: union hours at fulfillment centers.

hours[i,t] = minutes_per_unit / 60 * throughput[i,t]; what goes beyond the regular hours is paid as overtime:
throughput * minutes / 60 <= regular + overtime[i,t]                                            (hours per period)
overtime = sum(overtime_wage * overtime[i,t])                                                   (money)

A room is a class with a name and ``build(draft)``; give it ``audit(network, plan)`` and its rules are checked on the
finished plan as well, without the solver.
"""

from pathlib import Path

import numpy as np
import pandas as pd

import netopt

DATA = Path(__file__).resolve().parent.parent / "data"


class UnionHours:
    """Regular hours at every fulfillment center, overtime beyond."""

    name = "union_hours"

    def __init__(self, minutes_per_unit: float, regular_hours: float, overtime_wage: float) -> None:
        self.hours_per_unit = minutes_per_unit / 60
        self.regular_hours = regular_hours
        self.overtime_wage = overtime_wage

    def build(self, draft: netopt.Draft) -> None:
        """Add ``overtime`` and its row for every fulfillment center and period."""
        facilities, n_t = draft.network.facilities, len(draft.network.periods)
        centers = np.nonzero(facilities.type == "fc")[0]
        site, period = np.repeat(centers, n_t), np.tile(np.arange(n_t), len(centers))
        overtime = draft.columns("overtime", {"site": site, "period": period}, kind="share")
        draft.charge("overtime", overtime.at, self.overtime_wage, period)

        rows = draft.rows("union_hours", {"site": site, "period": period}, upper=self.regular_hours)
        row_of = np.full((len(facilities), n_t), -1)
        row_of[site, period] = rows.at
        column, at, _, when = draft.throughput
        row = row_of[at, when]
        draft.term(row[row >= 0], column[row >= 0], self.hours_per_unit)
        draft.term(rows.at, overtime.at, -1.0)

    def audit(self, _network: netopt.Network, plan: netopt.Plan) -> pd.DataFrame:
        """Return a breach where the overtime that was worked is not what was paid."""
        sites = plan.sites()
        hours = sites[sites["type"] == "fc"]["throughput"] * self.hours_per_unit
        owed = (hours - self.regular_hours).clip(lower=0).sum() * self.overtime_wage
        paid = plan.costs("overtime")["cost"].sum()
        wrong = abs(owed - paid) > 1e-6 * max(1.0, owed)
        breach = {
            "rule": "union_hours",
            "where": "all centers",
            "period": "",
            "value": paid,
            "bound": owed,
            "excess": abs(owed - paid),
            "words": f"overtime of {owed:,.2f} was worked, {paid:,.2f} is paid",
        }
        return pd.DataFrame([breach] if wrong else [])


rooms = (*netopt.ROOMS, UnionHours(minutes_per_unit=3, regular_hours=5, overtime_wage=30))
plan = netopt.solve(DATA / "tiny" / "network.csv", rooms=rooms)
print(f"with union hours: {plan.cost:,.0f}, of which overtime {plan.costs('overtime')['cost'].sum():,.0f}")
print(plan.sites()[["name", "open", "throughput"]].to_string(index=False))
assert plan.audit().empty
