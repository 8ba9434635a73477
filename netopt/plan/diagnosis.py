"""Why there is no plan, in the analyst's words, and the least that would have to change.

Structure speaks first: reachability, promises, counts and cuts are proofs. Then a program in which the business facts
may be stretched is solved: it always has a point, and a least stretch above tolerance is what "infeasible" rests on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.errors import SolverError
from netopt.formulation import Program
from netopt.formulation.bounds import Bounds
from netopt.formulation.program import Gates
from netopt.network import Network
from netopt.network.reason import shown, spell_periods
from netopt.network.structure import Reason, structural_reasons
from netopt.plan.facts import Fact, Storyteller
from netopt.solve.clash import clash
from netopt.solve.control import Control
from netopt.solve.elastic import Elastic, Facts, Stretch, facts_of, has_point

__all__ = ["Diagnosis", "diagnose"]

PHYSICS = frozenset({"balance", "change_of_state", "site_count", "vehicles", "single_source", "lane_opening"})
"""Rows that say how goods and choices hang together rather than what somebody wants; every other row is a fact."""

LAST_RESORT = 10.0
"""Delivering less, or closing what shall be open, is a repair only where no other within ten times the units is."""

BOUNDS = {
    "flow.upper": 1.0,
    "buy.lower": 1.0,
    "buy.upper": 1.0,
    "stock.lower": 1.0,
    "stock.upper": 1.0,
    "open.lower": LAST_RESORT,
}

_SHARES = {"stretch": (0.5, 60.0), "check": (0.25, 60.0), "clash": (0.25, 15.0), "cost": (0.25, 20.0)}
"""Of the time that is left, and seconds at most: nobody waits long for the reasons of a refusal."""

_COST_GAP = 1e-3
_ALIKE = 6
_SMALL = 20_000
_SAID = 4
_COLUMNS = ("fact", "source", "row", "change", "from", "to", "cost")


def _no_repair() -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype="object") for name in _COLUMNS})


@dataclass(frozen=True)
class Diagnosis:
    """Why there is no plan.

    Parameters
    ----------
    infeasible : bool
        Whether that is proved, by structure or by the stretched program.
    decided : bool
        Whether the question was settled either way within the time.
    reasons : tuple of Reason
        What structure shows.
    clash : tuple of str
        Facts that cannot hold together, with source and row; none of them can be left out unless time ran out.
    repair : DataFrame
        What has to give, a row a fact: ``fact`` as typed, ``source``, ``row``, ``change`` (units), ``from``, ``to``,
        ``cost`` of the network after the whole repair.
    changes : tuple of str
        The repair in words; one change in several periods is said once.
    units : float
        Sum of the changes.
    cost : float
        Money for the network after the repair, to a gap of 1e-3; NaN without one.
    costed : bool
        Whether that gap was reached in time; if not, the cost is at most this.
    exact : bool
        Whether no repair is smaller.
    """

    infeasible: bool
    decided: bool
    reasons: tuple[Reason, ...] = ()
    clash: tuple[str, ...] = ()
    repair: pd.DataFrame = field(default_factory=_no_repair)
    changes: tuple[str, ...] = ()
    units: float = 0.0
    cost: float = float("nan")
    costed: bool = True
    exact: bool = True
    currency: str = ""

    def words(self) -> list[str]:
        """Return what to tell the analyst, some fifteen lines at most."""
        if not self.decided:
            return ["No plan was found, and it is not settled whether there is one; allow more time."]
        if not self.infeasible:
            return ["There is a plan."]
        lines = ["There is no plan."]
        if self.reasons:
            lines += _some([reason.words for reason in self.reasons], "reasons")
        elif self.clash:
            together = "This cannot hold" if len(self.clash) == 1 else "These cannot hold together"
            lines += [f"{together}:", *_some(list(self.clash), "facts")]
        if len(self.repair):
            least = "The least change that allows a plan" if self.exact else "A change that allows a plan"
            lines += [f"{least}:", *_some(self.changes, "changes")]
            if not np.isnan(self.cost):
                least = "" if self.costed else "at most "
                lines.append(f"The network then costs {least}{shown(self.cost)} {self.currency}".rstrip() + ".")
        return lines

    def to_json(self) -> dict[str, object]:
        """Return everything as values that `json.dumps` takes."""
        repair = self.repair.astype(object).where(self.repair.notna(), None)
        reasons = [
            {
                "kind": reason.kind,
                "words": reason.words,
                "places": list(reason.places),
                "product": reason.product,
                "periods": list(reason.periods),
                "need": reason.need,
                "available": reason.available,
                "parts": [{"what": what, "amount": amount} for what, amount in reason.parts],
            }
            for reason in self.reasons
        ]
        return {
            "infeasible": self.infeasible,
            "decided": self.decided,
            "reasons": reasons,
            "clash": list(self.clash),
            "repair": repair.to_dict(orient="records"),
            "changes": list(self.changes),
            "units": self.units,
            "cost": None if np.isnan(self.cost) else self.cost,
            "costed": self.costed,
            "exact": self.exact,
        }


def diagnose(network: Network, program: Program, control: Control | None = None) -> Diagnosis:
    """Find out whether a network has a plan, why not, and what would mend it.

    Parameters
    ----------
    network : Network
        The network.
    program : Program
        What `netopt.formulation.build` made of it.
    control : Control, optional
        Limits; the time counts from now.

    Returns
    -------
    Diagnosis
        With ``infeasible`` set only where it is proved.

    Raises
    ------
    SolverError
        When the solver fails, or rows that are no business facts contradict each other.
    """
    control = Control() if control is None else control
    reasons = structural_reasons(network)
    loose = _loosened(network, program)
    facts = _facts(network, loose)
    elastic = Elastic(loose, facts)
    try:
        stretch = elastic.least(_share(control, "stretch"))
    except SolverError:
        if reasons:
            return Diagnosis(True, True, reasons, currency=network.settings.currency)
        raise
    if stretch is None:
        return Diagnosis(bool(reasons), bool(reasons), reasons, currency=network.settings.currency)
    proved = _proved(program, stretch, control)
    if not (reasons or proved):
        return Diagnosis(False, proved is not None)
    # within the tolerance of the solver, but not of arithmetic; or nobody asks for more than whether there is a plan
    if not stretch.needed or np.isfinite(control.cutoff):
        return Diagnosis(True, True, reasons, currency=network.settings.currency)

    tell = Storyteller(network, loose)
    found = None
    if not reasons or len(program.cost) <= _SMALL:  # reasons say it better, and a large network has many facts
        found = clash(loose, facts, _share(control, "clash"))
    said = [] if found is None else _clash(tell, facts, found)
    cheapest = elastic.cheapest(stretch, _share(control, "cost"))
    repair, changes = _repair(network, tell, facts, cheapest)
    return Diagnosis(
        infeasible=True,
        decided=True,
        reasons=reasons,
        clash=tuple(said),
        repair=repair,
        changes=tuple(changes),
        units=float(cheapest.amount.sum()),
        cost=cheapest.cost,
        costed=cheapest.best,
        exact=stretch.best,
        currency=network.settings.currency,
    )


def _share(control: Control, what: str) -> Control:
    """Return limits for one step."""
    share, most = _SHARES[what]
    left = np.inf if control.remaining is None else control.remaining
    return Control(
        gap=max(control.gap, _COST_GAP),
        time_limit=float(max(1.0, min(left * share, most))),
        threads=control.threads,
        seed=control.seed,
        progress=control.progress,
        stop=control.stop,
    )


def _loosened(network: Network, program: Program) -> Program:
    """Return the program with what follows from capacities taken out, so that stretching a capacity has an effect.

    A gate keeps what says yes or no: its bound becomes what can move at all. Vehicles are not counted, and the capacity
    of a lane stands in one row only.
    """
    gates, upper = program.gates, program.upper.copy()
    row_upper = program.row_upper.copy()
    bound = gates.bound.copy()
    moved = Bounds(network).moved
    for block in program.columns.values():
        here = (gates.column >= block.start) & (gates.column < block.start + block.size)
        if "product" in block.labels and here.any():
            product = np.asarray(block.labels["product"])[gates.column[here] - block.start].astype(np.int64)
            bound[here] = np.maximum(bound[here], moved[product])
    if "vehicles" in program.columns:
        upper[program.columns["vehicles"].at] = np.inf
    if "lane_opening" in program.rows:
        row_upper[program.rows["lane_opening"].at] = np.inf
    gates = Gates(gates.column, gates.opener, bound, np.ones(len(gates), dtype=bool))
    return replace(program, gates=gates, upper=upper, row_upper=row_upper)


def _facts(network: Network, program: Program) -> Facts:
    rows = {"balance.lower": LAST_RESORT, **{name: 1.0 for name in program.rows if name not in PHYSICS}}
    facts = facts_of(program, rows, BOUNDS)
    if "balance" not in program.rows:
        return facts
    balance = program.rows["balance"]
    place = np.asarray(balance.labels["place"], dtype=np.int64)
    at_customer = np.zeros(len(program.row_lower), dtype=bool)
    at_customer[balance.start + np.nonzero(place >= len(network.facilities))[0]] = True
    is_balance = facts.block == "balance"
    keep: npt.NDArray[np.bool_] = ~is_balance
    keep[is_balance] = at_customer[facts.position[is_balance]]
    return facts.select(keep)


def _proved(program: Program, stretch: Stretch, control: Control) -> bool | None:
    """Return whether there is no plan; None where that is open.

    The stretched program is solved with looser gates than the program itself, so a bound near 0 beside a positive
    stretch may come from a whole number that is not quite whole. The program itself then has to have no point either.
    """
    if not stretch.needed:
        return False
    if stretch.bound > 0.5 * stretch.total:
        return True
    point = has_point(program, _share(control, "check"))
    if point is None:
        return None
    return not point and stretch.best


def _told(tell: Storyteller, facts: Facts, at: int) -> Fact:
    return tell.fact(str(facts.block[at]), int(facts.position[at]), bool(facts.above[at]))


def _clash(tell: Storyteller, facts: Facts, found: npt.NDArray[np.int64]) -> list[str]:
    """Return the facts that clash in words: what is rare first, and many of a kind in one line."""
    said = []
    blocks, count = np.unique(facts.block[found].astype(str), return_counts=True)
    for name in blocks[np.argsort(count, kind="stable")]:
        alike = found[facts.block[found] == name]
        some = alike if len(alike) <= _ALIKE else alike[:1]
        lines = [str(_told(tell, facts, int(at))) for at in some]
        said += lines if len(alike) <= _ALIKE else [f"{lines[0]}; and {len(alike) - 1:,} more like it"]
    return list(dict.fromkeys(said))


def _repair(network: Network, tell: Storyteller, facts: Facts, stretch: Stretch) -> tuple[pd.DataFrame, list[str]]:
    """Return what gives, the largest change first, as a table and in words."""
    given = np.nonzero(stretch.amount > 0)[0]
    given = given[np.argsort(-stretch.amount[given] * facts.weight[given], kind="stable")]
    amounts: dict[Fact, float] = defaultdict(float)  # the flows that one promise holds back are one fact
    for at in given:
        amounts[_told(tell, facts, int(at))] += float(stretch.amount[at])
    amounts = {fact: float(f"{by:.8g}") for fact, by in amounts.items()}  # what the solver rounds is not a change
    rows = [
        (
            fact.words, fact.source, fact.row, fact.sign * by * fact.factor,
            fact.value, fact.new(by), stretch.cost,
        )
        for fact, by in amounts.items()
    ]  # fmt: skip
    said: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for fact, by in amounts.items():
        said[fact.where, fact.change, fact.changed(by, "")].append(fact.period)
    example = {(fact.where, fact.change, fact.changed(by, "")): (fact, by) for fact, by in amounts.items()}
    words = []
    for key, periods in said.items():
        fact, by = example[key]
        when = spell_periods(network, periods, each=True) if "periods" in network.tables else ""
        words.append(f"{fact.changed(by, when)} ({fact.where})")
    return pd.DataFrame(rows, columns=list(_COLUMNS)) if rows else _no_repair(), words


def _some(lines: Sequence[str], what: str) -> list[str]:
    """Return the first few lines, indented, and how many more there are."""
    said = [f"  {line}" for line in lines[:_SAID]]
    more = len(lines) - len(said)
    return [*said, f"  and {more:,} more {what}"] if more > 1 else [f"  {line}" for line in lines[: _SAID + 1]]
