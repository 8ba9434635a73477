"""Every site's worth, alone and in company, and the curve of cost against the number of sites."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.errors import InputError
from netopt.network import Network
from netopt.study.sites.site_values import SiteValues, candidates, value_sites

TINY = "data/tiny/network.csv"


@pytest.fixture(scope="module")
def network() -> Network:
    return netopt.read(TINY)


@pytest.fixture(scope="module")
def values(network: Network) -> SiteValues:
    return value_sites(network, alone=True, counted="fc", gap=0.0)


def test_open_sites_by_what_they_are_worth(values: SiteValues) -> None:
    table = values.table().set_index("site")
    assert table.index.tolist() == ["Dallas", "Reno"]  # what cannot be done without first
    assert table.loc["Reno", ["worth", "at_least", "at_most"]].tolist() == pytest.approx([450, 450, 450])
    assert table.loc["Reno", ["fixed_cost", "turns_not_below", "turns_beyond"]].tolist() == pytest.approx([600, 450, 450])
    assert table.loc["Reno", ["type", "open", "units", "customers"]].tolist() == ["fc", True, 200, 2]
    assert pd.isna(table.loc["Dallas", "worth"])  # no plan without it
    assert table.loc["Reno", "alone"] == pytest.approx(450)  # Dallas is what is there today
    assert pd.isna(table.loc["Dallas", "alone"])  # it is no addition


def test_the_curve_has_every_number_of_sites(values: SiteValues) -> None:
    curve = values.curve().set_index("sites")
    assert curve.index.tolist() == [1, 2]
    assert curve["cost"].tolist() == pytest.approx([4230, 3780])
    assert curve["open"].tolist() == ["Dallas", "Reno; Dallas"]
    assert (curve["on_time"] == 1.0).all()


def test_numbers_that_cannot_be_are_said(network: Network) -> None:
    found = value_sites(network, names=["Reno"], counted="fc", counts=[0, 2], gap=0.0)
    assert found.curve()["status"].tolist() == ["infeasible", "optimal"]
    assert pd.isna(found.curve()["cost"][0])
    assert found.alone == ()
    assert found.today is None
    assert found.alone_table().empty
    assert "alone" not in found.table()


def test_shut_sites_come_with_what_opening_them_costs(network: Network) -> None:
    dear = network.edit("facilities.Reno.fixed_cost=1200")
    row = value_sites(dear, names=["reno"], gap=0.0).table().iloc[0]
    assert not row["open"]
    assert (row["worth"], row["at_least"], row["at_most"]) == pytest.approx((-150, -150, -150))


def test_who_is_asked_about(network: Network) -> None:
    assert candidates(network) == ["Reno", "Dallas"]
    assert candidates(network.edit("facilities.Dallas.status=open", "facilities.Oakland.status=consider")) == ["Oakland", "Reno", "Dallas"]
    assert candidates(network.edit("facilities.Reno.status=closed")) == ["Dallas"]
    with pytest.raises(InputError, match="did you mean Reno"):
        value_sites(network, names=["Renno"])


def test_the_base_is_solved_once_and_kept(network: Network, tmp_path: Path) -> None:
    told: list[str] = []
    found = value_sites(network, gap=0.0, out=tmp_path, heard=lambda outcome, *_: told.append(outcome.name))
    assert told == ["without Reno", "without Dallas"]
    lines = (tmp_path / "results.jsonl").read_text().splitlines()
    assert len(lines) == 3
    again = value_sites(network, gap=0.0, out=tmp_path)
    assert len((tmp_path / "results.jsonl").read_text().splitlines()) == 3
    pd.testing.assert_frame_equal(found.table(), again.table())


def test_every_plan_passes_its_audit(values: SiteValues) -> None:
    assert values.audit().empty
    assert "today's sites and Reno" in [outcome.name for outcome in values.study.outcomes]


WACO = (
    {"table": "facilities", "filter": "name=Waco;type=fc;status=consider;initial=existing", "action": "add"},
    "facilities.Waco.fixed_cost=500",
    "facilities.Waco.closing_cost=40",
    "facilities.Waco.handling_cost=1",
    {"table": "lanes", "filter": "origin=Oakland;destination=Waco;mode=truck;unit_cost=4", "action": "add"},
    {"table": "lanes", "filter": "origin=Waco;destination=Austin;mode=truck;unit_cost=1", "action": "add"},
)
"""A site beside Dallas that is there today, serves Austin for 1 less, and is not worth its 500."""


@pytest.fixture(scope="module")
def three(network: Network) -> SiteValues:
    return value_sites(network.edit(*WACO), alone=True, gap=0.0, years=1, discount_rate=0.2)


def test_alone_is_one_change_to_todays_sites(network: Network, three: SiteValues) -> None:
    """Today Dallas and Waco; nothing else may open or close."""
    table = three.alone_table().set_index("site")
    assert table["change"].to_dict() == {"Reno": "opens", "Dallas": "closes", "Waco": "closes"}
    assert three.today is not None
    held = {"Reno": "closed", "Dallas": "open", "Waco": "open"}
    today = _held_cost(network, held)
    assert three.today.cost == pytest.approx(today)
    for site, change in (("Reno", "open"), ("Waco", "closed")):
        saving = today - _held_cost(network, {**held, site: change})
        assert table.loc[site, ["saving", "at_least", "at_most"]].tolist() == pytest.approx([saving] * 3)
    assert table.loc["Waco", "saving"] == pytest.approx(500 - 40 - 80)  # Austin's 80 units travel for 1 more
    assert table.loc["Dallas", "status"] == "infeasible"  # nobody else reaches Boise
    assert pd.isna(table.loc["Dallas", "saving"])


def _held_cost(network: Network, status: dict[str, str]) -> float:
    edits = [f"facilities.{site}.status={said}" for site, said in status.items()]
    return float(netopt.solve(network.edit(*WACO).edit(*edits), gap=0.0).cost)


def test_alone_is_appraised_with_what_is_paid_once(three: SiteValues) -> None:
    waco = three.alone_table().set_index("site").loc["Waco"]
    assert waco["once_only"] == 40
    assert waco["yearly_saving"] == pytest.approx((500 - 80) * 365 / 7)
    assert waco["payback_years"] == pytest.approx(40 / 420 * 7 / 365)


def test_having_a_site_is_appraised_in_company(three: SiteValues) -> None:
    table = three.table().set_index("site")
    assert table.loc["Reno", "once_only"] == 150
    assert table.loc["Waco", "once_only"] == -40  # keeping it spares the closing
    assert table.loc["Waco", "yearly_saving"] < 0
    assert not table.loc["Waco", "open"]


def test_the_substitute_takes_over(values: SiteValues, three: SiteValues) -> None:
    table = values.table().set_index("site")
    assert table.loc["Reno", ["substitute", "substitute_units"]].tolist() == ["Dallas", 200]
    assert table.loc["Dallas", ["substitute", "substitute_units"]].tolist() == ["", 0]
    assert three.table().set_index("site").loc["Waco", ["substitute", "substitute_units"]].tolist() == ["Dallas", 80]


def test_todays_sites_are_those_of_the_baseline(network: Network) -> None:
    flows = pd.DataFrame(
        [("Oakland", "Reno", 220), ("Oakland", "Dallas", 80), ("Reno", "Boise", 100), ("Reno", "Phoenix", 120),
         ("Dallas", "Austin", 80)], columns=["origin", "destination", "quantity"],
    )  # fmt: skip
    found = value_sites(network, alone=True, gap=0.0, baseline=flows)
    table = found.alone_table().set_index("site")
    assert table["change"].to_dict() == {"Reno": "closes", "Dallas": "closes"}
    assert table.loc["Reno", "saving"] == pytest.approx(3780 - 4230)
    as_run = 600 + 220 + 320 + 300 + 600 + 160 + 300 + 1200
    assert table.loc["Reno", "change_today"] == pytest.approx(4230 - as_run)


def test_a_slash_in_a_name_is_no_folder(network: Network) -> None:
    named = network.tables.frames
    frames = {name: frame.replace("Reno", "Reno/Sparks") for name, frame in named.items()}
    found = value_sites(frames, names=["Reno/Sparks"], alone=True, gap=0.0)
    assert found.table().loc[0, ["site", "worth", "alone"]].tolist() == ["Reno/Sparks", pytest.approx(450), pytest.approx(450)]


def test_the_same_site_twice_is_asked_about_once(network: Network) -> None:
    assert value_sites(network, names=["Reno", "reno"], gap=0.0).table()["site"].tolist() == ["Reno"]
