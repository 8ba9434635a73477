"""Edits change the cells that they say, refuse what they cannot mean, and come back from words as they were."""

from __future__ import annotations

import contextlib
import json
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netopt
from netopt.network.edits import ACTIONS, Edit, as_edit, as_words
from tests.network.what_if import cells, network, refused, table

few = settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

# ---------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("facilities.Reno.capacity=900", ("facilities", 'name="Reno"', "capacity", "set", "900")),
        (" facilities.Reno.capacity = 900 ", ("facilities", 'name="Reno"', "capacity", "set", "900")),
        ("facilities.Reno.capacity=", ("facilities", 'name="Reno"', "capacity", "set", "")),
        ("facilities.Reno.capacity*=1.2", ("facilities", 'name="Reno"', "capacity", "scale", "1.2")),
        ("facilities.Reno.capacity+=5", ("facilities", 'name="Reno"', "capacity", "add", "5")),
        ("facilities.Reno.capacity-=5", ("facilities", 'name="Reno"', "capacity", "add", "-5")),
        ("facilities.Reno.capacity -= -5", ("facilities", 'name="Reno"', "capacity", "add", "5")),
        ("facilities.Reno.capacity-=+5", ("facilities", 'name="Reno"', "capacity", "add", "-5")),
        ("facilities.Reno.region=a=b", ("facilities", 'name="Reno"', "region", "set", "a=b")),
        ("facilities.St. Louis.capacity=1", ("facilities", 'name="St. Louis"', "capacity", "set", "1")),
        ('facilities."A;B=C".capacity=1', ("facilities", 'name="A;B=C"', "capacity", "set", "1")),
        ('facilities."A/B"/P1.capacity=1', ("facilities", 'name="A/B";period="P1"', "capacity", "set", "1")),
        ("facilities.Reno/.capacity=1", ("facilities", 'name="Reno";period=""', "capacity", "set", "1")),
        ("facilities.capacity=1", ("facilities", "", "capacity", "set", "1")),
        ("facilities.*.capacity=1", ("facilities", "", "capacity", "set", "1")),
        ("lanes.Reno/*/truck.unit_cost=1", ("lanes", 'origin="Reno";mode="truck"', "unit_cost", "set", "1")),
        ("demand[customer.region=West].quantity*=1.2", ("demand", "customer.region=West", "quantity", "scale", "1.2")),
        ("lanes[unit_cost>=3;mode!=air].unit_cost*=2", ("lanes", "unit_cost>=3;mode!=air", "unit_cost", "scale", "2")),
        ('facilities[name="a]b"].capacity=1', ("facilities", 'name="a]b"', "capacity", "set", "1")),
        ("facilities[name=a[1]].capacity=1", ("facilities", "name=a[1]", "capacity", "set", "1")),
        ("facilities[name=a].region=b].capacity=1", ("facilities", "name=a", "region", "set", "b].capacity=1")),
        ("facilities[].capacity=1", ("facilities", "", "capacity", "set", "1")),
        ("settings.emissions_price=0.1", ("settings", 'key="emissions_price"', "value", "set", "0.1")),
        ("settings.Horizon*=2", ("settings", 'key="horizon_days"', "value", "scale", "2")),
        ("settings[key=currency].value=EUR", ("settings", "key=currency", "value", "set", "EUR")),
        ('{"table": "customers", "filter": "Boise", "action": "remove"}', ("customers", "Boise", "", "remove", "")),
        ('{"table": "facilities", "column": "capacity", "value": 900}', ("facilities", "", "capacity", "set", "900")),
        ({"table": "facilities", "column": "capacity", "value": 0.5}, ("facilities", "", "capacity", "set", "0.5")),
        ({"table": "facilities", "column": "capacity", "value": None}, ("facilities", "", "capacity", "set", "")),
        ({"table": "facilities", "column": "capacity", "value": float("nan")}, ("facilities", "", "capacity", "set", "")),
        (Edit("facilities", "", "capacity", "set", 900), ("facilities", "", "capacity", "set", "900")),
    ],
)  # fmt: skip
def test_words(words: Any, wanted: tuple[str, ...]) -> None:
    assert tuple(as_edit(words).to_json().values()) == wanted


@pytest.mark.parametrize(
    "words",
    ["", "facilities", "facilities=3", "facilities.Reno.capacity", "facilities..capacity=3", "facilities. .capacity=3", "=3",
     ".capacity=3", "facilities.=3", "facilities.Reno.=3", "facilities[name=Reno.capacity=3", "facilities[type=fc].Reno.capacity=3",
     'facilities."Reno.capacity=3', 'facilities."St. Louis"=3', "facilities.Reno/P1/x.capacity=3", "settings=3", "{", "{}", "{1: 2}",
     '{"table": "demand", "rows": 3}', '{"table": "demand", "source": "x"}', '{"filter": "x"}', "{" * 10, '{"table":' * 50_000,
     "東京.Reno.capacity=3", "\0", "1=1"],
)  # fmt: skip
def test_words_that_are_not_understood(words: str) -> None:
    with pytest.raises(netopt.InputError) as caught:
        as_edit(words, "--set")
    (problem,) = caught.value.problems
    assert problem.source == "--set"
    assert problem.message
    assert problem.fix
    assert len(str(problem)) < 500


@pytest.mark.parametrize(
    ("said", "message"),
    [({"table": "demand", "rows": 3}, '"rows" means nothing in an edit'), ({"column": "quantity"}, "an edit needs a table")],
)
def test_cells_that_are_not_understood(said: dict[str, object], message: str) -> None:
    with pytest.raises(netopt.InputError, match=message):
        as_edit(said)


@pytest.mark.parametrize(
    "words",
    ["a" + "[" * 200_000, "a[" + "]" * 200_000, "a[" + "]. " * 50_000, "a." + " " * 200_000, "a." + '"' * 200_000, "a." + '"a' * 100_001,
     "a" * 200_000, " " * 200_000, "facilities" + "." * 200_000 + "=", "facilities." + "/" * 200_000 + ".x=1", "a.b" + "*" * 200_000],
)  # fmt: skip
def test_long_words_take_no_time(words: str) -> None:
    began = time.perf_counter()
    with contextlib.suppress(netopt.InputError):
        as_words(as_edit(words))
    assert time.perf_counter() - began < 2


LETTERS = st.text(alphabet='aZé".;|=[]<>!*+-/ {}\\\n', max_size=12) | st.text(max_size=8)
EDITS = st.builds(
    Edit,
    table=st.sampled_from(["facilities", "Demand", "settings", "nothing", ""]) | LETTERS,
    filter=st.sampled_from(["", "name=Reno", "customer.region=West", 'key="currency"']) | LETTERS,
    column=st.sampled_from(["", "capacity", "value", "unit_cost"]) | LETTERS,
    action=st.sampled_from(ACTIONS),
    value=st.sampled_from(["", "1.2", "-3", "West Coast"]) | LETTERS,
)


@given(EDITS)
def test_words_and_back(edit: Edit) -> None:
    assert as_edit(as_words(edit)).to_json() == edit.to_json()
    assert as_edit(edit.to_json()).to_json() == edit.to_json()
    assert str(edit)


@pytest.mark.parametrize(
    "words", ["facilities.Reno.capacity=900", "demand[customer.region=West].quantity*=1.2", "lanes.S/Reno/truck.unit_cost+=-1"]
)
def test_short_words_stay_short(words: str) -> None:
    edit = as_edit(words)
    assert not as_words(edit).startswith("{")
    assert as_words(as_words(edit)) == as_words(edit)


def test_rows_added_and_removed_are_json() -> None:
    removed = Edit("customers", "name=Zürich", action="remove")
    assert json.loads(as_words(removed)) == removed.to_json()
    assert "Zürich" in as_words(removed)


# -------------------------------------------------------------------------------------------------- one table, by hand


def column(found: netopt.Network, name: str, column: str) -> list[object]:
    return [cell for _, cell in cells(found, name, column)]


@pytest.mark.parametrize(
    ("words", "name", "of", "wanted"),
    [
        ("facilities.Reno.capacity=900", "facilities", "capacity", [None, 900, None]),
        ("facilities.Reno.capacity=", "facilities", "capacity", None),
        ("facilities.capacity=7", "facilities", "capacity", [7, 7, 7]),
        ("facilities.capacity*=2", "facilities", "capacity", [None, 800, None]),
        ("facilities.capacity+=2", "facilities", "capacity", [None, 402, None]),
        ("facilities.Reno.capacity-=100", "facilities", "capacity", [None, 300, None]),
        ("facilities.Reno.capacity*=0", "facilities", "capacity", [None, 0, None]),
        ("facilities.Reno.handling_cost=1.5", "facilities", "handling_cost", [None, 1.5, None]),
        ("facilities.Reno.handling_cost+=1.5", "facilities", "handling_cost", [None, 1.5, None]),
        ("facilities.handling_cost*=3", "facilities", "handling_cost", None),
        ("facilities.handling_cost+=0", "facilities", "handling_cost", None),
        ("facilities.Reno.type=dc", "facilities", "type", ["supplier", "dc", "fc"]),
        ("facilities[type=FC].type=Sort Center", "facilities", "type", ["supplier", "sort_center", "sort_center"]),
        ("facilities.Reno.status=", "facilities", "status", [None, None, "open"]),
        ("facilities.region=North", "facilities", "region", ["North"] * 3),
        ("facilities.Reno.region=None", "facilities", "region", [None, "None", "South"]),
        ("facilities.Reno.region=\\1\\g<0>", "facilities", "region", [None, "\\1\\g<0>", "South"]),
        ("Facility.reno.MaxThroughput=3", "facilities", "capacity", [None, 3, None]),
        ("customers.*.single_source=no", "customers", "single_source", ["no", "no", "no"]),
        ("customers.Boise.single_source=TRUE", "customers", "single_source", ["yes", None, None]),
        ("demand.Austin.product=tea", "demand", "product", ["tea", "tea", "tea"]),
        ("demand.Austin.product=", "demand", "product", ["tea", "tea", None]),
        ("demand.Austin.customer=boise", "demand", "customer", ["Boise", "Phoenix", None]),
        ("demand[quantity<15].quantity+=1e2", "demand", "quantity", [110, 20, 105]),
        ("demand.unmet_cost=90", "demand", "unmet_cost", [90, 90, 90]),
        ("demand.promise_share*=0.5", "demand", "promise_share", [0.5, 0.5, 0.5]),
        ("lanes.S/Reno.unit_cost=5", "lanes", "unit_cost", [5, 2, 3, 4, 1.5, 9]),
        ("lanes[destination.region=West;mode!=air].unit_cost*=2", "lanes", "unit_cost", [2, 2, 6, 8, 1.5, 9]),
        ("lanes[mode=].mode=boat", "lanes", "mode", ["truck", "truck", "truck", "boat", "truck", "air"]),
    ],
)
def test_by_hand(words: str, name: str, of: str, wanted: list[object] | None) -> None:
    if words == "demand.Austin.customer=boise":
        wanted = ["Boise", "Phoenix", "Boise"]
    found = network().edit(words)
    assert column(found, name, of) == ([None, None, None] if wanted is None else wanted)


def test_edits_are_made_in_their_order() -> None:
    edits = ["facilities.capacity=10", "facilities.Reno.capacity*=3", "facilities[capacity>=30].capacity+=1", "settings.horizon=90"]
    found = network().edit(*edits)
    assert column(found, "facilities", "capacity") == [10, 31, 10]
    assert column(found.edit("settings.horizon_days*=2", "settings.currency=EUR"), "settings", "value") == ["180", "EUR"]


def test_settings() -> None:
    found = network(settings="key,value\nemissions_price,0.1\ncurrency,USD\n")
    assert column(found.edit("settings.emissions_price*=3"), "settings", "value") == [repr(0.1 * 3), "USD"]
    assert column(found.edit("settings.currency=EUR"), "settings", "value") == ["0.1", "EUR"]
    assert cells(found.edit("settings.DiscountRate=0.07"), "settings")[-1][1:] == ("discount_rate", "0.07")
    assert found.edit("settings.emissions_price=0.4").settings.emissions_price == 0.4
    assert "value holds words" in refused(found, "settings.currency*=2")
    assert "value holds words" in refused(found, {"table": "settings", "column": "value", "action": "scale", "value": "2"})
    assert "no row of settings is meant" in refused(network(), {"table": "settings", "column": "value", "value": "2"})
    assert "no row of settings is meant" in refused(network(), "settings[key=currency|horizon_days].value=2")
    assert "no row of settings is meant" in refused(network(), "settings[value=5].value=2")
    assert "no row of settings is meant" in refused(network(), "settings.emissions_price*=2")
    with pytest.raises(netopt.InputError, match='"currencie" is not a setting; did you mean currency'):
        network().edit("settings.currencie=EUR")


# ------------------------------------------------------------------------------------------------------------ refusals

SCALED = {"table": "facilities", "filter": "name=Reno", "column": "region", "action": "scale", "value": "2"}


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ("facilites.Reno.capacity=1", '"facilites" is not a table; did you mean facilities?'),
        ("facilities.Reno.capacty=1", '"capacty" is not a column of facilities; did you mean capacity?'),
        ("facilities.Renno.capacity=1", "no row of facilities is meant; did you mean Reno?"),
        ("lanes.Reno/Bosie.unit_cost=1", "no row of lanes is meant; did you mean Boise?"),
        ("facilities.xyz.capacity=1", "no row of facilities is meant; check the filter against the rows of facilities"),
        ("facilities.Reno.capacity=lots", '"lots" is not a number; write a number, such as 12.5, or leave it blank for no limit'),
        ("facilities.Reno.capacity=1,200", '"1,200" is not a number; write 1200 without a thousands separator'),
        ("facilities.Reno.capacity=nan", '"nan" is not a number'),
        ("facilities.Reno.capacity=inf", '"inf" is not a number'),
        ("facilities.Reno.capacity=1e999", '"1e999" is too large for a number'),
        ("facilities.Reno.capacity=1_0", '"1_0" is not a number; write 10 without underscores'),
        ("facilities.Reno.capacity=__import__('os')", "is not a number"),
        ("facilities.Reno.capacity*=", '"" is not a number; write a number, such as 1.2'),
        ("facilities.Reno.capacity*=nan", '"nan" is not a number'),
        ("facilities.Reno.capacity+=1+1", '"1+1" is not a number'),
        ("facilities.Dallas.capacity*=2", "capacity is blank in every row that is meant"),
        (SCALED, "region holds words, which cannot be scaled or added to; use the action set"),
        ('facilities[name="Reno].capacity=1', "has a quote that does not end; close it"),
        ({"table": "facilities", "filter": 'name="Reno', "column": "capacity"}, "has a quote that does not end; close it"),
        ({"table": "facilities", "filter": "name=Reno", "action": "delete"}, '"delete" is not an action; use one of set, scale'),
        ({"table": "facilities", "filter": "name=Reno"}, '"" is not a column of facilities'),
        ({"table": "supply", "column": "capacity", "value": "1"}, "the network has no table supply; add a row first"),
        ({"table": "customers", "filter": "name=Nobody", "action": "remove"}, "no row of customers is meant"),
        ({"table": "facilities", "action": "add"}, "a new row needs cells"),
        ({"table": "facilities", "filter": "name=A|B;type=fc", "action": "add"}, "a new row needs one value for each column"),
        ({"table": "facilities", "filter": "name=A;capacity>=5", "action": "add"}, "a new row needs one value for each column"),
        ({"table": "demand", "filter": "customer.region=West", "action": "add"}, "a new row needs one value for each column"),
        ({"table": "facilities", "filter": "name=A;capacity=x", "action": "add"}, '"x" is not a number'),
    ],
)
@pytest.mark.parametrize("row", [None, 14])
def test_what_cannot_be_done(edit: Any, said: str, row: int | None) -> None:
    assert said in refused(network(), edit, row=row)


def test_every_edit_that_cannot_be_made_is_said() -> None:
    with pytest.raises(netopt.InputError) as caught:
        network().edit("facilities.A.capacity=1", "facilities.Reno.capacity=2", "x.y=1")
    assert [str(problem).split(":")[0] for problem in caught.value.problems] == ["edit", "edit"]


def test_what_the_tables_then_do_not_allow_has_its_row(tmp_path: Any) -> None:
    path = tmp_path / "network.csv"
    path.write_text("table,name,type,customer,quantity,origin,destination,capacity\nfacilities,S,supplier,,,,,\n\nfacilities,F,fc,,,,,5\n"
                    "customers,C,,,,,,\ndemand,,,C,3,,,\nlanes,,,,,S,F,\nlanes,,,,,F,C,\n")  # fmt: skip
    found = netopt.read(path)
    with pytest.raises(netopt.InputError, match=r"network\.csv \(edited\) row 4, capacity: -5 is negative"):
        found.edit("facilities.F.capacity=-5")
    with pytest.raises(netopt.InputError, match=r"network\.csv \(edited\) row 9, origin: \"X\" is not a known facility"):
        found.edit({"table": "lanes", "filter": "origin=X;destination=C", "action": "add"})
    assert [row for row, *_ in cells(found.edit("facilities.F.capacity=9"), "lanes")] == [7, 8]


# ------------------------------------------------------------------------------------------------------- added and gone


def added(words: str, name: str, **changed: str | None) -> netopt.Network:
    return network(**changed).edit({"table": name, "filter": words, "action": "add"})


def test_rows_are_added_below_all_others() -> None:
    found = added('name="A;B";type=dc;capacity=1e3;region=', "facilities")
    assert cells(found, "facilities", "name", "type", "capacity", "region")[-1] == (8, "A;B", "dc", 1000, None)
    assert found.facilities.names[-1] == "A;B"
    again = found.edit({"table": "customers", "filter": "Oslo;promise_days=3", "action": "add"})
    assert cells(again, "customers", "name", "promise_days")[-1] == (9, "Oslo", 3)


def test_rows_of_a_table_that_was_not_there() -> None:
    found = added("facility=S;product=tea;capacity=55", "supply")
    assert cells(found, "supply") == [(8, "S", "tea", 55)]
    assert cells(added("key=currency;value=EUR", "settings"), "settings") == [(8, "currency", "EUR")]


def test_a_row_that_is_there_already() -> None:
    with pytest.raises(netopt.InputError, match=r"facilities table \(edited\) row 8, name: \"reno\" stands in row 3 already"):
        added("name=reno;type=fc", "facilities")


NAMED = {
    "groups": "name,member\nWest,Boise\nWest,Phoenix\nSolo,Austin\nfcs,Reno\nfcs,Dallas\n",
    "demand": "customer,product,quantity\nWest,tea,10\nSolo,milk,5\nBoise,milk,1\n",
    "lanes": "origin,destination,product\nS,fcs,\nReno,West,\nDallas,Solo,milk\nDallas,Austin,tea\n",
    "supply": "facility,product,capacity\nS,tea,90\nS,milk,\n",
    "inventory": "facility,product,period\nReno,tea,\nReno,milk,P2\n",
    "limits": "what,where,product,period,at_most\nopen_sites,Reno,,,1\nopen_sites,fcs,,,2\nflow,Solo,tea,P2,9\nflow,,,,99\n",
}


def rows_left(filter_: str, name: str, **changed: str | None) -> dict[str, list[int]]:
    found = network(**(NAMED | changed)).edit({"table": name, "filter": filter_, "action": "remove"})
    return {table: [row for row, *_ in cells(found, table)] for table in NAMED}


def test_what_names_a_removed_site_goes() -> None:
    left = rows_left("name=reno", "facilities")
    assert left == {"groups": [2, 3, 4, 6], "demand": [2, 3, 4], "lanes": [2, 4, 5], "supply": [2, 3], "inventory": [], "limits": [3, 4, 5]}


def test_a_group_without_members_goes_with_what_names_it() -> None:
    left = rows_left("Austin", "customers")
    assert left == {"groups": [2, 3, 5, 6], "demand": [2, 4], "lanes": [2, 3], "supply": [2, 3], "inventory": [2, 3], "limits": [2, 3, 5]}


def test_what_names_a_removed_product_or_period_goes() -> None:
    assert rows_left("tea", "products") == {"groups": [2, 3, 4, 5, 6], "demand": [3, 4], "lanes": [2, 3, 4], "supply": [3], "inventory": [3], "limits": [2, 3, 5]}  # fmt: skip
    left = rows_left("P2", "periods")
    assert (left["inventory"], left["limits"], left["demand"]) == ([2], [2, 3, 5], [2, 3, 4])


def test_a_group_of_other_things_keeps_a_member_of_the_same_name() -> None:
    found = network(products="name\ntea\nmilk\n", periods="name\ntea\nP2\n", groups="name,member\nhot,tea\nhot,milk\n")
    assert len(found.edit({"table": "periods", "filter": "tea", "action": "remove"}).tables["groups"]) == 2
    assert len(found.edit({"table": "products", "filter": "tea", "action": "remove"}).tables["groups"]) == 1


def test_removing_the_row_of_a_period_leaves_the_site() -> None:
    sites = "name,period,type,capacity\nS,,supplier,\nReno,,fc,9\nReno,P2,,4\nDallas,,fc,\n"
    found = network(facilities=sites).edit({"table": "facilities", "filter": "name=Reno;period=P2", "action": "remove"})
    assert [row for row, *_ in cells(found, "facilities")] == [2, 3, 5]
    assert len(found.tables["lanes"]) == 6


def test_removing_all_of_a_table() -> None:
    assert "limits" not in network(**NAMED).edit({"table": "limits", "action": "remove"}).tables
    with pytest.raises(netopt.InputError):
        network().edit({"table": "customers", "action": "remove"})


# ------------------------------------------------------------------------------------------------------------- periods

SITES = "name,period,type,fixed_cost,capacity,region\nS,,supplier,,,\nReno,,fc,100,50,West\nReno,P2,,,40,\nDallas,,fc,,,South\n"


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        # a row of its own for the period that is named, blank where the base row's value holds
        ("facilities[Dallas;period=P1].capacity=7", [(5, None, None), (8, "P1", 7)]),
        ("facilities[Dallas;period=P1].fixed_cost+=7", [(5, None, None), (8, "P1", 7)]),
        ("facilities[Dallas;period=P3|P1].capacity=7", [(5, None, None), (8, "P1", 7), (9, "P3", 7)]),
        ("facilities[Dallas;period!=P1].capacity=7", [(5, None, None), (8, "P2", 7), (9, "P3", 7)]),
        ("facilities[Dallas;period=*3].capacity=7", [(5, None, None), (8, "P3", 7)]),
        ("facilities[Dallas;period.days=31].capacity=7", [(5, None, None), (8, "P2", 7)]),
        ("facilities[Dallas;period=].capacity=7", [(5, None, 7)]),
        ("facilities[Dallas;period=*].capacity=7", [(5, None, 7)]),
        ("facilities[Dallas;period=P1|P2|p3].capacity=7", [(5, None, 7)]),
        ("facilities.Dallas/P1.capacity=7", [(5, None, None), (8, "P1", 7)]),
    ],
)
def test_a_period_that_is_named_has_a_row_of_its_own(words: str, wanted: list[tuple[int, str | None, float | None]]) -> None:
    found = network(facilities=SITES).edit(words)
    changed = words.split("]")[-1].split(".")[-1].split("=")[0].rstrip("+") if "]" in words else "capacity"
    own = [row for row in cells(found, "facilities", "name", "period", changed, "type") if row[1] == "Dallas"]
    assert [(row, period, cell) for row, _, period, cell, _ in own] == wanted
    assert {kind for *_, kind in own} == {"fc"}


@pytest.mark.parametrize(
    ("words", "of", "wanted"),
    [
        ("facilities.Reno.capacity=9", "capacity", (9, 9)),
        ("facilities.Reno.capacity*=2", "capacity", (100, 80)),
        ("facilities[region=West].capacity*=2", "capacity", (100, 80)),
        ("facilities[Reno;period=P2].capacity*=2", "capacity", (50, 80)),
        ("facilities[region=West;type=fc;period=P2].capacity=", "capacity", (50, None)),
        ("facilities[capacity<50].fixed_cost=3", "fixed_cost", (100, 3)),
        ("facilities.Reno.fixed_cost=9", "fixed_cost", (9, None)),
        ("facilities.Reno.fixed_cost*=3", "fixed_cost", (300, None)),
        ("facilities[Reno;period=P2].fixed_cost=9", "fixed_cost", (100, 9)),
        ("facilities[Reno;period=P2].fixed_cost+=9", "fixed_cost", (100, 109)),
        ("facilities[Reno;period=P2].fixed_cost*=2", "fixed_cost", (100, 200)),
        ("facilities[Reno;period=].fixed_cost*=2", "fixed_cost", (200, None)),
    ],
)
def test_rows_of_periods_that_are_there(words: str, of: str, wanted: tuple[float | None, float | None]) -> None:
    found = network(facilities=SITES).edit(words)
    assert [row[2:] for row in cells(found, "facilities", "name", "period", of) if row[1] == "Reno"] == [(None, wanted[0]), ("P2", wanted[1])]


def test_rows_of_periods_alone_are_changed_where_they_are_blank() -> None:
    demand = "customer,product,period,quantity,unmet_cost\nBoise,tea,P1,10,\nBoise,tea,P2,20,4\n"
    assert column(network(demand=demand).edit("demand.unmet_cost=9"), "demand", "unmet_cost") == [9, 9]
    assert column(network(demand=demand).edit("demand.promise_share*=0.5"), "demand", "promise_share") == [0.5, 0.5]
    assert "no row of demand is meant" in refused(network(demand=demand), "demand[period=P3].quantity=9")


def test_a_network_without_periods() -> None:
    assert "no row of demand is meant" in refused(network(periods=None), "demand[period=P1].quantity=9")
    assert column(network(periods=None).edit("demand[period=].quantity=9"), "demand", "quantity") == [9, 9, 9]


GROUPED = "customer,product,period,quantity,unmet_cost\nWest,tea,,10,\nBoise,tea,P2,20,\nWest,tea,late,30,\n"
GROUPS = "name,member\nWest,Boise\nWest,Phoenix\nlate,P2\nlate,P3\n"


def test_periods_and_groups() -> None:
    found = network(demand=GROUPED, groups=GROUPS)
    assert column(found.edit("demand.unmet_cost=9"), "demand", "unmet_cost") == [9, None, None]
    assert column(found.edit("demand[period=late].quantity*=2"), "demand", "quantity") == [10, 40, 60]
    without = network(demand=GROUPED.replace("West,tea,late,30,\n", ""), groups=GROUPS)
    assert column(without.edit("demand[customer=Boise;period=P2].unmet_cost=3"), "demand", "unmet_cost") == [None, 3]
    rows = cells(found.edit("demand[period=P1].quantity*=2"), "demand", "customer", "period", "quantity")
    assert rows[-1] == (8, "West", "P1", 20)
    assert 'only a part of the group "late"' in refused(found, "demand[customer=Phoenix|Boise;period=P3].quantity=2")
    assert 'only a part of the group "West"' in refused(found, "demand[customer=Phoenix;period=P1].quantity=2")


def test_a_group_of_periods_gives_each_of_them_a_row() -> None:
    found = network(groups=GROUPS).edit("demand[Boise;period=LATE].quantity*=3")
    assert cells(found, "demand", "customer", "period", "quantity") == [
        (2, "Boise", None, 10), (3, "Phoenix", None, 20), (4, "Austin", None, 5), (8, "Boise", "P2", 30), (9, "Boise", "P3", 30),
    ]  # fmt: skip


def test_limits_stand_side_by_side() -> None:
    limits = "what,period,at_most\nflow,,50\nflow,P2,20\n"
    found = network(limits=limits)
    assert column(found.edit("limits[period=P2].at_most=90"), "limits", "at_most") == [50, 90]
    assert "no row of limits is meant" in refused(found, "limits[period=P1].at_most=90")
    assert column(found.edit("limits[period=].at_most=90"), "limits", "at_most") == [90, 20]
    assert column(found.edit("limits.at_least=1"), "limits", "at_least") == [1, 1]


# ------------------------------------------------------------------------------------- random edits, one row at a time


def in_force(found: netopt.Network) -> dict[tuple[str, str, str], float]:
    """Return how much each customer wants of each product in each period."""
    demand, names = found.demand, [found.customers.names, found.products.names, found.periods.names]
    keys = zip(demand.entity, demand.product, demand.period, strict=True)
    wanted = {tuple(name[at] for name, at in zip(names, key, strict=True)): q for key, q in zip(keys, demand["quantity"], strict=True)}
    return {key: float(quantity) for key, quantity in wanted.items() if quantity}  # type: ignore[misc]


CUSTOMERS, PRODUCTS, PERIODS = ("Boise", "Phoenix", "Austin"), ("tea", "milk"), ("P1", "P2", "P3")
REGIONS = {"Boise": "West", "Phoenix": "West", "Austin": "South"}
some = st.lists(st.integers(1, 9), min_size=1, max_size=2, unique=True)


@st.composite
def changes(draw: st.DrawFn) -> tuple[str, str, int, Any]:
    """Return a filter, a sign, a number and what says of a key whether the filter means it."""
    parts, tests = [], []
    if draw(st.booleans()):
        chosen = draw(st.lists(st.sampled_from(PERIODS), min_size=1, max_size=2))
        sign = draw(st.sampled_from(["=", "!="]))
        parts.append(f"period{sign}{'|'.join(chosen)}")
        tests.append(lambda key: (key[2] in chosen) == (sign == "="))
    if draw(st.booleans()):
        region = draw(st.sampled_from(["West", "South"]))
        parts.append(f"customer.region={region.lower()}")
        tests.append(lambda key: REGIONS[key[0]] == region)
    if draw(st.booleans()):
        product = draw(st.sampled_from(PRODUCTS))
        parts.append(f"product={product}")
        tests.append(lambda key: key[1] == product)
    draw(st.randoms(use_true_random=False)).shuffle(parts)
    return ";".join(parts), draw(st.sampled_from(["=", "*=", "+="])), draw(st.integers(1, 9)), lambda key: all(test(key) for test in tests)


@st.composite
def demands(draw: st.DrawFn) -> str:
    keys = [(c, k, t) for c in CUSTOMERS for k in PRODUCTS for t in ("", *PERIODS)]
    chosen = draw(st.lists(st.sampled_from(keys), min_size=1, max_size=12, unique=True))
    return "customer,product,period,quantity\n" + "".join(f"{','.join(key)},{draw(st.integers(1, 50))}\n" for key in chosen)


@few
@given(demands(), st.lists(changes(), min_size=1, max_size=3))
def test_random_edits_of_demand_by_what_holds_then(demand: str, made: list[tuple[str, str, int, Any]]) -> None:
    found = network(demand=demand)
    expected = in_force(found)
    for filter_, sign, number, meant in made:
        means = [key for key in expected if meant(key)]
        edit = f"demand[{filter_}].quantity{sign}{number}"
        if not means:
            assert "no row of demand is meant" in refused(found, edit)
            continue
        for key in means:
            expected[key] = {"=": number, "*=": expected[key] * number, "+=": expected[key] + number}[sign]
        found = found.edit(edit)
    assert in_force(found) == pytest.approx(expected)


@few
@given(
    st.lists(st.tuples(st.sampled_from(["P1", "P2", "P3"]), st.none() | st.integers(0, 9), st.none() | st.integers(0, 9)), max_size=3, unique_by=lambda row: row[0]),
    st.none() | st.integers(0, 9),
    st.sampled_from(["", "P1", "P2", "P3"]),
    st.sampled_from(["=", "*=", "+="]),
    st.integers(1, 9),
)
def test_random_edits_of_a_site_by_what_holds_then(own: list[Any], base: int | None, period: str, sign: str, number: int) -> None:
    lines = [("Reno", "", "fc", base, 7), *(("Reno", t, "", cost, capacity) for t, cost, capacity in own)]
    frame = pd.DataFrame([("S", "", "supplier", None, None), *lines], columns=["name", "period", "type", "fixed_cost", "capacity"])
    lanes = table("origin,destination\nS,Reno\nReno,Boise\nReno,Phoenix\nReno,Austin\n")
    found = netopt.read({**network().tables.frames, "facilities": frame, "lanes": lanes})
    at = list(found.facilities.names).index("Reno")
    before = np.array(found.facilities.fixed_cost[at], dtype=float)
    after = np.array(found.edit(f"facilities[Reno{';period=' + period if period else ''}].fixed_cost{sign}{number}").facilities.fixed_cost[at])
    meant = np.array([period in ("", name) for name in found.periods.names])
    assert after[~meant].tolist() == before[~meant].tolist()
    held = {"=": np.full(3, number), "*=": before * number, "+=": before + number}[sign]
    typed = np.array([period != "" or base is not None or sign != "+=" or name in own for name in found.periods.names])
    assert after[meant & typed].tolist() == held[meant & typed].tolist()
