"""From a network to a mixed-integer program: rooms write to the draft, the draft becomes a program."""

from netopt.formulation.build import build
from netopt.formulation.draft import Draft
from netopt.formulation.program import Program
from netopt.formulation.rooms import ROOMS, Room

__all__ = ["ROOMS", "Draft", "Program", "Room", "build"]
