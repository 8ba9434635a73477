"""The volume algorithm: each pass solves what is not relaxed to the end, sums of openers among it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import scipy.optimize as so

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve.bound import Ledger
from netopt.solve.form import gate_rows
from netopt.solve.lagrange import Volume
from netopt.solve.sums import members_of
from tests.solve.located import located

FloatArray = npt.NDArray[np.float64]

NETWORKS = [(5, 6, 0), (6, 5, 1), (7, 4, 2), (6, 6, 3)]


def made(sites: int, customers: int, seed: int) -> Program:
    return build(read(located(sites, customers, seed, tight=0.4, fixed=600)))


def least(given: Program, cost: FloatArray, rows: npt.NDArray[np.bool_], lower: FloatArray, upper: FloatArray) -> float:
    """Return the least cost by another solver, with some of the rows and all gates; infinite where there is no plan."""
    at = np.nonzero(rows)[0]
    part = so.LinearConstraint(given.matrix.tocsr()[at], given.row_lower[at], given.row_upper[at])
    linked = so.LinearConstraint(gate_rows(given.gates, len(given.cost)), -np.inf, 0)
    whole = given.whole.astype(int)
    high = np.minimum(upper, given.most)
    run = so.milp(cost, integrality=whole, bounds=so.Bounds(lower, high), constraints=[part, linked])
    return float(run.fun) if run.status == 0 else np.inf


def narrowed(given: Program, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Return bounds with so many sites open."""
    ((_, total, _),) = members_of(given)
    lower, upper = given.lower.copy(), given.upper.copy()
    lower[total], upper[total] = low, high
    return lower, upper


def some_duals(given: Program, volume: Volume, seed: int) -> FloatArray:
    """Return duals of no meaning, of the signs that the rows allow, for the rows that are relaxed."""
    draw = np.random.default_rng(seed)
    row = draw.normal(30, 40, len(given.row_lower))
    return volume._allowed(np.where(volume.relaxed, row, 0.0))


def paid(given: Program, row: FloatArray) -> float:
    """Return what the duals of the rows are worth."""
    return float((row * np.where(row > 0, given.row_lower, np.where(row < 0, given.row_upper, 0.0))).sum())


@pytest.mark.parametrize("between", [(0, 99), (0, 2), (3, 99), (2, 3), (4, 4), (1, 1)])
@pytest.mark.parametrize(("sites", "customers", "seed"), NETWORKS)
def test_a_pass_is_exact(sites: int, customers: int, seed: int, between: tuple[int, int]) -> None:
    p = made(sites, customers, seed)
    low, high = (float(min(side, sites)) for side in between)
    lower, upper = narrowed(p, low, high)
    volume = Volume(Ledger(p), lower, upper)
    ((row_of, total, members),) = members_of(p)
    assert not volume.relaxed[row_of]
    for turn in range(5):
        row = some_duals(p, volume, 10 * seed + turn)
        found = volume.look(row)
        exact = paid(p, row) + least(p, p.cost - p.matrix.T @ row, ~volume.relaxed, lower, upper)
        assert found.value == pytest.approx(exact, rel=1e-6, abs=1e-4)
        assert low <= found.x[total] <= high
        assert found.x[members].sum() == found.x[total]
        assert found.value <= least(p, p.cost, np.ones(len(p.row_lower), dtype=bool), lower, upper) + 1e-6


@pytest.mark.parametrize(("sites", "customers", "seed"), NETWORKS)
def test_the_duals_of_a_pass_prove_its_value(sites: int, customers: int, seed: int) -> None:
    p = made(sites, customers, seed)
    for low, high in ((0, sites), (3, sites), (0, 2)):
        lower, upper = narrowed(p, low, high)
        ledger = Ledger(p)
        volume = Volume(ledger, lower, upper)
        row = some_duals(p, volume, seed)
        duals, _x = volume.climb(row, p.most, 0, lambda: True)
        assert ledger.bound(duals, lower, upper).value == pytest.approx(volume.look(row).value, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize(("sites", "customers", "seed"), NETWORKS)
def test_counting_raises_the_bound_and_never_above_the_optimum(sites: int, customers: int, seed: int) -> None:
    p = made(sites, customers, seed)
    rows = np.ones(len(p.row_lower), dtype=bool)
    for low, high in ((sites - 1, sites), (0, 3)):
        lower, upper = narrowed(p, low, high)
        optimum = least(p, p.cost, rows, lower, upper)
        values = []
        for bounds in ((p.lower, p.upper), (lower, upper)):
            ledger = Ledger(p)
            volume = Volume(ledger, *bounds)
            duals, x = volume.climb(np.zeros(len(p.row_lower)), np.minimum(p.most, 1e6), 300, lambda: False)
            values.append(ledger.bound(duals, *bounds).value)
            assert x.shape == p.cost.shape
        assert values[1] <= optimum + 1e-6
        assert values[0] <= least(p, p.cost, rows, p.lower, p.upper) + 1e-6
        if low:  # more sites than are worth their cost
            assert values[1] > values[0] + 100
