"""The matrix that the solver gets: gates as rows, scaled by powers of two."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp

from netopt.formulation import Program, build
from netopt.formulation.program import Gates
from netopt.network import read
from netopt.solve import Control
from netopt.solve.form import Form, gate_rows, summed_gates
from netopt.solve.highs import Outcome, Solver
from tests.formulation.networks import tables
from tests.random_networks import accepted


def control(seconds: float) -> Control:
    return Control(gap=1e-9, threads=1, time_limit=seconds)


def program(seed: int, **switches: object) -> Program:
    return build(read(accepted(seed, broken=None, unmet=1.0, **switches)))


def optimum(form: Form) -> float:
    run = Solver(form).run(control(60.0), "test")
    assert run.outcome is Outcome.SOLVED
    return run.cost


@pytest.mark.parametrize("seed", range(300, 310))
def test_a_row_for_every_gate_and_a_row_for_their_sum_are_as_exact(seed: int) -> None:
    own = program(seed, sites=True)
    one, other = (
        Solver(Form.of(own, gates)).run(control(20.0), "test") for gates in ("all", "sum")
    )
    assert one.outcome is other.outcome
    if one.outcome is Outcome.SOLVED:
        assert one.cost == pytest.approx(other.cost, rel=1e-7)


def test_rows_of_gates() -> None:
    gates = Gates(np.array([2, 3, 4]), np.array([0, 1, 0]), np.array([5.0, 6.0, 7.0]), np.array([True, True, False]))
    assert gate_rows(gates, 5).toarray().tolist() == [[-5, 0, 1, 0, 0], [0, -6, 0, 1, 0], [-7, 0, 0, 0, 1]]
    assert gate_rows(gates, 5, np.array([1])).toarray().tolist() == [[0, -6, 0, 1, 0]]
    assert summed_gates(gates, 5).toarray().tolist() == [[-12, 0, 1, 0, 1], [0, -6, 0, 1, 0]]


def test_the_sum_is_over_the_gates_that_are_needed() -> None:
    given = tables(facilities="name type status capacity\nS supplier - -\nD dc consider 8")
    own = build(read(given))
    assert not own.gates.needed.any()  # the capacity row of D closes what enters, the balance what leaves
    assert Form.of(own, "sum").matrix.shape[0] == own.matrix.shape[0]
    assert Form.of(own, "all").matrix.shape[0] == own.matrix.shape[0] + 2


def is_power_of_two(values: np.ndarray | float) -> bool:
    mantissa, _ = np.frexp(np.asarray(values))
    return bool((mantissa == 0.5).all())


@pytest.mark.parametrize("units", [1e-6, 1e-3, 1.0, 1e6, 1e9])
@pytest.mark.parametrize("money", [1e-6, 1e-3, 1.0, 1e6, 1e9])
def test_scales_are_powers_of_two_and_change_nothing(units: float, money: float) -> None:
    own = tables(
        demand=f"customer quantity\nC {10 * units}",
        supply=f"facility capacity\nS {25 * units}",
        facilities=f"name type status fixed_cost capacity\nS supplier - - -\nD dc consider {70 * money} {15 * units}",
        lanes=f"origin destination unit_cost\nS D {money / units}\nD C {2 * money / units}",
    )
    form = Form.of(build(read(own)))
    assert is_power_of_two(form.column_scale)
    assert is_power_of_two(form.row_scale)
    assert is_power_of_two(form.cost_scale)
    assert optimum(form) == pytest.approx(100 * money, rel=1e-9)


def test_usual_numbers_are_left_alone() -> None:
    form = Form.of(build(read(tables())))
    assert (form.column_scale == 1).all()
    assert (form.row_scale == 1).all()
    assert form.cost_scale == 1


def test_whole_numbers_are_never_scaled() -> None:
    own = build(read(tables(demand="customer quantity\nC 1e9", facilities="name type status\nS supplier -\nD dc consider")))
    form = Form.of(own)
    assert (form.column_scale[own.whole] == 1).all()
    assert (form.column_scale[own.quantity] > 1).all()


@pytest.mark.parametrize(("units", "money"), [(1e-4, 1.0), (1e7, 1.0), (1.0, 1e-6), (1.0, 1e8), (1e7, 1e8)])
def test_the_optimum_of_a_random_network_scales_with_it(units: float, money: float) -> None:
    own = program(3, vehicles=True, sites=True)
    usual = optimum(Form.of(own))
    holds = np.zeros(own.matrix.shape[0], dtype=bool)
    holds[own.matrix[:, own.quantity].nonzero()[0]] = True
    matrix = own.matrix.toarray()
    matrix[np.ix_(holds, ~own.quantity)] *= units
    scale = np.where(holds, units, 1.0)
    bound = np.where(own.quantity, units, 1.0)
    other = replace(
        own, matrix=sp.csc_array(matrix), row_lower=own.row_lower * scale, row_upper=own.row_upper * scale,
        lower=own.lower * bound, upper=own.upper * bound, cost=own.cost * money / bound,
        gates=replace(own.gates, bound=own.gates.bound * units),
    )  # fmt: skip
    assert optimum(Form.of(other)) == pytest.approx(usual * money, rel=1e-7)
