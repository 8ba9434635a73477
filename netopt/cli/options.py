"""Options that several commands share."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import click

__all__ = ["FiniteRange", "as_json", "debug", "network"]


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
