"""The page of a study says what its tables say, asks nothing of any network, and cannot be made to run anything."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netopt
from netopt.plan.verify import verify
from netopt.report.studies.study import costs_table, effects_table, regret_table, scenarios_table
from netopt.report.studies.study_page import as_json, write_study
from netopt.study.study import Study
from tests.report.conftest import DATA
from tests.report.pages import EVIL, FORMULA, Seen, bare, evil_network

TINY = DATA / "tiny" / "network.csv"

SAID: dict[str, Any] = {
    "growth": {"description": "A fifth more", "edits": ["demand.quantity*=1.2"], "probability": 0.5},
    "too much": ["demand.quantity*=9"],
    "no Reno": {"kind": "option", "edits": ["facilities.Reno.status=closed"]},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("study")


@pytest.fixture(scope="module")
def study(folder: Path) -> Study:
    found = netopt.study(TINY, SAID, gap=0, out=folder)
    write_study(found, folder, "Do we need Reno?")
    return found


def page(folder: Path) -> Seen:
    return Seen((folder / "study.html").read_text(encoding="utf-8"))


def test_the_page_answers_the_question(study: Study, folder: Path) -> None:
    text = page(folder).text
    assert "Do we need Reno?" in text
    assert "None of the options saves anything" in text
    assert "Scenarios with a plan 3 of 6" in text
    assert "Audit passed" in text
    assert "A fifth more: demand.quantity *= 1.2" in text
    assert "no Reno facilities[name=" in text
    assert "too much has no plan (infeasible)" in text


def test_numbers_on_the_page_are_those_of_the_tables(study: Study, folder: Path) -> None:
    text = page(folder).text
    made = [scenarios_table(study), costs_table(study), regret_table(study), *map(effects_table, study.comparisons())]
    for table in made:
        for row in table.rows:
            assert " ".join(" ".join(row).split()) in text
    for outcome in study.outcomes:
        if outcome.found:
            assert f"{outcome.cost:,.2f}" in text


def test_tables_in_the_folder_are_those_of_the_study(study: Study, folder: Path) -> None:
    for name, frame in study.frames().items():
        written = pd.read_csv(folder / f"{name}.csv")
        assert [*written.columns] == [*map(str, frame.columns)]
        assert len(written) == len(frame)
        for column in frame:
            if pd.api.types.is_float_dtype(frame[column]):
                assert written[column].tolist() == pytest.approx(frame[column].tolist(), nan_ok=True)
            else:
                assert written[column].astype(object).fillna("").tolist() == frame[column].fillna("").tolist()
    assert {path.name for path in folder.iterdir()} == {
        "results.jsonl", "plans", "study.json", "study.html", *(f"{name}.csv" for name in study.frames())
    }  # fmt: skip


def test_every_plan_verifies(study: Study, folder: Path) -> None:
    plans = sorted((folder / "plans").iterdir())
    assert [plan.name for plan in plans] == ["base", "growth", "no Reno"]
    assert [problem for plan in plans for problem in verify(plan, TINY)] == []


def test_json_is_plain_and_whole(study: Study, folder: Path) -> None:
    said = json.loads((folder / "study.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert [row["scenario"] for row in said["scenarios"]] == [outcome.name for outcome in study.outcomes]
    assert said["scenarios"][2]["cost"] is None
    assert said["input_sha256"] == study.base.source.tables.sha256
    assert json.loads(json.dumps(as_json(study), allow_nan=False))["audit"] == "passed"


def test_the_page_asks_for_nothing(study: Study, folder: Path) -> None:
    seen, raw = page(folder), bare((folder / "study.html").read_text(encoding="utf-8"))
    policy = next(value for tag, name, value in seen.attributes if tag == "meta" and name == "content")
    assert policy is not None
    assert "default-src 'none'" in policy
    assert not {"img", "link", "iframe", "object", "a", "form"} & set(seen.tags)
    assert seen.runs_own_scripts_alone
    assert not {"src", "href", "srcset", "action"} & {name for _, name, _ in seen.attributes}
    assert not re.search(r"https?:|url\(|@import", raw)
    opened, closed = (re.findall(rf"<{slash}(\w+)", raw) for slash in ("", "/"))
    assert sorted(set(opened) - {"meta"}) == sorted(set(closed))
    assert all(opened.count(tag) == closed.count(tag) for tag in set(closed))
    assert str(DATA) not in raw


NASTY = "<script>alert(1)<|script>"
IMAGE = '"><img src=x onerror=alert(1)>'


def test_names_stay_text(tmp_path: Path) -> None:
    said = {
        NASTY: {"description": "<b>bold</b> & \u202ereversed", "edits": ["demand.quantity*=1.1"]},
        IMAGE: ["lanes.unit_cost*=2"],
        "=1+1": {"kind": "option", "edits": [f'facilities."{FORMULA}".status=closed']},
        "{name} %s [red]x[/red]".replace("/", "|"): [],
    }
    study = netopt.study(evil_network(), said)
    write_study(study, tmp_path, "</title><script>alert(2)</script>")
    seen = page(tmp_path)
    assert not {"img", "b"} & set(seen.tags)
    assert seen.runs_own_scripts_alone
    for words in (NASTY, IMAGE, "=1+1", EVIL, "</title><script>alert(2)</script>", "<b>bold</b> & \\u202ereversed"):
        assert words in seen.text
    assert "\u202e" not in seen.text
    assert "tables in memory" in seen.text


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    said = {
        "@SUM(A1)": ["demand.quantity*=1.1"],
        "+1": ["demand.quantity*=0.9"],
        "=1+1": {"kind": "option", "edits": [f'facilities."{FORMULA}".status=closed']},
    }
    study = netopt.study(evil_network(), said)
    write_study(study, tmp_path)
    for path in tmp_path.glob("*.csv"):
        for row in csv.reader(path.read_text(encoding="utf-8").splitlines()):
            for cell in row:
                number = re.fullmatch(r"-?\d[\d.e+-]*|-?inf", cell)
                assert number or not cell.startswith(("=", "+", "-", "@")), (path.name, cell)
    titles = (tmp_path / "costs.csv").read_text().splitlines()[0]
    assert titles == "option,base,'@SUM(A1),'+1"


def test_blank_is_blank_in_the_tables(tmp_path: Path) -> None:
    study = netopt.study(DATA / "tiny-infeasible" / "network.csv", {"still": []})
    write_study(study, tmp_path)
    text = (tmp_path / "scenarios.csv").read_text()
    assert "None" not in text
    assert "nan" not in text
    assert "The base has no plan" in page(tmp_path).text
    assert json.loads((tmp_path / "study.json").read_text(), parse_constant=pytest.fail)["scenarios"][0]["cost"] is None


def test_options_of_a_base_without_a_plan(tmp_path: Path) -> None:
    said = {"less": {"kind": "option", "edits": ["demand.quantity*=0.1"]}, "more": ["demand.quantity*=2"]}
    study = netopt.study(DATA / "tiny-infeasible" / "network.csv", said)
    write_study(study, tmp_path)
    assert study["less"].found
    assert "base (cost) no plan no plan" in page(tmp_path).text


def test_an_audit_that_fails_is_said_first(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Study, "audit", lambda _: pd.DataFrame({"words": ["Reno takes <201>"]}))
    write_study(study, tmp_path)
    seen = page(tmp_path)
    assert "Do not use this study." in seen.text
    assert "Reno takes <201>" in seen.text
    assert ("div", "role", "alert") in seen.attributes
    assert "Audit failed" in seen.text


def test_written_again_the_page_is_the_same(study: Study, folder: Path, tmp_path: Path) -> None:
    write_study(study, tmp_path, "Do we need Reno?")
    for name in ("study.html", *(f"{name}.csv" for name in study.frames())):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()
