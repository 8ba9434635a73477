"""Names: what is declared where, what is declared twice, and what a cell that refers to a name means."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from netopt.read.problems import Findings, Nearest, fold, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from netopt.read.sheet import Sheet

__all__ = ["Group", "Known", "declared", "refer", "refuse_duplicates"]

DECLARED = {"facilities": "facility", "customers": "customer", "products": "product", "periods": "period"}
PLACE = ("facility", "customer")


@dataclass(frozen=True)
class Group:
    """A name that stands for several others of one kind."""

    name: str
    kind: str
    members: tuple[str, ...]


@dataclass
class Known:
    """Every declared name, by kind and folded spelling.

    Parameters
    ----------
    spelling : dict of str to dict of str to str
        For each kind, the declared spelling by folded name.
    groups : dict of str to Group
        By folded name.
    unsure : set of str
        Kinds whose table could not be read: references to them cannot be judged.
    absent : set of str
        Kinds without a table: references to them have been noted already.
    """

    spelling: dict[str, dict[str, str]]
    groups: dict[str, Group] = field(default_factory=dict)
    unsure: set[str] = field(default_factory=set)
    absent: set[str] = field(default_factory=set)
    _nearest: dict[tuple[str, ...], Nearest] = field(default_factory=dict, init=False, repr=False)

    def kinds_of(self, name: str) -> list[str]:
        """Return the kinds of thing that a name is declared as."""
        return [kind for kind, names in self.spelling.items() if fold(name) in names]

    def resolve(self, name: str, kinds: Iterable[str]) -> str | None:
        """Return the declared spelling of a name of one of the kinds, or of a group of such; None if there is none."""
        folded = fold(name)
        wanted = tuple(kinds)
        for kind in wanted:
            if folded in self.spelling[kind]:
                return self.spelling[kind][folded]
        group = self.groups.get(folded)
        return group.name if group is not None and group.kind in wanted else None

    def members(self, name: str) -> tuple[str, ...]:
        """Return the members of a group, or the name itself."""
        group = self.groups.get(fold(name))
        return (name,) if group is None else group.members

    def nearest(self, kinds: tuple[str, ...]) -> Nearest:
        """Return what finds the closest name among those that may stand where one of the kinds is wanted."""
        if kinds not in self._nearest:
            names = {folded: group.name for folded, group in self.groups.items() if group.kind in kinds}
            for kind in kinds:
                names |= self.spelling[kind]
            self._nearest[kinds] = Nearest(names)
        return self._nearest[kinds]


def declared(sheets: Mapping[str, Sheet], broken: Iterable[str]) -> Known:
    """Return the names that facilities, customers, products and periods declare; groups are added later."""
    spelling: dict[str, dict[str, str]] = {}
    for table, kind in DECLARED.items():
        names: dict[str, str] = {}
        if table in sheets:
            for name in sheets[table].factors("name")[1]:
                names.setdefault(fold(name), name)
        spelling[kind] = names
    return Known(spelling, unsure={DECLARED[table] for table in broken if table in DECLARED})


def refuse_duplicates(sheet: Sheet, findings: Findings) -> None:
    """Note rows with the same key as an earlier row."""
    key = [column for column in sheet.table.key if column in sheet]
    if not key:
        return
    combined = sheet.combined(key)
    needed = [column for column in key if sheet.table.columns[column].required]
    whole = np.ones(len(combined), dtype=bool)
    for column in needed:
        whole &= sheet.filled(column)
    ordered = np.sort(combined if whole.all() else combined[whole])
    if not (ordered[1:] == ordered[:-1]).any():  # quicker than to look for each row's like, and nearly always so
        return
    again = pd.Series(combined).duplicated().to_numpy() & whole
    if not again.any():
        return
    distinct, first = np.unique(combined, return_index=True)
    rows = sheet.frame.index.to_numpy()

    def explain(i: int) -> tuple[str, str]:
        earlier = int(rows[first[np.searchsorted(distinct, combined[i])]])
        if len(key) == 1:
            what = f"{shown(sheet.frame[key[0]].iloc[i])} stands in row {earlier} already"
            return what, "names are compared without regard to case; rename or remove one of them"
        filled = [f"{c} {shown(sheet.frame[c].iloc[i])}" for c in key if pd.notna(sheet.frame[c].iloc[i])]
        return f"the same {', '.join(filled)} as in row {earlier}", "keep one of the two rows"

    sheet.note(findings, again, key[0] if len(key) == 1 else None, explain, kind="the same key as an earlier row")


def refer(sheet: Sheet, column: str, kinds: tuple[str, ...], known: Known, findings: Findings) -> None:
    """Rewrite a column of references with the declared spelling; note names that are not declared."""
    if column not in sheet or (known.unsure | known.absent).intersection(kinds):
        return
    values = sheet.frame[column]
    found, distinct = sheet.factors(column)
    meant = [known.resolve(name, kinds) for name in distinct]
    wrong = np.array([name is None for name in meant] + [False])[found]
    reasons: dict[str, tuple[str, str]] = {}

    def explain(i: int) -> tuple[str, str]:
        name = str(values.iloc[i])
        if name not in reasons:
            reasons[name] = _unknown(name, kinds, known, ships=(sheet.name, column) == ("lanes", "origin"))
        return reasons[name]

    sheet.note(findings, wrong, column, explain, kind=f"not a known {_either(kinds)}")
    sheet.respell(column, dict(zip(distinct, meant, strict=True)).get)


def _unknown(name: str, kinds: tuple[str, ...], known: Known, *, ships: bool) -> tuple[str, str]:
    """Return what is wrong with a reference, and the closest name."""
    wanted = _either(kinds)
    group = known.groups.get(fold(name))
    others = [f"a group of {_plural(group.kind)}"] if group else [f"a {kind}" for kind in known.kinds_of(name)]
    if others:
        if ships and "customer" in others[0]:
            return f"{shown(name)} is {others[0]}, and customers cannot ship", "name a facility as the origin"
        return f"{shown(name)} is {others[0]}, not a {wanted}", f"name a {wanted}"
    near = known.nearest(kinds).to(name)
    tables = " or ".join(table for table, kind in DECLARED.items() if kind in kinds)
    add = f"add it to {tables}"
    return f"{shown(name)} is not a known {wanted}", f"did you mean {near}? Otherwise {add}" if near else add


def _either(kinds: tuple[str, ...]) -> str:
    return " or ".join(kinds)


def _plural(kind: str) -> str:
    return kind[:-1] + "ies" if kind.endswith("y") else kind + "s"
