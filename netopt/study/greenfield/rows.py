"""Rows that propose sites: copied from a site, or with the medians of its type, and lanes where no card makes them.

What is made up is said in words: whose costs the rows have, and which lines the costs of the lanes are on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.network import Network
from netopt.network.distance import great_circle
from netopt.network.resolve import expand_groups
from netopt.network.sites import CLOSED
from netopt.read import read_tables
from netopt.read.problems import fold
from netopt.study.greenfield.gazetteer import City, codes_of
from netopt.study.greenfield.medians import median_cells, median_products
from netopt.study.greenfield.model import Model
from netopt.study.greenfield.tariff import Fit, Fits
from netopt.study.greenfield.weber import angles, coordinates, unit_vectors
from netopt.study.sites.why import site_named

__all__ = ["Site", "proposed", "rows_of", "with_rows"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Rows = dict[str, pd.DataFrame]

_LABELS = {"dc": "DC", "sort_center": "SC", "fc": "FC"}
_OWN = ("latitude", "longitude", "country", "region", "status", "initial")
_DIGITS = 6
_EXACT = 2


@dataclass(frozen=True)
class Site:
    """A site that is proposed.

    Parameters
    ----------
    name : str
        No place of the network has it.
    latitude, longitude : float
        Where it is proposed, degrees.
    exact : tuple of float
        Latitude and longitude of the centre that was found.
    city : City or None
        The real place nearest to that, where it was moved there.
    country, region : str
        As the network spells them; of the nearest place that has one.
    """

    name: str
    latitude: float
    longitude: float
    exact: tuple[float, float]
    city: City | None
    country: str
    region: str


def proposed(model: Model, centres: FloatArray, cities: Sequence[City] | None) -> list[Site]:
    """Return a site for each centre, at its city where there are cities.

    Parameters
    ----------
    model : Model
        Whose network has other names.
    centres : ndarray
        Unit vectors, shape (k, 3).
    cities : sequence of City or None
        One each.
    """
    network, taken = model.network, _taken(model.network)
    north, east = coordinates(centres)
    spelled = {} if cities is None else _spelled(network)
    found = []
    for at in range(len(centres)):
        exact = (round(float(north[at]), _DIGITS), round(float(east[at]), _DIGITS))
        city = None if cities is None else cities[at]
        place = exact if city is None else (city.latitude, city.longitude)
        label = _LABELS[model.kind]
        words = f"{label} {place[0]:.2f} {place[1]:.2f}" if city is None else f"{city.name} {label}"
        country = _near(network, place, "country") if city is None else spelled.get(city.country, city.country)
        region = _near(network, place, "region")
        found.append(Site(_free(words, taken), *place, exact, city, country, region))
    return found


def _taken(network: Network) -> set[str]:
    names = {fold(str(name)) for name in network.places.names}
    return names | {fold(str(name)) for name in network.tables["groups"]["name"]}


def _free(words: str, taken: set[str]) -> str:
    name, number = words, 1
    while fold(name) in taken:
        number += 1
        name = f"{words} {number}"
    taken.add(fold(name))
    return name


def _spelled(network: Network) -> dict[str, str]:
    """Return how the network spells the countries that it names, by their two letters."""
    names = Counter(str(name) for name in [*network.customers.country, *network.facilities.country] if name)
    codes, _ = codes_of(names)
    return {codes[name]: name for name, _ in reversed(names.most_common()) if name in codes}


def _near(network: Network, place: tuple[float, float], column: str) -> str:
    """Return a word of the nearest place that has one, nothing without any."""
    parts = (network.facilities, network.customers)
    said = np.concatenate([getattr(part, column) for part in parts])
    known = np.nonzero((said != "") & np.isfinite(network.places.latitude) & np.isfinite(network.places.longitude))[0]
    if not len(known):
        return ""
    here = unit_vectors(np.array([place[0]]), np.array([place[1]]))
    there = unit_vectors(network.places.latitude[known], network.places.longitude[known])
    return str(said[known[int(angles(here, there)[0].argmin())]])


# -- rows -----------------------------------------------------------------------------------------------------------


def rows_of(model: Model, sites: Sequence[Site], like: str | None) -> tuple[Rows, list[str]]:
    """Return the rows that propose sites by table, and what is to be said of them.

    Parameters
    ----------
    model : Model
        Whose network they are for.
    sites : sequence of Site
        What is proposed.
    like : str, optional
        A facility whose rows are copied.

    Raises
    ------
    InputError
        When there is no such facility, or nobody to take costs from.
    """
    if like is None:
        rows, words = _median_rows(model, sites)
    else:
        rows, words = _copied_rows(model, sites, site_named(model.network, like))
    lanes, said = _lane_rows(model, sites)
    return rows | ({"lanes": lanes} if len(lanes) else {}), [*words, *said]


def _copied_rows(model: Model, sites: Sequence[Site], like: str) -> tuple[Rows, list[str]]:
    tables = model.network.tables
    rows = {"facilities": pd.concat([_copy(_of(tables["facilities"], "name", like), model, each) for each in sites])}
    for table in ("handling", "inventory"):
        own = _of(expand_groups(tables, table), "facility", like)
        if len(own):
            blank = {"initial": np.nan} if "initial" in own else {}
            rows[table] = pd.concat([own.assign(facility=each.name, **blank) for each in sites])
    also = [table for table in rows if table != "facilities"]
    beside = f" and of its rows in {' and '.join(also)}, without stock to begin with" if also else ""
    return rows, [f"Costs and capacities of the new rows are those of {like}{beside}."]


def _of(frame: pd.DataFrame, column: str, name: str) -> pd.DataFrame:
    return frame[[fold(str(word)) == fold(name) for word in frame[column]]]


def _copy(rows: pd.DataFrame, model: Model, site: Site) -> pd.DataFrame:
    """Return the rows of a facility as those of a new site; rows for one period keep what differs in it."""
    found = rows.drop(columns=[name for name in _OWN if name in rows]).assign(name=site.name, type=model.kind)
    general = found["period"].isna() if "period" in found else pd.Series(True, index=found.index)
    said = general if general.any() else pd.Series(True, index=found.index)
    for column, value in _cells(site).items():
        found[column] = pd.Series(value, index=found.index).where(said)
    return found


def _cells(site: Site) -> dict[str, float | str]:
    cells: dict[str, float | str] = {"status": "consider", "initial": "potential"}
    cells |= {"latitude": site.latitude, "longitude": site.longitude}
    words = {"country": site.country, "region": site.region}
    return cells | {name: word for name, word in words.items() if word}


def _median_rows(model: Model, sites: Sequence[Site]) -> tuple[Rows, list[str]]:
    facilities = model.network.facilities
    own = facilities.type == model.kind
    alive = own & ~(facilities.status == CLOSED).all(axis=1)
    at = np.nonzero(alive if alive.any() else own)[0]
    if not len(at):
        none = f"there is no {model.kind} whose costs a new one could have"
        raise InputError([Problem("facilities", None, None, none, "name a site to copy with --like")])
    cells = median_cells(model.network, at)
    rows = [{"name": each.name, "type": model.kind, **_cells(each), **cells} for each in sites]
    whose = _sites(len(at), model.kind)
    words = [f"Costs and capacities of the new rows are the medians of {whose}; --like copies one site."]
    if "opening_cost" not in cells:
        words.append("No site says what opening costs, so opening a new one costs nothing: fill in opening_cost.")
    products = median_products(model.network, at, cells)
    if products:
        words.append(f"Where products differ in that, there are rows in {' and '.join(products)}.")
    if np.isin(at, model.network.inventory.entity).any():
        words.append("The new sites carry no stock from one period to the next; --like copies the rows in inventory.")
    return {"facilities": _framed("facilities", pd.DataFrame(rows))} | {
        table: _framed(table, pd.concat([own.assign(facility=each.name) for each in sites], ignore_index=True))
        for table, own in products.items()
    }, words


def _sites(count: int, kind: str) -> str:
    return f"the only {kind}" if count == 1 else f"the {count:,} sites of type {kind}"


def _framed(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Return rows with the columns and kinds of a table's dictionary."""
    columns = schema.tables()[table].columns
    ordered = frame[[name for name in columns if name in frame]]
    return ordered.astype({name: "float64" if columns[str(name)].numeric else "str" for name in ordered})


# -- lanes ----------------------------------------------------------------------------------------------------------


def _lane_rows(model: Model, sites: Sequence[Site]) -> tuple[pd.DataFrame, list[str]]:
    """Return lanes to and from new sites on the lines through typed ones, where no rate card makes any."""
    parts, words = [], []
    n_f = len(model.network.facilities)
    ways = ((model.outward, n_f + model.customers, "from them"), (model.inward, model.senders, "to them"))
    for tariff, places, way in ways:
        if not isinstance(tariff, Fits):
            continue
        parts += [
            _lanes(model, fit, site, places, outward=tariff is model.outward) for fit in tariff.fits for site in sites
        ]
        words += [f"No rate card makes lanes {way}, so there are rows for them: {_line(fit)}." for fit in tariff.fits]
    return _framed("lanes", pd.concat(parts, ignore_index=True)) if parts else pd.DataFrame(), words


def _line(fit: Fit) -> str:
    what = " ".join(filter(None, (fit.product, f"by {fit.mode}" if fit.mode else "")))
    lanes = f"{fit.lanes:,} lanes of today" if fit.lanes > 1 else "one lane of today"  # over several periods
    cost = f"{fit.base:.4g} + {fit.slope:.4g} x distance a unit"
    explained = f", which explains {max(0.0, np.floor(fit.explained * 100)):.0f}% of how their costs differ"
    known = explained if fit.lanes > _EXACT else ""  # a line goes through two of them whatever they cost
    return f"{f'{what}, ' if what else ''}{cost}, the line through {lanes}{known}"


def _lanes(model: Model, fit: Fit, site: Site, places: IntArray, *, outward: bool) -> pd.DataFrame:
    network = model.network
    latitude = np.append(network.places.latitude, site.latitude)
    longitude = np.append(network.places.longitude, site.longitude)
    here = np.full(len(places), len(latitude) - 1)
    settings = network.settings
    road = settings.distance_factor * great_circle(latitude, longitude, here, places, settings.distance_unit)
    there = network.places.names.array[places]
    ends = {"origin": site.name, "destination": there} if outward else {"origin": there, "destination": site.name}
    words = {name: word for name, word in (("mode", fit.mode), ("product", fit.product)) if word}
    columns = {"unit_cost": fit.base + fit.slope * road}
    if "distance" in network.tables["lanes"] and network.tables["lanes"]["distance"].notna().any():
        columns["distance"] = road  # a blank cell means the same
    if fit.days_base or fit.days_slope:
        columns["days"] = fit.days_base + fit.days_slope * road
    return pd.DataFrame({**ends, **words, **{name: _rounded(values) for name, values in columns.items()}})


def _rounded(values: FloatArray) -> FloatArray:
    """Return numbers to six digits, as one would type them."""
    size = 10.0 ** np.clip(_DIGITS - 1 - np.floor(np.log10(np.maximum(np.abs(values), 1e-300))), -300, 300)
    found: FloatArray = np.round(values * size) / size  # dividing by a power of ten gives what one would type
    return found


# -- the network with them --------------------------------------------------------------------------------------------


def with_rows(network: Network, rows: Mapping[str, pd.DataFrame]) -> Network:
    """Return the network with rows below those that it has.

    Raises
    ------
    InputError
        When the tables do not stand up to the checks of `netopt.read`.
    """
    frames = dict(network.tables.frames)
    for table, more in rows.items():
        frames[table] = _below(frames[table], more) if table in frames else more
    return Network.from_tables(read_tables(frames))


def _below(frame: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return a table with rows below it, its columns of words and of numbers as they were."""
    every = [*frame.columns, *(name for name in rows if name not in frame)]
    kinds = {name: (frame if name in frame else rows)[name].dtype for name in every}
    parts = [part.reindex(columns=every).astype(kinds) for part in (frame, rows)]
    return pd.concat(parts, ignore_index=True)
