"""Tables of a baseline: the tie-out against actual spend, and the lanes and sites behind it.

variance = actual - modelled - as paid          (money, not discounted)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netopt.plan import Plan
from netopt.plan.audit.table import BUCKETS
from netopt.study.today.actual import KEY
from netopt.study.today.valued import Valued

__all__ = ["Explained", "explained", "explained_at_sites", "lanes_table", "off_network", "sites_table", "tie_out_table"]

_TIED = ["bucket", "period", "modelled", "as_paid", "actual", "variance", "share"]
_LANE = ["origin", "destination", "mode"]
_FREIGHT = ("transport", "vehicles", "lane")
"""Buckets that spend on flows is for; that of flows without a rate counts as the first."""

_AT_SITES = ("site", "handling", "storage")
"""Buckets that spend at sites is for, but for the storage of stock that is carried."""


@dataclass(frozen=True)
class Explained:
    """Where the variance of some buckets comes from.

    Parameters
    ----------
    variance : float
        Of those whose spend was typed: transport, vehicles and lane, or site, handling and storage.
    named : float
        What was paid on flows, or at sites, above (or below) the rates of the network.
    rest : float
        What is in the books and on no flow, or at no site.
    """

    variance: float
    named: float
    rest: float


def explained(run: Valued) -> Explained | None:
    """Return how much of the variance of the freight the spend on flows explains; None where either is not typed."""
    return _explained(run, _FREIGHT, lanes_table(run)["variance"])


def explained_at_sites(run: Valued) -> Explained | None:
    """Return how much of the variance of site, handling and storage the spend at sites explains, as `explained`."""
    return _explained(run, _AT_SITES, spent_at_sites(run)["variance"])


def _explained(run: Valued, buckets: tuple[str, ...], variance: pd.Series) -> Explained | None:
    typed = run.actual.spend
    if typed is None or not variance.notna().any():
        return None
    labels = {label for label, own in zip(typed["label"], typed["buckets"], strict=True) if set(own) & {*buckets}}
    tied = tie_out_table(run)
    whole = float(tied.loc[tied["bucket"].isin(labels) & tied["actual"].notna(), "variance"].sum())
    named = float(variance.sum())
    return Explained(whole, named, whole - named) if labels else None


def spent_at_sites(run: Valued) -> pd.DataFrame:
    """Return what was spent at each site beside what the network asks for, not discounted; by facility.

    ``spend`` and ``variance`` are NaN where no spend was typed; of a site whose spend was typed for some periods, those
    are compared.
    """
    facilities, periods = run.network.facilities, run.network.periods
    modelled = run.tables["sites"][["name", "period", "cost", "throughput"]].copy()
    modelled["cost"] /= periods.discount[periods.names.codes(modelled["period"])]
    typed = run.actual.sites
    if typed is None:
        modelled["spend"] = np.nan
    else:
        modelled = modelled.merge(typed[["name", "period", "spend"]], on=["name", "period"], how="left")
    said = modelled["spend"].notna()
    modelled["variance"] = modelled["spend"] - modelled["cost"]
    modelled["paid_units"] = modelled["throughput"].where(said, 0.0)
    summed = modelled.groupby("name", sort=False)[["spend", "variance", "paid_units"]].sum(min_count=1)
    table: pd.DataFrame = summed.reindex(facilities.names.array)
    table["implied_rate"] = _ratio(table["spend"], table["paid_units"])
    return table[["spend", "implied_rate", "variance"]]


def tie_out_table(run: Valued) -> pd.DataFrame:
    """Return the modelled cost beside what was spent; see `netopt.study.today.baseline.Baseline.tie_out`."""
    typed = run.actual.spend
    if typed is None:
        return pd.DataFrame(columns=_TIED)
    left = _by_bucket(run)
    rows = []
    for label, period, actual, buckets in zip(
        typed["label"], typed["period"], typed["spend"], typed["buckets"], strict=True
    ):
        here = left["bucket"].isin(buckets) & ((left["period"] == period) | (period == ""))
        rows.append([label, period, left.loc[here, "modelled"].sum(), left.loc[here, "as_paid"].sum(), actual])
        left = left[~here]
    tied = pd.DataFrame(rows, columns=_TIED[:5])
    total = pd.DataFrame([["total", "", *tied[["modelled", "as_paid", "actual"]].sum()]], columns=_TIED[:5])
    periods = "period" if (typed["period"] != "").any() else None
    rest = left.groupby(["bucket", periods] if periods else ["bucket"], sort=False)[["modelled", "as_paid"]].sum()
    rest = rest[(rest != 0).any(axis=1)].reset_index().assign(actual=np.nan)
    table = pd.concat([part for part in (tied, rest, total) if len(part)], ignore_index=True)
    table["period"] = table["period"].fillna("")
    table["variance"] = table["actual"] - table["modelled"] - table["as_paid"]
    base = (table["modelled"] + table["as_paid"]).to_numpy()
    table["share"] = np.divide(table["variance"].to_numpy(), base, out=np.full(len(base), np.nan), where=base != 0)
    return table[_TIED]


def _by_bucket(run: Valued) -> pd.DataFrame:
    """Return every bucket and period: ``modelled``, and ``as_paid`` in that of the transport; not discounted."""
    periods = run.network.periods
    cells = pd.MultiIndex.from_product([BUCKETS, periods.names.array], names=["bucket", "period"])
    costs = run.tables["costs"].set_index(["bucket", "period"])["cost"].reindex(cells, fill_value=0.0)
    paid = pd.Series(run.as_paid).groupby(run.actual.flows["period"].to_numpy()).sum()
    table: pd.DataFrame = (costs / np.tile(periods.discount, len(BUCKETS))).rename("modelled").reset_index()
    table["as_paid"] = table["period"].map(paid).fillna(0.0) * (table["bucket"] == _FREIGHT[0])
    return table


def lanes_table(run: Valued) -> pd.DataFrame:
    """Return the lanes that were used; see `netopt.study.today.baseline.Baseline.lanes`."""
    flows = run.actual.flows[[*_LANE, "quantity", "spend"]].copy()
    said = flows["spend"].notna()
    compared = said & ~np.isnan(run.freight)
    flows["modelled"] = run.freight
    flows["paid_quantity"] = flows["quantity"].where(said, 0.0)
    flows["variance"] = (flows["spend"] - flows["modelled"]).where(compared)
    flows["in_network"] = ~run.unknown
    groups = flows.groupby(_LANE, sort=False, dropna=False)
    numbers = ["quantity", "modelled", "paid_quantity", "spend", "variance"]
    table: pd.DataFrame = groups[numbers].sum(min_count=1).join(groups["in_network"].all())
    table["rate"] = _ratio(table["modelled"], table["quantity"])
    table["implied_rate"] = _ratio(table["spend"], table["paid_quantity"])
    typed = pd.Series(run.actual.row).groupby(groups.ngroup().to_numpy()[run.actual.flow]).agg(sorted)
    table["rows"] = [tuple(rows) for rows in typed]
    first = table["variance"].abs().fillna(-1.0) if compared.any() else table["modelled"].fillna(0.0)
    order = np.lexsort((-table["modelled"].fillna(0.0), -first))
    columns = [*_LANE, "quantity", "modelled", "rate", "paid_quantity", "spend", "implied_rate", "variance"]
    return table.iloc[order].reset_index()[[*columns, "in_network", "rows"]]


def _ratio(part: pd.Series, whole: pd.Series) -> pd.Series:
    return (part / whole.where(whole != 0)).astype(np.float64)


def off_network(run: Valued) -> pd.DataFrame:
    """Return the flows that the network has no rate for: ``spend`` where it was typed, and their ``rows``."""
    flows = run.actual.flows[[*KEY, "quantity", "spend"]]
    typed = pd.Series(run.actual.row).groupby(run.actual.flow).agg(sorted)
    without = np.isnan(run.freight)
    rows = pd.Series([tuple(rows) for rows in typed], dtype=object)
    return flows.assign(rows=rows)[without].reset_index(drop=True)


def sites_table(run: Valued, plans: Mapping[str, Plan]) -> pd.DataFrame:
    """Return what passes through the sites and what they cost; see `netopt.study.today.baseline.Baseline.sites`."""
    facilities = run.network.facilities
    table = pd.DataFrame({"name": facilities.names.array, "type": facilities.type, "existing": facilities.existing})
    for column, plan in plans.items():
        summed = plan.tables["sites"].groupby("name", sort=False)[["open", "throughput", "cost"]].sum()
        summed = summed.reindex(facilities.names.array).fillna(0.0)
        table[f"open_{column}"] = summed["open"].to_numpy(np.int64)
        table[f"throughput_{column}"] = summed["throughput"].to_numpy()
        table[f"cost_{column}"] = summed["cost"].to_numpy()
        table[f"rate_{column}"] = _ratio(table[f"cost_{column}"], table[f"throughput_{column}"])
    table = table.join(spent_at_sites(run).reset_index(drop=True))
    idle = run.idle.all(axis=1)
    started = (run.is_open & ~np.column_stack([facilities.existing, run.is_open[:, :-1]])).any(axis=1)
    table["note"] = np.select([idle, started], ["open without flow", "opens: not existing by the network"], "")
    largest = table[[f"cost_{column}" for column in plans]].max(axis=1)
    known = table["variance"].abs().fillna(-1.0)  # where spend was typed, what explains the variance comes first
    return table.iloc[np.lexsort((-largest, -known))].reset_index(drop=True)
