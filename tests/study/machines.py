"""A scheduler of Dask and workers, each a process of its own on the loopback."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

__all__ = ["Machines", "waited"]

ROOT = Path(__file__).parents[2]
SECONDS = 40


def waited(there: object, seconds: float = SECONDS) -> None:
    """Wait until something holds."""
    until = time.monotonic() + seconds
    while not there():  # type: ignore[operator]
        assert time.monotonic() < until, f"not there after {seconds} s"
        time.sleep(0.02)


class Machines:
    """Processes that are ended with the block.

    Parameters
    ----------
    folder : Path
        For logs and what workers write.
    """

    def __init__(self, folder: Path, *words: str, scheme: str = "tcp", **env: str) -> None:
        self.folder, self._words, self._scheme = folder, words, scheme
        self._processes: list[subprocess.Popen[bytes]] = []
        self._file = folder / "scheduler.json"
        where = ("--host", f"{scheme}://127.0.0.1", "--port", "0", "--scheduler-file", str(self._file))
        self.scheduler = self._start("scheduler", *where, **env)
        waited(lambda: self._file.exists() and self._file.read_text().endswith("}"))
        self.address = str(json.loads(self._file.read_text())["address"])

    def __enter__(self) -> Machines:
        return self

    def __exit__(self, *_: object) -> None:
        for process in reversed(self._processes):
            self.kill(process)

    def _start(self, kind: str, *words: str, **env: str) -> subprocess.Popen[bytes]:
        argv = [sys.executable, "-m", f"distributed.cli.dask_{kind}", "--dashboard-address", "127.0.0.1:0", *words, *self._words]
        paths = os.pathsep.join([*filter(None, [env.pop("PYTHONPATH", "")]), str(ROOT)])
        log = (self.folder / f"{kind}-{len(self._processes)}.log").open("wb")
        process = subprocess.Popen(
            argv, stdout=log, stderr=log, env={**os.environ, **env, "PYTHONPATH": paths}, cwd=self.folder, start_new_session=True
        )
        self._processes.append(process)
        return process

    def log(self, process: subprocess.Popen[bytes]) -> str:
        """What a process has said."""
        (path,) = self.folder.glob(f"*-{self._processes.index(process)}.log")
        return path.read_text(errors="replace")

    def workers(self, number: int, *, threads: int = 1, **env: str) -> list[subprocess.Popen[bytes]]:
        """Start workers, and wait until they have joined."""
        words = ("--host", f"{self._scheme}://127.0.0.1", "--nthreads", str(threads), "--no-nanny")
        files = ("--scheduler-file", str(self._file), "--local-directory", str(self.folder))
        begun = [self._start("worker", *words, *files, **env) for _ in range(number)]
        for worker in begun:
            waited(lambda worker=worker: "Registered to" in self.log(worker))
        return begun

    @staticmethod
    def kill(process: subprocess.Popen[bytes]) -> None:
        """End a process and its children at once."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(SECONDS)
