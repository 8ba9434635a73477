"""Scenarios mean the same in every shape they come in, and nothing of them is ever run."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netopt
from netopt.network.edits import Edit
from netopt.study.scenario import Scenario, read_scenarios
from tests.study.small import problem, problems

ROWS = """\
scenario,table,filter,column,action,value,kind,probability,description
growth,demand,,quantity,scale,1.2,,0.25,Everybody wants a fifth more
strike,facilities,name=Oakland,status,set,closed,,0.5,
both,,,,include,growth,,,
both,,,,include,strike,,,
Reno,facilities,name=Reno,status,set,open,option,,
gone,lanes,origin=Dallas;destination=Austin,,remove,,,,
new,facilities,name=Provo;type=fc,,add,,,,
dear,lanes,,unit_cost,add,0.5,,,
"""

SAID: dict[str, Any] = {
    "growth": {"edits": ["demand.quantity*=1.2"], "probability": 0.25, "description": "Everybody wants a fifth more"},
    "strike": {"edits": ["facilities[name=Oakland].status=closed"], "probability": 0.5},
    "both": ["include growth", "include strike"],
    "Reno": {"kind": "option", "edits": "facilities[name=Reno].status=open"},
    "gone": [{"table": "lanes", "filter": "origin=Dallas;destination=Austin", "action": "remove"}],
    "new": {"edits": {"table": "facilities", "filter": "name=Provo;type=fc", "action": "add"}},
    "dear": [Edit("lanes", "", "unit_cost", "add", "0.5")],
}

YAML = """\
growth:
  edits: [demand.quantity*=1.2]
  probability: 0.25
  description: Everybody wants a fifth more
strike:
  probability: 0.5
  edits:
    - {table: facilities, filter: name=Oakland, column: status, action: set, value: closed}
both: [include growth, include strike]
Reno: {kind: option, edits: "facilities[name=Reno].status=open"}
gone:
  - {table: lanes, filter: origin=Dallas;destination=Austin, action: remove}
new:
  edits: {table: facilities, filter: name=Provo;type=fc, action: add}
dear:
  - {table: lanes, column: unit_cost, action: add, value: 0.5}
"""


def rows(text: str = ROWS) -> pd.DataFrame:
    """The table as a frame of words, blank cells not there."""
    return pd.read_csv(io.StringIO(text), dtype=str)


def written(folder: Path, kind: str) -> Any:
    """The same scenarios in some shape."""
    path = folder / f"scenarios.{kind}"
    if kind == "frame":
        return rows()
    if kind == "mapping":
        return SAID
    if kind == "csv":
        path.write_text(ROWS)
    elif kind == "xlsx":
        rows().to_excel(path, sheet_name="Scenarios", index=False)
    elif kind == "parquet":
        rows().to_parquet(path)
    else:
        path.write_text(YAML)
    return path


def meant(scenarios: tuple[Scenario, ...]) -> list[dict[str, Any]]:
    """What scenarios mean, wherever they were typed."""
    return [scenario.to_json() for scenario in scenarios]


GROW = {"table": "demand", "filter": "", "column": "quantity", "action": "scale", "value": "1.2"}
STOP = {"table": "facilities", "filter": "name=Oakland", "column": "status", "action": "set", "value": "closed"}


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet", "frame", "yaml", "yml", "mapping"])
def test_every_shape_means_the_same(tmp_path: Path, kind: str) -> None:
    if kind == "xlsx":
        pytest.importorskip("openpyxl")
    found = read_scenarios(written(tmp_path, kind))
    assert [each.name for each in found] == ["growth", "strike", "both", "Reno", "gone", "new", "dear"]
    assert [each.kind for each in found] == ["case"] * 3 + ["option"] + ["case"] * 3
    assert [each.probability for each in found] == [0.25, 0.5, None, None, None, None, None]
    assert [each.description for each in found] == ["Everybody wants a fifth more", *[""] * 6]
    by_name = {each["name"]: each["edits"] for each in meant(found)}
    assert by_name["growth"] == [GROW]
    assert by_name["both"] == [GROW, STOP]
    assert by_name["Reno"] == [STOP | {"filter": "name=Reno", "value": "open"}]
    assert by_name["gone"] == [
        {"table": "lanes", "filter": "origin=Dallas;destination=Austin", "column": "", "action": "remove", "value": ""}
    ]
    assert by_name["new"][0]["action"] == "add"
    assert by_name["dear"] == [{"table": "lanes", "filter": "", "column": "unit_cost", "action": "add", "value": "0.5"}]
    assert meant(found) == meant(read_scenarios(SAID))


def test_a_workbook_is_read_by_its_sheet(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.xlsx"
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        pd.DataFrame({"note": ["read the other sheet"]}).to_excel(book, sheet_name="Notes", index=False)
        rows().to_excel(book, sheet_name="Scenarios", index=False)
    assert meant(read_scenarios(path)) == meant(read_scenarios(SAID))


def test_rows_know_where_they_were_typed(tmp_path: Path) -> None:
    found = read_scenarios(written(tmp_path, "csv"))
    assert [(edit.source, edit.row) for edit in found[2].edits] == [("scenarios.csv", 2), ("scenarios.csv", 3)]
    (edit,) = read_scenarios(written(tmp_path, "yaml"))[1].edits
    assert (edit.source, edit.row) == ("scenarios.yaml, strike", None)


def test_rows_of_a_scenario_need_not_stand_together_and_keep_their_order() -> None:
    text = "scenario,table,column,action,value\na,demand,quantity,scale,2\nb,lanes,unit_cost,scale,3\n A ,demand,quantity,add,1\n"
    one, other = read_scenarios(rows(text))
    assert (one.name, other.name) == ("a", "b")
    assert [str(edit) for edit in one.edits] == ["demand.quantity *= 2", "demand.quantity += 1"]


def test_an_include_is_made_in_its_place_and_may_include_again() -> None:
    said = {
        "c": ["lanes.unit_cost=1", "include b", "lanes.unit_cost=4"],
        "b": ["include A", "lanes.unit_cost=3"],
        "a": ["lanes.unit_cost=2"],
        "twice": ["include a", "include a"],
    }
    by_name = {each.name: [edit.value for edit in each.edits] for each in read_scenarios(said)}
    assert by_name == {"c": ["1", "2", "3", "4"], "b": ["2", "3"], "a": ["2"], "twice": ["2", "2"]}


def test_an_include_takes_the_edits_alone() -> None:
    said = {"a": {"kind": "option", "edits": ["lanes.unit_cost=2"]}, "b": ["include a"]}
    a, b = read_scenarios(said)
    assert (a.kind, b.kind, b.edits) == ("option", "case", a.edits)


@pytest.mark.parametrize("nothing", [None, [], "", {"edits": []}, {"description": "as it is"}])
def test_a_scenario_may_change_nothing(nothing: Any) -> None:
    (found,) = read_scenarios({"still": nothing})
    assert (found.name, found.edits, found.kind) == ("still", (), "case")


def test_scenarios_of_a_script_are_taken_as_they_are() -> None:
    given = [Scenario("a", (Edit("demand", "", "quantity", "scale", "2"),)), Scenario("b", kind="option")]
    assert read_scenarios(iter(given)) == tuple(given)
    assert read_scenarios([Scenario("a", ["demand.quantity*=2"])]) == (  # type: ignore[arg-type]
        Scenario("a", (Edit("demand", "", "quantity", "scale", "2"),)),
    )


def test_names_are_without_blanks_around_them_and_may_be_numbers() -> None:
    assert [each.name for each in read_scenarios({" west ": [], 2027: []})] == ["west", "2027"]


def test_yes_and_no_of_yaml_are_words_of_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("single: [{table: customers, column: single_source, value: yes}]\n")
    (found,) = read_scenarios(path)
    changed = netopt.read(Path(__file__).parents[2] / "data" / "tiny" / "network.csv").edit(*found.edits)
    assert set(changed.tables["customers"]["single_source"]) == {"yes"}


# -- what is wrong --------------------------------------------------------------------------------------------------

HEAD = "scenario,table,filter,column,action,value,kind,probability\n"


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("BASE,demand,,quantity,scale,2,,", "scenario", "network as it is"),
        ("../x,demand,,quantity,scale,2,,", "scenario", "cannot name a folder"),
        ("..\\x,demand,,quantity,scale,2,,", "scenario", "cannot name a folder"),
        ("/etc/x,demand,,quantity,scale,2,,", "scenario", "cannot name a folder"),
        (".hidden,demand,,quantity,scale,2,,", "scenario", "cannot name a folder"),
        ("..,demand,,quantity,scale,2,,", "scenario", "cannot name a folder"),
        ("a\u202eb,demand,,quantity,scale,2,,", "scenario", ""),
        ("a\u2028b,demand,,quantity,scale,2,,", "scenario", "line break"),
        ("x" * 241 + ",demand,,quantity,scale,2,,", "scenario", "too long"),
        (",demand,,quantity,scale,2,,", "scenario", "blank"),
        ("a,demand,,quantity,multiply,2,,", "action", "multiply"),
        ("a,demand,,quantity,scale,2,choice,", "kind", "choice"),
        ("a,demand,,quantity,scale,2,,1.5", "probability", "1.5"),
        ("a,demand,,quantity,scale,2,,-0.1", "probability", "-0.1"),
        ("a,demand,,quantity,scale,2,,often", "probability", "often"),
        ("a,,,quantity,scale,2,,", "table", "blank"),
        ("a,,,,remove,,,", "table", "blank"),
        ("a,,,,include,growht,,", "value", "growht"),
        ("a,,,,include,,,", "value", "not a scenario"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_named_with_its_fix(tmp_path: Path, row: str, column: str, words: str) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEAD}growth,demand,,quantity,scale,1.1,,\n{row}\n", encoding="utf-8")
    said = problem(path)
    assert (said.source, said.row, said.column) == ("cases.csv", 3, column)
    assert words in said.message


def test_an_unknown_include_is_told_the_nearest_name() -> None:
    said = problem({"growth": [], "a": ["include growht"]})
    assert said.fix == "did you mean growth?"


def test_all_wrong_rows_are_named_at_once(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEAD}base,demand,,quantity,scale,2,,\na,,,quantity,scale,2,,\nb,,,,include,c,,\n")
    assert [each.row for each in problems(path)] == [2, 3, 4]


@pytest.mark.parametrize(
    ("said", "looped"),
    [
        ({"a": ["include a"]}, {"a"}),
        ({"a": ["include b"], "b": ["include A"]}, {"a", "b"}),
        ({"a": ["include b"], "b": ["include c"], "c": ["include b"], "d": []}, {"b", "c"}),
    ],
)
def test_circles_of_includes(said: dict[str, Any], looped: set[str]) -> None:
    found = problems(said)
    assert {each.source for each in found} == {f"scenarios, {name}" for name in looped}
    assert all("includes itself" in each.message for each in found)


def test_a_circle_is_closed_by_a_row(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"{HEAD}a,,,,include,b,,\nb,demand,,quantity,scale,2,,\nb,,,,include,a,,\n")
    assert sorted((each.row, each.column) for each in problems(path)) == [(2, "value"), (4, "value")]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"a": 5}, '"5" is not an edit'),
        ({"a": 0}, '"0" is not an edit'),
        ({"a": {"edits": 7.5}}, '"7.5" is not an edit'),
        ({"a": [["b"]]}, "is not an edit"),
        ({"a": [None]}, '"None" is not an edit'),
        ({"a": {"edit": []}}, '"edit" means nothing here'),
        ({"a": [{"scenario": "b", "table": "demand"}]}, '"scenario" means nothing in an edit'),
        ({"a": [{"tabel": "demand"}]}, '"tabel" means nothing in an edit'),
        ({"a": [{"table": "demand", "column": "quantity", "value": [1, 2]}]}, "several things"),
        ({"a": ["demand quantity 5"]}, "is not understood"),
        ({"a": ["include"]}, "is not understood"),
        ({"": ["demand.quantity*=2"]}, "is blank"),
        ({None: ["demand.quantity*=2"]}, "is blank"),
        ({"West": [], "west ": []}, '"west " is there twice'),
        ({1: [], "1": []}, '"1" is there twice'),
        ({"a\u202eb": []}, "cannot name a folder"),
        ({"a\nb": []}, "cannot name a folder"),
        ({"a\x00b": []}, "cannot name a folder"),
        ({"a\ud800b": []}, "cannot name a folder"),
        ({"a": {"kind": "Option"}}, '"Option" is no kind'),
        ({"a": {"probability": True}}, '"True" is no number'),
        ({"a": {"probability": "nan"}}, '"nan" is no number'),
        ({"a": {"probability": float("inf")}}, '"inf" is no number'),
    ],
)
def test_a_wrong_mapping_is_named_with_its_fix(said: dict[Any, Any], words: str) -> None:
    assert words in str(problem(said))


@pytest.mark.parametrize(
    "scenarios",
    [
        [Scenario("../x")],
        [Scenario("base")],
        [Scenario("")],
        [Scenario("a / b")],
        [Scenario("a", kind="maybe")],
        [Scenario("a", probability=2.0)],
        [Scenario("a"), Scenario("A")],
        [Scenario("a", ("nonsense",))],  # type: ignore[arg-type]
        ["a"],
    ],
)
def test_scenarios_of_a_script_are_checked_as_any_others(scenarios: list[Any]) -> None:
    assert problem(scenarios)


def test_a_case_gets_one_probability_and_all_of_them_at_most_one() -> None:
    assert [each.probability for each in read_scenarios({"a": {"probability": 0.4}, "b": {"probability": 0.6}})] == [0.4, 0.6]
    said = problem({"a": {"probability": 0.7}, "b": {"probability": 0.6}})
    assert (said.source, said.column) == ("scenarios, b", "probability")
    assert "add up to 1.3" in said.message
    option = {"kind": "option", "probability": 0.7}  # is decided, and does not happen
    assert len(read_scenarios({"a": {"probability": 0.7}, "b": option})) == 2


@pytest.mark.parametrize(("column", "cells"), [("kind", ("case", "option")), ("probability", ("0.2", "0.3"))])
def test_rows_that_do_not_agree(tmp_path: Path, column: str, cells: tuple[str, str]) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(f"scenario,table,column,action,value,{column}\na,demand,quantity,scale,2,{cells[0]}\n"
                    f"a,,,,,\na,lanes,unit_cost,scale,2,{cells[1]}\n")  # fmt: skip
    said = problem(path)
    assert (said.row, said.column) == (4, column)


def test_names_that_would_be_two_things_beside_options() -> None:
    option = {"kind": "option", "edits": ["lanes.unit_cost*=2"]}
    assert "two things" in problem({"A": option, "B": [], "A in B": []}).message
    assert "two things" in problem({"A": option, "B in C": [], "A in B": option, "C": []}).message
    for name in ("option", "Largest", "expected"):
        assert "is a column" in problem({"A": option, name: []}).message
        assert [each.name for each in read_scenarios({name: []})] == [name]
    assert len(read_scenarios({"A in B": [], "A": [], "B": []})) == 3
    assert "too long" in problem({"A" * 120: option, "B" * 120: []}).message
    assert len(read_scenarios({"A" * 120: option, "B" * 116: []})) == 2


# -- files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "row", "words"),
    [
        ("", None, "no scenarios"),
        ("- a\n- b\n", None, "no scenarios"),
        ("just words\n", None, "no scenarios"),
        ("a: [\n", 2, "cannot be read"),
        ("a: []\nb: [x: }\n", 2, "cannot be read"),
        ("a: []\nb: []\na: []\n", 1, '"a" is there twice'),
        ("a: {kind: case, edits: [], kind: option}\n", 1, '"kind" is there twice'),
        ("a: 2027-13-45\n", None, "cannot be read"),
        ("2027-13-45: []\n", None, "cannot be read"),
        ("a: !!int x\n", None, "cannot be read"),
        ("a: " + "[" * 3000, None, "cannot be read"),
        ("? [a]\n: []\n", 1, "cannot be read"),
        ("a: !!set {x, y}\n", None, "is not an edit"),
        ("a: &a [*a]\n", None, "is not an edit"),
    ],
)
def test_a_wrong_yaml_file(tmp_path: Path, text: str, row: int | None, words: str) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(text)
    said = problem(path)
    assert said.source.startswith("cases.yaml")
    assert said.row == row
    assert words in said.message


@pytest.mark.parametrize(
    "text",
    [
        "a: !!python/object/apply:os.system ['touch {file}']\n",
        "a: [!!python/object/new:os.system ['touch {file}']]\n",
        "a: !!python/name:os.system\n",
        "!!python/object/apply:pathlib.Path.touch ['{file}']: []\n",
        "a: !touch '{file}'\n",
    ],
)
def test_tags_of_yaml_run_nothing(tmp_path: Path, text: str) -> None:
    path, file = tmp_path / "cases.yaml", tmp_path / "touched"
    path.write_text(text.format(file=file))
    assert "could not determine a constructor" in problem(path).message
    assert [each.name for each in tmp_path.iterdir()] == ["cases.yaml"]


@pytest.mark.parametrize("form", ["a: [{}]\n", "a: [{{table: demand, value: {}}}]\n", "a: {{edits: {}}}\n"])
def test_a_small_file_that_means_a_huge_one(tmp_path: Path, form: str) -> None:
    """Every line names the one before nine times; written out, the last one would fill the memory."""
    path = tmp_path / "cases.yaml"
    bomb = "l0: &l0 [x]\n" + "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 12))
    path.write_text(bomb + form.format("*l11"))
    found = problems(path)
    assert "a" in {each.source.removeprefix("cases.yaml, ") for each in found}
    assert all(len(str(each)) < 400 for each in found)


@pytest.mark.parametrize("name", ["none.csv", "none.yaml", "none.xlsx", "cases.txt.gz", "", "folder.yaml"])
def test_a_file_that_is_not_there_or_of_another_kind(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder.yaml").mkdir()
    (tmp_path / "cases.txt.gz").write_text("x")
    assert problem(tmp_path / name).row is None


def test_a_yaml_file_that_is_not_text(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_bytes(b"a: [\xff]\n")
    assert "cannot be read" in problem(path).message


def test_a_table_without_rows(tmp_path: Path) -> None:
    path = tmp_path / "cases.csv"
    path.write_text(HEAD)
    assert "no rows" in problem(path).message


WORDS = [
    "=1+1", "@SUM(A1)", "{0.__class__.__mro__}", "%s%n", "${jndi:ldap:x}", "__import__('os').system('x')",
    "`touch x`", "$(touch x)", "<script>alert(1)</script>".replace("/", "|"), "%(name)s", "{name!r:>100}",
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_words_stay_words(words: str) -> None:
    said = {words: {"description": words, "edits": [{"table": words, "filter": words, "column": words, "value": words}]}}
    (found,) = read_scenarios(said)
    assert (found.name, found.description) == (words, words)
    assert found.edits[0].to_json() == {"table": words, "filter": words, "column": words, "action": "set", "value": words}
    assert json.loads(json.dumps(found.to_json())) == found.to_json()


def test_an_option_in_a_case_comes_after_what_happens() -> None:
    case, option = read_scenarios({"west": ["demand.quantity*=2"], "Reno": {"kind": "option", "edits": ["lanes.unit_cost*=3"]}})
    inside = option.within(case)
    assert inside.name == "Reno / west"
    assert inside.edits == (*case.edits, *option.edits)
