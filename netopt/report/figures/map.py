"""The map of a plan: what moves where, over which lanes, in everything that can be shown."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from netopt.report.figures.bundles import Bundles, by_area, by_origin
from netopt.report.figures.filled import filled
from netopt.report.figures.ground import Ground, layered, mapped, on_earth
from netopt.report.figures.lane_traces import (
    Classes,
    Sorted,
    classes_of,
    dashes,
    kind_colour,
    lane_lines,
    lane_points,
    lane_rows,
    lane_words,
    mode_colour,
    ranks,
)  # fmt: skip
from netopt.report.figures.lanes import Carried, Kinds, Lanes, carried
from netopt.report.figures.place_traces import customer_traces, name_traces, site_traces
from netopt.report.figures.style import Figure, label
from netopt.report.words import amount, count, listed, money, percent

if TYPE_CHECKING:
    import pandas as pd

    from netopt.plan import Plan

__all__ = ["Atlas", "plan_map"]

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
View = dict[str, Any]

_MOST_DOTS = 3_000
"""Customers that are drawn; each is an element of the page."""

_NAMED = 12


def plan_map(plan: Plan, *, product: str | None = None, period: str | None = None, colour: str | None = None) -> Figure:
    """Return the map of a plan, or a graph in columns where no lane has coordinates at both ends.

    Parameters
    ----------
    plan : Plan
        With flows.
    product, period : str, optional
        What is shown; all of them without it.
    colour : {'mode', 'kind', 'cost'}, optional
        What the colours of lanes tell: the mode, the types of places at both ends, or the cost per unit. Without it
        the mode, where there is more than one.

    Raises
    ------
    ValueError
        When nothing moves, of the product or in the period, or the colour is none of the three.
    """
    atlas = Atlas(plan)
    told = colour or atlas.colour
    if told not in ("mode", "kind", "cost"):
        raise ValueError(f"colour is {colour!r}; use mode, kind or cost")
    view = atlas.view(product, period)
    traces = [filled(trace, view["lanes"], atlas.places) for trace in view["traces"]]
    for trace in traces:
        meta = trace["meta"]
        if "colours" in meta:
            trace["line"] = trace["line"] | {"color": meta["colours"][told]}
        if "plain" in meta:
            trace["marker"] = trace["marker"] | meta["plain"]
        trace["showlegend"] = meta["layer"] == "places" and "plain" not in meta
    legend = {"showlegend": True, "legend": {"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0}}
    layout = atlas.ground.layout(view["says"]) | legend
    return {"data": [*atlas.ground.behind, *traces, *_legend(atlas, told)], "layout": layout}


def _legend(atlas: Atlas, colour: str) -> list[dict[str, Any]]:
    """Return traces of nothing that tell what the colours of lanes mean."""
    if colour == "mode":
        meanings = [(label(mode) or "no mode", mode_colour(at)) for at, mode in enumerate(atlas.carried.modes)]
    elif colour == "kind":
        meanings = [(title, kind_colour(at)) for at, title in enumerate(atlas.kinds.titles)]
    else:
        meanings = list(zip(map(label, atlas.prices), atlas.classes.colours, strict=False))
    return [
        {"type": "scatter", "mode": "lines", "x": [None], "y": [None], "name": name,
         "line": {"color": shade, "width": 3}, "showlegend": True, "meta": {"layer": "legend"}}
        for name, shade in meanings
    ]  # fmt: skip


class Atlas:
    """Everything that the map of a plan can show.

    Parameters
    ----------
    plan : Plan
        With flows.

    Raises
    ------
    ValueError
        When nothing moves.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.network = plan.network
        self.currency = plan.network.settings.currency
        self.carried: Carried = carried(self.network, plan.tables["flows"])
        every = self.carried.lanes()
        if not len(every):
            raise ValueError("nothing moves in this plan")
        self.ground, self.bundles = _grounded(plan, every)
        bundled = np.full(len(self.bundles.names), "customer", dtype=object)
        kinds = np.concatenate([self.network.places.kinds, bundled])
        self._every = every if self.ground.kind == "layers" else self.ground.here(every)
        self.lanes = self._drawn(every)
        self.kinds = Kinds.of(kinds, self.lanes)
        self._ranks = ranks(self.kinds.at(self.lanes), self.lanes.mode)
        self.classes: Classes = classes_of(self.lanes)

    @property
    def colour(self) -> str:
        """What the colours of lanes tell at first."""
        return "mode" if len(self.carried.modes) > 1 else "kind"

    @property
    def dots(self) -> int:
        """How many customers are drawn at most."""
        return len(self._dots)

    @property
    def promises(self) -> bool:
        """Whether any customer is promised anything."""
        return bool(self.plan.tables["service"]["promise_days"].notna().any())

    @cached_property
    def places(self) -> dict[str, list[Any]]:
        """``name``, ``x`` and ``y`` of every place and bundle of customers, by position."""
        return self.ground.places([*self.network.places.names, *self.bundles.names])

    def dash(self, mode: int) -> str:
        """Return the dashes of a mode where it is the least of one among others."""
        kinds = self.kinds.at(self.lanes)[self.lanes.mode == mode]
        return dashes(int(self._ranks[kinds, mode].min(initial=len(self.carried.modes))) if len(kinds) else 0)

    @property
    def prices(self) -> list[str]:
        """What the classes of cost per unit are, in words."""
        ends = [money(end, self.currency) for end in self.classes.per_unit.tolist()]
        return [*(f"up to {end}" for end in ends), f"above {ends[-1]}" if ends else "the same everywhere"]

    @cached_property
    def notes(self) -> list[str]:
        """What is drawn together or not at all, in sentences."""
        names, kinds = self.network.places.names.array, self.network.places.kinds
        off = ~self.ground.on[: len(names)]
        said = self.bundles.words(self._every)
        if self.ground.kind == "map" and off.any():
            said.append(f"Without coordinates, and so not on the map: {listed(list(names[off]), _NAMED)}.")
            moved = self.carried.lanes()
            lost = ~(self.ground.on[moved.origin] & self.ground.on[moved.destination])
            if lost.any():
                share = percent(float(moved.units[lost].sum() / moved.units.sum()))
                said.append(f"With them {count(int(lost.sum()), 'lane')} are not drawn, {share} of all units moved.")
        small = int(np.count_nonzero(self.ground.on[: len(names)] & (kinds == "customer"))) - len(self._dots)
        if self.ground.kind == "map" and small:
            said.append(f"Dots are the {self.dots:,} largest of {self.dots + small:,} customers.")
        if (self.plan.tables["flows"]["period"] != self.plan.tables["flows"]["arrival"]).any():
            said.append("Lanes show a period's departures; sites and customers, what arrives in it.")
        if len(self.carried.products) > 1 and (self.plan.tables["flows"]["vehicles"] > 0).any():
            said.append("A vehicle, and what a lane costs once, count with the first product that it carries.")
        return said

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
        lanes = self._drawn(self.carried.lanes(product, period))
        kind, through = self.kinds.at(lanes), self._through(product, period)
        of = Sorted(kind, self._ranks[kind, lanes.mode], self.ground.straight(lanes))
        sites, n_p = self._of("sites", None, period), len(self.network.places.names)
        traces = [
            *lane_lines(lanes, of, self.classes),
            *lane_points(lanes, of, self.kinds.titles, self.carried.modes, lane_rows(lanes)),
            *customer_traces(self.network, self._of("service", product, period), self._dots),
            *self.bundles.traces(lanes),
            *site_traces(self.network, sites, through, self.ground.on[:n_p], whole=product is None),
            *name_traces(self.network, sites, through, self.ground),
        ]
        said = {
            "from": lanes.origin.tolist(),
            "to": lanes.destination.tolist(),
            "words": lane_words(lanes, self.currency),
        }
        return {"lanes": said, "traces": traces, "says": self._says(product, period)}

    @cached_property
    def _dots(self) -> IntArray:
        """Positions of the customers that are drawn: the largest of those with a place of their own."""
        demand, first = self.network.demand, len(self.network.facilities)
        n_c = len(self.network.customers)
        wanted = np.bincount(demand.entity, demand["quantity"], minlength=n_c)
        wanted = np.where(self.ground.on[first : first + n_c], wanted, -1.0)
        largest = np.argsort(-wanted, kind="stable")[:_MOST_DOTS]
        found: IntArray = largest[wanted[largest] >= 0]
        return found

    def _drawn(self, lanes: Lanes) -> Lanes:
        """Return lanes as they are drawn: small customers together, and none that lead off the drawing."""
        return self.ground.here(self.bundles(lanes))

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

    def _says(self, product: str | None, period: str | None) -> str:
        """Return the finding: what reaches how many customers over how many lanes, and what moving it costs."""
        lanes = self.carried.lanes(product, period)
        last = lanes.destination >= len(self.network.facilities)
        who = count(len(np.unique(lanes.destination[last])), "customer")
        what = " ".join(filter(None, (f"of {product}" if product else "", f"in {period}" if period else "")))
        units = f"{amount(float(lanes.units[last].sum()))} units{' ' * bool(what)}{what}"
        return (
            f"{units} reach {who}, over {count(len(lanes), 'lane')} in all; "
            f"moving the goods costs {money(float(lanes.cost.sum()), self.currency)}."
        )


def _grounded(plan: Plan, lanes: Lanes) -> tuple[Ground, Bundles]:
    """Return where everything is, with small customers in bundles where there are too many lanes."""
    network = plan.network
    if not on_earth(network, lanes):
        bundles = by_origin(network, lanes)
        kinds = np.concatenate([network.places.kinds, np.full(len(bundles.names), "customer", dtype=object)])
        return layered(kinds, bundles(lanes)), bundles
    ground, first = mapped(network), len(network.facilities)
    here = ground.here(lanes)
    x, y = ground.x[first:], ground.y[first:]
    bundles = by_area(network, here, x, y)
    last = here.destination >= first
    units = np.bincount(here.destination[last] - first, here.units[last], minlength=len(network.customers)).astype(
        np.float64
    )
    return ground.with_more(*(bundles.middles(at, units) for at in (x, y))), bundles
