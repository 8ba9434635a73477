"""Figures outside of the page, such as in a notebook: the only place that imports plotly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from netopt.plan import Plan
from netopt.report.figures import FIGURES, Figure
from netopt.report.figures.network_map import network_map
from netopt.report.figures.style import label

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from netopt.network import Network

__all__ = ["shown"]


def shown(subject: Plan | Network, name: str, **options: Any) -> go.Figure:
    """Return a figure of a plan, or the map of a network, with its finding as the title.

    Parameters
    ----------
    subject : Plan or Network
        What is drawn.
    name : str
        One of `FIGURES`; of a network there is the map alone.
    **options
        Of that figure.

    Raises
    ------
    ValueError
        When there is no such figure, the plan has nothing of the kind, or an option has no such value.
    """
    import plotly.graph_objects as go

    figures: Mapping[str, Callable[..., Figure]] = FIGURES if isinstance(subject, Plan) else {"map": network_map}
    if isinstance(subject, Plan) and not subject.found:
        raise ValueError("there is no plan to draw")
    if name not in figures:
        raise ValueError(f"there is no figure {name!r}; use one of {', '.join(figures)}")
    figure = figures[name](subject, **options)
    if not figure["data"]:
        raise ValueError(figure["layout"]["meta"]["says"])
    title = {"text": label(figure["layout"]["meta"]["says"]), "x": 0, "xanchor": "left", "font": {"size": 14}}
    margin = figure["layout"].get("margin", {}) | {"t": 48}
    return go.Figure({"data": figure["data"], "layout": figure["layout"] | {"title": title, "margin": margin}})
