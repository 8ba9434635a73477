from __future__ import annotations

from tests.plan.audit.small import check, cost, network, said

ONE = {
    "facilities": "name,type\nS,supplier",
    "customers": "name\nC",
    "products": "name,volume\na,1\nb,3",
    "demand": "customer,product,quantity\nC,a,10\nC,b,20",
}
SITES = "S,supplier,1,1,30,,0"
BOTH = "S,C,,a,1,10,0,{}\nS,C,,b,1,20,0,{}"
BUY = "S,a,1,10,0\nS,b,1,20,0"


def test_a_lane_of_its_own_has_its_own_price_and_capacity() -> None:
    of = network(**ONE, lanes="origin,destination,product,unit_cost,capacity\nS,C,,1,10\nS,C,b,2,20")
    report = check(of, flows=BOTH.format(10, 40), sites=SITES, purchases=BUY, costs="transport,1,50")
    assert report.ok
    assert report.checks.set_index("rule")["checked"]["lane_capacity"] == 2


def test_a_lane_for_all_products_shares_its_capacity_among_them() -> None:
    of = network(**ONE, lanes="origin,destination,unit_cost,capacity,capacity_unit\nS,C,1,69,volume")
    report = check(of, flows=BOTH.format(10, 20), sites=SITES, purchases=BUY, costs="transport,1,30")
    assert said(report, "lane_capacity") == ["S to C carries 70 of volume, its capacity is 69"]


def test_a_lane_of_its_own_that_is_closed_is_not_replaced_by_the_other() -> None:
    of = network(**ONE, lanes="origin,destination,product,unit_cost,status\nS,C,,1,\nS,C,b,2,closed")
    report = check(of, flows=BOTH.format(10, 20), sites=SITES, purchases=BUY, costs="transport,1,30")
    assert said(report, "lane_open") == ["20 units of b go from S to C, where the lane is closed or does not carry b"]


def test_rate_cards_with_weight_bands_share_places_and_mode() -> None:
    of = network(
        **{**ONE, "products": "name,weight\na,1\nb,3"},
        rates="origin_type,destination_type,mode,base_cost,weight_from,weight_to\n"
        "supplier,customer,air,4,0,2\nsupplier,customer,air,9,2,",
    )
    assert len(of.lanes) == 2
    flows = "S,C,air,a,1,10,0,40\nS,C,air,b,1,20,0,180"
    assert check(of, flows=flows, sites=SITES, purchases=BUY, costs="transport,1,220").ok


def test_no_lane_and_no_such_mode() -> None:
    of = network(**ONE, lanes="origin,destination,product,mode\nS,C,a,ground")
    flows = "S,C,ground,a,1,10,0,0\nS,C,ground,b,1,20,0,0\nS,C,air,a,1,1,0,0"
    assert said(check(of, flows=flows), "lane_exists") == [
        "20 units of b go from S to C by ground, and there is no such lane",
        "1 unit of a go from S to C by air, and there is no such lane",
    ]


def test_many_small_flows_share_what_a_lane_may_carry() -> None:
    of = network(**ONE, lanes="origin,destination,capacity,min_flow\nS,C,30,30")
    report = check(of, flows=BOTH.format(0, 0), sites=SITES, purchases=BUY)
    assert report.ok


def test_a_lane_with_nothing_on_it_is_not_used() -> None:
    of = network(**ONE, lanes="origin,destination,mode,fixed_cost,min_flow\nS,C,x,5,\nS,C,y,7,40")
    flows = "S,C,x,a,1,10,0,5\nS,C,x,b,1,20,0,0\nS,C,y,a,1,0,0,0"
    report = check(of, flows=flows, sites=SITES, purchases=BUY, costs="lane,1,5")
    assert report.ok
    assert cost(report, "lane") == 5


def test_period_rows_close_a_lane_and_change_its_price() -> None:
    of = network(
        facilities="name,type\nS,supplier",
        customers="name\nC",
        periods="name,days\np,10\nq,10\nr,10",
        demand="customer,quantity\nC,5",
        lanes="origin,destination,period,unit_cost,status\nS,C,,1,\nS,C,q,3,\nS,C,r,,closed",
    )
    flows = "S,C,,product,p,5,0,5\nS,C,,product,q,5,0,15\nS,C,,product,r,5,0,5"
    report = check(of, flows=flows)
    assert (cost(report, "transport", "p"), cost(report, "transport", "q")) == (5, 15)
    assert said(report, "lane_open") == [
        "5 units of product go from S to C in r, where the lane is closed or does not carry product"
    ]
