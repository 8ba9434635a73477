"""Add a rule of your own to the Pyomo model: Reno and Dallas may not both be open.

The model has the names of the network: ``model.open['Reno', '1']`` is 1 when Reno is open in period 1, and
``model.flow['Reno', 'Boise', '', 'tea', '1']`` is what moves over that lane.
"""

from pathlib import Path

import pyomo.environ as pyo

import netopt

DATA = Path(__file__).resolve().parent.parent / "data"


def one_of_two(model: pyo.ConcreteModel) -> None:
    """Allow at most one of the two sites."""
    model.one_of_two = pyo.Constraint(expr=model.open["Reno", "1"] + model.open["Dallas", "1"] <= 1)


free = netopt.solve(DATA / "tiny" / "network.csv")
bound = netopt.solve(DATA / "tiny" / "network.csv", amend=one_of_two)
print(f"free to choose: {free.cost:,.0f}; one of Reno and Dallas: {bound.cost:,.0f}")
assert bound.audit().empty
