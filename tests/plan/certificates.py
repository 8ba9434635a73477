"""Certificates for tests: duals from a linear program or from anywhere, leaves of a random tree, and small programs."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import scipy.optimize as so
import scipy.sparse as sp

from netopt.formulation import Program
from netopt.formulation.program import Columns, Gates, Rows, assembled
from netopt.plan.certificate import stated
from netopt.solve.bound import Certificate, Cut, Duals, Leaf, Ledger

__all__ = ["certified", "leaf", "lp_duals", "no_duals", "program_of", "random_duals", "said", "tree"]

INF = float("inf")


def program_of(
    cost: Sequence[float], rows: Sequence[tuple[Sequence[float], float, float]], gates: Sequence[tuple[int, int, float]] = (),
    lower: Sequence[float] | None = None, upper: Sequence[float] | None = None, whole: Sequence[int] = (),
) -> Program:
    """Return a program from coefficients; its ``most`` is its upper bound."""
    width, height = len(cost), len(rows)
    blocks = {
        f"x{j}": Columns(f"x{j}", {}, j, 1, "whole" if j in whole else "quantity") for j in range(width)
    }
    sides = [np.array([row[side] for row in rows], dtype=float) for side in (1, 2)]
    block = {"row": Rows("row", {}, 0, height, *sides)} if height else {}
    found = np.array([row[0] for row in rows], dtype=float).reshape(height, width)
    at = np.nonzero(found)
    column, opener, bound = (np.array([gate[n] for gate in gates], dtype=t) for n, t in enumerate((np.int64, np.int64, float)))
    low = np.zeros(width) if lower is None else np.array(lower, dtype=float)
    high = np.full(width, INF) if upper is None else np.array(upper, dtype=float)
    made = assembled(
        blocks, block, low, high, high, (at[0], at[1], found[at]),
        [Gates(column, opener, bound, np.ones(len(gates), dtype=bool))], [], {},
    )
    made.cost[:] = cost
    return made


def no_duals(program: Program) -> Duals:
    """Return duals that are zero."""
    return Duals(np.zeros(len(program.row_lower)), np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))


def random_duals(program: Program, draw: random.Random, cuts: int = 0) -> Duals:
    """Return duals of no meaning but of the right signs."""
    some = np.random.default_rng(draw.randrange(1 << 30))
    size = 10.0 ** some.uniform(-3, 3)
    row = some.normal(0, size, len(program.row_lower)) * (some.random(len(program.row_lower)) < 0.7)
    first = np.unique(program.gates.column, return_index=True)[1]
    later = np.setdiff1d(np.arange(len(program.gates)), first)
    return Ledger(program).short(Duals(row, -np.abs(some.normal(0, size, cuts)), later, some.random(len(later)) / 3))


def lp_duals(program: Program, lower: np.ndarray | None = None, upper: np.ndarray | None = None) -> tuple[float, Duals]:
    """Return the optimum of the relaxation with a row for every gate, and its duals; an infinite one where there is none."""
    low = program.lower if lower is None else lower
    high = program.most if upper is None else upper
    gates, width, count = program.gates, len(program.cost), len(program.gates)
    at = np.arange(count)
    linking = sp.coo_array(
        (np.append(np.ones(count), -gates.bound), (np.append(at, at), np.append(gates.column, gates.opener))), (count, width)
    )
    matrix = program.matrix.tocsr()
    over, under = np.isfinite(program.row_upper), np.isfinite(program.row_lower)
    run = so.linprog(
        program.cost,
        A_ub=sp.vstack([matrix[over], -matrix[under], linking]).tocsr(),
        b_ub=np.concatenate([program.row_upper[over], -program.row_lower[under], np.zeros(count)]),
        bounds=np.stack([low, high], axis=1),
        method="highs",
    )
    if run.status != 0:
        return INF, no_duals(program)
    price = run.ineqlin.marginals
    row = np.zeros(len(program.row_lower))
    row[over] += price[: over.sum()]
    row[under] -= price[over.sum() : over.sum() + under.sum()]
    gate = -price[over.sum() + under.sum() :]
    total = np.bincount(gates.column, gate, minlength=width)[gates.column]
    share = np.divide(gate, total, out=np.zeros(count), where=total > 0)
    later = np.setdiff1d(at, np.unique(gates.column, return_index=True)[1])
    later = later[share[later] > 0]
    return run.fun, Ledger(program).short(Duals(row, np.zeros(0), later, share[later]))


def leaf(columns: Sequence[int] = (), lower: Sequence[float] = (), upper: Sequence[float] = (), duals: int = 0) -> Leaf:
    """Return a leaf."""
    return Leaf(np.array(columns, dtype=np.int64), np.array(lower, dtype=float), np.array(upper, dtype=float), duals)


def tree(program: Program, draw: random.Random, leaves: int) -> list[dict[int, tuple[float, float]]]:
    """Return the leaves of a random tree over the whole columns: the range of each that is narrowed."""
    whole = np.nonzero(program.whole & np.isfinite(program.most) & (program.most > program.lower))[0].tolist()
    found: list[dict[int, tuple[float, float]]] = [{}]
    for _ in range(20 * leaves):
        if len(found) >= leaves or not whole:
            break
        column, at = draw.choice(whole), draw.randrange(len(found))
        low, high = found[at].get(column, (float(np.ceil(program.lower[column])), float(np.floor(program.most[column]))))
        if low < high:
            last = float(draw.randrange(int(low), int(high)))
            parent = found.pop(at)
            found += [{**parent, column: (low, last)}, {**parent, column: (last + 1, high)}]
    draw.shuffle(found)
    return found


def certified(
    program: Program,
    parts: Sequence[dict[int, tuple[float, float]]] = ({},),
    make: Callable[[np.ndarray, np.ndarray], Duals] | None = None,
    cuts: Sequence[Cut] = (),
) -> Certificate:
    """Return the certificate of leaves, each with duals of its own: those of the relaxation unless they are made."""
    ledger = Ledger(program)
    for cut in cuts:
        ledger.add_cut(cut)
    duals, leaves, bounds = [], [], []
    for n, part in enumerate(parts):
        low, high = program.lower.copy(), program.most.copy()
        for column, (least, most) in part.items():
            low[column], high[column] = least, most
        duals.append(lp_duals(program, low, high)[1] if make is None else make(low, high))
        bounds.append(ledger.bound(duals[-1], low, high).value)
        columns = list(part)
        leaves.append(leaf(columns, low[columns], high[columns], n))
    return Certificate(min(bounds), tuple(ledger.cuts), tuple(duals), tuple(leaves))


def said(certificate: Certificate) -> dict[str, Any]:
    """Return what the proof says of a certificate, through JSON and back."""
    return json.loads(json.dumps(stated(certificate), allow_nan=False))
