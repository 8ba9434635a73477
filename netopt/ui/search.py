"""A search in a process of its own: the page stays live, and a crash of a solver takes nobody's edits along."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import TYPE_CHECKING, Any

from netopt.errors import NetoptError, SolverError
from netopt.report.progress import Standing

if TYPE_CHECKING:
    from netopt.network import Network
    from netopt.plan import Plan
    from netopt.solve.control import Progress

__all__ = ["Search", "Solver"]

_MOST_POINTS = 2_000
"""Points of a chart; beyond, every other one of the older half is left out."""

_SECONDS_TO_END = 2.0


@dataclass
class Search:
    """One search, as far as it is known here.

    Parameters
    ----------
    network : Network
        What is solved.
    options : mapping of str to object
        ``gap`` and ``time_limit`` of `netopt.solve`.
    started : float
        On the clock of `time.perf_counter`.
    history : list of Progress
        Where the search stood, the oldest first; costs never rise and bounds never fall.
    plan : Plan or None
        Once it is over: audited in this process.
    failure : str
        Why there is no plan where the search has failed; empty otherwise.
    seconds : float or None
        What it took, None while it goes on.
    """

    network: Network
    options: Mapping[str, Any]
    started: float = field(default_factory=time.perf_counter)
    history: list[Progress] = field(default_factory=list)
    plan: Plan | None = None
    failure: str = ""
    stopping: bool = False
    seconds: float | None = None

    @property
    def running(self) -> bool:
        """Whether the search goes on."""
        return self.seconds is None

    @property
    def latest(self) -> Progress | None:
        """Where the search stands, None before it said anything."""
        return self.history[-1] if self.history else None

    @property
    def elapsed(self) -> float:
        """Seconds since the start, until the end."""
        return time.perf_counter() - self.started if self.seconds is None else self.seconds

    def note(self, progress: Progress) -> None:
        """Take note of where the search stands."""
        last = self.latest
        if last is not None and (last.cost, last.bound, last.phase) == (progress.cost, progress.bound, progress.phase):
            self.history[-1] = progress
            return
        if len(self.history) >= _MOST_POINTS:
            del self.history[1 : _MOST_POINTS // 2 : 2]
        self.history.append(progress)


class Solver:
    """A process that waits for networks to solve; a new one takes its place when it is lost.

    Parameters
    ----------
    done : callable, optional
        Called with a search that is over, from a thread of this process.
    """

    def __init__(self, done: Callable[[Search], None] | None = None) -> None:
        self._done = done or (lambda _search: None)
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._search: Search | None = None
        self._lock = threading.Lock()

    @property
    def search(self) -> Search | None:
        """The search that goes on, None where none does."""
        search = self._search
        return search if search is not None and search.running else None

    def warm_up(self) -> None:
        """Start the process, which takes a second or two to import what it needs."""
        if self._process is not None and self._process.is_alive():
            return
        context = multiprocessing.get_context("spawn")
        here, there = context.Pipe()
        self._process = context.Process(target=_work, args=(there,), daemon=True, name="netopt solver")
        self._process.start()
        there.close()
        self._pipe = here

    def solve(self, network: Network, *, again: bool = True, **options: Any) -> Search:
        """Begin a search.

        Parameters
        ----------
        network : Network
            What is solved.
        again : bool
            Whether it may begin where the last one ended.
        **options
            ``gap`` and ``time_limit`` of `netopt.solve`.

        Raises
        ------
        RuntimeError
            When another search goes on.
        """
        with self._lock:
            if self.search is not None:
                raise RuntimeError("a search is going on")
            self.warm_up()
            assert self._pipe is not None  # noqa: S101 - for the type checker
            self._search = search = Search(network, options)
        tables = network.tables
        with contextlib.suppress(OSError):  # a lost process is found out by who listens to it
            self._pipe.send(("solve", dict(tables.frames), dict(tables.sources), tables.sha256, tables.path,
                             tuple(dict(edit) for edit in tables.edits), dict(options), again))  # fmt: skip
        threading.Thread(target=self._follow, args=(search, self._pipe), daemon=True).start()
        return search

    def stop(self) -> None:
        """Ask the search to end with the best plan so far."""
        search = self.search
        if search is not None and self._pipe is not None:
            search.stopping = True
            with contextlib.suppress(OSError):
                self._pipe.send(("stop",))

    def close(self) -> None:
        """End the process."""
        if self._pipe is not None:
            self._pipe.close()
        process = self._process
        if process is not None:
            process.join(_SECONDS_TO_END)
            if process.is_alive():
                process.terminate()

    def _forget(self, pipe: Connection) -> None:
        """Let a lost process go, which may seem alive longer than its pipe; the next search has another."""
        with self._lock:
            if self._pipe is pipe and self._process is not None:
                self._process.kill()
                self._process.join(_SECONDS_TO_END)
                self._process = None

    def _follow(self, search: Search, pipe: Connection) -> None:
        """Listen to the process until the search is over."""
        standing = Standing()
        try:
            while True:
                kind, said = pipe.recv()
                if kind == "progress":
                    search.note(standing.after(said))
                    continue
                if kind == "plan":
                    search.plan = _received(said, search.network)
                else:
                    search.failure = said
                break
        except (EOFError, OSError):
            self._forget(pipe)
            search.failure = "the solver's process was lost; nothing that you typed is, and it can be solved again"
        except NetoptError as error:
            search.failure = str(error)
        search.seconds = time.perf_counter() - search.started
        self._done(search)


def _received(said: dict[str, Any], network: Network) -> Plan:
    """Return the plan of another process, audited here."""
    from netopt.plan import Plan
    from netopt.report import PAGES

    plan = Plan(**said, network=network, pages=PAGES)
    if plan.found and not plan.audit().ok:
        words = "; ".join(str(words) for words in plan.audit().breaches["words"].head(3))
        raise SolverError(f"the plan that was found does not pass its audit, so it is not shown ({words})")
    return plan


# -- in the other process -------------------------------------------------------------------------------------------


def _work(pipe: Connection) -> None:
    """Solve what comes in, one after the other, until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the page, which says what is to stop
    bench = _Bench(pipe)
    try:
        while True:
            kind, *said = pipe.recv()
            if kind == "stop":
                bench.stop.set()
            else:
                bench.begin(*said)
    except (EOFError, OSError, KeyboardInterrupt):
        os._exit(0)  # a search that nobody waits for would keep the process


class _Bench:
    """Where networks are solved: in a thread, so that a request to stop is heard."""

    def __init__(self, pipe: Connection) -> None:
        self.stop = threading.Event()
        self._pipe = pipe
        self._lock = threading.Lock()
        self._last: Plan | None = None
        threading.Thread(target=_import_all, daemon=True).start()

    def begin(self, *said: Any) -> None:
        self.stop = stop = threading.Event()
        threading.Thread(target=self._solve, args=(stop, *said), daemon=True).start()

    def _solve(
        self, stop: threading.Event, frames: Any, sources: Any, sha256: str, path: str | None, edits: Any,
        options: dict[str, Any], again: bool,
    ) -> None:  # fmt: skip
        from netopt.network import Network
        from netopt.plan.solve import solve
        from netopt.read import Tables

        try:
            network = Network.from_tables(Tables(frames, sources, sha256, path, edits))
            start = self._last if again else None
            plan = solve(network, progress=lambda at: self._send("progress", at), stop=stop, start=start, **options)
        except NetoptError as error:
            self._send("failure", str(error))
            return
        except Exception as error:  # noqa: BLE001 - the page says what went wrong, and goes on
            self._send("failure", f"{type(error).__name__}: {error} (this is a bug in netopt)")
            return
        if plan.found:
            self._last = plan
        self._send("plan", {each.name: getattr(plan, each.name) for each in fields(plan) if each.name not in _HERE})

    def _send(self, kind: str, said: object) -> None:
        with self._lock:
            self._pipe.send((kind, said))


_HERE = ("network", "pages")
"""What the page has already."""


def _import_all() -> None:
    import netopt.plan.solve  # noqa: F401 - while the analyst still looks at the map
