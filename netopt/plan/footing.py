"""What a later search may stand on: the choices of a plan and the certificate of its bound, as plain data.

Both are in ``proof.json``. Together with the network they make a `netopt.solve.reuse.Start`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.errors import PlanError
from netopt.formulation import build
from netopt.plan.certificate import restored, stated
from netopt.solve.reuse import Start

if TYPE_CHECKING:
    from netopt.network import Network
    from netopt.plan.plan import Plan

__all__ = ["Footing", "footing_of", "read_footing", "start_from"]

Footing = Mapping[str, Any]
"""``choices``, positions and values of the whole columns that are not zero; ``certificate``, see `stated`."""

IntArray = npt.NDArray[np.int64]


def footing_of(plan: Plan) -> Footing | None:
    """Return what a later search may stand on, None where nothing is proved or a script has added to the program."""
    if plan.certificate is None or plan.choices is None or plan.proved_bound is None:
        return None
    at, values = plan.choices
    choices = {"columns": at.tolist(), "values": values.tolist()}
    return {"choices": choices, "certificate": stated(plan.certificate)}


def read_footing(folder: Path, network: Network) -> Footing | None:
    """Return what the plan of a network in a folder offers, None where that is nothing, or of other tables."""
    try:
        proof = json.loads((folder / "proof.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(proof, dict) or not proof.get("choices") or not proof.get("certificate"):
        return None
    edits = [dict(edit) for edit in network.tables.edits]
    if proof.get("input_sha256") != network.tables.sha256 or proof.get("edits", []) != edits:
        return None  # of a program with other sides, where its leaves would not hold every choice
    return {name: proof[name] for name in ("choices", "certificate")}


def start_from(footing: Footing | None, network: Network) -> Start | None:
    """Return what a search for a plan of another network begins with.

    Parameters
    ----------
    footing : Footing or None
        Of a plan of `network`; None is handed on.
    network : Network
        What the plan was made for.

    Returns
    -------
    Start or None
        None as well where the footing is not of this network: a search can do without.
    """
    if footing is None:
        return None
    program = build(network)
    try:
        certificate = restored(footing["certificate"], program)
        at, values = (np.asarray(footing["choices"][name], dtype=kind) for name, kind in _CHOICES)
        choices = np.zeros(len(program.cost))
        choices[at.astype(np.int64)] = values
    except (PlanError, ValueError, KeyError, TypeError, IndexError):
        return None
    return Start(program, choices, certificate)


_CHOICES = (("columns", np.int64), ("values", np.float64))
