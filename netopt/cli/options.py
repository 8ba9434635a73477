"""Options that several commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from netopt.network import Network

__all__ = ["FiniteRange", "as_json", "changed", "debug", "network", "read_changed"]


class FiniteRange(click.FloatRange):
    """A number within a range, and not NaN or infinite."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the number, or fail with words for the user."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value} is not a finite number", param, ctx)
        return number


network = click.argument("network", type=click.Path(path_type=Path))

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON alone on standard output.")

debug = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show where in netopt an error arose (also NETOPT_DEBUG=1)."
)

changed = click.option(
    "--set", "edits", multiple=True, metavar="TABLE.NAME.COLUMN=VALUE",
    help="Change the network first, as often as wanted: facilities.Reno.capacity=900, "
    "demand[customer.region=West].quantity*=1.2 (also += and -=).",
)  # fmt: skip


def read_changed(network: Path, edits: tuple[str, ...]) -> Network:
    """Return a network with what ``--set`` changes."""
    from netopt.network import read
    from netopt.network.edits import as_edit

    found = read(network)
    return found.edit(*(as_edit(words, "--set") for words in edits)) if edits else found
