"""Stretching a program by hand-made rows, with no table in sight."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from netopt.errors import SolverError
from netopt.formulation.program import Charges, Columns, Gates, Program, Rows
from netopt.solve.clash import clash
from netopt.solve.control import Control
from netopt.solve.elastic import Elastic, facts_of, has_point

INF = np.inf


def program(
    columns: dict[str, tuple[int, str]],
    rows: dict[str, list[tuple[dict[int, float], float, float]]],
    lower: dict[int, float] | None = None,
    upper: dict[int, float] | None = None,
    gates: list[tuple[int, int, float]] | None = None,
    cost: dict[int, float] | None = None,
) -> Program:
    """Return a program: columns by block (size, kind), rows by block (coefficients, lower, upper)."""
    blocks, width = {}, 0
    for name, (size, kind) in columns.items():
        blocks[name] = Columns(name, {"n": np.arange(size).astype(str).astype(object)}, width, size, kind)
        width += size
    lows, highs, entries, made = [], [], [], {}
    for name, some in rows.items():
        low, high = np.array([r[1] for r in some], dtype=float), np.array([r[2] for r in some], dtype=float)
        labels = {"n": np.arange(len(some)).astype(str).astype(object)}
        made[name] = Rows(name, labels, len(entries), len(some), low, high)
        entries += [r[0] for r in some]
        lows.append(low)
        highs.append(high)
    dense = np.zeros((len(entries), width))
    for at, entry in enumerate(entries):
        for column, value in entry.items():
            dense[at, column] = value
    low, high, money = np.zeros(width), np.full(width, INF), np.zeros(width)
    for values, given in ((low, lower), (high, upper), (money, cost)):
        for at, value in (given or {}).items():
            values[at] = value
    kind_of = np.concatenate([np.full(size, kind, dtype=object) for size, kind in columns.values()])
    gate = gates or []
    return Program(
        columns=blocks, rows=made, cost=money, lower=low, upper=high, most=high, whole=kind_of == "whole",
        quantity=kind_of == "quantity", matrix=sp.csc_array(dense), row_lower=np.concatenate(lows),
        row_upper=np.concatenate(highs),
        gates=Gates(
            np.array([g[0] for g in gate], dtype=np.int64), np.array([g[1] for g in gate], dtype=np.int64),
            np.array([g[2] for g in gate], dtype=float), np.ones(len(gate), dtype=bool),
        ),
        charges=(Charges("cost", np.arange(width), money, np.zeros(width, dtype=np.int64)),), names={},
    )  # fmt: skip


def too_little() -> Program:
    """Return: 500 wanted, at most 200 and 100 from two sources, which cost 3 and 1."""
    return program(
        {"x": (2, "quantity")},
        {"demand": [({0: 1, 1: 1}, 500, 500)], "capacity": [({0: 1}, -INF, 200), ({1: 1}, -INF, 100)]},
        cost={0: 3, 1: 1},
    )


def test_the_least_stretch_and_the_cheapest_of_its_size():
    p = too_little()
    facts = facts_of(p, {"demand.lower": 10.0, "capacity": 1.0}, {})
    elastic = Elastic(p, facts)
    stretch = elastic.least(Control())
    assert stretch.needed
    assert stretch.total == pytest.approx(200)
    assert stretch.bound == pytest.approx(200)
    cheap = elastic.cheapest(stretch, Control())
    assert cheap.amount.tolist() == pytest.approx([0, 0, 200])  # the source that costs 1
    assert cheap.cost == pytest.approx(200 * 3 + 300)


def test_a_lighter_fact_gives_first():
    p = too_little()
    facts = facts_of(p, {"demand.lower": 0.5, "capacity": 1.0}, {})
    stretch = Elastic(p, facts).least(Control())
    assert dict(zip(facts.block, stretch.amount, strict=True))["demand"] == pytest.approx(200)


def test_units_decide_not_the_scale_of_a_row():
    """One row counts in thousandths: the same goods weigh the same."""
    p = program(
        {"x": (2, "quantity")},
        {"demand": [({0: 1, 1: 1}, 500, 500)], "capacity": [({0: 1000}, -INF, 200_000), ({1: 0.001}, -INF, 0.1)]},
    )
    facts = facts_of(p, {"capacity": 1.0}, {})
    assert facts.weight.tolist() == pytest.approx([0.001, 1000])
    assert Elastic(p, facts).least(Control()).total == pytest.approx(200)


def test_bounds_of_columns_give_too():
    p = program({"x": (2, "quantity")}, {"demand": [({0: 1, 1: 1}, 500, 500)]}, upper={0: 200, 1: 100}, lower={1: 50})
    facts = facts_of(p, {}, {"x.upper": 1.0, "x.lower": 1.0})
    assert len(facts) == 3  # a lower bound of 0 is no fact
    stretch = Elastic(p, facts).least(Control())
    assert stretch.total == pytest.approx(200)
    assert set(facts.block[stretch.amount > 0]) == {"x.upper"}


def test_nothing_gives_where_there_is_a_point():
    p = program({"x": (2, "quantity")}, {"demand": [({0: 1, 1: 1}, 300, 300)]}, upper={0: 200, 1: 100})
    stretch = Elastic(p, facts_of(p, {"demand": 1.0}, {"x.upper": 1.0})).least(Control())
    assert not stretch.needed
    assert has_point(p, Control()) is True


def test_a_miss_within_the_tolerance_is_none():
    p = program({"x": (1, "quantity")}, {"demand": [({0: 1}, 100.00005, 200)]}, upper={0: 100})
    assert not Elastic(p, facts_of(p, {"demand": 1.0}, {})).least(Control()).needed


def test_what_may_not_be_stretched_is_an_error():
    p = too_little()
    with pytest.raises(SolverError, match="infeasible by itself"):
        Elastic(p, facts_of(p, {}, {})).least(Control())
    assert has_point(p, Control()) is False


def one_of_two() -> Program:
    """Return: 10 wanted from each of two sources, of which one may be open; only whole numbers forbid it."""
    return program(
        {"x": (2, "quantity"), "open": (2, "whole")},
        {
            "demand": [({0: 1, 1: 1}, 90, 90), ({0: 1}, 10, INF), ({1: 1}, 10, INF)],
            "spare": [({0: 1}, -INF, 1000)],
            "limit": [({2: 1, 3: 1}, -INF, 1)],
        },
        upper={2: 1, 3: 1},
        gates=[(0, 2, 100.0), (1, 3, 100.0)],
    )


def test_whole_numbers_stay_whole():
    p = one_of_two()
    relaxed = Elastic(p, facts_of(p, {"limit": 1.0}, {}), relaxed=True)
    assert not relaxed.least(Control()).needed
    stretch = Elastic(p, facts_of(p, {"limit": 1.0}, {})).least(Control())
    assert stretch.amount.tolist() == pytest.approx([1])


def test_clash_of_a_linear_program_is_irreducible():
    p = program(
        {"x": (3, "quantity")},
        {
            "demand": [({0: 1, 1: 1}, 500, INF), ({2: 1}, 5, INF)],
            "capacity": [({0: 1}, -INF, 200), ({1: 1}, -INF, 100), ({2: 1}, -INF, 10)],
            "spare": [({0: 1, 1: 1, 2: 1}, -INF, 10_000)],
        },
    )
    facts = facts_of(p, dict.fromkeys(p.rows, 1.0), {})
    found = clash(p, facts, Control())
    assert sorted(zip(facts.block[found], facts.position[found], strict=True)) == [
        ("capacity", 2), ("capacity", 3), ("demand", 0)
    ]  # fmt: skip


def test_clash_of_whole_numbers_whose_relaxation_has_a_point():
    """`getIis` says kOk, valid and empty here."""
    p = one_of_two()
    facts = facts_of(p, dict.fromkeys(p.rows, 1.0), {})
    found = clash(p, facts, Control())
    assert sorted(zip(facts.block[found], facts.position[found], strict=True)) == [
        ("demand", 1), ("demand", 2), ("limit", 4)
    ]  # fmt: skip


def test_no_clash_where_there_is_a_point():
    p = program({"x": (1, "quantity")}, {"demand": [({0: 1}, 5, 5)]})
    assert clash(p, facts_of(p, {"demand": 1.0}, {}), Control()) is None


def test_every_clash_is_irreducible():
    """Drop any fact of a random clash and the rest has a point; keep all and it has none."""
    rng = np.random.default_rng(5)
    seen = 0
    for _ in range(25):
        n = 4
        rows = [
            (
                {int(j): float(rng.integers(1, 4)) for j in rng.choice(n, 2, replace=False)},
                -INF,
                float(rng.integers(20)),
            )
            for _ in range(6)
        ]
        asks = [
            ({int(j): 1.0 for j in rng.choice(n, 2, replace=False)}, float(rng.integers(3, 15)), INF) for _ in range(4)
        ]
        p = program({"x": (n, "whole")}, {"most": rows, "least": asks}, upper=dict.fromkeys(range(n), 30.0))
        facts = facts_of(p, {"most": 1.0, "least": 1.0}, {})
        if not Elastic(p, facts).least(Control()).needed:
            continue
        seen += 1
        found = clash(p, facts, Control())
        assert not _holds(p, facts.position[found])
        for left_out in range(len(found)):
            assert _holds(p, np.delete(facts.position[found], left_out))
    assert seen >= 5


def _holds(p: Program, rows: np.ndarray) -> bool:
    from dataclasses import replace

    only = replace(p, row_lower=np.full(len(p.row_lower), -INF), row_upper=np.full(len(p.row_upper), INF))
    only.row_lower[rows], only.row_upper[rows] = p.row_lower[rows], p.row_upper[rows]
    return has_point(only, Control()) is True
