"""What is typed about the network as it is run: one meaning or a refusal with its row and its fix."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import xlsxwriter

import netopt
from netopt.network import Network
from netopt.study.today.actual import read_actual
from tests.formulation.networks import PERIODS, PRODUCTS, frame, tables

LANES = "origin destination mode unit_cost\nS D truck 1\nD C truck 2\nD C air 9"


def network(**typed: str) -> Network:
    return netopt.read(tables(lanes=LANES, **typed))


def refused(found: Network, flows: str, **others: str) -> list[str]:
    """What is said of tables that cannot be used."""
    given = {name: frame(text) for name, text in others.items()}
    with pytest.raises(netopt.InputError) as error:
        read_actual(found, frame(flows), given.get("stocks"), given.get("actuals"), given.get("sites"))
    return [str(problem) for problem in error.value.problems]


def test_blanks_mean_the_only_thing_there_is_and_case_does_not_matter() -> None:
    found = read_actual(network(), frame("origin destination quantity\ns d 10"), None, None, None)
    assert found.flows.iloc[0].drop(["vehicles", "spend"]).to_dict() == {
        "origin": "S", "destination": "D", "mode": "truck", "product": "product", "period": "1", "quantity": 10,
    }  # fmt: skip


def test_rows_of_one_flow_are_added_up_and_remembered() -> None:
    typed = frame("origin destination mode quantity spend\nS D truck 4 5\nD C truck 9 20\nS D Truck 6 6\nS D truck 0 0")
    found = read_actual(network(), typed, None, None, None)
    assert found.flows[["quantity", "spend"]].to_numpy().tolist() == [[10, 11], [9, 20]]
    assert dict(zip(found.row.tolist(), found.flow.tolist(), strict=True)) == {2: 0, 3: 1, 4: 0}


def test_a_mode_that_is_not_clear() -> None:
    assert refused(network(), "origin destination quantity\nS D 10\nD C 10") == [
        "actual_flows table row 3, mode: the cell is blank, and goods go from D to C by truck and air; "
        "name the mode in each row"
    ]


def test_blank_product_and_period_of_a_network_that_has_several() -> None:
    found = network(products=PRODUCTS, periods=PERIODS, demand="customer product quantity\nC A 10\nC B 10")
    product, period = refused(found, "origin destination mode quantity\nS D truck 10")
    assert product.startswith("actual_flows table row 2, product: the cell is blank, and the network has 2 products; name")
    assert period.startswith("actual_flows table row 2, period: the cell is blank, and the network has 2 periods; name")


def test_every_problem_of_every_table_at_once() -> None:
    said = refused(
        network(), "origin destination mode quantity\nSS D truck 10\nS X truck 10",
        stocks="facility stock\nDD 4", actuals="bucket period spend\ntransport 2031 5", sites="name open\nQ yes",
    )  # fmt: skip
    assert said == [
        'actual_flows table row 2, origin: "SS" is not a facility of the network; did you mean S? '
        "Otherwise add it to the network",
        'actual_flows table row 3, destination: "X" is not a place of the network; use one of S, D, C',
        'actual_stocks table row 2, facility: "DD" is not a facility of the network; did you mean D? '
        "Otherwise add it to the network",
        'actuals table row 2, period: "2031" is not a period of the network; use one of 1',
        'actual_sites table row 2, name: "Q" is not a facility of the network; use one of S, D',
    ]


def test_cells_that_are_no_numbers_are_named_for_all_tables() -> None:
    said = refused(network(), "origin destination quantity\nS D -3", actuals="bucket spend\nsite ten")
    assert said[0].startswith("actual_flows table row 2, quantity: -3 is negative; ")
    assert said[1].startswith('actuals table row 2, spend: "ten" is not a number; ')


def test_flows_that_go_nowhere() -> None:
    assert refused(network(), "origin destination quantity\nD D 3")[0].startswith(
        "actual_flows table row 2, destination: the goods go to where they come from; "
    )
    assert "nothing moves" in refused(network(), "origin destination mode quantity\nS D truck 0")[0]


def test_spend_on_some_rows_of_a_flow() -> None:
    assert refused(network(), "origin destination mode quantity spend\nS D truck 3 5\nS D truck 3 -") == [
        "actual_flows table row 3, spend: the cell is blank, and another row of the same lane, product and period has "
        "it; fill in both or neither, or add the rows up"
    ]


FLOWS = "origin destination mode quantity\nS D truck 10\nD C truck 10"


def test_buckets_may_be_joined_but_not_twice() -> None:
    found = read_actual(network(), frame(FLOWS), None, frame("bucket spend\nTransport+lane 5\nsite 3"), None)
    assert found.spend is not None
    assert found.spend[["label", "buckets", "spend"]].to_numpy().tolist() == [
        ["transport+lane", ("transport", "lane"), 5], ["site", ("site",), 3],
    ]  # fmt: skip
    assert refused(network(), FLOWS, actuals="bucket spend\nlane+site 5\nsite 3\ntransprt 4") == [
        "actuals table row 3, bucket: the spend of site stands in row 2 already; give each bucket once for the whole "
        "horizon, or once for each period",
        'actuals table row 4, bucket: "transprt" is not a bucket of cost; did you mean transport?',
    ]


def test_the_whole_horizon_and_one_of_its_periods() -> None:
    found = network(periods=PERIODS)
    flows = "origin destination mode period quantity\nS D truck P1 10"
    assert "site stands in row 2 already for P1" in refused(found, flows, actuals="bucket period spend\nsite - 5\nsite P1 3")[0]
    read = read_actual(found, frame(flows), None, frame("bucket period spend\nsite P2 5\nsite P1 3"), None)
    assert read.spend is not None
    assert read.spend["period"].tolist() == ["P2", "P1"]


def test_stock_and_sites_are_states_not_sums() -> None:
    assert "an earlier row has the same facility, product, period" in refused(network(), FLOWS, stocks="facility stock\nD 1\nD 2")[0]
    assert "an earlier row has the same name, period" in refused(network(), FLOWS, sites="name open\nD yes\nd no")[0]


def test_a_period_row_of_the_sites_wins() -> None:
    found = network(periods=PERIODS)
    typed = frame("name period open\nD P2 no\nD - yes")
    read = read_actual(found, frame("origin destination mode period quantity\nS D truck P1 10"), None, None, typed)
    assert read.sites is not None
    assert dict(zip(read.sites["period"], read.sites["open"], strict=True)) == {"P1": True, "P2": False}


def test_a_workbook_may_hold_it_all(tmp_path: Path) -> None:
    path = tmp_path / "today.xlsx"
    sheets = {
        "Flows": [["origin", "destination", "mode", "quantity"], ["S", "D", "truck", 10]],
        "Stocks": [["facility", "stock"], ["D", 4]],
        "Actuals": [["bucket", "spend"], ["site", 3]],
        "Actual Sites": [["name", "open"], ["D", "yes"]],
        "Notes": [["anything"], ["at all"]],
    }
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
    found = read_actual(network(), path, None, None, None)
    assert found.source == "today.xlsx, sheet Flows"
    assert found.stocks is not None
    assert found.stocks["stock"].tolist() == [4]
    assert found.spend is not None
    assert found.sites is not None
    own = read_actual(network(), path, frame("facility stock\nD 7"), None, None)
    assert own.stocks is not None
    assert own.stocks["stock"].tolist() == [7]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for name in ("none.csv", "none.xlsx"):
        with pytest.raises(netopt.InputError, match="there is no such file"):
            read_actual(network(), tmp_path / name, None, None, None)


def test_the_frames_given_stay_as_they_are() -> None:
    typed = frame("origin destination quantity\ns d 10")
    before = typed.copy()
    read_actual(network(), typed, None, None, None)
    pd.testing.assert_frame_equal(typed, before)
