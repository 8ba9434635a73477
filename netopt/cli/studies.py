"""What the commands share that solve many networks: options, the folder, what is said meanwhile."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

import click

from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import complain

if TYPE_CHECKING:
    import pandas as pd

    from netopt.network import Network
    from netopt.study.cluster.connection import Cluster
    from netopt.study.outcome import Outcome
    from netopt.study.study import Study
    from netopt.study.today.as_run import AsRun

__all__ = ["against_today", "check_study_folder", "code", "kept_in", "say_outcome", "solving", "today", "written"]


class Audited(Protocol):
    """Plans that can be recomputed."""

    def audit(self) -> pd.DataFrame:
        """Return what is wrong with them, in words."""


Command = TypeVar("Command", bound=Callable[..., Any])


def solving(command: Command) -> Command:
    """Add the options of solving: folder, gap, limits, workers, cluster, seed.

    The command gets ``cluster`` as what `netopt.study` takes, with the certificates that were named.
    """

    @wraps(command)
    def checked(*args: Any, **given: Any) -> Any:
        given["cluster"] = _cluster(given, *(given.pop(name) for name in ("tls_ca", "tls_cert", "tls_key")))
        return command(*args, **given)

    for option in reversed(_OPTIONS):
        checked = option(checked)
    return cast("Command", checked)


def _cluster(given: dict[str, Any], *files: Path | None) -> Cluster | None:
    """Return the cluster that was asked for, None without one.

    Raises
    ------
    UsageError
        When other options do not go with it, or it is missing.
    InputError
        When it is not an address, or an unsafe one.
    """
    address, silent = given["cluster"], given["quiet"] or given["as_json"]
    if any(files) and not (address or "").startswith("tls://"):
        raise click.UsageError("--tls-ca, --tls-cert and --tls-key go with --cluster tls://host:port")
    if address is None:
        return None
    if given["workers"] is not None:
        raise click.UsageError("--workers and --cluster are both given; choose one of them")
    from netopt.study.cluster.connection import Cluster

    ca, cert, key = files
    cluster = Cluster(address, ca=ca, cert=cert, key=key, say=_unheard if silent else _say)
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what Dask logs is said here in words of ours
    return cluster


def _say(words: str) -> None:
    complain(f"netopt: {words}")


def _unheard(words: str) -> None:
    """Say nothing."""


_OPTIONS = (
    click.option(
        "-o", "--out", type=click.Path(path_type=Path), required=True,
        help="Folder for tables, page and plans. What is solved there already is not solved again.",
    ),
    click.option(
        "--gap", type=options.FiniteRange(min=0), default=1e-4, show_default=True,
        help="Each plan is to be proved within this share of the cheapest one.",
    ),
    click.option(
        "--time-limit", type=options.FiniteRange(min=0, min_open=True), help="Stop each plan after so many seconds."
    ),
    click.option("--threads", type=click.IntRange(min=1), help="With 1, search and HiGHS take turns."),
    click.option("--workers", type=click.IntRange(min=1), help="Solve so many plans side by side, one thread each."),
    click.option(
        "--cluster", metavar="ADDRESS",
        help="Solve on a Dask cluster: tls://host:port of its scheduler, or tcp://127.0.0.1:port on this machine.",
    ),
    *(
        click.option(f"--tls-{name}", type=click.Path(path_type=Path), help=f"PEM file for --cluster tls://: {words}.")
        for name, words in (("ca", "who vouches for the cluster"), ("cert", "our certificate"), ("key", "its key"))
    ),
    click.option(
        "--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Seed of the solver."
    ),
    options.as_json,
    click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors and what --json asks for."),
    options.debug,
)  # fmt: skip


def against_today(command: Command) -> Command:
    """Add the options that say how the network is run today, and how far appraisals look.

    The command gets ``baseline``, ``baseline_stocks``, ``baseline_sites`` (paths), ``years`` and ``discount_rate``.
    """
    for option in reversed(_TODAY):
        command = option(command)
    return command


def today(network: Network, flows: Path | None, stocks: Path | None, sites: Path | None) -> AsRun | None:
    """Return how a network is run today, None where that was not said.

    Raises
    ------
    UsageError
        When stocks or sites are named without flows.
    InputError
        When a table cannot be used as it is.
    """
    if flows is None:
        if stocks is not None or sites is not None:
            raise click.UsageError("--baseline-stocks and --baseline-sites go with --baseline")
        return None
    from netopt.study.today.as_run import as_run

    return as_run(network, flows, stocks, sites)


_TODAY = (
    click.option(
        "--baseline", type=click.Path(path_type=Path), metavar="FLOWS",
        help="How the network is run today, as for `netopt baseline`: everything is compared with that, too.",
    ),
    click.option("--baseline-stocks", type=click.Path(path_type=Path), help="Table actual_stocks of --baseline."),
    click.option("--baseline-sites", type=click.Path(path_type=Path), help="Table actual_sites of --baseline."),
    click.option(
        "--years", type=options.FiniteRange(min=0, min_open=True), default=5.0, show_default=True,
        help="How far the appraisal (NPV, payback, IRR) of what is paid once looks.",
    ),
    click.option(
        "--discount-rate", type=options.FiniteRange(min=0),
        help="Of the appraisal, a year; else settings.discount_rate.",
    ),
)  # fmt: skip


def check_study_folder(out: Path, or_holds: str = "") -> None:
    """Refuse a folder with something else in it, before anything is solved.

    Parameters
    ----------
    out : Path
        The folder.
    or_holds : str
        A file that marks a folder of the command's own, where it need not be a study.

    Raises
    ------
    Failure
        When it is a file, or holds anything but a study.
    """
    from netopt.study.store import RESULTS

    if out.exists() and not out.is_dir():
        raise Failure(ExitCode.INPUT, f"{out} is a file; name a folder with --out")
    ours = (out / RESULTS).is_file() or (bool(or_holds) and (out / or_holds).is_file())
    if out.is_dir() and any(out.iterdir()) and not ours:
        raise Failure(ExitCode.INPUT, f"{out} holds something else than a study; name another folder with --out")


def say_outcome(outcome: Outcome, number: int, total: int) -> None:
    """Say on standard error that one more plan is there."""
    cost = f"{outcome.cost:,.0f}" if outcome.found else str(outcome.summary["status"])
    complain(f"netopt: {number} of {total} plans: {outcome.name} {cost}")


@contextmanager
def kept_in(out: Path) -> Iterator[None]:
    """Say what Ctrl-C, or a folder that cannot be written, means for what is solved inside."""
    try:
        yield
    except KeyboardInterrupt:
        words = f"stopped; what is solved is in {out}, and the same command goes on from there"
        raise Failure(ExitCode.STOPPED, words) from None
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"{out} cannot be written: {error.strerror or error}") from error


def written(study: Audited | None, write: Callable[[], object], out: Path) -> None:
    """Write what stands on a study, where there is one.

    Raises
    ------
    Failure
        When a plan does not pass its audit, and nothing is written; when the folder cannot be written.
    """
    wrong = [] if study is None else list(study.audit()["words"])
    if wrong:
        words = "a plan does not pass its audit, so the study is not given out; this is a bug in netopt"
        raise Failure(ExitCode.BUG, words, [str(line) for line in wrong])
    try:
        write()
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"{out} cannot be written: {error.strerror or error}") from error


def code(study: Study) -> ExitCode:
    """Return 3 where the base has no plan, 0 where each scenario is solved or proved to have none, 4 otherwise."""
    if study.base.summary["status"] in ("infeasible", "unbounded"):
        return ExitCode.IMPOSSIBLE
    done = all(each.summary["status"] in ("optimal", "infeasible", "unbounded") for each in study.outcomes)
    return ExitCode.GOOD if done else ExitCode.STOPPED
