"""Bounds from any duals: by hand, and never above the optimum."""

from __future__ import annotations

import random

import numpy as np
import pytest

from netopt.solve.bound import Cut, Duals, Ledger
from netopt.solve.cuts import Dicuts
from tests.plan.certificates import no_duals, program_of, random_duals
from tests.solve.relaxed import MIXES, SITES, chain, cheapest, few, plans, program, relaxed, sites

NONE = np.zeros(0, dtype=np.int64)


def duals(*row: float) -> Duals:
    return Duals(np.array(row, dtype=float), np.zeros(0), NONE, np.zeros(0))


@pytest.mark.parametrize(
    ("price", "value"),
    [
        (0, 0),  # nothing costs less than nothing
        (3, 30),  # both flows cost at least as much
        (3.25, 32.5),  # D: 5 - 0.25 * 10 = 2.5 is still above 0
        (3.5, 35),  # D: 5 - 0.5 * 10 = 0
        (4, 35),  # 40, and D open takes 5 off
        (7, 35 - 3),  # 70, D takes 35 off and E 7 - 10 = -3
        (-1, -10),
    ],
)
def test_the_bound_of_two_sites(price: float, value: float) -> None:
    ledger = Ledger(sites())
    assert ledger.bound(duals(price), safe=False).value == pytest.approx(value)
    safe = ledger.bound(duals(price)).value
    assert safe <= value
    assert safe == pytest.approx(value, abs=1e-9)


def test_prices_of_openers_and_columns() -> None:
    price = Ledger(sites()).bound(duals(4), safe=False).price
    assert price.tolist() == [5 - 10, 7, 3 - 4, 6 - 4]


def test_bounds_of_a_part_of_the_search() -> None:
    ledger, p = Ledger(sites()), sites()
    without_d = p.upper.copy()
    without_d[0] = 0
    assert ledger.bound(duals(6.7), upper=without_d, safe=False).value == pytest.approx(67)  # all through E: 60 + 7
    with_e = p.lower.copy()
    with_e[1] = 1
    assert ledger.bound(duals(3.5), lower=with_e, safe=False).value == pytest.approx(42)


def test_a_whole_opener_lets_through_no_more_than_the_column_carries() -> None:
    # x <= 100 y and x <= 10: for y = 0 or 1 that is x <= 10 y
    p = program_of([5, -1], [([0, 1], -1e3, 1e3)], [(1, 0, 100)], upper=[1, 10], whole=(0,))
    assert Ledger(p).bound(duals(0), safe=False).value == -5
    loose = program_of([5, -1], [([0, 1], -1e3, 1e3)], [(1, 0, 100)], upper=[1, 10])
    assert Ledger(loose).bound(duals(0), safe=False).value == -95


def test_what_two_gates_share() -> None:
    # x brings 2 a unit, and needs both sites, 10 each
    p = program_of([10, 10, -2], [([0, 0, 1], -1e3, 1e3)], [(2, 0, 8), (2, 1, 8)], upper=[1, 1, 8], whole=(0, 1))
    ledger = Ledger(p)
    assert ledger.bound(duals(0), safe=False).value == -6  # the first takes all of 16
    half = Duals(np.zeros(1), np.zeros(0), np.array([1]), np.array([0.5]))
    assert ledger.bound(half, safe=False).value == 0  # 8 each
    most = Duals(np.zeros(1), np.zeros(0), np.array([1]), np.array([0.9]))
    assert ledger.bound(most, safe=False).value == pytest.approx(-4.4)


def test_what_is_behind_something_closed_is_worth_nothing() -> None:
    # as above: with the second site closed the first one would be paid 16 for what cannot pass
    p = program_of([10, 10, -2], [([0, 0, 1], -1e3, 1e3)], [(2, 0, 8), (2, 1, 8)], upper=[1, 1, 8], whole=(0, 1))
    ledger = Ledger(p)
    for closed, before in ((0, 0), (1, -6)):
        upper = p.upper.copy()
        upper[closed] = 0
        assert ledger.bound(duals(0), upper=upper, safe=False).value == before
        there = ledger.shut(duals(0), upper)
        assert ledger.bound(there, upper=upper, safe=False).value == 0
        half = Duals(np.zeros(1), np.zeros(0), np.array([1]), np.array([0.5]))
        assert ledger.bound(ledger.shut(half, upper), upper=upper, safe=False).value == 0
        assert ledger.closed(upper).tolist() == [closed == 0, closed == 1, True]
    given = duals(0)
    assert ledger.shut(given, p.upper) is given


def test_a_gated_opener_passes_its_price_on() -> None:
    # x behind y, y behind z: -20 + 3 = -17, and 16 for z
    p = program_of([16, 3, -2], [([0, 0, 1], -1e3, 1e3)], [(2, 1, 10), (1, 0, 1)], upper=[1, 1, 10], whole=(0, 1))
    bound = Ledger(p).bound(duals(0), safe=False)
    assert bound.value == -1
    assert bound.price.tolist() == [-1, -17, -2]


def test_gates_in_a_circle_are_refused() -> None:
    p = program_of([1, 1], [([1, 1], 0, 1)], [(0, 1, 1), (1, 0, 1)], upper=[1, 1], whole=(0, 1))
    with pytest.raises(ValueError, match="circle"):
        Ledger(p)


def test_a_column_without_a_limit_and_a_negative_price_gives_no_bound() -> None:
    p = program_of([-1], [([1], 0, 5)])
    assert Ledger(p).bound(duals(0)).value == -np.inf
    assert Ledger(p).bound(duals(-1), safe=False).value == -5


def test_short_duals_have_the_signs_that_rows_allow() -> None:
    p = program_of([1], [([1], 2, np.inf), ([1], -np.inf, 9), ([1], 3, 3)])
    short = Ledger(p).short(Duals(np.array([-1.0, 1.0, -1 / 3]), np.array([]), NONE, np.zeros(0)))
    assert short.row.tolist() == [0, 0, -0.33333333333]
    assert Ledger(p).short(Duals(np.zeros(3), np.array([0.5, -0.5]), NONE, np.zeros(0))).cut.tolist() == [0, -0.5]


def test_the_coefficients_of_a_cut() -> None:
    # both balances: what comes by D, less what leaves for customers; nothing is wanted at F and G themselves
    p = chain()
    columns, values = Ledger(p).coefficients(Cut(0, np.array([0, 1])))
    assert dict(zip(columns.tolist(), values.tolist(), strict=True)) == {1: 1, 2: 1, 3: -1, 4: -1, 0: 0}
    # with the customers: flows among them cancel, and D brings at most 8
    columns, values = Ledger(p).coefficients(Cut(0, np.array([0, 1, 2, 3])))
    assert dict(zip(columns.tolist(), values.tolist(), strict=True)) == {1: 1, 2: 1, 0: -8}


def test_a_cut_in_the_bound() -> None:
    p = chain()
    ledger = Ledger(p)
    ledger.add_cut(Cut(0, np.array([0, 2])))  # D-F <= 4 y
    # C1 is worth 2.5 at C1 and F: D-F has 1 - 2.5 = -1.5, of which the cut takes all: 4 * 1.5 = 6 on y
    row = np.array([2.5, 0, 2.5, 0, -2.5])
    plain = Duals(row, np.zeros(1), NONE, np.zeros(0))
    held = Duals(row, np.array([-1.5]), NONE, np.zeros(0))
    assert ledger.bound(plain, safe=False).value == pytest.approx(10 - 2.5 - 6)
    assert ledger.bound(held, safe=False).value == pytest.approx(10 - 2.5)


def test_cuts_that_are_kept_keep_their_prices() -> None:
    ledger = Ledger(chain())
    useless, useful = Cut(0, np.array([1, 3])), Cut(0, np.array([0, 2]))
    for cut in (useless, useful, useless):
        ledger.add_cut(cut)
    row = np.array([2.5, 0, 2.5, 0, -2.5])
    value = 10 - 2.5  # as above
    assert ledger.bound(Duals(row, np.array([0, -1.5, 0]), NONE, np.zeros(0)), safe=False).value == pytest.approx(value)
    ledger.keep_cuts(np.array([1]))
    assert ledger.cuts == [useful]
    assert ledger.cut_rows().shape == (1, 9)
    assert ledger.bound(Duals(row, np.array([-1.5]), NONE, np.zeros(0)), safe=False).value == pytest.approx(value)
    ledger.add_cut(useless)  # and others may follow
    assert ledger.bound(Duals(row, np.array([-1.5, 0]), NONE, np.zeros(0)), safe=False).value == pytest.approx(value)
    columns, values = ledger.coefficients(useless)
    assert ledger.cut_rows()[[1]].toarray()[0, columns] == pytest.approx(values)
    ledger.keep_cuts(NONE)
    assert not ledger.cuts
    assert ledger.cut_rows().shape == (0, 9)


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_no_duals_whatever_bound_above_the_optimum(seed: int, switches: dict[str, bool]) -> None:
    p = program(seed, **switches)
    optimum = cheapest(p).cost
    draw, ledger = random.Random(seed), Ledger(p)
    for _ in range(50):
        assert ledger.bound(random_duals(p, draw)).value <= optimum
    assert ledger.bound(no_duals(p)).value <= optimum
    relaxation = few(p, 1.0)
    point = relaxed(relaxation, cuts=True)
    best = relaxation.ledger.bound(point.duals).value
    assert best <= optimum * (1 + 1e-9)
    assert best == pytest.approx(point.cost, rel=1e-6)
    for _ in range(20):  # near the best duals, where a slip would show
        noise = np.array([1 + draw.gauss(0, 1e-2) for _ in point.duals.row])
        near = relaxation.ledger.short(
            Duals(point.duals.row * noise, point.duals.cut, point.duals.gate, point.duals.share)
        )
        assert relaxation.ledger.bound(near).value <= optimum * (1 + 1e-9)


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_what_the_prices_say_of_a_plan(seed: int, switches: dict[str, bool]) -> None:
    """Bound plus price of what a plan does otherwise is at most its cost, for openers that nothing gates."""
    p = program(seed, **switches)
    relaxation = few(p, 1.0)
    bound = relaxation.bound(relaxed(relaxation), safe=True)
    free = np.nonzero(p.whole & ~relaxation.ledger.gated)[0]
    for x in plans(p, 5):
        away = np.where(bound.price[free] > 0, x[free] - p.lower[free], p.upper[free] - x[free])
        worst = bound.value + float((np.abs(bound.price[free]) * away).max(initial=0.0))
        assert float(p.cost @ x) >= worst - 1e-6 * abs(worst)


def test_the_sites_by_their_relaxation() -> None:
    relaxation = few(sites(), 1.0)
    assert relaxed(relaxation).cost == pytest.approx(SITES)
    assert not Dicuts(relaxation.ledger).broken_by(relaxed(relaxation).x)
