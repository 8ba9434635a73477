"""Parquet and DuckDB files read as the CSV files of the same cells."""

from __future__ import annotations

import builtins
import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from netopt.errors import InputError
from netopt.read import Tables, parquet, read_tables
from tests.read.samples import folder

if TYPE_CHECKING:
    from pathlib import Path


def same(one: Tables, other: Tables) -> None:
    assert list(one.frames) == list(other.frames)
    for name, frame in one.frames.items():
        pd.testing.assert_frame_equal(
            frame.reset_index(drop=True), other[name].reset_index(drop=True), check_exact=True
        )


def test_parquet_files_in_a_folder(tmp_path: Path) -> None:
    path = folder(tmp_path)
    expected = read_tables(path)
    expected["lanes"].to_parquet(path / "lanes.parquet")
    (path / "lanes.csv").unlink()
    found = read_tables(path)
    same(found, expected)
    assert found.source("lanes") == "lanes.parquet"


def test_stacked_parquet(tmp_path: Path) -> None:
    expected = read_tables(folder(tmp_path))
    stacked = pd.concat([frame.assign(table=name) for name, frame in expected.frames.items()], ignore_index=True)
    stacked.to_parquet(tmp_path / "network.parquet")
    found = read_tables(tmp_path / "network.parquet")
    same(found, expected)
    assert found["customers"].index.tolist() == [4]


def test_types_of_parquet(tmp_path: Path) -> None:
    path = folder(tmp_path, {"customers.csv": None, "demand.csv": None, "lanes.csv": None})
    pq.write_table(
        pa.table(
            {
                "name": pa.array([2139, 2140], pa.int32()),
                "single_source": pa.array([True, None]),
                "promise_days": pa.array([2, None], pa.uint8()),
                "channel": pa.array(["a", "b"]).dictionary_encode(),
            }
        ),
        path / "customers.parquet",
    )
    (path / "demand.csv").write_text("customer,quantity\n2139,1\n")
    (path / "lanes.csv").write_text("origin,destination\nAcme,Reno\nReno,2139\n")
    days = pa.array([datetime.date(2027, 1, 1), datetime.date(2027, 2, 1)])
    pq.write_table(pa.table({"name": ["a", "b"], "start": days}), path / "periods.parquet")
    tables = read_tables(path)
    assert tables["customers"]["name"].tolist() == ["2139", "2140"]
    assert tables["customers"]["single_source"].tolist()[0] == "yes"
    assert tables["customers"]["promise_days"].tolist()[0] == 2
    assert tables["periods"]["start"].tolist() == ["2027-01-01", "2027-02-01"]


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_decimals_of_parquet_are_read_some_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(parquet, "CHUNK", chunk)
    path = folder(tmp_path)
    lanes = read_tables(path)["lanes"]
    cost = pa.array([Decimal("1.25"), None, *([Decimal("3.10")] * (len(lanes) - 2))], pa.decimal128(9, 2))
    table = pa.table({"origin": lanes["origin"].tolist(), "destination": lanes["destination"].tolist(), "unit_cost": cost})
    pq.write_table(table, path / "lanes.parquet")
    (path / "lanes.csv").unlink()
    found = read_tables(path)["lanes"]["unit_cost"]
    assert found.dropna().tolist() == [1.25, *([3.1] * (len(lanes) - 2))]
    assert found.isna().tolist() == [False, True, *([False] * (len(lanes) - 2))]


def test_stacked_parquet_refusals(tmp_path: Path) -> None:
    (tmp_path / "network.parquet").write_bytes(b"hello")
    with pytest.raises(InputError, match=r"network.parquet: the file is not readable as Parquet"):
        read_tables(tmp_path / "network.parquet")
    pd.DataFrame({"origin": ["a"]}).to_parquet(tmp_path / "network.parquet")
    with pytest.raises(InputError, match="there is no column `table`"):
        read_tables(tmp_path / "network.parquet")


def test_duckdb(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    expected = read_tables(folder(tmp_path))
    with duckdb.connect(str(tmp_path / "net.duckdb")) as database:
        for name, frame in expected.frames.items():
            database.register("given", frame)
            database.execute(f'create table "{name}" as select * from given')
        database.execute("create table _mine as select 1 as a")
        database.execute("create view rates as select 1 as a")
    found = read_tables(tmp_path / "net.duckdb")
    same(found, expected)
    assert found.source("lanes") == "net.duckdb, table lanes"
    with duckdb.connect(str(tmp_path / "net.duckdb")) as database:
        database.execute("create table lains as select 1 as a")
        database.execute("update lanes set unit_cost = -1 where origin = 'Reno'")
    with pytest.raises(InputError) as caught:
        read_tables(tmp_path / "net.duckdb")
    text = str(caught.value)
    assert 'net.duckdb: "lains" is not a table that netopt knows; did you mean lanes?' in text
    assert "net.duckdb, table lanes row 3, unit_cost: -1 is negative" in text


def test_duckdb_damaged(tmp_path: Path) -> None:
    pytest.importorskip("duckdb")
    (tmp_path / "net.duckdb").write_bytes(b"hello" * 5000)
    with pytest.raises(InputError, match="DuckDB cannot read the file"):
        read_tables(tmp_path / "net.duckdb")


def test_duckdb_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.duckdb").touch()
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "duckdb":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InputError, match=r"needs duckdb; install it with: pip install 'netopt\[duckdb\]'"):
        read_tables(tmp_path / "net.duckdb")
