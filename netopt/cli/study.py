"""``netopt study``: scenarios side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

import netopt
from netopt.cli import options
from netopt.cli.out import piped, say_json
from netopt.cli.studies import against_today, check_study_folder, code, kept_in, say_outcome, solving, today, written

if TYPE_CHECKING:
    from netopt.study.cluster.connection import Cluster

__all__ = ["study"]


@click.command(cls=RichCommand)
@options.network
@click.argument("scenarios", type=click.Path(path_type=Path))
@options.changed
@click.option("--title", default="", help="The question that the study answers, for its page.")
@against_today
@solving
@click.pass_context
def study(
    ctx: click.Context,
    network: Path,
    scenarios: Path,
    edits: tuple[str, ...],
    out: Path,
    title: str,
    baseline: Path | None,
    baseline_stocks: Path | None,
    baseline_sites: Path | None,
    years: float,
    discount_rate: float | None,
    gap: float,
    time_limit: float | None,
    threads: int | None,
    workers: int | None,
    cluster: Cluster | None,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Solve NETWORK as it is and as SCENARIOS change it, and compare.

    SCENARIOS is a table with the columns scenario, table, filter, column, action and value (`netopt explain
    scenarios`) as .csv, .xlsx or .parquet, or a .yaml file. What is paid once, such as an opening, is appraised over
    --years: NPV, payback and IRR. With --baseline all of it is compared with how the network is run today. Stopped and
    started again, the study goes on where it was.
    The exit code is 0 when every scenario is solved or proved to have no plan, 4 when a limit or Ctrl-C came first.
    """
    check_study_folder(out)
    found = options.read_changed(network, edits)
    run = today(found, baseline, baseline_stocks, baseline_sites)
    with kept_in(out):
        solved = netopt.study(
            found, scenarios, gap=gap, time_limit=time_limit, threads=threads, seed=seed, workers=workers,
            cluster=cluster, out=out, heard=None if quiet or as_json else say_outcome, baseline=run, years=years,
            discount_rate=discount_rate,
        )  # fmt: skip
    from netopt.report.console import terminal
    from netopt.report.studies.study_console import print_study
    from netopt.report.studies.study_page import as_json as told
    from netopt.report.studies.study_page import write_study

    written(solved, lambda: write_study(solved, out, title), out)
    if as_json:
        say_json(told(solved))
    elif not quiet:
        console = terminal()
        piped(lambda: print_study(solved, console, out))
    ctx.exit(code(solved))
