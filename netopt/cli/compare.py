"""``netopt compare``: plans that are there already, side by side."""

from __future__ import annotations

from pathlib import Path

import click
from rich_click import RichCommand

import netopt
from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import piped, say_json
from netopt.errors import PlanError

__all__ = ["compare"]


@click.command(cls=RichCommand)
@click.argument("plans", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--network", type=click.Path(path_type=Path), help="The input of all plans, where it is not at its old place."
)
@click.option("--out", "-o", type=click.Path(path_type=Path), help="A folder for a page and a CSV of each table.")
@click.option("--title", default="", help="Of the page.")
@options.as_json
@options.debug
@click.pass_context
def compare(
    ctx: click.Context, plans: tuple[Path, ...], network: Path | None, out: Path | None, title: str, as_json: bool
) -> None:
    """Put the folders PLANS side by side, each beside the first.

    What changes by bucket and why (price, volume, rerouting), the sites that open and close, the customers served from
    elsewhere, service and emissions. Nothing is solved; every plan is audited against its input first. The exit code is
    1 when a plan does not pass.
    """
    try:
        study = netopt.compare(plans, network=network)
    except PlanError as error:
        raise Failure(ExitCode.INPUT, str(error)) from error
    from netopt.report.console import terminal
    from netopt.report.studies.compare import compare_json, print_comparison

    if out is not None:
        from netopt.report.studies.compare_page import write_comparison

        try:
            write_comparison(study, out, title)
        except FileExistsError as error:
            raise Failure(ExitCode.INPUT, str(error)) from error
        except OSError as error:
            raise Failure(ExitCode.INPUT, f"{out} cannot be written: {error.strerror or error}") from error
    if as_json:
        say_json(compare_json(study))
    else:
        console = terminal()
        piped(lambda: print_comparison(study, console, out))
    ctx.exit(ExitCode.GOOD if study.audit().empty else ExitCode.BUG)
