"""What rate cards ask for moving products over pairs of places, as arrays.

cost = max(min_charge, base_cost + cost_per_distance * distance)      (money per unit, weight, volume or vehicle)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from netopt.network.catalog import Products
    from netopt.network.rates import RateCards

__all__ = ["Offers"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Offers:
    """Rows of the rates table, each for a product over a pair of places.

    What they ask follows from the row and the distance and is computed when it is wanted: millions of offers are kept
    as a few positions each.

    Parameters
    ----------
    cards : RateCards
        The rates table.
    products : Products
        Of the network.
    rate, pair, origin, destination, product : ndarray of int
        Positions, shape (n,); `pair` is the position of the pair of places among those that were asked for.
    distance : ndarray
        Shape (n,).
    """

    cards: RateCards
    products: Products
    rate: IntArray
    pair: IntArray
    origin: IntArray
    destination: IntArray
    product: IntArray
    distance: FloatArray

    def __len__(self) -> int:
        return len(self.rate)

    @property
    def mode(self) -> IntArray:
        """Positions of modes, shape (n,)."""
        return self.cards.mode[self.rate]

    @property
    def by_vehicle(self) -> BoolArray:
        """Whether a vehicle is paid rather than what it carries, shape (n,)."""
        return self.cards.by_vehicle[self.rate]

    @property
    def unit_cost(self) -> FloatArray:
        """Money per unit, 0 where the vehicle is paid, shape (n,)."""
        return np.where(self.by_vehicle, 0.0, self._charge * self._size)

    @property
    def vehicle_cost(self) -> FloatArray:
        """Money per vehicle, NaN where it is not what is paid, shape (n,)."""
        return np.where(self.by_vehicle, self._charge, np.nan)

    @property
    def days(self) -> FloatArray:
        """Days on the way, shape (n,)."""
        return np.nan_to_num(self.distance / self.cards.column("speed")[self.rate], nan=0.0)

    @property
    def emissions(self) -> FloatArray:
        """Kg per unit, shape (n,)."""
        return self._by_distance("emissions_per_distance") * self._size

    @property
    def _charge(self) -> FloatArray:
        cost = self.cards.column("base_cost")[self.rate] + self._by_distance("cost_per_distance")
        least: FloatArray = np.maximum(self.cards.column("min_charge")[self.rate], cost)
        return least

    @property
    def _size(self) -> FloatArray:
        """Units, weight or volume of one unit, as the row counts it, shape (n,)."""
        measure: FloatArray = self.products.measure[self.cards.counts[self.rate], self.product]
        return measure

    def _by_distance(self, column: str) -> FloatArray:
        slope = self.cards.column(column)[self.rate]
        return np.where(slope != 0, slope * self.distance, 0.0)  # the distance need not be known where it costs nothing

    def select(self, keep: BoolArray | IntArray) -> Offers:
        """Return the offers at ``keep``."""
        arrays = (self.rate, self.pair, self.origin, self.destination, self.product, self.distance)
        return Offers(self.cards, self.products, *(array[keep] for array in arrays))  # type: ignore[arg-type]

    @classmethod
    def joined(cls, cards: RateCards, products: Products, parts: list[Offers]) -> Offers:
        """Return offers one after the other; ``parts`` is emptied on the way, so that they are not held twice."""
        none: list[npt.NDArray[np.generic]] = [np.zeros(0, dtype=np.int64)] * 5 + [np.zeros(0)]
        lists = [
            [none[at], *(getattr(part, name) for part in parts)]
            for at, name in enumerate(("rate", "pair", "origin", "destination", "product", "distance"))
        ]
        parts.clear()
        arrays = []
        while lists:
            arrays.append(np.concatenate(lists.pop(0)))
        return cls(cards, products, *arrays)
