"""Lanes that rate cards generate: one for every pair of places that a rate serves and nobody typed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.network.catalog import Products, Settings
from netopt.network.lanes import Flows, Lanes, Places
from netopt.network.rates import RateCards, pair_keys
from netopt.network.resolve import BLANK

__all__ = ["rated_lanes"]

FloatArray = npt.NDArray[np.float64]


def rated_lanes(
    cards: RateCards, typed: Lanes, places: Places, products: Products, settings: Settings, n_t: int
) -> tuple[Lanes, Flows]:
    """Return a lane for every pair that a rate serves, and the flows over it.

    Parameters
    ----------
    cards : RateCards
        The rates table.
    typed : Lanes
        What the analyst typed stands in place of the rate cards for its origin, destination, mode and product.
    places, products, settings : Places, Products, Settings
        Of the network.
    n_t : int
        Number of periods.

    Raises
    ------
    InputError
        See `RateCards.offers`.
    """
    n_places, n_k = len(places.names), len(products)
    taken = pair_keys(typed.origin, typed.destination, typed.mode, n_places)
    for_all = typed.product == BLANK
    offers = cards.offers(places.latitude, places.longitude, products, settings, taken[for_all])
    own = taken[~for_all] * n_k + typed.product[~for_all]
    asked = pair_keys(offers.origin, offers.destination, offers.mode, n_places) * n_k + offers.product
    offers = offers.select(~np.isin(asked, own))

    pair_of_rate = offers.rate * (n_places**2) + offers.origin * n_places + offers.destination
    _, first, lane = np.unique(pair_of_rate, return_index=True, return_inverse=True)
    shape = (len(first), n_t)
    rate = offers.rate[first]

    def every_period(values: FloatArray | float) -> FloatArray:
        return np.broadcast_to(np.asarray(values, dtype=np.float64).reshape(-1, 1), shape)

    by_vehicle = ~np.isnan(offers.vehicle_cost[first])
    size = np.where(by_vehicle, cards.numbers["vehicle_capacity"].to_numpy()[rate], np.nan)
    lanes = Lanes(
        origin=offers.origin[first],
        destination=offers.destination[first],
        mode=offers.mode[first],
        product=cards.product[rate],
        modes=typed.modes,
        capacity_unit=cards.numbers["capacity_unit"].to_numpy(dtype=np.int8)[rate],
        distance=offers.distance[first],
        open=np.ones(shape, dtype=bool),
        fixed_cost=every_period(0),
        capacity=every_period(np.inf),
        min_flow=every_period(0),
        days=every_period(offers.days[first]),
        vehicle_capacity=every_period(size),
        vehicle_cost=every_period(np.nan_to_num(offers.vehicle_cost[first], nan=0.0)),
        lead_periods=every_period(0),
        rated=np.ones(len(first), dtype=bool),
        row=cards.row[rate],
    )
    period = np.tile(np.arange(n_t), len(offers))
    flows = Flows(
        lane=np.repeat(lane, n_t),
        product=np.repeat(offers.product, n_t),
        period=period,
        arrival=period,
        unit_cost=np.repeat(offers.unit_cost, n_t),
        emissions=np.repeat(offers.emissions, n_t),
        duty_rate=np.zeros(len(period)),
    )
    return lanes, flows
