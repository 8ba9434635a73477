"""Plans that are there already, side by side: each beside the first one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netopt.errors import PlanError
from netopt.plan.plan import Plan
from netopt.study.scenario import BASE, Scenario
from netopt.study.sites.why import outcome_of, read_outcome
from netopt.study.study import Study

if TYPE_CHECKING:
    from netopt.network import Network
    from netopt.study.outcome import Outcome

__all__ = ["compare"]

_LEAST = 2

Kept = str | PathLike[str] | Plan


def compare(plans: Iterable[Kept] | Mapping[str, Kept], *, network: str | Path | Network | None = None) -> Study:
    """Put plans side by side, each beside the first one.

    Parameters
    ----------
    plans : iterable or mapping of path or Plan
        Two or more plans, or the folders that they were written to; a mapping gives them names, otherwise a folder's
        name is the plan's. They may be of different networks.
    network : path or Network, optional
        For folders: the input of all of them, where it is not at its old place.

    Returns
    -------
    Study
        Its outcomes are the plans, in their order; ``.compare(one, other)`` says what changes and why.

    Raises
    ------
    PlanError
        When there are fewer than two, a folder is not a plan, its input has changed or is gone, or plans are in
        different currencies.
    """
    named = dict(plans) if isinstance(plans, Mapping) else _named(list(plans))
    if len(named) < _LEAST:
        raise PlanError("one plan has nothing to be compared with; name two or more")
    outcomes = tuple(_outcome(name, plan, network) for name, plan in named.items())
    currencies = {str(each.summary.get("currency") or "") for each in outcomes}
    if len(currencies) > 1:
        said = " and ".join(sorted(word or "no currency" for word in currencies))
        raise PlanError(f"the plans are in {said}; only plans in one currency can be compared")
    cases = tuple(each.scenario for each in outcomes)
    return Study(outcomes, (Scenario(BASE),), cases)


def _outcome(name: str, plan: Kept, network: str | Path | Network | None) -> Outcome:
    found = outcome_of(plan) if isinstance(plan, Plan) else read_outcome(Path(plan), network)
    return replace(found, scenario=Scenario(name, description=_edits(found.summary)))


def _edits(summary: Mapping[str, Any]) -> str:
    """Return what was changed in the tables before the plan was made, in a few words."""
    count = len(summary.get("edits") or ())
    source = summary.get("input")
    place = Path(str(source)).name if source else "tables in memory"
    return f"{place}, {count} changed with --set" if count else place


def _named(plans: list[Kept]) -> dict[str, Kept]:
    """Return plans by the shortest ends of their folders' paths that tell them apart."""
    parts = [_parts(plan, number) for number, plan in enumerate(plans, 1)]
    names = [
        next(
            (end for end in _ends(own) if sum(end in _ends(other) for other in parts) == 1),
            f"{'/'.join(own)} ({number})",
        )
        for number, own in enumerate(parts, 1)
    ]
    return dict(zip(names, plans, strict=True))


def _parts(plan: Kept, number: int) -> tuple[str, ...]:
    return (f"plan {number}",) if isinstance(plan, Plan) else Path(plan).resolve().parts[1:]


def _ends(parts: tuple[str, ...]) -> list[str]:
    """Return the last folder, the last two, and so on."""
    return ["/".join(parts[-count:]) for count in range(1, len(parts) + 1)]
