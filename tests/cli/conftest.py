"""Commands run in this process, or in one of their own where signals, pipes and start-up matter."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from netopt.cli.app import cli

ROOT = Path(__file__).parents[2]
DATA = ROOT / "data"

Run = Callable[..., Result]
Shell = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current directory."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NETOPT_DEBUG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    return tmp_path


@pytest.fixture
def run(here: Path) -> Run:
    """Run a command in this process."""

    def command(*words: object) -> Result:
        return CliRunner().invoke(cli, [str(word) for word in words], prog_name="netopt")

    return command


@pytest.fixture
def shell(here: Path) -> Shell:
    """Run a command in a process of its own."""

    def command(*words: object, **options: object) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "80"}
        argv = [sys.executable, "-m", "netopt", *map(str, words)]
        return subprocess.run(argv, capture_output=True, text=True, env=env, timeout=120, **options)  # type: ignore[call-overload]

    return command


@pytest.fixture
def tiny(here: Path) -> Path:
    """A network that costs 3,780, in the current directory."""
    target = here / "network.csv"
    target.write_text((DATA / "tiny" / "network.csv").read_text())
    return Path("network.csv")
