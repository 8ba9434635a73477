"""``netopt ui``: a network on a page of this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import complain, say

__all__ = ["ui"]


@click.command(cls=RichCommand)
@options.network
@options.changed
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="Of the page; 0 takes a free one."
)
@click.option("--no-browser", is_flag=True, help="Print the address and do not open it.")
@click.option(
    "--gap", type=options.FiniteRange(min=0), default=1e-4, show_default=True,
    help="Stop when a plan is proved to be within this share of the cheapest one; the page can change it.",
)  # fmt: skip
@click.option("--time-limit", type=options.FiniteRange(min=0, min_open=True), help="Stop after so many seconds.")
@click.option(
    "-o", "--out", type=click.Path(path_type=Path, file_okay=False),
    help="Folder that exports are written to. Without it the browser downloads them.",
)  # fmt: skip
@options.debug
def ui(
    network: Path, edits: tuple[str, ...], port: int, no_browser: bool, gap: float, time_limit: float | None,
    out: Path | None,
) -> None:  # fmt: skip
    """Edit NETWORK on a page of this machine, switch sites on its map, solve it, and compare plans.

    The page answers this machine alone, at an address with a token. NETWORK itself stays as it is: "Save as" on the
    page writes the tables elsewhere. Ctrl-C ends a search with the best plan so far, and then the page.
    """
    if find_spec("nicegui") is None:
        raise Failure(ExitCode.INPUT, "the page needs NiceGUI; install it with: python -m pip install 'netopt[ui]'")
    found = options.read_changed(network, edits)
    from netopt.ui.server import serve
    from netopt.ui.state import Workspace

    workspace = Workspace(found, network.resolve().name, gap=gap, time_limit=time_limit, folder=out)
    try:
        serve(workspace, say, port=port, browser=not no_browser)
    except OSError as error:
        reason = error.strerror or error
        raise Failure(
            ExitCode.INPUT, f"the page cannot listen on port {port} ({reason}); give another --port"
        ) from error
    if workspace.draft.unsaved:
        complain("netopt ui: changes that were not saved are gone.")
