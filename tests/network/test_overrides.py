"""Which row the row of a period overrides, and what then holds in it."""

from __future__ import annotations

import pandas as pd
import pytest

from netopt import schema
from netopt.network.overrides import base_rows, in_force, overrides, same_keys

DEMAND = schema.tables()["demand"]


def frame(*rows: tuple[str | None, str | None, str | None, float | None]) -> pd.DataFrame:
    words = pd.DataFrame(rows, columns=["customer", "product", "period", "unmet_cost"])
    return words.astype({"customer": "str", "product": "str", "period": "str", "unmet_cost": float})


def test_limits_and_periods_are_not_overridden() -> None:
    assert {name for name, table in schema.tables().items() if overrides(table)} == {"facilities", "demand", "supply", "lanes", "handling", "inventory"}


def test_by_hand() -> None:
    rows = frame(("A", "tea", "P2", None), ("A", "tea", None, 4), ("a", "TEA", "P1", 5), ("A", None, "P1", None), ("B", "tea", "P1", None))
    base = base_rows(rows, DEMAND, {})
    assert base.tolist() == [1, -1, 1, -1, -1]
    assert in_force(rows["unmet_cost"], base).fillna(-1).tolist() == [4, 4, 5, -1, -1]
    assert rows["unmet_cost"].isna().tolist() == [True, False, False, True, True]


def test_the_row_of_a_group_holds_for_its_members() -> None:
    rows = frame(("West", "hot", None, 4), ("Boise", "tea", "P1", None), ("Boise", "milk", "P1", None), ("West", "tea", None, 6), ("Boise", "tea", "P2", None))
    groups = {"west": ["Boise", "Phoenix"], "hot": ["tea", "soup"]}
    assert base_rows(rows, DEMAND, groups).tolist() == [-1, 3, -1, -1, 3]
    assert base_rows(rows.head(3), DEMAND, groups).tolist() == [-1, 0, -1]
    assert base_rows(rows, DEMAND, {}).tolist() == [-1] * 5


@pytest.mark.parametrize("period", [None, "P1"])
def test_periods_alone_or_none(period: str | None) -> None:
    rows = frame(("A", "tea", period, None), ("B", "tea", period, 3))
    assert base_rows(rows, DEMAND, {}).tolist() == [-1, -1]
    assert base_rows(rows.drop(columns="period"), DEMAND, {}).tolist() == [-1, -1]
    assert base_rows(rows.head(0), DEMAND, {}).tolist() == []


def test_words_follow_too() -> None:
    rows = frame(("A", "tea", None, None), ("A", "tea", "P1", None)).assign(region=pd.Series(["West", None], dtype="str"))
    assert in_force(rows["region"], base_rows(rows, DEMAND, {})).tolist() == ["West", "West"]


def test_same_keys() -> None:
    rows = frame(("Ä", None, None, None), ("ä", "x", None, None), ("A\u0308", "X", None, None), ("Ä", "", None, None))
    codes = same_keys(rows, ["customer", "product"])
    assert codes[1] == codes[2] != codes[0] == codes[3]
    assert same_keys(rows, []).tolist() == [0, 0, 0, 0]
