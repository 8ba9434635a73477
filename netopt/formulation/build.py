"""Rooms write to the draft in their order, and the draft becomes a program."""

from __future__ import annotations

from collections.abc import Iterable

from netopt.formulation.draft import Draft
from netopt.formulation.program import Program
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
    """
    draft = Draft(network)
    for room in rooms:
        room.build(draft)
    return draft.program()
