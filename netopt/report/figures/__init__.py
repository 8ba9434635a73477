"""Figures of a plan, each a function from a plan to what plotly reads: ``{"data": [...], "layout": {...}}``.

A figure is plain data; plotly itself is needed to look at one outside of the page (`netopt.report.figures.shown`).
``layout["meta"]["says"]`` holds the finding in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from netopt.report.figures.map import plan_map
from netopt.report.figures.style import Figure

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["FIGURES", "Figure"]

FIGURES: Mapping[str, Callable[[Plan], Figure]] = {"map": plan_map}
"""By name, in the order of the page."""
