"""Results as Markdown: what they were measured on, then a table and a summary for each family."""

from __future__ import annotations

import math
from collections.abc import Iterable

from tests.benchmarks.store import Record
from tests.benchmarks.summary import Line, against_known, summary, whole_seconds
from tests.benchmarks.trajectory import LEVELS, MOMENTS

__all__ = ["render"]

_NOTES = """\
One thread each. Seconds count from handing the network (netopt) or the matrix (its peers) over; `with reading` adds
reading and checking the tables, and for peers building the program. Gaps are proved: each contestant's own plan against
its own bound, relative to the plan. `known` compares plans with published values, `=` is the same but for rounding.
MB is the peak of the process, imports and data included. HiGHS: one MIP with a row per opener (weak) or per lane (strong);
started: the better of the two from netopt's final plan, with the same time again. SCIP and CBC: weak rows unless said.
"""


def render(records: list[Record]) -> str:
    """Return all results as a Markdown page.

    Parameters
    ----------
    records : list
        As the store holds them; runs with different options stand in sections of their own.
    """
    parts = ["# Benchmarks\n", _head(records), _NOTES]
    for title, held in _sections(records).items():
        parts += [f"## {title}\n", _instances(held), _summary(held)]
    return "\n".join(parts)


def _sections(records: list[Record]) -> dict[str, list[Record]]:
    sections: dict[str, list[Record]] = {}
    for record in records:
        said = [f"{record['time']:g} s", f"gap {record['gap_asked']:.4g}"]
        if record["together"]:
            said.append("all instances in one process per contestant")
        if record["files"] != "csv":
            said.append(record["files"])
        sections.setdefault(f"{record['family']} ({', '.join(said)})", []).append(record)
    return sections


def _head(records: list[Record]) -> str:
    dates = sorted({record["date"][:10] for record in records})
    when = " to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates else "never"
    lines = [f"Measured {when}."]
    lines += [f"Machine: {machine}." for machine in _once(record["machine"] for record in records)]
    lines += [f"Versions: {said}." for said in _once(_versions(record) for record in records)]
    if loads := [record["load"] for record in records]:
        lines.append(f"Load of the machine before the runs: {sorted(loads)[len(loads) // 2]:.1f}, at most {max(loads):.1f}.")
    return "  \n".join(lines) + "\n"


def _versions(record: Record) -> str:
    return ", ".join(f"{name} {number}" for name, number in record["versions"].items())


def _once(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _instances(records: list[Record]) -> str:
    columns = ["instance", "contestant", *(f"s to {_percent(level)}" for level in LEVELS),
               *(f"gap {moment:g} s" for moment in MOMENTS), "gap", "cost", "bound", "known", "s", "with reading", "MB", ""]
    right = set(columns) - {"instance", "contestant", ""}
    lines = [_row(columns), _row("---:" if column in right else "---" for column in columns)]
    order = list(dict.fromkeys((r["instance"], r["variant"]) for r in records))
    ranked = sorted(records, key=lambda r: order.index((r["instance"], r["variant"])))
    least: dict[tuple[str, str], float] = {}
    for record in records:
        if record["ended"] in ("done", "killed") and record["cost"] is not None:
            key = record["instance"], record["variant"]
            least[key] = min(least.get(key, math.inf), record["cost"])
    lines += [_row(_cells(record, least.get((record["instance"], record["variant"]), math.inf))) for record in ranked]
    return "\n".join(lines) + "\n"


def _cells(record: Record, least: float) -> list[str]:
    instance = f"{record['instance']} {record['variant']}".strip()
    form = f" ({record['form']})" if record["contestant"] == "highs-started" else ""
    head = [instance, record["contestant"] + form]
    if record["ended"] not in ("done", "killed"):
        return [*head, *[""] * (len(LEVELS) + len(MOMENTS) + 7), f"{record['ended']}: {record['error']}".replace("|", "/")]
    more, offset = against_known(record), record["offset"]
    return [
        *head,
        *(_seconds(record["to"][f"{level:g}"]) for level in LEVELS),
        *(_gap(record["at"][f"{moment:g}"]) for moment in MOMENTS),
        _gap(record["gap_end"]),
        _money(record["cost"], offset),
        _money(record["bound"], offset),
        "" if more is None else "=" if more == 0 else f"{100 * more:+.4f}%",
        _seconds(record["seconds"]),
        _seconds(whole_seconds(record)),
        "" if record["peak_mb"] is None else f"{record['peak_mb']:,.0f}",
        ", ".join(_remarks(record, least)),
    ]


def _remarks(record: Record, least: float) -> list[str]:
    """Return what a reader must not miss; `least` is the cheapest plan that anybody has found here."""
    said = [] if record["status"] == "optimal" else [record["status"]]
    if record.get("audit_ok") is False:
        said.append("audit failed")
    if record["seconds"] > 1.05 * record["time"] + 1:
        said.append("late")
    known, offset, cost, bound = record["known"], record["offset"], record["cost"], record["bound"]
    if bound is not None and bound > least + _slack(least):
        said.append("bound above a plan")
    if bound is not None and known["value"] is not None and bound + offset > known["value"] + _slack(known["value"]):
        said.append("bound above a known plan")
    if cost is not None and known["bound"] is not None and cost + offset < known["bound"] - _slack(known["bound"]):
        said.append("plan below a known bound")
    if record["status"] == "infeasible" and (known["value"] is not None or math.isfinite(least)):
        said.append("yet there is a plan")
    if known["status"] == "infeasible" and cost is not None:
        said.append("yet known to be infeasible")
    return said


def _slack(value: float) -> float:
    """Return what rounding may make of a value: published ones are rounded, and solvers have tolerances."""
    return max(1e-6 * abs(value), 0.01)


def _summary(records: list[Record]) -> str:
    columns = ["contestant", "runs", "proved", "time × netopt's", "gap × netopt's at the limit", "s a run",
               "s a run with reading", "plans =, better, worse than known", "netopt over 1.2 × + 0.1 s",
               "with reading over 1.3 × + 0.5 s"]
    lines = [_row(columns), _row(["---", *["---:"] * (len(columns) - 1)])]
    lines += [_row(_summed(line)) for line in summary(records)]
    return "\n".join(lines) + "\n"


def _summed(line: Line) -> list[str]:
    return [
        line.contestant,
        str(line.runs),
        str(line.proved),
        _ratio(line.time_ratio),
        _ratio(line.gap_ratio),
        _seconds(line.seconds),
        _seconds(line.with_reading),
        f"{line.equal}, {line.better}, {line.worse}",
        "" if line.slower is None else str(line.slower),
        "" if line.slower_whole is None else str(line.slower_whole),
    ]


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _percent(level: float) -> str:
    return f"{100 * level:g}%"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _gap(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    if value < 5e-7:
        return "0%"
    return f"{100 * value:.4f}%" if value < 0.001 else f"{100 * value:.2f}%"


def _money(value: float | None, offset: float) -> str:
    if value is None:
        return ""
    digits = max(0, 8 - len(f"{abs(value + offset):.0f}"))
    return f"{value + offset:,.{min(digits, 3)}f}"


def _ratio(value: float | None) -> str:
    return "" if value is None or math.isnan(value) else f"{value:.2f}"
