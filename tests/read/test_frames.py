"""Frames in memory: typed or mixed columns, the caller's frames untouched, messages as for a file."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest

from netopt.errors import InputError
from netopt.read import read_tables


def frames(**changes: pd.DataFrame) -> dict[str, pd.DataFrame]:
    good = {
        "facilities": pd.DataFrame({"name": ["Acme", "Reno"], "type": ["supplier", "fc"]}),
        "customers": pd.DataFrame({"name": ["Boise"]}),
        "demand": pd.DataFrame({"customer": ["Boise"], "quantity": [10]}),
        "lanes": pd.DataFrame({"origin": ["Acme", "Reno"], "destination": ["Reno", "Boise"], "unit_cost": [1.0, 2.5]}),
    }
    return {**good, **changes}


def refused(**changes: Any) -> str:
    with pytest.raises(InputError) as caught:
        read_tables(frames(**changes))
    return str(caught.value)


def lanes(values: Any, column: str = "unit_cost") -> pd.DataFrame:
    return pd.DataFrame({"origin": ["Acme", "Reno"], "destination": ["Reno", "Boise"], column: values})


def test_numbers_and_text() -> None:
    tables = read_tables(frames())
    assert tables["lanes"]["unit_cost"].tolist() == [1.0, 2.5]
    assert tables["demand"]["quantity"].tolist() == [10.0]
    assert tables.source("lanes") == "lanes table"
    assert tables.path is None
    assert tables["lanes"].index.tolist() == [2, 3]


@pytest.mark.parametrize(
    "values",
    [
        [None, 2.5],
        [np.nan, 2.5],
        [pd.NA, 2.5],
        ["", "2.5"],
        [" ", 2.5],
        pd.array([None, 2.5], dtype="Float64"),
        pd.Categorical([None, 2.5]),
        pd.array([None, "2.5"], dtype="string"),
        pd.array([None, "2.5"], dtype="str"),
        pd.Series([None, 2.5], dtype="float32"),
    ],
)
def test_blanks(values: Any) -> None:
    cost = read_tables(frames(lanes=lanes(values)))["lanes"]["unit_cost"]
    assert np.isnan(cost.iloc[0])
    assert cost.iloc[1] == 2.5


@pytest.mark.parametrize(
    "values", [[2139, 2140], [2139.0, 2140.0], ["2139", 2140], pd.array([2139, 2140], dtype="Int64")]
)
def test_numbers_as_names(values: Any) -> None:
    customers = pd.DataFrame({"name": values})
    demand = pd.DataFrame({"customer": [2139.0, None], "quantity": [1, 1]}).iloc[:1]
    both = pd.DataFrame({"origin": ["Acme", "Reno"], "destination": ["Reno", "2139"]})
    tables = read_tables(frames(customers=customers, demand=demand, lanes=both))
    assert tables["customers"]["name"].tolist() == ["2139", "2140"]
    assert tables["demand"]["customer"].tolist() == ["2139"]


def test_large_whole_numbers_keep_their_digits() -> None:
    name = 2**60 + 1
    customers = pd.DataFrame({"name": [name, name + 1]})
    tables = read_tables(
        frames(
            customers=customers,
            demand=pd.DataFrame({"customer": [name], "quantity": [1]}),
            lanes=pd.DataFrame({"origin": ["Acme", "Reno"], "destination": ["Reno", str(name)]}),
        )
    )
    assert tables["customers"]["name"].tolist() == [str(name), str(name + 1)]


def test_dates_and_truth_values() -> None:
    periods = pd.DataFrame({"name": ["a", "b"], "start": [datetime.date(2027, 1, 1), pd.Timestamp("2027-02-01")]})
    stamps = pd.DataFrame({"name": ["a", "b"], "start": pd.to_datetime(["2027-01-01", "2027-02-01"])})
    customers = pd.DataFrame({"name": ["Boise"], "single_source": [True]})
    for given in (periods, stamps):
        tables = read_tables(frames(periods=given, customers=customers))
        assert tables["periods"]["start"].tolist() == ["2027-01-01", "2027-02-01"]
        assert tables["customers"]["single_source"].tolist() == ["yes"]


def test_refusals_read_as_for_a_file() -> None:
    assert 'lanes table row 3, unit_cost: "inf" is not a number' in refused(lanes=lanes([1, np.inf]))
    assert "lanes table row 2, unit_cost: -1 is negative" in refused(lanes=lanes([-1, 1]))
    assert 'lanes table row 2, unit_cost: "true" is not a number' in refused(lanes=lanes([True, 1]))
    assert '"1,200" is not a number; write 1200' in refused(lanes=lanes(["1,200", 1]))
    assert "lanes table row 3, lead_periods: 0.5 is not a whole number" in refused(
        lanes=lanes([1, 0.5], "lead_periods")
    )
    assert "a list was given; give a pandas DataFrame" in refused(lanes=[1, 2])
    assert '"lains table" is not' not in refused(lains=lanes([1, 1]))
    assert '"lains" is not a table that netopt knows; did you mean lanes?' in refused(lains=lanes([1, 1]))


def test_headers_twice() -> None:
    given = lanes([1, 2])
    given.columns = pd.Index(["origin", "destination", "origin"])
    assert 'the header "origin" appears twice' in refused(lanes=given)


def test_the_frames_are_left_alone() -> None:
    given = frames(lanes=lanes(["1", " 2 "]).set_index(pd.Index([7, 9])))
    copies = {name: frame.copy(deep=True) for name, frame in given.items()}
    read_tables(given)
    for name, frame in given.items():
        pd.testing.assert_frame_equal(frame, copies[name])


def test_digest_follows_the_cells() -> None:
    one, same, other = (
        read_tables(frames()),
        read_tables(frames(lanes=lanes(["1", "2.5"]))),
        read_tables(frames(lanes=lanes([1, 2.6]))),
    )
    assert one.sha256 == same.sha256 != other.sha256


@pytest.mark.parametrize(
    ("index", "row"),
    [
        (pd.Index([40, 12], name="row"), 12),
        (pd.Index([40, 12]), 3),
        (pd.Index([40, 12], name="line"), 3),
        (pd.Index([12, 12], name="row"), 3),
        (pd.Index([1.5, 2.5], name="row"), 3),
        (pd.Index([4, None], name="row", dtype="Int64"), 3),
        (pd.Index(["a", "b"], name="row"), 3),
        (pd.MultiIndex.from_tuples([(1, 2), (3, 4)], names=["row", "x"]), 3),
    ],
)
def test_an_index_of_distinct_rows_says_where_they_stand(index: pd.Index, row: int) -> None:
    assert f"lanes table row {row}, unit_cost: -1 is negative" in refused(lanes=lanes([1, -1]).set_axis(index))
