"""Least and most stock, safety stock, and stock for the days to come."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.formulation.rooms.cover import cover_shares
from tests.formulation.networks import (
    INF,
    PERIODS,
    Row,
    Written,
    asleep,
    cost,
    open_sites,
    solved,
    status,
    tables,
)

CONSIDER = "name type status fixed_cost\nS supplier - -\nD dc consider 7"
UNEQUAL = "name days\nP1 30\nP2 10\nP3 40"


def test_bounds_of_a_site_that_is_open() -> None:
    written = Written(tables(periods=PERIODS, inventory="facility min_stock safety_stock max_stock\nD 4 6 9"))
    assert written.columns("stock") == dict.fromkeys(["stock D product P1", "stock D product P2"], (6, 9))
    assert written.rows("min_stock") == written.rows("cover") == {}


def test_rows_of_a_site_that_may_close() -> None:
    given = tables(facilities=CONSIDER, inventory="facility min_stock safety_stock max_stock\nD 4 3 9")
    written = Written(given)
    assert written.columns("stock") == {"stock D product 1": (0, 9)}
    assert written.rows("min_stock") == {"D product 1": Row({"stock D product 1": 1, "open D 1": -4}, 0, INF)}


def test_cover_of_half_a_period() -> None:
    written = Written(tables(periods=PERIODS, inventory="facility cover_days\nD 15"))
    assert written.rows("cover") == {
        "D product P1": Row({"stock D product P1": 1, "flow D C product P2": -0.5}, 0, INF),
        "D product P2": Row({"stock D product P2": 1, "flow D C product P2": -0.5}, 0, INF),  # the last one repeats
    }


def test_cover_over_periods_of_different_length() -> None:
    # 25 days after P1: the 10 of P2 and 15 of the 40 of P3. After P2 and P3: 25 of the 40 of P3.
    rows = Written(tables(periods=UNEQUAL, inventory="facility cover_days\nD 25")).rows("cover")
    assert rows["D product P1"].terms == {
        "stock D product P1": 1, "flow D C product P2": -1, "flow D C product P3": -0.375,
    }  # fmt: skip
    assert rows["D product P2"].terms == {"stock D product P2": 1, "flow D C product P3": -0.625}
    assert rows["D product P3"].terms == {"stock D product P3": 1, "flow D C product P3": -0.625}


@pytest.mark.parametrize(
    ("after", "days", "shares"),
    [
        (0, 5, [0, 0.5, 0]),
        (0, 10, [0, 1, 0]),
        (0, 60, [0, 1, 1.25]),  # 10 + 40, and 10 days of the last period over again
        (1, 20, [0, 0, 0.5]),
        (1, 100, [0, 0, 2.5]),
        (2, 20, [0, 0, 0.5]),
        (2, 120, [0, 0, 3]),
        (0, 0, [0, 0, 0]),
    ],
)
def test_the_share_of_each_period_in_a_window(after: int, days: float, shares: list[float]) -> None:
    found = cover_shares(np.array([30.0, 10.0, 40.0]), np.array([after]), np.array([float(days)]))
    assert found[0] == pytest.approx(shares)


def test_everything_that_leaves_is_covered_by_every_lane() -> None:
    given = tables(
        customers="name\nC\nX", demand="customer quantity\nC 10\nX 4", inventory="facility cover_days\nD 73",
        lanes="origin destination mode unit_cost\nS D - 1\nD C truck 2\nD C air 9\nD X truck 2",
    )  # fmt: skip
    assert Written(given).rows("cover")["D product 1"].terms == {
        "stock D product 1": 1, "flow D C truck product 1": -0.2, "flow D C air product 1": -0.2,
        "flow D X truck product 1": -0.2,
    }  # fmt: skip


def test_a_site_that_may_close_is_freed_of_what_leaves_in_other_periods() -> None:
    # Closed in P1 it may still open in P2 and send all that is wanted then, 10: the row of P1 is freed by 0.5 * 10.
    # What leaves in P2 is nothing when D is closed in P2, so the row of P2 needs no freeing.
    given = tables(periods=PERIODS, facilities=CONSIDER, inventory="facility cover_days\nD 15")
    assert Written(given).rows("cover") == {
        "D product P1": Row({"stock D product P1": 1, "flow D C product P2": -0.5, "open D P1": -5}, -5, INF),
        "D product P2": Row({"stock D product P2": 1, "flow D C product P2": -0.5}, 0, INF),
    }


def test_cover_buys_for_the_days_past_the_horizon() -> None:
    # 5 of cover stay at the end: 25 come in at 1, 20 leave at 2. Kept: 5 over P1, 5 over P2, at 0.1
    given = tables(periods=PERIODS, inventory="facility cover_days storage_cost\nD 15 0.1")
    plan = solved(given)
    assert plan.cost == pytest.approx(25 + 40 + 1)
    assert plan.inventory()["stock"].tolist() == pytest.approx([5, 5])


def test_cover_of_several_periods() -> None:
    # 45 of 30-day periods: 1.5 times the outflow of 10, 15 kept over each period: 35 come in
    assert cost(tables(periods=PERIODS, inventory="facility cover_days\nD 45")) == 35 + 40


def test_a_site_that_opens_in_the_second_period_needs_no_cover_in_the_first() -> None:
    given = tables(
        periods=PERIODS, facilities=CONSIDER, inventory="facility cover_days\nD 15",
        demand="customer period quantity\nC P2 10",
    )  # fmt: skip
    plan = solved(given)
    assert open_sites(plan) == {"S P1", "S P2", "D P2"}
    assert plan.cost == pytest.approx(15 + 20 + 7)


def test_a_site_with_cover_that_is_closed_in_between() -> None:
    # P1 and P3 want 10. Open in P1 with 30 days of cover of P2, in which nothing leaves; closed in P2 (no cover for P3);
    # open in P3, which covers itself: 10. 10 + 20 come in, 20 leave, 2 * 7.
    given = tables(
        periods="name days\nP1 30\nP2 30\nP3 30", facilities=CONSIDER, inventory="facility cover_days\nD 30",
        demand="customer period quantity\nC P1 10\nC P3 10",
    )  # fmt: skip
    plan = solved(given)
    assert plan.cost == pytest.approx(30 + 40 + 14)
    assert "D P2" not in open_sites(plan)


@pytest.mark.parametrize("column", ["min_stock", "safety_stock"])
def test_least_stock_stays_at_the_end(column: str) -> None:
    assert cost(tables(inventory=f"facility {column}\nD 4")) == 14 + 20


def test_minimum_and_safety_stock_each_hold_on_their_own() -> None:
    assert cost(tables(inventory="facility min_stock safety_stock\nD 4 6")) == 16 + 20  # not 4 + 6


def test_cover_and_minimum_each_hold_on_their_own() -> None:
    # Cover is 5, the minimum 6
    assert cost(tables(periods=PERIODS, inventory="facility min_stock cover_days\nD 6 15")) == 26 + 40


def test_least_stock_holds_only_while_the_site_is_open() -> None:
    given = tables(
        facilities=CONSIDER + "\nE dc open -", lanes="origin destination unit_cost\nS D 1\nD C 2\nS E 1\nE C 3",
        inventory="facility min_stock\nD 50",
    )  # fmt: skip
    assert cost(given) == 40  # E, one a unit dearer, rather than 50 units to fill D


def test_most_stock_binds() -> None:
    # 3 must be kept (see test_storage)
    given = {
        "periods": PERIODS,
        "supply": "facility capacity\nS 12",
        "demand": "customer period quantity\nC P1 5\nC P2 15",
    }
    assert status(tables(**given, inventory="facility max_stock\nD 2.9")) == "infeasible"
    assert status(tables(**given, inventory="facility max_stock\nD 3")) == "optimal"


def test_minimum_stock_in_one_period() -> None:
    given = tables(periods=PERIODS, inventory="facility period min_stock storage_cost\nD - - 1\nD P1 4 -")
    assert cost(given) == 60 + 4  # 4 kept over P1 and used in P2


def test_cover_chains_from_site_to_site() -> None:
    # Each of D and E covers half a period. E keeps 5 at the end, so 15 leave D, which keeps 7.5: 22.5 come in.
    given = tables(
        periods="name days\nP1 30", facilities="name type\nS supplier\nD dc\nE dc",
        lanes="origin destination unit_cost\nS D 1\nD E 1\nE C 1", inventory="facility cover_days\nD 15\nE 15",
    )  # fmt: skip
    assert cost(given) == 22.5 + 15 + 10


def test_asleep_where_stock_is_only_carried() -> None:
    assert asleep("cover", tables())
    assert asleep("cover", tables(inventory="facility initial\nD 5"))
    assert not asleep("cover", tables(inventory="facility cover_days\nD 5"))
    assert not asleep("cover", tables(inventory="facility max_stock\nD 5"))
