"""Branching by prices: parts are cut off with proofs that hold, and what it cannot lift is left to others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from netopt.formulation import Program, build
from netopt.network import read
from netopt.plan.certificate import stated
from netopt.plan.recompute import recomputed_bound
from netopt.solve import Control
from netopt.solve.ascent import Ascent
from netopt.solve.bound import Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.priced import PricedBranching
from netopt.solve.relaxation import Relaxation
from netopt.solve.sums import members_of
from netopt.solve.tree import Tree
from tests.solve.located import echelons
from tests.solve.relaxed import bare, cheapest

NETWORKS = [(3, 4, 8, 2, 0.5), (4, 5, 10, 3, 0.4), (3, 5, 12, 1, 0.3), (5, 8, 20, 2, 0.5)]
"""Distribution centers, fulfillment centers, customers, seed, and how tight the centers are."""


def never() -> bool:
    return False


def after(count: int) -> Callable[[], bool]:
    """Return what says enough when it has been asked so often."""
    left = iter(range(count))
    return lambda: next(left, None) is None


def of(network: tuple[int, int, int, int, float]) -> tuple[Program, float]:
    *size, tight = network
    p = build(read(echelons(*size, tight=tight)))
    return p, cheapest(p).cost


def begun(p: Program, optimum: float, gap: float = 0.0) -> tuple[Tree, Ascent]:
    """Return a tree at its root, which knows of the best plan's cost, and an ascent over all columns."""
    weak = bare(p).run()[1]
    assert weak is not None
    ledger = Ledger(p)
    dicuts = Dicuts(ledger)
    relaxation = Relaxation(ledger, Control(), loose=True)
    tree = Tree(relaxation, dicuts, gap, lambda _x: None)
    tree.best = optimum
    tree.begin(weak.duals)
    kept = np.ones(len(p.cost), dtype=bool)
    return tree, Ascent(ledger, dicuts, Control(), kept, weak, p.lower, p.upper, shared=True)


def proved(p: Program, tree: Tree) -> float:
    """Recompute what a tree proves, exactly and without it."""
    return float(recomputed_bound(p, json.loads(json.dumps(stated(tree.certificate())))))


@pytest.mark.parametrize("network", NETWORKS)
def test_what_it_proves_holds_and_rises(network: tuple[int, int, int, int, float]) -> None:
    p, optimum = of(network)
    tree, ascent = begun(p, optimum, gap=1e-3)
    before = tree.bound
    branching = PricedBranching(tree, ascent)
    branching.search(never)
    assert branching.stalled or tree.bound >= tree.cutoff
    assert tree.nodes > 1
    assert before < tree.bound <= optimum * (1 + 1e-9)
    assert tree.bound * (1 - 1e-9) <= proved(p, tree) <= optimum * (1 + 1e-9)
    assert tree.bound > 0.98 * optimum


@pytest.mark.parametrize("network", NETWORKS[:2])
def test_it_goes_on_where_it_was_stopped(network: tuple[int, int, int, int, float]) -> None:
    p, optimum = of(network)
    tree, ascent = begun(p, optimum, gap=1e-3)
    branching = PricedBranching(tree, ascent)
    bounds = []
    for _ in range(200):
        branching.search(after(2))
        bounds.append(tree.bound)
        if branching.stalled or not tree.waiting or tree.waiting[0][0] >= tree.cutoff:
            break
    assert bounds == sorted(bounds)
    at_once, other = begun(p, optimum, gap=1e-3)
    PricedBranching(at_once, other).search(never)
    assert bounds[-1] == pytest.approx(at_once.bound, rel=1e-9)


def test_the_ascent_is_as_it_was() -> None:
    p, optimum = of(NETWORKS[0])
    tree, ascent = begun(p, optimum)
    PricedBranching(tree, ascent).search(after(4))
    assert (ascent.lower == p.lower).all()
    assert (ascent.upper == p.upper).all()


def test_lifting_does_not_branch() -> None:
    p, optimum = of(NETWORKS[1])
    tree, ascent = begun(p, optimum)
    before = tree.bound
    PricedBranching(tree, ascent).lift(never)
    assert tree.nodes == 1
    assert len(tree.waiting) == 1
    assert before < tree.bound <= optimum * (1 + 1e-9)
    assert proved(p, tree) <= optimum * (1 + 1e-9)


@pytest.mark.parametrize("over", [True, False])
def test_a_part_that_opens_more_or_less_than_its_sum_is_proved_empty(over: bool) -> None:
    p, optimum = of(NETWORKS[0])
    tree, ascent = begun(p, optimum)
    root = tree.pop()
    assert root is not None
    place = {int(column): at for at, column in enumerate(tree.columns)}
    _, total, members = members_of(p)[0]
    lower, upper = root.lower.copy(), root.upper.copy()
    at = [place[int(member)] for member in members]
    if over:  # all of them are open, one is one too many
        lower[at], upper[place[total]] = 1.0, len(at) - 1.0
    else:
        upper[at], lower[place[total]] = 0.0, 1.0
    tree.push(replace(root, lower=lower, upper=upper))
    PricedBranching(tree, ascent).search(never)
    assert not tree.waiting
    assert len(tree.leaves) == 1
    assert tree.leaves[0].bound >= tree.cutoff
    low, high = p.lower.copy(), p.upper.copy()
    low[tree.columns], high[tree.columns] = lower, upper
    part = replace(p, lower=low, upper=high, most=np.minimum(p.most, high))
    assert proved(part, tree) >= tree.cutoff


def test_with_nothing_left_to_choose_it_stalls() -> None:
    p, optimum = of(NETWORKS[0])
    tree, ascent = begun(p, 10 * optimum)  # a cutoff that no choice of flows reaches
    root = tree.pop()
    assert root is not None
    tree.push(replace(root, lower=root.upper.copy()))
    branching = PricedBranching(tree, ascent)
    branching.search(never)
    assert branching.stalled
    assert len(tree.waiting) == 1
