"""Tables carry the values that they are sorted by, and what is folded is open where no script folds it."""

from __future__ import annotations

from netopt.report.console import TextTable
from netopt.report.markup import folded, table
from tests.report.pages import EVIL, Seen


def test_cells_carry_their_true_value() -> None:
    content = TextTable(
        {"site": "name", "units": "number", "full": "share"}, [["Reno", "1,235", "50.0%"], ["Dallas", "9", ""]],
        values={"units": [1234.5678, 9.0], "full": [0.5, float("nan")]},
    )  # fmt: skip
    seen = Seen(table(content, "Sites", search=f"Find {EVIL}"))
    assert [value for _, name, value in seen.attributes if name == "data-value"] == ["1234.5678", "0.5", "9.0", "nan"]
    assert ("table", "data-sorts", None) in seen.attributes
    assert ("table", "data-filter", f"Find {EVIL}") in seen.attributes


def test_what_stands_for_the_rest_is_not_sorted() -> None:
    content = TextTable({"site": "name", "units": "number"}, [["Reno", "5"], ["and 3 more", "7"]], values={"units": [5.0]}, rest=True)
    markup = table(content, "Sites")
    assert markup.index("<tfoot") < markup.index("and 3 more")
    assert markup.index("Reno") < markup.index("</tbody>")


def test_a_table_without_values_is_as_it_was() -> None:
    markup = table(TextTable({"a": "name", "b": "number"}, [["x", "1"]]), "Plain")
    assert "data-" not in markup


def test_folded() -> None:
    assert folded("Table", "<p>x</p>") == '<details class="behind" open><summary>Table</summary>\n<p>x</p>\n</details>'
    assert folded("Table", "") == ""
