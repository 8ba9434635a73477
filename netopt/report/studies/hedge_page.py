"""Sites decided once, on one page and on the terminal: what to open, what it costs in each case, what it is worth."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import heading, indented, show
from netopt.report.drawings import Gallery
from netopt.report.figures.studies.regret import regret as regret_bars
from netopt.report.markup import bullets, paragraph, section, table, tiles
from netopt.report.studies.hedge import (
    CASES,
    SETS,
    cases_table,
    hedge_answer,
    measures_table,
    money_of,
    regret_frame,
    regret_table,
    sets_table,
    sites_table,
)
from netopt.report.studies.studied import alarm, header, made, plain_rows, write_studied
from netopt.report.words import amount, money, percent, safe
from netopt.study.uncertainty.sampler import scenarios_frame

if TYPE_CHECKING:
    import pandas as pd

    from netopt.study.uncertainty.hedged import Hedge

__all__ = ["hedge_json", "print_hedge", "write_hedge"]

_ROWS = 200
_FEW_ROWS = 20
_SIDE_BY_SIDE = 12
_FEW_SIDE_BY_SIDE = 5
_MEASURES = "What planning and knowing are worth, on average"
_SITES = "Sites to decide on"


def write_hedge(hedge: Hedge, folder: Path, title: str = "") -> list[Path]:
    """Write ``hedge.html``, ``hedge.json``, the tables as CSV, ``cases.csv``, and the study that they are made from.

    Parameters
    ----------
    hedge : Hedge
        What is written.
    folder : Path
        Where; plans may be there already.
    title : str
        The question that it answers.
    """
    gallery = Gallery()
    body = "\n".join(block for block in _page(hedge, title, gallery) if block)
    typed = {"cases": scenarios_frame([case.said for case in hedge.cases[1:]])}
    answer = (hedge_answer(hedge)[0], [_PLANS])
    named, frames, said = title or "Hedge", hedge.frames(), hedge_json(hedge)
    return write_studied(hedge.study, folder, "hedge", named, body, frames, said, typed, answer, gallery.data())


def hedge_json(hedge: Hedge) -> dict[str, object]:
    """Return the figures, as written to ``hedge.json``."""
    decision, network = hedge.decision, hedge.cases[0].network
    measures = {row["measure"]: row for row in _finite(hedge.measures())}
    return {
        "answer": hedge_answer(hedge)[0],
        "status": hedge.status,
        "open_sites": [] if hedge.hedged is None else hedge.hedged.sites(network),
        "cost": measures["RP"]["value"],
        "bound": measures["RP"]["at_least"],
        "measures": measures,
        "forecast": hedge.forecast,
        "method": None if decision is None else decision.method,
        "columns": None if decision is None else decision.columns,
        "seconds": None if decision is None else decision.seconds,
        "least_regret": None if hedge.least_regret is None else hedge.least_regret.bound,
        "unmet_cost": None if math.isnan(hedge.unmet_cost) else hedge.unmet_cost,
        "sites": _finite(hedge.table()),
        "cases": _finite(hedge.costs()),
    }


def _finite(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON has them: nothing where a figure is not known or without limit."""
    return [
        {key: None if isinstance(value, float) and not math.isfinite(value) else value for key, value in row.items()}
        for row in plain_rows(frame)
    ]


def print_hedge(hedge: Hedge, console: Console, folder: Path | None = None) -> None:
    """Print what to open and what it is worth; `folder` is where the files are."""
    show(console, _terminal(hedge, folder))


def _terminal(hedge: Hedge, folder: Path | None) -> Iterator[RenderableType]:
    head, words = hedge_answer(hedge)
    yield Text(head, style="bold")
    sound = "passed" if hedge.study.audit().empty else "FAILED, do not use this"
    for sentence in (*words, f"Audit of every plan against the input tables: {sound}."):
        yield indented(Text(sentence))
    if hedge.hedged is not None:
        for title, content in (
            (_SITES, sites_table(hedge, _FEW_ROWS)),
            ("Every case, with these sites", cases_table(hedge, _FEW_ROWS)),
            (_MEASURES, measures_table(hedge)),
        ):
            yield from ("", heading(title), indented(content))
    if hedge.sets:
        yield from ("", heading("Other sites, in the same cases"), indented(sets_table(hedge)))
        regret = regret_table(hedge, _FEW_SIDE_BY_SIDE)
        if regret.rows:
            yield from ("", heading("Regret in each case"), indented(regret))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/")


def _page(hedge: Hedge, title: str, gallery: Gallery) -> Iterator[str]:
    head, words = hedge_answer(hedge)
    yield header(title or "Hedge", head, words)
    yield alarm(hedge.study)
    if hedge.hedged is not None:
        yield tiles(_figures(hedge))
    yield bullets(words[1:])
    if hedge.hedged is not None:
        yield section(_SITES, table(sites_table(hedge, _ROWS), _SITES), paragraph(_WANTED, "note"))
        cases = table(cases_table(hedge, _ROWS), "Every case with these sites", minor=("out", "on time"))
        yield section("Every case, with these sites", cases, paragraph(CASES, "note"))
        yield section(_MEASURES, table(measures_table(hedge), _MEASURES), paragraph(_WORTH, "note"))
    if hedge.sets:
        compared = table(sets_table(hedge), "Sites side by side", minor=("in", "unmet", "on time"))
        yield section("Other sites, in the same cases", compared, paragraph(SETS, "note"))
        regret = regret_table(hedge, _SIDE_BY_SIDE)
        if regret.rows:
            figure = gallery.place("regret", regret_bars(regret_frame(hedge), *money_of(hedge)))
            yield section("Regret in each case", figure, table(regret, "Regret of each set of sites in each case"))
    yield made(hedge.study, "study.html beside this page says of each plan what changes and why.")


_PLANS = (
    "These are the plans behind hedge.html, which compares the sites. Here, base decides anew in each case, as nobody "
    "can who does not know what happens, and cases with a probability of 0 are shown, too."
)
_WANTED = (
    "Wanted: the probability of the cases whose own plan, made for that case alone, has the site open. Sites whose "
    "status leaves no choice are not listed."
)
_WORTH = (
    "Found: of the plans that were found. At least and at most: what is proved, between the cheapest plans. RP, WS, "
    "EEV, EVPI and VSS are the names that stochastic programming has for them."
)


def _figures(hedge: Hedge) -> dict[str, tuple[str, str]]:
    hedged, sound = hedge.hedged, hedge.study.audit().empty
    broken = math.nan if hedged is None else hedge.broken(hedged)
    return {
        "Cost on average": (money(hedge.here_and_now.value), ""),
        "Cases": (amount(len(hedge.likely)), ""),
        "Chance of unmet demand": (percent(round(broken, 6)), "bad" if broken > 0 else "good"),
        "Audit": ("passed" if sound else "failed", "good" if sound else "bad"),
    }
