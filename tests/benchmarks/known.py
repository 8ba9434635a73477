"""The values that are known for published instances, as each family's known_values.csv lists them."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator

from tests.benchmarks.locate import family_folder

Key = tuple[str, str]  # instance, variant ("" where the family has only one)

_TRUST = {"optimal": 0, "infeasible": 0, "best_known": 1}  # the smallest wins, then the lowest value


def known_values(family: str) -> dict[Key, tuple[float, str]]:
    """Return the best known value of every instance of a family.

    Where several rows speak about one instance, a proved one wins, then the lowest. Rows that are only lower
    bounds are left to `known_bounds`.

    Parameters
    ----------
    family : str
        Name of the family's folder, such as ``orlib_cap``.

    Returns
    -------
    dict
        ``{(instance, variant): (value, status)}``; status is ``optimal``, ``best_known`` or ``infeasible``, and the
        value of an infeasible instance is nan. A variant's trailing ``, capacity=8000`` is dropped, because the
        instance name (``capa@8000``) already says it.

    Raises
    ------
    FileNotFoundError
        When the family is not on this machine.
    """
    best: dict[Key, tuple[float, str]] = {}
    for key, value, status in _rows(family):
        if status not in _TRUST:
            continue
        held = best.get(key)
        if held is None or (_TRUST[status], value) < (_TRUST[held[1]], held[0]):
            best[key] = (value, status)
    return best


def known_bounds(family: str) -> dict[Key, float]:
    """Return the best published lower bound of every instance that has one; a proved optimum is its own bound.

    Parameters
    ----------
    family : str
        Name of the family's folder.

    Returns
    -------
    dict
        ``{(instance, variant): bound}``.

    Raises
    ------
    FileNotFoundError
        When the family is not on this machine.
    """
    best: dict[Key, float] = {}
    for key, value, status in _rows(family):
        if status in {"bound", "optimal"}:
            best[key] = max(value, best.get(key, -math.inf))
    return best


def _rows(family: str) -> Iterator[tuple[Key, float, str]]:
    with (family_folder(family) / "known_values.csv").open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            variant = row["variant"].split(", capacity=")[0]
            value = float(row["value"]) if row["value"] else math.nan
            yield (row["instance"], variant), value, row["status"]
