"""Choices of one flow: which they are, where they make a flow all or nothing, and relaxations without them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import scipy.optimize as so

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control
from netopt.solve.bound import Ledger
from netopt.solve.choices import Choices
from netopt.solve.form import gate_rows
from netopt.solve.relaxation import Relaxation
from netopt.solve.search import Search
from tests.plan.certificates import program_of
from tests.random_networks import accepted
from tests.solve.hard import hard
from tests.solve.located import holds, located
from tests.solve.relaxed import MIXES, few, program, relaxed
from tests.solve.test_search import checked

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
INF = float("inf")
Row = tuple[list[float], float, float]


def served(
    cost: dict[int, float] | None = None,
    rows: tuple[Row, ...] = (),
    *,
    gates: tuple[tuple[int, int, float], ...] = (),
    upper: dict[int, float] | None = None,
    bounds: tuple[float, float] = (10, 10),
    wanted: Row | None = None,
    one: Row | None = None,
    whole: tuple[int, ...] = (),
) -> Program:
    """Return: 10 wanted at one customer, from D or from E and not from both.

    Columns are open D and E, whether D and E serve, what they send, and one without a meaning, which opens nothing.
    """
    costs, most = np.array([5.0, 7, 0, 0, 3, 6, 1]), np.array([1.0, 1, 1, 1, 10, 10, 10])
    for change, values in ((cost or {}, costs), (upper or {}, most)):
        values[list(change)] = list(change.values())
    first: Row = wanted or ([0, 0, 0, 0, 1, 1, 0], 10, 10)
    second: Row = one or ([0, 0, 1, 1, 0, 0, 0], -INF, 1)
    own = ((4, 0, 10), (5, 1, 10), (4, 2, bounds[0]), (5, 3, bounds[1]))
    return program_of(
        costs.tolist(), [first, second, *rows], [*own, *gates], upper=most.tolist(), whole=(0, 1, 2, 3, *whole)
    )


def customers(seed: int, single: float = 1.0, **kind: Any) -> Program:
    """Return a location program in which some customers want one source, and of two products some only one."""
    given = located(4, 6, seed, tight=0.6, **kind)
    draw = np.random.default_rng(seed)
    demand = given["demand"]
    given["demand"] = demand[(demand["product"] == "P0") | (demand["customer"] < "C3")]
    wants = np.where(draw.random(len(given["customers"])) < single, "yes", "no")
    return build(read({**given, "customers": given["customers"].assign(single_source=wants)}))


def with_lanes(seed: int) -> Program:
    """Return the same with lanes that cost something to be used, some with a least flow, and with paid vehicles."""
    given = located(3, 5, seed, tight=0.7)
    lanes, draw = given["lanes"], np.random.default_rng(seed)
    inbound, n = (lanes["origin"] == "S").to_numpy(), len(lanes)
    lanes = lanes.assign(
        fixed_cost=np.where(~inbound & (draw.random(n) < 0.6), draw.integers(5, 60, n), np.nan),
        min_flow=np.where(~inbound & (draw.random(n) < 0.3), 3.0, np.nan),
        vehicle_capacity=np.where(inbound, 15.0, np.nan), vehicle_cost=np.where(inbound, 20.0, np.nan),
    )  # fmt: skip
    return build(read({**given, "lanes": lanes, "customers": given["customers"].assign(single_source="yes")}))


PLENTY: dict[str, Callable[[], Program]] = {
    "hard": lambda: build(read(hard(4, 8))),
    "all at any price": partial(customers, 1),
    "some customers": partial(customers, 2, 0.5),
    "products": partial(customers, 3, products=2),
    "periods": partial(customers, 4, periods=2),
    "lanes": partial(with_lanes, 5),
    "promise": partial(program, 1003, single_source=True, promise=True, sites=True, modes=False),
    "lane openers": partial(program, 1016, single_source=True, lane_fixed=True, sites=True, modes=False),
    "two modes": partial(program, 1003, single_source=True, modes=True),
    "all must be met": partial(program, 1038, single_source=True, unmet=False, modes=False, sites=True),
    "stock": partial(program, 1006, single_source=True, inventory=True, lead=True, modes=False),
}  # fmt: skip


@cache
def network(name: str) -> Program:
    return PLENTY[name]()


def cheapest_of(
    given: Program, lower: FloatArray | None = None, upper: FloatArray | None = None, cost: FloatArray | None = None
) -> so.OptimizeResult:
    """Return what another interface of a solver finds, with a row for every gate."""
    low, high = given.lower if lower is None else lower, given.upper if upper is None else upper
    rows = [so.LinearConstraint(given.matrix, given.row_lower, given.row_upper)]
    if len(given.gates):
        rows.append(so.LinearConstraint(gate_rows(given.gates, len(given.cost)), -np.inf, 0))
    run = so.milp(
        given.cost if cost is None else cost, integrality=given.whole.astype(int), bounds=so.Bounds(low, high),
        constraints=rows, options={"mip_rel_gap": 1e-9},
    )  # fmt: skip
    assert run.status in (0, 2), run.message
    return run


# -- which they are ---------------------------------------------------------------------------------------------------


def test_a_customers_only_source_is_one() -> None:
    found = Choices(served())
    assert len(found) == 2
    assert found.column.tolist() == [2, 3]
    assert found.flow.tolist() == [4, 5]
    assert found.gate.tolist() == [2, 3]
    assert found.bound.tolist() == [10, 10]
    assert found.rows.tolist() == [1]
    assert found.sure.tolist() == [True, True]


NOT_ALL: list[tuple[str, Program, list[int]]] = [
    ("costs money, and so they share a row with another", served({2: 1}), []),
    ("earns money", served({3: -1}), []),
    ("opens two flows, as with several products", served(gates=((6, 2, 10),)), []),
    ("counts more than one", served(upper={2: 2}), []),
    ("stands behind a gate itself", served(gates=((2, 0, 1),)), []),
    ("opens a whole column", served(whole=(4,)), []),
    ("asks for a least flow", served(rows=(([0, 0, -2, 0, 1, 0, 0], 0, INF),)), [3]),
    ("is limited together with a flow", served(rows=(([0, 0, 5, 0, 1, 0, 0], -INF, 12),)), [3]),
    ("is counted together with a site", served(rows=(([1, 0, 1, 0, 0, 0, 0], -INF, 1),)), [3]),
    ("has to be made", served(rows=(([0, 0, 1, 0, 0, 0, 0], 1, INF),)), [3]),
    ("is taken off something", served(rows=(([0, 0, 1, -1, 0, 0, 0], -INF, 0),)), [2]),
    ("is counted by a column", served(one=([0, 0, 1, 1, 0, 0, -1], 0, 0), whole=(6,)), []),
]


@pytest.mark.parametrize(("given", "left"), [case[1:] for case in NOT_ALL], ids=[case[0] for case in NOT_ALL])
def test_what_is_not_one(given: Program, left: list[int]) -> None:
    assert Choices(given).column.tolist() == left


def test_what_has_to_be_made_or_is_not_whole() -> None:
    must = served()
    must.lower[2] = 1.0
    assert Choices(must).column.tolist() == []
    parts = served()
    parts.whole[3] = False
    assert Choices(parts).column.tolist() == []


def test_exactly_one_and_at_most_two_are_choices_as_well() -> None:
    assert Choices(served(one=([0, 0, 1, 1, 0, 0, 0], 1, 1))).column.tolist() == [2, 3]
    free = Choices(served(one=([0, 0, 1, 1, 0, 0, 0], -INF, 2)))
    assert free.column.tolist() == [2, 3]
    assert free.sure.tolist() == [False, False]


def test_centers_that_cost_nothing_and_are_counted_are_none() -> None:
    """Of p centers each opens its own lane for nothing, but their number is a column: as where two are to be opened."""
    p = program_of(
        [0, 0, 0, 0, 4, 5, 6],
        [([0, 0, 0, 0, 1, 1, 1], 10, 10), ([1, 1, 1, -1, 0, 0, 0], 0, 0)],
        [(4, 0, 6), (5, 1, 6), (6, 2, 6)], upper=[1, 1, 1, 2, 6, 6, 6], whole=(0, 1, 2, 3),
    )  # fmt: skip
    assert len(Choices(p)) == 0
    limited = program_of(
        [0, 0, 0, 4, 5, 6], [([0, 0, 0, 1, 1, 1], 10, 10), ([1, 1, 1, 0, 0, 0], -INF, 2)],
        [(3, 0, 6), (4, 1, 6), (5, 2, 6)], upper=[1, 1, 1, 6, 6, 6], whole=(0, 1, 2),
    )  # fmt: skip
    assert len(Choices(limited)) == 3
    assert not Choices(limited).sure.any()


def test_none_at_all() -> None:
    p = program_of([1, 2], [([1, 1], 3, 3)], upper=[2, 2])
    found = Choices(p)
    assert len(found) == 0
    assert found.sure.shape == (0,)
    kept = np.array([True, False])
    assert found.with_flows(kept).tolist() == [True, False]
    rows, exact = found.linking(np.ones(2, dtype=bool))
    assert rows.shape == (0, 2)
    assert exact.shape == (0,)
    assert not Relaxation(Ledger(p), Control(), loose=True).loose


@pytest.mark.parametrize("name", PLENTY)
def test_choices_of_networks(name: str) -> None:
    """All that serve a customer by one flow, and nothing else: sites, lanes and vehicles are paid for."""
    p = network(name)
    serve = p.columns["serve"].at
    opens = np.bincount(p.gates.opener, minlength=len(p.cost))[serve]
    row_of = {int(j): set(p.matrix.indices[p.matrix.indptr[j] : p.matrix.indptr[j + 1]]) for j in serve}
    other = {row for j, n in zip(serve, opens, strict=True) if n != 1 for row in row_of[int(j)]}
    wanted = [int(j) for j, n in zip(serve, opens, strict=True) if n == 1 and not row_of[int(j)] & other]
    found = Choices(p)
    assert sorted(found.column.tolist()) == wanted
    assert set(found.rows) <= set(p.rows["one_source"].at)
    assert (p.gates.column[found.gate] == found.flow).all()


# -- all or nothing ---------------------------------------------------------------------------------------------------

UNSURE: list[tuple[str, Program]] = [
    ("demand may go unmet", served(wanted=([0, 0, 0, 0, 1, 1, 1], 10, 10))),
    ("something leaves", served(wanted=([0, 0, 0, 0, 1, 1, -1], 10, 10))),
    ("less will do", served(wanted=([0, 0, 0, 0, 1, 1, 0], -INF, 10))),
    ("more will do", served(wanted=([0, 0, 0, 0, 1, 1, 0], 10, INF))),
    ("between two sides", served(wanted=([0, 0, 0, 0, 1, 1, 0], 8, 10))),
    ("one lets through less", served(bounds=(8, 10))),
    ("all let through more", served(bounds=(12, 12))),
    ("in other units", served(wanted=([0, 0, 0, 0, 2, 2, 0], 10, 10))),
    ("nothing is wanted", served(wanted=([0, 0, 0, 0, 1, 1, 0], 0, 0), bounds=(0, 0))),
    ("both may be made", served(one=([0, 0, 1, 1, 0, 0, 0], -INF, 2))),
    ("each by itself", served(one=([0, 0, 1, 0, 0, 0, 0], -INF, 1), rows=(([0, 0, 0, 1, 0, 0, 0], -INF, 1),))),
    ("parts of choices", served(one=([0, 0, 0.5, 0.5, 0, 0, 0], -INF, 1))),
    ("nothing says so", served(one=([0, 0, 0, 0, 0, 0, 1], -INF, 10))),
    ("the other one takes away", served(wanted=([0, 0, 0, 0, 1, -1, 0], 10, 10))),
]


@pytest.mark.parametrize("given", [case[1] for case in UNSURE], ids=[case[0] for case in UNSURE])
def test_not_all_or_nothing(given: Program) -> None:
    assert not Choices(given).sure.any()


def test_all_or_nothing_besides_other_rows() -> None:
    """What a flow does elsewhere, such as fill a center, does not matter."""
    room = ([-30.0, 0, 0, 0, 1, 0, 0], -INF, 0.0)
    leaves = ([0.0, 0, 0, 0, -1, 0, 1], 0.0, 0.0)
    assert Choices(served(rows=(room, leaves))).sure.tolist() == [True, True]


def least_slack(given: Program, choices: Choices, at: int) -> float:
    """Return the most by which a flow may be below what its choice lets through, over all plans, relative."""
    cost = np.zeros(len(given.cost))
    cost[choices.flow[at]], cost[choices.column[at]] = 1.0 / choices.bound[at], -1.0
    return float(-cheapest_of(given, cost=cost).fun)


@pytest.mark.parametrize("name", PLENTY)
def test_it_is_so_in_every_plan(name: str) -> None:
    p = network(name)
    choices, draw = Choices(p), np.random.default_rng(0)
    sure = np.nonzero(choices.sure)[0]
    for at in draw.permutation(sure)[:5]:
        assert least_slack(p, choices, int(at)) <= 1e-6
    for _ in range(3):
        run = cheapest_of(p, cost=draw.normal(0, 1, len(p.cost)) * np.where(np.isfinite(p.upper), 1.0, 0.0) + 1e-3)
        if run.status == 0 and len(sure):
            x = run.x
            assert x[choices.flow[sure]] == pytest.approx(
                choices.bound[sure] * np.round(x[choices.column[sure]]), abs=1e-5
            )


def test_it_is_said_where_nothing_may_go_unmet() -> None:
    for name in ("all at any price", "periods", "lanes"):
        choices = Choices(network(name))
        assert choices.sure.all()
        assert len(choices) > 0
    choices = Choices(network("hard"))
    assert not choices.sure.any()
    assert least_slack(network("hard"), choices, 0) > 0.5
    assert 0 < Choices(network("some customers")).sure.sum() == len(Choices(network("some customers")))


# -- what is made of them ---------------------------------------------------------------------------------------------


def test_they_go_with_their_flows() -> None:
    found = Choices(served())
    kept = np.array([True, False, True, False, False, True, False])
    assert found.with_flows(kept).tolist() == [True, False, False, True, False, True, False]
    assert kept.tolist() == [True, False, True, False, False, True, False]
    x = np.array([1, 1, 9, 9, 4, 6, 2.0])
    found.follow(x)
    assert x.tolist() == [1, 1, 0.4, 0.6, 4, 6, 2]
    price = np.array([1, 2, 30, -40, 5, 6, 7.0])
    assert found.together(price).tolist() == [1, 2, 30, -40, 8, 2, 7]
    assert price.tolist() == [1, 2, 30, -40, 5, 6, 7]


@pytest.mark.parametrize(
    ("kept", "flows", "exact"),
    [
        ([2, 3, 4, 5], [4, 5], [True, True]),
        ([5], [5], [True]),
        ([3], [5], [False]),  # without its flow a choice must not be held to it
        ([2, 5], [4, 5], [False, True]),
        ([0, 1, 6], [], []),
    ],
)
def test_their_gates_as_rows(kept: list[int], flows: list[int], exact: list[bool]) -> None:
    rows, holds_exactly = Choices(served()).linking(np.isin(np.arange(7), kept))
    dense = np.zeros((len(flows), 7))
    for at, flow in enumerate(flows):
        dense[at, [flow, flow - 2]] = 1, -10
    assert rows.toarray().tolist() == dense.tolist()
    assert holds_exactly.tolist() == exact


def test_gates_are_no_equations_where_demand_may_go_unmet() -> None:
    rows, exact = Choices(served(wanted=([0, 0, 0, 0, 1, 1, 1], 10, 10))).linking(np.ones(7, dtype=bool))
    assert rows.shape == (2, 7)
    assert exact.tolist() == [False, False]


# -- a relaxation without them ----------------------------------------------------------------------------------------


def narrowed(given: Program, draw: np.random.Generator) -> Iterator[tuple[IntArray, FloatArray, FloatArray]]:
    """Yield bounds of whole columns other than choices, around plans and at random: at first those of the program."""
    at = np.nonzero(given.whole & ~np.isin(np.arange(len(given.cost)), Choices(given).column))[0]
    yield at, given.lower[at], given.upper[at]
    for _ in range(3):
        run = cheapest_of(given, cost=np.where(given.whole, draw.normal(0, 50, len(given.cost)), given.cost))
        if run.status == 0:
            held = draw.random(len(at)) < draw.choice([0.3, 0.8])
            y = np.round(run.x[at])
            yield at, np.where(held, y, given.lower[at]), np.where(held, y, given.upper[at])


@pytest.mark.parametrize("name", PLENTY)
def test_no_bound_is_above_the_optimum(name: str) -> None:
    p, draw = network(name), np.random.default_rng(3)
    for at, low, high in narrowed(p, draw):
        lower, upper = p.lower.copy(), p.upper.copy()
        lower[at], upper[at] = low, high
        run = cheapest_of(p, lower, upper)
        assert run.status == 0
        for part in (0.4, 1.0):
            kept = few(p, part).position >= 0
            loose = Relaxation(Ledger(p), Control(), kept, loose=True)
            assert loose.loose == (len(Choices(p)) > 0)
            loose.fix(at, low, high)
            _verdict, early = loose.run()
            point = relaxed(loose, cuts=True)
            for now in [point, *([] if early is None else [early])]:
                assert loose.bound(now, safe=True).value <= run.fun + 1e-9 * abs(run.fun)
            assert point.cost <= run.fun * (1 + 1e-6) + 1e-6
            assert loose.bound(point).value == pytest.approx(point.cost, rel=0.02, abs=1.0)


@pytest.mark.parametrize("name", PLENTY)
def test_it_says_as_much_as_one_with_choices(name: str) -> None:
    """The choices can be parts that add up: gates of flows and the row of one source hold whatever the flows are."""
    p = network(name)
    with_choices = relaxed(Relaxation(Ledger(p), Control()))
    without = relaxed(Relaxation(Ledger(p), Control(), loose=True))
    assert without.cost <= with_choices.cost * (1 + 1e-6) + 1e-6
    choices = Choices(p)
    assert without.x[choices.column] == pytest.approx(without.x[choices.flow] / choices.bound)
    if name in ("hard", "all at any price", "lanes", "some customers"):
        assert without.cost == pytest.approx(with_choices.cost, rel=1e-6)


@pytest.mark.parametrize("name", ["hard", "products", "lanes", "lane openers"])
def test_it_has_no_choices_nor_their_gates(name: str) -> None:
    p = network(name)
    choices = Choices(p)
    loose = Relaxation(Ledger(p), Control(), loose=True)
    relaxed(loose, cuts=True)
    assert not np.isin(choices.column, loose.kept).any()
    assert not loose.missing[choices.column].any()
    assert not np.isin(loose.index[loose.kind == 0], choices.gate).any()
    loose.add_columns(choices.column)
    assert not np.isin(choices.column, loose.kept).any()
    paired = loose.paired()
    assert (paired.position[choices.column] >= 0).all()


def test_rows_of_choices_do_not_bind_without_them() -> None:
    """Exactly one is made, of which the relaxation has none: 10 from D, with a part of D open."""
    p = served(one=([0, 0, 1, 1, 0, 0, 0], 1, 1))
    loose = Relaxation(Ledger(p), Control(), loose=True)
    point = relaxed(loose)
    assert point.cost == pytest.approx(35)
    assert loose.bound(point, safe=True).value == pytest.approx(35, rel=1e-9)
    assert cheapest_of(p).fun == pytest.approx(35)


def test_what_a_choice_lets_through_still_holds() -> None:
    p = served(bounds=(4, 10), wanted=([0, 0, 0, 0, 1, 1, 1], 10, 10), upper={6: 0})
    loose = Relaxation(Ledger(p), Control(), loose=True)
    point = relaxed(loose)
    assert point.x[4] <= 4 + 1e-9
    # choices by parts would leave no room for 4 and 6 of E
    assert cheapest_of(p).fun == pytest.approx(67)
    assert loose.bound(point, safe=True).value <= 67


@pytest.mark.parametrize("part", [0.3, 1.0])
@pytest.mark.parametrize("name", ["hard", "lanes", "some customers", "two modes"])
def test_the_relaxation_with_choices_again(name: str, part: float) -> None:
    p = network(name)
    kept = few(p, part).position >= 0
    loose = Relaxation(Ledger(p), Control(), kept, loose=True)
    at, low, high = list(narrowed(p, np.random.default_rng(1)))[1]
    loose.fix(at, low, high)
    point = relaxed(loose, cuts=True)
    paired = loose.paired()
    choices = loose.ledger.choices
    assert not paired.loose
    assert (paired.position[loose.kept] >= 0).all()
    assert ((paired.position >= 0)[choices.column] == (loose.position >= 0)[choices.flow]).all()
    assert (paired.lower[at] == low).all()
    assert (paired.upper[at] == high).all()
    assert set(paired.index[paired.kind == 0]) == set(loose.index[loose.kind == 0])
    assert paired.ledger is loose.ledger
    again = relaxed(paired)
    assert again.cost >= point.cost - 1e-6 * abs(point.cost)
    lower, upper = p.lower.copy(), p.upper.copy()
    lower[at], upper[at] = low, high
    assert paired.bound(again, safe=True).value <= cheapest_of(p, lower, upper).fun * (1 + 1e-9)


def test_without_choices_it_is_paired_already() -> None:
    seed, switches = MIXES[0]
    tight = Relaxation(Ledger(program(seed, **switches)), Control(), loose=True)
    assert not tight.loose
    assert tight.paired() is tight


@pytest.mark.parametrize("name", PLENTY)
def test_certificates_of_searches_hold(name: str) -> None:
    p = network(name)
    optimum = cheapest_of(p).fun
    found = Search(p, Control(gap=1e-6, time_limit=10.0)).run()
    assert found is not None
    checked(p, found, optimum)
    assert found.cost == pytest.approx(optimum, rel=2e-6)
    assert found.point is not None
    assert holds(p, found.point.x)


@pytest.mark.parametrize("seed", [4000, 4001, 4002, 4003, 4005])
def test_bounds_of_random_networks(seed: int) -> None:
    given = accepted(seed, broken=None, unmet=True, single_source=True, modes=False, promise=seed % 2 == 0)
    p = build(read(given))
    run = cheapest_of(p)
    assert run.status == 0
    loose = Relaxation(Ledger(p), Control(), loose=True)
    point = relaxed(loose, cuts=True)
    assert loose.bound(point, safe=True).value <= run.fun * (1 + 1e-9) + 1e-9


def test_a_row_that_one_of_them_widens() -> None:
    # a + b <= 1 + c: with c both serve, and each a part; who serves all then costs more than the optimum of 14
    p = program_of(
        [0, 0, 0, 1, 2, 50],
        [([0, 0, 0, 1, 1, 0], 10, 10), ([1, 1, -1, 0, 0, 0], -np.inf, 1), ([0, 0, 0, 1, 0, 0], -np.inf, 6)],
        [(3, 0, 10), (4, 1, 10), (5, 2, 10)], upper=[1, 1, 1, 10, 10, 10], whole=(0, 1, 2),
    )  # fmt: skip
    assert not Choices(p).sure.any()
    found = Search(p, Control(gap=1e-9)).run()
    assert found is not None
    assert found.cost == pytest.approx(14)
