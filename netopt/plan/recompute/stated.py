"""What a proof states about its bound, read with suspicion: every position and every number is checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netopt.errors import PlanError

__all__ = ["Claim", "Piece", "Sums", "claim_of"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_MOST = 1 << 53


@dataclass(frozen=True)
class Sums:
    """Money or shares at the positions that have any; zero elsewhere.

    Parameters
    ----------
    at : ndarray of int
        Distinct, shape (n,).
    value : ndarray
        Finite, shape (n,).
    """

    at: IntArray
    value: FloatArray


@dataclass(frozen=True)
class Piece:
    """A leaf: the range that each of some whole columns is in, and the duals that bound the cost there.

    Parameters
    ----------
    within : mapping of int to (float, float)
        By column, whole numbers or infinite.
    duals : int
        Position in `Claim.duals`.
    """

    within: Mapping[int, tuple[float, float]]
    duals: int


@dataclass(frozen=True)
class Claim:
    """What a proof states.

    Parameters
    ----------
    cuts : tuple of (int, ndarray of int)
        Opener and rows of each.
    duals : tuple of (Sums, Sums, Sums)
        Of rows, cuts and gates.
    leaves : tuple of Piece
        In their order.
    """

    cuts: tuple[tuple[int, IntArray], ...]
    duals: tuple[tuple[Sums, Sums, Sums], ...]
    leaves: tuple[Piece, ...]


def claim_of(stated: object, rows: int, columns: int, gates: int) -> Claim:
    """Return what a certificate states about a program with so many rows, columns and gates.

    Raises
    ------
    PlanError
        When it is not of its form, or names what the program does not have.
    """
    content = _object(stated, "the certificate")
    cuts = []
    for n, part in enumerate(_list(content.get("cuts"), "cuts")):
        cut = _object(part, f"cut {n}")
        opener = _positions([cut.get("opener")], columns, f"cut {n}, opener")
        cuts.append((int(opener[0]), _positions(cut.get("rows"), rows, f"cut {n}, rows")))
    duals = []
    for n, part in enumerate(_list(content.get("duals"), "duals")):
        dual = _object(part, f"duals {n}")
        sizes = (("row", rows), ("cut", len(cuts)), ("gate", gates))
        row, cut_, gate = (_sums(dual.get(name), size, f"duals {n}, {name}") for name, size in sizes)
        duals.append((row, cut_, gate))
    leaves = []
    for n, part in enumerate(_list(content.get("leaves"), "leaves")):
        leaf = _object(part, f"leaf {n}")
        at = _positions(leaf.get("columns"), columns, f"leaf {n}, columns").tolist()
        low, high = (_sides(leaf.get(side), len(at), side, f"leaf {n}") for side in ("lower", "upper"))
        used = _positions([leaf.get("duals")], len(duals), f"leaf {n}, duals")
        leaves.append(Piece(dict(zip(at, zip(low, high, strict=True), strict=True)), int(used[0])))
    return Claim(tuple(cuts), tuple(duals), tuple(leaves))


def _object(part: object, what: str) -> Mapping[str, Any]:
    if not isinstance(part, Mapping):
        raise PlanError(f"{what} is not an object")
    return part


def _list(part: object, what: str) -> list[Any]:
    if not isinstance(part, list):
        raise PlanError(f"{what} is not a list")
    return part


def _positions(part: object, size: int, what: str) -> IntArray:
    found = _list(part, what)
    if not set(map(type, found)) <= {int} or (found and not 0 <= min(found) <= max(found) < size):
        raise PlanError(f"{what}: not positions from 0 to {size - 1}")
    at = np.array(found, dtype=np.int64)
    if len(np.unique(at)) < len(at):
        raise PlanError(f"{what}: a position is there twice")
    return at


def _sums(part: object, size: int, what: str) -> Sums:
    pair = _list(part, what)
    if len(pair) != 2:
        raise PlanError(f"{what} is not a pair of lists")
    at, values = _positions(pair[0], size, what), _list(pair[1], what)
    if len(at) != len(values):
        raise PlanError(f"{what}: {len(at)} positions for {len(values)} numbers")
    if not all(map(_finite, values)):
        raise PlanError(f"{what}: not finite numbers")
    return Sums(at, np.array(values, dtype=np.float64))


def _sides(part: object, size: int, side: str, what: str) -> list[float]:
    """Return whole numbers that allow the same as the stated ones; infinite where there is None."""
    values = _list(part, f"{what}, {side}")
    if len(values) != size:
        raise PlanError(f"{what}, {side}: {len(values)} numbers for {size} columns")
    if not all(value is None or (_finite(value) and abs(value) <= _MOST) for value in values):
        raise PlanError(f"{what}, {side}: not numbers of a usual size")
    inward, free = (math.ceil, -math.inf) if side == "lower" else (math.floor, math.inf)
    return [free if value is None else inward(value) for value in values]


def _finite(value: object) -> bool:
    if type(value) is int:
        return abs(value) < 1 << 1000
    return type(value) is float and math.isfinite(value)
