"""Sensitivity as words, tables, a picture and a page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netopt
from netopt.report.studies.tornado import chart, swings_table, thresholds_table, tornado_answer
from netopt.report.studies.tornado_page import write_tornado
from netopt.study.risk.tornado import Tornado, tornado
from netopt.study.verify import verify_study
from tests.report.conftest import DATA
from tests.report.pages import Seen, evil_network

TINY = DATA / "tiny" / "network.csv"


@pytest.fixture(scope="module")
def wide() -> Tornado:
    return tornado(TINY, by=0.4)


def test_the_answer(wide: Tornado) -> None:
    head, lines = tornado_answer(wide)
    assert head == "With 40% more demand, there is no plan"
    words = " ".join(lines)
    assert "demand x 1.4: there is no plan." in words
    assert "Other sites are open, or none suffice, with another demand and transport by truck." in words
    assert tornado_answer(tornado(TINY, steps=0))[0] == "The cost depends most on demand"


def test_tables(wide: Tornado) -> None:
    table = swings_table(wide, 2)
    assert [*table.columns] == ["input", "x 0.6", "x 1.4", "swing"]
    assert table.rows == [
        ["demand", "-1,338.00", "no plan", ""], ["transport by truck", "-702.00", "+672.00", "1,374.00"],
    ]  # fmt: skip
    sites = thresholds_table(wide)
    assert ["transport by truck", "0.6", "0.6 and 0.625", "", "Reno"] in sites.rows
    assert ["demand", "1.4", "1.325 and 1.35", "no plan", ""] in sites.rows


def test_without_thresholds_there_is_no_column_for_them() -> None:
    sites = thresholds_table(tornado(TINY, by=0.4, steps=0))
    assert [*sites.columns] == ["input", "x", "opens", "closes"]
    assert ["transport by truck", "0.6", "", "Reno"] in sites.rows


def test_the_bars_are_as_long_as_the_changes(wide: Tornado) -> None:
    picture = Seen(chart(wide, 2))
    assert picture.tags.count("rect") == 3  # without a plan there is no bar
    widths = [float(value or 0) for tag, name, value in picture.attributes if (tag, name) == ("rect", "width")]
    assert widths[1] / widths[0] == pytest.approx(702 / 1338, abs=1e-3)
    assert widths[2] / widths[0] == pytest.approx(672 / 1338, abs=1e-3)
    assert sum(widths[::2]) == pytest.approx(392, abs=0.2)


def test_the_page_and_the_files(tmp_path: Path) -> None:
    found = tornado(TINY, by=0.4, steps=0, out=tmp_path)
    files = {path.name for path in write_tornado(found, tmp_path, "What matters?")}
    assert files >= {"tornado.html", "tornado.csv", "tornado.json", "study.json"}
    page = Seen((tmp_path / "tornado.html").read_text())
    assert "svg" in page.tags
    assert "script" not in page.tags
    assert "What matters?" in page.text
    said = json.loads((tmp_path / "tornado.json").read_text())
    assert said["inputs"][0]["swing"] is None
    assert said["inputs"][1]["low_closes"] == "Reno"
    assert verify_study(tmp_path, netopt.read(TINY)) == []


@pytest.mark.slow
def test_hostile_names_stay_text(tmp_path: Path) -> None:
    tables = evil_network()
    tables["lanes"]["mode"] = "<img src=x>"
    found = tornado(tables, out=tmp_path, steps=0)
    assert "transport by <img src=x>" in [bar.input.name for bar in found.bars]
    write_tornado(found, tmp_path)
    page = Seen((tmp_path / "tornado.html").read_text())
    assert not {"script", "img", "b"} & {*page.tags}


def test_a_base_without_a_plan(tmp_path: Path) -> None:
    found = tornado(netopt.read(TINY).edit("demand.quantity*=9"), out=tmp_path)
    write_tornado(found, tmp_path)
    assert "The base has no plan" in Seen((tmp_path / "tornado.html").read_text()).text
