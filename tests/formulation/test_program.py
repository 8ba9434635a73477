"""One program, three times: as netopt writes it, as a Pyomo model, and as what HiGHS was handed."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pyomo.environ as pyo
import pytest
import scipy.sparse as sp

import netopt
from netopt.formulation import ROOMS, Draft, Program, build
from netopt.formulation.pyomo import compiled, gate_blocks, to_model
from netopt.network import read
from netopt.solve.form import Form, gate_rows
from netopt.solve.highs import Solver
from tests.formulation.networks import PERIODS, PRODUCTS, TWO_SITES, tables
from tests.random_networks import accepted

D_AND_E = "name type status fixed_cost opening_cost closing_cost capacity min_throughput\nS supplier - - - - - -\n"
D_AND_E += "D dc consider 5 3 7 8 3\nE dc - - - - - -"
CONSIDER = "name type status fixed_cost\nS supplier consider 9\nD dc consider 7"
CHOICES = "name type status fixed_cost\nS supplier - -\nD dc consider 7\nE dc consider 5"
MODES = "origin destination mode unit_cost {}\nS D truck 1 {}\nS D air 4 - -\nD C - 2 - -"

NETWORKS = {
    "site_opening": tables(periods=PERIODS, facilities=D_AND_E, lanes=TWO_SITES),
    "site_count": tables(periods=PERIODS, facilities=CHOICES, lanes=TWO_SITES),
    "shipping": tables(periods=PERIODS, lanes="origin destination unit_cost lead_periods\nS D 1 1\nD C 2 -",
                       demand="customer period quantity\nC P2 10"),
    "supply": tables(facilities=CONSIDER, supply="facility capacity min_quantity unit_cost\nS 60 4 3"),
    "demand": tables(products=PRODUCTS, periods=PERIODS),
    "unmet": tables(demand="customer quantity unmet_cost\nC 10 5"),
    "site_throughput": tables(products=PRODUCTS, facilities=D_AND_E, lanes=TWO_SITES),
    "handling": tables(products=PRODUCTS, facilities=CONSIDER,
                       handling="facility product capacity min_throughput unit_cost\nD A 40 3 2"),
    "storage": tables(periods=PERIODS, inventory="facility initial storage_cost\nD 5 0.5",
                      facilities="name type status cycle_days storage_cost storage_capacity\n"
                                 "S supplier - - - -\nD dc consider 3 2 40"),
    "cover": tables(periods=PERIODS, facilities=CONSIDER,
                    inventory="facility min_stock max_stock cover_days\nD 4 90 45"),
    "lane_capacity": tables(products=PRODUCTS, lanes=MODES.format("capacity capacity_unit", "6 weight")),
    "lane_opening": tables(products=PRODUCTS, lanes=MODES.format("fixed_cost min_flow", "20 4")),
    "vehicles": tables(products=PRODUCTS, lanes=MODES.format("vehicle_capacity vehicle_cost", "4 5")),
    "single_source": tables(customers="name single_source\nC yes", lanes=TWO_SITES, facilities=D_AND_E),
    "delivery_promise": tables(lanes="origin destination mode unit_cost days\nS D - 1 -\nD C truck 2 3\nD C air 7 1",
                               demand="customer quantity promise_days promise_share\nC 10 2 0.8"),
    "limits": tables(facilities=D_AND_E, lanes=TWO_SITES,
                     limits="what type at_least at_most\nopen_sites dc 1 2\nflow - 5 40"),
    "duty": tables(products="name value\nA 40", lanes="origin destination unit_cost duty_rate\nS D 1 0.1\nD C 2 -"),
    "emissions": tables(lanes="origin destination unit_cost emissions\nS D 1 8\nD C 2 -",
                        settings="key value\nemissions_price 0.5"),
    "gates": tables(facilities=CONSIDER),
    "balance": tables(inventory="facility initial\nD 5"),
}  # fmt: skip
"""A network for every room, which wakes it."""


@dataclass
class Dense:
    """A program with its gates as rows, all of it dense."""

    cost: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    whole: np.ndarray
    matrix: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray


def dense(program: Program) -> Dense:
    """Return what Pyomo and HiGHS should hold: rows, then gates in their order."""
    gates = gate_rows(program.gates, len(program.cost)).toarray()
    more = len(program.gates)
    return Dense(
        program.cost, program.lower, program.upper, program.whole,
        np.vstack([program.matrix.toarray(), gates]),
        np.append(program.row_lower, np.full(more, -np.inf)), np.append(program.row_upper, np.zeros(more)),
    )  # fmt: skip


def through_pyomo(program: Program) -> Dense:
    """Return what the Pyomo model holds, brought back to the program's columns and rows by names and by order."""
    model = to_model(program)
    found = compiled(model, program)
    width, height = len(program.cost), len(program.row_lower)
    used = found.position >= 0
    assert (program.cost[~used] == 0).all()  # what the model does not use is in no row and costs nothing
    assert abs(program.matrix[:, ~used]).nnz == 0
    at = np.where(used, found.position, 0)
    others = np.setdiff1d(np.arange(len(found.cost)), found.position)  # at most the body of rows that nothing can fill
    assert (found.lower[others] == 0).all()
    assert (found.upper[others] == 0).all()

    def columns(values: np.ndarray, unused: np.ndarray) -> np.ndarray:
        return np.where(used, values[at], unused)

    full = found.matrix.toarray()
    matrix = np.zeros((height + len(program.gates), width))
    lower, upper = np.full(len(matrix), -np.inf), np.full(len(matrix), np.inf)
    gate_order = iter(_gate_order(program))
    filled = np.zeros(len(matrix), dtype=bool)
    for at_row, row in enumerate(found.row):
        assert found.gates[at_row] == (row < 0)
        target = int(row) if row >= 0 else height + next(gate_order)
        values = np.where(used, full[at_row, at], 0.0)
        assert not filled[target] or np.array_equal(matrix[target], values)  # a range is written once for each side
        matrix[target], filled[target] = values, True
        lower[target] = max(lower[target], found.row_lower[at_row])
        upper[target] = min(upper[target], found.row_upper[at_row])
    assert filled.all()
    assert next(gate_order, None) is None
    return Dense(
        columns(found.cost, 0.0), columns(found.lower, program.lower), columns(found.upper, program.upper),
        columns(found.whole, program.whole), matrix, lower, upper,
    )  # fmt: skip


def _gate_order(program: Program) -> list[int]:
    """Return the gates of a program in the order in which the Pyomo model has them."""
    place = {
        (int(c), int(o)): at for at, (c, o) in enumerate(zip(program.gates.column, program.gates.opener, strict=True))
    }
    blocks = gate_blocks(program)
    return [place[int(c), int(o)] for _, _, some in blocks for c, o in zip(some.column, some.opener, strict=True)]


def in_highs(form: Form) -> Dense:
    """Return what HiGHS holds, in the units of the program."""
    lp = Solver(form).highs.getLp()
    matrix = np.zeros((lp.num_row_, lp.num_col_))
    assert "Colwise" in str(lp.a_matrix_.format_)
    start, index, value = (np.asarray(part) for part in (lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_))
    for column in range(lp.num_col_):
        some = slice(start[column], start[column + 1])
        matrix[index[some], column] = value[some]
    scale, row_scale = form.column_scale, form.row_scale
    whole = np.array([str(kind).endswith("kInteger") for kind in lp.integrality_], dtype=bool)
    return Dense(
        np.asarray(lp.col_cost_) / scale / form.cost_scale, np.asarray(lp.col_lower_) * scale,
        np.asarray(lp.col_upper_) * scale, whole if len(whole) else np.zeros(lp.num_col_, dtype=bool),
        matrix / row_scale[:, None] / scale[None, :], np.asarray(lp.row_lower_) / row_scale,
        np.asarray(lp.row_upper_) / row_scale,
    )  # fmt: skip


def assert_same(one: Dense, other: Dense) -> None:
    """Compare entry by entry; costs are sums, and may differ in their last digit."""
    np.testing.assert_allclose(one.cost, other.cost, rtol=1e-13)
    for name in ("lower", "upper", "whole", "matrix", "row_lower", "row_upper"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def assert_agreement(given: dict[str, pd.DataFrame]) -> Program:
    """Check that a network's program is the same in all three."""
    program = build(read(given))
    wanted = dense(program)
    assert_same(through_pyomo(program), wanted)
    assert_same(in_highs(Form.of(program)), wanted)
    return program


def test_there_is_a_network_for_every_room() -> None:
    assert sorted(NETWORKS) == sorted(room.name for room in ROOMS)


@pytest.mark.parametrize("room", NETWORKS)
def test_agreement_for_every_room(room: str) -> None:
    assert_agreement(NETWORKS[room])


@pytest.mark.parametrize("seed", range(20))
def test_agreement_on_random_networks(seed: int) -> None:
    assert_agreement(accepted(seed))


@pytest.mark.parametrize(
    ("units", "money"), [(1e-6, 1.0), (1e7, 1.0), (1.0, 1e-6), (1.0, 1e9), (1e-6, 1e9), (1e9, 1e-7)]
)
def test_agreement_where_scaling_is_at_work(units: float, money: float) -> None:
    program = build(read(accepted(7, vehicles=True, inventory=True)))
    bounds = {name: getattr(program, name).copy() for name in ("lower", "upper")}
    for bound in bounds.values():
        bound[program.quantity] *= units
    holds = np.zeros(program.matrix.shape[0], dtype=bool)
    holds[program.matrix[:, program.quantity].nonzero()[0]] = True
    sides = {name: getattr(program, name) * np.where(holds, units, 1.0) for name in ("row_lower", "row_upper")}
    matrix = program.matrix.toarray()
    matrix[np.ix_(holds, ~program.quantity)] *= units  # capacities and the like
    gates = replace(program.gates, bound=program.gates.bound * units)
    cost = program.cost * np.where(program.quantity, money / units, money)
    scaled = replace(program, **bounds, **sides, cost=cost, matrix=sp.csc_array(matrix), gates=gates)
    form = Form.of(scaled)
    if units != 1:
        assert (form.column_scale[~program.quantity] == 1).all()
        assert (form.column_scale[program.quantity] != 1).all()
    else:
        assert form.cost_scale != 1
    assert_same(in_highs(form), dense(scaled))


def test_the_names_that_an_analyst_recognises() -> None:
    given = tables(
        facilities="name type status opening_cost\nOakland supplier - -\nReno fc consider 5",
        customers="name\nBoise",
        products="name\ntea",
        periods="name days\n2027-01 31",
        demand="customer quantity unmet_cost\nBoise 10 90",
        lanes="origin destination mode unit_cost\nOakland Reno rail 1\nReno Boise ground 2",
        inventory="facility\nReno",
    )
    model = netopt.to_pyomo(given)
    assert model.flow["Reno", "Boise", "ground", "tea", "2027-01"].bounds == (0, None)
    assert model.open["Reno", "2027-01"].is_binary()
    assert model.open["Oakland", "2027-01"].lb == 1
    assert model.unmet["Boise", "tea", "2027-01"].ub == 10
    assert str(model.flow["Reno", "Boise", "ground", "tea", "2027-01"]) == "flow[Reno,Boise,ground,tea,2027-01]"
    assert {c.name for c in model.component_objects(pyo.Var)} == {
        "open", "starts", "stops", "flow", "buy", "unmet", "stock",
    }  # fmt: skip
    assert {c.name for c in model.component_objects(pyo.Constraint)} == {
        "change_of_state", "balance", "flow_when_open", "stock_when_open",
    }  # fmt: skip
    gate = model.flow_when_open["Reno", "Boise", "ground", "tea", "2027-01", "Reno", "2027-01"]
    assert (gate.lower, gate.upper) == (None, 0)
    assert sorted(model.cost) == ["site", "transport", "unmet"]


def test_rows_whose_name_is_taken_by_columns() -> None:
    model = to_model(build(read(NETWORKS["vehicles"])))
    assert isinstance(model.vehicles, pyo.Var)
    assert isinstance(model.vehicles_, pyo.Constraint)


def test_a_pyomo_solver_finds_the_same_optimum() -> None:
    given = accepted(3, unmet=1.0, broken=None)
    model = netopt.to_pyomo(given)
    try:
        from pyomo.contrib.appsi.solvers import Highs
    except ImportError:
        pytest.skip("this Pyomo has no solver of its own for HiGHS")
    solver = Highs()
    if not solver.available():
        pytest.skip("this Pyomo does not know the installed HiGHS")
    solver.highs_options = {"mip_rel_gap": 1e-8}
    solver.solve(model)
    assert pyo.value(model.total_cost) == pytest.approx(netopt.solve(given, gap=1e-8).cost, rel=1e-6)


def test_costs_of_a_bucket_add_up_to_the_cost() -> None:
    program = build(read(accepted(5)))
    total = np.zeros(len(program.cost))
    for charge in program.charges:
        np.add.at(total, charge.column, charge.cost)
    np.testing.assert_allclose(total, program.cost, rtol=1e-12)


@pytest.mark.parametrize("first", [False, True])
def test_a_script_may_gate_a_flow_a_second_time(first: bool) -> None:
    class Narrow:
        """D takes in at most 4 while open."""

        name = "narrow"

        def build(self, draft: Draft) -> None:
            network, flow = draft.network, draft["flow"]
            lanes, flows = network.lanes, network.flows
            into = np.nonzero(network.places.names.array[lanes.destination[flows.lane]] == "D")[0]
            opener = (
                draft["open"].start + lanes.destination[flows.lane[into]] * len(network.periods) + flows.period[into]
            )
            draft.gate(flow.at[into], opener, np.full(len(into), 4.0))

    given = tables(facilities="name type status\nS supplier -\nD dc consider\nE dc -", lanes=TWO_SITES)
    rooms = (*ROOMS[:-2], Narrow(), *ROOMS[-2:]) if first else (*ROOMS, Narrow())
    plan = netopt.solve(given, rooms=rooms)
    assert plan.cost == pytest.approx(4 * 3 + 6 * 6)


def test_no_cost_at_all() -> None:
    assert netopt.solve(tables(lanes="origin destination\nS D\nD C")).cost == 0


def test_the_draft_refuses_what_it_cannot_keep_apart() -> None:
    draft = Draft(read(tables()))
    labels = {"site": np.array([0])}
    draft.columns("own", labels)
    draft.rows("own", labels)
    with pytest.raises(ValueError, match="already has columns called own"):
        draft.columns("own", labels)
    with pytest.raises(ValueError, match="already has rows called own"):
        draft.rows("own", labels)
    with pytest.raises(ValueError, match="none of quantity, whole, share"):
        draft.columns("other", labels, kind="integer")
    with pytest.raises(ValueError, match="must be finite"):
        draft.gate(np.array([0]), np.array([0]), np.array([np.inf]))


@pytest.mark.parametrize("what", ["rows", "columns"])
def test_labels_that_do_not_tell_two_entries_apart_are_refused(what: str) -> None:
    class Twice:
        """Two limits on D, both called D."""

        name = "twice"

        def build(self, draft: Draft) -> None:
            getattr(draft, what)("twice", {"site": np.array([1, 1])}, upper=np.array([4.0, 8.0]))

    with pytest.raises(ValueError, match="twice has 2 entries and 1 different labels"):
        netopt.solve(tables(), rooms=(*ROOMS, Twice()))
