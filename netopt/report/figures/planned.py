"""What a map is drawn from: a plan, or the outcome of a scenario."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import pandas as pd

    from netopt.network import Network

__all__ = ["Planned"]


class Planned(Protocol):
    """A network and the tables of a plan for it."""

    @property
    def network(self) -> Network:
        """What was solved."""

    @property
    def tables(self) -> Mapping[str, pd.DataFrame]:
        """By name, see `netopt.plan.tables.PLAN_TABLES`."""
