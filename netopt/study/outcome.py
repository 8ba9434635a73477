"""What a scenario came to: its plan's tables and figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from netopt.network import Network
from netopt.plan.audit import AuditReport, audit
from netopt.plan.footing import Footing
from netopt.study.scenario import Scenario

__all__ = ["Outcome"]


@dataclass(frozen=True, eq=False)
class Outcome:
    """A scenario, solved.

    Parameters
    ----------
    scenario : Scenario
        What was solved.
    summary : mapping of str to object
        As in ``summary.json`` of its plan.
    tables : mapping of str to DataFrame
        Of its plan; empty where there is none.
    source : Network
        The network before the scenario's edits.
    footing : Footing or None
        What searches for plans of networks like this one may begin with, where that is known.
    """

    scenario: Scenario
    summary: Mapping[str, Any]
    tables: Mapping[str, pd.DataFrame]
    source: Network
    footing: Footing | None = None

    @property
    def name(self) -> str:
        """Of the scenario."""
        return self.scenario.name

    @property
    def found(self) -> bool:
        """Whether there is a plan."""
        return "flows" in self.tables

    @property
    def cost(self) -> float:
        """Money; infinite where there is no plan."""
        return float(self.summary["cost"]) if self.found else np.inf

    @property
    def bound(self) -> float:
        """No plan costs less; minus infinity where nothing is proved, infinity where no plan exists."""
        if self.summary["status"] == "infeasible":
            return np.inf
        said = self.summary["bound"]
        return -np.inf if said is None else float(said)

    @cached_property
    def network(self) -> Network:
        """The network with the scenario's edits."""
        return self.source.edit(*self.scenario.edits) if self.scenario.edits else self.source

    def audit(self) -> AuditReport:
        """Recompute feasibility and every cost from the tables of the network; see `netopt.Plan.audit`."""
        return self._audited

    @cached_property
    def _audited(self) -> AuditReport:
        return audit(self.network, self.tables)

    def open_sites(self) -> list[str]:
        """Return the sites that are open in some period, in the order of the facilities table."""
        return [str(name) for name in self.summary["open_sites"]]

    def figures(self) -> dict[str, float | str | None]:
        """Return the figures that scenarios are compared by."""
        row: dict[str, float | str | None] = {
            "scenario": self.name,
            "status": str(self.summary["status"]),
            "cost": self.cost if self.found else None,
            "bound": self.bound if np.isfinite(self.bound) else None,
            "gap": self.summary["gap"],
        }
        if not self.found:
            return row | dict.fromkeys(("open_sites", "demand_met", "on_time", "days", "emissions"))
        service, flows = self.tables["service"], self.tables["flows"]
        delivered = float(service["delivered"].sum())
        hours = service["delivered"] * service["average_days"].fillna(0.0)
        return row | {
            "open_sites": float(len(self.summary["open_sites"])),
            "demand_met": float(self.summary["demand_met"]),
            "on_time": float(self.summary["on_time"]),
            "days": float(hours.sum()) / delivered if delivered else None,
            "emissions": float(flows["emissions"].sum()) if flows["emissions"].notna().all() else None,
        }
