"""Options in cases, regret, and everything that is refused before anything is solved."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.study import run
from netopt.study.outcome import Outcome
from netopt.study.scenario import Scenario
from netopt.study.study import Study
from tests.study.small import TINY

INF = np.inf


def case(name: str, probability: float | None = None) -> Scenario:
    return Scenario(name, probability=probability)


def table(costs: dict[str, dict[str, float]], shares: dict[str, float | None] | None = None) -> Study:
    """A study with costs by option and case typed by hand, and no plans; shares of the cases but the base."""
    names = [*next(iter(costs.values()))]
    cases = tuple(case(name, (shares or {}).get(name)) for name in names)
    options = tuple(Scenario(name, kind="option") for name in costs)
    source = netopt.read(TINY)
    outcomes = []
    for option, row in costs.items():
        for name, cost in row.items():
            called = name if option == "base" else option if name == "base" else f"{option} / {name}"
            status = "infeasible" if cost == INF else "optimal"
            tables = {} if cost == INF else {"flows": pd.DataFrame()}
            outcomes.append(Outcome(Scenario(called), {"status": status, "cost": cost, "bound": cost}, tables, source))
    return Study(tuple(outcomes), options, cases)


COSTS = {
    "base": {"base": 100.0, "strike": 200.0, "growth": 150.0},
    "Reno": {"base": 90.0, "strike": 260.0, "growth": 140.0},
    "Provo": {"base": 95.0, "strike": 190.0, "growth": 160.0},
}


def test_regret_by_hand() -> None:
    found = table(COSTS, {"strike": 0.2, "growth": 0.3}).regret()
    assert found.index.tolist() == ["base", "Reno", "Provo"]
    assert found.columns.tolist() == ["base", "strike", "growth", "largest", "expected"]
    # the best are 90, 190 and 140; shares 0.5, 0.2 and 0.3
    assert found.to_numpy() == pytest.approx(
        np.array([[10, 10, 10, 10, 10], [0, 70, 0, 70, 14], [5, 0, 20, 20, 8.5]], dtype=float)
    )


def test_costs_by_option_and_case() -> None:
    found = table(COSTS).costs()
    assert (found.index.name, found.columns.name) == ("option", "case")
    assert found.to_dict("index") == COSTS


@pytest.mark.parametrize(
    ("shares", "weights"),
    [
        ({"strike": 0.2, "growth": 0.3}, [0.5, 0.2, 0.3]),
        ({"strike": 0.4, "growth": 0.6}, [0, 0.4, 0.6]),
        ({"strike": 0.0, "growth": 0.0}, [1, 0, 0]),
        ({"strike": 0.2}, None),
        ({}, None),
        ({"strike": 0.7, "growth": 0.6}, None),
    ],
)
def test_the_base_has_the_rest_of_the_probability(
    shares: dict[str, float | None], weights: list[float] | None
) -> None:
    found = table(COSTS, shares)
    said = found.probabilities()
    assert said is None if weights is None else said == pytest.approx(np.array(weights))
    assert ("expected" in found.regret()) == (weights is not None)


def test_probabilities_that_round_to_more_than_one() -> None:
    shares = {f"c{number}": 0.1 for number in range(10)}
    costs = {"base": {"base": 1.0, **dict.fromkeys(shares, 2.0)}}
    weights = table(costs, dict(shares)).probabilities()
    assert weights is not None
    assert weights[0] == pytest.approx(0, abs=1e-12)
    assert weights.min() >= 0


def test_ties_are_regretted_nowhere() -> None:
    found = table({"base": {"base": 5.0, "x": 7.0}, "same": {"base": 5.0, "x": 7.0}}).regret()
    assert not found.to_numpy().any()


def test_an_option_without_a_plan_is_regretted_without_end() -> None:
    costs = {"base": {"base": 10.0, "strike": INF}, "Reno": {"base": 12.0, "strike": 30.0}}
    found = table(costs, {"strike": 0.1}).regret()
    assert found.loc["base"].tolist() == [0, INF, INF, INF]
    assert found.loc["Reno"].tolist() == pytest.approx([2, 0, 2, 1.8])


def test_where_no_option_has_a_plan_all_are_regretted_alike() -> None:
    costs = {"base": {"base": 10.0, "strike": INF}, "Reno": {"base": 12.0, "strike": INF}}
    found = table(costs, {"strike": 0.5}).regret()
    assert found["strike"].tolist() == [INF, INF]
    assert found["expected"].tolist() == [INF, INF]
    never = table(costs, {"strike": 0.0}).regret()
    assert never["expected"].tolist() == [0, 2]  # what cannot happen does not count


# -- solved ---------------------------------------------------------------------------------------------------------

SAID: dict[str, Any] = {
    "Reno": {"kind": "option", "edits": ["facilities.Reno.status=open"]},
    "growth": {"edits": ["demand.quantity*=1.2"], "probability": 0.25},
    "cheap Dallas": {"edits": ["lanes.Oakland/Dallas.unit_cost=1"], "probability": 0.25},
    "no Reno": {"kind": "option", "edits": ["facilities.Reno.status=closed"]},
}


@pytest.fixture(scope="module")
def study() -> Study:
    return netopt.study(TINY, SAID, gap=0)


def test_every_option_in_every_case(study: Study) -> None:
    assert [each.name for each in study.outcomes] == [
        "base", "growth", "cheap Dallas", "Reno", "Reno / growth", "Reno / cheap Dallas",
        "no Reno", "no Reno / growth", "no Reno / cheap Dallas",
    ]  # fmt: skip
    assert [each.name for each in study.options] == ["base", "Reno", "no Reno"]
    assert [each.name for each in study.cases] == ["base", "growth", "cheap Dallas"]
    assert repr(study) == "<Study: 9 scenarios, 3 options in 3 cases>"


def test_costs_by_hand(study: Study) -> None:
    # Dallas alone: 450 + units x (2 + 1 + lane in) + 100 x 8 + 120 x 6 + 80 x 2, by 1.2 with growth (360 > 320: no plan)
    # both, lane into Dallas at 1: Boise 5 or 10, Phoenix 7 or 8, Austin 11 or 4: Reno 100 and 100, 750 dearer: Dallas alone is 100 x 10
    # + 120 x 8 + 80 x 4 + 600 + 450 = 3,330; both 500 + 700 + 160 + 320 + 600 + 1,200 = 3,480
    assert study.costs().to_dict("index") == {
        "base": {"base": pytest.approx(3780), "growth": pytest.approx(4456), "cheap Dallas": pytest.approx(3330)},
        "Reno": {"base": pytest.approx(3780), "growth": pytest.approx(4456), "cheap Dallas": pytest.approx(3480)},
        "no Reno": {"base": pytest.approx(4230), "growth": INF, "cheap Dallas": pytest.approx(3330)},
    }
    assert study.regret().loc["Reno"].tolist() == pytest.approx([0, 0, 150, 150, 37.5], abs=1e-6)
    assert study.regret().loc["no Reno", "largest"] == INF
    assert study.outcome("Reno", "growth").name == "Reno / growth"
    assert study.outcome("base", "growth") is study["growth"]
    assert study.outcome("Reno", "base") is study["Reno"]
    assert study.outcome("base", "base") is study.base


def test_options_are_compared_within_their_case(study: Study) -> None:
    beside = {each.after.name: each.before.name for each in study.comparisons()}
    assert beside == {
        "growth": "base", "cheap Dallas": "base", "Reno": "base", "no Reno": "base", "Reno / growth": "growth",
        "Reno / cheap Dallas": "cheap Dallas", "no Reno / cheap Dallas": "cheap Dallas",
    }  # fmt: skip


def test_table_is_what_the_plans_say(study: Study) -> None:
    table = study.table().set_index("scenario")
    assert table["status"].to_dict()["no Reno / growth"] == "infeasible"
    for outcome in study.outcomes[1:]:
        row = table.loc[outcome.name]
        if not outcome.found:
            assert pd.isna(row[["cost", "change", "at_least", "at_most", "open_sites"]]).all()
            assert (row["opens"], row["closes"]) == ("", "")
            continue
        assert row["cost"] == outcome.cost
        assert row["change"] == pytest.approx(outcome.cost - study.base.cost)
        assert row["at_least"] - 1e-6 <= row["change"] <= row["at_most"] + 1e-6
        assert row["open_sites"] == len(outcome.open_sites())
    assert table.loc["no Reno", "closes"] == "Reno"
    assert table.loc["no Reno", "customers_moved"] == 2
    assert pd.isna(table.loc["base", "change"])


def test_frames_are_of_a_piece(study: Study) -> None:
    frames = study.frames()
    assert [*frames] == ["scenarios", "costs", "regret", "appraisal", "effects", "sites", "customers"]
    effects = frames["effects"]
    sums = effects.groupby("scenario")["change"].sum()
    for each in study.comparisons():
        assert sums[each.after.name] == pytest.approx(each.change, abs=1e-6)
    assert np.allclose(effects[["price", "volume", "rerouting"]].sum(axis=1), effects["change"])
    assert set(effects["scenario"]) == {each.after.name for each in study.comparisons()}


def test_audits_of_all_plans(study: Study) -> None:
    assert study.audit().empty
    spoiled = {name: frame.copy() for name, frame in study["Reno"].tables.items()}
    spoiled["flows"]["quantity"] = spoiled["flows"]["quantity"] + 1.0
    wrong = Outcome(study["Reno"].scenario, study["Reno"].summary, spoiled, study["Reno"].source)
    outcomes = tuple(wrong if each.name == "Reno" else each for each in study.outcomes)
    found = Study(outcomes, study.options, study.cases).audit()
    assert set(found["scenario"]) == {"Reno"}
    assert found["words"].str.len().min() > 0


def test_what_happens_comes_before_what_is_decided() -> None:
    said = {"shut": ["facilities.Reno.status=closed"], "build": {"kind": "option", "edits": ["facilities.Reno.status=open"]}}
    study = netopt.study(TINY, said)
    assert "Reno" in study["build / shut"].open_sites()
    assert [edit.value for edit in study["build / shut"].scenario.edits] == ["closed", "open"]


def test_a_study_of_nothing() -> None:
    study = netopt.study(TINY, {})
    assert [each.name for each in study.outcomes] == ["base"]
    assert study.comparisons() == []
    assert study.costs().to_numpy().tolist() == [[pytest.approx(3780)]]


# -- refused --------------------------------------------------------------------------------------------------------


@pytest.fixture
def nothing_solved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail when anything is solved."""
    monkeypatch.setattr(run, "solve", lambda *_, **__: pytest.fail("something was solved"))


@pytest.mark.usefixtures("nothing_solved")
@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("bad,demnad,,quantity,scale,2", '"demnad" is not a table; did you mean demand?'),
        ("bad,demand,,quantitty,scale,2", '"quantitty" is not a column of demand; did you mean quantity?'),
        ("bad,facilities,name=Rno,status,set,open", "no row of facilities is meant; did you mean Reno?"),
        ("bad,demand,,quantity,scale,much", '"much" is not a number'),
        ("bad,demand,size=3,quantity,scale,2", '"size" is not a column of demand'),
        ("bad,facilities,name=Reno,status,set,maybe", "maybe"),
        ("bad,demand,,quantity,set,-5", "-5"),
        ("bad,demand,,,,", ""),
    ],
)
def test_an_edit_that_cannot_be_made_is_named(tmp_path: Path, row: str, words: str) -> None:
    path, out = tmp_path / "cases.csv", tmp_path / "out"
    path.write_text(f"scenario,table,filter,column,action,value\nfine,demand,,quantity,scale,1.1\n{row}\n")
    with pytest.raises(netopt.InputError) as caught:
        netopt.study(TINY, path, out=out)
    problem = caught.value.problems[0]
    assert words in str(problem)
    assert problem.row == (3 if "edited" not in problem.source else problem.row)
    assert problem.source in ("cases.csv", "network.csv (edited)")
    assert problem.row
    assert problem.fix
    assert "in bad, " in problem.message
    assert not out.exists()


@pytest.mark.usefixtures("nothing_solved")
def test_what_is_wrong_with_every_scenario_is_said_at_once(tmp_path: Path) -> None:
    said = {"a": ["demnad.quantity*=2"], "b": [], "c": ["lanes.unit_csot=1"], "d": {"kind": "option", "edits": ["x.y=1"]}}
    with pytest.raises(netopt.InputError) as caught:
        netopt.study(TINY, said, out=tmp_path / "out")
    assert [problem.source for problem in caught.value.problems] == ["scenarios, a", "scenarios, c", "scenarios, d"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("nothing_solved")
def test_an_option_that_cannot_be_made_in_a_case(tmp_path: Path) -> None:
    said = {
        "gone": [{"table": "facilities", "filter": "name=Reno", "action": "remove"}],
        "Reno": {"kind": "option", "edits": ["facilities.Reno.status=open"]},
    }
    with pytest.raises(netopt.InputError) as caught:
        netopt.study(TINY, said, out=tmp_path / "out")
    (problem,) = caught.value.problems
    assert problem.message.startswith("in Reno / gone, ")
    assert problem.source == "scenarios, Reno"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("nothing_solved")
@pytest.mark.parametrize("name", ["../x", "..", "a/../../x", "/tmp/x", "~/x/..", "plans\\..\\x"])
def test_a_name_leads_nowhere(tmp_path: Path, name: str) -> None:
    for said in ({name: []}, [Scenario(name)], pd.DataFrame({"scenario": [name], "table": ["demand"]})):
        with pytest.raises(netopt.InputError):
            netopt.study(TINY, said, out=tmp_path / "a" / "b")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["...", "~", "con", "a.b", "=1+1", "a b", "ä☂", "%2e%2e", "$HOME", "-rf", "a:b", "x" * 240])
def test_a_plan_stays_in_the_folder_of_its_study(tmp_path: Path, name: str) -> None:
    if name == "...":
        with pytest.raises(netopt.InputError):
            netopt.study(TINY, {name: []}, out=tmp_path / "out")
        return
    netopt.study(TINY, {name: []}, out=tmp_path / "out")
    assert {path.name for path in tmp_path.iterdir()} == {"out"}
    assert {path.name for path in (tmp_path / "out" / "plans").iterdir()} == {"base", name}


def test_long_names_of_an_option_in_a_case_fit(tmp_path: Path) -> None:
    long = {"ä" * 58: [], "x" * 120: {"kind": "option", "edits": []}}
    study = netopt.study(TINY, long, out=tmp_path)
    assert len(study.outcomes) == len(list((tmp_path / "plans").iterdir())) == 4


@pytest.mark.parametrize("option", [{"gap": -1}, {"time_limit": 0}, {"threads": 0}])
def test_options_out_of_range(option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="must be"):
        netopt.study(TINY, {}, **option)


def test_a_network_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(netopt.InputError):
        netopt.study(tmp_path / "none.csv", {}, out=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []
