"""``netopt verify``: check a plan again from its files."""

from __future__ import annotations

from pathlib import Path

import click
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.exits import ExitCode, Failure
from netopt.cli.out import complain, say, say_json
from netopt.errors import PlanError

__all__ = ["verify"]


@click.command(cls=RichCommand)
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--network", type=click.Path(path_type=Path), help="The network, where it is not at its old place.")
@options.as_json
@options.debug
@click.pass_context
def verify(ctx: click.Context, plan: Path, network: Path | None, as_json: bool) -> None:
    """Check the folder PLAN again: files unaltered, every rule kept, every cost and the proved bound recomputed.

    PLAN may be the folder of a study: then all its plans are checked, and its tables made again from them. Uses the
    files and the network's tables alone, no solver; the proved bound is recomputed in exact arithmetic. The exit code
    is 0 when all is well and 2 when the plan does not stand up or cannot be read.
    """
    from netopt.plan.verify import verify as problems_of
    from netopt.study.verify import is_study, verify_study

    try:
        problems = verify_study(plan, network) if is_study(plan) else problems_of(plan, network)
    except PlanError as error:
        raise Failure(ExitCode.INPUT, str(error)) from error
    if as_json:
        say_json({"status": "bad" if problems else "good", "plan": str(plan), "problems": problems})
    elif problems:
        complain("\n".join([f"netopt: {plan} does not stand up", *(f"  {problem}" for problem in problems)]))
    else:
        say(f"{plan} stands up: its files are as written, every rule is kept and every cost adds up.")
    ctx.exit(ExitCode.INPUT if problems else ExitCode.GOOD)
