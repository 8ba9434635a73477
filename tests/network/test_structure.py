"""What can be proved about a network without a solver, with the sentences analysts read."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from netopt.errors import InputError
from netopt.network import read
from netopt.network.reason import listed, shown
from netopt.network.structure import structural_reasons
from tests.network.infeasible import TWO_WEEKS, lanes, sites, tea

ROOT = Path(__file__).resolve().parents[2]
ORACLE = str(ROOT / "tests" / "oracle")


def only(network):
    (reason,) = structural_reasons(network)
    return reason


def test_a_network_with_a_plan_has_no_reason():
    assert structural_reasons(tea()) == ()


@pytest.mark.parametrize("name", ["tiny", "tiny-periods", "us-retail"])
def test_no_reason_for_the_sample_data(name):
    assert structural_reasons(read(ROOT / "data" / name / "network.csv")) == ()


def test_tiny_infeasible_says_the_cut():
    reason = only(read(ROOT / "data" / "tiny-infeasible" / "network.csv"))
    assert reason.words == (
        "Boise, Phoenix and Austin need 500 units of tea a week; only 300 can reach them: Reno 200 + Dallas 100"
    )
    assert (reason.need, reason.available) == (500, 300)
    assert reason.parts == (("Reno", 200), ("Dallas", 100))
    assert reason.places == ("Boise", "Phoenix", "Austin")


# -- reachability -----------------------------------------------------------------------------------------------------


def test_no_lane_ends_there():
    rows = [row for row in lanes() if row["destination"] != "Austin"]
    reason = only(tea(lanes=rows))
    assert (reason.kind, reason.places) == ("no_lane", ("Austin",))
    assert reason.words == "no lane ends at Austin, which needs 50 units of tea a week"


def test_every_lane_is_closed():
    reason = only(tea(lanes=lanes(Dallas_Austin={"status": "closed"})))
    assert reason.kind == "closed_lane"
    assert reason.words == "Austin needs 50 units of tea a week, but every lane that ends at it is closed"


def test_no_lane_carries_the_product():
    rows = lanes(Dallas_Austin={"product": "salt"})
    reason = only(tea(products=[{"name": "tea"}, {"name": "salt"}], lanes=rows))
    assert reason.kind == "no_lane_for_product"
    assert reason.words == "Austin needs 50 units of tea a week, but no lane that ends at it carries tea"


def test_the_site_behind_is_closed():
    reason = only(tea(facilities=sites(Dallas={"status": "closed"})))
    assert reason.kind == "closed_site"
    assert (
        reason.words
        == "Austin needs 50 units of tea a week, but every lane that ends at it starts at a closed site: Dallas"
    )


def test_no_supplier_reaches_the_site_behind():
    rows = [row for row in lanes() if row["destination"] != "Dallas"]
    reason = only(tea(lanes=rows))
    assert reason.kind == "no_source"
    assert reason.words == (
        "Austin needs 50 units of tea a week, but what reaches it comes from Dallas, which no supplier of tea reaches: "
        "no lane ends at Dallas"
    )


def test_nobody_sells_the_product():
    network = tea(products=[{"name": "tea"}, {"name": "salt"}], supply=[{"facility": "Oakland", "product": "salt"}])
    reason = only(network)
    assert (reason.kind, reason.need) == ("no_supply", 150)
    assert reason.words == "Boise and Austin need 150 units of tea a week, but no supplier sells tea"


def test_whoever_sells_it_is_closed():
    reason = only(tea(facilities=sites(Oakland={"status": "closed"})))
    assert reason.words == "Boise and Austin need 150 units of tea a week, but whoever sells tea is closed (Oakland)"


def test_supply_in_the_other_period_only():
    supply = [{"facility": "Oakland", "product": "tea", "period": "W1", "capacity": 1000}]
    reason = only(tea(periods=TWO_WEEKS, supply=supply))
    assert reason.words == "Boise and Austin need 150 units of tea in W2, but no supplier sells tea in W2"
    assert reason.periods == ("W2",)


def test_stock_carries_supply_over():
    supply = [{"facility": "Oakland", "product": "tea", "period": "W1", "capacity": 1000}]
    assert not structural_reasons(
        tea(periods=TWO_WEEKS, supply=supply, inventory=[{"facility": name} for name in ("Reno", "Dallas")])
    )


def test_lead_periods_beyond_the_horizon():
    reason = only(tea(lanes=lanes(Dallas_Austin={"lead_periods": 1})))
    assert reason.kind == "late"
    assert reason.words.startswith("Austin needs 50 units of tea a week, but nothing that is sent to it can arrive")


def test_a_price_on_unmet_demand_silences_everything():
    demand = [{"customer": "Austin", "product": "tea", "quantity": 50, "unmet_cost": 9}]
    rows = [row for row in lanes() if row["destination"] != "Austin"]
    assert structural_reasons(tea(demand=demand, lanes=rows)) == ()


# -- promises and single sources --------------------------------------------------------------------------------------


def test_a_promise_that_no_lane_keeps():
    demand = [{"customer": "Austin", "product": "tea", "quantity": 50, "promise_days": 2}]
    facilities = sites(Dallas={"processing_days": 1})
    reason = only(tea(demand=demand, facilities=facilities, lanes=lanes(Dallas_Austin={"days": 1.5, "mode": "truck"})))
    assert reason.kind == "promise"
    assert reason.words == (
        "Austin is promised tea within 2 days, but the quickest way, from Dallas by truck, takes 2.5 days"
    )


def test_a_share_that_the_quick_lane_cannot_carry():
    demand = [{"customer": "Boise", "product": "tea", "quantity": 100, "promise_days": 2, "promise_share": 0.8}]
    rows = lanes(Reno_Boise={"days": 1, "capacity": 60}, Dallas_Boise={"days": 5})
    reason = only(tea(demand=demand, lanes=rows))
    assert reason.words == (
        "Boise needs 100 units of tea a week; only 80 can reach it: lane Reno to Boise 60 + what Boise may get late 20"
    )


def test_no_site_is_large_enough_for_a_single_source():
    customers = [{"name": "Boise", "single_source": "yes"}, {"name": "Austin"}]
    reason = only(tea(customers=customers, facilities=sites(Reno={"capacity": 90}, Dallas={"capacity": 80})))
    assert (reason.kind, reason.need, reason.available) == ("single_source", 100, 90)
    assert reason.words == (
        "Boise wants 100 units of tea a week from a single source, but the most that one can bring is 90: "
        "Reno 90 and Dallas 80"
    )


# -- cuts -------------------------------------------------------------------------------------------------------------


def test_cut_at_the_supplier():
    reason = only(tea(supply=[{"facility": "Oakland", "product": "tea", "capacity": 120}]))
    assert reason.words == (
        "Boise and Austin need 150 units of tea a week; only 120 can reach them: supply of Oakland 120"
    )


def test_cut_at_a_lane_next_to_the_customer():
    reason = only(tea(lanes=lanes(Dallas_Austin={"capacity": 30, "mode": "truck"})))
    assert (
        reason.words == "Austin needs 50 units of tea a week; only 30 can reach it: lane Dallas to Austin by truck 30"
    )


def test_two_cuts_are_two_reasons_and_the_local_one_comes_first():
    rows = lanes(Dallas_Austin={"capacity": 30})
    local, wide = structural_reasons(tea(lanes=rows, facilities=sites(Reno={"capacity": 20}, Dallas={"capacity": 40})))
    assert local.places == ("Boise",) or local.places == ("Austin",)
    assert {*local.places, *wide.places} == {"Boise", "Austin"}


def test_capacity_in_weight_is_said_in_units():
    network = tea(
        products=[{"name": "tea", "weight": 2}],
        facilities=sites(Oakland={"capacity": 200, "capacity_unit": "weight"}),
    )
    assert only(network).parts == (("Oakland", 100),)


def test_products_together():
    network = tea(
        products=[{"name": "tea"}, {"name": "salt"}],
        demand=[{"customer": "Austin", "product": k, "quantity": 50} for k in ("tea", "salt")],
        facilities=sites(Dallas={"capacity": 80}),
    )
    reason = only(network)
    assert reason.words == "Austin needs 100 units of all products a week; only 80 can reach it: Dallas 80"
    assert reason.product is None


def test_handling_and_storage_that_are_too_small():
    reason = only(tea(handling=[{"facility": "Dallas", "product": "tea", "capacity": 40}]))
    assert reason.words == "Austin needs 50 units of tea a week; only 40 can reach it: handling in Dallas 40"
    reason = only(tea(facilities=sites(Dallas={"cycle_days": 7, "storage_capacity": 45})))
    assert reason.words == "Austin needs 50 units of tea a week; only 45 can reach it: storage in Dallas 45"


def test_a_cut_through_time():
    network = tea(
        periods=TWO_WEEKS,
        supply=[
            {"facility": "Oakland", "product": "tea", "period": "W1", "capacity": 170},
            {"facility": "Oakland", "product": "tea", "period": "W2", "capacity": 80},
        ],
        inventory=[{"facility": "Reno", "product": "tea", "initial": 5}],
        facilities=sites(Reno={"status": "open"}),
    )
    reason = only(network)
    assert (reason.need, reason.available) == (300, 255)
    assert reason.words == (
        "Boise and Austin need 300 units of tea in W1 and W2; only 255 can reach them: "
        "supply of Oakland 250 + initial stock of Reno 5"
    )


def test_the_same_cut_in_every_period_is_said_once():
    reason = only(tea(periods=TWO_WEEKS, lanes=lanes(Dallas_Austin={"capacity": 30})))
    assert reason.words == (
        "Austin needs 50 units of tea in each of W1 and W2; only 30 can reach it: lane Dallas to Austin 30"
    )


@pytest.mark.parametrize("over", [0.0, 5e-7])
def test_a_capacity_that_just_fits_is_no_reason(over):
    assert (
        structural_reasons(tea(supply=[{"facility": "Oakland", "product": "tea", "capacity": 150 * (1 - over)}])) == ()
    )


# -- counts -----------------------------------------------------------------------------------------------------------


def test_an_open_site_that_nobody_needs_that_much():
    reason = only(tea(facilities=sites(Dallas={"status": "open", "min_throughput": 400})))
    assert (reason.kind, reason.need, reason.available) == ("min_throughput", 400, 150)
    assert reason.words == (
        "Dallas is open and must let at least 400 units pass a week "
        "(min_throughput), but those it reaches want only 150"
    )


def test_limits_that_the_states_contradict():
    reason = only(tea(limits=[{"what": "open_sites", "type": "fc", "at_least": 3}]))
    assert reason.words == ("limits table row 2: at least 3 sites (type fc) shall be open, but only 2 can be")
    facilities = sites(Reno={"status": "open"}, Dallas={"status": "open"})
    reason = only(tea(facilities=facilities, limits=[{"what": "open_sites", "type": "fc", "at_most": 1}]))
    assert reason.words == (
        "limits table row 2: at most 1 sites (type fc) may be open, but 2 have status open: Reno and Dallas"
    )


# -- words, speed, truth ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"), [(0, "0"), (1234567.0, "1,234,567"), (66.66666, "66.6667"), (0.25, "0.25"), (1e-7, "0.0000001")]
)
def test_amounts(value, words):
    assert shown(value) == words


def test_long_lists_are_cut():
    assert listed(["a"]) == "a"
    assert listed(list("abcde")) == "a, b, c, d and e"
    assert listed(list("abcdefg"), more="customers") == "a, b, c, d and 3 more customers"


def test_names_with_braces_do_no_harm():
    network = tea(customers=[{"name": "{it}"}], demand=[{"customer": "{it}", "quantity": 5}], lanes=lanes()[:2])
    assert only(network).words == "no lane ends at {it}, which needs 5 units of tea a week"


def test_a_large_network_takes_seconds():
    n = 200_000
    places = [f"F{i}" for i in range(500)]
    wants = [f"C{i}" for i in range(2000)]
    network = read(
        {
            "facilities": pd.DataFrame({"name": ["S", *places], "type": ["supplier", *["fc"] * 500], "capacity": 10.0}),
            "customers": pd.DataFrame({"name": wants}),
            "demand": pd.DataFrame({"customer": wants, "quantity": 3.0}),
            "lanes": pd.DataFrame(
                {
                    "origin": [*["S"] * 500, *[places[i % 500] for i in range(n)]],
                    "destination": [*places, *[wants[(i // 500 + 5 * (i % 500)) % 2000] for i in range(n)]],
                }
            ),
        }
    )
    start = time.perf_counter()
    reasons = structural_reasons(network)
    assert time.perf_counter() - start < 3
    assert reasons[-1].available == 10


@pytest.mark.parametrize("switches", [{}, {"unmet": False, "inventory": 0.7, "lead": 0.6}])
def test_a_reason_is_always_a_proof(switches):
    """Whatever structure says, the oracle's solver agrees that there is no plan."""
    if ORACLE not in sys.path:
        sys.path.insert(0, ORACLE)
    from networks import random_network
    from oracle import solve_many_in_subprocess

    accused = []
    for seed in range(400, 460):
        tables = random_network(seed, **switches)
        try:
            if structural_reasons(read(tables)):
                accused.append(tables)
        except InputError:
            continue
    assert accused
    assert {answer["status"] for answer in solve_many_in_subprocess(accused[:25], gap=1e-3)} <= {
        "infeasible",
        "refused",
    }
