from __future__ import annotations

import json

import pandas as pd

from netopt import schema
from netopt.network import Network
from netopt.ui.draft import Draft
from netopt.ui.grid import PAGE, by_cell, column_defs, grid_rows


def test_columns_come_from_the_dictionary(tiny: Network) -> None:
    columns = {each["field"]: each for each in column_defs("facilities", tiny.tables.frames, every=False)}
    assert list(columns) == ["row", *tiny.tables["facilities"].columns]
    assert columns["status"]["cellEditorParams"] == {"values": ["", "open", "consider", "closed"]}
    assert columns["type"]["cellEditorParams"]["values"][0] == "supplier"
    assert columns["capacity"]["headerTooltip"].startswith("Most throughput in a period")
    assert "Unit: capacity_unit/period." in columns["capacity"]["headerTooltip"]
    assert columns["row"]["editable"] is False


def test_references_are_chosen_from_what_there_is(tiny: Network) -> None:
    columns = {each["field"]: each for each in column_defs("lanes", tiny.tables.frames, every=True)}
    assert columns["origin"]["cellEditorParams"] == {"values": ["Oakland", "Reno", "Dallas"]}
    assert columns["destination"]["cellEditorParams"]["values"][3:] == ["Boise", "Phoenix", "Austin"]
    assert set(columns) == {"row", *(c.name for c in schema.tables()["lanes"].columns.values() if c.room != "unmodelled")}


def test_many_names_are_typed(tiny: Network) -> None:
    many = pd.DataFrame({"name": [f"C{at}" for at in range(500)]})
    columns = {each["field"]: each for each in column_defs("demand", {**tiny.tables.frames, "customers": many}, every=False)}
    assert "cellEditorParams" not in columns["customer"]


def test_rows_carry_what_is_wrong_at_their_cells(tiny: Network) -> None:
    draft = Draft(tiny)
    draft.set_cell("facilities", 3, "capacity", "abc")
    rows, total = grid_rows("facilities", draft.now.frames["facilities"], by_cell(draft.problems), "", 0)
    assert total == 3
    assert rows[1]["capacity"] == "abc"
    assert rows[1]["wrong"]["capacity"].startswith('"abc" is not a number; write a number')
    assert rows[2]["capacity"] == 320.0
    assert rows[0]["wrong"] == {}
    json.dumps(rows, allow_nan=False)


def test_keys_of_rows_are_names_of_the_dictionary(tiny: Network) -> None:
    frame = tiny.tables["facilities"].assign(**{":evil": "alert(1)"})
    rows, _ = grid_rows("facilities", frame, {}, "", 0)
    assert not any(key.startswith(":") for row in rows for key in row)


def test_rows_are_searched_and_paged() -> None:
    frame = pd.DataFrame({"name": [f"C{at}" for at in range(1200)]}, index=pd.RangeIndex(2, 1202, name="row"))
    rows, total = grid_rows("customers", frame, {}, "", PAGE)
    assert (len(rows), rows[0]["row"], total) == (PAGE, PAGE + 2, 1200)
    rows, total = grid_rows("customers", frame, {}, "c119", 0)
    assert [row["name"] for row in rows] == ["C119", *(f"C{at}" for at in range(1190, 1200))]
    assert total == 11
    assert grid_rows("customers", frame, {}, "nobody", 0) == ([], 0)
