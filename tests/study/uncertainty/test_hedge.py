"""Sites decided once for several cases, by hand and against every choice of sites."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.network import Network
from netopt.network.sites import CONSIDER
from netopt.report.studies.hedge_page import write_hedge
from netopt.solve import Control
from netopt.solve.benders import Decomposed
from netopt.study.uncertainty.decide import Decision
from netopt.study.uncertainty.hedged import Hedge
from netopt.study.uncertainty.site_set import SiteSet
from netopt.study.verify import verify_study
from tests.random_networks import accepted
from tests.study.small import TINY

CASES: dict[str, Any] = {
    "boom": {"edits": ["demand.quantity*=1.3"], "probability": 0.3},
    "Dallas out": {"edits": ["facilities.Dallas.status=closed", "demand.quantity*=0.5"], "probability": 0.2},
}


@pytest.fixture(scope="module")
def tiny() -> Hedge:
    return netopt.hedge(TINY, CASES, min_max=True)


@pytest.fixture(scope="module")
def spare() -> Hedge:
    """Either site can serve everyone, so one is enough until it is out: 0.9 * 4,230 + 0.1 * unmet, or both."""
    network = netopt.read(TINY).edit(
        "facilities.Reno.capacity=400", "facilities.Reno.fixed_cost=2000", "demand.unmet_cost=50"
    )
    return netopt.hedge(network, {"fire": {"edits": ["facilities.Dallas.status=closed"], "probability": 0.1}})


# -- by hand -------------------------------------------------------------------------------------------------------


def test_expected_cost_by_hand(tiny: Hedge) -> None:
    """Both sites: 3,780, 4,794, and without Dallas 2,160 + the 450 that Dallas costs all the same."""
    boom = 390 * 2 + 200 * 1 + 190 * 4 + 130 * 3 + 70 * 5 + 86 * 6 + 104 * 2 + 390 + 600 + 150 + 450
    assert tiny.hedged is not None
    assert tiny.hedged.sites(tiny.cases[0].network) == ["Oakland", "Reno", "Dallas"]
    costs = tiny.costs().set_index(["sites", "case"])["cost"]
    assert costs["hedged sites"].to_dict() == pytest.approx({"base": 3780, "boom": boom, "Dallas out": 2610})
    assert tiny.here_and_now.value == pytest.approx(0.5 * 3780 + 0.3 * boom + 0.2 * 2610)
    assert tiny.status == "optimal"


def test_what_knowing_the_future_is_worth_by_hand(tiny: Hedge) -> None:
    """Only in the outage would other sites be better: 450 less."""
    assert tiny.perfect_information.value == pytest.approx(0.2 * 450)
    assert tiny.perfect_information.at_most == pytest.approx(0.2 * 450, abs=1)
    assert tiny.wait_and_see.value == pytest.approx(tiny.here_and_now.value - 90)


def test_the_sites_of_the_base_are_those_that_hedge_best(tiny: Hedge) -> None:
    assert tiny.forecast == "base"  # cases change more than demand
    assert tiny.usual is tiny.hedged
    assert tiny.stochastic_solution.value == 0


def test_broken_promises_by_hand(tiny: Hedge) -> None:
    """Reno alone holds 200 units: too few in the base and in the boom."""
    alone = next(each for each in tiny.sets if each.sites(tiny.cases[0].network) == ["Oakland", "Reno"])
    assert tiny.hedged is not None
    assert (tiny.broken(tiny.hedged), tiny.broken(alone)) == pytest.approx((0, 0.8))
    row = tiny.table().set_index("sites").loc[alone.name]
    assert row["expected_cost"] == np.inf
    assert row["expected_unmet"] == pytest.approx(0.5 * 100 + 0.3 * 190)


def test_regret_by_hand(tiny: Hedge) -> None:
    row = tiny.table().set_index("sites").loc["hedged sites"]
    assert (row["largest_regret"], row["worst_case"], row["expected_regret"]) == (
        pytest.approx(450),
        "Dallas out",
        pytest.approx(90),
    )
    assert tiny.least_regret is not None
    assert tiny.least_regret.bound == pytest.approx(450, rel=1e-3)


def test_hedging_against_an_outage_pays_or_not_as_the_price_of_unmet_demand_says(spare: Hedge) -> None:
    """Dallas alone: 0.9 * 4,230 + 0.1 * (450 + 300 * 50); both: 0.9 * 5,100 or so + 0.1 * 5,420."""
    dallas = 0.9 * 4230 + 0.1 * (450 + 300 * 50)
    alone = spare.usual
    assert alone is not None
    assert alone.sites(spare.cases[0].network) == ["Oakland", "Dallas"]
    assert spare.expected(alone) == pytest.approx(dallas)
    assert spare.broken(alone) == pytest.approx(0.1)
    assert spare.hedged is not None
    assert spare.here_and_now.value < dallas
    assert "Reno" in spare.hedged.sites(spare.cases[0].network)
    assert spare.broken(spare.hedged) == 0
    assert spare.stochastic_solution.value == pytest.approx(dallas - spare.here_and_now.value)


@pytest.mark.slow
def test_cost_saved_in_an_outage_is_said_in_the_case(tiny: Hedge) -> None:
    saved = {
        **CASES,
        "Dallas out": {
            **CASES["Dallas out"],
            "edits": [*CASES["Dallas out"]["edits"], "facilities.Dallas.fixed_cost=0"],
        },
    }
    found = netopt.hedge(TINY, saved)
    assert found.here_and_now.value == pytest.approx(tiny.here_and_now.value - 0.2 * 450)


# -- what is asked for ---------------------------------------------------------------------------------------------


def test_the_mean_demand_is_the_forecast_where_only_demand_changes() -> None:
    cases = {"bust": {"edits": ["demand.quantity*=0.5"], "probability": 0.5}}
    found = netopt.hedge(TINY, cases)
    assert found.forecast == "mean demand"
    assert found.study["mean demand"].network.demand["quantity"].sum() == pytest.approx(225)
    assert "mean demand" not in set(found.costs()["case"])  # no case that may come true


def test_a_case_that_no_sites_serve_leaves_nothing_to_decide() -> None:
    found = netopt.hedge(TINY, {"too much": {"edits": ["demand.quantity*=2"], "probability": 0.1}})
    assert (found.status, found.hedged, found.decision) == ("infeasible", None, None)
    assert found.table().empty


def test_cases_that_no_sites_serve_together() -> None:
    """At most one site may be open, and each is out once."""
    network = netopt.read(TINY).edit(
        "facilities.Reno.capacity=400",
        '{"table": "limits", "action": "add", "filter": "what=open_sites;type=fc;at_most=1"}',
    )
    cases = {
        f"{name} out": {"edits": [f"facilities.{name}.status=closed"], "probability": 0.5}
        for name in ("Reno", "Dallas")
    }
    found = netopt.hedge(network, cases)
    assert (found.status, found.hedged) == ("infeasible", None)
    assert found.here_and_now.at_least == np.inf
    table = found.table()
    assert table["broken"].tolist() == pytest.approx([0.5, 0.5])
    assert (table["expected_unmet"] == 150).all()
    priced = netopt.hedge(network, cases, unmet_cost=50)
    assert priced.status == "optimal"
    assert priced.hedged is not None
    assert priced.broken(priced.hedged) == pytest.approx(0.5)


def test_decomposed_and_whole_agree(spare: Hedge) -> None:
    cases = [case.said for case in spare.cases[1:]]
    found = netopt.hedge(spare.cases[0].network, cases, method="benders")
    assert found.decision is not None
    assert (found.decision.method, found.status) == ("benders", "optimal")
    assert found.here_and_now.value == pytest.approx(spare.here_and_now.value)


@pytest.mark.slow
def test_sampled_cases() -> None:
    network = netopt.read(TINY).edit("supply.capacity=900")
    found = netopt.hedge(network, netopt.sample_demand(network, 5, cv=0.2, seed=3), unmet_cost=40)
    assert [case.name for case in found.likely] == [f"demand {at}" for at in range(1, 6)]
    assert found.status == "optimal"
    assert found.forecast == "mean demand"


@pytest.mark.parametrize(
    "options", [{"unmet_cost": 0.0}, {"sets": -1}, {"method": "magic"}, {"workers": 0}, {"gap": -1.0}]
)
def test_options_out_of_range(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        netopt.hedge(TINY, CASES, **options)


@pytest.mark.slow
def test_names_of_cases_do_not_clash_with_those_of_sites() -> None:
    cases = {"hedged sites": CASES["boom"], "mean demand": {"edits": ["demand.quantity*=0.5"], "probability": 0.2}}
    found = netopt.hedge(TINY, cases)
    assert found.sets[0].name == "hedged sites (2)"
    assert found.forecast == "mean demand (2)"
    assert found.status == "optimal"


@pytest.mark.parametrize(("stopped", "error"), [(True, KeyboardInterrupt), (False, netopt.SolverError)])
def test_a_search_that_gives_up_is_no_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, stopped: bool, error: type[BaseException]
) -> None:
    def gives_up(_programs: object, _weights: object, control: Control, *_: object, **__: object) -> Decomposed:
        if stopped:
            control.stop.set()
        return Decomposed("interrupted", None, np.inf, -np.inf, 0)

    monkeypatch.setattr(sys.modules[Decision.__module__], "decomposed", gives_up)
    with pytest.raises(error):
        netopt.hedge(TINY, CASES, method="benders")


# -- what is kept --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_what_is_kept_is_not_decided_again(tmp_path: Path) -> None:
    one = netopt.hedge(TINY, CASES, out=tmp_path)
    kept = (tmp_path / "decisions.jsonl").read_bytes(), (tmp_path / "results.jsonl").read_bytes()
    told: list[str] = []
    again = netopt.hedge(TINY, CASES, out=tmp_path, told=told.append)
    assert ((tmp_path / "decisions.jsonl").read_bytes(), (tmp_path / "results.jsonl").read_bytes()) == kept
    assert told == []
    pd.testing.assert_frame_equal(one.table(), again.table())
    (tmp_path / "decisions.jsonl").write_bytes(b'{"key": "cut o')
    netopt.hedge(TINY, CASES, out=tmp_path, told=told.append)
    assert told[0].startswith("deciding on sites for 3 cases at once")


@pytest.mark.slow
def test_the_folder_is_a_study_that_stands_up(tmp_path: Path) -> None:
    found = netopt.hedge(TINY, CASES, out=tmp_path)
    assert found.study.audit().empty
    write_hedge(found, tmp_path)
    assert verify_study(tmp_path) == []


# -- against every choice of sites ---------------------------------------------------------------------------------


def every_choice(network: Network, found: Hedge) -> list[tuple[SiteSet, list[float]]]:
    """Return every set of sites with what each likely case costs, infinite without a plan."""
    status = network.facilities.status
    free = np.argwhere(status == CONSIDER)
    result = []
    for choice in itertools.product((False, True), repeat=len(free)):
        opened = status == 1
        opened[tuple(free.T)] = choice
        sites = SiteSet("sites", opened)
        costs = [netopt.solve(case.network.edit(*sites.option(network).edits), gap=1e-6).cost for case in found.likely]
        result.append((sites, costs))
    return result


@pytest.mark.parametrize(
    "seed", [2, pytest.param(15, marks=pytest.mark.slow), pytest.param(20, marks=pytest.mark.slow)]
)
def test_measures_agree_with_every_choice_of_sites(seed: int) -> None:
    network = netopt.read(accepted(seed, sites=1.0, unmet=1.0, broken=None))
    cases = {
        "more": {"edits": ["demand.quantity*=1.3"], "probability": 0.25},
        "dear": {"edits": ["lanes.unit_cost*=1.5"], "probability": 0.25},
    }
    found = netopt.hedge(network, cases, min_max=True, gap=1e-6)
    weights = np.array([case.weight for case in found.likely])
    costs = np.array([each for _sites, each in every_choice(network, found)])
    best = costs.min(axis=0)
    known = costs[np.isfinite(costs).all(axis=1)]
    here, apart = (known @ weights).min(), weights @ best
    assert found.here_and_now.value == pytest.approx(here, rel=1e-5)
    assert found.wait_and_see.value == pytest.approx(apart, rel=1e-5)
    for between, value in (
        (found.here_and_now, here),
        (found.wait_and_see, apart),
        (found.perfect_information, here - apart),
    ):
        assert between.at_least - 1e-5 * here <= value <= between.at_most + 1e-5 * here
    assert found.forecast_sites.value >= here * (1 - 1e-6)
    least = (known - best).max(axis=1).min()
    assert found.table()["largest_regret"].min() == pytest.approx(least, abs=1e-5 * best.sum())
    assert found.least_regret is not None
    assert found.least_regret.proved <= least + 1e-5 * best.sum()
