"""The raw tables of the contract as plain dictionaries: one merged row per key and period, one lane per row.

Nothing here knows about a solver. What the contract does not settle is refused (`RefusedError`), never guessed at.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

INFINITY = math.inf
EARTH_RADIUS_KM = 6371.0088
KM_PER_MILE = 1.609344
SELLERS = ("supplier", "plant")
TYPES = ("supplier", "plant", "dc", "sort_center", "fc")
READ = {"facilities", "customers", "products", "periods", "demand", "supply", "lanes", "rates", "handling", "inventory"}
READ |= {"limits", "settings"}
SETTINGS = {"currency", "horizon_days", "distance_unit", "distance_factor"}

Row = dict[str, str]
Rows = dict[int, Row]  # position of the period -> the merged row that holds in it


class RefusedError(ValueError):
    """The tables are wrong, or use something that the oracle does not cover or the contract does not settle."""


@dataclass
class Lane:
    """One row of `lanes` (or one pair of a rate card): what shares a capacity, a fixed cost and vehicles."""

    origin: str
    destination: str
    mode: str
    product: str  # "" when the row serves every product
    carries: list[str]
    rows: Rows
    unit_cost: dict[tuple[str, int], float]

    def open_in(self, t: int) -> bool:
        """Say whether the lane has a row in period t that is not closed."""
        return t in self.rows and choice(self.rows[t], "status", "open", ("open", "closed")) == "open"


@dataclass
class Network:
    """Everything the model needs, after defaults by key and overrides by period."""

    periods: list[str]
    days: list[float]
    products: list[str]
    size: dict[str, dict[str, float]]  # unit (units, volume, weight) -> product -> size of one unit
    facilities: dict[str, Rows]
    customers: dict[str, Row]
    demand: dict[tuple[str, str], Rows]
    supply: dict[tuple[str, str], Rows]
    handling: dict[tuple[str, str], Rows]
    inventory: dict[tuple[str, str], Rows]
    lanes: list[Lane]
    limits: list[Row]
    settings: dict[str, str] = field(default_factory=dict)

    def type_of(self, place: str) -> str:
        """Give a facility's type."""
        return self.facilities[place][0]["type"]


# ---------------------------------------------------------------------------------------------------- cells and rows


def text(value: Any) -> str:
    """Write one cell as text; None, NaN and '' are blank, and 3.0 is '3' (CSV readers make floats of whole numbers)."""
    if value is None or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, (float, np.number)):
        value = float(value)
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value).strip()


def clean(frame: pd.DataFrame | None) -> list[Row]:
    """Turn a frame into rows that hold only their filled cells."""
    if frame is None:
        return []
    rows = [{str(c).strip(): text(v) for c, v in record.items()} for record in frame.to_dict("records")]
    rows = [{c: v for c, v in row.items() if v != ""} for row in rows]
    return [row for row in rows if row]


def number(row: Row, column: str, default: float) -> float:
    """Read a number, or the default when the cell is blank."""
    value = row.get(column, "")
    if value == "":
        return default
    try:
        return float(value)
    except ValueError:
        raise RefusedError(f"{column} is not a number: {value!r}") from None


def choice(row: Row, column: str, default: str, allowed: Iterable[str]) -> str:
    """Read one word of a fixed list, or the default when the cell is blank."""
    value = row.get(column, "").lower() or default
    if value not in allowed:
        raise RefusedError(f"{column} is {value!r}, not one of {sorted(allowed)}")
    return value


def resolve(table: str, rows: list[Row], keys: tuple[str, ...], periods: list[str]) -> dict[tuple[str, ...], Rows]:
    """Merge rows by key: a row with a period overrides, cell by cell, the row of the same key with none."""
    always: dict[tuple[str, ...], Row] = {}
    sometimes: dict[tuple[str, ...], Rows] = {}
    for row in rows:
        key = tuple(row.get(c, "") for c in keys)
        name = row.get("period", "")
        if name == "":
            if key in always:
                raise RefusedError(f"{table}: two rows for {key}")
            always[key] = row
        else:
            if name not in periods:
                raise RefusedError(f"{table}: unknown period {name!r}")
            t = periods.index(name)
            if t in sometimes.setdefault(key, {}):
                raise RefusedError(f"{table}: two rows for {key} in {name}")
            sometimes[key][t] = row
    merged: dict[tuple[str, ...], Rows] = {}
    for key in list(always) + [k for k in sometimes if k not in always]:
        merged[key] = {}
        for t in range(len(periods)):
            if key in always or t in sometimes.get(key, {}):
                merged[key][t] = {**always.get(key, {}), **sometimes.get(key, {}).get(t, {})}
    return merged


def by_product(merged: dict[tuple[str, ...], Rows], products: list[str]) -> dict[tuple[str, str], Rows]:
    """Give every product the rows of its own, or those with a blank product when it has none."""
    places = list(dict.fromkeys(key[0] for key in merged))
    found: dict[tuple[str, str], Rows] = {}
    for place in places:
        for product in products:
            rows = merged.get((place, product)) or merged.get((place, ""))
            if rows:
                found[place, product] = rows
    return found


# ------------------------------------------------------------------------------------------------- distances and lanes


def haversine(a: Row, b: Row, unit: str) -> float:
    """Measure the great-circle distance between two places, in km or mi."""
    if not all(c in row for row in (a, b) for c in ("latitude", "longitude")):
        raise RefusedError("a rate card needs latitude and longitude at both ends")
    lat1, lon1, lat2, lon2 = (math.radians(float(r[c])) for r in (a, b) for c in ("latitude", "longitude"))
    h = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    km = 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))
    return km if unit == "km" else km / KM_PER_MILE


def lanes_of_rows(rows: list[Row], products: list[str], periods: list[str]) -> list[Lane]:
    """Make a lane of every (origin, destination, mode, product): product rows take their product off the blank one."""
    merged = resolve("lanes", rows, ("origin", "destination", "mode", "product"), periods)
    lanes = []
    for (origin, destination, mode, product), per_period in merged.items():
        own = [k for k in products if k != "" and (origin, destination, mode, k) in merged]
        carries = [product] if product else [k for k in products if k not in own]
        cost = {(k, t): number(row, "unit_cost", 0.0) for k in carries for t, row in per_period.items()}
        lanes.append(Lane(origin, destination, mode, product, carries, per_period, cost))
    return lanes


def lanes_of_rates(rates: list[Row], listed: list[Lane], net: Network) -> list[Lane]:
    """Make the lanes of a rate card: charge = max(min_charge, base_cost + cost_per_distance · distance) per `per`."""
    unit = choice(net.settings, "distance_unit", "km", ("km", "mi"))
    taken = {(lane.origin, lane.destination, lane.mode) for lane in listed}
    lanes: list[Lane] = []
    for rate in rates:
        if "weight_from" in rate or "weight_to" in rate:
            raise RefusedError("rates: weight_from and weight_to are not settled (of a unit, or of a shipment?)")
        factor = number(rate, "distance_factor", number(net.settings, "distance_factor", 1.0))
        product, mode = rate.get("product", ""), rate.get("mode", "")
        per = choice(rate, "per", "unit", ("unit", "weight", "volume", "vehicle"))
        for origin, destination in rate_pairs(rate, net):
            ends = [net.customers.get(p) or net.facilities[p][0] for p in (origin, destination)]
            distance = factor * haversine(ends[0], ends[1], unit)
            if not number(rate, "distance_from", 0.0) <= distance < number(rate, "distance_to", INFINITY):
                continue
            if (origin, destination, mode) in taken:
                raise RefusedError(f"two lanes for {origin} -> {destination} by {mode!r}: a rate card and another row")
            taken.add((origin, destination, mode))
            charge = number(rate, "base_cost", 0.0) + number(rate, "cost_per_distance", 0.0) * distance
            charge = max(charge, number(rate, "min_charge", -INFINITY))
            row = {"days": repr(distance / float(rate["speed"]))} if "speed" in rate else {}
            if "vehicle_capacity" in rate:
                row["vehicle_capacity"] = rate["vehicle_capacity"]
            if per == "vehicle":
                if "vehicle_capacity" not in rate:
                    raise RefusedError("rates: per vehicle needs vehicle_capacity")
                row["vehicle_cost"] = repr(charge)
            carries = [product] if product else list(net.products)
            worth = {"unit": net.size["units"], "weight": net.size["weight"], "volume": net.size["volume"]}.get(per)
            cost = {(k, t): charge * worth[k] if worth else 0.0 for k in carries for t in range(len(net.periods))}
            rows = {t: dict(row) for t in range(len(net.periods))}
            lanes.append(Lane(origin, destination, mode, product, carries, rows, cost))
    return lanes


def rate_pairs(rate: Row, net: Network) -> list[tuple[str, str]]:
    """List the pairs of places that a rate row names, by name or by type ('customer' for the customers)."""
    ends: list[list[str]] = []
    for column in ("origin", "destination"):
        name, kind = rate.get(column, ""), rate.get(f"{column}_type", "")
        if bool(name) == bool(kind):
            raise RefusedError(f"rates: fill {column} or {column}_type, one of them")
        if kind == "customer":
            ends.append(list(net.customers))
        else:
            ends.append([f for f in net.facilities if f == name or (kind and net.type_of(f) == kind)])
            ends[-1] += [c for c in net.customers if c == name]
    if any(o in net.customers for o in ends[0]) or any(net_type(net, d) in SELLERS for d in ends[1]):
        raise RefusedError("rates: from a customer, or into a supplier or plant")
    return [(o, d) for o in ends[0] for d in ends[1] if o != d]


def net_type(net: Network, place: str) -> str:
    """Give the type of a facility, or 'customer'."""
    return "customer" if place in net.customers else net.type_of(place)


# ------------------------------------------------------------------------------------------------------- the network


def read_network(tables: dict[str, pd.DataFrame]) -> Network:
    """Read the raw tables, merge their rows, and refuse what the oracle does not cover.

    Parameters
    ----------
    tables : dict of DataFrame
        The tables of the contract section 1 by name; NaN, None and '' are blank.

    Returns
    -------
    Network
        Rows merged by key, product and period.
    """
    raw = {name: clean(frame) for name, frame in tables.items()}
    extra = [name for name, rows in raw.items() if rows and name not in READ]
    if extra:
        raise RefusedError(f"tables the oracle does not cover: {extra}")
    settings = {row["key"]: row.get("value", "") for row in raw.get("settings", [])}
    if set(settings) - SETTINGS:
        raise RefusedError(f"settings the oracle does not cover: {sorted(set(settings) - SETTINGS)}")

    periods, days = [""], [number(settings, "horizon_days", 365.0)]
    if raw.get("periods"):
        periods = [row["name"] for row in raw["periods"]]
        if any("days" not in row for row in raw["periods"]):
            raise RefusedError("periods: days is blank")
        days = [float(row["days"]) for row in raw["periods"]]
    rows = raw.get("products") or [{"volume": "1", "weight": "1"}]
    products = [row.get("name", "") for row in rows]
    size = {
        "units": dict.fromkeys(products, 1.0),
        "volume": {row.get("name", ""): number(row, "volume", 1.0) for row in rows},
        "weight": {row.get("name", ""): number(row, "weight", 1.0) for row in rows},
    }

    def merged(table: str, *keys: str) -> dict[tuple[str, ...], Rows]:
        return resolve(table, raw.get(table, []), keys, periods)

    facilities = {key[0]: rows for key, rows in merged("facilities", "name").items()}
    for name, of in facilities.items():
        if len(of) < len(periods):
            raise RefusedError(f"facilities: {name} has no row with a blank period")
        choice(of[0], "type", "", TYPES)
    net = Network(
        periods=periods,
        days=days,
        products=products,
        size=size,
        facilities=facilities,
        customers={row["name"]: row for row in raw.get("customers", [])},
        demand=by_product(merged("demand", "customer", "product"), products),
        supply=by_product(merged("supply", "facility", "product"), products),
        handling=by_product(merged("handling", "facility", "product"), products),
        inventory=by_product(merged("inventory", "facility", "product"), products),
        lanes=lanes_of_rows(raw.get("lanes", []), products, periods),
        limits=raw.get("limits", []),
        settings=settings,
    )
    net.lanes += lanes_of_rates(raw.get("rates", []), net.lanes, net)
    check(net, raw)
    return net


def check(net: Network, raw: dict[str, list[Row]]) -> None:
    """Refuse names that no table knows, and the mixtures whose meaning the contract leaves open."""
    for table, column, known in (
        ("demand", "customer", set(net.customers)),
        ("supply", "facility", set(net.facilities)),
        ("handling", "facility", set(net.facilities)),
        ("inventory", "facility", set(net.facilities)),
        ("lanes", "origin", set(net.facilities)),
        ("lanes", "destination", set(net.facilities) | set(net.customers)),
    ):
        for row in raw.get(table, []):
            if row.get(column, "") not in known:
                raise RefusedError(f"{table}: unknown {column} {row.get(column, '')!r}")
            if row.get("product", "") not in [*net.products, ""]:
                raise RefusedError(f"{table}: unknown product {row['product']!r}")
    for place, _ in net.supply:
        if net.type_of(place) not in SELLERS:
            raise RefusedError(f"supply: {place} is a {net.type_of(place)}, not a supplier or plant")
    for lane in net.lanes:
        if net_type(net, lane.destination) in SELLERS:
            raise RefusedError(f"lanes: {lane.destination} is a supplier or plant, nothing can be sent there")
        if any(number(row, "duty_rate", 0.0) for row in lane.rows.values()):
            raise RefusedError("lanes: duty_rate is not covered")
        if any("vehicle_cost" in row and "vehicle_capacity" not in row for row in lane.rows.values()):
            raise RefusedError("lanes: vehicle_cost needs vehicle_capacity")
