"""Plans side by side on one page, with a table of everything that differs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from netopt.plan.folder import digest, write_table
from netopt.report.drawings import Gallery
from netopt.report.files import appearing_folder
from netopt.report.markup import bullets, facts, paragraph, section, table, tiles
from netopt.report.page import document
from netopt.report.studies.compare import compare_json, headline, plans_table, sites_table, soundness
from netopt.report.studies.drawn import change_figure, cost_figure, map_figures
from netopt.report.studies.studied import alarm, header
from netopt.report.studies.study import change_words, customers_table, effects_table, without_plan
from netopt.report.words import amount, at_most, money

if TYPE_CHECKING:
    from netopt.study.comparison import Comparison
    from netopt.study.study import Study

__all__ = ["FILES", "write_comparison"]

FILES = ("compare.html", "compare.json", "plans.csv", "effects.csv", "sites.csv", "customers.csv", "appraisal.csv")
"""What a comparison may consist of."""

_CUSTOMERS, _SITES = 15, 200
_NOTE = (
    "Price: the new plan at its prices less the same plan at the old ones. Volume: the old plan scaled to what is "
    "wanted now. Rerouting: the rest. They add up to the change."
)


def write_comparison(study: Study, folder: Path, title: str = "") -> None:
    """Write ``compare.html``, ``compare.json`` and a CSV for each table, whole or not at all.

    Parameters
    ----------
    study : Study
        What `netopt.compare` returns.
    folder : Path
        Written anew; an earlier comparison there is replaced.
    title : str
        Of the page.

    Raises
    ------
    FileExistsError
        When the folder holds anything else.
    OSError
        When it cannot be written.
    """
    frames = {name: frame.rename(columns={"scenario": "plan"}) for name, frame in study.frames().items()}
    frames["plans"] = frames.pop("scenarios")
    with appearing_folder(folder, FILES) as fresh:
        for name, frame in frames.items():
            write_table(fresh / f"{name}.csv", frame)
        gallery = Gallery()
        body = "\n".join(block for block in _blocks(study, title, gallery) if block)
        page = document(title or "Plans side by side", body, gallery.data())
        (fresh / "compare.html").write_text(page, encoding="utf-8", newline="\n")
        said = compare_json(study) | {"files": {path.name: digest(path) for path in sorted(fresh.iterdir())}}
        text = json.dumps(said, indent=2, allow_nan=False, ensure_ascii=False)
        (fresh / "compare.json").write_text(text, encoding="utf-8", newline="\n")


def _blocks(study: Study, title: str, gallery: Gallery) -> Iterator[str]:
    yield header(title or "Plans side by side", headline(study), [soundness(study)])
    yield alarm(study)
    yield tiles(_figures(study))
    yield bullets(without_plan(study))
    yield section("Plans", cost_figure(gallery, study), table(plans_table(study), "Plans", minor=("days", "sites")))
    yield map_figures(gallery, study.outcomes)
    yield change_figure(gallery, study.comparisons())
    sites = sites_table(study, _SITES)
    if sites is not None:
        yield section("Open in some of them", table(sites, "Sites that are open in some plans"))
    yield from map(_compared, study.comparisons())
    yield section("What was compared", facts({each.name: _origin(each.summary) for each in study.outcomes}))


def _figures(study: Study) -> dict[str, tuple[str, str]]:
    found = [each for each in study.outcomes if each.found]
    gaps = [each.summary["gap"] for each in found]
    sound = study.audit().empty
    return {
        study.base.name: (money(study.base.cost) if study.base.found else "no plan", ""),
        "Plans": (amount(len(study.outcomes)), ""),
        "Each within": (at_most(max(gaps)) if gaps and None not in gaps else "not known", ""),
        "Audit": ("passed" if sound else "failed", "good" if sound else "bad"),
    }


def _compared(beside: Comparison) -> str:
    customers = customers_table(beside, _CUSTOMERS)
    return section(
        f"{beside.after.name}, beside {beside.before.name}",
        bullets(change_words(beside)),
        table(effects_table(beside), "Change of cost by bucket", total=True, minor=("before", "after")),
        paragraph(_NOTE, "note"),
        table(customers, "Customers served from elsewhere", minor=("days", "now days")) if customers.rows else "",
    )


def _origin(summary: object) -> str:
    """Return the input of a plan, what was changed in it, and when it would be the same."""
    said = dict(summary) if isinstance(summary, dict) else {}
    place = Path(str(said["input"])).name if said.get("input") else "tables in memory"
    edits = [" ".join(str(value) for value in edit.values() if value) for edit in said.get("edits") or ()]
    return "; ".join([f"{place}, SHA-256 {said.get('input_sha256')}", *edits])
