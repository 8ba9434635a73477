"""What `netopt.solve` returns: tables that add up, headline figures, and a status."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.formulation import ROOMS, Draft
from netopt.plan.audit.table import BUCKETS
from tests.formulation.networks import tables
from tests.plan.rich import rich, rich_plan
from tests.random_networks import accepted

DATA = Path(__file__).resolve().parents[2] / "data"


@pytest.fixture(scope="module")
def plan() -> netopt.Plan:
    return rich_plan()


@pytest.mark.parametrize(("name", "cost"), [("tiny", 3780), ("tiny-periods", 4290)])
def test_the_examples_that_are_solved_by_hand(name: str, cost: float) -> None:
    plan = netopt.solve(DATA / name / "network.csv", gap=0)
    assert plan.status == "optimal"
    assert plan.cost == pytest.approx(cost)
    assert plan.gap == 0
    assert plan.audit().ok


def test_tiny_by_bucket() -> None:
    plan = netopt.solve(DATA / "tiny" / "network.csv")
    assert plan.summary()["costs"] == pytest.approx({"buy": 600, "transport": 1680, "handling": 300, "site": 1200})
    assert plan.summary()["open_sites"] == ["Oakland", "Reno", "Dallas"]
    flows = plan.flows().set_index(["origin", "destination"])["quantity"].to_dict()
    assert flows == pytest.approx(
        {
            ("Oakland", "Reno"): 200, ("Oakland", "Dallas"): 100, ("Reno", "Boise"): 100, ("Reno", "Phoenix"): 100,
            ("Dallas", "Phoenix"): 20, ("Dallas", "Austin"): 80,
        }
    )  # fmt: skip


def test_tiny_periods_by_bucket_and_period() -> None:
    plan = netopt.solve(DATA / "tiny-periods" / "network.csv", gap=0)
    assert plan.summary()["costs"] == pytest.approx({"buy": 580, "transport": 2200, "storage": 60, "site": 1450})
    sites = plan.sites().pivot_table(index="name", columns="period", values="open", sort=False)
    assert sites.loc["Reno"].tolist() == [0, 1, 1]
    assert plan.inventory()["stock"].tolist() == pytest.approx([20, 40, 0])


def test_an_infeasible_network_is_a_plan_that_says_why() -> None:
    plan = netopt.solve(DATA / "tiny-infeasible" / "network.csv")
    assert (plan.status, plan.found, plan.cost) == ("infeasible", False, float("inf"))
    assert plan.diagnosis is not None
    for table in (plan.flows(), plan.lanes(), plan.sites(), plan.inventory(), plan.costs(), plan.costs("site"),
                  plan.prices(), plan.service(), plan.unmet(), plan.purchases()):  # fmt: skip
        assert table.empty
    summary = plan.summary()
    assert (summary["status"], summary["cost"], summary["gap"], summary["open_sites"]) == ("infeasible", None, None, [])
    assert summary["reasons"]
    assert repr(plan) == "<Plan: infeasible>"
    assert "infeasible" in plan._repr_html_()


KEYS = (
    "status", "cost", "bound", "gap", "proved_bound", "currency", "seconds", "open_sites", "demand_met",
    "input_sha256", "versions",
)  # fmt: skip


@pytest.mark.parametrize("name", ["tiny", "tiny-infeasible"])
def test_the_summary_has_what_the_contract_promises(name: str) -> None:
    plan = netopt.solve(DATA / name / "network.csv")
    summary = plan.summary()
    assert set(KEYS) <= set(summary)
    assert summary["status"] in ("optimal", "feasible", "infeasible", "unbounded", "interrupted")
    assert json.loads(json.dumps(summary, allow_nan=False, default=float)) is not None
    assert len(summary["input_sha256"]) == 64
    assert {"netopt", "highspy", "pyomo", "networkx"} <= set(summary["versions"])


def test_headline_figures(plan: netopt.Plan) -> None:
    summary = plan.summary()
    service = plan.service()
    assert summary["currency"] == "EUR"
    assert summary["demand"] == 20 * 2 + 15 * 2 + 12 + 40 + 25 * 2 + 7 * 2
    assert summary["demand_met"] == pytest.approx(service["delivered"].sum() / summary["demand"])
    assert summary["on_time"] == pytest.approx(service["on_time"].sum() / service["delivered"].sum())
    assert sum(summary["costs"].values()) == pytest.approx(summary["cost"])
    assert summary["bound"] <= summary["cost"]
    assert summary["audit"] == "passed"


def test_every_row_cost_is_in_a_bucket_and_every_bucket_in_the_rows(plan: netopt.Plan) -> None:
    rows = sum(table["cost"].sum() for table in (plan.flows(), plan.sites(), plan.inventory(), plan.unmet(), plan.purchases()))
    assert rows == pytest.approx(plan.costs()["cost"].sum(), rel=1e-12)
    assert plan.cost == pytest.approx(rows)
    assert set(plan.costs()["bucket"]) == set(BUCKETS)


@pytest.mark.parametrize("seed", range(700, 712))
def test_rows_and_buckets_agree_on_random_networks(seed: int) -> None:
    plan = netopt.solve(accepted(seed, broken=None, unmet=1.0), threads=1, time_limit=10, gap=0.01)
    if not plan.found:
        pytest.skip(plan.status)
    tables = (plan.flows(), plan.sites(), plan.inventory(), plan.unmet(), plan.purchases())
    assert sum(table["cost"].sum() for table in tables) == pytest.approx(plan.cost, rel=1e-9, abs=1e-6)
    by_bucket = plan.costs().groupby("bucket")["cost"].sum()
    assert by_bucket.get("unmet", 0.0) == pytest.approx(plan.unmet()["cost"].sum())
    assert by_bucket.get("buy", 0.0) == pytest.approx(plan.purchases()["cost"].sum())
    assert (plan.flows()["quantity"] > 0).all()


def test_one_bucket(plan: netopt.Plan) -> None:
    site = plan.costs("site")
    assert set(site["bucket"]) == {"site"}
    assert site.index.tolist() == [0, 1]
    assert plan.costs("no such bucket").empty


def test_tables_given_out_are_copies(plan: netopt.Plan) -> None:
    flows = plan.flows()
    flows["quantity"] = -1.0
    assert (plan.flows()["quantity"] > 0).all()


def test_what_a_notebook_shows(plan: netopt.Plan) -> None:
    assert repr(plan).startswith("<Plan: optimal, cost 1,179.61, gap 0.0000%")
    shown = plan._repr_html_()
    assert "1,179.61 EUR" in shown
    odd = netopt.solve(tables(facilities="name type\nS supplier\n<b>D</b> dc", lanes="origin destination\nS <b>D</b>\n<b>D</b> C"))
    assert "<b>D</b>" not in odd._repr_html_()
    assert "&lt;b&gt;D&lt;/b&gt;" in odd._repr_html_()


def test_a_network_that_is_read_once_can_be_solved_twice() -> None:
    network = netopt.read(rich())
    assert netopt.solve(network, gap=1e-9).cost == netopt.solve(network, gap=1e-9).cost


def test_a_room_of_a_script_is_asked_for_its_audit() -> None:
    class Never:
        """No plan is good enough for it."""

        name = "never"

        def build(self, draft: Draft) -> None:
            draft.charge("nerves", draft["flow"].at[:1], 2.0, np.zeros(1, dtype=np.int64))

        def audit(self, network: netopt.Network, plan: netopt.Plan) -> pd.DataFrame:
            return pd.DataFrame({"rule": ["never"], "words": ["not good enough"]})

    plan = netopt.solve(tables(), rooms=(*ROOMS, Never()))
    assert plan.cost == pytest.approx(30 + 20)
    assert plan.costs("nerves")["cost"].sum() == pytest.approx(20)
    assert plan.audit().breaches["words"].tolist() == ["not good enough"]
    assert plan.summary()["audit"] == "failed"
