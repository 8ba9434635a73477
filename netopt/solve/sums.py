"""Sums of choices: how many are open is asked before which ones are.

A sum is a whole column that costs nothing and opens nothing; some row says what it counts. A relaxation leaves it
between two whole numbers while no single choice is decided, and either side often lifts the bound by more than many
branchings on single choices do: five centers of a hundred where 4.3 would do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program
from netopt.solve.simplex import Verdict

if TYPE_CHECKING:
    from netopt.solve.relaxation import Point
    from netopt.solve.screen import Screened
    from netopt.solve.tree import Node, Tree

__all__ = ["members_cost", "members_of", "split_sums", "sums_of", "tighten_sums"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_SPLITS = 24
_ITERATIONS, _SHARE, _AT_LEAST = 1_000, 3, 0.5
"""To rule out a number may take so many steps or a share of what the first relaxation took, and as much of its seconds.

A step of the one may take ten times as long as a step of the other.
"""

_FRACTION = 1e-6


def sums_of(program: Program) -> IntArray:
    """Return the whole columns that only count others, shape (sums,)."""
    return np.array([total for _, total, _ in members_of(program)], dtype=np.int64)


def members_of(program: Program) -> list[tuple[int, int, IntArray]]:
    """Return row, sum and members where a row says that a sum counts other whole columns, each of them once.

    A whole column that costs nothing and opens nothing need not be a sum: nothing says what it is but the search.
    """
    gates, matrix = program.gates, program.matrix
    plain = program.whole & (program.cost == 0) & (np.diff(matrix.indptr) == 1)
    plain[gates.opener] = False
    plain[gates.column] = False
    total = np.nonzero(plain)[0]
    row = matrix.indices[matrix.indptr[total]]
    says = (program.row_lower[row] == 0) & (program.row_upper[row] == 0)
    wanted = np.zeros(matrix.shape[0], dtype=bool)
    wanted[row[says]] = True
    at = np.nonzero(wanted[matrix.indices])[0]
    column = np.searchsorted(matrix.indptr, at, side="right") - 1
    order = np.argsort(matrix.indices[at], kind="stable")
    row_of, column, value = matrix.indices[at][order], column[order].astype(np.int64), matrix.data[at][order]
    found = []
    for total_at, row_at in zip(total[says].tolist(), row[says].tolist(), strict=True):
        part = slice(*np.searchsorted(row_of, [row_at, row_at + 1]))
        others = column[part] != total_at
        members = column[part][others]
        if program.whole[members].all() and (value[part] == np.where(others, 1.0, -1.0)).all():
            found.append((row_at, total_at, members))
    return found


def members_cost(program: Program, sums: IntArray) -> FloatArray:
    """Return the mean cost of what each sum counts, shape (sums,)."""
    if not len(sums):
        return np.zeros(0)
    rows = program.matrix[:, sums]
    per_row = abs(program.matrix[rows.indices]).astype(bool).astype(float)
    total, size = per_row @ np.abs(program.cost), np.asarray(per_row.sum(axis=1)).ravel() - 1
    of = np.repeat(np.arange(len(sums)), np.diff(rows.indptr))
    means = np.bincount(of, total / np.maximum(size, 1), minlength=len(sums))
    found: FloatArray = means / np.maximum(np.bincount(of, minlength=len(sums)), 1)
    return found


def tighten_sums(tree: Tree, point: Point, spent: float = np.inf) -> None:
    """Narrow the sums at the root of a tree that has just begun, where the rows alone rule numbers out.

    So many sites are needed to hold the demand: that is found with few rows, and spares a search for all the rows that
    matter only where fewer are open.

    Parameters
    ----------
    tree : Tree
        Only its root waits.
    point : Point
        Optimal there for what is kept.
    spent : float
        Seconds that it took to find.
    """
    node = tree.pop()
    if node is None:
        return
    most = max(_ITERATIONS, tree.relaxation.simplex.iterations // _SHARE), max(_AT_LEAST, spent / _SHARE)
    found: tuple[Node, Point | None] | None = node, point
    while found is not None:
        node, now = found
        found = None if now is None else _narrowed(tree, node, now, most)
    tree.enter(node)
    tree.push(node)


def _narrowed(tree: Tree, node: Node, point: Point, most: tuple[int, float]) -> tuple[Node, Point | None] | None:
    """Return the side of a fractional sum that is left when the other one is proved empty, and its point."""
    for position in np.nonzero(tree.is_sum)[0].tolist():
        value = float(point.x[tree.columns[position]])
        if abs(value - round(value)) <= _FRACTION:
            continue
        down, up = tree.split(node, position, value)
        for part, rest in ((down, up), (up, down)):
            tree.enter(part)
            verdict = tree.relaxation.run(iterations=most[0], seconds=most[1])[0]
            if verdict is Verdict.CUT_OFF:  # such a one takes long, and so would the others
                return None
            if verdict is not Verdict.INFEASIBLE:
                continue
            leaf = tree.infeasible(part)
            if leaf.duals != part.duals:
                tree.done(leaf)
                tree.enter(rest)
                return rest, tree.relaxation.run()[1]
    return None


def split_sums(
    tree: Tree, root: Screened, solve: Callable[[], Screened | None], enough: Callable[[], bool]
) -> Screened:
    """Branch on the sums at the root of a tree, and solve its nodes with all that the root got.

    Parameters
    ----------
    tree : Tree
        Only its root waits.
    root : Screened
        What is known there.
    solve : callable
        Solves the relaxation within its present bounds, with the columns, gates and cuts that it asks for; None where
        it has no optimal point.
    enough : callable
        Asked between two nodes.

    Returns
    -------
    Screened
        Of a node that waits, as a rule the one with the least bound.
    """
    relaxation, at = tree.relaxation, np.nonzero(tree.is_sum)[0]
    columns = tree.columns[at]
    weight = members_cost(relaxation.program, columns)
    last = root
    for turn in range(_SPLITS):
        node = tree.now = tree.pop()
        if node is None:
            break
        found: Screened | None = root
        if turn:
            tree.nodes += 1
            tree.enter(node)
            found = solve()
        if found is None:
            tree.done(tree.infeasible(node))
            continue
        last = found
        node = tree.now = replace(tree.bounded(node, found.best, found.bound.value), basis=relaxation.basis())
        value = found.point.x[columns]
        away = np.abs(value - np.round(value))
        if enough():
            tree.push(node)
            break
        if not (away > _FRACTION).any():
            tree.push(node)
            if node.bound <= tree.waiting[0][0]:
                break
            continue  # the other side of a split is more pressing
        which = int(np.argmax(away * weight))
        for child in tree.split(node, int(at[which]), float(value[which])):
            tree.push(child)
    tree.now = None
    return last
