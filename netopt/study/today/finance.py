"""What a change is worth: once-only costs against what it saves, over years.

NPV = sum of saving[p] / (1 + rate)^end[p]  -  sum of once[p] / (1 + rate)^start[p]      (money; years)

What is paid once is paid at the start of its period, what is saved has been saved at its end. Past the horizon of the
network the savings of its last year repeat, those of the whole horizon where that is shorter. The rate of the savings
themselves (IRR) is found by bisection on exact times (`scipy.optimize.brentq`): periods need not be equally long.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.optimize import brentq

from netopt.network import Network

__all__ = ["YEARS", "Appraisal", "appraise", "check_appraisal", "finance", "once_only"]

FloatArray = npt.NDArray[np.float64]

YEARS = 5.0
"""How far is looked unless it is said."""

DAYS_A_YEAR = 365.0
_MOST_GROWTH = 32.0
"""Logarithm of what money may grow to in a year, before a rate is called none."""

_NOTHING = 1e-9


class Planned(Protocol):
    """A plan, or what a scenario came to."""

    @property
    def network(self) -> Network:
        """What it is for."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Those of a plan."""


@dataclass(frozen=True)
class Appraisal:
    """What a change is worth.

    Parameters
    ----------
    once_only : float
        Paid once in all, not discounted; below zero where the change spares such costs.
    yearly_saving : float
        Saved a year on average, not discounted and without what is paid once.
    npv : float
        Net present value.
    payback_periods, payback_years : float or None
        When the savings have paid back what is paid once for good, in periods of the network and in years, linear
        within a period; 0 where nothing has to be paid back, None where it never is within the years.
    discounted_payback_periods, discounted_payback_years : float or None
        The same of discounted money.
    irr : float or None
        Yearly rate at which the NPV is zero; None where there is no such rate, or more than one.
    irr_words : str
        Why there is none; empty where there is.
    years, rate : float
        What it rests on: the horizon, and the discount rate a year.
    """

    once_only: float
    yearly_saving: float
    npv: float
    payback_periods: float | None
    payback_years: float | None
    discounted_payback_periods: float | None
    discounted_payback_years: float | None
    irr: float | None
    irr_words: str
    years: float
    rate: float


def appraise(once: FloatArray, saving: FloatArray, days: FloatArray, *, years: float, rate: float) -> Appraisal:
    """Return what a change is worth.

    Parameters
    ----------
    once : ndarray
        Money paid once in each period, shape (periods,).
    saving : ndarray
        Money saved in each period beside that, shape (periods,).
    days : ndarray
        Length of the periods, shape (periods,).
    years : float
        How far to look. The last period may end within it: it then counts by the share of its days.
    rate : float
        Discount rate a year.

    Raises
    ------
    ValueError
        When the years are not above 0 or the rate is below 0.
    """
    check_appraisal(years, rate)
    once, saving, days = _extended(once, saving, days, years)
    end = np.cumsum(days) / DAYS_A_YEAR
    start = end - days / DAYS_A_YEAR
    paid, earned = once * (1 + rate) ** -start, saving * (1 + rate) ** -end
    irr, words = _irr(np.concatenate([start, end]), np.concatenate([-once, saving]))
    plain, discounted = _payback(once, saving), _payback(paid, earned)
    return Appraisal(
        once_only=float(once.sum()),
        yearly_saving=float(saving.sum() / end[-1]),
        npv=float(earned.sum() - paid.sum()),
        payback_periods=plain,
        payback_years=_in_years(plain, start, end),
        discounted_payback_periods=discounted,
        discounted_payback_years=_in_years(discounted, start, end),
        irr=irr,
        irr_words=words,
        years=float(years),
        rate=float(rate),
    )


def check_appraisal(years: float, rate: float | None) -> None:
    """Refuse years that are not above 0, and a rate below 0; raises ValueError."""
    if not 0 < years < np.inf:
        raise ValueError(f"years is {years}; it must be above 0")
    if rate is not None and not 0 <= rate < np.inf:
        raise ValueError(f"discount_rate is {rate}; it must be 0 or more")


def finance(before: Planned, after: Planned, *, years: float, rate: float | None = None) -> Appraisal:
    """Return what it is worth to change from one plan to another of the same periods.

    Parameters
    ----------
    before, after : Plan or Outcome
        With tables.
    years : float
        How far to look.
    rate : float, optional
        Discount rate a year; `settings.discount_rate` of the network without it.
    """
    network = before.network
    first, then = once_only(before), once_only(after)
    saving = (_paid(before) - first) - (_paid(after) - then)
    own = network.settings.discount_rate
    return appraise(then - first, saving, network.periods.days, years=years, rate=own if rate is None else rate)


def once_only(plan: Planned) -> FloatArray:
    """Return what opening and closing sites costs in each period, not discounted, shape (periods,)."""
    network, sites = plan.network, plan.tables["sites"]
    f, t = network.facilities.names.codes(sites["name"]), network.periods.names.codes(sites["period"])
    cost = network.facilities.opening_cost[f, t] * sites["opened"].to_numpy(np.float64)
    cost = cost + network.facilities.closing_cost[f, t] * sites["closed"].to_numpy(np.float64)
    return np.bincount(t, cost, minlength=len(network.periods)).astype(np.float64)


def _paid(plan: Planned) -> FloatArray:
    """Return what a plan costs in each period, not discounted, shape (periods,)."""
    costs, network = plan.tables["costs"], plan.network
    period = network.periods.names.codes(costs["period"])
    total = np.bincount(period, costs["cost"].to_numpy(np.float64), minlength=len(network.periods))
    paid: FloatArray = total / network.periods.discount
    return paid


def _extended(
    once: FloatArray, saving: FloatArray, days: FloatArray, years: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return periods up to so many years: the last year of the horizon repeats, and the last period is cut."""
    wanted = years * DAYS_A_YEAR
    ahead = np.cumsum(days[::-1])[::-1]  # days from the start of each period to the end of the horizon
    last_year = np.nonzero(ahead <= max(DAYS_A_YEAR + 1, days[-1]))[0]  # a leap year is a year, too
    times = max(int(np.ceil((wanted - days.sum()) / days[last_year].sum())), 0)
    at = np.concatenate([np.arange(len(days)), np.tile(last_year, times)])
    begins = np.cumsum(days[at]) - days[at]
    share = np.clip((wanted - begins) / days[at], 0.0, 1.0)
    kept = share > _NOTHING
    paid = np.concatenate([once, np.zeros(len(at) - len(days))])
    return paid[kept], (saving[at] * share)[kept], (days[at] * share)[kept]


def _payback(once: FloatArray, saving: FloatArray) -> float | None:
    """Return after how many periods the sum is at or above zero for good; None where it ends below."""
    ends = np.cumsum(saving - once)
    begins = ends - saving
    least = -_NOTHING * max(float(np.abs(once).sum()), float(np.abs(saving).sum()))
    if ends[-1] < least:
        return None
    short = np.nonzero(np.minimum(begins, ends) < least)[0]
    if not len(short):
        return 0.0
    last = int(short[-1])
    if ends[last] < least:  # the next period begins with money back that is not a saving, such as a spared opening
        return float(last + 1)
    return float(last + -begins[last] / saving[last])


def _in_years(periods: float | None, start: FloatArray, end: FloatArray) -> float | None:
    if periods is None:
        return None
    whole = min(int(periods), len(start) - 1)
    return float(start[whole] + (periods - whole) * (end[whole] - start[whole]))


def _irr(times: FloatArray, money: FloatArray) -> tuple[float | None, str]:
    """Return the one rate at which money at these times is worth nothing today, or why there is none."""
    net = pd.Series(money).groupby(times).sum()
    at, flow = net.index.to_numpy(dtype=np.float64), net.to_numpy(dtype=np.float64)
    flow = np.where(np.abs(flow) > _NOTHING * max(float(np.abs(flow).max(initial=0.0)), 1e-300), flow, 0.0)
    signs = np.sign(flow[flow != 0])
    if not (signs < 0).any():
        return None, "nothing is paid to begin with" if len(signs) else "nothing is paid and nothing is saved"
    if not (signs > 0).any():
        return None, "nothing is ever saved"
    if (np.diff(signs) != 0).sum() > 1:
        return None, "money goes in and out more than once: there is no single rate"
    if signs[0] > 0:
        return None, "it saves first and costs later: a rate says nothing"

    def worth(growth: float) -> float:  # of the logarithm of the rate, so that no power overflows near -100%
        return float((flow * np.exp(-growth * (at - at[0]))).sum())

    ends = [-1.0, 1.0]
    for side, sign in ((0, 1), (1, -1)):  # above zero for low rates, below for high ones: one change of sign
        while worth(ends[side]) * sign <= 0 and abs(ends[side]) < _MOST_GROWTH:
            ends[side] *= 2
        if worth(ends[side]) * sign <= 0:
            return None, "it pays back so fast, or so little, that a yearly rate says nothing"
    return float(np.expm1(brentq(worth, ends[0], ends[1], xtol=1e-14, rtol=1e-14, maxiter=500))), ""
