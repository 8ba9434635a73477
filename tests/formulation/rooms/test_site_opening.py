"""Sites open and close, once-only costs are paid at every start and stop."""

from __future__ import annotations

import pytest

from tests.formulation.networks import INF, PERIODS, Row, Written, cost, frame, open_sites, solved, tables

THREE = "name days\nP1 30\nP2 30\nP3 30"
HEADER = "name type status initial fixed_cost opening_cost closing_cost\nS supplier open - - - -\n"


def test_rows_columns_and_charges() -> None:
    written = Written(tables(periods=PERIODS, facilities=HEADER + "D dc consider existing 5 3 7"))
    assert written.columns("open") == {
        "open S P1": (1, 1), "open S P2": (1, 1), "open D P1": (0, 1), "open D P2": (0, 1),
    }  # fmt: skip
    assert {"open D P1", "open S P2"} <= written.whole()
    assert written.columns("starts") == {"starts D P1": (0, 1), "starts D P2": (0, 1)}
    assert written.rows("change_of_state") == {
        "D P1": Row({"open D P1": 1, "starts D P1": -1, "stops D P1": 1}, 1, 1),  # existing: open[0] = 1
        "D P2": Row({"open D P2": 1, "open D P1": -1, "starts D P2": -1, "stops D P2": 1}, 0, 0),
    }
    assert written.charges("site") == {
        "open D P1": 5, "open D P2": 5, "starts D P1": 3, "starts D P2": 3, "stops D P1": 7, "stops D P2": 7,
    }  # fmt: skip


@pytest.mark.parametrize(("status", "bounds"), [("open", (1, 1)), ("consider", (0, 1)), ("closed", (0, 0))])
def test_status_is_the_bounds_of_open(status: str, bounds: tuple[float, float]) -> None:
    given = tables(facilities=f"name type status\nS supplier -\nD dc {status}")
    assert Written(given).columns("open") == {"open S 1": (1, 1), "open D 1": bounds}


def test_a_potential_site_starts_from_zero() -> None:
    rows = Written(tables(facilities=HEADER + "D dc consider - 5 3 -")).rows("change_of_state")
    assert rows == {"D 1": Row({"open D 1": 1, "starts D 1": -1, "stops D 1": 1}, 0, 0)}


def test_closing_once_is_cheaper_than_staying_open() -> None:
    # D must be open in P1 (10 * 3 + fixed 100); in P2 nothing is wanted: closing costs 30, staying open 100.
    given = tables(
        periods=PERIODS,
        demand="customer period quantity\nC P1 10",
        facilities=HEADER + "D dc consider existing 100 - 30",
    )
    plan = solved(given)
    assert plan.cost == pytest.approx(30 + 100 + 30)
    assert open_sites(plan) == {"S P1", "S P2", "D P1"}


def test_opening_is_paid_at_every_start_and_closing_at_every_stop() -> None:
    # Wanted in P1 and P3. Potential D: opens in P1 (40); closing and opening again, 30 + 40, beats fixed 100 in P2.
    # 2 * 30 + 2 * 100 + 40 + 30 + 40 = 370
    given = tables(
        periods=THREE,
        demand="customer period quantity\nC P1 10\nC P3 10",
        facilities=HEADER + "D dc consider potential 100 40 30",
    )
    plan = solved(given)
    assert plan.cost == pytest.approx(370)
    sites = plan.sites().set_index(["name", "period"])
    assert sites.loc["D", "opened"].tolist() == [1, 0, 1]
    assert sites.loc["D", "closed"].tolist() == [0, 1, 0]


def test_staying_open_through_a_pause_where_opening_again_is_dear() -> None:
    # As above with fixed 60: staying costs 60, less than 30 + 40. 2 * 30 + 3 * 60 + 40 = 280
    given = tables(
        periods=THREE,
        demand="customer period quantity\nC P1 10\nC P3 10",
        facilities=HEADER + "D dc consider potential 60 40 30",
    )
    assert cost(given) == 280


@pytest.mark.parametrize(
    ("row", "money"),
    [
        ("D dc open - 5 40 30", 30 + 5),  # open: existing unless it says otherwise
        ("D dc open potential 5 40 30", 30 + 5 + 40),  # must be open and is not yet
        ("D dc consider existing 5 40 30", 30 + 5),
        ("D dc consider - 5 40 30", 30 + 5 + 40),
    ],
)
def test_the_state_before_the_first_period(row: str, money: float) -> None:
    assert cost(tables(facilities=HEADER + row)) == money


@pytest.mark.parametrize(("initial", "money"), [("existing", 50 + 30), ("potential", 50), ("-", 50)])
def test_a_closed_site_that_exists_pays_its_closing(initial: str, money: float) -> None:
    # Nothing can be delivered: 10 units unmet at 5.
    given = tables(
        facilities=HEADER + f"D dc closed {initial} 5 40 30", demand="customer quantity unmet_cost\nC 10 5"
    )
    assert cost(given) == money


def test_a_site_opens_only_where_it_saves_more_than_it_costs() -> None:
    # Unmet 10 * 5 = 50 against 30 through D: open where fixed is below 20.
    for fixed, money in ((19, 49), (21, 50)):
        row = f"D dc consider - {fixed} - -"
        assert cost(tables(facilities=HEADER + row, demand="customer quantity unmet_cost\nC 10 5")) == money


def test_status_by_period() -> None:
    # D is closed in P2 by a row of its own; the 10 wanted then go unmet at 5.
    given = tables(
        periods=PERIODS,
        facilities="name type period status fixed_cost\nS supplier - - -\nD dc - open 4\nD dc P2 closed -",
        demand="customer quantity unmet_cost\nC 10 5",
    )
    assert cost(given) == 30 + 4 + 50


def test_nothing_of_it_without_costs_at_opening_or_closing() -> None:
    written = Written(tables(facilities="name type status fixed_cost\nS supplier - -\nD dc consider 5"))
    assert written.columns("starts") == written.columns("stops") == {}
    assert written.rows("change_of_state") == {}
    assert Written(tables()).charges("site") == {}


def test_sites_with_and_without_once_only_costs_side_by_side() -> None:
    given = tables(facilities=HEADER + "D dc consider - 5 3 -\nE dc consider - 4 - -")
    assert set(Written(given).columns("starts")) == {"starts D 1"}


def test_the_row_order_of_periods_does_not_matter() -> None:
    rows = "D dc consider existing 100 - 30"
    given = tables(periods=PERIODS, demand="customer period quantity\nC P1 10", facilities=HEADER + rows)
    given["demand"] = frame("customer period quantity\nC P2 10")
    # Wanted in P2 only, existing: open in both (200 + 30) or closed and opened again (30 + 100 + 30): 160.
    assert cost(given) == 160


def test_bounds_are_never_infinite() -> None:
    written = Written(tables(facilities=HEADER + "D dc consider - 5 3 -"))
    assert all(upper < INF for _, upper in written.columns("open").values())
