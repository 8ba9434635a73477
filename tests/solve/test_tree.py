"""Branch and bound: the leaves cover every choice, and each carries its proof."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from netopt.formulation import Program
from netopt.plan.certificate import stated
from netopt.plan.recompute import recomputed_bound
from netopt.solve import Control, tree
from netopt.solve.bound import Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.improve import Improver
from netopt.solve.relaxation import Relaxation
from netopt.solve.tree import Node, Tree
from tests.plan.certificates import program_of
from tests.solve.relaxed import CHAIN, MIXES, chain, cheapest, closed, few, program, shut, sites

GAP = 1e-6


def grown(
    given: Program, relaxation: Relaxation | None = None, best: float = np.inf, nodes: int = 3000
) -> tuple[Tree, bool]:
    """Return a tree that was searched from the root, and whether it came to its end."""
    relaxation = relaxation or Relaxation(Ledger(given), Control())
    improver = Improver(relaxation, Control())
    root = closed(relaxation)
    found: Tree = Tree(
        relaxation, Dicuts(relaxation.ledger), GAP, lambda x: improver.completed(np.round(x[improver.whole])) and None
    )
    found.best = best
    found.begin(root.best.duals)
    return found, found.search(lambda: found.nodes >= nodes)


def parts(grown_tree: Tree) -> list[Node]:
    """Return all leaves, those that wait too."""
    now = [] if grown_tree.now is None else [grown_tree.now]
    return [*grown_tree.leaves, *(node for _, _, node in grown_tree.waiting), *now]


def exact(given: Program, found: Any) -> float:
    """Return what the certificate proves in exact arithmetic."""
    return float(recomputed_bound(given, json.loads(json.dumps(stated(found)))))


@pytest.mark.parametrize(("given", "cost"), [(sites(), 35), (chain(), CHAIN)])
def test_by_hand(given: Program, cost: float) -> None:
    found, done = grown(given)
    assert done
    assert found.best == pytest.approx(cost)
    assert found.bound == pytest.approx(cost, rel=1e-5)
    assert found.bound <= cost


@pytest.mark.parametrize("part", [0.2, 1.0])
@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize(("seed", "switches"), MIXES)
def test_it_ends_at_the_optimum_with_a_proof(seed: int, switches: dict[str, bool], known: bool, part: float) -> None:
    p = program(seed, **switches)
    optimum = cheapest(p)
    assert optimum.x is not None
    found, done = grown(p, few(p, part, seed), optimum.cost if known else np.inf)
    assert found.bound <= optimum.cost * (1 + 1e-9)
    certificate = found.certificate()
    proved = exact(p, certificate)  # which also checks that the leaves cover every choice
    assert certificate.bound <= proved <= optimum.cost * (1 + 1e-9)
    if done:
        assert found.best == pytest.approx(optimum.cost, rel=2 * GAP)
        assert found.bound == pytest.approx(optimum.cost, rel=3 * GAP)
        assert certificate.bound == pytest.approx(optimum.cost, rel=3 * GAP)
    y = np.round(optimum.x[found.columns])
    holding = [leaf for leaf in parts(found) if (leaf.lower <= y).all() and (y <= leaf.upper).all()]
    assert len(holding) >= 1
    assert all(leaf.bound <= optimum.cost * (1 + 1e-9) for leaf in holding)


@pytest.mark.parametrize("nodes", [0, 1, 2, 7])
def test_a_tree_that_is_left_early_proves_what_it_says(nodes: int) -> None:
    p = program(1003, lane_fixed=True, min_flow=True, sites=True)
    found, done = grown(p, nodes=nodes)
    assert not done
    certificate = found.certificate()
    assert certificate.bound == pytest.approx(found.bound, rel=1e-9)
    assert certificate.bound <= exact(p, certificate) <= cheapest(p).cost
    assert found.size() == sum(np.count_nonzero(d.row) + np.count_nonzero(d.cut) for d in certificate.duals)


def test_no_part_is_empty() -> None:
    """Prices may decide the column that was about to be branched on."""
    for seed, switches in MIXES:
        p = program(seed, **switches)
        found, _done = grown(p, best=cheapest(p).cost, nodes=500)
        assert all((leaf.lower <= leaf.upper).all() for leaf in parts(found))


def test_infeasible_parts_are_proved() -> None:
    # 10 wanted, three sites carry 4 each: with two of them closed, or even one, nothing is left
    p = program_of(
        [5, 6, 7, 1, 1, 1, 0], [([0, 0, 0, 1, 1, 1, 1], 10, 10)], [(3, 0, 4), (4, 1, 4), (5, 2, 4)],
        upper=[1, 1, 1, 4, 4, 4, 0.5], whole=(0, 1, 2),
    )  # fmt: skip
    found, done = grown(p)
    assert done
    assert found.best == pytest.approx(18 + 9.5)
    assert found.bound == pytest.approx(27.5, rel=1e-5)


def test_a_negative_price_of_a_gated_choice_says_less() -> None:
    """What stands behind a gate has its price in that of its opener; closing it does not cost all of it."""
    # y lets x save 9; y needs z, which costs 8. All of it saves 1; without y nothing is lost but that 1
    p = program_of([8, 0, -9], [([0, 0, 1], 0, 1)], [(2, 1, 1), (1, 0, 1)], upper=[1, 1, 1], whole=(0, 1))
    relaxation = Relaxation(Ledger(p), Control())
    found = Tree(relaxation, Dicuts(relaxation.ledger), GAP, lambda _x: None)
    root = closed(relaxation)
    found.best = 1.0
    found.begin(root.best.duals)
    nothing = root.best.duals.__class__(np.zeros(1), np.zeros(0), np.zeros(0, dtype=np.int64), np.zeros(0))
    bound = relaxation.ledger.bound(nothing)
    assert bound.value == pytest.approx(-1)
    assert bound.price[1] == pytest.approx(-9)  # seems to decide it
    node = Node(np.zeros(2), np.ones(2), bound.value, 0, None, 0)
    point = root.point.__class__(0.0, np.zeros(3), nothing, np.zeros(1))
    found.duals[0] = nothing
    fixed = found.fixed(node, point, bound)
    assert fixed.lower.tolist() == [0, 0]
    assert all(leaf.bound <= 0 for leaf in found.leaves)


def test_prices_decide_and_leave_a_proof() -> None:
    p = program(1000, sites=True)
    optimum = cheapest(p).cost
    found, _done = grown(p, best=optimum)
    ledger = found.relaxation.ledger
    for leaf in parts(found):
        lower, upper = p.lower.copy(), p.upper.copy()
        lower[found.columns], upper[found.columns] = leaf.lower, leaf.upper
        assert ledger.bound(found.duals[leaf.duals], lower, upper).value >= leaf.bound - 1e-9 * abs(leaf.bound)


def test_more_trials_and_rounds_come_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    p = program(1003, lane_fixed=True, min_flow=True, sites=True)
    optimum = cheapest(p).cost
    for names in ({"_ROUNDS": 4}, {"_TRIED": 3}, {"_DIVE": 1.0}, {"_DIVE": 0.0}, {"_CANDIDATES": 1}):
        with monkeypatch.context() as patch:
            for name, value in names.items():
                patch.setattr(tree, name, value)
            found, done = grown(p)
        assert done
        assert found.bound == pytest.approx(optimum, rel=3 * GAP)


def test_the_same_tree_twice() -> None:
    p = program(1003, lane_fixed=True, min_flow=True, sites=True)
    one, other = grown(p)[0], grown(p)[0]
    assert (one.nodes, one.best, one.bound) == (other.nodes, other.best, other.bound)


def test_nothing_to_search_where_there_is_no_root() -> None:
    assert closed(Relaxation(Ledger(shut()), Control())) is None
