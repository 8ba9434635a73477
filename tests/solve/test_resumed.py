"""A search that begins with the answer to another program finds what one from scratch finds, and proves it."""

from __future__ import annotations

import importlib
import random
from typing import Any

import numpy as np
import pytest

import netopt
from netopt.formulation import build
from netopt.plan.certificate import restored, stated
from netopt.plan.footing import footing_of, read_footing, start_from
from netopt.plan.recompute import recomputed_bound
from netopt.plan.solve import solve
from netopt.solve.bound import Certificate, Leaf, Ledger
from netopt.solve.control import Control
from netopt.solve.exact import Answer, solve_program
from netopt.solve.resumed import Resumed
from netopt.solve.reuse import Carried, Start, carried
from tests.random_networks import accepted
from tests.solve.located import echelons
from tests.study.small import TINY
from tests.test_oracle_agreement import KINDS


def answer(program: Any, start: Start | None = None, gap: float = 1e-6) -> Answer:
    return solve_program(program, Control(gap=gap, time_limit=60, threads=1), None, start)


def start_of(network: netopt.Network, gap: float = 1e-6) -> Start | None:
    """The answer to a network as others begin with it, through the form that files have."""
    program = build(network)
    found = answer(program, gap=gap)
    if found.x is None or found.certificate is None or not np.isfinite(found.certificate.bound):
        return None
    choices = np.where(program.whole, np.round(found.x), 0.0)
    return Start(program, choices, restored(stated(found.certificate), program))


def edits_of(network: netopt.Network, rng: random.Random) -> list[Any]:
    site = rng.choice([str(name) for name in network.facilities.names])
    customer = rng.choice([str(name) for name in network.customers.names])
    return rng.choice(
        [
            [f"facilities.{site}.capacity*=0.7"],
            [f"facilities.{site}.fixed_cost*=1.5"],
            [f"facilities.{site}.status=closed"],
            [f"facilities.{site}.status=consider"],
            [f"demand[customer={customer}].quantity*=1.2"],
            ["demand.quantity*=0.9", "lanes.unit_cost*=1.1"],
            [{"table": "customers", "filter": f"name={customer}", "action": "remove"}],
            [{"table": "facilities", "filter": f"name={site}", "action": "remove"}],
        ]
    )


CASES = [(kind, number) for kind in KINDS for number in range(2)]
MANY = [(kind, number) for kind in KINDS for number in range(2, 7)]


def changed(kind: str, number: int) -> tuple[Start, netopt.Network]:
    """The answer to a random network that has one, and the network after a random edit that can be made."""
    for seed in range(1_000 * number, 1_000 * (number + 1)):
        network = netopt.read(accepted(seed, **KINDS[kind]))
        start = start_of(network)
        if start is not None:
            try:
                return start, network.edit(*edits_of(network, random.Random(seed)))
            except netopt.InputError:
                continue
    raise AssertionError("there is no such network")


def check(kind: str, number: int) -> None:
    start, network = changed(kind, number)
    program = build(network)
    cold, warm = answer(program), answer(program, start)
    assert warm.status == cold.status
    if cold.x is None or warm.x is None:
        return
    size = max(1.0, abs(cold.cost))
    assert warm.cost == pytest.approx(cold.cost, abs=2e-6 * size)
    assert warm.bound <= cold.cost + 1e-7 * size
    assert warm.certificate is not None
    exact = float(recomputed_bound(program, stated(warm.certificate)))
    assert warm.certificate.bound - 1e-9 * size <= exact <= cold.cost + 1e-7 * size


@pytest.fixture
def never_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small programs are not searched from scratch after all."""
    for module, name, value in (
        ("resumed", "FEW_COLUMNS", 0), ("climbing", "FEW_COLUMNS", 0), ("resumed", "_FAR", np.inf), ("climbing", "_NEAR", np.inf),
        ("climbing", "_SOON", np.inf), ("climbing", "_COARSE_GAP", 0.0),
    ):  # fmt: skip
        monkeypatch.setattr(importlib.import_module(f"netopt.solve.{module}"), name, value)


@pytest.mark.parametrize(("kind", "number"), CASES)
def test_the_same_optimum_as_from_scratch(kind: str, number: int) -> None:
    check(kind, number)


@pytest.mark.usefixtures("never_again")
@pytest.mark.parametrize(("kind", "number"), CASES)
def test_old_leaves_are_branched_on(kind: str, number: int) -> None:
    check(kind, number)


@pytest.mark.slow
@pytest.mark.usefixtures("never_again")
@pytest.mark.parametrize(("kind", "number"), MANY)
def test_old_leaves_are_branched_on_in_many(kind: str, number: int) -> None:
    check(kind, number)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "number"), MANY)
def test_the_same_optimum_as_from_scratch_in_many(kind: str, number: int) -> None:
    check(kind, number)


# -- by hand ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def network() -> netopt.Network:
    return netopt.read(TINY)


@pytest.fixture(scope="module")
def start(network: netopt.Network) -> Start:
    found = start_of(network)
    assert found is not None
    return found


def bound_of(found: Carried, program: Any) -> float:
    """The least of the leaves' bounds."""
    ledger = Ledger(program)
    for cut in found.cuts:
        ledger.add_cut(cut)
    least = np.inf
    for leaf in found.leaves:
        low, high = program.lower.copy(), program.upper.copy()
        low[leaf.columns], high[leaf.columns] = leaf.lower, leaf.upper
        least = min(least, ledger.bound(ledger.short(found.duals[leaf.duals]), low, high).value)
    return float(least)


def test_nothing_changed_is_proved_at_once(network: netopt.Network, start: Start) -> None:
    program = build(network)
    found = Resumed(program, Control(gap=1e-6, threads=1), start).run()
    assert found is not None
    assert found.cost == pytest.approx(3780)
    assert found.bound == pytest.approx(3780, rel=1e-6)
    assert found.nodes == 0


def test_a_bound_is_carried_to_a_program_that_lost_a_site(network: netopt.Network, start: Start) -> None:
    for name in network.facilities.names:
        try:
            changed = network.edit({"table": "facilities", "filter": f"name={name}", "action": "remove"})
        except netopt.InputError:
            continue
        program = build(changed)
        found = carried(start, program)
        cold = answer(program)
        least = bound_of(found, program)
        assert np.isfinite(least)
        if cold.x is not None:
            assert least <= cold.cost + 1e-6 * abs(cold.cost)
        assert len(found.choices) == len(program.cost)


def test_sides_of_the_old_program_become_those_of_the_new_one(network: netopt.Network, start: Start) -> None:
    program = start.program
    block = program.columns["open"]
    site = next(int(at) for at in block.at if program.lower[at] == 0 and program.upper[at] == 1)
    one = np.array([site])
    shut, opened = Leaf(one, np.zeros(1), np.zeros(1), 0), Leaf(one, np.ones(1), np.ones(1), 0)
    certificate = Certificate(0.0, (), start.certificate.duals[:1], (shut, opened))
    name = str(program.words(block)["site"][site - block.start])
    for status, left in (("open", opened), ("closed", shut)):
        other = build(network.edit(f"facilities[name={name}].status={status}"))
        found = carried(Start(program, start.choices, certificate), other)
        at = [leaf for leaf in found.leaves if len(leaf.columns)]
        held = {(float(leaf.lower[0]), float(leaf.upper[0])) for leaf in at}
        assert held <= {(float(left.lower[0]), float(left.upper[0]))}  # the other one holds no choice any more
        assert len(found.leaves) == 1


def test_a_cut_is_kept_without_the_rows_that_are_gone() -> None:
    """A cut holds for any rows: those of a customer that is removed do not take it with them."""
    whole = netopt.read(echelons(5, 8, 20, 2, tight=0.5))
    start = start_of(whole)
    assert start is not None
    cuts = start.certificate.cuts
    assert any(len(cut.rows) > 1 for cut in cuts)
    for customer in whole.customers.names:
        less = whole.edit({"table": "customers", "filter": f"name={customer}", "action": "remove"})
        program = build(less)
        found = carried(start, program)
        assert len(found.cuts) == len(cuts)
        assert sum(len(cut.rows) for cut in found.cuts) <= sum(len(cut.rows) for cut in cuts)
        assert bound_of(found, program) <= answer(program).cost * (1 + 1e-9)


def test_a_leaf_that_narrows_a_column_that_is_gone(network: netopt.Network, start: Start) -> None:
    program = start.program
    whole = np.nonzero(program.whole & (program.lower == 0) & (program.upper == 1))[0]
    block = program.columns["open"]
    for at in (int(at) for at in block.at if at in whole):
        name = str(program.words(block)["site"][at - block.start])
        try:
            other = build(network.edit({"table": "facilities", "filter": f"name={name}", "action": "remove"}))
        except netopt.InputError:
            continue
        one = np.array([at])
        leaves = Leaf(one, np.zeros(1), np.zeros(1), 0), Leaf(one, np.ones(1), np.ones(1), 0)
        certificate = Certificate(0.0, (), start.certificate.duals[:1], leaves)
        found = carried(Start(program, start.choices, certificate), other)
        assert [len(leaf.columns) for leaf in found.leaves] == [0]  # the one where it is shut, which now says nothing


# -- plans and their folders --------------------------------------------------------------------------------------------


def test_a_plan_starts_the_next_one(network: netopt.Network, tmp_path: Any) -> None:
    plan = solve(network, threads=1)
    plan.save(tmp_path / "plan")
    changed = network.edit("demand.quantity*=1.05")
    cold = solve(changed, threads=1)
    kept = read_footing(tmp_path / "plan", network)
    assert kept is not None
    assert kept == footing_of(plan)
    assert read_footing(tmp_path / "plan", changed) is None  # of other tables
    for start in (plan, start_from(kept, network)):
        warm = solve(changed, threads=1, start=start)
        assert warm.cost == pytest.approx(cold.cost, rel=1e-4)
        assert warm.status == "optimal"
        assert warm.audit().ok


def test_the_footing_of_another_network_is_left_alone(network: netopt.Network) -> None:
    plan = solve(network, threads=1)
    footing = footing_of(plan)
    assert footing is not None
    beyond = {"choices": {"columns": [10**6], "values": [1.0]}, "certificate": footing["certificate"]}
    assert start_from(beyond, network) is None
    assert start_from({"choices": footing["choices"], "certificate": {"cuts": 3}}, network) is None
    assert start_from(None, network) is None


def test_a_folder_without_a_proof_offers_nothing(tmp_path: Any, network: netopt.Network) -> None:
    assert read_footing(tmp_path, network) is None
    (tmp_path / "proof.json").write_text("not even that")
    assert read_footing(tmp_path, network) is None
    (tmp_path / "proof.json").write_text('{"choices": null, "certificate": null}')
    assert read_footing(tmp_path, network) is None


# -- bounds that are enough ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_a_bound_that_is_called_ours_is_what_the_certificate_proves(kind: str) -> None:
    for seed in (100, 103):
        program = build(netopt.read(accepted(seed, **KINDS[kind])))
        cost = answer(program, gap=1e-4).cost
        if not np.isfinite(cost):
            continue
        for share in (0.8, 0.95):
            found = solve_program(program, Control(gap=1e-4, time_limit=20, threads=1, cutoff=share * cost))
            assert found.bound <= cost * (1 + 1e-6)
            if found.bound_by == "netopt":
                assert found.certificate is not None
                assert found.certificate.bound >= found.bound - 1e-9 * abs(found.bound)
