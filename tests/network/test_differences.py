from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import netopt
from netopt.network import Network
from netopt.network.differences import differences
from netopt.network.edits import as_words

DATA = Path(__file__).parents[2] / "data"


@pytest.fixture
def tiny() -> Network:
    return netopt.read(DATA / "tiny" / "network.csv")


def reached(before: Network, after: Network) -> list[str]:
    """The words of the edits between two networks, once it is sure that they lead from one to the other."""
    edits = differences(before.tables, after.tables.frames)
    assert edits is not None
    made = before.edit(*edits)
    for name, frame in after.tables.frames.items():
        columns = sorted(frame.columns)
        pd.testing.assert_frame_equal(
            made.tables[name][columns].reset_index(drop=True), frame[columns].reset_index(drop=True)
        )
    assert set(made.tables.frames) == set(after.tables.frames)
    return [as_words(edit) for edit in edits]


def test_nothing_changed_needs_no_words(tiny: Network) -> None:
    assert differences(tiny.tables, dict(tiny.tables.frames)) == ()


def test_a_cell_is_named_by_the_key_of_its_row(tiny: Network) -> None:
    assert reached(tiny, tiny.edit("facilities.Reno.capacity=900")) == ['facilities[name="Reno"].capacity=900']
    after = tiny.edit("lanes.Oakland/Reno.unit_cost=0.1")
    assert reached(tiny, after) == ['lanes[origin="Oakland";destination="Reno";mode="truck"].unit_cost=0.1']


def test_numbers_keep_every_digit(tiny: Network) -> None:
    assert reached(tiny, tiny.edit("demand[].quantity*=1.1"))[0].endswith(".quantity=110.00000000000001")


def test_a_cell_can_become_blank_and_a_column_can_be_new(tiny: Network) -> None:
    assert reached(tiny, tiny.edit("facilities.Reno.capacity=")) == ['facilities[name="Reno"].capacity=']
    assert reached(tiny, tiny.edit("demand[].promise_days=3"))[0].endswith(".promise_days=3")


def test_rows_of_other_tables_go_before_what_they_name(tiny: Network) -> None:
    words = reached(tiny, tiny.edit({"table": "facilities", "filter": "name=Dallas", "action": "remove"}))
    assert '"remove"' in words[-1]
    assert "facilities" in words[-1]
    assert len(words) == 5


def test_a_new_site_is_declared_before_its_lanes(tiny: Network) -> None:
    lanes = {"table": "lanes", "filter": 'origin="Salt; Lake";destination=Boise;unit_cost=1', "action": "add"}
    after = tiny.open_site("Salt; Lake", type="fc", capacity=5.5).edit(lanes)
    assert [word.count("add") for word in reached(tiny, after)] == [1, 1]


def test_a_site_that_opens_keeps_what_it_was(tiny: Network) -> None:
    before = netopt.read({**tiny.tables.frames, "facilities": tiny.tables["facilities"].drop(columns="initial")})
    after = before.open_site("Reno")
    assert after.tables["facilities"]["initial"].tolist()[1] == "potential"
    reached(before, after)


def test_rows_of_a_period_and_of_all_are_told_apart() -> None:
    before = netopt.read(DATA / "tiny-periods" / "network.csv")
    table = next(name for name, frame in before.tables.frames.items() if "period" in frame and name != "periods")
    frame = before.tables[table]
    row = frame.index[frame["period"].notna()][0]
    column = next(name for name in frame if pd.api.types.is_float_dtype(frame[name].dtype) and pd.notna(frame.loc[row, name]))
    after = before.replace(**{table: frame.assign(**{column: frame[column].where(frame.index != row, frame[column] + 1)})})
    words = reached(before, after)
    assert len(words) == 1
    assert f'period="{frame.loc[row, "period"]}"' in words[0]


def test_what_no_filter_tells_apart_has_no_words(tiny: Network) -> None:
    frames = dict(tiny.tables.frames)
    card = pd.DataFrame({"origin_type": ["fc"] * 2, "mode": ["air"] * 2, "base_cost": [1.0, 2.0], "weight_to": [1.0, 2.0]})
    doubled = netopt.read(frames).tables
    before = type(doubled)({**doubled.frames, "rates": card.rename_axis("row")}, doubled.sources, doubled.sha256)
    after = {**before.frames, "rates": card.assign(base_cost=[1.0, 3.0]).rename_axis("row")}
    assert differences(before, after) is None
