"""The table behind the Sankey has every link of it."""

from __future__ import annotations

import pytest

from netopt.plan import Plan
from netopt.report.figures.sankey import stages
from netopt.report.stages import stage_table


def test_rows_are_the_links_the_largest_first(rich: Plan) -> None:
    table, links = stage_table(rich, 100), stages(rich)
    assert len(table.rows) == len(links)
    assert table.values["units"] == sorted(links["units"], reverse=True)
    assert not table.rest


def test_the_rest_is_one_row(rich: Plan) -> None:
    table, links = stage_table(rich, 2), stages(rich)
    assert table.rows[-1][0] == f"and {len(links) - 2} more in flows.csv"
    assert table.rest
    total = sum(table.values["units"]) + float(table.rows[-1][2].replace(",", ""))
    assert total == pytest.approx(links["units"].sum(), abs=1)
