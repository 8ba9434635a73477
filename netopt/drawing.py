"""Who draws plans and networks: imports point one way, so neither knows the report, which is above them.

`netopt` itself, which knows all of the house, says here who draws; nothing is imported before a figure is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = ["Pencil", "draw", "draws"]

Pencil = Callable[..., "go.Figure"]
"""Takes a plan or a network, the name of a figure, and the figure's own options."""

_pencils: list[Pencil] = []


def draws(pencil: Pencil) -> None:
    """Let a function draw from now on."""
    _pencils[:] = [pencil]


def draw(subject: object, name: str, **options: Any) -> go.Figure:
    """Return a figure of a plan or a network.

    Parameters
    ----------
    subject : Plan or Network
        What is drawn.
    name : str
        Of the figure.
    **options
        Of the figure.

    Raises
    ------
    ValueError
        When there is no such figure of it, or an option has no such value.
    """
    return _pencils[-1](subject, name, **options)
