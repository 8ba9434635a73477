"""What a site is worth, by hand on two sites, and the turning point of its fixed cost by solving on both sides of it."""

from __future__ import annotations

import numpy as np
import pytest

import netopt
from netopt.errors import InputError, PlanError
from netopt.network import Network
from netopt.report.studies.why import flip_words, headline
from netopt.study.outcome import Outcome
from netopt.study.sites.why import forced, outcome_of, site_named, why
from netopt.study.sites.worth import Worth
from tests.solve.located import located

TINY = "data/tiny/network.csv"


@pytest.fixture(scope="module")
def network() -> Network:
    return netopt.read(TINY)


@pytest.fixture(scope="module")
def reno(network: Network) -> Worth:
    return why(netopt.solve(network, gap=0.0), "reno")


def test_an_open_site_is_worth_what_the_plan_without_it_costs_more(reno: Worth) -> None:
    """With both 3,780; from Dallas alone 300 units: buy 600, in 1,200, on 800 + 720 + 160, handling 300, fixed 450."""
    assert reno.site == "Reno"
    assert reno.is_open
    assert reno.chosen.cost == pytest.approx(3780)
    assert reno.forced.cost == pytest.approx(600 + 1200 + 800 + 720 + 160 + 300 + 450) == pytest.approx(4230)
    assert (reno.extra, reno.at_least, reno.at_most) == pytest.approx((450, 450, 450))
    assert reno.decided
    assert reno.fixed_cost() == 600
    assert reno.flip() == pytest.approx((450, 450))
    assert reno.served() == (200, 2)
    assert reno.instead() == ([], [])


@pytest.mark.parametrize(("rise", "stays"), [(445, True), (455, False)])
def test_the_choice_turns_where_it_is_said_to(network: Network, reno: Worth, rise: float, stays: bool) -> None:
    plan = netopt.solve(network.edit(f"facilities.Reno.fixed_cost+={rise}"), gap=0.0)
    assert ("Reno" in plan.summary()["open_sites"]) is stays


def test_a_shut_site_says_how_far_its_fixed_cost_would_have_to_fall(network: Network) -> None:
    dear = network.edit("facilities.Reno.fixed_cost=1200")
    worth = why(netopt.solve(dear, gap=0.0), "Reno")
    assert not worth.is_open
    assert worth.extra == pytest.approx(150)  # 1200 instead of 600 is 600 more, 450 of which it is worth
    assert worth.flip() == pytest.approx((150, 150))
    assert not worth.never()
    assert worth.served() == (200, 2)
    for fall, opens in ((145, False), (155, True)):
        plan = netopt.solve(dear.edit(f"facilities.Reno.fixed_cost-={fall}"), gap=0.0)
        assert ("Reno" in plan.summary()["open_sites"]) is opens


def test_some_sites_would_not_be_opened_for_nothing(network: Network) -> None:
    worth = why(netopt.solve(network.edit("lanes.Oakland/Reno.unit_cost=50", "facilities.Reno.fixed_cost=10"), gap=0.0), "Reno")
    assert not worth.is_open
    assert worth.never()
    free = netopt.solve(worth.chosen.network.edit("facilities.Reno.fixed_cost=0"), gap=0.0)
    assert free.summary()["open_sites"] == ["Oakland", "Dallas"]


def test_a_shut_site_may_turn_for_a_single_period() -> None:
    """Reno in March alone costs 20 more than Dallas throughout; open in all three months it would cost 230 more."""
    monthly = netopt.read("data/tiny-periods/network.csv").edit("facilities.Reno.fixed_cost=450")
    worth = why(netopt.solve(monthly, gap=0.0), "Reno")
    assert not worth.is_open
    assert worth.extra == pytest.approx(20)
    least, sure = worth.flip()
    assert (least, sure) == pytest.approx((20 / 3, 10))
    for fall, opens in ((6, False), (11, True)):
        plan = netopt.solve(monthly.edit(f"facilities.Reno.fixed_cost-={fall}"), gap=0.0)
        assert ("Reno" in plan.summary()["open_sites"]) is opens


def test_an_open_site_over_periods_surely_turns_by_what_one_period_would_pay() -> None:
    monthly = netopt.read("data/tiny-periods/network.csv")
    worth = why(netopt.solve(monthly, gap=0.0), "Reno")
    assert worth.flip() == pytest.approx((140, 280))  # open in two periods; 280 more without it
    for rise, stays in ((139, True), (281, False)):
        plan = netopt.solve(monthly.edit(f"facilities.Reno.fixed_cost+={rise}"), gap=0.0)
        assert ("Reno" in plan.summary()["open_sites"]) is stays


def test_what_a_unit_through_it_may_cost(network: Network, reno: Worth) -> None:
    assert reno.flip_by_unit() == pytest.approx((450 / 200, np.inf))
    still = netopt.solve(network.edit("facilities.Reno.handling_cost+=2.2"), gap=0.0)
    assert "Reno" in still.summary()["open_sites"]
    dear = network.edit("facilities.Reno.fixed_cost=900", "facilities.Reno.handling_cost=3")
    worth = why(netopt.solve(dear, gap=0.0), "Reno")
    assert worth.extra == pytest.approx(250)
    assert worth.flip_by_unit() == pytest.approx((250 / 200, 250 / 200))
    for fall, opens in ((1.2, False), (1.3, True)):
        plan = netopt.solve(dear.edit(f"facilities.Reno.handling_cost-={fall}"), gap=0.0)
        assert ("Reno" in plan.summary()["open_sites"]) is opens
    without_limit = why(netopt.solve(dear.edit("facilities.Reno.capacity="), gap=0.0), "Reno")
    assert without_limit.is_open or without_limit.flip_by_unit()[0] == 0.0


def test_without_a_site_there_may_be_no_plan(network: Network) -> None:
    worth = why(netopt.solve(network), "Dallas")
    assert worth.forced.summary["status"] == "infeasible"
    assert (worth.extra, worth.at_least) == (np.inf, np.inf)
    assert worth.comparison() is None
    assert worth.instead() == ([], [])
    assert worth.flip() == (np.inf, np.inf)


def test_a_loose_gap_proves_nothing(network: Network, reno: Worth) -> None:
    loose = {**reno.forced.summary, "bound": 3700.0}
    worth = Worth("Reno", reno.chosen, Outcome(reno.forced.scenario, loose, reno.forced.tables, network))
    assert not worth.decided
    assert worth.at_least == pytest.approx(-80)
    assert worth.flip()[0] == 0.0
    assert worth.surely_kept() == pytest.approx(80)
    assert reno.surely_kept() == 0.0
    assert flip_words(worth) == [
        "That is within the gap: it is not proved which choice is cheaper. A smaller --gap tells.",
        "Proved is that it saves at most 80.00 USD and costs at most 450.00 USD more.",
        "If its fixed cost of 600.00 USD a period rose by 450.00 USD the choice would surely turn, and if it fell by "
        "80.00 USD it would surely stay.",
    ]


def test_a_plan_that_was_not_found_in_time_still_has_a_bound(network: Network, reno: Worth) -> None:
    stopped = {**reno.forced.summary, "status": "interrupted", "cost": None, "bound": 4000.0}
    worth = Worth("Reno", reno.chosen, Outcome(reno.forced.scenario, stopped, {}, network))
    assert headline(worth) == "Reno is open; no plan without it was found in time."
    assert flip_words(worth)[0] == "Proved: it costs at least 220.00 USD more."
    assert "rises by less than 220.00 USD." in flip_words(worth)[1]
    nothing = Worth("Reno", reno.chosen, Outcome(reno.forced.scenario, {**stopped, "bound": None}, {}, network))
    assert flip_words(nothing) == []


@pytest.mark.parametrize("seed", range(6))
def test_bounds_hold_the_true_difference_and_the_turning_point_is_where_it_is_said(seed: int) -> None:
    network = netopt.read(located(12, 10, seed, near=4, fixed=300.0))
    exact = netopt.solve(network, gap=0.0)
    if not exact.found:
        pytest.skip("this one has no plan")
    rough = netopt.solve(network, gap=0.05)
    for name in [str(name) for name in network.facilities.names if name not in _sellers(network)][:4]:
        worth = why(rough, name, gap=0.05)
        other = netopt.solve(network.edit(*forced(network, name, is_open=worth.is_open).edits), gap=0.0)
        true = other.cost - exact.cost
        assert worth.at_least <= true + 1e-6 * abs(exact.cost)
        assert worth.at_most >= true - 1e-6 * abs(exact.cost)


def _sellers(network: Network) -> set[str]:
    kinds = zip(network.facilities.names, network.facilities.type, strict=True)
    return {str(name) for name, kind in kinds if kind == "supplier"}


def test_names_are_found_as_everywhere_and_unknown_ones_refused(network: Network) -> None:
    assert site_named(network, " RENO ") == "Reno"
    with pytest.raises(InputError, match='"Rno" is not a facility; did you mean Reno'):
        site_named(network, "Rno")


def test_no_plan_is_not_explained(network: Network) -> None:
    nothing = netopt.solve(network.edit("facilities.Dallas.status=closed"))
    with pytest.raises(PlanError, match="no plan to explain: it is infeasible"):
        why(nothing, "Reno")
    with pytest.raises(PlanError, match="no plan that a site"):
        Worth("Reno", outcome_of(nothing), outcome_of(nothing))
