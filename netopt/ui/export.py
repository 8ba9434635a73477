"""What can be taken away: a plan, its report and workbook, the edited tables, scenarios; all made when asked for."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from netopt.errors import InputError
from netopt.network import read
from netopt.plan.folder import write_table
from netopt.read.write import write_tables
from netopt.report import write_page, write_workbook
from netopt.report.files import appearing

if TYPE_CHECKING:
    from netopt.plan import Plan
    from netopt.read import Tables
    from netopt.ui.state import Kept, Workspace

__all__ = ["Export", "exports", "save_as", "write_export"]

_CELLS = ("scenario", "table", "filter", "column", "action", "value", "description")
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Export:
    """A file that can be made.

    Parameters
    ----------
    file : str
        Its name.
    title : str
        What it holds, for a menu.
    kind : str
        Media type.
    make : callable
        Returns its content.
    """

    file: str
    title: str
    kind: str
    make: Callable[[], bytes]


def exports(workspace: Workspace) -> dict[str, Export]:
    """Return what can be taken away now, by the name of the file."""
    found: list[Export] = []
    result = workspace.result
    if result is not None:
        found.append(Export("report.html", "Report of the plan", "text/html", partial(_page, result.plan)))
    if result is not None and result.plan.found:
        found.append(Export("plan.xlsx", "Workbook of the plan", _EXCEL, partial(_workbook, result.plan)))
        found.append(
            Export("plan.zip", "Plan with its network, to verify", "application/zip", partial(_zip, result.plan))
        )
    if not workspace.draft.problems:
        tables = workspace.draft.now.tables
        found += [
            Export("network.csv", "Tables as one CSV file", "text/csv", partial(_tables, tables, "network.csv")),
            Export("network.xlsx", "Tables as a workbook", _EXCEL, partial(_tables, tables, "network.xlsx")),
        ]
    if len(workspace.kept) > 1:
        study = partial(_comparison, workspace)
        found.append(Export("comparison.html", "Comparison of kept plans", "text/html", study))
    if any(each.scenario is not None and each.scenario.edits for each in workspace.kept):
        rows = partial(_scenarios, list(workspace.kept))
        found.append(Export("scenarios.csv", "Scenarios as rows, for `netopt study`", "text/csv", rows))
    return {each.file: each for each in found}


def write_export(workspace: Workspace, export: Export) -> Path:
    """Write a file into the folder of the workspace, whole or not at all, and return where it is.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    assert workspace.folder is not None  # noqa: S101 - the caller offers it only then
    workspace.folder.mkdir(parents=True, exist_ok=True)
    target = workspace.folder / export.file
    content = export.make()
    with appearing(target) as path:
        path.write_bytes(content)
    return target


def save_as(workspace: Workspace, path: Path, *, over: bool = False) -> None:
    """Write the tables as they are, whole or not at all.

    Parameters
    ----------
    workspace : Workspace
        What is saved.
    path : Path
        ``.csv`` for one stacked file, ``.xlsx`` for a workbook, no extension for a folder.
    over : bool
        Whether a file that is there may be written over.

    Raises
    ------
    InputError
        When some cells have to be mended first.
    FileExistsError
        When the file is there, or a folder holds tables that would be read along.
    OSError, ValueError
        When it cannot be written, or has another extension.
    """
    if workspace.draft.problems:
        raise InputError(workspace.draft.problems)
    if path.is_file() and not over:
        raise FileExistsError(f"{path} exists")
    write_tables(workspace.draft.now.tables, path)
    workspace.draft.mark_saved()
    workspace.changed()


def _page(plan: Plan) -> bytes:
    return _made(lambda folder: write_page(plan, folder), "report.html")


def _workbook(plan: Plan) -> bytes:
    return _made(lambda folder: write_workbook(plan, folder), "plan.xlsx")


def _tables(tables: Tables, name: str) -> bytes:
    return _made(lambda folder: write_tables(tables, folder / name), name)


def _made(write: Callable[[Path], object], name: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="netopt-") as place:
        write(Path(place))
        return (Path(place) / name).read_bytes()


def _zip(plan: Plan) -> bytes:
    """Return the folder of a plan beside the network that it is for, so that ``netopt verify plan`` finds both."""
    with tempfile.TemporaryDirectory(prefix="netopt-") as place:
        folder = Path(place)
        write_tables(plan.network.tables, folder / "network.csv")
        replace(plan, network=read(folder / "network.csv")).save(folder / "plan")
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                archive.write(file, file.relative_to(folder).as_posix())
        return packed.getvalue()


def _scenarios(kept: list[Kept]) -> bytes:
    """Return the edits of kept plans as the rows that `netopt study` reads."""
    rows = [
        [each.name, *edit.to_json().values(), ""]
        for each in kept
        if each.scenario is not None
        for edit in each.scenario.edits
    ]
    frame = pd.DataFrame(rows, columns=list(_CELLS), dtype="str")
    return _made(lambda folder: write_table(folder / "scenarios.csv", frame, guard=False), "scenarios.csv")


def _comparison(workspace: Workspace) -> bytes:
    from netopt.report.studies.study_page import write_study

    study = workspace.study()
    assert study is not None  # noqa: S101 - offered only where plans are kept
    return _made(lambda folder: write_study(study, folder, f"Plans for {workspace.name}"), "study.html")
