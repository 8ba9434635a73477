from __future__ import annotations

import pytest

from tests.plan.audit.small import check, cost, network, said

ONE = {
    "facilities": "name,type\nS,supplier",
    "customers": "name\nC",
    "products": "name,weight\na,1\nb,3",
    "demand": "customer,product,quantity\nC,a,10\nC,b,20",
    "lanes": "origin,destination,unit_cost,fixed_cost,vehicle_capacity,vehicle_cost,capacity_unit\n"
    "S,C,1,4,30,100,weight",
}
SITES = "S,supplier,1,1,30,,0"
BUY = "S,a,1,10,0\nS,b,1,20,0"
COSTS = "transport,1,30\nvehicles,1,{}\nlane,1,4"


def test_products_share_vehicles_and_the_first_row_pays() -> None:
    flows = f"S,C,,a,1,10,3,{10 + 300 + 4}\nS,C,,b,1,20,0,20"
    report = check(network(**ONE), flows=flows, sites=SITES, purchases=BUY, costs=COSTS.format(300))
    assert report.ok
    assert cost(report, "vehicles") == 300


def test_vehicles_on_a_later_row() -> None:
    flows = f"S,C,,a,1,10,0,{10 + 300 + 4}\nS,C,,b,1,20,3,20"
    report = check(network(**ONE), flows=flows, sites=SITES, purchases=BUY, costs=COSTS.format(300))
    assert said(report, "vehicles_stated") == [
        "flows row 2: 3 vehicles on S to C, and the lane's vehicles belong on its first row of the period"
    ]
    assert set(report.breaches["rule"]) == {"vehicles_stated"}


@pytest.mark.parametrize(("vehicles", "rules"), [(2, {"vehicles_enough"}), (4, set()), (3 + 1e-7, set())])
def test_enough_is_enough_and_more_is_paid(vehicles: float, rules: set[str]) -> None:
    flows = f"S,C,,a,1,10,{vehicles},{10 + 100 * vehicles + 4}\nS,C,,b,1,20,0,20"
    report = check(network(**ONE), flows=flows, sites=SITES, purchases=BUY, costs=COSTS.format(100 * vehicles))
    assert set(report.breaches["rule"]) == rules


def test_a_rate_card_by_the_vehicle() -> None:
    of = network(
        **{key: ONE[key] for key in ("facilities", "customers", "products", "demand")},
        rates="origin_type,mode,base_cost,per,vehicle_capacity\nsupplier,van,50,vehicle,12",
    )
    flows = "S,C,van,a,1,10,3,150\nS,C,van,b,1,20,0,0"
    assert check(of, flows=flows, sites=SITES, purchases=BUY, costs="vehicles,1,150").ok
    assert said(check(of, flows=flows.replace(",3,150", ",2,100")), "vehicles_enough") == [
        "S to C by van carries 30 units, and 2 vehicles of 12 hold 24"
    ]
