"""Lanes are arrays from the file to the bound: no Python object for any of them, memory in proportion to the arrays."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.formulation import Program, build
from netopt.network import Network, rates
from netopt.solve.bound import Duals, Ledger

SITES, LANES = 100, 100_000
BYTES_A_LANE = 400
"""Measured: 306 for lanes that are typed, with five columns of words and three of numbers; 266 for those of rates."""


def folder(path: Path, customers: int, tables: dict[str, pd.DataFrame]) -> Path:
    """Write a supplier, sites and customers as CSV, and other tables as Parquet."""
    rng = np.random.default_rng(1)
    sites = pd.DataFrame({"name": ["S", *(f"F{i}" for i in range(SITES))], "type": ["supplier"] + ["fc"] * SITES})
    sites["status"], sites["fixed_cost"] = ["open"] + ["consider"] * SITES, 50
    sites["latitude"], sites["longitude"] = rng.uniform(30, 40, (2, SITES + 1))
    people = pd.DataFrame({"name": [f"C{i}" for i in range(customers)]})
    people["latitude"], people["longitude"] = rng.uniform(30, 40, (2, customers))
    path.mkdir()
    sites.to_csv(path / "facilities.csv", index=False)
    people.to_csv(path / "customers.csv", index=False)
    people.rename(columns={"name": "customer"})[["customer"]].assign(quantity=2).to_csv(path / "demand.csv", index=False)
    for name, table in tables.items():
        table.to_parquet(path / f"{name}.parquet", index=False)
    return path


def typed(path: Path, customers: int) -> Path:
    rng = np.random.default_rng(2)
    pairs = pd.DataFrame({"origin": np.repeat([f"F{i}" for i in range(SITES)], customers)})
    pairs["destination"] = np.tile([f"C{i}" for i in range(customers)], SITES)
    lanes = pd.concat([pd.DataFrame({"origin": "S", "destination": [f"F{i}" for i in range(SITES)]}), pairs])
    lanes["mode"] = np.array(["ground", "air", "rail"])[rng.integers(0, 3, len(lanes))]
    lanes["status"] = np.where(rng.random(len(lanes)) < 0.01, "closed", "open")
    lanes["capacity_unit"] = "units"
    lanes["unit_cost"], lanes["days"] = rng.uniform(1, 9, len(lanes)), rng.integers(1, 5, len(lanes))
    lanes["capacity"] = np.where(rng.random(len(lanes)) < 0.1, 60.0, np.nan)
    return folder(path, customers, {"lanes": lanes})


def rated(path: Path, customers: int) -> Path:
    cards = [("supplier", "fc", "truck", 1, np.nan), ("fc", "customer", "ground", 0.1, 5e4), ("fc", "customer", "air", 1, 5e4)]
    columns = ["origin_type", "destination_type", "mode", "cost_per_distance", "distance_to"]
    return folder(path, customers, {"rates": pd.DataFrame(cards, columns=columns)})


def formulated(path: Path) -> tuple[Network, Program, float]:
    """Return the network, its program, and the bound of duals that say nothing: the supplier is open and costs 50."""
    network = netopt.read(path)
    program = build(network)
    none = np.zeros(0)
    duals = Duals(np.zeros(len(program.row_lower)), none, np.zeros(0, dtype=np.int64), none)
    return network, program, Ledger(program).bound(duals).value


def most_bytes(path: Path) -> int:
    """Return the most memory that arrays and objects take on the way; what Arrow reads into is not counted."""
    tracemalloc.start()
    try:
        formulated(path)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("written", "customers"), [(typed, LANES // SITES), (rated, LANES // SITES // 2)])
def test_no_object_a_lane(tmp_path: Path, written: Callable[[Path, int], Path], customers: int) -> None:
    formulated(written(tmp_path / "small", 10))  # whatever is imported and cached on the way
    path = written(tmp_path / "large", customers)
    before = sys.getallocatedblocks()
    network, program, bound = formulated(path)
    assert len(network.lanes) == LANES + SITES
    assert bound == pytest.approx(50)
    assert program.columns["flow"].size > 0.98 * LANES
    assert sys.getallocatedblocks() - before < LANES // 5  # places have names, and there is a name a customer here


@pytest.mark.parametrize(("written", "customers"), [(typed, LANES // SITES), (rated, LANES // SITES // 2)])
def test_memory_is_in_proportion(tmp_path: Path, written: Callable[[Path, int], Path], customers: int) -> None:
    small, large = (most_bytes(written(tmp_path / str(n), n)) for n in (customers // 2, customers))
    assert large < BYTES_A_LANE * LANES
    assert (large - small) / (LANES / 2) < BYTES_A_LANE


def test_pairs_beyond_a_band_take_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_BLOCK", 20_000)
    cards = [("supplier", "fc", 1, np.nan), ("fc", "customer", 0.1, 100)]
    table = pd.DataFrame(cards, columns=["origin_type", "destination_type", "cost_per_distance", "distance_to"])
    path = folder(tmp_path / "near", LANES // SITES * 5, {"rates": table})
    lanes = len(netopt.read(path).lanes)
    assert 0.01 < lanes / (5 * LANES) < 0.05
    assert most_bytes(path) < 40 * 5 * LANES  # two positions and a distance for each pair would be more


@pytest.mark.slow
@pytest.mark.parametrize(("written", "customers"), [(typed, 10_000), (rated, 5_000)])
def test_a_million_lanes(tmp_path: Path, written: Callable[[Path, int], Path], customers: int) -> None:
    path = written(tmp_path / "large", customers)
    before = sys.getallocatedblocks()
    network, _, bound = formulated(path)
    assert len(network.lanes) == 1_000_100
    assert bound == pytest.approx(50)
    assert sys.getallocatedblocks() - before < 200_000
    assert network.graph.number_of_nodes() == 1 + SITES + customers
    assert network.graph.graph == {"lanes_left_out": 1_000_100}
    assert most_bytes(path) < BYTES_A_LANE * 1_000_100
