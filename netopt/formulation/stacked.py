"""Several programs as one, in which what is decided once is shared: the extensive form of a two-stage program.

minimise  sum_s weight_s * cost_s @ (y, x_s)                                            (money)
subject to the rows, bounds and gates of every program s on (y, x_s)

y are the columns of the blocks that are decided once, matched between programs by their labels in words; x_s are the
rest, of which every program has its own. The same with the largest regret in place of the expected cost:

minimise  z,   z >= cost_s @ (y, x_s) - best_s for every s,   z >= 0                    (money)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from netopt.formulation.program import Charges, Columns, Gates, Labels, Program, Rows, Words, assembled

__all__ = ["DECIDED_ONCE", "FirstStage", "Stacked", "first_stage", "narrowed", "stacked", "with_regret"]

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]

DECIDED_ONCE = ("open", "open_sites", "starts", "stops")
"""Blocks of columns that are decided before it is known which case comes true: those of the rooms about sites.

A room that decides something else for good, such as how far a site is expanded, adds the name of its block here.
"""


@dataclass(frozen=True)
class Stacked:
    """Programs as one.

    Parameters
    ----------
    program : Program
        All of them together.
    parts : tuple of Program
        As they were.
    position : tuple of ndarray of int
        For each part, where its columns stand in the whole, shape (columns of the part,).
    shared : int
        How many columns are decided once; they stand first.
    """

    program: Program
    parts: tuple[Program, ...]
    position: tuple[IntArray, ...]
    shared: int

    def split(self, x: FloatArray) -> list[FloatArray]:
        """Return the values of each part's columns, given those of the whole."""
        return [x[position] for position in self.position]


@dataclass(frozen=True)
class FirstStage:
    """What is decided once, on its own.

    Parameters
    ----------
    at : tuple of ndarray of int
        For each program, its columns that are decided once, shape (n,).
    to : tuple of ndarray of int
        Where those stand in the first stage, shape (n,).
    lower, upper : ndarray
        Shape (columns,).
    whole : ndarray of bool
        Shape (columns,).
    matrix : csr_array
        Rows that speak of nothing else, shape (rows, columns).
    row_lower, row_upper : ndarray
        Shape (rows,).
    """

    at: tuple[IntArray, ...]
    to: tuple[IntArray, ...]
    lower: FloatArray
    upper: FloatArray
    whole: BoolArray
    matrix: sp.csr_array
    row_lower: FloatArray
    row_upper: FloatArray


def first_stage(programs: Sequence[Program]) -> FirstStage:
    """Return what programs share, without the rest of them."""
    parts = tuple(programs)
    columns, keys = _shared_columns(parts)
    size = sum(block.size for block in columns.values())
    lower, upper = np.full(size, -np.inf), np.full(size, np.inf)
    whole = np.concatenate([np.zeros(0, dtype=bool), *(np.full(b.size, b.kind == "whole") for b in columns.values())])
    at, to, matrices = [], [], []
    lows, highs = [], []
    known: set[bytes] = set()
    for part in parts:
        where, _own, _size = _own_columns(part, keys, {}, 0, size)
        here = np.nonzero(where < size)[0]
        at.append(here)
        to.append(where[here])
        np.maximum.at(lower, where[here], part.lower[here])
        np.minimum.at(upper, where[here], part.upper[here])
        keep = _new_rows(part, where, size, known) & _of_shared(part, where, size)
        rows = np.nonzero(keep)[0]
        entries = sp.csr_array(part.matrix)[rows].tocoo()
        matrices.append(
            sp.csr_array((entries.data, (entries.coords[0], where[entries.coords[1]])), shape=(len(rows), size))
        )
        lows.append(part.row_lower[rows])
        highs.append(part.row_upper[rows])
    matrix = sp.csr_array(sp.vstack(matrices))
    return FirstStage(tuple(at), tuple(to), lower, upper, whole, matrix, np.concatenate(lows), np.concatenate(highs))


def stacked(programs: Sequence[Program], weights: Sequence[float]) -> Stacked:
    """Return programs as one that shares what is decided once.

    Parameters
    ----------
    programs : sequence of Program
        Built by the same rooms.
    weights : sequence of float
        What each one's cost counts, such as its probability; above 0.
    """
    parts = tuple(programs)
    columns, keys = _shared_columns(parts)
    shared = sum(block.size for block in columns.values())
    names = _common_names(parts)
    position, size = [], shared
    for number, part in enumerate(parts):
        where, own, size = _own_columns(part, keys, names, number, size)
        position.append(where)
        columns |= own
    lower, upper, most = np.full(size, -np.inf), np.full(size, np.inf), np.full(size, np.inf)
    rows: dict[str, Rows] = {}
    known: set[bytes] = set()
    terms: list[sp.coo_array] = []
    height = 0
    for number, (part, where) in enumerate(zip(parts, position, strict=True)):
        np.maximum.at(lower, where, part.lower)
        np.minimum.at(upper, where, part.upper)
        np.minimum.at(most, where, part.most)
        keep = _new_rows(part, where, shared, known)
        entries = sp.csr_array(part.matrix)[np.nonzero(keep)[0]].tocoo()
        terms.append(sp.coo_array((entries.data, (entries.coords[0] + height, where[entries.coords[1]]))))
        own_rows, height = _own_rows(part, keep, names, number, height)
        rows |= own_rows
    most[:shared] = np.inf  # what is not worth it in one case may be in another
    row, column = (np.concatenate([each.coords[axis] for each in terms]).astype(np.int32) for axis in (0, 1))
    value = np.concatenate([each.data for each in terms])
    gates = [
        Gates(where[part.gates.column], where[part.gates.opener], part.gates.bound, part.gates.needed)
        for part, where in zip(parts, position, strict=True)
    ]
    charges = [
        Charges(charge.bucket, where[charge.column], weight * charge.cost, charge.period)
        for part, where, weight in zip(parts, position, weights, strict=True)
        for charge in part.charges
    ]
    program = assembled(columns, rows, lower, upper, most, (row, column, value), gates, charges, names)
    return Stacked(program, parts, tuple(position), shared)


def with_regret(whole: Stacked, best: Sequence[float], most: float) -> Program:
    """Return the program whose cost is the sum of the best costs plus the largest regret.

    The sum is there so that a gap relative to the cost means what it means elsewhere.

    Parameters
    ----------
    whole : Stacked
        Its columns stand first, in their order; then the largest regret plus the sum of `best`.
    best : sequence of float
        The cost of each part alone that regret is measured from, money.
    most : float
        A largest regret that is known to be possible, money.
    """
    program, n = whole.program, len(whole.parts)
    width, height, total = len(program.cost), len(program.row_lower), float(np.sum(best))
    block = Columns("worst", {"of": np.array(["regret"], dtype=object)}, width, 1, "share")
    cases = {"case": np.array([str(at + 1) for at in range(n)], dtype=object)}
    sides = total - np.asarray(best, dtype=np.float64)
    regret = Rows("regret", cases, height, n, sides, np.full(n, np.inf))
    paid = [np.nonzero(part.cost)[0] for part in whole.parts]
    entries = program.matrix.tocoo()
    row: list[IntArray] = [entries.coords[0].astype(np.int64), height + np.arange(n)]
    row += [np.full(len(at), height + k) for k, at in enumerate(paid)]
    column: list[IntArray] = [entries.coords[1].astype(np.int64), np.full(n, width)]
    column += [where[at] for where, at in zip(whole.position, paid, strict=True)]
    value: list[FloatArray] = [entries.data, np.ones(n)]
    value += [-part.cost[at] for part, at in zip(whole.parts, paid, strict=True)]
    return assembled(
        columns={**program.columns, "worst": block},
        rows={**program.rows, "regret": regret},
        lower=np.append(program.lower, total),
        upper=np.append(program.upper, total + most),
        most=np.append(program.most, total + most),
        terms=(np.concatenate(row).astype(np.int32), np.concatenate(column).astype(np.int32), np.concatenate(value)),
        gates=[program.gates],
        charges=[Charges("regret", np.array([width]), np.ones(1), np.zeros(1, dtype=np.int64))],
        names=program.names,
    )


def _shared_columns(parts: Sequence[Program]) -> tuple[dict[str, Columns], dict[str, dict[tuple[str, ...], int]]]:
    """Return the blocks that are decided once, and by block the position of each of its labels."""
    columns: dict[str, Columns] = {}
    keys: dict[str, dict[tuple[str, ...], int]] = {}
    start = 0
    for name in DECIDED_ONCE:
        blocks = [(part, part.columns[name]) for part in parts if name in part.columns]
        if not blocks:
            continue
        named: dict[tuple[str, ...], int] = {}
        for part, block in blocks:
            for key in _keys(part, block):
                named.setdefault(key, start + len(named))
        words = [np.array(word, dtype=object) for word in zip(*named, strict=True)]
        block = blocks[0][1]
        labels = dict(zip(block.labels, words, strict=True)) if named else dict(block.labels)
        columns[name] = Columns(name, labels, start, len(named), block.kind)
        keys[name] = named
        start += len(named)
    return columns, keys


def _keys(program: Program, block: Columns) -> list[tuple[str, ...]]:
    return list(zip(*(words.tolist() for words in program.words(block).values()), strict=True))


def _common_names(parts: Sequence[Program]) -> dict[str, Words]:
    """Return the names that positions in labels have in every part alike."""
    first = parts[0].names
    return {
        dimension: words
        for dimension, words in first.items()
        if all(np.array_equal(words, part.names[dimension]) for part in parts[1:])
    }


def _labels(part: Program, block: Columns | Rows, names: dict[str, Words], at: IntArray | slice) -> Labels:
    """Return labels of some of a block, in words where positions mean different things in different parts."""
    words = part.words(block, at)
    plain = {key: values[at] for key, values in block.labels.items()}
    return {key: words[key] if key in part.names and key not in names else plain[key] for key in plain}


def _own_columns(
    part: Program, keys: dict[str, dict[tuple[str, ...], int]], names: dict[str, Words], number: int, start: int
) -> tuple[IntArray, dict[str, Columns], int]:
    """Return where a part's columns stand in the whole, its own blocks there, and where the next part begins."""
    where = np.zeros(len(part.cost), dtype=np.int64)
    own = {}
    for block in part.columns.values():
        if block.name in keys:
            where[block.at] = [keys[block.name][key] for key in _keys(part, block)]
            continue
        name = f"{block.name}_{number + 1}"
        own[name] = Columns(name, _labels(part, block, names, slice(None)), start, block.size, block.kind)
        where[block.at] = start + np.arange(block.size)
        start += block.size
    return where, own, start


def _new_rows(part: Program, where: IntArray, shared: int, known: set[bytes]) -> BoolArray:
    """Return which rows of a part to keep: not those that an earlier part has stated of what is shared alone."""
    matrix = sp.csr_array(part.matrix)
    keep: BoolArray = np.ones(matrix.shape[0], dtype=bool)
    for row in np.nonzero(_of_shared(part, where, shared))[0]:  # few: they speak of sites alone
        entry = slice(matrix.indptr[row], matrix.indptr[row + 1])
        columns = where[matrix.indices[entry]]
        order = np.argsort(columns)
        sides = np.array([part.row_lower[row], part.row_upper[row]])
        stated = b"".join(each.tobytes() for each in (columns[order], matrix.data[entry][order], sides))
        keep[row] = stated not in known
        known.add(stated)
    return keep


def _of_shared(part: Program, where: IntArray, shared: int) -> BoolArray:
    """Return which rows of a part speak of nothing but what is shared, shape (rows,)."""
    found: BoolArray = np.ones(len(part.row_lower), dtype=bool)
    found[part.matrix.indices[np.repeat(where >= shared, np.diff(part.matrix.indptr))]] = False
    return found


def _own_rows(
    part: Program, keep: BoolArray, names: dict[str, Words], number: int, start: int
) -> tuple[dict[str, Rows], int]:
    own = {}
    for block in part.rows.values():
        at = np.nonzero(keep[block.at])[0]
        name = f"{block.name}_{number + 1}"
        labels = _labels(part, block, names, at)
        own[name] = Rows(name, labels, start, len(at), block.lower[at], block.upper[at])
        start += len(at)
    return own, start


def narrowed(program: Program, columns: IntArray, values: FloatArray) -> Program:
    """Return a program with some columns fixed."""
    lower, upper = program.lower.copy(), program.upper.copy()
    lower[columns] = upper[columns] = values
    return replace(program, lower=lower, upper=upper, most=np.minimum(program.most, upper))
