"""Groups: a name that stands wherever a member's may, all members of one kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netopt.read.names import Group, Known
from netopt.read.problems import Findings, fold, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netopt.read.sheet import Sheet

__all__ = ["learn_groups"]


def learn_groups(sheets: Mapping[str, Sheet], known: Known, findings: Findings) -> None:
    """Check the groups table and add its groups to the known names."""
    if "groups" not in sheets:
        return
    sheet = sheets["groups"]
    names = sheet.text("name").to_numpy(dtype=object)
    members = sheet.text("member").to_numpy(dtype=object)
    usable = np.flatnonzero(sheet.filled("name") & sheet.filled("member"))
    at: dict[str, list[int]] = {}
    for i in usable:
        at.setdefault(fold(names[i]), []).append(int(i))
    for folded, positions in at.items():
        kind = _kind(sheet, names[positions[0]], positions, members, set(at), known, findings)
        if kind is not None:
            spelling = known.spelling[kind]
            listed = tuple(spelling[fold(members[i])] for i in positions)
            known.groups[folded] = Group(names[positions[0]], kind, listed)
    first = {folded: names[positions[0]] for folded, positions in at.items()}
    sheet.respell("name", lambda name: first.get(fold(name)))
    member_spelling = {fold(m): m for group in known.groups.values() for m in group.members}
    sheet.respell("member", lambda name: member_spelling.get(fold(name)))


def _kind(
    sheet: Sheet,
    group: str,
    positions: list[int],
    members: np.ndarray[tuple[int], np.dtype[np.object_]],
    groups: set[str],
    known: Known,
    findings: Findings,
) -> str | None:
    """Return the kind of a group's members; None, with the reason noted, where they have none in common."""
    rows = sheet.frame.index.to_numpy()

    def note(i: int, column: str, message: str, fix: str, kind: str) -> None:
        findings.add(sheet.source, int(rows[i]), sheet.header(column), message, fix, kind=kind)

    taken = known.kinds_of(group)
    if taken:
        message = f"the group {shown(group)} has the name of a {taken[0]}"
        note(positions[0], "name", message, "give the group a name of its own", "the name of something else")
        return None
    kinds: list[set[str]] = []
    for i in positions:
        found = set(known.kinds_of(members[i]))
        if found:
            kinds.append(found)
        elif fold(members[i]) in groups:
            message = f"{shown(members[i])} is a group itself, and a group may not hold groups"
            note(i, "member", message, "list its members instead", "a group in a group")
        elif not known.unsure:
            near = known.nearest(tuple(known.spelling)).to(members[i])
            message = f"{shown(members[i])} is not a known facility, customer, product or period"
            note(i, "member", message, f"did you mean {near}?" if near else "declare it or remove the row", "unknown")
    if len(kinds) < len(positions):
        return None
    common = set.intersection(*kinds)
    if len(common) == 1:
        return common.pop()
    if common:
        both = " and ".join(f"a {kind}" for kind in sorted(common))
        message = f"it is not clear what the group {shown(group)} holds: its members name {both} alike"
        note(positions[0], "member", message, "give things of different kinds different names", "an unclear kind")
        return None
    odd = next(j for j, found in enumerate(kinds) if not found & kinds[0])
    message = (
        f"the group {shown(group)} mixes kinds: {shown(members[positions[0]])} is a {sorted(kinds[0])[0]} "
        f"and {shown(members[positions[odd]])} a {sorted(kinds[odd])[0]}"
    )
    note(positions[odd], "member", message, "make one group per kind", "mixed kinds")
    return None
