"""The figures of one page: where they stand, and their data at its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netopt.report.figures import FIGURES
from netopt.report.figures.map import Atlas
from netopt.report.figures.payload import payload
from netopt.report.map_block import map_block
from netopt.report.markup import section, text
from netopt.report.scripts import data

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["Drawings"]


class Drawings:
    """The figures of one page.

    Parameters
    ----------
    plan : Plan
        What they show.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._figures: dict[str, Any] = {}
        self._atlas: dict[str, Any] = {}

    def map(self, title: str) -> str:
        """Return the map as a section that is there where scripts run; nothing where nothing moves."""
        if not (self.plan.tables["flows"]["quantity"] > 0).any():
            return ""
        atlas = Atlas(self.plan)
        self._atlas = payload(atlas)
        return _drawn(title, map_block(atlas, self._atlas))

    def alone(self, title: str, name: str) -> str:
        """Return a figure as a section that is there where scripts run: its numbers stand in another table."""
        figure = self.figure(name)
        return _drawn(title, figure) if figure else ""

    def figure(self, name: str) -> str:
        """Return a figure by its name, with the sentence that it says; nothing where the plan has nothing of it."""
        figure = FIGURES[name](self.plan)
        if not figure["data"]:
            return ""
        self._figures[name] = figure
        says, height = text(figure["layout"]["meta"]["says"]), int(figure["layout"]["height"])
        return (
            f'<figure class="plot"><figcaption>{says}</figcaption>{_choices(figure, name)}'
            f'<div class="canvas" data-figure="{name}" role="img" aria-label="{says}" style="min-height:{height}px">'
            "</div></figure>"
        )

    def data(self) -> str:
        """Return what the script draws; nothing where there is nothing to draw."""
        if not self._figures and not self._atlas:
            return ""
        return data("figures", self._figures) + data("atlas", self._atlas)


def _choices(figure: dict[str, Any], name: str) -> str:
    """Return a choice of the sites that a figure has traces for, one of which is seen at a time."""
    sites = list(dict.fromkeys(trace["meta"]["site"] for trace in figure["data"] if "site" in trace.get("meta", {})))
    if len(sites) < 3:  # all sites, and the only one of them
        return ""
    options = "".join(f'<option value="{text(site)}">{text(site)}</option>' for site in sites)
    return f'<label class="choice">Site <select data-site-of="{name}" autocomplete="off">{options}</select></label>'


def _drawn(title: str, block: str) -> str:
    return section(title, block).replace("<section>", '<section class="drawn">', 1)
