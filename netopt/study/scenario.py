"""Scenarios: named lists of edits, from rows of a table, YAML, or a script. Nothing of them is ever run."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.network.edits import Edit, as_edit
from netopt.read.problems import closest, fold, plain, shown
from netopt.read.raw import cell_text
from netopt.read.side import read_side_table

__all__ = ["BASE", "RESERVED", "Scenario", "Scenarios", "read_scenarios"]

BASE = "base"
"""Name of the network as it is."""

Scenarios = str | os.PathLike[str] | pd.DataFrame | Mapping[str, Any] | Iterable["Scenario"]
"""What scenarios are read from."""

_YAML = (".yaml", ".yml")
_KEYS = ("kind", "probability", "description", "edits")
_CELLS = ("table", "filter", "column", "action", "value")
RESERVED = ("option", "largest", "expected")
"""Columns beside those of the cases where there are options; see `netopt.study.study.Study.regret`."""

_SAME = 1e-9
_LONGEST = 240
"""Bytes in the name of a folder, with some left for one beside it while it is written."""


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
        return _listed(tuple(source))
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
        raise InputError([*dict.fromkeys(problems)])  # rows of a scenario share its name


def _twice(names: Iterable[object], source: str) -> list[Problem]:
    """Return the names that are there more than once, as names are compared."""
    by_name: dict[str, list[str]] = {}
    for name in map(str, names):
        by_name.setdefault(fold(name), []).append(name)
    fix = "give each a name of its own"
    return [
        Problem(source, None, None, f"{shown(same[-1])} is there twice", fix)
        for same in by_name.values()
        if len(same) > 1
    ]


def _listed(scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """Return scenarios that a script has made, if they could have been read."""
    strange = [each for each in scenarios if not isinstance(each, Scenario)]
    _refuse([Problem("scenarios", None, None, f"{shown(each)} is not a scenario", "give Scenario") for each in strange])
    _refuse(_twice([each.name for each in scenarios], "scenarios"))
    by_name = {}
    for each in scenarios:
        cells = {"scenario": each.name, "kind": each.kind, "probability": each.probability}
        by_name[fold(each.name)] = [_Row("scenarios", None, cells)]
    _refuse([problem for rows in by_name.values() for problem in _wrong(rows[0], by_name)])
    found = tuple(replace(each, edits=tuple(map(as_edit, each.edits))) for each in scenarios)
    _refuse([*_clashing(found, by_name)])
    return found


# -- other shapes than rows ----------------------------------------------------------------------------------------


def _of_yaml(path: Path) -> list[_Row]:
    import yaml

    class Loader(yaml.SafeLoader):
        """Makes plain values alone, and refuses a key that is there twice, of which the last would win."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            keys = [key for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
            named = [key.value for key in keys]
            for key in keys:
                if named.count(key.value) > 1:
                    words = f"{shown(key.value)} is there twice"
                    raise yaml.constructor.ConstructorError(None, None, words, key.start_mark)
            return super().construct_mapping(node, deep)

    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader)  # noqa: S506 - a SafeLoader
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
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
    problems = _twice(content, source)
    for name, said in content.items():
        label = f"{source}, {plain(name)}"
        facts: Mapping[str, Any] = said if isinstance(said, Mapping) else {"edits": said}
        unknown = [str(key) for key in facts if key not in _KEYS]
        if unknown:
            fix = f"use {', '.join(_KEYS)}, or give the list of edits alone"
            problems.append(Problem(label, None, None, f"{shown(unknown[0])} means nothing here", fix))
            continue
        rows.append(_Row(label, None, {"scenario": name, **{key: facts.get(key) for key in _KEYS[:3]}}))
        edits = facts.get("edits")
        listed = edits if isinstance(edits, list | tuple) else [] if edits is None or edits == "" else [edits]
        for edit in listed:
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
        unknown = [str(key) for key in edit if key not in _CELLS]
        if unknown:
            fix = "use table, filter, column, action and value"
            raise InputError([Problem(source, None, None, f"{shown(unknown[0])} means nothing in an edit", fix)])
        several = [key for key, cell in edit.items() if isinstance(cell, list | tuple | set | Mapping)]
        if several:
            fix = "write one word or number, and A|B for either in a filter"
            raise InputError([Problem(source, None, several[0], "the cell holds several things", fix)])
        return {key: cell_text(cell) for key, cell in edit.items()}
    if not isinstance(edit, str | Edit):
        fix = "write words such as facilities.Reno.capacity=900, or a mapping of cells"
        words = "a list" if isinstance(edit, list | tuple | set) else shown(edit)  # which may be huge, written out
        raise InputError([Problem(source, None, None, f"{words} is not an edit", fix)])
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
        problems += _divided(rows_of)
    _refuse(problems)
    problems += [problem for name in by_name for problem in _circle(name, by_name)]
    _refuse(problems)
    found = tuple(_scenario(rows_of, by_name) for rows_of in by_name.values())
    _refuse([*_clashing(found, by_name)])
    return found


def _wrong(row: _Row, by_name: Mapping[str, Sequence[_Row]]) -> list[Problem]:
    """Return what is wrong with a row."""
    misnamed, action = _misnamed(row["scenario"].strip()), row["action"] or "set"
    if misnamed is not None:
        return [row.problem("scenario", *misnamed)]
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


def _misnamed(name: str) -> tuple[str, str] | None:
    """Return what is wrong with a name, and how to mend it."""
    if not name:
        return "the name is blank", "give the scenario a name"
    if fold(name) == BASE:
        return f"{shown(name)} is the network as it is", "give the scenario another name"
    if "/" in name or "\\" in name or name.startswith("."):
        return f"{shown(name)} cannot name a folder", "take the slash or the dot out"
    if not name.isprintable():
        return f"{shown(name)} cannot name a folder", "take out what cannot be printed"
    if len(name.encode()) > _LONGEST:
        return f"{shown(name)} is too long to name a folder", "shorten it"
    return None


def _divided(rows: Sequence[_Row]) -> list[Problem]:
    """Return the rows of a scenario that give it another kind or probability than the rows before."""
    problems = []
    for column in ("kind", "probability"):
        said = [row for row in rows if row[column]]
        for row in said[1:]:
            if row[column] != said[0][column]:
                words = f"{shown(row[column])} is not the {column} that the scenario has in another row"
                problems.append(row.problem(column, words, "say it once"))
    return problems


def _clashing(scenarios: Sequence[Scenario], by_name: Mapping[str, Sequence[_Row]]) -> Iterator[Problem]:
    """Yield what is wrong with scenarios side by side: names that mean two things, and shares of more than a whole."""
    cases, options = ([each for each in scenarios if each.kind == kind] for kind in ("case", "option"))
    taken = {fold(each.name) for each in scenarios}
    for option in options:
        for case in cases:
            name = f"{option.name} in {case.name}"
            if fold(name) in taken:
                row = by_name[fold(case.name)][0]
                yield row.problem("scenario", f"{shown(name)} would be two things", "give the scenario another name")
            elif len(name.encode()) > _LONGEST:
                row = by_name[fold(case.name)][0]
                yield row.problem("scenario", f"{shown(name)} is too long to name a folder", "shorten both names")
            taken.add(fold(name))
    for case in cases if options else ():
        if fold(case.name) in RESERVED:
            words = f"{shown(case.name)} is a column of what options cost and are regretted by"
            yield by_name[fold(case.name)][0].problem("scenario", words, "give the scenario another name")
    total = sum(case.probability or 0.0 for case in cases)
    if total > 1 + _SAME:
        last = [case for case in cases if case.probability][-1]
        rows = by_name[fold(last.name)]
        row = next((row for row in rows if row["probability"]), rows[0])
        words = f"the probabilities add up to {total:g}, more than 1"
        yield row.problem("probability", words, "make them smaller; the base has the rest")


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
        name=rows[0]["scenario"].strip(),
        edits=tuple(_edits(rows, by_name)),
        kind=first("kind") or "case",
        probability=_share(first("probability")) if first("probability") else None,
        description=first("description"),
    )
