"""Harbour: two periods, two products and every rule of the audit at once, with a plan worked out by hand.

Port sells tea and rice. Reno opens in m1 and stays, Dallas sells off its rice in m1 and closes in m2.

| units | m1 (30 days) | m2 (20 days) |
|---|---|---|
| Port to Reno by sea, tea (2 of volume each) | 50: 100 of volume, 2 vehicles | 10: 20 of volume, 1 vehicle |
| Port to Reno by barge, tea, a period under way | 20 | |
| Port to Reno by sea, rice, a lane of its own | 40 | 45 |
| Reno to Boise, tea | 20 by ground, 10 by slow | 20 by ground, 20 by slow |
| Reno to Austin, rice | 40 | 45, and 5 unmet |
| Dallas to Austin, rice | 10, its initial stock | |
| Reno's tea at the end | 50 - 30 = 20 | 20 + 20 + 10 - 40 = 10 |
| Reno's throughput | 90 units, 140 of volume | 75 units, 105 of volume |
| Reno's cycle stock, 3 days | tea 50 * 3/30 = 5, rice 4 | tea 30 * 3/20 = 4.5, rice 6.75 |
| Reno's storage, weight (tea 1, rice 4) | 20 + 5 + 16 = 41 | 10 + 4.5 + 27 = 41.5 |
| tea that leaves Reno in the 5 days after | 40 * 5/20 = 10 | m2 repeats: 10 |

| money | m1 | m2 |
|---|---|---|
| buy | 70 * 2 + 40 * 1 = 180 | 10 * 2 + 45 * 1 = 65 |
| transport | 50 + 6 + 20 + 60 + 10 + 160 + 25 = 331 | 10 + 22.5 + 60 + 20 + 180 = 292.5 |
| vehicles | 2 * 9 = 18 | 9 |
| lane | 12 | 12 |
| duty | 10% of 10, 50 units: 50 | 10 |
| emissions | 50 * 0.2 kg * 0.5 = 5 | 1 |
| handling, Port | 110 * 0.1 = 11 | 55 * 0.1 = 5.5 |
| handling, Reno | 50 * 1.5 + 40 * 1 = 115 | 30 * 1.5 + 45 * 1 = 90 |
| storage of stock | 20 * 0.4 = 8 | 10 * 0.4 = 4 |
| storage of cycle stock | 5 * 0.4 + 4 * 0.2 = 2.8 | 4.5 * 0.4 + 6.75 * 0.2 = 3.15 |
| site | Port 5, Reno 100 + 40 to open, Dallas 60 = 205 | Port 5, Reno 100, Dallas 25 to close = 130 |
| unmet | | 5 * 7 = 35 |
| together | 937.8 | 657.15 |
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from netopt.network import Network, read
from netopt.plan.audit import AuditReport, audit

Rows = list[dict[str, Any]]
Frames = dict[str, pd.DataFrame]

COST = 1594.95

BUCKETS = {
    "buy": (180, 65),
    "transport": (331, 292.5),
    "vehicles": (18, 9),
    "handling": (126, 95.5),
    "storage": (10.8, 7.15),
    "site": (205, 130),
    "lane": (12, 12),
    "duty": (50, 10),
    "unmet": (0, 35),
    "emissions": (5, 1),
}

TABLES: dict[str, Rows] = {
    "settings": [{"key": "emissions_price", "value": "0.5"}],
    "products": [
        {"name": "tea", "volume": 2, "weight": 1, "value": 10},
        {"name": "rice", "volume": 1, "weight": 4, "value": 3},
    ],
    "periods": [{"name": "m1", "days": 30}, {"name": "m2", "days": 20}],
    "facilities": [
        {"name": "Port", "type": "supplier", "fixed_cost": 5, "handling_cost": 0.1},
        {
            "name": "Reno", "type": "fc", "status": "consider", "fixed_cost": 100, "opening_cost": 40,
            "closing_cost": 15, "capacity": 200, "min_throughput": 20, "capacity_unit": "volume", "handling_cost": 1,
            "storage_capacity": 50, "storage_unit": "weight", "storage_cost": 0.2, "cycle_days": 3,
            "processing_days": 1,
        },
        {
            "name": "Dallas", "type": "fc", "status": "consider", "initial": "existing", "fixed_cost": 60,
            "closing_cost": 25, "handling_cost": 2,
        },
    ],
    "customers": [{"name": "Boise", "single_source": "yes"}, {"name": "Austin"}],
    "demand": [
        {"customer": "Boise", "product": "tea", "period": "m1", "quantity": 30},
        {
            "customer": "Boise", "product": "tea", "period": "m2", "quantity": 40, "promise_days": 3,
            "promise_share": 0.5,
        },
        {"customer": "Austin", "product": "rice", "quantity": 50, "unmet_cost": 7},
    ],
    "supply": [
        {"facility": "Port", "product": "tea", "capacity": 100, "min_quantity": 10, "unit_cost": 2},
        {"facility": "Port", "product": "rice", "unit_cost": 1},
    ],
    "lanes": [
        {
            "origin": "Port", "destination": "Reno", "mode": "sea", "unit_cost": 1, "fixed_cost": 12, "capacity": 120,
            "min_flow": 10, "capacity_unit": "volume", "vehicle_capacity": 60, "vehicle_cost": 9, "emissions": 0.2,
            "duty_rate": 0.1,
        },
        {"origin": "Port", "destination": "Reno", "mode": "sea", "product": "rice", "unit_cost": 0.5},
        {"origin": "Port", "destination": "Reno", "mode": "barge", "unit_cost": 0.3, "lead_periods": 1},
        {"origin": "Port", "destination": "Dallas", "mode": "truck", "unit_cost": 2},
        {"origin": "Reno", "destination": "Boise", "mode": "ground", "unit_cost": 3, "days": 2},
        {"origin": "Reno", "destination": "Boise", "mode": "slow", "unit_cost": 1, "days": 5},
        {"origin": "Reno", "destination": "Austin", "mode": "ground", "unit_cost": 4, "days": 3},
        {"origin": "Dallas", "destination": "Austin", "mode": "ground", "unit_cost": 2.5, "days": 1},
        {"origin": "Dallas", "destination": "Boise", "mode": "ground", "unit_cost": 5, "days": 1},
    ],
    "handling": [{"facility": "Reno", "product": "tea", "capacity": 90, "min_throughput": 5, "unit_cost": 1.5}],
    "inventory": [
        {
            "facility": "Reno", "product": "tea", "min_stock": 5, "max_stock": 45, "safety_stock": 8, "cover_days": 5,
            "storage_cost": 0.4,
        },
        {"facility": "Dallas", "product": "rice", "initial": 10},
    ],
    "limits": [
        {"what": "open_sites", "type": "fc", "at_least": 1, "at_most": 2},
        {"what": "flow", "mode": "ground", "at_most": 80},
        {"what": "flow", "where": "Reno", "at_least": 50},
        {"what": "flow", "where": "Boise", "product": "tea", "at_most": 45},
        {"what": "open_periods", "type": "fc", "at_least": 1, "at_most": 3},
    ],
}  # fmt: skip

STATED: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    (
        "flows",
        "origin,destination,mode,product,period,quantity,vehicles,cost",
        [
            ("Port", "Reno", "sea", "tea", "m1", 50, 2, 50 + 18 + 12 + 50 + 5),
            ("Port", "Reno", "barge", "tea", "m1", 20, 0, 6),
            ("Port", "Reno", "sea", "rice", "m1", 40, 0, 20),
            ("Reno", "Boise", "ground", "tea", "m1", 20, 0, 60),
            ("Reno", "Boise", "slow", "tea", "m1", 10, 0, 10),
            ("Reno", "Austin", "ground", "rice", "m1", 40, 0, 160),
            ("Dallas", "Austin", "ground", "rice", "m1", 10, 0, 25),
            ("Port", "Reno", "sea", "tea", "m2", 10, 1, 10 + 9 + 12 + 10 + 1),
            ("Port", "Reno", "sea", "rice", "m2", 45, 0, 22.5),
            ("Reno", "Boise", "ground", "tea", "m2", 20, 0, 60),
            ("Reno", "Boise", "slow", "tea", "m2", 20, 0, 20),
            ("Reno", "Austin", "ground", "rice", "m2", 45, 0, 180),
        ],
    ),
    (
        "sites",
        "name,type,period,open,throughput,utilization,cost",
        [
            ("Port", "supplier", "m1", 1, 110, None, 16),
            ("Reno", "fc", "m1", 1, 90, 0.7, 257.8),
            ("Dallas", "fc", "m1", 1, 0, None, 60),
            ("Port", "supplier", "m2", 1, 55, None, 10.5),
            ("Reno", "fc", "m2", 1, 75, 0.525, 193.15),
            ("Dallas", "fc", "m2", 0, 0, None, 25),
        ],
    ),
    (
        "inventory",
        "facility,product,period,stock,cost",
        [("Reno", "tea", "m1", 20, 8), ("Reno", "tea", "m2", 10, 4), ("Dallas", "rice", "m1", 0, 0)],
    ),
    ("unmet", "customer,product,period,quantity,cost", [("Austin", "rice", "m2", 5, 35)]),
    (
        "purchases",
        "facility,product,period,quantity,cost",
        [
            ("Port", "tea", "m1", 70, 140),
            ("Port", "rice", "m1", 40, 40),
            ("Port", "tea", "m2", 10, 20),
            ("Port", "rice", "m2", 45, 45),
        ],
    ),
    (
        "costs",
        "bucket,period,cost",
        [(bucket, period, cost[at]) for bucket, cost in BUCKETS.items() for at, period in enumerate(("m1", "m2"))],
    ),
]

PLAN: dict[str, Rows] = {
    name: [dict(zip(columns.split(","), row, strict=True)) for row in rows] for name, columns, rows in STATED
}


def network(**changes: Callable[[Rows], Rows] | Rows) -> Network:
    """Return the network, with whole tables changed: new rows, or a function of the rows."""
    tables = copy.deepcopy(TABLES)
    for name, change in changes.items():
        tables[name] = change(tables.get(name, [])) if callable(change) else change
    return read({name: pd.DataFrame(rows) for name, rows in tables.items()})


def plan(**changes: Callable[[Rows], Rows]) -> Frames:
    """Return the plan, with whole tables changed by a function of their rows."""
    tables = copy.deepcopy(PLAN)
    for name, change in changes.items():
        tables[name] = change(tables[name])
    return {name: pd.DataFrame(rows, columns=list(PLAN[name][0])) for name, rows in tables.items()}


def put(where: Mapping[str, Any], **cells: Any) -> Callable[[Rows], Rows]:
    """Return a change: the one row in which ``where`` holds gets the given cells."""

    def change(rows: Rows) -> Rows:
        found = [row for row in rows if all(row.get(column) == value for column, value in where.items())]
        assert len(found) == 1, f"{where} is in {len(found)} rows"
        found[0].update(cells)
        return rows

    return change


def add(*more: Mapping[str, Any]) -> Callable[[Rows], Rows]:
    """Return a change: rows are added."""
    return lambda rows: [*rows, *(dict(row) for row in more)]


def drop(**where: Any) -> Callable[[Rows], Rows]:
    """Return a change: the rows in which ``where`` holds go."""
    return lambda rows: [row for row in rows if any(row.get(column) != value for column, value in where.items())]


def both(*changes: Callable[[Rows], Rows]) -> Callable[[Rows], Rows]:
    """Return a change: several, one after the other."""

    def change(rows: Rows) -> Rows:
        for one in changes:
            rows = one(rows)
        return rows

    return change


def words(report: AuditReport, rule: str) -> list[str]:
    """Return what a rule says."""
    return list(report.breaches.loc[report.breaches["rule"] == rule, "words"])


def rules(report: AuditReport) -> set[str]:
    """Return the rules that are broken."""
    return set(report.breaches["rule"])


def audited(frames: Frames | None = None, **changes: Callable[[Rows], Rows] | Rows) -> AuditReport:
    """Return the audit of a plan (the right one by default) against the network with tables changed."""
    return audit(network(**changes), plan() if frames is None else frames)
