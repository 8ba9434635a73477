"""What was done and the model forbids: breaches of the audit, with the rows of the file that they are about."""

from __future__ import annotations

from typing import cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from netopt.network import BLANK
from netopt.plan.audit import audit
from netopt.plan.audit.say import lane_words
from netopt.plan.audit.stated import Stated
from netopt.study.today.valued import Valued

__all__ = ["forbidden"]

IntArray = npt.NDArray[np.int64]
Words = npt.NDArray[np.object_]

_ALLOWED = ("lane_exists", "lane_open", "site_status")
"""What `netopt.study.today.permitted` lets happen so that it can be valued: asked of the network as it was typed."""

_BY_LANE = ("lane_capacity", "min_flow", "vehicles_enough")
_BY_ROW = ("lane_exists", "lane_open", "horizon", "wanted")
_BY_CUSTOMER = ("single_source", "delivery_promise", "demand")
_BY_SITE = ("site_status", "site_closed")
_ABOUT_COSTS = "_costs"
_NONE = np.zeros(0, dtype=np.int64)


def forbidden(run: Valued) -> pd.DataFrame:
    """Return what the model forbids, none where the network is run by its rules.

    Returns
    -------
    DataFrame
        ``rule``, ``where``, ``period``, ``value``, ``bound``, ``excess``, ``rows`` (of the typed flows, as a tuple;
        empty where it is not about a flow) and ``words``. Money is not a rule: costs follow from the quantities.
    """
    own = audit(run.as_run, run.tables).breaches
    if run.as_run is not run.network:
        typed = audit(run.network, run.tables).breaches
        own = pd.concat([typed[typed["rule"].isin(_ALLOWED)], own], ignore_index=True)
    own = own[~own["rule"].str.endswith(_ABOUT_COSTS).astype(bool)] if len(own) else own
    own = own.drop_duplicates(["rule", "words"], ignore_index=True)
    rows = _Rows(run)
    columns = (own[name] for name in ("rule", "where", "period", "value", "words"))
    found = [rows.of(*cells) for cells in zip(*columns, strict=True)]
    own.insert(6, "rows", pd.Series(found, dtype=object))
    return own


class _Rows:
    """Finds the typed rows that a breach is about.

    Parameters
    ----------
    run : Valued
        What was valued.
    """

    def __init__(self, run: Valued) -> None:
        stated = Stated.from_frames(run.as_run, run.tables)
        moves, network = stated.moves, run.as_run
        left = network.periods.names.array[moves.period]
        arrived = network.periods.names.array[np.minimum(moves.arrival, len(network.periods) - 1)]
        lane = np.array([lane_words(network, lane) if lane != BLANK else "" for lane in moves.lane], dtype=object)
        self._of_lane = _places(lane, left)
        self._from = _places(network.places.names.array[moves.origin], left)
        self._to = _places(network.places.names.array[moves.destination], arrived)
        self._product = network.products.names.array[moves.product]
        self._quantity = moves.quantity
        self._unwanted = (moves.destination >= len(network.facilities)) & (stated.wanted_by == BLANK)
        self._unknown = run.unknown
        self._typed = pd.Series(run.actual.row).groupby(run.actual.flow).agg(sorted)

    def of(self, rule: str, where: str, period: str, value: float, words: str) -> tuple[int, ...]:
        """Return the rows of the file, in their order; of one product where the words name it."""
        flows = self._flows(rule, (where, period), value)
        if rule in _BY_CUSTOMER:
            named = [flow for flow in flows if f" of {self._product[flow]} " in words]
            flows = np.array(named or list(flows), dtype=np.int64)
        return tuple(sorted(row for flow in flows for row in self._typed[flow]))

    def _flows(self, rule: str, place: tuple[str, str], value: float) -> IntArray:
        leaves, arrives = self._from.get(place, _NONE), self._to.get(place, _NONE)
        if rule in _BY_LANE:
            return self._of_lane.get(place, _NONE)
        if rule in _BY_CUSTOMER:
            return arrives
        if rule == "wanted":
            return self._moving(arrives[self._unwanted[arrives]], value)
        if rule == "lane_exists":
            return self._moving(leaves[self._unknown[leaves]], value)
        if rule in _BY_ROW:
            return self._moving(leaves, value)
        return np.union1d(leaves, arrives) if rule in _BY_SITE else _NONE

    def _moving(self, flows: IntArray, value: float) -> IntArray:
        return flows[np.isclose(self._quantity[flows], value, rtol=1e-12, atol=0)]


def _places(places: Words, periods: Words) -> dict[tuple[str, str], IntArray]:
    """Return the positions of the flows of each place and period."""
    grouped = pd.DataFrame({"place": places, "period": periods}).groupby(["place", "period"], sort=False)
    return {cast("tuple[str, str]", key): np.asarray(at) for key, at in grouped.indices.items()}
