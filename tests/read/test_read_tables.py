"""Good input in every shape reads as the same tables, with nothing guessed and nothing filled in."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from netopt.errors import InputError
from netopt.read import Tables, read_tables
from tests.read.samples import GOOD, PERIODS, PRODUCTS, folder

if TYPE_CHECKING:
    from pathlib import Path


def test_folder(tmp_path: Path) -> None:
    tables = read_tables(folder(tmp_path))
    assert list(tables.frames) == ["facilities", "customers", "demand", "lanes"]
    lanes = tables["lanes"]
    assert list(lanes.columns) == ["origin", "destination", "unit_cost"]
    assert lanes.index.name == "row"
    assert lanes.index.tolist() == [2, 3]
    assert lanes["origin"].dtype == "str"
    assert lanes["unit_cost"].dtype == np.float64
    assert tables.source("lanes") == "lanes.csv"
    assert tables.path == str(tmp_path / "net")
    assert np.isnan(tables["facilities"]["capacity"].iloc[0])
    assert pd.isna(tables["facilities"]["status"].iloc[0])
    assert len(tables["rates"]) == 0


def test_digest_of_a_folder_is_that_of_its_tables(tmp_path: Path) -> None:
    path = folder(tmp_path, {"_mine.csv": "a", "notes.csv": "b"})
    expected = hashlib.sha256()
    for name in sorted(GOOD):
        expected.update(name.encode() + b"\0" + GOOD[name].encode())
    assert read_tables(path).sha256 == expected.hexdigest()


def test_digest_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "network.csv"
    path.write_text(stacked(), encoding="utf-8")
    assert read_tables(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def stacked() -> str:
    return (
        "table,name,type,origin,destination,unit_cost,customer,quantity\n"
        "facilities,Acme,supplier,,,,,\nfacilities,Reno,fc,,,,,\ncustomers,Boise,,,,,,\n"
        "demand,,,,,,Boise,10\nlanes,,,Acme,Reno,1,,\nlanes,,,Reno,Boise,2,,\n"
    )


def test_stacked(tmp_path: Path) -> None:
    path = tmp_path / "network.csv"
    path.write_text(stacked(), encoding="utf-8")
    tables = read_tables(str(path))
    assert tables["lanes"].index.tolist() == [6, 7]
    assert tables.source("lanes") == "network.csv"
    assert list(tables["demand"].columns) == ["customer", "quantity"]


def test_stacked_headers_mean_what_the_table_says(tmp_path: Path) -> None:
    text = stacked().replace("quantity\n", "quantity,period,start\n").replace(",Boise,10\n", ",Boise,10,p1,\n")
    path = tmp_path / "network.csv"
    path.write_text(
        "\n".join(line + "," * (9 - line.count(",")) for line in [*text.splitlines(), "periods,,,,,,,,p1,2027-01-01"]),
        encoding="utf-8",
    )
    tables = read_tables(path)
    assert tables["periods"]["name"].tolist() == ["p1"]
    assert tables["demand"]["period"].tolist() == ["p1"]


def test_names_stay_text(tmp_path: Path) -> None:
    names = ["NA", "02139", "null", "1e5", "None", "nan", "TRUE", "1.0", "-", "inf", "=1+1", "2027-01-01", "0x10"]
    files = {
        "customers.csv": "name\n" + "\n".join(names) + "\n",
        "demand.csv": "customer,quantity\n" + "".join(f"{name},1\n" for name in names),
        "lanes.csv": "origin,destination\nAcme,Reno\n" + "".join(f"Reno,{name}\n" for name in names),
    }
    tables = read_tables(folder(tmp_path, files))
    assert tables["customers"]["name"].tolist() == names
    assert tables["demand"]["customer"].tolist() == names
    assert tables["lanes"]["destination"].tolist() == ["Reno", *names]


def test_references_take_the_declared_spelling(tmp_path: Path) -> None:
    files = {
        "customers.csv": "name\nCafé\n",
        "demand.csv": "customer,quantity\n CAFE\u0301 ,1\n",
        "lanes.csv": "origin,destination,mode\nACME,reno,Truck\nReNo,cafe\u0301,truck\n",
    }
    tables = read_tables(folder(tmp_path, files))
    assert tables["demand"]["customer"].tolist() == ["Café"]
    assert tables["lanes"]["origin"].tolist() == ["Acme", "Reno"]
    assert tables["lanes"]["destination"].tolist() == ["Reno", "Café"]
    assert tables["lanes"]["mode"].tolist() == ["Truck", "Truck"]


def test_words_in_any_spelling(tmp_path: Path) -> None:
    files = {
        "facilities.csv": "name,type,status\nAcme,Supplier,OPEN\nReno,Sort Center,Consider\n",
        "customers.csv": "name,single source\nBoise,Y\n",
    }
    tables = read_tables(folder(tmp_path, files))
    assert tables["facilities"]["type"].tolist() == ["supplier", "sort_center"]
    assert tables["facilities"]["status"].tolist() == ["open", "consider"]
    assert tables["customers"]["single_source"].tolist() == ["yes"]


def test_commercial_names(tmp_path: Path) -> None:
    path = tmp_path / "net"
    path.mkdir()
    (path / "Facilities.csv").write_text(
        "FacilityName,Type,FixedOperatingCost,Fixed_Startup_Cost\nAcme,supplier,,\nReno,dc,5,6\n"
    )
    (path / "Customers.csv").write_text("CustomerName\nBoise\n")
    (path / "CustomerDemand.csv").write_text("CustomerName,Quantity\nBoise,5\n")
    (path / "TransportationPolicies.csv").write_text("OriginName,DestinationName,UnitCost\nAcme,Reno,1\nReno,Boise,1\n")
    tables = read_tables(path)
    assert tables["facilities"]["fixed_cost"].tolist()[1] == 5
    assert tables["facilities"]["opening_cost"].tolist()[1] == 6
    assert tables.source("lanes") == "TransportationPolicies.csv"


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters(delimiter: str, tmp_path: Path) -> None:
    path = folder(tmp_path, {name: text.replace(",", delimiter) for name, text in GOOD.items()})
    assert read_tables(path)["lanes"]["unit_cost"].tolist() == [1, 2]


def test_marks_blank_lines_and_line_ends(tmp_path: Path) -> None:
    text = "\n\norigin,destination,unit_cost,\r\n\r\nAcme,Reno, 1 ,\r\n,,,\r\n  \r\nReno,Boise,2,\r\n\r\n"
    tables = read_tables(folder(tmp_path, {"lanes.csv": "\ufeff" + text}))
    assert tables["lanes"].index.tolist() == [5, 8]
    assert tables["lanes"]["unit_cost"].tolist() == [1, 2]


def test_rows_are_those_of_a_spreadsheet(tmp_path: Path) -> None:
    lanes = 'origin,destination,note\nAcme,Reno,"two\nlines"\nReno,Boise,\nReno,Nowhere,\n'
    with pytest.raises(InputError) as caught:
        read_tables(folder(tmp_path, {"lanes.csv": lanes}))
    assert caught.value.problems[0].row == 4


def test_own_columns_are_passed_over(tmp_path: Path) -> None:
    lanes = "origin,destination,_a,x_b,Notes,comment 2\nAcme,Reno,1,2,3,4\nReno,Boise,\u202e,,,\n"
    assert list(read_tables(folder(tmp_path, {"lanes.csv": lanes}))["lanes"].columns) == ["origin", "destination"]


def test_blank_columns_and_tables_are_left_out(tmp_path: Path) -> None:
    files = {"lanes.csv": "origin,destination,capacity\nAcme,Reno,\nReno,Boise,\n", "products.csv": "name\n"}
    tables = read_tables(folder(tmp_path, files))
    assert list(tables["lanes"].columns) == ["origin", "destination"]
    assert "products" not in tables


def test_one_product_needs_no_table(tmp_path: Path) -> None:
    files = {
        "demand.csv": "customer,product,quantity\nBoise,tea,1\n",
        "lanes.csv": "origin,destination,product\nAcme,Reno,\nReno,Boise,Tea\n",
    }
    tables = read_tables(folder(tmp_path, files))
    assert "products" not in tables
    assert tables["lanes"]["product"].tolist()[1] == "tea"


def test_groups_stand_where_members_may(tmp_path: Path) -> None:
    files = {
        **PRODUCTS,
        **PERIODS,
        "groups.csv": "name,member\nWest,Reno\nAll,boise\nDrinks,tea\nDrinks,Milk\nYear,2027-01\nYear,2027-02\n",
        "demand.csv": "customer,product,period,quantity\nALL,drinks,Year,5\n",
        "lanes.csv": "origin,destination\nAcme,west\nWest,All\n",
        "limits.csv": "what,where,at_most\nopen_sites,WEST,1\nflow,all,500\n",
    }
    tables = read_tables(folder(tmp_path, files))
    assert tables["demand"].iloc[0].tolist() == ["All", "Drinks", "Year", 5]
    assert tables["lanes"]["origin"].tolist() == ["Acme", "West"]
    assert tables["groups"]["member"].tolist()[:4] == ["Reno", "Boise", "tea", "milk"]
    assert tables["limits"]["where"].tolist() == ["West", "All"]


def test_period_rows_may_leave_cells_blank(tmp_path: Path) -> None:
    facilities = (
        "name,period,type,initial,latitude,longitude,capacity\nAcme,,supplier,,,,\nReno,,fc,existing,1,2,100\n"
        "reno,2027-02,,existing,1,2,50\n"
    )
    tables = read_tables(folder(tmp_path, {**PERIODS, "facilities.csv": facilities}))
    assert tables["facilities"]["name"].tolist() == ["Acme", "Reno", "Reno"]


def test_vehicle_capacity_may_stand_in_the_row_overridden(tmp_path: Path) -> None:
    lanes = (
        "origin,destination,period,vehicle_capacity,vehicle_cost\nAcme,Reno,,,\nReno,Boise,,10,\nReno,Boise,2027-01,,5"
    )
    assert len(read_tables(folder(tmp_path, {**PERIODS, "lanes.csv": lanes}))["lanes"]) == 3


def test_rates_may_name_place_and_type_that_agree(tmp_path: Path) -> None:
    rates = "origin,origin_type,destination,destination_type,per,vehicle_capacity\nReno,fc,Boise,customer,vehicle,5\n"
    tables = read_tables(folder(tmp_path, {"lanes.csv": None, "rates.csv": rates}))
    assert "lanes" not in tables


def test_settings_are_spelled_as_in_the_dictionary(tmp_path: Path) -> None:
    settings = "Setting,Value\nHorizon Days,30.0\nDistanceUnit,KM\ncurrency,€\ndiscount_rate,\n"
    tables = read_tables(folder(tmp_path, {"settings.csv": settings}))
    assert tables["settings"]["key"].tolist() == ["horizon_days", "distance_unit", "currency", "discount_rate"]
    assert tables["settings"]["value"].tolist()[:3] == ["30", "km", "€"]


def test_zero_is_not_a_use_of_what_is_not_modelled(tmp_path: Path) -> None:
    products = "name,return_rate,shelf_life_days\ntea,0,\n"
    assert "products" in read_tables(folder(tmp_path, {"products.csv": products}))


def test_minus_zero_is_zero(tmp_path: Path) -> None:
    tables = read_tables(folder(tmp_path, {"lanes.csv": "origin,destination,unit_cost\nAcme,Reno,-0\nReno,Boise,1\n"}))
    assert not np.signbit(tables["lanes"]["unit_cost"].iloc[0])


@pytest.mark.parametrize(
    ("text", "value"), [("1e5", 1e5), ("+5", 5), (".5", 0.5), ("5.", 5), ("007", 7), ("1E-3", 1e-3)]
)
def test_numbers(text: str, value: float, tmp_path: Path) -> None:
    lanes = f"origin,destination,unit_cost\nAcme,Reno,{text}\nReno,Boise,1\n"
    assert read_tables(folder(tmp_path, {"lanes.csv": lanes}))["lanes"]["unit_cost"].iloc[0] == value


def test_paths_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder; check the path"):
        read_tables(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("net.xls", "old Excel files are not read; save it as .xlsx"),
        ("net.pdf", r'files like "net.pdf" are not read; give a .csv, .xlsx, .parquet or .duckdb file'),
        ("net", "are not read"),
    ],
)
def test_other_extensions(name: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("a")
    with pytest.raises(InputError, match=message):
        read_tables(tmp_path / name)


def test_one_table_instead_of_a_stack(tmp_path: Path) -> None:
    path = folder(tmp_path)
    with pytest.raises(InputError, match=r"lanes.csv row 1: there is no column `table`; add a first column"):
        read_tables(path / "lanes.csv")


def test_folders_without_tables(tmp_path: Path) -> None:
    with pytest.raises(
        InputError, match=r"no file in the folder is a table that netopt knows; name the files facilities.csv"
    ):
        read_tables(tmp_path)
    (tmp_path / "network.csv").write_text(stacked())
    with pytest.raises(InputError, match=r"give network.csv itself"):
        read_tables(tmp_path)


def test_a_broken_table_brings_no_unknown_names(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_tables(folder(tmp_path, {"customers.csv": b"name\n\xff\n", "facilities.csv": "nam,type\nAcme,supplier\n"}))
    assert {problem.source for problem in caught.value.problems} == {"customers.csv", "facilities.csv"}


def test_result_is_tables(tmp_path: Path) -> None:
    assert isinstance(read_tables(folder(tmp_path)), Tables)
