"""Throughput fits the capacity of open sites, in units, volume or weight, and reaches its minimum."""

from __future__ import annotations

import pytest

from tests.formulation.networks import (
    INF,
    PERIODS,
    PRODUCTS,
    TWO_SITES,
    Row,
    Written,
    asleep,
    cost,
    moved,
    open_sites,
    solved,
    status,
    tables,
)

HEADER = "name type status capacity min_throughput capacity_unit fixed_cost\nS supplier - - - - -\n"


def test_rows_of_a_site_with_capacity_and_minimum() -> None:
    written = Written(tables(facilities=HEADER + "D dc consider 8 3 - 1"))
    assert written.rows("site_throughput") == {"D 1": Row({"flow S D product 1": 1, "open D 1": -8}, -INF, 0)}
    assert written.rows("min_throughput") == {"D 1": Row({"flow S D product 1": 1, "open D 1": -3}, 0, INF)}


@pytest.mark.parametrize(("unit", "a", "b"), [("-", 1, 1), ("units", 1, 1), ("volume", 2, 1), ("weight", 4, 1)])
def test_products_count_by_their_size(unit: str, a: float, b: float) -> None:
    written = Written(tables(products=PRODUCTS, facilities=HEADER + f"D dc open 8 - {unit} -"))
    assert written.rows("site_throughput") == {
        "D 1": Row({"flow S D A 1": a, "flow S D B 1": b, "open D 1": -8}, -INF, 0)
    }


def test_a_supplier_counts_what_leaves_the_rest_what_enters() -> None:
    lanes = "origin destination unit_cost\nS D 1\nD C 2\nS C 5"
    written = Written(tables(facilities="name type capacity\nS supplier 7\nD dc 8", lanes=lanes))
    rows = written.rows("site_throughput")
    assert rows["S 1"].terms == {"flow S D product 1": 1, "flow S C product 1": 1, "open S 1": -7}
    assert rows["D 1"].terms == {"flow S D product 1": 1, "open D 1": -8}


def test_goods_count_when_they_arrive() -> None:
    lanes = "origin destination lead_periods\nS D 1\nD C -"
    rows = Written(tables(periods=PERIODS, facilities="name type capacity\nS supplier 7\nD dc 8", lanes=lanes)).rows(
        "site_throughput"
    )
    assert rows["S P1"].terms == {"flow S D product P1": 1, "open S P1": -7}
    assert rows["D P1"].terms == {"open D P1": -8}
    assert rows["D P2"].terms == {"flow S D product P1": 1, "open D P2": -8}


def test_what_does_not_fit_goes_the_dearer_way() -> None:
    # 6 through D at 3, 4 through E at 6
    given = tables(facilities=HEADER + "D dc open 6 - - -\nE dc open - - - -", lanes=TWO_SITES)
    plan = solved(given)
    assert plan.cost == pytest.approx(18 + 24)
    sites = plan.sites().set_index("name")
    assert sites.loc["D", "utilization"] == pytest.approx(1)
    assert sites["throughput"].to_dict() == {"S": 10, "D": 6, "E": 4}


@pytest.mark.parametrize(
    ("unit", "money"),
    [
        ("units", 60 + 0),  # 20 units in all fit 22
        ("volume", 60 + 3 * 4),  # 10 B take 10, 12 are left for 6 A of volume 2; 4 A go through E, 3 dearer
        ("weight", 60 + 3 * 7),  # 10 B take 10, 12 are left for 3 A of weight 4; 7 A go through E
    ],
)
def test_capacity_in_each_unit(unit: str, money: float) -> None:
    given = tables(
        products=PRODUCTS, lanes=TWO_SITES, facilities=HEADER + f"D dc open 22 - {unit} -\nE dc open - - - -"
    )
    assert cost(given) == money


def test_the_capacity_of_a_supplier_binds_on_what_leaves() -> None:
    # S sends 6, T the rest at 4 more
    given = tables(
        facilities="name type capacity\nS supplier 6\nT supplier -\nD dc -",
        lanes="origin destination unit_cost\nS D 1\nT D 5\nD C 2",
    )
    assert cost(given) == 30 + 16


def test_a_site_that_cannot_reach_its_minimum_stays_closed() -> None:
    # 10 are wanted, D needs 12: E serves them at 6; at 10 D serves them at 3.
    for least, money, site in ((12, 60, "E"), (10, 30, "D")):
        given = tables(
            lanes=TWO_SITES, facilities=HEADER + f"D dc consider - {least} - 1\nE dc consider - - - 0.5"
        )
        plan = solved(given)
        assert plan.cost == pytest.approx(money + (1 if site == "D" else 0.5))
        assert open_sites(plan) == {"S", site}


def test_a_minimum_draws_goods_to_a_site_that_must_be_open() -> None:
    # E must take 4: 6 * 3 + 4 * 6
    given = tables(lanes=TWO_SITES, facilities=HEADER + "D dc open - - - -\nE dc open - 4 - -")
    plan = solved(given)
    assert plan.cost == pytest.approx(42)
    assert moved(plan)["S E product 1"] == 4
    assert status(tables(lanes=TWO_SITES, facilities=HEADER + "D dc open - - - -\nE dc open - 11 - -")) == "infeasible"


def test_a_minimum_in_weight() -> None:
    # E must take 8 of weight: 2 A (weight 4), 3 a unit dearer, rather than 8 B
    given = tables(
        products=PRODUCTS, lanes=TWO_SITES, facilities=HEADER + "D dc open - - - -\nE dc open - 8 weight -"
    )
    assert cost(given) == 60 + 6


def test_a_product_without_weight_takes_no_room() -> None:
    given = tables(
        products="name weight\nA 0\nB 1", lanes=TWO_SITES,
        facilities=HEADER + "D dc open 5 - weight -\nE dc open - - - -",
    )  # fmt: skip
    assert cost(given) == 60 + 3 * 5  # all A and 5 B through D


def test_capacity_in_one_period() -> None:
    given = tables(
        periods=PERIODS, lanes=TWO_SITES,
        facilities="name type period capacity\nS supplier - -\nD dc - 20\nD dc P2 6\nE dc - -",
    )  # fmt: skip
    assert cost(given) == 30 + 42


def test_no_capacity_at_all_closes_a_site_for_goods() -> None:
    given = tables(lanes=TWO_SITES, facilities=HEADER + "D dc consider 0 - - -\nE dc open - - - -")
    assert cost(given) == 60


def test_asleep_without_capacities() -> None:
    assert asleep("site_throughput", tables())
    assert not asleep("site_throughput", tables(facilities="name type capacity\nS supplier -\nD dc 50"))
