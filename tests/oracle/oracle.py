"""The oracle: the exact plan of a small network, from the contract alone, by OR-Tools' SCIP.

`solve_in_subprocess(tables)` is what tests call: OR-Tools and highspy cannot be imported in one process, so a child
process solves (`solve_many_in_subprocess`: many networks). `python oracle.py FOLDER_OR_JSON` prints the same.

How tests read the answer: `status` is optimal, infeasible, unbounded or limit (time ran out, perhaps with a plan);
`cost` and `bound` are money (None without a plan); `buckets` splits the cost; `open_sites` maps a period to the names
of the open facilities; `flows`, `vehicles`, `stocks` and `unmet` list what is not zero, each with a quantity. A flow's
period is the one in which it leaves. Several plans may share the optimal cost: judge a plan by its cost and its
feasibility, not by equality of flows or buckets.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

STATUSES = {0: "optimal", 1: "feasible", 2: "infeasible", 3: "unbounded"}
# SCIP's dual reductions are off because, measured, they made it call plans 0.4% too dear optimal.
SCIP_SETTINGS = """
misc/allowstrongdualreds = FALSE
misc/allowweakdualreds = FALSE
numerics/feastol = 1e-9
limits/gap = {gap}
"""


def build_and_solve(
    tables: dict[str, pd.DataFrame], gap: float = 1e-7, seconds: float = 60, solver_name: str = "SCIP"
) -> dict[str, Any]:
    """Solve the exact MIP of the raw tables in this process.

    Parameters
    ----------
    tables : dict of DataFrame
        The tables of the contract section 1 by name; NaN, None and '' are blank.
    gap : float
        Relative gap at which the solver may stop.
    seconds : float
        Time limit.
    solver_name : str
        Another pywraplp MIP solver for a second opinion: "CBC" ("SAT" rounds what it is told, and is often dearer).

    Returns
    -------
    dict
        status, cost, bound, buckets, open_sites, flows, vehicles, stocks, unmet (see the module).
    """
    from oracle_model import Model
    from oracle_tables import read_network
    from ortools.linear_solver import pywraplp

    net = read_network(tables)
    solver = pywraplp.Solver.CreateSolver(solver_name)
    solver.SetTimeLimit(int(1000 * seconds))
    if solver_name == "SCIP" and not solver.SetSolverSpecificParametersAsString(SCIP_SETTINGS.format(gap=gap)):
        raise RuntimeError("SCIP did not take the settings")
    model = Model(net, solver)
    status = run(solver, gap)
    answer: dict[str, Any] = {"status": status, "cost": None, "bound": None}
    if status in ("infeasible", "unbounded"):
        # A solver may say "infeasible or unbounded" with either word; without a cost only one is possible.
        solver.Objective().Clear()
        answer["status"] = {"optimal": "unbounded"}.get(run(solver, gap), "infeasible")
    elif status in ("optimal", "feasible"):
        answer["bound"] = solver.Objective().BestBound()
        if status == "optimal":
            settle(model, gap)
        answer.update(describe(model), status={"feasible": "limit"}.get(status, status))
    return answer


def run(solver: Any, gap: float) -> str:
    """Run the solver and give its status in our words."""
    from ortools.linear_solver import pywraplp

    parameters = pywraplp.MPSolverParameters()
    parameters.SetDoubleParam(parameters.RELATIVE_MIP_GAP, gap)
    return STATUSES.get(solver.Solve(parameters), "limit")


def settle(model: Any, gap: float) -> None:
    """Fix every whole number at its value and solve again, so no cost hides in a decision of 1e-9."""
    values = [round(x.solution_value()) for x in model.integers]
    bounds = [(x.lb(), x.ub()) for x in model.integers]
    for x, value in zip(model.integers, values, strict=True):
        x.SetBounds(value, value)
    if run(model.solver, gap) != "optimal":
        for x, (lower, upper) in zip(model.integers, bounds, strict=True):
            x.SetBounds(lower, upper)
        run(model.solver, gap)


def describe(model: Any) -> dict[str, Any]:
    """Read the plan out of a solved model."""
    net = model.net
    buckets = {name: sum((c * x.solution_value() for c, x in terms), 0.0) for name, terms in model.cost.items()}

    def listed(variables: dict[Any, Any], *columns: str) -> list[dict[str, Any]]:
        found = []
        for key, variable in variables.items():
            if (quantity := variable.solution_value()) > 1e-9:
                row = dict(zip(columns, key, strict=True))
                lane = net.lanes[row.pop("lane")] if "lane" in row else None
                row["period"] = net.periods[row["period"]]
                ends = {"origin": lane.origin, "destination": lane.destination, "mode": lane.mode} if lane else {}
                found.append({**ends, **row, "quantity": quantity})
        return found

    return {
        "cost": sum(buckets.values()),
        "buckets": buckets,
        "open_sites": {
            name: [p for p in net.facilities if model.open[p, t].solution_value() > 0.5]
            for t, name in enumerate(net.periods)
        },
        "flows": listed(model.flow, "lane", "product", "period"),
        "vehicles": listed(model.vehicles, "lane", "period"),
        "stocks": listed(model.stock, "facility", "product", "period"),
        "unmet": listed(model.unmet, "customer", "product", "period"),
    }


def solve_in_subprocess(
    tables: dict[str, pd.DataFrame], gap: float = 1e-7, seconds: float = 60, solver_name: str = "SCIP"
) -> dict[str, Any]:
    """Solve the tables in a child process (this one may hold highspy).

    Parameters
    ----------
    tables : dict of DataFrame
        The tables of the contract section 1 by name; NaN, None and '' are blank.
    gap, seconds, solver_name
        As in `build_and_solve`.

    Returns
    -------
    dict
        The answer of `build_and_solve`.

    Raises
    ------
    ValueError
        If the oracle refuses the tables (wrong, not covered, or not settled by the contract).
    """
    answer = solve_many_in_subprocess([tables], gap, seconds, solver_name)[0]
    if answer["status"] == "refused":
        raise ValueError(answer["message"])
    return answer


def solve_many_in_subprocess(
    networks: list[dict[str, pd.DataFrame]], gap: float = 1e-7, seconds: float = 60, solver_name: str = "SCIP"
) -> list[dict[str, Any]]:
    """Solve many networks in one child process, which saves its start-up for each.

    Parameters
    ----------
    networks : list
        The tables of each network.
    gap, seconds, solver_name
        As in `build_and_solve`, for each network.

    Returns
    -------
    list of dict
        The answers in order; a network that the oracle refuses has status "refused" and a message.
    """
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for n, tables in enumerate(networks):
            paths.append(Path(folder) / f"network{n}")
            paths[-1].mkdir()
            for name, frame in tables.items():
                frame.to_csv(paths[-1] / f"{name}.csv", index=False)
        command = [sys.executable, str(Path(__file__).resolve()), *map(str, paths), "--list"]
        command += ["--gap", repr(gap), "--seconds", repr(seconds), "--solver", solver_name]
        patience = (4 * seconds + 10) * len(networks) + 60
        child = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)
    if child.returncode != 0:
        raise RuntimeError(f"the oracle failed ({child.returncode}): {child.stderr[-2000:]}")
    return json.loads(child.stdout)


def load(path: Path) -> dict[str, pd.DataFrame]:
    """Read a folder of CSVs, or a JSON file {table: [rows]}, every cell as text or number and blank as ''."""
    import pandas as pd

    if path.is_dir():
        files = sorted(path.glob("*.csv"))
        return {f.stem: pd.read_csv(f, dtype=str, keep_default_na=False) for f in files if f.stat().st_size > 1}
    return {name: pd.DataFrame(rows, dtype=object) for name, rows in json.loads(path.read_text()).items()}


def main() -> int:
    """Solve the networks named on the command line and print the answers as JSON (exit code 2: tables refused)."""
    parser = argparse.ArgumentParser(description="Solve small netopt networks exactly with SCIP.")
    parser.add_argument("paths", type=Path, nargs="+", help="folders of CSVs, or JSON files {table: [rows]}")
    parser.add_argument("--gap", type=float, default=1e-7)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--solver", default="SCIP")
    parser.add_argument("--list", action="store_true", help="print a list, also of one answer, and exit with 0")
    arguments = parser.parse_args()
    answers: list[dict[str, Any]] = []
    for path in arguments.paths:
        try:
            answers.append(build_and_solve(load(path), arguments.gap, arguments.seconds, arguments.solver))
        except ValueError as problem:
            answers.append({"status": "refused", "message": f"{type(problem).__name__}: {problem}"})
    print(json.dumps(answers if arguments.list or len(answers) > 1 else answers[0], indent=1))
    return 2 if not arguments.list and any(answer["status"] == "refused" for answer in answers) else 0


if __name__ == "__main__":
    sys.exit(main())
