"""The map of a plan: what moves where, over which lanes, in everything that can be shown."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.report.figures.filled import filled
from netopt.report.figures.ground import Ground, mapped
from netopt.report.figures.lane_traces import Classes, bends, classes_of, lane_lines, lane_points, lane_rows, lane_words
from netopt.report.figures.lanes import Carried, Kinds, Lanes, carried
from netopt.report.figures.place_traces import customer_traces, site_traces
from netopt.report.figures.style import Figure
from netopt.report.words import count, money

if TYPE_CHECKING:
    import pandas as pd

    from netopt.plan import Plan

__all__ = ["Atlas", "plan_map"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
View = dict[str, Any]

_MOST_DOTS = 3_000
"""Customers that are drawn; each is an element of the page."""


def plan_map(plan: Plan, *, product: str | None = None, period: str | None = None, colour: str = "mode") -> Figure:
    """Return the map of a plan.

    Parameters
    ----------
    plan : Plan
        With flows.
    product, period : str, optional
        What is shown; all of them without it.
    colour : {'mode', 'kind', 'cost'}
        What the colours of lanes tell: the mode, the types of places at both ends, or the cost per unit.

    Raises
    ------
    ValueError
        When nothing of the product moves in the period, or the colour is none of the three.
    """
    if colour not in ("mode", "kind", "cost"):
        raise ValueError(f"colour is {colour!r}; use mode, kind or cost")
    atlas = Atlas(plan)
    view = atlas.view(product, period)
    traces = [filled(trace, view["lanes"], atlas.places) for trace in view["traces"]]
    for trace in traces:
        if "colours" in trace["meta"]:
            trace["line"] = trace["line"] | {"color": trace["meta"]["colours"][colour]}
        if trace["meta"].get("customers") == "promise":
            trace["visible"] = False
    return {"data": [*atlas.ground.behind, *traces], "layout": atlas.ground.layout(view["says"])}


class Atlas:
    """Everything that the map of a plan can show.

    Parameters
    ----------
    plan : Plan
        With flows.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.network = plan.network
        self.currency = plan.network.settings.currency

    @cached_property
    def carried(self) -> Carried:
        """The flows as numbers."""
        return carried(self.network, self.plan.tables["flows"])

    @cached_property
    def ground(self) -> Ground:
        """Where the places are."""
        return mapped(self.network)

    @cached_property
    def places(self) -> dict[str, list[Any]]:
        """``name``, ``x`` and ``y`` of every place, by position."""
        return self.ground.places(self.network.places.names)

    @cached_property
    def lanes(self) -> Lanes:
        """All that carry anything, and are on the drawing."""
        return self.ground.here(self.carried.lanes())

    @cached_property
    def kinds(self) -> Kinds:
        """What goes from where to where."""
        return Kinds.of(self.network, self.lanes)

    @cached_property
    def classes(self) -> Classes:
        """What thickness and colour of cost mean."""
        return classes_of(self.lanes)

    def view(self, product: str | None = None, period: str | None = None) -> View:
        """Return what moves of a product in a period: ``lanes``, ``traces`` to be filled, and what it ``says``.

        Raises
        ------
        ValueError
            When there is no such product or period.
        """
        for name, known in ((product, self.carried.products), (period, self.carried.periods)):
            if name is not None and name not in known:
                raise ValueError(f"nothing moves of or in {name!r}; use one of {', '.join(known)}")
        lanes = self.ground.here(self.carried.lanes(product, period))
        kind = self.kinds.at(self.network, lanes)
        sites = self._of("sites", None, period)
        traces = [
            *lane_lines(lanes, kind, self.classes),
            *lane_points(lanes, kind, self.kinds.titles, self.carried.modes, lane_rows(lanes)),
            *customer_traces(self.network, self._of("service", product, period), self._dots),
            *site_traces(self.network, sites, self._through(product, period), self.currency, product is None),
        ]
        said = {
            "from": lanes.origin.tolist(),
            "to": lanes.destination.tolist(),
            "bend": bends(lanes),
            "words": lane_words(lanes, self.currency),
        }
        return {"lanes": said, "traces": traces, "says": self._says(lanes)}

    @cached_property
    def _dots(self) -> IntArray:
        """Positions of the customers that are drawn: the largest of those with a place."""
        demand, first = self.network.demand, len(self.network.facilities)
        wanted = np.bincount(demand.entity, demand["quantity"], minlength=len(self.network.customers))
        wanted = np.where(np.isfinite(self.ground.x[first:]), wanted, -1.0)
        largest = np.argsort(-wanted, kind="stable")[:_MOST_DOTS]
        found: IntArray = largest[wanted[largest] >= 0]
        return found

    def _of(self, table: str, product: str | None, period: str | None) -> pd.DataFrame:
        found = self.plan.tables[table]
        for column, name in (("product", product), ("period", period)):
            if name is not None:
                found = found[found[column] == name]
        return found

    def _through(self, product: str | None, period: str | None) -> FloatArray:
        """Return the throughput of each site: what leaves suppliers and plants, and what enters the rest."""
        names = self.network.facilities.names
        if product is None:
            sites = self._of("sites", None, period).groupby("name", sort=False)["throughput"].sum()
            return sites.reindex(list(names)).fillna(0.0).to_numpy(dtype=np.float64)
        flows, total = self._of("flows", product, None), np.zeros(len(names))
        sends = self.network.facilities.sends
        for end, when, counts in (("origin", "period", sends), ("destination", "arrival", ~sends)):
            here = flows if period is None else flows[flows[when] == period]
            at = names.codes(here[end])
            mine = (at >= 0) & counts[at]
            total += np.bincount(at[mine], here["quantity"].to_numpy(dtype=np.float64)[mine], minlength=len(names))
        return total

    def _says(self, lanes: Lanes) -> str:
        carry = "carries" if len(lanes) == 1 else "carry"
        cost = money(float(lanes.cost.sum()), self.currency)
        return f"{count(len(lanes), 'lane')} {carry} goods; moving them costs {cost}."
