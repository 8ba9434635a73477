"""A study on the terminal."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import bullets, heading, indented, show
from netopt.report.studies.appraisal import appraisal_notes, appraisal_table
from netopt.report.studies.study import (
    answer,
    carried_words,
    change_words,
    costs_table,
    effects_table,
    regret_table,
    scenarios_table,
    today_table,
    without_plan,
    worth_of,
    worth_title,
)
from netopt.report.words import safe

if TYPE_CHECKING:
    from netopt.study.study import Study

__all__ = ["print_study"]


def print_study(study: Study, console: Console, folder: Path | None = None) -> None:
    """Print a study.

    Parameters
    ----------
    study : Study
        Solved.
    console : Console
        What `netopt.report.console.terminal` returns.
    folder : Path, optional
        Where the files are.
    """
    show(console, _blocks(study, folder))


def _blocks(study: Study, folder: Path | None) -> Iterable[RenderableType]:
    head, words = answer(study)
    yield Text(head, style="bold")
    sound = "passed" if study.audit().empty else "FAILED, do not use this study"
    for sentence in (
        *words,
        *without_plan(study),
        *carried_words(study),
        f"Audit of every plan against the input tables: {sound}.",
    ):
        yield indented(Text(sentence))
    if len(study.options) > 1:
        yield from ("", heading("What each option costs, more or less than without one"), indented(costs_table(study)))
        if len(study.cases) > 1:
            yield from ("", heading("Regret: more than the best option"), indented(regret_table(study)))
    yield from ("", heading("Scenarios"), indented(scenarios_table(study)))
    if study.today is not None:
        yield from ("", heading("Beside what is run today"), indented(today_table(study)))
    worth = worth_of(study)
    if len(worth):
        table = appraisal_table(worth, "scenario", "scenario")
        yield from ("", heading(worth_title(study)), indented(table))
        yield from (indented(Text(sentence)) for sentence in appraisal_notes(worth, "scenario"))
    for beside in study.comparisons():
        if beside.before is study.base:  # the page has the others
            yield from ("", heading(beside.after.name), bullets(change_words(beside)))
            if beside.change:
                yield indented(effects_table(beside, whole=False))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/")
