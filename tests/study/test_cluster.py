"""A cluster finds what one process finds, whoever is lost on the way."""

from __future__ import annotations

import json
import logging
import re
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import trustme

import netopt
from netopt.network import Network
from netopt.plan.solve import versions
from netopt.study.cluster import connection
from netopt.study.cluster.address import safe_address
from netopt.study.cluster.connection import Cluster
from netopt.study.cluster.run import run_on_cluster
from netopt.study.risk.stress import stress
from netopt.study.run import Task
from netopt.study.scenario import read_scenarios
from tests.study.lost import Breaking, Held, Killed, Traced
from tests.study.machines import Machines, waited
from tests.study.small import DATA, TINY, files_of

OPTIONS: dict[str, Any] = {"gap": 1e-4, "time_limit": None, "threads": 1, "seed": 0}
SAID = {
    "growth": ["demand.quantity*=1.05"],
    "too much": ["demand.quantity*=9"],
    "Reno": {"kind": "option", "edits": ["facilities.Reno.status=open"]},
}
PASSING = {"seconds", "proof", "sha256", "files"}
"""What is said of time, and digests of what says it."""

Made = Callable[..., Any]


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    """Dask logs what these tests do to it."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    yield
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler with two workers that nobody kills."""
    with Machines(tmp_path_factory.mktemp("machines")) as found:
        found.workers(2)
        yield found


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


def begun(tmp_path: Path) -> dict[str, list[int]]:
    """The processes that began each task."""
    found: dict[str, list[int]] = {}
    for path in sorted((tmp_path / "notes").glob("?-*")):
        name, pid, _ = path.name.split("-")
        found.setdefault(name, []).append(int(pid))
    return found


def lasting(content: Any) -> Any:
    """What a file of JSON says, without what another run says otherwise."""
    return {name: value for name, value in content.items() if name not in PASSING}


def records(content: bytes) -> list[Any]:
    """What the results say, by scenario."""
    said = sorted(map(json.loads, content.splitlines()), key=lambda each: each["scenario"])
    return [lasting(each) | {"summary": lasting(each["summary"])} for each in said]


def check_same(one: Path, other: Path) -> None:
    """Check that two studies have left the same files, but for the time that was taken."""
    mine, theirs = files_of(one), files_of(other)
    assert mine.keys() == theirs.keys()
    for name, content in mine.items():
        if name.endswith("results.jsonl"):
            assert records(content) == records(theirs[name])
        elif name.endswith(".json"):
            said, theirs_said = json.loads(content), json.loads(theirs[name])
            assert lasting(said) == lasting(theirs_said), name
            same = [file for file in said.get("files", {}) if file.endswith(".csv")]
            assert [said["files"][file] for file in same] == [theirs_said["files"][file] for file in same]
        elif name.endswith(".html"):
            assert re.sub(rb"Time: [\d.]+ s", b"", content) == re.sub(rb"Time: [\d.]+ s", b"", theirs[name]), name
        elif not name.endswith(".xlsx"):
            assert content == theirs[name], name


# -- what is found --------------------------------------------------------------------------------------------------


def test_a_cluster_finds_what_one_process_finds(machines: Machines, tmp_path: Path) -> None:
    here = netopt.study(TINY, SAID, threads=1, out=tmp_path / "here")
    heard: list[tuple[str, int, int]] = []

    def hear(outcome: Any, number: int, total: int) -> None:
        heard.append((outcome.name, number, total))

    there = netopt.study(TINY, SAID, cluster=machines.address, out=tmp_path / "there", heard=hear)
    assert sorted(name for name, _, _ in heard) == sorted(outcome.name for outcome in here.outcomes)
    assert [(number, total) for _, number, total in heard] == [(number, 6) for number in range(1, 7)]
    assert there.audit().empty
    check_same(tmp_path / "here", tmp_path / "there")
    assert len([name for name in files_of(tmp_path / "there") if name.endswith("report.html")]) == 4
    again: list[str] = []
    shut = Cluster("tcp://127.0.0.1:1")  # everything is known, so nobody is asked
    netopt.study(TINY, SAID, cluster=shut, out=tmp_path / "there", heard=lambda outcome, *_: again.append(outcome.name))
    assert again == [outcome.name for outcome in here.outcomes]
    netopt.study(TINY, SAID, workers=1, out=tmp_path / "there", heard=lambda outcome, *_: None)
    assert len((tmp_path / "there" / "results.jsonl").read_text().splitlines()) == 6


def test_without_a_folder_nothing_is_written(
    machines: Machines, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = netopt.study(TINY, {}, cluster=machines.address)
    assert found.base.cost == pytest.approx(3780)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_rounds_share_a_connection_and_workers_get_the_network_once(
    machines: Machines, tmp_path: Path, network: Network
) -> None:
    logs = list(machines.folder.glob("worker-*.log"))
    before = [log.read_text().count("Starting Worker plugin netopt-") for log in logs]
    here = stress(network, threads=1, lanes=2)
    there = stress(network, cluster=machines.address, lanes=2)
    assert there.table().equals(here.table())
    assert len(there.study.outcomes) > 4
    told = [log.read_text() for log in logs]
    assert [text.count("Starting Worker plugin netopt-") for text in told] == [number + 1 for number in before]
    assert all(text.count("Starting Worker plugin netopt-") == text.count("Removing Worker plugin netopt-") for text in told)


@pytest.mark.slow
def test_site_values_with_another_base_in_the_same_connection(machines: Machines) -> None:
    here = netopt.value_sites(TINY, alone=True, threads=1)
    there = netopt.value_sites(TINY, alone=True, cluster=machines.address)
    assert there.table().equals(here.table())


# -- what goes wrong ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("input", netopt.InputError, "cases.csv row 3, value: it is odd; make it even"),
        ("solver", netopt.SolverError, "the solver gave up"),
        ("plan", netopt.PlanError, "the plan does not stand up"),
        ("stop", netopt.SolverError, "the search for a ended without an answer"),
        ("disk", netopt.InputError, "a worker could not write its files .*No space left on device"),
    ],
)
def test_an_error_in_a_worker_reaches_the_caller(
    machines: Machines, network: Network, made: Made, tmp_path: Path, kind: str, error: type[Exception], words: str
) -> None:
    tasks = [made(Breaking, "a", error=kind), made(Held, "b")]
    with pytest.raises(error, match=words):
        list(run_on_cluster(network, tasks, Cluster(machines.address)))
    assert len(begun(tmp_path)["a"]) == 1
    waited(lambda: "b" not in begun(tmp_path) or (tmp_path / "notes" / "stopped-b").exists(), 10)  # nobody wants it now


def test_a_caller_that_stops_listening_ends_what_runs(
    machines: Machines, network: Network, made: Made, tmp_path: Path
) -> None:
    running = run_on_cluster(network, [made(Traced, "a"), made(Held, "b")], Cluster(machines.address))
    task, _ = next(running)
    assert task.scenario.name == "a"
    waited(lambda: "b" in begun(tmp_path))
    running.close()
    waited(lambda: (tmp_path / "notes" / "stopped-b").exists(), 10)
    assert [path.name for path in (tmp_path / "plans").iterdir()] == ["a"]


@pytest.mark.parametrize("number", [signal.SIGKILL, pytest.param(signal.SIGTERM, marks=pytest.mark.slow)])
def test_a_lost_worker_loses_nothing_and_one_that_joins_late_takes_its_share(
    network: Network, made: Made, tmp_path: Path, number: signal.Signals
) -> None:
    """Two workers; one is ended with a task in hand, and another one joins while the first still works."""
    tasks = [made(Held, name) for name in "abcd"]
    alone = {task.scenario.name: Task(task.scenario, None, OPTIONS).run(network) for task in tasks}
    with Machines(tmp_path) as machines:
        _, two = machines.workers(2)
        failures: list[Exception] = []

        def upset() -> None:
            try:
                waited(lambda: len(begun(tmp_path)) == 2)
                two.send_signal(number)
                waited(lambda: two.poll() is not None, 10)
                (late,) = machines.workers(1)
                waited(lambda: any(late.pid in pids for pids in begun(tmp_path).values()))
            except (AssertionError, OSError) as error:
                failures.append(error)
            finally:
                (tmp_path / "notes" / "go").touch()

        upsetting = threading.Thread(target=upset)
        upsetting.start()
        found = {task.scenario.name: solved for task, solved in run_on_cluster(network, tasks, Cluster(machines.address))}
        upsetting.join()
    assert failures == []
    assert sorted(found) == ["a", "b", "c", "d"]
    (lost,) = [pids for pids in begun(tmp_path).values() if two.pid in pids]
    assert len(lost) == 2
    assert len({pid for pids in begun(tmp_path).values() for pid in pids}) == 3
    for name, (summary, tables) in found.items():
        assert lasting(summary) == lasting(alone[name][0])
        assert all(tables[table].equals(alone[name][1][table]) for table in alone[name][1])
    assert sorted(path.name for path in (tmp_path / "plans").iterdir()) == ["a", "b", "c", "d"]


@pytest.mark.slow
def test_workers_lost_again_and_again(network: Network, made: Made, tmp_path: Path) -> None:
    with Machines(tmp_path, DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1") as machines:
        machines.workers(3)
        with pytest.raises(netopt.SolverError, match="workers were lost again and again, at the latest with b"):
            list(run_on_cluster(network, [made(Killed, "b", times=99)], Cluster(machines.address)))
    assert len(begun(tmp_path)["b"]) == 2


@pytest.mark.slow
def test_the_scheduler_is_lost(
    network: Network, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "_CONNECT", 2.0)
    with Machines(tmp_path) as machines:
        machines.workers(2)
        running = run_on_cluster(network, [made(Traced, "a"), made(Held, "b")], Cluster(machines.address))
        assert next(running)[0].scenario.name == "a"
        machines.kill(machines.scheduler)
        with pytest.raises(netopt.InputError, match=r"the scheduler at .* is gone; start it again; the same command goes on"):
            next(running)


@pytest.mark.slow
def test_no_worker_comes(tmp_path: Path) -> None:
    said: list[str] = []
    with Machines(tmp_path) as machines:
        cluster = Cluster(machines.address, patience=0.3, say=said.append)
        with pytest.raises(netopt.InputError, match=r"no worker has joined .*; start some with `dask worker .* --nthreads 1`"):
            netopt.study(TINY, {}, cluster=cluster)
        assert said == [f"no worker at {machines.address}; waiting 0 s for one to join"]
        machines.workers(1, threads=2)
        assert netopt.study(TINY, SAID, cluster=cluster).base.cost == pytest.approx(3780)
        assert len(said) == 2
        assert "has 2 threads but solves one plan at a time; `--nworkers 2 --nthreads 1`" in said[1]


@pytest.mark.slow
def test_other_versions_are_refused_at_once_and_when_they_join_late(
    network: Network, made: Made, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "sitecustomize.py").write_text(
        "import importlib.metadata as m\nsaid = m.version\nm.version = lambda name: '1.0.0' if name == 'highspy' else said(name)\n"
    )
    other = {"PYTHONPATH": str(tmp_path / "other")}
    words = rf"the worker tcp://127.0.0.1:\d+ has highspy 1.0.0; install highspy {versions()['highspy']} there"
    with Machines(tmp_path) as machines:
        machines.workers(1)
        running = run_on_cluster(network, [made(Traced, "a"), made(Held, "b"), made(Held, "c")], Cluster(machines.address))
        assert next(running)[0].scenario.name == "a"
        machines.workers(1, **other)
        with pytest.raises(netopt.InputError, match=words):
            next(running)
        with pytest.raises(netopt.InputError, match=words):
            netopt.study(TINY, {}, cluster=machines.address)


@pytest.mark.slow
def test_a_machine_without_netopt_is_named(tmp_path: Path) -> None:
    (tmp_path / "bare" / "netopt").mkdir(parents=True)
    (tmp_path / "bare" / "netopt" / "__init__.py").write_text("raise ModuleNotFoundError('No module named netopt')\n")
    bare = {"PYTHONPATH": str(tmp_path / "bare")}
    for folder, others in (("one", {}), ("two", bare)):
        (tmp_path / folder).mkdir()
        with Machines(tmp_path / folder, **others) as machines:
            machines.workers(1, **bare)
            who = r"the worker tcp://127.0.0.1:\d+" if not others else "the scheduler"
            with pytest.raises(netopt.InputError, match=f"{who} cannot run netopt .*; install netopt"):
                netopt.study(TINY, {}, cluster=machines.address)


def test_a_study_that_is_gone_leaves_nothing_to_the_next_one(machines: Machines, network: Network) -> None:
    """A client that was killed cannot take its network away; the next study does."""
    left = Cluster(machines.address)
    name = left.bring(network)
    left.client().close()  # without a word about the network
    with Cluster(machines.address) as cluster:
        assert cluster.client().run_on_scheduler(lambda dask_scheduler: name in dask_scheduler.worker_plugins) is False


# -- certificates ---------------------------------------------------------------------------------------------------


@pytest.fixture
def papers(tmp_path: Path) -> dict[str, str]:
    """Certificates of an authority of one's own."""
    authority, paths = trustme.CA(), {name: tmp_path / f"{name}.pem" for name in ("ca", "cert", "key")}
    authority.cert_pem.write_to_path(paths["ca"])
    issued = authority.issue_cert("127.0.0.1")
    issued.cert_chain_pems[0].write_to_path(paths["cert"])
    issued.private_key_pem.write_to_path(paths["key"])
    return {name: str(path) for name, path in paths.items()}


@pytest.mark.slow
def test_tls(tmp_path: Path, papers: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("--tls-ca-file", papers["ca"], "--tls-cert", papers["cert"], "--tls-key", papers["key"])
    with Machines(tmp_path, *words, scheme="tls") as machines:
        machines.workers(2)
        assert machines.address.startswith("tls://127.0.0.1:")
        found = netopt.study(TINY, SAID, cluster=Cluster(machines.address, **papers), out=tmp_path / "out")  # type: ignore[arg-type]
        assert found.base.cost == pytest.approx(3780)
        monkeypatch.setattr(connection, "_CONNECT", 1.0)
        stranger = trustme.CA().issue_cert("127.0.0.1")
        stranger.cert_chain_pems[0].write_to_path(tmp_path / "other.pem")
        stranger.private_key_pem.write_to_path(tmp_path / "other.key")
        other = Cluster(machines.address, ca=papers["ca"], cert=tmp_path / "other.pem", key=tmp_path / "other.key")
        for cluster in (other, Cluster(machines.address.replace("tls", "tcp"))):
            with pytest.raises(netopt.InputError, match=r"no scheduler answers at .*certificates"):
                netopt.study(TINY, {}, cluster=cluster)


def test_certificates_that_are_missing_or_nonsense(tmp_path: Path, papers: dict[str, str]) -> None:
    with pytest.raises(netopt.InputError, match=r"tls:// needs the certificate .*; name the three files with --tls-ca"):
        netopt.study(TINY, {}, cluster="tls://127.0.0.1:8786")
    Path(papers["cert"]).write_text("nothing of the kind")
    for given in (papers, papers | {"ca": str(tmp_path / "none.pem")}):
        with pytest.raises(netopt.InputError, match=r"the certificates cannot be used .*; check the three files"):
            netopt.study(TINY, {}, cluster=Cluster("tls://127.0.0.1:8786", **given))  # type: ignore[arg-type]


# -- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["tcp://127.0.0.1:8786", "tcp://127.3.2.1:1", "tcp://localhost:8786", "tcp://[::1]:8786", "tls://head.example.com:8786"],
)
def test_addresses(address: str) -> None:
    assert safe_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.3:8786", "tcp://head:8786", "tcp://0.0.0.0:8786", "tcp://localhost.example.com:8786",
     "tcp://127.0.0.1.example.com:8786", "tcp://[::]:8786", "tcp://2130706433:8786"],
)  # fmt: skip
def test_what_others_can_reach_is_refused(address: str) -> None:
    with pytest.raises(netopt.InputError, match=r"is not encrypted, and Dask runs what it is sent .*; use tls://"):
        netopt.study(TINY, {}, cluster=address)


@pytest.mark.parametrize(
    "address",
    ["", "8786", "127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "ucx://127.0.0.1:8786", "inproc://1", "http://127.0.0.1:1",
     "tls://me:secret@127.0.0.1:8786", "tls://127.0.0.1:8786/x", "tls://127.0.0.1:99999", "tls://[::1:8786"],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(netopt.InputError, match="is not the address of a scheduler; write tls://host:port"):
        netopt.study(TINY, {}, cluster=address)


@pytest.mark.parametrize("listens", [False, True])
def test_nobody_answers(listens: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "_CONNECT", 0.5)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        if listens:
            silent.listen()
        begun_at = time.monotonic()
        with pytest.raises(netopt.InputError, match=r"no scheduler answers at tcp.*; start one with `dask scheduler`"):
            netopt.study(TINY, {}, cluster=f"tcp://127.0.0.1:{silent.getsockname()[1]}")
    assert time.monotonic() - begun_at < 10


def test_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(netopt.InputError, match=r"studies on a cluster need Dask; install it with: pip install 'netopt\[cluster\]'"):
        netopt.study(TINY, {}, cluster="tcp://127.0.0.1:8786")


def test_workers_and_cluster_are_one_too_many() -> None:
    with pytest.raises(ValueError, match="workers and cluster are both given"):
        netopt.study(TINY, {}, workers=2, cluster="tcp://127.0.0.1:8786")


# -- threads --------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_search_in_a_thread_ends_when_it_is_told(tmp_path: Path) -> None:
    """Signals reach the main thread alone; a worker of Dask solves in another one."""
    network = netopt.read(DATA / "us-retail" / "network.csv")
    (scenario,) = read_scenarios({"a": ["demand.quantity*=1.01"]})
    stop, ended = threading.Event(), []

    def work() -> None:
        try:
            Task(scenario, None, OPTIONS | {"gap": 0.0}).plan(network, stop)
        except KeyboardInterrupt:
            ended.append("stopped")

    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(4)
    assert thread.is_alive()
    stop.set()
    thread.join(10)
    assert ended == ["stopped"]
