"""Plans side by side, in words and tables, for the terminal and the page alike."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.console import TextTable, bullets, heading, indented, show
from netopt.report.studies.studied import plain_rows
from netopt.report.studies.study import change_words, effects_table, scenarios_table, signed, without_plan
from netopt.report.words import money, safe

if TYPE_CHECKING:
    from netopt.study.study import Study

__all__ = ["compare_json", "headline", "plans_table", "print_comparison", "sites_table", "soundness"]

_SITES = 20


def headline(study: Study) -> str:
    """Return which plan costs what beside the first one, in a sentence."""
    first = study.base
    if not first.found:
        return f"{first.name} has no plan to compare with"
    currency, scale = str(first.summary["currency"] or ""), first.cost
    others = [each for each in study.outcomes[1:] if each.found]
    if not others:
        return f"{first.name} costs {money(first.cost, currency)}; the others have no plan"
    cheapest = min(others, key=lambda each: each.cost)
    if len(others) > 1 and cheapest.cost >= first.cost:
        return f"None costs less than {first.name}, {money(first.cost, currency)}"
    change = cheapest.cost - first.cost
    if signed(change, scale)[0] not in "+-":
        return f"{cheapest.name} costs what {first.name} costs, {money(first.cost, currency)}"
    side = "more" if change > 0 else "less"
    return f"{cheapest.name} costs {money(abs(change), currency, scale)} {side} than {first.name}"


def soundness(study: Study) -> str:
    """Return whether every plan stands up to the tables that were typed."""
    sound = "passed" if study.audit().empty else "FAILED, do not use this comparison"
    return f"Audit of every plan against its input tables: {sound}."


def plans_table(study: Study) -> TextTable:
    """Return a row for each plan: cost, change, how sure, sites, service."""
    table = scenarios_table(study)
    columns = {("plan" if title == "scenario" else title): kind for title, kind in table.columns.items()}
    return TextTable(columns, table.rows)


def sites_table(study: Study, most: int = _SITES) -> TextTable | None:
    """Return in which plans the sites are open that are not open in all of them, None where all agree."""
    found = [each for each in study.outcomes if each.found]
    opened = [set(each.open_sites()) for each in found]
    names = list(dict.fromkeys(name for each in found for name in each.open_sites()))
    differing = [name for name in names if not all(name in sites for sites in opened)]
    if not differing:
        return None
    rows = [[name, *("open" if name in sites else "" for sites in opened)] for name in differing[:most]]
    if len(differing) > most:
        rows.append([f"{len(differing) - most} more, in sites.csv", *[""] * len(found)])
    return TextTable({"site": "name", **dict.fromkeys((each.name for each in found), "name")}, rows)


def print_comparison(study: Study, console: Console, folder: Path | None = None) -> None:
    """Print plans side by side.

    Parameters
    ----------
    study : Study
        What `netopt.compare` returns.
    console : Console
        What `netopt.report.console.terminal` returns.
    folder : Path, optional
        Where the files are.
    """
    show(console, _blocks(study, folder))


def _blocks(study: Study, folder: Path | None) -> Iterable[RenderableType]:
    yield Text(headline(study), style="bold")
    for sentence in (*without_plan(study), soundness(study)):
        yield indented(Text(sentence))
    yield from ("", heading("Plans"), indented(plans_table(study)))
    sites = sites_table(study)
    if sites is not None:
        yield from ("", heading("Open in some of them"), indented(sites))
    for beside in study.comparisons():
        title = f"{beside.after.name}, beside {beside.before.name}"
        yield from ("", heading(title), bullets(change_words(beside)))
        if beside.change:
            yield indented(effects_table(beside, whole=False))
    if folder is not None:
        yield from ("", f"Files: {safe(folder)}/")


def compare_json(study: Study) -> dict[str, Any]:
    """Return the figures of a comparison, as written to ``compare.json``."""
    return {
        "answer": headline(study),
        "plans": plain_rows(study.table().rename(columns={"scenario": "plan"})),
        "audit": "passed" if study.audit().empty else "failed",
        "inputs": {
            each.name: {name: each.summary.get(name) for name in ("input_sha256", "edits", "versions")}
            for each in study.outcomes
        },
    }
