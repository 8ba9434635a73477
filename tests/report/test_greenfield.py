"""Candidates from nowhere as words, tables, a map, a page and files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.report.studies.greenfield import gains_table, greenfield_answer, method_words, places_table, rows_table
from netopt.report.studies.greenfield_map import picture
from netopt.report.studies.greenfield_page import greenfield_json, write_greenfield
from netopt.study.greenfield.greenfield import Greenfield, greenfield
from netopt.study.verify import verify_study
from tests.report.conftest import DATA
from tests.report.pages import EVIL, Seen

TINY = DATA / "tiny" / "network.csv"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Greenfield, Path]:
    folder = tmp_path_factory.mktemp("greenfield")
    return greenfield(TINY, count=2, solve=True, gap=0.0, starts=8, out=folder), folder


@pytest.fixture(scope="module")
def one() -> Greenfield:
    return greenfield(TINY, starts=8, snap=False)


def test_the_answer_without_plans(one: Greenfield) -> None:
    head, lines = greenfield_answer(one)
    before, after = one.total("distance")
    assert head == f"1 new site of type fc brings the mean distance from {before:,.0f} to {after:,.0f} mi"
    words = " ".join(lines)
    assert "that, and nothing else, is what was made small" in words
    assert "a local optimum, and no proof" in words
    assert "--solve says whether to open the sites" in words
    how = " ".join(method_words(one))
    assert "Goods come from Oakland." in how
    assert "Reno" not in how  # it is no site of today
    assert "Dallas stays and takes part." in how
    assert "medians of the 2 sites of type fc" in how


def test_fewer_than_asked_are_said(one: Greenfield) -> None:
    few = greenfield(TINY, count=5, starts=8, snap=False)
    assert len(few.sites) == 3
    words = (
        "5 were asked for and 3 are proposed: the search found no place where one more would lower what distance costs. "
        "Every customer is at an exact centre or a site that stays."
    )
    assert words in " ".join(greenfield_answer(few)[1][:2])
    said = greenfield_json(few)
    assert said["asked"] == 5
    assert not any("asked for" in line for line in greenfield_answer(one)[1])


def test_the_answer_where_today_is_ignored() -> None:
    head, _ = greenfield_answer(greenfield(TINY, starts=8, snap=False, fresh=True))
    assert head.startswith("1 new site of type fc alone: ")
    assert head.endswith(" from today's 1 site")


def test_the_answer_with_plans(two: tuple[Greenfield, Path]) -> None:
    found, _ = two
    head, lines = greenfield_answer(found)
    assert found.saving is not None
    assert head == f"Phoenix AZ FC and Boise ID FC save {found.saving:,.2f} USD"
    assert "The plan costs 3,589.57 USD with the new sites to choose from, 3,780.00 without." in lines
    assert any("saves 190.43 to 190.43, proved." in line for line in lines)


def test_new_sites_that_are_not_worth_it() -> None:
    dear = netopt.read(TINY).edit("facilities.Reno.fixed_cost=100000")
    found = greenfield(dear, solve=True, gap=0.0, starts=8)
    assert greenfield_answer(found)[0] == "None of the new sites is worth opening"
    assert found.table()["opens"].tolist() == ["no"]
    short = greenfield(netopt.read(TINY).edit("demand.quantity*=9"), solve=True, starts=8)
    assert greenfield_answer(short)[0] == "There is no plan with the new sites"
    assert short.saving is None


def test_tables(two: tuple[Greenfield, Path], one: Greenfield) -> None:
    found, _ = two
    gains = gains_table(found)
    assert [*gains.columns] == ["site", "customers", "units", "mi today", "mi then", "weighted", "transport"]
    assert gains.rows[0][:5] == ["Phoenix AZ FC", "1", "120", "884", "0"]
    assert "customers" not in gains_table(found, whole=False).columns
    assert rows_table(found).rows == [
        ["Phoenix AZ FC", "525.00", "150.00", "260", "1.00", "200"], ["Boise ID FC", "525.00", "150.00", "260", "1.00", "100"],
    ]  # fmt: skip
    assert places_table(found).rows[0] == ["Phoenix AZ FC", "33.4484", "-112.0740", "0", "1,650,070", "US"]
    assert "people" not in places_table(one).columns


def test_without_a_site_today_there_is_nothing_beside(one: Greenfield) -> None:
    free = greenfield(netopt.read(TINY).edit("facilities.Dallas.initial=potential"), starts=8, snap=False)
    assert "mi today" not in gains_table(free).columns
    assert greenfield_answer(free)[0].endswith("from a customer's unit in the mean")
    assert greenfield_json(free)["distance_before"] is None
    assert free.saving is None


def test_the_map_has_everybody_once_and_is_cut_in_the_ocean(one: Greenfield) -> None:
    tags = Seen(picture(one)).tags
    assert (tags.count("circle"), tags.count("rect"), tags.count("polygon"), tags.count("text")) == (3, 1, 1, 1)
    rate = '{"table": "rates", "action": "add", "filter": "origin_type=fc;destination_type=customer;cost_per_distance=1"}'
    east = [f"customers.{name}.longitude={value}" for name, value in (("Boise", 179), ("Austin", -179), ("Phoenix", -175))]
    pacific = netopt.read(TINY).edit(rate, *east, "facilities.Dallas.longitude=-178")
    seen = Seen(picture(greenfield(pacific, starts=8, snap=False)))
    west, middle, right = sorted(float(value or 0) for tag, name, value in seen.attributes if (tag, name) == ("circle", "cx"))
    assert (middle - west) / (right - west) == pytest.approx(2 / 6, abs=0.06)  # from 179 by the date line to -175


def test_the_page_and_the_files(two: tuple[Greenfield, Path]) -> None:
    found, folder = two
    files = {path.name for path in write_greenfield(found, folder, "Where next?")}
    assert files >= {"greenfield.html", "greenfield.csv", "greenfield_customers.csv", "candidates.csv", "greenfield.json", "study.json"}
    page = Seen((folder / "greenfield.html").read_text())
    assert "svg" in page.tags
    assert "script" not in page.tags
    assert "Where next?" in page.text
    said = json.loads((folder / "greenfield.json").read_text())
    assert said["saving"] == pytest.approx(found.saving)
    assert said["sites"][0]["site"] == "Phoenix AZ FC"
    assert verify_study(folder) == []


def test_rows_can_be_put_below_the_input(two: tuple[Greenfield, Path], tmp_path: Path) -> None:
    found, folder = two
    write_greenfield(found, folder)
    whole = tmp_path / "whole.csv"
    lines = (folder / "candidates.csv").read_text().splitlines()
    given = TINY.read_text()
    assert lines[0] == given.splitlines()[0]
    whole.write_text(given + "\n".join(lines[1:]) + "\n")
    plan = netopt.solve(whole, gap=0.0)
    assert plan.cost == pytest.approx(3589.57, abs=0.01)
    with (folder / "candidates.csv").open(newline="") as source:
        assert {row["table"] for row in csv.DictReader(source)} == {"facilities", "lanes"}


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    tables = dict(netopt.read(TINY).tables.frames)
    for table, column in (("facilities", "name"), ("lanes", "origin"), ("lanes", "destination")):
        tables[table] = tables[table].assign(**{column: tables[table][column].replace("Dallas", EVIL)})
    tables["customers"] = tables["customers"].assign(region=EVIL)
    found = greenfield(tables, starts=8, snap=False, out=tmp_path, like=EVIL)
    write_greenfield(found, tmp_path)
    page = Seen((tmp_path / "greenfield.html").read_text())
    assert not {"script", "img"} & {*page.tags}
    assert EVIL in page.text
    assert pd.read_csv(tmp_path / "greenfield.csv")["region"].tolist() == [EVIL]
