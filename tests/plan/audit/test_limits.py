from __future__ import annotations

import pytest

from tests.plan.audit.small import check, network, said

BASE = {
    "facilities": "name,type,status,region\nS,supplier,open,\nE,fc,consider,west\nF,dc,consider,east",
    "customers": "name\nC\nD",
    "products": "name\na\nb",
    "demand": "customer,product,quantity\nC,a,10\nD,a,5\nD,b,3",
    "lanes": "origin,destination,mode\nS,E,sea\nS,F,sea\nE,C,road\nE,D,road\nF,D,road\nF,D,air",
    "groups": "name,member\nboth,E\nboth,F\nall wants,C\nall wants,D",
}
FLOWS = """S,E,sea,a,1,12,0,0
S,F,sea,a,1,3,0,0
S,F,sea,b,1,3,0,0
E,C,road,a,1,10,0,0
E,D,road,a,1,2,0,0
F,D,road,a,1,3,0,0
F,D,air,b,1,3,0,0"""


@pytest.mark.parametrize(
    ("columns", "cells", "flow"),
    [
        ("mode", "road", 15),
        ("where", "E", 12),
        ("where", "both", 18),
        ("where", "D", 8),
        ("where", "all wants", 18),
        ("where,product", "D,b", 3),
        ("type", "supplier", 18),
        ("region", "east", 6),
        ("type,mode", "dc,air", 3),
        ("product", "b", 6),
    ],
)
def test_flow_is_counted_where_the_limit_says(columns: str, cells: str, flow: float) -> None:
    for bound, value, broken in (("at_most", flow, 0), ("at_most", flow - 0.5, 1), ("at_least", flow, 0),
                                 ("at_least", flow + 0.5, 1)):  # fmt: skip
        of = network(**BASE, limits=f"what,{columns},{bound}\nflow,{cells},{value}")
        assert len(said(check(of, flows=FLOWS), "flow_limit")) == broken


@pytest.mark.parametrize(
    ("columns", "cells", "count"),
    [("type", "fc", 1), ("region", "east", 0), ("where", "both", 1), ("where", "S", 1)],
)
def test_open_sites_are_counted_where_the_limit_says(columns: str, cells: str, count: int) -> None:
    sites = "S,supplier,1,1,0,,0\nE,fc,1,1,0,,0"
    for bound, value, broken in (("at_most", count, 0), ("at_least", count, 0), ("at_least", count + 1, 1)):
        of = network(**BASE, limits=f"what,{columns},{bound}\nopen_sites,{cells},{value}")
        assert len(said(check(of, sites=sites), "open_sites")) == broken


def test_a_limit_without_filters_counts_everything() -> None:
    of = network(**BASE, limits="what,at_most\nopen_sites,0\nflow,1")
    report = check(of, flows=FLOWS, sites="S,supplier,1,1,0,,0\nE,fc,1,1,0,,0")
    assert said(report, "open_sites") == ["2 sites open, the limit in row 2 is at most 0"]
    assert said(report, "flow_limit") == ["36 units moved, the limit in row 3 is at most 1"]


def test_a_limit_of_one_period_holds_in_it_and_flows_count_when_they_leave() -> None:
    of = network(
        facilities="name,type\nS,supplier",
        customers="name\nC",
        periods="name,days\np,1\nq,1",
        demand="customer,quantity\nC,10",
        lanes="origin,destination,lead_periods\nS,C,1",
        limits="what,period,at_most\nflow,p,9\nflow,q,0",
    )
    report = check(of, flows="S,C,,product,p,10,0,0")
    assert said(report, "flow_limit") == ["10 units moved (period p) in p, the limit in row 2 is at most 9"]
    assert report.checks.set_index("rule")["checked"]["flow_limit"] == 2


def test_periods_open_are_added_up_over_the_row() -> None:
    of = network(
        facilities="name,type,status\nS,supplier,open\nE,fc,consider",
        customers="name\nC",
        periods="name,days\np,1\nq,1",
        demand="customer,quantity\nC,10",
        lanes="origin,destination\nS,C",
        limits="what,where,period,at_least,at_most\nopen_periods,E,,1,1\nopen_periods,E,p,1,\nopen_periods,,,5,",
    )
    report = check(of, sites="S,supplier,p,1,0,,0\nS,supplier,q,1,0,,0\nE,fc,q,1,0,,0")
    assert said(report, "open_periods") == [
        "0 periods open (where E, period p), the limit in row 3 is at least 1",
        "3 periods open, the limit in row 4 is at least 5",
    ]
    assert report.checks.set_index("rule")["checked"]["open_periods"] == 4
