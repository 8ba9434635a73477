"""``netopt greenfield``: new sites from nowhere, and the rows to solve with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich_click import RichCommand

import netopt
from netopt.cli import options
from netopt.cli.exits import ExitCode
from netopt.cli.out import piped, say_json
from netopt.cli.studies import check_study_folder, code, kept_in, say_outcome, solving, written

if TYPE_CHECKING:
    from netopt.study.cluster.connection import Cluster

__all__ = ["greenfield"]


@click.command(cls=RichCommand)
@options.network
@options.changed
@click.option("--count", type=click.IntRange(min=1, max=100), default=1, show_default=True, help="How many new sites.")
@click.option(
    "--type",
    "kind",
    type=click.Choice(["fc", "dc", "sort_center"]),
    default="fc",
    show_default=True,
    help="Their type.",
)
@click.option(
    "--keep/--fresh",
    default=True,
    show_default=True,
    help="Whether today's sites of the type stay and take part, or are ignored.",
)
@click.option(
    "--snap/--no-snap",
    default=True,
    show_default=True,
    help="Whether each is moved to the nearest real place (needs the extra places).",
)
@click.option(
    "--min-population", type=click.IntRange(min=0), default=50_000, show_default=True, help="Of a real place, people."
)
@click.option(
    "--country", "countries", multiple=True, help="Where real places are; the customers' countries without it."
)
@click.option("--like", metavar="SITE", help="Costs and capacities are those of this site; else medians of the type.")
@click.option("--starts", type=click.IntRange(min=1), default=50, show_default=True, help="How often to begin anew.")
@click.option("--solve", is_flag=True, help="Also solve the network with the new sites and without.")
@click.option("--title", default="", help="The question that is answered, for the page.")
@solving
@click.pass_context
def greenfield(
    ctx: click.Context,
    network: Path,
    edits: tuple[str, ...],
    count: int,
    kind: str,
    keep: bool,
    snap: bool,
    min_population: int,
    countries: tuple[str, ...],
    like: str | None,
    starts: int,
    solve: bool,
    title: str,
    out: Path,
    gap: float,
    time_limit: float | None,
    threads: int | None,
    workers: int | None,
    cluster: Cluster | None,
    seed: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Propose new sites for NETWORK where what distance costs is least, at real places, as rows to solve with.

    Customers draw by what they want and what a unit costs per distance, and so do the sites that goods come from. The
    rows are in candidates.csv, and the network with them in network.csv. With --solve it is said whether they are worth
    opening. The exit code is 0, or that of solving: 3 when there is no plan with them, 4 when a limit or Ctrl-C came
    first.
    """
    from netopt.report.console import terminal
    from netopt.report.studies.greenfield_page import SAID, greenfield_json, print_greenfield, write_greenfield

    check_study_folder(out, or_holds=SAID)
    changed = options.read_changed(network, edits)
    with kept_in(out):
        found = netopt.greenfield(
            changed, count=count, kind=kind, fresh=not keep, snap=snap, population=min_population, countries=countries,
            like=like, starts=starts, solve=solve, seed=seed, out=out, heard=None if quiet or as_json else say_outcome,
            gap=gap, time_limit=time_limit, threads=threads, workers=workers, cluster=cluster,
        )  # fmt: skip
    written(found.study, lambda: write_greenfield(found, out, title), out)
    if as_json:
        say_json(greenfield_json(found))
    elif not quiet:
        console = terminal()
        piped(lambda: print_greenfield(found, console, out))
    ctx.exit(ExitCode.GOOD if found.study is None else code(found.study))
