"""Location networks of any size from a seed: suppliers, centers to choose from, customers, lanes between all that are near."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pandas as pd
import scipy.optimize as so
import scipy.sparse as sp

from netopt.formulation import Program

__all__ = ["best_by_enumeration", "echelons", "flows_for", "holds", "located"]

FloatArray = npt.NDArray[np.float64]


def located(
    sites: int,
    customers: int,
    seed: int,
    *,
    near: int | None = None,
    fixed: float = 400.0,
    tight: float = 0.3,
    products: int = 1,
    periods: int = 1,
) -> dict[str, pd.DataFrame]:
    """Return tables: a part of the centers, which are all to be chosen, is enough to hold the demand of every period.

    Parameters
    ----------
    sites, customers, seed : int
        How many, and what is drawn.
    near : int, optional
        Lanes from so many of the nearest centers to a customer; from all of them where not given.
    fixed : float
        Cost of an open center, on average.
    tight : float
        Part of the centers that is needed to hold the demand, about.
    products, periods : int
        How many.
    """
    draw = np.random.default_rng(seed)
    at, of = draw.uniform(0, 100, (sites, 2)), draw.uniform(0, 100, (customers, 2))
    names, wanted = [f"D{i}" for i in range(sites)], [f"C{c}" for c in range(customers)]
    quantity = draw.integers(5, 30, (customers, products, periods))
    capacity = np.round(draw.uniform(0.8, 1.2, sites) * quantity.sum(axis=(0, 1)).max() / (tight * sites))
    distance = np.hypot(*(at[:, None, :] - of[None, :, :]).transpose(2, 0, 1))
    rank = distance.argsort(axis=0).argsort(axis=0)
    linked = rank < (near or sites)
    linked[np.arange(sites), distance.argmin(axis=1)] = True  # no center is of no use
    site, customer = np.nonzero(linked)
    goods, days = [f"P{k}" for k in range(products)], [f"T{t}" for t in range(periods)]
    rows = list(itertools.product(range(customers), range(products), range(periods)))
    return {
        "facilities": pd.concat([
            pd.DataFrame({"name": ["S"], "type": "supplier"}),
            pd.DataFrame({"name": names, "type": "dc", "status": "consider", "capacity": capacity,
                          "fixed_cost": (fixed * draw.uniform(0.8, 1.2, sites)).round(1)}),
        ]),
        "customers": pd.DataFrame({"name": wanted}),
        "products": pd.DataFrame({"name": goods}),
        "periods": pd.DataFrame({"name": days, "days": 30}),
        "demand": pd.DataFrame({
            "customer": [wanted[c] for c, _, _ in rows], "product": [goods[k] for _, k, _ in rows],
            "period": [days[t] for _, _, t in rows], "quantity": [int(quantity[row]) for row in rows],
        }),
        "lanes": pd.concat([
            pd.DataFrame({"origin": "S", "destination": names, "unit_cost": draw.uniform(1, 3, sites).round(2)}),
            pd.DataFrame({"origin": np.array(names)[site], "destination": np.array(wanted)[customer],
                          "unit_cost": distance[site, customer].round(2)}),
        ]),
    }  # fmt: skip


def echelons(dcs: int, fcs: int, customers: int, seed: int, *, tight: float = 0.5) -> dict[str, pd.DataFrame]:
    """Return tables: two suppliers, then distribution and fulfillment centers that are all to be chosen, all linked.

    Parameters
    ----------
    dcs, fcs, customers, seed : int
        How many, and what is drawn.
    tight : float
        Part of either kind of centers that is needed to hold the demand, about.
    """
    draw = np.random.default_rng(seed)
    names = [[f"{kind}{n}" for n in range(count)] for kind, count in zip("SDFC", (2, dcs, fcs, customers), strict=True)]
    at = [draw.uniform(0, 100, (len(some), 2)) for some in names]
    quantity = draw.integers(5, 30, customers)

    def centers(kind: str, some: list[str], fixed: float) -> pd.DataFrame:
        size = quantity.sum() / (tight * len(some))
        return pd.DataFrame({
            "name": some, "type": kind, "status": "consider",
            "capacity": np.round(draw.uniform(0.8, 1.2, len(some)) * size),
            "fixed_cost": (fixed * draw.uniform(0.8, 1.2, len(some))).round(1),
        })  # fmt: skip

    def lanes(level: int, rate: float) -> pd.DataFrame:
        start, end = at[level][:, None, :], at[level + 1][None, :, :]
        cost = (rate * np.hypot(*(start - end).transpose(2, 0, 1))).round(2)
        pairs = list(itertools.product(names[level], names[level + 1]))
        return pd.DataFrame(pairs, columns=["origin", "destination"]).assign(unit_cost=cost.ravel())

    suppliers = pd.DataFrame({"name": names[0], "type": "supplier"})
    return {
        "facilities": pd.concat([suppliers, centers("dc", names[1], 600), centers("fc", names[2], 400)]),
        "customers": pd.DataFrame({"name": names[3]}),
        "demand": pd.DataFrame({"customer": names[3], "quantity": quantity}),
        "lanes": pd.concat([lanes(0, 0.2), lanes(1, 0.4), lanes(2, 1.0)]),
    }


def holds(given: Program, x: FloatArray, near: float = 1e-6) -> bool:
    """Return whether a point keeps every row, bound and gate, and is whole where it has to be."""
    near = near * max(1.0, float(np.abs(x).max(initial=0.0)))
    sums, gates = given.matrix @ x, given.gates
    return bool(
        (sums >= given.row_lower - near).all()
        and (sums <= given.row_upper + near).all()
        and (x >= given.lower - near).all()
        and (x <= given.upper + near).all()
        and (x[gates.column] <= gates.bound * x[gates.opener] + near).all()
        and (np.abs(x - np.round(x))[given.whole] <= near).all()
    )


def flows_for(given: Program, openers: npt.NDArray[np.int64], choice: FloatArray) -> FloatArray | None:
    """Return the cheapest plan with some columns held, by another solver; None where there is none.

    Rows that the program states and a row for every gate, all whole columns being held or following from what is.
    """
    low, high = given.lower.copy(), given.upper.copy()
    low[openers] = high[openers] = choice
    gates, at = given.gates, np.arange(len(given.gates))
    linking = sp.coo_array(
        (np.append(np.ones(len(at)), -gates.bound), (np.append(at, at), np.append(gates.column, gates.opener))),
        (len(at), len(given.cost)),
    )
    rows = so.LinearConstraint(given.matrix, given.row_lower, given.row_upper)
    linked = so.LinearConstraint(linking.tocsr(), -np.inf, 0)
    run = so.milp(given.cost, bounds=so.Bounds(low, high), constraints=[rows, linked])
    return run.x if run.status == 0 else None


def best_by_enumeration(given: Program) -> float:
    """Return the least cost over every choice of what is open, infinite where no choice has a plan."""
    openers = np.unique(given.gates.opener)
    openers = openers[given.lower[openers] < given.upper[openers]]
    found = np.inf
    for choice in itertools.product((0.0, 1.0), repeat=len(openers)):
        x = flows_for(given, openers, np.array(choice))
        if x is not None:
            found = min(found, float(given.cost @ x))
    return found
