"""Sums of choices: which columns they are, what the rows alone say of them, and splits that leave a proof."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from netopt.formulation import Program, build
from netopt.network import read
from netopt.plan.recompute import recomputed_bound
from netopt.solve import Control
from netopt.solve.bound import Certificate, Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.relaxation import Relaxation
from netopt.solve.screen import Screened, screen
from netopt.solve.search import Search
from netopt.solve.sums import members_of, split_sums, sums_of, tighten_sums
from netopt.solve.tree import Tree
from tests.formulation.networks import PERIODS, TWO_SITES, column_names, solved, tables
from tests.plan.certificates import program_of, said
from tests.random_networks import accepted
from tests.solve.located import best_by_enumeration, located
from tests.solve.relaxed import MIXES, cheapest, program

INF = float("inf")
SITES = "name type status fixed_cost\nS supplier - -\nD dc consider 5\nE dc consider 7"


def counted(count: int = 5, capacity: float = 4.0, wanted: float = 10.0, most: float | None = None) -> Program:
    """Return sites that carry some at 1 a unit and open for 5, 6, ...; their number; and what is wanted.

    Columns are the openers, what they carry, and the sum.
    """
    n = count
    nothing, ones = [0.0] * n, [1.0] * n
    return program_of(
        [*(5.0 + i for i in range(n)), *ones, 0],
        [([*nothing, *ones, 0], wanted, wanted), ([*ones, *nothing, -1], 0, 0)],
        [(n + i, i, capacity) for i in range(n)],
        upper=[*ones, *([capacity] * n), n if most is None else most], whole=(*range(n), 2 * n),
    )  # fmt: skip


def begun(given: Program, best: float = INF) -> tuple[Tree, Relaxation]:
    """Return a tree that has just begun, and whose root's sums were narrowed."""
    relaxation = Relaxation(Ledger(given), Control())
    tree = Tree(relaxation, Dicuts(relaxation.ledger), 1e-6, lambda _x: None)
    tree.best = best
    point = relaxation.run()[1]
    assert point is not None
    tree.begin(point.duals)
    tighten_sums(tree, point)
    return tree, relaxation


def proved(given: Program, certificate: Certificate) -> float:
    """Return what a certificate proves in exact arithmetic; its leaves have to cover every choice."""
    return float(recomputed_bound(given, said(certificate)))


# -- what sums are ----------------------------------------------------------------------------------------------------


def test_the_members_of_a_built_network() -> None:
    p = build(read(tables(periods=PERIODS, facilities=SITES, lanes=TWO_SITES)))
    names = column_names(p)
    assert [names[at] for at in sums_of(p)] == ["open_sites dc P1", "open_sites dc P2"]
    found = members_of(p)
    assert [names[total] for _, total, _ in found] == ["open_sites dc P1", "open_sites dc P2"]
    for row, total, members in found:
        period = names[total].split()[-1]
        assert [names[at] for at in members] == [f"open D {period}", f"open E {period}"]
        assert p.rows["site_count"].start <= row < p.rows["site_count"].start + p.rows["site_count"].size


@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_no_other_column_is_a_sum(seed: int, switches: dict[str, bool]) -> None:
    """A customer's source behind a site that is always open costs nothing and opens nothing, but is a choice."""
    p = program(seed, **switches)
    names = column_names(p)
    wanted = [names[at] for at in p.columns["open_sites"].at] if "open_sites" in p.columns else []
    assert [names[at] for at in sums_of(p)] == wanted
    assert [names[total] for _, total, _ in members_of(p)] == wanted


def test_a_row_that_counts_otherwise_has_no_members() -> None:
    def with_row(row: list[float], lower: float = 0.0, upper: float = 0.0) -> Program:
        return program_of(
            [5, 6, 1, 1, 0], [([0, 0, 1, 1, 0], 4, 4), (row, lower, upper)], [(2, 0, 4), (3, 1, 4)],
            upper=[1, 1, 4, 4, 2], whole=(0, 1, 4),
        )  # fmt: skip

    found = members_of(with_row([1, 1, 0, 0, -1]))
    assert [(row, total, members.tolist()) for row, total, members in found] == [(1, 4, [0, 1])]
    assert not members_of(with_row([1, 2, 0, 0, -1]))
    assert not members_of(with_row([1, 1, 0, 0, 1]))
    assert not members_of(with_row([1, 1, 0, 0, -1], upper=1))
    assert not members_of(with_row([1, 1, 0, 0, -1], 1, 1))


# -- what the rows alone say ------------------------------------------------------------------------------------------


def test_fewer_than_hold_the_demand_are_ruled_out() -> None:
    # 10 wanted, 4 each: three sites, where the relaxation opens two and a half
    p = counted()
    tree, relaxation = begun(p)
    (root,) = (node for _, _, node in tree.waiting)
    at = int(np.nonzero(tree.columns == 10)[0][0])
    assert (root.lower[at], root.upper[at]) == (3, 5)
    assert relaxation.lower[10] == 3
    (leaf,) = tree.leaves
    assert (leaf.lower[at], leaf.upper[at]) == (0, 2)
    assert leaf.bound > 10 + 5 + 6 + 7  # no plan there at all: any bound can be proved
    certificate = tree.certificate()
    assert certificate.bound == pytest.approx(tree.bound)
    assert certificate.bound <= proved(p, certificate) <= 10 + 5 + 6 + 7
    lower, upper = p.lower.copy(), p.upper.copy()
    lower[tree.columns], upper[tree.columns] = leaf.lower, leaf.upper
    assert tree.relaxation.ledger.bound(tree.duals[leaf.duals], lower, upper).value >= leaf.bound * (1 - 1e-9)


def test_more_than_may_be_open_are_ruled_out() -> None:
    # 5 for a site, and nothing wanted: it is a price below zero that opens them, and a limit that holds them back
    n = 4
    ones, nothing = [1.0] * n, [0.0] * n
    p = program_of(
        [-3.0] * n + [1.0] * n + [0.0],
        [([*ones, *nothing, -1], 0, 0), ([1.0, 1.0, 1.0, 1.0, *nothing, 0], -INF, 2.5)],
        [(n + i, i, 1.0) for i in range(n)],
        upper=[*ones, *ones, n], whole=(*range(n), 2 * n),
    )  # fmt: skip
    tree, _relaxation = begun(p)
    (root,) = (node for _, _, node in tree.waiting)
    assert root.upper[-1] == 2
    assert proved(p, tree.certificate()) <= -6


def test_nothing_is_narrowed_where_the_number_is_whole() -> None:
    tree, _relaxation = begun(counted(capacity=5.0))  # two sites, exactly
    (root,) = (node for _, _, node in tree.waiting)
    assert not tree.leaves
    assert (root.lower == 0).all()


def test_nothing_is_narrowed_where_both_sides_have_plans() -> None:
    p = counted(count=4, capacity=10.0, wanted=7.0)
    p = replace(p, cost=np.array([5.0, 6, 7, 8, 1, 1, 1, 1, 0]))
    tree, _relaxation = begun(p)
    assert all(leaf.bound > 1e3 for leaf in tree.leaves)  # but for none at all: 7 units need a site
    assert proved(p, tree.certificate()) <= 5 + 7


@pytest.mark.parametrize("seed", range(6))
def test_capacity_gives_a_least_number_of_sites(seed: int) -> None:
    p = build(read(located(7, 6, seed, tight=0.45)))
    tree, relaxation = begun(p)
    ((_, total, members),) = members_of(p)
    room = -p.matrix[:, members].min(axis=0).toarray().ravel()
    demand = p.row_upper[p.rows["balance"].start :][: p.rows["balance"].size].sum()
    least = int(np.searchsorted(np.cumsum(np.sort(room)[::-1]), demand - 1e-6)) + 1  # the largest ones hold it
    assert least > 1
    assert relaxation.lower[total] <= least
    optimum = best_by_enumeration(p)
    certificate = tree.certificate()
    assert certificate.bound <= proved(p, certificate) <= optimum + 1e-6
    assert all(leaf.bound >= optimum for leaf in tree.leaves)


# -- splits -----------------------------------------------------------------------------------------------------------


def split(given: Program, best: float = INF, turns: int = 1000) -> tuple[Tree, Screened, Screened]:
    """Return a tree whose root was split by its sums, what was known at the root, and of the last part."""
    tree, relaxation = begun(given, best)

    def solve() -> Screened | None:
        return screen(relaxation, tree.dicuts, Control(), 10.0, lambda _bound: None)

    root = solve()
    assert root is not None
    asked: list[int] = []

    def enough() -> bool:
        asked.append(1)
        return len(asked) >= turns

    return tree, root, split_sums(tree, root, solve, enough)


@pytest.mark.parametrize("seed", range(6))
def test_splits_raise_the_bound_and_prove_it(seed: int) -> None:
    p = build(read(located(7, 6, seed, tight=0.3, fixed=900)))
    optimum = best_by_enumeration(p)
    tree, root, last = split(p)
    assert tree.now is None
    assert tree.bound >= root.bound.value - 1e-9 * abs(root.bound.value)
    assert tree.bound <= optimum * (1 + 1e-9)
    value = last.point.x[sums_of(p)]
    assert np.abs(value - np.round(value)).max() <= 1e-6
    certificate = tree.certificate()
    assert certificate.bound == pytest.approx(tree.bound, rel=1e-9)
    assert certificate.bound <= proved(p, certificate) <= optimum * (1 + 1e-9)


def ring() -> Program:
    """Return three sites for 10 each, three customers for 1 unit each, 100 unmet; each site reaches two of them.

    Columns are the openers, what they bring, what is unmet, and the sum. Half of each site serves all: 15. One site
    leaves a customer at 100; two are 20.
    """
    reach = [(0, 0), (0, 1), (1, 1), (1, 2), (2, 2), (2, 0)]
    rows = []
    for customer in range(3):
        brought = [float(c == customer) for _, c in reach]
        rows.append(([0.0] * 3 + brought + [float(c == customer) for c in range(3)] + [0.0], 1.0, 1.0))
    rows.append(([1.0] * 3 + [0.0] * 9 + [-1.0], 0.0, 0.0))
    return program_of(
        [10.0] * 3 + [0.0] * 6 + [100.0] * 3 + [0.0], rows, [(3 + n, site, 1.0) for n, (site, _) in enumerate(reach)],
        upper=[1.0] * 12 + [3.0], whole=(0, 1, 2, 12),
    )  # fmt: skip


def test_a_split_by_hand() -> None:
    tree, root, last = split(ring())
    assert root.bound.value == pytest.approx(15)
    parts = {(node.lower[-1], node.upper[-1]): node.bound for node in (*tree.leaves, *(n for _, _, n in tree.waiting))}
    assert sorted(parts) == [(0, 1), (2, 3)]
    assert parts[0, 1] == pytest.approx(110)  # two of three customers from one site
    assert tree.bound == min(parts.values())
    assert last.point.x[12] in (1, 2)
    certificate = tree.certificate()
    assert certificate.bound <= proved(ring(), certificate) <= 20


def test_the_part_that_is_known_best_has_the_least_bound() -> None:
    tree, _root, last = split(ring())
    assert last.point.x[12] == pytest.approx(2)
    assert tree.nodes >= 2
    assert tree.bound == pytest.approx(20)
    assert tree.certificate().bound == pytest.approx(20)


def test_a_split_that_is_left_early_loses_nothing() -> None:
    tree, root, last = split(ring(), turns=1)
    assert last is root
    assert len(tree.waiting) == 1
    assert tree.bound == pytest.approx(15)
    assert proved(ring(), tree.certificate()) <= 20


def test_a_program_without_sums_is_left_as_it_is() -> None:
    p = build(read(tables()))
    assert not len(sums_of(p))
    tree, root, last = split(p)
    assert last is root
    assert len(tree.waiting) == 1


@pytest.mark.parametrize("seed", range(8))
def test_the_search_ends_at_the_optimum_with_a_proof(seed: int) -> None:
    p = build(read(located(6, 5, seed, tight=0.4, fixed=800)))
    optimum = best_by_enumeration(p)
    found = Search(p, Control(gap=1e-6)).run()
    assert found is not None
    assert found.cost == pytest.approx(optimum, rel=1e-6)
    assert found.certificate.bound <= proved(p, found.certificate) <= optimum * (1 + 1e-9)
    assert found.certificate.bound == pytest.approx(optimum, rel=2e-6)


@pytest.mark.parametrize("seed", [1001, 1003, 1004, 1006, 1017, 1025])
def test_choices_that_cost_nothing_are_decided(seed: int) -> None:
    p = build(read(accepted(seed, broken=None, unmet=True, single_source=True, sites=True)))
    optimum = cheapest(p).cost
    found = Search(p, Control(gap=1e-6, time_limit=10)).run()
    assert found is not None
    assert found.cost >= optimum * (1 - 1e-9)
    assert found.bound <= optimum * (1 + 1e-9)
    assert found.point is not None
    assert np.abs(found.point.x - np.round(found.point.x))[p.whole].max() <= 1e-6


def test_a_source_whose_site_is_always_open_is_a_choice() -> None:
    # D holds one customer and a half: 20 in to D and E, one customer from D at 1 a unit, the other from E at 5
    given = tables(
        facilities="name type capacity\nS supplier -\nD dc 15\nE dc -",
        customers="name single_source\nC yes\nX yes",
        demand="customer quantity\nC 10\nX 10",
        lanes="origin destination unit_cost\nS D 1\nS E 1\nD C 1\nD X 1\nE C 5\nE X 5",
    )
    assert not len(sums_of(build(read(given))))
    plan = solved(given)
    assert plan.cost == pytest.approx(20 + 10 + 50)
