from __future__ import annotations

import pytest

from tests.plan.audit.small import check, network, said

CHAIN = {
    "facilities": "name,type,handling_cost\nS,supplier,0\nF,dc,1",
    "customers": "name\nC",
    "periods": "name,days\np,10\nq,10",
    "demand": "customer,period,quantity\nC,q,10",
    "lanes": "origin,destination,lead_periods\nS,F,1\nF,C,0",
}


def test_goods_count_where_they_leave_and_where_they_arrive() -> None:
    report = check(
        network(**CHAIN),
        flows="S,F,,product,p,10,0,0\nF,C,,product,q,10,0,0",
        sites="S,supplier,p,1,10,,0\nF,dc,p,1,0,,0\nS,supplier,q,1,0,,0\nF,dc,q,1,10,,10",
        purchases="S,product,p,10,0",
        costs="handling,q,10",
    )
    assert report.ok


def test_goods_under_way_need_both_ends_open_when_they_are_there() -> None:
    of = network(**{**CHAIN, "facilities": "name,type,status\nS,supplier,consider\nF,dc,consider"})
    goods = {
        "flows": "S,F,,product,p,10,0,0\nF,C,,product,q,10,0,0",
        "purchases": "S,product,p,10,0",
    }
    fine = "S,supplier,p,1,10,,0\nF,dc,p,0,0,,0\nS,supplier,q,0,0,,0\nF,dc,q,1,10,,0"
    assert check(of, **goods, sites=fine).ok
    closed = "S,supplier,p,0,10,,0\nF,dc,p,1,0,,0\nS,supplier,q,1,0,,0\nF,dc,q,0,10,,0"
    assert said(check(of, **goods, sites=closed), "site_closed") == [
        "S ships 10 units and buys 10 units in p, and is closed",
        "F takes in 10 units and ships 10 units in q, and is closed",
    ]


def test_initial_stock_is_there_at_the_start() -> None:
    of = network(
        facilities="name,type\nF,fc",
        customers="name\nC",
        demand="customer,quantity\nC,10",
        lanes="origin,destination\nF,C",
        inventory="facility,initial\nF,15",
    )
    goods = {"flows": "F,C,,product,1,10,0,0", "sites": "F,fc,1,1,0,,0"}
    assert check(of, **goods, inventory="F,product,1,5,0").ok
    assert said(check(of, **goods), "balance") == [
        "F has 15 units of product (15 in stock) and accounts for 10 (10 shipped)"
    ]


@pytest.mark.parametrize(("off", "ok"), [(0.9e-6, True), (-0.9e-6, True), (1.2e-6, False), (-1.2e-6, False)])
def test_the_tolerance_is_relative_to_the_largest_term(off: float, ok: bool) -> None:
    of = network(
        facilities="name,type\nS,supplier",
        customers="name\nC",
        demand="customer,quantity\nC,1000",
        lanes="origin,destination\nS,C",
    )
    quantity = 1000 * (1 + off)
    report = check(
        of,
        flows=f"S,C,,product,1,{quantity!r},0,0",
        sites=f"S,supplier,1,1,{quantity!r},,0",
        purchases=f"S,product,1,{quantity!r},0",
    )
    assert report.ok == ok
    assert set(report.breaches["rule"]) == (set() if ok else {"demand"})


def test_what_arrives_in_a_period_without_demand_is_not_wanted() -> None:
    report = check(network(**CHAIN), flows="F,C,,product,p,4,0,0")
    assert said(report, "wanted") == ["C gets 4 units of product in p and wants none"]
    assert not said(report, "lane_open")
