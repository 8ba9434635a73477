"""What may happen once the sites are decided: the base and its cases, each with a probability.

A case may change demand, costs, capacities, lanes and limits. Of sites it may close some: that is an outage. Nobody
knows of it when sites are chosen, so the site stays as decided and is paid for, and the case takes everything away that
it does. Costs that an outage saves are said in the case, such as ``facilities.Reno.fixed_cost=0``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netopt.errors import InputError, Problem
from netopt.network import Network
from netopt.network.edits import Edit
from netopt.network.filters import quoted
from netopt.network.resolve import number, text
from netopt.network.sites import CLOSED, CONSIDER, OPEN
from netopt.read.headers import column_named, table_named
from netopt.read.problems import fold, shown
from netopt.study.scenario import BASE, RESERVED, Scenario

__all__ = ["Case", "cases_of", "expected_demand", "period_rows"]

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

_NONE = 1e-9

_LONGEST = 140
"""Bytes in the name of a case, so that some sites in it can name a folder."""

_WORDS = {OPEN: "open", CONSIDER: "consider"}


@dataclass(frozen=True, eq=False)
class Case:
    """Something that may happen.

    Parameters
    ----------
    scenario : Scenario
        Its edits, outages as what they take away.
    said : Scenario
        As it was stated.
    weight : float
        Its probability.
    network : Network
        With the edits; sites have the status that they have in the base.
    out : tuple of str
        Sites that are out in some period.
    """

    scenario: Scenario
    said: Scenario
    weight: float
    network: Network
    out: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Of the scenario."""
        return self.scenario.name


def cases_of(network: Network, scenarios: Sequence[Scenario]) -> tuple[Case, ...]:
    """Return the base, with the probability that the cases leave, and the cases.

    Parameters
    ----------
    network : Network
        The base.
    scenarios : sequence of Scenario
        All of kind ``case``, with probabilities.

    Raises
    ------
    InputError
        When one is an option or has no probability, when an edit cannot be made, when a case changes what is decided
        before it is known, or when an outage cannot be told from what the tables say.
    """
    problems = [problem for each in scenarios for problem in _unfit(each)]
    if not scenarios:
        fix = "name at least one case with a probability, or have some sampled"
        problems.append(Problem("scenarios", None, None, "there are no cases", fix))
    if problems:
        raise InputError(problems)
    found = []
    for scenario in scenarios:
        try:
            found.append(_case(network, scenario))
        except InputError as error:
            problems += [replace(each, message=f"in {scenario.name}, {each.message}") for each in error.problems]
    if problems:
        raise InputError(problems)
    rest = 1.0 - sum(case.weight for case in found)
    return (Case(Scenario(BASE), Scenario(BASE), rest if rest > _NONE else 0.0, network), *found)


def _unfit(scenario: Scenario) -> Iterator[Problem]:
    row = next(((edit.source, edit.row) for edit in scenario.edits), ("scenarios", None))
    if scenario.kind != "case":
        words = f"{shown(scenario.name)} is an option, and which sites to open is what is decided here"
        yield Problem(*row, "kind", words, "take it out; netopt study compares options")
    elif scenario.probability is None:
        words = f"{shown(scenario.name)} has no probability"
        yield Problem(*row, "probability", words, "give each case one, such as 0.25; the base has the rest")
    elif fold(scenario.name) in RESERVED or len(scenario.name.encode()) > _LONGEST:
        words = (
            f"{shown(scenario.name)} would name a column of what sites cost, or is too long to name a folder with them"
        )
        yield Problem(*row, "scenario", words, "give the case another name")


def _case(network: Network, scenario: Scenario) -> Case:
    after, weight = network.edit(*scenario.edits), float(scenario.probability or 0.0)
    said = [*_decided(network, after, scenario)]
    if said:
        raise InputError(said)
    shut = (after.facilities.status == CLOSED) & (network.facilities.status != CLOSED)
    if not shut.any():
        return Case(scenario, scenario, weight, after)
    whole = replace(scenario, edits=(*scenario.edits, *_outage(network, after, shut)))
    idle = network.edit(*whole.edits)
    said = [*_busy(idle, shut, scenario)]
    if said:
        raise InputError(said)
    return Case(whole, scenario, weight, idle, tuple(map(str, network.facilities.names.array[shut.any(axis=1)])))


# -- what a case may not change ------------------------------------------------------------------------------------


def _decided(before: Network, after: Network, scenario: Scenario) -> Iterator[Problem]:
    """Yield what a case changes that is decided before anyone knows of it."""

    def wrong(words: str, fix: str) -> Problem:
        edit = scenario.edits[0]
        return Problem(edit.source, edit.row, None, words, fix)

    names = [list(map(str, each.facilities.names)) for each in (before, after)]
    if list(map(str, before.periods.names)) != list(map(str, after.periods.names)):
        yield wrong("the periods are others than in the base", "leave the table periods as it is")
        return
    if names[0] != names[1]:
        gone = [name for name in names[0] if name not in names[1]]
        if gone:
            yield wrong(f"the site {shown(gone[0])} is removed", "set its status to closed: then it is out")
        new = [name for name in names[1] if name not in names[0]]
        if new:
            fix = "add it to the network, with the status consider, or closed where it cannot be chosen"
            yield wrong(f"the site {shown(new[0])} is added", fix)
        return
    old, new_sites = before.facilities, after.facilities
    freed = (old.status != new_sites.status) & (new_sites.status != CLOSED)
    for at in np.nonzero(freed.any(axis=1))[0][:1]:
        words = f"the status of {shown(names[0][at])} is set to something else than closed"
        yield wrong(words, "sites are decided once, before it is known what happens: state it in the network")
    for at in np.nonzero(old.existing != new_sites.existing)[0][:1]:
        yield wrong(f"{shown(names[0][at])} has another initial state", "state it in the network")


# -- outages -------------------------------------------------------------------------------------------------------


def period_rows(network: Network, sites: BoolArray, column: str) -> Iterator[tuple[str, BoolArray]]:
    """Yield filters for sites in periods, and what each is about; no period is named where all of them are meant.

    Parameters
    ----------
    network : Network
        Names sites and periods.
    sites : ndarray of bool
        Shape (facilities, periods).
    column : str
        What the table calls a site.
    """
    names, periods = network.facilities.names.array, network.periods.names.array

    def rows(which: BoolArray) -> str:
        return f"{column}={'|'.join(quoted(str(name)) for name in names[which])}"

    always: BoolArray = np.asarray(sites.all(axis=1), dtype=bool)
    if always.any():
        yield rows(always), np.outer(always, np.ones(len(periods), dtype=bool))
    for t in range(len(periods)):
        some: BoolArray = np.asarray(sites[:, t] & ~always, dtype=bool)
        if some.any():
            here = np.zeros_like(sites)
            here[some, t] = True
            yield f"{rows(some)};period={quoted(str(periods[t]))}", here


def _outage(base: Network, after: Network, shut: BoolArray) -> Iterator[Edit]:
    """Yield the edits after which sites that a case closes are as decided, and do nothing."""
    status, facilities = base.facilities.status, after.facilities
    for code, word in _WORDS.items():
        for rows, _here in period_rows(base, shut & (status == code), "name"):
            yield Edit("facilities", rows, "status", "set", word)
    for rows, here in period_rows(base, shut, "name"):
        yield Edit("facilities", rows, "capacity", "set", "0")
        if (facilities.min_throughput[here] > 0).any():
            yield Edit("facilities", rows, "min_throughput", "set", "0")
    for table, column, records, bad in _promises(after):
        held = np.zeros_like(shut)
        held[records.entity[bad], records.period[bad]] = True
        for rows, _here in period_rows(base, shut & held, "facility"):
            yield Edit(table, rows, column, "set", "0")
    for at in np.nonzero((shut & _stocked(after)[:, None]).any(axis=1))[0]:
        site, periods = str(base.facilities.names.array[at]), base.periods.names.array
        for period in [""] if shut[at].all() else [str(each) for each in periods[shut[at]]]:
            yield from _nothing_leaves(after, site, period)


def _nothing_leaves(network: Network, site: str, period: str) -> Iterator[Edit]:
    """Yield the edits that limit all that leaves a site to nothing: of the row that limits it already, or a new one."""
    frame = network.tables["limits"]
    wanted = {"what": "flow", "where": site, "type": "", "region": "", "mode": "", "product": "", "period": period}
    alike = np.all([text(frame, "limits", name) == word for name, word in wanted.items()], axis=0)
    if not alike.any():
        when = f";period={quoted(period)}" if period else ""
        yield Edit("limits", f"what=flow;where={quoted(site)}{when};at_most=0", action="add")
        return
    row = ";".join(f"{name}={quoted(word) if word else ''}" for name, word in wanted.items())
    yield Edit("limits", row, "at_most", "set", "0")
    if (number(frame, "limits", "at_least")[alike] > 0).any():
        yield Edit("limits", row, "at_least", "set", "")


def _promises(network: Network) -> Iterator[tuple[str, str, Any, BoolArray]]:
    """Yield what sites do, or are held to, beside their throughput: table, column, records, and which rows say so."""
    supply, handling, inventory = network.supply, network.handling, network.inventory
    for table, records, columns in (
        ("supply", supply, ("capacity", "min_quantity")),
        ("handling", handling, ("min_throughput",)),
        ("inventory", inventory, ("min_stock", "safety_stock", "cover_days")),
    ):
        for column in columns:
            yield table, column, records, (records[column] > 0) & (records.row > 0)


def _stocked(network: Network) -> BoolArray:
    """Return which sites may send what did not enter them in the same period, shape (facilities,)."""
    found = np.zeros(len(network.facilities), dtype=bool)
    found[network.inventory.entity] = True
    return np.asarray(found & ~network.facilities.sends)


def _busy(network: Network, shut: BoolArray, scenario: Scenario) -> Iterator[Problem]:
    """Yield the sites that rows of a group still hold to something though they are out."""
    names = network.facilities.names.array
    for table, column, records, bad in _promises(network):
        held = np.zeros_like(shut)
        held[records.entity[bad], records.period[bad]] = True
        for at in np.nonzero((held & shut).any(axis=1))[0][:1]:
            words = f"{shown(str(names[at]))} is closed, and {table}.{column} still holds for it"
            fix = f"give the site rows of its own in {table}, or set {column} to 0 in the case"
            yield Problem(scenario.edits[0].source, scenario.edits[0].row, None, words, fix)


# -- the mean ------------------------------------------------------------------------------------------------------


def expected_demand(cases: Sequence[Case]) -> tuple[Edit, ...] | None:
    """Return the edits that give every customer what it wants on average; None where cases change anything else.

    Parameters
    ----------
    cases : sequence of Case
        The base first.
    """
    base = cases[0].network
    if not all(map(_of_demand, (edit for case in cases for edit in case.scenario.edits))):
        return None
    usual = _wanted(base)
    wanted = [_wanted(case.network) for case in cases]
    if any(each.shape != usual.shape for each in wanted):
        return None
    mean = np.sum([case.weight * each for case, each in zip(cases, wanted, strict=True)], axis=0)
    edits = tuple(_towards(base, usual, mean))
    try:
        reached = _wanted(base.edit(*edits)) if edits else usual
    except InputError:  # rows that stand for several, of which some would have to be told apart
        return None
    return edits if np.allclose(reached, mean, rtol=1e-9, atol=0.0) else None


def _of_demand(edit: Edit) -> bool:
    table = table_named(edit.table)
    if table is None or table.name != "demand" or not edit.column:
        return False
    column = column_named(table, edit.column)
    return column is not None and column.name == "quantity"


def _wanted(network: Network) -> FloatArray:
    """Return what is wanted, shape (customers, products, periods)."""
    demand = network.demand
    found = np.zeros((len(network.customers), len(network.products), len(network.periods)))
    found[demand.entity, demand.product, demand.period] = demand["quantity"]
    return found


def _towards(network: Network, usual: FloatArray, mean: FloatArray) -> Iterator[Edit]:
    """Yield edits of demand: one for the customers that grow alike, then one for each record."""
    factor = np.divide(mean, usual, out=np.full(usual.shape, np.nan), where=usual > 0)
    flat = factor.reshape(len(factor), -1)
    names = network.customers.names.array
    alike: dict[float, list[str]] = {}
    for at, row in enumerate(flat):
        known = row[~np.isnan(row)]
        if not len(known):
            continue
        if np.ptp(known) <= 1e-12 * known.max():
            alike.setdefault(float(known[0]), []).append(quoted(str(names[at])))
            continue
        for k, t in zip(*np.nonzero(~np.isnan(factor[at])), strict=True):
            rows = f"customer={quoted(str(names[at]))}"
            rows += f";product={quoted(str(network.products.names.array[k]))}" if usual.shape[1] > 1 else ""
            rows += f";period={quoted(str(network.periods.names.array[t]))}" if usual.shape[2] > 1 else ""
            yield Edit("demand", rows, "quantity", "set", repr(float(mean[at, k, t])))
    for by, customers in alike.items():
        if by != 1.0:
            everyone = len(customers) == len(names)
            rows = "" if everyone else f"customer={'|'.join(customers)}"
            yield Edit("demand", rows, "quantity", "scale", repr(by))
