"""The certificate of the proved bound as ``proof.json`` holds it: positions and numbers, nothing that is zero."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.plan.recompute.stated import Sums, claim_of
from netopt.solve.bound import Certificate, Cut, Duals, Leaf

if TYPE_CHECKING:
    from netopt.formulation import Program

__all__ = ["restored", "stated"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def stated(certificate: Certificate) -> dict[str, Any]:
    """Return what a proof says of its bound, for `netopt.plan.recompute.recomputed_bound` to judge.

    Parameters
    ----------
    certificate : Certificate
        Of a finite bound.

    Returns
    -------
    dict
        ``bound``; ``cuts`` that some duals use, each an opener and its rows; ``duals`` that some leaf uses, by row,
        cut and gate: positions, and the numbers there that are not zero; ``leaves``, each with the columns that it
        narrows, their bounds (None where there is no limit), and the position of its duals.
    """
    used = sorted({leaf.duals for leaf in certificate.leaves})
    place = {duals: at for at, duals in enumerate(used)}
    duals = [certificate.duals[at] for at in used]
    of_cuts = [np.nonzero(dual.cut)[0] for dual in duals]
    cuts = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *of_cuts]))
    return {
        "bound": float(certificate.bound),
        "cuts": [
            {"opener": int(cut.opener), "rows": cut.rows.tolist()} for cut in (certificate.cuts[at] for at in cuts)
        ],
        "duals": [_duals(dual, cuts) for dual in duals],
        "leaves": [_leaf(leaf, place[leaf.duals]) for leaf in certificate.leaves],
    }


def restored(content: object, program: Program) -> Certificate:
    """Return the certificate that was stated.

    Parameters
    ----------
    content : object
        What `stated` returns, perhaps from a file.
    program : Program
        Of which it was.

    Raises
    ------
    PlanError
        When it is not of its form, or names what the program does not have.
    """
    sizes = len(program.row_lower), len(program.cost), len(program.gates)
    claim = claim_of(content, *sizes)
    duals = tuple(
        Duals(_spread(row, sizes[0]), _spread(cut, len(claim.cuts)), gate.at, gate.value)
        for row, cut, gate in claim.duals
    )
    leaves = []
    for piece in claim.leaves:
        columns = np.array(list(piece.within), dtype=np.int64)
        sides = np.array(list(piece.within.values()), dtype=np.float64).reshape(len(columns), 2)
        leaves.append(Leaf(columns, sides[:, 0], sides[:, 1], piece.duals))
    bound = float(content["bound"]) if isinstance(content, dict) else -math.inf
    return Certificate(bound, tuple(Cut(opener, rows) for opener, rows in claim.cuts), duals, tuple(leaves))


def _spread(sums: Sums, size: int) -> FloatArray:
    values = np.zeros(size)
    values[sums.at] = sums.value
    return values


def _duals(duals: Duals, cuts: IntArray) -> dict[str, Any]:
    row, cut, gate = (np.nonzero(values)[0] for values in (duals.row, duals.cut, duals.share))
    return {
        "row": [row.tolist(), duals.row[row].tolist()],
        "cut": [np.searchsorted(cuts, cut).tolist(), duals.cut[cut].tolist()],
        "gate": [duals.gate[gate].tolist(), duals.share[gate].tolist()],
    }


def _leaf(leaf: Leaf, duals: int) -> dict[str, Any]:
    sides = {"lower": _numbers(leaf.lower), "upper": _numbers(leaf.upper)}
    return {"columns": leaf.columns.tolist(), **sides, "duals": duals}


def _numbers(values: FloatArray) -> list[float | None]:
    """Return numbers, whole ones without a point, none where there is no limit."""
    return [_short(value) if math.isfinite(value) else None for value in values.tolist()]


def _short(value: float) -> float:
    return int(value) if value.is_integer() else value
