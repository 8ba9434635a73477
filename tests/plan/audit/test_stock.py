from __future__ import annotations

import pytest

from netopt.plan.audit.stated import Stated
from netopt.plan.audit.stock import outflow_ahead
from tests.plan.audit.small import COLUMNS, check, cost, network, rows, said

BASE = {
    "customers": "name\nC",
    "products": "name,volume\na,1\nb,5",
    "periods": "name,days\np,10\nq,20\nr,5",
    "demand": "customer,product,period,quantity\nC,a,p,7\nC,a,q,40\nC,a,r,30",
    "lanes": "origin,destination\nF,C",
}
SHIPPED = "F,C,,a,p,7,0,0\nF,C,,a,q,40,0,0\nF,C,,a,r,30,0,0"
ALWAYS = "F,fc,p,1,0,,0\nF,fc,q,1,0,,0\nF,fc,r,1,0,,0"


@pytest.mark.parametrize(
    ("days", "ahead"),
    [
        (5, (10, 30, 30)),  # a quarter of q; all of r; r again
        (20, (40, 30 + 3 * 30, 4 * 30)),
        (25, (70, 5 * 30, 5 * 30)),
        (22.5, (40 + 15, 4.5 * 30, 4.5 * 30)),
        (40, (40 + 4 * 30, 8 * 30, 8 * 30)),
    ],
)
def test_outflow_ahead_gives_shares_of_days_and_repeats_the_last_period(days: float, ahead: tuple[float, ...]) -> None:
    of = network(**BASE, facilities="name,type\nF,fc", inventory=f"facility,product,cover_days\nF,a,{days}")
    frames = {name: rows(f"{header}\n{SHIPPED if name == 'flows' else ''}") for name, header in COLUMNS.items()}
    assert outflow_ahead(Stated.from_frames(of, frames)) == pytest.approx(ahead, rel=1e-12)


def test_cover_may_change_by_period() -> None:
    carried = "facility,product,period,initial,cover_days\nF,a,,80,5\nF,a,q,,0"
    of = network(**BASE, facilities="name,type\nF,fc", inventory=carried)
    report = check(of, flows=SHIPPED, sites=ALWAYS, inventory="F,a,p,9,0\nF,a,q,0,0\nF,a,r,3,0")
    assert said(report, "cover") == [
        "F keeps 9 units of a in p, the outflow of its cover_days is 10",
        "F keeps 3 units of a in r, the outflow of its cover_days is 30",
    ]


def test_minimum_stock_binds_only_an_open_site() -> None:
    of = network(
        **BASE,
        facilities="name,type,status\nF,fc,consider",
        inventory="facility,product,min_stock,safety_stock,cover_days\nF,a,3,4,5",
    )
    report = check(of, flows=SHIPPED, sites="F,fc,q,1,0,,0")
    assert [len(said(report, rule)) for rule in ("min_stock", "safety_stock", "cover")] == [1, 1, 1]
    assert said(report, "cover") == ["F keeps 0 units of a in q, the outflow of its cover_days is 30"]


def test_a_blank_product_carries_each_and_a_period_row_all_periods() -> None:
    of = network(**BASE, facilities="name,type\nF,fc", inventory="facility,period,max_stock\nF,q,6")
    report = check(of, inventory="F,a,p,9,0\nF,b,q,6,0\nF,a,q,7,0")
    assert not said(report, "stock_carried")
    assert said(report, "max_stock") == ["F keeps 7 units of a in q, its max_stock is 6"]


def test_storage_counts_all_products_in_its_unit_and_costs_by_product() -> None:
    of = network(
        **BASE,
        facilities="name,type,storage_capacity,storage_unit,storage_cost\nF,fc,40,volume,2",
        inventory="facility,product,storage_cost\nF,,\nF,b,7",
    )
    report = check(of, sites=ALWAYS, inventory="F,a,p,11,22\nF,b,p,6,42")
    assert said(report, "storage_capacity") == ["F stores 41 of volume in p, its storage_capacity is 40"]
    assert cost(report, "storage", "p") == 22 + 42
    assert not said(report, "stock_costs")


def test_stock_at_the_first_period_needs_the_site_open() -> None:
    of = network(**BASE, facilities="name,type,status\nF,fc,consider", inventory="facility,product,initial\nF,a,1")
    assert said(check(of), "site_status") == ["F is closed in p, and it has initial stock"]
