"""What is said where: answers on standard output, everything else on standard error."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable
from typing import Any

import click

from netopt.cli.exits import ExitCode, Failure
from netopt.report.words import safe

__all__ = ["complain", "piped", "say", "say_exactly", "say_json"]


def piped(write: Callable[[], None]) -> None:
    """Write to standard output; a reader that has gone (``| head``) ends the writing, not the command.

    Raises
    ------
    Failure
        When standard output cannot be written for another reason, such as a full disk.
    """
    try:
        write()
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter stumbles over it at its end
        if not isinstance(error, BrokenPipeError):
            raise Failure(ExitCode.INPUT, f"standard output cannot be written: {error.strerror or error}") from error


def say(words: str) -> None:
    """Print words on standard output, every line printable."""
    piped(lambda: click.echo("\n".join(safe(line) for line in words.split("\n"))))


def say_exactly(text: str) -> None:
    """Print text on standard output as it is, for other programs to read."""
    piped(lambda: click.echo(text))


def say_json(value: Any) -> None:
    """Print one JSON object, alone, on standard output."""
    say_exactly(json.dumps(value, indent=2, allow_nan=False, default=str))


def complain(words: str) -> None:
    """Print words on standard error, every line printable."""
    with contextlib.suppress(OSError):  # nobody is listening
        click.echo("\n".join(safe(line) for line in words.split("\n")), err=True)
