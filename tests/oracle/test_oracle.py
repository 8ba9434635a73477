"""The oracle against optima calculated by hand, one feature at a time.

Every case is a tiny network whose cheapest plan is worked out in its comments. One child process solves them all
(OR-Tools must not be imported here). Tables are written as text: columns apart by spaces, '-' for a blank cell.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from networks import FAULTS, SWITCHES, random_network
from oracle import solve_in_subprocess, solve_many_in_subprocess

Tables = dict[str, pd.DataFrame]
CASES: dict[str, Callable[[], tuple[Tables, float | str]]] = {}
DEGREE = 6371.0088 * math.pi / 180  # km of one degree along the equator


def frame(text: str) -> pd.DataFrame:
    """Read a table written as text."""
    lines = [line.split() for line in text.strip().splitlines()]
    return pd.DataFrame([[None if cell == "-" else cell for cell in line] for line in lines[1:]], columns=lines[0])


def network(**tables: str) -> Tables:
    """Give S -> D -> C at 1 + 2 a unit with a demand of 10 (30 in all), with some tables replaced or added."""
    usual = {
        "facilities": "name type\nS supplier\nD dc",
        "customers": "name\nC",
        "demand": "customer quantity\nC 10",
        "lanes": "origin destination unit_cost\nS D 1\nD C 2",
    }
    return {name: frame(text) for name, text in {**usual, **tables}.items()}


def case(make: Callable[[], tuple[Tables, float | str]]) -> Callable[[], tuple[Tables, float | str]]:
    """Register a case: its tables, and its optimal cost or its status."""
    CASES[make.__name__] = make
    return make


# E is a second DC, 3 a unit dearer than D.
TWO_LANES = "origin destination unit_cost\nS D 1\nD C 2\nS E 1\nE C 5"
TWO_PERIODS = "name days\nP1 30\nP2 30"
TWO_PRODUCTS = "name volume weight\nA 2 4\nB 1 1"


@case
def plain() -> tuple[Tables, float | str]:
    return network(), 30


@case
def demand_repeats_in_every_period() -> tuple[Tables, float | str]:
    return network(periods=TWO_PERIODS), 60


@case
def demand_overridden_in_one_period() -> tuple[Tables, float | str]:
    # 10 units in P1, 4 in P2, at 3 each.
    return network(periods=TWO_PERIODS, demand="customer period quantity\nC - 10\nC P2 4"), 42


@case
def customer_without_a_lane() -> tuple[Tables, float | str]:
    return network(lanes="origin destination\nS D"), "infeasible"


# --------------------------------------------------------------------------------------------------------------- sites


@case
def fixed_cost_every_period() -> tuple[Tables, float | str]:
    # 2 periods: 2 x 30 + 2 x 100.
    return network(periods=TWO_PERIODS, facilities="name type fixed_cost\nS supplier -\nD dc 100"), 260


@case
def opening_a_considered_site() -> tuple[Tables, float | str]:
    # 30 + 100 fixed + 50 to open (a considered site is potential unless it says existing).
    text = "name type status fixed_cost opening_cost\nS supplier - - -\nD dc consider 100 50"
    return network(facilities=text), 180


@case
def existing_considered_site_opens_for_nothing() -> tuple[Tables, float | str]:
    text = "name type status initial fixed_cost opening_cost\nS supplier - - - -\nD dc consider existing 100 50"
    return network(facilities=text), 130


@case
def closing_an_existing_site() -> tuple[Tables, float | str]:
    # Keep D: 30 + 100 = 130. Close it for 40 and use E: 40 + 10 x 6 = 100.
    text = (
        "name type status initial fixed_cost closing_cost\nS supplier - - - -\n"
        "D dc consider existing 100 40\nE dc - - - -"
    )
    return network(facilities=text, lanes=TWO_LANES), 100


@case
def closed_existing_site_pays_its_closing() -> tuple[Tables, float | str]:
    # D may not be used: 60 by E, and 40 to close D (its fixed cost is not paid).
    text = (
        "name type status initial fixed_cost closing_cost\nS supplier - - - -\nD dc closed existing 9 40\nE dc - - - -"
    )
    return network(facilities=text, lanes=TWO_LANES), 100


@case
def closed_site_is_potential_by_default() -> tuple[Tables, float | str]:
    text = "name type status closing_cost\nS supplier - -\nD dc closed 40\nE dc - -"
    return network(facilities=text, lanes=TWO_LANES), 60


@case
def open_potential_site_pays_its_opening() -> tuple[Tables, float | str]:
    text = "name type status initial opening_cost\nS supplier - - -\nD dc open potential 50"
    return network(facilities=text), 80


@case
def every_start_and_stop_is_paid() -> tuple[Tables, float | str]:
    # Demand 10, 0, 10. Open throughout: 30 + 3 x 100 = 330. Shut in P2: 2 x 30 + 20 + 2 x 100 = 280. Goods 60.
    return network(
        periods="name days\nP1 30\nP2 30\nP3 30",
        facilities="name type status fixed_cost opening_cost closing_cost\nS supplier - - - -\nD dc consider 100 30 20",
        demand="customer period quantity\nC P1 10\nC P3 10",
    ), 340


@case
def site_capacity() -> tuple[Tables, float | str]:
    # 6 by D at 3, 4 by E at 6.
    return network(facilities="name type capacity\nS supplier -\nD dc 6\nE dc -", lanes=TWO_LANES), 42


@case
def site_capacity_in_weight() -> tuple[Tables, float | str]:
    # A unit weighs 2, so 12 of weight are 6 units: 42 again.
    return network(
        products="name weight volume\nA 2 9",
        facilities="name type capacity capacity_unit\nS supplier - -\nD dc 12 weight\nE dc - -",
        lanes=TWO_LANES,
    ), 42


@case
def site_capacity_overridden_in_one_period() -> tuple[Tables, float | str]:
    # P1: 6 by D and 4 by E = 42 + handling 6 x 1. P2: D takes 8 (24 + 2 x 6 = 36), its handling cost is still 1: + 8.
    return network(
        periods=TWO_PERIODS,
        facilities="name period type capacity handling_cost\nS - supplier - -\nD - dc 6 1\nD P2 - 8 -\nE - dc - -",
        lanes=TWO_LANES,
    ), 92


@case
def supplier_capacity_bounds_what_leaves() -> tuple[Tables, float | str]:
    # 6 from S at 3, 4 from R at 4 + 2.
    return network(
        facilities="name type capacity\nS supplier 6\nR supplier -\nD dc -",
        lanes="origin destination unit_cost\nS D 1\nR D 4\nD C 2",
    ), 42


@case
def min_throughput_only_if_open() -> tuple[Tables, float | str]:
    # D would need 12 through: only E is left, 10 x 6.
    text = "name type status min_throughput\nS supplier - -\nD dc consider 12\nE dc - -"
    return network(facilities=text, lanes=TWO_LANES), 60


@case
def min_throughput_of_an_open_site() -> tuple[Tables, float | str]:
    return network(facilities="name type min_throughput\nS supplier -\nD dc 12"), "infeasible"


@case
def min_throughput_attracts_flow() -> tuple[Tables, float | str]:
    # E is open and wants 4: 6 x 3 + 4 x 6.
    return network(facilities="name type min_throughput\nS supplier -\nD dc -\nE dc 4", lanes=TWO_LANES), 42


@case
def limits_on_open_sites() -> tuple[Tables, float | str]:
    # Two of the DCs must be open though one would do: 30 + 2 x 5. Suppliers are not of type dc.
    return network(
        facilities="name type status fixed_cost\nS supplier - -\nD dc consider 5\nE dc consider 5",
        lanes=TWO_LANES,
        limits="what type at_least\nopen_sites dc 2",
    ), 40


@case
def limits_on_open_sites_by_region() -> tuple[Tables, float | str]:
    # No DC in the east: E serves, 60 + 5.
    return network(
        facilities=(
            "name type region status fixed_cost\nS supplier east - -\nD dc east consider 5\nE dc west consider 5"
        ),
        lanes=TWO_LANES,
        limits="what type region at_most\nopen_sites dc east 0",
    ), 65


@case
def limits_on_flow() -> tuple[Tables, float | str]:
    # Rail costs 2 as before, road 5; at most 7 by rail: 10 + 14 + 15.
    return network(
        lanes="origin destination mode unit_cost\nS D - 1\nD C rail 2\nD C road 5",
        limits="what mode at_most\nflow rail 7",
    ), 39


# ------------------------------------------------------------------------------------------------- handling and storage


@case
def handling_cost_of_throughput() -> tuple[Tables, float | str]:
    # 10 leave S at 0.25, 10 enter D at 0.5: 30 + 2.5 + 5.
    return network(facilities="name type handling_cost\nS supplier 0.25\nD dc 0.5"), 37.5


@case
def handling_row_replaces_the_cost_of_its_product() -> tuple[Tables, float | str]:
    # A: 10 x (3 + 0.1), B: 10 x (3 + 0.5).
    return network(
        products=TWO_PRODUCTS,
        facilities="name type handling_cost\nS supplier -\nD dc 0.5",
        handling="facility product unit_cost\nD A 0.1",
        demand="customer product quantity\nC A 10\nC B 10",
    ), 66


@case
def handling_capacity_of_a_product() -> tuple[Tables, float | str]:
    # D handles 6 of A, any B: A 6 x 3 + 4 x 6 = 42, B 30.
    return network(
        products=TWO_PRODUCTS,
        facilities="name type\nS supplier\nD dc\nE dc",
        lanes=TWO_LANES,
        handling="facility product capacity\nD A 6",
        demand="customer product quantity\nC A 10\nC B 10",
    ), 72


@case
def storage_of_cycle_stock() -> tuple[Tables, float | str]:
    # 10 x 36.5 / 365 days = 1 unit held, at 2.
    return network(facilities="name type cycle_days storage_cost\nS supplier - -\nD dc 36.5 2"), 32


@case
def horizon_days_without_periods() -> tuple[Tables, float | str]:
    # 10 x 36.5 / 73 days = 5 units held, at 2.
    text = "name type cycle_days storage_cost\nS supplier - -\nD dc 36.5 2"
    return network(facilities=text, settings="key value\nhorizon_days 73"), 40


@case
def storage_capacity_in_volume() -> tuple[Tables, float | str]:
    # A unit is 2 of volume and 0.1 of it is held: 1.2 of volume are 6 units through. 42 + 6 x 0.1 x 2 (E is free).
    return network(
        products="name volume weight\nA 2 9",
        facilities=(
            "name type cycle_days storage_cost storage_capacity storage_unit\n"
            "S supplier - - - -\nD dc 36.5 2 1.2 volume\nE dc - - - -"
        ),
        lanes=TWO_LANES,
    ), 43.2


# ----------------------------------------------------------------------------------------------------------- inventory

RISING = {
    "periods": TWO_PERIODS,
    "supply": "facility capacity\nS 15",
    "demand": "customer period quantity\nC P1 5\nC P2 20",
}


@case
def stock_carried_to_the_next_period() -> tuple[Tables, float | str]:
    # 15 a period for a demand of 5 and 20: 5 wait in D at 1 each (not at D's own 7). 25 x 3 + 5.
    return network(
        **RISING,
        facilities="name type storage_cost\nS supplier -\nD dc 7",
        inventory="facility storage_cost\nD 1",
    ), 80


@case
def storage_cost_of_the_facility_for_its_stock() -> tuple[Tables, float | str]:
    text = "name type storage_cost\nS supplier -\nD dc 7"
    return network(**RISING, facilities=text, inventory="facility\nD"), 75 + 35


@case
def no_stock_without_an_inventory_row() -> tuple[Tables, float | str]:
    return network(**RISING), "infeasible"


@case
def max_stock_is_enough() -> tuple[Tables, float | str]:
    return network(**RISING, inventory="facility max_stock\nD 5"), 75


@case
def max_stock_is_too_little() -> tuple[Tables, float | str]:
    return network(**RISING, inventory="facility max_stock\nD 4.9"), "infeasible"


@case
def storage_capacity_bounds_stock_and_cycle_stock() -> tuple[Tables, float | str]:
    # P1: 5 in stock + 10 x 6 / 30 = 2 of cycle stock is 7 (10 enter in P1, 15 in P2: 0 + 3). 6.9 is too little.
    text = "name type cycle_days storage_capacity\nS supplier - -\nD dc 6 6.9"
    return network(**RISING, facilities=text, inventory="facility\nD"), "infeasible"


@case
def storage_capacity_is_enough_for_both() -> tuple[Tables, float | str]:
    text = "name type cycle_days storage_capacity\nS supplier - -\nD dc 6 7.01"
    return network(**RISING, facilities=text, inventory="facility\nD"), 75


@case
def initial_stock_and_min_stock() -> tuple[Tables, float | str]:
    # 4 in stock, 1 must stay: buy 7. 7 x 1 + 10 x 2.
    return network(inventory="facility initial min_stock\nD 4 1"), 27


@case
def safety_stock_and_min_stock_do_not_add_up() -> tuple[Tables, float | str]:
    # 3 must stay, not 4: buy 9. 9 + 20.
    return network(inventory="facility initial min_stock safety_stock\nD 4 1 3"), 29


@case
def floors_hold_only_while_open() -> tuple[Tables, float | str]:
    # D open would have to keep 100 units (100 to bring there): E serves for 60, and D keeps nothing.
    return network(
        facilities="name type status\nS supplier -\nD dc consider\nE dc -",
        lanes=TWO_LANES,
        inventory="facility safety_stock\nD 100",
    ), 60


@case
def stock_needs_an_open_site() -> tuple[Tables, float | str]:
    # The 5 units of P1 wait in D, so D is open in both periods: 75 + 2 x 10.
    text = "name type status fixed_cost\nS supplier - -\nD dc consider 10"
    return network(**RISING, facilities=text, inventory="facility\nD"), 95


@case
def initial_stock_opens_the_site() -> tuple[Tables, float | str]:
    # D holds 1 unit at the start, so it must be open: 100 + 1 x 2 + 9 x 3 (E would be 60).
    text = "name type status fixed_cost\nS supplier - -\nD dc consider 100\nE dc - -"
    return network(facilities=text, lanes=TWO_LANES, inventory="facility initial\nD 1"), 129


@case
def cover_of_half_a_period() -> tuple[Tables, float | str]:
    # Stock at the end of P1 is half of P2's 20, of P2 half of 20 again (the last period repeats). Bought: 20 + 20.
    # 40 x 1 + 30 x 2 + storage 20 x 1.
    return network(
        periods=TWO_PERIODS,
        demand="customer period quantity\nC P1 10\nC P2 20",
        inventory="facility cover_days storage_cost\nD 15 1",
    ), 120


@case
def cover_of_one_and_a_half_periods() -> tuple[Tables, float | str]:
    # 45 days of 30: P1 20 + 15 = 35, P2 30 + 15 = 45, P3 30 + 15 = 45. Bought 60 + 45 = 105. 105 + 120 + storage 125.
    return network(
        periods="name days\nP1 30\nP2 30\nP3 30",
        demand="customer period quantity\nC P1 10\nC P2 20\nC P3 30",
        inventory="facility cover_days storage_cost\nD 45 1",
    ), 350


@case
def cover_of_periods_of_unequal_length() -> tuple[Tables, float | str]:
    # 20 days after P1: all 10 days of P2 and 10 of the 40 days of P3: 10 + 0.25 x 20 = 15.
    # After P2: 20 of P3's 40 days: 10. After P3: again 10. Bought 40 + 10 = 50. 50 + 80.
    return network(
        periods="name days\nP1 30\nP2 10\nP3 40",
        demand="customer period quantity\nC P1 10\nC P2 10\nC P3 20",
        inventory="facility cover_days storage_cost\nD 20 1",
    ), 50 + 80 + 15 + 10 + 10


@case
def blank_product_in_inventory_is_for_each() -> tuple[Tables, float | str]:
    # 2 of each product must stay: (10 + 2) x 1 + 10 x 2 twice.
    return network(
        products=TWO_PRODUCTS,
        demand="customer product quantity\nC A 10\nC B 10",
        inventory="facility min_stock\nD 2",
    ), 64


# ------------------------------------------------------------------------------------------------------------ customers


@case
def unmet_demand_at_its_price() -> tuple[Tables, float | str]:
    return network(demand="customer quantity unmet_cost\nC 10 2.5"), 25


@case
def unmet_demand_when_short() -> tuple[Tables, float | str]:
    # 6 can be bought: 6 x 3 + 4 x 9.
    return network(supply="facility capacity\nS 6", demand="customer quantity unmet_cost\nC 10 9"), 54


@case
def single_source_takes_one_facility() -> tuple[Tables, float | str]:
    # D passes 6. Together with E: 42. Alone: D 6 x 3 + 4 x 11 unmet = 62, E 60.
    return network(
        facilities="name type capacity\nS supplier -\nD dc 6\nE dc -",
        lanes=TWO_LANES,
        customers="name single_source\nC yes",
        demand="customer quantity unmet_cost\nC 10 11",
    ), 60


@case
def single_source_may_leave_a_part_unmet() -> tuple[Tables, float | str]:
    # As above with a price of 10: D 18 + 40 = 58.
    return network(
        facilities="name type capacity\nS supplier -\nD dc 6\nE dc -",
        lanes=TWO_LANES,
        customers="name single_source\nC yes",
        demand="customer quantity unmet_cost\nC 10 10",
    ), 58


@case
def single_source_holds_for_all_products_together() -> tuple[Tables, float | str]:
    # A is cheap by D (1, E 5), B by E (2, D 5). All by D: 20 + 10 + 50 = 80. All by E: 20 + 50 + 20 = 90.
    return network(
        products=TWO_PRODUCTS,
        facilities="name type\nS supplier\nD dc\nE dc",
        lanes="origin destination product unit_cost\nS D - 1\nS E - 1\nD C A 1\nD C B 5\nE C A 5\nE C B 2",
        customers="name single_source\nC yes",
        demand="customer product quantity\nC A 10\nC B 10",
    ), 80


@case
def single_source_by_several_modes() -> tuple[Tables, float | str]:
    # D sends 6 by rail at 2 and 4 by road at 3: 10 + 12 + 12.
    return network(
        lanes="origin destination mode unit_cost capacity\nS D - 1 -\nD C rail 2 6\nD C road 3 -",
        customers="name single_source\nC yes",
    ), 34


@case
def single_source_may_change_with_the_period() -> tuple[Tables, float | str]:
    # D in P1 (30); in P2 its lane costs 9 and E serves (60).
    return network(
        periods=TWO_PERIODS,
        facilities="name type\nS supplier\nD dc\nE dc",
        lanes="origin destination period unit_cost\nS D - 1\nD C - 2\nD C P2 9\nS E - 1\nE C - 5",
        customers="name single_source\nC yes",
    ), 90


SPEEDS = "origin destination mode unit_cost days\nS D - 1 -\nD C slow 1 5\nD C air 4 1"


@case
def promise_share_of_what_is_delivered() -> tuple[Tables, float | str]:
    # 6 of 10 within 2 days (0.5 + 1 by air): 10 + 24 + 4.
    return network(
        facilities="name type processing_days\nS supplier -\nD dc 0.5",
        lanes=SPEEDS,
        demand="customer quantity promise_days promise_share\nC 10 2 0.6",
    ), 38


@case
def promise_of_the_customer_is_the_default() -> tuple[Tables, float | str]:
    # All 10 by air: 10 + 40.
    return network(lanes=SPEEDS, customers="name promise_days\nC 2"), 50


@case
def promise_of_the_row_goes_before_the_customer() -> tuple[Tables, float | str]:
    text = "customer quantity promise_days\nC 10 5"
    return network(lanes=SPEEDS, customers="name promise_days\nC 2", demand=text), 20


@case
def promise_counts_processing_days() -> tuple[Tables, float | str]:
    # 1.5 + 1 days by air is past 2.
    text = "name type processing_days\nS supplier -\nD dc 1.5"
    return network(facilities=text, lanes=SPEEDS, customers="name promise_days\nC 2"), "infeasible"


@case
def promise_that_cannot_be_kept_leaves_all_unmet() -> tuple[Tables, float | str]:
    return network(
        facilities="name type processing_days\nS supplier -\nD dc 1.5",
        lanes=SPEEDS,
        demand="customer quantity promise_days promise_share unmet_cost\nC 10 2 0.1 10",
    ), 100


# --------------------------------------------------------------------------------------------------------------- supply


@case
def supply_cost_and_capacity() -> tuple[Tables, float | str]:
    # 6 from S at 1 + 3, 4 from R at 3 + 3.
    return network(
        facilities="name type\nS supplier\nR plant\nD dc",
        lanes="origin destination unit_cost\nS D 1\nR D 1\nD C 2",
        supply="facility capacity unit_cost\nS 6 1\nR - 3",
    ), 48


@case
def supply_min_quantity() -> tuple[Tables, float | str]:
    # R sells 7 or more: 3 x 4 + 7 x 6.
    return network(
        facilities="name type\nS supplier\nR supplier\nD dc",
        lanes="origin destination unit_cost\nS D 1\nR D 1\nD C 2",
        supply="facility min_quantity unit_cost\nS - 1\nR 7 3",
    ), 54


@case
def supply_min_quantity_only_while_open() -> tuple[Tables, float | str]:
    return network(
        facilities="name type status\nS supplier -\nR supplier consider\nD dc -",
        lanes="origin destination unit_cost\nS D 1\nR D 1\nD C 2",
        supply="facility min_quantity unit_cost\nS - 1\nR 7 3",
    ), 40


@case
def supply_lists_the_products_sold() -> tuple[Tables, float | str]:
    return network(
        products=TWO_PRODUCTS,
        supply="facility product\nS A",
        demand="customer product quantity\nC A 10\nC B 1",
    ), "infeasible"


@case
def blank_product_in_supply_is_for_each() -> tuple[Tables, float | str]:
    return network(
        products=TWO_PRODUCTS,
        supply="facility capacity\nS 10",
        demand="customer product quantity\nC A 10\nC B 10",
    ), 60


@case
def supply_overridden_cell_by_cell() -> tuple[Tables, float | str]:
    # P2 costs 4 a unit and keeps the capacity of 10: P1 10 x 4, P2 10 x 7 + 2 unmet x 20.
    return network(
        periods=TWO_PERIODS,
        supply="facility period capacity unit_cost\nS - 10 1\nS P2 - 4",
        demand="customer period quantity unmet_cost\nC - 10 20\nC P2 12 -",
    ), 150


# ---------------------------------------------------------------------------------------------------------------- lanes


@case
def product_row_is_a_lane_of_its_own() -> tuple[Tables, float | str]:
    # The row of B replaces the blank one for B: 5 of A fit the capacity of 5, B goes at 4 without it. 15 + 10 + 40.
    return network(
        products=TWO_PRODUCTS,
        lanes="origin destination product unit_cost capacity\nS D - 1 -\nD C - 2 5\nD C B 4 -",
        demand="customer product quantity\nC A 5\nC B 10",
    ), 65


@case
def blank_product_row_counts_all_products() -> tuple[Tables, float | str]:
    # 8 units of A and B on the cheap lane, the other 2 by road at 3 more.
    return network(
        products=TWO_PRODUCTS,
        lanes="origin destination mode unit_cost capacity\nS D - 1 -\nD C rail 2 8\nD C road 5 -",
        demand="customer product quantity\nC A 5\nC B 5",
    ), 36


@case
def lane_capacity_in_volume() -> tuple[Tables, float | str]:
    # 6 of volume are 6 of B (1 each) rather than 3 of A (2 each): A all by road, B 6 by rail and 4 by road at 3 more.
    return network(
        products=TWO_PRODUCTS,
        lanes=(
            "origin destination mode unit_cost capacity capacity_unit\nS D - 1 - -\nD C rail 2 6 volume\nD C road 5 - -"
        ),
        demand="customer product quantity\nC A 10\nC B 10",
    ), 60 + 30 + 12


@case
def closed_product_row_stops_its_product() -> tuple[Tables, float | str]:
    return network(
        products=TWO_PRODUCTS,
        lanes="origin destination product unit_cost status\nS D - 1 -\nD C - 2 -\nD C B - closed",
        demand="customer product quantity unmet_cost\nC A 10 90\nC B 1 90",
    ), 120


@case
def lane_overridden_cell_by_cell() -> tuple[Tables, float | str]:
    # P2 costs 5 and keeps the capacity of 9: P1 9 x 3 + 20, P2 9 x 6 + 20.
    return network(
        periods=TWO_PERIODS,
        lanes="origin destination period unit_cost capacity\nS D - 1 -\nD C - 2 9\nD C P2 5 -",
        demand="customer quantity unmet_cost\nC 10 20",
    ), 121


@case
def lane_closed_in_one_period() -> tuple[Tables, float | str]:
    # P1 by rail 30, P2 by road 60.
    return network(
        periods=TWO_PERIODS,
        lanes=(
            "origin destination mode period unit_cost status\nS D - - 1 -\nD C rail - 2 -\n"
            "D C rail P2 - closed\nD C road - 5 -"
        ),
    ), 90


@case
def lane_fixed_cost_not_worth_it() -> tuple[Tables, float | str]:
    # Rail 20 + 30 fixed against road 40: 10 + 40.
    text = "origin destination mode unit_cost fixed_cost\nS D - 1 -\nD C rail 2 30\nD C road 4 -"
    return network(lanes=text), 50


@case
def lane_fixed_cost_worth_it() -> tuple[Tables, float | str]:
    # Demand 20: rail 40 + 30 against road 80. 20 + 70.
    text = "origin destination mode unit_cost fixed_cost\nS D - 1 -\nD C rail 2 30\nD C road 4 -"
    return network(lanes=text, demand="customer quantity\nC 20"), 90


@case
def lane_min_flow_is_all_or_nothing() -> tuple[Tables, float | str]:
    # Rail wants 12 or nothing: road at 3. 10 + 30.
    text = "origin destination mode unit_cost min_flow\nS D - 1 -\nD C rail 1 12\nD C road 3 -"
    return network(lanes=text), 40


@case
def lane_min_flow_in_weight() -> tuple[Tables, float | str]:
    # 10 units of A weigh 40: rail's 12 of weight are 3 units, so rail may go. 10 + 10.
    return network(
        products="name weight volume\nA 4 1",
        lanes=(
            "origin destination mode unit_cost min_flow capacity_unit\nS D - 1 - -\n"
            "D C rail 1 12 weight\nD C road 3 - -"
        ),
    ), 20


@case
def lane_min_flow_into_unbounded_stock() -> tuple[Tables, float | str]:
    # S is unlimited and D may keep stock, so only floor_bound bounds the lane.
    # 25 by rail at 0.1 beat 10 by road at 3: 2.5 + 20.
    return network(
        lanes="origin destination mode unit_cost min_flow\nS D rail 0.1 25\nS D road 3 -\nD C - 2 -",
        inventory="facility\nD",
    ), 22.5


@case
def whole_vehicles() -> tuple[Tables, float | str]:
    # 10 units need 3 vehicles of 4, at 5.
    text = "origin destination unit_cost vehicle_capacity vehicle_cost\nS D 1 - -\nD C 2 4 5"
    return network(lanes=text), 45


@case
def whole_vehicles_and_another_mode() -> tuple[Tables, float | str]:
    # 2 full vehicles (8 x 2 + 10) and 2 units by road at 4: 10 + 26 + 8 = 44, against 45 with a third vehicle.
    return network(
        lanes=(
            "origin destination mode unit_cost vehicle_capacity vehicle_cost\nS D - 1 - -\n"
            "D C rail 2 4 5\nD C road 4 - -"
        )
    ), 44


@case
def vehicles_by_weight() -> tuple[Tables, float | str]:
    # 10 units weigh 40: 4 vehicles of 12, at 5.
    return network(
        products="name weight volume\nA 4 1",
        lanes=(
            "origin destination unit_cost vehicle_capacity vehicle_cost capacity_unit\nS D 1 - - -\nD C 2 12 5 weight"
        ),
    ), 50


LATE = {
    "periods": TWO_PERIODS,
    "lanes": "origin destination period unit_cost lead_periods\nS D - 1 1\nS D P1 3 -\nD C - 2 -",
}


@case
def lead_time_is_paid_when_goods_leave() -> tuple[Tables, float | str]:
    # Shipped in P1 at 3 to arrive in P2, where D handles it at 1 (it would be 9 in P1) and is open (100, only in P2).
    return network(
        **LATE,
        facilities=(
            "name period type status fixed_cost handling_cost\nS - supplier - - -\nD - dc consider 100 9\nD P2 - - - 1"
        ),
        demand="customer period quantity\nC P2 10",
    ), 30 + 20 + 10 + 100


@case
def lead_time_is_too_long() -> tuple[Tables, float | str]:
    return network(**LATE), "infeasible"


@case
def nothing_is_shipped_to_arrive_after_the_horizon() -> tuple[Tables, float | str]:
    # S must sell 5 in P2, but what leaves then arrives too late.
    return network(
        **LATE,
        supply="facility period min_quantity\nS - -\nS P2 5",
        demand="customer period quantity\nC P2 10",
        inventory="facility\nD",
    ), "infeasible"


# ---------------------------------------------------------------------------------------------------------------- rates


def carded(rates: str, **tables: str) -> Tables:
    """Give D at (0, 0) and C one degree east of it, joined by a rate card; S -> D costs 1 and the demand is 10."""
    usual = {
        "facilities": "name type latitude longitude\nS supplier 50 50\nD dc 0 0",
        "customers": "name latitude longitude\nC 0 1",
        "lanes": "origin destination unit_cost\nS D 1",
        "rates": rates,
    }
    return network(**{**usual, **tables})


@case
def rate_of_base_and_distance() -> tuple[Tables, float | str]:
    text = "origin_type destination_type base_cost cost_per_distance\ndc customer 1 0.01"
    return carded(text), 10 + 10 * (1 + 0.01 * DEGREE)


@case
def rate_by_names() -> tuple[Tables, float | str]:
    return carded("origin destination mode base_cost\nD C parcel 3"), 40


@case
def rate_min_charge() -> tuple[Tables, float | str]:
    # 1 + 0.01 x 111 = 2.1 is below 5.
    text = "origin_type destination_type base_cost cost_per_distance min_charge\ndc customer 1 0.01 5"
    return carded(text), 60


@case
def rate_distance_factor() -> tuple[Tables, float | str]:
    text = "origin_type destination_type cost_per_distance distance_factor\ndc customer 0.01 1.2"
    return carded(text), 10 + 10 * 0.01 * 1.2 * DEGREE


@case
def rate_distance_factor_of_the_settings() -> tuple[Tables, float | str]:
    text = "origin_type destination_type cost_per_distance\ndc customer 0.01"
    return carded(text, settings="key value\ndistance_factor 1.3"), 10 + 10 * 0.01 * 1.3 * DEGREE


@case
def rate_in_miles() -> tuple[Tables, float | str]:
    text = "origin_type destination_type cost_per_distance\ndc customer 0.01"
    return carded(text, settings="key value\ndistance_unit mi"), 10 + 10 * 0.01 * DEGREE / 1.609344


@case
def rate_per_weight() -> tuple[Tables, float | str]:
    # A weighs 4 and B 1: (5 x 4 + 5 x 1) x 2 + 10.
    return carded(
        "origin_type destination_type base_cost per\ndc customer 2 weight",
        products=TWO_PRODUCTS,
        demand="customer product quantity\nC A 5\nC B 5",
    ), 60


@case
def rate_per_volume() -> tuple[Tables, float | str]:
    # A takes 2 and B 1: (5 x 2 + 5 x 1) x 2 + 10.
    return carded(
        "origin_type destination_type base_cost per\ndc customer 2 volume",
        products=TWO_PRODUCTS,
        demand="customer product quantity\nC A 5\nC B 5",
    ), 40


@case
def rate_per_vehicle() -> tuple[Tables, float | str]:
    # 3 vehicles of 4 at 7, whatever is on them.
    return carded("origin_type destination_type base_cost per vehicle_capacity\ndc customer 7 vehicle 4"), 31


@case
def rate_distance_bands() -> tuple[Tables, float | str]:
    # C is 111 km away: the second band, though the first one is cheaper.
    return carded(
        "origin_type destination_type base_cost distance_from distance_to\ndc customer 1 - 100\ndc customer 4 100 -"
    ), 50


@case
def rate_speed_and_promise() -> tuple[Tables, float | str]:
    # 111 km at 50 a day take 2.2 days, at 100 a day 1.1: only the dear one keeps a promise of 2.
    return carded(
        "origin_type destination_type mode base_cost speed\ndc customer road 1 50\ndc customer air 6 100",
        demand="customer quantity promise_days\nC 10 2",
    ), 70


# ------------------------------------------------------------------------------------------------------- other statuses


@case
def unbounded() -> tuple[Tables, float | str]:
    # S pays 5 for every unit taken, and D may keep as much as it likes.
    return network(supply="facility unit_cost\nS -5", inventory="facility\nD"), "unbounded"


@case
def refused_table() -> tuple[Tables, float | str]:
    return network(recipes="output_product input_product quantity\nA B 1"), "refused"


@case
def refused_name() -> tuple[Tables, float | str]:
    return network(demand="customer quantity\nX 10"), "refused"


# ---------------------------------------------------------------------------------------------------------------- tests


@pytest.fixture(scope="session")
def answers() -> dict[str, dict[str, Any]]:
    """Solve every case in one child process."""
    return dict(zip(CASES, solve_many_in_subprocess([make()[0] for make in CASES.values()]), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_hand_calculated_optimum(name: str, answers: dict[str, dict[str, Any]]) -> None:
    expected, answer = CASES[name]()[1], answers[name]
    if isinstance(expected, str):
        assert answer["status"] == expected
        return
    assert answer["status"] == "optimal", answer
    assert answer["cost"] == pytest.approx(expected, rel=1e-7)
    assert answer["bound"] == pytest.approx(expected, rel=1e-6)
    assert sum(answer["buckets"].values()) == pytest.approx(expected, rel=1e-7)


def test_buckets_and_lists(answers: dict[str, dict[str, Any]]) -> None:
    answer = answers["lead_time_is_paid_when_goods_leave"]
    assert answer["buckets"] == pytest.approx(
        {
            "transport": 50, "vehicles": 0, "handling": 10, "storage": 0,
            "site": 100, "lane": 0, "supply": 0, "unmet": 0,
        }
    )  # fmt: skip
    assert answer["open_sites"] == {"P1": ["S"], "P2": ["S", "D"]}
    assert [(f["origin"], f["period"], f["quantity"]) for f in answer["flows"]] == [("S", "P1", 10), ("D", "P2", 10)]
    assert answers["whole_vehicles"]["buckets"]["vehicles"] == pytest.approx(15)
    assert answers["whole_vehicles"]["vehicles"][0]["quantity"] == pytest.approx(3)
    assert answers["lane_fixed_cost_worth_it"]["buckets"]["lane"] == pytest.approx(30)
    assert answers["supply_cost_and_capacity"]["buckets"]["supply"] == pytest.approx(18)
    assert answers["unmet_demand_when_short"]["buckets"]["unmet"] == pytest.approx(36)
    assert answers["unmet_demand_when_short"]["unmet"][0]["quantity"] == pytest.approx(4)
    assert answers["stock_carried_to_the_next_period"]["buckets"]["storage"] == pytest.approx(5)
    assert answers["stock_carried_to_the_next_period"]["stocks"][0]["quantity"] == pytest.approx(5)


def test_command_line_reads_json(tmp_path: Path) -> None:
    rows = {
        name: table.astype(object).where(table.notna(), None).to_dict("records") for name, table in network().items()
    }
    file = tmp_path / "network.json"
    file.write_text(json.dumps(rows))
    script = Path(__file__).with_name("oracle.py")
    child = subprocess.run([sys.executable, str(script), str(file)], capture_output=True, text=True, check=True)
    assert json.loads(child.stdout)["cost"] == pytest.approx(30)


def test_refusal_is_an_error() -> None:
    with pytest.raises(ValueError, match="not cover"):
        solve_in_subprocess(CASES["refused_table"]()[0])


def test_random_networks_repeat_themselves() -> None:
    for seed in range(5):
        one, two = random_network(seed), random_network(seed)
        assert list(one) == list(two)
        for name in one:
            pd.testing.assert_frame_equal(one[name], two[name])


def test_random_networks_with_a_fault_are_infeasible() -> None:
    made = [random_network(seed, broken=fault) for seed in range(6) for fault in FAULTS]
    assert [answer["status"] for answer in solve_many_in_subprocess(made)] == ["infeasible"] * len(made)


def test_random_networks_are_mostly_feasible_and_never_refused() -> None:
    made = [random_network(seed, broken=None) for seed in range(30)]
    statuses = [answer["status"] for answer in solve_many_in_subprocess(made)]
    assert set(statuses) <= {"optimal", "infeasible"}
    assert statuses.count("optimal") >= 18


def test_switches_are_known() -> None:
    with pytest.raises(TypeError, match="unknown switches"):
        random_network(0, teleport=True)
    for name in SWITCHES:
        random_network(0, **{name: True})
        random_network(0, **{name: False})
