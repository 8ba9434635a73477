from __future__ import annotations

from tests.plan.audit.small import check, cost, network, said

ONE = {
    "customers": "name\nC",
    "products": "name\na\nb",
    "demand": "customer,product,quantity\nC,a,10",
    "lanes": "origin,destination\nS,C\nF,C",
}


def test_a_supplier_without_rows_sells_everything_free() -> None:
    of = network(**ONE, facilities="name,type\nS,supplier\nF,fc")
    report = check(of, flows="S,C,,a,1,10,0,0", sites="S,supplier,1,1,10,,0\nF,fc,1,1,0,,0", purchases="S,a,1,10,0")
    assert report.ok


def test_a_supplier_with_a_row_sells_only_what_is_listed() -> None:
    of = network(**ONE, facilities="name,type\nS,supplier\nF,fc", supply="facility,product\nS,b")
    assert said(check(of, purchases="S,a,1,10,0"), "supply_allowed") == [
        "S buys 10 units of a, which is not for sale there"
    ]


def test_what_a_center_buys_is_not_its_throughput() -> None:
    of = network(
        **ONE,
        facilities="name,type,handling_cost,capacity\nS,supplier,0,\nF,fc,2,8",
        supply="facility,unit_cost\nF,3",
    )
    sites = "S,supplier,1,1,0,,0\nF,fc,1,1,0,0,0"
    report = check(of, flows="F,C,,a,1,10,0,0", sites=sites, purchases="F,a,1,10,30")
    assert (cost(report, "handling"), cost(report, "buy")) == (0, 30)
    assert said(report, "site_capacity") == []


def test_the_minimum_binds_only_an_open_site() -> None:
    of = network(
        **ONE,
        facilities="name,type,status\nS,supplier,consider\nF,fc,open",
        supply="facility,product,min_quantity\nS,a,5\nF,a,",
    )
    goods = {"flows": "F,C,,a,1,10,0,0", "purchases": "F,a,1,10,0"}
    assert check(of, **goods, sites="S,supplier,1,0,0,,0\nF,fc,1,1,0,,0").ok
    assert said(check(of, **goods, sites="S,supplier,1,1,0,,0\nF,fc,1,1,0,,0"), "supply_minimum") == [
        "0 units of a are bought at S, the least is 5"
    ]
