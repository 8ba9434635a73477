from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import ROOT, Run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(run: Run, shell: str) -> None:
    result = run("completion", shell)
    assert result.exit_code == 0
    assert "_NETOPT_COMPLETE" in result.stdout


def test_the_running_shell(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/usr/bin/fish")
    assert run("completion").stdout == run("completion", "fish").stdout
    monkeypatch.setenv("SHELL", "/usr/bin/tcsh")
    assert run("completion").exit_code == 2


def test_commands_and_topics_are_completed(here: Path) -> None:
    def completed(words: str, at: int) -> set[str]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "_NETOPT_COMPLETE": "bash_complete", "COMP_WORDS": words}
        done = subprocess.run(
            [sys.executable, "-m", "netopt"],
            capture_output=True,
            text=True,
            env={**env, "COMP_CWORD": str(at)},
            check=False,
        )
        return {line.split(",")[1] for line in done.stdout.splitlines()}

    assert completed("netopt ex", 1) == {"explain", "export"}
    assert completed("netopt explain site", 2) == {"site_count", "site_opening", "site_throughput"}
