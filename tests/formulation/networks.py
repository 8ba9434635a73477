"""Networks of a few rows, what the rooms write for them in words, and their optimum.

Tables are typed as text: a line a row, cells apart by blanks, ``-`` for a blank cell. Columns and rows of a program are
called by their block and the words of their labels: ``flow S D product 1``, ``open D P2``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pandas as pd

import netopt
from netopt.formulation import ROOMS, Program, Room, build
from netopt.network import read

INF = float("inf")

USUAL = {
    "facilities": "name type\nS supplier\nD dc",
    "customers": "name\nC",
    "demand": "customer quantity\nC 10",
    "lanes": "origin destination unit_cost\nS D 1\nD C 2",
}
"""S -> D -> C at 1 + 2 a unit with a demand of 10: 30 in all."""

TWO_SITES = "origin destination unit_cost\nS D 1\nD C 2\nS E 1\nE C 5"
"""E is a second center, 3 a unit dearer than D."""

PERIODS = "name days\nP1 30\nP2 30"
PRODUCTS = "name volume weight\nA 2 4\nB 1 1"


def frame(text: str) -> pd.DataFrame:
    """Return a table typed as text; columns that hold nothing but numbers are numbers."""
    lines = [[None if cell == "-" else cell for cell in line.split()] for line in text.strip().splitlines()]
    table = pd.DataFrame(lines[1:], columns=lines[0], dtype=object)
    for column in table:
        try:
            table[column] = pd.to_numeric(table[column])
        except (TypeError, ValueError):
            continue
    return table


def tables(**typed: str) -> dict[str, pd.DataFrame]:
    """Return the usual tables with some replaced or added; an empty text takes one away."""
    return {name: frame(text) for name, text in {**USUAL, **typed}.items() if text}


class Row(NamedTuple):
    """One constraint: coefficients by column, and both sides."""

    terms: dict[str, float]
    lower: float
    upper: float


class Written:
    """What rooms have written for a network, in words.

    Parameters
    ----------
    given : dict of DataFrame
        Tables of the network.
    rooms : iterable of Room
        Those that write.
    """

    def __init__(self, given: dict[str, pd.DataFrame], rooms: Iterable[Room] = ROOMS) -> None:
        self.program = build(read(given), rooms)
        self.names = column_names(self.program)

    def columns(self, block: str) -> dict[str, tuple[float, float]]:
        """Return the bounds of a block's columns."""
        program = self.program
        if block not in program.columns:
            return {}
        at = program.columns[block].at
        return {self.names[i]: (float(program.lower[i]), float(program.upper[i])) for i in at}

    def whole(self) -> set[str]:
        """Return the columns that are whole numbers."""
        return {self.names[i] for i in np.nonzero(self.program.whole)[0]}

    def rows(self, block: str) -> dict[str, Row]:
        """Return a block of constraints by the words of its labels."""
        program = self.program
        if block not in program.rows:
            return {}
        rows, found = program.rows[block], {}
        part = program.matrix.tocsr()[rows.start : rows.start + rows.size]
        for at, name in enumerate(_names("", program.words(rows))):
            begin, end = part.indptr[at], part.indptr[at + 1]
            terms = {self.names[c]: float(v) for c, v in zip(part.indices[begin:end], part.data[begin:end], strict=True)}
            found[name] = Row(terms, float(rows.lower[at]), float(rows.upper[at]))
        return found

    def gates(self, column: str, opener: str) -> dict[tuple[str, str], float]:
        """Return the bounds of the gates that link two blocks, by column and opener."""
        gates, found = self.program.gates, {}
        for c, o, bound in zip(gates.column, gates.opener, gates.bound, strict=True):
            pair = self.names[c], self.names[o]
            if pair[0].split()[0] == column and pair[1].split()[0] == opener:
                assert pair not in found
                found[pair] = float(bound)
        return found

    def charges(self, bucket: str) -> dict[str, float]:
        """Return the money per unit of every column that a bucket charges."""
        found: dict[str, float] = {}
        for charge in self.program.charges:
            if charge.bucket == bucket:
                for column, cost in zip(charge.column, charge.cost, strict=True):
                    found[self.names[column]] = found.get(self.names[column], 0.0) + float(cost)
        return found


def column_names(program: Program) -> list[str]:
    """Return the name of every column, in order."""
    return [name for block in program.columns.values() for name in _names(block.name, program.words(block))]


def _names(block: str, words: dict[str, np.ndarray]) -> list[str]:
    keys = zip(*(column.tolist() for column in words.values()), strict=True)
    return [" ".join(str(word) for word in (block, *key) if word != "") for key in keys]


def asleep(name: str, given: dict[str, pd.DataFrame]) -> bool:
    """Return whether a network gets nothing at all from a room."""
    with_it = Written(given).program
    without = Written(given, tuple(room for room in ROOMS if room.name != name)).program
    assert any(room.name == name for room in ROOMS)
    same = list(with_it.columns) == list(without.columns) and list(with_it.rows) == list(without.rows)
    same = same and (with_it.matrix != without.matrix).nnz == 0 if with_it.matrix.shape == without.matrix.shape else False
    arrays = ("cost", "lower", "upper", "row_lower", "row_upper")
    same = same and all(np.array_equal(getattr(with_it, a), getattr(without, a)) for a in arrays)
    return bool(same and len(with_it.gates) == len(without.gates) and len(with_it.charges) == len(without.charges))


def solved(given: dict[str, pd.DataFrame]) -> netopt.Plan:
    """Return the proved optimum, audited."""
    plan = netopt.solve(given, gap=1e-9)
    assert plan.status == "optimal"
    assert plan.audit().ok, plan.audit().breaches["words"].tolist()
    return plan


def cost(given: dict[str, pd.DataFrame]) -> float:
    """Return the cost of the proved optimum, to a hundred-thousandth."""
    return round(solved(given).cost, 5)


def status(given: dict[str, pd.DataFrame]) -> str:
    """Return what solving says."""
    return netopt.solve(given, gap=1e-9).status


def open_sites(plan: netopt.Plan) -> set[str]:
    """Return the sites that are open, with their period where there are several: ``D`` or ``D P2``."""
    sites = plan.sites()
    sites = sites[sites["open"] == 1]
    several = plan.sites()["period"].nunique() > 1
    return {f"{name} {period}" if several else name for name, period in zip(sites["name"], sites["period"], strict=True)}


def moved(plan: netopt.Plan) -> dict[str, float]:
    """Return what moves: ``S D product 1`` to a quantity."""
    flows = plan.flows()
    keys = flows[["origin", "destination", "mode", "product", "period"]].to_numpy(dtype=object)
    names = [" ".join(word for word in key if word) for key in keys]
    return dict(zip(names, flows["quantity"].round(6).tolist(), strict=True))
