"""Where a plan is written, and what is never overwritten."""

from __future__ import annotations

import json
import os
from pathlib import Path

from netopt.cli.exits import ExitCode, Failure

__all__ = ["check_folder", "make_room", "plan_folder"]


def plan_folder(network: Path, *, force: bool) -> Path:
    """Return the folder in the current directory that a network's plan goes to unless told otherwise.

    Files called ``network.csv`` are common: a folder with the plan of another network, or with anything else, is left
    alone and the next number is taken, unless `force` asks for the first.
    """
    full = network.resolve()
    first = Path(f"{full.stem if full.suffix and not full.is_dir() else full.name or 'network'}-plan")
    numbered = (first if number == 1 else Path(f"{first}-{number}") for number in range(1, 10_000))
    return first if force else next(folder for folder in numbered if _free(folder, full))


def check_folder(folder: Path, network: Path, *, force: bool) -> None:
    """Refuse, before anything is solved, a folder that a plan may not take the place of.

    Parameters
    ----------
    folder : Path
        Where the plan is to go.
    network : Path
        The input.
    force : bool
        Whether a folder that is not a plan may be moved aside.

    Raises
    ------
    Failure
        When the folder is a file, holds the input or the current directory, is not a plan and `force` is not given, or
        cannot be written to.
    """
    full = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise Failure(ExitCode.INPUT, f"{folder} is a file; name a folder with --out")
    if full in (network.resolve(), *network.resolve().parents) or full in (Path.cwd(), *Path.cwd().parents):
        raise Failure(ExitCode.INPUT, f"{folder} holds the network or the current directory; name another folder")
    if _taken(folder) and not force:
        fix = "name another folder with --out, or move it aside with --force"
        raise Failure(ExitCode.INPUT, f"{folder} exists and is not a plan of netopt; {fix}")
    above = next(parent for parent in full.parents if parent.exists())
    if not (above.is_dir() and os.access(above, os.W_OK)):
        raise Failure(ExitCode.INPUT, f"{folder} cannot be written: {above} is read-only or not a folder")


def _free(folder: Path, network: Path) -> bool:
    """Return whether a folder is not there, is empty, or holds a plan of the same network."""
    if not folder.exists():
        return True
    if not folder.is_dir() or _taken(folder):
        return False
    try:
        earlier = json.loads((folder / "summary.json").read_text(encoding="utf-8"))["input"]
    except FileNotFoundError:
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return isinstance(earlier, str) and (folder / earlier).resolve() == network


def make_room(folder: Path) -> Path | None:
    """Move a folder that is not a plan aside, and return where it went; nothing is ever deleted."""
    if not _taken(folder):
        return None
    aside = next(
        free for number in range(1, 10_000) if not (free := folder.with_name(f"{folder.name}.old{number}")).exists()
    )
    folder.rename(aside)
    return aside


def _taken(folder: Path) -> bool:
    """Return whether there is a folder with something in it that is not a plan."""
    if not folder.is_dir() or not any(folder.iterdir()):
        return False
    return not ((folder / "summary.json").is_file() and (folder / "proof.json").is_file())
