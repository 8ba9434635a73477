"""Counts of open sites and totals of flow stay within the rows of the limits table."""

from __future__ import annotations

import pytest

from tests.formulation.networks import (
    INF,
    PERIODS,
    PRODUCTS,
    Written,
    asleep,
    cost,
    moved,
    open_sites,
    solved,
    status,
    tables,
)

SITES = (
    "name type region status fixed_cost\nS supplier east open -\n"
    "D dc east consider 5\nE dc west consider 5\nF fc west consider 5"
)
LANES = "origin destination unit_cost\nS D 1\nS E 1\nS F 1\nD C 2\nE X 2\nF Y 2"
THREE = {
    "facilities": SITES,
    "lanes": LANES + "\nD X 9\nD Y 9",
    "customers": "name\nC\nX\nY",
    "demand": "customer quantity\nC 10\nX 10\nY 10",
}
"""Three customers, each near a center of its own; D can reach all of them, 7 a unit dearer. All open: 90 + 15."""


@pytest.mark.parametrize(
    ("limit", "counted"),
    [
        ("- - - 1 2", "SDEF"),
        ("- dc - - 1", "DE"),
        ("- - west 1 -", "EF"),
        ("- dc west - 0", "E"),
        ("hubs - - 1 2", "DF"),
        ("E - - 1 1", "E"),
    ],
)
def test_which_sites_a_row_counts(limit: str, counted: str) -> None:
    given = tables(
        **THREE, groups="name member\nhubs D\nhubs F", limits=f"what where type region at_least at_most\nopen_sites {limit}"
    )
    (row,) = Written(given).rows("limits").values()
    least, most = (float(cell) if cell != "-" else None for cell in limit.split()[-2:])
    assert row.terms == {f"open {name} 1": 1 for name in counted}
    assert (row.lower, row.upper) == (-INF if least is None else least, INF if most is None else most)


@pytest.mark.parametrize(
    ("limit", "counted"),
    [
        ("- - - - - -", {"S D", "S E", "S F", "D C", "E X", "F Y", "D X", "D Y"}),
        ("D - - - - -", {"D C", "D X", "D Y"}),  # a facility counts what leaves it
        ("X - - - - -", {"E X", "D X"}),  # a customer what reaches it
        ("- dc - - - -", {"D C", "D X", "D Y", "E X"}),
        ("- - west - - -", {"E X", "F Y"}),
        ("- supplier - - - -", {"S D", "S E", "S F"}),
        ("north - - - - -", {"D C", "D X", "D Y", "E X"}),
    ],
)
def test_which_flows_a_row_counts(limit: str, counted: set[str]) -> None:
    given = tables(
        **THREE, groups="name member\nnorth D\nnorth E",
        limits=f"what where type region mode product period at_most\nflow {limit} 7",
    )  # fmt: skip
    (row,) = Written(given).rows("limits").values()
    assert set(row.terms) == {f"flow {pair} product 1" for pair in counted}
    assert set(row.terms.values()) == {1}
    assert (row.lower, row.upper) == (-INF, 7)


def test_filters_by_mode_product_and_period() -> None:
    lanes = "origin destination mode unit_cost\nS D rail 1\nS D truck 2\nD C truck 2"
    given = tables(
        products=PRODUCTS, periods=PERIODS, lanes=lanes, limits="what mode product period at_most\nflow rail B P2 7"
    )
    (row,) = Written(given).rows("limits").values()
    assert row.terms == {"flow S D rail B P2": 1}


def test_a_group_of_products_and_a_group_of_customers() -> None:
    given = tables(
        **{**THREE, "products": "name\nA\nB\nG"},
        groups="name member\nlight A\nlight B\nfar X\nfar Y",
        limits="what where product at_most\nflow far light 7",
    )
    rows = Written(given).rows("limits")
    terms = set().union(*(set(row.terms) for row in rows.values()))
    assert terms == {f"flow {pair} {k} 1" for pair in ("E X", "D X", "F Y", "D Y") for k in "AB"}


def test_every_period_on_its_own() -> None:
    given = tables(periods=PERIODS, limits="what at_most\nflow 30")
    rows = list(Written(given).rows("limits").values())
    assert [set(row.terms) for row in rows] == [
        {f"flow S D product {t}", f"flow D C product {t}"} for t in ("P1", "P2")
    ]
    assert status(given) == "optimal"
    assert status(tables(periods=PERIODS, limits="what at_most\nflow 19")) == "infeasible"  # 20 in each, not in both


@pytest.mark.parametrize(("most", "money"), [(3, 105), (2, 105 - 5 + 70), (1, 105 - 10 + 140)])
def test_at_most_so_many_sites(most: int, money: float) -> None:
    # Each center that must stay closed saves 5 and sends 10 units the way round, 7 dearer
    plan = solved(tables(**THREE, limits=f"what where at_most\nopen_sites all {most}", groups="name member\nall D\nall E\nall F"))
    assert plan.cost == pytest.approx(money)
    assert len(open_sites(plan)) == 1 + most


def test_at_least_so_many_sites() -> None:
    # Only D is needed; a second center costs 5
    given = tables(facilities=SITES, limits="what type at_least\nopen_sites dc 2")
    assert cost(given) == 30 + 10


def test_more_sites_than_there_are() -> None:
    assert status(tables(facilities=SITES, limits="what type at_least\nopen_sites dc 3")) == "infeasible"


def test_flow_of_a_mode_is_limited() -> None:
    # Rail at 1 takes 6, truck at 5 the other 4: 10 * 3 + 16
    lanes = "origin destination mode unit_cost\nS D rail 1\nS D truck 5\nD C truck 2"
    plan = solved(tables(lanes=lanes, limits="what mode at_most\nflow rail 6"))
    assert plan.cost == pytest.approx(46)
    assert moved(plan)["S D rail product 1"] == 6


def test_flow_that_must_be_reached() -> None:
    # 4 at least by the dear mode
    lanes = "origin destination mode unit_cost\nS D rail 1\nS D truck 5\nD C rail 2"
    assert cost(tables(lanes=lanes, limits="what mode at_least\nflow truck 4")) == 46


def test_flow_that_demand_alone_does_not_ask_for() -> None:
    # 25 must move: 10 over each lane are asked for; 5 more go into stock at D
    assert cost(tables(inventory="facility\nD", limits="what at_least\nflow 25")) == 35


def test_asleep_without_rows() -> None:
    assert asleep("limits", tables())
    assert not asleep("limits", tables(limits="what at_most\nflow 100"))


def test_periods_open_are_counted_over_all_periods_of_the_row() -> None:
    given = tables(
        **THREE, periods="name days\n1 1\n2 1\n3 1",
        limits="what where period at_least\nopen_periods E - 2\nopen_periods E 2 1\nopen_sites E - 1",
    )  # fmt: skip
    rows = list(Written(given).rows("limits").values())
    assert [set(row.terms) for row in rows] == [
        {"open E 1", "open E 2", "open E 3"}, {"open E 2"}, {"open E 1"}, {"open E 2"}, {"open E 3"},
    ]  # fmt: skip
    assert [row.lower for row in rows] == [2, 1, 1, 1, 1]
