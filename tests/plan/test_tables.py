"""The tables of a plan: their columns, their figures, and no dust of the solver."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.formulation import build
from netopt.network import read
from netopt.plan.tables import PLAN_TABLES, settled
from tests.formulation.networks import PERIODS, PRODUCTS, TWO_SITES, solved, tables
from tests.plan.rich import rich_plan

COLUMNS = {
    "flows": ["origin", "destination", "mode", "product", "period", "quantity", "vehicles", "cost"],
    "sites": ["name", "type", "period", "open", "throughput", "utilization", "cost"],
    "inventory": ["facility", "product", "period", "stock", "cost"],
    "unmet": ["customer", "product", "period", "quantity", "cost"],
    "costs": ["bucket", "period", "cost"],
}
"""As in the contract, section 1; more columns may follow."""


@pytest.fixture(scope="module")
def plan() -> netopt.Plan:
    return rich_plan()


@pytest.mark.parametrize("name", COLUMNS)
def test_columns_start_as_the_contract_says(plan: netopt.Plan, name: str) -> None:
    assert plan.tables[name].columns.tolist()[: len(COLUMNS[name])] == COLUMNS[name]


def test_every_table_is_there_even_when_empty(plan: netopt.Plan) -> None:
    assert set(plan.tables) == set(PLAN_TABLES)
    assert set(solved(tables()).tables) == set(PLAN_TABLES)
    for name, columns in COLUMNS.items():
        assert set(columns) <= set(solved(tables()).tables[name].columns)


def test_flows_carry_vehicles_fixed_costs_duty_and_emissions() -> None:
    given = tables(
        products="name value weight\nA 40 4\nB 0 1",
        settings="key value\nemissions_price 0.5",
        lanes=(
            "origin destination mode unit_cost fixed_cost vehicle_capacity vehicle_cost capacity_unit duty_rate emissions\n"
            "S D truck 1 7 15 5 weight 0.1 2\nD C - 2 - - - - - -"
        ),
    )
    flows = solved(given).flows().set_index(["origin", "product"])
    # A: 10 * (1 + 4 + 1); with it the lane's 7 and 4 vehicles (50 of weight in 15s) at 5. B: 10 * (1 + 1)
    assert flows.loc[("S", "A"), "cost"] == pytest.approx(60 + 7 + 20)
    assert flows.loc[("S", "B"), "cost"] == pytest.approx(20)
    assert flows["vehicles"].to_dict() == {("S", "A"): 4, ("S", "B"): 0, ("D", "A"): 0, ("D", "B"): 0}
    assert flows.loc[("S", "A"), "emissions"] == 20


def test_sites_have_a_row_for_every_period_with_throughput_and_use() -> None:
    given = tables(
        periods=PERIODS,
        products=PRODUCTS,
        facilities=(
            "name type status initial fixed_cost opening_cost closing_cost capacity capacity_unit handling_cost cycle_days storage_cost\n"
            "S supplier - - - - - - - - - -\nD dc consider potential 5 3 - 100 weight 0.5 3 2\nE dc closed existing - - 9 - - - - -"
        ),
    )
    sites = solved(given).sites().set_index(["name", "period"])
    assert len(sites) == 6
    first = sites.loc[("D", "P1")]
    assert (first["open"], first["opened"], first["closed"]) == (1, 1, 0)
    assert first["throughput"] == 20  # units, both products
    assert first["utilization"] == pytest.approx(0.5)  # 10 * 4 + 10 of weight
    assert first["cost"] == pytest.approx(5 + 3 + 20 * 0.5 + 20 * 0.1 * 2)
    assert sites.loc[("D", "P2"), "cost"] == pytest.approx(5 + 20 * 0.5 + 20 * 0.1 * 2)
    assert sites.loc[("E", "P1"), ["open", "closed", "cost"]].tolist() == [0, 1, 9]
    assert np.isnan(sites.loc[("S", "P1"), "utilization"])


def test_inventory_has_every_period_of_what_is_carried() -> None:
    given = tables(
        periods=PERIODS, supply="facility capacity\nS 12", demand="customer period quantity\nC P1 5\nC P2 15",
        inventory="facility storage_cost\nD 2",
    )  # fmt: skip
    found = solved(given).inventory()
    assert found.to_dict("list") == {
        "facility": ["D", "D"], "product": ["product"] * 2, "period": ["P1", "P2"], "stock": [3, 0], "cost": [6, 0],
    }  # fmt: skip


def test_service_says_how_much_how_fast_and_from_where() -> None:
    given = tables(
        facilities="name type capacity processing_days\nS supplier - -\nD dc 6 1\nE dc - -",
        lanes="origin destination unit_cost days\nS D 1 -\nD C 2 1\nS E 1 -\nE C 5 4",
        customers="name\nC\nX",
        demand="customer quantity promise_days promise_share unmet_cost\nC 10 2 0.5 90\nX 3 - - 1",
    )
    service = solved(given).service().set_index("customer")
    assert service.loc["C", ["demand", "delivered", "on_time", "promise_days"]].tolist() == [10, 10, 6, 2]
    assert service.loc["C", "average_days"] == pytest.approx((6 * 2 + 4 * 4) / 10)
    assert service.loc["C", "sources"] == "D; E"  # the biggest first
    assert service.loc["X", ["demand", "delivered", "on_time"]].tolist() == [3, 0, 0]
    assert np.isnan(service.loc["X", "average_days"])
    assert service.loc["X", "sources"] == ""


def test_costs_have_every_bucket_in_every_period(plan: netopt.Plan) -> None:
    costs = plan.costs()
    assert len(costs) == costs["bucket"].nunique() * 2
    assert not costs.duplicated(["bucket", "period"]).any()


def test_types_of_columns(plan: netopt.Plan) -> None:
    assert plan.flows()["vehicles"].dtype == np.int64
    assert plan.sites()["open"].dtype == np.int64
    for name in PLAN_TABLES:
        for column in plan.tables[name].select_dtypes("number"):
            values = plan.tables[name][column].to_numpy(dtype=float)
            assert not np.isinf(values).any(), (name, column)


# ------------------------------------------------------------------------------------------------------------- settling


def program_and_values(given: dict[str, pd.DataFrame]):
    network = read(given)
    program = build(network)
    plan = solved(given)
    x = np.zeros(len(program.cost))
    x[program.columns["open"].at] = plan.sites()["open"].to_numpy(dtype=float)
    return program, network, x


GIVEN = {
    "facilities": "name type status fixed_cost\nS supplier - -\nD dc consider 5\nE dc consider 7",
    "lanes": "origin destination unit_cost fixed_cost vehicle_capacity vehicle_cost\nS D 1 4 6 2\nD C 2 - - -\nS E 1 4 6 2\nE C 5 - - -",
}


def test_dust_is_swept_and_whole_numbers_are_whole() -> None:
    program, network, x = program_and_values(tables(**GIVEN))
    flow, use, vehicles = (program.columns[name].at for name in ("flow", "use", "vehicles"))
    x[flow] = [10 + 1e-12, 10, 3e-10, 0]
    x[use] = [0.9999999, 1.0]  # the second lane is paid for and carries dust
    x[vehicles] = [3, 1]  # two would do
    found = settled(program, network, x, trim=True)
    assert found[flow].tolist() == [10 + 1e-12, 10, 0, 0]
    assert found[use].tolist() == [1, 0]
    assert found[vehicles].tolist() == [2, 0]
    assert x[use].tolist() == [0.9999999, 1.0]  # what was given is left alone


def test_a_script_s_own_rules_may_need_what_nothing_uses() -> None:
    program, network, x = program_and_values(tables(**GIVEN))
    x[program.columns["flow"].at] = [10, 10, 0, 0]
    x[program.columns["use"].at] = [1, 1]
    x[program.columns["vehicles"].at] = [3, 1]
    found = settled(program, network, x, trim=False)
    assert found[program.columns["use"].at].tolist() == [1, 1]
    assert found[program.columns["vehicles"].at].tolist() == [3, 1]


def test_what_lies_behind_a_closed_gate_is_nothing() -> None:
    program, network, x = program_and_values(tables(**GIVEN))
    flow = program.columns["flow"].at
    x[flow] = [10, 10, 1e-5, 1e-5]
    x[program.columns["use"].at] = [1, 1e-7]
    assert settled(program, network, x, trim=True)[flow].tolist() == [10, 10, 0, 0]


@pytest.mark.parametrize("size", [1e-6, 1e-3, 1.0, 1e6, 1e9])
def test_dust_is_relative_to_what_moves(size: float) -> None:
    plan = solved(tables(demand=f"customer quantity\nC {10 * size}"))
    assert plan.flows()["quantity"].tolist() == pytest.approx([10 * size] * 2)
    assert plan.cost == pytest.approx(30 * size)


def test_a_small_product_beside_a_large_one() -> None:
    # A million to one: both are delivered
    given = tables(products="name\nA\nB", demand="customer product quantity\nC A 5e5\nC B 0.5")
    assert solved(given).flows().set_index(["origin", "product"]).loc[("D", "B"), "quantity"] == pytest.approx(0.5)


def test_starts_and_stops_follow_from_what_is_open() -> None:
    given = tables(
        periods=PERIODS, lanes=TWO_SITES,
        facilities=(
            "name type status initial fixed_cost opening_cost closing_cost\nS supplier - - - - -\n"
            "D dc consider existing 5 3 -\nE dc open - - - -"
        ),
    )  # fmt: skip
    program, network, x = program_and_values(given)
    x[program.columns["starts"].at] = 1.0
    x[program.columns["stops"].at] = 1.0
    found = settled(program, network, x, trim=True)
    assert found[program.columns["starts"].at].tolist() == [0, 0]
    assert found[program.columns["stops"].at].tolist() == [0, 0]


@pytest.mark.parametrize("big", [1e9, 1e10, 1e11])
def test_one_unit_for_one_customer_beside_billions_for_another(big: float) -> None:
    usual = [f"C{at} 1000" for at in range(20)]
    customers = [line.split()[0] for line in usual] + ["BIG", "SMALL"]
    given = tables(
        customers="\n".join(["name", *customers]),
        demand="\n".join(["customer quantity", *usual, f"BIG {big}", "SMALL 1"]),
        lanes="\n".join(["origin destination unit_cost", "S D 1", *(f"D {name} 2" for name in customers)]),
    )
    flows = solved(given).flows().set_index("destination")["quantity"]
    assert flows["SMALL"] == pytest.approx(1)
    assert flows["BIG"] == pytest.approx(big)
