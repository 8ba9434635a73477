"""The seeded three-echelon network that the speed and memory figures are measured on."""

from __future__ import annotations

import importlib.util
from functools import cache
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from tests.benchmarks.converters._text import Tables
from tests.benchmarks.locate import benchmark_root


class Arrays(NamedTuple):
    """A three-echelon network as arrays; places are numbered suppliers, DCs, FCs, customers.

    Attributes
    ----------
    tail, head : ndarray of int, shape (lanes,)
        The places a lane joins.
    cost : ndarray, shape (lanes,)
        Money per unit.
    capacity, fixed : ndarray, shape (places,)
        Units per period (inf for a customer), money per period while open.
    demand : ndarray, shape (customers,)
        Units per period.
    counts : ndarray of int, shape (4,)
        How many suppliers, DCs, FCs, customers.
    """

    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    cost: NDArray[np.float64]
    capacity: NDArray[np.float64]
    fixed: NDArray[np.float64]
    demand: NDArray[np.float64]
    counts: NDArray[np.int64]


def arrays(size: str, seed: int = 0) -> Arrays:
    """Return the network as arrays.

    Parameters
    ----------
    size : {"1k", "10k", "100k", "1m", "10m"}
        Lanes, about.
    seed : int
        Seed of the generator.

    Returns
    -------
    Arrays
        The network.

    Raises
    ------
    FileNotFoundError
        When the benchmarks are not on this machine.
    """
    tail, head, cost, capacity, fixed, demand, ranges, _ = _generator().network(size, seed)
    return Arrays(tail, head, cost, capacity, fixed, demand, np.array([len(r) for r in ranges]))


def three_echelon(size: str, seed: int = 0) -> Tables:
    """Return the network as tables, the same ones that the generator writes as CSVs.

    Parameters
    ----------
    size : {"1k", "10k", "100k", "1m", "10m"}
        Lanes, about.
    seed : int
        Seed of the generator.

    Returns
    -------
    dict of str to DataFrame
        Tables facilities, customers, demand, lanes.

    Raises
    ------
    FileNotFoundError
        When the benchmarks are not on this machine.
    """
    tail, head, cost, capacity, fixed, demand, ranges, xy = _generator().network(size, seed)
    counts = [len(r) for r in ranges]
    sites = sum(counts[:3])
    name = _from_zero(counts)
    latitude, longitude = xy[:, 1] * 10 + 30, xy[:, 0] * 10 - 100
    facilities = pd.DataFrame(
        {
            "name": name[:sites],
            "type": np.repeat(["supplier", "dc", "fc"], counts[:3]),
            "status": np.repeat(["open", "consider", "consider"], counts[:3]),
            "capacity": capacity[:sites],
            "fixed_cost": fixed[:sites],
            "latitude": latitude[:sites],
            "longitude": longitude[:sites],
        }
    )
    return {
        "facilities": facilities,
        "customers": pd.DataFrame({"name": name[sites:], "latitude": latitude[sites:], "longitude": longitude[sites:]}),
        "demand": pd.DataFrame({"customer": name[sites:], "quantity": demand}),
        "lanes": pd.DataFrame({"origin": name[tail], "destination": name[head], "unit_cost": cost}),
    }


def _from_zero(counts: list[int]) -> NDArray[np.str_]:
    """Name places as the generator does, counting from 0."""
    return np.concatenate(
        [np.char.add(prefix, np.arange(count).astype(str)) for prefix, count in zip("SDFC", counts, strict=True)]
    )


@cache
def _generator() -> ModuleType:
    root = benchmark_root()
    path = None if root is None else root / "three_echelon.py"
    if path is None or not path.is_file():
        raise FileNotFoundError("no three_echelon.py here: set NETOPT_BENCHMARKS to the benchmark folder")
    spec = importlib.util.spec_from_file_location("netopt_benchmark_three_echelon", path)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(f"{path} cannot be imported")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
