"""The map of a network before there is a plan: its places, and the lanes that a plan may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from netopt.report.figures.filled import filled
from netopt.report.figures.ground import layered, mapped, on_earth
from netopt.report.figures.lane_traces import Sorted, classes_of, lane_lines, lane_points, lane_span, ranks
from netopt.report.figures.lanes import Kinds, Lanes, offered
from netopt.report.figures.place_traces import diameters, place_template
from netopt.report.figures.style import GREY, KINDS, SYMBOLS, Figure, plural
from netopt.report.words import amount, count

if TYPE_CHECKING:
    from netopt.network import Network

__all__ = ["network_map"]

_MOST_LANES, _MOST_DOTS = 10_000, 3_000
_FAINT = 0.4
"""Lanes that may be used are drawn fainter than those that are."""


def network_map(network: Network) -> Figure:
    """Return the places of a network and its lanes: those between sites first, then the shortest to customers.

    Parameters
    ----------
    network : Network
        At most 10,000 of its lanes and 3,000 of its customers are drawn; the sentence says what is left out.
    """
    every = offered(network)
    ground = mapped(network) if on_earth(network, every) else layered(network.places.kinds, every)
    lanes = ground.here(every)
    last = lanes.destination >= len(network.facilities)
    lanes = lanes.select(np.argsort(last, kind="stable")[:_MOST_LANES])
    kinds = Kinds.of(network.places.kinds, lanes)
    kind = kinds.at(lanes)
    of = Sorted(kind, ranks(kind, lanes.mode)[kind, lanes.mode], ground.straight(lanes))
    said = {
        "from": lanes.origin.tolist(),
        "to": lanes.destination.tolist(),
        "words": [[lane_span(*days)] for days in zip(lanes.fastest, lanes.slowest, strict=True)],
    }
    modes = list(network.lanes.modes)
    traces = [
        *lane_lines(lanes, of, classes_of(lanes), _FAINT),
        *lane_points(lanes, of, kinds.titles, modes, ["%{customdata[2]} on the way"]),
        *_places(network, ground.x),
    ]
    places = ground.places(network.places.names)
    data = [*ground.behind, *(filled(trace, said, places) for trace in traces)]
    legend = {"showlegend": True, "legend": {"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0}}
    return {"data": data, "layout": ground.layout(_says(network, every, lanes)) | legend}


def _places(network: Network, x: np.ndarray[Any, np.dtype[np.float64]]) -> Iterator[dict[str, Any]]:
    """Yield the places by type, customers as large as what they want."""
    kinds, first = network.places.kinds, len(network.facilities)
    wanted = np.zeros(len(kinds))
    np.add.at(wanted, first + network.demand.entity, network.demand["quantity"])
    for kind in sorted(set(kinds), key=lambda kind: kind != "customer"):  # sites above customers
        at = np.nonzero((kinds == kind) & np.isfinite(x))[0]
        at = at[np.argsort(-wanted[at], kind="stable")[:_MOST_DOTS]] if kind == "customer" else at
        size = diameters(wanted[at], (4.0, 20.0)).tolist() if kind == "customer" else 11
        rows = ["wants %{customdata[1]}"] if kind == "customer" else ["%{customdata[1]}"]
        words = [[amount(wanted[i]) if kind == "customer" else _status(network, i)] for i in at.tolist()]
        yield {
            "type": "scatter", "mode": "markers", "name": plural(kind), "showlegend": True,
            "marker": {
                "symbol": SYMBOLS.get(kind, "circle"), "color": KINDS.get(kind, GREY), "size": size,
                "opacity": 0.75 if kind == "customer" else 1, "line": {"width": 0.5, "color": "#FFFFFF"},
            },
            "meta": {"layer": "places", "place": kind}, "hovertemplate": place_template(kind, rows),
            "at": at.tolist(), "words": words,
        }  # fmt: skip


def _status(network: Network, site: int) -> str:
    """Return what a plan may do with a site, for the period in which it may do the most."""
    return ("closed", "open", "may be open")[int(network.facilities.status[site].max())]


def _says(network: Network, every: Lanes, drawn: Lanes) -> str:
    said = f"{count(len(network.facilities), 'site')}, {count(len(network.customers), 'customer')}"
    left = len(every) - len(drawn)
    together = " (those of single products together)" if len(every) < len(network.lanes) else ""
    said = f"{said} and {count(len(every), 'lane')}{together}"
    return f"{said}, of which {left:,} are not drawn." if left else f"{said}."
