"""Solve a network from a script, and ask the plan a few questions."""

from pathlib import Path

import netopt

DATA = Path(__file__).resolve().parent.parent / "data"

plan = netopt.solve(DATA / "tiny" / "network.csv")
sites = plan.sites()
print(f"{plan.status}: {plan.cost:,.0f} a year, at most {plan.gap:.2%} above the cheapest")
print("open:", ", ".join(sites[sites["open"] == 1]["name"]))
print(plan.flows()[["origin", "destination", "quantity", "cost"]].to_string(index=False))
assert plan.audit().empty, "every number is recomputed from the tables, without the solver"
