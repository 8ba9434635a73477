"""A plan on the terminal: what it costs, what is open, who is served from where, and how sure we are."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import bullets, heading, indented, show
from netopt.report.costs import cost_table
from netopt.report.headline import certainty, headline, no_plan
from netopt.report.prices import price_words
from netopt.report.service import served_table, service_words, unmet_table
from netopt.report.sites import closed_words, site_table
from netopt.report.words import safe

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["print_plan", "print_without_plan"]


def print_plan(plan: Plan, console: Console, folder: Path | None = None) -> None:
    """Print a plan.

    Parameters
    ----------
    plan : Plan
        With tables, and audited.
    console : Console
        What `netopt.report.console.terminal` returns.
    folder : Path, optional
        Where the files are.
    """
    show(console, _blocks(plan, folder))


def print_without_plan(plan: Plan, console: Console) -> None:
    """Print that there is no plan, and why."""
    blocks: list[RenderableType] = [Text(no_plan(plan.summary()), style="bold red")]
    lines = plan.diagnosis.words()[1:] if plan.diagnosis is not None else []
    blocks += [bullets([line.strip()]) if line.startswith(" ") else Text(line) for line in lines]
    show(console, blocks)


def _blocks(plan: Plan, folder: Path | None) -> Iterable[RenderableType]:
    summary = plan.summary()
    yield Text(headline(summary), style="bold green" if summary["status"] == "optimal" else "bold yellow")
    for sentence in certainty(summary):
        yield indented(Text(sentence))
    yield from ("", heading("Cost"), indented(cost_table(plan.costs())))
    sites = plan.sites()
    yield from ("", heading("Open"), indented(site_table(sites)))
    for sentence in closed_words(sites):
        yield indented(Text(sentence))
    yield from ("", heading("Served from"))
    yield indented(served_table(plan.flows(), pd.Index(list(plan.network.customers.names))))
    for sentence in service_words(plan.service()):
        yield indented(Text(sentence))
    unmet = plan.unmet()
    if len(unmet):
        yield from ("", heading("Not served"), indented(unmet_table(unmet)))
    sentences = price_words(plan.prices())
    if sentences:
        yield from ("", heading("What holds the plan back"))
        yield bullets(sentences)
    if folder is not None:
        yield ""
        yield f"Files: {safe(folder)}/"
