"""Gate rows on demand give the relaxation that all of them would."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control, Progress
from netopt.solve.form import Form
from netopt.solve.highs import Outcome, Solver
from netopt.solve.linking import add_needed_gates
from tests.formulation.networks import tables
from tests.random_networks import accepted


def relaxed(solver: Solver) -> float:
    solver.whole(False)
    found = solver.run(Control(threads=1), "test")
    solver.whole(True)
    assert found.outcome is Outcome.SOLVED
    return found.cost


def rows_added(solver: Solver, program: Program) -> int:
    return solver.highs.getNumRow() - Form.of(program, "sum").matrix.shape[0]


@pytest.mark.parametrize("seed", range(400, 410))
def test_the_relaxation_ends_between_the_sums_and_all_gates(seed: int) -> None:
    program = build(read(accepted(seed, broken=None, unmet=1.0, sites=1.0)))
    if Solver(Form.of(program)).run(Control(threads=1, time_limit=20.0, gap=0.5), "test").x is None:
        pytest.skip("infeasible")
    sums, every = relaxed(Solver(Form.of(program, "sum"))), relaxed(Solver(Form.of(program)))
    solver = Solver(Form.of(program, "sum"))
    bound = add_needed_gates(solver, program, Control(threads=1))
    now = relaxed(solver)
    assert sums - 1e-6 * abs(sums) <= bound <= now + 1e-6 * abs(now)
    assert now <= every + 1e-6 * abs(every)
    assert now == pytest.approx(every, rel=1e-3)
    assert 0 <= rows_added(solver, program) <= len(program.gates)


def test_the_search_after_it_is_exact() -> None:
    program = build(read(accepted(3, broken=None, unmet=1.0, sites=1.0)))
    control = Control(gap=1e-9, threads=1)
    solver = Solver(Form.of(program, "sum"))
    add_needed_gates(solver, program, control)
    one, other = solver.run(control, "test"), Solver(Form.of(program)).run(control, "test")
    assert one.cost == pytest.approx(other.cost, rel=1e-7)
    assert one.x is not None
    assert np.allclose(one.x[program.whole], np.round(one.x[program.whole]), atol=1e-6)


def test_nothing_is_added_where_the_sums_say_enough() -> None:
    program = build(read(tables(facilities="name type status fixed_cost\nS supplier - -\nD dc consider 5")))
    solver = Solver(Form.of(program, "sum"))
    assert add_needed_gates(solver, program, Control()) == pytest.approx(35)
    assert rows_added(solver, program) == 0


def test_gates_of_a_weak_sum_are_added() -> None:
    # D, open for 90, could send 10 to each of two customers: the relaxed sum opens half of it for the one that is cheaper
    # there, its gate asks for all of it.
    given = tables(
        facilities="name type status fixed_cost\nS supplier - -\nD dc consider 20\nE dc - -",
        customers="name\nC\nX", demand="customer quantity\nC 10\nX 10",
        lanes="origin destination unit_cost\nS D 1\nS E 1\nD C 2\nE C 9\nD X 9\nE X 2",
    )  # fmt: skip
    program = build(read(given))
    told: list[Progress] = []
    solver = Solver(Form.of(program, "sum"))
    sums = relaxed(Solver(Form.of(program, "sum")))
    control = Control(progress=told.append)
    bound = add_needed_gates(solver, program, control)
    assert bound == pytest.approx(relaxed(solver))
    assert (rows_added(solver, program) > 0) == (bound > sums + 1e-9)
    assert {one.phase for one in told} <= {"relaxing"}
    bounds = [one.bound for one in told]
    assert bounds == sorted(bounds)


def test_a_stop_ends_it_and_leaves_whole_numbers_asked_for() -> None:
    program = build(read(accepted(3, broken=None, unmet=1.0, sites=1.0)))
    control = Control(gap=1e-9, threads=1)
    control.stop.set()
    solver = Solver(Form.of(program, "sum"))
    assert add_needed_gates(solver, program, control) == -np.inf
    assert rows_added(solver, program) == 0
    control.stop.clear()
    found = solver.run(control, "test")
    assert found.x is not None
    assert np.allclose(found.x[program.whole], np.round(found.x[program.whole]), atol=1e-6)
