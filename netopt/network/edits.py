"""What-if, as text: rows of tables that are set, scaled, added to, added or removed. Nothing of it is ever run.

An edit changes tables as they were typed; they are then read and checked as any others. Rows keep their numbers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from netopt import schema
from netopt.errors import InputError, Problem
from netopt.network.filters import (
    quoted,
    split,
    unquoted,
)
from netopt.read.headers import table_named
from netopt.read.problems import shown
from netopt.read.raw import cell_text

__all__ = ["ACTIONS", "Edit", "as_edit", "as_words"]

ACTIONS = ("set", "scale", "add", "remove")

_TABLE = re.compile(r"\s*([A-Za-z_]+)")
_BRACKET = re.compile(r'"[^"]*"|[\[\]]')
_CHANGE = re.compile(r'\.((?:"[^"]*"|[^"=])*)=(.*)', re.DOTALL)
_SIGNS = {"set": "=", "scale": "*=", "add": "+="}
_CELLS = ("table", "filter", "column", "action", "value")


@dataclass(frozen=True)
class Edit:
    """One change of one table.

    Parameters
    ----------
    table : str
        Its name.
    filter : str
        Which rows, see `netopt.network.filters`; with ``add`` and no column the cells of the new row.
    column : str
        What changes, empty for rows as a whole.
    action : {'set', 'scale', 'add', 'remove'}
        What happens to it.
    value : str
        A number, a word, or empty for a blank cell.
    source : str
        Where the edit was typed, for messages.
    row : int or None
        Its row there.
    """

    table: str
    filter: str = ""
    column: str = ""
    action: str = "set"
    value: str = ""
    source: str = "edit"
    row: int | None = None

    def to_json(self) -> dict[str, str]:
        """Return what the edit does, without where it was typed."""
        said = asdict(self)
        return {name: said[name] for name in ("table", "filter", "column", "action", "value")}

    def __str__(self) -> str:
        rows = f"{self.table}[{self.filter}]" if self.filter else self.table
        if self.action not in _SIGNS or not self.column:
            return f"{self.action} {rows}"
        return f"{rows}.{self.column} {_SIGNS[self.action]} {self.value}".rstrip()


def as_edit(words: str | Mapping[str, Any] | Edit, source: str = "edit") -> Edit:
    """Return an edit from what stands for one.

    Parameters
    ----------
    words : str, mapping or Edit
        What `as_words` returns: ``facilities.Reno.capacity=900``, ``demand[customer.region=West].quantity*=1.2``,
        ``settings.emissions_price=0.1``; or what `Edit` takes.
    source : str
        For messages.

    Raises
    ------
    InputError
        When the words are not understood.
    """
    if isinstance(words, Edit):
        return words if isinstance(words.value, str) else _of_cells(asdict(words), source)
    if isinstance(words, Mapping):
        return _of_cells(words, source)
    if words.lstrip().startswith("{"):
        return _from_json(words, source)
    parts = _parted(words)
    if parts is None:
        fix = "write TABLE.NAME.COLUMN=VALUE, such as facilities.Reno.capacity=900, or *= or += instead of ="
        raise InputError([Problem(source, None, None, f"{shown(words)} is not understood", fix)])
    table, inside, name, column, action, value = parts
    named = table_named(table)
    if named is not None and named.name == "settings" and inside is None and not name:
        return Edit("settings", f"key={quoted(_setting_key(column))}", "value", action, value, source)
    if inside is None and name and named is not None:
        inside = _by_key(named, name, words, source)
    return Edit(table, inside or "", column, action, value, source)


def _parted(words: str) -> tuple[str, str | None, str, str, str, str] | None:
    """Return the table, what stands in brackets, the name, the column, the action and the value; None where unclear."""
    table = _TABLE.match(words)
    if table is None:
        return None
    at, inside = table.end(), None
    if words[at : at + 1] == "[":
        end = _closing(words, at)
        at, inside = end + 1, words[at + 1 : end]
    found = _CHANGE.fullmatch(words, at) if at else None
    if found is None:
        return None
    path, value = found[1], found[2].strip()
    sign = path[-1:] if path[-1:] in ("*", "+", "-") else ""
    name, dot, column = path.removesuffix(sign).strip().rpartition(".")
    if not column or '"' in column or (dot and (inside is not None or not name.strip(". "))):
        return None
    if sign == "-":
        value = value[1:] if value.startswith("-") else f"-{value.removeprefix('+')}"
    action = {"": "set", "*": "scale", "+": "add", "-": "add"}[sign]
    return table[1], inside, name, column.strip(), action, value


def _closing(words: str, at: int) -> int:
    """Return where the bracket that opens at a place closes, outside quotes; -1 where it does not."""
    depth = 0
    for found in _BRACKET.finditer(words, at):
        depth += {"[": 1, "]": -1}.get(found[0], 0)
        if depth == 0:
            return found.start()
    return -1


def _by_key(table: schema.Table, name: str, words: str, source: str) -> str:
    """Return the filter for a name, or several names with ``/`` between them, in the order of the key."""
    parts = [unquoted(part) if '"' in part else part.strip() for part in split(name, "/")]
    if len(parts) > len(table.key):
        fix = f"a row of {table.name} is named by {'/'.join(table.key)}; put a name that has a / into quotes"
        raise InputError([Problem(source, None, None, f"{shown(words)} is not understood", fix)])
    return ";".join(f"{key}={quoted(part)}" for key, part in zip(table.key, parts, strict=False) if part != "*")


def _setting_key(name: str) -> str:
    """Return a key of the settings as the dictionary spells it."""
    wanted = schema.normalized(name)
    for key, column in schema.setting_keys().items():
        if wanted == schema.normalized(key) or wanted in column.aliases:
            return key
    return name


def _from_json(words: str, source: str) -> Edit:
    """Return an edit from a JSON object, which says what a short form cannot: rows added and removed."""
    try:
        said = json.loads(words)
        unknown = [key for key in said if key not in _CELLS]
    except (ValueError, RecursionError):
        unknown = [words]
    if unknown:
        fix = f"""write an object such as {json.dumps(Edit("facilities", "name=Reno", action="remove").to_json())}"""
        raise InputError([Problem(source, None, None, f"{shown(words)} is not understood", fix)])
    return _of_cells(said, source)


def _of_cells(said: Mapping[str, Any], source: str) -> Edit:
    """Return an edit from its cells: words, numbers, or None for blank."""
    source = str(said.get("source", source))
    known = (*_CELLS, "source", "row")
    unknown = [str(name) for name in said if name not in known]
    if unknown or "table" not in said:
        message = f"{shown(unknown[0])} means nothing in an edit" if unknown else "an edit needs a table"
        raise InputError([Problem(source, said.get("row"), None, message, f"use {', '.join(_CELLS)}")])
    cells = {name: cell_text(said[name]) for name in _CELLS if name in said}
    filled = {name: cell for name, cell in cells.items() if cell is not None}
    return Edit(**{"table": "", **filled}, source=source, row=said.get("row"))


def as_words(edit: Mapping[str, str] | Edit) -> str:
    """Return an edit as words that `as_edit` understands: short ones where they say the same, else JSON."""
    edit = as_edit(edit)
    rows = f"{edit.table}[{edit.filter}]" if edit.filter else edit.table
    short = f"{rows}.{edit.column}{_SIGNS.get(edit.action, '')}{edit.value}"
    try:
        if edit.action in _SIGNS and as_edit(short).to_json() == edit.to_json():
            return short
    except InputError:
        pass
    return json.dumps(edit.to_json(), ensure_ascii=False)
