"""Several places at once: who is served from where, and where is best for whom, in turns (Cooper's scheme).

cost = sum over customers c of  min over centres j of  sum_p units[c,p] (outward[c,p] distance(j, c) + supplied[j,p])
supplied[j,p] = min over sources u of  landed[u,p] + inward[u,p] * distance(u, j)                            (money)

Each turn lowers the cost: customers and goods choose the centre and the source that are cheapest as the centres lie,
then the centres move (`netopt.study.greenfield.weber`). The end is a local optimum that depends on the start, so there
are many starts, and the best is kept.

References
----------
L. Cooper, "Heuristic methods for location-allocation problems", SIAM Review 6 (1964) 37-53.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from netopt.study.greenfield.weber import angles, moved, settled

__all__ = ["Allocation", "Found", "Pull", "located"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

_TURNS, _STEPS = 200, 4
_SAME, _NEARLY = 1e-12, 1e-8
_ALIKE = 1e-5
_MANY, _FINEST, _FINALISTS = 2_000, 1e-3, 3
"""Share of the best cost within which another start is said to have come to it, too."""


@dataclass(frozen=True, eq=False)
class Pull:
    """What draws a site to where it is best: customers by what they want, sources by what has to come from them.

    Parameters
    ----------
    customers : ndarray
        Unit vectors, shape (n, 3).
    units : ndarray
        What each wants, shape (n, products).
    outward : ndarray
        Money per unit and radian from a site to the customer, shape (n, products).
    sources : ndarray
        Unit vectors of where goods come from, shape (s, 3); without any, goods are everywhere.
    landed : ndarray
        Money per unit before it sets out, infinite where a source does not have it, shape (s, products).
    inward : ndarray
        Money per unit and radian from a source to a site, shape (s, products).
    """

    customers: FloatArray
    units: FloatArray
    outward: FloatArray
    sources: FloatArray
    landed: FloatArray
    inward: FloatArray

    @property
    def weights(self) -> FloatArray:
        """Money per radian between each customer and its site, shape (n,)."""
        found: FloatArray = (self.units * self.outward).sum(axis=1)
        return found

    def supplied(self, centres: FloatArray) -> tuple[FloatArray, IntArray]:
        """Return what a unit costs at each centre, and the source it comes from, shape (centres, products)."""
        shape = (len(centres), self.units.shape[1])
        if not len(self.sources):
            return np.zeros(shape), np.zeros(shape, dtype=np.int64)
        cost = self.landed[None] + angles(centres, self.sources)[:, :, None] * self.inward[None]
        source = cost.argmin(axis=1)
        least = np.take_along_axis(cost, source[:, None], axis=1)[:, 0]
        return np.where(np.isfinite(least), least, 0.0), source  # a product without a source draws nothing

    def allocated(self, centres: FloatArray) -> Allocation:
        """Return which centre serves each customer at least cost."""
        supplied, source = self.supplied(centres)
        cost = angles(self.customers, centres) * self.weights[:, None] + self.units @ supplied.T
        centre = cost.argmin(axis=1)
        return Allocation(centre, cost[np.arange(len(centre)), centre], source)


@dataclass(frozen=True, eq=False)
class Allocation:
    """Who is served from where.

    Parameters
    ----------
    centre : ndarray of int
        Of each customer, shape (n,).
    cost : ndarray
        Of each customer, money, shape (n,).
    source : ndarray of int
        Where each centre has each product from, shape (centres, products).
    """

    centre: IntArray
    cost: FloatArray
    source: IntArray

    @property
    def total(self) -> float:
        """The cost of all, money."""
        return float(self.cost.sum())


@dataclass(frozen=True, eq=False)
class Found:
    """Where new centres are best, as far as the starts say.

    Parameters
    ----------
    centres : ndarray
        Unit vectors, shape (count, 3).
    total : float
        What all customers cost, money.
    starts, agreeing : int
        How many starts there were, and how many came to this cost.
    """

    centres: FloatArray
    total: float
    starts: int
    agreeing: int


def located(pull: Pull, fixed: FloatArray, count: int, starts: int, seed: int) -> Found:
    """Return the best places for new centres beside those that are there.

    Parameters
    ----------
    pull : Pull
        What draws them.
    fixed : ndarray
        Unit vectors of the centres that stay, shape (m, 3).
    count : int
        New ones; fewer are returned where more would serve nobody.
    starts : int
        How often to begin, each time from other customers.
    seed : int
        Of the starts.
    """
    rng, small = np.random.default_rng(seed), _merged(pull)
    ends = [_descended(small, _drawn(small, fixed, count, rng), fixed) for _ in range(starts)]
    ends.sort(key=lambda end: end[1])
    least = ends[0][1]
    agreeing = sum(total <= least + _ALIKE * abs(least) for _, total in ends)
    if small is not pull:
        ends = [_descended(pull, centres, fixed) for centres, _ in ends[:_FINALISTS]]
    centres, total = _at_rest(pull, min(ends, key=lambda end: end[1])[0], fixed)
    return Found(centres, total, starts, agreeing)


def _merged(pull: Pull) -> Pull:
    """Return customers of one neighbourhood as one, where there are very many: good enough to begin with."""
    if len(pull.customers) <= _MANY:
        return pull
    cell = _FINEST
    while True:
        _, first, place = np.unique(np.floor(pull.customers / cell), axis=0, return_index=True, return_inverse=True)
        if len(first) <= _MANY:
            break
        cell *= np.sqrt(2)
    place = place.ravel()
    units, spent = (np.zeros((len(first), pull.units.shape[1])) for _ in range(2))
    np.add.at(units, place, pull.units)
    np.add.at(spent, place, pull.units * pull.outward)
    middle = np.zeros((len(first), 3))
    np.add.at(middle, place, pull.customers * np.maximum(pull.weights, 1e-300)[:, None])
    return replace(
        pull,
        customers=middle / np.linalg.norm(middle, axis=1)[:, None],
        units=units,
        outward=np.divide(spent, units, out=np.zeros_like(spent), where=units > 0),
    )


def _drawn(pull: Pull, fixed: FloatArray, count: int, rng: np.random.Generator) -> FloatArray:
    """Return customers to begin at, each drawn by what it would save (as k-means++ does with squares)."""
    chosen = fixed
    for _ in range(count):
        gain = pull.weights if not len(chosen) else angles(pull.customers, chosen).min(axis=1) * pull.weights
        if not gain.sum() > 0:
            break
        chosen = np.vstack([chosen, pull.customers[rng.choice(len(gain), p=gain / gain.sum())]])
    return chosen[len(fixed) :]


def _descended(pull: Pull, centres: FloatArray, fixed: FloatArray) -> tuple[FloatArray, float]:
    """Return where centres come to, but for what hardly counts any more, and what all customers then cost."""
    before = np.inf
    for _ in range(_TURNS):
        found = pull.allocated(np.vstack([centres, fixed]))
        centres, found = _wanted(pull, centres, fixed, found)
        if not before - found.total > _NEARLY * abs(found.total):
            break
        before = found.total
        points, weights, label = _drawing(pull, centres, found)
        for _ in range(_STEPS):
            centres = moved(centres, points, weights, label)
    return centres, found.total


def _at_rest(pull: Pull, centres: FloatArray, fixed: FloatArray) -> tuple[FloatArray, float]:
    """Return where centres stay exactly, with nobody who would rather change, and what all customers then cost."""
    found = pull.allocated(np.vstack([centres, fixed]))
    for _ in range(_TURNS):
        points, weights, label = _drawing(pull, centres, found)
        centres = settled(centres, points, weights, label)
        after = pull.allocated(np.vstack([centres, fixed]))
        centres, after = _wanted(pull, centres, fixed, after)
        same = np.array_equal(after.centre, found.centre) and np.array_equal(after.source, found.source)
        found = after
        if same:
            break
    return centres, found.total


def _wanted(pull: Pull, centres: FloatArray, fixed: FloatArray, found: Allocation) -> tuple[FloatArray, Allocation]:
    """Return the centres that serve anybody; one that serves nobody begins again at the customer that costs most."""
    for _ in range(len(centres)):
        busy = np.bincount(found.centre[pull.weights > 0], minlength=len(centres))[: len(centres)] > 0
        if busy.all():
            break
        idle = int(np.nonzero(~busy)[0][0])
        dear = int(np.argmax(angles(pull.customers, np.vstack([centres, fixed])).min(axis=1) * pull.weights))
        trial = centres.copy()
        trial[idle] = pull.customers[dear]
        again = pull.allocated(np.vstack([trial, fixed]))
        if again.total < found.total * (1 - _SAME):
            centres, found = trial, again
        else:
            centres = np.delete(centres, idle, axis=0)
            found = pull.allocated(np.vstack([centres, fixed]))
    return centres, found


def _drawing(pull: Pull, centres: FloatArray, found: Allocation) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return the points that draw the centres: the customers of each, and the sources of what they want."""
    count = len(centres)
    mine = found.centre < count
    label = found.centre[mine]
    points, weights = pull.customers[mine], pull.weights[mine]
    if not len(pull.sources):
        return points, weights, label
    n_p = pull.units.shape[1]
    volume = np.column_stack([np.bincount(label, pull.units[mine, p], minlength=count) for p in range(n_p)])
    source = found.source[:count]
    rate = np.where(np.isfinite(pull.landed[source, np.arange(n_p)]), pull.inward[source, np.arange(n_p)], 0.0)
    return (
        np.vstack([points, pull.sources[source.ravel()]]),
        np.concatenate([weights, (volume * rate).ravel()]),
        np.concatenate([label, np.repeat(np.arange(count), n_p)]),
    )
