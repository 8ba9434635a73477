"""A baseline in a folder: one page that needs nothing but itself, a CSV for every table, and the summary."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.plan.folder import write_table
from netopt.plan.solve import versions
from netopt.report.drawings import Gallery
from netopt.report.figures.studies.scenarios import cost_bars
from netopt.report.files import appearing_folder
from netopt.report.markup import bullets, facts, paragraph, section, table, text, tiles
from netopt.report.page import document
from netopt.report.studies import baseline as said
from netopt.report.words import amount, money, percent

if TYPE_CHECKING:
    from netopt.study.today.baseline import Baseline

__all__ = ["FILES", "as_json", "write_baseline"]

_TABLES = (
    "table",
    "figures",
    "savings",
    "finance",
    "tie_out",
    "lanes",
    "sites",
    "changes",
    "forbidden",
    "off_network_flows",
)
FILES = (*(f"{name}.csv" for name in _TABLES), "baseline.html", "summary.json")
"""Names of the files in the folder of a baseline."""

_MOST = 50
_EACH = 20


def write_baseline(baseline: Baseline, folder: Path) -> Path:
    """Write the folder of a baseline, whole or not at all.

    Parameters
    ----------
    baseline : Baseline
        What is written.
    folder : Path
        Written anew; an earlier baseline there is replaced.

    Raises
    ------
    FileExistsError
        When the folder holds anything else.
    OSError
        When it cannot be written.
    """
    with appearing_folder(folder, FILES) as fresh:
        for name in _TABLES:
            write_table(fresh / f"{name}.csv", _flat(getattr(baseline, name)()))
        gallery = Gallery()
        body = "\n".join(block for block in _blocks(baseline, gallery) if block)
        page = document("Baseline", body, gallery.data())
        (fresh / "baseline.html").write_text(page, encoding="utf-8", newline="\n")
        told = json.dumps(
            as_json(baseline) | {"input": _input(baseline, folder)}, indent=2, allow_nan=False, ensure_ascii=False
        )
        (fresh / "summary.json").write_text(told + "\n", encoding="utf-8", newline="\n")
    return folder


def _input(baseline: Baseline, folder: Path) -> str | None:
    """Return where the network is, seen from the folder, so that the two can be moved together."""
    path = baseline.network.tables.path
    if path is None:
        return None
    try:
        return Path(os.path.relpath(Path(path).resolve(), folder.resolve())).as_posix()
    except ValueError:  # another drive
        return str(Path(path).resolve())


def _flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose rows of a file are one cell, and whose missing numbers are blank."""
    frame = frame.copy()
    for name in frame.columns:
        if name == "rows":
            frame[name] = pd.Series([" ".join(map(str, rows)) for rows in frame[name]], dtype=object)
        elif frame[name].dtype == object and frame[name].isna().any():
            filled = pd.to_numeric(frame[name], errors="coerce")
            frame[name] = filled if filled.notna().any() or frame[name].isna().all() else frame[name].fillna("")
    return frame


def as_json(baseline: Baseline) -> dict[str, Any]:
    """Return the figures of a baseline, as written to ``summary.json``."""
    savings, network = baseline.savings(), baseline.network
    broken = baseline.forbidden()
    return {
        "currency": network.settings.currency,
        "columns": _records(baseline.figures()),
        "costs": _records(baseline.table()),
        "savings": _records(savings[savings["bucket"] == "total"].drop(columns="bucket")),
        "finance": _records(baseline.finance()),
        "tie_out": _records(baseline.tie_out()),
        "forbidden": {"findings": len(broken), "by_rule": broken["rule"].value_counts(sort=False).to_dict()},
        "off_network": {
            "flows": len(baseline.off_network_flows()),
            "spend": baseline.off_network,
            "without_spend": int(baseline.run.worthless.sum()),
        },
        "notes": said.notes(baseline),
        "input": network.tables.path,
        "input_sha256": network.tables.sha256,
        "flows": baseline.run.actual.source,
        "versions": versions(),
    }


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as JSON has them: null for what is not known."""
    return [{str(name): _plain(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _plain(value: Any) -> Any:
    if isinstance(value, float | np.floating):
        return float(value) if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def _blocks(baseline: Baseline, gallery: Gallery) -> Iterator[str]:
    cost, words = said.headline(baseline).split("   ")
    path = baseline.network.tables.path
    name = "tables in memory" if path is None else Path(path).resolve().name
    top = f'<p class="name">netopt baseline <span>{text(name)}</span></p>'
    yield f"<header>\n{top}\n<h1>{text(cost)}</h1>\n{paragraph(words, 'verdict')}\n</header>"
    yield tiles(_tiles(baseline))
    yield bullets(said.savings_words(baseline))
    costs = baseline.table().set_index("bucket").drop(index="total").rename(columns=said.TITLES)
    yield section(
        "Cost",
        gallery.place("costs", cost_bars(costs, baseline.network.settings.currency)),
        table(said.columns_table(baseline), "Cost by bucket", total=True, minor=("best flows",)),
    )
    yield section("Service", table(said.figures_table(baseline), "What each column delivers", minor=("open sites",)))
    if len(baseline.found) > 1:
        yield section("Savings", table(said.savings_table(baseline), "Savings of each step", minor=("share",)))
        notes = bullets(said.finance_note(baseline))
        yield section(
            "What the change is worth",
            table(said.finance_table(baseline), "Appraisal of each step", minor=("discounted", "once")),
            notes,
        )
    if len(baseline.tie_out()):
        explained = bullets(said.explained_words(baseline))
        yield section("Tie-out", table(said.tie_out_table(baseline), "Modelled and spent", total=True), explained)
    lanes = said.lanes_table(baseline, _MOST, "lanes.csv")
    told = table(lanes, "Lanes") if lanes.rows else paragraph("Every flow was paid at the rate of the model.")
    yield section(said.lanes_title(baseline), told)
    yield section(
        said.sites_title(baseline),
        table(said.sites_table(baseline, _MOST, "sites.csv"), "Sites as run and in each column"),
    )
    broken = said.forbidden_words(baseline, _EACH, "forbidden.csv")
    fine = paragraph("The network is run within every rule of the model.")
    yield section("What the model forbids", bullets(broken) if broken else fine)
    notes = bullets(said.notes(baseline))
    yield section("To know", notes) if notes else ""
    made = {"input": name, "input SHA-256": baseline.network.tables.sha256, "flows": baseline.run.actual.source}
    made["versions"] = ", ".join(f"{package} {number}" for package, number in versions().items())
    yield section("How this was made", facts(made, ("input SHA-256",)))


def _tiles(baseline: Baseline) -> dict[str, tuple[str, str]]:
    today = baseline.figures().to_dict("records")[0]
    broken = len(baseline.forbidden())
    currency = baseline.network.settings.currency
    tile = {"As run, a unit": (money(today["cost_per_unit"], currency), "")}
    tile["On time"] = (percent(today["on_time"]), "")
    tile["Open sites"] = (amount(today["open_sites"]), "")
    tile["Rules broken"] = (amount(broken) if broken else "none", "bad" if broken else "good")
    return tile
