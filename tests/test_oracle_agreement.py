"""netopt and the oracle, written apart from the same contract, find the same optimum of the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pandas as pd
import pytest

import netopt
from tests.oracle.oracle import solve_many_in_subprocess
from tests.random_networks import accepted

SAME = 1e-6
"""Relative difference that two optima may have."""

KINDS: dict[str, dict[str, Any]] = {
    "anything": {},
    "cover": {"cover": True, "inventory": True, "floors": True, "sites": True, "period_overrides": True},
    "lanes": {"lane_fixed": True, "min_flow": True, "vehicles": True, "product_lanes": True, "lane_capacity": True},
    "minima": {"unmet": False, "min_quantity": True, "limits": True, "min_throughput": True},
    "sourcing": {"single_source": True, "promise": True, "modes": True, "rates": True},
    "lead": {"lead": True, "inventory": True, "storage": True, "other_units": True, "handling_products": True},
}
"""Switches of the random networks: what they are sure to have."""

CASES = [(kind, seed) for kind in KINDS for seed in range(10)]
MANY = [(kind, seed) for kind in KINDS for seed in range(100, 142)]


class Answers:
    """What the oracle says, found in child processes, ten networks in each, while netopt is at work here."""

    def __init__(self, cases: list[tuple[str, int]], seconds: float) -> None:
        self.pool = ThreadPoolExecutor(1)
        self.found: dict[tuple[str, int], tuple[Future[list[dict[str, Any]]], int]] = {}
        for start in range(0, len(cases), 10):
            some = cases[start : start + 10]
            networks = [accepted(seed, **KINDS[kind]) for kind, seed in some]
            future = self.pool.submit(solve_many_in_subprocess, networks, seconds=seconds)
            self.found.update({case: (future, at) for at, case in enumerate(some)})

    def __getitem__(self, case: tuple[str, int]) -> dict[str, Any]:
        future, at = self.found[case]
        return future.result()[at]


@pytest.fixture(scope="module")
def few() -> Iterator[Answers]:
    answers = Answers(CASES, seconds=5)
    yield answers
    answers.pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def many() -> Iterator[Answers]:
    answers = Answers(MANY, seconds=20)
    yield answers
    answers.pool.shutdown(cancel_futures=True)


def compare(tables: dict[str, pd.DataFrame], oracle: Any, seconds: float) -> None:
    """Solve the tables, and hold the plan against the oracle's answer (asked for last: it may still be at work)."""
    plan = netopt.solve(tables, gap=1e-8, threads=1, time_limit=seconds)
    if plan.found:
        assert plan.audit().ok, plan.audit().breaches["words"].tolist()
    answer = oracle()
    assert answer["status"] != "refused", answer.get("message")
    if answer["status"] == "limit" or plan.status in ("feasible", "interrupted"):
        _bounds_hold(plan, answer)
        return
    assert plan.status == answer["status"]
    if plan.found:
        assert plan.cost == pytest.approx(answer["cost"], rel=SAME, abs=SAME)


def _bounds_hold(plan: netopt.Plan, answer: dict[str, Any]) -> None:
    """One of the two ran out of time: no plan costs less than what the other has proved."""
    slack = SAME * max(1.0, abs(answer["cost"] or 0.0))
    if answer["bound"] is not None:
        assert plan.cost >= answer["bound"] - slack
    if answer["cost"] is not None:
        assert plan.bound <= answer["cost"] + slack
        assert plan.status != "infeasible"


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case[0]}-{case[1]}")
def test_agreement(case: tuple[str, int], few: Answers) -> None:
    compare(accepted(case[1], **KINDS[case[0]]), lambda: few[case], seconds=10)


@pytest.mark.slow
@pytest.mark.parametrize("case", MANY, ids=lambda case: f"{case[0]}-{case[1]}")
def test_agreement_on_many(case: tuple[str, int], many: Answers) -> None:
    compare(accepted(case[1], **KINDS[case[0]]), lambda: many[case], seconds=30)
