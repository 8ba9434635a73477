"""Tasks that go wrong in a worker, or wait there: it is killed, or an error comes out of it."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import netopt
from netopt.network import Network
from netopt.plan.plan import Plan
from netopt.study.run import Task

__all__ = ["Breaking", "Held", "Killed", "Slow", "Traced"]


@dataclass(frozen=True)
class Traced(Task):
    """Leaves a file for every time it is begun, named by the process that began it."""

    notes: Path = Path()

    def begun(self) -> int:
        """Note the beginning, and return how many there have been."""
        (self.notes / f"{self.scenario.name}-{os.getpid()}-{time.monotonic_ns()}").touch()
        return len(list(self.notes.glob(f"{self.scenario.name}-*")))

    def plan(self, network: Network, stop: threading.Event | None = None) -> Plan:
        """Solve as usual."""
        self.begun()
        return super().plan(network, stop)


@dataclass(frozen=True)
class Killed(Traced):
    """Kills its worker so many times before it lets itself be solved."""

    times: int = 1

    def plan(self, network: Network, stop: threading.Event | None = None) -> Plan:
        """Kill the process at first."""
        if self.begun() <= self.times:
            os.kill(os.getpid(), signal.SIGKILL)
        return Task.plan(self, network, stop)


@dataclass(frozen=True)
class Slow(Traced):
    """Takes its time."""

    def plan(self, network: Network, stop: threading.Event | None = None) -> Plan:
        """Sleep first."""
        self.begun()
        time.sleep(30)
        return Task.plan(self, network, stop)


@dataclass(frozen=True)
class Held(Traced):
    """Waits until a file called ``go`` is among the notes, or until it is told to stop."""

    def plan(self, network: Network, stop: threading.Event | None = None) -> Plan:
        """Wait first."""
        self.begun()
        until = time.monotonic() + 60
        while not (self.notes / "go").exists() and time.monotonic() < until:
            if stop is not None and stop.wait(0.02):
                (self.notes / f"stopped-{self.scenario.name}").touch()
                raise KeyboardInterrupt
        return Task.plan(self, network, stop)


@dataclass(frozen=True)
class Breaking(Traced):
    """Raises an error of netopt."""

    error: str = "input"

    def plan(self, network: Network, stop: threading.Event | None = None) -> Plan:
        """Raise."""
        self.begun()
        if self.error == "input":
            raise netopt.InputError([netopt.Problem("cases.csv", 3, "value", "it is odd", "make it even")])
        if self.error == "plan":
            raise netopt.PlanError("the plan does not stand up")
        if self.error == "stop":
            raise KeyboardInterrupt
        if self.error == "disk":
            raise OSError(28, "No space left on device")
        raise netopt.SolverError("the solver gave up")
