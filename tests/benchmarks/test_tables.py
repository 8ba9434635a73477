"""The page and its ratios, from results that are made up."""

from __future__ import annotations

import math
from typing import Any

import pytest

from tests.benchmarks.store import Asked
from tests.benchmarks.summary import summary
from tests.benchmarks.tables import render
from tests.benchmarks.trajectory import Point, measures


def record(instance: str, contestant: str, seconds: float, cost: float, bound: float, **more: Any) -> dict[str, Any]:
    """Return a made-up result."""
    done = bound == cost
    end = Point(seconds, cost, bound)
    made = {
        "family": "made", "instance": instance, "variant": "", "contestant": contestant, **Asked().options(),
        "form": "weak", "known": {"value": 100.0, "status": "optimal", "bound": 100.0}, "offset": 0.0, "read_seconds": 0.5,
        "build_seconds": 0.25, "ended": "done", "status": "optimal" if done else "feasible", "cost": cost if math.isfinite(cost) else None, "bound": bound,
        "seconds": seconds, "peak_mb": 123.4, "date": "2026-11-22T10:00:00+00:00", "machine": "a machine",
        "versions": {"netopt": "0", "highspy": "1"}, "load": 0.5, **measures([], end, 60.0, done),
    }
    return made | more


MADE = [
    record("i1", "netopt", 1.0, 100.0, 100.0),
    record("i1", "highs-weak", 4.0, 100.0, 100.0),
    record("i1", "highs-strong", 9.0, 100.0, 100.0),
    record("i2", "netopt", 60.0, 101.0, 100.0),
    record("i2", "highs-weak", 60.0, 120.0, 96.0),
    record("i2", "highs-strong", 60.0, 100.0, 98.0),
    record("i3", "netopt", 15.0, 100.0, 100.0),
    record("i3", "highs-weak", 60.0, 100.0, 90.0),
    record("i3", "highs-strong", 60.0, math.inf, 99.0),
]


def test_ratios_are_geometric_means_over_what_can_be_compared() -> None:
    """Times where one of two got there, gaps where one of two did not; the best form is taken figure by figure."""
    lines = {line.contestant: line for line in summary(MADE)}
    assert list(lines) == ["netopt", "highs-weak", "highs-strong", "best HiGHS form"]
    assert lines["netopt"].time_ratio is None
    assert [lines[name].proved for name in lines] == [2, 1, 1, 1]
    assert lines["highs-weak"].time_ratio == pytest.approx(math.sqrt(4.0 * 60 / 15))
    assert lines["highs-strong"].time_ratio == pytest.approx(math.sqrt(9.0 * 60 / 15))
    gap = 1 / 101
    assert lines["highs-weak"].gap_ratio == pytest.approx(math.sqrt(0.2 / gap * 0.1 / 1e-4))
    assert lines["highs-strong"].gap_ratio == pytest.approx(math.sqrt(0.02 / gap * 1.0 / 1e-4))
    assert lines["best HiGHS form"].gap_ratio == pytest.approx(math.sqrt(0.02 / gap * 0.1 / 1e-4))
    assert (lines["netopt"].equal, lines["netopt"].better, lines["netopt"].worse) == (2, 0, 1)
    assert lines["netopt"].with_reading == pytest.approx(76 / 3 + 0.5)
    assert lines["highs-weak"].with_reading == pytest.approx(124 / 3 + 0.75)
    assert (lines["highs-weak"].slower, lines["highs-weak"].slower_whole) == (0, 0)


def test_netopt_being_slower_is_counted() -> None:
    """By the search alone and with reading, against each contestant."""
    pair = [record("i", "netopt", 3.0, 100.0, 100.0), record("i", "scip", 1.0, 100.0, 100.0)]
    line = summary(pair)[1]
    assert (line.slower, line.slower_whole) == (1, 1)
    assert line.time_ratio == pytest.approx(1 / 3)
    assert line.gap_ratio is None


def test_the_page_says_what_was_measured_where_and_what_is_wrong() -> None:
    """Date, machine and versions on top; a failed run is a line; a bound that cannot be is remarked upon."""
    page = render([
        *MADE,
        record("i4", "netopt", 1.0, 107.0, 107.0, audit_ok=False),
        record("i4", "scip", 1.0, 90.0, 90.0),
        record("i4", "cbc", 90.0, 110.0, 90.0, status="killed", ended="killed"),
        {**record("i4", "highs-weak", 1.0, 1.0, 1.0), "ended": "failed", "error": "out | of memory"},
    ])
    assert "Measured 2026-11-22." in page
    assert "Machine: a machine." in page
    assert "Versions: netopt 0, highspy 1." in page
    assert "## made (60 s, gap 0.0001)" in page
    rows = {tuple(cell.strip() for cell in line.split("|")[1:3]): line for line in page.splitlines() if line.startswith("| i")}
    assert rows["i1", "netopt"] == "| i1 | netopt | 1.00 | 1.00 | 1.00 | 0% | 0% | 0% | 100.000 | 100.000 | = | 1.00 | 1.50 | 123 |  |"
    cells = [cell.strip() for cell in rows["i2", "netopt"].split("|")[1:-1]]
    assert cells == ["i2", "netopt", "60.0", "", "", "0.99%", "", "0.99%", "101.000", "100.000", "+1.0000%", "60.0", "60.5", "123", "feasible"]
    assert rows["i4", "netopt"].endswith("| audit failed, bound above a plan, bound above a known plan |")
    assert rows["i4", "scip"].endswith("| plan below a known bound |")
    assert rows["i4", "cbc"].endswith("| killed, late |")
    assert rows["i4", "highs-weak"].endswith("| failed: out / of memory |")
    widths = {line.count("|") for line in page.splitlines() if line.startswith("| i")}
    assert len(widths) == 1
    assert "| best HiGHS form | 3 | 1 | " in page
