"""Other centers upstream: sets are bounded by what holds, ranked by it, and lead to plans that a poor one does not."""

from __future__ import annotations

import itertools
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from netopt.formulation import Program, build
from netopt.network import read
from netopt.solve import Control, exact
from netopt.solve.ascent import Ascent
from netopt.solve.bound import Ledger
from netopt.solve.cuts import Dicuts
from netopt.solve.sums import members_of
from netopt.solve.upstream import Upstream
from tests.solve.located import echelons
from tests.solve.relaxed import bare, cheapest

NETWORKS = [(4, 5, 10, 3, 0.4), (5, 8, 20, 2, 0.5), (6, 6, 12, 5, 0.4)]
"""Distribution centers, fulfillment centers, customers, seed, and how tight the centers are."""


def never() -> bool:
    return False


def begun(p: Program) -> tuple[Upstream, Ascent]:
    """Return sets of a program's centers upstream, and their ascent, which has climbed at the root."""
    weak = bare(p).run()[1]
    assert weak is not None
    ledger = Ledger(p)
    dicuts = Dicuts(ledger)
    kept = np.ones(len(p.cost), dtype=bool)
    ascent = Ascent(ledger, dicuts, Control(), kept, weak, p.lower, p.upper, shared=True)
    ascent.climb(never, lambda _bound: None)
    return Upstream(ascent, dicuts.openers), ascent


def held(p: Program, openers: np.ndarray, choice: np.ndarray) -> Program:
    """Return a program in which some openers are as a set has them."""
    low, high = p.lower.copy(), p.upper.copy()
    low[openers] = high[openers] = choice
    return replace(p, lower=low, upper=high, most=np.minimum(p.most, high))


def with_set(p: Program, openers: np.ndarray, choice: np.ndarray) -> float:
    """Return the least cost with a set of openers, infinite where there is no plan."""
    with patch.object(exact, "PYOMO_COLUMNS", -1):
        answer = exact._by_highs(held(p, openers, choice), Control(gap=1e-9), None, None)
    assert answer.status in {"optimal", "infeasible"}
    return answer.cost if answer.status == "optimal" else np.inf


@pytest.mark.parametrize("network", NETWORKS)
def test_no_plan_with_a_set_costs_less_than_its_bound(network: tuple[int, int, int, int, float]) -> None:
    *size, tight = network
    p = build(read(echelons(*size, tight=tight)))
    upstream, ascent = begun(p)
    plan = cheapest(p)
    assert plan.x is not None
    upstream.next(plan.x, np.inf, never)
    assert len(upstream._bounds) > 1
    for key, bound in upstream._bounds.items():
        assert bound <= with_set(p, upstream.openers, np.frombuffer(key)) * (1 + 1e-9)
    assert (ascent.lower == p.lower).all()
    assert (ascent.upper == p.upper).all()


@pytest.mark.parametrize("network", NETWORKS)
def test_from_a_poor_set_it_comes_to_better_ones(network: tuple[int, int, int, int, float]) -> None:
    *size, tight = network
    p = build(read(echelons(*size, tight=tight)))
    upstream, _ = begun(p)
    sets = [np.array(each, dtype=float) for each in itertools.product((0, 1), repeat=len(upstream.openers))]
    costs = {each.tobytes(): with_set(p, upstream.openers, each) for each in sets}
    most = max(cost for cost in costs.values() if np.isfinite(cost))
    here = next(key for key, cost in costs.items() if cost == most)
    x = np.zeros(len(p.cost))
    seen = [here]
    for _ in range(len(sets)):
        x[upstream.openers] = np.frombuffer(here)
        found = upstream.next(x, costs[here], never)
        if found is None:
            break
        seen.append(found[0].tobytes())
        here = min(here, seen[-1], key=costs.__getitem__)
    assert len(set(seen)) == len(seen)  # none twice
    assert costs[here] == pytest.approx(min(costs.values()), rel=0.02)
    assert costs[here] < most


def test_sets_that_sums_rule_out_are_none() -> None:
    p = build(read(echelons(5, 8, 20, 2, tight=0.5)))
    upstream, _ = begun(p)
    total = next(total for _, total, members in members_of(p) if np.isin(members, upstream.openers).all())
    plan = cheapest(p)
    assert plan.x is not None
    count = float(np.round(plan.x[upstream.openers]).sum())
    low, high = p.lower.copy(), p.upper.copy()
    low[total] = high[total] = count
    other, _ = begun(replace(p, lower=low, upper=high))
    other.next(plan.x, np.inf, never)
    assert len(other._bounds) > 1
    assert {np.frombuffer(key).sum() for key in other._bounds} == {count}
    upstream.next(plan.x, np.inf, never)
    assert len({np.frombuffer(key).sum() for key in upstream._bounds}) > 1


def test_it_stops_between_two_sets() -> None:
    p = build(read(echelons(5, 8, 20, 2, tight=0.5)))
    upstream, _ = begun(p)
    plan = cheapest(p)
    assert plan.x is not None
    asked = itertools.count()
    upstream.next(plan.x, np.inf, lambda: next(asked) >= 2)
    assert len(upstream._bounds) == 3  # the plan's own, and two others
