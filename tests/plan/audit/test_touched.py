"""No cell of a plan can be changed without the audit saying so."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from netopt.plan.audit import audit
from tests.plan.audit.harbour import PLAN, network, plan

NETWORK = network()
CELLS = [(name, row, column) for name, rows in PLAN.items() for row in range(len(rows)) for column in rows[row]]
NUMBERS = ("quantity", "vehicles", "cost", "open", "throughput", "utilization", "stock")


def touched(name: str, row: int, column: str, value: str | float | None) -> bool:
    """Return whether the audit finds fault with the plan when one cell has another value."""
    frames = plan()
    frames[name] = frames[name].astype({column: "object"})
    frames[name].loc[row, column] = value
    return not audit(NETWORK, frames).ok


@pytest.mark.parametrize("name", list(PLAN))
def test_no_number_may_change(name: str) -> None:
    for table, row, column in CELLS:
        if table == name and column in NUMBERS:
            value = PLAN[name][row][column] or 0.0
            for other in (value * (1 + 1e-5) if value else 1e-4, -1.0, np.inf, "many"):
                assert touched(name, row, column, other), (row, column, other)


@pytest.mark.parametrize("name", list(PLAN))
def test_no_name_may_change(name: str) -> None:
    for table, row, column in CELLS:
        if table == name and column not in NUMBERS and any(PLAN[name][row][n] for n in NUMBERS if n in PLAN[name][row]):
            others = {rows[column] for rows in PLAN[name]} - {PLAN[name][row][column]}
            for other in (*sorted(others)[:3], "elsewhere", None):
                assert touched(name, row, column, other), (row, column, other)


@pytest.mark.parametrize("name", list(PLAN))
def test_no_row_that_says_something_may_go_or_come_twice(name: str) -> None:
    for row, cells in enumerate(PLAN[name]):
        frames = plan()
        twice = {**frames, name: pd.concat([frames[name], frames[name].iloc[[row]]], ignore_index=True)}
        assert not audit(NETWORK, twice).ok
        if any(cells[column] for column in NUMBERS if column in cells):
            assert not audit(NETWORK, {**frames, name: frames[name].drop(index=row)}).ok, cells
