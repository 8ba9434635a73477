"""What is said where: answers on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click

from netopt.report.words import safe

__all__ = ["complain", "piped", "say", "say_json"]


def piped(write: Callable[[], None]) -> None:
    """Write to standard output; a reader that has gone (``| head``) ends the writing, not the command."""
    try:
        write()
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(words: str) -> None:
    """Print words on standard output."""
    piped(lambda: click.echo(words))


def say_json(value: Any) -> None:
    """Print one JSON object, alone, on standard output."""
    say(json.dumps(value, indent=2, allow_nan=False, default=str))


def complain(words: str) -> None:
    """Print words on standard error, every line printable."""
    with contextlib.suppress(OSError):  # nobody is listening
        click.echo("\n".join(safe(line) for line in words.split("\n")), err=True)
