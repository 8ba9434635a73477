"""A network shows its places and lanes before there is a plan."""

from __future__ import annotations

import json

import pytest

from netopt.network import Network
from netopt.plan import Plan
from netopt.report.figures import network_map as drawing
from netopt.report.figures.network_map import network_map


def lanes(figure: dict) -> int:
    return sum(len(trace["x"]) for trace in figure["data"] if trace["meta"].get("pointed"))


def test_all_places_and_lanes(network: Network) -> None:
    figure = network_map(network)
    names = {words[0] for trace in figure["data"] if trace["meta"]["layer"] == "places" for words in trace["customdata"]}
    assert names == set(network.places.names)
    assert lanes(figure) == len(network.lanes)
    assert figure["layout"]["meta"]["says"] == f"3 sites, 3 customers and {len(network.lanes)} lanes."
    json.dumps(figure, allow_nan=False)


def test_what_is_left_out_is_said(network: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST_LANES", 3)
    figure = network_map(network)
    assert lanes(figure) == 3
    assert figure["layout"]["meta"]["says"].endswith(f"of which {len(network.lanes) - 3} are not drawn.")
    to_sites = [w for t in figure["data"] if t["meta"].get("pointed") for w in t["customdata"] if w[1] in ("Reno", "Dallas")]
    assert len(to_sites) == 2  # lanes between sites come first


def test_without_coordinates_in_columns(rich: Plan) -> None:
    figure = network_map(rich.network)
    assert any(trace.get("uid") == "columns" for trace in figure["data"])
    assert lanes(figure) == len(rich.network.lanes)
