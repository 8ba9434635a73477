"""Where a cluster is, and with what certificates it is spoken to."""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from netopt.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from distributed import Security

__all__ = ["certificates", "problem", "safe_address", "said_by"]


def safe_address(address: str) -> str:
    """Return the address of a scheduler as Dask takes it.

    Raises
    ------
    InputError
        When it is not one, or what is sent there could be read or changed on the way.
    """
    fix = "write tls://host:port, or tcp://127.0.0.1:port for this machine"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise problem(f"{address} is not the address of a scheduler", fix) from error
    rest = parts.path or parts.query or parts.fragment or parts.username or parts.password
    if parts.scheme not in ("tcp", "tls") or not host or not port or rest:
        raise problem(f"{address} is not the address of a scheduler", fix)
    if parts.scheme == "tcp" and not _is_loopback(host):
        said = f"{address} is not encrypted, and Dask runs what it is sent by anybody who can reach it"
        fix = f"use tls://{parts.netloc} with certificates, or tcp://127.0.0.1:port through an ssh tunnel"
        raise problem(said, fix)
    return f"{parts.scheme}://{parts.netloc}"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def certificates(files: Mapping[str, str | PathLike[str] | None]) -> Security:
    """Return what ``tls://`` is spoken with.

    Parameters
    ----------
    files : mapping of str to path or None
        ``tls_ca_file``, ``tls_client_cert`` and ``tls_client_key``; Dask's own configuration says what is None.

    Raises
    ------
    InputError
        When one is missing or cannot be used.
    """
    from distributed import Security

    security = Security(
        require_encryption=True, **{name: str(path) for name, path in files.items() if path is not None}
    )
    if not (security.tls_ca_file and security.tls_client_cert and security.tls_client_key):
        fix = "name the three files with --tls-ca, --tls-cert and --tls-key"
        raise problem("tls:// needs the certificate of the authority, ours, and its key", fix)
    try:
        security.get_connection_args("client")
    except OSError as error:  # an SSLError is one
        raise problem(f"the certificates cannot be used ({said_by(error)})", "check the three files") from error
    return security


def problem(message: str, fix: str) -> InputError:
    """Return what is wrong with a cluster."""
    return InputError([Problem("cluster", None, None, message, fix)])


def said_by(error: BaseException) -> str:
    """Return the first line of what an error says."""
    lines = str(error).strip().splitlines()
    if isinstance(error, TimeoutError) and not lines:
        return "it is silent"
    return lines[0] if lines else type(error).__name__
