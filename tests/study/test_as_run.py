"""How the network is run today beside scenarios: by hand, with what was paid off the network, and from files again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.errors import InputError
from netopt.study.study import Study
from netopt.study.today.as_run import AS_RUN, as_run, read_as_run
from tests.formulation.networks import frame

TINY = Path(__file__).resolve().parents[2] / "data" / "tiny" / "network.csv"

DALLAS = """origin destination quantity
Oakland Dallas 300
Dallas Boise 100
Dallas Phoenix 120
Dallas Austin 80"""
"""Everything through Dallas: 600 bought, 1,200 + 1,680 transport, 300 handling, 450 for the site: 4,230."""

OFF = """origin destination quantity spend
Oakland Dallas 290 1160
Dallas Boise 100 800
Dallas Phoenix 120 720
Dallas Austin 70 140
Oakland Austin 10 77"""
"""Ten units go where the network has no lane, for 77: 600 + 2,820 + 290 + 450 + 77 = 4,237."""


@pytest.fixture(scope="module")
def study() -> Study:
    cases = {"growth": ["demand.quantity*=1.1"], "dear": ["lanes[destination=Phoenix].unit_cost*=1.2"]}
    return netopt.study(TINY, cases, gap=0, baseline=frame(DALLAS), years=2, discount_rate=0.1)


def test_what_is_run_today_is_an_outcome_with_its_cost_as_bound() -> None:
    today = as_run(netopt.read(TINY), frame(DALLAS)).outcome
    assert (today.name, today.cost, today.bound) == (AS_RUN, 4230, 4230)
    assert today.summary["status"] == "valued"
    assert today.open_sites() == ["Oakland", "Dallas"]
    assert today.figures()["demand_met"] == 1


def test_scenarios_are_compared_with_it(study: Study) -> None:
    table = study.table().set_index("scenario")
    assert table["change_today"].tolist() == pytest.approx([3780 - 4230, 4118 - 4230, 3904 - 4230])
    assert [each.before.name for each in study.compared_with_today()] == [AS_RUN] * 3
    assert {*study.frames()["effects"]["compared_with"]} == {"base", AS_RUN}


def test_price_volume_and_rerouting_add_up_to_the_change(study: Study) -> None:
    worth = study.appraisal().set_index("scenario")
    parts = worth[["price", "volume", "rerouting"]]
    assert parts.sum(axis=1).tolist() == pytest.approx(worth["change"].tolist())
    assert parts.loc["base"].tolist() == pytest.approx([0, 0, -450])
    assert parts.loc["growth"].tolist() == pytest.approx([0, 378, -490])  # a tenth of 600 + 2,880 + 300, not of the site
    assert parts.loc["dear"].tolist() == pytest.approx([124, 0, -450])  # Dallas sends 20 units at 6, Reno 100 at 5


def test_npv_payback_and_rate_by_the_formula(study: Study) -> None:
    worth = study.appraisal().set_index("scenario").loc["base"]
    weekly, weeks = 600.0, np.arange(1, 105)
    assert worth["once_only"] == 150
    assert worth["yearly_saving"] == pytest.approx(weekly * 365 / 7)
    ends = np.append(weeks * 7 / 365, 2.0)
    saved = np.append(np.full(104, weekly), weekly * (2 * 365 / 7 - 104))
    assert worth["npv"] == pytest.approx(-150 + (saved / 1.1**ends).sum())
    assert worth["payback_periods"] == pytest.approx(0.25)
    assert (worth["years"], worth["rate"]) == (2, 0.1)


def test_what_was_paid_off_the_network_counts() -> None:
    study = netopt.study(TINY, [], gap=0, baseline=frame(OFF), years=1)
    beside = study.compared_with_today()[0]
    assert beside.before.cost == pytest.approx(4237)
    costs = beside.costs().set_index("bucket")
    assert costs.loc["off network"].tolist() == [77, 0, -77, 0, 0, -77]
    assert costs["change"].sum() == pytest.approx(beside.change) == pytest.approx(3780 - 4237)
    worth = study.appraisal().iloc[0]
    assert worth["yearly_saving"] == pytest.approx((4237 - (3780 - 150)) * 365 / 7)


def test_it_can_be_typed_again(tmp_path: Path) -> None:
    network = netopt.read(TINY)
    sites = pd.DataFrame({"name": ["Reno"], "open": ["yes"]})
    today = as_run(network, frame(OFF), None, sites)
    assert today.open_sites() == ["Oakland", "Reno", "Dallas"]
    for name, table in today.typed().items():
        table.to_csv(tmp_path / f"{name}.csv", index=False)
    again = read_as_run(network, tmp_path)
    assert again.outcome.cost == today.outcome.cost == pytest.approx(4237 + 750)
    assert again.open_sites() == today.open_sites()


def test_what_baseline_returned_is_taken_with_its_sites() -> None:
    found = netopt.baseline(TINY, frame(DALLAS), sites=pd.DataFrame({"name": ["Reno"], "open": ["yes"]}), optimise=False)
    study = netopt.study(TINY, [], baseline=found)
    assert study.today is not None
    assert study.today.outcome.cost == found.cost("as_run") == 4230 + 750


def test_without_it_options_are_appraised_beside_doing_without() -> None:
    options = {"reno": {"kind": "option", "edits": ["facilities.Reno.status=open"]}}
    shut = netopt.read(TINY).edit("facilities.Reno.status=closed")
    worth = netopt.study(shut, options, gap=0, years=1).appraisal()
    assert worth[["scenario", "compared_with", "once_only"]].to_numpy().tolist() == [["reno", "base", 150]]
    assert worth["yearly_saving"].tolist() == pytest.approx([600 * 365 / 7])


def test_other_periods_are_not_appraised() -> None:
    monthly = TINY.parents[1] / "tiny-periods" / "network.csv"
    study = netopt.study(monthly, {"long": ["periods.2027-03.days=60"]})
    assert study.appraisal().empty
    assert "appraisal" not in study.frames()


def test_what_cannot_be_used_is_refused_before_anything_is_solved() -> None:
    with pytest.raises(InputError, match="how the network is run today"):
        netopt.study(TINY, {"As Run": ["demand.quantity*=2"]}, baseline=frame(DALLAS))
    with pytest.raises(InputError, match="is not a place of the network"):
        netopt.study(TINY, [], baseline=frame("origin destination quantity\nOakland Nowhere 1"))
    with pytest.raises(ValueError, match="years is 0"):
        netopt.study(TINY, [], years=0)
    with pytest.raises(ValueError, match="discount_rate is -1"):
        netopt.study(TINY, [], discount_rate=-1)
