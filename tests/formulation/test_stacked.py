"""Programs stacked: what is shared, what is not, and the largest regret in place of the expected cost."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np
import pytest

import netopt
from netopt.formulation import Program, build
from netopt.formulation.pyomo import to_model
from netopt.formulation.stacked import DECIDED_ONCE, Stacked, first_stage, narrowed, stacked, with_regret
from netopt.network import Network
from netopt.plan.audit import audit
from netopt.plan.tables import plan_tables, settled
from netopt.solve import Control, solve_program
from tests.random_networks import accepted
from tests.study.small import TINY

WEIGHTS = (0.5, 0.3, 0.2)


def three(network: Network, seed: int = 0) -> list[Network]:
    """The network with what it wants, with less and with more."""
    random = np.random.default_rng(seed)
    return [network] + [network.edit(f"demand.quantity*={random.uniform(low, low + 0.3):.3f}") for low in (0.6, 1.0)]


def site_choices(program: Program) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield every way to decide on the sites that are free."""
    opened = program.columns["open"].at
    free = opened[program.lower[opened] < program.upper[opened]]
    for choice in itertools.product((0.0, 1.0), repeat=len(free)):
        yield free, np.array(choice)


def costs_of_choices(programs: list[Program]) -> np.ndarray:
    """Return the cost of each case for every way to decide, shape (choices, cases); infinite without a plan."""
    found = []
    for columns, values in site_choices(programs[0]):
        answers = [solve_program(narrowed(program, columns, values), Control(gap=1e-6)) for program in programs]
        found.append([answer.cost for answer in answers])
    return np.array(found)


@pytest.fixture(scope="module")
def tiny() -> Stacked:
    return stacked([build(each) for each in three(netopt.read(TINY))], WEIGHTS)


def test_sites_stand_once_and_flows_for_every_case(tiny: Stacked) -> None:
    program = tiny.program
    shared = [name for name in program.columns if name in DECIDED_ONCE]
    assert sum(program.columns[name].size for name in shared) == tiny.shared == 6
    assert {"flow_1", "flow_2", "flow_3"} <= program.columns.keys()
    assert {"site_count_1", "balance_3"} <= program.rows.keys()
    assert program.rows["site_count_2"].size == program.rows["change_of_state_3"].size == 0  # stated once
    assert program.rows["site_throughput_2"].size == 2


def test_the_cost_of_the_whole_is_the_expected_cost_of_its_parts(tiny: Stacked) -> None:
    x = np.random.default_rng(1).uniform(0, 10, len(tiny.program.cost))
    parts = [part.cost @ own for part, own in zip(tiny.parts, tiny.split(x), strict=True)]
    assert tiny.program.cost @ x == pytest.approx(np.dot(WEIGHTS, parts))


def test_a_point_is_one_of_the_whole_where_each_part_is_one(tiny: Stacked) -> None:
    answer = solve_program(tiny.program, Control(gap=1e-6))
    assert answer.x is not None
    for part, x in zip(tiny.parts, tiny.split(answer.x), strict=True):
        sums = part.matrix @ x
        assert (sums >= part.row_lower - 1e-6).all()
        assert (sums <= part.row_upper + 1e-6).all()
        assert (x[part.gates.column] <= part.gates.bound * x[part.gates.opener] + 1e-6).all()


def test_one_part_alone_is_the_program_itself() -> None:
    program = build(netopt.read(TINY))
    alone = stacked([program], [1.0]).program
    assert solve_program(alone, Control()).cost == pytest.approx(3780)
    assert alone.matrix.nnz == program.matrix.nnz
    assert len(alone.gates) == len(program.gates)


def test_the_pyomo_model_of_the_whole_has_names_of_its_own(tiny: Stacked) -> None:
    model = to_model(tiny.program)
    assert len(model.columns) == len(tiny.program.cost)
    assert len(model.flow_2) == 8
    assert ("Oakland", "Reno", "truck", "tea", "1") in model.flow_2


def test_parts_may_name_other_customers() -> None:
    network = netopt.read(TINY)
    fewer = network.edit('{"table": "customers", "action": "remove", "filter": "name=Austin"}')
    whole = stacked([build(network), build(fewer)], [0.5, 0.5])
    words = whole.program.words(whole.program.columns["flow_2"])
    assert "Austin" not in set(words["destination"])
    assert "Boise" in set(words["destination"])
    assert solve_program(whole.program, Control()).cost < 3780


def test_every_part_is_a_plan_that_passes_the_audit(tiny: Stacked) -> None:
    networks = three(netopt.read(TINY))
    answer = solve_program(tiny.program, Control())
    assert answer.x is not None
    costs = []
    for network, part, x in zip(networks, tiny.parts, tiny.split(answer.x), strict=True):
        report = audit(network, plan_tables(part, network, settled(part, network, x, trim=True)))
        assert report.ok
        costs.append(report.cost)
    assert np.dot(WEIGHTS, costs) == pytest.approx(answer.cost)


def test_the_first_stage_alone(tiny: Stacked) -> None:
    first = first_stage(tiny.parts)
    assert first.lower.shape == (tiny.shared,)
    assert first.matrix.shape == (2, tiny.shared)  # one change of state, one count
    for at, to, part in zip(first.at, first.to, tiny.parts, strict=True):
        assert (first.upper[to] == part.upper[at]).all()


@pytest.mark.parametrize("seed", [2, pytest.param(15, marks=pytest.mark.slow), pytest.param(20, marks=pytest.mark.slow)])
def test_expected_cost_and_regret_agree_with_every_choice_of_sites(seed: int) -> None:
    networks = three(netopt.read(accepted(seed, sites=1.0, unmet=1.0, broken=None)), seed)
    programs = [build(each) for each in networks]
    costs = costs_of_choices(programs)
    whole = stacked(programs, WEIGHTS)
    answer = solve_program(whole.program, Control(gap=1e-6))
    assert answer.cost == pytest.approx((costs @ WEIGHTS).min(), rel=1e-5)
    best = costs.min(axis=0)
    regret = (costs - best).max(axis=1)
    found = solve_program(with_regret(whole, list(best), float(regret.max()) + 1.0), Control(gap=1e-6))
    assert found.cost - best.sum() == pytest.approx(regret.min(), abs=3e-6 * best.sum())
