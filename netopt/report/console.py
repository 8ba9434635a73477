"""Where tables are printed: narrow, without boxes, and without colour unless a person is looking."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import TextIO

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from netopt.report.words import safe

__all__ = ["bullets", "heading", "indented", "show", "terminal", "text_table"]

_WIDEST = 100


def terminal(stream: TextIO | None = None) -> Console:
    """Return a console that prints names as they are: no markup, no emoji codes, no guessing at numbers.

    Parameters
    ----------
    stream : text file, optional
        Standard output without it. In a pipe there is no colour and the width is 80 (or ``COLUMNS``);
        ``NO_COLOR`` and ``FORCE_COLOR`` are respected.
    """
    console = Console(file=stream or sys.stdout, markup=False, emoji=False, highlight=False)
    console.width = min(console.width, _WIDEST)
    return console


def show(console: Console, blocks: Iterable[RenderableType]) -> None:
    """Print blocks; strings are never wrapped, and in a pipe no line ends in blanks."""
    with console.capture() as captured:
        for block in blocks:
            console.print(block, soft_wrap=isinstance(block, str))
    text = captured.get()
    if not console.is_terminal:
        text = "\n".join(line.rstrip() for line in text.split("\n"))
    console.file.write(text)
    console.file.flush()


def heading(words: str) -> Text:
    """Return the line above a section."""
    return Text(words, style="bold")


def bullets(sentences: Iterable[str]) -> Padding:
    """Return sentences as a list; control characters are spelled out here."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for sentence in sentences:
        table.add_row("-", Text(safe(sentence)))
    return indented(table)


def indented(content: RenderableType) -> Padding:
    """Return content set in by two, as everything below a heading is."""
    return Padding(content, (0, 0, 0, 2))


def text_table(columns: dict[str, str], rows: list[list[str]], *, titles: bool = True) -> Table:
    """Return a table without any lines, which stays readable in a pipe and for ``grep``.

    Parameters
    ----------
    columns : dict of str to str
        By title: ``name`` (cut when there is no room), ``number`` (right-aligned, never cut) or ``words`` (wrapped).
    rows : list of list of str
        Cells; control characters are spelled out here.
    titles : bool
        Whether the titles are printed.
    """
    table = Table(box=None, show_header=titles, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for title, kind in columns.items():
        if kind == "number":
            table.add_column(title, justify="right", no_wrap=True, overflow="ignore")
        elif kind == "name":
            table.add_column(title, no_wrap=True, overflow="ellipsis", min_width=8)
        else:
            table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*(Text(safe(cell)) for cell in row))
    return table
