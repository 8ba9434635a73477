from __future__ import annotations

import importlib.util
import socket
from pathlib import Path

import pytest

from tests.cli.conftest import Run, Shell


def test_without_nicegui_it_says_how_to_install_it(run: Run, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = importlib.util.find_spec
    monkeypatch.setattr("netopt.cli.ui.find_spec", lambda name: None if name == "nicegui" else known(name))
    result = run("ui", tiny)
    assert result.exit_code == 2
    assert result.stderr == "netopt: the page needs NiceGUI; install it with: python -m pip install 'netopt[ui]'\n"


def test_a_bad_network_is_refused_before_anything_is_served(shell: Shell, here: Path) -> None:
    pytest.importorskip("nicegui", reason="NiceGUI is not installed: python -m pip install 'netopt[ui]'")
    done = shell("ui", here / "nothing.csv", "--no-browser")
    assert done.returncode == 2
    assert "there is no such file" in done.stderr


def test_a_port_that_is_taken_is_said(shell: Shell, tiny: Path) -> None:
    pytest.importorskip("nicegui", reason="NiceGUI is not installed: python -m pip install 'netopt[ui]'")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = shell("ui", tiny, "--no-browser", "--port", taken.getsockname()[1])
    assert done.returncode == 2
    assert "in use" in done.stderr
    assert "give another --port" in done.stderr
