"""A drawing is as tall as it reads well, and everything is on it."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.plan import Plan
from netopt.report.figures.ground import UNITS_ACROSS, layered, mapped, on_earth
from netopt.report.figures.lanes import carried
from tests.report.places import WHERE, located


@pytest.mark.parametrize("squeeze", [(1.0, 1.0), (0.001, 1.0), (1.0, 0.001), (1e-9, 1e-9)])
def test_places_are_inside_of_a_frame_of_sound_proportions(rich: Plan, squeeze: tuple[float, float]) -> None:
    where = {name: (40 + (a - 40) * squeeze[0], -100 + (b + 100) * squeeze[1]) for name, (a, b) in WHERE.items()}
    ground = mapped(located(rich, where).network)
    assert 0.45 <= ground.height / UNITS_ACROSS <= 0.8
    assert (ground.x > 0).all()
    assert (ground.x < UNITS_ACROSS).all()
    assert (ground.y > 0).all()
    assert (ground.y < ground.height).all()


def test_distances_are_the_same_in_all_directions(placed: Plan) -> None:
    ground = mapped(placed.network)
    places = dict(zip(placed.network.places.names, zip(ground.x, ground.y, strict=True), strict=True))
    seattle, miami, york = (np.array(places[name]) for name in ("C", "Y", "X"))
    ratio = np.hypot(*(seattle - miami)) / np.hypot(*(york - miami))
    assert ratio == pytest.approx(4_398 / 1_759, rel=0.03)  # kilometres by air


def test_a_map_needs_a_lane_with_both_of_its_ends(rich: Plan) -> None:
    lanes = carried(rich.network, rich.flows()).lanes()
    assert not on_earth(rich.network, lanes)
    assert not on_earth(located(rich, {"S": (0, 0), "F": (1, 1)}).network, lanes)
    assert on_earth(located(rich, {"S": (0, 0), "E": (1, 1)}).network, lanes)


def test_lanes_are_straight_only_between_neighbouring_columns(rich: Plan) -> None:
    lanes = carried(rich.network, rich.flows()).lanes()
    kinds = rich.network.places.kinds
    straight = layered(kinds, lanes).straight(lanes)
    for lane, is_straight in enumerate(straight):
        ends = kinds[lanes.origin[lane]], kinds[lanes.destination[lane]]
        assert is_straight == (ends in {("supplier", "plant"), ("plant", "dc"), ("fc", "customer")})
