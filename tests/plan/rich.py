"""A network that fills every table of a plan, small enough to be read."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

import netopt
from netopt.plan.folder import digest, seal
from tests.formulation.networks import tables

__all__ = ["alter", "forge", "rich", "rich_plan"]


def rich() -> dict[str, pd.DataFrame]:
    """Return two suppliers, three centers, three customers, two products and two periods, with every cost there is."""
    return tables(
        facilities=(
            "name type status initial fixed_cost opening_cost closing_cost capacity handling_cost storage_cost cycle_days\n"
            "S supplier open - - - - - - - -\n"
            "T plant open - 10 - - 60 0.1 - -\n"
            "D dc open existing 40 - - 60 0.5 0.3 3\n"
            "E fc consider potential 30 25 - 90 0.4 0.2 2\n"
            "F fc consider existing 500 - 15 90 - - -"
        ),
        customers="name single_source promise_days\nC - -\nX yes -\nY - 4",
        products="name volume weight value\nA 2 4 30\nB 1 1 8",
        periods="name days\n2027-01 31\n2027-02 28",
        demand=(
            "customer product period quantity unmet_cost promise_share\nC A - 20 90 -\nC B - 15 4 -\nX A - 12 90 -\n"
            "X A 2027-02 40 90 -\nY B - 25 90 0.6\nY A - 7 90 0.5"
        ),
        supply="facility product capacity unit_cost\nS A 55 2.25\nS B - 1\nT B 30 0.75",
        lanes=(
            "origin destination mode unit_cost fixed_cost vehicle_capacity vehicle_cost capacity days emissions duty_rate\n"
            "S D truck 1.1 - 15 7 - - 0.4 0.1\nS E rail 0.9 6 - - 70 - 0.1 -\nT D truck 1.3 - - - - - 0.5 -\n"
            "T E truck 1.2 - - - - - 0.5 -\nS F truck 1 - - - - - - -\nD C truck 2.4 - - - - 3 0.2 -\n"
            "D X truck 2.1 - - - - 2 0.2 -\nD Y truck 1.9 - - - 18 5 0.2 -\nD Y air 4.6 - - - - 1 1.4 -\n"
            "E C truck 1.7 - - - - 2 0.2 -\nE X truck 2.6 - - - - 2 0.3 -\nE Y truck 2.2 - - - - 3 0.2 -\nF C truck 9 - - - - - - -"
        ),
        inventory="facility product initial safety_stock storage_cost\nD A 10 2 0.35\nE B - - -",
        settings="key value\nemissions_price 0.2\ndiscount_rate 0.08\ncurrency EUR",
    )


def rich_plan() -> netopt.Plan:
    """Return its plan."""
    plan = netopt.solve(rich(), gap=1e-9)
    assert plan.status == "optimal"
    assert plan.audit().ok, plan.audit().breaches["words"].tolist()
    return plan


def alter(path: Path, column: str) -> bool:
    """Change the last digit of the first filled cell of a column; return whether there was one."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    for at, cell in enumerate(table[column]):
        digits = [place for place, letter in enumerate(cell) if letter.isdigit()]
        if digits:
            last = digits[-1]
            other = str((int(cell[last]) + 1) % 10)
            table.loc[at, column] = cell[:last] + other + cell[last + 1 :]
            table.to_csv(path, index=False, lineterminator="\n")
            return True
    return False


def forge(folder: Path) -> None:
    """Write a proof that fits the files as they are now, as a forger would."""
    path = folder / "proof.json"
    proof = json.loads(path.read_text(encoding="utf-8"))
    proof["files"] = {name: digest(folder / name) for name in proof["files"]}
    proof["sha256"] = seal(proof)
    path.write_text(json.dumps(proof), encoding="utf-8")
