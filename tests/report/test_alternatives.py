"""Sets of open sites as words, tables and a page."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

import netopt
from netopt.report.studies.alternatives import alternatives_answer, matrix_table, roles_table, sets_table, swaps_table
from netopt.report.studies.alternatives_page import write_alternatives
from netopt.study.sites.alternatives import Alternatives, alternatives
from netopt.study.verify import verify_study
from tests.report.pages import Seen, evil_network
from tests.study.test_alternatives import FOUR


@pytest.fixture(scope="module")
def three() -> Alternatives:
    """Ames and Dyer cost 160, Bend in place of Ames 1 more, both 101 more; Cody 200 more than Ames."""
    return alternatives(netopt.read(FOUR), within=0.7)


def test_the_answer_is_how_many_and_the_proof(three: Alternatives) -> None:
    head, lines = alternatives_answer(three)
    assert head == "3 sets of open sites are within 70% of the best plan"
    assert lines[0].startswith("The best plan costs 160.00")
    assert lines[0].endswith("A set may cost 272.00.")
    words = " ".join(lines)
    assert "Every other set is proved to cost at least 360.00, which is more than that: " in words
    assert "In every set within 70%, proved: Dyer." in words
    assert "In no set within 70%, proved: Cody." in words
    assert "In some sets and not in others: Ames and Bend." in words
    assert "one of the two" not in words


def test_the_share_is_said_as_it_was_asked_for() -> None:
    head, lines = alternatives_answer(alternatives(netopt.read(FOUR), within=0.0005))
    assert head == "No other set of open sites is within 0.05% of the best plan"
    assert "0.1%" not in " ".join(lines)


def test_what_is_not_proved_is_not_said_to_be(three: Alternatives) -> None:
    stopped = alternatives(netopt.read(FOUR), within=0.7, most=1)
    head, lines = alternatives_answer(stopped)
    assert head.startswith(("At least", "No other set of open sites found"))
    words = " ".join(lines)
    assert "The search was stopped after 1 part of all sets, and there may be more" in words
    assert "which is not proved of others" in words
    assert "is proved to cost" not in words
    two = replace(three, different=2)
    assert "any two in 2 sites at least" in " ".join(alternatives_answer(two)[1])


@pytest.mark.slow
def test_the_only_set_and_the_best_ones() -> None:
    network = netopt.read(FOUR)
    assert alternatives_answer(alternatives(network, within=0.001))[0] == (
        "No other set of open sites is within 0.1% of the best plan"
    )
    head, lines = alternatives_answer(alternatives(network, within=0.1, count=2))
    assert head == "The 2 best sets of open sites within 10% of the best plan"
    assert any(line == "In every set found, one of the two and never both: Ames or Bend." for line in lines)


def test_tables(three: Alternatives) -> None:
    table = sets_table(three, 10)
    assert [*table.columns] == ["set", "cost", "more", "above", "sites", "opens", "closes"]
    assert table.rows == [
        ["1", "160.00", "", "", "2", "", ""],
        ["2", "161.00", "+1.00", "0.7%", "2", "Bend", "Ames"],
        ["3", "261.00", "+101.00", "63.2%", "3", "Bend", ""],
    ]
    assert [*sets_table(three, 10, narrow=True).columns] == ["set", "cost", "above", "opens", "closes"]
    assert sets_table(three, 2).rows[-1][0] == "and 1 more in alternatives.csv"
    assert matrix_table(three, 9).rows == [
        ["Dyer", "100%", "●", "●", "●"],
        ["Ames", "66.7%", "●", "", "●"],
        ["Bend", "66.7%", "", "●", "●"],
    ]
    assert len(matrix_table(three, 2).columns) == 4
    roles = {row[0]: row[1:] for row in roles_table(three).rows}
    assert roles["Dyer"] == ["fc", "must-have", "yes", "100%", "no plan"]
    assert roles["Cody"] == ["fc", "never", "yes", "0%", "+200.00"]
    assert swaps_table(three, 9).rows == [["Ames", "Bend", "2", "2", "", "+1.00"]]


def test_a_base_without_a_plan_and_nothing_to_choose() -> None:
    network = netopt.read(FOUR)
    assert alternatives_answer(alternatives(network.edit("facilities.Dyer.status=closed")))[0] == "The base has no plan"
    assert alternatives_answer(alternatives(network, kind="dc"))[0] == "There is nothing to choose"


def test_the_page_and_its_figures(tmp_path: Path) -> None:
    found = alternatives(netopt.read(FOUR), within=0.01, out=tmp_path)
    files = {path.name for path in write_alternatives(found, tmp_path, "Which ones?")}
    assert {"alternatives.html", "alternatives.csv", "site_roles.csv", "site_swaps.csv", "parts.csv"} <= files
    page = Seen((tmp_path / "alternatives.html").read_text())
    assert page.runs_own_scripts_alone
    for words in ("Which ones?", "2 sets of open sites are within 1% of the best plan", "stand in for one another", "●"):
        assert words in page.text
    said = json.loads((tmp_path / "alternatives.json").read_text())
    assert (said["found"], said["finished"], said["audit"]) == (2, True, "passed")
    assert [row["site"] for row in said["sites"] if row["role"] == "must-have"] == ["Dyer"]
    assert len(said["swaps"]) == 1
    assert verify_study(tmp_path, netopt.read(FOUR)) == []


@pytest.mark.parametrize("periods", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_hostile_names_stay_text(tmp_path: Path, periods: int) -> None:
    network = netopt.read(evil_network(periods)).edit("facilities.capacity=200")
    found = alternatives(network, within=1.0, out=tmp_path)
    assert len(found.found) == 3  # either or both
    write_alternatives(found, tmp_path)
    page = Seen((tmp_path / "alternatives.html").read_text())
    assert not {"img", "b"} & {*page.tags}
    assert page.runs_own_scripts_alone
    for name in found.frames():
        with (tmp_path / f"{name}.csv").open(newline="", encoding="utf-8") as source:
            cells = [cell for row in csv.reader(source) for cell in row]
        assert not any(cell.startswith(("=", "+", "@")) for cell in cells)
    assert verify_study(tmp_path, network) == []
