"""What may happen: probabilities, outages as what they take away, and what a case may not change."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.network.sites import CONSIDER, OPEN
from netopt.study.scenario import read_scenarios
from netopt.study.uncertainty.cases import Case, cases_of, expected_demand
from netopt.study.uncertainty.site_set import of_outcome
from tests.study.small import DATA, TINY

PERIODS = DATA / "tiny-periods" / "network.csv"


def made(source: Any, *edits: object, probability: float | None = 0.25) -> tuple[Case, ...]:
    return cases_of(netopt.read(source), read_scenarios({"one": {"edits": list(edits), "probability": probability}}))


def refused(source: Any, *edits: object, **more: Any) -> netopt.Problem:
    with pytest.raises(netopt.InputError) as caught:
        made(source, *edits, **more)
    (problem,) = caught.value.problems
    assert problem.fix
    return problem


def test_the_base_has_the_rest() -> None:
    base, one = made(TINY, "demand.quantity*=2")
    assert (base.name, base.weight, one.name, one.weight) == ("base", 0.75, "one", 0.25)
    assert one.network.demand["quantity"].sum() == 600


def test_thirds_leave_nothing_for_the_base() -> None:
    stated = {name: {"edits": ["demand.quantity*=2"], "probability": 1 / 3} for name in "abc"}
    cases = cases_of(netopt.read(TINY), read_scenarios(stated))
    assert cases[0].weight == 0.0


def test_a_site_that_is_closed_is_out_and_stays_as_decided() -> None:
    _, one = made(TINY, "facilities.Dallas.status=closed")
    at = list(one.network.facilities.names).index("Dallas")
    facilities = one.network.facilities
    assert facilities.status[at, 0] == CONSIDER
    assert facilities.capacity[at, 0] == 0
    assert facilities.fixed_cost[at, 0] == 450  # paid for
    assert one.out == ("Dallas",)
    assert [str(edit) for edit in one.said.edits] == ['facilities[name="Dallas"].status = closed']
    assert one.scenario.edits[0] == one.said.edits[0]


def test_a_supplier_that_must_be_open_is_out_with_what_it_sells() -> None:
    network = netopt.read(TINY).edit("supply.min_quantity=10")
    _, one = made(network, "facilities.Oakland.status=closed")
    assert one.network.facilities.status[0, 0] == OPEN
    assert one.network.supply["capacity"].tolist() == one.network.supply["min_quantity"].tolist() == [0]


def test_a_minimum_does_not_hold_in_an_outage() -> None:
    network = netopt.read(TINY).edit("facilities.Dallas.min_throughput=50")
    _, one = made(network, "facilities.Dallas.status=closed")
    assert one.network.facilities.min_throughput.max() == 0


def test_stock_does_not_leave_a_site_that_is_out_for_a_month() -> None:
    network = netopt.read(PERIODS)
    names, periods = list(network.facilities.names), list(network.periods.names)
    site = names.index("Dallas")
    _, one = made(PERIODS, f"facilities[name=Dallas;period={periods[1]}].status=closed")
    after = one.network
    assert (after.facilities.status == network.facilities.status).all()
    assert after.facilities.capacity[site].tolist()[1] == 0
    assert after.facilities.capacity[site, [0, 2]].tolist() == network.facilities.capacity[site, [0, 2]].tolist()
    (limit,) = [each for each in after.limits if each.what == "flow"]
    assert (limit.sites.tolist(), limit.periods.tolist(), limit.at_most) == (
        [False, False, True],
        [False, True, False],
        0,
    )
    plan = netopt.solve(after.edit("demand.quantity*=0.7"))
    assert plan.audit().ok
    flows = plan.flows()
    assert not ((flows["origin"] == "Dallas") & (flows["period"] == periods[1])).any()
    assert ((flows["origin"] == "Dallas") & (flows["period"] == periods[2])).any()


@pytest.mark.parametrize("when", ["", "2027-02"])
def test_a_limit_on_what_leaves_a_site_that_is_out_becomes_nothing(when: str) -> None:
    """A second row about the same flow would be refused; rows about other flows stay."""
    row = {"table": "limits", "action": "add", "filter": f"what=flow;where=Dallas;period={when};at_least=5;at_most=140"}
    other = {"table": "limits", "action": "add", "filter": "what=flow;where=Dallas;type=fc;at_most=150"}
    network = netopt.read(PERIODS).edit(row, other)
    _, one = made(network, f"facilities[name=Dallas{';period=2027-02' if when else ''}].status=closed")
    said = [(each.at_most, bool(np.isnan(each.at_least)), int(each.periods.sum())) for each in one.network.limits[-2:]]
    assert said == [(0, True, 1 if when else 3), (150, True, 3)]
    assert len(one.network.limits) == len(network.limits)


@pytest.mark.parametrize(("edit", "words"), [
    ("facilities.Dallas.status=open", "the status of"),
    ("facilities.Dallas.initial=potential", "another initial state"),
    ({"table": "facilities", "action": "remove", "filter": "name=Dallas"}, "is removed"),
    ({"table": "facilities", "action": "add", "filter": "name=Elko;type=fc"}, "is added"),
    ({"table": "periods", "action": "add", "filter": "name=P1;days=7"}, "periods are others"),
    ("facilities.Elko.status=closed", "no row of facilities"),
])  # fmt: skip
def test_what_is_decided_before_is_not_changed_by_a_case(edit: Any, words: str) -> None:
    problem = refused(TINY, edit)
    assert problem.message.startswith("in one, ")
    assert words in problem.message


def test_a_case_without_a_probability_is_refused() -> None:
    problem = refused(TINY, "demand.quantity*=2", probability=None)
    assert problem.column == "probability"


@pytest.mark.parametrize(
    "stated", [{}, {"a": {"edits": [], "kind": "option"}}, {"largest": {"edits": [], "probability": 0.1}}]
)
def test_other_things_than_cases_are_refused(stated: dict[str, Any]) -> None:
    with pytest.raises(netopt.InputError):
        cases_of(netopt.read(TINY), read_scenarios(stated))


def test_a_minimum_of_a_group_is_not_overlooked() -> None:
    """The row of the group would hold Dallas to a stock while it is out."""
    network = netopt.read(TINY).edit(
        '{"table": "groups", "action": "add", "filter": "name=Both;member=Reno"}',
        '{"table": "groups", "action": "add", "filter": "name=Both;member=Dallas"}',
        '{"table": "inventory", "action": "add", "filter": "facility=Both;min_stock=5"}',
    )
    with pytest.raises(netopt.InputError):
        made(network, "facilities.Dallas.status=closed")


# -- the mean ------------------------------------------------------------------------------------------------------


def test_the_mean_demand_by_hand() -> None:
    """Boise wants 100 * (0.75 + 0.25 * 2) = 125."""
    cases = made(TINY, "demand.Boise.quantity*=2")
    edits = expected_demand(cases)
    assert edits is not None
    assert cases[0].network.edit(*edits).demand["quantity"].tolist() == pytest.approx([125, 120, 80])


def test_the_mean_by_product_and_period() -> None:
    network = netopt.read(PERIODS)
    period = network.periods.names[1]
    cases = made(PERIODS, f"demand[period={period}].quantity*=3")
    edits = expected_demand(cases)
    assert edits is not None
    mean = network.edit(*edits).demand["quantity"]
    assert mean.tolist() == pytest.approx(
        (0.75 * network.demand["quantity"] + 0.25 * cases[1].network.demand["quantity"]).tolist()
    )


def test_a_mean_that_is_the_base_needs_no_edits() -> None:
    cases = cases_of(netopt.read(TINY), read_scenarios({
        "more": {"edits": ["demand.quantity*=1.5"], "probability": 0.2},
        "less": {"edits": ["demand.quantity*=0.5"], "probability": 0.2},
    }))  # fmt: skip
    assert expected_demand(cases) == ()


def test_cases_that_change_costs_have_no_mean_demand() -> None:
    assert expected_demand(made(TINY, "lanes.unit_cost*=2")) is None
    assert expected_demand(made(TINY, {"table": "demand", "action": "remove", "filter": "customer=Boise"})) is None


# -- sets of sites -------------------------------------------------------------------------------------------------


def test_sites_of_a_plan_as_an_option() -> None:
    study = netopt.study(TINY, {"half": ["demand.quantity*=0.5"]})
    sites = of_outcome("half", study["half"])
    network = study.base.source
    assert sites.sites(network) == study["half"].open_sites()
    again = netopt.solve(network.edit("demand.quantity*=0.5", *sites.option(network).edits))
    assert again.cost == pytest.approx(study["half"].cost)
    assert (again.network.facilities.status != CONSIDER).all()


def test_sites_by_period_as_an_option() -> None:
    network = netopt.read(PERIODS)
    study = netopt.study(network, {"less": ["demand.quantity*=0.9"]})
    sites = of_outcome("less", study["less"])
    opened = pd.DataFrame(sites.open, index=list(network.facilities.names))
    assert opened.shape == (len(network.facilities), len(network.periods))
    flipped = sites.__class__(
        "other", ~sites.open & (network.facilities.status == CONSIDER) | (network.facilities.status == OPEN)
    )
    for each in (sites, flipped):
        after = network.edit(*each.option(network).edits)
        free = network.facilities.status == CONSIDER
        assert np.array_equal(after.facilities.status[free] == OPEN, each.open[free])
