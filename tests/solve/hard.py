"""A network that nobody proves optimal in seconds, for tests of limits and interruptions."""

from __future__ import annotations

import numpy as np
import pandas as pd

__all__ = ["hard"]


def hard(sites: int = 25, customers: int = 100, seed: int = 1) -> dict[str, pd.DataFrame]:
    """Return capacitated facility location with single sourcing: every customer from one site, capacities tight."""
    random = np.random.default_rng(seed)
    at, of = random.uniform(0, 100, (sites, 2)), random.uniform(0, 100, (customers, 2))
    quantity = random.integers(10, 60, customers)
    capacity = random.integers(120, 260, sites) * quantity.sum() / (sites * 80)
    distance = np.hypot(*(at[:, None, :] - of[None, :, :]).transpose(2, 0, 1))
    names, wanted = [f"D{i}" for i in range(sites)], [f"C{c}" for c in range(customers)]
    into = pd.DataFrame({"origin": "S", "destination": names, "unit_cost": 1.0})
    out = pd.DataFrame(
        {
            "origin": np.repeat(names, customers),
            "destination": np.tile(wanted, sites),
            "unit_cost": distance.ravel().round(2),
        }
    )
    centers = {"name": names, "type": "dc", "status": "consider", "capacity": capacity.round(), "fixed_cost": 2500.0}
    return {
        "facilities": pd.concat([pd.DataFrame({"name": ["S"], "type": "supplier"}), pd.DataFrame(centers)]),
        "customers": pd.DataFrame({"name": wanted, "single_source": "yes"}),
        "demand": pd.DataFrame({"customer": wanted, "quantity": quantity, "unmet_cost": 500.0}),
        "lanes": pd.concat([into, out]),
    }
