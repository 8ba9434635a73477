"""What a trace's positions stand for is put in: coordinates, middles beside the straight line, and words."""

from __future__ import annotations

from netopt.report.figures.filled import filled

PLACES = {"name": ["a", "b", "c"], "x": [0, 100, 0], "y": [0, 0, 100]}
LANES = {"from": [0, 0], "to": [1, 2], "words": [["5", "x"], ["7", "y"]]}


def test_lanes_are_lines_with_gaps_that_bend_to_their_right() -> None:
    trace = {"mode": "lines", "meta": {"layer": "lanes", "bend": 0.1}, "at": [0, 1]}
    done = filled(trace, LANES, PLACES)
    assert done["x"] == [0, 50.0, 100, None, 0, 10.0, 0, None]
    assert done["y"] == [0, -10.0, 0, None, 0, 50.0, 100, None]
    assert "at" not in done


def test_their_middles_say_from_to_and_words() -> None:
    trace = {"mode": "none", "meta": {"layer": "lanes", "bend": 0.0, "pointed": True}, "at": [1]}
    done = filled(trace, LANES, PLACES)
    assert (done["x"], done["y"]) == ([0.0], [50.0])
    assert done["customdata"] == [["a", "c", "7", "y"]]


def test_places_stand_where_they_are() -> None:
    done = filled({"mode": "markers", "meta": {"layer": "places"}, "at": [2, 0], "words": [["open"], ["shut"]]}, LANES, PLACES)
    assert (done["x"], done["y"], done["customdata"]) == ([0, 0], [100, 0], [["c", "open"], ["a", "shut"]])


def test_what_has_its_coordinates_stays() -> None:
    ground = {"x": [1], "y": [2], "meta": {"layer": "ground"}}
    assert filled(ground, LANES, PLACES) == ground
