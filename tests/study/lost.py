"""Tasks that go wrong in a worker: it is killed, or an error comes out of it."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

import netopt
from netopt.network import Network
from netopt.study.run import Solved, Task

__all__ = ["Breaking", "Killed", "Slow", "Traced"]


@dataclass(frozen=True)
class Traced(Task):
    """Leaves a file for every time it is begun, named by the process that began it."""

    notes: Path = Path()

    def begun(self) -> int:
        """Note the beginning, and return how many there have been."""
        (self.notes / f"{self.scenario.name}-{os.getpid()}-{time.monotonic_ns()}").touch()
        return len(list(self.notes.glob(f"{self.scenario.name}-*")))

    def run(self, network: Network) -> Solved:
        """Solve as usual."""
        self.begun()
        return super().run(network)


@dataclass(frozen=True)
class Killed(Traced):
    """Kills its worker so many times before it lets itself be solved."""

    times: int = 1

    def run(self, network: Network) -> Solved:
        """Kill the process at first."""
        if self.begun() <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        return Task.run(self, network)


@dataclass(frozen=True)
class Slow(Traced):
    """Takes its time."""

    def run(self, network: Network) -> Solved:
        """Sleep first."""
        self.begun()
        time.sleep(30)
        return Task.run(self, network)


@dataclass(frozen=True)
class Breaking(Traced):
    """Raises an error of netopt."""

    error: str = "input"

    def run(self, network: Network) -> Solved:
        """Raise."""
        self.begun()
        if self.error == "input":
            raise netopt.InputError([netopt.Problem("cases.csv", 3, "value", "it is odd", "make it even")])
        if self.error == "plan":
            raise netopt.PlanError("the plan does not stand up")
        if self.error == "stop":
            raise KeyboardInterrupt
        raise netopt.SolverError("the solver gave up")
