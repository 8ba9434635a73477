"""``netopt tornado``: what the cost is sensitive to, and where the open sites change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.out import piped, say_json
from netopt.cli.studies import check_study_folder, code, kept_in, say_outcome, solving, written

if TYPE_CHECKING:
    from netopt.study.cluster.connection import Cluster

__all__ = ["tornado"]


@click.command(cls=RichCommand)
@options.network
@options.changed
@click.option(
    "--by", type=options.FiniteRange(min=0, max=1, min_open=True, max_open=True), default=0.1, show_default=True,
    help="Share by which each input is scaled down and up.",
)  # fmt: skip
@click.option(
    "--steps", type=click.IntRange(min=1, max=30), default=4, show_default=True,
    help="Halve so often the interval in which the open sites change.",
)  # fmt: skip
@click.option("--no-thresholds", is_flag=True, help="Solve the two ends of each input only.")
@click.option("--title", default="", help="The question that is answered, for the page.")
@solving
@click.pass_context
def tornado(
    ctx: click.Context,
    network: Path,
    edits: tuple[str, ...],
    by: float,
    steps: int,
    no_thresholds: bool,
    out: Path,
    title: str,
    as_json: bool,
    gap: float,
    time_limit: float | None,
    threads: int | None,
    workers: int | None,
    cluster: Cluster | None,
    seed: int,
    quiet: bool,
) -> None:
    """Scale each input of NETWORK down and up: what the cost is sensitive to, and where the open sites change.

    Inputs are demand (all, by product, by region), transport by mode, handling, storage, fixed cost, buying and
    capacity, as far as they are in the data. Stopped and started again, it goes on where it was. The exit code is 0
    when every end is solved or proved to have no plan, 3 when the network itself has none, 4 when a limit or Ctrl-C
    came first.
    """
    from netopt.report import PAGES
    from netopt.report.console import terminal
    from netopt.report.studies.tornado_page import print_tornado, tornado_json, write_tornado
    from netopt.study.risk.tornado import tornado as scale_inputs

    check_study_folder(out)
    found = options.read_changed(network, edits)
    heard = None if quiet or as_json else say_outcome
    with kept_in(out):
        solved = scale_inputs(
            found, by=by, steps=0 if no_thresholds else steps, gap=gap, time_limit=time_limit, threads=threads,
            seed=seed, workers=workers, cluster=cluster, out=out, heard=heard, pages=PAGES,
        )  # fmt: skip
    written(solved.study, lambda: write_tornado(solved, out, title), out)
    if as_json:
        say_json(tornado_json(solved))
    elif not quiet:
        console = terminal()
        piped(lambda: print_tornado(solved, console, out))
    ctx.exit(code(solved.study))
