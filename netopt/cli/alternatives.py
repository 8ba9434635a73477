"""``netopt alternatives``: the sets of open sites that cost hardly more than the best one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import ExitCode
from netopt.cli.out import complain, piped, say_json
from netopt.cli.studies import check_study_folder, kept_in, solving, written

if TYPE_CHECKING:
    from netopt.study.cluster.connection import Cluster
    from netopt.study.outcome import Outcome

__all__ = ["alternatives"]

_TYPES = ("supplier", "plant", "dc", "sort_center", "fc")


class Share(options.FiniteRange):
    """A share: 0.01, or 1%."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number, or fail with words for the user."""
        if not isinstance(value, str) or not value.strip().endswith("%"):
            return super().convert(value, param, ctx)
        return super().convert(value.strip()[:-1], param, ctx) / 100


@click.command(cls=RichCommand)
@options.network
@options.changed
@click.option(
    "--within", type=Share(min=0), default="1%", show_default=True,
    help="Share that a set may cost more than the best plan, such as 0.5% or 0.005.",
)  # fmt: skip
@click.option("--count", type=click.IntRange(min=1), help="Only the best so many.")
@click.option(
    "--different",
    type=click.IntRange(min=2),
    help="List so many that differ most from one another, of all that are found.",
)
@click.option(
    "--type", "kind", type=click.Choice(_TYPES), help="Sets of sites of this type; the others are as is best."
)
@click.option(
    "--max-solves", type=click.IntRange(min=1), default=300, show_default=True,
    help="Stop after so many parts of the search, and say what is proved by then.",
)  # fmt: skip
@click.option(
    "--total-time", type=options.FiniteRange(min=0, min_open=True), help="Begin no further part after so many seconds."
)
@click.option("--title", default="", help="The question that is answered, for the page.")
@solving
@click.pass_context
def alternatives(
    ctx: click.Context,
    network: Path,
    edits: tuple[str, ...],
    within: float,
    count: int | None,
    different: int | None,
    kind: str | None,
    max_solves: int,
    total_time: float | None,
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
    """Find the sets of open sites whose plans cost hardly more than the best one of NETWORK, and prove that it is all.

    All of them, the best ones or those that differ most; which sites are in every set, in none, or stand in for one
    another. Sites that status decides are not asked about; --set decides more of them. Stopped and started again, it
    goes on where it was. The exit code is 0 when nothing was left open, 3 when the network itself has no plan, 4 when a
    limit, the gap or Ctrl-C left something open.
    """
    from netopt.report import PAGES
    from netopt.report.console import terminal
    from netopt.report.studies.alternatives_page import alternatives_json, print_alternatives, write_alternatives
    from netopt.study.sites.alternatives import alternatives as enumerate_sets

    if count is not None and different is not None:
        raise click.UsageError("--count and --different are both given; write one of the two")
    check_study_folder(out)
    found = options.read_changed(network, edits)
    heard = None if quiet or as_json else _say
    with kept_in(out):
        sets = enumerate_sets(
            found, within=within, count=count, different=different, kind=kind or "", most=max_solves,
            seconds=total_time, gap=gap, time_limit=time_limit, threads=threads, seed=seed, workers=workers,
            cluster=cluster, out=out, heard=heard, pages=PAGES,
        )  # fmt: skip
    written(sets.study, lambda: write_alternatives(sets, out, title), out)
    if as_json:
        say_json(alternatives_json(sets))
    elif not quiet:
        console = terminal()
        piped(lambda: print_alternatives(sets, console, out))
    ctx.exit(_code(sets.search is not None, sets.finished, str(sets.base.summary["status"])))


def _say(outcome: Outcome, number: int, _total: int) -> None:
    """Say on standard error that one more plan is there, or that none is asked for; nobody knows how many will be."""
    cutoff = outcome.summary.get("cutoff")
    if cutoff is not None and cutoff < outcome.bound < float("inf"):
        cost = f"above {cutoff:,.0f}"
    else:
        cost = f"{outcome.cost:,.0f}" if outcome.found else str(outcome.summary["status"])
    complain(f"netopt: {number} solved: {outcome.name} {cost}")


def _code(found: bool, finished: bool, status: str) -> ExitCode:
    if not found:
        return ExitCode.IMPOSSIBLE if status in ("infeasible", "unbounded") else ExitCode.STOPPED
    return ExitCode.GOOD if finished else ExitCode.STOPPED
