"""Runs contestants on instances, each run in a fresh process with a hard limit, and keeps what came out on disk."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.benchmarks.cases import Case, known_of
from tests.benchmarks.contestants import CONTESTANTS
from tests.benchmarks.journal import peak_mb, read_points
from tests.benchmarks.locate import ENVIRONMENT_VARIABLE, benchmark_root
from tests.benchmarks.machine import machine, versions
from tests.benchmarks.scip_log import scip_points
from tests.benchmarks.store import Asked, Record, Store
from tests.benchmarks.trajectory import Point, measures

__all__ = ["compete"]

CHECKOUT = Path(__file__).resolve().parents[2]
FEW_GATES = 50_000  # up to this many, strong rows are what HiGHS starts from where neither form was measured
LOADING_SECONDS = 1800.0
CLOSING_SECONDS = 600.0


def compete(cases: list[Case], contestants: list[str], asked: Asked, store: Store) -> None:
    """Run what is not in the store yet.

    Parameters
    ----------
    cases : list of Case
        The instances.
    contestants : list of str
        From `CONTESTANTS`; they run in the order of that table.
    asked : Asked
        Limits.
    store : Store
        Gets the results.
    """
    who = [name for name in CONTESTANTS if name in contestants]
    for group in _groups(cases, asked.together):
        todo = {name: [case for case in group if store.get(case, name, asked) is None] for name in who}
        wanted = [case for case in group if any(case in left for left in todo.values())]
        if not wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="netopt-benchmark-") as scratch:
            folders = _lay_out(wanted, todo, asked, Path(scratch))
            for name in who:
                left = [case for case in todo[name] if case in folders]
                for part in [left] if asked.together else [[case] for case in left]:
                    if part:
                        _run(name, part, folders, asked, store, Path(scratch))


def _groups(cases: list[Case], together: bool) -> Iterator[list[Case]]:
    cases = list(dict.fromkeys(cases))
    if not together:
        yield from ([case] for case in cases)
        return
    for family in dict.fromkeys(case.family for case in cases):
        yield [case for case in cases if case.family == family]


def _lay_out(cases: list[Case], todo: dict[str, list[Case]], asked: Asked, scratch: Path) -> dict[Case, Path]:
    """Return the folders of the instances that could be laid out."""
    forms = {CONTESTANTS[name].form for name, left in todo.items() if left}
    if "better" in forms:
        forms |= {"weak", "strong"}
    folders = {case: scratch / f"case{at}" for at, case in enumerate(cases)}
    job = [
        {"case": case, "folder": str(folder), "forms": sorted(forms - {"", "better"}), "files": asked.files}
        for case, folder in folders.items()
    ]
    with _child({"cases": job}, scratch / "lay-out") as child:
        child.wait()
    for case in cases:
        fault = folders[case] / "fault"
        if fault.is_file() or not (folders[case] / "info.json").is_file():
            said = fault.read_text(encoding="utf-8") if fault.is_file() else _last_line(scratch / "lay-out")
            print(f"{case.family} {case.name}: left out: {said}", file=sys.stderr, flush=True)
            del folders[case]
    return folders


def _run(name: str, cases: list[Case], folders: dict[Case, Path], asked: Asked, store: Store, scratch: Path) -> None:
    """Run a contestant on some instances in one process, and add what came out to the store."""
    runs, going = [], []
    for at, case in enumerate(cases):
        form = CONTESTANTS[name].form
        start = store.start(case, asked) if name == "netopt" or form == "better" else None
        if form == "better":
            form = _better_form(case, folders[case], asked, store)
            if store.get(case, "netopt", asked) is not None and not store.start(case, asked).is_file():
                nothing = {"ended": "skipped", "error": "netopt left no plan to start from"}
                store.add(_record(case, name, asked, _info(folders[case]), nothing, form, 0.0))
                continue
        out = scratch / name / f"run{at}"
        out.mkdir(parents=True)
        runs.append({"folder": str(folders[case]), "out": str(out), "form": form, "start": str(start) if start else ""})
        going.append(case)
    if not runs:
        return
    load = os.getloadavg()[0]
    job = {"contestant": name, "time": asked.time, "gap": asked.gap, "runs": runs}
    with _child(job, scratch / name) as child:
        over, peak = _watch(child, [Path(run["out"]) for run in runs], asked)
    for case, run in zip(going, runs, strict=True):
        out = Path(run["out"])
        result = out / "result.json"
        if result.is_file():
            found = json.loads(result.read_text(encoding="utf-8"))
        elif over and not (out / "phase").is_file():
            found = {"ended": "failed", "error": "not run: the one before it was killed"}
        elif over:
            end = asked.time + asked.grace
            found = {"ended": "killed", "status": "killed", "seconds": end, "peak_mb": _finite(peak),
                     "error": f"killed while {over}", "points": read_points(out) or scip_points(out / "log")}
        else:
            found = {"ended": "failed", "error": _last_line(scratch / name)}
        store.add(_record(case, name, asked, _info(folders[case]), found, run["form"], load))
        said = found.get("error") or f"{found['status']} in {found['seconds']:.2f} s"
        print(f"{case.family} {case.name} {name}: {said}", file=sys.stderr, flush=True)


def _record(
    case: Case, name: str, asked: Asked, info: Record, found: Record, form: str, load: float
) -> Record:
    """Return a line of the results."""
    known = known_of(case)
    record = {
        **case._asdict(), "contestant": name, **asked.options(), "form": form, "known": known, **info, **found,
        "date": datetime.now(UTC).isoformat(timespec="seconds"), "machine": machine(), "versions": versions(),
        "load": load,
    }
    if found["ended"] in ("done", "killed"):
        done = found["ended"] == "done" and found["status"] in ("optimal", "infeasible")
        points = [Point(*_infinite(*point)) for point in found.pop("points")]
        last = points[-1] if points else Point(0.0, math.inf, -math.inf)
        if found["ended"] == "killed":
            found |= {"cost": _finite(last.cost), "bound": _finite(last.bound)}
        end = Point(*_infinite(found["seconds"], found["cost"], found["bound"]))
        infeasible = found["status"] == "infeasible" and known["status"] in ("infeasible", None)
        record |= {"cost": found["cost"], "bound": found["bound"]}
        record |= measures(points, end, asked.time, done, infeasible, asked.gap)
        record["points"] = [[point.seconds, _finite(point.cost), _finite(point.bound)] for point in points]
    return record


def _info(folder: Path) -> Record:
    return json.loads((folder / "info.json").read_text(encoding="utf-8"))


def _infinite(seconds: float, cost: float | None, bound: float | None) -> tuple[float, float, float]:
    return seconds, math.inf if cost is None else cost, -math.inf if bound is None else bound


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _better_form(case: Case, folder: Path, asked: Asked, store: Store) -> str:
    """Return the form that HiGHS did better with in the same results; without them, strong rows where they are few."""
    found = {form: store.get(case, f"highs-{form}", asked) for form in ("weak", "strong")}
    if all(found.values()):
        def rank(form: str) -> tuple[float, float]:
            gap = found[form]["at_limit"]
            gap = math.inf if gap in (None, "none") else gap
            return max(gap, asked.gap), found[form]["seconds"]

        return min(found, key=rank)
    return "strong" if _info(folder)["gates"] <= FEW_GATES else "weak"


# --- processes --------------------------------------------------------------------------------------------------------


@contextmanager
def _child(job: Record, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Start a fresh process on a job; it does not outlive the block."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
    command = [sys.executable, "-m", "tests.benchmarks.runner", str(folder / "job.json")]
    root = benchmark_root()
    where = {} if root is None else {ENVIRONMENT_VARIABLE: str(root.resolve())}
    single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    with (folder / "words").open("wb") as words:
        process = subprocess.Popen(command, cwd=CHECKOUT, stdout=words, stderr=words, env=os.environ | single | where)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _watch(process: subprocess.Popen[bytes], outs: list[Path], asked: Asked) -> tuple[str, float]:
    """Wait for a process; return the phase it overstayed, if it did, and its peak memory before it was killed."""
    allowed = {"loading": LOADING_SECONDS, "running": asked.time + asked.grace, "closing": CLOSING_SECONDS}
    while True:
        try:
            process.wait(timeout=0.2)
        except subprocess.TimeoutExpired:
            pass
        else:
            return "", math.nan
        marks = [out / "phase" for out in outs if (out / "phase").is_file()]
        if marks:
            phase = marks[-1].read_text(encoding="utf-8") or "loading"
            if time.time() - marks[-1].stat().st_mtime > allowed[phase]:
                return phase, peak_mb(process.pid)


def _last_line(folder: Path) -> str:
    lines = (folder / "words").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "ended without a word"
