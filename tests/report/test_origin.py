"""The words that say how a plan is made again do make it again."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import netopt
from netopt.network.edits import Edit, as_edit
from netopt.plan import Plan
from netopt.report.origin import command, input_name, origin

TINY = Path(__file__).parents[2] / "data" / "tiny" / "network.csv"


@pytest.fixture(scope="module")
def plan() -> Plan:
    return netopt.solve(TINY)


def edited(plan: Plan, *edits: Edit, path: str | None = "network.csv") -> Plan:
    tables = replace(plan.network.tables, edits=tuple(edit.to_json() for edit in edits), path=path)
    return replace(plan, network=replace(plan.network, tables=tables))


def test_edits_are_words_of_the_command() -> None:
    plan = netopt.solve(netopt.read(TINY).close_site("Reno").scale_demand(0.5, "customer=Boise"), seed=3)
    made = "--set 'facilities[name=\"Reno\"].status=closed' --set 'demand[customer=Boise].quantity*=0.5'"
    assert command(plan) == f"netopt solve network.csv {made} --gap 0.0001 --seed 3"
    assert origin(plan)["made again by"] == command(plan)
    assert origin(plan)["checked again by"] == "netopt verify ."


def test_tables_in_memory() -> None:
    tables = dict(netopt.read(TINY).tables.frames)
    network = netopt.read(tables).edit("facilities.Reno.region=it's", {"table": "customers", "filter": "Boise", "action": "remove"})
    plan = netopt.solve(network)
    assert command(plan).startswith("netopt.solve(netopt.read(tables).edit(")
    assert eval(command(plan), {"netopt": netopt, "tables": tables}).cost == plan.cost
    assert origin(plan)["checked again by"] == "netopt verify . --network NETWORK"
    assert input_name(plan) == "tables in memory"


def test_a_script_is_a_script(plan: Plan) -> None:
    assert "script" in command(replace(edited(plan, as_edit("facilities.Reno.capacity=1")), amended=True))


@settings(deadline=None, max_examples=200)
@given(st.lists(st.builds(Edit, st.sampled_from(["facilities", "demand"]), st.text(max_size=12), st.text(max_size=6),
                          st.sampled_from(["set", "scale", "add", "remove"]), st.text(max_size=8)), min_size=1, max_size=3))  # fmt: skip
def test_any_edits_are_said_so_that_a_shell_gives_them_back(plan: Plan, edits: list[Edit]) -> None:
    words = shlex.split(command(edited(plan, *edits)))
    given_back = [as_edit(words[at + 1]) for at, word in enumerate(words) if word == "--set"]
    assert [edit.to_json() for edit in given_back] == [edit.to_json() for edit in edits]
