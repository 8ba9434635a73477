"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["as_json", "debug", "network"]

network = click.argument("network", type=click.Path(path_type=Path))

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON alone on standard output.")

debug = click.option(
    "--debug", is_flag=True, expose_value=False, help="Show where in netopt an error arose (also NETOPT_DEBUG=1)."
)
