"""Names are text wherever plotly would read tags, entities or templates."""

from __future__ import annotations

from netopt.report.figures.style import (
    FONT,
    cash,
    faint,
    hover,
    inert,
    label,
    layout,
    over_time,
    plural,
    rows,
    singular,
)


def test_names_are_text() -> None:
    assert label("<b>A & B</b>") == "&lt;b&gt;A &amp; B&lt;/b&gt;"
    assert label("a\u202eb\x07") == "a\\u202eb\\x07"
    assert label("abcdefgh", 5) == "abcd…"
    assert inert("50% %{x}") == "50&#37; &#37;{x}"
    assert cash(5.0, "<i>") == "5.00 &lt;i&gt;"


def test_types_of_places() -> None:
    assert (singular("fc"), plural("dc"), plural("sort_center")) == ("FC", "DCs", "sort centers")
    assert (singular("<b>"), plural("kiosk")) == ("&lt;b&gt;", "kiosks")


def test_own_parts_of_a_layout_are_added_to_the_common_ones() -> None:
    figure = layout("It is so.", xaxis={"range": [0, 1]}, height=99)
    assert figure["meta"] == {"says": "It is so."}
    assert figure["xaxis"]["range"] == [0, 1]
    assert figure["xaxis"]["fixedrange"]
    assert figure["height"] == 99
    assert figure["font"]["family"] == FONT
    assert figure["paper_bgcolor"] == "rgba(0,0,0,0)"  # light and dark shine through
    assert over_time("", 2, "stack")["bargap"] > over_time("", 24, "stack")["bargap"]


def test_long_names_take_two_lines() -> None:
    axis = rows(["short", "a name that is far too long for one line of text and even two"], 20)
    assert axis["ticktext"] == ["short", "a name that is far<br>too long for on…"]
    assert axis["tickvals"] == [0, 1]


def test_colours_and_tooltips() -> None:
    assert faint("#0072B2", 0.5) == "#0072B280"
    assert hover("a", "b", "c") == "<b>a</b><br>b<br>c<extra></extra>"
