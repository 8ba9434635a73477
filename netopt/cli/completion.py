"""``netopt completion``: the script that lets a shell complete commands and options."""

from __future__ import annotations

import os
from pathlib import Path

import click
from click.shell_completion import get_completion_class
from rich_click import RichCommand

from netopt.cli import options
from netopt.cli.out import say_exactly

__all__ = ["completion"]

_SHELLS = ("bash", "zsh", "fish")


@click.command(cls=RichCommand)
@click.argument("shell", type=click.Choice(_SHELLS), required=False)
@options.debug
@click.pass_context
def completion(ctx: click.Context, shell: str | None) -> None:
    """Print the completion script for SHELL (bash, zsh or fish).

    Without SHELL, the one that runs now. Add it for good with
    `netopt completion bash >> ~/.bashrc` (zsh: ~/.zshrc, fish: ~/.config/fish/completions/netopt.fish).
    """
    chosen = shell or Path(os.environ.get("SHELL", "")).name
    found = get_completion_class(chosen) if chosen in _SHELLS else None
    if found is None:
        raise click.UsageError(f"name the shell: {', '.join(_SHELLS)}", ctx)
    root = ctx.find_root()
    say_exactly(found(root.command, {}, "netopt", "_NETOPT_COMPLETE").source())
