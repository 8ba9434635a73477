"""Blanks, period overrides and groups mean what the contract says, through to the cost of a plan."""

import io

import pandas as pd
import pytest

import netopt


def table(text: str) -> pd.DataFrame:
    return pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)


def network(**changed: str) -> dict[str, pd.DataFrame]:
    tables = {
        "facilities": "name,type,status\nS,supplier,open\nF,fc,open\n",
        "customers": "name\nA\nB\n",
        "periods": "name,days\nP1,30\nP2,30\n",
        "demand": "customer,quantity\nA,10\nB,5\n",
        "lanes": "origin,destination,unit_cost\nS,F,1\nF,A,2\nF,B,3\n",
    }
    return {name: table(text) for name, text in (tables | changed).items()}


def cost(**changed: str) -> float:
    plan = netopt.solve(network(**changed), gap=0)
    assert plan.status == "optimal"
    assert plan.audit().empty
    return plan.cost


BOTH_PERIODS = 2 * (10 * (1 + 2) + 5 * (1 + 3))


def test_a_row_without_a_period_holds_in_every_period():
    assert cost() == pytest.approx(BOTH_PERIODS)


def test_a_blank_cell_of_a_period_row_keeps_the_value_of_the_row_it_overrides():
    # in P2 A may go unmet for 2.5 a unit, cheaper than 3; the quantity stays 10
    demand = "customer,period,quantity,unmet_cost\nA,,10,\nA,P2,,2.5\nB,,5,\n"
    assert cost(demand=demand) == pytest.approx(BOTH_PERIODS - 10 * 0.5)


def test_a_period_row_without_a_blank_one_holds_in_its_period_alone():
    assert cost(demand="customer,period,quantity\nA,P2,10\n") == pytest.approx(10 * 3)


def test_a_period_row_may_make_a_lane_useless_in_its_period():
    # in P2 the truck holds 11, less than its least load of 12, so air serves: 15 * 4 instead of 15 * 1
    lanes = (
        "origin,destination,mode,period,unit_cost,capacity,min_flow\n"
        "S,F,truck,,1,20,12\nS,F,truck,P2,,11,\nS,F,air,,4,,\nF,A,,,2,,\nF,B,,,3,,\n"
    )
    assert cost(lanes=lanes) == pytest.approx(BOTH_PERIODS + 15 * 3)


def test_a_lane_row_with_a_product_replaces_the_blank_one_for_that_product():
    lanes = "origin,destination,product,unit_cost\nS,F,,1\nS,F,tea,7\nF,A,,2\nF,B,,3\n"
    products = "name\ntea\npot\n"
    demand = "customer,product,quantity\nA,tea,10\nA,pot,10\n"
    assert cost(lanes=lanes, products=products, demand=demand) == pytest.approx(2 * (10 * (7 + 2) + 10 * (1 + 2)))


def test_a_blank_product_in_demand_means_that_quantity_of_each_product():
    assert cost(products="name\ntea\npot\n") == pytest.approx(2 * BOTH_PERIODS)


def test_a_group_stands_for_each_of_its_members_and_a_row_for_one_wins():
    lanes = "origin,destination,unit_cost\nS,F,1\nF,all,2\nF,B,3\n"
    groups = "name,member\nall,A\nall,B\n"
    assert cost(lanes=lanes, groups=groups) == pytest.approx(BOTH_PERIODS)


def test_groups_at_both_ends_are_every_pair_of_members_in_the_order_of_the_rows():
    tables = network(
        facilities="name,type\nS,supplier\nT,supplier\nF,fc\nG,fc\n",
        lanes="origin,destination,mode,period,unit_cost\nboth,fcs,,,1\nF,all,air,,2\nG,B,air,,3\nG,B,air,late,4\n",
        groups="name,member\nboth,S\nboth,T\nfcs,F\nfcs,G\nall,A\nall,B\nlate,P2\n",
    )
    found = netopt.read(tables)
    lanes, names = found.lanes, found.places.names.array
    assert list(zip(names[lanes.origin], names[lanes.destination], lanes.row.tolist(), strict=True)) == [
        ("S", "F", 2), ("S", "G", 2), ("T", "F", 2), ("T", "G", 2), ("F", "A", 3), ("F", "B", 3), ("G", "B", 4),
    ]  # fmt: skip
    last = found.flows.lane == 6
    assert found.flows.unit_cost[last].tolist() == [3, 4]
    assert lanes.modes.array[lanes.mode].tolist() == ["", "", "", "", "air", "air", "air"]


def test_two_groups_that_bring_the_same_key_are_refused():
    lanes = "origin,destination,unit_cost\nS,F,1\nF,all,2\nF,some,3\n"
    groups = "name,member\nall,A\nall,B\nsome,B\n"
    with pytest.raises(netopt.InputError, match="the same"):
        netopt.read(network(lanes=lanes, groups=groups))


@pytest.mark.parametrize(
    ("rates", "per_unit"),
    [
        ("origin_type,mode,base_cost\nfc,g,2\n", 2),
        ("origin_type,mode,base_cost,min_charge\nfc,g,2,5\n", 5),
        ("origin_type,mode,base_cost,per\nfc,g,2,weight\n", 6),
        ("origin_type,mode,base_cost,per\nfc,g,2,volume\n", 8),
        ("origin_type,mode,origin,base_cost\nfc,g,,2\n,g,F,3\n", 3),  # a named place beats a type
        ("origin_type,mode,base_cost\nfc,g,5\n,g,4\n", 3),  # every facility may ship: S itself for 4, not 1 + 4
        ("origin_type,mode,base_cost,weight_from,weight_to\nfc,g,2,,3\nfc,g,4,3,\n", 4),  # 3 is not below 3
    ],
)
def test_a_rate_card_prices_every_pair_that_fits(rates, per_unit):
    lanes = "origin,destination,unit_cost\nS,F,1\n"
    products = "name,weight,volume\ntea,3,4\n"
    assert cost(rates=rates, lanes=lanes, products=products) == pytest.approx(2 * 15 * (1 + per_unit))


def test_a_typed_lane_takes_its_blank_cost_from_the_card_and_keeps_what_it_states():
    lanes = "origin,destination,mode,unit_cost,distance\nS,F,,1,\nF,A,g,,10\nF,B,g,9,\n"
    rates = "mode,origin,destination,base_cost,cost_per_distance\ng,F,A,1,0.5\n"
    assert cost(lanes=lanes, rates=rates) == pytest.approx(2 * (10 * (1 + 1 + 5) + 5 * (1 + 9)))


def test_a_limit_on_flow_counts_what_leaves_its_sites_for_its_customers():
    lanes = "origin,destination,mode,unit_cost\nS,F,,1\nF,A,,2\nF,B,,3\nS,A,direct,9\nS,B,direct,9\n"
    limits = "what,where,type,at_most\nflow,A,fc,4\n"
    # 6 of A's 10 go direct for 9 instead of 3, in both periods
    assert cost(lanes=lanes, limits=limits) == pytest.approx(BOTH_PERIODS + 2 * 6 * 6)
