"""The bound of a certificate in exact arithmetic: by hand, against plain fractions, below the optimum, and suspicious."""

from __future__ import annotations

import copy
import random
from dataclasses import replace
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import netopt
from netopt.errors import PlanError
from netopt.formulation import Program, build
from netopt.network import read
from netopt.plan.recompute import recomputed_bound
from netopt.plan.recompute.dyadic import Dyadic, pieces, summed_by
from netopt.plan.recompute.leaves import check_cover
from netopt.solve.bound import Certificate, Cut, Duals, Ledger
from tests.plan.certificates import certified, leaf, lp_duals, no_duals, program_of, random_duals, said, tree
from tests.random_networks import accepted

INF = float("inf")
Stated = dict[str, Any]


def network_program(seed: int, **switches: Any) -> Program:
    return build(read(accepted(seed, broken=None, **switches)))


# ------------------------------------------------------------------------------------------------------- two lanes by hand


def two_lanes() -> Program:
    """Two sites (columns 0, 1; 30 and 8 to open), a lane from each (2, 3; 1 and 5 a unit), and a demand of 10: 40 in all."""
    return program_of(
        [30, 8, 1, 5], [([0, 0, 1, 1], 10, 10)], gates=[(2, 0, 10), (3, 1, 4)],
        upper=[1, 1, 10, 10], whole=(0, 1),
    )  # fmt: skip


def two_lanes_stated(row: float = 4.0) -> Stated:
    return {
        "bound": 0.0,
        "cuts": [],
        "duals": [{"row": [[0], [row]], "cut": [[], []], "gate": [[], []]}],
        "leaves": [{"columns": [], "lower": [], "upper": [], "duals": 0}],
    }


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        (0.0, F(0)),
        (1.0, F(10)),  # 10 + nothing below 0
        (4.0, F(40)),  # 40 + (1 - 4) * 10 + 30 = 0 a unit of opening
        (4.5, F(40)),  # 45 - 5
        (5.5, F(55) - 15),  # lane 3 gives 4 * -0.5 to its opener: 8 - 2 stays above 0
        (10.0, F(100) - (90 - 30) - (20 - 8)),
        (0.1, F(0.1) * 10),  # 0.1 as the float is
    ],
)
def test_by_hand(row: float, wanted: F) -> None:
    assert recomputed_bound(two_lanes(), two_lanes_stated(row)) == wanted


def test_by_hand_in_two_leaves() -> None:
    stated = two_lanes_stated(8.0)  # 80 - (70 - 30) - (12 - 8) = 36
    stated["duals"].append({"row": [[0], [4.0]], "cut": [[], []], "gate": [[], []]})
    stated["leaves"] = [
        {"columns": [0], "lower": [0], "upper": [0], "duals": 0},  # closed: 80 - 4
        {"columns": [0], "lower": [1], "upper": [1], "duals": 1},  # open: 40 + 0
    ]
    assert recomputed_bound(two_lanes(), stated) == 40
    stated["leaves"][1]["duals"] = 0
    assert recomputed_bound(two_lanes(), stated) == 36


def test_an_opener_behind_a_gate() -> None:
    """x <= 5 y and y <= z: -3 a unit give -15 to y, 4 of its own leave -11 to z, that costs 2."""
    program = program_of([-3, 4, 2], [], gates=[(0, 1, 5), (1, 2, 1)], upper=[9, 1, 1], whole=(1, 2))
    stated = said(certified(program, [{}], lambda *_: no_duals(program)))
    assert recomputed_bound(program, stated) == -9
    closed = said(Certificate(-9.0, (), (no_duals(program),), (leaf([2], [0], [0]), leaf([2], [1], [1]))))
    assert recomputed_bound(program, closed) == -9


def test_shares_of_two_gates() -> None:
    """x <= 4 y and x <= 4 z at -10 a unit: the one gets what the other leaves."""
    program = program_of([-10, 15, 25], [], gates=[(0, 1, 4), (0, 2, 4)], upper=[4, 1, 1], whole=(1, 2))
    for share, wanted in ((0.0, -25), (1.0, -15), (0.5, -5), (0.625, 0), (0.75, -5)):
        duals = replace(no_duals(program), gate=np.array([1]), share=np.array([share]))
        assert recomputed_bound(program, said(certified(program, [{}], lambda *_, d=duals: d))) == wanted


def test_a_gate_with_an_opener_that_is_not_a_whole_number() -> None:
    """x <= 10 y at -1 a unit, x <= 4, y <= 0.25 at 1: x = 2.5 at best; only to a whole y is 4 as good as 10."""
    for whole, most, wanted in (((), 0.25, F(-9, 4)), ((1,), 1, F(-3)), ((1,), 2, F(-6))):
        program = program_of([-1, 1], [], gates=[(0, 1, 10)], upper=[4, most], whole=whole)
        stated = said(Certificate(-9.0, (), (no_duals(program),), (leaf(),)))
        assert recomputed_bound(program, stated) == wanted


def test_a_cut_by_hand() -> None:
    """Rows x0 + x1 <= 4.5 and x2 - x1 <= 2 with y in front of x0 and x2: x0 + x2 <= 6.5 y, at -2 on 1 a unit."""
    program = program_of(
        [-1, 0, -1, 10], [([1, 1, 0, 0], -INF, 4.5), ([0, -1, 1, 0], -INF, 2)],
        gates=[(0, 3, 9), (2, 3, 9)], upper=[9, 9, 9, 1], whole=(3,),
    )  # fmt: skip
    plain = said(certified(program, [{}], lambda *_: no_duals(program)))
    assert recomputed_bound(program, plain) == -8  # 10 - 9 - 9
    duals = replace(no_duals(program), cut=np.array([-1.0]))
    cut = said(certified(program, [{}], lambda *_: duals, [Cut(3, np.array([0, 1]))]))
    assert recomputed_bound(program, cut) == 0  # 10 - 6.5 stays above 0


# ---------------------------------------------------------------------------------------------------- against plain fractions


def plainly(program: Program, stated: Stated) -> F:
    """Return the bound by the letter of the docstring, a fraction at a time, with every column looked at."""
    matrix, gates = program.matrix.tocsc(), program.gates
    width = len(program.cost)
    cuts = []
    for cut in stated["cuts"]:
        summed = {}
        for row in cut["rows"]:
            for j in range(width):
                summed[j] = summed.get(j, F(0)) + F(float(program.matrix[row, j]))
        own = {int(c) for c, o in zip(gates.column, gates.opener, strict=True) if o == cut["opener"]}
        kept = {j: value for j, value in summed.items() if j != cut["opener"] and (value < 0 or j in own)}
        cuts.append(kept | {cut["opener"]: -sum(F(program.row_upper[row]) for row in cut["rows"])})
    found = []
    for part in stated["leaves"]:
        duals = stated["duals"][part["duals"]]
        pi = {i: F(v) for i, v in zip(*duals["row"], strict=True)}
        mu = {i: F(v) for i, v in zip(*duals["cut"], strict=True)}
        price = []
        for j in range(width):
            span = slice(matrix.indptr[j], matrix.indptr[j + 1])
            terms = zip(matrix.indices[span].tolist(), matrix.data[span].tolist(), strict=True)
            price.append(F(program.cost[j]) - sum((F(v) * pi[i] for i, v in terms if i in pi), F(0)))
            price[j] -= sum((cuts[n].get(j, F(0)) * value for n, value in mu.items()), F(0))
        low, high = program.lower.tolist(), program.most.tolist()
        for j, least, most in zip(part["columns"], part["lower"], part["upper"], strict=True):
            low[j], high[j] = max(low[j], least), min(high[j], most)
        first: dict[int, int] = {}
        for g, j in enumerate(gates.column.tolist()):
            first.setdefault(j, g)
        share = {g: F(0) for g in range(len(gates))} | dict.fromkeys(first.values(), F(1))
        for g, value in zip(*duals["gate"], strict=True):
            if g not in first.values():
                share[g] = F(value)
                share[first[int(gates.column[g])]] -= F(value)
        done: set[int] = set()
        while len(done) < width:
            for j in range(width):
                before = gates.column[gates.opener == j].tolist()
                if j not in done and set(before) <= done:
                    done.add(j)
                    for g in np.nonzero(gates.column == j)[0].tolist():
                        if price[j] < 0:
                            price[int(gates.opener[g])] += share[g] * price[j] * min(F(gates.bound[g]), F(high[j]))
        bound = sum((v * F((program.row_lower if v > 0 else program.row_upper)[i]) for i, v in pi.items() if v), F(0))
        for j in range(width):
            side = low[j] if price[j] >= 0 else 0 if j in first else high[j]
            bound += price[j] * F(side) if price[j] else 0
        found.append(bound)
    return min(found)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("kind", ["relaxation", "random"])
def test_the_same_as_plain_fractions(seed: int, kind: str) -> None:
    program, draw = network_program(seed), random.Random(seed)
    make = None if kind == "relaxation" else lambda *_: random_duals(program, draw)
    certificate = certified(program, tree(program, draw, 3), make)
    assert np.isfinite(certificate.bound)
    stated = said(certificate)
    assert recomputed_bound(program, stated) == plainly(program, stated)


@pytest.mark.parametrize("seed", range(5))
def test_the_same_as_plain_fractions_with_cuts(seed: int) -> None:
    program, draw = network_program(seed, rates=0.0), random.Random(seed)
    rows = np.nonzero(np.isfinite(program.row_upper))[0].tolist()
    openers = np.unique(program.gates.opener).tolist()
    tried: list[Cut] = []
    for _ in range(60):
        cut = Cut(draw.choice(openers), np.array(sorted(draw.sample(rows, min(len(rows), draw.randint(1, 4))))))
        held = program.matrix.tocsr()[cut.rows].sum(axis=0)
        if np.asarray(held).ravel()[cut.opener] == 0 and program.most[cut.opener] == 1:
            tried.append(cut)
    duals = random_duals(program, draw, len(tried))
    certificate = certified(program, [{}], lambda *_: duals, tried)
    stated = said(certificate)
    exact = recomputed_bound(program, stated)
    assert tried
    assert exact == plainly(program, stated)


# ------------------------------------------------------------------------------------------------- the float bound, the optimum


@pytest.mark.parametrize("seed", range(20, 40))
def test_never_below_the_bound_in_floating_point_nor_above_the_optimum(seed: int) -> None:
    tables, draw = accepted(seed, broken=None), random.Random(seed)
    program = build(read(tables))
    plan = netopt.solve(tables, gap=1e-9, threads=1, time_limit=20)
    assert plan.status in ("optimal", "infeasible")  # whose cost is infinite
    for parts, make in (
        ([{}], None),
        (tree(program, draw, 6), None),
        *(([{}], lambda *_: random_duals(program, draw)) for _ in range(3)),
        (tree(program, draw, 9), lambda *_: random_duals(program, draw)),
    ):
        certificate = certified(program, parts, make)
        assert np.isfinite(certificate.bound)
        exact = recomputed_bound(program, said(certificate))
        assert exact >= F(certificate.bound)
        assert float(exact) <= plan.cost + 1e-7 * abs(plan.cost) + 1e-9


@pytest.mark.parametrize("seed", range(40, 50))
def test_the_duals_of_the_relaxation_give_its_optimum(seed: int) -> None:
    program = network_program(seed)
    cost, duals = lp_duals(program)
    exact = recomputed_bound(program, said(certified(program, [{}], lambda *_: duals)))
    assert float(exact) == pytest.approx(cost, rel=1e-5)  # the duals are short


@pytest.mark.parametrize("scale", [1e-120, 1e-9, 1.0, 1e9, 1e100])
def test_any_size_of_money(scale: float) -> None:
    program = two_lanes()
    program.cost[:] *= scale
    stated = two_lanes_stated(4.5 * scale)
    assert recomputed_bound(program, stated) == plainly(program, stated)
    assert float(recomputed_bound(program, stated)) == pytest.approx(40 * scale)


def test_a_difference_that_no_float_shows() -> None:
    """1 and its float neighbours: the price of a column is one step below zero, and a million units of it count."""
    program = program_of([1.0], [([1.0], 1e6, INF)], upper=[1e6])
    up = float(np.nextafter(1.0, 2.0))
    stated = two_lanes_stated(up)
    assert recomputed_bound(program, stated) == F(10**6)
    program = program_of([1.0, 1e-30], [([1.0, 1e-30], 1.0, INF)], upper=[1e6, 1e6])
    assert recomputed_bound(program, stated) == F(up) + (1 - F(up)) * (10**6 + F(1e-30) * 10**6)


# ---------------------------------------------------------------------------------------------------------------------- lies


def broken(**at: Any) -> Stated:
    stated = two_lanes_stated()
    stated["cuts"] = [{"opener": 0, "rows": [0]}]
    for path, value in at.items():
        part: Any = stated
        *way, last = [int(key) if key.isdigit() else key for key in path.split("__")]
        for key in way:
            part = part[key]
        part[last] = value
    return stated


EMPTY: list[list[Any]] = [[], []]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"cuts": None}, "cuts is not a list"),
        ({"duals": {}}, "duals is not a list"),
        ({"leaves": []}, "no leaf holds anything"),
        ({"leaves": [[]]}, "leaf 0 is not an object"),
        ({"duals": [3]}, "duals 0 is not an object"),
        ({"cuts__0": "x"}, "cut 0 is not an object"),
        ({"duals__0__row": [[0]]}, "not a pair"),
        ({"duals__0__row": [[0, 0], [1.0, 1.0]]}, "twice"),
        ({"duals__0__row": [[1], [1.0]]}, "not positions from 0 to 0"),
        ({"duals__0__row": [[-1], [1.0]]}, "not positions"),
        ({"duals__0__row": [[True], [1.0]]}, "not positions"),
        ({"duals__0__row": [[0.0], [1.0]]}, "not positions"),
        ({"duals__0__row": [[0], []]}, "1 positions for 0 numbers"),
        ({"duals__0__row": [[0], ["1"]]}, "not finite numbers"),
        ({"duals__0__row": [[0], [float("nan")]]}, "not finite numbers"),
        ({"duals__0__row": [[0], [INF]]}, "not finite numbers"),
        ({"duals__0__row": [[0], [10**400]]}, "not finite numbers"),
        ({"duals__0__row": [[0], [None]]}, "not finite numbers"),
        ({"duals__0__cut": [[0], [1.0]]}, "above 0"),
        ({"duals__0__cut": [[1], [-1.0]]}, "not positions"),
        ({"duals__0__gate": [[0], [1.5]]}, "not from 0 to 1"),
        ({"duals__0__gate": [[0], [-0.5]]}, "not from 0 to 1"),
        ({"duals__0__gate": [[2], [0.5]]}, "not positions"),
        ({"cuts__0__opener": 4}, "not positions"),
        ({"cuts__0__opener": 2}, "not one that is 0 or 1"),
        ({"cuts__0__rows": []}, "no upper side"),
        ({"cuts__0__rows": [7]}, "not positions"),
        ({"leaves__0__duals": 1}, "not positions"),
        ({"leaves__0__duals": None}, "not positions"),
        ({"leaves__0__columns": [0]}, "0 numbers for 1 columns"),
        ({"leaves__0__lower": [0]}, "1 numbers for 0 columns"),
        ({"leaves__0": {"columns": [2], "lower": [0], "upper": [9], "duals": 0}}, "not a whole number"),
        ({"leaves__0": {"columns": [0], "lower": [0], "upper": ["1"], "duals": 0}}, "not numbers of a usual size"),
        ({"leaves__0": {"columns": [0], "lower": [0], "upper": [1e17], "duals": 0}}, "not numbers of a usual size"),
        ({"leaves__0": {"columns": [0], "lower": [0], "upper": [0], "duals": 0}}, "no leaf holds column 0 from 1 to 1"),
    ],
)
def test_malformed(changed: Stated, words: str) -> None:
    with pytest.raises(PlanError, match=words):
        recomputed_bound(two_lanes(), broken(**changed))


@pytest.mark.parametrize("stated", [None, [], 3, "x", {}])
def test_no_certificate_at_all(stated: object) -> None:
    with pytest.raises(PlanError):
        recomputed_bound(two_lanes(), stated)


def test_a_dual_of_a_side_that_is_not_there() -> None:
    for low, high, dual in ((-INF, 10, 1.0), (10, INF, -1.0)):
        program = program_of([1.0], [([1.0], low, high)], upper=[20])
        with pytest.raises(PlanError, match="no side of that sign"):
            recomputed_bound(program, two_lanes_stated(dual))
        recomputed_bound(program, two_lanes_stated(-dual))


def test_a_column_without_a_limit() -> None:
    program = program_of([1.0], [([1.0], 10, INF)])
    assert recomputed_bound(program, two_lanes_stated(1.0)) == 10
    with pytest.raises(PlanError, match="column 0 has no limit"):
        recomputed_bound(program, two_lanes_stated(1.5))


def cut_program(**changes: Any) -> Program:
    """Rows x0 + x1 <= 4 and x2 - x1 <= 2; y = column 3 in front of x0 and x2."""
    parts: dict[str, Any] = {
        "cost": [-1, 0, -1, 10], "rows": [([1, 1, 0, 0], -INF, 4), ([0, -1, 1, 0], -INF, 2)],
        "gates": [(0, 3, 9), (2, 3, 9)], "upper": [9, 9, 9, 1], "whole": (3,),
    }  # fmt: skip
    return program_of(**parts | changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"whole": ()}, "not one that is 0 or 1"),
        ({"upper": [9, 9, 9, 2]}, "not one that is 0 or 1"),
        ({"lower": [0, 0, 0, -1]}, "not one that is 0 or 1"),
        ({"lower": [0, -1, 0, 0]}, "below zero"),
        ({"rows": [([1, 1, 0, 0], 0, INF), ([0, -1, 1, 0], -INF, 2)]}, "no upper side"),
        ({"rows": [([1, 1, 0, -4], -INF, 0), ([0, -1, 1, 0], -INF, 2)]}, "its own opener"),
    ],
)
def test_a_cut_that_does_not_hold(changes: Stated, words: str) -> None:
    stated = two_lanes_stated(0.0) | {"cuts": [{"opener": 3, "rows": [0, 1]}]}
    stated["duals"][0]["cut"] = [[0], [-1.0]]
    assert recomputed_bound(cut_program(), stated) == 0
    with pytest.raises(PlanError, match=words):
        recomputed_bound(cut_program(**changes), stated)


def test_a_cut_of_coefficients_that_floats_do_not_sum() -> None:
    """0.1 + 0.2 - 0.3 is above zero in floats and below it in truth times 3; the limit 0.1 + 0.2 is no float."""
    rows = [([0.1, 1], -INF, 0.1, ), ([0.2, 0], -INF, 0.2), ([-0.3, 0], -INF, 0)]
    program = program_of([0, -1, 1], [([*row[0], 0], row[1], row[2]) for row in rows], gates=[(1, 2, 5)], upper=[3, 5, 1], whole=(2,))
    stated = two_lanes_stated(0.0) | {"cuts": [{"opener": 2, "rows": [0, 1, 2]}]}
    stated["duals"][0] |= {"row": EMPTY, "cut": [[0], [-1.0]]}
    assert F(0.1) + F(0.2) - F(0.3) > 0
    assert recomputed_bound(program, stated) == 0
    stated["duals"][0]["cut"] = [[0], [-0.5]]
    assert recomputed_bound(program, stated) == plainly(program, stated)
    program = program_of([0, -1, 1], [([-1e16, 1, 0], -INF, 0.1), ([1e16, 0, 0], -INF, 0.2), ([-1.5, 0, 0], -INF, 0)],
                         gates=[(1, 2, 5)], upper=[3, 5, 1], whole=(2,))  # fmt: skip
    assert recomputed_bound(program, stated) == plainly(program, stated)


def test_shares_above_one_only_weaken_the_bound_of_what_is_never_negative() -> None:
    gates = [(0, 1, 4), (0, 2, 4), (0, 3, 4)]
    for low in (0.0, -1.0):
        program = program_of([-10, 0, 0, 0], [], gates=gates, lower=[low, 0, 0, 0], upper=[4, 1, 1, 1], whole=(1, 2, 3))
        stated = two_lanes_stated() | {"duals": [{"row": EMPTY, "cut": EMPTY, "gate": [[1, 2], [0.75, 0.75]]}]}
        if low < 0:
            with pytest.raises(PlanError, match="more than 1"):
                recomputed_bound(program, stated)
        else:
            assert recomputed_bound(program, stated) == -60


@pytest.mark.parametrize("seed", range(6))
def test_any_number_that_is_altered_makes_another_bound_or_none(seed: int) -> None:
    """What a forger changes is either seen at once, or is another certificate, that proves what it proves."""
    tables, draw = accepted(seed, broken=None), random.Random(seed)
    program = build(read(tables))
    plan = netopt.solve(tables, gap=1e-9, threads=1, time_limit=20)
    stated = said(certified(program, tree(program, draw, 5)))
    for _ in range(60):
        forged = copy.deepcopy(stated)
        part: Any = forged
        while isinstance(part, dict | list) and len(part):
            owner, key = part, draw.choice([k for k in part if k not in ("bound", "cuts")] if isinstance(part, dict) else range(len(part)))
            part = part[key]
        if not isinstance(part, int | float):
            continue
        owner[key] = draw.choice([part + 1, part - 1, part * 2, -part, 0, 1, part * 1e3])
        try:
            exact = recomputed_bound(program, forged)
        except PlanError:
            continue
        assert float(exact) <= plan.cost * (1 + 1e-7) + 1e-7


# -------------------------------------------------------------------------------------------------------------------- leaves


def covered(leaves: list[dict[int, tuple[float, float]]], lower: list[float], upper: list[float]) -> bool:
    try:
        check_cover(leaves, np.array(lower, dtype=float), np.array(upper, dtype=float))
    except PlanError:
        return False
    return True


@pytest.mark.parametrize(
    ("leaves", "wanted"),
    [
        ([{}], True),
        ([], False),
        ([{0: (0, 0)}, {0: (1, 1)}], True),
        ([{0: (0, 0)}], False),
        ([{0: (0, 0)}, {0: (1, 1), 1: (0, 1)}], False),
        ([{0: (0, 0)}, {0: (1, 1), 1: (0, 1)}, {0: (1, 1), 1: (2, 5)}], True),
        ([{0: (0, 0)}, {1: (0, 1)}, {1: (2, 5)}], True),
        ([{0: (0, 0)}, {1: (0, 1)}, {1: (3, 5)}], False),
        ([{0: (0, 0)}, {1: (0, 1)}, {1: (3, 5)}, {0: (1, 1), 1: (1, 4)}], True),
        ([{0: (-9, 0)}, {0: (1, 9)}], True),
        ([{0: (1, 0)}, {0: (1, 1)}], False),
        ([{0: (5, 6)}, {0: (0, 0)}, {0: (1, 1)}], True),
        ([{2: (-INF, 3)}, {2: (4, INF)}], True),
        ([{2: (-INF, 3)}, {2: (5, INF)}], False),
        ([{2: (0, 3)}, {2: (4, INF)}], False),
        # no tree: five boxes around a middle one
        ([{1: (0, 1), 3: (0, 3)}, {1: (2, 5), 3: (0, 1)}, {1: (4, 5), 3: (2, 5)}, {1: (0, 3), 3: (4, 5)}, {1: (2, 3), 3: (2, 3)}], True),
        ([{1: (0, 1), 3: (0, 3)}, {1: (2, 5), 3: (0, 1)}, {1: (4, 5), 3: (2, 5)}, {1: (0, 3), 3: (4, 5)}, {1: (2, 3), 3: (2, 2)}], False),
    ],
)
def test_cover(leaves: list[dict[int, tuple[float, float]]], wanted: bool) -> None:
    assert covered(leaves, [0, 0, -INF, 0], [1, 5, INF, 5]) == wanted


@pytest.mark.parametrize("seed", range(20))
def test_a_tree_covers_and_without_any_leaf_it_does_not(seed: int) -> None:
    draw = random.Random(seed)
    upper = [float(draw.choice([1, 1, 1, 2, 6])) for _ in range(8)]
    program = program_of([0.0] * 8, [], upper=upper, whole=range(8))
    leaves = tree(program, draw, 40)
    assert covered(leaves, [0.0] * 8, upper)
    for gone in range(len(leaves)):
        assert not covered(leaves[:gone] + leaves[gone + 1 :], [0.0] * 8, upper)
    narrowed = draw.choice([n for n, part in enumerate(leaves) if any(high > low for low, high in part.values())] or [0])
    for column, (low, high) in leaves[narrowed].items():
        if high > low:
            assert not covered([*leaves[:narrowed], {**leaves[narrowed], column: (low, high - 1)}, *leaves[narrowed + 1 :]], [0.0] * 8, upper)


@pytest.mark.parametrize("seed", range(30))
def test_any_heap_of_boxes_as_counting_says(seed: int) -> None:
    draw = random.Random(seed)
    leaves = []
    for _ in range(draw.randint(4, 14)):
        sides = {c: sorted((draw.randint(0, 3), draw.randint(0, 3))) for c in range(3) if draw.random() < 0.7}
        leaves.append({c: (float(low), float(high)) for c, (low, high) in sides.items()})
    points = [(a, b, c) for a in range(4) for b in range(4) for c in range(4)]
    wanted = all(any(all(low <= point[c] <= high for c, (low, high) in part.items()) for part in leaves) for point in points)
    assert covered(leaves, [0.0] * 3, [3.0] * 3) == wanted


def test_thousands_of_leaves_and_a_tree_as_deep_as_it_is_large() -> None:
    program = program_of([0.0] * 60, [], upper=[1.0] * 60, whole=range(60))
    assert covered(tree(program, random.Random(1), 4000), [0.0] * 60, [1.0] * 60)
    deep: list[dict[int, tuple[float, float]]] = [{0: (float(n), float(n))} for n in range(3000)]
    assert covered(deep, [0.0], [2999.0])
    comb = [{**dict.fromkeys(range(n), (1.0, 1.0)), n: (0.0, 0.0)} for n in range(1100)]
    assert not covered(comb, [0.0] * 1100, [1.0] * 1100)
    assert covered([*comb, dict.fromkeys(range(1100), (1.0, 1.0))], [0.0] * 1100, [1.0] * 1100)


def test_sides_between_whole_numbers() -> None:
    stated = two_lanes_stated()
    one = {"columns": [0], "lower": [None], "upper": [0.7], "duals": 0}
    stated["leaves"] = [one, {"columns": [0], "lower": [0.2], "upper": [None], "duals": 0}]
    assert recomputed_bound(two_lanes(), stated) == 40
    stated["leaves"] = [one, {"columns": [0], "lower": [1.1], "upper": [None], "duals": 0}]
    with pytest.raises(PlanError, match="no leaf holds column 0 from 1 to 1"):
        recomputed_bound(two_lanes(), stated)


# ------------------------------------------------------------------------------------------------------------- dyadic numbers


def fractions(values: Dyadic) -> list[F]:
    return [F(whole, 1 << values.bits) for whole in values.whole]


@pytest.mark.parametrize(
    "values", [[], [0.0], [0.1, -0.3, 1e6], [5e-324, 1.0], [1.7e308, -2.5e-308], [2.0**60, 3.0, -0.0], [-(2.0**53) + 1, 2.0**-60]]
)
def test_floats_as_they_are(values: list[float]) -> None:
    exact = Dyadic.of(np.array(values))
    assert fractions(exact) == [F(value) for value in values]
    assert exact.bits == Dyadic.bits_of(np.array(values))
    assert fractions(exact.finer(exact.bits + 9)) == fractions(exact)
    assert fractions(Dyadic.of(np.array(values), exact.bits + 3)) == fractions(exact)
    assert exact.sum() == sum(map(F, values))
    assert exact.negative.tolist() == [value < 0 for value in values]


def test_sums_differences_products_and_groups() -> None:
    some = np.random.default_rng(5)
    one, other = (some.normal(0, 10.0 ** some.uniform(-20, 20, 200)) for _ in range(2))
    a, b = Dyadic.of(one), Dyadic.of(other)
    pairs = [(F(x), F(y)) for x, y in zip(one, other, strict=True)]
    assert fractions(a + b) == [x + y for x, y in pairs]
    assert fractions(a - b) == [x - y for x, y in pairs]
    assert fractions(a * b) == [x * y for x, y in pairs]
    group = some.integers(0, 17, 200)
    assert fractions(summed_by(group, a, 19)) == [sum((F(x) for x in one[group == g]), F(0)) for g in range(19)]
    assert fractions(summed_by(group[:0], a[group < 0], 2)) == [0, 0]


def test_pieces() -> None:
    value = F(0.1) + F(1e20) + F(3e-25)
    found = pieces(value)
    assert sum(map(F, found)) == value
    assert found[0] == 1e20
    assert pieces(F(0)) == []


def test_the_ledger_agrees_on_what_a_certificate_is() -> None:
    """Its bound for one leaf is what the certificate says, digit for digit."""
    program = network_program(3)
    duals: Duals = lp_duals(program)[1]
    assert certified(program, [{}], lambda *_: duals).bound == Ledger(program).bound(duals).value
