"""NPV, payback and rate of return, by hand and against the roots of polynomials."""

from __future__ import annotations

import numpy as np
import pytest

import netopt
from netopt.study.today.finance import Appraisal, appraise, finance, once_only
from tests.formulation.networks import tables

YEAR = 365.0


def yearly(once: float, saving: float, *, years: float, rate: float) -> Appraisal:
    """A change that costs once and saves the same every year."""
    return appraise(np.array([once]), np.array([saving]), np.array([YEAR]), years=years, rate=rate)


def test_a_thousand_once_and_four_hundred_a_year() -> None:
    found = yearly(1000, 400, years=5, rate=0.1)
    assert found.once_only == 1000
    assert found.yearly_saving == pytest.approx(400)
    assert found.npv == pytest.approx(-1000 + sum(400 / 1.1**year for year in range(1, 6)))
    assert found.npv == pytest.approx(516.3147, abs=1e-4)
    assert (found.payback_periods, found.payback_years) == pytest.approx((2.5, 2.5))
    after_three = sum(400 / 1.1**year for year in (1, 2, 3))
    assert found.discounted_payback_years == pytest.approx(3 + (1000 - after_three) / (400 / 1.1**4))
    assert found.irr == pytest.approx(0.286493, abs=1e-6)
    assert found.irr_words == ""


@pytest.mark.parametrize("seed", range(20))
def test_the_rate_is_a_root_of_the_polynomial(seed: int) -> None:
    some = np.random.default_rng(seed)
    once, saving = np.zeros(6), some.uniform(0, 500, 6)
    once[0] = some.uniform(50, 2500)
    found = appraise(once, saving, np.full(6, YEAR), years=6, rate=0.05)
    roots = np.roots([*saving[::-1], -once[0]])
    rates = [1 / root.real - 1 for root in roots if abs(root.imag) < 1e-9 and root.real > 0]
    assert found.irr == pytest.approx(rates[0], rel=1e-8)
    flows = [-once[0], *saving]
    assert sum(flow / (1 + found.irr) ** year for year, flow in enumerate(flows)) == pytest.approx(0, abs=1e-6)


def test_past_the_horizon_the_last_year_repeats() -> None:
    days = np.full(3, YEAR)
    found = appraise(np.array([100.0, 0, 0]), np.array([10.0, 20, 30]), days, years=5, rate=0)
    assert found.npv == pytest.approx(-100 + 10 + 20 + 30 + 30 + 30)
    assert found.payback_periods == pytest.approx(4 + 10 / 30)


def test_months_make_a_year_that_repeats_and_the_last_one_is_cut() -> None:
    days = np.array([31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    saving = np.arange(1.0, 13.0)
    whole = appraise(np.zeros(12), saving, days, years=2, rate=0)
    assert whole.npv == pytest.approx(2 * saving.sum())
    half = appraise(np.zeros(12), saving, days, years=15.5 / YEAR, rate=0)
    assert half.npv == pytest.approx(0.5)


def test_a_leap_year_of_months_is_one_year() -> None:
    days = np.array([31.0, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    assert appraise(np.zeros(12), np.ones(12), days, years=2 * 366 / 365, rate=0).npv == pytest.approx(24)


def test_payback_is_for_good() -> None:
    once, saving, days = np.array([100.0, 0, 150, 0, 0]), np.array([120.0, 10, 50, 100, 100]), np.full(5, YEAR)
    found = appraise(once, saving, days, years=5, rate=0)
    # 20 and 30 ahead after two years, 120 behind at the start of the third, 70 behind at its end, 30 ahead after the fourth
    assert found.payback_periods == pytest.approx(3.7)
    assert found.irr is None
    assert "more than once" in found.irr_words


def test_what_never_pays_back_and_what_costs_nothing() -> None:
    never = yearly(1000, 100, years=5, rate=0.08)
    assert (never.payback_periods, never.discounted_payback_years) == (None, None)
    assert never.irr == pytest.approx(-0.1940, abs=1e-3)
    free = yearly(0, 100, years=5, rate=0.08)
    assert (free.payback_periods, free.payback_years) == (0, 0)
    assert (free.irr, free.irr_words) == (None, "nothing is paid to begin with")
    lost = yearly(0, -100, years=5, rate=0.08)
    assert (lost.payback_years, lost.irr, lost.irr_words) == (None, None, "nothing is ever saved")
    assert yearly(0, 0, years=5, rate=0).irr_words == "nothing is paid and nothing is saved"
    borrowed = appraise(np.array([-100.0]), np.array([-30.0]), np.array([YEAR]), years=5, rate=0)
    assert borrowed.irr is None
    assert "saves first" in borrowed.irr_words


def test_a_week_that_pays_back_at_once_has_no_yearly_rate() -> None:
    found = appraise(np.array([150.0]), np.array([600.0]), np.array([7.0]), years=1, rate=0)
    assert found.payback_periods == pytest.approx(0.25)
    assert found.payback_years == pytest.approx(0.25 * 7 / YEAR)
    assert found.irr is None
    assert "so fast" in found.irr_words


@pytest.mark.parametrize(("years", "rate"), [(0, 0.1), (-1, 0.1), (float("inf"), 0.1), (5, -0.1), (5, float("nan"))])
def test_what_is_out_of_range_is_refused(years: float, rate: float) -> None:
    with pytest.raises(ValueError, match="must be"):
        yearly(1, 1, years=years, rate=rate)


def test_plans_are_compared_without_their_discount() -> None:
    given = tables(
        facilities="name type status initial fixed_cost opening_cost closing_cost\nS supplier - - - - -\n"
        "D dc consider existing 100 - 7\nE dc consider potential 10 60 -",
        lanes="origin destination unit_cost\nS D 1\nS E 1\nD C 2\nE C 2",
        periods="name days\nY1 365\nY2 365",
        settings="key value\ndiscount_rate 0.1",
    )
    network = netopt.read(given)
    today, then = netopt.solve(network.edit("facilities.E.status=closed"), gap=0), netopt.solve(network, gap=0)
    assert once_only(then).tolist() == [67, 0]
    found = finance(today, then, years=3)
    assert found.rate == pytest.approx(0.1)
    assert found.once_only == pytest.approx(67)
    assert found.yearly_saving == pytest.approx(90)
    assert found.npv == pytest.approx(-67 + 90 / 1.1 + 90 / 1.21 + 90 / 1.331)
