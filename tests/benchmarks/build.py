"""What it costs to build the program: `python -m tests.benchmarks.build 10k 100k 1m`.

Each contestant builds the same three-echelon network, up to and including the hand-over to HiGHS, and solves nothing.
Each measurement is a fresh process, so that its peak memory is its own. The table says, per contestant and size:

* seconds of each stage, and of the build (all stages but those that fetch the data);
* µs per lane of the build;
* peak MB of the process, and bytes per lane above what it held once its imports were done. The data is in that figure:
  raw and linopy get it as arrays on disk, netopt and raw-csv as a folder of CSVs;
* the build's seconds against those of `raw`.

A new contestant is one function that yields (stage, action) pairs, and one line in `CONTESTANTS`.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

# Nothing heavy is imported here: Linux hands the parent's peak memory down to the child that it forks.

SIZES = ("1k", "10k", "100k", "1m", "10m")
FETCH = ("load", "read")  # stages that fetch the data: shown, not counted as building
CHECKOUT = Path(__file__).resolve().parents[2]
LIBRARIES = {  # imported before the clock starts and before memory is counted
    "raw": ("numpy", "highspy"),
    "raw-arrays": ("numpy", "highspy"),
    "raw-csv": ("numpy", "pandas", "highspy"),
    "linopy": ("numpy", "linopy", "highspy"),
    "netopt": ("netopt", "pandas", "highspy", "netopt.formulation", "netopt.solve.highs"),
    "netopt-pyomo": ("netopt", "pandas", "pyomo.environ", "netopt.formulation"),
}

Stage = tuple[str, Callable[[], Any]]  # a name, and the action to time


class Measurement(NamedTuple):
    """One contestant on one size.

    Attributes
    ----------
    contestant, size : str
        Who, and on which network.
    lanes : int
        Lanes of the network.
    stages : list of (str, float, float)
        Name, seconds, and peak MB of the process when the stage was over.
    imported : float
        Peak MB of the process when its imports were done.
    """

    contestant: str
    size: str
    lanes: int
    stages: list[tuple[str, float, float]]
    imported: float

    @property
    def build(self) -> float:
        """Seconds of all stages but those that fetch the data."""
        return sum(seconds for name, seconds, _ in self.stages if name not in FETCH)

    @property
    def peak(self) -> float:
        """Peak memory of the process, in MB."""
        return self.stages[-1][2]

    @property
    def bytes_per_lane(self) -> float:
        """Peak memory above what the imports took, per lane."""
        return (self.peak - self.imported) * 2**20 / self.lanes


# --- the contestants: each yields its stages, and keeps what the next one needs --------------------------------------


def raw(folder: Path) -> Iterator[Stage]:
    """Numpy arrays → CSC matrix → `highspy.HighsLp`."""
    from tests.benchmarks import raw as baseline

    held: dict[str, Any] = {}
    yield "load", lambda: held.update(net=load_arrays(folder))
    yield "matrix", lambda: held.update(program=baseline.matrix(held["net"]))
    yield "HiGHS", lambda: held.update(highs=baseline.pass_model(held["program"]))


def raw_arrays(folder: Path) -> Iterator[Stage]:
    """Numpy arrays → CSC matrix → HiGHS, as arrays."""
    from tests.benchmarks import raw as baseline

    held: dict[str, Any] = {}
    yield "load", lambda: held.update(net=load_arrays(folder))
    yield "matrix", lambda: held.update(program=baseline.matrix(held["net"]))
    yield "HiGHS", lambda: held.update(highs=baseline.pass_arrays(held["program"]))


def raw_csv(folder: Path) -> Iterator[Stage]:
    """Folder of CSVs → pandas → numpy arrays → CSC matrix → HiGHS: what reading costs at the least."""
    from tests.benchmarks import raw as baseline

    held: dict[str, Any] = {}
    yield "read", lambda: held.update(net=read_arrays(folder))
    yield "matrix", lambda: held.update(program=baseline.matrix(held["net"]))
    yield "HiGHS", lambda: held.update(highs=baseline.pass_arrays(held["program"]))


def linopy(folder: Path) -> Iterator[Stage]:
    """Numpy arrays → linopy model → HiGHS."""
    from tests.benchmarks import raw as baseline

    held: dict[str, Any] = {}
    yield "load", lambda: held.update(net=load_arrays(folder))
    yield "model", lambda: held.update(model=baseline.linopy_model(held["net"]))
    yield "HiGHS", lambda: held.update(highs=baseline.linopy_to_highs(held["model"]))


def netopt(folder: Path) -> Iterator[Stage]:
    """Folder of CSVs → Network → Program → HiGHS."""
    package, formulation = importlib.import_module("netopt"), importlib.import_module("netopt.formulation")
    solver = importlib.import_module("netopt.solve.highs")
    held: dict[str, Any] = {}
    yield "read", lambda: held.update(network=package.read(folder))
    yield "program", lambda: held.update(program=formulation.build(held["network"]))
    yield "HiGHS", lambda: held.update(highs=solver.load(held["program"]))


def netopt_pyomo(folder: Path) -> Iterator[Stage]:
    """Folder of CSVs → Network → Pyomo model."""
    package = importlib.import_module("netopt")
    held: dict[str, Any] = {}
    yield "read", lambda: held.update(network=package.read(folder))
    yield "Pyomo", lambda: held.update(model=package.to_pyomo(held["network"]))


CONTESTANTS: dict[str, Callable[[Path], Iterator[Stage]]] = {
    "raw": raw,
    "raw-arrays": raw_arrays,
    "raw-csv": raw_csv,
    "linopy": linopy,
    "netopt": netopt,
    "netopt-pyomo": netopt_pyomo,
}


# --- the data: written once per size, as arrays and as CSVs -----------------------------------------------------------


def prepare(size: str, seed: int, folder: Path) -> None:
    """Write the network of one size as arrays.npz and as a folder of CSVs.

    Parameters
    ----------
    size : str
        One of `SIZES`.
    seed : int
        Seed of the generator.
    folder : Path
        Where to.
    """
    import numpy as np

    from tests.benchmarks.convert import three_echelon, write_folder
    from tests.benchmarks.converters.three_echelon import arrays

    write_folder(three_echelon(size, seed), folder / "csv")
    net = arrays(size, seed)
    np.savez(folder / "arrays.npz", **net._asdict())


def load_arrays(folder: Path) -> Any:
    """Return the network that `prepare` wrote as arrays."""
    import numpy as np

    from tests.benchmarks.converters.three_echelon import Arrays

    with np.load(folder / "arrays.npz") as file:
        return Arrays(**{name: file[name] for name in Arrays._fields})


def read_arrays(folder: Path) -> Any:
    """Return the network that `prepare` wrote as CSVs, as arrays, its names turned into numbers."""
    import numpy as np
    import pandas as pd

    from tests.benchmarks.converters.three_echelon import Arrays

    text = folder / "csv"
    facilities = pd.read_csv(text / "facilities.csv")
    demand = pd.read_csv(text / "demand.csv")
    names = pd.Index(pd.concat([facilities["name"], demand["customer"]]))
    lanes = pd.read_csv(text / "lanes.csv", dtype={"origin": "category", "destination": "category"})
    ends = [names.get_indexer(lanes[end].cat.categories)[lanes[end].cat.codes] for end in ("origin", "destination")]
    kinds = facilities["type"].value_counts()
    customers = len(demand)
    return Arrays(
        tail=ends[0],
        head=ends[1],
        cost=lanes["unit_cost"].to_numpy(),
        capacity=np.concatenate([facilities["capacity"].to_numpy(), np.full(customers, np.inf)]),
        fixed=np.concatenate([facilities["fixed_cost"].to_numpy(), np.zeros(customers)]),
        demand=demand["quantity"].to_numpy(dtype=np.float64),
        counts=np.array([*(kinds[kind] for kind in ("supplier", "dc", "fc")), customers]),
    )


# --- the measuring ----------------------------------------------------------------------------------------------------


def peak_mb() -> float:
    """Return the most memory that this process has held, in MB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / 2**20 if sys.platform == "darwin" else most / 2**10  # bytes there, kilobytes on Linux


def measure(contestant: str, size: str, folder: Path) -> Measurement:
    """Time a contestant in this process.

    Parameters
    ----------
    contestant : str
        One of `CONTESTANTS`.
    size : str
        One of `SIZES`; a label here.
    folder : Path
        As `prepare` left it: csv/ for netopt, arrays.npz for the others.

    Returns
    -------
    Measurement
        Seconds and peak memory by stage.
    """
    for library in (*LIBRARIES[contestant], "tests.benchmarks.raw"):
        importlib.import_module(library)
    source = folder / "csv" if contestant.startswith("netopt") else folder
    lanes = sum(1 for _ in (folder / "csv" / "lanes.csv").open(encoding="utf-8")) - 1
    imported = peak_mb()
    stages = []
    for stage, action in CONTESTANTS[contestant](source):
        began = time.perf_counter()
        action()
        stages.append((stage, time.perf_counter() - began, peak_mb()))
    return Measurement(contestant, size, lanes, stages, imported)


def measure_apart(contestant: str, size: str, folder: Path, timeout: float) -> Measurement | str:
    """Time a contestant in a process of its own.

    Parameters
    ----------
    contestant, size, folder
        As in `measure`.
    timeout : float
        Seconds before the process is stopped.

    Returns
    -------
    Measurement or str
        The figures, or in one line why there are none.
    """
    result = folder / f"{contestant}.json"  # not standard output: libraries print their banners there
    result.unlink(missing_ok=True)
    fault = _child(["--measure", contestant, str(folder), str(result), size], timeout)
    if fault:
        return fault
    found = json.loads(result.read_text(encoding="utf-8"))
    found["stages"] = [(str(name), float(seconds), float(peak)) for name, seconds, peak in found["stages"]]
    return Measurement(**found)


def _child(arguments: list[str], timeout: float) -> str:
    command = [sys.executable, "-m", "tests.benchmarks.build", *arguments]
    try:
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=timeout, check=False)
    except subprocess.TimeoutExpired:
        return f"stopped after {timeout:g} s"
    if done.returncode:
        return (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
    return ""


# --- the table --------------------------------------------------------------------------------------------------------


def table(results: list[Measurement | tuple[str, str, str]]) -> str:
    """Return the results as a Markdown table.

    Parameters
    ----------
    results : list of Measurement or (contestant, size, reason)
        What was measured, or why it was not.

    Returns
    -------
    str
        One line per contestant and size.
    """
    raws = {m.size: m.build for m in results if isinstance(m, Measurement) and m.contestant == "raw"}
    lines = [
        "| contestant | size | lanes | seconds by stage | build s | µs/lane | peak MB | bytes/lane | ratio to raw |",
        "|---|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for result in results:
        if not isinstance(result, Measurement):
            contestant, size, reason = result
            lines.append(f"| {contestant} | {size} | | {reason} | | | | | |")
            continue
        stages = ", ".join(f"{name} {seconds:.3f}" for name, seconds, _ in result.stages)
        ratio = f"{result.build / raws[result.size]:.2f}" if result.size in raws else ""
        lines.append(
            f"| {result.contestant} | {result.size} | {result.lanes:,} | {stages} | {result.build:.3f} "
            f"| {result.build * 1e6 / result.lanes:.2f} | {result.peak:,.0f} | {result.bytes_per_lane:,.0f} | {ratio} |"
        )
    return "\n".join(lines)


def run(sizes: list[str], contestants: list[str], seed: int, repeat: int, timeout: float) -> str:
    """Measure every contestant on every size and return the table.

    Parameters
    ----------
    sizes, contestants : list of str
        From `SIZES` and `CONTESTANTS`.
    seed : int
        Seed of the generator.
    repeat : int
        Processes per contestant and size; the one with the quickest build is kept.
    timeout : float
        Seconds before a process is stopped.

    Returns
    -------
    str
        Markdown.

    Raises
    ------
    RuntimeError
        When the data cannot be written.
    """
    results: list[Measurement | tuple[str, str, str]] = []
    for size in sizes:
        with tempfile.TemporaryDirectory(prefix="netopt-build-") as name:
            folder = Path(name)
            fault = _child(["--prepare", str(folder), str(seed), size], timeout)
            if fault:
                raise RuntimeError(f"{size}: {fault}")
            for contestant in contestants:
                tries = [measure_apart(contestant, size, folder, timeout) for _ in range(repeat)]
                good = [found for found in tries if isinstance(found, Measurement)]
                if good:
                    results.append(min(good, key=lambda m: m.build))
                else:
                    results.append((contestant, size, str(tries[0])))
                print(f"{size} {contestant}: done", file=sys.stderr, flush=True)
    return table(results)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    said = (__doc__ or "").splitlines()[0]
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.build", description=said)
    parser.add_argument("sizes", nargs="+", choices=SIZES, metavar="SIZE", help=", ".join(SIZES))
    parser.add_argument("--contestants", nargs="+", choices=list(CONTESTANTS), default=list(CONTESTANTS))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=1, help="processes per figure; the quickest counts")
    parser.add_argument("--timeout", type=float, default=600.0, help="seconds per process")
    parser.add_argument("--measure", nargs=3, metavar=("CONTESTANT", "FOLDER", "RESULT"), help=argparse.SUPPRESS)
    parser.add_argument("--prepare", nargs=2, metavar=("FOLDER", "SEED"), help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.prepare:
        prepare(asked.sizes[0], int(asked.prepare[1]), Path(asked.prepare[0]))
    elif asked.measure:
        contestant, folder, result = asked.measure
        figures = measure(contestant, asked.sizes[0], Path(folder))._asdict()
        Path(result).write_text(json.dumps(figures), encoding="utf-8")
    else:
        print(run(asked.sizes, asked.contestants, asked.seed, asked.repeat, asked.timeout))


if __name__ == "__main__":
    main()
