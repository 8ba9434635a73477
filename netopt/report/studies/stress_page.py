"""Outages on one page, for those who decide: what is missed the most, and what helps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from netopt.report.drawings import Gallery
from netopt.report.figures.studies.outages import outages
from netopt.report.markup import bullets, paragraph, section, table, tiles
from netopt.report.studies.stress import NOTE, outages_table, refused_words, stress_answer, unmet_table
from netopt.report.studies.studied import alarm, header, made, plain_rows, write_studied
from netopt.report.words import amount, money

if TYPE_CHECKING:
    from netopt.study.risk.stress import Stress

__all__ = ["stress_json", "write_stress"]

_ROWS = 200
_MINOR = ("for", "today's sites")


def write_stress(stress: Stress, folder: Path, title: str = "") -> list[Path]:
    """Write ``stress.html``, ``stress.json``, the tables as CSV, and the study that they are made from.

    Parameters
    ----------
    stress : Stress
        What is written.
    folder : Path
        Where; plans may be there already.
    title : str
        The question that it answers.
    """
    gallery = Gallery()
    body = "\n".join(block for block in _blocks(stress, title, gallery) if block)
    frames, said = stress.frames(), stress_json(stress)
    return write_studied(stress.study, folder, "stress", title or "Stress", body, frames, said, drawn=gallery.data())


def stress_json(stress: Stress) -> dict[str, object]:
    """Return the figures, as written to ``stress.json``."""
    return {
        "answer": stress_answer(stress)[0],
        "cost": stress.base.summary["cost"],
        "unmet_cost": None if stress.unmet_cost != stress.unmet_cost else stress.unmet_cost,
        "outages": plain_rows(stress.table()),
        "unmet": plain_rows(stress.unmet()),
    }


def _blocks(stress: Stress, title: str, gallery: Gallery) -> Iterator[str]:
    head, words = stress_answer(stress)
    yield header(title or "Stress", head, words)
    yield alarm(stress.study)
    if stress.base.found:
        yield tiles(_figures(stress))
    yield bullets([*words[1:], *refused_words(stress)])
    currency = str(stress.base.summary["currency"] or "")
    for what, heading in (("site", "Sites out, one at a time"), ("lane", "Lanes out, one at a time")):
        content = outages_table(stress, what, _ROWS)
        if content.rows:
            rows = stress.table()
            figure = gallery.place(what, outages(rows[rows["what"] == what], currency, stress.base.cost))
            yield section(heading, figure, table(content, heading, minor=_MINOR), paragraph(NOTE, "note"))
    unmet = unmet_table(stress, _ROWS)
    if unmet.rows:
        yield section("Who goes without", table(unmet, "Units unmet by outage and customer"))
    yield made(stress.study, "study.html beside this page says of each outage what changes and why.")


def _figures(stress: Stress) -> dict[str, tuple[str, str]]:
    short = sum(each.free.found and len(each.free.tables["unmet"]) > 0 for each in stress.found)
    sound = stress.study.audit().empty
    return {
        "Base": (money(stress.base.cost), ""),
        "Outages": (amount(len(stress.found)), ""),
        "With unmet demand": (amount(short), "bad" if short else "good"),
        "Audit": ("passed" if sound else "failed", "good" if sound else "bad"),
    }
