"""Where tables are printed: narrow, without boxes, and without colour unless a person is looking."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from netopt.report.words import safe

__all__ = ["TextTable", "bullets", "heading", "indented", "show", "terminal"]

_WIDEST = 100
_GAP = 2
_NARROWEST = 8
_WRAPPED = 24


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


class TextTable:
    """A table without any lines, which stays readable in a pipe and for ``grep``.

    Parameters
    ----------
    columns : mapping of str to str
        By title: ``name`` (cut when there is no room), ``number`` (right-aligned, never cut), ``share`` (a percentage:
        a number, which a page draws as a bar, too) or ``words`` (wrapped).
    rows : sequence of sequence of str
        Cells; control characters are spelled out here.
    titles : bool
        Whether the titles are printed.
    values : mapping of str to sequence of float, optional
        By title, the numbers that a page sorts its rows by, before they were rounded for reading.
    rest : bool
        Whether the last row stands for those that are left out, and so stays the last however a page sorts them.
    """

    def __init__(
        self,
        columns: Mapping[str, str],
        rows: Sequence[Sequence[str]],
        *,
        titles: bool = True,
        values: Mapping[str, Sequence[float]] | None = None,
        rest: bool = False,
    ) -> None:
        self.columns = dict(columns)
        self.rows = [[safe(cell) for cell in row] for row in rows]
        self.titles = titles
        self.values = values or {}
        self.rest = rest

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table in the room that there is."""
        table = Table(box=None, show_header=self.titles, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
        for (title, kind), width in zip(self.columns.items(), self._widths(options.max_width), strict=True):
            if kind == "words":
                table.add_column(title, overflow="fold")
            else:
                justify: JustifyMethod = "right" if kind in ("number", "share") else "left"
                table.add_column(title, justify=justify, no_wrap=True, overflow="ellipsis", width=width)
        for row in self.rows:
            table.add_row(*(Text(cell) for cell in row))
        yield table

    def _widths(self, room: int) -> list[int]:
        """Return the width of every column: names give way, the widest first, so that numbers need not."""
        titles = list(self.columns) if self.titles else [""] * len(self.columns)
        widths = [max(cell_len(cell) for cell in cells) for cells in zip(titles, *self.rows, strict=True)]
        kinds = list(self.columns.values())
        needed = [min(width, _WRAPPED) if kind == "words" else width for width, kind in zip(widths, kinds, strict=True)]
        names = [at for at, kind in enumerate(kinds) if kind == "name"]
        for _ in range(max(sum(needed) + _GAP * (len(widths) - 1) - room, 0)):
            widest = max(names, key=widths.__getitem__, default=None)
            if widest is None or widths[widest] <= _NARROWEST:
                break
            widths[widest] -= 1
        return widths
