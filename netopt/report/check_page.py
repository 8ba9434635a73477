"""The result of a check on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console, RenderableType
from rich.text import Text

from netopt.report.checks import Checked
from netopt.report.console import TextTable, bullets, heading, indented, show
from netopt.report.words import count, safe

__all__ = ["print_check"]


def print_check(checked: Checked, reasons: Sequence[str], network: str, console: Console) -> None:
    """Print counts, warnings and the reasons why there can be no plan.

    Parameters
    ----------
    checked : Checked
        Counts and warnings.
    reasons : sequence of str
        Why no plan can exist, empty when nothing says so.
    network : str
        Path of the input, for what to do next.
    console : Console
        Where to print.
    """
    show(console, _blocks(checked, reasons, network))


def _blocks(checked: Checked, reasons: Sequence[str], network: str) -> Iterator[RenderableType]:
    rows = [[name, f"{number:,}"] for name, number in checked.rows.items()]
    sizes = [[name, f"{number:,}"] for name, number in checked.network.items()]
    for title, cells in (("Rows read", rows), ("Network", sizes)):
        yield heading(title)
        yield indented(TextTable({"what": "name", "number": "number"}, cells, titles=False))
        yield ""
    if checked.warnings:
        yield heading("Worth a look")
        yield bullets(checked.warnings)
        yield ""
    if reasons:
        yield Text("No plan can exist:", style="bold red")
        yield bullets(reasons)
    else:
        seen = count(len(checked.warnings), "thing") + " worth a look" if checked.warnings else "nothing odd"
        yield Text(f"The data can be used, {seen}.", style="bold green")
        yield f"Next: netopt solve {safe(network)}"
