"""A study as tables and sentences: what they say is what its tables say."""

from __future__ import annotations

from typing import Any

import pytest

import netopt
from netopt.report.studies import study as words
from netopt.report.words import money
from netopt.study.study import Study
from tests.report.conftest import DATA
from tests.study.test_study import COSTS
from tests.study.test_study import table as by_hand

TINY = DATA / "tiny" / "network.csv"


@pytest.fixture(scope="module")
def study() -> Study:
    """Cases alone."""
    said: dict[str, Any] = {
        "no Reno": ["facilities.Reno.status=closed"],
        "growth": ["demand.quantity*=1.2"],
        "cheap": ["supply.unit_cost=1"],
        "too much": ["demand.quantity*=9"],
    }
    return netopt.study(TINY, said, gap=0)


@pytest.mark.parametrize(
    ("value", "scale", "said"),
    [(5, 10, "+5.00"), (-5, 10, "-5.00"), (0, 10, "0.00"), (0.001, 10, "0.00"), (-0.001, 10, "0.00"),
     (1234.5, 1e6, "+1,234"), (0.4, 1e6, "0"), (-0.4, 1e6, "0")],
)  # fmt: skip
def test_a_sign_where_there_is_something_to_sign(value: float, scale: float, said: str) -> None:
    assert words.signed(value, scale) == said


def test_the_answer_of_cases(study: Study) -> None:
    assert words.answer(study) == (
        "3,780.00 USD in the base",
        ["growth costs the most: +676.00 beside the base.", "cheap costs the least: -300.00 beside the base."],
    )
    assert words.answer(netopt.study(TINY, {})) == ("3,780.00 USD in the base", [])
    head, lines = words.answer(netopt.study(TINY, {"too much": ["demand.quantity*=9"]}))
    assert (head, lines) == ("3,780.00 USD in the base", [])


def test_the_answer_without_a_base() -> None:
    head, lines = words.answer(netopt.study(DATA / "tiny-infeasible" / "network.csv", {}))
    assert head == "The base has no plan"
    assert len(lines) == 1


def option(*edits: str) -> dict[str, Any]:
    return {"kind": "option", "edits": list(edits)}


def test_the_answer_of_options() -> None:
    without = netopt.read(TINY).edit("facilities.Reno.status=closed")
    said = {"Reno": option("facilities.Reno.status=open"), "cap": option("facilities.Dallas.capacity=310")}
    head, lines = words.answer(netopt.study(without, said, gap=0))
    assert head == "Reno saves 450.00 USD"
    assert lines == ["Between the cheapest plans it saves 450.00 to 450.00, proved."]
    cases = said | {"less": {"edits": ["demand.quantity*=0.2"], "probability": 0.5}}
    study = netopt.study(without, cases, gap=0)
    # 60 units: Dallas alone 120 + 450 + 20 x 13 + 24 x 11 + 16 x 7 = 1,206; Reno alone 120 + 750 + 20 x 5 + 24 x 7 + 16 x 11
    _, lines = words.answer(study)
    assert study.costs()["less"].to_dict() == pytest.approx({"base": 1206, "Reno": 1314, "cap": 1206})
    assert lines[1:] == [
        "Over all 2 cases, Reno is regretted least: at most 108.00 USD more than the best choice, whatever happens.",
        "With the probabilities given, Reno costs least on average.",
    ]


def test_options_that_save_nothing() -> None:
    head, lines = words.answer(netopt.study(TINY, {"Reno": option("facilities.Reno.status=open")}, gap=0))
    assert head == "None of the options saves anything"
    assert lines == ["In the base, none of them costs less than 3,780.00 USD."]
    _, lines = words.answer(
        netopt.study(TINY, {"Reno": option("facilities.Reno.status=open"), "dear": ["lanes.unit_cost*=2"]}, gap=0)
    )
    assert lines[1] == "Doing without any of the options is the best choice in all 2 cases."


def test_a_saving_within_the_gap_is_called_so() -> None:
    from dataclasses import replace

    said = {"Reno": option("facilities.Reno.status=open"), "Dallas": option("lanes.Dallas/Boise.unit_cost=7")}
    study = netopt.study(netopt.read(TINY).edit("facilities.Reno.status=closed"), said, gap=0)
    base, *others = study.outcomes
    loose = replace(base, summary={**base.summary, "bound": base.cost - 1000})
    _, lines = words.answer(Study((loose, *others), study.options, study.cases))
    assert lines == [
        "That is within the gap: between the cheapest plans it may save 450.00 or cost 550.00. A smaller --gap tells."
    ]


def test_change_in_sentences(study: Study) -> None:
    lines = words.change_words(study.compare("base", "no Reno"))
    assert lines == [
        "Costs 450.00 USD (11.9%) more than the base.",
        "Between the cheapest plans the difference is +450.00 to +450.00, proved.",
        "Closes Reno.",
        "2 customers change where 200 units come from.",
    ]
    assert words.change_words(study.compare("growth", "base"))[0] == "Costs 676.00 USD (15.2%) less than growth."
    assert words.change_words(study.compare("base", "base"))[0] == "Costs what the base costs."


def test_the_table_of_scenarios(study: Study) -> None:
    table = words.scenarios_table(study)
    rows = {row[0]: row for row in table.rows}
    assert [*table.columns] == ["scenario", "cost", "change", "within", "sites", "on time", "days"]
    assert rows["base"][1:3] == ["3,780.00", ""]
    assert rows["no Reno"][1:3] == ["4,230.00", "+450.00"]
    assert rows["too much"] == ["too much", "infeasible", "", "", "", "", ""]


def test_what_needed_no_search_is_said() -> None:
    cases = {"unused": ["lanes.Reno/Austin.unit_cost*=2"], "no Reno": ["facilities.Reno.status=closed"]}
    found = netopt.study(TINY, cases, gap=1e-4)
    assert found.table().set_index("scenario")["carried"].to_dict() == {"base": False, "unused": True, "no Reno": False}
    assert words.carried_words(found) == [
        "Proved by what was proved of the base, in one pass and without a search: unused."
    ]
    assert found["unused"].bound == pytest.approx(3780)
    assert words.carried_words(netopt.study(TINY, [])) == []


def test_the_table_of_effects_adds_up(study: Study) -> None:
    beside = study.compare("base", "growth")
    rows = words.effects_table(beside).rows
    assert rows == [
        ["buy", "600.00", "720.00", "+120.00", "0.00", "+120.00", "0.00"],
        ["transport", "1,680.00", "2,176.00", "+496.00", "0.00", "+336.00", "+160.00"],
        ["handling", "300.00", "360.00", "+60.00", "0.00", "+60.00", "0.00"],
        ["site", "1,200.00", "1,200.00", "0.00", "0.00", "0.00", "0.00"],
        ["total", "3,780.00", "4,456.00", "+676.00", "0.00", "+516.00", "+160.00"],
    ]
    assert [row[1:] for row in words.effects_table(beside, whole=False).rows] == [row[3:] for row in rows]


def test_the_table_of_customers_is_cut_and_counted(study: Study) -> None:
    beside = study.compare("base", "no Reno")
    assert words.customers_table(beside, 5).rows == [
        ["Boise", "Reno", "Dallas", "100", "0.0", "0.0"], ["Phoenix", "Reno", "Dallas", "100", "0.0", "0.0"],
    ]  # fmt: skip
    first, rest = words.customers_table(beside, 1).rows
    assert (first[0], rest[3]) == ("Boise", "100")
    assert "customers.csv" in rest[0]


def test_tables_of_options() -> None:
    study = by_hand({**COSTS, "never": dict.fromkeys(COSTS["base"], float("inf"))}, {"strike": 0.2, "growth": 0.3})
    costs = words.costs_table(study)
    assert [*costs.columns] == ["option", "base", "strike", "growth"]
    assert costs.rows == [
        ["base (cost)", "100.00", "200.00", "150.00"],
        ["Reno", "-10.00", "+60.00", "-10.00"],
        ["Provo", "-5.00", "-10.00", "+10.00"],
        ["never", "no plan", "no plan", "no plan"],
    ]
    regret = words.regret_table(study)
    assert [*regret.columns] == ["option", "base", "strike", "growth", "largest", "expected"]
    assert regret.rows[1] == ["Reno", "0.00", "70.00", "0.00", "70.00", money(14)]
    assert regret.rows[3][1:] == ["no plan"] * 5


def test_what_has_no_plan_or_not_within_the_gap(study: Study) -> None:
    from dataclasses import replace

    (line,) = words.without_plan(study)
    assert line.startswith("too much has no plan (infeasible): ")
    base, *others = study.outcomes
    slow = replace(base, summary={**base.summary, "status": "feasible", "gap": 0.0213})
    lines = words.without_plan(Study((slow, *others), study.options, study.cases))
    assert lines[0] == "base was stopped before the asked gap: within 2.2% of the cheapest plan."
    unknown = replace(base, summary={**base.summary, "status": "feasible", "gap": None})
    lines = words.without_plan(Study((unknown, *others), study.options, study.cases))
    assert "not known how far" in lines[0]
