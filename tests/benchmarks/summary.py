"""A family in a few lines: how each contestant's times and gaps compare with netopt's.

ratio = (product over instances of peer / netopt) ^ (1 / instances)        above 1: netopt was quicker, or came closer
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from tests.benchmarks.store import Record

__all__ = ["Line", "against_known", "best_form", "gap_at_limit", "summary", "whole_seconds"]

OURS = "netopt"
FORMS = ("highs-weak", "highs-strong")
BEST_FORM = "best HiGHS form"

_BRIEF = 0.001  # seconds; less is noise
_OPEN = 1.0  # the gap that having no plan or no bound counts as
_SAME = 1e-6  # published values are rounded
_SLOWER = 1.2, 0.1  # times a peer's search, and seconds on top
_SLOWER_WHOLE = 1.3, 0.5  # the same with reading

Key = tuple[str, str]


class Line(NamedTuple):
    """One contestant on one family; ratios are to netopt, None where nothing can be compared.

    Attributes
    ----------
    contestant : str
        Its name, or `BEST_FORM`: the better of weak and strong rows, instance by instance and figure by figure.
    runs, proved : int
        Instances that were run, and those with the asked gap within the time limit.
    time_ratio : float or None
        Of the seconds to the asked gap, where one of the two got there; the other's count as the limit.
    gap_ratio : float or None
        Of the gaps at the limit, where one of the two was open then; a gap counts as at least the one asked for.
    seconds, with_reading : float
        On average, of the search, and with reading the tables; peers also with building the program.
    equal, better, worse : int
        Plans against the known values.
    slower, slower_whole : int or None
        Instances where netopt took more than 1.2 times as long and 0.1 s; with reading, 1.3 times and 0.5 s.
    """

    contestant: str
    runs: int
    proved: int
    time_ratio: float | None
    gap_ratio: float | None
    seconds: float
    with_reading: float | None
    equal: int
    better: int
    worse: int
    slower: int | None
    slower_whole: int | None


def gap_at_limit(record: Record) -> float:
    """Return the gap at the time limit, infinite without a plan or a bound."""
    gap = record["at_limit"]
    return math.inf if gap in (None, "none") else float(gap)


def against_known(record: Record) -> float | None:
    """Return how much dearer the plan is than the known value, relative; 0 where they are the same but for rounding."""
    value = record["known"]["value"]
    if value is None or record["cost"] is None:
        return None
    more = record["cost"] + record["offset"] - value
    return 0.0 if abs(more) <= max(_SAME * abs(value), 0.01) else more / abs(value)


def whole_seconds(record: Record) -> float | None:
    """Return the seconds with reading, and with building where the search does not do it; None where nobody looked."""
    if record.get("read_seconds") is None:
        return None
    building = 0.0 if record["contestant"].startswith(OURS) else record.get("build_seconds") or 0.0
    return float(record["seconds"] + record["read_seconds"] + building)


def best_form(records: list[Record]) -> Record | None:
    """Return one instance's best of weak and strong rows: the shorter time and the smaller gap."""
    found = [record for record in records if record["contestant"] in FORMS]
    if not found:
        return None
    quickest = min(found, key=lambda r: (_or_inf(r["to_asked"]), r["seconds"]))
    closest = min(found, key=gap_at_limit)
    cheapest = min(found, key=lambda r: _or_inf(r["cost"]))
    return {**quickest, "contestant": BEST_FORM, "at_limit": closest["at_limit"], "cost": cheapest["cost"]}


def summary(records: list[Record]) -> list[Line]:
    """Return a line for each contestant of a family that was run with the same options.

    Parameters
    ----------
    records : list
        Results; those of failed runs do not count.
    """
    good = [record for record in records if record["ended"] in ("done", "killed")]
    by_case: dict[Key, list[Record]] = {}
    for record in good:
        by_case.setdefault((record["instance"], record["variant"]), []).append(record)
    for held in by_case.values():
        if (best := best_form(held)) is not None:
            held.append(best)
    names = list(dict.fromkeys(record["contestant"] for held in by_case.values() for record in held))
    return [_line(name, list(by_case.values())) for name in sorted(names, key=_place)]


def _place(name: str) -> tuple[int, str]:
    order = (OURS, f"{OURS}-two", *FORMS, BEST_FORM, "highs-started")
    return (order.index(name), "") if name in order else (len(order), name)


def _line(name: str, cases: list[list[Record]]) -> Line:
    by_name = [{record["contestant"]: record for record in held} for held in cases]
    pairs = [(held.get(name), held.get(OURS)) for held in by_name]
    own = [record for record, _ in pairs if record is not None]
    both = [(record, ours) for record, ours in pairs if record is not None and ours is not None and name != OURS]
    known = [more for record in own if (more := against_known(record)) is not None]
    reading = [seconds for record in own if (seconds := whole_seconds(record)) is not None]
    wholes = [(whole_seconds(record), whole_seconds(ours)) for record, ours in both]
    searches = [(record["seconds"], ours["seconds"]) for record, ours in both]
    return Line(
        contestant=name,
        runs=len(own),
        proved=sum(record["to_asked"] is not None for record in own),
        time_ratio=_geometric(both, _time_of, lambda r: r["to_asked"] is not None),
        gap_ratio=_geometric(both, _gap_of, lambda r: gap_at_limit(r) > r["gap_asked"] * (1 + 1e-4)),
        seconds=sum(record["seconds"] for record in own) / len(own),
        with_reading=sum(reading) / len(reading) if len(reading) == len(own) else None,
        equal=sum(more == 0 for more in known),
        better=sum(more < 0 for more in known),
        worse=sum(more > 0 for more in known),
        slower=_slower(searches, *_SLOWER),
        slower_whole=_slower(wholes, *_SLOWER_WHOLE),
    )


def _slower(pairs: list[tuple[float | None, float | None]], times: float, more: float) -> int | None:
    known = [(peer, ours) for peer, ours in pairs if peer is not None and ours is not None]
    return sum(ours > times * peer + more for peer, ours in known) if known else None


def _time_of(record: Record) -> float:
    return max(_BRIEF, record["time"] if record["to_asked"] is None else record["to_asked"])


def _gap_of(record: Record) -> float:
    return max(record["gap_asked"], min(_OPEN, gap_at_limit(record)))


def _geometric(
    both: list[tuple[Record, Record]], figure: Callable[[Record], float], counts: Callable[[Record], bool]
) -> float | None:
    logs = [math.log(figure(peer) / figure(ours)) for peer, ours in both if counts(peer) or counts(ours)]
    return math.exp(sum(logs) / len(logs)) if logs else None


def _or_inf(value: float | None) -> float:
    return math.inf if value is None else value
