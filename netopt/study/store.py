"""What is solved already: one line of JSON for each finished scenario, beside the folders of their plans.

A line counts only where its key is that of the same input, edits, options and versions, and every file of its plan is
as it was written. A line that was cut off is passed over, so a study that was killed goes on where it was.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from netopt.errors import PlanError
from netopt.plan.folder import digest, read_plan_table, seal
from netopt.plan.tables import PLAN_TABLES
from netopt.study.run import Solved

__all__ = ["PLANS", "RESULTS", "STUDY", "Store", "folder_of", "key_of", "records_of"]

RESULTS, PLANS, STUDY = "results.jsonl", "plans", "study.json"


def key_of(sha256: str, edits: object, options: Mapping[str, Any], versions: Mapping[str, str]) -> str:
    """Return the key of a result: a digest of the input, the edits, the options and the versions."""
    said = {"input": sha256, "edits": edits, "options": dict(options), "versions": dict(versions)}
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def folder_of(name: str) -> str:
    """Return the name of the folder of a scenario's plan."""
    return name.replace(" / ", " in ")


def records_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield what each whole line of the results says."""
    for line in (folder / RESULTS).read_bytes().split(b"\n"):  # names may hold what else ends a line
        try:
            record = json.loads(line)
        except ValueError:  # written when the study was killed
            continue
        if isinstance(record, dict) and {"key", "scenario", "proof", "summary"} <= {*record}:
            yield record


class Store:
    """The results in the folder of a study.

    Parameters
    ----------
    folder : Path
        Of the study.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / RESULTS
        folder.mkdir(parents=True, exist_ok=True)
        self._file.touch()  # a folder is that of a study before anything is solved
        self._known = self._read()

    def plan(self, name: str) -> Path:
        """Return the folder of a scenario's plan."""
        return self.folder / PLANS / name

    def _read(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Return the last result of each question under each name: the same edits may be two scenarios."""
        return {(str(record["key"]), str(record["scenario"])): record for record in records_of(self.folder)}

    def get(self, key: str, name: str) -> Solved | None:
        """Return a finished result, None where there is none that stands."""
        record = self._known.get((key, name))
        if record is None or not isinstance(record["summary"], dict):
            return None
        summary = record["summary"]
        if summary.get("cost") is None:
            return summary, {}
        folder = self.plan(name)
        try:
            proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
            if seal(proof) != record["proof"]:
                return None
            if any(digest(folder / file) != written for file, written in proof["files"].items()):
                return None
            return summary, {table: read_plan_table(folder / f"{table}.csv") for table in PLAN_TABLES}
        except (OSError, ValueError, KeyError, TypeError, PlanError):
            return None

    def put(self, key: str, name: str, summary: Mapping[str, Any]) -> None:
        """Add a finished result, whose plan has been written."""
        proof = self.plan(name) / "proof.json"
        sealed = json.loads(proof.read_text(encoding="utf-8"))["sha256"] if summary.get("cost") is not None else None
        record = {"key": key, "scenario": name, "proof": sealed, "summary": dict(summary)}
        line = json.dumps(record, ensure_ascii=False, allow_nan=False, default=str)
        torn = self._file.exists() and not self._file.read_bytes().endswith(b"\n") and self._file.stat().st_size > 0
        with self._file.open("a", encoding="utf-8") as out:
            out.write(("\n" if torn else "") + line + "\n")
            out.flush()
            os.fsync(out.fileno())
        self._known[key, name] = record
