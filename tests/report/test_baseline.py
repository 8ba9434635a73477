"""What is said of a baseline, on the terminal and on its page."""

from __future__ import annotations

import io
import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

import netopt
from netopt.report.console import terminal
from netopt.report.files import appearing_folder, replaceable
from netopt.report.studies import baseline as said
from netopt.report.studies.baseline_console import print_baseline
from netopt.report.studies.baseline_page import FILES, as_json, write_baseline
from netopt.study.today.baseline import Baseline, baseline
from tests.formulation.networks import frame, tables
from tests.report.conftest import DATA
from tests.report.pages import Seen, bare

FLOWS = """origin destination mode quantity spend
Oakland Dallas truck 300 1200
Dallas Boise truck 100 900
Dallas Phoenix truck 120 720
Dallas Austin truck 70 140
Oakland Austin <b>rail</b> 10 -"""


@pytest.fixture(scope="module")
def found() -> Baseline:
    actuals = frame("bucket spend\ntransport 3000\nsite 450")
    return baseline(DATA / "tiny" / "network.csv", frame(FLOWS), actuals=actuals, gap=0, discount_rate=0.08)


def printed(found: Baseline, monkeypatch: pytest.MonkeyPatch, width: int = 80) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    print_baseline(found, terminal(out))
    return out.getvalue()


def test_every_line_fits_and_figures_are_never_cut(found: Baseline, monkeypatch: pytest.MonkeyPatch) -> None:
    text = printed(found, monkeypatch)
    assert max(map(len, text.splitlines())) <= 80
    assert "4,230.00" in text  # 620 bought, 2,860 moved, 300 handled and 450 for Dallas; nothing for what nobody values


def test_a_flow_that_nothing_values_is_said(found: Baseline) -> None:
    notes = " ".join(said.notes(found))
    assert "1 flow without a rate and without spend: what is run today costs more than said here." in notes
    assert "breaks rules of the model" in notes
    rows = {row[0]: row[1:] for row in said.lanes_table(found).rows}
    assert rows["Oakland to Austin by <b>rail</b>"] == ["10", "none", "", ""]
    assert rows["Dallas to Boise by truck"] == ["100", "8.00", "9.00", "+100.00"]
    assert len(rows) == 2


def test_lanes_without_spend_have_their_cost() -> None:
    plain = baseline(DATA / "tiny" / "network.csv", frame(FLOWS).drop(columns="spend"), optimise=False)
    assert said.lanes_title(plain) == "Costliest lanes (no spend was typed on the flows)"
    assert said.lanes_table(plain, 1).rows[0] == ["Oakland to Dallas by truck", "300", "4.00", "1,200.00"]
    assert said.lanes_table(plain, 1, "lanes.csv").rows[1][0] == "and 4 more in lanes.csv"
    assert said.columns_table(plain).columns == {"bucket": "name", "as run": "number"}


def test_savings_that_are_not_certain() -> None:
    total = {"saving": 10.0, "share": 0.1, "before": 100.0, "at_most": 15.0}
    assert said._saved(total, "") == "10.00 less than as run (10%); no such plan saves more than 15.00"
    assert said._saved(total | {"at_most": 10.0}, "").endswith("and no such plan costs less")
    assert said._saved(total | {"at_most": float("nan")}, "").endswith("is not known")
    assert said._saved(total | {"saving": 0.0, "share": 0.0, "at_most": 0.0}, "") == "as much as is run today, and no such plan costs less"
    worse = said._saved(total | {"saving": -5.0, "share": -0.05, "at_most": -1.0}, "")
    assert worse == "5.00 more than as run (5%); no such plan costs less than what is run today"


def test_findings_of_one_kind_are_cut_short() -> None:
    flows = "origin destination quantity\nS D 10\n" + "\n".join(f"D C{at} 2" for at in range(5))
    source = tables(
        customers="name\n" + "\n".join(f"C{at}" for at in range(5)),
        demand="customer quantity\n" + "\n".join(f"C{at} {at + 3}" for at in range(5)),
        lanes="origin destination\nS D\n" + "\n".join(f"D C{at}" for at in range(5)),
    )
    lines = said.forbidden_words(baseline(source, frame(flows), optimise=False), file="forbidden.csv")
    assert len(lines) == 4
    assert lines[0] == "C4 goes without 5 units of product, and no unmet_cost allows that"
    assert lines[-1] == "and 2 more in forbidden.csv, of the kind above"


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_asks_for_nothing_and_runs_nothing(found: Baseline, tmp_path: Path) -> None:
    write_baseline(found, tmp_path / "out")
    whole = (tmp_path / "out" / "baseline.html").read_text(encoding="utf-8")
    assert Seen(whole).runs_own_scripts_alone
    page, reader = bare(whole), Reader()
    reader.feed(page)
    assert not reader.open
    assert not {"img", "link", "iframe"} & set(reader.tags)
    assert "&lt;b&gt;rail&lt;/b&gt;" in page
    assert "http" not in page.replace("http-equiv", "")
    for title in ("Cost", "Service", "Savings", "What the change is worth", "Tie-out", "Lanes that explain", "To know"):
        assert f"<h2>{title}" in page
    assert str(tmp_path) not in page


def test_the_summary_has_no_number_that_json_does_not_know(found: Baseline, tmp_path: Path) -> None:
    write_baseline(found, tmp_path / "out")
    told = json.loads((tmp_path / "out" / "summary.json").read_text(), parse_constant=pytest.fail)
    assert (tmp_path / "out" / told["input"]).resolve() == DATA / "tiny" / "network.csv"
    assert told == json.loads(json.dumps(as_json(found) | {"input": told["input"]}))
    assert told["off_network"] == {"flows": 1, "spend": 0, "without_spend": 1}
    assert told["forbidden"]["by_rule"]["lane_exists"] == 1
    assert {path.name for path in (tmp_path / "out").iterdir()} == set(FILES)


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "out"
    with appearing_folder(target, ("a",)) as fresh:
        (fresh / "a").write_text("1")
        assert not target.exists()
    with pytest.raises(RuntimeError), appearing_folder(target, ("a",)) as fresh:
        (fresh / "a").write_text("2")
        raise RuntimeError
    assert (target / "a").read_text() == "1"
    assert replaceable(target, ("a",))
    assert not replaceable(target, ("b",))
    with pytest.raises(FileExistsError), appearing_folder(target, ("b",)):
        pytest.fail("it was not refused")
    with appearing_folder(target, ("a",)) as fresh:
        (fresh / "a").write_text("3")
    assert (target / "a").read_text() == "3"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_opens_and_closes_are_beside_what_is_run_today() -> None:
    """Reno is potential by the network and was used: best sites keep it, which is no opening; Dallas alone closes it."""
    flows = frame("origin destination quantity\nOakland Reno 200\nOakland Dallas 100\nReno Boise 100\nReno Phoenix 100\n"
                  "Dallas Phoenix 20\nDallas Austin 80")
    words = " ".join(said.savings_words(baseline(DATA / "tiny" / "network.csv", flows, gap=0)))
    assert "Opens" not in words
    assert "Closes" not in words
    dear = netopt.read(DATA / "tiny" / "network.csv").edit("facilities.Reno.fixed_cost=2000")
    assert "Closes: Reno." in said.savings_words(baseline(dear, flows, gap=0))
