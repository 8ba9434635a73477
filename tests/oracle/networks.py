"""Small random networks that mix the features of the contract, for comparing two solvers of the same tables.

`random_network(seed)` is deterministic in the seed. Every feature is a switch with a probability (`SWITCHES`); pass
`cover=True`, `rates=False` or `vehicles=0.9` to force or weigh one. `broken` names a deliberate fault. What the contract
leaves open is never generated; README.md lists it.
"""

from __future__ import annotations

import math
import random
from typing import Any

import pandas as pd

Record = dict[str, Any]

SWITCHES: dict[str, float] = {
    "period_overrides": 0.4,  # rows with a period on top of rows without
    "sites": 0.8,  # facilities to consider, opening and closing costs
    "closed": 0.15,  # one existing site that the data close
    "site_capacity": 0.7,
    "min_throughput": 0.35,
    "handling": 0.5,
    "handling_products": 0.3,
    "storage": 0.5,  # cycle_days, storage cost and capacity
    "inventory": 0.5,
    "cover": 0.35,  # of the networks with inventory
    "floors": 0.5,  # min_stock, safety_stock, max_stock
    "single_source": 0.3,
    "promise": 0.35,
    "unmet": 0.7,
    "supply": 0.8,
    "min_quantity": 0.2,
    "modes": 0.5,
    "product_lanes": 0.35,
    "lane_fixed": 0.45,
    "min_flow": 0.3,
    "lane_capacity": 0.4,
    "closed_lanes": 0.2,
    "vehicles": 0.35,
    "lead": 0.3,
    "rates": 0.4,
    "bands": 0.3,
    "limits": 0.3,
    "other_units": 0.4,  # capacities in weight or volume
    "miles": 0.3,
}
FAULTS = ("supply", "reach", "promise", "throughput")


class _Maker:
    """Write the tables of one network, table by table, from one random stream."""

    def __init__(self, seed: int, switches: dict[str, Any]) -> None:
        unknown = set(switches) - set(SWITCHES) - {"broken"}
        if unknown:
            raise TypeError(f"unknown switches: {sorted(unknown)}")
        self.random = random.Random(f"netopt-{seed}")
        drawn = {name: self.random.random() for name in SWITCHES}
        self.on = {name: drawn[name] < float(switches.get(name, usual)) for name, usual in SWITCHES.items()}
        fault = self.random.choice([*FAULTS] + [None] * 24)
        self.broken = switches.get("broken", fault)
        if self.broken not in (*FAULTS, None):
            raise TypeError(f"broken is one of {FAULTS} or None, not {self.broken!r}")
        self.tables: dict[str, list[Record]] = {}
        self.periods()
        self.places()
        self.demand()
        self.supply()
        self.facility_costs()
        self.inventory()
        self.lanes()
        self.limits()
        if self.broken:
            getattr(self, f"break_{self.broken}")()

    # ------------------------------------------------------------------------------------------------------ helpers

    def chance(self, probability: float) -> bool:
        return self.random.random() < probability

    def amount(self, low: float, high: float, digits: int = 2) -> float:
        return round(self.random.uniform(low, high), digits)

    def add(self, table: str, **cells: Any) -> Record:
        row = {column: value for column, value in cells.items() if value is not None}
        self.tables.setdefault(table, []).append(row)
        return row

    def sometimes(self, on: bool, value: Any, probability: float = 0.6) -> Any:
        """Give the value, or None (a blank cell)."""
        return value if self.chance(probability) and on else None

    # ------------------------------------------------------------------------------------------------------- tables

    def periods(self) -> None:
        self.period_names = [""]
        self.days = [365.0]
        count = self.random.choice([1, 1, 2, 2, 3, 4])
        if count > 1 or self.chance(0.5):
            self.period_names = [f"P{n + 1}" for n in range(count)]
            self.days = [float(self.random.choice([7, 28, 30, 91])) for _ in range(count)]
            for name, days in zip(self.period_names, self.days, strict=True):
                self.add("periods", name=name, days=int(days))
        elif self.chance(0.5):
            self.days = [float(self.random.choice([30, 180, 360]))]
            self.add("settings", key="horizon_days", value=int(self.days[0]))
        self.product_names = [""]
        count = self.random.choice([1, 1, 2, 2, 3])
        if count > 1 or self.chance(0.5):
            self.product_names = ["soap", "lamp", "tent"][:count]
            for name in self.product_names:
                self.add("products", name=name, volume=self.amount(0.5, 3), weight=self.amount(0.5, 4))
        self.many_products = len(self.product_names) > 1

    def place(self) -> Record:
        return {"latitude": self.amount(36, 46, 3), "longitude": self.amount(-110, -80, 3)}

    def places(self) -> None:
        counts = {"supplier": (2, 3), "dc": (2, 4), "fc": (2, 5)}
        self.sites: dict[str, list[Record]] = {}
        for kind, (low, high) in counts.items():
            self.sites[kind] = []
            for n in range(self.random.randint(low, high)):
                if kind == "supplier":
                    named = self.random.choice(["supplier", "supplier", "plant"])
                else:
                    named = "sort_center" if kind == "dc" and self.chance(0.15) else kind
                row = self.add("facilities", name=f"{kind.upper()}{n + 1}", type=named, **self.place())
                row["region"] = self.random.choice(["east", "west"])
                self.sites[kind].append(row)
        self.customers = []
        for n in range(self.random.randint(3, 8)):
            row = self.add("customers", name=f"C{n + 1}", **self.place())
            if self.on["single_source"] and self.chance(0.5):
                row["single_source"] = "yes"
            self.customers.append(row)

    def demand(self) -> None:
        self.total = dict.fromkeys(self.product_names, 0.0)  # demand of the fullest period, by product
        self.need: dict[tuple[str, int], float] = {}
        for customer in self.customers:
            asked = [k for k in self.product_names if self.chance(0.75)] or [self.product_names[0]]
            for product in asked:
                quantity = float(self.random.randint(10, 100))
                row = self.add("demand", customer=customer["name"], product=product or None, quantity=quantity)
                if self.on["unmet"] and self.chance(0.9):
                    row["unmet_cost"] = self.amount(15, 90)
                over = self.override(row, "demand", quantity=float(self.random.randint(0, 120)))
                for t in range(len(self.period_names)):
                    now = over["quantity"] if over and over["period"] == self.period_names[t] else quantity
                    self.need[product, t] = self.need.get((product, t), 0.0) + now
        for product in self.product_names:
            self.total[product] = max(self.need.get((product, t), 0.0) for t in range(len(self.period_names)))
        self.everything = sum(self.total.values())

    def override(self, row: Record, table: str, chance: float = 0.25, **cells: Any) -> Record | None:
        """Add a row for one period that overrides some cells of a row that holds in every period."""
        if not self.on["period_overrides"] or self.period_names == [""] or not self.chance(chance):
            return None
        keys = {c: row[c] for c in KEYS[table] if c in row}
        return self.add(table, **keys, period=self.random.choice(self.period_names), **cells)

    def supply(self) -> None:
        """Give suppliers 1.2 to 2.5 times the demand; the first one always sells everything."""
        if not self.on["supply"] and not self.on["cover"]:
            return
        sellers = self.sites["supplier"]
        for n, site in enumerate(sellers):
            # Unlimited and free suppliers (no row at all) are for networks without cover, whose flows need a bound.
            if n > 0 and self.chance(0.15) and not self.on["inventory"]:
                continue
            blank = not self.many_products or self.chance(0.2)
            for product in [""] if blank else self.product_names:
                if n > 0 and self.chance(0.25):
                    continue
                most = max(self.total.values()) if blank else self.total[product]
                capacity = round(most * self.amount(1.2, 2.5) / (1 if n == 0 else 2)) + 5
                row = self.add("supply", facility=site["name"], product=product or None)
                if self.on["cover"] or self.chance(0.7):
                    row["capacity"] = capacity
                row["unit_cost"] = self.sometimes(True, self.amount(1, 6), 0.9)
                if self.on["min_quantity"] and self.chance(0.4):
                    row["min_quantity"] = round(most * 0.1, 1)
                self.override(row, "supply", unit_cost=self.amount(1, 8))
            if not any(row["facility"] == site["name"] for row in self.tables["supply"]):
                product = self.random.choice(self.product_names)
                self.add("supply", facility=site["name"], product=product or None, capacity=self.amount(5, 50, 0))

    def facility_costs(self) -> None:
        """Fill the facilities: status, costs, capacities."""
        for kind, sites in self.sites.items():
            unit = self.random.choice(["weight", "volume"]) if self.on["other_units"] else None
            scale = 2.5 if unit and self.product_names != [""] else 1.0
            for n, site in enumerate(sites):
                considered = self.on["sites"] and self.chance(0.3 if kind == "supplier" else 0.65)
                if considered:
                    site.update(status="consider", fixed_cost=self.amount(20, 900, 0))
                    site["initial"] = self.sometimes(True, self.random.choice(["existing", "potential"]), 0.7)
                    site["opening_cost"] = self.sometimes(True, self.amount(50, 900, 0))
                    site["closing_cost"] = self.sometimes(True, self.amount(50, 500, 0))
                elif self.chance(0.3):
                    site.update(status="open", initial=self.random.choice(["existing", "potential"]), opening_cost=100)
                elif self.on["closed"] and n == len(sites) - 1 and n > 1:
                    site.update(status="closed", initial="existing", closing_cost=self.amount(50, 500, 0))
                if site.get("status") != "closed":
                    site["fixed_cost"] = site.get("fixed_cost") or self.sometimes(True, self.amount(10, 300, 0))
                    self.capacities(kind, n, site, unit, scale, considered)
                if site.get("status") == "consider" and site.get("initial"):
                    cells = {"status": self.random.choice(["open", "closed"])} if self.chance(0.3) else {}
                    self.override(site, "facilities", fixed_cost=self.amount(20, 900, 0), **cells)
                else:
                    self.override(site, "facilities", handling_cost=self.amount(0.1, 2))
        for table in self.tables["facilities"]:
            for column in [c for c, value in table.items() if value is None]:
                del table[column]

    def capacities(self, kind: str, n: int, site: Record, unit: str | None, scale: float, considered: bool) -> None:
        """Give one open or considered site its capacities and unit costs."""
        fair = self.everything * scale / (1.5 if kind != "fc" else 2)
        if self.on["site_capacity"] and self.chance(0.7):
            site.update(capacity=round(fair * self.amount(0.5, 1.6)) + 5, capacity_unit=unit)
        if self.on["min_throughput"] and considered and self.chance(0.5):
            site.update(min_throughput=round(fair * self.amount(0.15, 0.6)), capacity_unit=unit)
        if self.on["handling"]:
            site["handling_cost"] = self.sometimes(True, self.amount(0.1, 2), 0.7)
        if self.on["storage"] and kind != "supplier" and self.chance(0.7):
            site.update(cycle_days=self.amount(0.5, 6, 1), storage_cost=self.sometimes(True, self.amount(0.1, 2), 0.8))
            if self.chance(0.4):
                room = site["cycle_days"] / min(self.days) * self.amount(0.2, 0.8) + 0.12 * self.on["inventory"]
                site["storage_capacity"] = round(self.everything * scale * room, 2)
                site["storage_unit"] = unit
        if self.on["promise"]:
            site["processing_days"] = self.random.choice([0, 0.5, 1])
        # A handling row bounds units of its product; only where the site's own capacity is in units too.
        if self.on["handling_products"] and "capacity_unit" not in {c for c in site if site[c]} and self.chance(0.5):
            product = self.random.choice(self.product_names)
            row = self.add("handling", facility=site["name"], product=product or None)
            row["unit_cost"] = self.amount(0.1, 3)
            if self.chance(0.4):
                row["capacity"] = round(self.total[product] * self.amount(0.1, 0.7)) + 5
            if considered and self.chance(0.3):
                row["min_throughput"] = round(self.total[product] * 0.05)
            self.override(row, "handling", unit_cost=self.amount(0.1, 3))

    def inventory(self) -> None:
        """Let some DCs and FCs carry stock."""
        self.stocking: set[str] = set()
        if not self.on["inventory"]:
            return
        for site in self.sites["dc"] + self.sites["fc"]:
            if site.get("status") == "closed" or not self.chance(0.5):
                continue
            self.stocking.add(site["name"])
            blank = not self.many_products or self.chance(0.4)
            for product in [""] if blank else self.product_names:
                if not blank and self.chance(0.3):
                    continue
                most = self.total[product] if product in self.total else min(self.total.values())
                row = self.add("inventory", facility=site["name"], product=product or None)
                if site.get("status") != "consider" and self.chance(0.5):
                    row["initial"] = round(most * self.amount(0.05, 0.4))
                if self.on["floors"]:
                    for floor in ("min_stock", "safety_stock"):
                        if self.chance(0.4):
                            row[floor] = round(most * self.amount(0.02, 0.1), 1)
                    if self.chance(0.3):
                        row["max_stock"] = round(most * self.amount(0.2, 1.0))
                if self.on["cover"] and self.chance(0.6):
                    row["cover_days"] = self.amount(0.5, 0.8 * min(self.days), 1) * self.random.choice([0.2, 0.5, 1])
                    row["cover_days"] = round(row["cover_days"], 1)
                    if self.chance(0.15):
                        row["cover_days"] = round(1.3 * min(self.days), 1)
                row["storage_cost"] = self.sometimes(True, self.amount(0.1, 2))
                if row["storage_cost"] is None:
                    del row["storage_cost"]
                self.override(row, "inventory", safety_stock=round(most * self.amount(0.02, 0.1), 1))

    # -------------------------------------------------------------------------------------------------------- lanes

    def lanes(self) -> None:
        """Join the tiers, each by rate cards or by rows (in modes of their own), with a few lanes past a tier."""
        if self.on["miles"]:
            self.add("settings", key="distance_unit", value="mi")
        if self.on["rates"] and not self.on["bands"] and self.chance(0.4):
            self.add("settings", key="distance_factor", value=self.random.choice([1.1, 1.25]))
        tiers = [("supplier", "dc", 0.8, 1.0), ("dc", "fc", 0.8, 1.0), ("fc", "customer", 0.6, 0.7)]
        by_card = self.random.randrange(3) if self.on["rates"] else None
        for number, (start, end, density, dear) in enumerate(tiers):
            if number == by_card:
                self.cards(start, end)
                if not self.chance(0.3):
                    continue
                density = 0.25
            ends = self.customers if end == "customer" else self.sites[end]
            for destination in ends:
                origins = [o for o in self.sites[start] if self.chance(density)]
                origins = origins or [self.random.choice(self.sites[start])]
                for origin in origins:
                    for mode in self.modes(end):
                        self.lane(origin, destination, mode, dear, end)
        for origin in self.sites["dc"]:
            for customer in self.customers:
                if self.chance(0.08):
                    self.lane(origin, customer, "direct", 2.5, "customer")

    def modes(self, end: str) -> list[str | None]:
        if not self.on["modes"] and not (self.on["lead"] and end == "dc"):
            return [None]
        return self.random.choice([["truck"], ["truck", "rail"], ["rail"]]) if end != "customer" else ["truck", "air"]

    def lane(self, origin: Record, destination: Record, mode: str | None, dear: float, end: str) -> None:
        """Add one lane, perhaps with a product row of its own and a row for one period."""
        key = {"origin": origin["name"], "destination": destination["name"], "mode": mode}
        distance = math.hypot(
            origin["latitude"] - destination["latitude"], (origin["longitude"] - destination["longitude"]) * 0.77
        )
        price = dear * (0.4 + 0.25 * distance) * {"rail": 0.7, "air": 1.8, "direct": 1.5}.get(mode or "", 1.0)
        row = self.add("lanes", **key, unit_cost=round(price * self.amount(0.8, 1.2), 2))
        fair = self.everything / (2 if end != "customer" else 2 * len(self.customers))
        self.lane_extras(row, fair, end)
        if self.on["promise"]:
            row["days"] = round(0.5 + distance / {"rail": 3, "air": 12}.get(mode or "", 6), 1)
        lead = self.on["lead"] and end == "dc" and len(self.period_names) > 1
        if lead and mode == "rail":
            row["lead_periods"] = 1
        elif self.chance(0.5):
            self.override(row, "lanes", unit_cost=round(price * self.amount(0.7, 1.5), 2))
        if self.on["product_lanes"] and self.many_products and self.chance(0.3):
            product = self.random.choice(self.product_names)
            own = self.add("lanes", **key, product=product, unit_cost=round(price * self.amount(0.5, 1.3), 2))
            for column in ("days", "lead_periods"):
                if column in row:
                    own[column] = row[column]
            self.lane_extras(own, fair, end)
            if self.chance(0.15):
                own["status"] = "closed"
        if self.on["closed_lanes"] and self.chance(0.06):
            row["status"] = "closed"

    def lane_extras(self, row: Record, fair: float, end: str) -> None:
        """Give a lane a fixed cost, a minimum, a capacity, vehicles (fewer near the customers, to stay quick)."""
        rare = (0.4 if end == "customer" else 1.0) / math.sqrt(len(self.period_names))
        unit = self.random.choice(["weight", "volume"]) if self.on["other_units"] and self.chance(0.4) else None
        if self.on["lane_fixed"] and self.chance(0.5 * rare):
            row["fixed_cost"] = self.amount(10, 200, 0)
        if self.on["min_flow"] and self.chance(0.4 * rare):
            row["min_flow"] = round(fair * self.amount(0.2, 1.2), 1)
        if self.on["lane_capacity"] and self.chance(0.4):
            row["capacity"] = round(fair * self.amount(0.6, 2.5)) + 10
        if self.on["vehicles"] and self.chance(0.35 * rare):
            row["vehicle_capacity"] = round(fair * self.amount(0.2, 0.8)) + 5
            row["vehicle_cost"] = self.amount(10, 120)
        if unit and {"min_flow", "capacity", "vehicle_capacity"} & set(row):
            row["capacity_unit"] = unit

    def cards(self, start: str, end: str) -> None:
        """Add the rate cards of a tier: one, or two distance bands that share a mode, or one by place name."""
        ends = self.customers if end == "customer" else self.sites[end]
        starts = sorted({s["type"] for s in self.sites[start]})
        kinds = ["customer"] if end == "customer" else sorted({s["type"] for s in ends})
        per = self.random.choice(["unit", "weight", "volume", "vehicle"])
        shared: Record = {"mode": "card", "per": per}
        if self.on["promise"]:
            shared["speed"] = self.random.choice([400, 800])
        if per == "vehicle":
            shared["vehicle_capacity"] = round(self.everything * 0.3) + 5
        # With bands no distance_factor is used: the contract does not say which of the two distances a band bounds.
        usual = [row for row in self.tables.get("settings", []) if row["key"] == "distance_factor"]
        if not self.on["bands"] and not usual and self.chance(0.3):
            shared["distance_factor"] = 1.2
        bands: list[Record] = [{}]
        if self.on["bands"]:
            edge = float(self.random.choice([600, 900, 1300]))
            bands = [{"distance_to": edge}, {"distance_from": edge}]
        for origin_type in starts:
            for destination_type in kinds:
                for band in bands:
                    scale = 30.0 if per == "vehicle" else 1.0
                    key = {"origin_type": origin_type, "destination_type": destination_type}
                    row = self.add("rates", **key, **shared, **band)
                    row["base_cost"] = self.sometimes(True, round(scale * self.amount(0.2, 1), 2), 0.7)
                    row["cost_per_distance"] = round(scale * self.amount(0.0005, 0.003, 5), 5)
                    row["min_charge"] = self.sometimes(True, round(scale * self.amount(0.8, 2.5), 2))

    def limits(self) -> None:
        """Bound the number of open sites of a type, or what one mode carries in one period."""
        if not self.on["limits"]:
            return
        for kind in ("dc", "fc"):
            sites = [s for s in self.sites[kind] if s["type"] == kind]
            usable = [s for s in sites if s.get("status") != "closed"]
            fixed = [s for s in usable if s.get("status", "open") == "open"]
            if self.chance(0.6) and len(usable) > len(fixed):
                row = self.add("limits", what="open_sites", type=kind)
                if self.chance(0.6):
                    row["at_most"] = max(len(fixed), 1, len(usable) - 1)
                else:
                    row["at_least"] = self.random.randint(len(fixed), len(usable))
                if self.chance(0.2):
                    row["region"] = self.random.choice(["east", "west"])
        if self.on["modes"] and self.chance(0.6):
            row = self.add("limits", what="flow", mode="rail", period=self.period_names[-1] or None)
            row["at_most"] = round(self.everything * self.amount(0.2, 0.8))
        # At least this much of one product moves in one period, over all lanes (each tier counts).
        if self.chance(0.4):
            product = self.random.choice(self.product_names)
            row = self.add("limits", what="flow", product=product or None, period=self.period_names[0] or None)
            row["at_least"] = round(self.need.get((product, 0), 0.0) * self.amount(0.5, 2.0))

    # ------------------------------------------------------------------------------------------------------- faults

    def must_meet(self) -> None:
        for row in self.tables["demand"]:
            row.pop("unmet_cost", None)

    def break_supply(self) -> None:
        """Leave the suppliers with less than the demand of the last period, and no stock to draw on."""
        self.must_meet()
        self.tables["supply"] = [
            {"facility": s["name"], "product": k or None, "capacity": round(self.total[k] * 0.2, 1)}
            for s in self.sites["supplier"]
            for k in self.product_names
        ]
        for row in self.tables["supply"]:
            if row["product"] is None:
                del row["product"]
        self.tables.pop("inventory", None)

    def break_reach(self) -> None:
        """Add a customer that no lane reaches."""
        self.add("customers", name="FAR", latitude=-40.0, longitude=100.0)
        self.add("demand", customer="FAR", product=self.product_names[0] or None, quantity=5)
        for row in [r for r in self.tables.get("rates", []) if r["destination_type"] == "customer"]:
            row["distance_to"] = row.get("distance_to", 6000.0)  # FAR is over 8,000 away, the rest under 4,000

    def break_promise(self) -> None:
        """Promise one customer, whose demand must be met, a delivery in no time at all."""
        self.must_meet()
        for table in ("lanes", "rates"):
            for row in self.tables.get(table, []):
                if table == "rates":
                    row["speed"] = 500
                else:
                    row["days"] = row.get("days", 1.5)
        self.customers[0]["promise_days"] = 0.1
        for row in self.tables["demand"]:
            row["quantity"] = row["quantity"] or 10.0
        for row in self.tables["facilities"]:
            if "period" not in row:
                row["processing_days"] = 1

    def break_throughput(self) -> None:
        """Ask an open FC without stock for more throughput than all the demand."""
        self.tables["inventory"] = [
            row for row in self.tables.get("inventory", []) if row["facility"] != self.sites["fc"][0]["name"]
        ]
        site = self.sites["fc"][0]
        site.pop("capacity_unit", None)
        site.update(status="open", min_throughput=round(self.everything * 1.5) + 10)
        for row in self.tables["facilities"]:
            if row["name"] == site["name"]:
                row.pop("capacity", None)
                if "period" in row:
                    row.pop("status", None)

    def promises(self) -> None:
        """Promise days to customers and demand rows (lanes and cards have days by then)."""
        if not self.on["promise"] or self.broken == "promise":
            return
        for customer in self.customers:
            if self.chance(0.3):
                customer["promise_days"] = self.amount(1.5, 4.5, 1)
        for row in self.tables["demand"]:
            if "period" not in row and self.chance(0.4):
                row["promise_days"] = self.amount(1.2, 4.5, 1)
                row["promise_share"] = self.random.choice([0.3, 0.5, 0.8, 1])


KEYS = {
    "facilities": ("name",),
    "demand": ("customer", "product"),
    "supply": ("facility", "product"),
    "handling": ("facility", "product"),
    "inventory": ("facility", "product"),
    "lanes": ("origin", "destination", "mode", "product"),
}


def random_network(seed: int, **switches: Any) -> dict[str, pd.DataFrame]:
    """Make a small random network.

    Parameters
    ----------
    seed : int
        The same seed and switches give the same tables.
    **switches
        A name of `SWITCHES` with True, False or a probability; `broken` with a name of `FAULTS`, or None for a network
        that is not broken on purpose (it may still be infeasible: demand without unmet_cost meets capacities).

    Returns
    -------
    dict of DataFrame
        The raw tables of the contract; blank cells are None or NaN.
    """
    maker = _Maker(seed, switches)
    maker.promises()
    tables = {name: rows for name, rows in maker.tables.items() if rows}
    filled = {name: [{c: v for c, v in r.items() if v is not None} for r in rows] for name, rows in tables.items()}
    return {name: pd.DataFrame(rows) for name, rows in filled.items()}
