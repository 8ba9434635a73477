"""Money of later periods counts for less where the settings state a rate."""

from __future__ import annotations

import pytest

from tests.formulation.networks import Written, solved, tables

YEARS = "name days\nP1 365\nP2 365\nP3 730"
RATE = "key value\ndiscount_rate 0.1"


def test_every_charge_is_discounted_to_the_start_of_the_first_period() -> None:
    written = Written(tables(periods=YEARS, settings=RATE, supply="facility unit_cost\nS 3"))
    assert written.charges("buy") == pytest.approx(
        {"buy S product P1": 3, "buy S product P2": 3 / 1.1, "buy S product P3": 3 / 1.21}
    )
    assert written.charges("transport")["flow D C product P2"] == pytest.approx(2 / 1.1)


def test_the_cost_is_the_present_value() -> None:
    # 30 and a fixed 5 in each of three periods
    given = tables(periods=YEARS, settings=RATE, facilities="name type fixed_cost\nS supplier -\nD dc 5")
    plan = solved(given)
    assert plan.cost == pytest.approx(35 * (1 + 1 / 1.1 + 1 / 1.21))
    by_period = plan.costs().groupby("period", sort=False)["cost"].sum()
    assert by_period.tolist() == pytest.approx([35, 35 / 1.1, 35 / 1.21])
    assert plan.flows()["cost"].sum() + plan.sites()["cost"].sum() == pytest.approx(plan.cost)


def test_it_may_pay_to_open_later() -> None:
    # Opening costs 100 at any time; nothing goes unmet for free: 4 a unit * 10 in P1 against opening a year earlier.
    # Open from P1: 100 + 30 + 30/1.1; from P2: 33 unmet in P1 + (100 + 30) / 1.1. The second is 100 - 100 / 1.1 - 3 = 6.09 cheaper
    given = tables(
        periods="name days\nP1 365\nP2 365", settings=RATE,
        facilities="name type status opening_cost\nS supplier - -\nD dc consider 100",
        demand="customer period quantity unmet_cost\nC P1 10 3.3\nC P2 10 50",
    )  # fmt: skip
    assert solved(given).cost == pytest.approx(33 + 130 / 1.1)
    given["settings"] = given["settings"].assign(value=0.0)
    assert solved(given).cost == pytest.approx(100 + 60)


def test_asleep_without_a_rate() -> None:
    written = Written(tables(periods=YEARS, supply="facility unit_cost\nS 3"))
    assert set(written.charges("buy").values()) == {3}
