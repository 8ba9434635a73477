"""New sites from nowhere: the centres of gravity of a network, moved to real places, as rows that can be solved with.

The centres lower what distance costs (`netopt.study.greenfield.allocation`), and nothing else: no fixed cost, no
capacity, no promise. They are a proposal. Whether one is worth opening is for a plan to say, with the rows made here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import InputError, Problem
from netopt.network import Network, read
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.read.write import write_tables
from netopt.study.greenfield.allocation import Found, located
from netopt.study.greenfield.gazetteer import cities_for
from netopt.study.greenfield.model import KINDS, Model, modelled
from netopt.study.greenfield.rows import Site, proposed, rows_of, with_rows
from netopt.study.greenfield.side import Side, distance_costs
from netopt.study.greenfield.weber import angles, unit_vectors
from netopt.study.scenario import Scenario
from netopt.study.store import STUDY
from netopt.study.study import Study, study

if TYPE_CHECKING:
    from netopt.study.outcome import Outcome

__all__ = ["NETWORK", "WITHOUT", "Greenfield", "greenfield"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

NETWORK = "network.csv"
"""The file with the network and the new rows."""

WITHOUT = "without candidates"
"""The scenario in which the new sites are closed."""

_STARTS = 50
_PEOPLE = 50_000


@dataclass(frozen=True, eq=False)
class Greenfield:
    """What `greenfield` returns.

    Parameters
    ----------
    model : Model
        What draws the sites, of the network as it was given.
    found : Found
        The exact centres, and how many starts came to them.
    sites : tuple of Site
        What is proposed, those with the most units first.
    fixed : ndarray of int
        Positions of the facilities that stay; none where they are ignored.
    rows : mapping of str to DataFrame
        New rows by table.
    words : tuple of str
        What is to be said of them.
    network : Network
        With the new rows.
    before, after : Side
        Customers with today's sites of the type (None where there is none), and with those that are proposed.
    asked : int
        How many sites were asked for; fewer are proposed where more would serve nobody.
    study : Study or None
        The network with the new sites as the base, and without them, where that was asked for.
    """

    model: Model
    found: Found
    sites: tuple[Site, ...]
    fixed: IntArray
    rows: Mapping[str, pd.DataFrame]
    words: tuple[str, ...]
    network: Network
    before: Side | None
    after: Side
    asked: int
    study: Study | None = None

    def table(self) -> pd.DataFrame:
        """Return a row for each site that is proposed, those with the most units first.

        Returns
        -------
        DataFrame
            ``site``, ``latitude``, ``longitude`` (where it is proposed), ``place``, ``population`` (of that city),
            ``exact_latitude``, ``exact_longitude`` (the centre), ``moved`` (straight distance between the two),
            ``country``, ``region``, ``customers``, ``units`` (that it would serve over the horizon),
            ``distance_before``, ``distance_after`` (mean road distance of these units to their customer),
            ``weighted_before``, ``weighted_after`` (money: what distance costs them, in and out, which is what is made
            small), ``transport_before``, ``transport_after`` (money: what the cheapest lanes ask, in and out, from any
            of the sites, for customers whom they bring all that they want both before and after), before being from
            today's sites, blank without any; and where it was solved ``opens`` and ``throughput``.
        """
        rows = [self._row(at, site) for at, site in enumerate(self.sites)]
        return pd.DataFrame(rows)

    def _row(self, at: int, site: Site) -> dict[str, Any]:
        mine = self.after.allocation.centre == at
        ends = np.array([site.exact, (site.latitude, site.longitude)])
        row: dict[str, Any] = {
            "site": site.name,
            "latitude": site.latitude,
            "longitude": site.longitude,
            "place": "" if site.city is None else site.city.name,
            "population": np.nan if site.city is None else float(site.city.population),
            "exact_latitude": site.exact[0],
            "exact_longitude": site.exact[1],
            "moved": _apart(ends) * self.model.radius,
            "country": site.country,
            "region": site.region,
            "customers": int(mine.sum()),
            "units": float(self.model.units[mine].sum()),
        }
        for name in ("distance", "weighted", "transport"):
            for when, side in (("before", self.before), ("after", self.after)):
                among = mine & self.reached if name == "transport" else mine
                row[f"{name}_{when}"] = np.nan if side is None else side.total(name, among)
        return row | self._opened(site.name)

    def _opened(self, name: str) -> dict[str, Any]:
        """Return whether a plan opens a site, and what passes through it, where there is a plan."""
        if self.study is None:
            return {}
        if not self.study.base.found:
            return {"opens": "", "throughput": np.nan}
        sites = self.study.base.tables["sites"]
        here = sites[sites["name"] == name]
        return {"opens": "yes" if (here["open"] > 0).any() else "no", "throughput": float(here["throughput"].sum())}

    def customers(self) -> pd.DataFrame:
        """Return a row for each customer: ``customer``, ``units``, and where from, how far, before and after."""
        network = self.model.network
        names = network.customers.names.array[self.model.customers]
        table = pd.DataFrame({"customer": names, "units": self.model.units.sum(axis=1)})
        for when, side in (("before", self.before), ("after", self.after)):
            table[f"from_{when}"] = "" if side is None else side.names[side.allocation.centre]
            table[f"distance_{when}"] = np.nan if side is None else side.road
        return table

    def total(self, name: str) -> tuple[float, float]:
        """Return ``distance``, ``weighted`` or ``transport`` before (NaN without) and after.

        They are of all customers; transport of those whom lanes bring all that they want both before and after.
        """
        mine = self.reached if name == "transport" else np.ones(len(self.model.customers), dtype=bool)
        return np.nan if self.before is None else self.before.total(name, mine), self.after.total(name, mine)

    @property
    def reached(self) -> npt.NDArray[np.bool_]:
        """Which customers lanes bring all that they want, both before and after, shape (customers,)."""
        return self.after.reached if self.before is None else self.after.reached & self.before.reached

    @property
    def exact(self) -> float:
        """What distance costs all customers from the exact centres, money."""
        centres = np.vstack([self.found.centres, self.model.vectors(self.fixed)])
        return float(distance_costs(self.model, centres, self.model.pull.allocated(centres)).sum())

    @property
    def saving(self) -> float | None:
        """What the plan with the new sites costs less than that without, money; None where one is not known."""
        if self.study is None or not (self.study.base.found and self.study[WITHOUT].found):
            return None
        return self.study[WITHOUT].cost - self.study.base.cost

    def __repr__(self) -> str:
        return f"<Greenfield: {', '.join(site.name for site in self.sites)}>"


def greenfield(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    *,
    count: int = 1,
    kind: str = "fc",
    fresh: bool = False,
    snap: bool = True,
    population: int = _PEOPLE,
    countries: Sequence[str] = (),
    like: str | None = None,
    starts: int = _STARTS,
    solve: bool = False,
    seed: int = 0,
    out: str | PathLike[str] | None = None,
    heard: Callable[[Outcome, int, int], None] | None = None,
    **options: Any,
) -> Greenfield:
    """Propose new sites near to those they would serve, and the rows to solve with.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `netopt.read` takes; customers need coordinates, and rates or typed lanes say what distance costs.
    count : int
        How many; fewer come back where more would serve nobody.
    kind : {'fc', 'dc', 'sort_center'}
        Their type.
    fresh : bool
        Whether today's sites of the type are ignored; without it they stay, and customers choose among all.
    snap : bool
        Whether each is moved to the nearest real place (needs ``netopt[places]``); otherwise exact coordinates stay.
    population : int
        People that a place has at least.
    countries : sequence of str
        Where places are; those of the customers without it, and anywhere where they say none.
    like : str, optional
        A facility whose costs and capacities the new rows have; the medians of the type without it.
    starts : int
        How often the search begins anew; the best end is kept.
    solve : bool
        Whether the network is solved with the new sites and without.
    seed : int
        Of the starts and of the solver.
    out : path, optional
        A folder: the network with the new rows is written there, and plans where it is solved.
    heard : callable, optional
        Told each outcome, how many there are by then, and how many there will be.
    **options
        Of `netopt.study`: ``gap``, ``time_limit``, ``threads``, ``workers``, ``cluster``, ``pages``.

    Returns
    -------
    Greenfield
        Answers ``.table()``, ``.customers()``, ``.rows`` and, where it was solved, ``.saving`` and ``.study``.

    Raises
    ------
    InputError
        When the network cannot be used as it is, nothing says what distance costs, or real places are not to be had;
        when the folder holds a study of other rows, and nothing is solved that could take its place.
    ValueError
        When an option is out of range.
    """
    for name, value in (("count", count), ("starts", starts)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be 1 or more")
    if kind not in KINDS:
        raise ValueError(f"kind is {kind}; it must be one of {', '.join(KINDS)}")
    network = read(source)
    if (
        out is not None
        and network.tables.path
        and Path(network.tables.path).resolve() == (Path(out) / NETWORK).resolve()
    ):
        why = "the network with the new rows would take the place of its own input"
        raise InputError([Problem(NETWORK, None, None, why, "name another folder with --out")])
    model = modelled(network, kind, count, seed)
    fixed = model.today[:0] if fresh else model.today
    found = located(model.pull, model.vectors(fixed), count, starts, seed)
    if not len(found.centres):
        why = f"every customer is where a {kind} is already, so a new one would serve nobody"
        raise InputError([Problem(network.tables.source("customers"), None, None, why, "use --fresh")])
    found = _by_units(model, found, fixed)
    cities, said = None, list[str]()
    if snap:
        named = dict.fromkeys(network.customers.country[model.customers])
        cities, said = cities_for(found.centres, map(str, named), countries, population)
    sites = proposed(model, found.centres, cities)
    rows, words = rows_of(model, sites, like)
    grown = with_rows(network, rows)
    if out is not None:
        folder = Path(out)
        if not solve and _studied(folder) and not _written_already(grown, folder):
            why = f"the study in {folder} is of the {NETWORK} that is there, and this one has other rows"
            raise InputError([Problem(NETWORK, None, None, why, "name another folder with --out, or add --solve")])
        folder.mkdir(parents=True, exist_ok=True)
        write_tables(grown.tables, folder / NETWORK)
        grown = read(folder / NETWORK)
    sides = _sides(model, sites, fixed, grown)
    answer = Greenfield(model, found, tuple(sites), fixed, rows, (*said, *words), grown, *sides, count)
    if not solve:
        return answer
    every = "|".join(quoted(site.name) for site in sites)
    shut = Edit("facilities", f"name={every}", "status", "set", "closed")
    without = Scenario(WITHOUT, (shut,), description="the network as it was given")
    return replace(answer, study=study(grown, [without], seed=seed, out=out, heard=heard, **options))


def _studied(folder: Path) -> bool:
    """Return whether a folder holds a study of the network that is written there."""
    try:
        said = json.loads((folder / STUDY).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return False
    except ValueError:  # whatever it was of, nothing may be put in its place
        return True
    return isinstance(said, dict) and said.get("input") == NETWORK


def _written_already(grown: Network, folder: Path) -> bool:
    """Return whether the file in a folder is the one that would be written."""
    if not (folder / NETWORK).is_file():
        return False
    with TemporaryDirectory() as other:
        write_tables(grown.tables, Path(other) / NETWORK)
        return (Path(other) / NETWORK).read_bytes() == (folder / NETWORK).read_bytes()


def _sides(model: Model, sites: Sequence[Site], fixed: IntArray, grown: Network) -> tuple[Side | None, Side]:
    """Return customers with today's sites, None without any, and with the new ones and those that stay."""
    today = Side.of(model, model.vectors(model.today), model.today, model.network) if len(model.today) else None
    new = len(model.network.facilities) + np.arange(len(sites))  # they stand below all others
    places = unit_vectors(np.array([site.latitude for site in sites]), np.array([site.longitude for site in sites]))
    return today, Side.of(model, np.vstack([places, model.vectors(fixed)]), np.append(new, fixed), grown)


def _apart(ends: FloatArray) -> float:
    """Return the angle between two places in degrees, radians."""
    return float(angles(*np.split(unit_vectors(ends[:, 0], ends[:, 1]), 2))[0, 0])


def _by_units(model: Model, found: Found, fixed: IntArray) -> Found:
    """Return the centres with those that serve the most units first."""
    allocation = model.pull.allocated(np.vstack([found.centres, model.vectors(fixed)]))
    units = np.bincount(allocation.centre, model.units.sum(axis=1), minlength=len(found.centres))
    return replace(found, centres=found.centres[np.argsort(-units[: len(found.centres)], kind="stable")])
