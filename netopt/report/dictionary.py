"""What `netopt explain` shows: the data dictionary, the rooms, the settings, the outputs and the aliases."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from inspect import cleandoc

from rich.console import RenderableType
from rich.text import Text

from netopt import schema
from netopt.report.console import TextTable, heading, indented

__all__ = [
    "OUTPUTS",
    "aliases_page",
    "column_page",
    "outputs_page",
    "room_docs",
    "room_page",
    "settings_page",
    "table_page",
]

OUTPUTS = {
    "summary.json": "status, cost, bound, bound_by, gap, asked_gap, proved_bound, currency, seconds, open_sites, "
    "demand_met, input_sha256, versions",
    "sites.csv": "name, type, period, open, throughput, utilization, cost",
    "flows.csv": "origin, destination, mode, product, period, quantity, vehicles, cost",
    "inventory.csv": "facility, product, period, stock, cost",
    "costs.csv": "bucket, period, cost",
    "service.csv": "customer, product, period, demand, delivered, on_time, promise_days, average_days, sources",
    "prices.csv": "what, where, product, period, price, words: what one more unit is worth, for the chosen sites",
    "unmet.csv": "customer, product, period, quantity, cost",
    "purchases.csv": "facility, product, period, quantity, cost",
    "report.html": "the plan on one page for a browser, a phone or a printer; it asks nothing of any network",
    "plan.xlsx": "the headline figures, charts, and a sheet for every table above, with units in its titles",
    "proof.json": "cost and bounds, versions, a digest of every other file, and the certificate that proved_bound is "
    "recomputed from",
}
"""Files of a plan and what is in them; more columns may follow those named."""

EVENTS = (
    "`netopt solve --progress json` writes an object a line to standard error, with the keys phase, cost, bound, gap, "
    "seconds, looked and kept; null where a number is not known. The bound looks at so many columns, mostly lanes by "
    "product and period, and the relaxation keeps so many of them. Lines that do not begin with { are messages."
)
"""What is said of progress, for programs that follow it."""

UNMODELLED = "unmodelled"


def table_page(table: schema.Table) -> Iterator[RenderableType]:
    """Yield the page of a table: what it is for and each of its columns."""
    yield heading(table.name)
    need = "Needed." if table.required else "Needed where there are no rates." if table.name == "lanes" else "Optional."
    yield indented(Text(f"{table.description}. {need}"))
    if _unmodelled(table):
        yield indented(Text("This version does not model it yet: rows of this table are refused."))
    if table.key:
        yield indented(Text(f"A row is told from others by: {', '.join(table.key)}."))
    rows = [_row(column) for column in table.columns.values()]
    yield ""
    yield indented(TextTable({"column": "name", "meaning": "words"}, rows))
    yield ""
    yield indented(Text(f"* needed. `netopt explain {table.name}.COLUMN` says more about one."))


def column_page(table: schema.Table, column: schema.Column) -> Iterator[RenderableType]:
    """Yield the page of one column."""
    yield heading(f"{table.name}.{column.name}")
    rows = [
        ["meaning", column.description],
        ["holds", column.holds],
        ["unit", column.unit],
        ["blank means", column.default or ("not allowed" if column.required else "see meaning")],
        ["used by", "not modelled in this version" if column.room == UNMODELLED else column.room],
        ["also called", ", ".join(column.aliases)],
    ]
    shown = [row for row in rows if row[1]]
    yield indented(TextTable({"": "words", " ": "words"}, shown, titles=False))


def settings_page() -> Iterator[RenderableType]:
    """Yield the page of the keys that the settings table knows."""
    yield heading("settings")
    yield indented(Text("One row a key: settings,currency,USD. Every key is optional."))
    yield ""
    rows = [_row(key) for key in schema.setting_keys().values()]
    yield indented(TextTable({"key": "name", "meaning": "words"}, rows))


def outputs_page() -> Iterator[RenderableType]:
    """Yield the page of the files of a plan."""
    yield heading("outputs")
    yield indented(Text("`netopt solve` writes a folder, whole or not at all. Further columns may follow these."))
    yield ""
    yield indented(TextTable({"file": "name", "columns": "words"}, [[name, said] for name, said in OUTPUTS.items()]))
    yield ""
    yield indented(Text(EVENTS))


def aliases_page() -> Iterator[RenderableType]:
    """Yield every other name that tables, columns and settings go by."""
    yield heading("aliases")
    yield indented(Text("Names are read in any letter case, with or without blanks, hyphens and underscores."))
    yield ""
    rows = [[table.name, ", ".join(table.aliases)] for table in schema.tables().values() if table.aliases]
    for table in schema.tables().values():
        rows += [
            [f"{table.name}.{column.name}", ", ".join(column.aliases)]
            for column in table.columns.values()
            if column.aliases
        ]
    rows += [[f"settings {key.name}", ", ".join(key.aliases)] for key in schema.setting_keys().values() if key.aliases]
    yield indented(TextTable({"name": "name", "also called": "words"}, rows))


def room_page(name: str) -> Iterator[RenderableType]:
    """Yield the page of a room: its equation, and the columns that switch it on or feed it."""
    yield heading(name)
    yield from (f"  {line}" for line in room_docs()[name].split("\n"))
    used = [
        [f"{table.name}.{column.name}", column.description]
        for table in schema.tables().values()
        for column in table.columns.values()
        if column.room == name
    ]
    if used:
        yield ""
        yield indented(TextTable({"column": "name", "meaning": "words"}, used))


@cache
def room_docs() -> Mapping[str, str]:
    """Return the docstring of every room's module by name, read from its source without importing it."""
    found = {}
    for file in files("netopt").joinpath("formulation", "rooms").iterdir():
        name = file.name.removesuffix(".py")
        if file.name.endswith(".py") and not name.startswith("_"):
            words = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
            if words:
                found[name] = cleandoc(words)
    return dict(sorted(found.items()))


def _unmodelled(table: schema.Table) -> bool:
    return all(column.room == UNMODELLED for column in table.columns.values())


def _row(column: schema.Column) -> list[str]:
    name = f"{column.name}*" if column.required else column.name
    held = ", ".join(part for part in (column.holds, column.unit) if part)
    return [name, f"{_meaning(column)} [{held}]"]


def _meaning(column: schema.Column) -> str:
    words = column.description.rstrip(".")
    if column.room == UNMODELLED:
        return f"{words}. Not modelled in this version: leave it blank."
    return f"{words}. Blank: {column.default}." if column.default else f"{words}."
