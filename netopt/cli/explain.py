"""``netopt explain``: the tables, rooms, settings, outputs and exit codes, from where they are defined."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import MEANINGS
from netopt.cli.out import piped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

__all__ = ["explain"]

_PAGES = ("settings", "outputs", "exit-codes", "aliases")


def _names(_ctx: click.Context, _param: click.Parameter, start: str) -> list[str]:
    """Return the topics that a shell may complete to."""
    return [name for name in _topics() if name.startswith(start)]


@click.command(cls=RichCommand)
@click.argument("topic", required=False, shell_complete=_names)
@options.debug
@click.pass_context
def explain(ctx: click.Context, topic: str | None) -> None:
    """Explain a table, a column, a modelling feature, the settings, the outputs or the exit codes.

    TOPIC is a table (lanes), a column (lanes.capacity), a room (site_throughput), settings, outputs, exit-codes or
    aliases. Where a table and a room share a name, both are shown. Without TOPIC: the list of topics.
    """
    from netopt.report.console import show, terminal

    page = list(_page(topic, ctx) if topic else _contents())
    piped(lambda: show(terminal(), page))


def _topics() -> list[str]:
    from netopt import schema
    from netopt.report.dictionary import room_docs

    return list(dict.fromkeys([*schema.tables(), *schema.side_tables(), *room_docs(), *_PAGES]))


def _contents() -> Iterable[RenderableType]:
    from netopt import schema
    from netopt.report.console import TextTable, heading, indented
    from netopt.report.dictionary import room_docs

    tables = [[table.name, table.description] for table in schema.tables().values()]
    beside = [[table.name, table.description] for table in schema.side_tables().values()]
    rooms = [[name, words.split("\n", 1)[0]] for name, words in room_docs().items()]
    pages = [
        ["settings", "Keys of the settings table"],
        ["outputs", "Files of a plan and their columns"],
        ["exit-codes", "What the exit code of a command says"],
        ["aliases", "Other names that tables and columns go by"],
    ]
    for title, rows in (
        ("Tables", tables),
        ("Tables beside a network", beside),
        ("Modelling features", rooms),
        ("Pages", pages),
    ):
        yield heading(title)
        yield indented(TextTable({"name": "name", "about": "words"}, rows, titles=False))
        yield ""
    yield "netopt explain TOPIC shows one of them; netopt explain lanes.capacity shows a column."


def _page(topic: str, ctx: click.Context) -> Iterable[RenderableType]:
    from netopt import schema
    from netopt.report import dictionary

    name = topic.strip().casefold()
    table_name, _, column_name = name.partition(".")
    known = [*schema.tables().values(), *schema.side_tables().values()]
    table = next((t for t in known if _same(table_name, t.name, t.aliases)), None)
    room = next((room for room in dictionary.room_docs() if _same(name, room, ())), None)
    simple = {
        "outputs": dictionary.outputs_page,
        "aliases": dictionary.aliases_page,
        "settings": dictionary.settings_page,
    }
    if name in simple:
        return simple[name]()
    if schema.normalized(name) == "exitcodes":
        return _exit_codes()
    if table is not None and column_name:
        column = next((c for c in table.columns.values() if _same(column_name, c.name, c.aliases)), None)
        if column is not None:
            return dictionary.column_page(table, column)
    elif table is not None and room is not None:
        return [*dictionary.table_page(table), "", *dictionary.room_page(room)]
    elif table is not None:
        return dictionary.table_page(table)
    elif room is not None:
        return dictionary.room_page(room)
    near = difflib.get_close_matches(name, _topics(), n=1)
    hint = f"did you mean {near[0]}?" if near else "`netopt explain` lists the topics"
    raise click.UsageError(f"there is no topic {topic!r}; {hint}", ctx)


def _same(typed: str, name: str, aliases: tuple[str, ...]) -> bool:
    from netopt import schema

    return schema.normalized(typed) in (schema.normalized(name), *aliases)


def _exit_codes() -> Iterable[RenderableType]:
    from netopt.report.console import TextTable, heading, indented

    yield heading("exit-codes")
    rows = [[str(int(code)), meaning] for code, meaning in MEANINGS.items()]
    yield indented(TextTable({"code": "number", "meaning": "words"}, rows))
    yield ""
    words = (
        'With --json, errors are one object on standard output: {"status": "error", "exit_code": …, "problems": […]}'
    )
    yield indented(words)
