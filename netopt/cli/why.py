"""``netopt why``: why a site is open in a plan, or is not."""

from __future__ import annotations

from pathlib import Path

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import piped, say_json
from netopt.errors import PlanError

__all__ = ["why"]


@click.command(cls=RichCommand)
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("site")
@click.option("--network", type=click.Path(path_type=Path), help="The network, where it is not at its old place.")
@click.option("--gap", type=options.FiniteRange(min=0), help="Of the other plan; that of PLAN without it.")
@click.option("--time-limit", type=options.FiniteRange(min=0, min_open=True), help="Stop after so many seconds.")
@click.option("--threads", type=click.IntRange(min=1), help="With 1, search and HiGHS take turns.")
@options.as_json
@options.debug
@click.pass_context
def why(
    ctx: click.Context,
    plan: Path,
    site: str,
    network: Path | None,
    gap: float | None,
    time_limit: float | None,
    threads: int | None,
    as_json: bool,
) -> None:
    """Say why SITE is open in the folder PLAN, or is not.

    Solves the network once more with SITE closed if it is open, and open if it is not: what that costs by bucket, what
    takes its place, and by how much its fixed cost would have to change for the choice to turn. The exit code is 0 when
    it is proved which choice is cheaper, 4 when the gap or a limit left it open.
    """
    from netopt.study.sites.why import why as explained

    try:
        worth = explained(plan, site, network=network, gap=gap, time_limit=time_limit, threads=threads)
    except PlanError as error:
        raise Failure(ExitCode.INPUT, str(error)) from error
    from netopt.report.console import terminal
    from netopt.report.studies.why import print_why, why_json

    if as_json:
        say_json(why_json(worth))
    else:
        console = terminal()
        piped(lambda: print_why(worth, console))
    proved = worth.decided or worth.forced.summary["status"] == "infeasible"
    ctx.exit(ExitCode.GOOD if proved else ExitCode.STOPPED)
