"""Lanes that rate cards generate: one for every pair of places that a rate serves and nobody typed."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from netopt.network.catalog import Products, Settings
from netopt.network.lanes import Flows, Lanes, Places, same, taken_at
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
    if len(own):
        asked = pair_keys(offers.origin, offers.destination, offers.mode, n_places) * n_k + offers.product
        offers = offers.select(~np.isin(asked, own))

    # offers stand by rate and pair, so that those of one lane, a product each, are neighbours
    changes = (np.diff(column) != 0 for column in (offers.rate, offers.origin, offers.destination))
    starts = np.append(np.ones(min(len(offers), 1), dtype=bool), np.logical_or.reduce(list(changes)))
    first, lane = np.nonzero(starts)[0], np.cumsum(starts) - 1
    heads = offers if len(first) == len(offers) else offers.select(first)
    shape, rate = (len(first), n_t), heads.rate

    def every_period(values: FloatArray | float) -> FloatArray:
        return np.broadcast_to(np.asarray(values, dtype=np.float64).reshape(-1, 1), shape)

    paid, emits = cards.by_vehicle.any(), cards.column("emissions_per_distance").any()
    size = np.where(cards.by_vehicle, cards.column("vehicle_capacity"), np.nan)
    lanes = Lanes(
        origin=heads.origin,
        destination=heads.destination,
        mode=taken_at(cards.mode, rate),
        product=taken_at(cards.product, rate),
        modes=typed.modes,
        capacity_unit=taken_at(cards.numbers["capacity_unit"].to_numpy(dtype=np.int8), rate),
        distance=heads.distance,
        open=np.broadcast_to(np.True_, shape),
        fixed_cost=every_period(0),
        capacity=every_period(np.inf),
        min_flow=every_period(0),
        days=every_period(heads.days) if cards.numbers["speed"].notna().any() else every_period(0),
        vehicle_capacity=every_period(taken_at(size, rate)) if paid else every_period(np.nan),
        vehicle_cost=every_period(np.nan_to_num(heads.vehicle_cost, nan=0.0)) if paid else every_period(0),
        lead_periods=every_period(0),
        rated=np.broadcast_to(np.True_, len(first)),
        row=taken_at(cards.row, rate),
    )
    period = np.tile(np.arange(n_t), len(offers)) if n_t > 1 else same(np.int64(0), len(offers))
    flows = Flows(
        lane=np.repeat(lane, n_t),
        product=np.repeat(offers.product, n_t) if n_k > 1 else same(np.int64(0), len(period)),
        period=period,
        arrival=period,
        unit_cost=np.repeat(offers.unit_cost, n_t),
        emissions=np.repeat(offers.emissions, n_t) if emits else same(np.float64(0), len(period)),
        duty_rate=same(np.float64(0), len(period)),
    )
    return lanes, flows
