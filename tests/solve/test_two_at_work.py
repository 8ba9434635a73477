"""The search and HiGHS side by side or in turns: what either finds holds, and nothing is left running."""

from __future__ import annotations

import threading

import numpy as np
import pytest

import netopt
from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control, plans, search, solve_program, standing
from netopt.solve.search import Found, Search
from tests.plan.certificates import program_of
from tests.random_networks import accepted
from tests.solve.hard import hard
from tests.solve.located import holds, located
from tests.solve.relaxed import MIXES, cheapest, program, sites
from tests.solve.test_search import checked

SIDE, TURNS = "side by side", "in turns"
WAYS = (SIDE, TURNS)
FAR = 20.0
"""A limit that is not to matter."""


def at_once(way: str, monkeypatch: pytest.MonkeyPatch) -> int | None:
    """Let HiGHS begin at the first occasion; return the threads to ask for."""
    monkeypatch.setattr(search, "_ALONE", -1.0)
    monkeypatch.setattr(standing, "_ROOTLESS", -1.0)
    monkeypatch.setattr(search, "_NODES", 0)
    return 1 if way == TURNS else None


def said(own: Search, found: Found) -> None:
    """Fail where it is not told rightly whose bound it is."""
    if not found.own:
        assert own.duo.rival is not None
        assert found.bound <= own.duo.rival.bound  # at most the cost of the plan
        assert found.certificate.bound < found.bound
    else:
        assert found.certificate.bound <= found.bound


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trees", [True, False])
@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_both_come_to_the_optimum(
    seed: int, switches: dict[str, bool], way: str, trees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    p = program(seed, **switches)
    optimum = cheapest(p).cost
    threads = at_once(way, monkeypatch)
    if not trees:
        monkeypatch.setattr(search, "_BRANCHED", -1)
    own = Search(p, Control(gap=1e-6, time_limit=FAR, threads=threads))
    found = own.run()
    assert found is not None
    checked(p, found, optimum)
    said(own, found)
    assert found.cost == pytest.approx(optimum, rel=2e-6)
    assert found.bound == pytest.approx(optimum, rel=2e-6)
    assert found.point is not None
    assert holds(p, found.point.x)
    assert own.duo.rival is None or own.duo.rival.done or way == TURNS


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("given", [hard(8, 20), hard(6, 15, seed=3)], ids=["one", "another"])
def test_choices_of_one_flow_are_made_by_highs(given: dict[str, object], way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    p = build(read(given))  # type: ignore[arg-type]
    optimum = cheapest(p).cost
    own = Search(p, Control(gap=1e-6, time_limit=FAR, threads=at_once(way, monkeypatch)))
    found = own.run()
    assert found is not None
    checked(p, found, optimum)
    assert own.tree is not None
    assert found.own or own.tree.lent or own.duo.rival is not None
    assert found.cost == pytest.approx(optimum, rel=2e-6)
    assert found.bound == pytest.approx(optimum, rel=2e-6)


@pytest.mark.parametrize("way", WAYS)
def test_a_tree_with_highs_beside_it(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    p = build(read(located(12, 20, 3, tight=0.4, fixed=600)))
    optimum = cheapest(p).cost
    monkeypatch.setattr(plans, "_DOUBTS", ())  # no plan before the tree
    own = Search(p, Control(gap=1e-6, time_limit=FAR, threads=at_once(way, monkeypatch)))
    found = own.run()
    assert found is not None
    checked(p, found, optimum)
    said(own, found)
    assert found.cost == pytest.approx(optimum, rel=2e-6)


def test_whose_bound_it_is() -> None:
    own = Search(sites(), Control())
    own._raise(10.0)
    assert own._own
    own._raise(20.0, own=False)
    assert not own._own
    own._raise(15.0)  # no news
    assert (own.bound, own._own) == (20.0, False)
    own._raise(30.0)
    assert (own.bound, own._own) == (30.0, True)


def test_a_plan_of_highs_is_taken_over_and_ours_told_to_it() -> None:
    # 67 through E is what HiGHS says first; then we find 35 through D
    own = Search(sites(), Control(gap=1e-6, threads=1))
    own._invite()
    rival = own.duo.rival
    assert rival is not None
    rival.take(np.array([0.0, 1.0, 0.0, 10.0]))
    rival.bound = 12.0
    own._hear()
    assert own.plans.cost == pytest.approx(67)
    assert (own.bound, own._own) == (12.0, False)
    rival.give()
    own._hear()
    assert rival.give() is None  # nothing new
    own.plans.improver.completed(np.array([1.0, 0.0]))
    own._hear()
    offered = rival.give()
    assert offered is not None
    assert offered == pytest.approx(np.array([1, 0, 10, 0]))
    rival.take(np.array([0.0, 1.0, 0.0, 10.0]))
    own._hear()
    assert own.plans.cost == pytest.approx(35)  # a dearer one changes nothing
    assert rival.give() is None


def hopeless() -> Program:
    return build(read(hard()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seconds", [0.05, 0.3, 1.0])
def test_told_to_stop_from_another_thread(way: str, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    p, before = hopeless(), set(threading.enumerate())
    control = Control(gap=1e-6, threads=at_once(way, monkeypatch))
    timer = threading.Timer(seconds, control.stop.set)
    timer.start()
    answer = solve_program(p, control)
    timer.join()
    assert answer.status == "interrupted"
    assert answer.bound <= answer.cost
    assert answer.x is None or holds(p, answer.x, 1e-5)
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("trees", [True, False])
def test_out_of_time(way: str, trees: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    p, before = hopeless(), set(threading.enumerate())
    threads = at_once(way, monkeypatch)
    if trees:
        monkeypatch.setattr(search, "_SINGLE", 1_000_000)
        monkeypatch.setattr(search, "_BRANCHED", 1_000_000)
    answer = solve_program(p, Control(gap=1e-9, time_limit=1.5, threads=threads))
    assert answer.status in ("feasible", "interrupted")
    assert answer.bound <= answer.cost
    assert answer.x is None or holds(p, answer.x, 1e-5)
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("way", WAYS)
def test_no_plan_at_all(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # half of each of two would do, no whole number of them does
    before = set(threading.enumerate())
    p = program_of([1, 1, 1], [([2, 2, 0], 1, 1), ([0, 0, 1], 3, 3)], upper=[1, 1, 5], whole=(0, 1))
    found = Search(p, Control(gap=1e-6, time_limit=FAR, threads=at_once(way, monkeypatch))).run()
    assert found is None or found.point is None
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("threads", [1, None])
def test_infeasible_where_highs_branches(threads: int | None) -> None:
    # its search is left to HiGHS, which finds nothing: that is no proved plan, and is asked a second time
    assert netopt.solve(accepted(23, broken=None), gap=1e-9, threads=threads, time_limit=FAR).status == "infeasible"
