from __future__ import annotations

from netopt import schema
from netopt.formulation import ROOMS
from netopt.plan import Plan
from netopt.report.dictionary import OUTPUTS, aliases_page, room_docs, settings_page, table_page
from tests.report.conftest import Printed


def test_every_room_has_a_page() -> None:
    assert {room.name for room in ROOMS} <= set(room_docs())


def test_rooms_open_with_an_equation() -> None:
    assert all("=" in words or "(" in words for words in room_docs().values())


def test_outputs_are_those_that_a_plan_has(plan: Plan) -> None:
    for name, columns in OUTPUTS.items():
        if name.endswith(".csv"):
            wanted = [column.strip() for column in columns.split(":")[0].split(",")]
            assert list(plan.tables[name.removesuffix(".csv")].columns)[: len(wanted)] == wanted
    assert {f"{name}.csv" for name in plan.tables} <= set(OUTPUTS)
    assert {word.strip() for word in OUTPUTS["summary.json"].split(",")} <= set(plan.summary())


def test_table_page_says_what_each_column_holds(printed: Printed) -> None:
    text = " ".join(printed(list(table_page(schema.tables()["facilities"]))).split())
    assert "name* " in text
    assert "[supplier, plant, dc, sort_center, fc]" in text
    assert "[0 or more, money/period]" in text


def test_unmodelled_tables_say_so(printed: Printed) -> None:
    tables = schema.tables().values()
    for table in tables:
        unmodelled = all(column.room == "unmodelled" for column in table.columns.values())
        assert ("does not model it yet" in printed(list(table_page(table)))) is unmodelled


def test_settings_and_aliases(printed: Printed) -> None:
    assert all(key in printed(list(settings_page())) for key in schema.setting_keys())
    assert "transportationpolicies" in printed(list(aliases_page()))
