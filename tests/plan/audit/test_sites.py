from __future__ import annotations

import pytest

from tests.plan.audit.small import check, cost, network, said

COSTS = "fixed_cost,opening_cost,closing_cost"
PERIODS = "name,days\np,10\nq,10\nr,10\ns,10"
BASE = {
    "customers": "name\nC",
    "periods": PERIODS,
    "demand": "customer,quantity,unmet_cost\nC,10,0",
    "lanes": "origin,destination\nF,C",
}


def sites(opened: str) -> str:
    """Return site rows of F for periods p to s, open as the digits say."""
    return "\n".join(f"F,fc,{period},{digit},0,,0" for period, digit in zip("pqrs", opened, strict=True))


@pytest.mark.parametrize(
    ("initial", "opened", "money"),
    [
        ("potential", "0000", (0, 0, 0, 0)),
        ("potential", "1111", (105, 100, 100, 100)),
        ("potential", "0101", (0, 105, 7, 105)),
        ("potential", "1100", (105, 100, 7, 0)),
        ("existing", "1111", (100, 100, 100, 100)),
        ("existing", "0000", (7, 0, 0, 0)),
        ("existing", "1001", (100, 7, 0, 105)),
    ],
)
def test_every_start_and_every_stop_is_paid(initial: str, opened: str, money: tuple[float, ...]) -> None:
    of = network(**BASE, facilities=f"name,type,status,initial,{COSTS}\nF,fc,consider,{initial},100,5,7")
    report = check(of, sites=sites(opened))
    assert tuple(cost(report, "site", period) for period in "pqrs") == money


def test_a_blank_initial_follows_the_status_and_costs_may_change_by_period() -> None:
    rows = "F,fc,,open,100,5,7\nF,,q,closed,,,9\nF,,r,,,6,\nF,,s,,50,,"
    of = network(**BASE, facilities=f"name,type,period,status,{COSTS}\n{rows}")
    report = check(of, sites=sites("1011"))
    assert tuple(cost(report, "site", period) for period in "pqrs") == (100, 9, 106, 50)
    assert not said(report, "site_status")


def test_a_site_closed_from_the_start_that_existed_pays_its_closing() -> None:
    of = network(**BASE, facilities=f"name,type,status,initial,{COSTS}\nF,fc,closed,existing,100,5,7")
    assert cost(check(of, sites=sites("0000")), "site", "p") == 7


def test_a_site_without_a_row_is_closed() -> None:
    of = network(**BASE, facilities="name,type\nF,fc")
    report = check(of, sites="F,fc,p,1,0,,0\nF,fc,q,1,0,,0\nF,fc,s,1,0,,0")
    assert said(report, "site_status") == ["F is closed in r, and its status is open"]


def test_a_capacity_of_zero_takes_zero_or_blank_as_utilization() -> None:
    of = network(**{**BASE, "periods": "name,days\np,10"}, facilities="name,type,capacity\nF,fc,0")
    for stated, wrong in (("0", False), ("", False), ("0.5", True)):
        report = check(of, sites=f"F,fc,p,1,0,{stated},0")
        assert bool(said(report, "site_utilization")) == wrong


def test_a_plant_and_a_supplier_count_what_leaves() -> None:
    of = network(
        facilities="name,type,capacity,handling_cost\nS,supplier,9,1\nP,plant,20,1\nF,sort_center,,1",
        customers="name\nC",
        demand="customer,quantity\nC,10",
        lanes="origin,destination\nS,P\nP,F\nF,C",
    )
    report = check(
        of,
        flows="S,P,,product,1,10,0,0\nP,F,,product,1,10,0,0\nF,C,,product,1,10,0,0",
        sites=f"S,supplier,1,1,10,{10 / 9},10\nP,plant,1,1,10,0.5,10\nF,sort_center,1,1,10,,10",
        purchases="S,product,1,10,0",
        costs="handling,1,30",
    )
    assert list(report.breaches["words"]) == ["S ships 10 units, its capacity is 9"]
