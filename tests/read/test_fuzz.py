"""Whatever the bytes, reading ends in tables or in InputError, never in anything else."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from netopt import schema
from netopt.errors import InputError
from netopt.read import read_tables
from tests.read.samples import GOOD, folder

if TYPE_CHECKING:
    from pathlib import Path

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
HEADERS = sorted({column for table in schema.tables().values() for column in table.columns})
CELLS = [
    "",
    "Acme",
    "Reno",
    "Boise",
    "West",
    "-1",
    "0",
    "1e400",
    "2027-01-01",
    "yes",
    "open",
    "fc",
    "unit",
    "\u202e",
    "tea",
]
cells = st.sampled_from(CELLS) | st.text(max_size=5) | st.floats(allow_nan=True).map(repr)
mixed = st.sampled_from(
    [*CELLS, None, 0, -1, 2.5, float("nan"), float("inf"), True, pd.NA, pd.NaT, b"x", (1, 2), 10**30]
)


@quick
@given(
    name=st.sampled_from(sorted(GOOD)), at=st.integers(0, 60), removed=st.integers(0, 5), added=st.binary(max_size=6)
)
def test_damaged_bytes(
    name: str, at: int, removed: int, added: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    data = GOOD[name].encode()
    path = folder(tmp_path_factory.mktemp("fuzz"), {name: data[:at] + added + data[at + removed :]})
    with contextlib.suppress(InputError):
        read_tables(path)


@quick
@given(data=st.data())
@pytest.mark.parametrize("table", list(schema.tables()))
def test_any_cells_in_any_table(table: str, data: st.DataObject) -> None:
    columns = list(schema.tables()[table].columns)
    chosen = data.draw(st.lists(st.sampled_from(columns), unique=True, min_size=1))
    count = data.draw(st.integers(0, 4))
    values = {column: data.draw(st.lists(mixed, min_size=count, max_size=count)) for column in chosen}
    frames = {
        "facilities": pd.DataFrame({"name": ["Acme", "Reno"], "type": ["supplier", "fc"]}),
        "customers": pd.DataFrame({"name": ["Boise"]}),
        "demand": pd.DataFrame({"customer": ["Boise"], "quantity": [10]}),
        "lanes": pd.DataFrame({"origin": ["Acme", "Reno"], "destination": ["Reno", "Boise"]}),
        "groups": pd.DataFrame({"name": ["West"], "member": ["Reno"]}),
        "products": pd.DataFrame({"name": ["tea"]}),
        "periods": pd.DataFrame({"name": ["2027-01-01", "0"]}),
    }
    with contextlib.suppress(InputError):
        read_tables({**frames, table: pd.DataFrame(values, dtype=object)})


@quick
@given(
    headers=st.lists(st.sampled_from([*HEADERS, "table", "", "x_a"]) | st.text(max_size=8), max_size=8),
    rows=st.lists(st.lists(cells, max_size=8), max_size=5),
)
@example(headers=["table"], rows=[["facilities"]])
@example(headers=["table", "name"], rows=[["", ""], ["", "a"]])
def test_any_stack(headers: list[str], rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("fuzz") / "network.csv"
    lines = [headers, *([["lanes", *row] for row in rows])]
    path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8", errors="surrogatepass")
    with contextlib.suppress(InputError):
        read_tables(path)


@settings(quick, max_examples=60)
@given(at=st.integers(0, 8000), removed=st.integers(0, 50), added=st.binary(max_size=50))
def test_damaged_workbooks(at: int, removed: int, added: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path: Path = tmp_path_factory.mktemp("fuzz") / "net.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        for name, text in GOOD.items():
            sheet = workbook.add_worksheet(name.removesuffix(".csv"))
            for i, line in enumerate(text.splitlines()):
                sheet.write_row(i, 0, line.split(","))
    data = path.read_bytes()
    path.write_bytes(data[:at] + added + data[at + removed :])
    with contextlib.suppress(InputError):
        read_tables(path)
