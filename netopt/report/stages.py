"""What flows from suppliers through the sites to the regions of customers, row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netopt.report.console import TextTable
from netopt.report.figures.sankey import stages
from netopt.report.words import amount, more

if TYPE_CHECKING:
    from netopt.plan import Plan

__all__ = ["stage_table"]


def stage_table(plan: Plan, most: int) -> TextTable:
    """Return what flows between sites and to regions, the largest first.

    Parameters
    ----------
    plan : Plan
        With flows.
    most : int
        Rows shown; the rest are one row.
    """
    found = stages(plan).sort_values("units", ascending=False, kind="stable")
    shown, rest = found.head(most), found.iloc[most:]
    rows = [
        [str(origin), str(destination), amount(units)]
        for origin, destination, units in zip(shown["from"], shown["to"], shown["units"], strict=True)
    ]
    if len(rest):
        rows.append([more(len(rest), "flows.csv"), "", amount(float(rest["units"].sum()))])
    columns = {"from": "name", "to": "name", "units": "number"}
    return TextTable(columns, rows, values={"units": shown["units"].tolist()}, rest=len(rest) > 0)
