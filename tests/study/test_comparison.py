"""One scenario beside another, by the table of data/tiny."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netopt
from netopt.report.studies.study import change_words
from netopt.study.comparison import Comparison
from tests.formulation.networks import tables
from tests.random_networks import accepted
from tests.study.small import TINY

few = settings(max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def study() -> netopt.Study:
    """Closing Reno, a fifth more demand, a customer less, one more, and a port that is closed."""
    return netopt.study(
        TINY,
        {
            "no Reno": ["facilities.Reno.status=closed"],
            "growth": ["demand.quantity*=1.2"],
            "no Austin": [{"table": "customers", "filter": "name=Austin", "action": "remove"}],
            "Provo": [
                {"table": "customers", "filter": "name=Provo", "action": "add"},
                {"table": "demand", "filter": "customer=Provo;product=tea;quantity=10", "action": "add"},
                {"table": "lanes", "filter": "origin=Dallas;destination=Provo;unit_cost=2", "action": "add"},
            ],
            "no port": ["facilities.Oakland.status=closed"],
            "swap": ["facilities[name=Reno].status=closed", "facilities.Dallas.capacity=900"],
            "still": [],
        },
        gap=0,
    )


def test_cost_and_what_is_proved_of_it(study: netopt.Study) -> None:
    beside = study.compare("base", "no Reno")
    assert beside.change == pytest.approx(450)
    assert (beside.least, beside.most) == pytest.approx((450, 450))
    assert study.compare("no Reno", "base").change == pytest.approx(-450)


def test_service_and_emissions() -> None:
    green = netopt.read(TINY).edit(
        "lanes.emissions=2", "lanes[origin=Reno].emissions=0.5", "lanes[origin=Reno].days=1", "lanes[origin=Dallas].days=3"
    )
    study = netopt.study(green, {"no Reno": ["facilities.Reno.status=closed"]}, gap=0)
    row = study.table().set_index("scenario").loc["no Reno"]
    before, after = 300 * 2 + 200 * 0.5 + 100 * 2, 600 * 2
    assert row["emissions"] == pytest.approx(after)
    assert row["emissions_change"] == pytest.approx(after - before)
    assert row["days_change"] == pytest.approx(3 - (200 * 1 + 100 * 3) / 300)
    assert (row["on_time_change"], row["demand_met_change"]) == (0, 0)
    assert study.compare("no Reno", "base").service()["emissions"] == pytest.approx(before - after)
    words = change_words(study.compare("base", "no Reno"))
    assert "Emits 300 kg (33.3%) more: 1,200 kg instead of 900 kg." in words


def test_sites(study: netopt.Study) -> None:
    sites = study.compare("base", "no Reno").sites().set_index("site")
    assert sites["words"].to_dict() == {"Oakland": "", "Reno": "closes", "Dallas": ""}
    assert sites["type"].to_dict() == {"Oakland": "supplier", "Reno": "fc", "Dallas": "fc"}
    assert sites["throughput_before"].to_dict() == {"Oakland": 300, "Reno": 200, "Dallas": 100}
    assert sites["throughput_after"].to_dict() == {"Oakland": 300, "Reno": 0, "Dallas": 300}
    assert (sites["before"]["Reno"], sites["after"]["Reno"]) == (1, 0)
    assert study.compare("base", "no Reno").closed() == ["Reno"]
    assert study.compare("no Reno", "base").opened() == ["Reno"]
    assert study.compare("base", "growth").opened() == study.compare("base", "growth").closed() == []


def test_customers_that_are_served_from_elsewhere(study: netopt.Study) -> None:
    moved = study.compare("base", "no Reno").customers()
    assert moved[["customer", "from_before", "from_after", "units"]].to_numpy().tolist() == [
        ["Boise", "Reno", "Dallas", 100],
        ["Phoenix", "Reno", "Dallas", 100],
    ]
    # Phoenix got 100 of 120 from Reno and gets 80 of 144: Dallas sends 64, beyond its share of 24
    growth = study.compare("base", "growth").customers()
    assert growth[["customer", "from_before", "from_after"]].to_numpy().tolist() == [["Phoenix", "Reno", "Reno"]]
    assert growth["units"].tolist() == pytest.approx([40])


def test_customers_that_come_and_go(study: netopt.Study) -> None:
    came = study.compare("base", "Provo").customers().set_index("customer")
    assert came.loc["Provo", ["from_before", "from_after", "units"]].tolist() == ["", "Dallas", 10]
    assert np.isnan(came.loc["Provo", "days_before"])
    went = study.compare("base", "no Austin").customers()
    assert "Austin" not in went["customer"].tolist()  # nobody serves it from elsewhere
    back = study.compare("no Austin", "base").customers().set_index("customer")
    assert back.loc["Austin", ["from_before", "from_after", "units"]].tolist() == ["", "Dallas", 80]


def test_nothing_changes_beside_itself(study: netopt.Study) -> None:
    beside = study.compare("base", "still")
    assert (beside.change, beside.least, beside.most) == pytest.approx((0, 0, 0), abs=1e-6)
    assert beside.customers().empty
    assert not beside.sites()["words"].any()
    assert not beside.costs()["change"].any()


def test_what_is_returned_may_be_changed(study: netopt.Study) -> None:
    beside = study.compare("base", "no Reno")
    costs = beside.costs()
    costs["change"] = 7.0
    assert beside.costs()["change"].sum() == pytest.approx(450)


def test_days_are_a_mean_over_what_is_delivered() -> None:
    typed = tables(
        facilities="name type status\nS supplier -\nD dc -\nE dc open",
        lanes="origin destination unit_cost capacity days\nS D 1 - -\nD C 2 - 1\nS E 1 - -\nE C 5 - 4",
    )
    study = netopt.study(typed, {"less": ["lanes.D/C.capacity=4"]}, gap=0)
    moved = study.compare("base", "less").customers()
    assert moved.to_dict("records") == [
        {"customer": "C", "from_before": "D", "from_after": "E", "units": pytest.approx(6),
         "days_before": pytest.approx(1), "days_after": pytest.approx((4 * 1 + 6 * 4) / 10)}
    ]  # fmt: skip
    assert study["less"].figures()["days"] == pytest.approx(2.8)


def test_without_a_plan_there_is_nothing_to_compare() -> None:
    study = netopt.study(TINY, {"too much": ["demand.quantity*=9"]})
    assert study["too much"].summary["status"] == "infeasible"
    assert study["too much"].cost == np.inf
    assert study["too much"].bound == np.inf
    with pytest.raises(netopt.PlanError, match="too much has no plan to compare: it is infeasible"):
        study.compare("base", "too much")
    with pytest.raises(KeyError, match="nobody is not among base, too much"):
        study.compare("base", "nobody")


def test_periods_open_are_counted() -> None:
    typed = tables(
        facilities="name type status fixed_cost\nS supplier - -\nD dc consider 5\nE dc consider 1",
        periods="name days\nP1 30\nP2 30", lanes="origin destination unit_cost\nS D 1\nD C 2\nS E 1\nE C 5",
        demand="customer period quantity\nC P1 10\nC P2 1",
    )  # fmt: skip
    study = netopt.study(typed, {"dear": ["facilities.D.fixed_cost=50"]}, gap=0)
    sites = study.compare("base", "dear").sites().set_index("site")
    assert sites.loc["D", ["before", "after", "words"]].tolist() == [1, 0, "closes"]
    assert sites.loc["E", ["before", "after", "words"]].tolist() == [1, 2, ""]


def test_what_is_proved_of_loose_plans_brackets_the_truth(study: netopt.Study) -> None:
    loose = netopt.study(TINY, {each.name: list(each.scenario.edits) for each in study.outcomes[1:]}, gap=0.9)
    for one, other in itertools.permutations([each.name for each in study.outcomes if each.found], 2):
        truth, beside = study.compare(one, other).change, loose.compare(one, other)
        assert beside.least - 1e-6 <= truth <= beside.most + 1e-6


@pytest.mark.slow
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([0.8, 1.1, 1.5]))
@few
def test_what_is_proved_brackets_the_truth(seed: int, factor: float) -> None:
    brackets(seed, factor)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
def test_what_is_proved_brackets_the_truth_of_many(seed: int) -> None:
    brackets(seed, 1.2)


def brackets(seed: int, factor: float) -> None:
    """Wide gaps say less; what they prove holds of the cheapest plans all the same."""
    network = netopt.read(accepted(seed))
    said = {"other": [f"lanes.unit_cost*={factor}", f"facilities.fixed_cost*={1 / factor}"]}
    rough = netopt.study(network, said, gap=0.3, threads=1, time_limit=3)
    exact = netopt.study(network, said, gap=0, threads=1, time_limit=3)
    if not all(each.found for each in (*rough.outcomes, *exact.outcomes)):
        return
    if not all(each.summary["status"] == "optimal" for each in exact.outcomes):
        return
    truth = exact["other"].cost - exact.base.cost
    slack = 1e-6 * max(1.0, abs(exact.base.cost))
    for study in (rough, exact):
        beside: Comparison = study.compare("base", "other")
        assert beside.least - slack <= truth <= beside.most + slack
        assert beside.least - slack <= beside.change <= beside.most + slack
