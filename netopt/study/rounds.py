"""A study in rounds, where what comes out of one decides what the next one solves; nothing is solved twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from netopt.errors import InputError
from netopt.network import Network
from netopt.network.edits import Edit
from netopt.read.problems import fold
from netopt.study.cluster.connection import Cluster
from netopt.study.outcome import Outcome
from netopt.study.scenario import BASE, Scenario
from netopt.study.study import Study, study

if TYPE_CHECKING:
    from os import PathLike

    from netopt.plan.folder import Page

__all__ = ["Heard", "Rounds", "distinct", "refusal"]

Heard = Callable[[Outcome, int, int], None]
"""Called with an outcome, how many there are, and how many are known to come."""

_LONGEST = 80
"""Letters of a scenario's name that a table's names make up."""


@dataclass
class Rounds:
    """Solves scenarios of one network, a round at a time.

    Parameters
    ----------
    network : Network
        As it is.
    options : mapping of str to object
        ``gap``, ``time_limit``, ``threads`` and ``seed`` of `netopt.study.study.study`.
    out : path, optional
        Where results are kept; those that are there already are not solved again.
    workers : int, optional
        Processes side by side, with one solver thread each.
    heard : callable, optional
        Called with each outcome.
    pages : iterable of callable
        Further files of each plan's folder.
    cluster : str or Cluster, optional
        Where scenarios are solved, in place of `workers`.
    """

    network: Network
    options: Mapping[str, Any]
    out: str | PathLike[str] | None = None
    workers: int | None = None
    heard: Heard | None = None
    pages: Iterable[Page] = ()
    cluster: str | Cluster | None = None
    outcomes: list[Outcome] = field(default_factory=list, init=False)

    @property
    def base(self) -> Outcome:
        """The network as it is, solved when it is first asked for."""
        if not self.outcomes:
            self._study([])
        return self.outcomes[0]

    def solve(self, scenarios: Sequence[Scenario], **own: Any) -> list[Outcome]:
        """Return what each scenario comes to, in their order; the base is solved first.

        Parameters
        ----------
        scenarios : sequence of Scenario
            What is solved.
        **own
            Options of `netopt.study.study.study` that are others for these scenarios.

        Raises
        ------
        InputError
            When an edit cannot be made.
        KeyboardInterrupt
            When Ctrl-C came first; what is solved is kept where there is a folder.
        """
        return self._study(scenarios, **own) if self.base and scenarios else []

    def _study(self, scenarios: Sequence[Scenario], **own: Any) -> list[Outcome]:
        before = max(len(self.outcomes) - 1, 0)
        solved = study(
            self.network,
            scenarios,
            workers=self.workers,
            cluster=self.cluster,
            out=self.out,
            heard=None if self.heard is None else partial(_heard, self.heard, before),
            base=self.outcomes[0] if self.outcomes else None,
            **{"pages": self.pages, **self.options, **own},
        )
        found = list(solved.outcomes[1:])
        self.outcomes += found if self.outcomes else solved.outcomes
        return found

    def study(self) -> Study:
        """Return all that is solved as one study, each scenario a case beside the base."""
        scenarios = tuple(outcome.scenario for outcome in self.outcomes)
        return Study(tuple(self.outcomes), scenarios[:1], scenarios)


def _heard(hear: Heard, before: int, outcome: Outcome, number: int, total: int) -> None:
    hear(outcome, before + number, before + total)


def refusal(network: Network, edits: Sequence[Edit]) -> str:
    """Return why edits cannot be made, nothing where they can."""
    try:
        network.edit(*edits)
    except InputError as error:
        return error.problems[0].message
    return ""


def distinct(names: Iterable[str]) -> list[str]:
    """Return names of scenarios, which name folders: without slashes and what cannot be printed, each of its own."""
    taken, found = {fold(BASE)}, []
    for name in names:
        plain = "".join(letter if letter.isprintable() and letter not in "/\\" else "-" for letter in name)
        plain = plain.strip().lstrip(".").encode()[:_LONGEST].decode(errors="ignore") or "-"
        number, own = 1, plain
        while fold(own) in taken:
            number += 1
            own = f"{plain} ({number})"
        taken.add(fold(own))
        found.append(own)
    return found
