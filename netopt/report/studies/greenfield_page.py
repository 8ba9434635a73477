"""Candidates from nowhere on one page and on the terminal, and as files that can be solved with."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.text import Text

from netopt.plan.folder import digest, write_table
from netopt.report.console import heading, indented, show
from netopt.report.files import appearing
from netopt.report.markup import bullets, facts, paragraph, section, table, tiles
from netopt.report.page import document
from netopt.report.studies.greenfield import (
    NOTE,
    gains_table,
    greenfield_answer,
    method_words,
    places_table,
    rows_table,
)
from netopt.report.studies.greenfield_map import picture
from netopt.report.studies.studied import alarm, header, plain_rows
from netopt.report.studies.study_page import write_study
from netopt.report.words import amount, money, safe
from netopt.study.greenfield.greenfield import NETWORK
from netopt.study.greenfield.stacked import header_for, lines_of

if TYPE_CHECKING:
    from netopt.study.greenfield.greenfield import Greenfield

__all__ = ["SAID", "greenfield_json", "print_greenfield", "write_greenfield"]

SAID = "greenfield.json"
"""The file with the figures; a folder that holds it may be written again."""

_ROWS = "What their rows say"
_MAP = "Circles: customers, by what they want. Squares: sites of today. Diamonds: new sites."


def print_greenfield(found: Greenfield, console: Console, folder: Path | None = None) -> None:
    """Print what is proposed; `folder` is where the files are."""
    show(console, _terminal(found, folder))


def _terminal(found: Greenfield, folder: Path | None) -> Iterator[RenderableType]:
    head, words = greenfield_answer(found)
    yield Text(head, style="bold")
    for sentence in (*words, *_audited(found), *method_words(found)):
        yield indented(Text(sentence))
    yield from ("", heading("New sites, beside today's"), indented(gains_table(found, whole=False)))
    yield from ("", heading("Where"), indented(places_table(found)))
    yield from ("", heading(_ROWS), indented(rows_table(found)))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/, with the rows in candidates.csv and below the others in {NETWORK}")


def _audited(found: Greenfield) -> Iterator[str]:
    if found.study is not None:
        sound = "passed" if found.study.audit().empty else "FAILED, do not use this"
        yield f"Audit of both plans against the input tables: {sound}."


def greenfield_json(found: Greenfield) -> dict[str, Any]:
    """Return the figures, as written to ``greenfield.json``."""
    model, ends = found.model, found.found
    totals = {name: found.total(name) for name in ("distance", "weighted", "transport")}
    known = {
        f"{name}_{when}": None if value != value else value
        for name, both in totals.items()
        for when, value in zip(("before", "after"), both, strict=True)
    }
    head, words = greenfield_answer(found)
    said: dict[str, Any] = {
        "answer": head,
        "words": [*words, *method_words(found)],
        "type": model.kind,
        "asked": found.asked,
        "unit": model.network.settings.distance_unit,
    }
    said |= {"cost_per_distance": model.slope, "starts": ends.starts, "agreeing": ends.agreeing}
    said |= {"weighted_exact": found.exact, **known, "sites": plain_rows(found.table())}
    said |= {"rows": {name: plain_rows(rows) for name, rows in found.rows.items()}}
    if found.study is not None:
        said |= {"scenarios": plain_rows(found.study.table()), "saving": found.saving}
    return said


def write_greenfield(found: Greenfield, folder: Path, title: str = "") -> list[Path]:
    """Write the page, its tables and figures, the new rows, and the study where there is one.

    Parameters
    ----------
    found : Greenfield
        What is written: ``greenfield.html``, ``greenfield.csv``, ``greenfield_customers.csv``, ``candidates.csv`` and
        ``greenfield.json``. The network with the new rows is there already.
    folder : Path
        Where.
    title : str
        The question that it answers.

    Returns
    -------
    list of Path
        The files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    page = document(title or "Greenfield", "\n".join(block for block in _page(found, title) if block))
    files = {
        "greenfield.csv": partial(write_table, table=found.table()),
        "greenfield_customers.csv": partial(write_table, table=found.customers()),
        "candidates.csv": partial(_write_rows, found=found),
        "greenfield.html": partial(_write_text, text=page),
    }
    written = [] if found.study is None else write_study(found.study, folder, title)
    for name, write in files.items():
        with appearing(folder / name) as path:
            write(path)
    tables = found.model.network.tables
    said = greenfield_json(found) | {"input": _seen_from(folder, tables.path), "input_sha256": tables.sha256}
    said |= {"base_edits": [dict(edit) for edit in tables.edits]}
    said |= {"files": {name: digest(folder / name) for name in files}}
    with appearing(folder / SAID) as path:
        _write_text(path, json.dumps(said, indent=2, allow_nan=False, ensure_ascii=False))
    return [*written, *(folder / name for name in (*files, SAID))]


def _seen_from(folder: Path, path: str | None) -> str | None:
    """Return where the input is, seen from a folder, so that the two can be moved together."""
    return None if path is None else Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix()


def _write_rows(path: Path, found: Greenfield) -> None:
    with path.open("w", newline="", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerows(
            lines_of(found.rows, header_for(found.model.network, found.rows))
        )


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _page(found: Greenfield, title: str) -> Iterator[str]:
    head, words = greenfield_answer(found)
    yield header(title or "Greenfield", head, words)
    if found.study is not None:
        yield alarm(found.study)
    yield tiles(_figures(found))
    yield bullets([*words[1:], *_audited(found)])
    where = table(places_table(found), "Where new sites are", minor=("people", "country"))
    yield section("Where", picture(found), paragraph(_MAP, "note"), where)
    gains = table(gains_table(found), "Whom new sites would serve", minor=("customers", "units", "weighted"))
    yield section("New sites, beside today's", gains, paragraph(NOTE, "note"))
    rows = paragraph("They are in candidates.csv, and below the others in network.csv.", "note")
    yield section(_ROWS, table(rows_table(found), _ROWS, minor=("opening cost", "handling cost")), rows)
    tables = found.model.network.tables
    said = {
        "input": "tables in memory" if tables.path is None else Path(tables.path).name,
        "input SHA-256": tables.sha256,
        "solved again by": f"netopt sites {NETWORK}",
    }
    made = facts(said, ("input SHA-256", "solved again by"))
    yield section("How this was made", bullets(method_words(found)), made)


def _figures(found: Greenfield) -> dict[str, tuple[str, str]]:
    unit = found.model.network.settings.distance_unit
    before, after = found.total("distance")
    weighted = found.total("weighted")
    figures = {"New sites": (amount(len(found.sites)), "")}
    if before == before:
        figures["Mean distance today"] = (f"{before:,.0f} {unit}", "")
    figures["Mean distance then"] = (f"{after:,.0f} {unit}", "")
    if found.study is not None:
        saving = found.saving
        figures["They save"] = ("not known" if saving is None else money(saving), "")
    elif before == before:
        figures["Distance costs less"] = (money(weighted[0] - weighted[1]), "")
    return figures
