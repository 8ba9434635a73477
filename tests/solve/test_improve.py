"""Plans from a relaxation: flows for given openers, over all columns."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.formulation import Program
from netopt.solve import Control
from netopt.solve.bound import Ledger
from netopt.solve.improve import Improver
from netopt.solve.relaxation import Relaxation
from tests.plan.certificates import program_of
from tests.solve.relaxed import CHAIN, MIXES, chain, cheapest, few, plans, program, relaxed, sites


def improver(given: Program, part: float = 1.0) -> Improver:
    return Improver(few(given, part), Control())


def feasible(given: Program, x: np.ndarray) -> bool:
    """Return whether a point is a plan."""
    near = 1e-6 * max(1.0, float(np.abs(x).max()))
    sums, gates = given.matrix @ x, given.gates
    return bool(
        (sums >= given.row_lower - near).all()
        and (sums <= given.row_upper + near).all()
        and (x >= given.lower - near).all()
        and (x <= given.upper + near).all()
        and (x[gates.column] <= gates.bound * x[gates.opener] + near).all()
        and (np.abs(x - np.round(x))[given.whole] < 1e-6).all()
    )


@pytest.mark.parametrize(("choice", "cost"), [((1, 0), 35), ((0, 1), 67), ((1, 1), 42), ((0, 0), None)])
@pytest.mark.parametrize("part", [0.0, 1.0])
def test_the_cheapest_flows_of_a_choice(choice: tuple[int, int], cost: float | None, part: float) -> None:
    some = improver(sites(), part)
    point = some.completed(np.array(choice, dtype=float))
    if cost is None:
        assert point is None
        assert some.cost == np.inf
    else:
        assert point is not None
        assert point.cost == pytest.approx(cost)
        assert some.cost == point.cost


def test_the_best_plan_is_kept() -> None:
    some, costs = improver(sites()), []
    for choice in ((0, 1), (1, 0), (1, 1), (0, 0)):
        some.completed(np.array(choice, dtype=float))
        costs.append(some.cost)
    assert costs == pytest.approx([67, 35, 35, 35])


def test_a_gate_that_binds_though_it_is_open() -> None:
    # a script lets 4 through D, so 6 go through E: 12 + 36 + 5 + 7
    p = program_of(
        [5, 7, 3, 6], [([0, 0, 1, 1], 10, 10)], [(2, 0, 10), (3, 1, 10), (2, 0, 4)], upper=[1, 1, 10, 10], whole=(0, 1)
    )
    point = improver(p).completed(np.ones(2))
    assert point is not None
    assert point.cost == pytest.approx(60)
    assert improver(p).completed(np.array([1.0, 0.0])) is None


@pytest.mark.parametrize("part", [0.2, 1.0])
@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_the_optimal_choice_costs_the_optimum(seed: int, switches: dict[str, bool], part: float) -> None:
    p = program(seed, **switches)
    best = cheapest(p)
    assert best.x is not None
    some = improver(p, part)
    for x in plans(p, 3, seed):
        point = some.completed(np.round(x[some.whole]))
        assert point is not None
        assert feasible(p, point.x)
        assert point.cost >= best.cost * (1 - 1e-9)
        if part == 1.0:  # else the rounds may be over before all flows that matter have come
            assert point.cost <= float(p.cost @ x) + 1e-6 * abs(best.cost)
    point = some.completed(np.round(best.x[some.whole]))
    assert point is not None
    assert point.cost == pytest.approx(best.cost, rel=1e-6)
    assert feasible(p, point.x)


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_rounding_and_looking_around(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    relaxation = Relaxation(Ledger(p), Control())
    y = relaxed(relaxation, cuts=True).x[p.whole]
    some = Improver(relaxation, Control())
    assert some.around(y, 0.1, 5.0, 1e-6) is None  # nothing to look around yet
    some.rounded(y, 0.0, 5.0, 1e-6)  # decides all that is not whole already
    optimum = cheapest(p).cost
    if some.best is None:
        return
    assert feasible(p, some.best.x)
    assert some.cost >= optimum * (1 - 1e-9)
    before = some.cost
    some.around(y, -1.0, 10.0, 1e-6)  # decides everything
    assert some.cost <= before
    assert some.cost == pytest.approx(optimum, rel=1e-5)


def test_a_small_program_by_hand() -> None:
    p = chain()
    relaxation = Relaxation(Ledger(p), Control())
    y = relaxed(relaxation).x[p.whole]
    point = Improver(relaxation, Control()).rounded(y, 0.1, 5.0, 0.0)
    assert point is not None
    assert point.cost == pytest.approx(CHAIN)


def test_a_stop_before_it_begins() -> None:
    control = Control()
    relaxation = Relaxation(Ledger(sites()), control)
    some = Improver(relaxation, control)
    control.stop.set()
    assert some.completed(np.array([1.0, 0.0])) is None or some.cost == pytest.approx(35)
