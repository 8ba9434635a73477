"""Which program HiGHS gets, what each hears of the other, and how hubs give way to columns."""

from __future__ import annotations

import importlib
import itertools
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control, Progress
from netopt.solve.bound import Duals, Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.duo import Duo
from netopt.solve.hub import Hub
from netopt.solve.relaxation import Relaxation
from netopt.solve.rival import Rival
from netopt.solve.screen import Screened
from netopt.solve.search import Found, Search
from tests.solve.hard import hard
from tests.solve.located import echelons, holds, located
from tests.solve.relaxed import MIXES, bare, cheapest, closed, program, shut, sites
from tests.solve.test_hub import PRICES, crossing, drawn, hub_of
from tests.solve.test_search import checked

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
SIDE, TURNS = None, 1
"""Threads with which the two work side by side, and in turns."""

LONG = 10.0
"""Seconds after which something that ends by itself has failed."""

duo_module, search_module, standing_module, screen_module = (
    importlib.import_module(f"netopt.solve.{name}") for name in ("duo", "search", "standing", "screen")
)


class AllButThat(int):
    """A limit that every other number of columns keeps."""

    def __ge__(self, other: object) -> bool:
        return int(self) != other


def small(given: Program, monkeypatch: pytest.MonkeyPatch, share: int = 1) -> None:
    """Let a program be one of too many columns for HiGHS to get them all, and one with hubs not, however small."""
    monkeypatch.setattr(duo_module, "FEW_COLUMNS", AllButThat(len(given.cost)))
    monkeypatch.setattr(duo_module, "_A_HEAD", share)
    right = Hub.lean

    def lean(
        relaxation: Relaxation, dicuts: Dicuts, duals: Duals, used: BoolArray, share: int, *, loose: bool = False
    ) -> Hub:
        found = (right(relaxation, dicuts, duals, used, more, loose=loose) for more in itertools.count(share))
        return next(hub for hub in found if hub is not None)

    monkeypatch.setattr(Hub, "lean", staticmethod(lean))  # as few columns as prices allow


class Made:
    """A duo, with what a search knows when it makes one."""

    def __init__(self, given: Program, threads: int | None = SIDE, gap: float = 1e-6) -> None:
        self.program = given
        self.relaxation: Relaxation = bare(given)
        root = closed(self.relaxation)
        assert isinstance(root, Screened)
        self.root = root
        self.dicuts = Dicuts(self.relaxation.ledger)
        self.duo = Duo(given, Control(gap=gap, threads=threads), self.dicuts)

    def prepare(self, used: BoolArray | None = None) -> bool:
        none = np.zeros(len(self.program.cost), dtype=bool)
        return self.duo.prepare(self.relaxation, self.root, none if used is None else used)

    def invite(self, best: FloatArray | None = None, cost: float = np.inf, delay: float = 0.0) -> None:
        self.duo.invite(self.relaxation, best, cost, delay)

    def widen(self, best: FloatArray | None = None, cost: float = np.inf) -> bool:
        return self.duo.widen(self.relaxation, self.root, best, cost)

    @property
    def rival(self) -> Rival:
        assert self.duo.rival is not None
        return self.duo.rival

    @property
    def hub(self) -> Hub:
        assert self.duo.hub is not None
        return self.duo.hub

    def finish(self) -> None:
        """Let HiGHS come to its end."""
        self.rival.go()
        self.rival.wait(LONG, Control())
        assert self.rival.done


def lanes() -> Program:
    """Return a program of many lanes, most of which nobody needs."""
    return build(read(located(8, 30, 4, fixed=200)))


@pytest.fixture(autouse=True)
def _nothing_left_running() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    assert set(threading.enumerate()) <= before


# -- the program that HiGHS gets --------------------------------------------------------------------------------------


def test_a_small_program_needs_no_hubs() -> None:
    made = Made(lanes())
    assert not made.prepare()
    assert made.duo.hub is None
    made.invite()
    assert made.rival._solver.form.matrix.shape[1] == len(made.program.cost)
    made.duo.end()


@pytest.mark.parametrize("threads", [SIDE, TURNS])
def test_a_large_one_gets_them(threads: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    p = lanes()
    small(p, monkeypatch)
    made = Made(p, threads)
    used = np.random.default_rng(1).random(len(p.cost)) < 0.2
    assert made.prepare(used)
    form = made.hub.form
    assert len(form.cost) < len(p.cost)
    assert np.isin(np.nonzero(used | (made.root.point.x != 0))[0], made.hub.kept).all()
    made.invite()
    assert made.rival._solver.form is form
    assert (made.rival._thread.ident is None) == (threads == TURNS)  # in turns it waits for the first one
    assert made.duo.in_turns == (threads == TURNS)
    same = made.rival
    made.invite()
    assert made.rival is same
    made.duo.end()


def test_too_many_columns_even_so(monkeypatch: pytest.MonkeyPatch) -> None:
    p = lanes()
    small(p, monkeypatch)
    made = Made(p)
    monkeypatch.setattr(duo_module, "FEW_COLUMNS", 20)
    assert not made.prepare()
    assert made.duo.hub is None
    monkeypatch.setattr(duo_module, "_ALL_COLUMNS", len(p.cost) - 1)
    made.invite()
    assert made.duo.rival is None
    assert not made.duo.answered
    assert not made.duo.failed
    made.duo.tell(np.zeros(len(p.cost)), 1.0)
    assert made.duo.found() is None
    assert not made.duo.take_turns(0.1)
    assert not made.widen()
    made.duo.end()


def test_no_hub_where_prices_ask_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    p = lanes()
    small(p, monkeypatch)
    made = Made(p)
    assert made.prepare()
    monkeypatch.setattr(Hub, "lean", staticmethod(lambda *_, **_more: None))
    assert not made.prepare()
    assert made.duo.hub is None


def test_preparing_when_highs_has_it_all_already(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was asked before the root was known; what it says is then of all columns, and stays so."""
    p = lanes()
    small(p, monkeypatch)
    made = Made(p)
    best = cheapest(p)
    made.invite()
    made.prepare()
    made.duo.tell(best.x, best.cost)
    made.finish()
    x = made.duo.found()
    assert x is not None
    assert holds(p, x)
    assert p.cost @ x == pytest.approx(best.cost, rel=1e-5)
    assert made.duo.answered
    assert not made.widen(best.x, best.cost)
    made.duo.end()


# -- what each hears --------------------------------------------------------------------------------------------------


class Told:
    """A rival that only remembers."""

    def __init__(self) -> None:
        self.offers: list[FloatArray] = []
        self.values: list[FloatArray] = []
        self.bound, self.done, self.solved, self.has_plan, self.ended = -np.inf, False, False, False, 0

    def offer(self, x: FloatArray) -> None:
        self.offers.append(x)

    def found(self) -> FloatArray | None:
        return self.values.pop() if self.values else None

    def end(self) -> None:
        self.ended += 1


def heard(hub: Hub | None, given: Program) -> tuple[Duo, Told]:
    duo, rival = Duo(given, Control(), Dicuts(Ledger(given))), Told()
    duo.hub, duo.rival = hub, rival  # type: ignore[assignment]
    return duo, rival


def test_only_better_plans_are_told() -> None:
    hub = hub_of(crossing(), [2], PRICES)
    duo, rival = heard(hub, crossing())
    x = np.array([10.0, 10, 6, 4, 4, 6])
    duo.tell(None, np.inf)
    assert not rival.offers
    for cost, offers in ((106.0, 1), (106.0, 1), (110.0, 1), (95.0, 2)):
        duo.tell(x, cost)
        assert len(rival.offers) == offers
    assert np.array_equal(rival.offers[0], hub.to_form(x))
    whole, other = heard(None, crossing())
    whole.tell(x, 106.0)
    assert np.array_equal(other.offers[0], x)


def test_what_it_finds_is_heard_once() -> None:
    hub = hub_of(crossing(), [2], PRICES)
    duo, rival = heard(hub, crossing())
    assert duo.found() is None
    x = np.array([10.0, 10, 6, 4, 4, 6])
    for bound, known in ((3.0, 3.0), (2.0, 3.0), (5.0, 5.0)):
        rival.values, rival.bound = [hub.to_form(x)], bound
        assert duo.found() == pytest.approx(np.array([10.0, 10, 6, 0, 0, 0]))
        assert duo.bound == known
    assert duo.found() is None
    whole, other = heard(None, crossing())
    other.values = [x]
    assert whole.found() == pytest.approx(x)


def test_who_has_answered() -> None:
    given, hub = crossing(), hub_of(crossing(), [], PRICES)
    assert not Duo(given, Control(), Dicuts(Ledger(given))).answered
    for some, done, solved, has_plan, answered, failed in (
        (hub, False, False, False, False, False),
        (hub, True, True, True, False, False),  # the point may need a hub
        (hub, True, True, False, True, False),  # no plan by way of hubs is no plan at all
        (hub, True, False, True, False, True),
        (None, True, True, True, True, False),
        (None, True, True, False, True, False),
        (None, True, False, False, False, True),
    ):
        duo, rival = heard(some, given)
        rival.done, rival.solved, rival.has_plan = done, solved, has_plan
        assert (duo.answered, duo.failed) == (answered, failed)


def test_no_choice_for_what_flows() -> None:
    p = build(read(hard(4, 7)))
    relaxation = Relaxation(Ledger(p), Control(), linked=False)
    hub = Hub(relaxation, Dicuts(relaxation.ledger), np.zeros(len(p.cost), dtype=bool), np.zeros(len(p.row_lower)))
    duo, rival = heard(hub, p)
    best = cheapest(p, 1e-6).x
    assert best is not None
    rival.values = [hub.to_form(best)]
    assert len(hub.kept) + len(hub._ends.column) < len(p.cost)
    assert duo.found() is None
    rival.values = [np.zeros(len(hub.form.cost))]
    assert duo.found() is not None


def test_the_end_clears_the_answer() -> None:
    duo, rival = heard(None, crossing())
    duo.control.answered.set()
    duo.end()
    assert rival.ended == 1
    assert not duo.control.answered.is_set()


# -- more columns -----------------------------------------------------------------------------------------------------


def test_nothing_to_widen(monkeypatch: pytest.MonkeyPatch) -> None:
    p = lanes()
    made = Made(p)
    assert not made.widen()
    made.invite()
    made.finish()
    assert not made.widen()  # it has had all columns
    made.duo.end()
    small(p, monkeypatch)
    other = Made(p, TURNS)
    assert other.prepare()
    other.invite()
    assert not other.widen()  # has not begun
    other.duo.end()
    assert not other.widen()


@pytest.mark.parametrize("threads", [SIDE, TURNS])
@pytest.mark.parametrize("given", ["located", "echelons", "hard", *range(6), "drawn", "drawn, many"])
def test_wider_until_it_is_right(given: Any, threads: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    p = some(given)
    best = cheapest(p)
    assert best.x is not None
    small(p, monkeypatch)
    made = Made(p, threads)
    if not made.prepare():
        assert given not in ("located", "echelons", "hard")
        return
    made.invite()
    near = 1e-6 * (1 + abs(best.cost))
    for _ in range(20):
        made.finish()
        assert made.rival.solved
        made.duo.found()
        values, hub, rival = made.duo._values, made.hub, made.rival
        assert values is not None
        assert made.duo.bound <= best.cost + near
        assert rival.bound <= best.cost + near
        through = values[len(hub.kept) :] > 1e-5 * hub.form.column_scale[len(hub.kept) :]
        if not through.any() and not hub.loose:
            x = hub.from_form(values)
            assert p.cost @ x == pytest.approx(best.cost, rel=3e-6)
            assert holds(p, x, 1e-5)
            made.duo.end()
            return
        made.duo.control.answered.set()
        wanted, share = hub.wanted(values), made.duo._share
        assert len(wanted) or hub.loose
        assert made.widen(best.x, best.cost)
        assert made.rival is not rival
        assert rival.done
        assert np.isin(np.concatenate([hub.kept, wanted, np.nonzero(best.x)[0]]), made.hub.kept).all()
        assert made.duo.answer == pytest.approx(hub.from_form(values))
        assert made.duo._share == (share if hub.loose else 2 * share)
        assert not made.hub.loose
        assert not made.duo.control.answered.is_set() or made.rival.solved  # beside us, it may be quick
        assert made.duo._values is None
    raise AssertionError("hubs are never done")


def test_no_room_for_more_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """What HiGHS has answered was asked by way of hubs, so that it is no proof of a plan, and the search goes on."""
    p = lanes()
    small(p, monkeypatch)
    best = cheapest(p)
    made = Made(p)
    assert made.prepare()
    made.invite()
    made.finish()
    made.duo.found()
    values, bound = made.duo._values, made.duo.bound
    assert values is not None
    monkeypatch.setattr(duo_module, "_ALL_COLUMNS", 20)
    assert not made.widen(best.x, best.cost)
    made.duo.tell(best.x, best.cost)
    assert made.duo.found() is None
    assert made.duo.bound == bound
    assert not made.duo.answered
    made.duo.end()


def test_all_columns_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    p = lanes()
    small(p, monkeypatch)
    made = Made(p)
    made.prepare(np.ones(len(p.cost), dtype=bool))
    if made.duo.hub is not None:
        assert np.array_equal(made.hub.kept, np.arange(len(p.cost)))


def test_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    p = lanes()
    small(p, monkeypatch)
    made = Made(p, TURNS)
    assert made.prepare()
    assert not made.duo.take_turns(0.1)  # nobody there
    made.invite()
    assert not made.rival.done
    for _ in range(100):
        assert made.duo.take_turns(0.2)
        if made.rival.done:
            break
    assert made.rival.solved
    made.duo.end()
    side = Made(p)
    assert side.prepare()
    side.invite()
    assert not side.duo.take_turns(0.1)
    side.duo.end()


# -- the search with them ---------------------------------------------------------------------------------------------


def some(given: Any) -> Program:
    if isinstance(given, int):
        seed, switches = MIXES[given]
        return program(seed, **switches)
    if given == "drawn":
        return drawn(3)
    if given == "drawn, many":
        return drawn(8, 1e6)
    if given == "located":
        return lanes()
    return build(read(echelons(3, 5, 8, 2) if given == "echelons" else hard(5, 12)))


class Heard:
    """How often a search has begun with hubs, and the bounds that it has told of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun = 0
        self.bounds: list[float] = []
        begin = Duo._begin

        def count(duo: Duo, *some: Any, **more: Any) -> None:
            self.begun += duo.hub is not None
            begin(duo, *some, **more)

        monkeypatch.setattr(Duo, "_begin", count)

    def listen(self, progress: Progress) -> None:
        self.bounds.append(progress.bound)


def searched(p: Program, threads: int | None, listen: Heard, gap: float = 1e-6, early: bool = False) -> Found:
    control = Control(gap=gap, time_limit=LONG, threads=threads, progress=listen.listen)
    own = Search(p, control)
    own._alone = early  # a large one has HiGHS wait for the root
    found = own.run()
    assert found is not None
    assert control.seconds < LONG
    assert not control.answered.is_set()
    return found


@pytest.mark.parametrize("trees", [True, False])
@pytest.mark.parametrize("threads", [SIDE, TURNS])
@pytest.mark.parametrize("given", ["located", "echelons", "hard", *range(6), "drawn", "drawn, many"])
def test_the_search_comes_to_the_optimum(
    given: Any, threads: int | None, trees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    p = some(given)
    best = cheapest(p).cost
    small(p, monkeypatch)
    if not trees:
        monkeypatch.setattr(search_module, "_BRANCHED", -1)
    listen = Heard(monkeypatch)
    found = searched(p, threads, listen)
    checked(p, found, best)
    assert found.point is not None
    assert holds(p, found.point.x, 1e-5)
    assert max(listen.bounds) <= best + 1e-6 * (1 + abs(best))
    assert found.cost == pytest.approx(best, rel=2e-6)
    if trees or listen.begun:
        assert found.bound == pytest.approx(best, rel=2e-6)
    if given == "hard" and not trees:
        assert listen.begun


@pytest.mark.parametrize("threads", [SIDE, TURNS])
def test_it_ends_where_no_gap_is_left(threads: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    p = build(read(hard(4, 8)))
    small(p, monkeypatch)
    monkeypatch.setattr(search_module, "_BRANCHED", -1)
    found = searched(p, threads, Heard(monkeypatch), 0.0)
    checked(p, found, cheapest(p).cost)


def test_highs_was_asked_before_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    p = build(read(hard(5, 12)))
    best = cheapest(p).cost
    small(p, monkeypatch)
    monkeypatch.setattr(search_module, "_ALONE", -1.0)
    monkeypatch.setattr(standing_module, "_ROOTLESS", -1.0)
    monkeypatch.setattr(search_module, "_BRANCHED", -1)
    for threads in (SIDE, TURNS):
        found = searched(p, threads, Heard(monkeypatch), early=True)
        checked(p, found, best)
        assert found.cost == pytest.approx(best, rel=2e-6)


def test_hubs_give_out(monkeypatch: pytest.MonkeyPatch) -> None:
    p = build(read(hard(5, 12)))
    best = cheapest(p).cost
    small(p, monkeypatch)
    monkeypatch.setattr(search_module, "_BRANCHED", -1)
    monkeypatch.setattr(duo_module, "_ALL_COLUMNS", 20)
    for threads in (SIDE, TURNS):
        found = searched(p, threads, Heard(monkeypatch))
        checked(p, found, best)


def test_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (shut(), sites()):
        small(given, monkeypatch)
        found = Search(given, Control(gap=1e-6)).run()
        assert (found is None) == (given.cost.size == 2)
