"""Hubs in place of columns: no plan is lost, none becomes dearer, and with all columns kept nothing is relaxed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial

import numpy as np
import numpy.typing as npt
import pytest
import scipy.optimize as so

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control
from netopt.solve.bound import Cut, Duals, Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.form import Form, gate_rows
from netopt.solve.highs import Outcome, Run, Solver
from netopt.solve.hub import Hub
from netopt.solve.relaxation import Relaxation
from tests.plan.certificates import no_duals, program_of
from tests.solve.hard import hard
from tests.solve.located import echelons, holds, located
from tests.solve.relaxed import MIXES, bare, chain, program, relaxed

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
INF = float("inf")
NEAR = 1e-6
SIZES = (1.0, 1e6)

NETWORKS: dict[str, Callable[[], Program]] = {
    **{f"mix {n}": partial(program, seed, **switches) for n, (seed, switches) in enumerate(MIXES)},
    "limits": lambda: program(1004, sites=True, limits=True, min_throughput=True, vehicles=True),
    "one source, limits": lambda: program(1016, single_source=True, limits=True, vehicles=True, sites=True),
    "located": lambda: build(read(located(4, 6, 2, products=2, periods=2))),
    "echelons": lambda: build(read(echelons(3, 4, 6, 1))),
    "hard": lambda: build(read(hard(4, 7))),
    "chain": chain,
}  # fmt: skip


def drawn(seed: int, size: float = 1.0) -> Program:
    """Return a network of two echelons with whatever else may stand in a program, in units of any size.

    Lanes twice, centers to be opened, customers with exactly one choice of a center, rows of one side and of either
    sign over any lanes at all.
    """
    draw = np.random.default_rng(seed)
    sources, centers, customers = 2, int(draw.integers(2, 4)), int(draw.integers(2, 4))
    demand = draw.integers(2, 9, customers).astype(float)
    total = float(demand.sum())
    cost: list[float] = []
    upper: list[float] = []
    whole: list[int] = []
    gates: list[tuple[int, int, float]] = []
    rows: list[tuple[dict[int, float], float, float]] = []

    def column(unit: float, most: float, is_whole: bool = False) -> int:
        cost.append(unit if is_whole else unit / size)
        upper.append(most if is_whole else most * size)
        whole.extend([len(cost) - 1] if is_whole else [])
        return len(cost) - 1

    def row(terms: dict[int, float], low: float, high: float) -> None:
        rows.append((terms, low * size, high * size))

    first = range(sources + centers + customers)
    balance: list[dict[int, float]] = [{} for _ in first]
    for p in range(sources):
        balance[p][column(draw.uniform(0, 2), total)] = 1.0
    lanes: list[int] = []
    ends = [(p, sources + m) for p in range(sources) for m in range(centers)]
    ends += [(sources + m, sources + centers + c) for m in range(centers) for c in range(customers)]
    opened = [column(draw.uniform(5, 40), 1.0, True) for _ in range(centers)]
    choosy = draw.random(customers) < 0.6
    choices: list[list[int]] = [[] for _ in range(customers)]
    for p, q in ends:
        if draw.random() < 0.1:
            continue
        wanted = total if q < sources + centers else demand[q - sources - centers]
        for _ in range(1 + int(draw.random() < 0.3)):
            lane = column(draw.uniform(0, 10), wanted)
            lanes.append(lane)
            balance[p][lane], balance[q][lane] = -1.0, 1.0
            if p >= sources:
                gates.append((lane, opened[p - sources], wanted * size))
                if choosy[q - sources - centers]:
                    choice = column(draw.uniform(0, 3) * (draw.random() < 0.5), 1.0, True)
                    choices[q - sources - centers].append(choice)
                    gates.append((lane, choice, wanted * size))
            elif draw.random() < 0.3:
                gates.append((lane, column(draw.uniform(0, 5), 1.0, True), wanted * size))
    for c in range(customers):
        balance[sources + centers + c][column(30.0, demand[c])] = 1.0
    for at, terms in enumerate(balance):
        side = demand[at - sources - centers] if at >= sources + centers else 0.0
        row(terms, side, side)
    rows.extend((dict.fromkeys(some, 1.0), 1.0, 1.0) for some in choices if some)
    for m in range(centers):
        if draw.random() < 0.5:
            out = [lane for lane in lanes if balance[sources + m].get(lane) == -1.0]
            room = float(draw.uniform(0.4, 1.0) * total)
            row({**dict.fromkeys(out, 1.0), opened[m]: -room * size}, -INF, 0.0)
    for _ in range(int(draw.integers(0, 5))):
        size_of = min(len(lanes), int(draw.integers(1, 9)))
        found = draw.choice(lanes, size=size_of, replace=False).tolist()
        sign = float(draw.choice([-1.0, 1.0]))
        terms = {lane: float(draw.choice([-2.0, -1.0, 0.5, 1.0, 1.0, 3.0])) for lane in found}
        terms[column(5.0, 10 * total)] = -sign
        side = float(draw.uniform(-0.5, 0.5) * total)
        row(terms, *((-INF, side) if sign > 0 else (side, INF)))
    full = [([terms.get(j, 0.0) for j in range(len(cost))], low, high) for terms, low, high in rows]
    return program_of(cost, full, gates, upper=upper, whole=whole)


def optimum(given: Program) -> float:
    """Return the least cost by another solver's interface, with a row for every gate."""
    linking = gate_rows(given.gates, len(given.cost))
    rows = [so.LinearConstraint(given.matrix, given.row_lower, given.row_upper)] if len(given.row_lower) else []
    rows += [so.LinearConstraint(linking, -np.inf, 0)] if len(given.gates) else []
    run = so.milp(
        given.cost, integrality=given.whole.astype(int), bounds=so.Bounds(given.lower, given.upper), constraints=rows,
        options={"mip_rel_gap": 1e-9},
    )  # fmt: skip
    assert run.status == 0
    return float(run.fun)


def some_plans(given: Program, count: int) -> list[FloatArray]:
    """Return plans worth making: cheapest under random costs, within the ``most`` of every column."""
    draw, found, form = np.random.default_rng(7), [], Form.of(given)
    upper = np.minimum(form.upper, given.most / form.column_scale)
    for _ in range(count):
        noise = np.exp(draw.normal(0, 1.5, len(form.cost))), draw.normal(0, 20, len(form.cost))
        other = Form(**{**vars(form), "cost": form.cost * noise[0] + given.whole * noise[1], "upper": upper})
        run = Solver(other).run(Control(gap=0.05, time_limit=5.0), "test")
        if run.x is not None:
            found.append(run.x)
    assert found
    return found


@cache
def network(name: str) -> tuple[Program, float, list[FloatArray]]:
    """Return a program, its optimum and some plans."""
    given = NETWORKS[name]()
    return given, optimum(given), some_plans(given, 4)


def related(given: Program, draw: np.random.Generator, linked: bool | None = None) -> Relaxation:
    """Return a relaxation that has come to its end, with cuts and gates that no point has asked for besides."""
    link = bool(draw.random() < 0.6) if linked is None else linked
    kept = given.whole | (given.lower > 0) | (draw.random(len(given.cost)) < draw.random())
    relaxation = Relaxation(Ledger(given), Control(), kept, linked=link)
    relaxed(relaxation, cuts=True)
    dicuts = Dicuts(relaxation.ledger)
    for opener in dicuts.openers[draw.random(len(dicuts.openers)) < 0.7]:
        some = dicuts.node[draw.random(len(dicuts.node)) < 0.4]
        if len(some):
            relaxation.add_cuts([Cut(int(opener), some)])
    part = draw.choice([0.0, 0.3, 1.0])
    relaxation.add_gates(np.nonzero(~relaxation.has_gate & (draw.random(len(given.gates)) < part))[0])
    return relaxation


def hubs(given: Program, relaxation: Relaxation, draw: np.random.Generator) -> Hub:
    """Return the program with hubs for any columns at all, and costs that are split somehow."""
    keep = draw.random(len(given.cost)) < draw.choice([0.0, 0.2, 0.5, 0.8])
    if draw.random() < 0.3:
        keep |= given.whole
    point = relaxation.run()[1]
    assert point is not None
    noise = draw.normal(0, 3 * np.abs(point.row_dual).max(initial=0), len(point.row_dual))
    row_dual = point.row_dual if draw.random() < 0.5 else noise
    return Hub(relaxation, Dicuts(relaxation.ledger), keep, row_dual, loose=bool(draw.random() < 0.3))


def solved(form: Form) -> Run:
    run = Solver(form).run(Control(gap=1e-9, time_limit=20.0), "test")
    assert run.outcome is Outcome.SOLVED
    return run


def through(hub: Hub, values: FloatArray) -> FloatArray:
    """Return what goes through hubs, in the units of the program."""
    return values[len(hub.kept) :]


def holds_plan(hub: Hub, x: FloatArray) -> None:
    """Fail where the form does not have a plan, or has it for more than it costs."""
    form = hub.form
    values = hub.to_form(x) / form.column_scale
    sums, near = form.matrix @ values, 1e-6 * max(1.0, float(np.abs(values).max(initial=0)))
    assert (sums >= form.row_lower - near).all()
    assert (sums <= form.row_upper + near).all()
    assert (values >= form.lower - near).all()
    assert (values <= form.upper + near).all()
    assert (np.abs(values - np.round(values))[form.whole] <= 1e-6).all()
    cost = float(hub.program.cost @ x)
    assert form.cost @ values / form.cost_scale <= cost + NEAR * (1 + abs(cost))


def relaxes(hub: Hub, best: float, plans: list[FloatArray]) -> None:
    assert solved(hub.form).cost <= best + NEAR * (1 + abs(best))
    for x in plans:
        holds_plan(hub, x)


def cases(count: int) -> Iterator[np.random.Generator]:
    return (np.random.default_rng(seed) for seed in range(count))


# -- a relaxation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("linked", [True, False])
@pytest.mark.parametrize("name", NETWORKS)
def test_no_plan_is_lost_or_becomes_dearer(name: str, linked: bool) -> None:
    p, best, plans = network(name)
    for draw in cases(4):
        relaxes(hubs(p, related(p, draw, linked), draw), best, plans)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(25))
def test_no_plan_is_lost_of_whatever_is_drawn(seed: int, size: float) -> None:
    p = drawn(seed, size)
    best, plans = optimum(p), some_plans(p, 3)
    for draw in cases(4):
        relaxes(hubs(p, related(p, draw), draw), best, plans)


def test_what_is_drawn_has_all_that_matters() -> None:
    """Left-out choices, rows that lose a side, hubs apart, coefficients at either end and of either sign."""
    idle = relaxed_sides = apart = tails = heads = negative = 0
    for seed in range(25):
        p = drawn(seed)
        for draw in cases(4):
            relaxation = related(p, draw)
            hub = hubs(p, relaxation, draw)
            form, own = hub.form, len(p.row_lower)
            n_in, hubs_there = len(hub._ends.tails), form.matrix.shape[0] - own - len(relaxation.kind)
            idle += hub._lacks_choices
            relaxed_sides += int(np.isinf(form.row_lower[:own]).sum() > np.isinf(p.row_lower).sum())
            apart += hubs_there > 1
            one_sided = np.nonzero(p.row_lower != p.row_upper)[0]
            side = np.append(one_sided, np.arange(own, own + len(relaxation.kind)))
            coefficients = form.matrix[side][:, len(hub.kept) :].toarray()
            tails += int(coefficients[:, :n_in].any())
            heads += int(coefficients[:, n_in:].any())
            negative += int((coefficients < 0).any())
    assert min(idle, relaxed_sides, apart, tails, heads, negative) >= 5


@pytest.mark.parametrize("name", NETWORKS)
def test_with_all_columns_nothing_is_relaxed(name: str) -> None:
    p, best, plans = network(name)
    for draw in cases(2):
        relaxation = related(p, draw, linked=True)
        every = np.ones(len(p.cost), dtype=bool)
        hub = Hub(relaxation, Dicuts(relaxation.ledger), every, draw.normal(0, 10, len(p.row_lower)))
        assert np.array_equal(hub.kept, np.arange(len(p.cost)))
        run = solved(hub.form)
        assert run.x is not None
        assert run.cost == pytest.approx(best, rel=NEAR)
        assert holds(p, hub.from_form(run.x))
        assert hub.tells(run.x)
        assert not len(hub.wanted(run.x))
        assert np.array_equal(hub.to_form(plans[0]), plans[0])


@pytest.mark.parametrize("name", NETWORKS)
def test_choices_that_the_relaxation_never_had(name: str) -> None:
    p, best, plans = network(name)
    ledger, every = Ledger(p), np.ones(len(p.cost), dtype=bool)
    kept = ledger.choices.with_flows(p.whole)  # none of the flows
    relaxation = Relaxation(ledger, Control(), kept)
    hub = Hub(relaxation, Dicuts(ledger), every, np.zeros(len(p.row_lower)))
    assert solved(hub.form).cost == pytest.approx(best, rel=NEAR)
    for x in plans:
        holds_plan(hub, x)


@pytest.mark.parametrize("name", NETWORKS)
def test_costs_are_split_as_far_as_they_go(name: str) -> None:
    p, _best, _plans = network(name)
    for draw in cases(3):
        ends = (hub := hubs(p, related(p, draw), draw))._ends
        slack = p.cost[ends.column] - hub._cost_in[ends.tail] - hub._cost_out[ends.head]
        near = 1e-9 * (1 + float(np.abs(hub._cost_in).max(initial=0)))
        assert (slack >= -near).all()
        for end, count in ((ends.tail, len(ends.tails)), (ends.head, len(ends.heads))):
            least = np.full(count, np.inf)
            np.minimum.at(least, end, slack)
            assert (least <= near).all()


# -- by hand ----------------------------------------------------------------------------------------------------------


def crossing(second: float = 10.0, size: float = 1.0) -> Program:
    """Return: A and B bring 20 and some to where 10 and 10 are wanted, at 4 and 7, or 6 and 5 a unit.

    Columns are what A and B have, A-C, A-D, B-C, B-D; rows are the balances of A, B, C and D.
    """
    unit = 1 / size
    return program_of(
        [0, 0, 4 * unit, 7 * unit, 6 * unit, 5 * unit],
        [
            ([1, 0, -1, -1, 0, 0], 0, 0),
            ([0, 1, 0, 0, -1, -1], 0, 0),
            ([0, 0, 1, 0, 1, 0], 10 * size, 10 * size),
            ([0, 0, 0, 1, 0, 1], 10 * size, 10 * size),
        ],
        upper=[20 * size, second * size, *[10 * size] * 4],
    )


PRICES = np.array([-1.0, -2.0, 3.0, 3.0])
"""Of goods at A and B, with the sign that a flow out of there has, and at C and D."""


def hub_of(given: Program, keep: list[int], row_dual: FloatArray) -> Hub:
    relaxation = bare(given)
    kept = np.zeros(len(given.cost), dtype=bool)
    kept[keep] = True
    return Hub(relaxation, Dicuts(relaxation.ledger), kept, row_dual)


@pytest.mark.parametrize("size", SIZES)
def test_the_split_by_hand(size: float) -> None:
    # 1 + 3 = 4, 2 + 3 = 5, and the other two lanes cost more than 1 + 3 and 2 + 3
    hub = hub_of(crossing(size=size), [], PRICES / size)
    assert np.array_equal(hub.kept, [0, 1])
    assert hub._cost_in * size == pytest.approx([1, 2])
    assert hub._cost_out * size == pytest.approx([3, 3])
    run = solved(hub.form)
    assert run.x is not None
    assert run.cost == pytest.approx(80.0)  # all by way of A, though A-D costs 7
    assert run.x == pytest.approx(np.array([20, 0, 20, 0, 10, 10]) * size)
    assert optimum(crossing(size=size)) == pytest.approx(90.0)


def test_one_hub_for_what_is_joined() -> None:
    joined = hub_of(crossing(), [], PRICES)
    assert joined.form.matrix.shape == (4 + 1, 2 + 4)
    apart = hub_of(crossing(), [3, 4], PRICES)  # A-C and B-D are left
    assert apart.form.matrix.shape == (4 + 2, 4 + 4)
    assert solved(apart.form).cost == pytest.approx(90.0)
    none = hub_of(crossing(), [2, 3, 4, 5], PRICES)
    assert none.form.matrix.shape == (4, 6)


@pytest.mark.parametrize("size", SIZES)
def test_there_and_back(size: float) -> None:
    x = np.array([10, 10, 6, 4, 4, 6]) * size
    hub = hub_of(crossing(size=size), [2], PRICES / size)
    form = hub.to_form(x)
    assert form == pytest.approx(np.array([10, 10, 6, 4, 10, 4, 10]) * size)  # in by A and B, out by C and D
    assert hub.from_form(form) == pytest.approx(np.array([10, 10, 6, 0, 0, 0]) * size)
    assert hub.form.column_scale[2:] == pytest.approx(hub.form.column_scale[0])
    assert hub.form.upper * hub.form.column_scale == pytest.approx(np.array([20, 10, 10, 10, 20, 10, 20]) * size)


def test_wanted_by_hand() -> None:
    hub = hub_of(crossing(), [], PRICES)
    values = np.array([20.0, 0, 20, 0, 10, 10])
    assert sorted(hub.wanted(values)) == [2, 3]  # A carries it all
    assert sorted(hub.wanted(np.array([10.0, 10, 10, 10, 10, 10]))) == [2, 3, 4, 5]
    assert not len(hub.wanted(np.zeros(6)))
    apart = hub_of(crossing(), [3, 4], PRICES)
    assert apart.wanted(np.array([10.0, 10, 10, 0, 10, 0, 0, 10])).tolist() == [5]  # out at D: all that goes there


def test_at_most_so_many_are_wanted_at_a_place() -> None:
    count = 50
    cost = np.random.default_rng(0).permutation(count).astype(float)
    lane = np.ones(count)
    rows = [([1, *-lane], 0, 0), ([0, *lane], 10, 10)]
    hub = hub_of(program_of([0, *cost], rows, upper=[10] * (count + 1)), [], np.zeros(2))
    wanted = hub.wanted(np.array([10.0, 10, 10]))
    assert 0 < len(wanted) < count
    assert np.array_equal(np.sort(cost[wanted - 1]), np.arange(len(wanted)))  # the cheapest ones


def test_what_has_to_flow_is_kept() -> None:
    p = crossing()
    p.lower[4] = 3.0
    assert np.array_equal(hub_of(p, [], PRICES).kept, [0, 1, 4])


def one_lane(choice: float) -> Program:
    """Return: a lane brings 10 for 20 in all where it is chosen; without it they cost 1000.

    Columns are what there is, the lane, what is unmet, the choice.
    """
    rows = [([1, -1, 0, 0], 0, 0), ([0, 1, 1, 0], 10, 10)]
    return program_of([1, 1, 100, choice], rows, [(1, 3, 10)], upper=[10, 10, 10, 1], whole=(3,))


@pytest.mark.parametrize(("cost", "kept"), [(0, [0, 2]), (2, [0, 2]), (-2, [0, 2, 3])])
def test_a_choice_that_earns_is_made_without_what_it_opens(cost: float, kept: list[int]) -> None:
    p = one_lane(cost)
    relaxation = Relaxation(Ledger(p), Control(), linked=False)
    hub = Hub(relaxation, Dicuts(relaxation.ledger), np.zeros(4, dtype=bool), np.zeros(2))
    assert hub.kept.tolist() == kept
    assert solved(hub.form).cost <= 20 + cost + NEAR


def test_a_gate_that_goes_with_its_choice() -> None:
    """The gate has a row, the choice no column."""
    p = one_lane(0)
    relaxation = Relaxation(Ledger(p), Control(), linked=False)
    relaxation.add_gates(np.array([0]))
    hub = Hub(relaxation, Dicuts(relaxation.ledger), np.zeros(4, dtype=bool), np.zeros(2))
    holds_plan(hub, np.array([10.0, 10, 0, 1]))
    assert solved(hub.form).cost <= 20 + NEAR


def test_one_of_the_choices_that_are_left_out() -> None:
    # two lanes, exactly one of two choices: without either, the sum of what is left may be zero
    p = program_of(
        [1, 1, 2, 0, 0],
        [([1, -1, -1, 0, 0], 0, 0), ([0, 1, 1, 0, 0], 10, 10), ([0, 0, 0, 1, 1], 1, 1)],
        [(1, 3, 10), (2, 4, 10)], upper=[10, 10, 10, 1, 1], whole=(3, 4),
    )  # fmt: skip
    relaxation = Relaxation(Ledger(p), Control(), linked=False)
    for keep, kept in (([], [0]), ([1], [0, 1, 3])):
        some = np.zeros(5, dtype=bool)
        some[keep] = True
        hub = Hub(relaxation, Dicuts(relaxation.ledger), some, np.zeros(2 + 1))
        assert hub.kept.tolist() == kept
        assert hub.form.row_lower[2] == -np.inf
        assert hub.form.row_upper[2] == 1
        for x in ([10.0, 10, 0, 1, 0], [10.0, 0, 10, 0, 1]):
            holds_plan(hub, np.array(x))
        assert not hub.tells(hub.to_form(np.array([10.0, 0, 10, 0, 1])))
        assert hub.tells(hub.to_form(np.array([10.0, 10, 0, 1, 0]))) == (keep == [1])


def aside(terms: list[float], low: float, high: float) -> Hub:
    """Return the program of `crossing`, no lane kept, with another row."""
    p = crossing()
    rows = [*p.matrix.toarray().tolist(), [0, 0, *terms]]
    sides = zip(rows, [0, 0, 10, 10, low], [0, 0, 10, 10, high], strict=True)
    return hub_of(program_of(p.cost.tolist(), list(sides), upper=p.upper.tolist()), [], np.append(PRICES, 0))


@pytest.mark.parametrize(
    ("terms", "coefficients"),
    [
        ([2, 3, 0, 0], [2, 0, 0, 0]),  # all that leaves A
        ([2, 3, 0, 1], [2, 0, 0, 0]),  # B has one that does not count
        ([1, 0, 2, 0], [0, 0, 1, 0]),  # all that comes to C
        ([1, 0, 0, 1], [0, 0, 0, 0]),  # one at either
        ([-1, 0, 0, 2], [-1, 0, 0, 0]),
        ([-1, 3, -2, -2], [-1, -2, 0, 0]),
        ([3, 1, 2, 2], [1, 2, 0, 0]),
    ],
)
def test_the_least_that_goes_by_a_hub(terms: list[float], coefficients: list[float]) -> None:
    hub = aside(terms, -INF, 15)
    assert hub.form.matrix[[4], :].toarray()[0, 2:] == pytest.approx(coefficients)
    other = aside([-term for term in terms], -15, INF)
    assert other.form.matrix[[4], :].toarray()[0, 2:] == pytest.approx([-value for value in coefficients])


def test_a_row_of_two_sides_keeps_its_columns() -> None:
    hub = aside([1, 0, 0, 1], 3, 15)
    assert np.array_equal(hub.kept, [0, 1, 2, 5])


# -- what is wanted ---------------------------------------------------------------------------------------------------


def widened(given: Program, relaxation: Relaxation, row_dual: FloatArray) -> float:
    """Return the optimum that bringing in what is wanted leads to."""
    dicuts, keep = Dicuts(relaxation.ledger), np.zeros(len(given.cost), dtype=bool)
    for _ in range(len(given.cost)):
        hub = Hub(relaxation, dicuts, keep, row_dual)
        run = solved(hub.form)
        assert run.x is not None
        wanted = hub.wanted(run.x)
        if (through(hub, run.x) <= 1e-6 * hub.form.column_scale[len(hub.kept) :]).all():
            assert hub.tells(np.where(run.x > 1e-6, run.x, 0))
            assert holds(given, hub.from_form(run.x))
            return run.cost
        assert len(wanted)
        assert not keep[wanted].any()
        assert len(np.unique(wanted)) == len(wanted)
        keep[hub.kept] = True  # as a search does
        keep[wanted] = True
    raise AssertionError("hubs are never done")


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_wanted_leads_to_the_optimum(name: str) -> None:
    p, best, _plans = network(name)
    relaxation = bare(p)
    point = relaxed(relaxation, cuts=True)
    for row_dual in (point.row_dual, np.zeros(len(p.row_lower))):
        assert widened(p, relaxation, row_dual) == pytest.approx(best, rel=NEAR)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("seed", range(10))
def test_what_is_wanted_leads_to_the_optimum_of_whatever_is_drawn(seed: int, size: float) -> None:
    p = drawn(seed, size)
    relaxation = bare(p)
    point = relaxed(relaxation, cuts=True)
    assert widened(p, relaxation, point.row_dual) == pytest.approx(optimum(p), rel=NEAR)


# -- few columns ------------------------------------------------------------------------------------------------------


def lean(given: Program, duals: Duals, used: list[int], share: int) -> Hub | None:
    relaxation = bare(given)
    kept = np.zeros(len(given.cost), dtype=bool)
    kept[used] = True
    return Hub.lean(relaxation, Dicuts(relaxation.ledger), duals, kept, share)


def test_the_lowest_prices_are_kept() -> None:
    p = crossing()  # prices of the lanes are 4, 7, 6 and 5 where nothing has a dual
    hub = lean(p, no_duals(p), [], 1)
    assert hub is not None
    assert np.array_equal(hub.kept, [0, 1, 2, 5])
    hub = lean(p, no_duals(p), [3], 1)
    assert hub is not None
    assert np.array_equal(hub.kept, [0, 1, 2, 3])  # used ones count
    hub = lean(p, no_duals(p), [2, 3], 1)
    assert hub is not None
    assert np.array_equal(hub.kept, [0, 1, 2, 3])
    hub = lean(p, no_duals(p), [], 2)
    assert hub is not None
    assert np.array_equal(hub.kept, np.arange(6))


def test_too_many_that_the_price_asks_for() -> None:
    p = crossing()
    duals = replace(no_duals(p), row=np.array([0.0, 0, 6.5, 6.5]))  # prices are -2.5, 0.5, -0.5 and -1.5
    assert lean(p, duals, [], 1) is None
    assert lean(p, duals, [], 2) is not None
    hub = lean(p, duals, [2], 1)  # one more may be kept, two are asked for
    assert hub is None
    hub = lean(p, duals, [2, 4, 5], 1)
    assert hub is not None
    assert {2, 4, 5} <= set(hub.kept.tolist())


def test_all_that_may_be_left_out_is_used() -> None:
    p = crossing()
    hub = lean(p, no_duals(p), [2, 3, 4, 5], 1)
    assert hub is not None
    assert np.array_equal(hub.kept, np.arange(6))
    assert solved(hub.form).cost == pytest.approx(90.0)


@pytest.mark.parametrize("name", NETWORKS)
def test_what_is_used_is_kept(name: str) -> None:
    p, best, plans = network(name)
    relaxation = bare(p)
    point = relaxed(relaxation, cuts=True)
    for share in (1, 3):
        hub = Hub.lean(relaxation, Dicuts(relaxation.ledger), point.duals, plans[0] != 0, share)
        if hub is None:
            continue
        assert np.isin(np.nonzero(plans[0])[0], hub.kept).all()
        assert not through(hub, hub.to_form(plans[0])).any()
        assert hub.from_form(hub.to_form(plans[0])) == pytest.approx(plans[0])
        relaxes(hub, best, plans)
