"""Choices made by HiGHS for given sites, at the leaves of a tree without them, and searches that rest on it."""

from __future__ import annotations

import importlib
import itertools
import json
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import netopt
from netopt.formulation import Program, build
from netopt.network import read
from netopt.plan.certificate import stated
from netopt.plan.recompute import recomputed_bound
from netopt.solve import Control, solve_program
from netopt.solve.bound import Ledger
from netopt.solve.choices import Choices
from netopt.solve.cuts import Dicuts
from netopt.solve.improve import Improver
from netopt.solve.relaxation import Relaxation
from netopt.solve.search import Search
from netopt.solve.settle import settle
from netopt.solve.sums import members_of
from netopt.solve.tree import Node, Tree
from tests.plan.certificates import program_of
from tests.solve.hard import hard
from tests.solve.located import holds, located
from tests.solve.relaxed import closed, few
from tests.solve.test_choices import PLENTY, cheapest_of, customers, network, served, with_lanes
from tests.solve.test_search import checked

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
INF = float("inf")
LONG = 20.0
"""A limit that is not to matter."""

ascent, climbing, duo, exact, plans, screen, search, standing = (
    importlib.import_module(f"netopt.solve.{name}")
    for name in ("ascent", "climbing", "duo", "exact", "plans", "screen", "search", "standing")
)


def sites_of(given: Program) -> IntArray:
    """Return the whole columns that are not choices."""
    return np.setdiff1d(np.nonzero(given.whole)[0], Choices(given).column)


def all_open(given: Program) -> tuple[IntArray, FloatArray]:
    """Return the sites, and that all of them are open; what counts them is as large as that."""
    at = sites_of(given)
    value = np.ones(len(at))
    for _, total, members in members_of(given):
        value[at == total] = len(members)
    return at, value


def best_with(given: Program, columns: IntArray, value: FloatArray) -> float:
    """Return the least cost with some columns decided, infinite where there is no plan."""
    lower, upper = given.lower.copy(), given.upper.copy()
    lower[columns] = upper[columns] = value
    run = cheapest_of(given, lower, upper)
    return float(run.fun) if run.status == 0 else INF


def settled(
    given: Program, columns: IntArray, value: FloatArray, cutoff: float = INF, control: Control | None = None, *,
    loose: bool = True, part: float = 1.0,
) -> tuple[float, FloatArray | None]:  # fmt: skip
    """Return what settling comes to over a relaxation of any columns: it takes all of the program."""
    kept = few(given, part).position >= 0
    relaxation = Relaxation(Ledger(given), Control(), kept, loose=loose)
    return settle(relaxation, columns, value, control or Control().part(LONG, 1e-9), cutoff)[:2]


def decisions(given: Program, draw: np.random.Generator, count: int) -> list[FloatArray]:
    """Return values of the sites: of plans, the same with some changed, and whatever is drawn."""
    at, found = sites_of(given), []
    for n in range(count):
        low, high = given.lower[at], np.minimum(given.upper[at], given.lower[at] + 5)
        y = np.round(draw.uniform(low, high))
        if n % 3 < 2:
            run = cheapest_of(given, cost=np.where(given.whole, draw.normal(0, 50, len(given.cost)), given.cost))
            if run.status == 0:
                y = np.where(draw.random(len(at)) < (0.15 if n % 3 else 0), y, np.round(run.x[at]))
        found.append(y)
    return found


# -- settling ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "cost"), [((1, 0), 35), ((0, 1), 67), ((1, 1), 42), ((0, 0), INF)])
def test_by_hand(value: tuple[float, float], cost: float) -> None:
    bound, x = settled(served(), np.array([0, 1]), np.array(value, dtype=float))
    assert bound == pytest.approx(cost)
    assert (x is None) == (cost == INF)
    if x is not None:
        from_d = value[0]
        assert x == pytest.approx([*value, from_d, 1 - from_d, 10 * from_d, 10 - 10 * from_d, 0])


@pytest.mark.parametrize("name", PLENTY)
def test_the_optimum_of_what_is_left(name: str) -> None:
    p, draw = network(name), np.random.default_rng(11)
    at, some = sites_of(p), 0
    for n, y in enumerate(decisions(p, draw, 8)):
        wanted = best_with(p, at, y)
        bound, x = settled(p, at, y, loose=n % 2 == 0, part=[1.0, 0.3][n % 3 % 2])
        assert bound == pytest.approx(wanted, rel=1e-6, abs=1e-6)
        assert (x is not None) == np.isfinite(wanted)
        if x is not None:
            some += 1
            assert holds(p, x)
            assert x[at] == pytest.approx(y, abs=1e-6)
            assert p.cost @ x == pytest.approx(wanted, rel=1e-6, abs=1e-6)
    assert some >= 2


def test_infinite_where_there_is_none() -> None:
    """Two sites of 6 hold 12 in all, but not the 10 that one customer wants from one of them."""
    split = program_of(
        [1, 1, 0, 0, 2, 2], [([0, 0, 0, 0, 1, 1], 10, 10), ([0, 0, 1, 1, 0, 0], -INF, 1),
                             ([-6, 0, 0, 0, 1, 0], -INF, 0), ([0, -6, 0, 0, 0, 1], -INF, 0)],
        [(4, 0, 10), (5, 1, 10), (4, 2, 10), (5, 3, 10)], upper=[1, 1, 1, 1, 10, 10], whole=(0, 1, 2, 3),
    )  # fmt: skip
    assert best_with(split, np.array([0, 1]), np.ones(2)) == INF
    assert settled(split, np.array([0, 1]), np.ones(2)) == (INF, None)
    assert settled(split, np.array([0, 1]), np.ones(2), cutoff=15.0)[0] >= 15


@pytest.mark.parametrize("share", [0.5, 0.97, 0.999, 1.0, 1.01, 3.0])
@pytest.mark.parametrize("name", ["hard", "lanes", "two modes", "some customers"])
def test_a_cutoff_ends_it_with_a_bound_that_holds(name: str, share: float) -> None:
    p = network(name)
    at, y = sites_of(p), decisions(p, np.random.default_rng(5), 1)[0]
    wanted = best_with(p, at, y)
    bound, x = settled(p, at, y, cutoff=share * wanted)
    assert min(share, 1) * wanted - 1e-6 * abs(wanted) <= bound <= wanted * (1 + 1e-9) + 1e-6
    if x is not None:
        assert holds(p, x)
        assert p.cost @ x >= wanted - 1e-6 * abs(wanted)
    if share > 1:
        assert x is not None


@pytest.mark.parametrize("seconds", [0.0, 0.02, 0.1])
def test_time_ends_it_with_a_bound_that_holds(seconds: float) -> None:
    p = tight()
    at, y = all_open(p)
    started = time.perf_counter()
    bound, x = settled(p, at, y, control=Control().part(seconds, 1e-9))
    assert time.perf_counter() - started < 5
    known, plan = settled(p, at, y, control=Control().part(0.5, 1e-9))
    assert plan is not None
    assert holds(p, plan)
    assert bound <= p.cost @ plan + 1e-6
    assert known <= p.cost @ plan + 1e-6
    assert x is None or (holds(p, x) and p.cost @ x >= known - 1e-6)


def tight() -> Program:
    """Return a program of whose choices HiGHS is not sure for long, though all sites are open."""
    given = located(12, 60, 2, tight=0.99)
    wants = given["customers"].assign(single_source="yes")
    return build(read({**given, "customers": wants, "demand": given["demand"].assign(unmet_cost=500.0)}))


def test_a_bound_above_the_cutoff_is_enough() -> None:
    p = tight()
    at, y = all_open(p)
    known, plan = settled(p, at, y, control=Control().part(0.5, 1e-9))
    assert plan is not None
    assert known < p.cost @ plan * (1 - 1e-6)  # it would take longer
    started = time.perf_counter()
    bound, _x = settled(p, at, y, cutoff=0.9 * known)
    assert time.perf_counter() - started < LONG / 4
    assert 0.9 * known <= bound <= p.cost @ plan + 1e-6


@pytest.mark.parametrize("other", [False, True])
def test_a_plan_to_begin_with(other: bool) -> None:
    """One of other sites does no harm."""
    p = served()
    known = np.array([0, 1, 0, 1, 0, 10, 0.0]) if other else np.array([1, 1, 0, 1, 0, 10, 0.0])
    relaxation = Relaxation(Ledger(p), Control(), loose=True)
    bound, x, ended = settle(relaxation, np.array([0, 1]), np.ones(2), Control().part(LONG, 1e-9), INF, known)
    assert ended
    assert bound == pytest.approx(42)
    assert x == pytest.approx([1, 1, 1, 0, 10, 0, 0])


def test_told_to_stop() -> None:
    p = tight()
    control = Control()
    control.stop.set()
    started = time.perf_counter()
    bound, _x = settled(p, *all_open(p), control=control.part(LONG, 1e-9))
    assert time.perf_counter() - started < LONG / 2
    assert bound < INF


def test_what_ends_one_does_not_end_the_next() -> None:
    control = Control()
    part = control.part(LONG, 1e-9)
    p = network("hard")
    at, y = all_open(p)
    wanted = best_with(p, at, y)
    settled(p, at, y, cutoff=-INF, control=part)
    assert not control.answered.is_set()
    assert settled(p, at, y, control=part)[0] == pytest.approx(wanted)


# -- at the leaves of a tree ------------------------------------------------------------------------------------------


class Grown:
    """A tree over a relaxation without choices, and what was settled on the way."""

    def __init__(self, given: Program, gap: float = 1e-6, part: float = 1.0, best: float = INF) -> None:
        self.given = given
        ledger = Ledger(given)
        kept = few(given, part).position >= 0
        self.relaxation = Relaxation(ledger, Control(), kept, loose=True)
        self.improver = Improver(self.relaxation.paired(), Control())
        self.asked: list[tuple[FloatArray, float, float]] = []
        self.tree = Tree(self.relaxation, Dicuts(ledger), gap, self._take, self._settle)
        self.tree.best = best
        root = closed(self.relaxation)
        self.tree.begin(root.best.duals)

    def _take(self, x: FloatArray) -> None:
        raise AssertionError("a point without choices is no plan")

    def _settle(self, columns: IntArray, value: FloatArray, _patience: float = 1.0) -> tuple[float, bool]:
        assert columns.tolist() == sites_of(self.given).tolist()
        part = Control().part(LONG, 1e-9)
        bound, x, ended = settle(self.relaxation, columns, value, part, self.tree.cutoff)
        self.asked.append((value.copy(), bound, self.tree.cutoff))
        if x is not None:
            self.improver.completed(np.round(x[self.improver.whole]))
            self.tree.best = min(self.tree.best, self.improver.cost)
        return bound, ended

    def run(self, nodes: int = 3000) -> bool:
        return self.tree.search(lambda: self.tree.nodes >= nodes)

    def proved(self) -> float:
        """Return what the certificate proves in exact arithmetic, and fail where its leaves do not cover all."""
        certificate = self.tree.certificate()
        found = float(recomputed_bound(self.given, json.loads(json.dumps(stated(certificate)))))
        assert certificate.bound <= found
        return found


def trucks(seed: int) -> Program:
    """Return: paid vehicles, up to five each, bring goods to two or three centers; customers want one of these."""
    draw = np.random.default_rng(seed)
    centers, wanted = int(draw.integers(2, 4)), draw.integers(2, 8, int(draw.integers(2, 5))).astype(float)
    n, room = len(wanted), float(draw.integers(4, 7))
    flows = centers * n
    first = 2 * centers  # columns: open, vehicles, choices, flows
    cost = [*draw.integers(3, 15, centers), *draw.integers(2, 9, centers), *np.zeros(flows), *draw.uniform(0, 4, flows)]
    width, rows = len(cost), []

    def row(terms: dict[int, float], low: float, high: float) -> None:
        rows.append(([terms.get(j, 0.0) for j in range(width)], low, high))

    for c in range(n):
        row({first + flows + c * centers + i: 1.0 for i in range(centers)}, wanted[c], wanted[c])
        row({first + c * centers + i: 1.0 for i in range(centers)}, -INF, 1)
    for i in range(centers):
        out = {first + flows + c * centers + i: 1.0 for c in range(n)}
        row({**out, centers + i: -room}, -INF, 0)
        row({**out, i: -float(np.ceil(0.8 * wanted.sum()))}, -INF, 0)
    gates = []
    for c, i in itertools.product(range(n), range(centers)):
        flow = first + flows + c * centers + i
        gates += [(flow, i, wanted[c]), (flow, first + c * centers + i, wanted[c])]
    upper = [*np.ones(centers), *np.full(centers, 5.0), *np.ones(flows), *np.tile(wanted[:, None], centers).ravel()]
    return program_of(cost, rows, gates, upper=upper, whole=range(first + flows))  # type: ignore[arg-type]


GROWN: dict[str, Callable[[], Program]] = {
    **{name: (lambda name=name: network(name)) for name in PLENTY if name not in ("two modes", "products")},
    **{f"trucks {seed}": (lambda seed=seed: trucks(seed)) for seed in range(5)},
    "served": served,
}  # type: ignore[misc]


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("name", GROWN)
def test_a_tree_ends_at_the_optimum(name: str, known: bool) -> None:
    p = GROWN[name]()
    run = cheapest_of(p)
    if run.status == 2:
        grown = Grown(p)
        assert grown.run()
        assert grown.tree.best == INF
        return
    optimum = float(run.fun)
    grown = Grown(p, best=optimum * (1 + 1e-3) if known else INF, part=1.0 if known else 0.5)
    done = grown.run(150)
    assert grown.tree.bound <= optimum * (1 + 1e-9) + 1e-9
    assert grown.proved() <= optimum * (1 + 1e-9) + 1e-9
    assert len({tuple(y) for y, _, _ in grown.asked}) == len(grown.asked)  # nothing is settled twice
    assert all(bound <= best_with(p, sites_of(p), y) * (1 + 1e-9) + 1e-6 for y, bound, _ in grown.asked)
    if done:
        assert grown.tree.best == pytest.approx(optimum, rel=2e-6)
        assert grown.tree.bound == pytest.approx(optimum, rel=3e-6)
        assert grown.tree.lent == (len(grown.asked) > 0)


def test_several_leaves_are_settled() -> None:
    """Capacities are tight, and the cheapest sites by parts are not those where customers fit as a whole."""
    counts = []
    for seed in range(8):
        p = trucks(seed)
        run = cheapest_of(p)
        grown = Grown(p)
        assert grown.run()
        if run.status == 0:
            assert grown.tree.best == pytest.approx(run.fun, rel=1e-6)
            assert grown.proved() <= run.fun * (1 + 1e-9)
        counts.append(len(grown.asked))
    assert max(counts) >= 5


def test_left_early_it_proves_what_it_says() -> None:
    p = trucks(3)
    optimum = cheapest_of(p).fun
    for nodes in range(0, 12, 2):
        grown = Grown(p)
        grown.run(nodes)
        assert grown.proved() <= optimum * (1 + 1e-9)
        assert grown.tree.bound <= optimum * (1 + 1e-9)


@pytest.mark.parametrize("seed", range(20))
def test_all_of_a_node_is_settled_or_waits(seed: int) -> None:
    """Every decision of the sites is in exactly one part, with all that the choices may be."""
    draw = np.random.default_rng(seed)
    p = trucks(seed)
    tree = Grown(p).tree
    tree.waiting.clear()
    is_site = np.isin(tree.columns, sites_of(p))
    low, high = p.lower[tree.columns], p.upper[tree.columns]
    one, other = (draw.integers(low, high + 1).astype(float) for _ in range(2))
    lower, upper = np.minimum(one, other), np.maximum(one, other)
    y = draw.integers(lower, upper + 1).astype(float)
    mine = tree._split_off(Node(lower, upper, 3.0, 0, None, 4), y)
    assert mine.lower[is_site].tolist() == y[is_site].tolist() == mine.upper[is_site].tolist()
    parts = [mine, *(node for _, _, node in tree.waiting)]
    for part in parts:
        assert part.bound == 3
        assert (part.lower[~is_site] == lower[~is_site]).all()
        assert (part.upper[~is_site] == upper[~is_site]).all()
    ranges = [range(int(a), int(b) + 1) for a, b in zip(lower[is_site], upper[is_site], strict=True)]
    for choice in itertools.product(*ranges):
        inside = [
            part for part in parts if (part.lower[is_site] <= choice).all() and (choice <= part.upper[is_site]).all()
        ]
        assert len(inside) == 1


@pytest.mark.parametrize(("said", "bound"), [(-INF, 50), (40, 50), (60, 60), (INF, 70)])
def test_the_better_of_two_bounds_of_a_part(said: float, bound: float) -> None:
    tree = Grown(served()).tree
    tree.best = 70.0
    asked: list[list[float]] = []

    def settle_at(columns: IntArray, value: FloatArray, _patience: float) -> tuple[float, bool]:
        asked.append([*columns, *value])
        return said, False

    tree.settle = settle_at
    tree.waiting.clear()
    node = Node(np.array([1.0, 0, 0, 0]), np.array([1.0, 0, 1, 1]), 50.0, 0, None, 0)
    tree._settle(node)
    assert asked == [[0, 1, 1, 0]]
    assert tree.lent
    assert tree.bound == bound
    assert [len(tree._parts()), tree._parts()[0]] == [1, node]


@pytest.mark.parametrize("ended", [True, False])
def test_what_has_ended_is_not_asked_again(ended: bool) -> None:
    tree = Grown(served()).tree
    tree.best = 70.0
    asked: list[float] = []

    def settle_at(_columns: IntArray, _value: FloatArray, patience: float) -> tuple[float, bool]:
        asked.append(patience)
        return 60.0, ended

    tree.settle = settle_at
    tree.waiting.clear()
    tree._settle(Node(np.array([1.0, 0, 0, 0]), np.array([1.0, 0, 1, 1]), 50.0, 0, None, 0))
    assert tree.search(lambda: len(asked) >= 4) == ended
    assert asked == ([1.0] if ended else [1.0, 2.0, 4.0, 8.0])
    assert tree.bound == 60.0


# -- searches ---------------------------------------------------------------------------------------------------------

OWN: list[tuple[Any, str, Any]] = [
    (duo, "_ALL_COLUMNS", -1), (plans, "_DOUBTS", ()), (plans, "_DIFFERENCES", ()), (search, "_SINGLE", 10_000),
]  # fmt: skip
FEW: list[tuple[Any, str, Any]] = [(module, "FEW_COLUMNS", 0) for module in (screen, search, duo)]
FEW += [(screen, "_A_CUSTOMER", 2)]
WAYS: dict[str, list[tuple[Any, str, Any]]] = {
    "as it is": [],
    "by a tree": OWN,
    "few columns first": FEW,
    "by prices": [*FEW, (ascent, "_MISLED", 2), (climbing, "_TALL", -1), (climbing, "_PATIENCE", 0.5)],
    "by prices and a tree": [*FEW, *OWN, (ascent, "_MISLED", 2)],
    "hubs": [(duo, "FEW_COLUMNS", 50), (duo, "_A_HEAD", 1), (search, "_BRANCHED", -1)],
    "settled in no time": [*OWN, (standing, "_SETTLING", 0.0)],
}
"""What is set where, so that a small program goes the way of a large one."""

SEARCHED: dict[str, Callable[[], Program]] = {
    "hard": lambda: build(read(hard(5, 12))),
    "all at any price": lambda: customers(7),
    "some customers, periods": lambda: customers(8, 0.5, periods=2),
    "products": lambda: customers(9, products=2),
    "lanes and vehicles": lambda: with_lanes(6),
    "promise": lambda: network("promise"),
    "trucks": lambda: trucks(3),
    "more trucks": lambda: trucks(12),
}


@pytest.mark.parametrize(
    ("name", "way", "threads"),
    [
        (name, way, [1, None][(i + j) % 2])
        for (i, name), (j, way) in itertools.product(enumerate(SEARCHED), enumerate(WAYS))
        if name in ("hard", "lanes and vehicles") or way in ("as it is", "by a tree") or (i + j) % 3 == 0
    ],
)
def test_searches_come_to_the_optimum(
    name: str, way: str, threads: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    p = SEARCHED[name]()
    optimum = float(cheapest_of(p).fun)
    for module, attribute, value in WAYS[way]:
        monkeypatch.setattr(module, attribute, value)
    control = Control(gap=1e-9, time_limit=1.0 if way == "settled in no time" else LONG, threads=threads)
    own = Search(p, control)
    found = own.run()
    assert found is not None
    checked(p, found, optimum)
    assert found.point is None or holds(p, found.point.x)
    if way not in ("settled in no time", "by prices and a tree"):
        assert found.cost == pytest.approx(optimum, rel=1e-7)
        assert found.bound == pytest.approx(optimum, rel=1e-7)


@pytest.mark.parametrize("threads", [1, None])
@pytest.mark.parametrize("seed", [10, 12, 13])
def test_no_gap_at_all(seed: int, threads: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound of HiGHS may be below the cost by the last digit, however often it is asked."""
    p = trucks(seed)
    monkeypatch.setattr(exact, "PYOMO_COLUMNS", -1)
    answer = solve_program(p, Control(gap=0.0, time_limit=LONG / 4, threads=threads))
    assert answer.cost == pytest.approx(cheapest_of(p).fun)
    assert answer.bound == pytest.approx(answer.cost)
    assert answer.seconds < LONG / 5


def too_large() -> dict[str, Any]:
    """Return a customer that wants more than any center holds, though not more than all do."""
    given = located(3, 4, 1, tight=0.4)
    most = float(given["facilities"]["capacity"].max())
    demand = given["demand"].assign(
        quantity=given["demand"]["quantity"].where(given["demand"]["customer"] != "C1", most + 1)
    )
    facilities = given["facilities"].assign(capacity=given["facilities"]["capacity"] * 2)
    demand.loc[demand["customer"] == "C1", "quantity"] = 2 * most + 1
    return {
        **given,
        "facilities": facilities,
        "demand": demand,
        "customers": given["customers"].assign(single_source="yes"),
    }


@pytest.mark.parametrize("threads", [1, None])
@pytest.mark.parametrize("way", WAYS)
def test_no_plan(way: str, threads: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """By parts the customer could be served, so that only the choices tell."""
    p = build(read(too_large()))
    assert cheapest_of(p).status == 2
    assert cheapest_of(build(read({**too_large(), "customers": located(3, 4, 1)["customers"]}))).status == 0
    for module, attribute, value in WAYS[way]:
        monkeypatch.setattr(module, attribute, value)
    answer = solve_program(p, Control(gap=1e-6, time_limit=LONG, threads=threads))
    assert answer.status == "infeasible"
    assert answer.x is None
    assert answer.seconds < LONG / 2


def test_no_plan_of_tables() -> None:
    plan = netopt.solve(too_large(), time_limit=LONG)
    assert plan.status == "infeasible"


def test_no_plan_in_a_tree() -> None:
    """Every decision of the sites is settled, or no part of it is left."""
    grown = Grown(build(read(too_large())))
    assert grown.run()
    assert grown.tree.best == INF
    assert not grown.tree.waiting
    assert all(bound == INF for _, bound, _ in grown.asked)
    assert len(grown.asked) >= 1
