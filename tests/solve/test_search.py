"""The search as a whole, on the paths of large networks too, and stopped anywhere."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

import netopt
from netopt.formulation import Program, build
from netopt.network import read
from netopt.plan.certificate import stated
from netopt.plan.recompute import recomputed_bound
from netopt.solve import (
    Control,
    Progress,
    ascent,
    climbing,
    exact,
    plans,
    priced,
    screen,
    search,
    solve_program,
    standing,
)
from netopt.solve.search import Found, Search
from tests.random_networks import accepted
from tests.solve.hard import hard
from tests.solve.relaxed import CHAIN, MIXES, chain, cheapest, program, shut, sites

FEW: list[tuple[Any, str, Any]] = [(module, "FEW_COLUMNS", 0) for module in (screen, search, standing, climbing)]
PRICED = [*FEW, (ascent, "_MISLED", 2), (climbing, "_COARSE_GAP", 0.0)]
ALL_DIRECT = (exact, "PYOMO_COLUMNS", 0)
LARGE: dict[str, list[tuple[Any, str, Any]]] = {
    "as it is": [],
    "few columns first": [*FEW, ALL_DIRECT],
    "by prices": [*PRICED[:-1], (climbing, "_TALL", -1), ALL_DIRECT],
    "by prices, tall": [*PRICED, (climbing, "_TALL", -1), ALL_DIRECT],
    "from the root of prices": [*PRICED[:-1], ALL_DIRECT],
    "branching by prices": [*PRICED, (climbing, "_SOON", np.inf), ALL_DIRECT],
    "leaves of prices": [*PRICED, (climbing, "_SOON", np.inf), (climbing, "_NEAR", np.inf), (priced, "_IN_VAIN", 2)],
    "prices given up": [*PRICED, (climbing, "_SOON", 0.0), (climbing, "_TRIAL", 0.0), (climbing, "_NEAR", 0.0)],
    "no plan before the tree": [(plans, "_DOUBTS", ()), (plans, "_DIFFERENCES", ()), *FEW],
    "left to HiGHS": [(search, "_BRANCHED", -1), ALL_DIRECT],
    "two at work": [(search, "_ALONE", -1.0), (standing, "_ROOTLESS", -1.0)],
    "a long proof": [(climbing, "_CERTIFICATE", 0)],
}
"""What is set where, so that a small network goes the way of a large one."""


def checked(given: Program, found: Found, optimum: float) -> None:
    """Fail where a search says what is not so."""
    near = 1e-9 * (1 + abs(optimum))
    assert found.bound <= optimum + near
    assert found.cost >= optimum - near
    proved = float(recomputed_bound(given, json.loads(json.dumps(stated(found.certificate)))))
    assert found.certificate.bound <= proved <= optimum + near


@pytest.mark.parametrize(("given", "cost"), [(sites(), 35), (chain(), CHAIN)])
def test_by_hand(given: Program, cost: float) -> None:
    found = Search(given, Control(gap=1e-6)).run()
    assert found is not None
    assert found.cost == pytest.approx(cost)
    assert found.bound == pytest.approx(cost, rel=1e-6)
    checked(given, found, cost)


def test_none_where_there_is_no_plan() -> None:
    assert Search(shut(), Control()).run() is None


@pytest.mark.parametrize("way", LARGE)
@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_every_way_leads_to_the_optimum(
    seed: int, switches: dict[str, bool], way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = accepted(seed, broken=None, unmet=True, **switches)
    p = build(read(given))
    optimum = cheapest(p).cost
    monkeypatch.setattr(screen, "_A_CUSTOMER", 1, raising=False)
    for module, name, value in LARGE[way]:
        monkeypatch.setattr(module, name, value)
    found = Search(p, Control(gap=1e-6, time_limit=10.0)).run()
    assert found is not None
    checked(p, found, optimum)
    plan = netopt.solve(given, gap=1e-6, time_limit=60.0)
    assert plan.status == "optimal"
    assert plan.cost == pytest.approx(optimum, rel=2e-6)
    assert plan.bound <= optimum * (1 + 1e-9) + 1e-9
    assert plan.audit().ok, plan.audit().breaches
    assert plan.proved_bound is not None
    assert plan.proved_bound <= plan.cost


@pytest.mark.parametrize("seconds", [1e-3, 0.03, 0.1, 0.3])
@pytest.mark.parametrize(("seed", "switches"), MIXES[::2])
def test_out_of_time(seed: int, switches: dict[str, bool], seconds: float) -> None:
    given = accepted(seed, broken=None, unmet=True, **switches)
    optimum = cheapest(build(read(given))).cost
    plan = netopt.solve(given, gap=0.0, time_limit=seconds)
    assert plan.status in ("optimal", "feasible", "interrupted")
    assert plan.bound <= optimum * (1 + 1e-6)
    if plan.found:
        assert plan.audit().ok
        assert plan.cost >= optimum * (1 - 1e-6)
        assert plan.proved_bound is None or plan.proved_bound <= optimum * (1 + 1e-9)
    else:
        assert plan.status == "interrupted"


@pytest.mark.parametrize("after", [0, 1, 2, 3, 5, 8, 13, 21])
def test_stopped_anywhere(after: int) -> None:
    p = program(1003, lane_fixed=True, min_flow=True, sites=True)
    control, heard = Control(gap=0.0, time_limit=20.0), []

    def listen(progress: Progress) -> None:
        heard.append(progress)
        if len(heard) > after:
            control.stop.set()

    control.progress = listen
    answer = solve_program(p, control)
    optimum = cheapest(p).cost
    assert answer.bound <= optimum * (1 + 1e-9)
    if control.stop.is_set():
        assert answer.status == "interrupted"
    if answer.x is not None:
        assert answer.cost >= optimum * (1 - 1e-9)
        assert float(p.cost @ answer.x) == pytest.approx(answer.cost, rel=1e-6)
        assert (p.matrix @ answer.x >= p.row_lower - 1e-5).all()


def test_progress_only_gets_better() -> None:
    p = build(read(hard()))
    heard: list[Progress] = []
    answer = solve_program(p, Control(gap=1e-4, time_limit=2.0, progress=heard.append))
    ours = [h for h in heard if h.phase in ("screening", "improving", "branching")]
    assert ours
    for one, next_one in pairwise(ours):
        assert next_one.cost <= one.cost
        assert next_one.seconds >= one.seconds
    assert all(h.bound <= answer.cost * (1 + 1e-9) for h in heard)
    assert all(h.looked == len(p.cost) and h.kept is not None and h.kept <= h.looked for h in ours)


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_the_same_seed_gives_the_same_plan(seed: int, switches: dict[str, bool]) -> None:
    given = accepted(seed, broken=None, unmet=True, **switches)
    one, other = (netopt.solve(given, seed=3, threads=1, gap=1e-4) for _ in range(2))
    assert one.cost == other.cost
    assert one.flows().equals(other.flows())


def test_a_program_without_whole_columns() -> None:
    given = accepted(
        1000,
        broken=None,
        unmet=True,
        sites=False,
        lane_fixed=False,
        vehicles=False,
        min_flow=False,
        single_source=False,
        limits=False,
        min_throughput=False,
    )
    p = build(read(given))
    found = Search(p, Control(gap=1e-6)).run()
    assert found is not None
    assert found.cost == pytest.approx(cheapest(p).cost if p.whole.any() else found.bound, rel=1e-5)
    assert found.nodes <= 1 or p.whole.any()


def test_costs_that_a_plan_earns(monkeypatch: pytest.MonkeyPatch) -> None:
    """An optimum below zero: gaps are relative to its size."""
    p = sites()
    p.cost[2:] -= 10.0
    optimum = 35.0 - 100.0
    assert cheapest(p).cost == pytest.approx(optimum)
    found = Search(p, Control(gap=1e-6)).run()
    assert found is not None
    assert found.cost == pytest.approx(optimum)
    checked(p, found, optimum)
    monkeypatch.setattr(plans, "_DOUBTS", ())
    again = Search(p, Control(gap=1e-6)).run()
    assert again is not None
    assert again.cost == pytest.approx(optimum)


def test_an_optimum_of_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exact, "PYOMO_COLUMNS", -1)  # what is made by hand has no labels
    p = sites()
    p.cost[:] = [0, 7, 0, 6]
    answer = solve_program(p, Control())
    assert (answer.status, answer.cost) == ("optimal", 0)
    assert np.isfinite(answer.bound)
