"""Where the places of `tests.plan.rich` might be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netopt.plan import Plan

WHERE = {
    "S": (34.0, -118.0), "T": (30.0, -95.0), "D": (40.0, -104.0), "E": (41.9, -87.6), "F": (33.7, -84.4),
    "C": (47.6, -122.3), "X": (40.7, -74.0), "Y": (25.8, -80.2),
}  # fmt: skip
"""Latitude and longitude of the places of `tests.plan.rich`."""


def located(plan: Plan, where: dict[str, tuple[float, float]]) -> Plan:
    """Return a plan whose places have coordinates; those that are not named have none."""
    places = plan.network.places
    points = np.array([where.get(name, (np.nan, np.nan)) for name in places.names])
    moved = replace(places, latitude=points[:, 0], longitude=points[:, 1])
    return replace(plan, network=replace(plan.network, places=moved))
