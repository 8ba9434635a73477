"""Decomposition agrees with one program for all cases, and its bounds hold for every choice of sites."""

from __future__ import annotations

import numpy as np
import pytest

import netopt
from netopt.formulation import Program, build
from netopt.formulation.stacked import narrowed, stacked
from netopt.solve import Control, solve_program
from netopt.solve.benders import Decomposed, decomposed
from netopt.solve.bound import Ledger
from netopt.solve.relaxation import Relaxation
from tests.formulation.test_stacked import WEIGHTS, costs_of_choices, site_choices, three
from tests.random_networks import accepted
from tests.study.small import TINY


def programs_of(seed: int) -> list[Program]:
    network = netopt.read(accepted(seed, sites=1.0, unmet=1.0, broken=None))
    return [build(each) for each in three(network, seed)]


def both(programs: list[Program]) -> tuple[float, float, Decomposed]:
    """Return cost and bound of one program for all, and what decomposition comes to."""
    answer = solve_program(stacked(programs, WEIGHTS).program, Control())
    return answer.cost, answer.bound, decomposed(programs, WEIGHTS, Control(time_limit=60))


@pytest.mark.parametrize("seed", [2, 20])
def test_both_ways_agree(seed: int) -> None:
    cost, bound, found = both(programs_of(seed))
    assert found.status == "optimal"
    assert found.cost == pytest.approx(cost, rel=2.1e-4)
    assert found.bound <= cost * (1 + 1e-7)
    assert bound <= found.cost * (1 + 1e-7)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [6, 7, 15, 17])
def test_both_ways_agree_on_more_networks(seed: int) -> None:
    cost, bound, found = both(programs_of(seed))
    assert found.cost == pytest.approx(cost, rel=1e-2)
    assert found.bound <= cost * (1 + 1e-7)
    assert bound <= found.cost * (1 + 1e-7)


def test_tiny_by_hand() -> None:
    """Demand as it is costs 3,780 with both sites; what is decided opens them."""
    programs = [build(each) for each in three(netopt.read(TINY))]
    found = decomposed(programs, WEIGHTS, Control())
    costs = costs_of_choices(programs)
    assert found.status == "optimal"
    assert found.cost == pytest.approx((costs @ WEIGHTS).min())
    assert found.x is not None
    assert found.x[programs[0].columns["open"].at].tolist() == [1, 1, 1]


def test_no_sites_serve_every_case() -> None:
    network = netopt.read(TINY)
    much = network.edit("demand.quantity*=2")
    found = decomposed([build(network), build(much)], [0.5, 0.5], Control(), floors=[0.0, 0.0])
    assert (found.status, found.x, found.bound) == ("infeasible", None, np.inf)


def test_sites_that_serve_one_case_only_are_cut_off() -> None:
    """Each of two cases needs the site that the other one has out: both are opened."""
    network = netopt.read(TINY).edit("facilities.Reno.capacity=400", "supply.capacity=900", "facilities.Dallas.capacity=400")
    cases = [build(network.edit(f"facilities.{name}.capacity=0")) for name in ("Reno", "Dallas")]
    found = decomposed(cases, [0.5, 0.5], Control())
    answer = solve_program(stacked(cases, [0.5, 0.5]).program, Control())
    assert found.status == "optimal"
    assert found.cost == pytest.approx(answer.cost)
    assert found.x is not None
    assert found.x[cases[0].columns["open"].at].tolist() == [1, 1, 1]


def test_decisions_that_are_known_to_be_good_are_tried_first() -> None:
    programs = [build(each) for each in three(netopt.read(TINY))]
    start = np.zeros(len(programs[0].cost))
    start[programs[0].columns["open"].at] = 1.0
    told: list[str] = []
    found = decomposed(programs, WEIGHTS, Control(), [start], None, told.append)
    assert found.cost == pytest.approx((costs_of_choices(programs) @ WEIGHTS).min())
    assert told[0].startswith("expected cost at most ")


def test_no_time_is_said() -> None:
    found = decomposed(programs_of(6), WEIGHTS, Control(time_limit=1e-3))
    assert found.status in ("interrupted", "feasible")
    assert found.bound <= found.cost


@pytest.mark.parametrize("seed", [2, 15])
def test_a_bound_as_a_function_of_sites_holds_for_every_choice(seed: int) -> None:
    """At any duals whatsoever: those of the relaxation, and random ones."""
    program, random = programs_of(seed)[0], np.random.default_rng(seed)
    opened = program.columns["open"].at
    ledger = Ledger(program)
    point = Relaxation(ledger, Control()).run()[1]
    assert point is not None
    wild = ledger.short(ledger.no_duals().__class__(
        point.duals.row + random.normal(0, 1, len(point.duals.row)), point.duals.cut, point.duals.gate, point.duals.share,
    ))
    known = [(choice, solve_program(narrowed(program, *choice), Control(gap=1e-6)).cost) for choice in site_choices(program)]
    for duals in (point.duals, wild, ledger.no_duals()):
        constant, price = ledger.affine(duals, opened)
        for (columns, values), cost in known:
            y = program.lower.copy()
            y[columns] = values
            assert constant + price @ y[opened] <= cost + 1e-6 * abs(cost)
        free = np.where(price < 0, program.upper[opened], program.lower[opened])
        assert constant + price @ free == pytest.approx(ledger.bound(duals).value, rel=1e-9)


def test_what_stands_behind_a_gate_is_no_argument_of_a_bound() -> None:
    program = build(netopt.read(TINY))
    ledger = Ledger(program)
    with pytest.raises(ValueError, match="that others open"):
        ledger.affine(ledger.no_duals(), program.columns["flow"].at)
