"""A study on one page, for those who decide: the answer, the table behind it, and why."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from netopt.plan.folder import digest, write_table
from netopt.report.drawings import Gallery
from netopt.report.files import appearing
from netopt.report.markup import bullets, facts, paragraph, section, table, text, tiles
from netopt.report.page import document
from netopt.report.studies.appraisal import appraisal_notes, appraisal_table
from netopt.report.studies.drawn import change_figure, cost_figure, map_figures, regret_figure
from netopt.report.studies.study import (
    answer,
    carried_words,
    change_words,
    costs_table,
    customers_table,
    effects_table,
    regret_table,
    scenarios_table,
    today_table,
    without_plan,
    worth_of,
    worth_title,
)
from netopt.report.words import amount, at_most, money
from netopt.study.store import STUDY

if TYPE_CHECKING:
    from netopt.study.comparison import Comparison
    from netopt.study.outcome import Outcome
    from netopt.study.study import Study

__all__ = ["as_json", "write_study"]

_CUSTOMERS = 10


def write_study(
    study: Study, folder: Path, title: str = "", said: tuple[str, Sequence[str]] | None = None
) -> list[Path]:
    """Write ``study.html``, ``study.json`` and a CSV for each table of a study.

    Parameters
    ----------
    study : Study
        What is written.
    folder : Path
        Where; plans of the scenarios may be there already.
    title : str
        The question that the study answers.
    said : tuple of str and sequence of str, optional
        Answer, and sentences below it, where the study is a part of something else that it cannot answer by itself.

    Returns
    -------
    list of Path
        The files.
    """
    files = {f"{name}.csv": partial(write_table, table=frame) for name, frame in study.frames().items()}
    for name, frame in ({} if study.today is None else study.today.typed()).items():
        files[f"{name}.csv"] = partial(write_table, table=frame, guard=False)
    gallery = Gallery()
    body = "\n".join(block for block in _blocks(study, title, said or answer(study), gallery) if block)
    files["study.html"] = partial(_write_text, text=document(title or "Study", body, gallery.data()))
    for name, write in files.items():
        with appearing(folder / name) as path:
            write(path)
    whole = as_json(study) | ({} if said is None else {"answer": said[0]})
    whole |= {"files": {name: digest(folder / name) for name in files}}
    source = study.base.source.tables.path
    if source is not None:  # seen from the folder, so that the two can be moved together
        whole["input"] = Path(os.path.relpath(Path(source).resolve(), folder.resolve())).as_posix()
    with appearing(folder / STUDY) as path:
        _write_text(path, json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=False))
    return [folder / name for name in (*files, STUDY)]


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def as_json(study: Study) -> dict[str, object]:
    """Return the figures of a study, as written to ``study.json``."""
    rows = study.table().to_dict("records")
    known = [{key: None if pd.isna(value) else value for key, value in row.items()} for row in rows]
    return {
        "answer": answer(study)[0],
        "scenarios": known,
        **study.definition(),
        "audit": "passed" if study.audit().empty else "failed",
        "input": study.base.summary["input"],
        "input_sha256": study.base.summary["input_sha256"],
        "versions": study.base.summary["versions"],
    }


def _blocks(study: Study, title: str, said: tuple[str, Sequence[str]], gallery: Gallery) -> Iterator[str]:
    head, words = said
    name = f'<p class="name">netopt <span>{text(title or "Study")}</span></p>'
    verdict = paragraph(words[0], "verdict") if words else ""
    yield f"<header>\n{name}\n<h1>{text(head)}</h1>\n{verdict}\n</header>"
    wrong = study.audit()
    if len(wrong):
        alarm = paragraph("A plan does not pass its audit against the input tables. Do not use this study.")
        yield f'<div class="alarm" role="alert">{alarm}{bullets(wrong["words"].head(20))}</div>'
    yield tiles(_figures(study))
    yield bullets([*words[1:], *without_plan(study), *carried_words(study)])
    if len(study.options) > 1:
        yield section(
            "What each option costs",
            table(costs_table(study), "Cost of each option in each case"),
            paragraph("Below the first row: more (+) or less (-) than without an option in the same case.", "note"),
        )
        if len(study.cases) > 1:
            note = (
                "What an option costs more than the best one in the same case. What an option leaves open is decided "
                "anew in each case."
            )
            regrets = table(regret_table(study), "Regret of each option")
            yield section("Regret", regret_figure(gallery, study), regrets, paragraph(note, "note"))
    scenarios = table(scenarios_table(study), "Scenarios", minor=("days", "sites"))
    yield section("All scenarios", cost_figure(gallery, study), scenarios)
    yield map_figures(gallery, _on_maps(study))
    yield change_figure(gallery, study.comparisons())
    yield from _beside_today(study)
    worth = worth_of(study)
    if len(worth):
        title, content = worth_title(study), appraisal_table(worth, "scenario", "scenario")
        yield section(title, table(content, title, minor=("discounted",)), bullets(appraisal_notes(worth, "scenario")))
    yield _meant(study)
    yield from map(_compared, [*study.compared_with_today()[:1], *study.comparisons()])
    yield section("How this was made", facts(_origin(study), ("input SHA-256", "checked again by")))


def _on_maps(study: Study) -> list[Outcome]:
    """Return what maps show: the base and each option in it, or each case where nothing is to be decided."""
    if len(study.options) > 1:
        return [study.outcome(option.name, study.base.name) for option in study.options]
    return list(study.outcomes)


def _figures(study: Study) -> dict[str, tuple[str, str]]:
    solved = [outcome for outcome in study.outcomes if outcome.found]
    gaps = [float(outcome.summary["gap"]) for outcome in solved if outcome.summary["gap"] is not None]
    sound = study.audit().empty
    return {
        "Base": (money(study.base.cost), ""),
        "Scenarios with a plan": (f"{amount(len(solved))} of {amount(len(study.outcomes))}", ""),
        "Each within": (at_most(max(gaps)) if len(gaps) == len(solved) and gaps else "not known", ""),
        "Audit": ("passed" if sound else "failed", "good" if sound else "bad"),
    }


def _beside_today(study: Study) -> Iterator[str]:
    """Yield what each scenario costs beside what is run today."""
    if study.today is None:
        return
    note = (
        "Today's flows valued with the network's prices, no search. Price and volume are what the scenario itself "
        "changes; rerouting is what better flows and sites save."
    )
    content = table(today_table(study), "Scenarios beside what is run today")
    yield section("Beside what is run today", content, paragraph(note, "note"))


def _meant(study: Study) -> str:
    """Return what each scenario changes, in the words that make it."""
    said = {}
    for scenario in (*study.cases[1:], *study.options[1:]):
        edits = "; ".join(map(str, scenario.edits)) or "nothing"
        said[scenario.name] = f"{scenario.description}: {edits}" if scenario.description else edits
    return section("What the scenarios change", facts(said)) if said else ""


def _compared(beside: Comparison) -> str:
    note = (
        "Price: the new plan at its prices less the same plan at the old ones. Volume: the old plan scaled to what is "
        "wanted now. Rerouting: the rest. They add up to the change."
    )
    customers = customers_table(beside, _CUSTOMERS)
    return section(
        beside.after.name if beside.before.name == "base" else f"{beside.after.name}, beside {beside.before.name}",
        bullets(change_words(beside)),
        table(effects_table(beside), "Change of cost by bucket", total=True, minor=("before", "after")),
        paragraph(note, "note"),
        table(customers, "Customers served from elsewhere", minor=("days", "now days")) if customers.rows else "",
    )


def _origin(study: Study) -> dict[str, str]:
    summary = study.base.summary
    path = summary.get("input")
    versions = summary.get("versions", {})
    return {
        "input": "tables in memory" if path is None else Path(str(path)).name,
        "input SHA-256": str(summary["input_sha256"]),
        "checked again by": "netopt verify plans/NAME, for each scenario",
        "versions": ", ".join(f"{name} {number}" for name, number in versions.items()),
    }
