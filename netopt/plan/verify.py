"""A plan is checked again from its files: nothing altered, everything adds up, and the rules hold."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netopt.errors import InputError, PlanError
from netopt.formulation import build
from netopt.network import Network, read
from netopt.plan.audit import audit
from netopt.plan.folder import bound_by, digest, read_plan_table, seal
from netopt.plan.recompute import recomputed_bound
from netopt.plan.tables import PLAN_TABLES

__all__ = ["verify"]

_SAME = 1e-9
_HUGE = 1e300
_SUMMED = {"service": ("demand",), "sites": ("name", "open"), "costs": ("bucket", "cost"), "unmet": ("quantity",)}
"""Columns that the figures of the summary rest on."""


def verify(folder: str | Path, network: str | Path | Network | None = None) -> list[str]:
    """Check a plan from its files, with no solver.

    Rules and costs are recomputed from the tables of the network alone; the proved bound from its certificate and the
    program of the network, in exact arithmetic.

    Parameters
    ----------
    folder : path
        What `Plan.save` wrote.
    network : path or Network, optional
        The input; without it, where the summary says it was.

    Returns
    -------
    list of str
        What is wrong, empty when all is well.

    Raises
    ------
    PlanError
        When the folder is not a plan, its network cannot be found, or its edits cannot be made.
    InputError
        When the network cannot be read.
    """
    folder = Path(folder)
    summary, proof = _json(folder / "summary.json"), _json(folder / "proof.json")
    found = [*_altered(folder, proof), *_disagreeing(summary, proof)]
    if summary.get("cost") is None:
        return found
    tables, problems = _tables(folder)
    if problems:
        return [*found, *problems]
    source = network if isinstance(network, Network) else read(_input(folder, summary, network))
    source = _as_edited(source, summary)
    if source.tables.sha256 != summary.get("input_sha256"):
        found.append("the network is not the one that was solved: its digest differs from summary.json, input_sha256")
    if [*map(dict, source.tables.edits)] != summary.get("edits", []):
        found.append("the network is not the one that was solved: its edits differ from summary.json, edits")
    try:
        report = audit(source, tables)
    except PlanError as error:  # a column is gone
        return [*found, str(error)]
    found += [str(words) for words in report.breaches["words"]]
    if not _close(proof.get("audited_cost"), report.cost, _SAME):
        found.append(f"proof.json, audited_cost is {proof.get('audited_cost')}, the audit says {report.cost}")
    return [*found, *_against_tables(summary, tables, report.cost), *_unproved(summary, proof, source, report.cost)]


def _json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_constant=_refused)
    except FileNotFoundError as error:
        raise PlanError(f"{path.parent} is not a plan: it has no {path.name}") from error
    except (OSError, ValueError) as error:
        raise PlanError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise PlanError(f"{path} does not hold an object")
    return content


def _refused(word: str) -> float:
    raise ValueError(f"{word} is no number")


def _altered(folder: Path, proof: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files that are missing or are not what was written, the proof itself among them."""
    if proof.get("sha256") != seal(proof):
        yield "proof.json was altered since the plan was written"
    files = proof.get("files")
    if not isinstance(files, dict) or not files:
        yield "proof.json lists no files"
        return
    for name, wanted in files.items():
        path = folder / Path(name).name
        if not path.is_file():
            yield f"{name} is missing"
        elif digest(path) != wanted:
            yield f"{name} was altered since the plan was written"


def _disagreeing(summary: Mapping[str, Any], proof: Mapping[str, Any]) -> Iterator[str]:
    pairs = [("cost", "cost"), ("bound", "solver_bound"), ("gap", "gap"), ("asked_gap", "asked_gap")]
    pairs += [(name, name) for name in ("proved_bound", "seed", "versions", "input_sha256", "edits")]
    for one, other in pairs:
        if summary.get(one) != proof.get(other):
            yield f"summary.json, {one} and proof.json, {other} differ: {summary.get(one)} and {proof.get(other)}"
    if bound_by(summary) != proof.get("solver_bound_by"):
        said = proof.get("solver_bound_by")
        yield f"proof.json, solver_bound_by is {said}; by summary.json, bound_by, it is {bound_by(summary)}"


def _tables(folder: Path) -> tuple[dict[str, pd.DataFrame], list[str]]:
    tables, problems = {}, []
    for name in PLAN_TABLES:
        try:
            tables[name] = read_plan_table(folder / f"{name}.csv")
            missing = [column for column in _SUMMED.get(name, ()) if column not in tables[name]]
            problems += [f"{name}.csv has no column {column}" for column in missing]
        except (OSError, ValueError, csv.Error, PlanError) as error:
            problems.append(f"{name}.csv cannot be read: {error}")
    return tables, problems


def _input(folder: Path, summary: Mapping[str, Any], network: str | Path | None) -> Path:
    if network is not None:
        return Path(network)
    said = summary.get("input")
    if not said:
        raise PlanError("the plan was made from tables in memory; name the network to verify it against")
    place = folder / str(said)
    if not place.exists():
        raise PlanError(f"the network {said} is not there any more; name it to verify the plan against it")
    return place


def _as_edited(network: Network, summary: Mapping[str, Any]) -> Network:
    """Return a network with the edits that the plan was made with, if it has none yet."""
    edits = summary.get("edits", [])
    if not isinstance(edits, list) or not all(isinstance(edit, dict) for edit in edits):
        raise PlanError("summary.json, edits are not a list of edits")
    if not edits or network.tables.edits:
        return network
    try:
        return network.edit(*edits)
    except InputError as error:
        raise PlanError(f"summary.json, edits cannot be made: {'; '.join(map(str, error.problems))}") from error


def _against_tables(summary: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], audited: float) -> Iterator[str]:
    """Yield the headline figures that the tables do not bear out."""
    service, sites, costs = tables["service"], tables["sites"], tables["costs"]
    wanted = float(service["demand"].sum())
    unmet = float(tables["unmet"]["quantity"].sum()) if len(tables["unmet"]) else 0.0
    delivered = float(service["delivered"].sum())
    figures = {
        "on_time": float(service["on_time"].sum()) / delivered if delivered else 1.0,
        "cost": audited,
        "demand": wanted,
        "demand_met": (wanted - unmet) / wanted if wanted else 1.0,
    }
    for name, figure in figures.items():
        if not _close(summary.get(name), figure, 1e-6):
            yield f"summary.json, {name} is {summary.get(name)}, the tables say {figure}"
    for bucket, cost in costs.groupby("bucket")["cost"].sum().items():
        if not _close(summary.get("costs", {}).get(bucket), cost, 1e-6):
            yield f"summary.json, costs, {bucket} is {summary.get('costs', {}).get(bucket)}, costs.csv says {cost}"
    ever = sites[sites["open"] == 1]["name"].drop_duplicates().tolist()
    if summary.get("open_sites") != ever:
        yield "summary.json, open_sites are not those of sites.csv"
    cost, bound = summary.get("cost"), summary.get("bound")
    if bound is not None and cost is not None and bound > cost * (1 + _SAME) + _SAME:
        yield f"summary.json: the bound {bound} is above the cost {cost}"
    if bound is not None and cost and not _close(summary.get("gap"), max(0.0, cost - bound) / abs(cost), 1e-9):
        yield "summary.json, gap is not the one between cost and bound"


def _unproved(summary: Mapping[str, Any], proof: Mapping[str, Any], network: Network, audited: float) -> Iterator[str]:
    """Yield what is wrong with the proved bound; a plan without one says so in both places."""
    said, certificate = proof.get("proved_bound"), proof.get("certificate")
    if said is None and certificate is None:
        return
    if certificate is None or said is None:
        there, gone = ("certificate", "proved_bound") if said is None else ("proved_bound", "certificate")
        yield f"proof.json has a {there} without a {gone}"
        return
    if summary.get("amended") is not False or summary.get("own_rooms") != []:
        yield "proof.json has a certificate, which a plan with the constraints of a script cannot have"
        return
    proved, bound = _number(said), _number(certificate.get("bound") if isinstance(certificate, dict) else None)
    if proved is None or bound is None:
        yield "proof.json, proved_bound or the bound of its certificate is not a number"
        return
    if proved > audited + _SAME * abs(audited):
        yield f"proof.json, proved_bound {proved} is above the cost {audited}"
    if proved not in (bound, proof.get("cost")) or proved > bound:
        yield f"proof.json, proved_bound is {proved}, its certificate says {bound}"
    try:
        exact = recomputed_bound(build(network), certificate)
    except PlanError as error:
        yield f"proof.json, certificate: {error}"
        return
    if exact < max(Fraction(bound), Fraction(proved)):
        yield f"proof.json, certificate: the bound is {bound}, recomputed it is {float(exact)}"


def _number(said: object) -> float | None:
    usual = isinstance(said, int | float) and not isinstance(said, bool) and abs(said) < _HUGE
    return float(said) if usual else None  # type: ignore[arg-type]


def _close(said: object, figure: float, tolerance: float) -> bool:
    if not isinstance(said, int | float):
        return False
    return bool(np.isclose(said, figure, rtol=tolerance, atol=tolerance))
