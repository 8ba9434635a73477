"""The answer in two or three sentences: what it costs, and how sure we are."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from netopt.report.words import NO_GAP, at_most, money, money_at_least, percent, seconds

__all__ = ["bound_by", "certainty", "headline", "headline_parts", "no_plan"]

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
    if gap <= NO_GAP:
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
    lines += _bounds(summary, currency)
    audit = _AUDIT.get(str(summary.get("audit")), "not done")
    lines.append(f"Audit against the input tables: {audit}. Time: {seconds(summary['seconds'])}.")
    return lines


def bound_by(summary: Mapping[str, Any]) -> str:
    """Return whose search the bound is of, ``HiGHS`` or ``netopt``."""
    return "netopt" if summary.get("bound_by") == "netopt" else "HiGHS"


def _bounds(summary: Mapping[str, Any], currency: str) -> Iterator[str]:
    """Yield what no plan costs less than: once where netopt's own search has proved all that it says."""
    bound, proved = summary.get("bound"), summary.get("proved_bound")
    if proved is not None and bound is not None and bound_by(summary) == "netopt" and _same(bound, proved):
        yield f"No plan costs less than {money_at_least(proved, currency)}, proved without trusting the solver."
        return
    if bound is not None:
        yield f"No plan costs less than {money_at_least(bound, currency)} ({bound_by(summary)})."
    if proved is not None:
        figure = money_at_least(proved, currency)
        yield f"Proved without trusting the solver: no plan costs less than {figure}{_short_of(summary)}."


def _same(one: float, other: float) -> bool:
    return abs(one - other) <= NO_GAP * max(1.0, abs(one))


def _short_of(summary: Mapping[str, Any]) -> str:
    """Return how far the cost may be from the cheapest plan by the proved bound, where there is a cost."""
    cost, proved = summary.get("cost"), summary["proved_bound"]
    short = cost is not None and cost > proved and not _same(cost, proved)
    return f", {at_most((cost - proved) / abs(cost))} below this one" if cost and short else ""


def no_plan(summary: Mapping[str, Any]) -> str:
    """Return what is said when there is no plan."""
    time = seconds(summary["seconds"])
    said = {
        "infeasible": f"No plan exists: the network cannot meet its demand within its limits (proved in {time}).",
        "unbounded": f"The cost has no floor: some limit or cost is missing (proved in {time}).",
    }
    stopped = f"Stopped after {time} with no plan found; whether one exists is not known."
    return said.get(str(summary["status"]), stopped)
