"""Charts are native, and refer to the cells that their numbers are in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import netopt
from netopt.plan import Plan
from netopt.report import write_workbook
from netopt.report.charts import Chart, charts_of
from tests.report.pages import EVIL, FORMULA, evil_network
from tests.workbooks import CHART, Book, values


def series_of(book: Book, at: int) -> list[tuple[list[object], list[object], list[object]]]:
    """The name, the places and the values of every series of a chart, from the cells that it refers to."""
    rows = book.rows("charts")
    found = []
    for series in book.charts()[at].iter(f"{CHART}ser"):
        parts = []
        for part in ("tx", "cat", "val"):
            reference = next(next(series.iter(f"{CHART}{part}")).iter(f"{CHART}f")).text or ""
            assert reference.startswith("charts!$")
            parts.append(values(rows, reference))
        found.append((parts[0], parts[1], parts[2]))
    return found


def wanted(chart: Chart) -> list[tuple[list[object], list[object], list[object]]]:
    drawn = [*chart.series, *([chart.line] if chart.line is not None else [])]
    return [([series.name], list(chart.places), list(series.values)) for series in drawn]


@pytest.fixture
def timed(plan: Plan) -> Plan:
    """A plan with days, of which some are late."""
    service = plan.service().assign(average_days=[1.5, 3.0, 2.0], promise_days=2.0)
    service.loc[1, "on_time"] = 0.0
    return replace(plan, tables={**plan.tables, "service": service})


def test_charts_are_drawn_from_the_cells_below_them(plan: Plan, monthly: Plan, timed: Plan, tmp_path: Path) -> None:
    kinds = set()
    for each in (plan, monthly, timed):
        write_workbook(each, tmp_path)
        book = Book(tmp_path / "plan.xlsx")
        charts = list(charts_of(each, "USD"))
        assert len(book.charts()) == len(charts)
        for at, chart in enumerate(charts):
            assert series_of(book, at) == wanted(chart)
            kinds.add((chart.kind, chart.line is not None))
    assert kinds == {("bar", False), ("stacked", False), ("stacked", True)}


def test_numbers_that_a_viewer_shows_before_it_calculates_are_the_same(monthly: Plan, tmp_path: Path) -> None:
    write_workbook(monthly, tmp_path)
    book = Book(tmp_path / "plan.xlsx")
    for at, chart in enumerate(charts_of(monthly, "USD")):
        caches = [
            [float(point.text or "nan") for point in next(series.iter(f"{CHART}val")).iter(f"{CHART}v")]
            for series in book.charts()[at].iter(f"{CHART}ser")
        ]
        assert caches == [pytest.approx(series.values) for series in chart.series]


def test_what_it_shows_is_said_for_those_who_do_not_see_it(monthly: Plan, tmp_path: Path) -> None:
    write_workbook(monthly, tmp_path)
    book = Book(tmp_path / "plan.xlsx")
    (drawing,) = book.related(book.sheets["charts"], "drawing")
    text = book.parts[drawing].decode()
    for chart in charts_of(monthly, "USD"):
        assert f'descr="{chart.title}"' in text


def test_names_in_charts_are_text(tmp_path: Path) -> None:
    plan = netopt.solve(evil_network(periods=4))
    write_workbook(plan, tmp_path)
    book = Book(tmp_path / "plan.xlsx")
    places = series_of(book, 1)[0][1]
    assert set(places) == {EVIL, FORMULA}
    assert series_of(book, 2)[0][0] == [EVIL]
    cells = {row[0] for row in book.rows("charts")}
    assert {EVIL, FORMULA} <= cells


def test_a_plan_that_has_nothing_to_show_has_no_sheet_of_charts(plan: Plan, tmp_path: Path) -> None:
    free = {
        **plan.tables,
        "costs": plan.costs().assign(cost=0.0),
        "sites": plan.sites().assign(utilization=float("nan")),
    }
    write_workbook(replace(plan, tables=free), tmp_path)
    book = Book(tmp_path / "plan.xlsx")
    assert "charts" not in book.sheets
    assert book.charts() == []
