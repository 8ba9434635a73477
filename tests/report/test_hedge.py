"""Sites decided once as words, tables and a page."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netopt
from netopt.report.studies.hedge import (
    cases_table,
    hedge_answer,
    measures_table,
    regret_table,
    sets_table,
    sites_table,
)
from netopt.report.studies.hedge_page import hedge_json, write_hedge
from netopt.study.scenario import read_scenarios
from netopt.study.uncertainty.hedged import Hedge
from netopt.study.verify import verify_study
from tests.report.conftest import DATA
from tests.report.pages import Seen, evil_network

TINY = DATA / "tiny" / "network.csv"

FIRE: dict[str, Any] = {"fire": {"edits": ["facilities.Dallas.status=closed"], "probability": 0.1}}


@pytest.fixture(scope="module")
def spare() -> Hedge:
    """Dallas alone would do until it burns."""
    edits = ("facilities.Reno.capacity=400", "facilities.Reno.fixed_cost=2000", "demand.unmet_cost=50")
    return netopt.hedge(netopt.read(TINY).edit(*edits), FIRE)


@pytest.fixture(scope="module")
def stuck() -> Hedge:
    """One site may be open, and each is out once."""
    network = netopt.read(TINY).edit(
        "facilities.Reno.capacity=400",
        '{"table": "limits", "action": "add", "filter": "what=open_sites;type=fc;at_most=1"}',
    )
    out = {
        f"{name} out": {"edits": [f"facilities.{name}.status=closed"], "probability": 0.5}
        for name in ("Reno", "Dallas")
    }
    return netopt.hedge(network, out)


def test_the_answer_is_what_to_do_otherwise(spare: Hedge) -> None:
    head, lines = hedge_answer(spare)
    assert head == "To be ready for every case, open Reno and do without Dallas"
    words = " ".join(lines)
    assert "On average over 2 cases, the network then costs 4,970.00 USD, within 0%" in words
    saved = 0.9 * 4230 + 0.1 * 15450 - 4970
    assert f"saves {saved:,.2f} USD on average beside the sites planned for the base" in words
    assert f"worth at most {4970 - 0.9 * 4230 - 0.1 * 4970:,.2f} USD" in words
    assert "at most 740.00 USD more than the best ones, in base." in words
    assert "All demand is met in every case." in words
    assert "Out, and still paid for where it is open: Dallas in fire." in words


def test_regret_at_most_is_beside_what_is_proved(spare: Hedge) -> None:
    """The base costs 4,230 with its own sites; were only 4,000 proved of it, 970 would be at stake rather than 740."""

    def with_bound(bound: float | None) -> Hedge:
        weaker = replace(spare.study.base, summary={**spare.study.base.summary, "bound": bound})
        outcomes = (weaker, *spare.study.outcomes[1:])
        return replace(spare, study=replace(spare.study, outcomes=outcomes))

    weak, blank = with_bound(4000.0), with_bound(None)
    assert "at most 970.00 USD more than the best ones, in base." in " ".join(hedge_answer(weak)[1])
    assert weak.table()[["largest_regret", "regret_at_most"]].iloc[0].tolist() == pytest.approx([740, 970])
    words = " ".join(hedge_answer(blank)[1])
    assert "up to 740.00 USD more than the best ones that were found, in base; how much at most is not known." in words
    assert "Whatever happens" not in words


@pytest.mark.parametrize(("factor", "said"), [("0.99", False), ("0.4", True)])
def test_a_bound_on_regret_is_said_where_there_is_any_regret(factor: str, said: bool) -> None:
    found = netopt.hedge(TINY, {"less": {"edits": [f"demand.quantity*={factor}"], "probability": 0.5}}, min_max=True)
    assert (found.table()["largest_regret"].min() > 0) == said
    words = " ".join(hedge_answer(found)[1])
    assert ("a largest regret below" in words) == said
    assert "No bound above zero" not in words


def test_a_forecast_without_a_plan_in_time_has_no_known_cost(spare: Hedge) -> None:
    late = {"status": "interrupted", "cost": None, "bound": None}
    name = f"{spare.sets[1].name} / fire"
    outcomes = tuple(
        replace(each, summary={**each.summary, **late}, tables={}) if each.name == name else each
        for each in spare.study.outcomes
    )
    unsolved = replace(spare, study=replace(spare.study, outcomes=outcomes))
    assert not unsolved.outcome(unsolved.sets[1], unsolved.cases[1]).found
    for found in (replace(spare, usual=None), unsolved):
        assert np.isnan(found.forecast_sites.value)
        assert [row[1] for row in measures_table(found).rows if "EEV" in row[0]] == ["not known", "not known"]
        measures = hedge_json(found)["measures"]
        assert isinstance(measures, dict)
        assert measures["EEV"]["value"] is None
    assert "beside the sites planned for the base is not known." in " ".join(hedge_answer(unsolved)[1])


def test_tables(spare: Hedge) -> None:
    assert sites_table(spare, 10).rows == [["Reno", "open", "", "10%"], ["Dallas", "", "open", "90%"]]
    assert cases_table(spare, 10).rows == [
        ["base", "90%", "", "4,970.00", "740.00", "0", "100%"],
        ["fire", "10%", "Dallas", "4,970.00", "0.00", "0", "100%"],
    ]
    assert cases_table(spare, 1).rows[-1][0] == "and 1 more in hedge_cases.csv"
    kinds = [row[0] for row in measures_table(spare).rows]
    assert [name.split("(")[-1].rstrip(")") for name in kinds] == ["RP", "WS", "EEV", "EVPI", "VSS"]
    first, second = sets_table(spare).rows
    assert first[:5] == ["hedged sites", "4,970.00", "740.00", "base", "0%"]
    assert second[:6] == ["forecast sites", "+382.00", "10,480.00", "fire", "10%", "30"]
    assert regret_table(spare, 5).rows[1] == ["forecast sites", "0.00", "10,480.00"]
    assert regret_table(spare, 1).rows == []


def test_no_sites_for_every_case(stuck: Hedge) -> None:
    head, lines = hedge_answer(stuck)
    assert head == "No sites serve every case"
    assert "--unmet-cost" in " ".join(lines)
    assert [row[1] for row in sets_table(stuck).rows] == ["no limit", "no limit"]
    assert {row[4] for row in sets_table(stuck).rows} == {"50%"}
    said = hedge_json(stuck)
    assert (said["status"], said["cost"], said["open_sites"]) == ("infeasible", None, [])
    json.dumps(said, allow_nan=False)


def test_a_case_that_has_no_plan_is_named() -> None:
    found = netopt.hedge(TINY, {"too much": {"edits": ["demand.quantity*=2"], "probability": 0.1}})
    head, lines = hedge_answer(found)
    assert head == "No sites serve every case"
    assert lines[0] == "In too much, there is no plan whatever sites are open."


def test_a_base_without_a_plan() -> None:
    found = netopt.hedge(netopt.read(TINY).edit("demand.quantity*=9"), FIRE)
    assert hedge_answer(found)[0] == "The base has no plan"


@pytest.mark.slow
def test_the_page_and_the_files(spare: Hedge, tmp_path: Path) -> None:
    found = netopt.hedge(spare.study.base.source, FIRE, out=tmp_path)
    files = {path.name for path in write_hedge(found, tmp_path, "What if it burns?")}
    assert files >= {
        "hedge.html",
        "hedge.csv",
        "hedge_cases.csv",
        "hedge_measures.csv",
        "hedge.json",
        "cases.csv",
        "study.json",
    }
    page = Seen((tmp_path / "hedge.html").read_text())
    assert page.runs_own_scripts_alone
    assert "What if it burns?" in page.text
    assert "To be ready for every case, open Reno and do without Dallas" in page.text
    said = json.loads((tmp_path / "hedge.json").read_text())
    assert (said["cost"], said["open_sites"]) == (pytest.approx(4970), ["Oakland", "Reno"])
    assert verify_study(tmp_path, found.study.base.source) == []
    again = netopt.hedge(found.study.base.source, tmp_path / "cases.csv")
    assert again.here_and_now.value == pytest.approx(4970)


def test_cases_are_as_they_were_typed_and_the_study_leaves_the_answer_to_the_hedge(tmp_path: Path) -> None:
    """A guard against formulas would be read as part of a number or a name."""
    cases = {"=cmd()": {"edits": ["customers.Boise.longitude=-115.5"], "probability": 0.25, "description": "-more"}}
    found = netopt.hedge(TINY, cases, out=tmp_path, sets=0)
    write_hedge(found, tmp_path)
    page = Seen((tmp_path / "study.html").read_text()).text
    assert hedge_answer(found)[0] in page
    assert json.loads((tmp_path / "study.json").read_text())["answer"] == hedge_answer(found)[0]
    assert "None of the options" not in page
    assert "the best choice in all" not in page
    assert "costs least on average" not in page
    assert "base decides anew in each case" in page
    assert "'" not in (tmp_path / "cases.csv").read_text()
    (again,) = read_scenarios(tmp_path / "cases.csv")
    assert again.to_json() == found.cases[1].said.to_json()
    assert verify_study(tmp_path) == []


@pytest.mark.slow
def test_hostile_names_stay_text(tmp_path: Path) -> None:
    cases = {
        "<b>more</b>": {
            "edits": ["demand.quantity*=1.01"],
            "probability": 0.5,
            "description": "<script>alert(1)</script>",
        }
    }
    cases = {name.replace("/", ""): said for name, said in cases.items()}
    found = netopt.hedge(evil_network(), cases, out=tmp_path)
    write_hedge(found, tmp_path, "<img src=x>")
    page = Seen((tmp_path / "hedge.html").read_text())
    assert not {"img", "b"} & {*page.tags}
    assert page.runs_own_scripts_alone
    assert found.sets
