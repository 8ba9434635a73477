"""Outages on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import heading, indented, show
from netopt.report.studies.stress import outages_table, refused_words, stress_answer
from netopt.report.words import safe

if TYPE_CHECKING:
    from netopt.study.risk.stress import Stress

__all__ = ["print_stress"]

_ROWS = 20


def print_stress(stress: Stress, console: Console, folder: Path | None = None) -> None:
    """Print what each outage comes to; `folder` is where the files are."""
    show(console, _blocks(stress, folder))


def _blocks(stress: Stress, folder: Path | None) -> Iterator[RenderableType]:
    head, words = stress_answer(stress)
    yield Text(head, style="bold")
    sound = "passed" if stress.study.audit().empty else "FAILED, do not use this"
    for sentence in (*words, *refused_words(stress), f"Audit of every plan against the input tables: {sound}."):
        yield indented(Text(sentence))
    for what, title in (("site", "Sites out, one at a time"), ("lane", "Lanes out, one at a time")):
        table = outages_table(stress, what, _ROWS)
        if table.rows:
            yield from ("", heading(title), indented(table))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/")
