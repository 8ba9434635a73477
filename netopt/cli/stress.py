"""``netopt stress``: every site and the busiest lanes out, one at a time."""

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

__all__ = ["stress"]


@click.command(cls=RichCommand)
@options.network
@options.changed
@click.option(
    "--lanes", type=click.IntRange(min=0), default=10, show_default=True,
    help="Take out so many lanes, those with the most units in the base first.",
)  # fmt: skip
@click.option(
    "--unmet-cost", type=options.FiniteRange(min=0, min_open=True),
    help="Price of a unit of demand that must be met and cannot be; 10 times the base's cost per unit without it.",
)  # fmt: skip
@click.option("--title", default="", help="The question that is answered, for the page.")
@solving
@click.pass_context
def stress(
    ctx: click.Context,
    network: Path,
    edits: tuple[str, ...],
    lanes: int,
    unmet_cost: float | None,
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
    """Take every open site and the busiest lanes of NETWORK out, one at a time.

    For each: what the network then costs, which demand goes unmet, which site would be opened, and how it goes with
    today's sites only. Stopped and started again, it goes on where it was. The exit code is 0 when every outage is
    solved or proved to have no plan, 3 when the network itself has none, 4 when a limit or Ctrl-C came first.
    """
    from netopt.report import PAGES
    from netopt.report.console import terminal
    from netopt.report.studies.stress_console import print_stress
    from netopt.report.studies.stress_page import stress_json, write_stress
    from netopt.study.risk.stress import stress as stress_network

    check_study_folder(out)
    found = options.read_changed(network, edits)
    heard = None if quiet or as_json else say_outcome
    with kept_in(out):
        solved = stress_network(
            found, lanes=lanes, unmet_cost=unmet_cost, gap=gap, time_limit=time_limit, threads=threads, seed=seed,
            workers=workers, cluster=cluster, out=out, heard=heard, pages=PAGES,
        )  # fmt: skip
    written(solved.study, lambda: write_stress(solved, out, title), out)
    if as_json:
        say_json(stress_json(solved))
    elif not quiet:
        console = terminal()
        piped(lambda: print_stress(solved, console, out))
    ctx.exit(code(solved.study))
