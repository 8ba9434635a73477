"""Why there is no plan and what would mend it, in the sentences that analysts read."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netopt.errors import InputError
from netopt.formulation import build
from netopt.network import Network, read
from netopt.plan.diagnosis import Diagnosis, diagnose
from netopt.solve import Control, solve_program
from tests.network.infeasible import TWO_WEEKS, lanes, sites, tea

ROOT = Path(__file__).resolve().parents[2]
ORACLE = str(ROOT / "tests" / "oracle")
BOISE = "demand table row 2: Boise wants 100 units of tea a week (no unmet_cost)"
AUSTIN = "demand table row 3: Austin wants 50 units of tea a week (no unmet_cost)"


def diagnosed(network: Network) -> Diagnosis:
    return diagnose(network, build(network))


def test_a_network_with_a_plan():
    diagnosis = diagnosed(tea())
    assert not diagnosis.infeasible
    assert diagnosis.decided
    assert diagnosis.words() == ["There is a plan."]
    assert diagnosis.repair.empty


def test_tiny_infeasible():
    diagnosis = diagnosed(read(ROOT / "data" / "tiny-infeasible" / "network.csv"))
    assert diagnosis.words() == [
        "There is no plan.",
        "  Boise, Phoenix and Austin need 500 units of tea a week; only 300 can reach them: Reno 200 + Dallas 100",
        "The least change that allows a plan:",
        "  raise Reno's capacity by 180 to 380 (network.csv row 3)",
        "  raise Dallas's capacity by 20 to 120 (network.csv row 4)",
        "The network then costs 4,300 USD.",
    ]
    assert diagnosis.units == pytest.approx(200)
    assert "network.csv row 3: Reno may take in at most 200 units a week (capacity)" in diagnosis.clash


def case(network: Network, clash: list[str], changes: list[str], cost: float) -> Diagnosis:
    diagnosis = diagnosed(network)
    assert diagnosis.infeasible
    assert sorted(diagnosis.clash) == sorted(clash)
    assert list(diagnosis.changes) == changes
    assert diagnosis.cost == pytest.approx(cost)
    json.dumps(diagnosis.to_json(), allow_nan=False)
    assert len(diagnosis.words()) <= 15
    return diagnosis


def test_limit_on_sites():
    facilities = sites(Reno={"capacity": 110}, Dallas={"capacity": 120})
    case(
        tea(facilities=facilities, limits=[{"what": "open_sites", "type": "fc", "at_most": 1}]),
        [
            BOISE,
            AUSTIN,
            "limits table row 2: open_sites (type fc) at most 1",
            "facilities table row 4: Dallas may take in at most 120 units a week (capacity)",
        ],
        ["raise Dallas's capacity by 30 to 150 (facilities table row 4)"],
        20 + 150 * 2 + 100 * 3 + 50,
    )


@pytest.mark.parametrize("status", ["consider", "open"])
def test_min_throughput(status):
    diagnosis = diagnosed(tea(facilities=sites(Dallas={"status": status, "min_throughput": 400})))
    rule = "facilities table row 4: Dallas must take in at least 400 units a week if open (min_throughput)"
    other = AUSTIN if status == "consider" else "facilities table row 4: Dallas is open (status)"
    assert set(diagnosis.clash) == {rule, other}
    assert diagnosis.changes == ("lower Dallas's min_throughput by 250 to 150 (facilities table row 4)",)
    assert bool(diagnosis.reasons) == (status == "open")


def test_min_stock_and_storage():
    network = tea(
        inventory=[{"facility": "Dallas", "product": "tea", "min_stock": 200}],
        facilities=sites(Dallas={"storage_capacity": 150}),
    )
    case(
        network,
        [
            AUSTIN,
            "inventory table row 2: Dallas must keep in stock at least 200 units of tea (min_stock)",
            "facilities table row 4: Dallas may store at most 150 units (storage_capacity)",
        ],
        ["lower min_stock of tea at Dallas by 50 to 150 (inventory table row 2)"],
        10 + 20 + 100 + 100 + 200 * 2 + 50,
    )


def test_cover():
    network = tea(
        inventory=[{"facility": "Dallas", "product": "tea", "cover_days": 14}],
        supply=[{"facility": "Oakland", "capacity": 200}],
    )
    diagnosis = case(
        network,
        [
            BOISE,
            AUSTIN,
            "supply table row 2: Oakland can sell at most 200 units of tea a week (capacity)",
            "inventory table row 2: Dallas must keep stock of tea for 14 days (cover_days)",
        ],
        ["lower cover_days of tea at Dallas, where stock is 50 units short (inventory table row 2)"],
        10 + 20 + 100 + 100 + 100 * 2 + 50,
    )
    assert np.isnan(diagnosis.repair["to"].iloc[0])


def test_min_flow():
    case(
        tea(lanes=lanes(Dallas_Austin={"min_flow": 80})),
        [AUSTIN, "lanes table row 6: Dallas to Austin carries at least 80 units a week if used (min_flow)"],
        ["lower min_flow of Dallas to Austin by 30 to 50 (lanes table row 6)"],
        20 + 300,
    )


def test_lane_capacity():
    diagnosis = case(
        tea(lanes=lanes(Dallas_Austin={"capacity": 30})),
        [AUSTIN, "lanes table row 6: Dallas to Austin carries at most 30 units a week (capacity)"],
        ["raise capacity of Dallas to Austin by 20 to 50 (lanes table row 6)"],
        20 + 300,
    )
    row = diagnosis.repair.iloc[0]
    assert (row["source"], row["row"], row["change"], row["from"], row["to"]) == ("lanes table", 6, 20, 30, 50)


def test_capacity_shared_by_products():
    network = tea(
        products=[{"name": "tea"}, {"name": "salt"}],
        demand=[{"customer": "Austin", "product": k, "quantity": 50} for k in ("tea", "salt")],
        lanes=lanes(Dallas_Austin={"capacity": 80, "fixed_cost": 5}),
    )
    diagnosis = diagnosed(network)
    assert diagnosis.changes == ("raise capacity of Dallas to Austin by 20 to 100 (lanes table row 6)",)
    assert diagnosis.cost == pytest.approx(20 + 5 + 100 * 2)


def test_vehicles_may_be_more_than_the_old_capacity_asked_for():
    network = tea(
        facilities=sites(Dallas={"capacity": 10}),
        lanes=lanes(Oakland_Dallas={"vehicle_capacity": 10, "vehicle_cost": 1}),
    )
    diagnosis = diagnosed(network)
    assert diagnosis.changes == ("raise Dallas's capacity by 40 to 50 (facilities table row 4)",)
    assert diagnosis.cost == pytest.approx(30 + 2 * 150 + 5)


def test_single_source():
    network = tea(
        customers=[{"name": "Boise", "single_source": "yes"}, {"name": "Austin"}],
        facilities=sites(Reno={"capacity": 90}, Dallas={"capacity": 120}),
    )
    case(
        network,
        [
            BOISE,
            AUSTIN,
            "customers table row 2: Boise wants one source (single_source)",
            "facilities table row 3: Reno may take in at most 90 units a week (capacity)",
            "facilities table row 4: Dallas may take in at most 120 units a week (capacity)",
        ],
        ["raise Reno's capacity by 10 to 100 (facilities table row 3)"],
        10 + 20 + 200 + 150,
    )


def test_promise():
    demand = [{"customer": "Boise", "product": "tea", "quantity": 100, "promise_days": 2}]
    diagnosis = diagnosed(tea(demand=demand, lanes=lanes(Reno_Boise={"days": 3}, Dallas_Boise={"days": 5})))
    assert (
        diagnosis.words()[1] == "  Boise is promised tea within 2 days, but the quickest way, from Reno, takes 3 days"
    )
    assert set(diagnosis.clash) == {BOISE, "demand table row 2: Boise is promised tea within 2 days"}
    assert diagnosis.changes == ("lower promise_share of Boise of tea by 1 to 0 (demand table row 2)",)
    assert diagnosis.cost == pytest.approx(10 + 200)


def test_min_quantity_and_flow_that_nobody_wants():
    diagnosis = diagnosed(tea(supply=[{"facility": "Oakland", "min_quantity": 180}]))
    assert diagnosis.words()[1:3] == [
        "This cannot hold:",
        "  supply table row 2: Oakland must sell at least 180 units of tea a week (min_quantity)",
    ]
    assert diagnosis.changes == ("lower min_quantity of tea at Oakland by 30 to 150 (supply table row 2)",)
    diagnosis = diagnosed(tea(limits=[{"what": "flow", "where": "Reno", "at_least": 120}]))
    assert diagnosis.changes == ("lower at_least of flow (where Reno) by 20 to 100 (limits table row 2)",)


def test_what_cannot_be_reached_is_not_delivered():
    rows = [row for row in lanes() if row["destination"] != "Austin"]
    diagnosis = case(
        tea(lanes=rows), [AUSTIN], ["lower Austin's demand for tea by 50 to 0 (demand table row 3)"], 10 + 200
    )
    assert diagnosis.words()[1] == "  no lane ends at Austin, which needs 50 units of tea a week"


def test_one_change_in_several_periods_is_said_once():
    diagnosis = diagnosed(tea(periods=TWO_WEEKS, supply=[{"facility": "Oakland", "product": "tea", "capacity": 120}]))
    assert diagnosis.changes == (
        "raise the supply capacity of tea at Oakland in each of W1 and W2 by 30 to 150 (supply table row 2)",
    )
    assert len(diagnosis.repair) == 2


def test_the_row_that_overrides_is_named():
    facilities = [*sites(), {"name": "Dallas", "period": "W2", "capacity": 20}]
    diagnosis = diagnosed(tea(periods=TWO_WEEKS, facilities=facilities))
    assert diagnosis.changes == ("raise Dallas's capacity in W2 by 30 to 50 (facilities table row 5)",)


def test_many_facts_of_a_kind_are_one_line():
    names = [f"C{i}" for i in range(30)]
    network = tea(
        customers=[{"name": name} for name in names],
        demand=[{"customer": name, "quantity": 10} for name in names],
        lanes=[*lanes()[:2], *({"origin": "Dallas", "destination": name} for name in names)],
        limits=[{"what": "flow", "where": "Oakland", "at_most": 250}],
    )
    diagnosis = diagnosed(network)
    assert diagnosis.clash[0] == "limits table row 2: flow (where Oakland) at most 250"
    assert len(diagnosis.clash) == 2
    assert "more like it" in diagnosis.clash[1]


def test_a_repaired_network_has_a_plan_at_that_cost():
    network = read(ROOT / "data" / "tiny-infeasible" / "network.csv")
    diagnosis = diagnosed(network)
    facilities = network.tables["facilities"].copy()
    for _, change in diagnosis.repair.iterrows():
        facilities.loc[change["row"], "capacity"] = change["to"]
    mended = network.replace(facilities=facilities)
    answer = solve_program(build(mended), Control())
    assert answer.status == "optimal"
    assert answer.cost == pytest.approx(diagnosis.cost, rel=1e-3)


def test_a_small_network_is_explained_even_when_the_time_is_up():
    network = tea(lanes=lanes(Dallas_Austin={"min_flow": 80}))
    diagnosis = diagnose(network, build(network), Control(time_limit=1e-6))
    assert diagnosis.infeasible
    assert diagnosis.clash


@pytest.mark.parametrize("switches", [{}, {"unmet": False, "inventory": 0.7}])
def test_infeasible_exactly_where_the_oracle_says_so(switches):
    if ORACLE not in sys.path:
        sys.path.insert(0, ORACLE)
    from networks import random_network
    from oracle import solve_many_in_subprocess

    networks: list[dict[str, pd.DataFrame]] = []
    said: list[bool] = []
    for seed in range(700, 725):
        tables = random_network(seed, **switches)
        try:
            network = read(tables)
        except InputError:
            continue
        networks.append(tables)
        said.append(diagnosed(network).infeasible)
    truth = solve_many_in_subprocess(networks, gap=1e-2, seconds=20)
    for guess, answer in zip(said, truth, strict=True):
        if answer["status"] in ("optimal", "infeasible"):
            assert guess == (answer["status"] == "infeasible")
    assert any(said)
