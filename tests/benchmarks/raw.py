"""The baseline of the build benchmark: the three-echelon network straight into HiGHS, and by way of linopy.

Columns: flow[l] >= 0 for every lane, then open[i] in {0, 1} for every DC and FC.

    sum(flow out of s)                       <= capacity[s]     every supplier
    sum(flow into i) - sum(flow out of i)     = 0               every DC and FC
    sum(flow into i) - capacity[i] * open[i] <= 0               every DC and FC
    sum(flow into c)                          = demand[c]       every customer

The openings are the weak form on purpose: it is the smallest matrix that says the same problem. Nothing is solved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tests.benchmarks.converters.three_echelon import Arrays

if TYPE_CHECKING:
    import highspy
    import linopy


class Matrix(NamedTuple):
    """A mixed-integer program as arrays, its matrix column by column (CSC).

    Attributes
    ----------
    cost, lower, upper : ndarray, shape (columns,)
        Of the columns.
    row_lower, row_upper : ndarray, shape (rows,)
        Of the rows.
    start : ndarray of int, shape (columns + 1,)
        Where each column's entries begin.
    row : ndarray of int, shape (entries,)
        Row of each entry.
    value : ndarray, shape (entries,)
        The entries.
    whole : ndarray of int
        The columns that must be whole.
    """

    cost: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    start: NDArray[np.int32]
    row: NDArray[np.int32]
    value: NDArray[np.float64]
    whole: NDArray[np.int32]


def matrix(net: Arrays) -> Matrix:
    """Return the program of a three-echelon network, built without sorting.

    Parameters
    ----------
    net : Arrays
        The network.

    Returns
    -------
    Matrix
        Rows: one per place (supplier capacity, balance, demand), in the order of the places, then one per DC and FC for
        its capacity.
    """
    places, suppliers = len(net.capacity), int(net.counts[0])
    sites = int(net.counts[1] + net.counts[2])
    customers, lanes = int(net.counts[3]), len(net.cost)
    first_customer = suppliers + sites

    # A lane has an entry at its tail, one at its head, and one in the head's capacity row if the head is a site.
    into_site = net.head < first_customer
    entries = 2 + into_site.astype(np.int32)
    start = np.zeros(lanes + sites + 1, dtype=np.int32)
    np.cumsum(entries, out=start[1 : lanes + 1])
    flows = int(start[lanes])
    start[lanes + 1 :] = flows + np.arange(1, sites + 1)
    first = start[:lanes]
    row = np.empty(flows + sites, dtype=np.int32)
    value = np.ones(flows + sites)
    row[first] = net.tail
    value[first] = np.where(net.tail < suppliers, 1.0, -1.0)
    row[first + 1] = net.head
    row[first[into_site] + 2] = places + net.head[into_site] - suppliers
    row[flows:] = places + np.arange(sites)
    value[flows:] = -net.capacity[suppliers:first_customer]

    row_lower = np.zeros(places + sites)
    row_upper = np.zeros(places + sites)
    row_lower[:suppliers] = -np.inf
    row_upper[:suppliers] = net.capacity[:suppliers]
    row_lower[first_customer:places] = row_upper[first_customer:places] = net.demand
    row_lower[places:] = -np.inf
    assert len(net.demand) == customers
    return Matrix(
        cost=np.concatenate([net.cost, net.fixed[suppliers:first_customer]]),
        lower=np.zeros(lanes + sites),
        upper=np.concatenate([np.full(lanes, np.inf), np.ones(sites)]),
        row_lower=row_lower,
        row_upper=row_upper,
        start=start,
        row=row,
        value=value,
        whole=np.arange(lanes, lanes + sites, dtype=np.int32),
    )


def pass_model(program: Matrix) -> highspy.Highs:
    """Hand a program to HiGHS without running it.

    Parameters
    ----------
    program : Matrix
        The program.

    Returns
    -------
    highspy.Highs
        Holding the model.

    Raises
    ------
    RuntimeError
        When HiGHS refuses the model.
    """
    import highspy

    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.row_lower)
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = program.cost, program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_lower, program.row_upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = program.start, program.row, program.value
    if highs.passModel(lp) != highspy.HighsStatus.kOk:
        raise RuntimeError("HiGHS refused the model")
    # Set afterwards: HighsLp.integrality_ takes a Python list, one object per column.
    kinds = np.full(len(program.whole), int(highspy.HighsVarType.kInteger), dtype=np.uint8)
    if highs.changeColsIntegrality(len(program.whole), program.whole, kinds) != highspy.HighsStatus.kOk:
        raise RuntimeError("HiGHS refused the whole columns")
    return highs


def pass_arrays(program: Matrix) -> highspy.Highs:
    """Hand a program to HiGHS as arrays, which spares the copies that `highspy.HighsLp` makes of each of them.

    Parameters
    ----------
    program : Matrix
        The program.

    Returns
    -------
    highspy.Highs
        Holding the same model as `pass_model`.

    Raises
    ------
    RuntimeError
        When HiGHS refuses the model.
    """
    import highspy

    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    whole = np.zeros(len(program.cost), dtype=np.int32)
    whole[program.whole] = 1
    no_hessian = np.zeros(1, dtype=np.int32)
    status = highs.passModel(
        len(program.cost),
        len(program.row_lower),
        len(program.row),
        0,
        int(highspy.MatrixFormat.kColwise),
        1,
        int(highspy.ObjSense.kMinimize),
        0.0,
        program.cost,
        program.lower,
        program.upper,
        program.row_lower,
        program.row_upper,
        program.start,
        program.row,
        program.value,
        no_hessian,
        no_hessian,
        np.zeros(1),
        whole,
    )
    if status != highspy.HighsStatus.kOk:
        raise RuntimeError("HiGHS refused the model")
    return highs


def linopy_model(net: Arrays) -> linopy.Model:
    """Return the same program as a linopy model.

    Parameters
    ----------
    net : Arrays
        The network.

    Returns
    -------
    linopy.Model
        Variables flow (one per lane) and open (one per DC and FC).
    """
    import linopy
    import pandas as pd

    suppliers, sites = int(net.counts[0]), int(net.counts[1] + net.counts[2])
    first_customer = suppliers + sites
    lane = pd.RangeIndex(len(net.cost), name="lane")
    site = pd.RangeIndex(suppliers, first_customer, name="site")
    model = linopy.Model()
    flow = model.add_variables(lower=0, coords=[lane], name="flow")
    opened = model.add_variables(binary=True, coords=[site], name="open")

    def through(ends: NDArray[np.int64], which: NDArray[np.bool_], name: str) -> Any:
        picked = np.flatnonzero(which)
        grouper = pd.Series(ends[picked], index=lane[picked], name=name)
        return flow.isel(lane=picked).groupby(grouper).sum()

    into_site, from_supplier = net.head < first_customer, net.tail < suppliers
    inflow = through(net.head, into_site, "site")
    outflow = through(net.tail, ~from_supplier, "site")
    shipped = through(net.tail, from_supplier, "supplier")
    delivered = through(net.head, ~into_site, "customer")
    limit = pd.Series(net.capacity[suppliers:first_customer], index=site)
    sold = pd.Series(net.capacity[:suppliers], index=shipped.indexes["supplier"])
    model.add_constraints(shipped <= sold, name="supply")
    model.add_constraints(inflow - outflow == 0, name="balance")
    model.add_constraints(inflow - limit * opened <= 0, name="throughput")
    model.add_constraints(delivered == pd.Series(net.demand, index=delivered.indexes["customer"]), name="demand")
    transport = (flow * pd.Series(net.cost, index=lane)).sum()
    model.add_objective(transport + (opened * pd.Series(net.fixed[suppliers:first_customer], index=site)).sum())
    return model


def linopy_to_highs(model: linopy.Model) -> highspy.Highs:
    """Hand a linopy model to HiGHS without running it, and without names, its quickest way."""
    return model.to_highspy(set_names=False)
