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
    assert found.alone is None
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
    assert values.study.audit().empty
    assert values.alone is not None
    assert values.alone.audit().empty
