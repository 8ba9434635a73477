"""The root of the search: the columns to begin with, and a bound over all of them."""

from __future__ import annotations

import numpy as np
import pytest

from netopt.solve import Control, screen
from netopt.solve.bound import Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.relaxation import Relaxation
from tests.plan.certificates import program_of
from tests.solve.relaxed import MIXES, bare, chain, cheapest, closed, few, program, relaxed, shut, sites


def test_all_columns_where_there_are_few() -> None:
    assert screen.first_columns(Dicuts(Ledger(chain()))).all()


def test_whole_columns_and_flows_between_sites_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(screen, "FEW_COLUMNS", 0)
    for seed, switches in MIXES:
        p = program(seed, **switches)
        dicuts = Dicuts(Ledger(p))
        kept = screen.first_columns(dicuts)
        assert kept[p.whole].all()
        assert kept[p.lower > 0].all()
        gone = np.nonzero(~kept)[0]
        assert (dicuts.tail[gone] >= 0).all()
        assert (dicuts.head[gone] >= 0).all()


def test_the_root_of_two_sites() -> None:
    told: list[float] = []
    root = closed(bare(sites()), tell=told.append)
    assert root.solved
    assert root.bound.value == pytest.approx(35)
    assert told == sorted(told)
    assert told[-1] == root.bound.value


def test_no_root_where_there_is_no_plan() -> None:
    assert closed(bare(shut())) is None
    p = program_of([-1], [([1], 0, np.inf)])  # no limit
    assert closed(Relaxation(Ledger(p), Control())) is None


@pytest.mark.parametrize("part", [0.0, 0.5, 1.0])
@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_the_bound_is_over_all_columns(seed: int, switches: dict[str, bool], part: float) -> None:
    p = program(seed, **switches)
    relaxation = few(p, part, seed)
    root = closed(relaxation)
    optimum = cheapest(p).cost
    assert root.bound.value <= optimum * (1 + 1e-9)
    assert relaxation.ledger.bound(root.best.duals).value == pytest.approx(root.bound.value, rel=1e-9)
    if part == 1.0 or root.solved:
        assert root.bound.value >= relaxed(bare(p)).cost * (1 - 1e-3)
    if root.solved:
        assert root.bound.value == pytest.approx(root.point.cost, rel=1e-5)


def test_a_stop_ends_it_with_what_there_is() -> None:
    p = program(1003, lane_fixed=True, min_flow=True, sites=True)
    control = Control()
    relaxation = Relaxation(Ledger(p), control)
    bounds: list[float] = []

    def stop(bound: float) -> None:
        bounds.append(bound)
        control.stop.set()

    root = closed(relaxation, control, stop)
    assert root is not None
    assert root.bound.value == max(bounds)
    assert root.bound.value <= cheapest(p).cost
