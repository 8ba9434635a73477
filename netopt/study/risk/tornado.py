"""What the cost is sensitive to: each input scaled down and up, and where that changes which sites are open.

cost(f) = cost of the cheapest plan found with the input scaled by f                                      (money)
kept(f) = what the base plan costs at f, an upper bound wherever only costs are scaled                     (money)

Sites change where other ones are open in the plan found, and it saves more beside kept(f) than the gap of the base
leaves open: what might have been saved at f = 1 as well is no change. Every plan is within its gap, so a bar is known
between cost(f) and its bound, and a threshold is where the plans that are found change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from netopt.network import Network, read
from netopt.plan.audit import audit
from netopt.study.cluster.connection import Cluster, one_connection
from netopt.study.outcome import Outcome
from netopt.study.risk.inputs import Input, inputs_of
from netopt.study.rounds import Heard, Rounds, distinct
from netopt.study.scenario import Scenario
from netopt.study.study import Study

if TYPE_CHECKING:
    from os import PathLike

    from netopt.plan.folder import Page

__all__ = ["Bar", "End", "Tornado", "tornado"]

_SAME = 1e-9


@dataclass(frozen=True, eq=False)
class End:
    """An input at one factor.

    Parameters
    ----------
    factor : float
        By which it is scaled.
    outcome : Outcome
        The plan found there.
    kept : float
        What the base plan costs there, NaN where it need not be a plan.
    today : frozenset of str
        Sites that are open in the base.
    leeway : float
        What a cheaper plan might save in the base, money: its cost less its bound.
    """

    factor: float
    outcome: Outcome
    kept: float
    today: frozenset[str]
    leeway: float = 0.0

    @property
    def cost(self) -> float:
        """The least that is known to be possible: the plan found or the base plan; infinite without one."""
        return float(np.fmin(self.outcome.cost, self.kept))

    @property
    def opens(self) -> list[str]:
        """Sites that are open here and not in the base."""
        return [site for site in self._sites if site not in self.today]

    @property
    def closes(self) -> list[str]:
        """Sites that are open in the base and not here."""
        return sorted(self.today.difference(self._sites)) if self.outcome.found else []

    @property
    def _sites(self) -> list[str]:
        if not self.outcome.found or self.kept - self.outcome.cost <= self.leeway + _SAME * self.kept:
            return sorted(self.today)
        return self.outcome.open_sites()

    @property
    def changes(self) -> bool:
        """Whether other sites are open, or there is no plan."""
        return self.outcome.summary["status"] == "infeasible" or bool(self.opens or self.closes)

    def figures(self, base: Outcome) -> dict[str, Any]:
        """Return the end as cells."""
        found = np.isfinite(self.cost)
        bound = self.outcome.bound
        return {
            "factor": self.factor,
            "status": str(self.outcome.summary["status"]),
            "cost": self.cost if found else None,
            "change": self.cost - base.cost if found else None,
            "at_least": bound - base.cost if np.isfinite(bound) else None,
            "kept": self.kept if np.isfinite(self.kept) else None,
            "opens": "; ".join(self.opens),
            "closes": "; ".join(self.closes),
        }


@dataclass(frozen=True, eq=False)
class Bar:
    """An input at both ends.

    Parameters
    ----------
    input : Input
        What is scaled.
    low, high : End
        Scaled down and up.
    thresholds : mapping of str to tuple of float
        For ``low`` and ``high``, where the open sites change: a factor at which those of the base are still found, and
        the nearest one tried at which others are.
    """

    input: Input
    low: End
    high: End
    thresholds: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def swing(self, base: Outcome) -> float:
        """Return the cost at the dearest of both ends and the base less that at the cheapest; infinite without plan."""
        costs = (self.low.cost, base.cost, self.high.cost)
        return max(costs) - min(costs)


@dataclass(frozen=True, eq=False)
class Tornado:
    """What `tornado` returns.

    Parameters
    ----------
    study : Study
        All that was solved.
    bars : tuple of Bar
        By swing, the largest first.
    by : float
        Share by which inputs are scaled down and up.
    """

    study: Study
    bars: tuple[Bar, ...]
    by: float

    @property
    def base(self) -> Outcome:
        """The network as it is."""
        return self.study.base

    def table(self) -> pd.DataFrame:
        """Return a row for each input, the largest swing first.

        Returns
        -------
        DataFrame
            ``input``, ``kind``, ``swing`` (money, infinite where an end has no plan), and for both ends, after
            ``low_`` and ``high_``: ``factor``, ``status``, ``cost``, ``change`` (beside the base), ``at_least`` (what
            the change is at least, beside the plan of the base), ``kept`` (the base plan's cost there, where it is
            known to be a plan), ``opens``, ``closes`` (sites), ``same_at`` and ``other_at`` (factors between which the
            open sites change).
        """
        rows = []
        for bar in self.bars:
            row: dict[str, Any] = {"input": bar.input.name, "kind": bar.input.kind, "swing": bar.swing(self.base)}
            for side, end in (("low", bar.low), ("high", bar.high)):
                row |= {f"{side}_{name}": value for name, value in end.figures(self.base).items()}
                same, other = bar.thresholds.get(side, (None, None))
                row |= {f"{side}_same_at": same, f"{side}_other_at": other}
            rows.append(row)
        return pd.DataFrame(rows)

    def __repr__(self) -> str:
        return f"<Tornado: {len(self.bars)} inputs by {self.by:.0%}>"


@one_connection
def tornado(
    source: str | PathLike[str] | Mapping[str, pd.DataFrame] | Network,
    *,
    by: float = 0.1,
    steps: int = 4,
    most: int = 10,
    gap: float = 1e-4,
    time_limit: float | None = None,
    threads: int | None = None,
    seed: int = 0,
    workers: int | None = None,
    cluster: str | Cluster | None = None,
    out: str | PathLike[str] | None = None,
    heard: Heard | None = None,
    pages: Iterable[Page] = (),
) -> Tornado:
    """Scale each input down and up, and find where the open sites change.

    Parameters
    ----------
    source : path, mapping of str to DataFrame, or Network
        What `netopt.read` takes.
    by : float
        Share, above 0 and below 1.
    steps : int
        Times that the interval in which the open sites change is halved; none without thresholds.
    most : int
        Products and regions whose demand is scaled on its own.
    gap, time_limit, threads, seed, workers, cluster, out, heard, pages
        As in `netopt.study.study.study`.

    Returns
    -------
    Tornado
        Without bars where the base has no plan.

    Raises
    ------
    InputError
        When the network cannot be used as it is.
    ValueError
        When an option is out of range.
    """
    if not 0 < by < 1:
        raise ValueError(f"by is {by}; it must be above 0 and below 1")
    if steps < 0:
        raise ValueError(f"steps is {steps}; it must be 0 or more")
    network = read(source)
    given = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
    rounds = Rounds(network, given, out, workers, heard, pages, cluster)
    if not rounds.base.found:
        return Tornado(rounds.study(), (), by)
    inputs = inputs_of(network, most)
    scaling = _Scaling(rounds, dict(zip(inputs, distinct(each.name for each in inputs), strict=True)))
    ends = scaling.ends([(each, factor) for each in inputs for factor in (1 - by, 1 + by)])
    limits = scaling.thresholds(dict(zip([(i, s) for i in inputs for s in ("low", "high")], ends, strict=True)), steps)
    bars = [
        Bar(each, low, high, {side: limits[each, side] for side in ("low", "high") if (each, side) in limits})
        for each, low, high in zip(inputs, ends[::2], ends[1::2], strict=True)
    ]
    bars.sort(key=lambda bar: bar.swing(rounds.base), reverse=True)
    return Tornado(rounds.study(), tuple(bars), by)


@dataclass(frozen=True)
class _Scaling:
    """Solves inputs at factors."""

    rounds: Rounds
    names: Mapping[Input, str]

    def ends(self, wanted: list[tuple[Input, float]]) -> list[End]:
        scenarios = [
            Scenario(f"{self.names[each]} x {factor:.6g}", each.edits(factor), description=f"{each.name} x {factor:g}")
            for each, factor in wanted
        ]
        base = self.rounds.base
        today, leeway = frozenset(base.open_sites()), base.cost - base.bound
        return [
            End(factor, outcome, self._kept(each, outcome, factor), today, leeway)
            for (each, factor), outcome in zip(wanted, self.rounds.solve(scenarios), strict=True)
        ]

    def _kept(self, scaled: Input, outcome: Outcome, factor: float) -> float:
        """Return what the base plan costs at a factor, NaN where it need not be a plan."""
        base = self.rounds.base
        if scaled.kind == "capacity":
            return base.cost if factor > 1 else np.nan
        return float(audit(outcome.network, base.tables).cost) if scaled.kind == "cost" else np.nan

    def thresholds(
        self, ends: Mapping[tuple[Input, str], End], steps: int
    ) -> dict[tuple[Input, str], tuple[float, float]]:
        """Return factors between which the open sites change; all intervals are halved side by side."""
        found = {key: (1.0, end.factor) for key, end in ends.items() if end.changes and steps}
        for _ in range(steps):
            wanted = [(key[0], (same + other) / 2) for key, (same, other) in found.items()]
            for key, end in zip(list(found), self.ends(wanted), strict=True):
                same, other = found[key]
                found[key] = (same, end.factor) if end.changes else (end.factor, other)
        return found
