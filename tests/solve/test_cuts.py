"""Cuts that see through several echelons: by hand, and none cuts off a plan."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.formulation import Program
from netopt.solve.bound import Cut, Ledger
from netopt.solve.cuts import Dicuts
from tests.plan.certificates import program_of
from tests.solve.relaxed import CHAIN, MIXES, bare, chain, cheapest, plans, program, relaxed, shut, sites


def value(ledger: Ledger, cut: Cut, x: np.ndarray) -> float:
    """Return by how much a point breaks a cut, in units."""
    columns, coefficient = ledger.coefficients(cut)
    return float(coefficient @ x[columns])


def test_the_cut_that_a_point_breaks_most() -> None:
    p = chain()
    ledger = Ledger(p)
    dicuts = Dicuts(ledger)
    # 3.5 each through D, open by 3.5/8: both customers and both centers together want 8, D brings 7 and is open for 3.5
    x = np.array([3.5 / 8, 3.5, 3.5, 4, 4, 0, 0, 0.5, 0.5])
    (cut,) = dicuts.broken_by(x)
    assert (cut.opener, cut.rows.tolist()) == (0, [0, 1, 2, 3])
    assert value(ledger, cut, x) == pytest.approx(7 - 3.5)
    # all through F, whose customer takes 4 of the 7: one and a half echelons
    x = np.array([0.5, 4, 0, 4, 0, 0, 4, 0, 0])
    (cut,) = dicuts.broken_by(x)
    assert cut.rows.tolist() == [0, 2]
    assert value(ledger, cut, x) == pytest.approx(4 - 4 * 0.5)


def test_a_point_that_breaks_none() -> None:
    dicuts = Dicuts(Ledger(chain()))
    assert not dicuts.broken_by(np.array([1, 4, 3, 4, 4, 0, 0, 0, 1.0]))  # open
    assert not dicuts.broken_by(np.array([0, 0, 0, 0, 1, 4, 3, 0, 1.0]))  # closed
    assert not dicuts.broken_by(np.array([0.5, 2, 2, 2, 2, 2, 2, 0, 0.0]))  # as far open as it brings


def test_cuts_lift_the_relaxation() -> None:
    relaxation = bare(chain())
    assert relaxed(relaxation).cost == pytest.approx(7 + 3.5 / 8 * 6)
    assert relaxed(relaxation, cuts=True).cost == pytest.approx(7 + 7 / 8 * 6)
    assert cheapest(chain()).cost == pytest.approx(CHAIN)


def test_openers_that_have_no_more_to_say_than_their_gates() -> None:
    assert not len(Dicuts(Ledger(sites())).openers)  # flows to a customer, whom nothing leaves
    assert not len(Dicuts(Ledger(shut())).openers)
    assert Dicuts(Ledger(chain())).openers.tolist() == [0]


def test_a_center_that_opens_with_what_it_sends_on_has_no_more_to_say() -> None:
    # what comes to F and what leaves it stand behind the same opener
    p = program_of(
        [6, 1, 1], [([0, 1, -1], 0, 0), ([0, 0, 1], 4, 4)], [(1, 0, 4), (2, 0, 4)], upper=[1, 4, 4], whole=(0,)
    )
    assert not len(Dicuts(Ledger(p)).openers)


def test_rows_that_are_no_balance_take_no_part() -> None:
    p = program_of(
        [6, 1, 0], [([0, 2, -1], 0, 0), ([0, 0, 1], 4, 4)], [(1, 0, 4)], upper=[1, 4, 4], whole=(0,)
    )  # two from one
    assert Dicuts(Ledger(p)).node.tolist() == [1]


def fractional(given: Program, seed: int, count: int) -> list[np.ndarray]:
    """Return points between plans and relaxed points, and some of no meaning at all."""
    draw = np.random.default_rng(seed)
    ends = [*plans(given, 3, seed), relaxed(bare(given)).x, bare(given).run()[1].x]  # type: ignore[union-attr]
    found = []
    for _ in range(count):
        weight = draw.dirichlet(np.ones(len(ends)))
        x = np.sum([w * end for w, end in zip(weight, ends, strict=True)], axis=0)
        noise = draw.random(len(x)) ** 3 * np.where(np.isfinite(given.most), given.most, 100.0)
        y = np.where(given.whole, draw.random(len(x)) * x, x)
        found += [x, y, np.where(given.whole, draw.random(len(x)), noise)]
    return found


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_no_cut_cuts_off_a_plan(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    ledger = Ledger(p)
    dicuts = Dicuts(ledger)
    best = cheapest(p).x
    assert best is not None
    some = [best, *plans(p, 6, seed)]
    for x in fractional(p, seed, 8):
        for cut in dicuts.broken_by(x):
            assert value(ledger, cut, x) > 0
            for plan in some:
                scale = max(1.0, float(np.abs(plan).max()))
                assert value(ledger, cut, plan) <= 1e-6 * scale


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_cuts_keep_the_relaxation_below_the_optimum(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    relaxation = bare(p)
    point = relaxed(relaxation, cuts=True)
    assert point.cost <= cheapest(p).cost * (1 + 1e-9) + 1e-6
    assert relaxation.bound(point, safe=True).value == pytest.approx(point.cost, rel=1e-6)
