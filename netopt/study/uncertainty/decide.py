"""The decision over all cases at once: their programs stacked, or decomposed where that is too large; kept on disk.

Sites that single cases or the forecast ask for are tried first: often they are good enough, and their cost and the
bounds of the cases alone then say so.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netopt.errors import SolverError
from netopt.formulation import Program, build
from netopt.formulation.stacked import stacked, with_regret
from netopt.plan.solve import versions
from netopt.solve import Control, solve_program
from netopt.solve.benders import decomposed
from netopt.study.store import key_of
from netopt.study.uncertainty.cases import Case
from netopt.study.uncertainty.site_set import SiteSet, of_columns

__all__ = ["METHODS", "Decider", "Decision", "Told"]

FloatArray = npt.NDArray[np.float64]

METHODS = ("extensive", "benders")

_Found = tuple[str, FloatArray | None, float, float]
"""Status, values of the first program's columns, cost and bound."""

Told = Callable[[str], None]
"""Called with a line of words while the decision is made."""

_LARGE = 1_000_000
"""Columns of all cases together, above which they are decomposed unless the caller chooses."""

_STARTS = 8
"""Sets of sites that are tried in every case before any cut."""

_KEPT = "decisions.jsonl"


@dataclass(frozen=True)
class Decision:
    """Sites that were decided for all cases at once.

    Parameters
    ----------
    status : str
        As of a plan.
    open : list of list of bool or None
        By facility and period; None where there are none.
    cost, bound : float or None
        Expected cost as the solver has it, and what no sites go below, money; of the largest regret where that was
        asked for.
    method : {'extensive', 'benders'}
        How.
    columns : int
        Of all cases together.
    seconds : float
        It took.
    """

    status: str
    open: list[list[bool]] | None
    cost: float | None
    bound: float | None
    method: str
    columns: int
    seconds: float

    @property
    def proved(self) -> float:
        """No sites go below this, money; minus infinity where nothing is proved, infinity where there are none."""
        if self.status == "infeasible":
            return np.inf
        return -np.inf if self.bound is None else self.bound

    def sites(self, name: str, words: str) -> SiteSet | None:
        """Return the sites, None where there are none."""
        return None if self.open is None else SiteSet(name, np.array(self.open, dtype=bool), words)


class Decider:
    """Decides sites for cases.

    Parameters
    ----------
    cases : sequence of Case
        With probabilities above 0.
    options : mapping of str to object
        ``gap``, ``time_limit``, ``threads`` and ``seed``.
    method : {'extensive', 'benders'}, optional
        Chosen by size where not given.
    out : Path, optional
        Where decisions are kept, so that they are not made twice.
    told : callable, optional
        Hears of it.
    """

    def __init__(
        self, cases: Sequence[Case], options: dict[str, Any], method: str | None, out: Path | None, told: Told | None
    ) -> None:
        self.cases, self.options, self.method, self.out = cases, options, method, out
        self.told = told or (lambda _words: None)
        self._programs: list[Program] = []

    @property
    def weights(self) -> list[float]:
        """Probabilities of the cases, by which their costs count."""
        return [case.weight for case in self.cases]

    def expected(self, known: Sequence[SiteSet], bounds: Sequence[float]) -> Decision:
        """Return the sites with the lowest expected cost.

        Parameters
        ----------
        known : sequence of SiteSet
            Sites that are tried first where cases are decomposed.
        bounds : sequence of float
            Of each case: what it costs at least, whatever the sites; see `Outcome.bound`.
        """
        return self._kept("expected cost", lambda: self._expected(known, bounds))

    def least_regret(self, best: Sequence[float], most: float) -> Decision:
        """Return the sites with the smallest largest regret.

        Parameters
        ----------
        best : sequence of float
            What regret is measured from, by case, money.
        most : float
            A largest regret that is known to be possible, money.
        """
        return self._kept(f"regret {list(best)} {most}", lambda: self._least_regret(best, most))

    # -- solving ------------------------------------------------------------------------------------------------------

    @property
    def programs(self) -> list[Program]:
        """Of the cases, built when they are first asked for."""
        if not self._programs:
            self._programs = [build(case.network) for case in self.cases]
        return self._programs

    def _expected(self, known: Sequence[SiteSet], bounds: Sequence[float]) -> Decision:
        size = sum(len(program.cost) for program in self.programs)
        method = self.method or ("benders" if size > _LARGE else "extensive")
        self.told(f"deciding on sites for {len(self.cases)} cases at once: {size:,} columns, {method}")
        control = Control(**self.options)
        status, x, cost, bound = self._by(method, control, self._starts(known), bounds)
        return self._decision(status, x, cost, bound, method, size, control)

    def _by(self, method: str, control: Control, start: Sequence[FloatArray], bounds: Sequence[float]) -> _Found:
        """Decide by a method; the sites that are known are tried first where the caller leaves the choice."""
        if method == "benders":
            return self._apart(control, start, bounds)
        if self.method:
            return self._whole(control)
        first = self._apart(control, start, bounds, search=False)
        if first[0] == "optimal" or control.stop.is_set():
            return first
        whole = self._whole(control)
        bound = max(first[3], whole[3])
        if whole[1] is None or first[2] < whole[2]:  # no time was left, or not enough
            whole = ("infeasible" if whole[0] == "infeasible" else first[0], *first[1:])
        return (*whole[:3], min(bound, whole[2]))

    def _whole(self, control: Control) -> _Found:
        """Solve all cases as one program."""
        whole = stacked(self.programs, self.weights)
        answer = solve_program(whole.program, control)
        x = None if answer.x is None else whole.split(answer.x)[0]
        return answer.status, x, answer.cost, answer.bound

    def _apart(
        self, control: Control, start: Sequence[FloatArray], bounds: Sequence[float], *, search: bool = True
    ) -> _Found:
        """Decompose the cases."""
        found = decomposed(self.programs, self.weights, control, start, bounds, self.told, search=search)
        return found.status, found.x, found.cost, found.bound

    def _starts(self, known: Sequence[SiteSet]) -> list[FloatArray]:
        """Return sites to try: those that cases ask for, and all of those together."""
        if not known:
            return []
        every = SiteSet("", np.any([each.open for each in known], axis=0))
        return [_as_columns(self.programs[0], each) for each in (*known[:_STARTS], every)]

    def _least_regret(self, best: Sequence[float], most: float) -> Decision:
        size = sum(len(program.cost) for program in self.programs)
        self.told(f"deciding on the sites that are regretted least: {size:,} columns")
        control, total = Control(**self.options), float(np.sum(best))
        whole = stacked(self.programs, self.weights)
        answer = solve_program(with_regret(whole, best, most), control)
        x = None if answer.x is None else whole.split(answer.x)[0]
        return self._decision(answer.status, x, answer.cost - total, answer.bound - total, "extensive", size, control)

    def _decision(
        self, status: str, x: Any, cost: float, bound: float, method: str, size: int, control: Control
    ) -> Decision:
        late = control.time_limit is not None and control.seconds >= 0.9 * control.time_limit
        if status == "interrupted" and not late:
            if control.stop.is_set():
                raise KeyboardInterrupt
            words = "the search over all cases ended with no sites that serve each of them, and no proof that none do"
            raise SolverError(words)
        found = None if x is None else of_columns("", self.programs[0], x, self.cases[0].network).open.tolist()
        known, proved = (float(value) if np.isfinite(value) else None for value in (cost, bound))
        return Decision(status, found, known, proved, method, size, round(control.seconds, 3))

    # -- what is kept -------------------------------------------------------------------------------------------------

    def _kept(self, asked: str, decide: Callable[[], Decision]) -> Decision:
        if self.out is None:
            return decide()
        file, key = self.out / _KEPT, self._key(asked)
        if file.is_file():
            for line in file.read_bytes().split(b"\n"):
                try:
                    said = json.loads(line)
                    if said["key"] == key:
                        return Decision(**said["decision"])
                except (ValueError, KeyError, TypeError):  # cut off when it was written
                    continue
        found = decide()
        words = json.dumps({"key": key, "decision": asdict(found)}, allow_nan=False)
        with file.open("a", encoding="utf-8") as kept:
            kept.write(f"\n{words}\n")
            kept.flush()
            os.fsync(kept.fileno())
        return found

    def _key(self, asked: str) -> str:
        tables = self.cases[0].network.tables
        said = [*tables.edits, *({"weight": case.weight, **case.scenario.to_json()} for case in self.cases)]
        return key_of(tables.sha256, said, {**self.options, "method": self.method, "asked": asked}, versions())


def _as_columns(program: Program, sites: SiteSet) -> FloatArray:
    """Return values of a program's columns that open some sites, zero for all others."""
    x = np.zeros(len(program.cost))
    x[program.columns["open"].at] = sites.open.ravel()
    return x
