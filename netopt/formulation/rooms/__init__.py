"""One file per modelling feature; this is the table of contents, in the order in which they write to the draft."""

from __future__ import annotations

from typing import Protocol

from netopt.formulation.draft import Draft
from netopt.formulation.rooms.balance import Balance
from netopt.formulation.rooms.cover import Cover
from netopt.formulation.rooms.delivery_promise import DeliveryPromise
from netopt.formulation.rooms.demand import Demand
from netopt.formulation.rooms.duty import Duty
from netopt.formulation.rooms.emissions import Emissions
from netopt.formulation.rooms.gates import SiteGates
from netopt.formulation.rooms.handling import Handling
from netopt.formulation.rooms.lane_capacity import LaneCapacity
from netopt.formulation.rooms.lane_opening import LaneOpening
from netopt.formulation.rooms.limits import Limits
from netopt.formulation.rooms.shipping import Shipping
from netopt.formulation.rooms.single_source import SingleSource
from netopt.formulation.rooms.site_count import SiteCount
from netopt.formulation.rooms.site_opening import SiteOpening
from netopt.formulation.rooms.site_throughput import SiteThroughput
from netopt.formulation.rooms.storage import Storage
from netopt.formulation.rooms.supply import Supply
from netopt.formulation.rooms.unmet import Unmet
from netopt.formulation.rooms.vehicles import Vehicles

__all__ = ["ROOMS", "Room"]


class Room(Protocol):
    """A modelling feature: reads the network, writes to the draft; sleeps unless its data is there."""

    name: str

    def build(self, draft: Draft) -> None:
        """Write columns, moves, charges, rows and gates to the draft."""


ROOMS: tuple[Room, ...] = (
    SiteOpening(),
    SiteCount(),
    Shipping(),
    Supply(),
    Demand(),
    Unmet(),
    SiteThroughput(),
    Handling(),
    Storage(),
    Cover(),
    LaneCapacity(),
    LaneOpening(),
    Vehicles(),
    SingleSource(),
    DeliveryPromise(),
    Limits(),
    Duty(),
    Emissions(),
    SiteGates(),
    Balance(),
)
"""Every room of netopt; a script adds its own with ``rooms=ROOMS + (UnionHours(),)``."""
