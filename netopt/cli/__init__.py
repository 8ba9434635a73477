"""The command `netopt`, which composes the rest of the house and adds nothing to it."""

from netopt.cli.app import main

__all__ = ["main"]
