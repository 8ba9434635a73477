"""Rate cards price pairs a block at a time, and nobody can tell from the lanes that come out."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import netopt
from netopt.errors import InputError
from netopt.network import Network, distance, rates
from netopt.network.lanes import Flows, Lanes
from tests.formulation.networks import frame, tables

CARDS = """
origin_type  destination_type  destination  mode    product  base_cost  cost_per_distance  per     distance_from  distance_to  weight_to  speed  vehicle_capacity
supplier     dc                -            truck   -        3          0.1                -       -              -            -          -      -
dc           customer          -            ground  -        1          0.02               unit    -              300          -          500    -
dc           customer          -            ground  -        0.5        0.03               weight  300            900          3          400    -
-            -                 C3           ground  -        0.1        0.01               -       -              2000         -          -      -
dc           -                 -            ground  B        0.1        0.01               -       200            500          -          -      -
dc           customer          -            van     -        20         -                  vehicle -              400          -          -      15
"""


@pytest.fixture
def places() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(5)
    sites = [(f"S{i}", "supplier") for i in range(3)] + [(f"D{i}", "dc") for i in range(7)]
    customers = [f"C{i}" for i in range(11)]
    at = pd.DataFrame({"latitude": rng.uniform(30, 42, 21), "longitude": rng.uniform(-100, -84, 21)})
    return {
        **tables(products="name volume weight\nA 2 4\nB 1 1", rates=CARDS, lanes=""),
        "facilities": pd.concat([pd.DataFrame(sites, columns=["name", "type"]), at[:10]], axis=1),
        "customers": pd.concat([pd.DataFrame({"name": customers}), at[10:].reset_index(drop=True)], axis=1),
        "demand": pd.DataFrame([(c, k, 5.0) for c in customers for k in "AB"], columns=["customer", "product", "quantity"]),
    }


def arrays(network: Network) -> list[np.ndarray]:
    lanes = [getattr(network.lanes, name) for name in Lanes.__dataclass_fields__ if name != "modes"]
    return [*lanes, *(getattr(network.flows, name) for name in Flows.__dataclass_fields__)]


@pytest.mark.parametrize("block", [1, 7, 50])
def test_blocks_do_not_show(places: dict[str, pd.DataFrame], monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    whole = arrays(netopt.read(places))
    monkeypatch.setattr(rates, "_BLOCK", block)
    monkeypatch.setattr(distance, "_BLOCK", 3)
    for one, other in zip(whole, arrays(netopt.read(places)), strict=True):
        np.testing.assert_array_equal(one, other)


def test_bands_take_in_what_is_near_enough_and_nothing_else(places: dict[str, pd.DataFrame]) -> None:
    network = netopt.read(places)
    lanes, modes = network.lanes, network.lanes.modes
    near = {(i, c) for i in range(3, 10) for c in range(10, 21) if kilometres(network, i, c) < 400}
    van = lanes.mode == list(modes).index("van")
    assert 0 < len(near) < 77
    assert set(zip(lanes.origin[van].tolist(), lanes.destination[van].tolist(), strict=True)) == near
    found = [kilometres(network, i, c) for i, c in zip(lanes.origin, lanes.destination, strict=True)]
    np.testing.assert_allclose(lanes.distance, found, rtol=1e-12)


def kilometres(network: Network, one: int, other: int) -> float:
    """Return the length along the great circle by way of the angle between two directions."""
    factor = network.settings.distance_factor
    (a, b), (c, d) = (
        (math.radians(network.places.latitude[at]), math.radians(network.places.longitude[at])) for at in (one, other)
    )
    across = math.hypot(
        math.cos(c) * math.sin(d - b), math.cos(a) * math.sin(c) - math.sin(a) * math.cos(c) * math.cos(d - b)
    )
    along = math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(d - b)
    return factor * 6371.0088 * math.atan2(across, along)


def test_the_row_that_names_more_wins_then_the_cheaper(places: dict[str, pd.DataFrame]) -> None:
    network = netopt.read(places)
    lanes, flows = network.lanes, network.flows
    ground = np.nonzero(lanes.mode[flows.lane] == list(lanes.modes).index("ground"))[0]
    seen = set()
    for at in ground:
        lane, product = flows.lane[at], flows.product[at]
        length, c3 = lanes.distance[lane], network.places.names[lanes.destination[lane]] == "C3"
        row = int(lanes.row[lane])
        if c3:
            expected = (5, 0.1 + 0.01 * length)  # the fourth row names the place
        elif product == 1 and 200 <= length < 500:
            expected = (6, 0.1 + 0.01 * length)  # the fifth names the product
        elif length < 300:
            expected = (3, 1 + 0.02 * length)
        else:
            expected = (4, 0.5 + 0.03 * length)
        assert (row, flows.unit_cost[at]) == pytest.approx(expected)
        seen.add(row)
    assert seen == {3, 4, 5, 6}


def test_a_typed_lane_with_a_cost_asks_no_card(places: dict[str, pd.DataFrame]) -> None:
    """D0 has no coordinates; its lane states a cost, so that no rate has to know how long it is."""
    places = {name: table.copy() for name, table in places.items()}
    places["facilities"].loc[3, ["latitude", "longitude"]] = np.nan
    places["rates"] = frame("origin destination mode base_cost cost_per_distance\nS0 C0 - 1 0.1")
    places["lanes"] = frame("origin destination unit_cost distance\nD0 C0 7 -\nS0 D0 1 -\nS0 C1 2 -")
    network = netopt.read(places)
    assert network.flows.unit_cost.tolist()[:4] == [7, 7, 1, 1]
    places["rates"] = frame("origin destination mode base_cost cost_per_distance\nD0 C0 - 1 0.1")
    places["lanes"] = frame("origin destination unit_cost\nD0 C0 -\nS0 D0 1")
    with pytest.raises(InputError, match="depends on distance"):
        netopt.read(places)
