"""A baseline on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import bullets, heading, indented, show
from netopt.report.studies import baseline as said
from netopt.report.words import count, safe

if TYPE_CHECKING:
    from netopt.study.today.baseline import Baseline

__all__ = ["print_baseline"]


def print_baseline(baseline: Baseline, console: Console, folder: Path | None = None) -> None:
    """Print a baseline.

    Parameters
    ----------
    baseline : Baseline
        What `netopt.study.today.baseline.baseline` returns.
    console : Console
        What `netopt.report.console.terminal` returns.
    folder : Path, optional
        Where the files are.
    """
    show(console, _blocks(baseline, folder))


def _blocks(baseline: Baseline, folder: Path | None) -> Iterable[RenderableType]:
    file = "" if folder is None else "{}.csv"
    yield Text(said.headline(baseline), style="bold")
    for sentence in said.savings_words(baseline):
        yield indented(Text(sentence))
    yield from ("", heading("Cost"), indented(said.columns_table(baseline)))
    yield from ("", heading("Service"), indented(said.figures_table(baseline)))
    if len(baseline.found) > 1:
        yield from ("", heading("Savings"), indented(said.savings_table(baseline)))
        yield from ("", heading("What the change is worth"), indented(said.finance_table(baseline)))
        yield from (indented(Text(sentence)) for sentence in said.finance_note(baseline))
    if len(baseline.tie_out()):
        yield from ("", heading("Tie-out"), indented(said.tie_out_table(baseline)))
        yield from (indented(Text(sentence)) for sentence in said.explained_words(baseline))
    lanes = said.lanes_table(baseline, file=file.format("lanes"))
    yield from ("", heading(said.lanes_title(baseline)))
    yield indented(lanes if lanes.rows else Text("Every flow was paid at the rate of the model."))
    yield from (
        "",
        heading(said.sites_title(baseline)),
        indented(said.sites_table(baseline, file=file.format("sites"))),
    )
    broken = len(baseline.forbidden())
    yield from ("", heading(f"What the model forbids ({count(broken, 'finding')})" if broken else "Rules"))
    if broken:
        yield bullets(said.forbidden_words(baseline, file=file.format("forbidden")))
    else:
        yield indented(Text("The network is run within every rule of the model."))
    notes = said.notes(baseline)
    if notes:
        yield from ("", heading("To know"), bullets(notes))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/")
