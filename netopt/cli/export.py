"""``netopt export``: the network or its program for other tools."""

from __future__ import annotations

from pathlib import Path

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import say
from netopt.errors import PlanError

__all__ = ["export"]

_FORMATS = ("lp", "mps", "graphml", "json", "geojson")


@click.command(cls=RichCommand)
@options.network
@options.changed
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--format", "kind", type=click.Choice(_FORMATS), help="What to write; the ending of FILE without it.")
@click.option(
    "--plan",
    type=click.Path(path_type=Path),
    help="A plan's folder: GeoJSON then shows its sites and flows, and a graph how much goes over each lane.",
)
@click.option("--force", is_flag=True, help="Overwrite FILE.")
@options.debug
def export(network: Path, edits: tuple[str, ...], file: Path, kind: str | None, plan: Path | None, force: bool) -> None:
    """Write NETWORK to FILE for another tool.

    lp and mps hold the mixed-integer program, with names that every solver takes and a FILE.names.csv that says what
    they mean; graphml and json (networkx node-link) hold the graph; geojson holds sites as points and lanes as lines.
    A network of more than a million lanes is written with those of the plan only, or with places alone.
    """
    chosen = kind or file.suffix.casefold().removeprefix(".")
    if chosen not in _FORMATS:
        raise click.UsageError(f"the ending of {file} names no format; use one of {', '.join(_FORMATS)} with --format")
    if plan is not None and chosen in ("lp", "mps"):
        raise click.UsageError("--plan goes with graphml, json and geojson only")
    if file.exists() and not force:
        raise Failure(ExitCode.INPUT, f"{file} exists; name another file, or overwrite it with --force")
    from netopt.network.graph import too_many
    from netopt.report.export import write_export

    found = options.read_changed(network, edits)
    try:
        written = write_export(found, file, chosen, plan)
    except PlanError as error:
        raise Failure(ExitCode.INPUT, str(error)) from error
    except OSError as error:
        raise Failure(ExitCode.INPUT, f"{file} cannot be written: {error.strerror or error}") from error
    say(f"Wrote {' and '.join(map(str, written))}.")
    if too_many(found) and plan is None and chosen not in ("lp", "mps"):
        many = f"{len(found.lanes):,} lanes are too many"
        say(f"It has places alone, as {many}; with --plan it has the lanes that a plan uses.")
