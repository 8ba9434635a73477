"""The map shows what flows.csv says: every lane once, with its sums, in every view."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import netopt
from netopt.plan import Plan
from netopt.report.figures import bundles
from netopt.report.figures import map as drawing
from netopt.report.figures.map import Atlas, plan_map
from netopt.report.words import amount, money
from tests.report.pages import EVIL, evil_network
from tests.report.places import WHERE, located

KEYS = ["origin", "destination", "mode"]


def told(figure: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    """Yield what the tooltips of lanes say, one row each."""
    for trace in figure["data"]:
        if trace["meta"].get("pointed"):
            mode = trace["hovertemplate"].split("<br>")[1].partition(" by ")[2]
            for words in trace["customdata"]:
                yield (words[0], words[1], mode, *words[2:6])


@pytest.mark.parametrize("product", [None, "A", "B"])
@pytest.mark.parametrize("period", [None, "2027-01", "2027-02"])
def test_tooltips_are_the_flows_summed(placed: Plan, product: str | None, period: str | None) -> None:
    flows = placed.flows()
    for column, name in (("product", product), ("period", period)):
        flows = flows if name is None else flows[flows[column] == name]
    sums = flows.groupby(KEYS)[["quantity", "vehicles", "cost"]].sum()
    scale = float(sums["cost"].max())
    expected = sorted(
        (*key, amount(units), amount(vehicles), money(cost, "EUR", scale), money(cost / units, "EUR"))
        for key, (units, vehicles, cost) in zip(sums.index, sums.to_numpy(), strict=True)
    )
    assert sorted(told(plan_map(placed, product=product, period=period))) == expected


def test_every_lane_is_a_line_between_its_places(placed: Plan) -> None:
    figure = plan_map(placed)
    places = Atlas(placed).places
    where = dict(zip(places["name"], zip(places["x"], places["y"], strict=True), strict=True))
    drawn = set()
    for trace in figure["data"]:
        if "colours" in trace["meta"]:
            x, y = trace["x"], trace["y"]
            assert x[3::4] == [None] * (len(x) // 4)
            drawn |= {((x[i], y[i]), (x[i + 2], y[i + 2])) for i in range(0, len(x), 4)}
    pairs = placed.flows()[["origin", "destination"]].drop_duplicates().itertuples(index=False)
    assert drawn == {(where[a], where[b]) for a, b in pairs}


def test_modes_between_the_same_places_do_not_hide_each_other(placed: Plan) -> None:
    flows = placed.flows()
    twice = pd.concat([flows, flows.assign(mode="air", quantity=1.0)])
    figure = plan_map(replace(placed, tables={**placed.tables, "flows": twice}))
    middles = [(x, y) for trace in figure["data"] if trace["meta"].get("pointed") for x, y in zip(trace["x"], trace["y"], strict=True)]
    assert len(set(middles)) == len(middles) == twice.groupby(KEYS).ngroups
    dashes = {trace["line"]["dash"] for trace in figure["data"] if "colours" in trace["meta"]}
    assert len(dashes) > 1  # colour is not all that tells modes apart


def test_thicker_means_more_and_darker_means_cheaper(placed: Plan) -> None:
    atlas = Atlas(placed)
    lanes = atlas.lanes
    width, price = atlas.classes.width(lanes), atlas.classes.price(lanes)
    assert (lanes.units <= atlas.classes.units[width] * (1 + 1e-12)).all()
    assert sorted(zip(lanes.per_unit, price, strict=True)) == sorted(zip(sorted(lanes.per_unit), sorted(price), strict=True))
    assert len(set(price)) > 1


def test_sites_say_what_they_do(placed: Plan) -> None:
    found = {}
    for trace in plan_map(placed)["data"]:
        if trace["meta"]["layer"] in ("places", "shut") and trace["meta"]["place"] != "customer":
            found |= {words[0]: words[1:] for words in trace["customdata"]}
    sites = placed.sites().groupby("name")[["throughput", "cost"]].sum()
    assert found["E"][:2] == ["opens", amount(sites.loc["E", "throughput"])]
    assert found["E"][3] == money(sites.loc["E", "cost"], "EUR")
    assert found["F"] == ["closes"]
    assert found["D"][0] == "open"
    assert found["S"][2] == "no limit of capacity"


def test_a_products_throughput_is_what_enters_or_leaves_the_site(placed: Plan) -> None:
    parts = [
        {words[0]: float(words[2]) for trace in plan_map(placed, product=name)["data"]
         if trace["meta"]["layer"] == "places" and trace["meta"]["place"] != "customer" for words in trace["customdata"]}
        for name in "AB"
    ]  # fmt: skip
    whole = placed.sites().groupby("name")["throughput"].sum()
    for site in ("S", "D", "E"):
        assert sum(part[site] for part in parts) == pytest.approx(whole[site], rel=5e-3)  # as they are rounded


def test_customers_say_what_they_want_get_and_when(placed: Plan) -> None:
    customers = {
        words[0]: (trace["meta"]["fate"], words[1:])
        for trace in plan_map(placed)["data"] if "fate" in trace["meta"] for words in trace["customdata"]
    }  # fmt: skip
    service = placed.service().groupby("customer")[["demand", "delivered", "on_time"]].sum()
    assert set(customers) == {"C", "X", "Y"}
    for name, (fate, words) in customers.items():
        assert words[:2] == [amount(service.loc[name, "demand"]), amount(service.loc[name, "delivered"])]
        short = service.loc[name, "delivered"] < service.loc[name, "demand"] - 1e-9
        assert (fate == "not all delivered") == short
    late = service["on_time"] < service["delivered"] - 1e-9
    assert {name for name, (fate, _) in customers.items() if fate == "late"} <= set(service.index[late])


def test_colours_tell_what_is_asked_of_them(placed: Plan) -> None:
    for colour in ("mode", "kind", "cost"):
        for trace in plan_map(placed, colour=colour)["data"]:
            if "colours" in trace["meta"]:
                assert trace["line"]["color"] == trace["meta"]["colours"][colour]
    names = [trace["name"] for trace in plan_map(placed, colour="kind")["data"] if trace["meta"]["layer"] == "legend"]
    assert names == Atlas(placed).kinds.titles


def test_what_cannot_be_shown_is_refused(placed: Plan) -> None:
    for options, words in (({"product": "C"}, "use one of A, B"), ({"period": "2028"}, "use one of 2027-01"), ({"colour": "red"}, "use mode")):
        with pytest.raises(ValueError, match=words):
            plan_map(placed, **options)
    empty = replace(placed, tables={**placed.tables, "flows": placed.flows().head(0)})
    with pytest.raises(ValueError, match="nothing moves"):
        plan_map(empty)


def test_without_coordinates_places_stand_in_columns(rich: Plan) -> None:
    atlas = Atlas(rich)
    assert atlas.ground.kind == "layers"
    places = dict(zip(atlas.places["name"], atlas.places["x"], strict=True))
    assert places["S"] < places["T"] < places["D"] < places["E"] == places["F"] < places["C"] == places["X"]
    titles = next(trace for trace in plan_map(rich)["data"] if trace.get("uid") == "columns")
    assert titles["text"] == ["suppliers", "plants", "DCs", "FCs", "customers"]
    assert atlas.notes == ["A vehicle, and what a lane costs once, count with the first product that it carries."]


def test_places_that_lack_coordinates_are_named(rich: Plan) -> None:
    some = located(rich, {name: point for name, point in WHERE.items() if name not in ("Y", "T")})
    atlas = Atlas(some)
    assert atlas.ground.kind == "map"
    assert atlas.notes[0] == "Without coordinates, and so not on the map: T and Y."
    flows = some.flows()
    lost = flows[flows["origin"].isin(["T", "Y"]) | flows["destination"].isin(["T", "Y"])]
    assert atlas.notes[1].startswith(f"With them {lost.groupby(KEYS).ngroups} lanes are not drawn, ")
    assert len(list(told(plan_map(some)))) == flows.groupby(KEYS).ngroups - lost.groupby(KEYS).ngroups
    assert "156 units reach 3 customers, over 8 lanes in all" in plan_map(some)["layout"]["meta"]["says"]  # the whole plan


def test_many_customers_are_not_all_dots(placed: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_MOST_DOTS", 1)
    figure = plan_map(placed)
    dots = [words[0] for trace in figure["data"] if "fate" in trace["meta"] for words in trace["customdata"]]
    assert dots == [placed.service().groupby("customer")["demand"].sum().idxmax()]
    assert "Dots are the 1 largest of 3 customers." in Atlas(placed).notes


def test_bundled_lanes_say_so(placed: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MOST_LANES", 6)
    atlas = Atlas(placed)
    assert "drawn together" in atlas.notes[0]
    figure = plan_map(placed)
    together = [trace for trace in figure["data"] if "lanes together" in trace.get("hovertemplate", "")]
    assert together
    names = {words[1] for trace in together for words in trace["customdata"]}
    assert all(name.startswith("smaller customers around ") for name in names)


def test_names_stay_text_in_every_label() -> None:
    figure = plan_map(netopt.solve(evil_network(periods=2)))
    text = json.dumps(figure, allow_nan=False)
    assert "<img" not in text
    assert "</script" not in text
    assert html.escape(EVIL, quote=False) in text
