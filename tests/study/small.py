"""A network to solve by hand, studied: Reno and Dallas serve three customers, see data/tiny."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import netopt
from netopt.study.scenario import Scenarios, read_scenarios

__all__ = ["DATA", "TINY", "files_of", "problem", "problems"]

DATA = Path(__file__).parents[2] / "data"
TINY = DATA / "tiny" / "network.csv"


def problems(scenarios: Scenarios) -> list[netopt.Problem]:
    """Return what is said of scenarios that cannot be read; each with a source and a fix."""
    with pytest.raises(netopt.InputError) as caught:
        read_scenarios(scenarios)
    assert all(each.source and each.message and each.fix for each in caught.value.problems)
    return list(caught.value.problems)


def problem(scenarios: Scenarios) -> netopt.Problem:
    """Return the one thing that is wrong."""
    (only,) = problems(scenarios)
    return only


def files_of(folder: Path) -> Mapping[str, bytes]:
    """Return every file below a folder."""
    return dict(_files(folder))


def _files(folder: Path) -> Iterator[tuple[str, Any]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
