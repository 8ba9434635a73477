"""Tea from Oakland through Reno or Dallas to Boise and Austin, and ways to make that impossible."""

from __future__ import annotations

from typing import Any

import pandas as pd

from netopt.network import Network, read

Rows = list[dict[str, Any]]


def tea(**tables: Rows) -> Network:
    """Return a network that has a plan (100 for Boise, 50 for Austin), with tables replaced."""
    rows: dict[str, Rows] = {
        "facilities": [
            {"name": "Oakland", "type": "supplier"},
            {"name": "Reno", "type": "fc", "status": "consider", "fixed_cost": 10},
            {"name": "Dallas", "type": "fc", "status": "consider", "fixed_cost": 20},
        ],
        "customers": [{"name": "Boise"}, {"name": "Austin"}],
        "products": [{"name": "tea"}],
        "demand": [
            {"customer": "Boise", "product": "tea", "quantity": 100},
            {"customer": "Austin", "product": "tea", "quantity": 50},
        ],
        "lanes": [
            {"origin": "Oakland", "destination": "Reno", "unit_cost": 1},
            {"origin": "Oakland", "destination": "Dallas", "unit_cost": 2},
            {"origin": "Reno", "destination": "Boise", "unit_cost": 1},
            {"origin": "Dallas", "destination": "Boise", "unit_cost": 3},
            {"origin": "Dallas", "destination": "Austin", "unit_cost": 1},
        ],
        "settings": [{"key": "horizon_days", "value": "7"}],
        **tables,
    }
    return read({name: pd.DataFrame(some) for name, some in rows.items() if some})


def sites(**changes: dict[str, Any]) -> Rows:
    """Return the facilities with cells changed by name."""
    rows: Rows = [
        {"name": "Oakland", "type": "supplier"},
        {"name": "Reno", "type": "fc", "status": "consider", "fixed_cost": 10},
        {"name": "Dallas", "type": "fc", "status": "consider", "fixed_cost": 20},
    ]
    return [{**row, **changes.get(row["name"], {})} for row in rows]


def lanes(**changes: dict[str, Any]) -> Rows:
    """Return the lanes with cells changed, by ``Reno_Boise``."""
    pairs = [("Oakland", "Reno"), ("Oakland", "Dallas"), ("Reno", "Boise"), ("Dallas", "Boise"), ("Dallas", "Austin")]
    return [{"origin": o, "destination": d, "unit_cost": 1, **changes.get(f"{o}_{d}", {})} for o, d in pairs]


TWO_WEEKS: Rows = [{"name": "W1", "days": 7}, {"name": "W2", "days": 7}]
