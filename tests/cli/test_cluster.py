"""``--cluster`` on the commands that solve many networks."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

import netopt
from netopt.study.cluster import connection
from tests.cli.conftest import DATA, ROOT, Run
from tests.cli.test_study import heeds_ctrl_c
from tests.study.machines import Machines, waited
from tests.study.test_cluster import check_same


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    """A scheduler with two workers."""
    with Machines(tmp_path_factory.mktemp("machines")) as found:
        found.workers(2)
        yield found


def started(*words: object) -> subprocess.Popen[str]:
    """A study in a process of its own."""
    argv = [sys.executable, "-m", "netopt", "study", *map(str, words)]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
    return subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True, preexec_fn=heeds_ctrl_c
    )


each_command = pytest.mark.parametrize(
    "command",
    [("study", "network.csv", "c.yaml"), ("sites", "network.csv"), ("stress", "network.csv"), ("tornado", "network.csv"),
     ("alternatives", "network.csv")],
    ids=lambda words: words[0],
)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--cluster", "tcp://10.0.0.3:8786"), "tcp://10.0.0.3:8786 is not encrypted"),
        (("--cluster", "8786"), "8786 is not the address of a scheduler; write tls://host:port"),
        (("--cluster", "tcp://127.0.0.1:8786", "--workers", "2"), "--workers and --cluster are both given"),
        (("--cluster", "tcp://127.0.0.1:8786", "--tls-ca", "ca.pem"), "--tls-ca, --tls-cert and --tls-key go with"),
        (("--tls-key", "key.pem"), "--tls-ca, --tls-cert and --tls-key go with"),
    ],
)  # fmt: skip
@each_command
def test_bad_usage_is_2_and_writes_nothing(
    run: Run, tiny: Path, here: Path, command: tuple[str, ...], words: tuple[str, ...], said: str
) -> None:
    (here / "c.yaml").write_text("more: [demand.quantity*=1.02]\n")
    result = run(*command, "-o", "out", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert not (here / "out").exists()


def test_without_dask_it_is_2(run: Run, tiny: Path, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    result = run("stress", tiny, "-o", "out", "--cluster", "tcp://127.0.0.1:8786")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "install it with: pip install 'netopt[cluster]'" in result.stderr


@each_command
def test_nobody_answers_is_2(
    run: Run, tiny: Path, here: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setattr(connection, "_CONNECT", 0.3)
    (here / "c.yaml").write_text("more: [demand.quantity*=1.02]\n")
    result = run(*command, "-o", "out", "--cluster", "tcp://127.0.0.1:1", "--json")
    assert result.exit_code == 2
    (problem,) = json.loads(result.stdout)["problems"]
    assert problem["message"].startswith("no scheduler answers at tcp://127.0.0.1:1 (")
    assert problem["fix"].startswith("start one with `dask scheduler`")
    assert result.stderr == ""


@pytest.mark.slow
def test_killed_and_started_again_it_ends_as_if_nothing_had_been(
    run: Run, here: Path, tiny: Path, machines: Machines
) -> None:
    said = {f"c{n}": [f"demand.quantity*={1 + n / 1000}"] for n in range(7)}
    (here / "c.yaml").write_text("".join(f"{name}: {edits}\n".replace("'", "") for name, edits in said.items()))
    words = ("network.csv", "c.yaml", "-o", "out", "--cluster", machines.address)
    with started(*words) as process:
        assert process.stderr is not None
        for _ in range(2):
            assert process.stderr.readline().startswith("netopt: ")
        process.kill()
        process.wait(30)
    done = (here / "out" / "results.jsonl").read_text().splitlines()
    assert 2 <= len(done) < 8
    with started(*words) as process:
        _, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    again = (here / "out" / "results.jsonl").read_text().splitlines()
    assert again[: len(done)] == done
    assert len(again) == 8
    assert run("verify", "out").exit_code == 0
    assert json.loads((here / "out" / "plans" / "c1" / "summary.json").read_text())["input"] == "../../../network.csv"
    netopt.study(tiny, here / "c.yaml", threads=1, out=here / "alone")
    for path in [*(here / "out").glob("*.csv"), here / "out" / "study.html", here / "out" / "study.json"]:
        path.unlink()
    for path in (here / "out" / "plans").glob(".*"):  # half a plan, where it was killed just then
        shutil.rmtree(path)
    check_same(here / "alone", here / "out")


_SOON = 50.0
"""Seconds: the searches would take minutes, and other people use the machine."""


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_study_that_is_stopped_frees_the_workers(
    run: Run, here: Path, tiny: Path, machines: Machines, number: signal.Signals
) -> None:
    """Searches that take minutes end with the study that asked for them, even if it is killed."""
    (here / "c.yaml").write_text("more: [demand.quantity*=1.02]\nless: [demand.quantity*=0.98]\n")
    network = DATA / "us-retail" / "network.csv"
    with started(network, "c.yaml", "-o", "long", "--gap", "0", "--cluster", machines.address) as process:
        waited(lambda: (here / "long" / "results.jsonl").exists())
        time.sleep(4)
        assert process.poll() is None
        process.send_signal(number)
        begun = time.monotonic()
        out, err = process.communicate(timeout=60)
    assert time.monotonic() - begun < _SOON
    if number != signal.SIGKILL:
        assert (process.returncode, out) == (4, ""), err
        assert err.splitlines()[-1] == "netopt: stopped; what is solved is in long, and the same command goes on from there"
    begun = time.monotonic()
    assert run("study", tiny, "c.yaml", "-o", "short", "--cluster", machines.address, "-q").exit_code == 0
    assert time.monotonic() - begun < _SOON
