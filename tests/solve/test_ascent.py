"""Prices that climb over few columns: the bound holds, comes near the strong relaxation, and dives make choices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control
from netopt.solve import ascent as ascent_module
from netopt.solve.ascent import Ascent
from netopt.solve.bound import Bound, Cut, Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.improve import Improver
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.sums import members_of, sums_of
from tests.solve.located import echelons, holds, located
from tests.solve.relaxed import CHAIN, MIXES, bare, chain, cheapest, program, relaxed

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

NETWORKS = [(3, 4, 8, 2, 0.5), (4, 5, 10, 3, 0.4), (3, 5, 12, 1, 0.3), (5, 8, 20, 2, 0.5)]
"""Distribution centers, fulfillment centers, customers, seed, and how tight the centers are."""

MIXED = [MIXES[1], MIXES[2], MIXES[5]]


def never() -> bool:
    return False


def ignore(_bound: float) -> None:
    """Take no notice."""


@dataclass(frozen=True)
class Told:
    """A program, its optimum and its relaxation with all gates, and with cuts as well."""

    program: Program
    optimum: float
    strong: float
    cut: float
    weak: Point


@cache
def told(network: tuple[int, int, int, int, float]) -> Told:
    *size, tight = network
    p = build(read(echelons(*size, tight=tight)))
    weak = bare(p).run()[1]
    assert weak is not None
    return Told(p, cheapest(p).cost, relaxed(bare(p)).cost, relaxed(bare(p), cuts=True).cost, weak)


def nearest(dicuts: Dicuts, count: int) -> BoolArray:
    """Return all columns but the dear ones of those that end at a customer."""
    kept = np.ones(len(dicuts.program.cost), dtype=bool)
    kept[dicuts.last()] = False
    kept[dicuts.nearest(dicuts.last(), dicuts.program.cost, count)] = True
    return kept


def begun(
    given: Program, weak: Point, lower: FloatArray | None = None, upper: FloatArray | None = None, *, count: int = 2
) -> Ascent:
    """Return an ascent from the cheapest columns of each customer."""
    ledger = Ledger(given)
    dicuts = Dicuts(ledger)
    low, high = given.lower if lower is None else lower, given.upper if upper is None else upper
    return Ascent(ledger, dicuts, Control(), nearest(dicuts, count), weak, low, high)


def rounds(count: int) -> Callable[[], bool]:
    """Return what says enough after so many rounds."""
    left = iter(range(count - 1))
    return lambda: next(left, None) is None


def narrowed(given: Program, lower: FloatArray, upper: FloatArray) -> Program:
    """Return a program within narrower bounds."""
    return replace(given, lower=lower, upper=upper, most=np.minimum(given.most, upper))


def openers(given: Program) -> IntArray:
    found: IntArray = np.unique(given.gates.opener)
    return found


def stages(ascent: Ascent) -> list[IntArray]:
    """Return what the search decides first, and then."""
    every = np.setdiff1d(np.nonzero(ascent.program.whole)[0], sums_of(ascent.program))
    first = np.isin(every, ascent.dicuts.openers)
    return [every[first], every[~first]]


# -- the bound ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", NETWORKS)
def test_the_bound_climbs_to_the_strong_relaxation(network: tuple[int, int, int, int, float]) -> None:
    case = told(network)
    p = case.program
    ascent = begun(p, case.weak)
    assert not ascent.kept.all()
    reported: list[float] = []
    assert ascent.climb(never, reported.append)
    assert reported == sorted(set(reported))
    root = ascent.root()
    assert ascent.bound is not None
    assert root.bound.value == ascent.bound.value == reported[-1]
    assert 0.98 * case.strong <= root.bound.value <= case.optimum * (1 + 1e-9)
    assert root.bound.value >= 0.97 * case.cut
    assert root.bound.value <= case.cut * 1.02  # cuts that hold for longer may be better ones
    assert ascent.ledger.cuts
    # another ledger knows it as well
    fresh = Ledger(p)
    for cut in ascent.ledger.cuts:
        fresh.add_cut(cut)
    assert fresh.bound(root.best.duals).value == pytest.approx(root.bound.value, rel=1e-9)
    assert not root.solved
    assert root.point is root.best
    assert root.point.x.shape == p.cost.shape
    assert root.point.row_dual.shape == p.row_lower.shape
    assert root.bound.price.shape == p.cost.shape
    # the averaged point is near the relaxation's
    x = root.point.x
    assert float(p.cost @ x) == pytest.approx(case.cut, rel=0.05)
    lack = np.maximum(np.maximum(p.row_lower - p.matrix @ x, p.matrix @ x - p.row_upper), 0.0)
    assert lack.sum() <= 0.02 * (abs(p.matrix) @ np.abs(x)).sum()
    assert (x >= p.lower - 1e-9).all()
    assert (x <= p.most * (1 + 1e-9) + 1e-9).all()


@pytest.mark.parametrize(("seed", "switches"), MIXED)
def test_networks_with_all_kinds_of_rows(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    weak = bare(p).run()[1]
    assert weak is not None
    ascent = begun(p, weak, count=4)
    reported: list[float] = []
    assert ascent.climb(rounds(12), reported.append)
    assert reported == sorted(set(reported))
    assert ascent.ledger.bound(weak.duals).value < reported[-1] <= cheapest(p).cost * (1 + 1e-9)


def test_the_chain() -> None:
    p = chain()
    weak = bare(p).run()[1]
    assert weak is not None
    ascent = begun(p, weak)
    ascent.climb(never, ignore)
    assert ascent.bound is not None
    assert 11.9 <= ascent.bound.value <= CHAIN  # 7 + 7/8 * 6 with all cuts; 9.6 with gates alone
    x, _price = ascent.dive([np.array([0])], never)
    assert x[0] == 1
    point = Improver(ascent.relaxation(), Control()).completed(x[:1])
    assert point is not None
    assert point.cost == pytest.approx(CHAIN)


def test_enough_at_once() -> None:
    case = told(NETWORKS[1])
    ascent = begun(case.program, case.weak)
    kept = ascent.kept.copy()
    reported: list[float] = []
    asked: list[bool] = []

    def enough() -> bool:
        asked.append(True)
        return True

    ascent.climb(enough, reported.append)
    assert len(asked) == 1
    assert len(reported) == 1
    assert (ascent.kept == kept).all()
    assert not ascent.ledger.cuts
    first = ascent.root().bound.value
    assert first == reported[0] <= case.optimum
    # and on from there: only what is better is told
    ascent.climb(never, reported.append)
    assert reported == sorted(set(reported))
    assert reported[-1] > first


def test_a_stop_ends_it() -> None:
    case = told(NETWORKS[1])
    ascent = begun(case.program, case.weak)
    ascent.control.stop.set()
    ascent.climb(never, ignore)
    assert ascent.root().bound.value <= case.optimum


def test_the_root_is_known_only_after_a_climb() -> None:
    case = told(NETWORKS[0])
    with pytest.raises(ValueError, match="before the first climb"):
        begun(case.program, case.weak).root()


def dearest(given: Program) -> tuple[Ascent, Ledger]:
    """Return an ascent from the dearest lane of each customer only."""
    ledger = Ledger(given)
    dicuts = Dicuts(ledger)
    weak = Relaxation(ledger, Control()).run()[1]
    assert weak is not None
    kept = np.ones(len(given.cost), dtype=bool)
    kept[dicuts.last()] = False
    kept[dicuts.nearest(dicuts.last(), -given.cost, 1)] = True
    return Ascent(ledger, dicuts, Control(), kept, weak, given.lower, given.upper), ledger


def test_columns_that_mislead() -> None:
    """With one echelon the others are asked for, and nothing is begun: there are better ways."""
    ascent, ledger = dearest(build(read(located(8, 20, 3, tight=0.4, fixed=600))))
    assert not len(ascent.dicuts.openers)
    reported: list[float] = []
    assert not ascent.climb(never, reported.append)
    assert not reported
    assert not ledger.cuts
    with pytest.raises(ValueError, match="before the first climb"):
        ascent.root()


def test_columns_that_mislead_with_several_echelons() -> None:
    ascent, _ledger = dearest(told(NETWORKS[3]).program)
    reported: list[float] = []
    assert ascent.climb(rounds(12), reported.append)
    assert reported[-1] >= 0.9 * told(NETWORKS[3]).optimum
    assert reported[-1] <= told(NETWORKS[3]).optimum


# -- cuts --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", NETWORKS[2:])
def test_cuts_without_a_price_are_forgotten_while_nobody_knows_them(network: tuple[int, int, int, int, float]) -> None:
    case = told(network)
    p = case.program
    ascent = begun(p, case.weak)
    ledger = ascent.ledger
    added = 0
    add = ledger.add_cut

    def counted(cut: Cut) -> None:
        nonlocal added
        added += 1
        add(cut)

    ledger.add_cut = counted  # type: ignore[method-assign]
    ascent.climb(never, ignore)
    root = ascent.root()
    assert 0 < len(ledger.cuts) < added
    assert len(root.best.duals.cut) <= len(ledger.cuts)
    assert ledger.bound(root.best.duals).value == pytest.approx(root.bound.value, rel=1e-9)
    ascent.relaxation()
    cuts = list(ledger.cuts)
    ascent.climb(rounds(4), ignore)
    assert ledger.cuts[: len(cuts)] == cuts
    assert ledger.bound(root.best.duals).value == pytest.approx(root.bound.value, rel=1e-9)
    assert ledger.bound(ascent.root().best.duals).value == pytest.approx(ascent.root().bound.value, rel=1e-9)


# -- columns -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", NETWORKS[2:])
def test_what_is_asked_for_is_kept(network: tuple[int, int, int, int, float], monkeypatch: pytest.MonkeyPatch) -> None:
    case = told(network)
    p = case.program
    ascent = begun(p, case.weak)
    must = p.whole | ~ascent.ledger.gated
    must[openers(p)] = True
    assert ascent.kept[must].all()
    one_round = ascent._round
    waiting: list[IntArray] = [np.zeros(0, dtype=np.int64)]
    count = 0

    def spied(passes: int) -> tuple[object, Bound, IntArray]:
        nonlocal count
        assert ascent.kept[waiting[0]].all()
        assert ascent.kept[must].all()
        left_out = ~ascent.kept
        found, bound, asked = one_round(passes)
        assert left_out[asked].all()
        assert (bound.price[asked] < 0).all()
        waiting[0] = asked
        count += len(asked)
        return found, bound, asked

    monkeypatch.setattr(ascent, "_round", spied)
    ascent.climb(never, ignore)
    assert count > 0


def test_dear_columns_are_dropped_save_what_is_used_and_the_nearest_into_rows_that_carry_something() -> None:
    case = told(NETWORKS[3])
    p = case.program
    ascent = begun(p, case.weak)
    ascent.kept[:] = True
    last = ascent.dicuts.last()
    price = np.zeros(len(p.cost))
    draw = np.random.default_rng(0)
    price[last] = draw.permutation(len(last)) + 1.0
    x = np.zeros(len(p.cost))
    used = last[price[last] <= 10]
    x[used] = 1.0
    dear = last[np.argsort(price[last])[-1]]
    x[dear] = 1e-9  # a trace is no use
    ascent._drop_dear(Bound(0.0, price, np.zeros(len(p.gates))), x)
    dropped = np.nonzero(~ascent.kept)[0]
    assert len(dropped)
    assert np.isin(dropped, last).all()
    assert (price[dropped] > 9).all()
    to = ascent.dicuts.head
    for row in np.unique(to[last]):
        order = last[to[last] == row]
        order = order[np.argsort(price[order])]
        assert ascent.kept[order[:6]].all() or not (x[order] > 1e-6).any()
        assert (ascent.kept[order[6:]] == (price[order[6:]] <= 10)).all()
    assert not ascent.kept[dear]


def test_nothing_is_dropped_where_nothing_is_used() -> None:
    case = told(NETWORKS[0])
    ascent = begun(case.program, case.weak)
    kept = ascent.kept.copy()
    n = len(kept)
    ascent._drop_dear(Bound(0.0, np.ones(n), np.zeros(len(case.program.gates))), np.zeros(n))
    assert (ascent.kept == kept).all()


@pytest.mark.parametrize("network", NETWORKS[1:3])
def test_the_relaxation_that_is_left(network: tuple[int, int, int, int, float]) -> None:
    case = told(network)
    p = case.program
    upper = p.upper.copy()
    ((_, total, _), *_) = members_of(p)
    upper[total] -= 1  # one of them may not be open: holds in what follows as well
    ascent = begun(p, case.weak, upper=upper)
    ascent.climb(never, ignore)
    assert ascent.best is not None
    bound = ascent.root().bound.value
    relaxation = ascent.relaxation()
    assert relaxation.kept.tolist() == np.nonzero(ascent.kept)[0].tolist()
    is_cut = relaxation.kind == 1
    assert relaxation.index[is_cut].tolist() == np.nonzero(ascent.best.prices.cut)[0].tolist()
    assert (relaxation.kind[~is_cut] == 2).all()  # sums of gates, and no gates yet
    assert (relaxation.lower[p.whole] == ascent.lower[p.whole]).all()
    assert (relaxation.upper[p.whole] == upper[p.whole]).all()
    _verdict, point = relaxation.run()
    assert point is not None
    assert point.x[total] <= upper[total] + 1e-6
    # the duals of the ascent are some of those of the relaxation with all gates
    all_of_it = relaxed(relaxation).cost
    assert bound <= all_of_it * (1 + 1e-6)
    assert bound >= 0.98 * all_of_it
    assert all_of_it <= cheapest(narrowed(p, p.lower, upper)).cost * (1 + 1e-6)


def test_the_relaxation_before_a_climb() -> None:
    case = told(NETWORKS[0])
    ascent = begun(case.program, case.weak)
    relaxation = ascent.relaxation()
    assert relaxation.kept.tolist() == np.nonzero(ascent.kept)[0].tolist()
    assert not (relaxation.kind == 1).any()
    assert relaxed(relaxation).cost == pytest.approx(case.strong, rel=1e-6)


# -- bounds ------------------------------------------------------------------------------------------------------------


def test_sites_that_are_closed_or_open() -> None:
    case = told(NETWORKS[0])
    p = case.program
    best = cheapest(p).x
    assert best is not None
    every = openers(p)
    every = every[p.lower[every] < p.upper[every]]
    some = [every[best[every] > 0.5][0], every[best[every] > 0.5][-1], every[best[every] < 0.5][0]]
    for site in some:
        shut = best[site] > 0.5
        lower, upper = p.lower.copy(), p.upper.copy()
        lower[site] = upper[site] = 0.0 if shut else 1.0
        within = narrowed(p, lower, upper)
        optimum = cheapest(within).cost
        assert optimum > case.optimum
        ascent = begun(p, case.weak, lower, upper, count=3)
        lower[site], upper[site] = 0.0, 1.0  # what the caller does with his is no matter
        ascent.climb(never, ignore)
        bound = ascent.root().bound.value
        assert 0.98 * relaxed(bare(within)).cost <= bound <= optimum * (1 + 1e-9)
        x, _price = ascent.dive(stages(ascent), never)
        assert x[site] == (0 if shut else 1)
        assert ascent.relaxation().lower[site] == ascent.relaxation().upper[site] == x[site]


def test_bounds_that_change_in_between() -> None:
    """What has been learned goes on counting, the bound is that of the narrower part."""
    case = told(NETWORKS[1])
    p = case.program
    best = cheapest(p).x
    assert best is not None
    ascent = begun(p, case.weak)
    ascent.climb(never, ignore)
    wide = ascent.root().bound.value
    every = openers(p)
    site = every[(best[every] > 0.5) & (p.lower[every] < 1)][0]
    ascent.upper[site] = 0.0
    ascent.climb(never, ignore)
    narrow = ascent.root().bound.value
    upper = p.upper.copy()
    upper[site] = 0.0
    assert wide <= narrow <= cheapest(narrowed(p, p.lower, upper)).cost * (1 + 1e-9)


def test_no_more_sites_than_a_sum_allows() -> None:
    case = told(NETWORKS[2])
    p = case.program
    best = cheapest(p).x
    assert best is not None
    for (_, total, members), more in zip(members_of(p), (1, -1), strict=True):  # one of two kinds of centers each
        count = best[members].sum()
        lower, upper = p.lower.copy(), p.upper.copy()
        if more > 0:
            lower[total] = count + 1
        else:
            upper[total] = count - 1
        ascent = begun(p, case.weak, lower, upper, count=3)
        ascent.climb(never, ignore)
        optimum = cheapest(narrowed(p, lower, upper)).cost
        assert optimum > case.optimum
        assert 0.98 * relaxed(bare(narrowed(p, lower, upper))).cost <= ascent.root().bound.value <= optimum * (1 + 1e-9)


# -- dives -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("network", NETWORKS)
def test_a_dive_makes_all_choices(network: tuple[int, int, int, int, float], monkeypatch: pytest.MonkeyPatch) -> None:
    case = told(network)
    p = case.program
    ascent = begun(p, case.weak)
    ascent.climb(rounds(4), ignore)
    lower, upper, root = ascent.lower.copy(), ascent.upper.copy(), ascent.root()
    before, kept = (ascent._prices, ascent._x), ascent.kept.copy()
    first, second = stages(ascent)
    assert len(first)
    assert len(second)
    choose = ascent._choose

    def in_order(free: IntArray, x: FloatArray) -> None:
        open_yet = ascent.lower < ascent.upper
        assert open_yet[free].all()
        assert np.isin(free, first if open_yet[first].any() else second).all()
        choose(free, x)
        assert (ascent.lower[free] == ascent.upper[free]).any()
        assert (ascent.upper[free] <= 1).all()

    monkeypatch.setattr(ascent, "_choose", in_order)
    x, price = ascent.dive([first, second], never)
    assert np.isin(x[np.append(first, second)], (0, 1)).all()
    assert x.shape == price.shape == p.cost.shape
    assert ((lower <= x) & (x <= upper)).all()
    assert (ascent.lower == lower).all()
    assert (ascent.upper == upper).all()
    assert ascent._prices is before[0]
    assert ascent._x is before[1]
    assert ascent.root().bound.value == root.bound.value
    assert (ascent.kept[kept]).all()
    improver = Improver(ascent.relaxation(), Control(), ascent.dicuts)
    assert np.sort(improver.whole).tolist() == np.sort(np.append(first, second)).tolist()
    point = improver.completed(x[improver.whole], rough=True)
    if point is not None:
        assert holds(p, point.x)
        assert point.cost >= case.optimum * (1 - 1e-9)


def test_dives_find_plans() -> None:
    found = []
    for network in NETWORKS[2:]:
        case = told(network)
        ascent = begun(case.program, case.weak)
        ascent.climb(never, ignore)
        x, price = ascent.dive(stages(ascent), never)
        improver = Improver(ascent.relaxation(), Control(), ascent.dicuts)
        improver.heed(price)
        point = improver.completed(x[improver.whole])
        if point is not None:
            found.append(point.cost / case.optimum)
    assert found
    assert min(found) < 1.1


def test_the_surest_choices_are_made_first() -> None:
    case = told(NETWORKS[1])
    p = case.program
    ascent = begun(p, case.weak)
    free = openers(p)[p.lower[openers(p)] < p.upper[openers(p)]][:5]
    x = np.zeros(len(p.cost))
    x[free] = [0.02, 0.97, 0.5, 0.4, 0.7]
    for choices in (
        {0: 0, 1: 1, 4: 1},  # three of five
        {0: 0, 1: 1, 4: 1, 3: 0},  # both that are left, but one is in doubt
        {0: 0, 1: 1, 4: 1, 3: 0, 2: 1},  # the most open one
    ):
        left = free[ascent.lower[free] < ascent.upper[free]]
        ascent._choose(left, x)
        made = np.nonzero(ascent.lower[free] == ascent.upper[free])[0]
        assert {int(n): ascent.lower[free[n]] for n in made} == choices
    assert (np.delete(ascent.upper, free) == np.delete(p.upper, free)).all()


def test_a_dive_without_choices() -> None:
    case = told(NETWORKS[0])
    ascent = begun(case.program, case.weak)
    ascent.climb(rounds(1), ignore)
    x, price = ascent.dive([np.zeros(0, dtype=np.int64)], never)
    assert x.shape == price.shape == case.program.cost.shape


@pytest.mark.parametrize("asks", [1, 3])
def test_a_dive_that_is_cut_short_rounds_the_rest(asks: int) -> None:
    case = told(NETWORKS[1])
    ascent = begun(case.program, case.weak)
    ascent.climb(rounds(2), ignore)
    x, _price = ascent.dive(stages(ascent), rounds(asks))
    improver = Improver(ascent.relaxation(), Control(), ascent.dicuts)
    choice = x[improver.whole]
    assert np.isin(choice, (0, 1)).all()
    point = improver.completed(choice)
    assert point is None or point.cost >= case.optimum * (1 - 1e-9)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_dive_leaves_the_capacity_that_was_open_by_parts(network: tuple[int, int, int, int, float]) -> None:
    case = told(network)
    ascent = begun(case.program, case.weak)
    ascent.climb(rounds(4), ignore)
    held = ascent._capacity
    limited = [stage[held[stage] > 0] for stage in stages(ascent)]
    assert sum(len(stage) for stage in limited) >= 5
    for stage in (some for some in limited if len(some)):
        before = np.zeros(len(case.program.cost))
        before[stage] = 0.55
        ascent.lower[stage] = ascent.upper[stage] = 0.0  # rounded down, all of them
        ascent._make_room(stage, before)
        opened = stage[ascent.lower[stage] == 1]
        assert 0 < len(opened) < len(stage)
        assert held[opened].sum() >= 0.55 * held[stage].sum()
        assert held[opened].sum() - held[opened].max() < 1.02 * 0.55 * held[stage].sum() + 1e-9  # and hardly more


@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_open_is_reached_from_what_is_open(network: tuple[int, int, int, int, float]) -> None:
    case = told(network)
    p = case.program
    ascent = begun(p, case.weak)
    ascent.climb(rounds(3), ignore)
    upstream = stages(ascent)[0]
    ascent.upper[upstream[1:]] = 0.0
    ascent.kept = ascent._must.copy()
    ascent._keep_near(p.cost)
    gates, dicuts = p.gates, ascent.dicuts
    shut = np.isin(np.arange(len(p.cost)), gates.column[np.isin(gates.opener, upstream[1:])])
    for row in range(len(dicuts.node)):
        into = np.nonzero((dicuts.head == row) & ~shut)[0]
        assert ascent.kept[into].sum() >= min(len(into), ascent_module._NEAREST)
