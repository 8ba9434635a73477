"""What the tests of the search share: small programs, their optima, and a relaxation that begins with few columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control, exact
from netopt.solve.bound import Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.form import Form
from netopt.solve.highs import Solver
from netopt.solve.relaxation import Point, Relaxation
from netopt.solve.screen import screen
from tests.plan.certificates import program_of
from tests.random_networks import accepted

__all__ = [
    "CHAIN",
    "MIXES",
    "SITES",
    "bare",
    "chain",
    "cheapest",
    "closed",
    "few",
    "plans",
    "program",
    "relaxed",
    "shut",
    "sites",
]

FloatArray = npt.NDArray[np.float64]
INF = float("inf")

MIXES: list[tuple[int, dict[str, Any]]] = [
    (1000, {"sites": True}),
    (1001, {"lead": True, "inventory": True, "sites": True}),
    (1003, {"lane_fixed": True, "min_flow": True, "sites": True}),
    (1006, {"lead": True, "inventory": True}),
    (1003, {"single_source": True, "promise": True, "sites": True}),
    (1016, {"single_source": True, "lane_fixed": True, "sites": True}),
]
"""Seeds and switches of random networks that have optima, and fewer than three hundred columns."""


def program(seed: int, **switches: Any) -> Program:
    """Return the program of a random network whose demand may go unmet."""
    return build(read(accepted(seed, **{"broken": None, "unmet": True, **switches})))


def cheapest(given: Program, gap: float = 1e-9) -> exact.Answer:
    """Return what HiGHS finds, without any of our own search."""
    with patch.object(exact, "PYOMO_COLUMNS", -1):
        answer = exact._by_highs(given, Control(gap=gap, time_limit=20.0), None, None)
    assert answer.status == "optimal"
    return answer


def plans(given: Program, count: int, seed: int = 0) -> list[FloatArray]:
    """Return plans that are the cheapest under random costs of the whole columns, shape (columns,)."""
    draw, found = np.random.default_rng(seed), []
    form = Form.of(given)
    for _ in range(count):
        cost = np.where(given.whole, draw.normal(0, 100, len(given.cost)) / form.cost_scale, form.cost)
        run = Solver(Form(**{**vars(form), "cost": cost})).run(Control(gap=0.1, time_limit=5.0), "test")
        if run.x is not None:
            found.append(run.x)
    return found


def bare(given: Program) -> Relaxation:
    """Return the relaxation over all columns, with no gate but the sums."""
    return Relaxation(Ledger(given), Control())


def few(given: Program, part: float, seed: int = 0) -> Relaxation:
    """Return a relaxation that begins without some of the columns that are not whole."""
    kept = given.whole | (given.lower > 0) | (np.random.default_rng(seed).random(len(given.cost)) < part)
    return Relaxation(Ledger(given), Control(), kept)


def relaxed(relaxation: Relaxation, *, cuts: bool = False, rounds: int = 100) -> Point:
    """Return the point at which nothing is left to add."""
    dicuts = Dicuts(relaxation.ledger)
    for _ in range(rounds):
        _verdict, point = relaxation.run()
        if point is None:
            assert relaxation.price_infeasible()
            continue
        columns, gates = relaxation.asked_for(relaxation.bound(point), point.x), relaxation.broken_gates(point.x)
        found = dicuts.broken_by(point.x) if cuts else []
        if not len(columns) and not len(gates) and not found:
            return point
        relaxation.add_gates(gates)
        relaxation.add_cuts(found)
        relaxation.add_columns(columns)
    raise AssertionError("there is always something to add")


def closed(relaxation: Relaxation, control: Control | None = None, tell: Callable[[float], None] | None = None) -> Any:
    """Return what the root of the search knows."""
    return screen(relaxation, Dicuts(relaxation.ledger), control or Control(), INF, tell or (lambda _bound: None))


def sites() -> Program:
    """Return: 10 wanted at C, through D (open at 5, 3 a unit) or E (open at 7, 6 a unit); 35 in all.

    Columns are open D, open E, and the flows of each.
    """
    return program_of(
        [5, 7, 3, 6], [([0, 0, 1, 1], 10, 10)], [(2, 0, 10), (3, 1, 10)],
        upper=[1, 1, 10, 10], whole=(0, 1),
    )  # fmt: skip


SITES = 35.0


def shut() -> Program:
    """Return: 10 wanted, and a site that may open for 5 but carries 8 at most."""
    return program_of([5, 3], [([0, 1], 10, 10), ([-8, 1], -INF, 0)], [(1, 0, 10)], upper=[1, 10], whole=(0,))


def chain() -> Program:
    """Return: D opens for 6, brings goods to F and G at 1 a unit, where 4 and 4 are wanted at no cost.

    Or what is wanted comes from afar at 9 a unit, or 1 of it at nothing. Columns are open D, D-F, D-G, F-C1, G-C2,
    afar to C1 and C2, and the free unit to F and G. Rows are the balances of F, G, C1 and C2, then the free unit.
    """
    return program_of(
        [6, 1, 1, 0, 0, 9, 9, 0, 0],
        [
            ([0, 1, 0, -1, 0, 0, 0, 1, 0], 0, 0),
            ([0, 0, 1, 0, -1, 0, 0, 0, 1], 0, 0),
            ([0, 0, 0, 1, 0, 1, 0, 0, 0], 4, 4),
            ([0, 0, 0, 0, 1, 0, 1, 0, 0], 4, 4),
            ([0, 0, 0, 0, 0, 0, 0, 1, 1], -INF, 1),
        ],
        [(1, 0, 8), (2, 0, 8)],
        upper=[1, 8, 8, 4, 4, 4, 4, 1, 1], whole=(0,),
    )  # fmt: skip


CHAIN = 13.0
"""With D open 6, one unit free, 7 through D."""
