from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from netopt.errors import InputError
from netopt.network import Network
from netopt.ui.search import Search
from netopt.ui.state import Workspace


@pytest.fixture(scope="module")
def shared() -> Iterator[dict[str, Workspace]]:
    """One solver's process for all tests here: it takes seconds to start."""
    made: dict[str, Workspace] = {}
    yield made
    for workspace in made.values():
        workspace.close()


@pytest.fixture
def workspace(tiny: Network, shared: dict[str, Workspace]) -> Workspace:
    fresh = Workspace(tiny, "network.csv")
    solver = shared.setdefault("first", fresh).solver
    solver._done = fresh._heard
    fresh.solver = solver
    return fresh


def solved(workspace: Workspace) -> Search:
    search = workspace.solve()
    ends = time.monotonic() + 60
    while search.running and time.monotonic() < ends:
        time.sleep(0.01)
    assert not search.running
    return search


def test_a_search_finds_the_plan_of_the_tables_as_they_are(workspace: Workspace) -> None:
    search = solved(workspace)
    assert search.failure == ""
    assert workspace.result is not None
    assert workspace.result.plan.cost == pytest.approx(3780)
    assert workspace.result.plan.audit().ok
    assert workspace.stale is False
    costs = [at.cost for at in search.history]
    bounds = [at.bound for at in search.history]
    assert costs == sorted(costs, reverse=True)
    assert bounds == sorted(bounds)
    workspace.change(lambda draft: draft.set_status("Reno", "closed"))
    assert workspace.stale is True
    solved(workspace)
    assert workspace.result.plan.cost == pytest.approx(4230)
    assert workspace.result.plan.network.tables.edits[0]["value"] == "closed"


def test_an_infeasible_network_says_why(workspace: Workspace) -> None:
    for site in ("Reno", "Dallas"):
        workspace.change(lambda draft, site=site: draft.set_status(site, "closed"))
    solved(workspace)
    assert workspace.result is not None
    assert workspace.result.plan.status == "infeasible"
    assert workspace.result.plan.diagnosis is not None
    with pytest.raises(RuntimeError, match="no plan to keep"):
        workspace.keep("nothing")


def test_no_search_while_cells_have_to_be_mended(workspace: Workspace) -> None:
    assert workspace.why_not_solve() is None
    workspace.change(lambda draft: draft.set_cell("facilities", 3, "capacity", "abc"))
    assert workspace.why_not_solve() == "1 cell has to be mended first; the tables show it."
    with pytest.raises(RuntimeError, match="mended"):
        workspace.solve()


def test_a_lost_process_loses_nothing_else(workspace: Workspace) -> None:
    workspace.change(lambda draft: draft.set_status("Reno", "closed"))
    workspace.solver.warm_up()
    process = workspace.solver._process
    assert process is not None
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)  # so that it is lost within the search
    search = workspace.solve()
    os.kill(process.pid, signal.SIGKILL)
    ends = time.monotonic() + 30
    while search.running and time.monotonic() < ends:
        time.sleep(0.01)
    assert "process was lost" in search.failure
    assert workspace.draft.undoing == "Reno: closed"
    assert solved(workspace).failure == ""


def test_a_process_whose_pipe_is_closed_is_lost_even_if_it_seems_alive(workspace: Workspace) -> None:
    workspace.solver.warm_up()
    here, there = multiprocessing.Pipe()
    there.close()
    process, workspace.solver._pipe = workspace.solver._process, here
    assert process is not None
    assert process.is_alive()
    assert "process was lost" in solved(workspace).failure
    assert not process.is_alive()
    assert solved(workspace).failure == ""


def test_a_search_is_stopped_with_what_it_has(workspace: Workspace) -> None:
    workspace.stop()  # nothing goes on: nothing happens
    search = workspace.solve()
    workspace.stop()
    assert search.stopping
    with pytest.raises(RuntimeError, match="going on"):
        workspace.solve()
    while search.running:
        time.sleep(0.01)
    assert search.failure == ""
    assert search.plan is not None


def test_plans_are_kept_and_compared(workspace: Workspace) -> None:
    solved(workspace)
    assert workspace.next_name() == "base"
    workspace.keep("base")
    workspace.change(lambda draft: draft.set_status("Reno", "closed"))
    solved(workspace)
    assert workspace.next_name() == "Plan 1"
    workspace.keep(" no Reno ")
    study = workspace.study()
    assert study is not None
    assert [each.name for each in study.outcomes] == ["base", "no Reno"]
    assert study.audit().empty
    (beside,) = workspace.comparisons()
    assert beside.change == pytest.approx(450)
    assert (beside.opened(), beside.closed()) == ([], ["Reno"])
    assert beside.costs()["change"].sum() == pytest.approx(450)
    workspace.beside = "no Reno"
    assert workspace.comparisons()[0].change == pytest.approx(-450)
    scenario = workspace["no Reno"].scenario
    assert scenario is not None
    assert [edit.value for edit in scenario.edits] == ["closed"]


def test_names_are_those_of_scenarios(workspace: Workspace) -> None:
    solved(workspace)
    workspace.keep("base")
    for name, words in (("base", "as it is"), ("", "blank"), ("a/b", "folder")):
        with pytest.raises(InputError, match=words):
            workspace.keep(name)
    workspace.keep("West")
    with pytest.raises(InputError, match="twice"):
        workspace.keep("west")
    workspace.forget("West")
    workspace.keep("west")
    assert [each.name for each in workspace.kept] == ["base", "west"]


def test_a_kept_plan_brings_its_tables_back(workspace: Workspace) -> None:
    solved(workspace)
    workspace.keep("base")
    workspace.change(lambda draft: draft.edit("demand[].quantity*=1.5"))
    solved(workspace)
    workspace.go_back_to("base")
    assert workspace.network.demand["quantity"].tolist() == [100, 120, 80]
    assert workspace.stale is False
    assert workspace.draft.undoing == "back to base"
    workspace.draft.undo()
    assert workspace.network.demand["quantity"].tolist() == [150, 180, 120]


def test_what_no_words_say_is_kept_all_the_same(workspace: Workspace) -> None:
    solved(workspace)
    assert workspace.result is not None
    version = replace(workspace.result.version, edits=None)
    workspace.result = replace(workspace.result, version=version)
    assert workspace.keep("odd").scenario is None
    study = workspace.study()
    assert study is not None
    assert study.table()["cost"].tolist() == [pytest.approx(3780)]
