"""Sensitivity on one page and on the terminal: what the cost depends on, and where the open sites change."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import heading, indented, show
from netopt.report.markup import bullets, paragraph, section, table, tiles
from netopt.report.studies.studied import alarm, header, made, plain_rows, write_studied
from netopt.report.studies.tornado import NOTE, chart, swings_table, thresholds_table, tornado_answer
from netopt.report.words import amount, gap_words, money, safe

if TYPE_CHECKING:
    from netopt.study.risk.tornado import Tornado

__all__ = ["print_tornado", "tornado_json", "write_tornado"]

_ROWS = 60
_SITES = "Where the open sites change"
_BETWEEN = "Between these factors the plans that are found change; within the gap, others may cost as little."


def write_tornado(tornado: Tornado, folder: Path, title: str = "") -> list[Path]:
    """Write ``tornado.html``, ``tornado.json``, ``tornado.csv``, and the study that they are made from.

    Parameters
    ----------
    tornado : Tornado
        What is written.
    folder : Path
        Where; plans may be there already.
    title : str
        The question that it answers.
    """
    body = "\n".join(block for block in _page(tornado, title) if block)
    frames = {"tornado": tornado.table()}
    return write_studied(tornado.study, folder, "tornado", title or "Tornado", body, frames, tornado_json(tornado))


def tornado_json(tornado: Tornado) -> dict[str, object]:
    """Return the figures, as written to ``tornado.json``."""
    rows = plain_rows(tornado.table())
    finite = [row | {"swing": row["swing"] if math.isfinite(row["swing"]) else None} for row in rows]
    head = tornado_answer(tornado)[0]
    return {"answer": head, "cost": tornado.base.summary["cost"], "by": tornado.by, "inputs": finite}


def print_tornado(tornado: Tornado, console: Console, folder: Path | None = None) -> None:
    """Print what the cost is sensitive to; `folder` is where the files are."""
    show(console, _terminal(tornado, folder))


def _terminal(tornado: Tornado, folder: Path | None) -> Iterator[RenderableType]:
    head, words = tornado_answer(tornado)
    yield Text(head, style="bold")
    sound = "passed" if tornado.study.audit().empty else "FAILED, do not use this"
    for sentence in (*words, f"Audit of every plan against the input tables: {sound}."):
        yield indented(Text(sentence))
    if tornado.bars:
        yield from ("", heading("Change of cost"), indented(swings_table(tornado, _ROWS)))
    changes = thresholds_table(tornado)
    if changes.rows:
        yield from ("", heading(_SITES), indented(changes))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/")


def _page(tornado: Tornado, title: str) -> Iterator[str]:
    head, words = tornado_answer(tornado)
    yield header(title or "Tornado", head, words)
    yield alarm(tornado.study)
    if tornado.base.found:
        yield tiles(_figures(tornado))
    yield bullets(words[1:])
    if tornado.bars:
        changes = table(swings_table(tornado, _ROWS), "Change of cost by input")
        yield section("Change of cost", chart(tornado, _ROWS), paragraph(NOTE, "note"), changes)
    sites = thresholds_table(tornado)
    if sites.rows:
        yield section(_SITES, table(sites, _SITES), paragraph(_BETWEEN, "note"))
    yield made(tornado.study, "study.html beside this page says of each input what changes and why.")


def _figures(tornado: Tornado) -> dict[str, tuple[str, str]]:
    sound = tornado.study.audit().empty
    gap = tornado.base.summary["gap"]
    return {
        "Base": (money(tornado.base.cost), ""),
        "Gap": ("not known" if gap is None else gap_words(float(gap)), ""),
        "Inputs": (amount(len(tornado.bars)), ""),
        "Audit": ("passed" if sound else "failed", "good" if sound else "bad"),
    }
