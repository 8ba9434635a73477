"""Figures on the pages of studies, each where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from netopt.report.drawings import Gallery
from netopt.report.figures.studies.maps import MOST_MAPS, maps
from netopt.report.figures.studies.regret import regret
from netopt.report.figures.studies.scenarios import changes, costs
from netopt.report.markup import paragraph, section

if TYPE_CHECKING:
    from netopt.study.comparison import Comparison
    from netopt.study.outcome import Outcome
    from netopt.study.study import Study

__all__ = ["change_figure", "cost_figure", "drawn_section", "map_figures", "regret_figure"]


def cost_figure(gallery: Gallery, study: Study) -> str:
    """Return the cost of every scenario by bucket."""
    return gallery.place("costs", costs(study.outcomes))


def change_figure(gallery: Gallery, beside: Sequence[Comparison]) -> str:
    """Return a section with the change of every bucket; the tables of the comparisons hold its numbers."""
    return drawn_section("What changes, bucket by bucket", gallery.place("changes", changes(beside)))


def regret_figure(gallery: Gallery, study: Study) -> str:
    """Return what each option costs more than the best one in each case."""
    currency = str(study.base.summary["currency"] or "")
    return gallery.place("regret", regret(study.regret(), currency, study.base.cost))


def map_figures(gallery: Gallery, outcomes: Sequence[Outcome]) -> str:
    """Return a section with maps side by side, of the first plans where there are many."""
    drawn = [gallery.place(f"map-{at}", figure) for at, figure in enumerate(maps(outcomes).values())]
    left = sum(each.found for each in outcomes) - len(drawn)
    note = f"The first {MOST_MAPS} plans; {left} more are not drawn." if left > 0 else ""
    if len(drawn) < 2:
        return ""
    return drawn_section(
        "Maps side by side", f'<div class="beside">{"".join(drawn)}</div>', paragraph(note, "note") if note else ""
    )


def drawn_section(title: str, *blocks: str) -> str:
    """Return a section that is there where scripts run; nothing without a figure in it."""
    if not blocks or not blocks[0]:
        return ""
    return section(title, *blocks).replace("<section>", '<section class="drawn">', 1)
