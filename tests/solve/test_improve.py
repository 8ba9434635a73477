"""Plans from a relaxation: flows for given openers, over all columns."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control
from netopt.solve.bound import Ledger
from netopt.solve.highs import Solver
from netopt.solve.improve import Improver
from netopt.solve.relaxation import Relaxation
from netopt.solve.sums import members_of, sums_of
from tests.plan.certificates import program_of
from tests.solve.located import holds, located
from tests.solve.relaxed import CHAIN, MIXES, chain, cheapest, few, plans, program, relaxed, shut, sites


def improver(given: Program, part: float = 1.0) -> Improver:
    return Improver(few(given, part), Control())


@pytest.mark.parametrize(("choice", "cost"), [((1, 0), 35), ((0, 1), 67), ((1, 1), 42), ((0, 0), None)])
@pytest.mark.parametrize("part", [0.0, 1.0])
def test_the_cheapest_flows_of_a_choice(choice: tuple[int, int], cost: float | None, part: float) -> None:
    some = improver(sites(), part)
    point = some.completed(np.array(choice, dtype=float))
    if cost is None:
        assert point is None
        assert some.cost == np.inf
    else:
        assert point is not None
        assert point.cost == pytest.approx(cost)
        assert some.cost == point.cost


def test_the_best_plan_is_kept() -> None:
    some, costs = improver(sites()), []
    for choice in ((0, 1), (1, 0), (1, 1), (0, 0)):
        some.completed(np.array(choice, dtype=float))
        costs.append(some.cost)
    assert costs == pytest.approx([67, 35, 35, 35])


def test_a_gate_that_binds_though_it_is_open() -> None:
    # a script lets 4 through D, so 6 go through E: 12 + 36 + 5 + 7
    p = program_of(
        [5, 7, 3, 6], [([0, 0, 1, 1], 10, 10)], [(2, 0, 10), (3, 1, 10), (2, 0, 4)], upper=[1, 1, 10, 10], whole=(0, 1)
    )
    point = improver(p).completed(np.ones(2))
    assert point is not None
    assert point.cost == pytest.approx(60)
    assert improver(p).completed(np.array([1.0, 0.0])) is None


@pytest.mark.parametrize("part", [0.2, 1.0])
@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_the_optimal_choice_costs_the_optimum(seed: int, switches: dict[str, bool], part: float) -> None:
    p = program(seed, **switches)
    best = cheapest(p)
    assert best.x is not None
    some = improver(p, part)
    for x in plans(p, 3, seed):
        point = some.completed(np.round(x[some.whole]))
        assert point is not None
        assert holds(p, point.x)
        assert point.cost >= best.cost * (1 - 1e-9)
        if part == 1.0:  # else the rounds may be over before all flows that matter have come
            assert point.cost <= float(p.cost @ x) + 1e-6 * abs(best.cost)
    point = some.completed(np.round(best.x[some.whole]))
    assert point is not None
    assert point.cost == pytest.approx(best.cost, rel=1e-6)
    assert holds(p, point.x)


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_rounding_and_looking_around(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    relaxation = Relaxation(Ledger(p), Control())
    some = Improver(relaxation, Control())
    y = relaxed(relaxation, cuts=True).x[some.whole]
    assert some.around(y, 0.1, 5.0, 1e-6) is None  # nothing to look around yet
    some.rounded(y, 0.0, 5.0, 1e-6)  # decides all that is not whole already
    optimum = cheapest(p).cost
    if some.best is None:
        return
    assert holds(p, some.best.x)
    assert some.cost >= optimum * (1 - 1e-9)
    before = some.cost
    some.around(y, -1.0, 10.0, 1e-6)  # decides everything
    assert some.cost <= before
    assert some.cost == pytest.approx(optimum, rel=1e-5)


def test_a_small_program_by_hand() -> None:
    p = chain()
    relaxation = Relaxation(Ledger(p), Control())
    some = Improver(relaxation, Control())
    point = some.rounded(relaxed(relaxation).x[some.whole], 0.1, 5.0, 0.0)
    assert point is not None
    assert point.cost == pytest.approx(CHAIN)


def test_the_best_plan_begins_what_can_be_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    some, begun = many(), []
    assert some.completed(np.round(some.relaxation.program.upper[some.whole])) is not None
    everywhere = np.full(len(some.whole), 0.5)
    monkeypatch.setattr(Solver, "start_from", lambda _self, x: begun.append(float(x.sum())))
    some.around(everywhere, 0.4, 10.0, 1e-6)
    assert begun == []  # the first may be too hard to end, and then a start only makes it look closer by
    best = some.best
    assert best is not None
    some.around(everywhere, 0.4, 10.0, 1e-6)
    assert begun == [float(best.x.sum())]
    some.around(everywhere, 0.4, 0.0, 1e-6)  # no time for it
    some.around(everywhere, 0.4, 10.0, 1e-6)
    assert len(begun) == 2
    some.rounded(np.round(1 - best.x[some.whole]), 0.1, 10.0, 1e-6)  # holds what the best plan has otherwise
    assert len(begun) == 2


def test_a_stop_before_it_begins() -> None:
    control = Control()
    relaxation = Relaxation(Ledger(sites()), control)
    some = Improver(relaxation, control)
    control.stop.set()
    assert some.completed(np.array([1.0, 0.0])) is None or some.cost == pytest.approx(35)


# -- openers that a relaxed point opens, and what is decided before the rest -------------------------------------------


def many(sites: int = 12, customers: int = 10, seed: int = 0, tight: float = 0.3) -> Improver:
    p = build(read(located(sites, customers, seed, tight=tight, fixed=300)))
    return Improver(Relaxation(Ledger(p), Control()), Control())


def test_sums_follow_from_what_is_chosen() -> None:
    some = many()
    p = some.relaxation.program
    assert not np.isin(sums_of(p), some.whole).any()
    assert len(some.whole) + len(sums_of(p)) == p.whole.sum()
    point = some.completed(np.round(p.upper[some.whole]))
    assert point is not None
    assert point.x[sums_of(p)] == pytest.approx([12])


@pytest.mark.parametrize("seed", range(4))
def test_as_many_are_opened_as_a_point_opens_altogether(seed: int) -> None:
    some = many(seed=seed)
    p = some.relaxation.program
    point = some.opened(relaxed(some.relaxation).x)
    assert point is not None
    assert holds(p, point.x)
    ((_, total, members),) = members_of(p)
    assert point.x[members].sum() == pytest.approx(point.x[total])
    assert some.best is not None
    assert some.best.cost <= point.cost
    assert point.cost >= cheapest(p, 1e-6).cost * (1 - 1e-6)


def test_the_most_used_ones_are_opened() -> None:
    # two would hold the 20 that are wanted; two and two hundredths are opened, up to a whole number, and the idle one shut
    n = 4
    ones, nothing = [1.0] * n, [0.0] * n
    p = program_of(
        [*([5.0] * n), *ones, 0], [([*nothing, *ones, 0], 20, 20), ([*ones, *nothing, -1], 0, 0)],
        [(n + i, i, 10) for i in range(n)], upper=[*ones, *([10.0] * n), n], whole=(*range(n), 2 * n),
    )  # fmt: skip
    some = improver(p)
    x = np.array([0.9, 0.8, 0.2, 0.1, 9, 8, 2, 1, 2.0])
    point = some.opened(x)
    assert point is not None
    assert point.x[:n].sum() == 2
    assert point.x[3] == 0
    assert point.cost == pytest.approx(20 + 10)


def test_more_are_opened_where_too_few_fail() -> None:
    # 35 wanted take all four; 1.8 and more by parts of it come to two and three, then there is double
    n = 4
    ones, nothing = [1.0] * n, [0.0] * n
    p = program_of(
        [*([5.0] * n), *ones, 0], [([*nothing, *ones, 0], 35, 35), ([*ones, *nothing, -1], 0, 0)],
        [(n + i, i, 10) for i in range(n)], upper=[*ones, *([10.0] * n), n], whole=(*range(n), 2 * n),
    )  # fmt: skip
    some = improver(p)
    point = some.opened(np.array([0.6, 0.5, 0.4, 0.3, 6, 5, 4, 3, 1.8]))
    assert point is not None
    assert point.x[:n].sum() == 4
    assert holds(p, point.x)


def test_none_are_opened_where_no_number_is_enough() -> None:
    assert improver(shut()).opened(np.array([1.0, 8.0])) is None


@pytest.mark.parametrize("seed", range(3))
def test_some_are_decided_the_rest_may_be_open_by_a_part(seed: int) -> None:
    some = many(seed=seed)
    p = some.relaxation.program
    relaxed(some.relaxation)
    which = np.zeros(len(some.whole), dtype=bool)
    which[::2] = True
    x = some.decided(which, 5.0, 1e-6)
    assert x is not None
    chosen = x[some.whole]
    assert (chosen[which] == np.round(chosen[which])).all()
    assert p.cost @ x <= cheapest(p, 1e-6).cost * (1 + 1e-5)
    assert (p.matrix @ x >= p.row_lower - 1e-5).all()
    assert (p.matrix @ x <= p.row_upper + 1e-5).all()
    every = some.decided(np.ones(len(some.whole), dtype=bool), 5.0, 1e-6)
    assert every is not None
    assert p.cost @ every >= p.cost @ x - 1e-4 * abs(p.cost @ x)


def test_nothing_can_be_decided_where_there_is_no_plan() -> None:
    assert improver(shut()).decided(np.ones(1, dtype=bool), 5.0, 1e-6) is None


# -- openers that nothing needs, and choices that do not let the flows through ------------------------------------------


def like_sites(lower: list[float] | None = None, cost: list[float] | None = None, least: int = 0) -> Program:
    """Return `sites`, with other bounds or costs, or a row that asks for so many to be open."""
    return program_of(
        cost or [5, 7, 3, 6], [([0, 0, 1, 1], 10, 10), ([1, 1, 0, 0], least, 2)], [(2, 0, 10), (3, 1, 10)],
        lower=lower, upper=[1, 1, 10, 10], whole=(0, 1),
    )  # fmt: skip


@pytest.mark.parametrize("part", [0.0, 1.0])
def test_an_idle_opener_is_shut(part: float) -> None:
    both = np.ones(2)
    as_asked = improver(like_sites(), part).completed(both)
    assert as_asked is not None
    assert as_asked.cost == pytest.approx(42)
    some = improver(like_sites(), part)
    point = some.completed(both, rough=True)
    assert point is not None
    assert point.x[:2].tolist() == [1, 0]
    assert point.cost == some.cost == pytest.approx(35)


@pytest.mark.parametrize(
    ("given", "cost"),
    [
        (like_sites(lower=[0, 1, 0, 0]), 42),  # it has to be open
        (like_sites(cost=[5, 0, 3, 6]), 35),  # it costs nothing
        (like_sites(cost=[5, -2, 3, 6]), 33),  # or saves something
        (like_sites(least=2), 42),  # so many are asked for: without it there is no plan, and the first one stands
    ],
)
def test_an_idle_opener_that_stays(given: Program, cost: float) -> None:
    some = improver(given)
    point = some.completed(np.ones(2), rough=True)
    assert point is not None
    assert point.x.tolist() == pytest.approx([1, 1, 10, 0])
    assert point.cost == some.cost == pytest.approx(cost)


def test_which_are_idle() -> None:
    some = improver(like_sites())
    for x, idle in (
        ([1, 1, 10, 0], [False, True]),
        ([1, 1, 4, 6], [False, False]),
        ([1, 1, 0, 0], [True, True]),
        ([0, 0, 0, 0], [False, False]),  # shut already
        ([1, 1, 10, 1e-9], [False, True]),  # not a flow
    ):
        assert some._idle(np.array(x, dtype=float)).tolist() == idle
    held = improver(like_sites(lower=[0, 1, 0, 0]))
    assert held._idle(np.array([1.0, 1, 0, 0])).tolist() == [True, False]


def four(wanted: float) -> Program:
    """Return: so much wanted, through four sites of 10, each open at 5 and 1 a unit."""
    n, ones, nothing = 4, [1.0] * 4, [0.0] * 4
    return program_of(
        [*([5.0] * n), *ones], [([*nothing, *ones], wanted, wanted)], [(n + i, i, 10) for i in range(n)],
        upper=[*ones, *([10.0] * n)], whole=tuple(range(n)),
    )  # fmt: skip


NOTHING = np.zeros(8)


@pytest.mark.parametrize("part", [0.0, 1.0])
@pytest.mark.parametrize(
    ("relaxed_open", "opened"),
    [([0.9, 0.2, 0.8, 0.1], [1, 0, 1, 0]), ([0.9, 0.2, 0.1, 0.8], [1, 0, 0, 1]), ([0.0, 0.9, 0.2, 0.9], [1, 1, 0, 0])],
)
def test_what_lacks_is_opened_and_no_more(relaxed_open: list[float], opened: list[int], part: float) -> None:
    # two hold the 20 that are wanted: the first, which is chosen, and the one that a relaxed point opens most
    some = improver(four(20), part)
    chosen = np.array([1.0, 0, 0, 0])
    assert some.completed(chosen) is None
    relaxed_point = np.array([*relaxed_open, *(10 * np.array(relaxed_open))])
    point = some.repaired(chosen, NOTHING, relaxed_point)
    assert point is not None
    assert point.cost == some.cost == pytest.approx(2 * 5 + 20)
    assert point.x[0] == 1
    assert point.x[:4].sum() == 2
    if relaxed_open[1] != relaxed_open[3]:
        assert point.x[:4].tolist() == opened
    else:
        assert point.x[2] == 0


@pytest.mark.parametrize(("relaxed_point", "cost"), [([1, 0, 10, 0], 35), ([0, 1, 0, 10], 67)])
def test_the_relaxed_point_says_which_is_opened(relaxed_point: list[float], cost: float) -> None:
    # what it leaves shut costs a hundred times as much: 5 for D are 500, so 10 units cost 530 there and 67 through E
    point = improver(sites()).repaired(np.zeros(2), np.zeros(4), np.array(relaxed_point, dtype=float))
    assert point is not None
    assert point.cost == pytest.approx(cost)


def test_a_choice_that_turns_out_idle_is_taken_back() -> None:
    # E is at hand for nothing, yet D saves 3 a unit and opens for half of one
    point = improver(sites()).repaired(np.array([0.0, 1.0]), np.zeros(4), np.array([1.0, 0, 10, 0]))
    assert point is not None
    assert point.x.tolist() == pytest.approx([1, 0, 10, 0])


def test_nothing_is_repaired_where_there_is_no_plan() -> None:
    assert improver(shut()).repaired(np.zeros(1), np.zeros(2), np.zeros(2)) is None
    some = improver(four(41))
    assert some.repaired(np.ones(4), NOTHING, NOTHING) is None
    assert some.best is None


@pytest.mark.parametrize("seed", range(3))
def test_repaired_plans_hold(seed: int) -> None:
    some = many(seed=seed)
    p = some.relaxation.program
    y = relaxed(some.relaxation).x
    point = some.repaired(np.zeros(len(some.whole)), np.zeros(len(p.cost)), y)
    assert point is not None
    assert holds(p, point.x)
    assert point.cost >= cheapest(p, 1e-6).cost * (1 - 1e-6)


def test_flows_that_take_too_long_are_given_up() -> None:
    some = many(40, 150)
    choice = np.round(some.relaxation.program.upper[some.whole])
    assert some.completed(choice, seconds=0.0) is None
    assert some.best is None
    assert some.completed(choice, seconds=60.0) is not None  # what was cut off does no harm


def test_nothing_is_counted_at_the_relaxed_point() -> None:
    # a sum of 0 says nothing of how many to open: all are, and the idle one is shut again
    given = program_of(
        [5, 5, 1, 1, 0], [([0, 0, 1, 1, 0], 5, 5), ([1, 1, 0, 0, -1], 0, 0)], [(2, 0, 10), (3, 1, 10)],
        upper=[1, 1, 10, 10, 2], whole=(0, 1, 4),
    )  # fmt: skip
    point = improver(given).opened(np.zeros(5))
    assert point is not None
    assert point.cost == pytest.approx(5 + 5)


def test_what_else_is_whole_is_raised_as_flows_need_it() -> None:
    # 8 units behind an opener for 5, in vehicles for 2 that hold 5 units each
    given = program_of(
        [5, 1, 2], [([0, 1, 0], 8, 8), ([0, 1, -5], -np.inf, 0)], [(1, 0, 10)], upper=[1, 10, 9], whole=(0, 2)
    )
    point = improver(given).repaired(np.zeros(2), np.zeros(3), np.array([0.8, 8, 1.6]))
    assert point is not None
    assert point.x.tolist() == [1, 8, 2]
    assert point.cost == pytest.approx(5 + 8 + 4)
