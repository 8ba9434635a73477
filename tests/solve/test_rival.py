"""HiGHS in a thread of its own: it gets plans and gives some, rests and goes on, and always ends."""

from __future__ import annotations

import threading

import numpy as np
import numpy.typing as npt
import pytest

from netopt.errors import SolverError
from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control, search, standing
from netopt.solve.form import Form
from netopt.solve.highs import Partner, Run, Solver
from netopt.solve.rival import _PLAN_SEEKERS, Rival
from netopt.solve.search import Search
from tests.plan.certificates import program_of
from tests.solve.hard import hard
from tests.solve.located import holds
from tests.solve.relaxed import CHAIN, MIXES, SITES, chain, cheapest, program, shut, sites

FloatArray = npt.NDArray[np.float64]
LONG = 20.0
"""Seconds after which something that ends by itself has failed."""


def rival(given: Program, start: FloatArray | None = None, gap: float = 1e-6) -> Rival:
    return Rival(Form.of(given), Control(gap=gap), start)


def finished(some: Rival) -> Rival:
    some.go()
    some.wait(LONG, Control())
    assert some.done
    return some


def told(some: Rival, given: Program, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return what the plans cost that HiGHS is going to tell of; of a program whose quantities are not scaled."""
    costs: list[float] = []
    take = some.take

    def note(x: FloatArray) -> None:
        costs.append(float(given.cost @ x))
        take(x)

    monkeypatch.setattr(some, "take", note)
    return costs


def many_units() -> Program:
    """Return `sites` with a million units to a unit: 35 in all."""
    size = 1e6
    return program_of(
        [5, 7, 3 / size, 6 / size], [([0, 0, 1, 1], 10 * size, 10 * size)], [(2, 0, 10 * size), (3, 1, 10 * size)],
        upper=[1, 1, 10 * size, 10 * size], whole=(0, 1),
    )  # fmt: skip


def test_by_hand() -> None:
    for given, cost in ((sites(), SITES), (chain(), CHAIN)):
        some = finished(rival(given))
        assert some.solved
        assert some.bound == pytest.approx(cost)
        x = some.found()
        assert x is not None
        assert given.cost @ x == pytest.approx(cost)
        assert some.found() is None  # it is told once


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_it_comes_to_the_optimum(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    optimum = cheapest(p).cost
    some = finished(rival(p))
    assert some.solved
    assert optimum * (1 - 1e-5) <= some.bound <= optimum * (1 + 1e-9)
    x = some.found()
    assert x is not None
    assert holds(p, x)
    assert p.cost @ x == pytest.approx(optimum, rel=1e-5)


def test_every_bound_on_the_way_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    p = build(read(hard(8, 20)))
    some, heard = rival(p), []
    turn = some.turn

    def note(bound: float) -> None:
        turn(bound)
        heard.append(some.bound)

    monkeypatch.setattr(some, "turn", note)
    finished(some)
    assert heard
    assert heard == sorted(heard)  # whatever HiGHS says, what it has proved stays proved
    assert max(heard) <= some.bound <= cheapest(p, 1e-6).cost * (1 + 1e-9)


def test_no_plan() -> None:
    some = finished(rival(shut()))
    assert some.solved
    assert some.found() is None


def test_a_start_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    p = build(read(hard(8, 20)))
    best = cheapest(p, 1e-6)
    first = {}
    for start in (None, best.x):
        some = rival(p, start)
        costs = told(some, p, monkeypatch)
        finished(some)
        first[start is None] = costs[0]
    assert first[False] == pytest.approx(best.cost)
    assert first[True] > 1.1 * best.cost  # what HiGHS begins with by itself is dear


def test_an_offered_plan_becomes_the_best_one(monkeypatch: pytest.MonkeyPatch) -> None:
    p = build(read(hard(8, 20)))
    best = cheapest(p, 1e-6)
    assert best.x is not None
    some, given = rival(p), []
    costs, give = told(some, p, monkeypatch), some.give

    def hand_over() -> FloatArray | None:
        given.append(give())
        return given[-1]

    monkeypatch.setattr(some, "give", hand_over)
    some.offer(best.x)
    finished(some)
    assert given[0] is not None
    assert all(x is None for x in given[1:])  # handed out once
    assert costs[0] == pytest.approx(best.cost)  # alone, the first one is fourteen times as dear
    assert some.solved


def test_an_offer_is_handed_out_once_and_the_last_one_counts() -> None:
    some = rival(sites())
    assert some.give() is None
    some.offer(np.array([1.0, 1.0, 10.0, 0.0]))
    some.offer(np.array([0.0, 1.0, 0.0, 10.0]))
    assert np.array_equal(some.give(), [0, 1, 0, 10])  # type: ignore[arg-type]
    assert some.give() is None


def test_a_plan_that_is_taken_is_a_copy() -> None:
    some, x = rival(sites()), np.array([1.0, 0.0, 10.0, 0.0])
    some.take(x)
    x[:] = 0
    assert np.array_equal(some.found(), [1, 0, 10, 0])  # type: ignore[arg-type]
    assert some.found() is None


def test_a_bound_only_rises() -> None:
    some = rival(sites())
    some._turn.set()
    for bound, known in ((-np.inf, -np.inf), (3.0, 3.0), (2.0, 3.0), (5.0, 5.0)):
        some.turn(bound)
        assert some.bound == known


def test_units_of_the_program_go_in_and_come_out() -> None:
    p = many_units()
    plan = np.array([0.0, 1.0, 0.0, 10e6])
    some = rival(p, plan)
    scale = Form.of(p).column_scale
    assert scale[2] > 1e5
    some.offer(plan)
    assert some.give() == pytest.approx(plan / scale)
    some.take(plan / scale)
    assert some.found() == pytest.approx(plan)
    finished(some)
    assert some.bound == pytest.approx(SITES)
    assert some.found() == pytest.approx(np.array([1, 0, 10e6, 0]))


def test_it_rests_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    some, asked, passed = rival(build(read(hard()))), threading.Event(), threading.Event()
    turn = some.turn

    def note(bound: float) -> None:
        if not some._turn.is_set():
            some.bound = max(some.bound, bound)  # as it is about to be
            asked.set()
        turn(bound)
        passed.set()

    monkeypatch.setattr(some, "turn", note)
    some.go()
    assert passed.wait(LONG)
    for _ in range(2):
        asked.clear()
        some.rest()
        assert asked.wait(LONG)  # from now on it waits
        passed.clear()
        before = some.bound
        some.found()
        some.wait(0.2, Control())
        assert not some.done
        assert not passed.is_set()
        assert some.bound == before
        assert some.found() is None
        some.go()
        assert passed.wait(LONG)
    some.end()
    assert some.done
    assert not some.solved


def test_the_end_before_it_begins() -> None:
    some = rival(sites())
    some.end()
    assert not some.done
    assert not some.solved
    assert some.found() is None


def test_the_end_while_it_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    some, asked = rival(build(read(hard()))), threading.Event()
    turn = some.turn

    def note(bound: float) -> None:
        asked.set()
        turn(bound)

    monkeypatch.setattr(some, "turn", note)
    some.go()
    some.rest()
    assert asked.wait(LONG)
    some.end()
    assert some.done
    assert not some.solved


def test_the_end_when_all_is_over() -> None:
    some = finished(rival(sites()))
    for _ in range(2):
        some.end()
        assert some.solved
    assert some.found() is not None  # what it came to is still there
    assert some.bound == pytest.approx(SITES)


def test_the_end_while_it_works() -> None:
    before = threading.active_count()
    some = rival(build(read(hard())))
    some.go()
    some.end()
    assert some.done
    assert threading.active_count() == before


def test_what_stops_the_search_does_not_stop_it() -> None:
    control = Control(gap=1e-6)
    some = Rival(Form.of(sites()), control)
    control.stop.set()
    some.go()
    some.wait(LONG, control)  # returns at once
    some._thread.join(LONG)
    assert some.solved


def test_out_of_time() -> None:
    some = Rival(Form.of(build(read(hard()))), Control(gap=1e-6, time_limit=0.3))
    finished(some)
    assert not some.solved


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_failure_is_the_end_of_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Solver.run

    def run(self: Solver, control: Control, phase: str, partner: Partner | None = None) -> Run:
        if partner is not None:
            raise SolverError("no luck")
        return right(self, control, phase, partner)

    monkeypatch.setattr(Solver, "run", run)
    some = finished(rival(sites()))
    assert not some.solved
    assert some.found() is None
    assert some.bound == -np.inf
    some.end()
    monkeypatch.setattr(search, "_ALONE", -1.0)  # it is asked at once
    monkeypatch.setattr(standing, "_ROOTLESS", -1.0)
    p = program(1000, sites=True)  # of those that our tree solves
    own = Search(p, Control(gap=1e-6, time_limit=LONG))
    found = own.run()
    assert own.duo.rival is not None
    assert found is not None
    assert found.own
    assert found.cost == pytest.approx(cheapest(p).cost, rel=1e-5)


def test_with_a_plan_it_seeks_none_in_programs_within_the_program() -> None:
    given = many_units()
    for start, seeks in ((None, True), (np.zeros(len(given.cost)), False)):
        highs = rival(given, start)._solver.highs
        assert [highs.getOptionValue(name)[1] for name in _PLAN_SEEKERS] == [seeks] * 3
