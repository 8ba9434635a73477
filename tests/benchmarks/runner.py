"""The inside of a fresh process: lays out instances, or runs one contestant on some. Started by `contest` with a job.

`python -m tests.benchmarks.runner JOB.json`; results go to files, because libraries print to standard output.
"""

from __future__ import annotations

import ctypes
import importlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import Any

from tests.benchmarks.cases import Case, prepare
from tests.benchmarks.contestants import CONTESTANTS, Task
from tests.benchmarks.journal import Journal, finite, peak_mb, read_points
from tests.benchmarks.scip_log import scip_points

__all__ = ["main"]


def main(job_file: str) -> None:
    """Do what a job says.

    Parameters
    ----------
    job_file : str
        JSON. ``cases``: what to lay out, each with its ``folder``, ``forms`` and ``files``; or ``contestant``, its
        ``time`` and ``gap``, and ``runs``: each the ``folder`` of the instance, ``out``, ``form`` and ``start``.
    """
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    for case in job.get("cases", ()):
        folder = Path(case["folder"])
        folder.mkdir(parents=True, exist_ok=True)
        try:
            prepare(Case(*case["case"]), folder, case["forms"], case["files"])
        except Exception as error:  # noqa: BLE001 - told to the parent, and the next instance may be well
            (folder / "fault").write_text(_told(error), encoding="utf-8")
    if "contestant" in job:
        contestant = CONTESTANTS[job["contestant"]]
        for library in contestant.libraries:
            importlib.import_module(library)
        _line_by_line()
        imported = peak_mb()
        for run in job["runs"]:
            found = {"imported_mb": imported, **_one(job, run)}
            Path(run["out"], "result.json").write_text(json.dumps(found), encoding="utf-8")


def _one(job: dict[str, Any], run: dict[str, Any]) -> dict[str, Any]:
    out = Path(run["out"])
    out.mkdir(parents=True, exist_ok=True)
    task = Task(Path(run["folder"]), run["form"], Path(run["start"]) if run["start"] else None,
                job["time"], job["gap"], out / "log")
    with Journal(out) as journal:
        with task.log.open("wb") as log:
            sys.stdout.flush()
            os.dup2(log.fileno(), 1)
        try:
            status, cost, bound, more = CONTESTANTS[job["contestant"]].run(task, journal)
        except Exception as error:  # noqa: BLE001 - a contestant that fails is a line in the table
            traceback.print_exc()
            return {"ended": "failed", "error": _told(error), "peak_mb": peak_mb()}
    return {
        "ended": "done", "status": status, "cost": finite(cost), "bound": finite(bound), "seconds": journal.taken,
        "peak_mb": peak_mb(), "points": read_points(out) or scip_points(task.log), **more,
    }


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]


def _line_by_line() -> None:
    """Have C libraries write their lines at once, so that a killed process has written them."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.setvbuf(ctypes.c_void_p.in_dll(libc, "stdout"), None, 1, 0)  # 1: _IOLBF


if __name__ == "__main__":
    main(sys.argv[1])
