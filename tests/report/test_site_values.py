"""What sites are worth on the terminal, on the page and as files, with the capacity from which they are."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.report.console import terminal
from netopt.report.studies.site_values import print_site_values, site_values_json, write_site_values
from netopt.study.sites.site_values import SiteValues, value_sites
from netopt.study.verify import verify_study
from tests.report.conftest import DATA
from tests.report.pages import Seen, evil_network

TINY = DATA / "tiny" / "network.csv"


@pytest.fixture(scope="module")
def values() -> SiteValues:
    return value_sites(TINY, names=["Reno"], break_even_capacity=True, gap=0.0)


def test_capacities_are_shown_written_and_told(values: SiteValues, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    row = values.table().iloc[0]
    print_site_values(values, terminal())
    printed = capsys.readouterr().out
    assert "From which capacity it is worth opening" in printed
    assert "units" in printed
    write_site_values(values, tmp_path)
    page = Seen((tmp_path / "site_values.html").read_text())
    assert "From which capacity it is worth opening" in page.text
    assert "Not enough: at this capacity the site is proved" in page.text
    written = pd.read_csv(tmp_path / "site_values.csv").iloc[0]
    assert written["capacity_enough"] == row["capacity_enough"]
    told = site_values_json(values)["sites"][0]
    assert (told["capacity"], told["capacity_unit"], told["capacity_verdict"]) == (200, "units", "between")
    assert told["capacity_not_enough"] < 93.75 <= told["capacity_enough"]


def test_what_no_capacity_is_enough_for(tmp_path: Path) -> None:
    dear = netopt.read(TINY).edit("facilities.Reno.fixed_cost=5000", "facilities.Dallas.capacity=")
    write_site_values(value_sites(dear, names=["Reno"], break_even_capacity=True, gap=0.0), tmp_path)
    assert "at no capacity" in Seen((tmp_path / "site_values.html").read_text()).text


def test_without_them_nothing_is_said(tmp_path: Path) -> None:
    write_site_values(value_sites(TINY, names=["Reno"], gap=0.0), tmp_path)
    assert "capacity it is worth" not in (tmp_path / "site_values.html").read_text()
    assert "capacity" not in pd.read_csv(tmp_path / "site_values.csv")


def test_the_folder_verifies_and_an_altered_digit_is_found(tmp_path: Path) -> None:
    flows = pd.DataFrame(
        [("Oakland", "Dallas", 300), ("Dallas", "Boise", 100), ("Dallas", "Phoenix", 120), ("Dallas", "Austin", 80)],
        columns=["origin", "destination", "quantity"],
    )
    found = value_sites(TINY, alone=True, counted="fc", gap=0.0, out=tmp_path, baseline=flows, discount_rate=0.1)
    write_site_values(found, tmp_path)
    assert verify_study(tmp_path) == []
    page = Seen((tmp_path / "site_values.html").read_text())
    assert "As the only change to today's sites" in page.text
    assert "As the only change, opening Reno saves most: 450.00 USD." in page.text
    assert "As it is run today, the network costs 4,230.00 USD" in page.text
    assert "What having each site is worth over the years, in company" in page.text
    assert page.runs_own_scripts_alone
    for name in ("site_values.csv", "alone.csv"):
        table = tmp_path / name
        before = table.read_text()
        table.write_text(before.replace("450", "451", 1))
        assert verify_study(tmp_path) == [f"{name} was altered since the study was written"]
        table.write_text(before)


def test_todays_sites_without_a_plan_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    more = netopt.read(TINY).edit("demand.quantity*=1.2")
    print_site_values(value_sites(more, alone=True, gap=0.0), terminal())
    printed = " ".join(capsys.readouterr().out.split())
    assert "Today's sites alone have no plan, so what a single change saves is not known. With one more there is: Reno." in printed


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    network = evil_network()
    write_site_values(value_sites(network, alone=True, out=tmp_path), tmp_path)
    for name in ("site_values.html", "study.html"):
        page = Seen((tmp_path / name).read_text())
        assert not {"img", "b"} & {*page.tags}
        assert page.runs_own_scripts_alone
    assert verify_study(tmp_path, network) == []
