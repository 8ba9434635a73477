"""The output folder: a table per file, the summary and the proof; written whole or not at all."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.errors import PlanError
from netopt.plan.footing import footing_of
from netopt.plan.tables import PLAN_TABLES

if TYPE_CHECKING:
    from netopt.plan.plan import Plan

__all__ = [
    "Page", "bound_by", "digest", "packed_plan", "read_plan_table", "seal", "seen_from", "write_packed", "write_plan",
    "write_table",
]  # fmt: skip

Page = Callable[["Plan", Path], None]
"""Writes one more file of a plan into the folder it is given."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TEXT = frozenset(
    {"origin", "destination", "mode", "product", "period", "name", "type", "facility", "customer", "bucket", "arrival",
     "sources", "what", "where", "words"}
)  # fmt: skip


def write_plan(plan: Plan, folder: Path, pages: Iterable[Page] = ()) -> Path:
    """Write a plan into a folder of its own.

    Everything is written beside the folder first and takes its place by a rename, so that no reader ever sees half a
    plan and a failed write leaves an earlier plan as it was. Files that somebody else has put beside an earlier plan
    stay.

    Parameters
    ----------
    plan : Plan
        What is written; one without tables leaves a summary and a proof.
    folder : Path
        Written anew; an earlier plan there is replaced.
    pages : iterable of callable
        Write further files, such as the report.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    PlanError
        When the folder is not a plan and not empty.
    OSError
        When the folder cannot be written.
    """
    folder = Path(folder)
    with _beside(folder) as fresh:
        _fill(fresh, plan, pages, seen_from(folder, plan.network.tables.path))
    return folder


def packed_plan(plan: Plan, pages: Iterable[Page], source: str | None) -> dict[str, bytes]:
    """Return the files of a plan by name, to be written on another machine.

    Parameters
    ----------
    plan : Plan
        What would be written.
    pages : iterable of callable
        Write further files, such as the report.
    source : str or None
        Where the input is, `seen_from` the folder that the files are for.
    """
    with tempfile.TemporaryDirectory(prefix="netopt-") as place:
        folder = Path(place)
        _fill(folder, plan, pages, source)
        return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def write_packed(files: Mapping[str, bytes], folder: Path) -> Path:
    """Write the files of a plan into a folder of its own, whole or not at all, as `write_plan` does.

    Raises
    ------
    PlanError
        When the folder is not a plan and not empty.
    OSError
        When the folder cannot be written.
    """
    with _beside(folder) as fresh:
        for name, content in files.items():
            (fresh / Path(name).name).write_bytes(content)  # another machine has named it: never outside
        _settle(fresh)
    return folder


@contextmanager
def _beside(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes the place of another one when the block has filled it."""
    if folder.exists() and not _replaceable(folder):
        raise PlanError(f"{folder} exists and holds more than a plan of netopt; name another folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield fresh
        fresh.chmod(0o755)
        _swap(fresh, folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _fill(folder: Path, plan: Plan, pages: Iterable[Page], source: str | None) -> None:
    """Write every file of a plan, the proof last."""
    for name in PLAN_TABLES if plan.found else ():
        write_table(folder / f"{name}.csv", plan.tables[name])
    for page in pages:
        page(plan, folder)
    _settle(folder)
    _write_json(folder / "summary.json", plan.summary() | {"input": source})
    proof = _proof(plan, folder)
    _write_json(folder / "proof.json", proof | {"sha256": seal(proof)})


def _settle(folder: Path) -> None:
    """Wait until every file is on the disk; pages need not see to that themselves."""
    for path in folder.iterdir():
        with path.open("rb") as written:
            os.fsync(written.fileno())


def _replaceable(folder: Path) -> bool:
    plan = (folder / "summary.json").is_file() and (folder / "proof.json").is_file()
    return folder.is_dir() and (plan or not any(folder.iterdir()))


def _written(folder: Path) -> set[str]:
    """Return the names of the files that an earlier plan wrote into its folder."""
    usual = {"summary.json", "proof.json", "report.html", "plan.xlsx", *(f"{name}.csv" for name in PLAN_TABLES)}
    try:
        return usual | set(json.loads((folder / "proof.json").read_text(encoding="utf-8"))["files"])
    except (OSError, ValueError, KeyError, TypeError):
        return usual


def seen_from(folder: Path, path: str | None) -> str | None:
    """Return where an input is, seen from a folder, so that the two can be moved together."""
    if path is None:
        return None
    try:
        return Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return str(Path(path).resolve())


def _swap(fresh: Path, folder: Path) -> None:
    """Put a finished folder in its place; the one it replaces goes only when the new one stands."""
    if not folder.exists():
        fresh.replace(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-", dir=folder.parent))
    earlier = old / folder.name
    try:
        folder.replace(earlier)
        fresh.replace(folder)
        written = _written(earlier)
        for other in [path for path in earlier.iterdir() if path.name not in written]:
            if not (folder / other.name).exists():
                other.replace(folder / other.name)
    except BaseException:
        if not folder.exists() and earlier.exists():
            earlier.replace(folder)
        raise
    finally:
        if folder.exists():
            shutil.rmtree(old, ignore_errors=True)


def _proof(plan: Plan, folder: Path) -> dict[str, Any]:
    """Return what the cost and the bound rest on, with a digest of every other file."""
    report = plan.audit() if plan.found else None
    summary = plan.summary()
    return {
        "cost": summary["cost"],
        "audited_cost": report.cost if report is not None else None,
        "audit": {"passed": report.ok, "breaches": len(report.breaches)} if report is not None else None,
        "solver_bound": summary["bound"],
        "solver_bound_by": bound_by(summary),
        "proved_bound": summary["proved_bound"],
        "gap": summary["gap"],
        "asked_gap": plan.asked_gap,
        "seed": summary["seed"],
        "versions": summary["versions"],
        "input_sha256": summary["input_sha256"],
        **({"edits": summary["edits"]} if "edits" in summary else {}),
        "files": {path.name: digest(path) for path in sorted(folder.iterdir())},
        **(footing_of(plan) or {"choices": None, "certificate": None}),
    }


def bound_by(summary: Mapping[str, Any]) -> str | None:
    """Return by what the bound of a summary was found, with its version; None where there is none or nobody says."""
    if summary.get("bound") is None:
        return None
    versions = summary.get("versions") or {}
    if summary.get("bound_by") == "netopt":
        return f"netopt {versions.get('netopt')}, its own branch-and-bound with certified leaves"
    if summary.get("bound_by") == "HiGHS":
        return f"HiGHS {versions.get('highspy')}, its own branch-and-bound"
    return None


def digest(path: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def seal(proof: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what a proof says, hexadecimal; the seal itself is left out."""
    said = {key: value for key, value in proof.items() if key != "sha256"}
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, allow_nan=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with path.open("w", encoding="utf-8") as out:
        out.writelines((*_readable(content), "\n"))
        out.flush()
        os.fsync(out.fileno())


def _readable(content: object, margin: str = "\n") -> Iterator[str]:
    """Yield the parts of a JSON file with a line for every entry, but lists of numbers on one line each."""
    numbers = isinstance(content, list) and set(map(type, content)) <= {int, float, type(None)}
    if not content or numbers or not isinstance(content, dict | list):
        yield json.dumps(content, ensure_ascii=False, allow_nan=False, default=_plain)
        return
    named = isinstance(content, dict)
    for place, key in enumerate(content if named else range(len(content))):
        yield (("{" if named else "[") if place == 0 else ",") + margin + "  "
        yield f"{json.dumps(key, ensure_ascii=False)}: " if named else ""
        yield from _readable(content[key], margin + "  ")
    yield margin + ("}" if named else "]")


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"{type(value).__name__} has no place in a JSON file")


def write_table(path: Path, table: pd.DataFrame, *, guard: bool = True) -> None:
    """Write a table as CSV: floats to the last digit, blank for NaN, no cell that a spreadsheet takes for a formula.

    Without the guard, cells are as they were typed: for tables that are read as input again.
    """
    said = _guarded if guard else str
    columns = [_cells(table[name], said) for name in table.columns]
    with path.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(map(said, table.columns))
        writer.writerows(zip(*columns, strict=True))


def _cells(column: pd.Series, said: Callable[[object], str]) -> list[str]:
    if pd.api.types.is_float_dtype(column.dtype):
        return ["" if value != value else repr(value).removesuffix(".0") for value in column.tolist()]
    return [said("" if value is None or value != value else value) for value in column.tolist()]


def _guarded(value: object) -> str:
    text = str(value)
    return "'" + text if text.lstrip("'").startswith(_FORMULA) else text


def read_plan_table(path: Path) -> pd.DataFrame:
    """Return a table of a plan as it was before it was written.

    Raises
    ------
    PlanError
        When a cell that should be a number is not one.
    """
    with path.open(newline="", encoding="utf-8") as source:
        header, *rows = csv.reader(source, strict=True)
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    table: dict[str, Any] = {}
    for name, cells in zip(header, columns, strict=True):
        if name in _TEXT:
            table[name] = pd.Series([_unguarded(cell) for cell in cells], dtype=object)
            continue
        try:
            table[name] = np.array([float(cell) if cell else np.nan for cell in cells], dtype=np.float64)
        except ValueError as error:
            raise PlanError(f"{path.name}, {name}: {error}") from error
    return pd.DataFrame(table)


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA) else cell
