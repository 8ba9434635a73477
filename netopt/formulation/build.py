"""Rooms write to the draft in their order, and the draft becomes a program."""

from __future__ import annotations

from collections.abc import Iterable

from netopt.formulation.draft import Draft
from netopt.formulation.program import Labels, Program
from netopt.formulation.rooms import ROOMS, Room
from netopt.network import Network

__all__ = ["build"]


def build(network: Network, rooms: Iterable[Room] = ROOMS) -> Program:
    """Return the mixed-integer program of a network.

    Parameters
    ----------
    network : Network
        What `netopt.read` returns.
    rooms : iterable of Room
        Modelling features, in the order in which they write; those that close the draft (`Balance`) come last of
        netopt's own, and a script's own rooms may follow.

    Returns
    -------
    Program
        Sparse arrays.

    Raises
    ------
    ValueError
        When labels of a script's own room do not tell its columns or rows apart.
    """
    draft = Draft(network)
    for room in rooms:
        known = set(draft.blocks)
        room.build(draft)
        if room not in ROOMS:
            for name in draft.blocks.keys() - known:
                _check_labels(name, draft.blocks[name].labels)
    return draft.program()


def _check_labels(name: str, labels: Labels) -> None:
    """Refuse a script's block whose labels name two things alike."""
    entries = list(zip(*labels.values(), strict=True))
    different = len(set(entries))
    if different < len(entries):
        raise ValueError(
            f"{name} has {len(entries)} entries and {different} different labels; add a label that tells them apart"
        )
