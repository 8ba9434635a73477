"""What is bundled adds up to what was there, and is said."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.plan import Plan
from netopt.report.figures import bundles
from netopt.report.figures.bundles import Bundles, by_area, by_origin
from netopt.report.figures.ground import mapped
from netopt.report.figures.lanes import Lanes, carried


def sums(lanes: Lanes) -> tuple[float, float, float, int]:
    return lanes.units.sum(), lanes.vehicles.sum(), lanes.cost.sum(), lanes.count.sum()


def customers(plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    ground, first = mapped(plan.network), len(plan.network.facilities)
    return ground.x[first:], ground.y[first:]


def test_few_lanes_are_drawn_one_by_one(placed: Plan) -> None:
    lanes = carried(placed.network, placed.flows()).lanes()
    for found in (by_area(placed.network, lanes, *customers(placed)), by_origin(placed.network, lanes)):
        assert found.names == ()
        assert found(lanes) is lanes
        assert found.words(lanes) == []
        assert list(found.traces(lanes)) == []


@pytest.mark.parametrize("most", [7, 6, 5])
def test_sums_stay_when_customers_are_bundled(placed: Plan, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(bundles, "MOST_LANES", most)
    lanes = carried(placed.network, placed.flows()).lanes()
    found = by_area(placed.network, lanes, *customers(placed))
    drawn = found(lanes)
    assert sums(drawn) == pytest.approx(sums(lanes))
    assert len(drawn) < len(lanes)
    small = np.isin(lanes.destination - found.first, np.nonzero(found.area >= 0)[0])
    together = drawn.destination >= len(placed.network.places.names)
    assert drawn.units[together].sum() == pytest.approx(lanes.units[small].sum())
    said = found.words(lanes)[0]
    assert said.startswith(f"{small.sum()} lane")
    assert "flows.csv" in said
    traces = list(found.traces(drawn))
    assert sum(int(words[0].split()[0]) for words in traces[0]["words"]) == np.count_nonzero(found.area >= 0)


def test_in_columns_small_customers_are_with_the_site_that_serves_them(rich: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "_MOST_IN_COLUMN", 1)
    lanes = carried(rich.network, rich.flows()).lanes()
    found = by_origin(rich.network, lanes)
    assert np.count_nonzero(found.area >= 0) == 2
    assert all(name.startswith("smaller customers of ") for name in found.names)
    assert sums(found(lanes)) == pytest.approx(sums(lanes))


def test_a_bundle_is_in_the_middle_of_what_its_customers_get() -> None:
    found = Bundles(np.array([0, 0, -1]), ("two",), 5)
    assert found.middles(np.array([10.0, 40.0, 1000.0]), np.array([2.0, 1.0, 9.0])).tolist() == [20.0]
