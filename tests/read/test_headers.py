"""Names and aliases in any spelling, and nothing that could mean two things."""

from __future__ import annotations

import pytest

from netopt import schema
from netopt.read.headers import closest_column, closest_table, column_named, ignorable, known_header, table_named


@pytest.mark.parametrize(
    "name", ["lanes", "Lanes", "LANE", "TransportationPolicies", "transportation_policies", "Transportation Policies"]
)
def test_tables(name: str) -> None:
    table = table_named(name)
    assert table is not None
    assert table.name == "lanes"


@pytest.mark.parametrize(
    ("table", "header", "column"),
    [
        ("lanes", "OriginName", "origin"),
        ("lanes", "from", "origin"),
        ("lanes", "Unit-Cost", "unit_cost"),
        ("facilities", "Fixed Startup Cost", "opening_cost"),
        ("facilities", "LAT", "latitude"),
        ("products", "SKU", "name"),
        ("periods", "period", "name"),
        ("demand", "period", "period"),
        ("demand", "Qty", "quantity"),
        ("demand", "color", None),
    ],
)
def test_columns(table: str, header: str, column: str | None) -> None:
    found = column_named(schema.tables()[table], header)
    assert (found.name if found else None) == column


@pytest.mark.parametrize(
    ("table", "header", "column"),
    [
        ("actual_flows", "quantity (units)", "quantity"),
        ("actual_flows", "Quantity (UNITS/period) ", "quantity"),
        ("actual_flows", "quantity (pallets)", None),
        ("actual_flows", "spend (USD)", None),
        ("actual_flows", "cost (USD)", "cost"),  # not read, so that its unit does not matter
        ("actual_flows", "distance (mi)", "distance"),
        ("lanes", "distance (mi)", None),
        ("lanes", "days (days)", "days"),
        ("lanes", "emissions (kg)", None),
        ("lanes", "(days)", "days"),
        ("lanes", "mode ()", "mode"),
        ("lanes", "mode (x)", None),
    ],
)
def test_a_unit_in_brackets_has_to_be_that_of_the_dictionary(table: str, header: str, column: str | None) -> None:
    found = column_named({**schema.tables(), **schema.side_tables()}[table], header)
    assert (found.name if found else None) == column


@pytest.mark.parametrize("table", list(schema.tables()))
def test_an_alias_means_one_column(table: str) -> None:
    columns = schema.tables()[table].columns.values()
    spellings = [s for column in columns for s in {schema.normalized(column.name), *column.aliases}]
    assert len(spellings) == len(set(spellings))


def test_an_alias_means_one_table() -> None:
    tables = schema.tables().values()
    spellings = [s for table in tables for s in {schema.normalized(table.name), *table.aliases}]
    assert len(spellings) == len(set(spellings))


def test_own_names() -> None:
    assert all(map(ignorable, ["_a", "x_b", "Note", "notes 2", "COMMENT"]))
    assert not any(map(ignorable, ["a_", "xb", "origin", ""]))
    assert not any(ignorable(column) for table in schema.tables().values() for column in table.columns)


def test_the_closest() -> None:
    lanes = schema.tables()["lanes"]
    assert closest_column(lanes, "unitcosts").startswith("did you mean unit_cost?")
    assert closest_column(lanes, "OriginNames").startswith("did you mean origin?")
    assert closest_table("demmand") == "did you mean demand?"
    assert closest_table("qqqq").startswith("use one of facilities, customers")
    assert known_header("lead periods")
    assert not known_header("qqqq")
