"""Scenarios: named lists of edits, from rows of a table, YAML, or a script. Nothing of them is ever run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.network.edits import Edit, as_edit
from netopt.read.problems import closest, fold, shown
from netopt.read.side import read_side_table

__all__ = ["BASE", "Scenario", "Scenarios", "read_scenarios"]

BASE = "base"
"""Name of the network as it is."""

Scenarios = str | os.PathLike[str] | pd.DataFrame | Mapping[str, Any] | Iterable["Scenario"]
"""What scenarios are read from."""

_YAML = (".yaml", ".yml")
_KEYS = ("kind", "probability", "description", "edits")


@dataclass(frozen=True)
class Scenario:
    """A network that is changed.

    Parameters
    ----------
    name : str
        What it is called.
    edits : tuple of Edit
        Made in their order; none for the network as it is.
    kind : {'case', 'option'}
        Whether it may happen, or may be decided.
    probability : float or None
        How likely it is.
    description : str
        A sentence for readers.
    """

    name: str
    edits: tuple[Edit, ...] = ()
    kind: str = "case"
    probability: float | None = None
    description: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the scenario as plain data."""
        said = {name: getattr(self, name) for name in ("name", "kind", "probability", "description")}
        return said | {"edits": [edit.to_json() for edit in self.edits]}

    def within(self, case: Scenario) -> Scenario:
        """Return an option as it is in a case: what happens first, then what is decided."""
        return replace(case, name=f"{self.name} / {case.name}", edits=(*case.edits, *self.edits))


@dataclass(frozen=True)
class _Row:
    """A row of the scenarios table, or what stands for one."""

    source: str
    row: int | None
    cells: Mapping[str, Any]

    def problem(self, column: str | None, message: str, fix: str) -> Problem:
        return Problem(self.source, self.row, column, message, fix)

    def __getitem__(self, column: str) -> str:
        value = self.cells.get(column, "")
        return "" if value is None or value != value else str(value)


def read_scenarios(source: Scenarios) -> tuple[Scenario, ...]:
    """Read scenarios.

    Parameters
    ----------
    source : path, DataFrame, mapping, or iterable of Scenario
        A table of rows (``netopt explain scenarios``); a YAML file or a mapping of edits by name, where an edit is
        words such as ``facilities.Reno.capacity=900``, ``include NAME``, or a mapping of cells. In place of the list
        may stand a mapping of ``edits``, ``kind``, ``probability`` and ``description``.

    Returns
    -------
    tuple of Scenario
        In the order in which they are named first, with what they include in its place.

    Raises
    ------
    InputError
        With every problem found.
    """
    if not isinstance(source, str | os.PathLike | pd.DataFrame | Mapping):
        listed = tuple(source)
        _refuse([Problem("scenarios", None, None, f"{shown(name)} is there twice", "give each a name of its own")
                 for name in _repeated([scenario.name for scenario in listed])])  # fmt: skip
        return listed
    if isinstance(source, Mapping):
        rows = _of_mapping(source, "scenarios")
    elif not isinstance(source, pd.DataFrame) and Path(source).suffix.casefold() in _YAML:
        rows = _of_yaml(Path(source))
    else:
        frame, label = read_side_table(source, "scenarios")
        records = frame.to_dict("records")
        rows = [_Row(label, int(str(row)), cells) for row, cells in zip(frame.index, records, strict=True)]  # type: ignore[arg-type]
    return _grouped(rows)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise InputError(problems)


def _repeated(names: Sequence[str]) -> list[str]:
    folded = [fold(name) for name in names]
    return sorted({name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1})


# -- other shapes than rows ----------------------------------------------------------------------------------------


def _of_yaml(path: Path) -> list[_Row]:
    import yaml

    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        place = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or getattr(error, "strerror", None) or error
        row = None if place is None else place.line + 1
        raise InputError([Problem(path.name, row, None, f"it cannot be read ({said})", "check the file")]) from error
    if not isinstance(content, Mapping) or not content:
        fix = "write the name of each scenario with its list of edits"
        raise InputError([Problem(path.name, None, None, "it holds no scenarios", fix)])
    return _of_mapping(content, path.name)


def _of_mapping(content: Mapping[str, Any], source: str) -> list[_Row]:
    rows: list[_Row] = []
    problems: list[Problem] = []
    for name, said in content.items():
        label = f"{source}, {name}"
        facts: Mapping[str, Any] = said if isinstance(said, Mapping) else {"edits": said}
        unknown = [str(key) for key in facts if key not in _KEYS]
        if unknown:
            fix = f"use {', '.join(_KEYS)}, or give the list of edits alone"
            problems.append(Problem(label, None, None, f"{shown(unknown[0])} means nothing here", fix))
            continue
        edits = facts.get("edits") or []
        rows.append(_Row(label, None, {"scenario": name, **{key: facts.get(key) for key in _KEYS[:3]}}))
        for edit in [edits] if isinstance(edits, str | Mapping | Edit) else edits:
            try:
                rows.append(_Row(label, None, {"scenario": name, **_cells(edit, label)}))
            except InputError as error:
                problems += error.problems
    _refuse(problems)
    return rows


def _cells(edit: object, source: str) -> Mapping[str, Any]:
    """Return the cells of a row that says what an edit does."""
    if isinstance(edit, str) and edit.casefold().startswith("include "):
        return {"action": "include", "value": edit.split(None, 1)[1].strip()}
    if isinstance(edit, Mapping):
        known = set(schema.side_tables()["scenarios"].columns)
        unknown = [str(key) for key in edit if key not in known]
        if unknown:
            fix = "use table, filter, column, action and value"
            raise InputError([Problem(source, None, None, f"{shown(unknown[0])} means nothing in an edit", fix)])
        return edit
    if not isinstance(edit, str | Edit):
        fix = "write words such as facilities.Reno.capacity=900, or a mapping of cells"
        raise InputError([Problem(source, None, None, f"{shown(edit)} is not an edit", fix)])
    return as_edit(edit, source).to_json()


# -- rows ---------------------------------------------------------------------------------------------------------


def _grouped(rows: Sequence[_Row]) -> tuple[Scenario, ...]:
    """Return the scenarios that rows make up."""
    by_name: dict[str, list[_Row]] = {}
    for row in rows:
        by_name.setdefault(fold(row["scenario"]), []).append(row)
    problems: list[Problem] = []
    for rows_of in by_name.values():
        problems += [problem for row in rows_of for problem in _wrong(row, by_name)]
    _refuse(problems)
    problems += [problem for name in by_name for problem in _circle(name, by_name)]
    _refuse(problems)
    return tuple(_scenario(rows_of, by_name) for rows_of in by_name.values())


def _wrong(row: _Row, by_name: Mapping[str, Sequence[_Row]]) -> list[Problem]:
    """Return what is wrong with a row."""
    name, action = row["scenario"], row["action"] or "set"
    if fold(name) == BASE:
        return [row.problem("scenario", f"{shown(name)} is the network as it is", "give the scenario another name")]
    if "/" in name or "\\" in name or name.startswith("."):
        return [row.problem("scenario", f"{shown(name)} cannot name a folder", "take the slash or the dot out")]
    words = schema.side_tables()["scenarios"].columns["action"].choices
    if action not in words:
        return [row.problem("action", f"{shown(action)} is not an action", f"use one of {', '.join(words)}")]
    if (row["kind"] or "case") not in ("case", "option"):
        return [row.problem("kind", f"{shown(row['kind'])} is no kind of scenario", "use case or option")]
    if row["probability"] and _share(row["probability"]) is None:
        return [row.problem("probability", f"{shown(row['probability'])} is no number from 0 to 1", "such as 0.25")]
    if action == "include":
        if fold(row["value"]) in by_name:
            return []
        near = closest(row["value"], [rows[0]["scenario"] for rows in by_name.values()])
        fix = f"did you mean {near}?" if near else "name one of the scenarios"
        return [row.problem("value", f"{shown(row['value'])} is not a scenario", fix)]
    changes = any(row[column] for column in ("filter", "column", "value")) or row["action"]
    if changes and not row["table"]:
        return [row.problem("table", "the cell is blank", "name the table of the network that changes")]
    return []


def _share(words: str) -> float | None:
    try:
        share = float(words)
    except ValueError:
        return None
    return share if 0 <= share <= 1 else None


def _included(rows: Iterable[_Row]) -> list[_Row]:
    return [row for row in rows if row["action"] == "include"]


def _circle(name: str, by_name: Mapping[str, Sequence[_Row]]) -> list[Problem]:
    """Return the row that closes a circle of scenarios that include one another."""
    path, waiting = {name}, _included(by_name[name])
    while waiting:
        row = waiting.pop()
        other = fold(row["value"])
        if other == name:
            return [row.problem("value", "the scenario includes itself in the end", "take one include out")]
        if other not in path:
            path.add(other)
            waiting += _included(by_name[other])
    return []


def _edits(rows: Iterable[_Row], by_name: Mapping[str, Sequence[_Row]]) -> list[Edit]:
    edits: list[Edit] = []
    for row in rows:
        if row["action"] == "include":
            edits += _edits(by_name[fold(row["value"])], by_name)
        elif row["table"]:
            said = {column: row[column] for column in ("table", "filter", "column", "value")}
            edits.append(Edit(**said, action=row["action"] or "set", source=row.source, row=row.row))
    return edits


def _scenario(rows: Sequence[_Row], by_name: Mapping[str, Sequence[_Row]]) -> Scenario:
    def first(column: str) -> str:
        return next((row[column] for row in rows if row[column]), "")

    return Scenario(
        name=rows[0]["scenario"],
        edits=tuple(_edits(rows, by_name)),
        kind=first("kind") or "case",
        probability=_share(first("probability")) if first("probability") else None,
        description=first("description"),
    )
