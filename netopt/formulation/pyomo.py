"""The program as a Pyomo model, with names an analyst recognises, and back to a matrix when a script has amended it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyomo.environ as pyo
import scipy.sparse as sp
from pyomo.core.expr.numeric_expr import LinearExpression
from pyomo.opt import ProblemFormat
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler

from netopt.formulation.program import Columns, Gates, Program

__all__ = ["Amend", "Compiled", "compiled", "gate_blocks", "to_model", "write_model"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
Amend = Callable[[pyo.ConcreteModel], None]
"""What a script passes as ``amend=``: it gets the model and adds constraints or variables of its own."""


def to_model(program: Program) -> pyo.ConcreteModel:
    """Return a program as a Pyomo model.

    A block of columns becomes a `pyomo.environ.Var` of the same name, indexed by its labels:
    ``model.flow['Reno', 'Boise', 'ground', 'tea', '2027-01']``. A block of rows becomes a Constraint of the same
    name (``open_`` and the like where a name is taken), gates become ``flow_when_open`` and the like, and the cost is
    ``model.cost[bucket]``, summed by the objective ``model.total_cost``.

    Parameters
    ----------
    program : Program
        What `netopt.formulation.build` returns.

    Returns
    -------
    ConcreteModel
        With the same numbers, entry by entry; ``model.columns`` lists its variables and ``model.row_list`` its
        constraints other than gates, in the order of the program.
    """
    model = pyo.ConcreteModel(name="network")
    variables: list[Any] = []
    constraints: list[Any] = []
    for block in program.columns.values():
        variables += _add_variables(model, program, block)
    matrix = program.matrix.tocsr()
    for rows in program.rows.values():
        keys = _keys(program.words(rows))
        part = matrix[rows.start : rows.start + rows.size]
        constraints += _add_rows(model, _free_name(model, rows.name), keys, part, variables, rows.lower, rows.upper)
    gated: list[Any] = []
    for name, keys, gates in gate_blocks(program):
        column = np.stack([gates.column, gates.opener], axis=1).ravel()
        value = np.stack([np.ones(len(gates)), -gates.bound], axis=1).ravel()
        shape = (len(gates), len(variables))
        part = sp.csr_array((value, column, np.arange(0, 2 * len(gates) + 1, 2)), shape=shape)
        upper = np.zeros(len(gates))
        gated += _add_rows(model, _free_name(model, name), keys, part, variables, np.full(len(gates), -np.inf), upper)
    _add_cost(model, program, variables)
    object.__setattr__(model, "columns", variables)
    object.__setattr__(model, "row_list", constraints)
    object.__setattr__(model, "gate_list", gated)
    return model


def gate_blocks(program: Program) -> list[tuple[str, list[tuple[str, ...]], Gates]]:
    """Return the gates by what they link: a name such as ``flow_when_open``, a key for each, and the gates."""
    starts = np.array([block.start for block in program.columns.values()])
    blocks = list(program.columns.values())
    gates = program.gates
    owner = np.searchsorted(starts, gates.column, side="right") - 1
    opener = np.searchsorted(starts, gates.opener, side="right") - 1
    found = []
    for pair in np.unique(owner * len(blocks) + opener):
        here = owner * len(blocks) + opener == pair
        gated, by = blocks[pair // len(blocks)], blocks[pair % len(blocks)]
        own = _keys(program.words(gated))
        key = _keys(program.words(by))
        some = _tightest(gates.select(here))
        keys = [own[c - gated.start] + key[o - by.start] for c, o in zip(some.column, some.opener, strict=True)]
        found.append((f"{gated.name}_when_{by.name}", keys, some))
    return found


def _tightest(gates: Gates) -> Gates:
    """Return gates of which none links the same pair twice: the smallest bound stands, as it would among rows."""
    order = np.lexsort((gates.bound, gates.opener, gates.column))
    column, opener = gates.column[order], gates.opener[order]
    repeats = (column[1:] == column[:-1]) & (opener[1:] == opener[:-1])
    if not repeats.any():
        return gates
    return gates.select(np.sort(order[np.append(True, ~repeats)]))


def _add_variables(model: pyo.ConcreteModel, program: Program, block: Columns) -> list[Any]:
    at = block.at
    lower, upper = program.lower[at].tolist(), program.upper[at].tolist()
    domain = pyo.Reals
    if block.kind == "whole":
        domain = pyo.Binary if not len(at) or program.upper[at].max() <= 1 else pyo.NonNegativeIntegers
    variable = pyo.Var(_keys(program.words(block)), domain=domain, dense=True)
    model.add_component(block.name, variable)
    found = list(variable.values())
    _check_names(block.name, len(found), block.size)
    for one, low, high in zip(found, lower, upper, strict=True):
        one.setlb(low if low > -np.inf else None)
        one.setub(high if high < np.inf else None)
    return found


def _add_rows(
    model: pyo.ConcreteModel, name: str, keys: list[tuple[str, ...]], matrix: sp.csr_array, variables: list[Any],
    lower: FloatArray, upper: FloatArray,
) -> list[Any]:  # fmt: skip
    constraint = pyo.Constraint(keys)
    model.add_component(name, constraint)
    starts, columns, values = matrix.indptr.tolist(), matrix.indices.tolist(), matrix.data.tolist()
    lows, highs = lower.tolist(), upper.tolist()
    for at, key in enumerate(keys):
        begin, end = starts[at], starts[at + 1]
        body = LinearExpression(
            constant=0,
            linear_coefs=values[begin:end] or [1.0],
            linear_vars=[variables[c] for c in columns[begin:end]] or [_nothing(model)],
        )
        low, high = lows[at], highs[at]
        if low == high:
            constraint[key] = (body, low)
        else:
            constraint[key] = (low if low > -np.inf else None, body, high if high < np.inf else None)
    _check_names(name, len(constraint), len(keys))
    return list(constraint.values())


def _check_names(block: str, names: int, size: int) -> None:
    """Refuse a block whose labels name two things alike: the second would take the place of the first."""
    if names < size:
        raise ValueError(f"{block} has {size} entries and {names} different labels; add a label that tells them apart")


def _nothing(model: pyo.ConcreteModel) -> Any:
    """Return a variable fixed at 0, the body of a row that nothing can fill."""
    if model.component("nothing") is None:
        model.add_component("nothing", pyo.Var(bounds=(0, 0)))
    return model.nothing


def _add_cost(model: pyo.ConcreteModel, program: Program, variables: list[Any]) -> None:
    buckets = sorted({charge.bucket for charge in program.charges})
    model.cost = pyo.Expression(buckets)
    for bucket in buckets:
        charges = [charge for charge in program.charges if charge.bucket == bucket]
        column = np.concatenate([charge.column for charge in charges])
        cost = np.bincount(column, np.concatenate([charge.cost for charge in charges]), minlength=len(variables))
        some = np.nonzero(cost)[0]
        model.cost[bucket] = LinearExpression(
            constant=0, linear_coefs=cost[some].tolist(), linear_vars=[variables[c] for c in some]
        )
    model.total_cost = pyo.Objective(expr=sum(model.cost[bucket] for bucket in buckets), sense=pyo.minimize)


def _keys(words: dict[str, npt.NDArray[np.object_]]) -> list[tuple[str, ...]]:
    return list(zip(*(column.tolist() for column in words.values()), strict=True))


def _free_name(model: pyo.ConcreteModel, name: str) -> str:
    while model.component(name) is not None:
        name += "_"
    return name


@dataclass(frozen=True)
class Compiled:
    """A Pyomo model as a matrix.

    Parameters
    ----------
    cost, lower, upper, row_lower, row_upper : ndarray
        As in `Program`.
    whole, quantity : ndarray of bool
        As in `Program`; variables that a script added are taken as quantities unless they are whole numbers.
    matrix : csc_array
        Shape (rows, columns).
    constant : float
        Part of the objective that no column carries.
    position : ndarray of int
        Where each column of the program stands, -1 where the model does not use it, shape (program columns,).
    unused : ndarray
        Values of the columns that the model does not use, shape (program columns,).
    row : ndarray of int
        Row of the program that each row stands for, -1 for gates and what a script added, shape (rows,).
    gates : ndarray of bool
        Which rows are gates, shape (rows,).
    """

    cost: FloatArray
    lower: FloatArray
    upper: FloatArray
    whole: npt.NDArray[np.bool_]
    quantity: npt.NDArray[np.bool_]
    matrix: sp.csc_array
    row_lower: FloatArray
    row_upper: FloatArray
    constant: float
    position: IntArray
    unused: FloatArray
    row: IntArray
    gates: npt.NDArray[np.bool_]


def compiled(model: pyo.ConcreteModel, program: Program) -> Compiled:
    """Return the matrix of a model that came from `to_model`, with what a script has added or fixed.

    Raises
    ------
    ValueError
        When the amended model is not linear.
    """
    fixed = [variable for variable in model.component_data_objects(pyo.Var) if variable.fixed]
    for variable in fixed:  # a fixed variable would become a constant and lose its column; bounds say the same
        variable.unfix()
    try:
        form = LinearStandardFormCompiler().write(model, mixed_form=True)
    except Exception as error:
        raise ValueError(f"the amended model cannot be written as a linear program: {error}") from error
    finally:
        for variable in fixed:
            variable.fixed = True
    position_of = {id(variable): at for at, variable in enumerate(form.columns)}
    position = np.array([position_of.get(id(variable), -1) for variable in model.columns], dtype=np.int64)
    n = len(form.columns)
    lower, upper = np.full(n, -np.inf), np.full(n, np.inf)
    whole, quantity = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    for at, variable in enumerate(form.columns):
        low, high = (variable.value, variable.value) if variable.fixed else variable.bounds
        lower[at], upper[at] = -np.inf if low is None else low, np.inf if high is None else high
        whole[at] = variable.is_integer() or variable.is_binary()
    quantity[:] = ~whole
    kept = position >= 0
    quantity[position[kept]] = program.quantity[kept]
    row_lower, row_upper = _sides(form)
    row_of = {id(constraint): at for at, constraint in enumerate(model.row_list)}
    gates = {id(constraint) for constraint in model.gate_list}
    cost = np.asarray(form.c.todense()).ravel()
    return Compiled(
        cost=cost,
        lower=lower,
        upper=upper,
        whole=whole,
        quantity=quantity,
        matrix=sp.csc_array(form.A),
        row_lower=row_lower,
        row_upper=row_upper,
        constant=float(form.c_offset[0]),
        position=position,
        unused=np.array([variable.value if variable.fixed else _least(variable) for variable in model.columns]),
        row=np.array([row_of.get(id(row.constraint), -1) for row in form.rows], dtype=np.int64),
        gates=np.array([id(row.constraint) in gates for row in form.rows], dtype=bool),
    )


def _least(variable: Any) -> float:
    return 0.0 if variable.lb is None else float(variable.lb)


def _sides(form: Any) -> tuple[FloatArray, FloatArray]:
    """Return both sides of every row; in the mixed form a row stands once for each side that it has."""
    sense = np.array([row.bound_type for row in form.rows])  # 1: <=, 0: ==, -1: >=
    right = np.asarray(form.rhs, dtype=np.float64)
    return np.where(sense == 1, -np.inf, right), np.where(sense == -1, np.inf, right)


def write_model(model: pyo.ConcreteModel, path: str | PathLike[str]) -> Path:
    """Write a model as an LP or MPS file, and what its names mean beside it.

    Every solver takes the names in the file: ``flow_17`` for the 17th member of the block ``flow``. What an analyst
    calls it, such as ``flow[Reno,Boise,ground,tea,2027-01]``, is in a CSV file with the columns name, kind, meaning.

    Parameters
    ----------
    model : ConcreteModel
        What `to_model` returns.
    path : path
        Ends in ``.lp`` or ``.mps``.

    Returns
    -------
    Path
        The file of names, ``NAME.lp.names.csv``.

    Raises
    ------
    ValueError
        When the path has another ending.
    """
    target = Path(path)
    formats = {".lp": ProblemFormat.cpxlp, ".mps": ProblemFormat.mps}
    kind = formats.get(target.suffix.casefold())
    if kind is None:
        raise ValueError(f"cannot write {target.name}: use .lp or .mps")
    labels = pyo.ComponentMap()
    meanings: list[tuple[str, str, str]] = []
    for noun, component in (("variable", pyo.Var), ("row", pyo.Constraint), ("objective", pyo.Objective)):
        for block in model.component_objects(component, active=True):
            for number, part in enumerate(block.values(), start=1):
                labels[part] = f"{block.name}_{number}" if block.is_indexed() else block.name
                written = _row_names(part, labels[part]) if noun == "row" else [labels[part]]
                meanings += [(name, noun, part.name) for name in written]
    model.write(str(target), format=kind, io_options={"labeler": labels.__getitem__})
    names = target.with_name(f"{target.name}.names.csv")
    with names.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("name", "kind", "meaning"))
        writer.writerows(meanings)
    return names


def _row_names(row: Any, label: str) -> list[str]:
    """Return the names that Pyomo's writers give a constraint: one for each side that it has."""
    if row.equality:
        return [f"c_e_{label}_"]
    sides = [side for side, bound in (("l", row.lower), ("u", row.upper)) if bound is not None]
    return [f"{'r' if len(sides) == 2 else 'c'}_{side}_{label}_" for side in sides]
