"""Nothing flows through a site that is not open, with the tightest bound that is known."""

from __future__ import annotations

import pytest

from tests.formulation.networks import PERIODS, PRODUCTS, TWO_SITES, Written, asleep, cost, open_sites, solved, tables

CONSIDER = "name type status fixed_cost capacity\nS supplier - - -\nD dc consider 5 {}"


def gates(**typed: str) -> dict[str, float]:
    """Return the bounds of the gates by flow and opener: ``S D | D``."""
    found = Written(tables(**typed)).gates("flow", "open")
    return {f"{flow.split()[1]} {flow.split()[2]} | {opener.split()[1]}": bound for (flow, opener), bound in found.items()}


def test_flows_into_and_out_of_a_site() -> None:
    assert gates(facilities=CONSIDER.format("-")) == {"S D | D": 10, "D C | D": 10}


@pytest.mark.parametrize("capacity", [6, 8.5])
def test_a_capacity_of_the_site_bounds_what_enters_and_what_leaves(capacity: float) -> None:
    assert gates(facilities=CONSIDER.format(capacity)) == {"S D | D": capacity, "D C | D": capacity}


def test_what_was_kept_may_leave_beside_what_enters() -> None:
    found = gates(facilities=CONSIDER.format(6), inventory="facility initial\nD 3")
    assert found == {"S D | D": 6, "D C | D": 10}  # 10: what C wants; with the 3 from before more than 6 may leave


def test_a_capacity_in_weight() -> None:
    facilities = "name type status capacity capacity_unit\nS supplier - - -\nD dc consider 20 weight"
    found = Written(tables(products=PRODUCTS, facilities=facilities)).gates("flow", "open")
    assert found["flow S D A 1", "open D 1"] == 5  # 20 / 4
    assert found["flow S D B 1", "open D 1"] == 10  # demand


def test_capacity_of_a_product_of_the_lane_and_of_the_sender() -> None:
    assert gates(facilities=CONSIDER.format("-"), handling="facility capacity\nD 4") == {"S D | D": 4, "D C | D": 4}
    lanes = "origin destination unit_cost capacity\nS D 1 3\nD C 2 -"
    assert gates(facilities=CONSIDER.format("-"), lanes=lanes) == {"S D | D": 3, "D C | D": 10}
    sender = "name type status capacity\nS supplier consider 7\nD dc - -"
    assert gates(facilities=sender) == {"S D | S": 7}


def test_both_ends() -> None:
    facilities = "name type status\nS supplier consider\nD dc consider\nE dc -"
    assert set(gates(facilities=facilities, lanes=TWO_SITES)) == {"S D | S", "S D | D", "D C | D", "S E | S"}


def test_the_receiving_site_is_open_when_goods_arrive() -> None:
    facilities = "name type status\nS supplier consider\nD dc consider"
    lanes = "origin destination unit_cost lead_periods\nS D 1 1\nD C 2 -"
    found = Written(tables(periods=PERIODS, facilities=facilities, lanes=lanes)).gates("flow", "open")
    assert set(found) == {
        ("flow S D product P1", "open S P1"), ("flow S D product P1", "open D P2"),
        ("flow D C product P1", "open D P1"), ("flow D C product P2", "open D P2"),
    }  # fmt: skip


def test_needed_where_no_capacity_closes_the_site() -> None:
    def needed(**typed: str) -> dict[str, bool]:
        written = Written(tables(**typed))
        gates = written.program.gates
        return {written.names[c]: bool(n) for c, n in zip(gates.column, gates.needed, strict=True)}

    assert needed(facilities=CONSIDER.format("-")) == {"flow S D product 1": True, "flow D C product 1": False}
    assert needed(facilities=CONSIDER.format(6)) == {"flow S D product 1": False, "flow D C product 1": False}
    stock = needed(facilities=CONSIDER.format(6), inventory="facility\nD")
    assert stock == {"stock D product 1": True, "flow S D product 1": False, "flow D C product 1": True}


@pytest.mark.parametrize(("fixed", "money", "sites"), [(29, 59, {"S", "D"}), (31, 60, {"S", "E"})])
def test_a_closed_site_carries_nothing(fixed: float, money: float, sites: set[str]) -> None:
    # D saves 30 against E
    facilities = f"name type status fixed_cost\nS supplier - -\nD dc consider {fixed}\nE dc consider 0.0"
    plan = solved(tables(facilities=facilities, lanes=TWO_SITES))
    assert plan.cost == pytest.approx(money)
    assert open_sites(plan) - {"E"} == sites - {"E"}


def test_a_closed_supplier_sends_nothing() -> None:
    # T is open and 4 a unit dearer; S costs 50 to have open
    given = tables(
        facilities="name type status fixed_cost\nS supplier consider 50\nT supplier - -\nD dc - -",
        lanes="origin destination unit_cost\nS D 1\nT D 5\nD C 2",
    )
    assert cost(given) == 70


def test_asleep_where_nothing_may_close() -> None:
    assert asleep("gates", tables())
    assert not asleep("gates", tables(facilities=CONSIDER.format("-")))
