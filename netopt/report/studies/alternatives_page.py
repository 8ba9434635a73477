"""Sets of open sites on one page, on the terminal and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import heading, indented, show
from netopt.report.drawings import Gallery
from netopt.report.figures.studies.frontier import frontier
from netopt.report.markup import bullets, paragraph, section, table, tiles
from netopt.report.studies.alternatives import (
    NOTE,
    ROLES_NOTE,
    SWAPS_NOTE,
    alternatives_answer,
    matrix_table,
    roles_table,
    sets_table,
    swaps_table,
)
from netopt.report.studies.drawn import drawn_section, map_figures
from netopt.report.studies.studied import alarm, header, made, plain_rows, write_studied
from netopt.report.words import amount, money, percent, safe

if TYPE_CHECKING:
    from netopt.study.sites.alternatives import Alternatives

__all__ = ["alternatives_json", "print_alternatives", "write_alternatives"]

_ROWS, _FEW, _PAIRS, _ACROSS = 200, 20, 10, 24
_TITLE = "Alternatives"
_MADE = (
    "Each set has its plan in plans/, under the name in alternatives.csv; parts.csv lists what the proof is made of."
)


def write_alternatives(found: Alternatives, folder: Path, title: str = "") -> list[Path]:
    """Write ``alternatives.html``, ``alternatives.json``, the tables as CSV, and the study of the sets that are listed.

    Parameters
    ----------
    found : Alternatives
        What is written.
    folder : Path
        Where; plans may be there already.
    title : str
        The question that it answers.
    """
    gallery = Gallery()
    body = "\n".join(block for block in _page(found, title, gallery) if block)
    frames = found.frames() if found.sites else {}
    said = alternatives_json(found)
    return write_studied(found.study, folder, "alternatives", title or _TITLE, body, frames, said, drawn=gallery.data())


def alternatives_json(found: Alternatives) -> dict[str, object]:
    """Return the figures, as written to ``alternatives.json``."""
    search, filled = found.search, bool(found.sites)
    return {
        "answer": alternatives_answer(found)[0],
        "cost": found.best if np.isfinite(found.best) else None,
        "limit": found.limit if np.isfinite(found.limit) else None,
        "asked": found.asked(),
        "finished": found.finished,
        "found": len(found.found),
        "undecided": len(found.undecided),
        "parts": 0 if search is None else search.begun,
        "rest_at_least": found.rest if np.isfinite(found.rest) else None,
        "sets": plain_rows(found.table()) if filled else [],
        "sites": plain_rows(found.roles()) if filled else [],
        "swaps": plain_rows(found.swaps()) if filled else [],
    }


def print_alternatives(found: Alternatives, console: Console, folder: Path | None = None) -> None:
    """Print the sets, what they have in common, and what is proved; `folder` is where the files are."""
    show(console, _terminal(found, folder))


def _terminal(found: Alternatives, folder: Path | None) -> Iterator[RenderableType]:
    head, words = alternatives_answer(found)
    yield Text(head, style="bold")
    sound = "passed" if found.study.audit().empty else "FAILED, do not use this"
    for sentence in (*words, f"Audit of every plan against the input tables: {sound}."):
        yield indented(Text(sentence))
    if found.sites:
        yield from ("", heading("Sets of open sites"), indented(sets_table(found, _FEW, narrow=True)))
        swaps = swaps_table(found, _PAIRS)
        if swaps.rows:
            yield from ("", heading("Sites that stand in for one another"), indented(swaps))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/")


def _page(found: Alternatives, title: str, gallery: Gallery) -> Iterator[str]:
    head, words = alternatives_answer(found)
    yield header(title or _TITLE, head, words)
    yield alarm(found.study)
    if found.search is not None:
        yield tiles(_figures(found))
    yield bullets(words[1:])
    if found.sites:
        sets = table(sets_table(found, _ROWS), "Sets of open sites", minor=("more", "sites", "days", "on time", "met"))
        yield section("Sets of open sites", sets, paragraph(NOTE, "note"))
        plans = [found.plan(each) for each in found.listed]
        yield drawn_section("Cost beside days", gallery.place("frontier", frontier(plans)))
        yield map_figures(gallery, plans)
        matrix = table(matrix_table(found, _ACROSS), "Sites by sets, a dot where the site is open")
        yield section("Which sites are open in which set", matrix, paragraph(_shown(found), "note"))
        swaps = swaps_table(found, _ROWS)
        if swaps.rows:
            pairs = table(swaps, "Pairs of sites", minor=("of", ""))
            yield section("Sites that stand in for one another", pairs, paragraph(SWAPS_NOTE, "note"))
        roles = table(roles_table(found), "Role of each site", minor=("type", "of sets"))
        yield section("Every site", roles, paragraph(ROLES_NOTE, "note"))
    yield made(found.study, _MADE)


def _shown(found: Alternatives) -> str:
    hidden = len(found.listed) - _ACROSS
    rest = f" The first {_ACROSS} sets; the others are in alternatives.csv." if hidden > 0 else ""
    return f"Of sets: share of all {amount(len(found.found))} sets found in which the site is open.{rest}"


def _figures(found: Alternatives) -> dict[str, tuple[str, str]]:
    sound = found.study.audit().empty
    return {
        "Best plan": (money(found.best), ""),
        f"Sets within {percent(found.within)}": (amount(len(found.found)), ""),
        "Proved complete": ("yes" if found.finished else "no", "good" if found.finished else "fair"),
        "Audit": ("passed" if sound else "failed", "good" if sound else "bad"),
    }
