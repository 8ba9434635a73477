"""``netopt check``: the data and the structure of a network, without solving it."""

from __future__ import annotations

from pathlib import Path

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import ExitCode
from netopt.cli.out import piped, say_json

__all__ = ["check"]


@click.command(cls=RichCommand)
@options.network
@options.changed
@options.as_json
@options.debug
@click.pass_context
def check(ctx: click.Context, network: Path, edits: tuple[str, ...], as_json: bool) -> None:
    """Check the data and the structure of NETWORK without solving it.

    Every problem is said at once, with its row, its column and its fix. The exit code is 0 when the data can be used,
    2 when it cannot, 3 when it is sound but no plan can exist.
    """
    from netopt.network.structure import structural_reasons
    from netopt.report.checks import check_network

    found = options.read_changed(network, edits)
    checked = check_network(found)
    reasons = [reason.words for reason in structural_reasons(found)]
    if as_json:
        status = "infeasible" if reasons else "ok"
        say_json({"status": status, **checked.to_json(), "reasons": reasons, "input_sha256": found.tables.sha256})
    else:
        from netopt.report.check_page import print_check
        from netopt.report.console import terminal

        console = terminal()
        piped(lambda: print_check(checked, reasons, str(network), console))
    ctx.exit(ExitCode.IMPOSSIBLE if reasons else ExitCode.GOOD)
