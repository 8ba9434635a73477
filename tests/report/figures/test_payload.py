"""The page holds every view that can be chosen, every place once, and says what it leaves out."""

from __future__ import annotations

import json
from itertools import product

import pytest

from netopt.plan import Plan
from netopt.report.figures import payload as pages
from netopt.report.figures.filled import filled
from netopt.report.figures.map import Atlas, plan_map
from netopt.report.figures.payload import payload


def test_every_view_is_the_map_of_it(placed: Plan) -> None:
    found = payload(Atlas(placed))
    assert set(found["views"]) == {f"{a},{b}" for a, b in product(range(3), range(3))}
    for (at, name), (when, period) in product(enumerate([None, "A", "B"]), enumerate([None, "2027-01", "2027-02"])):
        view = found["views"][f"{at},{when}"]
        drawn = [filled(trace, view["lanes"], found["places"]) for trace in view["traces"]]
        asked = plan_map(placed, product=name, period=period)
        for mine, theirs in zip(drawn, asked["data"][len(found["behind"]) :], strict=False):
            assert (mine["x"], mine["y"], mine.get("customdata")) == (theirs["x"], theirs["y"], theirs.get("customdata"))
        assert view["says"] == asked["layout"]["meta"]["says"]
    json.dumps(found, allow_nan=False)


def test_places_are_there_once(placed: Plan) -> None:
    names = payload(Atlas(placed))["places"]["name"]
    assert sorted(names) == sorted(placed.network.places.names)


def test_too_many_pairs_are_left_out_and_said(placed: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_MOST_VIEWS", 8)
    found = payload(Atlas(placed))
    assert set(found["views"]) == {"0,0", "1,0", "2,0", "0,1", "0,2"}
    assert found["products"] == ["A", "B"]
    assert found["periods"] == ["2027-01", "2027-02"]
    assert found["notes"][-1] == "A product and a period cannot be chosen together: that would be too much for one page."


def test_too_many_periods_are_left_out_and_said(placed: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "_MOST_VIEWS", 1)
    monkeypatch.setattr(pages, "_MOST_SINGLES", 3)
    found = payload(Atlas(placed))
    assert set(found["views"]) == {"0,0", "1,0", "2,0"}
    assert found["notes"][-1] == "Single periods cannot be chosen: that would be too much for one page."


@pytest.mark.parametrize(
    ("room", "views", "words"),
    [
        (61, 5, "A product and a period cannot be chosen together"),
        (34, 3, "Single periods cannot be chosen"),
        (20, 1, "Single products and periods cannot be chosen"),
        (1, 1, "Single products and periods cannot be chosen"),
    ],
)
def test_too_many_lanes_are_left_out_and_said(
    placed: Plan, monkeypatch: pytest.MonkeyPatch, room: int, views: int, words: str
) -> None:
    monkeypatch.setattr(pages, "_MOST_DRAWN", room)
    found = payload(Atlas(placed))
    assert len(found["views"]) == views
    assert found["notes"][-1].startswith(words)


def test_one_product_and_period_leave_nothing_to_choose(plan: Plan) -> None:
    found = payload(Atlas(plan))
    assert list(found["views"]) == ["0,0"]
    assert found["notes"] == []
