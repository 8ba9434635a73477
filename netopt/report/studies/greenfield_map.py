"""A map of customers, the sites of today and new ones: a picture in the page, without a script or a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from netopt.report.figures.projection import fitted
from netopt.report.markup import text

if TYPE_CHECKING:
    from netopt.study.greenfield.greenfield import Greenfield

__all__ = ["picture"]

FloatArray = npt.NDArray[np.float64]

_WIDE, _EDGE, _LARGEST = 440, 10, 6
"""In units that a phone shows as about a pixel."""

_DOTS = 3_000
_TALLEST = 0.6
"""How wide the map has to be for its height."""


def picture(found: Greenfield) -> str:
    """Return a map: customers as dots as large as what they want, sites of today as squares, new ones as diamonds."""
    network, model = found.model.network, found.model
    places = network.facilities
    sites = found.fixed if len(found.fixed) else model.today
    latitude = np.concatenate(
        [network.customers.latitude[model.customers], places.latitude[sites], [site.latitude for site in found.sites]]
    )
    longitude = np.concatenate(
        [network.customers.longitude[model.customers], places.longitude[sites], [s.longitude for s in found.sites]]
    )
    x, y, height = _drawn(latitude, longitude)
    n = len(model.customers)
    size = model.units.sum(axis=1)
    radius = np.maximum(0.7, _LARGEST * np.sqrt(size / size.max()))
    parts = [
        f'<circle cx="{x[at]:.1f}" cy="{y[at]:.1f}" r="{radius[at]:.1f}" fill="var(--bar)" fill-opacity="0.35"/>'
        for at in np.argsort(-size)[:_DOTS]
    ]
    parts += [
        f'<rect x="{x[at] - 3:.1f}" y="{y[at] - 3:.1f}" width="6" height="6" fill="var(--ink)"/>'
        for at in range(n, n + len(sites))
    ]
    first = n + len(sites)
    parts += [_diamond(float(x[first + at]), float(y[first + at]), site.name) for at, site in enumerate(found.sites)]
    label = "Map: customers as dots by what they want, sites of today as squares, new ones as diamonds with their names"
    return (
        f'<svg viewBox="0 0 {_WIDE} {height:.0f}" role="img" aria-label="{text(label)}" '
        f'style="width:100%;max-width:48rem;display:block" font-size="12" fill="var(--ink)">{"".join(parts)}</svg>'
    )


def _diamond(across: float, down: float, name: str) -> str:
    """Return a new site with its name beside it, on the side where there is room."""
    corners = ((0, -6), (6, 0), (0, 6), (-6, 0))
    edge = " ".join(f"{across + right:.1f},{down + below:.1f}" for right, below in corners)
    side, shift = ("end", -9) if across > _WIDE * 0.6 else ("start", 9)
    words = (
        f'<text x="{across + shift:.1f}" y="{down + 4:.1f}" text-anchor="{side}" paint-order="stroke" '
        f'stroke="var(--paper)" stroke-width="3">{text(name)}</text>'
    )
    return f'<polygon points="{edge}" fill="var(--bad)"/>{words}'


def _drawn(latitude: FloatArray, longitude: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Return places across and down, and the height."""
    across, up = fitted(latitude, longitude)(latitude, longitude)
    right, down = across - across.min(), up.max() - up
    room = _WIDE - 2 * _EDGE
    scale = room / max(float(right.max()), float(down.max()) * _TALLEST, 1e-6)
    x = _EDGE + right * scale + (room - right.max() * scale) / 2
    return x, _EDGE + down * scale, 2 * _EDGE + float(down.max()) * scale
