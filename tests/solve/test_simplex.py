"""A linear program that grows and shrinks between its runs."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from netopt.solve import Control
from netopt.solve.simplex import Simplex, Verdict

INF = float("inf")


def simplex(control: Control | None = None) -> Simplex:
    """Return: 3 a + 2 b, a + b at least 10, a at most 4, b at most 8; 4 + 16 = 2 * 3 + 8 * 2 = 22."""
    return Simplex(
        np.array([3.0, 2.0]), np.zeros(2), np.array([4.0, 8.0]), sp.csc_array(np.array([[1.0, 1.0]])),
        np.array([10.0]), np.array([INF]), control or Control(),
    )  # fmt: skip


def row(*values: float) -> sp.csr_array:
    return sp.csr_array(np.array([values]))


def test_cost_point_and_duals() -> None:
    found = simplex().run()
    assert found.verdict is Verdict.OPTIMAL
    assert found.cost == pytest.approx(22)
    assert found.x.tolist() == pytest.approx([2, 8])
    assert found.row_dual.tolist() == pytest.approx([3])


def test_rows_come_and_go() -> None:
    s = simplex()
    s.run()
    s.add_rows(row(0, 1), np.array([-INF]), np.array([7.0]))
    found = s.run()
    assert found.cost == pytest.approx(23)
    assert found.row_dual.tolist() == pytest.approx([3, -1])
    s.delete_rows(np.array([1]))
    assert s.run().cost == pytest.approx(22)
    assert s.height == 1


def test_columns_come() -> None:
    s = simplex()
    s.run()
    s.add_rows(row(0, 1), np.array([-INF]), np.array([7.0]))
    s.add_columns(np.array([1.0]), np.zeros(1), np.array([5.0]), sp.csc_array(np.array([[1.0], [1.0]])))
    assert s.run(primal=True).cost == pytest.approx(5 + 2 * 2 + 3 * 3)  # 5 of c and 2 of b fill the row, 3 of a


def test_a_proof_of_infeasibility() -> None:
    s = simplex()
    s.bound_columns(np.array([0]), np.zeros(1), np.ones(1))
    assert s.run().verdict is Verdict.INFEASIBLE
    ray = s.ray()
    assert ray is not None
    assert abs(ray[0]) > 0
    s.bound_columns(np.array([0]), np.zeros(1), np.array([2.0]))
    assert s.run().cost == pytest.approx(22)


def test_an_earlier_basis_fits_what_has_grown() -> None:
    s = simplex()
    s.run()
    basis = s.basis()
    s.add_rows(row(0, 1), np.array([-INF]), np.array([7.0]))
    s.add_columns(np.array([9.0]), np.zeros(1), np.ones(1), sp.csc_array(np.array([[1.0], [0.0]])))
    s.run()
    s.start_from(basis)
    assert s.run().cost == pytest.approx(23)
    s.forget()
    assert s.run().cost == pytest.approx(23)


def test_few_iterations_cut_it_off() -> None:
    found = simplex().run(iterations=0)
    assert found.verdict in (Verdict.CUT_OFF, Verdict.OPTIMAL)
    assert simplex().run(iterations=100).verdict is Verdict.OPTIMAL


@pytest.mark.parametrize("method", ["simplex", "ipm", "choose"])
def test_every_method_finds_the_same(method: str) -> None:
    assert simplex().run(method=method).cost == pytest.approx(22)


def test_the_time_limit_counts_from_now() -> None:
    s = simplex(Control(time_limit=30.0))
    for _ in range(3):
        assert s.run().verdict is Verdict.OPTIMAL


def transport(control: Control | None = None, n: int = 40) -> Simplex:
    """Return: 1 wanted at each of ``n``, 1 at most from each of as many, at costs from a seed; no presolve solves it."""
    at = np.arange(n * n)
    matrix = sp.csc_array((np.ones(2 * n * n), (np.append(at % n, n + at // n), np.append(at, at))), shape=(2 * n, n * n))
    cost = np.random.default_rng(0).integers(1, 1000, n * n).astype(float)
    lower, upper = np.repeat([1.0, -INF], n), np.repeat([INF, 1.0], n)
    return Simplex(cost, np.zeros(n * n), np.full(n * n, INF), matrix, lower, upper, control or Control())


@pytest.mark.parametrize("control", [Control(), Control(time_limit=1000.0)])
def test_no_seconds_cut_it_off_and_the_next_run_goes_on(control: Control) -> None:
    optimum = transport().run().cost
    s = transport(control)
    for _ in range(2):
        assert s.run(seconds=0.0).verdict is Verdict.CUT_OFF
    found = s.run()
    assert found.verdict is Verdict.OPTIMAL
    assert found.cost == pytest.approx(optimum)


def test_seconds_count_from_now_on_and_not_beyond_the_limit() -> None:
    s = transport(Control(time_limit=0.0))
    assert s.run(seconds=1000.0).verdict in (Verdict.CUT_OFF, Verdict.OPTIMAL)
    assert float(s.highs.getOptionValue("time_limit")[1]) < 10
    s = transport()
    for _ in range(3):
        assert s.run(seconds=1000.0).verdict is Verdict.OPTIMAL
        s.forget()


def test_other_costs() -> None:
    s = simplex()
    s.run()
    s.cost_columns(np.array([1]), np.array([5.0]))
    found = s.run(primal=True)
    assert found.cost == pytest.approx(4 * 3 + 6 * 5)  # b is the dearer one now
    assert found.x.tolist() == pytest.approx([4, 6])
