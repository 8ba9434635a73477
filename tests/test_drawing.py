"""Whoever draws is told here; plans and networks only ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import netopt
from netopt import drawing
from tests.report.conftest import DATA


@pytest.fixture
def asked() -> Iterator[list[tuple[Any, ...]]]:
    """Put another pencil in the place of the report's for a while."""
    found: list[tuple[Any, ...]] = []
    before = list(drawing._pencils)
    drawing.draws(lambda *args, **options: found.append((*args, options)))
    yield found
    drawing._pencils[:] = before


def test_plans_and_networks_ask_for_their_figures(asked: list[tuple[Any, ...]]) -> None:
    network = netopt.read(DATA / "tiny" / "network.csv")
    plan = netopt.solve(network)
    network.map()
    plan.map(product="tea")
    plan.chart("costs")
    assert asked == [(network, "map", {}), (plan, "map", {"product": "tea"}), (plan, "costs", {})]
