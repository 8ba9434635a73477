"""Better plans region by region: what comes back is a plan, and it costs less."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control
from netopt.solve.bound import Ledger
from netopt.solve.improve import Improver
from netopt.solve.regions import Regions
from netopt.solve.relaxation import Relaxation
from tests.solve.located import holds, located
from tests.solve.relaxed import cheapest, relaxed

FloatArray = npt.NDArray[np.float64]

WIDE: list[tuple[int, int, dict[str, Any]]] = [
    (65, 60, {"near": 8}),
    (70, 40, {"near": 10, "tight": 0.1, "fixed": 150.0}),
    (64, 25, {"near": 6, "products": 2}),
    (62, 20, {"near": 6, "periods": 2}),
]
"""Sites, customers and the rest: more candidates than are looked at in one region."""


class Made:
    """A network, a point of its relaxation and the prices there.

    Parameters
    ----------
    tables : dict of DataFrame
        Of the network.
    control : Control, optional
        For all of it.
    """

    def __init__(self, tables: dict[str, Any], control: Control | None = None) -> None:
        self.control = control or Control()
        self.program: Program = build(read(tables))
        self.relaxation = Relaxation(Ledger(self.program), self.control)
        self.point = relaxed(self.relaxation)
        self.price = self.relaxation.bound(self.point).price
        self.regions = Regions(self.relaxation, self.control)

    def all_open(self) -> FloatArray:
        """Return the cheapest plan with every site open."""
        improver = Improver(self.relaxation, self.control)
        point = improver.completed(self.program.upper[improver.whole])
        assert point is not None
        return point.x

    def improve(self, x: FloatArray, seconds: float) -> FloatArray | None:
        """Return what the regions find."""
        return self.regions.improve(x, self.point.x, self.price, seconds)

    def cost(self, x: FloatArray) -> float:
        """Return what a plan costs."""
        return float(self.program.cost @ x)


@pytest.mark.parametrize(("sites", "customers", "more"), WIDE)
def test_a_poor_plan_is_improved(sites: int, customers: int, more: dict[str, Any]) -> None:
    made = Made(located(sites, customers, 1, **more))
    assert len(made.regions.openers) > 60
    x = made.all_open()
    assert holds(made.program, x)
    before = x.copy()
    better = made.improve(x, 0.3)
    assert (x == before).all()
    assert better is not None
    assert holds(made.program, better)
    assert made.cost(better) < 0.95 * made.cost(x)
    assert made.cost(better) >= made.point.cost * (1 - 1e-9)
    assert better[made.regions.openers].sum() < len(made.regions.openers)


def test_it_goes_on_from_where_it_was() -> None:
    made = Made(located(70, 40, 1, near=10, tight=0.1, fixed=150.0))
    x = made.all_open()
    costs = [made.cost(x)]
    for _ in range(3):
        better = made.improve(x, 0.15)
        x = x if better is None else better
        assert holds(made.program, x)
        costs.append(made.cost(x))
    assert costs == sorted(costs, reverse=True)
    assert made.point.cost * (1 - 1e-9) <= costs[-1] <= 1.2 * made.point.cost
    assert costs[0] > 1.9 * made.point.cost


def test_the_cheapest_plan_is_left_alone() -> None:
    made = Made(located(65, 30, 3, near=4))
    best = cheapest(made.program)
    assert best.x is not None
    assert made.improve(best.x, 0.2) is None


def test_no_time_and_a_stop() -> None:
    made = Made(located(65, 30, 3, near=4))
    x = made.all_open()
    assert made.improve(x, 0.0) is None
    made.control.stop.set()
    assert made.improve(x, 5.0) is None


def test_nothing_to_decide() -> None:
    tables = located(4, 5, 1)
    tables["facilities"]["status"] = "open"
    made = Made(tables)
    assert not len(made.regions.openers)
    assert made.improve(made.point.x, 0.1) is None


def test_a_flow_that_is_held_keeps_its_capacity() -> None:
    """Where all but a few sites are held, what the rest carries still counts."""
    made = Made(located(65, 40, 4, near=6, tight=0.6))
    x = made.all_open()
    made.regions.size = 3.0
    better = made.improve(x, 0.3)
    assert better is not None
    assert holds(made.program, better)


def test_columns_that_come_later_are_looked_at() -> None:
    tables = located(65, 30, 5, near=6)
    program = build(read(tables))
    flows = np.nonzero(~program.whole)[0]
    kept = np.ones(len(program.cost), dtype=bool)
    kept[flows[np.random.default_rng(0).random(len(flows)) < 0.3]] = False
    control = Control()
    relaxation = Relaxation(Ledger(program), control, kept)
    regions = Regions(relaxation, control)
    point = relaxed(relaxation)
    relaxation.add_columns(np.nonzero(relaxation.position < 0)[0])
    improver = Improver(relaxation, control)
    first = improver.completed(program.upper[improver.whole])
    assert first is not None
    better = regions.improve(first.x, point.x, relaxation.bound(point).price, 0.3)
    assert better is not None
    assert holds(program, better)
    assert program.cost @ better < first.cost
