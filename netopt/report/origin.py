"""Where a plan comes from: the input, the versions, and the command that makes it again."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from netopt.network.edits import as_words

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["command", "input_name", "origin"]


def origin(plan: Plan) -> dict[str, str]:
    """Return what a plan was made from and with, by what it is called."""
    summary = plan.summary()
    versions = summary.get("versions", {})
    return {
        "input": input_name(plan),
        "input SHA-256": str(summary["input_sha256"]),
        "made again by": command(plan),
        "checked again by": "netopt verify ." if plan.network.tables.path else "netopt verify . --network NETWORK",
        "versions": ", ".join(f"{name} {number}" for name, number in versions.items()),
    }


def input_name(plan: Plan) -> str:
    """Return the name of the input without its folders, which are nobody's business."""
    path = plan.network.tables.path
    return "tables in memory" if path is None else Path(path).resolve().name


def command(plan: Plan) -> str:
    """Return what makes the plan again: a shell command, or a script where constraints were added by one."""
    if plan.rooms or plan.amended:
        own = ", ".join(type(room).__name__ for room in plan.rooms)
        return f"the script that added {own or 'constraints of its own'}; the command line alone does not"
    facts = plan.facts
    options = {"gap": plan.asked_gap} | {
        name: facts[name] for name in ("seed", "time_limit", "threads") if facts.get(name) is not None
    }
    edits = [as_words(edit) for edit in plan.network.tables.edits]
    if plan.network.tables.path is None:
        changed = f".edit({', '.join(map(repr, edits))})" if edits else ""
        tables = f"netopt.read(tables){changed}" if edits else "tables"
        return f"netopt.solve({tables}, {', '.join(f'{name}={value!r}' for name, value in options.items())})"
    name = input_name(plan)
    words = ["netopt", "solve", f"./{name}" if name.startswith("-") else name]
    for edit in edits:
        words += ["--set", edit]
    for option, value in options.items():
        words += [f"--{option.replace('_', '-')}", repr(value)]
    return shlex.join(words)
