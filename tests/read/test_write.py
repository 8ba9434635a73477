"""What is written reads back the same, digit for digit, and is there whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netopt.read import Tables, read_tables
from netopt.read.write import write_tables
from tests.read.samples import PERIODS, PRODUCTS, folder
from tests.read.test_files import same

if TYPE_CHECKING:
    from pathlib import Path

SHAPES = ["network.csv", "folder", "network.xlsx"]

letters = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Cn", "Co", "Zs"))
names = st.lists(st.text(letters, min_size=1, max_size=12), min_size=3, max_size=8, unique_by=lambda n: _fold(n))
amounts = st.floats(min_value=0, allow_infinity=False, allow_nan=False)


def _fold(name: str) -> str:
    from netopt.read.problems import fold

    return fold(name)


@st.composite
def networks(draw: st.DrawFn) -> dict[str, pd.DataFrame]:
    """Draw a network whose names and numbers are as strange as the contract allows."""
    places = draw(names)
    sites, customers = places[:-1], places[-1:]
    costs = draw(st.lists(amounts, min_size=len(sites), max_size=len(sites)))
    quantity = draw(st.floats(min_value=5e-324, allow_infinity=False))
    fixed = draw(st.lists(st.none() | amounts, min_size=len(sites), max_size=len(sites)))
    return {
        "facilities": pd.DataFrame(
            {
                "name": sites,
                "type": ["supplier"] + ["fc"] * (len(sites) - 1),
                "fixed_cost": pd.Series(fixed, dtype="float64"),
            }
        ),
        "customers": pd.DataFrame({"name": customers, "channel": [draw(st.none() | st.text(letters, min_size=1))]}),
        "demand": pd.DataFrame({"customer": customers, "quantity": [quantity]}),
        "lanes": pd.DataFrame({"origin": sites, "destination": customers * len(sites), "unit_cost": costs}),
    }


@pytest.mark.parametrize("shape", [*SHAPES, "parquet"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(frames=networks())
def test_round_trip(shape: str, frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    expected = read_tables(frames)
    target = tmp_path / shape
    if shape == "parquet":
        target.mkdir(exist_ok=True)
        for name, frame in expected.frames.items():
            frame.to_parquet(target / f"{name}.parquet")
    else:
        write_tables(expected, target)
    same(read_tables(target), expected)


def network(tmp_path: Path) -> Tables:
    files = {
        **PRODUCTS,
        **PERIODS,
        "groups.csv": "name,member\nWest,Reno\n",
        "settings.csv": "key,value\nhorizon,30\ncurrency,=EUR\n",
        "limits.csv": "what,where,at_most\nopen_sites,West,1\n",
        "rates.csv": "origin,origin_type,per,base_cost\nReno,,unit,0.1\n,dc,weight,0.30000000000000004\n",
        "demand.csv": "customer,product,period,quantity\nBoise,tea,2027-01,123456789012345680\nBoise,,,1e-300\n",
        "facilities.csv": "name,period,type,capacity\nAcme,,supplier,\nReno,,fc,5\nReno,2027-02,,\n@home,,dc,\n",
    }
    return read_tables(folder(tmp_path, files))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_table_and_a_second_time(shape: str, tmp_path: Path) -> None:
    tables = network(tmp_path)
    for _ in range(2):
        write_tables(tables, tmp_path / shape)
        same(read_tables(tmp_path / shape), tables)
    assert not list(tmp_path.rglob(".*"))


def test_numbers_are_written_as_people_write_them(tmp_path: Path) -> None:
    write_tables(network(tmp_path), tmp_path / "out")
    assert (tmp_path / "out" / "facilities.csv").read_text() == (
        "name,period,type,capacity\nAcme,,supplier,\nReno,,fc,5\nReno,2027-02,,\n@home,,dc,\n"
    )
    assert "0.30000000000000004" in (tmp_path / "out" / "rates.csv").read_text()


def test_frames_and_names(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="'lains' is not a table of netopt"):
        write_tables({"lains": pd.DataFrame()}, tmp_path / "network.csv")
    with pytest.raises(ValueError, match=r"cannot write network.json: use .csv, .xlsx or a folder"):
        write_tables(network(tmp_path), tmp_path / "network.json")


def test_a_folder_with_another_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "Supply.csv").write_text("facility\nAcme\n")
    with pytest.raises(FileExistsError, match=r"would be read with the tables"):
        write_tables(network(tmp_path), tmp_path / "out")


@pytest.mark.parametrize("shape", ["network.csv", "network.xlsx"])
def test_an_interrupted_write_leaves_the_old_file(shape: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tables = network(tmp_path)
    target = tmp_path / shape
    write_tables(tables, target)
    before = target.read_bytes()

    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", fail)
    with pytest.raises(KeyboardInterrupt):
        write_tables({"customers": tables["customers"]}, target)
    assert target.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["net", shape])
