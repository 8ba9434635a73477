"""The network, or a plan of it, on a map: GeoJSON as in RFC 7946, longitude first.

https://www.rfc-editor.org/rfc/rfc7946
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from netopt.network import Network
from netopt.network.graph import LEFT_OUT, too_many
from netopt.report.graph import lane_numbers

__all__ = ["features", "write_geojson"]

Feature = dict[str, Any]


def write_geojson(network: Network, path: Path, plan: Mapping[str, pd.DataFrame] | None = None) -> None:
    """Write places as points and lanes as lines; with a plan, the sites as it runs them and only what flows.

    Places without coordinates, and lanes from or to them, are left out. So are all lanes of a network that has too many
    for a graph (see `Network.graph`), unless a plan says which matter; ``lanes_left_out`` says how many.

    Parameters
    ----------
    network : Network
        What is shown.
    path : Path
        File.
    plan : mapping of str to DataFrame, optional
        ``sites`` and ``flows`` of a plan.
    """
    head: dict[str, Any] = {"type": "FeatureCollection"}
    if plan is None and too_many(network):
        head[LEFT_OUT] = len(network.lanes)
    with path.open("w", encoding="utf-8") as out:
        out.write(json.dumps(head)[:-1] + ', "features": [')
        for at, feature in enumerate(features(network, plan)):  # one at a time: all of them are many times the arrays
            out.write((", " if at else "") + json.dumps(feature, ensure_ascii=False, allow_nan=False))
        out.write("]}\n")


def features(network: Network, plan: Mapping[str, pd.DataFrame] | None = None) -> Iterator[Feature]:
    """Yield the places, then the lanes or the flows."""
    places = network.places
    points = {
        str(name): [float(longitude), float(latitude)]
        for name, longitude, latitude in zip(places.names, places.longitude, places.latitude, strict=True)
        if np.isfinite(longitude) and np.isfinite(latitude)
    }
    more = _by_site(plan["sites"]) if plan is not None else {}
    for name, kind in zip(places.names, places.kinds, strict=True):
        if name in points:
            properties = {"name": str(name), "type": str(kind), **more.get(str(name), {})}
            yield _feature("Point", points[name], properties)
    for origin, destination, properties in _lanes(network) if plan is None else _flows(plan["flows"]):
        if origin in points and destination in points:
            named = {"origin": origin, "destination": destination, **properties}
            yield _feature("LineString", [points[origin], points[destination]], named)


def _feature(kind: str, coordinates: list[Any], properties: Mapping[str, Any]) -> Feature:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": dict(properties)}


def _lanes(network: Network) -> Iterator[tuple[str, str, dict[str, Any]]]:
    names, lanes = network.places.names.array, network.lanes
    if too_many(network):
        return
    numbers = lane_numbers(network, np.arange(len(lanes)))
    for origin, destination, known in zip(names[lanes.origin], names[lanes.destination], numbers, strict=True):
        yield str(origin), str(destination), known


def _flows(flows: pd.DataFrame) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield each lane that carries anything, all products and periods together."""
    keys = ["origin", "destination", "mode"]
    totals = flows.groupby(keys, sort=False)[["quantity", "vehicles", "cost"]].sum()
    for (origin, destination, mode), row in zip(totals.index, totals.to_numpy(), strict=True):
        quantity, vehicles, cost = map(float, row)
        yield str(origin), str(destination), {"mode": mode, "quantity": quantity, "vehicles": vehicles, "cost": cost}


def _by_site(sites: pd.DataFrame) -> dict[str, dict[str, Any]]:
    """Return for every site whether it is ever open, its throughput and its cost."""
    totals = sites.groupby("name", sort=False).agg({"open": "max", "throughput": "sum", "cost": "sum"})
    return {
        str(name): {"open": bool(row["open"]), "throughput": float(row["throughput"]), "cost": float(row["cost"])}
        for name, row in totals.iterrows()
    }
