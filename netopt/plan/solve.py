"""From tables to a plan that has passed its audit."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from importlib.metadata import version
from os import PathLike
from threading import Event
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import SolverError
from netopt.formulation import ROOMS, Program, Room, build
from netopt.network import Network, read
from netopt.network.structure import structural_reasons
from netopt.plan.diagnosis import diagnose
from netopt.plan.footing import footing_of, start_from
from netopt.plan.plan import Plan
from netopt.plan.prices import prices
from netopt.plan.tables import plan_tables, settled
from netopt.solve import Answer, Control, Progress, solve_program

if TYPE_CHECKING:
    from netopt.formulation.pyomo import Amend
    from netopt.plan.folder import Page
    from netopt.solve.reuse import Start

__all__ = ["solve", "versions"]

FloatArray = npt.NDArray[np.float64]

_PACKAGES = ("netopt", "highspy", "pyomo", "networkx", "pandas", "numpy", "scipy")
_SAME = 1e-9


def solve(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    *,
    gap: float = 1e-4,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    rooms: Iterable[Room] | None = None,
    amend: Amend | None = None,
    progress: Callable[[Progress], None] | None = None,
    pages: Iterable[Page] = (),
    stop: Event | None = None,
    start: Plan | Start | None = None,
    cutoff: float | None = None,
) -> Plan:
    """Find the cheapest way to run a network, and say how close to cheapest it is; see `netopt.solve`.

    ``pages`` write the files that `Plan.save` puts beside the tables; this layer knows none of them. ``stop`` ends the
    search when another thread sets it, as Ctrl-C does in the main one. A plan to ``start`` from may also be given as
    what its program made of it, which spares building that again. ``cutoff`` is money: a bound above it ends the
    search, with a plan or without one, which the facts of the plan then say.
    """
    if not gap >= 0:
        raise ValueError(f"gap is {gap}; it must be 0 or more")
    if time_limit is not None and not time_limit > 0:
        raise ValueError(f"time_limit is {time_limit}; it must be above 0 seconds")
    if threads is not None and threads < 1:
        raise ValueError(f"threads is {threads}; it must be 1 or more")
    network = read(source)
    above = float("inf") if cutoff is None else cutoff
    control = Control(
        gap=gap, time_limit=time_limit, threads=threads, seed=seed, progress=progress, stop=stop or Event(),
        cutoff=above,
    )  # fmt: skip
    chosen = tuple(ROOMS if rooms is None else rooms)
    own = tuple(room for room in chosen if room not in ROOMS)
    program = build(network, chosen)
    plan = Plan(
        network=network,
        status="infeasible",
        tables={},
        bound=float("inf"),
        seconds=control.seconds,
        asked_gap=gap,
        rooms=own,
        amended=amend is not None,
        facts=_facts(control, own, amend is not None),
        pages=tuple(pages),
    )
    plain = amend is None and not own
    if plain and structural_reasons(network):  # a proof that needs no search
        return _explained(plan, program, control)
    known = start_from(footing_of(start), start.network) if isinstance(start, Plan) else start
    answer = solve_program(program, control, amend, known if plain else None)
    plan = replace(
        plan,
        status=answer.status,
        bound=answer.bound,
        certificate=answer.certificate if amend is None and chosen == tuple(ROOMS) else None,  # what verify can build
        seconds=answer.seconds,
        facts={**plan.facts, "nodes": answer.nodes, "bound_by": answer.bound_by, **_carried(answer)},
    )
    if answer.x is not None:
        return _with_tables(plan, program, answer, answer.x)
    if answer.status == "infeasible" and plain:
        return _explained(plan, program, control)
    return plan  # a script's own constraints are not the analyst's facts: two runs of the solver agree


def _carried(answer: Answer) -> dict[str, Any]:
    """Return that no search was needed, where that is so: what was proved of another network was enough."""
    return {"carried": True} if answer.carried else {}


def _with_tables(plan: Plan, program: Program, answer: Answer, values: FloatArray) -> Plan:
    """Return a plan with its tables, and the cost that a script's own constraints carry in a bucket of its own."""
    network = plan.network
    x = settled(program, network, values, trim=not plan.amended and not plan.rooms)
    tables: dict[str, pd.DataFrame] = plan_tables(program, network, x)
    rest = answer.cost - float(program.cost @ values)
    if plan.amended and abs(rest) > _SAME * max(1.0, abs(answer.cost)):
        added = pd.DataFrame({"bucket": ["amended"], "period": [network.periods.names[0]], "cost": [rest]})
        tables["costs"] = pd.concat([tables["costs"], added], ignore_index=True)
    if answer.row_price is not None and answer.column_price is not None:
        tables["prices"] = prices(program, network, x, answer.row_price, answer.column_price)
    else:
        tables["prices"] = pd.DataFrame(columns=["what", "where", "product", "period", "price", "words"])
    cost = float(tables["costs"]["cost"].sum())
    whole = np.nonzero(program.whole & (np.round(values) != 0))[0]
    choices = whole, np.round(values[whole])
    return replace(plan, tables=tables, bound=float(np.minimum(answer.bound, cost)), choices=choices)


def _explained(plan: Plan, program: Program, control: Control) -> Plan:
    """Return an infeasible plan with its reasons; structure or the elastic model has to agree first."""
    diagnosis = diagnose(plan.network, program, control)
    if not diagnosis.decided:
        return replace(plan, status="interrupted", bound=-np.inf, diagnosis=diagnosis, seconds=control.seconds)
    if not diagnosis.infeasible:
        raise SolverError("HiGHS calls the network infeasible, but a model that may break rules does not need to")
    return replace(plan, diagnosis=diagnosis, seconds=control.seconds)


def _facts(control: Control, own: tuple[Room, ...], amended: bool) -> dict[str, Any]:
    return {
        "nodes": 0,
        "seed": control.seed,
        "time_limit": control.time_limit,
        "threads": control.threads,
        "own_rooms": [type(room).__name__ for room in own],
        "amended": amended,
        "versions": versions(),
        **({"cutoff": control.cutoff} if control.cutoff < float("inf") else {}),
    }


def versions() -> dict[str, str]:
    """Return the versions that a plan may depend on."""
    return {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}}
