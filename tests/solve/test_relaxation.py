"""The relaxation over few columns and rows comes to the same as the one over all."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.formulation import Program
from netopt.solve import Control
from netopt.solve.bound import Ledger
from netopt.solve.form import Form
from netopt.solve.highs import Solver
from netopt.solve.relaxation import Relaxation
from netopt.solve.simplex import Verdict
from tests.plan.certificates import program_of
from tests.solve.relaxed import CHAIN, MIXES, bare, chain, cheapest, few, program, relaxed, shut, sites


def full(given: Program) -> float:
    """Return the cost of the relaxation with a row for every gate."""
    solver = Solver(Form.of(given))
    solver.whole(False)
    return solver.run(Control(), "test").cost


def test_gates_as_they_are_broken() -> None:
    # sums alone: open D by 1, E by 0; the same as with gates here, as each site has one flow
    relaxation = bare(sites())
    assert relaxed(relaxation).cost == pytest.approx(35)
    relaxation = bare(chain())
    # sums: D-F + D-G <= 16 y, so 7/16 * 6 + 7
    _verdict, point = relaxation.run()
    assert point is not None
    assert point.cost == pytest.approx(7 + 42 / 16)
    relaxation.add_gates(np.array([0, 1]))
    _verdict, point = relaxation.run()
    assert point is not None
    assert point.cost == pytest.approx(7 + 3.5 / 8 * 6)  # split 3.5 and 3.5 of the unit that is free
    assert relaxed(relaxation, cuts=True).cost == pytest.approx(7 + 7 / 8 * 6)


@pytest.mark.parametrize(("seed", "switches"), MIXES)
@pytest.mark.parametrize("part", [0.0, 0.3, 0.8])
def test_few_columns_come_to_the_same_as_all(seed: int, switches: dict[str, bool], part: float) -> None:
    p = program(seed, **switches)
    relaxation = few(p, part, seed)
    point = relaxed(relaxation)
    assert point.cost == pytest.approx(full(p), rel=1e-6)
    assert relaxation.bound(point, safe=True).value == pytest.approx(point.cost, rel=1e-5)
    assert (p.matrix @ point.x >= p.row_lower - 1e-5).all()
    assert (p.matrix @ point.x <= p.row_upper + 1e-5).all()


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_rows_that_come_when_all_columns_are_there_in_another_order(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    relaxation = few(p, 0.3, seed)
    relaxation.add_columns(np.nonzero(relaxation.position < 0)[0])
    assert sorted(relaxation.kept) == list(range(len(p.cost)))
    point = relaxed(relaxation, cuts=True)
    straight = Relaxation(Ledger(p), Control())
    assert point.cost == pytest.approx(relaxed(straight, cuts=True).cost, rel=1e-3)
    assert relaxation.bound(point).value == pytest.approx(point.cost, rel=1e-6)
    gates = p.gates
    over = point.x[gates.column] - gates.bound * point.x[gates.opener]
    assert (over <= 1e-4 * np.maximum(gates.bound, 1)).all()


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_what_is_dropped_comes_back_where_it_matters(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    relaxation = few(p, 1.0)
    relaxed(relaxation, cuts=True)
    relaxation.age[:] = 9
    relaxation.drop_loose(6)
    assert (relaxation.position[relaxation.kept] == np.arange(len(relaxation.kept))).all()
    assert relaxation.simplex.width == len(relaxation.kept)
    assert relaxation.simplex.height == len(p.row_lower) + len(relaxation.kind)
    again = relaxed(relaxation, cuts=True)
    # cuts depend on the way; the relaxation without them does not
    assert again.cost >= full(p) * (1 - 1e-6)
    assert again.cost <= cheapest(p).cost * (1 + 1e-6)
    assert relaxation.bound(again).value == pytest.approx(again.cost, rel=1e-5)


def test_infeasible_until_columns_come() -> None:
    p = sites()
    relaxation = Relaxation(Ledger(p), Control(), p.whole.copy())
    assert relaxation.run()[0] is Verdict.INFEASIBLE
    assert relaxation.price_infeasible()
    assert relaxed(relaxation).cost == pytest.approx(35)


def test_infeasible_with_all_columns() -> None:
    relaxation = bare(shut())
    assert relaxation.run()[0] is Verdict.INFEASIBLE
    assert not relaxation.price_infeasible()


def test_a_ray_proves_a_part_infeasible_at_any_cost() -> None:
    # both gates of x carry the proof: one site is closed, whichever it is
    p = program_of([1, 1, 3], [([0, 0, 1], 10, 10)], [(2, 0, 10), (2, 1, 10)], upper=[1, 1, 10], whole=(0, 1))
    for site in (0, 1):
        relaxation = bare(p)
        base = relaxed(relaxation).duals
        relaxation.fix(np.array([site]), np.zeros(1), np.zeros(1))
        assert relaxation.run()[0] is Verdict.INFEASIBLE
        ray = relaxation.ray()
        assert ray is not None
        values = [
            relaxation.ledger.bound(
                relaxation.ledger.short(relaxation.along(base, ray, step)), relaxation.lower, relaxation.upper
            ).value
            for step in (1e6, -1e6)
        ]
        assert max(values) > 1e5


def test_a_column_behind_an_open_site_and_a_closed_one_is_asked_for() -> None:
    # x saves 8 a unit and stands behind two sites; the first takes its price and is open, so the bound is loose
    p = program_of(
        [0, 1, 9, 1], [([0, 0, 1, 1], 10, 10)], [(3, 0, 10), (3, 1, 10)], lower=[1, 0, 0, 0], upper=[1, 1, 10, 10],
        whole=(0, 1),
    )  # fmt: skip
    relaxation = Relaxation(Ledger(p), Control(), np.array([True, True, True, False]))
    _verdict, point = relaxation.run()
    assert point is not None
    assert point.cost == pytest.approx(90)
    bound = relaxation.bound(point)
    assert bound.value == pytest.approx(10)
    assert relaxation.asked_for(bound, point.x).tolist() == [3]
    assert relaxed(relaxation).cost == pytest.approx(11)


def test_a_dear_site_does_not_hide_what_saves_a_little_a_unit() -> None:
    # a million units, half a cent saved on each: nothing beside a site of 20 million, and 5,000 altogether
    p = program_of(
        [2e7, 1.0, 0.995], [([0, 1, 1], 1e6, 1e6)], [(2, 0, 1e6)], lower=[1, 0, 0], upper=[1, 1e6, 1e6], whole=(0,),
    )  # fmt: skip
    relaxation = Relaxation(Ledger(p), Control(), np.array([True, True, False]))
    _verdict, point = relaxation.run()
    assert point is not None
    assert relaxation.asked_for(relaxation.bound(point), point.x).tolist() == [2]
    assert relaxed(relaxation).cost == pytest.approx(2e7 + 0.995e6)


def test_units_of_any_size_make_no_difference() -> None:
    for size in (1e-6, 1.0, 1e7):
        p = program_of(
            [5, 7, 3 / size, 6 / size], [([0, 0, 1, 1], 10 * size, 10 * size)], [(2, 0, 10 * size), (3, 1, 10 * size)],
            upper=[1, 1, 10 * size, 10 * size], whole=(0, 1),
        )  # fmt: skip
        relaxation = bare(p)
        point = relaxed(relaxation)
        assert point.cost == pytest.approx(35)
        assert relaxation.bound(point).value == pytest.approx(35)
        assert 3.5 - 1e-6 <= point.row_dual[0] * size <= 6 + 1e-6  # from all of D's 35 to the next unit through E


def of_size(size: float) -> Program:
    """Return `sites` with so many units to a unit: 35 in all."""
    return program_of(
        [5, 7, 3 / size, 6 / size], [([0, 0, 1, 1], 10 * size, 10 * size)], [(2, 0, 10 * size), (3, 1, 10 * size)],
        upper=[1, 1, 10 * size, 10 * size], whole=(0, 1),
    )  # fmt: skip


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e7])
def test_other_charges(size: float) -> None:
    relaxation = bare(of_size(size))
    assert relaxed(relaxation).cost == pytest.approx(35)
    relaxation.charge(np.array([0]), np.array([20.0]))
    assert relaxed(relaxation).cost == pytest.approx(20 + 30)
    relaxation.charge(np.array([0, 2]), np.array([20.0, 5 / size]))
    _verdict, point = relaxation.run()
    assert point is not None
    assert point.cost == pytest.approx(7 + 60)  # 70 through D, so E
    assert point.x / [1, 1, size, size] == pytest.approx(np.array([0, 1, 0, 10]))
    assert relaxation.program.cost[0] == 5  # the program is as it was


def test_other_charges_where_columns_are_left_out() -> None:
    # E and its flow only, then E alone dearer: positions are those of what is kept
    relaxation = Relaxation(Ledger(sites()), Control(), np.array([False, True, False, True]))
    relaxation.charge(np.array([1]), np.array([9.0]))
    _verdict, point = relaxation.run()
    assert point is not None
    assert point.cost == pytest.approx(9 + 60)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e7])
@pytest.mark.parametrize(("columns", "cost"), [([0, 1, 2, 3], 35), ([0, 2], 35), ([1, 3], 67), ([3, 1, 2], 67)])
def test_the_mixed_program_over_some_columns(columns: list[int], cost: float, size: float) -> None:
    p = of_size(size)
    relaxation, at = bare(p), np.array(columns)
    upper = p.upper.copy()
    if columns[0] == 3:
        upper[2] = 0.0  # D's flow may not be used
    run = Solver(relaxation.mixed(at, p.lower, upper, p.whole, relaxation.extra_rows())).run(Control(gap=0.0), "test")
    assert run.x is not None
    assert run.cost == pytest.approx(cost)
    assert p.cost[at] @ run.x == pytest.approx(cost)


def test_what_the_rows_of_a_mixed_program_say() -> None:
    p = chain()
    relaxation, every, none = bare(p), np.arange(9), np.zeros(9, dtype=bool)
    sums = relaxation.extra_rows()
    for extra, whole, cost in (
        (sums, p.whole, CHAIN),
        (sums, none, 7 + 42 / 16),  # open by 7/16
        (sums[:0], p.whole, 7),  # nothing says that D has to be open
    ):
        run = Solver(relaxation.mixed(every, p.lower, p.upper, whole, extra)).run(Control(gap=0.0), "test")
        assert run.cost == pytest.approx(cost)
    assert relaxation.mixed(every, p.lower, p.upper, p.whole, sums).matrix.shape == (5 + sums.shape[0], 9)
