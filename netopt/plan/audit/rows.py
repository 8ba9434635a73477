"""The rows themselves: names that the network has, each key once, numbers that are numbers and not below zero."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from netopt.network import BLANK
from netopt.plan.audit.arrays import FloatArray, IntArray, Words
from netopt.plan.audit.finding import Finding, broken, finding, shown
from netopt.plan.audit.stated import Stated
from netopt.plan.audit.table import BLANK_ALLOWED, QUANTITIES, TABLES, Table

__all__ = ["RULES", "duplicates", "known_names", "not_negative", "numbers"]


def known_names(plan: Stated) -> Finding:
    """Every place, product, period, mode and bucket that the plan names is one of the network."""
    parts = []
    for table in plan.tables.values():
        for column, kind in TABLES[table.name][0].items():
            at = np.nonzero(table.codes[column] == BLANK)[0]
            if column == "mode":  # a mode that no lane has is a lane that is not there
                continue
            parts.append((table, at, _unknown(table, column, kind, at)))
    checked = sum(len(table) * len(table.codes) for table in plan.tables.values())
    return _of_parts("known_names", checked, parts)


def _unknown(table: Table, column: str, kind: str, at: IntArray) -> Callable[[int], str]:
    def words(i: int) -> str:
        name = table.texts[column][at[i]]
        said = f"'{name}'" if name else "a blank"
        return f"{table.name} row {at[i] + 1}, {column}: {said} is no {kind} of the network"

    return words


def duplicates(plan: Stated) -> Finding:
    """No table has two rows of the same key."""
    parts = []
    for table in plan.tables.values():
        again = pd.DataFrame(table.texts).duplicated().to_numpy(dtype=bool)
        at = np.nonzero(again)[0]
        parts.append((table, at, _repeated(table, at)))
    return _of_parts("duplicates", sum(len(table) for table in plan.tables.values()), parts)


def _repeated(table: Table, at: IntArray) -> Callable[[int], str]:
    def words(i: int) -> str:
        key = ", ".join(str(texts[at[i]]) for texts in table.texts.values() if texts[at[i]])
        return f"{table.name} row {at[i] + 1}: another row stands for {key} already"

    return words


def numbers(plan: Stated) -> Finding:
    """Every number is a finite number; only utilization and vehicles may be blank."""
    parts, checked = [], 0
    for table in plan.tables.values():
        for column, values in table.stated.items():
            allowed = table.blank[column] & (column in BLANK_ALLOWED)
            at = np.nonzero(~np.isfinite(values) & ~allowed)[0]
            checked += len(values)
            parts.append((table, at, _not_a_number(table, column, at)))
    return _of_parts("numbers", checked, parts)


def _not_a_number(table: Table, column: str, at: IntArray) -> Callable[[int], str]:
    def words(i: int) -> str:
        value = table.stated[column][at[i]]
        said = "blank" if table.blank[column][at[i]] else "not a number" if np.isnan(value) else "infinite"
        return f"{table.name} row {at[i] + 1}, {column}: the cell is {said}"

    return words


def not_negative(plan: Stated) -> Finding:
    """No quantity, stock, throughput or count of vehicles is below zero."""
    parts, checked, values = [], 0, []
    for table, column in _quantities(plan):
        value = table.number(column)
        at = np.nonzero(broken(-value, np.abs(value), plan.scale))[0]
        checked += len(value)
        values.append(value[at])
        parts.append((table, at, _below_zero(table, column, at)))
    return _of_parts("not_negative", checked, parts, values, 0.0)


def _quantities(plan: Stated) -> Iterator[tuple[Table, str]]:
    for table in plan.tables.values():
        yield from ((table, column) for column in table.stated if column in QUANTITIES)


def _below_zero(table: Table, column: str, at: IntArray) -> Callable[[int], str]:
    def words(i: int) -> str:
        return f"{table.name} row {at[i] + 1}, {column}: {shown(table.stated[column][at[i]])} is below zero"

    return words


def _of_parts(
    rule: str,
    checked: int,
    parts: list[tuple[Table, IntArray, Callable[[int], str]]],
    values: list[FloatArray] | None = None,
    bound: float = np.nan,
) -> Finding:
    """Return one finding about rows of several tables; without values, nothing but words can be said."""
    where: list[Words] = []
    period: list[Words] = []
    sentences: list[str] = []
    for table, at, words in parts:
        where.append(table.texts[next(iter(table.texts))][at])
        period.append(table.texts["period"][at])
        sentences.extend(words(i) for i in range(len(at)))
    value = np.concatenate(values) if values is not None else np.full(len(sentences), np.nan)
    return finding(
        rule, checked, np.concatenate(where), np.concatenate(period), value, np.full(len(value), bound),
        bound - value, lambda i: sentences[i],
    )  # fmt: skip


RULES = (known_names, duplicates, numbers, not_negative)
