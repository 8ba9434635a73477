"""A study is checked again from its files: every plan, and every figure that is made from them."""

from __future__ import annotations

import csv
import json
import math
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from netopt.errors import InputError, PlanError
from netopt.network import Network, read
from netopt.network.edits import Edit
from netopt.plan.folder import digest, read_plan_table, write_table
from netopt.plan.tables import PLAN_TABLES
from netopt.plan.verify import verify
from netopt.study.outcome import Outcome
from netopt.study.scenario import Scenario
from netopt.study.sites.alternatives import enumerated_again
from netopt.study.store import PLANS, RESULTS, STUDY, folder_of, records_of
from netopt.study.study import Study, combined
from netopt.study.today.as_run import read_as_run
from netopt.study.today.finance import YEARS, check_appraisal

__all__ = ["is_study", "verify_study"]

_SAME = 1e-9

ALTERNATIVES = "alternatives.json"
"""Says that a study is the plans of sets of sites, and how they were enumerated."""


def is_study(folder: Path) -> bool:
    """Return whether a folder is one that a study has been written to."""
    return (folder / STUDY).is_file()


def verify_study(folder: str | Path, network: str | Path | Network | None = None) -> list[str]:
    """Check a study from its files, with no solver.

    Every plan is verified as `netopt.plan.verify.verify` does; the tables of the study are made again from the plans
    and the network, and compared cell by cell.

    Parameters
    ----------
    folder : path
        What ``netopt study`` wrote.
    network : path or Network, optional
        The input before any edits; without it, where the study says it was.

    Returns
    -------
    list of str
        What is wrong, empty when all is well.

    Raises
    ------
    PlanError
        When the folder is not a study, or its network cannot be found.
    InputError
        When the network cannot be read.
    """
    folder = Path(folder)
    said = _read(folder)
    source = _network(folder, said, network)
    found = [f"{name} was altered since the study was written" for name in _altered(folder, said)]
    found += _altered_beside(folder)
    outcomes = []
    options, cases, wanted = combined([_scenario(each) for each in (*said["options"], *said["cases"])])
    results = _results(folder)
    for scenario in wanted:
        outcome, problems = _outcome(folder, scenario, results, source)
        found += [f"{scenario.name}: {problem}" for problem in problems]
        if outcome is not None:
            outcomes.append(outcome)
    if len(outcomes) < len(wanted):
        return found
    study = Study(tuple(outcomes), options, cases, **_appraised(folder, said, source))
    found += _differing(folder, study.frames())
    as_run = said.get("as_run")
    if study.today is not None and not _alike(str(as_run), str(study.today.outcome.cost)):
        found.append(f"{STUDY}, as_run is {as_run}; by the flows it is {study.today.outcome.cost}")
    if (folder / ALTERNATIVES).is_file():
        found += _enumerated(folder, study, results)
    return found


def _read(folder: Path) -> dict[str, Any]:
    try:
        said = json.loads((folder / STUDY).read_text(encoding="utf-8"))
        missing = [key for key in ("options", "cases", "base_edits", "files", "scenarios") if key not in said]
    except (OSError, ValueError, TypeError) as error:
        raise PlanError(f"{folder} is not a study: {STUDY} cannot be read ({error})") from error
    if missing:
        raise PlanError(f"{folder} is not a study: {STUDY} does not say {', '.join(missing)}")
    found: dict[str, Any] = said
    return found


def _network(folder: Path, said: Mapping[str, Any], network: str | Path | Network | None) -> Network:
    if isinstance(network, Network):
        source = network
    elif network is not None:
        source = read(network)
    elif said.get("input") and (folder / str(said["input"])).exists():
        source = read(folder / str(said["input"]))
    else:
        raise PlanError("the network of the study is not where it was; name it")
    return source.edit(*said["base_edits"]) if said["base_edits"] and not source.tables.edits else source


def _appraised(folder: Path, said: Mapping[str, Any], source: Network) -> dict[str, Any]:
    """Return how the network is run today, by what was typed of it, and what appraisals rest on."""
    try:
        years, rate = float(said.get("years", YEARS)), said.get("discount_rate")
        check_appraisal(years, None if rate is None else float(rate))
        today = None if said.get("as_run") is None else read_as_run(source, folder)
    except (InputError, ValueError, TypeError) as error:
        raise PlanError(f"{STUDY} does not say how the network is run, or over how many years: {error}") from error
    return {"today": today, "years": years, "rate": rate}


def _altered(folder: Path, said: Mapping[str, Any]) -> Iterator[str]:
    for name, wanted in said["files"].items():
        path = folder / Path(name).name
        if not path.is_file() or digest(path) != wanted:
            yield name


def _altered_beside(folder: Path) -> Iterator[str]:
    """Yield what is wrong with files of what stands on the study, such as outages: each says in JSON what it wrote."""
    for path in sorted(folder.glob("*.json")):
        if path.name in (STUDY, ALTERNATIVES):  # looked at in places of their own
            continue
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
            files = {str(name): str(written) for name, written in said.get("files", {}).items()}
        except (OSError, ValueError, AttributeError) as error:
            yield f"{path.name} cannot be read: {error!r}"
            continue
        yield from (f"{name} was altered since the study was written" for name in _altered(folder, {"files": files}))


def _scenario(said: Mapping[str, Any]) -> Scenario:
    try:
        edits = tuple(Edit(**edit) for edit in said["edits"])
        return Scenario(str(said["name"]), edits, said["kind"], said["probability"], said["description"])
    except (KeyError, TypeError) as error:
        raise PlanError(f"{STUDY} does not say what a scenario is: {error}") from error


def _results(folder: Path) -> dict[str, dict[str, Any]]:
    """Return the summaries of what was solved, the last one of each scenario."""
    try:
        return {str(record["scenario"]): dict(record["summary"]) for record in records_of(folder)}
    except (OSError, ValueError, TypeError):
        return {}


def _outcome(
    folder: Path, scenario: Scenario, results: Mapping[str, dict[str, Any]], source: Network
) -> tuple[Outcome | None, list[str]]:
    """Return what a scenario came to by its files, and what is wrong with them."""
    name = folder_of(scenario.name)
    summary = results.get(name)
    if summary is None:
        return None, [f"{RESULTS} does not say what it came to"]
    if summary.get("cost") is None:
        return Outcome(scenario, summary, {}, source), []
    plan = folder / PLANS / name
    try:
        problems = verify(plan, source.edit(*scenario.edits) if scenario.edits else source)
        told = json.loads((plan / "summary.json").read_text(encoding="utf-8"))
        tables = {table: read_plan_table(plan / f"{table}.csv") for table in PLAN_TABLES}
    except (PlanError, OSError, ValueError) as error:
        return None, [str(error)]
    return Outcome(scenario, told, tables, source), problems


def _enumerated(folder: Path, study: Study, results: Mapping[str, dict[str, Any]]) -> Iterator[str]:
    """Yield what is wrong with an enumeration of sets of sites: every part of it is looked at again."""
    solved, problems = {outcome.name: outcome for outcome in study.outcomes}, list[str]()

    def recall(scenario: Scenario) -> Outcome:
        if scenario.name not in solved:
            outcome, wrong = _outcome(folder, scenario, results, study.base.source)
            problems.extend(f"{scenario.name}: {problem}" for problem in wrong)
            if outcome is None:
                raise PlanError(f"{ALTERNATIVES}: the part {scenario.name} is missing, or cannot be read")
            solved[scenario.name] = outcome
        return solved[scenario.name]

    try:
        said = json.loads((folder / ALTERNATIVES).read_text(encoding="utf-8"))
        yield from (f"{name} was altered since the study was written" for name in _altered(folder, said))
        if not study.base.found:
            return
        again = enumerated_again(study.base, said["asked"], recall)
        figures = {"cost": again.best, "limit": again.limit, "rest_at_least": again.rest, "finished": again.finished}
        wrong = [name for name, figure in figures.items() if not _alike(_told(said[name]), _told(figure))]
    except PlanError as error:
        yield from [*problems, str(error)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        yield f"{ALTERNATIVES} cannot be read: {error!r}"
    else:
        yield from problems
        yield from (f"{ALTERNATIVES}, {name} is {said[name]}; by the plans it is {figures[name]}" for name in wrong)
        yield from _differing(folder, again.frames() if again.sites else {})


def _told(figure: object) -> str:
    """Return a figure as text; what is infinite is none in JSON."""
    return "None" if figure is None or figure == math.inf else repr(figure)


def _differing(folder: Path, frames: Mapping[str, pd.DataFrame]) -> Iterator[str]:
    """Yield the tables of a study that are not what its plans say."""
    with tempfile.TemporaryDirectory() as again:
        for name, frame in frames.items():
            fresh = Path(again) / f"{name}.csv"
            write_table(fresh, frame)
            if not (folder / fresh.name).is_file():
                yield f"{fresh.name} is missing"
                continue
            yield from _apart(fresh.name, _cells(folder / fresh.name), _cells(fresh))


def _apart(name: str, written: list[list[str]], wanted: list[list[str]]) -> Iterator[str]:
    """Yield the first row of a table that is not what it should be."""
    if len(written) != len(wanted):
        yield f"{name} has {len(written) - 1} rows; by the plans it has {len(wanted) - 1}"
    for number, (row, right) in enumerate(zip(written, wanted, strict=False), start=1):
        if len(row) != len(right) or not all(map(_alike, row, right)):
            yield f"{name} row {number} says {', '.join(row)}; by the plans it is {', '.join(right)}"
            return


def _cells(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as source:
        return list(csv.reader(source))


def _alike(one: str, other: str) -> bool:
    if one == other:
        return True
    try:
        return math.isclose(float(one), float(other), rel_tol=_SAME, abs_tol=_SAME)
    except ValueError:
        return False
