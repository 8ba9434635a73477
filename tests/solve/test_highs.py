"""HiGHS is spoken to in one place, and everything it may say is understood."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import highspy
import numpy as np
import pytest
import scipy.sparse as sp

from netopt.errors import SolverError
from netopt.formulation import build
from netopt.network import read
from netopt.solve import Control, Progress, highs
from netopt.solve.form import Form
from netopt.solve.highs import FLOOR, OUTCOMES, Outcome, Run, Solver, check_solver, load
from tests.formulation.networks import tables
from tests.solve.hard import hard


def form(
    cost: list[float], rows: list[list[float]], lower: list[float], upper: list[float], whole: bool = False, most: float = 10
) -> Form:
    """Return a small program of columns from 0 to ``most``."""
    n, m = len(cost), len(rows)
    return Form(
        cost=np.array(cost), lower=np.zeros(n), upper=np.full(n, most), whole=np.full(n, whole),
        matrix=sp.csc_array(np.array(rows, dtype=float).reshape(m, n)), row_lower=np.array(lower), row_upper=np.array(upper),
        column_scale=np.ones(n), row_scale=np.ones(m), cost_scale=1.0,
    )  # fmt: skip


def run(own: Form, **control: object) -> Run:
    return Solver(own).run(Control(**control), "test")  # type: ignore[arg-type]


@pytest.fixture
def fresh_check() -> Iterator[None]:
    check_solver.cache_clear()
    yield
    check_solver.cache_clear()


def test_every_status_of_highs_is_understood() -> None:
    status = highspy.HighsModelStatus
    known = set(status.__members__.values()) - {getattr(status, "kMin", None), getattr(status, "kMax", None)}
    assert known - set(OUTCOMES) == set()
    assert len(OUTCOMES) >= 18


def test_the_self_test_passes() -> None:
    check_solver()


@pytest.mark.usefixtures("fresh_check")
def test_an_old_version_is_refused_with_the_command_that_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highs, "version", lambda: "1.14.0")
    wanted = ".".join(map(str, FLOOR))
    with pytest.raises(SolverError, match=re.escape(f"HiGHS 1.14.0 is too old; run: python -m pip install 'highspy>={wanted}'")):
        check_solver()


@pytest.mark.usefixtures("fresh_check")
def test_versions_are_compared_as_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(highs, "version", lambda: "1.100.0")
    check_solver()


@pytest.mark.usefixtures("fresh_check")
def test_a_solver_that_gets_two_variables_wrong_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    right = Solver.run
    monkeypatch.setattr(Solver, "run", lambda *args: replace(right(*args), cost=-11.0))
    with pytest.raises(SolverError, match="fails a self-test"):
        check_solver()


@pytest.mark.parametrize(("name", "value"), [("no_such_option", 1), ("presolve", "sideways"), ("mip_rel_gap", -1.0)])
def test_an_option_that_highs_refuses(name: str, value: object) -> None:
    with pytest.raises(SolverError, match=re.escape(f"HiGHS refused {name} = {value}")):
        Solver(form([1], [[1]], [1], [2])).option(name, value)  # type: ignore[arg-type]


def test_a_linear_program_has_prices() -> None:
    # x + y >= 4, x <= 3 at 1, y at 2: x = 3, y = 1
    own = form([1, 2], [[1, 1], [1, 0]], [4, -np.inf], [np.inf, 3])
    found = run(own)
    assert (found.outcome, found.cost, found.bound) == (Outcome.SOLVED, 5, 5)
    assert found.x is not None
    assert found.x.tolist() == [3, 1]
    assert found.row_dual is not None
    assert found.row_dual.tolist() == [2, -1]  # one more wanted costs 2, one more of x saves 1


def test_a_mixed_program_has_a_bound_and_no_prices() -> None:
    found = run(form([-3, -2], [[2, 2], [4, 2]], [-np.inf] * 2, [9, 13], whole=True), gap=0.0)
    assert (found.outcome, found.cost, found.bound) == (Outcome.SOLVED, -10, -10)
    assert found.row_dual is None
    assert found.column_dual is None


@pytest.mark.parametrize("whole", [False, True])
def test_infeasible(whole: bool) -> None:
    found = run(form([1], [[1]], [11], [12], whole=whole))
    assert found.outcome in (Outcome.INFEASIBLE, Outcome.UNSURE)
    assert found.x is None
    assert found.cost == np.inf


@pytest.mark.parametrize("whole", [False, True])
def test_a_point_on_the_way_down_is_no_plan(whole: bool) -> None:
    found = run(form([-1], [[1]], [0], [np.inf], whole=whole, most=np.inf))
    assert found.outcome in (Outcome.UNBOUNDED, Outcome.UNSURE)
    assert found.x is None


def test_nothing_at_all() -> None:
    empty = Form(
        cost=np.zeros(0), lower=np.zeros(0), upper=np.zeros(0), whole=np.zeros(0, dtype=bool), matrix=sp.csc_array((0, 0)),
        row_lower=np.zeros(0), row_upper=np.zeros(0), column_scale=np.ones(0), row_scale=np.ones(0), cost_scale=1.0,
    )  # fmt: skip
    assert run(empty).outcome is Outcome.SOLVED


def test_units_of_the_program_go_in_and_come_out() -> None:
    # x + y >= 4000, x <= 3000; scaled by 1024 units and 2 of money
    own = form([1, 2], [[1, 1], [1, 0]], [4, -np.inf], [np.inf, 3], most=np.inf)
    scaled = replace(
        own, row_lower=own.row_lower * 1000 / 1024, row_upper=own.row_upper * 1000 / 1024, cost=own.cost * 1024 / 2,
        column_scale=np.full(2, 1024.0), row_scale=np.full(2, 1 / 1024), cost_scale=0.5,
    )  # fmt: skip
    solver = Solver(scaled)
    found = solver.run(Control(), "test")
    assert found.x is not None
    assert found.row_dual is not None
    assert found.x.tolist() == pytest.approx([3000, 1000])
    assert found.cost == pytest.approx(5000)
    assert found.row_dual.tolist() == pytest.approx([2, -1])
    solver.bound_columns(np.array([0]), np.array([0.0]), np.array([2000.0]))
    assert solver.run(Control(), "test").cost == pytest.approx(6000)
    one = np.array([1 / 1024])
    solver.add_rows(sp.csr_array(np.array([[0.0, 1.0]])), np.array([-np.inf]), np.array([1500.0]), one)
    assert solver.sums(np.array([2000.0, 1500.0])).tolist() == pytest.approx([3500 / 1024, 2000 / 1024, 1500 / 1024])
    assert solver.run(Control(), "test").outcome is Outcome.INFEASIBLE
    solver.bound_rows(np.array([2]), np.inf)
    again = solver.run(Control(), "test")
    assert again.cost == pytest.approx(6000)
    assert again.row_dual is not None
    assert len(again.row_dual) == 3


def test_whole_numbers_can_be_relaxed_and_asked_for_again() -> None:
    solver = Solver(form([-3, -2], [[2, 2], [4, 2]], [-np.inf] * 2, [9, 13], whole=True))
    solver.whole(False)
    assert solver.run(Control(gap=0.0), "test").cost == pytest.approx(-11)
    solver.whole(True)
    assert solver.run(Control(gap=0.0), "test").cost == pytest.approx(-10)


@pytest.mark.parametrize("threads", [1, 2, 1, None, 2])
def test_the_number_of_threads_may_change_from_run_to_run(threads: int | None) -> None:
    assert run(form([-3, -2], [[2, 2], [4, 2]], [-np.inf] * 2, [9, 13], whole=True), gap=0.0, threads=threads).cost == -10


def test_an_error_while_highs_runs_is_ours_to_report(monkeypatch: pytest.MonkeyPatch) -> None:
    solver = Solver(form([1], [[1]], [1], [2]))

    def fail() -> None:
        raise RuntimeError("no luck")

    monkeypatch.setattr(solver.highs, "run", fail)
    with pytest.raises(SolverError, match="HiGHS failed: no luck"):
        solver.run(Control(), "test")


def test_progress_is_told_in_money() -> None:
    told: list[Progress] = []
    own = Form.of(build(read(hard(8, 20))))
    found = Solver(own).run(Control(gap=0.2, time_limit=10.0, progress=told.append), "searching")
    assert found.x is not None
    assert told
    assert {one.phase for one in told} == {"searching"}
    assert min(one.cost for one in told) >= found.cost * (1 - 1e-9)
    assert max(one.bound for one in told) <= found.bound * (1 + 1e-9)


def test_a_program_can_be_loaded_for_a_look() -> None:
    own = build(read(tables(facilities="name type status\nS supplier -\nD dc consider")))
    assert load(own).getNumCol() == len(own.cost)
