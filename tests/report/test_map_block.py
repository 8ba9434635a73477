"""Controls of the map are real inputs with labels, and its legend says what every mark means."""

from __future__ import annotations

from dataclasses import replace

from netopt.plan import Plan
from netopt.report.figures.map import Atlas
from netopt.report.figures.payload import payload
from netopt.report.map_block import map_block
from netopt.report.words import amount
from tests.report.pages import EVIL, Seen
from tests.report.places import WHERE, located


def block(plan: Plan) -> tuple[Seen, dict]:
    atlas = Atlas(plan)
    found = payload(atlas)
    return Seen(map_block(atlas, found)), found


def values(seen: Seen, tag: str, name: str) -> list[str | None]:
    return [value for at, key, value in seen.attributes if (at, key) == (tag, name)]


def test_what_there_is_to_choose(rich: Plan) -> None:
    seen, found = block(rich)
    assert values(seen, "select", "data-map") == ["product", "period", "colour", "customers"]
    assert "Product all products A B Period all periods 2027-01 2027-02 Lane colour mode from and to cost per unit" in seen.text
    layers = values(seen, "input", "value")
    kinds = {trace["meta"]["kind"] for trace in found["views"]["0,0"]["traces"] if "kind" in trace["meta"]}
    assert {f"kind:{kind}" for kind in kinds} <= set(layers)
    assert {"mode:0", "mode:1", "place:supplier", "place:customer", "shut:"} <= set(layers)
    assert seen.tags.count("label") == seen.tags.count("input") + seen.tags.count("select")
    assert values(seen, "button", "aria-label") == ["Zoom in", "Zoom out", "Show all of it", "Save as a picture"]


def test_one_product_period_and_mode_leave_less_to_choose(plan: Plan) -> None:
    seen, _ = block(plan)
    assert values(seen, "select", "data-map") == ["colour"]
    assert "Modes" not in seen.text
    assert "not open" not in seen.text


def test_the_legend_says_what_marks_and_lines_mean(rich: Plan) -> None:
    seen, _ = block(rich)
    atlas = Atlas(rich)
    assert all(title in seen.text for title in atlas.kinds.titles)
    assert all(price in seen.text for price in atlas.prices)
    assert all(f"up to {amount(end)}" in seen.text for end in atlas.classes.units)
    assert "closes" in seen.text  # F does
    assert "Customers in time late" in seen.text or "Customers late" in seen.text or "not all delivered" in seen.text


def test_a_mode_of_a_hostile_name_stays_text(rich: Plan) -> None:
    flows = rich.flows().assign(mode=lambda frame: frame["mode"].replace("rail", EVIL))
    seen, _ = block(located(replace(rich, tables={**rich.tables, "flows": flows}), WHERE))
    assert EVIL in seen.text
    assert not {"img", "script"} & set(seen.tags)
