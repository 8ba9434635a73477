"""``netopt study``: scenarios side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

import netopt
from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import complain, piped, say_json

if TYPE_CHECKING:
    from netopt.study.outcome import Outcome
    from netopt.study.study import Study

__all__ = ["study"]


@click.command(cls=RichCommand)
@options.network
@click.argument("scenarios", type=click.Path(path_type=Path))
@options.changed
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), required=True,
    help="Folder of the study. What is solved there already is not solved again.",
)  # fmt: skip
@click.option("--title", default="", help="The question that the study answers, for its page.")
@click.option(
    "--gap", type=options.FiniteRange(min=0), default=1e-4, show_default=True,
    help="Each scenario stops when its plan is proved to be within this share of the cheapest one.",
)  # fmt: skip
@click.option(
    "--time-limit", type=options.FiniteRange(min=0, min_open=True), help="Stop each scenario after so many seconds."
)
@click.option("--threads", type=click.IntRange(min=1), help="With 1, search and HiGHS take turns.")
@click.option("--workers", type=click.IntRange(min=1), help="Solve so many scenarios side by side, one thread each.")
@click.option("--seed", type=click.IntRange(0, 2**31 - 1), default=0, show_default=True, help="Seed of the solver.")
@options.as_json
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors and what --json asks for.")
@options.debug
@click.pass_context
def study(
    ctx: click.Context,
    network: Path,
    scenarios: Path,
    edits: tuple[str, ...],
    out: Path,
    title: str,
    gap: float,
    time_limit: float | None,
    threads: int | None,
    workers: int | None,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Solve NETWORK as it is and as SCENARIOS change it, and compare.

    SCENARIOS is a table with the columns scenario, table, filter, column, action and value (`netopt explain
    scenarios`) as .csv, .xlsx or .parquet, or a .yaml file. Stopped and started again, the study goes on where it was.
    The exit code is 0 when every scenario is solved or proved to have no plan, 4 when a limit or Ctrl-C came first.
    """
    _check_folder(out)
    found = options.read_changed(network, edits)
    try:
        solved = netopt.study(
            found, scenarios, gap=gap, time_limit=time_limit, threads=threads, seed=seed, workers=workers, out=out,
            heard=None if quiet or as_json else _say,
        )  # fmt: skip
    except KeyboardInterrupt:
        words = f"stopped; what is solved is in {out}, and the same command goes on from there"
        raise Failure(ExitCode.STOPPED, words) from None
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"{out} cannot be written: {error.strerror or error}") from error
    _write(solved, out, title)
    if as_json:
        from netopt.report.study_page import as_json as told

        say_json(told(solved))
    elif not quiet:
        _print(solved, out)
    ctx.exit(_code(solved))


def _check_folder(out: Path) -> None:
    """Refuse a folder with something else in it, before anything is solved."""
    from netopt.study.store import RESULTS

    if out.exists() and not out.is_dir():
        raise Failure(ExitCode.INPUT, f"{out} is a file; name a folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / RESULTS).is_file():
        raise Failure(ExitCode.INPUT, f"{out} holds something else than a study; name another folder with --out")


def _say(outcome: Outcome, number: int, total: int) -> None:
    cost = f"{outcome.cost:,.0f}" if outcome.found else str(outcome.summary["status"])
    complain(f"netopt: {number} of {total} scenarios: {outcome.name} {cost}")


def _write(solved: Study, out: Path, title: str) -> None:
    from netopt.report.study_page import write_study

    if len(solved.audit()):
        words = "a plan does not pass its audit, so the study is not given out; this is a bug in netopt"
        raise Failure(ExitCode.BUG, words, [str(line) for line in solved.audit()["words"]])
    try:
        write_study(solved, out, title)
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"{out} cannot be written: {error.strerror or error}") from error


def _print(solved: Study, out: Path) -> None:
    from netopt.report.console import terminal
    from netopt.report.study_console import print_study

    console = terminal()
    piped(lambda: print_study(solved, console, out))


def _code(solved: Study) -> ExitCode:
    if solved.base.summary["status"] in ("infeasible", "unbounded"):
        return ExitCode.IMPOSSIBLE
    done = all(each.summary["status"] in ("optimal", "infeasible", "unbounded") for each in solved.outcomes)
    return ExitCode.GOOD if done else ExitCode.STOPPED
