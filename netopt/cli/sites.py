"""``netopt sites``: what every site is worth."""

from __future__ import annotations

import re
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

__all__ = ["sites"]

_CURVE = re.compile(r"([a-z_]+)(?::(\d+)-(\d+))?")
_TYPES = ("supplier", "plant", "dc", "sort_center", "fc")


@click.command(cls=RichCommand)
@options.network
@options.changed
@click.option("--site", "names", multiple=True, help="Only these; without it all that may be open or not.")
@click.option(
    "--alone", is_flag=True, help="Also try each site as the only change to today's sites: opened, or closed."
)
@click.option("--curve", metavar="TYPE[:FROM-TO]", help="Also the cost by the number of sites, such as fc or fc:4-9.")
@click.option(
    "--break-even-capacity", is_flag=True,
    help="Also find from which capacity each site is worth opening, by up to eight more plans for each.",
)  # fmt: skip
@against_today
@solving
@click.pass_context
def sites(
    ctx: click.Context,
    network: Path,
    edits: tuple[str, ...],
    out: Path,
    names: tuple[str, ...],
    alone: bool,
    curve: str | None,
    break_even_capacity: bool,
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
    """Say what every site of NETWORK is worth: the plan beside the best one without it, or with it.

    For each site: what that costs and how sure it is, by how much its fixed cost would have to change for the choice to
    turn, whom it serves, and what takes its place. What is paid once is appraised over --years: NPV, payback and IRR.
    With --baseline, today's sites are those that are open as the network is run. The exit code is 0 when every plan is
    within the gap or proved not to exist, 4 when a limit or Ctrl-C came first.
    """
    from netopt.report import PAGES
    from netopt.report.console import terminal
    from netopt.report.studies.site_values import print_site_values, site_values_json, write_site_values

    counted, counts = _curve(curve)
    check_study_folder(out)
    found = options.read_changed(network, edits)
    run = today(found, baseline, baseline_stocks, baseline_sites)
    with kept_in(out):
        values = netopt.value_sites(
            found, names=names, alone=alone, counted=counted, counts=counts,
            break_even_capacity=break_even_capacity, baseline=run, years=years, discount_rate=discount_rate, gap=gap,
            time_limit=time_limit, threads=threads, workers=workers, cluster=cluster, seed=seed, out=out, pages=PAGES,
            heard=None if quiet or as_json else say_outcome,
        )  # fmt: skip
    written(values, lambda: write_site_values(values, out), out)
    if as_json:
        say_json(site_values_json(values))
    elif not quiet:
        console = terminal()
        piped(lambda: print_site_values(values, console, out))
    ctx.exit(code(values.study))


def _curve(said: str | None) -> tuple[str, list[int]]:
    """Return the type of site whose number is varied, and the numbers; none for all."""
    if said is None:
        return "", []
    found = _CURVE.fullmatch(said)
    if found is None or found[1] not in _TYPES:
        raise click.UsageError(f"--curve is {said}; write a type ({', '.join(_TYPES)}), or fc:4-9")
    least, most = found[2], found[3]
    return found[1], [] if least is None else list(range(int(least), int(most) + 1))
