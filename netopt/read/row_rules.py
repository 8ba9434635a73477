"""What must hold within a row, and between a period row and the row that it overrides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from netopt.read.problems import Findings, always, fold, shown
from netopt.read.raw import number_text
from netopt.read.sheet import Mask, Sheet

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from netopt.read.names import Known

__all__ = ["RULES", "Context", "base_rows"]


@dataclass(frozen=True)
class Context:
    """What a rule may look at beside its own table, and where it notes what is wrong."""

    sheets: Mapping[str, Sheet]
    known: Known
    findings: Findings


Rule = Callable[[Sheet, Context], None]

SAME_IN_EVERY_PERIOD = {
    "facilities": (
        "type", "initial", "latitude", "longitude", "country", "region", "capacity_unit", "storage_unit",
    ),
    "lanes": ("capacity_unit",),
}  # fmt: skip


def base_rows(sheet: Sheet) -> NDArray[np.int64]:
    """Return, for each row with a period, the position of the row that it overrides; -1 where there is none."""
    if "period" not in sheet:
        return np.full(len(sheet.frame), -1, dtype=np.int64)
    key = [column for column in sheet.table.key if column != "period" and column in sheet]
    combined = pd.factorize(sheet.combined(key))[0].astype(np.int64)
    overriding = sheet.filled("period")
    base = np.full(int(combined.max()) + 1, -1, dtype=np.int64)
    base[combined[~overriding]] = np.flatnonzero(~overriding)
    return np.where(overriding, base[combined], -1)


def _in_force(sheet: Sheet, column: str) -> NDArray[np.float64]:
    """Return numbers with blank cells of a period row filled from the row that it overrides."""
    own = sheet.number(column)
    if "period" not in sheet or column not in sheet:
        return own
    base = base_rows(sheet)
    return np.where(np.isnan(own) & (base >= 0), own[base], own)


def _at_most(low: str, high: str) -> Rule:
    """Return a rule: one number of a row is not above another.

    Only cells of the same row are compared: a period row that lowers a capacity below the least flow says that the
    lane or site cannot be used in that period, and that is for the plan to find out.
    """

    def rule(sheet: Sheet, context: Context) -> None:
        if low not in sheet or high not in sheet:
            return
        least, most = sheet.number(low), sheet.number(high)

        def explain(i: int) -> tuple[str, str]:
            return (
                f"{number_text(least[i])} is more than {sheet.header(high)}, {number_text(most[i])}",
                f"lower {sheet.header(low)} or raise {sheet.header(high)}",
            )

        sheet.note(context.findings, least > most, low, explain, kind=f"more than {high}")

    return rule


def _band(low: str, high: str) -> Rule:
    """Return a rule: a band ends above where it begins (blank begins at 0)."""

    def rule(sheet: Sheet, context: Context) -> None:
        if high not in sheet:
            return
        start, end = np.nan_to_num(sheet.number(low)), sheet.number(high)

        def explain(i: int) -> tuple[str, str]:
            message = f"the band from {number_text(start[i])} to {number_text(end[i])} is empty"
            return message, f"make {sheet.header(high)} more than {sheet.header(low)}, or leave it blank for no end"

        sheet.note(context.findings, start >= end, high, explain, kind="an empty band")

    return rule


def _both_coordinates(sheet: Sheet, context: Context) -> None:
    latitude, longitude = sheet.filled("latitude"), sheet.filled("longitude")
    for one, other, where in (
        ("latitude", "longitude", latitude & ~longitude),
        ("longitude", "latitude", longitude & ~latitude),
    ):
        reason = (f"there is a {one} without a {other}", f"fill in the {other} too, or clear both")
        sheet.note(context.findings, where, one, always(*reason), kind=reason[0])


def _constant_over_periods(sheet: Sheet, context: Context) -> None:
    """Note period rows that change what a period cannot change."""
    if "period" not in sheet:
        return
    base, overriding = base_rows(sheet), sheet.filled("period")
    if sheet.name == "facilities":
        names = sheet.text("name")
        sheet.note(
            context.findings,
            overriding & (base < 0) & sheet.filled("name"),
            "period",
            lambda i: (
                f"{shown(names.iloc[i])} has rows for periods only",
                "add a row with a blank period that says its type and what holds in every period",
            ),
            kind="rows for periods only",
        )
    for column in SAME_IN_EVERY_PERIOD[sheet.name]:
        if column not in sheet:
            continue
        cells = sheet.number(column) if sheet.table.columns[column].numeric else sheet.factors(column)[0]
        where = overriding & (base >= 0) & sheet.filled(column) & (cells != cells[base])
        values = sheet.frame[column]

        def explain(i: int, values: pd.Series = values, column: str = column) -> tuple[str, str]:
            own, other = values.iloc[i], values.iloc[int(base[i])]
            row = int(sheet.frame.index[base[i]])
            was = "blank" if pd.isna(other) else shown(other)
            message = f"{shown(own)} differs from row {row}, where it is {was}, and {column} may not change by period"
            return message, f"state it in row {row} alone"

        sheet.note(context.findings, where, column, explain, kind="changes by period")


def _no_loops(sheet: Sheet, context: Context) -> None:
    """Note lanes from a place to itself, also those that groups bring."""
    if "origin" not in sheet or "destination" not in sheet:
        return
    origin, destination = sheet.frame["origin"], sheet.frame["destination"]
    loops = (origin == destination).to_numpy(dtype=bool, copy=True)
    if context.known.groups:
        loops |= _shared_members(sheet, context.known)

    def explain(i: int) -> tuple[str, str]:
        if origin.iloc[i] == destination.iloc[i] and fold(origin.iloc[i]) not in context.known.groups:
            return f"the lane leads from {shown(origin.iloc[i])} to itself", "correct one end or remove the row"
        ends = f"{shown(origin.iloc[i])} to {shown(destination.iloc[i])}"
        return f"the lane from {ends} leads from a place to itself", "use groups that have no member in common"

    sheet.note(context.findings, loops, "destination", explain, kind="a lane from a place to itself")


def _shared_members(sheet: Sheet, known: Known) -> Mask:
    """Return the lanes whose ends, groups in place of places, have a place in common."""
    (tail, tails), (head, heads) = sheet.factors("origin"), sheet.factors("destination")
    groups = {group.name for group in known.groups.values()}
    grouped = [np.array([*(name in groups for name in names), False]) for names in (tails, heads)]
    rows = np.flatnonzero((grouped[0][tail] | grouped[1][head]) & (tail >= 0) & (head >= 0))
    pairs, pair = np.unique(tail[rows] * max(1, len(heads)) + head[rows], return_inverse=True)
    members = [[{fold(member) for member in known.members(name)} for name in names] for names in (tails, heads)]
    ends = zip(*np.divmod(pairs, max(1, len(heads))), strict=True)
    shared = np.zeros(len(tail), dtype=bool)
    shared[rows] = np.array([bool(members[0][t] & members[1][h]) for t, h in ends], dtype=bool)[pair]
    return shared


def _vehicles_have_capacity(sheet: Sheet, context: Context) -> None:
    where = (sheet.number("vehicle_cost") > 0) & np.isnan(_in_force(sheet, "vehicle_capacity"))
    where &= ~sheet.filled("vehicle_capacity")  # one that is no number is noted as such
    reason = ("there is a cost per vehicle, but no vehicle_capacity", "fill in vehicle_capacity, or clear the cost")
    sheet.note(context.findings, where, "vehicle_cost", always(*reason), kind=reason[0])


def _rate_vehicles_have_capacity(sheet: Sheet, context: Context) -> None:
    where = (sheet.text("per") == "vehicle").to_numpy(dtype=bool) & ~sheet.filled("vehicle_capacity")
    reason = ("the rate is per vehicle, but has no vehicle_capacity", "fill in vehicle_capacity, or charge per unit")
    sheet.note(context.findings, where, "per", always(*reason), kind=reason[0])


def _rate_ends_agree(sheet: Sheet, context: Context) -> None:
    """Note rates that name a place and a type which the place does not have."""
    types = _types(context.sheets)
    for end in ("origin", "destination"):
        both = np.flatnonzero(sheet.filled(end) & sheet.filled(f"{end}_type"))
        where = np.zeros(len(sheet.frame), dtype=bool)
        places, wanted = sheet.text(end), sheet.text(f"{end}_type")
        for i in both:
            found = {types.get(fold(member)) for member in context.known.members(places.iloc[i])} - {None}
            where[i] = bool(found - {wanted.iloc[i]})

        def explain(i: int, places: pd.Series = places, wanted: pd.Series = wanted, end: str = end) -> tuple[str, str]:
            return (
                f"{shown(places.iloc[i])} is not of the type {shown(wanted.iloc[i])}",
                f"fill in {end} or {end}_type, not both",
            )

        sheet.note(context.findings, where, end, explain, kind="not of the type")


def _types(sheets: Mapping[str, Sheet]) -> dict[str, str]:
    """Return the type of every place by folded name."""
    types: dict[str, str] = {}
    if "facilities" in sheets:
        facilities = sheets["facilities"]
        for name, kind in zip(facilities.text("name"), facilities.text("type"), strict=True):
            if not pd.isna(name) and not pd.isna(kind):
                types.setdefault(fold(name), kind)
    if "customers" in sheets:
        types |= {fold(name): "customer" for name in sheets["customers"].text("name").dropna()}
    return types


def _something_is_wanted(sheet: Sheet, context: Context) -> None:
    if "quantity" not in sheet or "quantity" in sheet.flawed or not sheet.filled("quantity").any():
        return  # noted already
    if not (sheet.number("quantity") > 0).any():
        header = sheet.header("quantity")
        context.findings.add(
            sheet.source, None, header, "no customer wants anything", "fill in at least one quantity above 0"
        )


def _starts_increase(sheet: Sheet, context: Context) -> None:
    starts = sheet.text("start").to_numpy(dtype=object)
    positions = [int(i) for i in np.flatnonzero(sheet.filled("start"))]
    rows = sheet.frame.index.to_numpy()
    for earlier, later in pairwise(positions):
        if starts[later] <= starts[earlier]:  # ISO dates sort as text
            message = f"{starts[later]} is not after {starts[earlier]} in row {rows[earlier]}"
            fix = "put the periods in the order in which they follow one another"
            context.findings.add(
                sheet.source, int(rows[later]), sheet.header("start"), message, fix, kind="out of order"
            )


def _limit_says_something(sheet: Sheet, context: Context) -> None:
    """Note limits without a number, and filters that counts of open sites do not look at."""
    empty = ~sheet.filled("at_least") & ~sheet.filled("at_most")
    reason = ("the limit has no number", "fill in at_least, at_most or both")
    sheet.note(context.findings, empty, None, always(*reason), kind=reason[0])
    what = sheet.text("what")
    counts = what.isin(("open_sites", "open_periods")).to_numpy(dtype=bool)
    for column in ("mode", "product"):
        for counted in ("open_sites", "open_periods"):
            here = (what == counted).to_numpy(dtype=bool) & sheet.filled(column)
            useless = (f"{counted} counts sites, which have no {column}", "clear the cell, or limit flow")
            sheet.note(context.findings, here, column, always(*useless), kind=useless[0])
    places = sheet.text("where")
    customers = set(context.known.spelling["customer"].values())
    customers |= {group.name for group in context.known.groups.values() if group.kind == "customer"}
    where = counts & places.isin(customers).to_numpy(dtype=bool)

    def explain(i: int) -> tuple[str, str]:
        return (
            f"{shown(places.iloc[i])} is not a facility, and {what.iloc[i]} counts facilities",
            "name a facility or a group of facilities",
        )

    sheet.note(context.findings, where, "where", explain, kind="not a facility")


def _initial_stock_has_a_site(sheet: Sheet, context: Context) -> None:
    """Note stock that is there before the first period, in a later period's row or at a closed site."""
    periods = context.sheets.get("periods")
    first = None if periods is None or not len(periods.frame) else periods.text("name").iloc[0]
    own = sheet.text("period")
    later = sheet.filled("initial") & sheet.filled("period") & (own != first).to_numpy(dtype=bool)
    if first is not None:
        reason = (
            "stock before the first period stands in the row of a later one",
            "state it in the row whose period is blank",
        )
        base, values = base_rows(sheet), sheet.number("initial")
        same: Mask = (base >= 0) & (values == values[base])
        sheet.note(context.findings, later & ~same, "initial", always(*reason), kind=reason[0])
    if "facilities" not in context.sheets or not sheet.filled("initial").any():
        return
    closed = _closed_at_first(context.sheets["facilities"], first)
    names = sheet.text("facility")
    shut = np.array(
        [not pd.isna(n) and any(fold(m) in closed for m in context.known.members(n)) for n in names], dtype=bool
    )
    where = (sheet.number("initial") > 0) & shut

    def explain(i: int) -> tuple[str, str]:
        return (
            f"{shown(names.iloc[i])} is closed in the first period but has initial stock",
            "open it, or clear the stock",
        )

    sheet.note(context.findings, where, "initial", explain, kind="initial stock at a closed site")


def _closed_at_first(facilities: Sheet, first: str | None) -> set[str]:
    """Return the folded names of facilities that are closed in the first period."""
    status: dict[str, str] = {}
    rows = zip(facilities.text("name"), facilities.text("period"), facilities.text("status"), strict=True)
    for name, period, word in sorted(rows, key=lambda row: not pd.isna(row[1])):  # overriding rows come last
        if not pd.isna(name) and not pd.isna(word) and (pd.isna(period) or period == first):
            status[fold(name)] = word
    return {name for name, word in status.items() if word == "closed"}


RULES: Mapping[str, tuple[Rule, ...]] = {
    "facilities": (_both_coordinates, _constant_over_periods, _at_most("min_throughput", "capacity")),
    "customers": (_both_coordinates,),
    "periods": (_starts_increase,),
    "demand": (_something_is_wanted,),
    "supply": (_at_most("min_quantity", "capacity"),),
    "lanes": (_no_loops, _at_most("min_flow", "capacity"), _vehicles_have_capacity, _constant_over_periods),
    "rates": (
        _rate_ends_agree,
        _rate_vehicles_have_capacity,
        _band("weight_from", "weight_to"),
        _band("distance_from", "distance_to"),
    ),
    "handling": (_at_most("min_throughput", "capacity"),),
    "inventory": (
        _at_most("min_stock", "max_stock"),
        _at_most("safety_stock", "max_stock"),
        _initial_stock_has_a_site,
    ),
    "limits": (_limit_says_something, _at_most("at_least", "at_most")),
}
