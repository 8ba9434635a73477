"""One scenario beside another: cost by bucket and why, sites, customers, service and emissions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from netopt.study.effects import effects
from netopt.study.outcome import Outcome
from netopt.study.today.finance import Appraisal, finance
from netopt.study.today.valued import AS_PAID

__all__ = ["SERVICE", "Comparison"]

SERVICE = ("demand_met", "on_time", "days", "emissions")
"""Figures of service and emissions that scenarios are compared by."""

_MOVED = 1e-6


@dataclass(frozen=True, eq=False)
class Comparison:
    """What changes from one scenario to another; both have a plan.

    Parameters
    ----------
    before, after : Outcome
        The two.
    paid : float
        Part of the old cost that no bucket has, money: what was paid on flows that the network has no rate for.
    """

    before: Outcome
    after: Outcome
    paid: float = 0.0

    @property
    def change(self) -> float:
        """Of the cost, money."""
        return self.after.cost - self.before.cost

    @property
    def least(self) -> float:
        """The cheapest plans differ by at least this much: the new bound less the old cost, money."""
        return self.after.bound - self.before.cost

    @property
    def most(self) -> float:
        """The cheapest plans differ by at most this much: the new cost less the old bound, money."""
        return self.after.cost - self.before.bound

    def costs(self) -> pd.DataFrame:
        """Return the change of each bucket and what it is made of, see `netopt.study.effects`."""
        return self._costs.copy()

    @cached_property
    def _costs(self) -> pd.DataFrame:
        before, after = ((each.network, each.tables) for each in (self.before, self.after))
        table = effects(before, after)
        if not self.paid:
            return table
        row = {"bucket": AS_PAID, "before": self.paid, "after": 0.0, "change": -self.paid}
        row |= {"price": 0.0, "volume": 0.0, "rerouting": -self.paid}
        return pd.concat([table, pd.DataFrame([row])], ignore_index=True)

    def service(self) -> dict[str, float | None]:
        """Return the change of ``demand_met``, ``on_time`` (shares), ``days``, ``emissions`` (kg), None if unknown."""
        before, after = self.before.figures(), self.after.figures()
        return {name: _less(after[name], before[name]) for name in SERVICE}

    def appraisal(self, *, years: float, rate: float | None = None, before: Outcome | None = None) -> Appraisal | None:
        """Return what it is worth to change from the one to the other, None where their periods differ.

        Parameters
        ----------
        years : float
            How far to look.
        rate : float, optional
            Discount rate a year; that of the network without it.
        before : Outcome, optional
            What stands for the old one: with what was paid off the network among its costs.
        """
        old, new = before or self.before, self.after
        periods = [each.network.periods for each in (old, new)]
        if list(periods[0].names) != list(periods[1].names) or (periods[0].days != periods[1].days).any():
            return None
        return finance(old, new, years=years, rate=rate)

    def sites(self) -> pd.DataFrame:
        """Return ``site``, ``type``, ``before`` and ``after`` (periods open), throughput of both, and ``words``."""
        parts = [_by_site(each.tables["sites"]) for each in (self.before, self.after)]
        names = list(dict.fromkeys([*parts[0].index, *parts[1].index]))
        before, after = (part.reindex(names) for part in parts)
        opened = [part["open"].fillna(0.0).to_numpy(dtype=float) for part in (before, after)]
        words = np.select(
            [(opened[0] == 0) & (opened[1] > 0), (opened[0] > 0) & (opened[1] == 0)], ["opens", "closes"], ""
        )
        table = pd.DataFrame(
            {
                "site": np.array(names, dtype=object),
                "type": before["type"].fillna(after["type"]).to_numpy(dtype=object),
                "before": opened[0],
                "after": opened[1],
                "throughput_before": before["throughput"].fillna(0.0).to_numpy(),
                "throughput_after": after["throughput"].fillna(0.0).to_numpy(),
                "words": words.astype(object),
            }
        )
        return table[(table["before"] > 0) | (table["after"] > 0)].reset_index(drop=True)

    def opened(self) -> list[str]:
        """Return the sites that open."""
        return self._changing("opens")

    def closed(self) -> list[str]:
        """Return the sites that close."""
        return self._changing("closes")

    def _changing(self, words: str) -> list[str]:
        sites = self.sites()
        return [str(name) for name in sites["site"][sites["words"] == words]]

    def customers(self) -> pd.DataFrame:
        """Return the customers that are served from elsewhere, those with the most units first.

        Returns
        -------
        DataFrame
            ``customer``, ``from_before`` and ``from_after`` (the largest source), ``units`` (what now comes from where
            it did not before, beyond what each source sends when shares stay), ``days_before``, ``days_after``.
        """
        shares = [_shares(each) for each in (self.before, self.after)]
        both = pd.concat(shares, axis=1, keys=["before", "after"]).fillna(0.0)
        moved = (both["after"] - both["before"]).clip(lower=0.0).groupby(level=0, sort=False).sum()
        wanted = self.after.tables["service"].groupby("customer", sort=False)["delivered"].sum()
        units = (moved * wanted.reindex(moved.index).fillna(0.0)).rename("units")
        here = units[moved > _MOVED]
        days = [_days(each) for each in (self.before, self.after)]
        table = pd.DataFrame(
            {
                "customer": here.index.to_numpy(dtype=object),
                "from_before": _largest(shares[0]).reindex(here.index).fillna("").to_numpy(dtype=object),
                "from_after": _largest(shares[1]).reindex(here.index).fillna("").to_numpy(dtype=object),
                "units": here.to_numpy(),
                "days_before": days[0].reindex(here.index).to_numpy(),
                "days_after": days[1].reindex(here.index).to_numpy(),
            }
        )
        return table.sort_values("units", ascending=False, kind="stable").reset_index(drop=True)


def _less(one: object, other: object) -> float | None:
    return one - other if isinstance(one, float) and isinstance(other, float) else None


def _by_site(sites: pd.DataFrame) -> pd.DataFrame:
    """Return type, periods open and units through, by site."""
    grouped = sites.groupby("name", sort=False)
    return pd.DataFrame(
        {"type": grouped["type"].first(), "open": grouped["open"].sum(), "throughput": grouped["throughput"].sum()}
    )


def _shares(outcome: Outcome) -> pd.Series:
    """Return the share of what each customer gets that comes from each site, by customer and origin."""
    flows = outcome.tables["flows"]
    customers = set(outcome.network.customers.names)
    here = flows[flows["destination"].isin(customers)]
    units = here.groupby(["destination", "origin"], sort=False)["quantity"].sum()
    return units / units.groupby(level=0, sort=False).transform("sum")


def _largest(shares: pd.Series) -> pd.Series:
    ordered = shares.sort_values(ascending=False, kind="stable").reset_index()
    return ordered.drop_duplicates("destination").set_index("destination")["origin"]


def _days(outcome: Outcome) -> pd.Series:
    """Return the days that a unit takes from its last site, by customer."""
    service = outcome.tables["service"]
    total = (service["delivered"] * service["average_days"].fillna(0.0)).groupby(service["customer"], sort=False).sum()
    units = service["delivered"].groupby(service["customer"], sort=False).sum()
    return total / units.where(units > 0)
