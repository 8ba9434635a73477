"""Outages as words, tables and a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netopt
from netopt.report.studies.stress import outages_table, refused_words, stress_answer, unmet_table
from netopt.report.studies.stress_page import write_stress
from netopt.study.risk.stress import Stress, stress
from netopt.study.verify import verify_study
from tests.report.conftest import DATA
from tests.report.pages import Seen, evil_network

TINY = DATA / "tiny" / "network.csv"


@pytest.fixture(scope="module")
def spare() -> Stress:
    """Dallas is open, Reno is large and beside it."""
    return stress(netopt.read(TINY).edit("facilities.Reno.capacity=400", "facilities.Reno.fixed_cost=2000"), lanes=1)


def test_the_answer_is_the_worst(spare: Stress) -> None:
    head, lines = stress_answer(spare)
    assert head == "Without Oakland, 300 units go unmet"
    words = " ".join(lines)
    assert "Demand goes unmet in 1 of 3 outages: without Oakland." in words
    assert "priced at 141.00 USD a unit" in words
    assert "Without Dallas, the cheapest is to open Reno for 2,150.00; with today's sites 300 units go unmet." in words


def test_tables_say_more_unmet_and_what_opens(spare: Stress) -> None:
    table = outages_table(spare, "site", 10)
    assert [*table.columns] == ["site", "more", "unmet", "priced at", "then open", "for", "today's sites", "unmet there"]
    assert table.rows == [
        ["Oakland", "-4,230.00", "300", "42,300.00", "", "", "", ""],
        ["Dallas", "+740.00", "0", "", "Reno", "2,150.00", "-4,230.00", "300"],
    ]
    assert outages_table(spare, "site", 1).rows[-1][0] == "and 1 more in stress.csv"
    assert unmet_table(spare, 2).rows[0] == ["Oakland out", "Boise", "100"]
    assert unmet_table(spare, 2).rows[-1] == ["and 1 more in stress_unmet.csv", "", "80"]


def test_a_base_without_a_plan() -> None:
    found = stress(netopt.read(TINY).edit("demand.quantity*=9"))
    assert stress_answer(found)[0] == "The base has no plan"


def test_what_cannot_be_out_is_said() -> None:
    stocked = netopt.read(TINY).edit({"table": "inventory", "action": "add", "filter": "facility=Dallas;initial=5"})
    (words,) = refused_words(stress(stocked, lanes=0))
    assert words.startswith("Dallas is not taken out: ")
    assert "initial stock" in words


@pytest.mark.slow
def test_the_page_and_the_files(spare: Stress, tmp_path: Path) -> None:
    found = stress(spare.base.source, lanes=1, out=tmp_path)
    files = {path.name for path in write_stress(found, tmp_path, "What if?")}
    assert files >= {"stress.html", "stress.csv", "stress_unmet.csv", "stress.json", "study.json"}
    page = Seen((tmp_path / "stress.html").read_text())
    assert page.runs_own_scripts_alone
    assert "What if?" in page.text
    assert "Without Oakland, 300 units go unmet" in page.text
    said = json.loads((tmp_path / "stress.json").read_text())
    assert [each["scenario"] for each in said["outages"]][:2] == ["Oakland out", "Dallas out"]
    assert said["outages"][0]["unmet"] == 300
    assert verify_study(tmp_path, found.base.source) == []
    table = tmp_path / "stress.csv"
    table.write_text(table.read_text().replace("300", "299"))
    assert verify_study(tmp_path, found.base.source) == ["stress.csv was altered since the study was written"]
    (tmp_path / "stress.json").write_text("[]")
    (problem,) = verify_study(tmp_path, found.base.source)
    assert problem.startswith("stress.json cannot be read")


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    found = stress(evil_network(), out=tmp_path)
    write_stress(found, tmp_path)
    page = Seen((tmp_path / "stress.html").read_text())
    assert not {"img", "b"} & {*page.tags}
    assert page.runs_own_scripts_alone
    assert len(found.found) >= 3
