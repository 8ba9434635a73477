"""``netopt solve``: from a network to a plan on the terminal and in a folder."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

import netopt
from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.folder import check_folder, make_room, plan_folder
from netopt.cli.out import complain, piped, say_json
from netopt.errors import PlanError

if TYPE_CHECKING:
    from netopt.plan import Plan
    from netopt.solve.control import Progress

__all__ = ["solve"]

_ROUNDING = 1e-9


@click.command(cls=RichCommand)
@options.network
@options.changed
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, file_okay=True),
    help="Folder for the plan. Without it: NAME-plan in the current directory, or none with --json.",
)  # fmt: skip
@click.option(
    "--gap", type=options.FiniteRange(min=0), default=1e-4, show_default=True,
    help="Stop when the plan is proved to be within this share of the cheapest one.",
)  # fmt: skip
@click.option("--time-limit", type=options.FiniteRange(min=0, min_open=True), help="Stop after so many seconds.")
@click.option("--threads", type=click.IntRange(min=1), help="With 1, search and HiGHS take turns.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Seed of the solver.")
@options.as_json
@click.option(
    "--progress", type=click.Choice(["auto", "none", "plain", "json"]), default="auto", show_default=True,
    help="Progress on standard error: a live line where that is a terminal (auto), lines of words (plain) or a JSON "
    "object a line (json, see `netopt explain outputs`).",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Move a folder aside that is in the way and is not a plan.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors and what --json and --progress ask for.")
@options.debug
@click.pass_context
def solve(
    ctx: click.Context,
    network: Path,
    edits: tuple[str, ...],
    out: Path | None,
    gap: float,
    time_limit: float | None,
    threads: int | None,
    seed: int,
    as_json: bool,
    progress: str,
    force: bool,
    quiet: bool,
) -> None:
    """Find the cheapest plan for NETWORK and write it to a folder.

    NETWORK is a .csv, .xlsx, .parquet or .duckdb file, or a folder of tables. The exit code is 0 for a plan within the
    gap, 3 when no plan can exist, 4 when a limit or Ctrl-C came first (see `netopt explain exit-codes`).
    """
    folder = out if out is not None or as_json else plan_folder(network, force=force)
    if folder is not None:
        check_folder(folder, network, force=force)
    found = options.read_changed(network, edits)
    with _shown(progress, quiet) as shown:
        plan = netopt.solve(found, gap=gap, time_limit=time_limit, threads=threads, seed=seed, progress=shown)
    if plan.found:
        _refuse_unsound(plan)
    kept = _saved(plan, folder, out is not None)
    if as_json:
        say_json(plan.summary())
    elif not quiet:
        _print(plan, kept)
    code = _code(plan, gap)
    if code is not ExitCode.GOOD and (as_json or quiet):
        _say_why(plan, kept)
    ctx.exit(code)


def _shown(progress: str, quiet: bool) -> AbstractContextManager[Callable[[Progress], None]]:
    from netopt.report.progress import progress_shown

    return progress_shown(progress, quiet=quiet)


def _refuse_unsound(plan: Plan) -> None:
    """Stop before a plan that fails its audit is written or printed."""
    report = plan.audit()
    if not report.ok:
        words = "the plan that was found does not pass its audit, so it is not given out; this is a bug in netopt"
        raise Failure(ExitCode.BUG, words, [str(words) for words in report.breaches["words"]])


def _saved(plan: Plan, folder: Path | None, asked: bool) -> Path | None:
    """Write the plan; without a plan only a folder that was asked for gets the summary that says so."""
    if folder is None or not (plan.found or asked):
        return None
    try:
        aside = make_room(folder)
        if aside is not None:
            complain(f"netopt: what was in {folder} is now in {aside}")
        return plan.save(folder)
    except PlanError as error:
        raise Failure(ExitCode.INPUT, str(error)) from error
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"{folder} cannot be written: {error.strerror or error}") from error


def _print(plan: Plan, folder: Path | None) -> None:
    from netopt.report.console import terminal
    from netopt.report.plan import print_plan, print_without_plan

    console = terminal()
    piped(lambda: print_plan(plan, console, folder) if plan.found else print_without_plan(plan, console))


def _code(plan: Plan, gap: float) -> ExitCode:
    if plan.found and (plan.status == "optimal" or plan.gap <= gap + _ROUNDING):
        return ExitCode.GOOD
    return ExitCode.IMPOSSIBLE if plan.status in ("infeasible", "unbounded") else ExitCode.STOPPED


def _say_why(plan: Plan, folder: Path | None) -> None:
    """Say on standard error what the exit code means, where no report says it."""
    from netopt.report.headline import no_plan
    from netopt.report.words import at_most

    if not plan.found:
        complain(f"netopt: {no_plan(plan.summary())}")
        return
    where = f", written to {folder}" if folder is not None else ""
    within = f"within {at_most(plan.gap)} of the cheapest" if plan.gap < float("inf") else "its gap is not known"
    complain(f"netopt: stopped before the asked gap; best plan so far{where}, {within}")
