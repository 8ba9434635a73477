"""The volume algorithm: each pass solves what is not relaxed to the end, sums of openers among it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
import scipy.optimize as so

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve.bound import Cut, Duals, Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.form import gate_rows
from netopt.solve.lagrange import Climbed, Prices, Volume
from netopt.solve.sums import members_of
from tests.plan.certificates import lp_duals, program_of
from tests.solve.located import echelons, located
from tests.solve.relaxed import bare, chain, relaxed

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]
INF = float("inf")

NETWORKS = [(5, 6, 0), (6, 5, 1), (7, 4, 2), (6, 6, 3)]
ECHELONS = [(3, 4, 8, 2), (3, 4, 8, 5), (4, 5, 10, 2), (4, 5, 10, 3)]


def made(sites: int, customers: int, seed: int) -> Program:
    return build(read(located(sites, customers, seed, tight=0.4, fixed=600)))


def staged(dcs: int, fcs: int, customers: int, seed: int) -> Program:
    return build(read(echelons(dcs, fcs, customers, seed)))


def least(
    given: Program, cost: FloatArray, rows: BoolArray, lower: FloatArray, upper: FloatArray,
    gates: BoolArray | None = None,
) -> float:  # fmt: skip
    """Return the least cost by another solver, with some of the rows and gates; infinite where there is no plan."""
    at = np.nonzero(rows)[0]
    part = so.LinearConstraint(given.matrix.tocsr()[at], given.row_lower[at], given.row_upper[at])
    which = np.arange(len(given.gates)) if gates is None else np.nonzero(gates)[0]
    linked = so.LinearConstraint(gate_rows(given.gates, len(given.cost), which), -np.inf, 0)
    whole = given.whole.astype(int)
    high = np.minimum(upper, given.most)
    run = so.milp(cost, integrality=whole, bounds=so.Bounds(lower, high), constraints=[part, linked])
    return float(run.fun) if run.status == 0 else np.inf


def optimum(given: Program, lower: FloatArray | None = None, upper: FloatArray | None = None) -> float:
    """Return the least cost of a plan, by another solver."""
    rows = np.ones(len(given.row_lower), dtype=bool)
    low, high = given.lower if lower is None else lower, given.upper if upper is None else upper
    return least(given, given.cost, rows, low, high)


def narrowed(given: Program, low: float, high: float) -> tuple[FloatArray, FloatArray]:
    """Return bounds with so many sites open."""
    ((_, total, _),) = members_of(given)
    lower, upper = given.lower.copy(), given.upper.copy()
    lower[total], upper[total] = low, high
    return lower, upper


def some_duals(volume: Volume, seed: int) -> FloatArray:
    """Return duals of no meaning, of the signs that the rows allow, for the rows that are relaxed."""
    draw = np.random.default_rng(seed)
    row = draw.normal(30, 40, len(volume.row_lower))
    return volume._allowed(np.where(volume.relaxed, row, 0.0))


def paid(volume: Volume, row: FloatArray) -> float:
    """Return what the duals of the rows are worth."""
    return float((row * np.where(row > 0, volume.row_lower, np.where(row < 0, volume.row_upper, 0.0))).sum())


def free(given: Program) -> Prices:
    """Return prices that are all zero."""
    return Prices(np.zeros(len(given.row_lower)), np.zeros(0), np.zeros(len(given.gates)))


def passed(volume: Volume, row: FloatArray) -> Climbed:
    """Return what one pass comes to; duals of rows, cuts and other gates as `Volume.look` takes them."""
    height, cuts = len(volume.program.row_lower), len(volume.ledger.cuts)
    gate = np.zeros(len(volume.program.gates))
    gate[volume._others] = row[height + cuts :]
    prices = Prices(row[:height], row[height : height + cuts], gate)
    return volume.climb(prices, np.minimum(volume.program.most, 1e6), 0, lambda: True)


# -- one pass ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("between", [(0, 99), (0, 2), (3, 99), (2, 3), (4, 4), (1, 1)])
@pytest.mark.parametrize(("sites", "customers", "seed"), NETWORKS)
def test_a_pass_is_exact(sites: int, customers: int, seed: int, between: tuple[int, int]) -> None:
    p = made(sites, customers, seed)
    low, high = (float(min(side, sites)) for side in between)
    lower, upper = narrowed(p, low, high)
    volume = Volume(Ledger(p), lower, upper)
    ((row_of, total, members),) = members_of(p)
    assert not volume.relaxed[row_of]
    assert len(volume.relaxed) == len(p.row_lower)  # no cuts, and one gate a column
    best = optimum(p, lower, upper)
    for turn in range(3):
        row = some_duals(volume, 10 * seed + turn)
        found = volume.look(row)
        exact = paid(volume, row) + least(p, p.cost - p.matrix.T @ row, ~volume.relaxed, lower, upper)
        assert found.value == pytest.approx(exact, rel=1e-6, abs=1e-4)
        assert low <= found.x[total] <= high
        assert found.x[members].sum() == found.x[total]
        assert found.value <= best + 1e-6


@pytest.mark.parametrize("opened", [1, 2])
def test_a_pass_is_exact_where_nothing_is_left_to_choose(opened: int) -> None:
    p = made(6, 5, 1)
    lower, upper = narrowed(p, 0, opened)
    ((_, total, members),) = members_of(p)
    lower[members[:opened]] = 1.0
    volume = Volume(Ledger(p), lower, upper)
    for turn in range(4):
        row = some_duals(volume, turn)
        found = volume.look(row)
        exact = paid(volume, row) + least(p, p.cost - p.matrix.T @ row, ~volume.relaxed, lower, upper)
        assert found.value == pytest.approx(exact, rel=1e-6, abs=1e-4)
        assert found.x[members].sum() == found.x[total] == opened


@pytest.mark.parametrize("part", [0.5, 1.0])
@pytest.mark.parametrize("network", ECHELONS)
def test_a_pass_over_two_echelons_is_exact(network: tuple[int, int, int, int], part: float) -> None:
    """Relaxed are all rows but the throughput of sites, the cuts, and the gates of a lane's other end."""
    p = staged(*network)
    ledger = Ledger(p)
    for cut in Dicuts(ledger).broken_by(relaxed(bare(p)).x):
        ledger.add_cut(cut)
    kept = p.whole | ~ledger.gated | (np.random.default_rng(network[-1]).random(len(p.cost)) < part)
    lower = p.lower.copy()
    lower[[members[0] for _, _, members in members_of(p)]] = 1.0  # one of either kind stays open
    volume = Volume(ledger, lower, p.upper, np.nonzero(kept)[0])
    inside = kept[p.gates.column]
    other = np.zeros(len(p.gates), dtype=bool)
    other[volume._others] = True
    assert not other[~inside].any()
    assert (np.bincount(p.gates.column[inside & ~other], minlength=len(kept))[kept & ledger.gated] == 1).all()
    height = len(p.row_lower)
    assert volume.relaxed[height:].all()
    assert len(volume.relaxed) == height + len(ledger.cuts) + other.sum()
    rows = np.vstack([
        p.matrix.toarray(), ledger.cut_rows().toarray(), gate_rows(p.gates, len(p.cost), volume._others).toarray()
    ])  # fmt: skip
    upper = np.where(kept, p.upper, 0.0)
    best = optimum(p, lower)
    for turn in range(4):
        row = some_duals(volume, turn)
        assert (row[height:] <= 0).all()
        found = volume.look(row)
        exact = least(p, p.cost - rows.T @ row, ~volume.relaxed[:height], lower, upper, inside & ~other)
        assert found.value == pytest.approx(paid(volume, row) + exact, rel=1e-6, abs=1e-4)
        assert found.x.shape == (kept.sum(),)
        if kept.all():
            assert found.value <= best + 1e-6


@pytest.mark.parametrize(("sites", "customers", "seed"), NETWORKS)
def test_the_duals_of_a_pass_prove_its_value(sites: int, customers: int, seed: int) -> None:
    p = made(sites, customers, seed)
    for low, high in ((0, sites), (3, sites), (0, 2)):
        lower, upper = narrowed(p, low, high)
        ledger = Ledger(p)
        volume = Volume(ledger, lower, upper)
        row = some_duals(volume, seed)
        found = passed(volume, row)
        assert found.value == volume.look(row).value
        assert ledger.bound(found.duals, lower, upper).value == pytest.approx(found.value, rel=1e-6, abs=1e-4)


@pytest.mark.parametrize("network", ECHELONS)
def test_the_duals_of_a_pass_over_two_echelons_prove_its_value(network: tuple[int, int, int, int]) -> None:
    p = staged(*network)
    ledger = Ledger(p)
    volume = Volume(ledger, p.lower, p.upper)
    for turn in range(5):
        found = passed(volume, some_duals(volume, turn))
        # a gate that costs more than its column brings is worth more to the ledger
        assert ledger.bound(found.duals).value >= found.value - 1e-6 * abs(found.value)


# -- knapsacks that whole items fill -----------------------------------------------------------------------------------


def filled(*cost: float) -> Program:
    """Return: 10 wanted at each of some customers, from a site that opens for 5 and carries 10, or from afar at 9.

    Columns are the open site, its flows at the given cost, and those from afar; rows are the balances, then the site's.
    """
    n = len(cost)
    eye = np.eye(n)
    rows = [([0.0, *eye[i], *eye[i]], 10.0, 10.0) for i in range(n)]
    site = ([-10.0, *[1.0] * n, *[0.0] * n], -INF, 0.0)
    return program_of(
        [5, *cost, *[9] * n], [*rows, site], [(1 + i, 0, 10) for i in range(n)], upper=[1, *[10] * (2 * n)], whole=(0,)
    )


@pytest.mark.parametrize(
    ("cost", "value", "dual"),
    [
        ([1, 2], 120 - 50 + 5, -4),  # at 6 a unit the first is worth 50, the second would be 40
        ([2, 1], 120 - 50 + 5, -4),
        ([1, 1], 120 - 50 + 5, -5),  # either of two equal ones
        ([1, 7], 120 - 50 + 5, 0),  # nothing waits
        ([1], 60 - 50 + 5, 0),
        ([1, 2, 3], 180 - 50 + 5, -4),  # the price is that of the next one, not of the last
        ([5.75, 5.75], 120, -0.25),  # not worth opening
    ],
)
def test_what_fills_a_knapsack_leaves_the_price_to_the_next(cost: list[float], value: float, dual: float) -> None:
    p = filled(*cost)
    ledger = Ledger(p)
    volume = Volume(ledger, p.lower, p.upper)
    n = len(cost)
    assert volume.relaxed.tolist() == [True] * n + [False]
    row = np.append(np.full(n, 6.0), 0.0)
    found = volume.look(row)
    assert found.value == pytest.approx(value)
    assert found.row[n] == pytest.approx(dual)
    assert ledger.bound(passed(volume, row).duals).value == pytest.approx(value)


def test_rounding_does_not_lose_the_price_of_a_full_knapsack() -> None:
    """Many sites, each filled by the first of two equal flows: sums of sizes are off by a little either way."""
    draw = np.random.default_rng(1)
    n = 60
    size, fixed, gain = draw.uniform(0.1, 3.0, n), draw.uniform(1, 9, n), draw.uniform(5, 9, n)
    eye, nothing = np.eye(n), np.zeros((n, n))
    rows = [(line, -INF, 0.0) for line in np.hstack([-np.diag(size), eye, eye]).tolist()]
    balance = np.hstack([nothing, eye, nothing]) + np.hstack([nothing, nothing, np.roll(eye, 1, axis=0)])
    rows += [(line, size[i], size[i]) for i, line in enumerate(balance.tolist())]
    p = program_of(
        [*fixed, *gain, *gain], rows, [(n + i, i % n, size[i % n]) for i in range(2 * n)],
        upper=[*np.ones(n), *size, *size], whole=tuple(range(n)),
    )  # fmt: skip
    ledger = Ledger(p)
    volume = Volume(ledger, p.lower, p.upper)
    row = np.append(np.zeros(n), np.full(n, 12.0))
    found = volume.look(row)
    # each open site brings 12 - gain for what it carries
    by_hand = 12 * size.sum() + np.minimum(0, fixed - (12 - gain) * size).sum()
    assert found.value == pytest.approx(by_hand)
    assert found.row[:n] == pytest.approx(gain - 12)
    assert ledger.bound(passed(volume, row).duals).value == pytest.approx(by_hand)


# -- the ascent --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("sites", "customers", "seed"), NETWORKS)
def test_counting_raises_the_bound_and_never_above_the_optimum(sites: int, customers: int, seed: int) -> None:
    p = made(sites, customers, seed)
    for low, high in ((sites - 1, sites), (0, 3)):
        lower, upper = narrowed(p, low, high)
        values = []
        for bounds in ((p.lower, p.upper), (lower, upper)):
            ledger = Ledger(p)
            found = Volume(ledger, *bounds).climb(free(p), np.minimum(p.most, 1e6), 300, lambda: False)
            values.append(ledger.bound(found.duals, *bounds).value)
            assert found.x.shape == p.cost.shape
        assert values[1] <= optimum(p, lower, upper) + 1e-6
        assert values[0] <= optimum(p) + 1e-6
        if low:  # more sites than are worth their cost
            assert values[1] > values[0] + 100


def climbed(given: Program, ledger: Ledger, kept: npt.NDArray[np.int64] | None = None, passes: int = 300) -> Climbed:
    """Return where an ascent from the relaxation without gates comes to."""
    weak = bare(given).run()[1]
    assert weak is not None
    begin = Prices.of(weak.duals, len(given.gates))
    return Volume(ledger, given.lower, given.upper, kept).climb(begin, weak.x, passes, lambda: False)


@pytest.mark.parametrize("network", ECHELONS)
def test_two_echelons(network: tuple[int, int, int, int]) -> None:
    p = staged(*network)
    ledger = Ledger(p)
    found = climbed(p, ledger, passes=600)
    strong, _ = lp_duals(p)
    bound = ledger.bound(found.duals).value
    assert bound >= found.value - 1e-6 * abs(found.value)
    assert 0.97 * strong <= found.value <= strong * (1 + 1e-9)
    assert bound <= optimum(p) * (1 + 1e-9)
    assert (found.prices.gate <= 0).all()
    others = Volume(ledger, p.lower, p.upper)._others
    own = np.setdiff1d(np.arange(len(p.gates)), others)
    assert len(own) == ledger.gated.sum()
    assert not found.prices.gate[own].any()
    assert (ledger.several[p.gates.column[others]]).all()


def test_the_prices_of_other_gates_are_used() -> None:
    """A flow saves 2 a unit, 16 in all, and needs two sites at 10 each, so neither may be asked to pay for it alone."""
    p = program_of([10, 10, -2], [([0, 0, 1], -1e3, 1e3)], [(2, 0, 8), (2, 1, 8)], upper=[1, 1, 8], whole=(0, 1))
    ledger = Ledger(p)
    volume = Volume(ledger, p.lower, p.upper)
    assert volume._others.tolist() == [1]
    assert volume.look(np.zeros(2)).value == -6  # the first takes all
    for price, value in ((-0.5, -2), (-1, 0), (-1.5, -2), (-3, -14)):  # -3 is more than the flow saves
        assert volume.look(np.array([0, price])).value == pytest.approx(value)
        proved = ledger.bound(passed(volume, np.array([0, price])).duals).value
        assert proved == pytest.approx(max(value, -6))  # the ledger hands over no more than 2
    found = volume.climb(free(p), np.array([1, 1, 8.0]), 200, lambda: False)
    assert found.value == pytest.approx(0, abs=1e-6)
    assert found.prices.gate[0] == 0
    assert -1.25 - 1e-9 <= found.prices.gate[1] <= -0.75 + 1e-9  # so that neither pays more than 10
    assert found.duals.gate.tolist() == [1]
    assert found.duals.share == pytest.approx(-found.prices.gate[1:] / 2)
    assert ledger.bound(found.duals).value == pytest.approx(0, abs=1e-6)


def test_prices_of_gates_carry_over_to_other_columns() -> None:
    """A price of a gate comes back at its place, and the one of a column that is left out is gone."""
    p = staged(3, 4, 8, 2)
    ledger = Ledger(p)
    volume = Volume(ledger, p.lower, p.upper)
    draw = np.random.default_rng(0)
    prices = free(p)
    prices.gate[volume._others] = -draw.uniform(1, 2, len(volume._others))
    same = volume.climb(prices, p.most, 0, lambda: True)
    assert (same.prices.gate == prices.gate).all()
    out = int(p.gates.column[volume._others[0]])
    kept = np.delete(np.arange(len(p.cost)), out)
    less = Volume(ledger, p.lower, p.upper, kept).climb(prices, p.most, 0, lambda: True)
    here = p.gates.column != out
    assert (less.prices.gate[here] == prices.gate[here]).all()
    assert not less.prices.gate[~here].any()


@pytest.mark.parametrize("network", ECHELONS)
def test_few_columns(network: tuple[int, int, int, int]) -> None:
    """What the ledger says without the columns left out; with them the bound may be lower, and holds."""
    p = staged(*network)
    ledger = Ledger(p)
    dicuts = Dicuts(ledger)
    kept = np.ones(len(p.cost), dtype=bool)
    kept[dicuts.last()] = False
    kept[dicuts.nearest(dicuts.last(), p.cost, 2)] = True
    assert not kept.all()
    found = climbed(p, ledger, np.nonzero(kept)[0], 200)
    alone = ledger.bound(found.duals, p.lower, np.where(kept, p.upper, 0.0)).value
    assert alone == pytest.approx(found.value, rel=5e-3)
    assert alone >= found.value - 1e-6 * abs(found.value)
    bound = ledger.bound(found.duals).value
    assert bound <= alone
    assert bound <= optimum(p) * (1 + 1e-9)
    assert found.x.shape == p.cost.shape
    assert not found.x[~kept].any()
    every = Volume(ledger, p.lower, p.upper, np.arange(len(p.cost)))
    whole = Volume(ledger, p.lower, p.upper)
    row = some_duals(whole, 1)
    assert every.look(row).value == pytest.approx(whole.look(row).value)


def test_a_stop_returns_what_is_known() -> None:
    p = made(5, 6, 0)
    ledger = Ledger(p)
    volume = Volume(ledger, p.lower, p.upper)
    asked: list[bool] = []

    def enough() -> bool:
        asked.append(True)
        return len(asked) > 3

    found = volume.climb(free(p), np.minimum(p.most, 1e6), 300, enough)
    assert len(asked) == 4
    assert found.value >= volume.look(np.zeros(len(volume.row_lower))).value
    assert ledger.bound(found.duals).value == pytest.approx(found.value, rel=1e-6)


# -- cuts --------------------------------------------------------------------------------------------------------------


def test_a_cut_by_hand() -> None:
    """Both customers and centers of the chain: D brings at most 8, so at 7 it is open by 7/8 and not by 3.5/8."""
    p = chain()
    ledger = Ledger(p)
    before = climbed(p, ledger, passes=600).value
    assert 9.4 <= before <= 7 + 3.5 / 8 * 6 + 1e-9
    ledger.add_cut(Cut(0, np.arange(4)))
    volume = Volume(ledger, p.lower, p.upper)
    # 9 a unit everywhere, of which the cut takes 0.75 from D-F and D-G, and lets D open for nothing: 8 each
    row = np.array([9, 9, 9, 9, -9, -0.75])
    assert volume.look(row).value == pytest.approx(72 - 9 - 2 * 8 * (9 - 1 - 0.75) + 6 - 8 * 0.75)
    found = climbed(p, ledger, passes=600)
    assert 12.0 <= found.value <= 7 + 7 / 8 * 6 + 1e-9
    assert found.prices.cut == pytest.approx([-0.75], abs=0.1)  # the eighth part of what D costs
    assert ledger.bound(found.duals).value == pytest.approx(found.value, rel=1e-6)


@pytest.mark.parametrize("network", ECHELONS)
def test_cuts_are_relaxed(network: tuple[int, int, int, int]) -> None:
    p = staged(*network)
    ledger = Ledger(p)
    first = climbed(p, ledger)
    cuts = Dicuts(ledger).broken_by(relaxed(bare(p)).x)
    assert cuts
    for cut in cuts:
        ledger.add_cut(cut)
    volume = Volume(ledger, p.lower, p.upper)
    height = len(p.row_lower)
    assert volume.relaxed[height : height + len(cuts)].all()
    found = volume.climb(first.prices, first.x, 300, lambda: False, first.x)
    assert found.prices.cut.shape == found.duals.cut.shape == (len(cuts),)
    assert (found.prices.cut <= 0).all()
    assert found.value >= first.value
    bound = ledger.bound(found.duals).value
    assert bound >= found.value - 1e-6 * abs(found.value)
    assert bound <= optimum(p) * (1 + 1e-9)
    # duals without a price for the cuts prove less, if a cut has one
    bare_duals = Duals(found.duals.row, np.zeros(len(cuts)), found.duals.gate, found.duals.share)
    assert ledger.bound(bare_duals).value <= bound
    # prices of before count for the first cuts, others come with none
    ledger.add_cut(cuts[0])
    again = Volume(ledger, p.lower, p.upper).climb(found.prices, first.x, 0, lambda: True)
    assert again.prices.cut.tolist() == [*found.prices.cut, 0]
    assert again.value == pytest.approx(found.value)
