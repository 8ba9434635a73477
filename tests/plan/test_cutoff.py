"""A search that is to say whether a plan costs at most so much ends where its bound says no."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import netopt
from netopt.plan.solve import solve
from tests.random_networks import accepted

DATA = Path(__file__).parents[2] / "data"
TINY = DATA / "tiny" / "network.csv"
BEST = 3780.0


@pytest.mark.parametrize("cutoff", [0.0, 2000.0, BEST - 1])
def test_a_bound_above_the_cutoff_is_all_that_is_asked_for(cutoff: float) -> None:
    plan = solve(TINY, cutoff=cutoff)
    assert cutoff < plan.bound <= BEST + 1e-6
    assert plan.status in ("feasible", "interrupted", "optimal")
    assert plan.summary()["cutoff"] == cutoff
    assert not plan.found or plan.audit().ok


@pytest.mark.parametrize("cutoff", [BEST, BEST + 1, 1e9])
def test_a_plan_at_the_cutoff_is_found(cutoff: float) -> None:
    plan = solve(TINY, gap=0.0, cutoff=cutoff)
    assert (plan.status, plan.cost) == ("optimal", pytest.approx(BEST))


def test_nothing_is_said_of_a_cutoff_that_is_not_there() -> None:
    assert "cutoff" not in solve(TINY).summary()


def test_what_is_impossible_is_still_proved_to_be_and_not_explained() -> None:
    infeasible = DATA / "tiny-infeasible" / "network.csv"
    plan = solve(netopt.read(infeasible), cutoff=1e9)
    assert plan.status == "infeasible"
    assert plan.diagnosis is not None
    assert plan.diagnosis.infeasible
    assert not len(plan.diagnosis.repair)


@pytest.mark.parametrize("share", [0.5, 0.999, 1.001])
def test_highs_alone_ends_there_too(share: float) -> None:
    plan = solve(TINY, gap=0.0, cutoff=share * BEST, amend=lambda _model: None)
    assert plan.bound <= BEST + 1e-6
    assert plan.bound > share * BEST or plan.cost == pytest.approx(BEST)
    assert share < 1 or plan.status == "optimal"


@pytest.mark.slow
@pytest.mark.parametrize("seed", [7, 18, 36, 51])
def test_bounds_hold_whatever_the_cutoff(seed: int) -> None:
    network = netopt.read(accepted(seed, sites=1.0))
    best = solve(network, gap=0.0)
    if not best.found:
        pytest.skip("infeasible")
    for share in np.linspace(0.8, 1.05, 6):
        plan = solve(network, gap=1e-6, cutoff=float(share) * best.cost)
        assert plan.bound <= best.cost * (1 + 1e-7)
        assert plan.bound > share * best.cost or plan.gap <= 1e-6 + 1e-9
