"""The connection to a Dask cluster: what is there, whether it will do, and what is left behind.

Dask runs what it is sent, as whoever started it. So nothing is connected to but the address that the user names, and
that must be one which only this machine, or holders of a certificate, can speak to.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from netopt.errors import InputError, NetoptError, Problem
from netopt.network import Network
from netopt.plan.solve import versions
from netopt.study.cluster.address import certificates, problem, safe_address, said_by

if TYPE_CHECKING:
    from os import PathLike
    from types import TracebackType

    from distributed import Client, Security

    from netopt.plan.footing import Footing
    from netopt.study.cluster.worker import Carrier

__all__ = ["Cluster", "as_cluster", "one_connection", "quietly"]

P = ParamSpec("P")
R = TypeVar("R")

_CONNECT = 10.0
"""Seconds to reach a scheduler."""

_LOOK = 1.0
"""Seconds between looks at how many workers there are."""

_GOODBYE = 5.0
"""Seconds that are spent on leaving a cluster in order."""

_TRIES = 5
"""Times that a network is sent while workers come and go."""

_NAME = "netopt-"
"""What the names of networks on a cluster begin with; the id of the client follows."""


class Cluster:
    """A Dask cluster that studies are solved on; it is connected to when there is something to solve.

    Used in a ``with`` block, several studies share the connection, and workers get a network once for all of them.

    Parameters
    ----------
    address : str
        Of its scheduler: ``tls://host:port``; or ``tcp://127.0.0.1:port``, on this machine or through a tunnel.
    ca, cert, key : path, optional
        PEM files for ``tls://``: the certificate of the authority, ours, and its key. Without them Dask's own
        configuration (``distributed.comm.tls``) says.
    patience : float
        Seconds to wait for a worker when there is none.
    say : callable, optional
        Told in words what is waited for; without it, the logger ``netopt`` is.

    Raises
    ------
    InputError
        When the address cannot be one or is open to others, or `distributed` is not installed.
    """

    def __init__(
        self,
        address: str,
        *,
        ca: str | PathLike[str] | None = None,
        cert: str | PathLike[str] | None = None,
        key: str | PathLike[str] | None = None,
        patience: float = 60.0,
        say: Callable[[str], None] | None = None,
    ) -> None:
        try:
            import distributed  # noqa: F401
        except ImportError as error:
            raise problem("studies on a cluster need Dask", "install it with: pip install 'netopt[cluster]'") from error
        self.address = safe_address(address)
        self._files = {"tls_ca_file": ca, "tls_client_cert": cert, "tls_client_key": key}
        self.patience = patience
        self.say = say or logging.getLogger("netopt").warning
        self._depth = 0
        self._client: Client | None = None
        self._network: Network | None = None
        self._footing: Footing | None = None
        self._told: set[str] = set()
        self._name = ""
        self._brought = 0

    def __repr__(self) -> str:
        return f"<Cluster: {self.address}>"

    # -- the connection -----------------------------------------------------------------------------------------------

    def __enter__(self) -> Cluster:
        """Keep the connection, once there is one, until the last block that was entered is left."""
        self._depth += 1
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave; what workers are doing for us is ended, and they forget the network."""
        self._depth -= 1
        if self._depth or self._client is None:
            return
        client, self._client = self._client, None
        self._forget(client)
        with quietly():
            client.close(timeout=_GOODBYE)

    def client(self) -> Client:
        """Return the connection, made when it is first asked for.

        Raises
        ------
        InputError
            When the scheduler cannot be reached, or cannot be trusted with what is sent.
        """
        if self._client is None:
            self._client = self._connected()
            self._check_scheduler(self._client)
        return self._client

    def _connected(self) -> Client:
        from distributed import Client, Security

        security = certificates(self._files) if self.address.startswith("tls:") else Security()
        try:
            with ThreadPoolExecutor(1) as apart:  # a notebook has a loop of its own in this thread
                apart.submit(asyncio.run, _answered(self.address, security)).result()
            return Client(
                self.address, timeout=_CONNECT, security=security, set_as_default=False, direct_to_workers=False,
                name="netopt",
            )  # fmt: skip
        except Exception as error:  # whatever listens there may say anything
            said = f"no scheduler answers at {self.address} ({said_by(error)})"
            raise problem(said, "start one with `dask scheduler`, or check the address and certificates") from error

    def _check_scheduler(self, client: Client) -> None:
        """Check that the scheduler can read what it is sent, and take networks away that nobody asks for any more."""
        try:
            found = client.run_on_scheduler(_tidied, client=client.id)
        except NetoptError:
            raise
        except Exception as error:  # of the other side's imports
            said = f"the scheduler cannot run netopt ({said_by(error)})"
            raise problem(said, "install netopt where the scheduler runs, as it is here") from error
        if found != versions()["netopt"]:
            said = f"the scheduler has netopt {found}"
            raise problem(said, f"install netopt {versions()['netopt']} there, as it is here")

    # -- what is on the other side ------------------------------------------------------------------------------------

    def workers(self) -> int:
        """Return how many workers there are; while there is none, wait for one.

        Raises
        ------
        InputError
            When none has come, or the scheduler is gone.
        """
        until = None
        while True:
            with self.talking() as client:
                threads: dict[str, int] = client.nthreads()
            if threads:
                return len(threads)
            if until is None:
                until = time.monotonic() + self.patience
                self.say(f"no worker at {self.address}; waiting {self.patience:.0f} s for one to join")
            if time.monotonic() > until:
                host = " --host 127.0.0.1" if self.address.startswith("tcp:") else ""  # or anybody could talk to it
                fix = f"start some with `dask worker {self.address}{host} --nthreads 1`, and give the command again"
                raise problem(f"no worker has joined {self.address}", fix)
            time.sleep(min(_LOOK, self.patience))

    def bring(self, network: Network, footing: Footing | None = None) -> str:
        """Give every worker a network and what is known of it, unless they have it; return its name there.

        Raises
        ------
        InputError
            When a worker cannot run netopt, or has other versions.
        """
        if self._network is not network or self._footing is not footing:
            from netopt.study.cluster.worker import Carrier

            client = self.client()
            self._forget(client)
            self._check_workers(client)
            self._brought += 1
            self._name = f"{_NAME}{client.id}-{self._brought}"
            self._register(client, Carrier(network.tables, versions(), footing))
            self._network, self._footing = network, footing
        return self._name

    def _register(self, client: Client, carrier: Carrier) -> None:
        for left in reversed(range(_TRIES)):
            try:
                client.register_plugin(carrier, name=self._name)
            except OSError:  # a worker that goes in this moment; the scheduler soon knows
                if not left or client.status != "running":
                    with self.talking():
                        raise
                time.sleep(_LOOK)
            else:
                return

    def _check_workers(self, client: Client) -> None:
        """Check that all workers find what would be found here, and say which ones leave cores unused."""
        from netopt.study.cluster.worker import other_versions

        with self.talking():
            found = client.run(versions, on_error="return")
            threads = client.nthreads()
        problems: list[Problem] = []
        for address, said in sorted(found.items()):
            if isinstance(said, OSError):  # it has gone in this moment
                continue
            if isinstance(said, Exception):
                words = f"the worker {address} cannot run netopt ({said_by(said)})"
                problems += problem(words, "install netopt there, as it is here").problems
            elif (other := other_versions(f"the worker {address}", said, versions())) is not None:
                problems += other.problems
        if problems:
            raise InputError(problems)
        wide = {address: number for address, number in threads.items() if number > 1 and address not in self._told}
        self._told |= set(wide)
        for address, number in sorted(wide.items())[:1]:
            more = f" and {len(wide) - 1} more" if len(wide) > 1 else ""
            self.say(
                f"the worker {address}{more} has {number} threads but solves one plan at a time; "
                f"`--nworkers {number} --nthreads 1` uses as many cores"
            )

    def _forget(self, client: Client) -> None:
        if self._network is not None:
            self._network = None
            with quietly():  # a worker may go in this moment
                client.unregister_worker_plugin(self._name)

    @contextmanager
    def talking(self) -> Iterator[Client]:
        """Say in plain words when the scheduler is gone."""
        try:
            yield self.client()
        except (OSError, CancelledError) as error:
            fix = "start it again; the same command goes on from what is solved"
            raise problem(f"the scheduler at {self.address} is gone", fix) from error


def as_cluster(cluster: str | Cluster) -> Cluster:
    """Return a cluster that was named by its address.

    Raises
    ------
    InputError
        As `Cluster` does.
    """
    return cluster if isinstance(cluster, Cluster) else Cluster(cluster)


def one_connection(function: Callable[P, R]) -> Callable[P, R]:
    """Let all studies that a function makes share a connection, where it is called with ``cluster``."""

    @wraps(function)
    def connected(*args: P.args, **given: P.kwargs) -> R:
        named: Any = given.get("cluster")
        if named is None:
            return function(*args, **given)
        with as_cluster(named) as cluster:
            given["cluster"] = cluster
            return function(*args, **given)

    return connected


async def _answered(address: str, security: Security) -> None:
    """Return when a scheduler, or something like it, has answered; Dask would wait for ever for one that is silent."""
    from distributed.comm import connect

    talk = connect(address, timeout=_CONNECT, **security.get_connection_args("client"))
    comm = await asyncio.wait_for(talk, _CONNECT + 1)
    await comm.close()


async def _tidied(client: str, dask_scheduler: Any) -> str:
    """Take away, in the scheduler, networks of studies that were killed; return the version of netopt there."""
    for name in list(dask_scheduler.worker_plugins):
        owner = name.removeprefix(_NAME).rpartition("-")[0]
        if name.startswith(_NAME) and owner != client and owner not in dask_scheduler.clients:
            with quietly():
                await dask_scheduler.unregister_worker_plugin(None, name)
    return versions()["netopt"]


@contextmanager
def quietly() -> Iterator[None]:
    """Leave in order if that is possible; what is not there any more needs no goodbye."""
    with suppress(Exception):
        yield
