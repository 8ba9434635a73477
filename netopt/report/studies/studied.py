"""What pages that stand on a study have in common: the header, where it came from, and how it is written."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from netopt.plan.folder import digest, write_table
from netopt.report.files import appearing
from netopt.report.markup import bullets, facts, paragraph, section, text
from netopt.report.page import document
from netopt.report.studies.study_page import write_study

if TYPE_CHECKING:
    from netopt.study.study import Study

__all__ = ["alarm", "header", "made", "plain_rows", "write_studied"]

_BREACHES = 20


def header(title: str, head: str, words: Sequence[str]) -> str:
    """Return the head of a page: its title, the answer, and the first sentence that explains it."""
    name = f'<p class="name">netopt <span>{text(title)}</span></p>'
    verdict = paragraph(words[0], "verdict") if words else ""
    return f"<header>\n{name}\n<h1>{text(head)}</h1>\n{verdict}\n</header>"


def alarm(study: Study) -> str:
    """Return what is wrong with plans that do not pass their audit, nothing where all do."""
    wrong = study.audit()
    if wrong.empty:
        return ""
    words = paragraph("A plan does not pass its audit against the input tables. Do not use this.")
    return f'<div class="alarm" role="alert">{words}{bullets(wrong["words"].head(_BREACHES))}</div>'


def made(study: Study, note: str = "") -> str:
    """Return where it came from."""
    summary = study.base.summary
    path = summary.get("input")
    said = {
        "input": "tables in memory" if path is None else Path(str(path)).name,
        "input SHA-256": str(summary["input_sha256"]),
        "checked again by": "netopt verify FOLDER",
        "versions": ", ".join(f"{name} {number}" for name, number in summary.get("versions", {}).items()),
    }
    copied = ("input SHA-256", "checked again by")
    return section("How this was made", facts(said, copied), paragraph(note, "note") if note else "")


def plain_rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return rows as JSON has them: nothing where a figure is not known."""
    rows = table.to_dict("records")
    return [{str(key): None if pd.isna(value) else value for key, value in row.items()} for row in rows]


def write_studied(
    study: Study,
    folder: Path,
    name: str,
    title: str,
    body: str,
    frames: Mapping[str, pd.DataFrame],
    said: Mapping[str, Any],
    typed: Mapping[str, pd.DataFrame] | None = None,
    answer: tuple[str, Sequence[str]] | None = None,
    drawn: str = "",
) -> list[Path]:
    """Write a page, its tables and its figures beside the study that they are made from.

    Parameters
    ----------
    study : Study
        Written first.
    folder : Path
        Where.
    name : str
        Of the page and the figures, without an ending.
    title, body : str
        Of the page.
    frames : mapping of str to DataFrame
        Tables by file name, without an ending.
    said : mapping of str to object
        Figures.
    typed : mapping of str to DataFrame, optional
        Tables that can be given back as input, by file name, without an ending: written as they were typed.
    answer : tuple of str and sequence of str, optional
        What the page of the study says, where its own comparison would mislead.
    drawn : str
        Data of the figures in the body, see `netopt.report.drawings.Gallery`.

    Returns
    -------
    list of Path
        The files.
    """
    files = {f"{table}.csv": partial(write_table, table=frame) for table, frame in frames.items()}
    for table, frame in (typed or {}).items():
        files[f"{table}.csv"] = partial(write_table, table=frame, guard=False)
    files[f"{name}.html"] = partial(_write_text, text=document(title, body, drawn))
    found = write_study(study, folder, title, answer)
    for file, write in files.items():
        with appearing(folder / file) as path:
            write(path)
    whole = {**said, "audit": "passed" if study.audit().empty else "failed"}
    whole |= {key: study.base.summary[key] for key in ("input", "input_sha256", "versions")}
    whole |= {"files": {file: digest(folder / file) for file in files}}
    with appearing(folder / f"{name}.json") as path:
        _write_text(path, json.dumps(whole, indent=2, allow_nan=False, ensure_ascii=False))
    return [*found, *(folder / file for file in (*files, f"{name}.json"))]


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
