"""The answer in two or three sentences: what it costs, and how sure we are."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from netopt.report.words import at_most, money, money_at_least, percent, seconds

__all__ = ["certainty", "headline", "headline_parts", "no_plan"]

_NOTHING = 1e-9


_AUDIT = {"passed": "passed", "failed": "FAILED, do not use this plan"}


def headline(summary: Mapping[str, Any]) -> str:
    """Return the cost and what kind of a plan it is for."""
    return "   ".join(headline_parts(summary))


def headline_parts(summary: Mapping[str, Any]) -> tuple[str, str]:
    """Return the cost, and what kind of a plan it is for."""
    cost = money(summary["cost"], summary.get("currency") or "")
    gap = summary.get("gap")
    if gap is None:
        return cost, "a plan; how far from the cheapest is not known"
    if gap <= _NOTHING:
        return cost, "the cheapest plan"
    if summary["status"] == "optimal":
        return cost, f"within {at_most(gap)} of the cheapest plan"
    return cost, f"the best plan so far, within {at_most(gap)} of the cheapest"


def certainty(summary: Mapping[str, Any]) -> list[str]:
    """Return the sentences below the headline: bounds, time, audit, and why the search ended early if it did."""
    currency = summary.get("currency") or ""
    lines = []
    if summary["status"] == "interrupted":
        lines.append("Stopped before the asked gap was reached; this is the best plan found until then.")
    elif summary["status"] == "feasible":
        lines.append(f"The time limit came before the asked gap of {percent(summary.get('asked_gap', math.nan))}.")
    if summary.get("bound") is not None:
        lines.append(f"No plan costs less than {money(summary['bound'], currency)} (HiGHS).")
    if summary.get("proved_bound") is not None:
        proved = money_at_least(summary["proved_bound"], currency)
        lines.append(f"Proved without trusting the solver: no plan costs less than {proved}{_short_of(summary)}.")
    audit = _AUDIT.get(str(summary.get("audit")), "not done")
    lines.append(f"Audit against the input tables: {audit}. Time: {seconds(summary['seconds'])}.")
    return lines


def _short_of(summary: Mapping[str, Any]) -> str:
    """Return how far the cost may be from the cheapest plan by the proved bound, where there is a cost."""
    cost, proved = summary.get("cost"), summary["proved_bound"]
    return f", {at_most((cost - proved) / abs(cost))} below this one" if cost and cost > proved else ""


def no_plan(summary: Mapping[str, Any]) -> str:
    """Return what is said when there is no plan."""
    time = seconds(summary["seconds"])
    said = {
        "infeasible": f"No plan exists: the network cannot meet its demand within its limits (proved in {time}).",
        "unbounded": f"The cost has no floor: some limit or cost is missing (proved in {time}).",
    }
    stopped = f"Stopped after {time} with no plan found; whether one exists is not known."
    return said.get(str(summary["status"]), stopped)
