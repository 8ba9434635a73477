"""Workers do what one process does, and a worker that is lost loses nothing."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import netopt
from netopt.network import Network
from netopt.study.run import Task, run_here, run_with_workers
from netopt.study.scenario import Scenario, read_scenarios
from tests.study.lost import Breaking, Killed, Slow, Traced
from tests.study.small import TINY, files_of

OPTIONS: dict[str, Any] = {"gap": 1e-4, "time_limit": None, "threads": 1, "seed": 0}

Made = Callable[..., Any]


def children() -> set[int]:
    """Processes that are there because of this one: the workers, and not what keeps track of semaphores."""
    found = set()
    for path in Path("/proc").glob("[0-9]*"):
        try:
            stat = (path / "stat").read_text().rpartition(")")[2].split()
            words = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if int(stat[1]) == os.getpid() and stat[0] != "Z" and b"resource_tracker" not in words:
            found.add(int(path.name))
    return found


@pytest.fixture(autouse=True)
def nobody_left() -> Iterator[None]:
    """Check that a test leaves no process behind."""
    before = children()
    yield
    gc.collect()
    until = time.monotonic() + 10
    while children() - before and time.monotonic() < until:
        time.sleep(0.05)
    assert children() - before == set()


@pytest.fixture
def network() -> Network:
    """The network of data/tiny."""
    return netopt.read(TINY)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    """Make a task that leaves notes."""
    notes = tmp_path / "notes"
    notes.mkdir()

    def task(kind: type[Traced], name: str, **more: Any) -> Traced:
        (scenario,) = read_scenarios({name: ["demand.quantity*=1.01"]})
        return kind(scenario, tmp_path / "plans" / name, OPTIONS, notes=notes, **more)

    return task


def times(tmp_path: Path) -> dict[str, int]:
    """How often each task was begun."""
    names = [path.name.partition("-")[0] for path in (tmp_path / "notes").iterdir()]
    return {name: names.count(name) for name in sorted(set(names))}


def test_here_tasks_come_in_their_order(network: Network, tmp_path: Path) -> None:
    tasks = [Task(Scenario(name), tmp_path / name, OPTIONS) for name in ("b", "a")]
    found = list(run_here(network, tasks))
    assert [task.scenario.name for task, _ in found] == ["b", "a"]
    assert [summary["cost"] for _, (summary, _) in found] == pytest.approx([3780, 3780])
    assert (tmp_path / "a" / "summary.json").is_file()


def test_without_a_folder_nothing_is_written(network: Network, tmp_path: Path) -> None:
    ((_, (summary, tables)),) = run_here(network, [Task(Scenario("a"), None, OPTIONS)])
    assert summary["status"] == "optimal"
    assert tables["flows"]["quantity"].sum() == pytest.approx(600)
    assert list(tmp_path.iterdir()) == []


def test_a_plan_that_fails_its_audit_is_not_written(
    network: Network, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from types import SimpleNamespace

    monkeypatch.setattr(netopt.Plan, "audit", lambda _: SimpleNamespace(ok=False))
    with pytest.raises(netopt.PlanError, match="the plan of a does not pass its audit"):
        list(run_here(network, [Task(Scenario("a"), tmp_path / "a", OPTIONS)]))
    assert list(tmp_path.iterdir()) == []


SAID = {
    "growth": ["demand.quantity*=1.05"],
    "too much": ["demand.quantity*=9"],
    "Reno": {"kind": "option", "edits": ["facilities.Reno.status=open"]},
}


@pytest.mark.slow
def test_workers_find_what_one_process_finds(tmp_path: Path) -> None:
    here = netopt.study(TINY, SAID, threads=1, out=tmp_path / "here")
    heard: list[tuple[str, int, int]] = []

    def hear(outcome: Any, number: int, total: int) -> None:
        heard.append((outcome.name, number, total))

    there = netopt.study(TINY, SAID, workers=2, out=tmp_path / "there", heard=hear)
    assert sorted(name for name, _, _ in heard) == sorted(outcome.name for outcome in here.outcomes)
    assert [(number, total) for _, number, total in heard] == [(number, 6) for number in range(1, 7)]
    for name, frame in here.frames().items():
        pd.testing.assert_frame_equal(frame, there.frames()[name])
    for one, other in zip(here.outcomes, there.outcomes, strict=True):
        assert one.name == other.name
        assert {*one.tables} == {*other.tables}
        for table in one.tables:
            pd.testing.assert_frame_equal(one.tables[table], other.tables[table])
    mine, theirs = files_of(tmp_path / "here"), files_of(tmp_path / "there")
    assert mine.keys() == theirs.keys()
    assert all(mine[name] == theirs[name] for name in mine if name.endswith(".csv"))
    again: list[str] = []
    netopt.study(TINY, SAID, workers=2, out=tmp_path / "here", heard=lambda outcome, *_: again.append(outcome.name))
    assert again == [outcome.name for outcome in here.outcomes]  # known already, so in their order


def test_a_lost_worker_loses_no_task(network: Network, made: Made, tmp_path: Path) -> None:
    tasks = [made(Traced, "a"), made(Killed, "b"), made(Traced, "c"), made(Traced, "d")]
    found = {task.scenario.name: solved for task, solved in run_with_workers(network, tasks, workers=2)}
    assert sorted(found) == ["a", "b", "c", "d"]
    assert {summary["cost"] for summary, _ in found.values()} == {found["a"][0]["cost"]}
    assert times(tmp_path)["b"] == 2
    assert {path.name for path in (tmp_path / "plans").iterdir() if not path.name.startswith(".")} == {"a", "b", "c", "d"}


@pytest.mark.slow
def test_workers_lost_again_and_again(network: Network, made: Made, tmp_path: Path) -> None:
    with pytest.raises(netopt.SolverError, match="workers were lost again and again, at the latest with b"):
        list(run_with_workers(network, [made(Killed, "b", times=99)], workers=1))
    assert times(tmp_path) == {"b": 3}


@pytest.mark.slow
def test_two_losses_are_no_reason_to_give_up(network: Network, made: Made, tmp_path: Path) -> None:
    ((task, (summary, _)),) = run_with_workers(network, [made(Killed, "b", times=2)], workers=1)
    assert (task.scenario.name, summary["status"]) == ("b", "optimal")
    assert times(tmp_path) == {"b": 3}


@pytest.mark.slow
def test_losses_in_between_do_not_add_up(network: Network, made: Made, tmp_path: Path) -> None:
    """Four workers are lost, but never three in a row without a result."""
    tasks = [made(Killed, name, times=2) for name in ("a", "b")]
    assert len(list(run_with_workers(network, tasks, workers=1))) == 2
    assert times(tmp_path) == {"a": 3, "b": 3}


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("input", netopt.InputError, "cases.csv row 3, value: it is odd; make it even"),
        ("solver", netopt.SolverError, "the solver gave up"),
        pytest.param("plan", netopt.PlanError, "the plan does not stand up", marks=pytest.mark.slow),
    ],
)
def test_an_error_in_a_worker_reaches_the_caller(
    network: Network, made: Made, tmp_path: Path, kind: str, error: type[Exception], words: str
) -> None:
    tasks = [made(Breaking, "a", error=kind), made(Slow, "b")]
    begun = time.monotonic()
    with pytest.raises(error, match=words):
        list(run_with_workers(network, tasks, workers=2))
    assert time.monotonic() - begun < 25  # nobody waits for the other one
    assert times(tmp_path)["a"] == 1


def test_problems_survive_the_way_from_a_worker() -> None:
    import pickle

    error = netopt.InputError([netopt.Problem("cases.csv", 3, "value", "it is odd", "make it even")])
    again = pickle.loads(pickle.dumps(error))
    assert (again.problems, str(again)) == (error.problems, str(error))


def test_ctrl_c_in_a_worker_reaches_the_caller(network: Network, made: Made) -> None:
    with pytest.raises(KeyboardInterrupt):
        list(run_with_workers(network, [made(Breaking, "a", error="stop"), made(Slow, "b")], workers=2))


def test_a_caller_that_stops_listening_ends_the_workers(network: Network, made: Made) -> None:
    running = run_with_workers(network, [made(Traced, "a"), made(Slow, "b")], workers=2)
    task, _ = next(running)
    assert task.scenario.name == "a"
    running.close()  # type: ignore[attr-defined]


def test_workers_must_be_some() -> None:
    with pytest.raises(ValueError, match="workers is 0; it must be 1 or more"):
        netopt.study(TINY, {}, workers=0)
