"""The audit of a plan: every rule on the raw numbers, every cost recomputed, and no solver anywhere near."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netopt.network import Network
from netopt.plan.audit import (
    balance,
    costs,
    customers,
    handling,
    lanes,
    limits,
    rows,
    sites,
    stock,
    supply,
    vehicles,
)  # fmt: skip
from netopt.plan.audit.finding import COLUMNS, Finding
from netopt.plan.audit.ledger import Ledger, ledger_of
from netopt.plan.audit.stated import Stated

__all__ = ["COST_RULES", "RULES", "AuditReport", "audit"]

RULES: tuple[Callable[[Stated], Finding], ...] = (
    *rows.RULES, *lanes.RULES, *vehicles.RULES, *balance.RULES, *supply.RULES, *sites.RULES, *handling.RULES,
    *stock.RULES, *customers.RULES, *limits.RULES,
)  # fmt: skip
"""What a plan must keep, in the order in which it is reported; the first line of each docstring says the rule."""

COST_RULES: tuple[Callable[[Stated, Ledger], Finding], ...] = costs.RULES
"""What must hold of the costs that a plan states."""


@dataclass(frozen=True, eq=False)
class AuditReport:
    """What an audit found.

    Parameters
    ----------
    breaches : DataFrame
        A row for everything wrong, none where all is well: ``rule``, ``where``, ``period``, ``value`` (what the plan
        has), ``bound`` (what it may or should have), ``excess`` (how far beyond) and ``words``, a sentence.
    costs : DataFrame
        ``bucket``, ``period``, ``cost`` (money, discounted), recomputed: every bucket in every period.
    cost : float
        Their sum.
    checks : DataFrame
        ``rule``, ``checked`` (rows looked at), ``breaches`` (of them) and ``words`` (what the rule asks), for every
        rule, those that had nothing to check too.
    """

    breaches: pd.DataFrame
    costs: pd.DataFrame
    cost: float
    checks: pd.DataFrame

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.breaches.empty

    @property
    def empty(self) -> bool:
        """Whether there are no breaches, as a table of them would say."""
        return self.ok


def audit(network: Network, frames: Mapping[str, pd.DataFrame]) -> AuditReport:
    """Check a plan against its network and recompute its cost, with nothing but the tables of both.

    Parameters
    ----------
    network : Network
        What the plan is for.
    frames : mapping of str to DataFrame
        The plan's tables as they are written: ``flows``, ``sites``, ``costs`` and, where they have rows, ``inventory``,
        ``unmet`` and ``purchases``. Rows that would be zero throughout may be left out; more columns may follow.

    Returns
    -------
    AuditReport
        Every breach, every cost, and how many rows each rule looked at.

    Raises
    ------
    PlanError
        When a table or a column is absent.

    Notes
    -----
    A row is broken when it misses its bound by more than ``1e-6 * max(size, 1e-6 * scale)``, where ``size`` is the
    largest absolute term or bound of the row and ``scale`` the mean quantity of the demand rows. Sites and vehicles
    are whole within 1e-6. A bucket of the costs table may be off by 1e-6 of that bucket over all periods, and the cost
    of a single row by 1e-6 of itself; ``scale`` is then the total cost, or the mean cost of the table's rows.
    """
    plan = Stated.from_frames(network, frames)
    ledger = ledger_of(plan)
    ruled = [(rule.__doc__, rule(plan)) for rule in RULES]
    ruled += [(rule.__doc__, rule(plan, ledger)) for rule in COST_RULES]
    found = [finding for _, finding in ruled]
    breaches = [finding.breaches for finding in found if len(finding.breaches)]
    checks = {
        "rule": [finding.rule for finding in found],
        "checked": np.array([finding.checked for finding in found], dtype=np.int64),
        "breaches": np.array([len(finding.breaches) for finding in found], dtype=np.int64),
        "words": [(words or "").splitlines()[0] for words, _ in ruled],
    }
    recomputed = ledger.frame
    recomputed["period"] = network.periods.names.array[recomputed["period"].to_numpy()]
    return AuditReport(
        breaches=pd.concat(breaches, ignore_index=True) if breaches else pd.DataFrame(columns=list(COLUMNS)),
        costs=recomputed,
        cost=float(ledger.buckets.sum()),
        checks=pd.DataFrame(checks),
    )
