"""Which sites are open, as a decision that can be tried in any case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netopt.formulation import Program
from netopt.network import Network
from netopt.network.edits import Edit
from netopt.network.sites import CONSIDER
from netopt.study.outcome import Outcome
from netopt.study.scenario import Scenario
from netopt.study.uncertainty.cases import period_rows

__all__ = ["SiteSet", "of_columns", "of_outcome"]

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SiteSet:
    """Sites that are open and sites that are not.

    Parameters
    ----------
    name : str
        What it is called.
    open : ndarray of bool
        Shape (facilities, periods).
    words : str
        Where it comes from, for readers.
    """

    name: str
    open: BoolArray
    words: str = ""

    def same(self, other: SiteSet) -> bool:
        """Return whether the same sites are open in the same periods."""
        return bool(np.array_equal(self.open, other.open))

    def sites(self, network: Network) -> list[str]:
        """Return the sites that are open in some period."""
        return [str(name) for name in network.facilities.names.array[self.open.any(axis=1)]]

    def option(self, network: Network, *more: Edit) -> Scenario:
        """Return the decision as an option; only of sites whose status lets anyone decide."""
        return Scenario(self.name, (*self._edits(network), *more), kind="option", description=self.words)

    def _edits(self, network: Network) -> Iterator[Edit]:
        free = network.facilities.status == CONSIDER
        for word, some in (("open", free & self.open), ("closed", free & ~self.open)):
            for rows, _here in period_rows(network, some, "name"):
                yield Edit("facilities", rows, "status", "set", word)


def of_outcome(name: str, outcome: Outcome, words: str = "") -> SiteSet:
    """Return the sites of a plan."""
    network = outcome.network
    opened = outcome.tables["sites"].pivot_table(index="name", columns="period", values="open", sort=False)
    ordered = opened.reindex(index=network.facilities.names.array, columns=network.periods.names.array)
    return SiteSet(name, ordered.to_numpy(dtype=float) > 0.5, words)


def of_columns(name: str, program: Program, x: FloatArray, network: Network, words: str = "") -> SiteSet:
    """Return the sites that the columns of a program say are open."""
    opened = x[program.columns["open"].at].reshape(len(network.facilities), len(network.periods))
    return SiteSet(name, opened > 0.5, words)
