from __future__ import annotations

import pytest

import netopt
from netopt.network import Network
from netopt.study.comparison import Comparison
from netopt.ui.draft import Draft
from netopt.ui.state import Kept, Result

pytest.importorskip("nicegui", reason="NiceGUI is not installed: python -m pip install 'netopt[ui]'")

from netopt.ui.scenarios import buckets_table, sites_table


@pytest.fixture
def beside(tiny: Network) -> list[Comparison]:
    draft = Draft(tiny)
    kept = [Kept("base", Result(netopt.solve(draft.network), draft.now))]
    for name, edit in (("no Reno", "facilities.Reno.status=closed"), ("less", "demand[].quantity*=0.9")):
        draft.edit(edit)
        kept.append(Kept(name, Result(netopt.solve(draft.network), draft.now)))
    first, *others = (each.outcome() for each in kept)
    return [Comparison(first, each) for each in others]


def test_buckets_add_up_to_the_change(beside: list[Comparison]) -> None:
    table = buckets_table(beside)
    assert list(table.columns) == ["bucket", "no Reno", "less"]
    numbers = [[float(cell.replace(",", "")) for cell in row[1:]] for row in table.rows]
    assert table.rows[-1][:2] == ["total", "+450.00"]
    for at in (0, 1):
        assert sum(row[at] for row in numbers[:-1]) == pytest.approx(numbers[-1][at])
    assert all(any(row) for row in numbers[:-1])


def test_sites_that_open_and_close(beside: list[Comparison]) -> None:
    assert sites_table(beside).rows[0] == ["no Reno", "-", "Reno"]
    back = Comparison(beside[0].after, beside[0].before)
    assert sites_table([back]).rows == [["base", "Reno", "-"]]
