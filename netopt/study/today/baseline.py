"""Baseline first: what the network costs as it is run today, and where the savings are.

Three columns of the same demand. As run: typed flows, valued and not optimised. Today's sites, best flows: every site
that is open today is held open and every other one closed, period by period, and the rest is solved; sites start and
stop as they do today, so nothing is paid once that is not paid today, too. Best sites: the network solved as it is.

saving in the cheapest plans of a step lies in [bound before - cost after, cost before - bound after]      (money)

What is run today is no plan that something could be below: its cost is its own bound.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from netopt.network import Network, read
from netopt.plan import Plan
from netopt.plan.audit import audit
from netopt.plan.audit.table import BUCKETS
from netopt.plan.solve import solve
from netopt.solve import Progress
from netopt.study.today.actual import KEY, Source, read_actual
from netopt.study.today.finance import YEARS, Appraisal, check_appraisal, finance, once_only
from netopt.study.today.forbidden import forbidden
from netopt.study.today.permitted import with_sites
from netopt.study.today.tied import (
    Explained,
    explained,
    explained_at_sites,
    lanes_table,
    off_network,
    sites_table,
    tie_out_table,
)
from netopt.study.today.valued import AS_PAID, Valued, valued

__all__ = ["AS_PAID", "COLUMNS", "STEPS", "Baseline", "baseline"]

COLUMNS = ("as_run", "best_flows", "best_sites")
"""As run today; today's sites, best flows; best sites."""

STEPS = (
    ("best_flows", "as_run", "best_flows"),
    ("best_sites", "best_flows", "best_sites"),
    ("all", "as_run", "best_sites"),
)
"""Each step from one column to another: its name, where from and where to."""


_LATE = 0.9
"""Share of the time limit from which on the clock has ended a search."""


@dataclass(frozen=True, repr=False)
class Baseline:
    """What `baseline` returns.

    Parameters
    ----------
    run : Valued
        The network as it is run.
    plans : mapping of str to Plan
        By column, see `COLUMNS`. ``as_run`` has the status ``valued`` and no bound; its breaches are `forbidden`. The
        others may have found nothing, or be left out.
    years : float
        How far `finance` looks.
    rate : float
        Discount rate a year.
    """

    run: Valued
    plans: Mapping[str, Plan]
    years: float
    rate: float

    @property
    def network(self) -> Network:
        """The network as it was typed."""
        return self.run.network

    @property
    def found(self) -> tuple[str, ...]:
        """The columns that have a plan."""
        return tuple(name for name in COLUMNS if name in self.plans and self.plans[name].found)

    @cached_property
    def off_network(self) -> float:
        """What was paid on flows without a rate in the network, discounted."""
        return self.run.off_network

    def cost(self, column: str) -> float:
        """Return the cost of a column; what was paid off the network counts as run. Infinite without a plan."""
        if column not in self.plans:
            return float("inf")
        return self.plans[column].cost + (self.off_network if column == "as_run" else 0.0)

    def bound(self, column: str) -> float:
        """Return what the cheapest plan of a column does not cost less than; as run, its cost."""
        return self.cost(column) if column == "as_run" else self.plans[column].bound

    def table(self) -> pd.DataFrame:
        """Return the cost by ``bucket`` and column, discounted as in plans, with the ``total`` in the last row.

        Columns without a plan are left out; a bucket is there where it costs anything in one of them.
        """
        columns = {name: self._buckets(name) for name in self.found}
        table = pd.DataFrame(columns).reindex([*BUCKETS, AS_PAID]).fillna(0.0)
        table = table[(table != 0).any(axis=1)]
        table.loc["total"] = [self.cost(name) for name in self.found]
        return table.rename_axis("bucket").reset_index()

    def _buckets(self, column: str) -> pd.Series:
        costs = self.plans[column].costs().groupby("bucket")["cost"].sum()
        if column == "as_run" and self.off_network:
            costs.loc[AS_PAID] = self.off_network
        return costs

    def figures(self) -> pd.DataFrame:
        """Return a row for each column that was asked for: how it was found, what it delivers, and at what a unit.

        ``column``, ``status``, ``cost``, ``bound``, ``gap``, ``proved_bound``, ``demand``, ``delivered``,
        ``cost_per_unit``, ``on_time`` (share of what is delivered), ``open_sites``, ``once_only`` (part of the cost).
        """
        return pd.DataFrame([self._figures(name) for name in COLUMNS if name in self.plans])

    def _figures(self, column: str) -> dict[str, Any]:
        plan = self.plans[column]
        head: dict[str, Any] = {"column": column, "status": plan.status}
        if not plan.found:
            return head
        service, sites, cost = plan.tables["service"], plan.tables["sites"], self.cost(column)
        delivered = float(service["delivered"].sum())
        known = column != "as_run" and bool(np.isfinite(plan.bound))
        return head | {
            "cost": cost,
            "bound": plan.bound if known else np.nan,
            "gap": plan.gap if known else np.nan,
            "proved_bound": np.nan if plan.proved_bound is None else plan.proved_bound,
            "demand": float(service["demand"].sum()),
            "delivered": delivered,
            "cost_per_unit": cost / delivered if delivered else np.nan,
            "on_time": float(service["on_time"].sum()) / delivered if delivered else np.nan,
            "open_sites": int(sites[sites["open"] == 1]["name"].nunique()),
            "once_only": float((once_only(plan) * plan.network.periods.discount).sum()),
        }

    def tie_out(self) -> pd.DataFrame:
        """Return the modelled cost beside what was spent, not discounted; empty where no spend was typed.

        ``bucket`` (several joined by + where the books keep them as one), ``period`` (empty for the whole horizon),
        ``modelled``, ``as_paid`` (flows that the network has no rate for, at what was paid; with the transport),
        ``actual`` (NaN where none was typed), ``variance`` = actual - modelled - as_paid and its ``share`` of
        modelled and as_paid. Buckets that cost something and whose spend was not typed follow without an actual; the
        ``total`` in the last row is that of the rows with one.
        """
        return tie_out_table(self.run)

    def lanes(self) -> pd.DataFrame:
        """Return the lanes that were used, those first that explain the variance of the transport.

        ``origin``, ``destination``, ``mode``, ``quantity``, ``modelled``, ``rate`` (modelled a unit), ``paid_quantity``
        (units whose spend was typed), ``spend``, ``implied_rate`` (spend a unit), ``variance`` (spend less what the
        same flows cost by the network's rates; NaN where no spend was typed or there is no rate), ``in_network`` and
        ``rows``. Without any spend the costliest come first. Nothing is discounted.
        """
        return lanes_table(self.run)

    def explained(self) -> Explained | None:
        """Return how much of the variance of the freight the spend on flows explains; None where one is not typed."""
        return explained(self.run)

    def explained_at_sites(self) -> Explained | None:
        """Return the same of site, handling and storage by the spend at sites."""
        return explained_at_sites(self.run)

    def sites(self) -> pd.DataFrame:
        """Return the sites: what passes through and what they cost (site, handling, cycle stock) in each column.

        ``name``, ``type``, ``existing``, and for each column with a plan ``open_…`` (periods), ``throughput_…``,
        ``cost_…`` (discounted) and ``rate_…`` (a unit through); ``spend`` (as typed, not discounted), ``implied_rate``
        (spend a unit through) and ``variance`` (spend less what the network asks for in the same periods), NaN where no
        spend was typed; ``note`` says what is odd as run. The largest variance comes first, then what is costliest.
        """
        return sites_table(self.run, {name: self.plans[name] for name in self.found})

    @cached_property
    def _forbidden(self) -> pd.DataFrame:
        return forbidden(self.run)

    def forbidden(self) -> pd.DataFrame:
        """Return what the model forbids and was done; see `netopt.study.today.forbidden.forbidden`."""
        return self._forbidden.copy()

    def off_network_flows(self) -> pd.DataFrame:
        """Return the flows that the network has no rate for, at what was paid, NaN where nothing says it."""
        return off_network(self.run)

    def changes(self) -> pd.DataFrame:
        """Return the units of every flow in each column, what changes most from the first to the last first.

        ``origin``, ``destination``, ``mode``, ``product``, ``period`` and a column of units for each in `found`.
        """
        parts = {name: self.plans[name].tables["flows"].set_index(KEY)["quantity"] for name in self.found}
        table = pd.DataFrame(parts).fillna(0.0)
        change = (table[self.found[-1]] - table[self.found[0]]).abs().to_numpy()
        return table.iloc[np.argsort(-change, kind="stable")].rename_axis(KEY).reset_index()

    def savings(self) -> pd.DataFrame:
        """Return what each step saves, by bucket and in all.

        ``step`` (``best_flows``, ``best_sites``, ``all``), ``bucket``, ``before``, ``after``, ``saving`` and its
        ``share`` of the total before; and for the ``total`` of a step ``at_least`` and ``at_most``: where the saving
        between the cheapest plans lies by their bounds, NaN where a bound is not known. Steps to or from a column
        without a plan are left out.
        """
        table = self.table().set_index("bucket")
        parts = []
        for step, before, after in self._steps():
            part = pd.DataFrame({"step": step, "bucket": table.index, "before": table[before].to_numpy()})
            part["after"] = table[after].to_numpy()
            part["saving"] = part["before"] - part["after"]
            part["share"] = part["saving"] / self.cost(before) if self.cost(before) else np.nan
            least, most = self.bound(before) - self.cost(after), self.cost(before) - self.bound(after)
            total = part["bucket"] == "total"
            part["at_least"] = np.where(total & np.isfinite(least), least, np.nan)
            part["at_most"] = np.where(total & np.isfinite(most), most, np.nan)
            parts.append(part)
        columns = ["step", "bucket", "before", "after", "saving", "share", "at_least", "at_most"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    def finance(self) -> pd.DataFrame:
        """Return what each step is worth over the years: a row a step, the fields of `finance.Appraisal`.

        What was paid off the network counts among the costs as run.
        """
        rows = []
        for step, before, after in self._steps():
            worth = finance(self._paid(before), self._paid(after), years=self.years, rate=self.rate)
            rows.append({"step": step, **vars(worth)})
        return pd.DataFrame(rows, columns=["step", *(field.name for field in fields(Appraisal))])

    def _paid(self, column: str) -> Plan:
        """Return the plan of a column with what was paid off the network among its costs."""
        plan = self.plans[column]
        return plan if column != "as_run" else replace(plan, tables={**plan.tables, "costs": self.run.costs_as_paid()})

    def _steps(self) -> list[tuple[str, str, str]]:
        return [step for step in STEPS if step[1] in self.found and step[2] in self.found]

    def __repr__(self) -> str:
        costs = ", ".join(f"{name} {self.cost(name):,.2f}" for name in self.found)
        return f"<Baseline: {costs}>"


def baseline(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    flows: Source,
    *,
    stocks: Source | None = None,
    actuals: Source | None = None,
    sites: Source | None = None,
    optimise: bool = True,
    gap: float = 1e-4,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    years: float = YEARS,
    discount_rate: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    heard: Callable[[str, Plan], None] | None = None,
) -> Baseline:
    """Value a network as it is run today, and find what today's sites and the best sites could save.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `netopt.read` takes.
    flows : path or DataFrame
        What moved: the columns of the table actual_flows, which are those of a plan's flows and ``spend``. A workbook
        may hold the tables below, too.
    stocks, actuals, sites : path or DataFrame, optional
        Tables actual_stocks, actuals and actual_sites. See `netopt.study.today.valued` for what follows without them.
    optimise : bool
        Whether to solve for the best flows and the best sites; valuing alone takes no search.
    gap, time_limit, threads, seed, progress
        Of each of the two solves, as in `netopt.solve`.
    years : float
        How far `Baseline.finance` looks.
    discount_rate : float, optional
        Yearly, of `Baseline.finance`; the network's `settings.discount_rate` without it.
    heard : callable, optional
        Told the name and the plan of each column as soon as it is there.

    Returns
    -------
    Baseline
        The columns, what ties out, and what the model forbids.

    Raises
    ------
    InputError
        When the network or a table cannot be used as it is; with every problem, its row and its fix.
    ValueError
        When an option is out of range.

    Notes
    -----
    A column that comes out costlier than the one before it, which a gap allows, takes that one's plan where it keeps
    the rules of the column: a saving is then nothing, and not below nothing.
    """
    network = read(source)
    rate = network.settings.discount_rate if discount_rate is None else discount_rate
    check_appraisal(years, rate)
    run = valued(network, read_actual(network, flows, stocks, actuals, sites))
    plans = {"as_run": _as_plan(run)}
    told = heard or (lambda _name, _plan: None)
    told("as_run", plans["as_run"])
    if optimise:
        held = with_sites(network, run.is_open)
        for column, case in (("best_flows", held), ("best_sites", network)):
            plan = solve(case, gap=gap, time_limit=time_limit, threads=threads, seed=seed, progress=progress)
            earlier = [
                plans[name] for name in COLUMNS if name in plans and not (name == "as_run" and run.unknown.any())
            ]
            plans[column] = _no_worse(plan, earlier)
            told(column, plans[column])
            if plan.status == "interrupted" and not (time_limit is not None and plan.seconds >= _LATE * time_limit):
                break  # by Ctrl-C: where the clock alone was over, the other column has time of its own
    return Baseline(run, plans, float(years), float(rate))


def _as_plan(run: Valued) -> Plan:
    return Plan(
        network=run.as_run, status="valued", tables=run.tables, bound=-np.inf, seconds=0.0, asked_gap=0.0, facts={}
    )


def _no_worse(plan: Plan, earlier: list[Plan]) -> Plan:
    """Return a plan with the tables of the cheapest earlier one that is cheaper and keeps its rules."""
    for other in sorted(earlier, key=lambda one: one.cost):
        if plan.found and other.found and other.cost < plan.cost and audit(plan.network, other.tables).ok:
            return replace(plan, tables=other.tables, bound=min(plan.bound, other.cost))
    return plan
