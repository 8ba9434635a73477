"""What-if on a network: a new one each time, the old one untouched, and the plan that follows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netopt
from netopt.network import Network
from netopt.read import read_tables
from tests.network.what_if import cells, network

TINY = Path(__file__).parents[2] / "data" / "tiny" / "network.csv"


def state(found: Network) -> dict[str, pd.DataFrame]:
    return {name: frame.copy(deep=True) for name, frame in found.tables.frames.items()}


EDITS: list[Any] = [
    "facilities.Reno.capacity=900",
    "facilities.Reno.region=",
    "facilities[Reno;period=P2].capacity=5",
    "demand[customer.region=West].quantity*=1.2",
    "demand[Boise;period!=P1].quantity+=1",
    "settings.currency=EUR",
    "settings.emissions_price=3",
    {"table": "customers", "filter": "Boise", "action": "remove"},
    {"table": "products", "filter": "name=milk", "action": "remove"},
    {"table": "facilities", "filter": "name=New;type=fc;capacity=4", "action": "add"},
    {"table": "supply", "filter": "facility=S;product=tea;capacity=400", "action": "add"},
]


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_the_network_that_was_edited_stays_as_it_is(edit: Any) -> None:
    found = network(settings="key,value\ncurrency,USD\n", groups="name,member\nAll,Boise\nAll,Austin\n")
    before, digest = state(found), found.tables.sha256
    later = found.edit(edit)
    assert later is not found
    assert found.tables.edits == ()
    assert found.tables.sha256 == digest == later.tables.sha256
    assert {*state(found)} == {*before}
    for name, frame in before.items():
        pd.testing.assert_frame_equal(found.tables.frames[name], frame)
    assert len(later.tables.edits) == 1
    assert any(not frame.equals(before.get(name)) for name, frame in later.tables.frames.items())


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_an_edited_network_reads_as_one_that_was_typed_so(edit: Any) -> None:
    later = network(settings="key,value\ncurrency,USD\n").edit(edit)
    again = read_tables(dict(later.tables.frames))
    for name, frame in later.tables.frames.items():
        pd.testing.assert_frame_equal(again.frames[name], frame)


def test_edits_gather() -> None:
    found = network().edit("facilities.Reno.capacity=900").edit("demand.quantity*=2", "settings.horizon=30")
    assert [edit["table"] for edit in found.tables.edits] == ["facilities", "demand", "settings"]
    assert found.edit().tables.edits == found.tables.edits


def test_nothing_is_kept_of_an_edit_that_fails() -> None:
    found = network()
    before = state(found)
    for edits in (("demand.quantity=1", "demand.nothing=2"), ("demand.quantity=-1",), ("facilities[Reno;period=P2].capacity=x",)):
        with pytest.raises(netopt.InputError):
            found.edit(*edits)
    for name, frame in before.items():
        pd.testing.assert_frame_equal(found.tables.frames[name], frame)


def test_tables_replaced_after_an_edit_are_tables_of_their_own() -> None:
    found = network().edit("demand.quantity*=2")
    later = found.replace(demand=found.tables["demand"].head(1))
    assert later.tables.edits == ()
    assert later.tables.sha256 != found.tables.sha256


# ------------------------------------------------------------------------------------------------- tiny, by hand: 3,780


def cost(found: Network) -> float:
    plan = netopt.solve(found, gap=0)
    assert plan.status == "optimal"
    assert plan.audit().empty
    return plan.cost


def test_costs_by_hand() -> None:
    tiny = netopt.read(TINY)
    assert cost(tiny) == pytest.approx(3_780)
    assert cost(tiny.edit("facilities[Dallas].fixed_cost+=1")) == pytest.approx(3_781)
    with pytest.raises(netopt.InputError, match="did you mean Dallas"):
        tiny.close_site("Dalas")


def test_close_and_open() -> None:
    tiny = netopt.read(TINY)
    # all 300 units through Dallas: 2 supply, 4 in, 1 handling; 100 x 8, 120 x 6 and 80 x 2 out; 450 fixed
    dallas = 300 * 7 + 800 + 720 + 160 + 450
    assert cost(tiny.close_site("RENO")) == pytest.approx(dallas)
    # Reno holds 200: what Dallas sends it does at 5 + 8, 7 + 6 or 7 + 2, Reno at 4 + 3, 4 + 5 or 4 + 9; open costs 600 + 150
    wide = tiny.open_site("reno", capacity=1_000).close_site("Dallas")
    assert cost(wide) == pytest.approx(300 * 4 + 300 + 600 + 720 + 600 + 150)
    assert [edit["column"] for edit in wide.tables.edits] == ["status", "capacity", "status"]
    assert cells(wide, "facilities", "name", "status", "capacity")[1:] == [(3, "Reno", "open", 1000), (4, "Dallas", "closed", 320)]


def test_a_new_site() -> None:
    tiny = netopt.read(TINY)
    later = tiny.open_site('Boise "2"; east', type="fc", fixed_cost=10, region="A|B;C=*")
    assert later.facilities.names[-1] == 'Boise "2"; east'
    row = cells(later, "facilities", "name", "type", "status", "fixed_cost", "region")[-1]
    assert row[1:] == ('Boise "2"; east', "fc", "open", 10, "A|B;C=*")
    assert cells(later.close_site('BOISE "2"; EAST'), "facilities", "status")[-1][1] == "closed"
    with pytest.raises(netopt.InputError, match="type"):
        tiny.open_site("New")
    with pytest.raises(netopt.InputError, match='"capacty" is not a column of facilities; did you mean capacity'):
        tiny.open_site("Reno", capacty=5)
    with pytest.raises(netopt.InputError, match='"capacty" is not a column of facilities; did you mean capacity'):
        tiny.open_site("New", capacty=5)


def test_sites_of_one_name_in_part() -> None:
    sites = 'name,type\nS,supplier\n"the ""old"" one",fc\nthe old one,fc\nthe*one,fc\n'
    found = network(facilities=sites, lanes="origin,destination\nS,the old one\n")
    for at, name in enumerate(('the "old" one', "the old one", "the*one"), start=1):
        closed = cells(found.close_site(name), "facilities", "status")
        assert [row for row, status in closed if status == "closed"] == [closed[at][0]]


def test_scaled_demand() -> None:
    found = network()
    assert [q for _, q in cells(found.scale_demand(2), "demand", "quantity")] == [20, 40, 10]
    assert [q for _, q in cells(found.scale_demand(0.5, "customer.region=West;product=TEA"), "demand", "quantity")] == [5, 10, 5]
    assert [q for _, q in cells(found.scale_demand(0, "Boise"), "demand", "quantity")] == [0, 20, 5]
    with pytest.raises(netopt.InputError, match="no customer wants anything"):
        found.scale_demand(0)
    with pytest.raises(netopt.InputError, match="no row of demand is meant"):
        found.scale_demand(2, "customer.region=North")
    with pytest.raises(netopt.InputError, match="is not a number"):
        found.scale_demand(float("nan"))
    with pytest.raises(netopt.InputError, match=r"demand table \(edited\) row 2, quantity: -\d+ is negative"):
        found.scale_demand(-1)
    assert cost(netopt.read(TINY).scale_demand(1)) == pytest.approx(3_780)


def test_a_summary_says_its_edits(tmp_path: Path) -> None:
    plan = netopt.solve(netopt.read(TINY).close_site("Reno"))
    said = [{"table": "facilities", "filter": 'name="Reno"', "column": "status", "action": "set", "value": "closed"}]
    assert plan.summary()["edits"] == said
    folder = plan.save(tmp_path / "plan")
    assert [json.loads((folder / name).read_text())["edits"] for name in ("summary.json", "proof.json")] == [said, said]
    assert "edits" not in netopt.solve(TINY).summary()


def test_what_opens_or_closes_by_its_status_pays_for_it() -> None:
    """Blank, ``initial`` follows the status; it goes on meaning what it did before the status was changed."""
    frames = {name: frame.copy() for name, frame in netopt.read("data/tiny/network.csv").tables.frames.items()}
    facilities = frames["facilities"].drop(columns="initial").assign(closing_cost=70.0)
    network = netopt.read({**frames, "facilities": facilities})
    assert network.facilities.existing.tolist() == [True, False, False]
    reopened = network.edit("facilities.Reno.status=open", "facilities.Dallas.status=open")
    assert reopened.facilities.existing.tolist() == [True, False, False]
    assert reopened.edit("facilities.Reno.status=closed").facilities.existing.tolist() == [True, False, False]
    running = netopt.read({**frames, "facilities": facilities.assign(status="open")})
    assert running.close_site("Reno").facilities.existing.tolist() == [True, True, True]
    new = network.open_site("Tulsa", type="fc")
    assert new.facilities.existing.tolist() == [True, False, False, False]
    assert network.open_site("Tulsa", type="fc", initial="existing").facilities.existing[-1]
