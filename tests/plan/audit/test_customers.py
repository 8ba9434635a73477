from __future__ import annotations

import pytest

from tests.plan.audit.small import check, network, said

BASE = {
    "facilities": "name,type,processing_days\nE,fc,1\nF,fc,0.1",
    "products": "name\na\nb",
    "lanes": "origin,destination,mode,days\nE,C,ground,2\nE,C,air,1\nF,C,ground,0.2",
}
WANTS = {"customers": "name,single_source\nC,yes", "demand": "customer,product,quantity\nC,a,10\nC,b,20"}


def test_several_modes_from_one_facility_are_one_source() -> None:
    flows = "E,C,ground,a,1,4,0,0\nE,C,air,a,1,6,0,0\nE,C,air,b,1,20,0,0"
    report = check(network(**BASE, **WANTS), flows=flows)
    assert not said(report, "single_source")
    assert report.checks.set_index("rule")["checked"]["single_source"] == 1


def test_products_from_two_facilities_are_two_sources() -> None:
    flows = "E,C,ground,a,1,10,0,0\nF,C,ground,b,1,20,0,0"
    assert said(check(network(**BASE, **WANTS), flows=flows), "single_source") == [
        "C wants a single source and gets 10 from E and 20 from F"
    ]


def test_another_source_in_another_period_is_fine_by_the_period_of_arrival() -> None:
    of = network(
        facilities="name,type\nE,fc\nF,fc",
        customers="name,single_source\nC,yes",
        periods="name,days\np,1\nq,1",
        demand="customer,quantity\nC,10",
        lanes="origin,destination,mode,lead_periods\nE,C,now,0\nE,C,later,1\nF,C,now,0",
    )
    apart = "E,C,now,product,p,10,0,0\nF,C,now,product,q,10,0,0"
    assert not said(check(of, flows=apart), "single_source")
    together = "E,C,later,product,p,5,0,0\nF,C,now,product,q,5,0,0"
    assert said(check(of, flows=together), "single_source") == [
        "C wants a single source and gets 5 from E and 5 from F in q"
    ]


@pytest.mark.parametrize(
    ("days", "kept"), [(3, True), (2.9, False), (2, False), (0.3, False)]
)  # E by ground: processing 1, lane 2
def test_processing_and_travel_count(days: float, kept: bool) -> None:
    of = network(**BASE, customers=f"name,promise_days\nC,{days}", demand="customer,product,quantity\nC,a,10")
    assert bool(said(check(of, flows="E,C,ground,a,1,10,0,0"), "delivery_promise")) != kept


def test_days_that_add_up_to_the_promise_keep_it() -> None:
    of = network(**BASE, customers="name,promise_days\nC,0.3", demand="customer,product,quantity\nC,a,10")
    assert 0.1 + 0.2 > 0.3
    assert not said(check(of, flows="F,C,ground,a,1,10,0,0"), "delivery_promise")


def test_the_share_is_of_what_is_delivered_not_of_what_is_wanted() -> None:
    of = network(
        **BASE,
        customers="name\nC",
        demand="customer,product,quantity,promise_days,promise_share,unmet_cost\nC,a,10,2,0.5,1\nC,b,20,,,1",
    )
    fine = "E,C,air,a,1,3,0,0\nE,C,ground,a,1,3,0,0\nE,C,ground,b,1,20,0,0"
    report = check(of, flows=fine, unmet="C,a,1,4,4")
    assert not said(report, "delivery_promise")
    assert report.checks.set_index("rule")["checked"]["delivery_promise"] == 1
    late = "E,C,air,a,1,2.5,0,0\nE,C,ground,a,1,3.5,0,0"
    assert said(check(of, flows=late), "delivery_promise") == [
        "C gets 2.5 of 6 units of a within 2 days, the promise is 50%"
    ]


def test_a_demand_rows_own_promise_comes_before_the_customers() -> None:
    of = network(
        **BASE,
        customers="name,promise_days\nC,1",
        demand="customer,product,quantity,promise_days\nC,a,10,3\nC,b,20,",
    )
    flows = "E,C,ground,a,1,10,0,0\nE,C,ground,b,1,20,0,0"
    assert said(check(of, flows=flows), "delivery_promise") == [
        "C gets 0 of 20 units of b within 1 days, the promise is 100%"
    ]
