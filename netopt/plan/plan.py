"""A plan: what to open, buy, store and ship; what it costs; and how close to cheapest it is."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.drawing import draw
from netopt.network import Network
from netopt.plan.audit import AuditReport, audit
from netopt.plan.audit.table import BUCKETS
from netopt.plan.graph import graph_with_flows
from netopt.solve.control import gap_between

if TYPE_CHECKING:
    import networkx as nx
    import plotly.graph_objects as go

    from netopt.formulation import Room
    from netopt.plan.diagnosis import Diagnosis
    from netopt.plan.folder import Page
    from netopt.solve.bound import Certificate

__all__ = ["Plan"]

_DUST = 1e-9


@dataclass(frozen=True, repr=False)
class Plan:
    """What `netopt.solve` returns.

    Parameters
    ----------
    network : Network
        What was solved.
    status : {'optimal', 'feasible', 'infeasible', 'unbounded', 'interrupted'}
        ``optimal`` means within the asked gap.
    tables : mapping of str to DataFrame
        By name, see `netopt.plan.tables.PLAN_TABLES`; empty when there is no plan.
    bound : float
        The lower bound of the search, netopt's own or that of HiGHS as ``facts["bound_by"]`` says; minus infinity
        where it has none.
    seconds : float
        From the start of formulating to the end.
    asked_gap : float
        Gap at which the search was to stop.
    diagnosis : Diagnosis or None
        Why there is no plan, for an infeasible network.
    rooms : tuple of Room
        A script's own rooms; each that has an ``audit(network, plan)`` is asked, too.
    amended : bool
        Whether a script has added constraints of its own.
    facts : mapping of str to object
        Versions, seed, nodes and the like, for the record.
    certificate : Certificate or None
        What the proved bound rests on; None where there is none.
    choices : tuple of ndarray or None
        Positions and values of the whole columns of the program that are not zero, each of shape (n,); None where
        there is no plan.
    pages : tuple of callable
        Write the further files of the output folder, such as the report and the workbook.
    """

    network: Network
    status: str
    tables: Mapping[str, pd.DataFrame]
    bound: float
    seconds: float
    asked_gap: float
    diagnosis: Diagnosis | None = None
    rooms: tuple[Room, ...] = ()
    amended: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)
    certificate: Certificate | None = None
    choices: tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]] | None = None
    pages: tuple[Page, ...] = ()

    @property
    def found(self) -> bool:
        """Whether there is a plan at all."""
        return "flows" in self.tables

    @property
    def cost(self) -> float:
        """Total cost, the sum of `costs`; infinite without a plan."""
        return float(self.tables["costs"]["cost"].sum()) if self.found else float("inf")

    @property
    def gap(self) -> float:
        """How far the plan may be from the cheapest one, relative to its cost."""
        return gap_between(self.cost, self.bound)

    @property
    def proved_bound(self) -> float | None:
        """A lower bound that does not trust the solver, at most `cost`; None where there is none."""
        if self.certificate is None or not self.found or not np.isfinite(self.certificate.bound):
            return None
        return min(self.certificate.bound, self.cost)

    def flows(self) -> pd.DataFrame:
        """Return what moves: origin, destination, mode, product, period, quantity, vehicles, cost and more."""
        return self._table("flows")

    lanes = flows

    def sites(self) -> pd.DataFrame:
        """Return every site and period: open, throughput, utilization, cost and more."""
        return self._table("sites")

    def inventory(self) -> pd.DataFrame:
        """Return stock at the end of each period where it is carried."""
        return self._table("inventory")

    def costs(self, bucket: str | None = None) -> pd.DataFrame:
        """Return the cost by bucket and period, of one bucket where it is named."""
        table = self._table("costs")
        return table if bucket is None or table.empty else table[table["bucket"] == bucket].reset_index(drop=True)

    def prices(self) -> pd.DataFrame:
        """Return what one more unit of a limit is worth, for the chosen sites."""
        return self._table("prices")

    def service(self) -> pd.DataFrame:
        """Return what each demand got, in how many days, and from where."""
        return self._table("service")

    def unmet(self) -> pd.DataFrame:
        """Return demand that is not met."""
        return self._table("unmet")

    def purchases(self) -> pd.DataFrame:
        """Return what is bought, or made at plants."""
        return self._table("purchases")

    def _table(self, name: str) -> pd.DataFrame:
        return self.tables[name].copy() if name in self.tables else pd.DataFrame()

    @cached_property
    def graph(self) -> nx.MultiDiGraph[str]:
        """The graph of the network (see `Network.graph`); lanes in use have their ``quantity``, units in all periods.

        Where the network has too many lanes for its graph, those in use are the ones that are there.
        """
        flows = self.tables.get("flows")
        return self.network.graph if flows is None else graph_with_flows(self.network, flows)

    def map(self, **options: str | None) -> go.Figure:
        """Return the map of the plan, or a graph in layers where no place has coordinates, as a plotly figure.

        Parameters
        ----------
        **options
            ``product`` and ``period``, for what moves of one product, or leaves in one period; ``colour``, what the
            colours of lanes tell: ``mode``, ``kind`` (the types of places at both ends) or ``cost`` (per unit).

        Raises
        ------
        ValueError
            When there is no plan, nothing moves of the product in the period, or an option is none of these.
        """
        return draw(self, "map", **options)

    def chart(self, name: str, **options: str | None) -> go.Figure:
        """Return a figure of the page as a plotly figure, with its finding as the title.

        Parameters
        ----------
        name : str
            One of `netopt.report.figures.FIGURES`, such as ``costs``, ``utilization`` or ``sankey``.
        **options
            Of that figure.

        Raises
        ------
        ValueError
            When there is no such figure, or the plan has nothing of the kind, such as stock.
        """
        return draw(self, name, **options)

    def audit(self) -> AuditReport:
        """Recompute feasibility and every cost from the input tables, with no formulation and no solver code.

        Returns
        -------
        AuditReport
            ``.ok``, the ``breaches``, and the recomputed costs. The rules of a script's own rooms are checked by
            their own ``audit``, and their cost buckets are taken as stated.
        """
        return self._report

    @cached_property
    def _report(self) -> AuditReport:
        tables = dict(self.tables)
        if self.rooms or self.amended:
            tables["costs"] = tables["costs"][tables["costs"]["bucket"].isin(BUCKETS)]
        report = audit(self.network, tables)
        own = [room.audit(self.network, self) for room in self.rooms if hasattr(room, "audit")]
        breaches = [part for part in (report.breaches, *own) if len(part)]
        return replace(report, breaches=pd.concat(breaches, ignore_index=True)) if len(breaches) else report

    def summary(self) -> dict[str, Any]:
        """Return the headline figures, as written to ``summary.json``."""
        finite = {
            key: value if np.isfinite(value) else None for key, value in (("cost", self.cost), ("bound", self.bound))
        }
        gap = self.gap if self.found and np.isfinite(self.gap) else None
        head: dict[str, Any] = {
            "status": self.status,
            "cost": finite["cost"],
            "bound": finite["bound"],
            "gap": gap,
            "asked_gap": self.asked_gap,
            "proved_bound": self.proved_bound,
            "currency": self.network.settings.currency,
            "seconds": round(self.seconds, 3),
        }
        if self.found:
            sites, service = self.tables["sites"], self.tables["service"]
            wanted, delivered = float(service["demand"].sum()), float(service["delivered"].sum())
            ever = sites[sites["open"] == 1]["name"].drop_duplicates()
            head |= {
                "open_sites": ever.tolist(),
                "demand": wanted,
                "demand_met": _part(delivered, wanted),
                "on_time": _part(float(service["on_time"].sum()), delivered),
                "costs": {
                    str(k): float(v)
                    for k, v in self.tables["costs"].groupby("bucket", sort=False)["cost"].sum().items()
                },
                "audit": "passed" if self.audit().ok else "failed",
            }
        else:
            head |= {"open_sites": [], "demand_met": None}
        if self.diagnosis is not None:
            head["reasons"] = self.diagnosis.words()
        tables = self.network.tables
        edits = {"edits": [dict(edit) for edit in tables.edits]} if tables.edits else {}
        return head | dict(self.facts) | {"input": tables.path, "input_sha256": tables.sha256} | edits

    def save(self, folder: str | Path) -> Path:
        """Write the output folder, whole or not at all.

        Parameters
        ----------
        folder : path
            Written anew; an earlier plan of netopt there is replaced.

        Raises
        ------
        PlanError
            When the folder holds anything but a plan.
        """
        from netopt.plan.folder import write_plan

        return write_plan(self, Path(folder), self.pages)

    def __repr__(self) -> str:
        if not self.found:
            return f"<Plan: {self.status}>"
        return f"<Plan: {self.status}, cost {self.cost:,.2f}, gap {self.gap:.4%}>"

    def _repr_html_(self) -> str:
        if not self.found:
            reasons = (
                "".join(f"<li>{html.escape(line)}</li>" for line in self.diagnosis.words()) if self.diagnosis else ""
            )
            return f"<p><b>{html.escape(self.status)}</b></p><ul>{reasons}</ul>"
        money = html.escape(self.network.settings.currency)
        sites = self.tables["sites"]
        shown = sites[sites["open"] == 1].drop(columns=["open"])
        costs = self.tables["costs"].groupby("bucket", sort=False)["cost"].sum().reset_index()
        tables = [frame.to_html(index=False, escape=True, float_format="{:,.2f}".format) for frame in (costs, shown)]
        head = f"{self.cost:,.2f} {money}, {html.escape(self.status)}, within {max(self.gap, 0):.3%} of the cheapest"
        return f"<p><b>{head}</b></p>{''.join(tables)}"


def _part(some: float, whole: float) -> float:
    """Return a share of a sum, all of it where only rounding is missing or too much."""
    return some / whole if some < whole * (1 - _DUST) else 1.0
