"""What is asked of a run, and the results on disk."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.cases import Case

__all__ = ["Asked", "Record", "Store"]

Record = dict[str, Any]


class Asked(NamedTuple):
    """The same for all.

    Attributes
    ----------
    time : float
        Limit in seconds, from the hand-over.
    gap : float
        Relative gap that is enough.
    grace : float
        Seconds beyond the limit after which a process is killed.
    together : bool
        All instances of a family in one process per contestant.
    files : {'csv', 'parquet'}
        What netopt reads.
    """

    time: float = 60.0
    gap: float = 1e-4
    grace: float = 30.0
    together: bool = False
    files: str = "csv"

    def options(self) -> dict[str, Any]:
        """Return what makes two runs comparable."""
        return {"time": self.time, "gap_asked": self.gap, "together": self.together, "files": self.files}


class Store:
    """Results on disk, a JSON object a line; a benchmark that was stopped goes on where it was.

    Parameters
    ----------
    path : Path
        Made with the first result.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self._held: dict[str, Record] = {}
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        self._cut = bool(text) and not text.endswith("\n")
        for line in text.splitlines():
            try:
                self._hold(json.loads(line))
            except ValueError:  # the line that was being written when all was stopped
                continue

    @staticmethod
    def _key(record: Record) -> str:
        names = ("family", "instance", "variant", "contestant", "time", "gap_asked", "together", "files")
        return json.dumps([record[name] for name in names])

    def _hold(self, record: Record) -> None:
        self._held[self._key(record)] = record

    @property
    def records(self) -> list[Record]:
        """The last result of every run."""
        return list(self._held.values())

    def get(self, case: Case, contestant: str, asked: Asked) -> Record | None:
        """Return a result with the same options, None where there is none or where the run failed."""
        found = self._held.get(self._key({**case._asdict(), "contestant": contestant, **asked.options()}))
        return None if found is None or found["ended"] == "failed" else found

    def add(self, record: Record) -> None:
        """Write a result at once; a line that was cut short before stays a line of its own."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(("\n" if self._cut else "") + json.dumps(record) + "\n")
        self._cut = False
        self._hold(record)

    def start(self, case: Case, asked: Asked) -> Path:
        """Return where netopt's plan of an instance is kept for those who start from it."""
        which = f"{case.slug}-{asked.time:g}s" + ("-together" if asked.together else "")
        return self.path.with_name(self.path.name + ".starts") / f"{which}.npz"
