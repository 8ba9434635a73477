"""A page that runs in a process of its own, as `netopt ui` starts it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import pytest

import netopt
from netopt.network import Network

ROOT = Path(__file__).parents[2]
HOSTILE = "</script><img src=x onerror=alert(1)>"
"""A site of the network that pages show."""


@pytest.fixture
def tiny() -> Network:
    return netopt.read(ROOT / "data" / "tiny" / "network.csv")


@dataclass
class Page:
    """A page that is being served."""

    process: subprocess.Popen[str]
    folder: Path
    address: str

    @property
    def port(self) -> int:
        return int(re.findall(r":(\d+)/", self.address)[0])

    @property
    def origin(self) -> str:
        return self.address.split("/?")[0]

    @property
    def token(self) -> str:
        return self.address.split("token=")[1]


def _line(stream: IO[str], seconds: float) -> str:
    """The first line of a stream, empty where none comes in time."""
    found: list[str] = []
    reader = threading.Thread(target=lambda: found.append(stream.readline()), daemon=True)
    reader.start()
    reader.join(seconds)
    return found[0] if found else ""


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of a network with a hostile name in it."""
    pytest.importorskip("nicegui", reason="NiceGUI is not installed: python -m pip install 'netopt[ui]'")
    folder = tmp_path_factory.mktemp("page")
    text = (ROOT / "data" / "tiny" / "network.csv").read_text()
    (folder / "network.csv").write_text(text.replace("Dallas", HOSTILE))
    argv = [sys.executable, "-m", "netopt", "ui", "network.csv", "--no-browser"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(argv, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        said = _line(process.stdout, 60) if process.stdout is not None else ""
        address = re.search(r"http://127\.0\.0\.1:\d+/\?token=\S+", said)
        assert address is not None, f"netopt ui said: {said}"
        yield Page(process, folder, address[0])
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
