"""Every way a search can end, and that all roads lead to the same optimum."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

import netopt
from netopt.errors import SolverError
from netopt.formulation import ROOMS, Draft, Program, build
from netopt.network import read
from netopt.solve import Answer, Control, Progress, exact, solve_program
from netopt.solve.highs import Outcome, Solver
from tests.formulation.networks import TWO_SITES, tables
from tests.random_networks import accepted
from tests.solve.hard import hard

ROOT = Path(__file__).resolve().parents[2]

TWO = {
    "facilities": "name type status fixed_cost\nS supplier - -\nD dc consider 5\nE dc consider 7",
    "lanes": TWO_SITES,
}
"""All through D: 30 + 5."""


def solved(given: dict[str, Any], **control: Any) -> Answer:
    return solve_program(build(read(given)), Control(**control))


class NoSearch:
    """In place of our own search: finds nothing, so that HiGHS gets the program."""

    def __init__(self, program: Program, control: Control) -> None:
        pass

    def run(self) -> None:
        """Find nothing."""


@pytest.fixture
def by_highs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the search to HiGHS."""
    monkeypatch.setattr(exact, "Search", NoSearch)


# ------------------------------------------------------------------------------------------------- how a search ends


def test_optimal_within_the_gap_that_was_asked_for() -> None:
    answer = solved(tables(**TWO), gap=0.0)
    assert (answer.status, answer.cost, answer.bound, answer.gap) == ("optimal", 35, 35, 0)
    wide = solved(hard(), gap=0.9, time_limit=20.0)
    assert wide.status == "optimal"
    assert 0 < wide.gap <= 0.9


def test_out_of_time_with_a_plan() -> None:
    started = time.perf_counter()
    answer = solved(hard(), gap=0.0, time_limit=1.5)
    assert time.perf_counter() - started < 6
    assert answer.status == "feasible"
    assert answer.x is not None
    assert answer.bound < answer.cost
    plan = netopt.solve(hard(), gap=0.0, time_limit=1.5)
    assert plan.status == "feasible"
    assert plan.audit().ok


def test_out_of_time_without_a_plan() -> None:
    answer = solved(hard(), gap=0.0, time_limit=1e-3)
    assert (answer.status, answer.x, answer.cost) == ("interrupted", None, np.inf)
    plan = netopt.solve(hard(), gap=0.0, time_limit=1e-3)
    assert (plan.status, plan.found) == ("interrupted", False)
    assert plan.summary()["cost"] is None


def test_infeasible_is_said_after_asking_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, int, str]] = []
    run = Solver.run

    def listening(self: Solver, control: Control, phase: str) -> Any:
        asked.append((phase, control.seed, self.highs.getOptionValue("presolve")[1]))
        return run(self, control, phase)

    exact.check_solver()
    monkeypatch.setattr(Solver, "run", listening)
    answer = solved(tables(supply="facility capacity\nS 9"), seed=4)
    assert answer.status == "infeasible"
    assert answer.x is None
    assert asked == [("searching", 4, "choose"), ("checking", 5, "off")]


@pytest.mark.usefixtures("by_highs")
@pytest.mark.parametrize("outcome", [Outcome.INFEASIBLE, Outcome.UNBOUNDED])
def test_two_runs_that_disagree_are_no_answer(outcome: Outcome, monkeypatch: pytest.MonkeyPatch) -> None:
    run = Solver.run
    other = {Outcome.INFEASIBLE: Outcome.UNBOUNDED, Outcome.UNBOUNDED: Outcome.INFEASIBLE}[outcome]

    def lying(self: Solver, control: Control, phase: str) -> Any:
        said = {"searching": outcome, "checking": other}.get(phase)
        found = run(self, control, phase)
        return found if said is None else replace(found, outcome=said, x=None)

    exact.check_solver()
    monkeypatch.setattr(Solver, "run", lying)
    with pytest.raises(SolverError, match="said different things when asked twice"):
        solved(tables(**TWO))


def test_a_plan_in_the_second_run_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Solver.run

    def hasty(self: Solver, control: Control, phase: str) -> Any:
        found = run(self, control, phase)
        return replace(found, outcome=Outcome.INFEASIBLE, x=None, cost=np.inf) if phase == "searching" else found

    exact.check_solver()
    monkeypatch.setattr(Solver, "run", hasty)
    answer = solved(tables(**TWO))
    assert (answer.status, answer.cost) == ("optimal", 35)


@pytest.mark.parametrize("network", [tables(**TWO), tables()], ids=["mixed", "linear"])
def test_unbounded_through_a_script(network: dict[str, Any]) -> None:
    def reward(model: pyo.ConcreteModel) -> None:
        model.bonus = pyo.Var(bounds=(0, None))
        model.total_cost.expr -= model.bonus

    plan = netopt.solve(network, amend=reward)
    assert (plan.status, plan.found) == ("unbounded", False)


# -------------------------------------------------------------------------------------------------------- being stopped


def test_a_stop_from_the_progress_callback_gives_the_best_plan_so_far() -> None:
    control = Control(gap=0.0, time_limit=60.0)
    stopped: list[float] = []

    def listen(progress: Progress) -> None:
        if progress.cost < np.inf and not stopped:
            stopped.append(time.perf_counter())
            control.stop.set()

    control.progress = listen
    answer = solve_program(build(read(hard())), control)
    assert stopped
    assert time.perf_counter() - stopped[0] < 4
    assert answer.status == "interrupted"
    assert answer.x is not None
    assert answer.cost < np.inf


def test_a_stop_before_there_is_a_plan() -> None:
    control = Control(gap=0.0, time_limit=60.0)
    control.stop.set()
    answer = solve_program(build(read(hard())), control)
    assert answer.status == "interrupted"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_gives_the_best_plan_so_far(number: signal.Signals, tmp_path: Path) -> None:
    script = tmp_path / "long.py"
    script.write_text(
        textwrap.dedent(
            """
            import json, sys
            sys.path.insert(0, sys.argv[1])
            import netopt
            from tests.solve.hard import hard

            def listen(progress):
                if progress.cost < float("inf"):
                    print("plan", flush=True)

            plan = netopt.solve(hard(15, 60), gap=0, time_limit=60, progress=listen)
            print(json.dumps({"status": plan.status, "cost": plan.cost, "gap": plan.gap, "ok": plan.audit().ok}))
            """
        )
    )
    with subprocess.Popen(
        [sys.executable, str(script), str(ROOT)], stdout=subprocess.PIPE, text=True, cwd=tmp_path
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "plan\n"
        child.send_signal(number)
        started = time.perf_counter()
        lines = child.stdout.read().splitlines()
        assert child.wait(10) == 0
    assert time.perf_counter() - started < 5
    answer = json.loads(lines[-1])
    assert answer["status"] == "interrupted"
    assert answer["ok"]
    assert answer["gap"] > 0


# --------------------------------------------------------------------------------------------------------------- options


def test_options_out_of_range_are_refused() -> None:
    for wrong in ({"gap": -0.1}, {"gap": float("nan")}, {"time_limit": 0}, {"time_limit": -1}, {"threads": 0}):
        with pytest.raises(ValueError, match=next(iter(wrong))):
            netopt.solve(tables(), **wrong)  # type: ignore[arg-type]


def test_threads_may_change_from_one_solve_to_the_next() -> None:
    for threads in (1, 2, None, 1):
        assert solved(tables(**TWO), threads=threads).cost == 35


def test_the_same_seed_gives_the_same_plan() -> None:
    given = accepted(3, broken=None, unmet=1.0)
    one, other = (netopt.solve(given, seed=7, threads=1) for _ in range(2))
    assert one.flows().equals(other.flows())
    assert one.cost == other.cost


# --------------------------------------------------------------------------------------------------------------- scripts


def test_a_script_adds_a_constraint() -> None:
    # E has to take 4 of the 10: 6 * 3 + 4 * 6 + 5 + 7
    def share(model: pyo.ConcreteModel) -> None:
        model.share = pyo.Constraint(expr=model.flow["S", "E", "", "product", "1"] >= 4)

    plan = netopt.solve(tables(**TWO), amend=share)
    assert plan.cost == pytest.approx(54)
    assert plan.audit().ok
    assert plan.summary()["amended"]


def test_a_script_adds_a_variable_with_a_cost() -> None:
    # An hour a unit at D, 6 hours free, 2 for each more: 4 * 2 on top of 35
    def overtime(model: pyo.ConcreteModel) -> None:
        model.overtime = pyo.Var(bounds=(0, None))
        model.hours = pyo.Constraint(expr=model.flow["S", "D", "", "product", "1"] <= 6 + model.overtime)
        model.total_cost.expr += 2 * model.overtime

    plan = netopt.solve(tables(**TWO), amend=overtime)
    assert plan.cost == pytest.approx(43)
    assert plan.costs("amended")["cost"].tolist() == pytest.approx([8])
    assert plan.audit().ok
    assert plan.status == "optimal"
    assert plan.bound == pytest.approx(43, rel=1e-4)


def test_a_script_adds_a_constant_to_the_cost() -> None:
    def rent(model: pyo.ConcreteModel) -> None:
        model.total_cost.expr += 100

    plan = netopt.solve(tables(**TWO), amend=rent)
    assert plan.cost == pytest.approx(135)
    assert plan.gap <= 1e-4


def test_a_script_adds_a_whole_number() -> None:
    # Trucks of 4 into D at 10 each: 3 would cost 30; with E open, 2 trucks for 8 and 2 units through E: 20 + 6 + 7
    def trucks(model: pyo.ConcreteModel) -> None:
        model.trucks = pyo.Var(domain=pyo.NonNegativeIntegers)
        model.room = pyo.Constraint(expr=model.flow["S", "D", "", "product", "1"] <= 4 * model.trucks)
        model.total_cost.expr += 10 * model.trucks

    plan = netopt.solve(tables(**TWO), amend=trucks, gap=0)
    # all D: 30 + 5 + 30 = 65; all E: 60 + 7 = 67; 8 by D: 24 + 12 + 5 + 7 + 20 = 68
    assert plan.cost == pytest.approx(65)


def test_a_script_fixes_a_site_open() -> None:
    def both(model: pyo.ConcreteModel) -> None:
        model.open["E", "1"].fix(1)

    plan = netopt.solve(tables(**TWO), amend=both)
    assert plan.cost == pytest.approx(30 + 5 + 7)  # with E open and paid for, D still saves 30 for 5
    assert plan.sites()["open"].tolist() == [1, 1, 1]
    assert plan.audit().ok


def test_a_script_fixes_a_site_closed_and_a_flow() -> None:
    def shut(model: pyo.ConcreteModel) -> None:
        model.open["D", "1"].fix(0)
        model.flow["S", "E", "", "product", "1"].fix(10)

    plan = netopt.solve(tables(**TWO), amend=shut)
    assert plan.cost == pytest.approx(67)
    assert plan.audit().ok


def test_a_script_that_fixes_what_cannot_be_makes_it_infeasible() -> None:
    def nothing(model: pyo.ConcreteModel) -> None:
        for flow in model.flow.values():
            flow.fix(0)

    assert netopt.solve(tables(**TWO), amend=nothing).status == "infeasible"


def test_what_a_script_fixed_is_still_fixed_afterwards() -> None:
    kept: list[pyo.ConcreteModel] = []

    def fix(model: pyo.ConcreteModel) -> None:
        model.open["E", "1"].fix(1)
        kept.append(model)

    netopt.solve(tables(**TWO), amend=fix)
    assert kept[0].open["E", "1"].fixed
    assert not kept[0].open["D", "1"].fixed


def test_a_script_bounds_a_column_that_nothing_else_uses() -> None:
    # IDLE costs nothing and nothing passes it: the model uses its ``open`` nowhere
    given = tables(facilities="name type status\nS supplier -\nD dc -\nIDLE dc consider")

    def wake(model: pyo.ConcreteModel) -> None:
        model.open["IDLE", "1"].setlb(1)

    assert netopt.solve(given, amend=wake).sites()["open"].tolist() == [1, 1, 1]
    assert netopt.solve(given).sites()["open"].tolist() == [1, 1, 0]


def test_a_script_that_is_not_linear() -> None:
    def square(model: pyo.ConcreteModel) -> None:
        model.square = pyo.Constraint(expr=model.open["D", "1"] * model.flow["S", "D", "", "product", "1"] <= 4)

    with pytest.raises(ValueError, match="cannot be written as a linear program"):
        netopt.solve(tables(**TWO), amend=square)


def test_a_room_of_a_script() -> None:
    class Hours:
        """At most 6 units into D: hours of the union."""

        name = "hours"

        def build(self, draft: Draft) -> None:
            network, lanes, flows = draft.network, draft.network.lanes, draft.network.flows
            into = np.nonzero(network.places.names.array[lanes.destination[flows.lane]] == "D")[0]
            rows = draft.rows("hours", {"period": np.arange(len(network.periods))}, upper=6.0)
            draft.term(rows.at[flows.period[into]], draft["flow"].at[into], 1.0)

    plan = netopt.solve(tables(**TWO), rooms=(*ROOMS, Hours()))
    assert plan.cost == pytest.approx(18 + 24 + 12)
    assert plan.summary()["own_rooms"] == ["Hours"]


# ------------------------------------------------------------------------------------------------------------ every road


ROADS: dict[str, dict[str, Any]] = {
    "search": {},
    "pyomo": {"Search": NoSearch},
    "direct": {"Search": NoSearch, "PYOMO_COLUMNS": 0},
    "direct, gates as needed": {"Search": NoSearch, "PYOMO_COLUMNS": 0, "ALL_GATES": 0},
}
"""What is set in `exact`; the search hands over to HiGHS what it does not close."""


@pytest.mark.parametrize("seed", range(500, 508))
def test_all_roads_lead_to_the_same_optimum(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    program = build(read(accepted(seed, broken=None, unmet=1.0, sites=1.0)))
    answers = {}
    for road, limits in ROADS.items():
        with monkeypatch.context() as patch:
            for name, value in limits.items():
                patch.setattr(exact, name, value)
            answers[road] = solve_program(program, Control(gap=1e-8, threads=1, time_limit=20.0))
        if road != "search":
            assert answers[road].through_pyomo == (road == "pyomo")
            assert answers[road].bound_by == "HiGHS"
    first = answers["pyomo"]
    for road, answer in answers.items():
        assert answer.status == first.status, road
        if answer.x is None:
            continue
        assert answer.cost == pytest.approx(first.cost, rel=1e-7), road
        _assert_feasible(program, answer)


def _assert_feasible(program: Program, answer: Answer) -> None:
    x = answer.x
    assert x is not None
    assert x.shape == program.cost.shape
    scale = 1e-6 * max(1.0, float(np.abs(x).max()))
    sums = program.matrix @ x
    assert (sums >= program.row_lower - scale).all()
    assert (sums <= program.row_upper + scale).all()
    assert (x >= program.lower - scale).all()
    assert (x <= program.upper + scale).all()
    assert (x[program.gates.column] <= program.gates.bound * x[program.gates.opener] + scale).all()
    assert (x[program.whole] == np.round(x[program.whole])).all()
    assert float(program.cost @ x) == pytest.approx(answer.cost, rel=1e-7, abs=1e-6)


@pytest.mark.parametrize("road", ROADS)
def test_prices_on_every_road(road: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # D has room for 6: one more saves the 3 that E is dearer; one more wanted costs the 6 through E.
    for name, value in ROADS[road].items():
        monkeypatch.setattr(exact, name, value)
    given = tables(
        facilities="name type status capacity\nS supplier - -\nD dc consider 6\nE dc consider -", lanes=TWO_SITES
    )
    prices = netopt.solve(given, gap=0).prices().set_index(["what", "where"])["price"].to_dict()
    assert prices == pytest.approx({("site_throughput", "D"): -3, ("demand", "C"): 6})


@pytest.mark.parametrize("road", ROADS)
def test_a_gate_of_a_script_that_binds_is_kept(road: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Narrow:
        """D takes in at most 4 while open, by a gate and nothing else."""

        name = "narrow"

        def build(self, draft: Draft) -> None:
            lanes, flows = draft.network.lanes, draft.network.flows
            into = np.nonzero(draft.network.places.names.array[lanes.destination[flows.lane]] == "D")[0]
            draft.gate(
                draft["flow"].at[into], draft["open"].start + lanes.destination[flows.lane[into]], np.array([4.0])
            )

    for name, value in ROADS[road].items():
        monkeypatch.setattr(exact, name, value)
    plan = netopt.solve(tables(lanes=TWO_SITES, facilities=TWO["facilities"]), rooms=(*ROOMS, Narrow()), gap=0)
    # 4 through D and 6 through E: 12 + 36 + 12 = 60, less than all through E, 67
    assert plan.cost == pytest.approx(60)


@pytest.mark.usefixtures("by_highs")
def test_the_clean_up_keeps_the_point_where_it_finds_none(monkeypatch: pytest.MonkeyPatch) -> None:
    run = Solver.run

    def tired(self: Solver, control: Control, phase: str) -> Any:
        found = run(self, control, phase)
        return replace(found, outcome=Outcome.LIMIT, x=None, cost=np.inf) if phase == "cleaning up" else found

    exact.check_solver()
    monkeypatch.setattr(Solver, "run", tired)
    answer = solved(tables(**TWO))
    assert answer.cost == pytest.approx(35)
    assert answer.row_price is None
    assert netopt.solve(tables(**TWO)).prices().empty
