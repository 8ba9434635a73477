"""Demand that is not known, as cases: multipliers from a lognormal distribution with mean 1, correlated, with a seed.

quantity in case s = quantity * exp(sigma * z[g,s] - sigma^2 / 2),   sigma^2 = ln(1 + cv^2)          (units)

g is a customer or a region, z is standard normal with correlation r between any two of them: z = sqrt(r) * common +
sqrt(1 - r) * own. With a distance D it is r * exp(-d / D) between places d apart. Demand itself is then correlated by
(exp(sigma^2 * r) - 1) / cv^2, so that a correlation c of demand asks for r = ln(1 + c * cv^2) / sigma^2. (A Gaussian
copula; cv is the standard deviation relative to the mean.)
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import InputError, Problem
from netopt.network import Network
from netopt.network.distance import great_circle
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.study.scenario import Scenario

__all__ = ["multipliers", "sample_demand", "scenarios_frame"]

FloatArray = npt.NDArray[np.float64]

_MOST = 5_000
"""Customers or regions whose distances are looked at: all pairs of them are held at once."""

_DIGITS = 6


def sample_demand(
    network: Network,
    number: int,
    *,
    cv: float = 0.2,
    correlation: float = 0.5,
    distance: float | None = None,
    by: str = "customer",
    seed: int = 0,
) -> tuple[Scenario, ...]:
    """Return cases of demand that are equally likely and together certain, so that the base has no probability.

    Parameters
    ----------
    network : Network
        Whose demand is the mean.
    number : int
        Of cases.
    cv : float
        Standard deviation of what a customer (or region) wants, relative to its mean.
    correlation : float
        From 0 to 1, of the demand of any two; with a distance, of two at the same place.
    distance : float, optional
        In the network's unit, over which the correlation of the logarithms of demand falls to 1/e.
    by : {'customer', 'region'}
        What varies as one.
    seed : int
        Same seed, same cases.

    Raises
    ------
    InputError
        When customers have no region or no coordinates where that is asked for.
    ValueError
        When an option is out of range.
    """
    if number < 1:
        raise ValueError(f"number is {number}; it must be 1 or more")
    if not 0 < cv < math.inf:
        raise ValueError(f"cv is {cv}; it must be above 0")
    if not 0 <= correlation <= 1:
        raise ValueError(f"correlation is {correlation}; it must be from 0 to 1")
    if distance is not None and not 0 < distance < math.inf:
        raise ValueError(f"distance is {distance}; it must be above 0")
    if by not in ("customer", "region"):
        raise ValueError(f"by is {by!r}; it must be customer or region")
    names, latitude, longitude = _groups(network, by)
    apart = None if distance is None else _apart(network, latitude, longitude, by) / distance
    drawn = multipliers(len(names), number, cv, correlation, apart, seed)
    filtered = "customer" if by == "customer" else "customer.region"
    width = len(str(number))
    return tuple(
        Scenario(
            f"demand {at + 1:0{width}}",
            tuple(
                Edit("demand", f"{filtered}={quoted(name)}", "quantity", "scale", repr(float(factor)))
                for name, factor in zip(names, row, strict=True)
            ),
            probability=1.0 / number,
            description=f"Sample {at + 1} of {number}, seed {seed}: demand times {row.min():.2f} to {row.max():.2f}",
        )
        for at, row in enumerate(drawn)
    )


def multipliers(
    groups: int, number: int, cv: float, correlation: float, apart: FloatArray | None, seed: int
) -> FloatArray:
    """Return what demand is multiplied with.

    Parameters
    ----------
    groups, number : int
        How many vary, and how often they are drawn.
    cv, correlation : float
        As in `sample_demand`.
    apart : ndarray or None
        Distances over the one at which the correlation of logarithms has fallen to 1/e, shape (groups, groups).
    seed : int
        Of the generator.

    Returns
    -------
    ndarray
        Shape (number, groups), rounded to six digits after the point.
    """
    sigma2 = math.log1p(cv * cv)
    alike = min(1.0, math.log1p(correlation * cv * cv) / sigma2) if sigma2 > 0 else correlation
    random = np.random.default_rng(seed)
    own = random.standard_normal((number, groups))
    if apart is None:
        common = random.standard_normal((number, 1))
        z = math.sqrt(alike) * common + math.sqrt(1.0 - alike) * own
    else:
        matrix = alike * np.exp(-apart)
        np.fill_diagonal(matrix, 1.0)
        value, vector = np.linalg.eigh(matrix)  # two places at one spot leave it singular, which this does not mind
        z = own @ (vector * np.sqrt(np.maximum(value, 0.0))).T
    return np.asarray(np.round(np.exp(math.sqrt(sigma2) * z - sigma2 / 2), _DIGITS), dtype=np.float64)


def _groups(network: Network, by: str) -> tuple[list[str], FloatArray, FloatArray]:
    """Return what varies as one, and where it is: customers that want something, or their regions."""
    customers = network.customers
    wanting = np.unique(network.demand.entity[network.demand["quantity"] > 0])
    names = customers.names.array if by == "customer" else customers.region
    known = pd.DataFrame(
        {"name": names[wanting], "at": customers.latitude[wanting], "on": customers.longitude[wanting]}
    )
    if by == "region":
        blank = wanting[names[wanting] == ""]
        if len(blank):
            row = int(customers.row[blank[0]])
            source = network.tables.source("customers")
            fix = "fill it in, or sample by customer"
            raise InputError([Problem(source, row, "region", "the customer has no region to be sampled by", fix)])
        known = known.groupby("name", sort=False, as_index=False).mean()
    return [str(name) for name in known["name"]], known["at"].to_numpy(float), known["on"].to_numpy(float)


def _apart(network: Network, latitude: FloatArray, longitude: FloatArray, by: str) -> FloatArray:
    """Return distances between all pairs, shape (groups, groups)."""
    n = len(latitude)
    if n > _MOST:
        words = f"{n:,} of them are too many to hold the distances between all pairs"
        raise InputError([Problem("demand", None, None, words, "sample by region")])
    if np.isnan(latitude).any() or np.isnan(longitude).any():
        words = f"the distance between each {by} and the others is not known"
        raise InputError([Problem("customers", None, "latitude", words, "fill in latitude and longitude")])
    one, other = (each.ravel() for each in np.indices((n, n)))
    return great_circle(latitude, longitude, one, other, network.settings.distance_unit).reshape(n, n)


def scenarios_frame(scenarios: Sequence[Scenario]) -> pd.DataFrame:
    """Return scenarios as rows of the scenarios table, which can be typed over and read again."""
    rows = []
    for each in scenarios:
        first = {"kind": each.kind, "probability": each.probability, "description": each.description}
        for edit in each.edits:
            rows.append({"scenario": each.name, **edit.to_json(), **first})
            first = {}
        if not each.edits:
            rows.append({"scenario": each.name, **first})
    columns = ("scenario", "table", "filter", "column", "action", "value", "kind", "probability", "description")
    return pd.DataFrame(rows, columns=list(columns))
