"""The group of all commands, and what becomes of every error."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType
from typing import Any, NoReturn

import click
from rich_click import RichGroup

import netopt
from netopt.cli.alternatives import alternatives
from netopt.cli.baseline import baseline
from netopt.cli.check import check
from netopt.cli.compare import compare
from netopt.cli.completion import completion
from netopt.cli.exits import ExitCode, Failure, as_problems
from netopt.cli.explain import explain
from netopt.cli.export import export
from netopt.cli.greenfield import greenfield
from netopt.cli.hedge import hedge
from netopt.cli.options import debug
from netopt.cli.out import complain, say_json
from netopt.cli.sites import sites
from netopt.cli.solve import solve
from netopt.cli.stress import stress
from netopt.cli.study import study
from netopt.cli.template import template
from netopt.cli.tornado import tornado
from netopt.cli.ui import ui
from netopt.cli.verify import verify
from netopt.cli.why import why
from netopt.errors import InputError, NetoptError

__all__ = ["cli", "main"]

_MOST_PROBLEMS = 100
_REPORT = "This is a bug in netopt. Please report it with what --debug prints and, if you may share it, the network."


class NetoptGroup(RichGroup):
    """A group whose exit codes are those of the contract, whoever calls it."""

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> int:
        """Run a command and exit with the code that `netopt explain exit-codes` lists."""
        typed = list(sys.argv[1:] if args is None else args)
        code = ExitCode.GOOD
        try:
            answer = super().main(args, prog_name, complete_var, standalone_mode=False, **extra)
            code = ExitCode(answer) if isinstance(answer, int) else ExitCode.GOOD
        except Exception as error:  # noqa: BLE001 - every error has an exit code
            code = _explained(error, typed)
        if standalone_mode:
            sys.exit(int(code))
        return int(code)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order in which they are used."""
        return list(self.commands)


def _explained(error: Exception, typed: Sequence[str]) -> ExitCode:
    """Say what went wrong, as JSON where it was asked for, and return the exit code."""
    code, words = _judged(error)
    if "--debug" in typed or os.environ.get("NETOPT_DEBUG", "0") not in ("", "0"):
        traceback.print_exception(error, file=sys.stderr)
    if "--json" in typed:
        say_json({"status": "error", "exit_code": int(code), "problems": as_problems(error)})
    else:
        complain("\n".join(words))
    return code


def _judged(error: Exception) -> tuple[ExitCode, list[str]]:
    if isinstance(error, InputError):
        head, *lines = str(error).split("\n")
        return ExitCode.INPUT, [f"netopt: {head}", *_shortened(lines)]
    if isinstance(error, Failure):
        return error.code, [f"netopt: {error.words}", *_shortened(error.details)]
    if isinstance(error, click.exceptions.Abort):
        return ExitCode.STOPPED, ["netopt: stopped before it was done"]
    if isinstance(error, click.UsageError):
        path = error.ctx.command_path if error.ctx is not None else "netopt"
        return ExitCode.INPUT, [f"netopt: {error.format_message()}", f"Try `{path} --help`."]
    if isinstance(error, click.ClickException):
        return ExitCode.INPUT, [f"netopt: {error.format_message()}"]
    if isinstance(error, MemoryError):
        return ExitCode.BUG, ["netopt: there is not enough memory for this network"]
    if isinstance(error, NetoptError):
        return ExitCode.BUG, [f"netopt: {error}", _REPORT]
    return ExitCode.BUG, [f"netopt: {type(error).__name__}: {error}", _REPORT]


def _shortened(lines: Sequence[str]) -> list[str]:
    shown = [f"  {line}" for line in lines[:_MOST_PROBLEMS]]
    rest = len(lines) - len(shown)
    return [*shown, f"  and {rest:,} more; --json lists them all"] if rest else shown


@click.group(cls=NetoptGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(netopt.__version__, prog_name="netopt")
@debug
def cli() -> None:
    """Find the cheapest way to run a fulfillment network, and prove how close to cheapest it is.

    Start with `netopt template network.csv --filled`, then `netopt solve network.csv`.
    """


for _command in (
    solve, baseline, study, sites, greenfield, stress, tornado, alternatives, hedge,
    compare, why, ui, check, template, verify, explain, export, completion,
):  # fmt: skip
    cli.add_command(_command)


def main() -> NoReturn:
    """Run the command line; SIGTERM stops it as Ctrl-C does."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - it was closed
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):  # a terminal that cannot show a letter shows its code
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    cli.main(prog_name="netopt")
    sys.exit(0)
