"""What must hold of the tables together: what is needed, what is not modelled, keys, references, then rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from netopt import schema
from netopt.read import row_rules
from netopt.read.groups import learn_groups
from netopt.read.names import PLACE, Known, declared, refer, refuse_duplicates
from netopt.read.problems import Findings, always, closest, fold, shown
from netopt.read.settings import check_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from netopt.read.sheet import Sheet

__all__ = ["EITHER", "check"]

EITHER = ("lanes", "rates")
"""One of these tables is needed."""

NEVER_NAMES_A_PRODUCT = ("limits",)  # a filter may only repeat a name that some flow carries


def check(sheets: dict[str, Sheet], given: Mapping[str, str], broken: set[str], label: str, findings: Findings) -> None:
    """Note everything that the tables may not be, and rewrite references with the declared spelling.

    Parameters
    ----------
    sheets : dict of str to Sheet
        Tables with rows; those that are not modelled are taken out.
    given : mapping of str to str
        Source of every table that is there, with or without rows.
    broken : set of str
        Tables that are there but could not be read.
    label : str
        What to call the whole source.
    findings : Findings
        Where problems go.
    """
    _needed_tables(sheets, given, broken, label, findings)
    for name in list(sheets):
        if _not_modelled(sheets[name], findings):
            del sheets[name]
    if "settings" in sheets:
        check_settings(sheets["settings"], findings)
    for sheet in sheets.values():
        _needed_cells(sheet, findings)
        refuse_duplicates(sheet, findings)
    known = declared(sheets, _unsure(sheets, broken))
    _declared_spelling(sheets, known)
    _shared_names(sheets, findings)
    _undeclared_products(sheets, broken, known, findings)
    _undeclared_periods(sheets, broken, known, findings)
    learn_groups(sheets, known, findings)
    _references(sheets, known, findings)
    _one_spelling(sheets, "mode", ("lanes", "rates"), findings)
    _one_spelling(sheets, "region", ("facilities", "customers"), findings)
    context = row_rules.Context(sheets, known, findings)
    for name, sheet in sheets.items():
        for rule in row_rules.RULES.get(name, ()):
            rule(sheet, context)


def _needed_tables(
    sheets: Mapping[str, Sheet], given: Mapping[str, str], broken: set[str], label: str, findings: Findings
) -> None:
    for table in schema.tables().values():
        if table.required and table.name not in sheets and table.name not in broken:
            if table.name in given:
                message = f"the table {table.name} has no rows"
                findings.add(given[table.name], None, None, message, "add at least one row under the header")
            else:
                findings.add(label, None, None, f"there is no table {table.name}", f"add it: {table.description}")
    if not set(EITHER) & (set(sheets) | broken):
        message = "there is neither a table lanes nor a table rates with rows"
        findings.add(label, None, None, message, "add lanes, or rates that generate them")


def _unsure(sheets: Mapping[str, Sheet], broken: Iterable[str]) -> set[str]:
    """Return tables whose names cannot be known, which is a problem noted already."""
    needed = {table.name for table in schema.tables().values() if table.required}
    nameless = {name for name, sheet in sheets.items() if "name" in sheet.table.columns and "name" not in sheet}
    return set(broken) | nameless | (needed - set(sheets))


def _not_modelled(sheet: Sheet, findings: Findings) -> bool:
    """Note filled cells that this version has no room for; return whether that is the whole table."""
    fix = "remove it"
    columns = sheet.table.columns.values()
    if all(column.room == "unmodelled" for column in columns):
        message = f"{sheet.name} is not modelled by this version, and an answer that ignored it would be wrong"
        findings.add(sheet.source, int(sheet.frame.index[0]), None, message, "remove the table")
        return True
    for column in columns:
        if column.room == "unmodelled" and column.name in sheet:
            where = sheet.filled(column.name)
            if column.numeric:
                where &= sheet.number(column.name) != 0
            message = f"{column.name} is not modelled by this version, and an answer that ignored it would be wrong"
            sheet.note(findings, where, column.name, always(message, fix), kind="not modelled")
    return False


def _needed_cells(sheet: Sheet, findings: Findings) -> None:
    """Note required columns that are missing and required cells that are blank."""
    for column in sheet.table.columns.values():
        if not column.required:
            continue
        if column.name not in sheet.headers:
            message = f"{sheet.name} needs a column {column.name}"
            findings.add(sheet.source, None, None, message, f"add it and fill it in every row ({column.description})")
            continue
        blank = ~sheet.filled(column.name)
        if (sheet.name, column.name) == ("facilities", "type"):
            blank &= ~sheet.filled("period")  # a period row repeats only what changes
        if (sheet.name, column.name) == ("demand", "quantity"):
            blank &= row_rules.base_rows(sheet) < 0  # it keeps the quantity of the row it overrides
        words = f": {', '.join(column.choices)}" if column.choices else ""
        fix = f"fill it in; every row of {sheet.name} needs it{words}"
        sheet.note(findings, blank, column.name, always("the cell is blank", fix), kind="the cell is blank")


def _declared_spelling(sheets: Mapping[str, Sheet], known: Known) -> None:
    """Give the period rows of a facility the spelling of its first row."""
    if "facilities" in sheets:
        spelling = known.spelling["facility"]
        sheets["facilities"].respell("name", lambda name: spelling.get(fold(name)))


def _shared_names(sheets: Mapping[str, Sheet], findings: Findings) -> None:
    """Note customers that have the name of a facility."""
    if not {"facilities", "customers"} <= set(sheets):
        return
    facilities, customers = sheets["facilities"], sheets["customers"]
    row_of: dict[str, int] = {}
    for row, name in zip(facilities.frame.index.to_numpy(), facilities.text("name").tolist(), strict=True):
        if not pd.isna(name):
            row_of.setdefault(fold(name), int(row))
    codes, distinct = customers.factors("name")
    folded = [fold(name) for name in distinct]
    shared = np.array([*(name in row_of for name in folded), False], dtype=bool)[codes]

    def explain(i: int) -> tuple[str, str]:
        place = f"{facilities.source} row {row_of[folded[codes[i]]]}"
        return f"{shown(distinct[codes[i]])} is a facility too, in {place}", "give the customer a name of its own"

    customers.note(findings, shared, "name", explain, kind="the name of a facility")


def _undeclared_products(sheets: Mapping[str, Sheet], broken: set[str], known: Known, findings: Findings) -> None:
    """Without a products table, take the one product that the other tables name; refuse two."""
    if "products" in sheets or "products" in broken:
        return
    names = known.spelling["product"]
    for sheet, column in _referring(sheets, "product"):
        values = sheet.frame[column]
        for name in values.dropna().unique() if sheet.name not in NEVER_NAMES_A_PRODUCT else ():
            if names.setdefault(fold(name), name) and len(names) == 2:
                one, two = list(names.values())
                where = (values == name).to_numpy()
                message = f"{shown(two)} is a second product beside {shown(one)}, and there is no products table"
                fix = "add a table products with a row per product"
                findings.add(sheet.source, int(sheet.frame.index[where][0]), sheet.header(column), message, fix)
                known.absent.add("product")
                return


def _undeclared_periods(sheets: Mapping[str, Sheet], broken: set[str], known: Known, findings: Findings) -> None:
    """Without a periods table, refuse every period: names alone do not say their order."""
    if "periods" in sheets or "periods" in broken:
        return
    known.absent.add("period")
    for sheet, column in _referring(sheets, "period"):
        filled = sheet.filled(column)
        first = int(np.argmax(filled))
        message = f"{shown(sheet.frame[column].iloc[first])} is a period, and there is no periods table"
        fix = "add a table periods with the periods in their order: names alone do not say it"
        findings.add(sheet.source, int(sheet.frame.index[first]), sheet.header(column), message, fix)


def _referring(sheets: Mapping[str, Sheet], kind: str) -> list[tuple[Sheet, str]]:
    """Return the filled columns that refer to a kind."""
    return [
        (sheet, column.name)
        for sheet in sheets.values()
        for column in sheet.table.columns.values()
        if column.refers_to == kind and column.name in sheet
    ]


def _references(sheets: Mapping[str, Sheet], known: Known, findings: Findings) -> None:
    for kind in ("facility", "customer", "place", "product", "period"):
        for sheet, column in _referring(sheets, kind):
            refer(sheet, column, PLACE if kind == "place" else (kind,), known, findings)
    if "limits" in sheets:
        refer(sheets["limits"], "where", PLACE, known, findings)


def _one_spelling(sheets: Mapping[str, Sheet], column: str, tables: tuple[str, ...], findings: Findings) -> None:
    """Spell a word of free text everywhere as it is spelled first; limits may only use words that are there."""
    first: dict[str, str] = {}
    for name in tables:
        if name in sheets:
            for word in sheets[name].factors(column)[1]:
                first.setdefault(fold(word), word)
            sheets[name].respell(column, lambda word: first.get(fold(word)))
    limits = sheets.get("limits")
    if limits is None or column not in limits:
        return
    own = first
    if column == "region":  # limits look at the regions of sites
        own = {fold(w): w for w in sheets["facilities"].factors(column)[1]} if "facilities" in sheets else {}
    words = limits.frame[column]
    wrong = np.array([not pd.isna(word) and fold(word) not in own for word in words], dtype=bool)

    def explain(i: int) -> tuple[str, str]:
        near = closest(words.iloc[i], own.values())
        things = "facility has this region" if column == "region" else "lane or rate has this mode"
        return f"no {things}: {shown(words.iloc[i])}", f"did you mean {near}?" if near else "correct or clear the cell"

    limits.note(findings, wrong, column, explain, kind=f"an unknown {column}")
    limits.respell(column, lambda word: first.get(fold(word)))
